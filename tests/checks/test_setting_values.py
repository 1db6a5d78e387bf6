"""Values of settings, version by version: what AutoGPT refuses, what it misreads, and what it takes."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.autogpt.layouts import LAYOUTS
from checks.autogpt.variables import VARIABLES
from checks.autogpt.versions import PLACES, VERSIONS, Version
from checks.checkout import Checkout
from checks.plan import Plan
from checks.setting_remedies import write
from checks.setting_switches import settings_switches
from checks.setting_values import faults_in, settings_organization, settings_values
from checks.settings import Setting, Settings, Source
from doctor import Finding, Secret
from doctor.findings import Status
from doctor.shells import draw
from doctor.words import render
from tests.checks.setting_makers import of_file

ENV = PurePosixPath("/home/user/AutoGPT/.env")


def setting(name: str, value: str, kind: str = "file") -> Setting:
    return Setting(name, Secret(value), Source(kind, ENV, 7) if kind == "file" else Source(kind))


def settings_of(version: str, **values: str) -> Settings:
    known = {name: setting(name, value) for name, value in values.items()}
    return Settings(VERSIONS[PLACES[version]], known, of_file({}))


def checkout() -> Checkout:
    folder = PurePosixPath("/home/user/AutoGPT")
    return Checkout(folder, LAYOUTS["L1"], folder, None, folder)


def only(findings: list[Finding], code: str) -> Optional[Finding]:
    assert [each.code for each in findings] in ([], [code])
    return findings[0] if findings else None


# Version, value, and whether it is wrong: "problem" (AutoGPT does not start), "warning" or "".
CHOICES = (
    ("classic-2024", "LOG_LEVEL", "debug", "problem"),
    ("classic-2026", "LOG_LEVEL", "Info", "problem"),
    ("classic-2024", "LOG_LEVEL", "10", "problem"),
    ("classic-2024", "LOG_LEVEL", "", "problem"),
    ("classic-2024", "LOG_LEVEL", "DEBUG", ""),
    ("classic-2024", "LOG_LEVEL", "WARN", ""),
    ("classic-2024", "LOG_LEVEL", "NOTSET", ""),
    ("2024-05", "LOG_LEVEL", "debug", "warning"),
    ("2024-05", "LOG_LEVEL", "", ""),
    ("v0.4.7", "LOG_LEVEL", "debug", ""),
    ("classic-2024", "LOG_FORMAT", "structured", "problem"),
    ("classic-2024", "LOG_FORMAT", "", "problem"),
    ("classic-2026", "LOG_FILE_FORMAT", "Simple", "problem"),
    ("classic-2026", "LOG_FILE_FORMAT", "structured_google_cloud", ""),
    ("v0.5.1", "FILE_STORAGE_BACKEND", "Local", "problem"),
    ("v0.5.1", "FILE_STORAGE_BACKEND", "", ""),
    ("2024-09", "FILE_STORAGE_BACKEND", "", "problem"),
    ("v0.5.0", "FILE_STORAGE_BACKEND", "Local", ""),
    ("classic-2024", "FILE_STORAGE_BACKEND", "gcs", ""),
    ("classic-2024", "TEXT_TO_SPEECH_PROVIDER", "google", "problem"),
    ("classic-2024", "TEXT_TO_SPEECH_PROVIDER", "", ""),
    ("2023-09", "TEXT_TO_SPEECH_PROVIDER", "google", "warning"),
    ("classic-2026", "PROMPT_STRATEGY", "fast", "problem"),
    ("classic-2024", "PROMPT_STRATEGY", "fast", ""),
    ("classic-2026", "REASONING_EFFORT", "highest", "warning"),
    ("classic-2026", "REASONING_EFFORT", "", ""),
)
NUMBERS = (
    ("classic-2024", "TEMPERATURE", "", "problem"),
    ("classic-2026", "TEMPERATURE", "hot", "problem"),
    ("classic-2024", "TEMPERATURE", "0,7", "problem"),
    ("classic-2024", "TEMPERATURE", "  ", "problem"),
    ("classic-2024", "TEMPERATURE", "2", ""),
    ("classic-2024", "TEMPERATURE", "1e-1", ""),
    ("classic-2024", "TEMPERATURE", " 0.5 ", ""),
    ("classic-2024", "TEMPERATURE", "2.1", "warning"),
    ("classic-2024", "TEMPERATURE", "-1", "warning"),
    ("classic-2024", "TEMPERATURE", "nan", "warning"),
    ("v0.5.1", "TEMPERATURE", "", "problem"),
    ("v0.5.0", "TEMPERATURE", "", ""),
    ("v0.5.0", "TEMPERATURE", "hot", "problem"),
    ("2023-09", "TEMPERATURE", "", "problem"),
    ("v0.4.7", "TEMPERATURE", "", ""),
    ("v0.4.0", "TEMPERATURE", "", "problem"),
    ("v0.1.0", "TEMPERATURE", "hot", ""),
    ("v0.4.0", "IMAGE_SIZE", "large", "problem"),
    ("2023-09", "REDIS_PORT", "", "problem"),
    ("v0.5.1", "IMAGE_SIZE", "", ""),
    ("classic-2024", "IMAGE_SIZE", "large", ""),
    ("classic-2024", "AP_SERVER_PORT", "", "warning"),
    ("classic-2024", "AP_SERVER_PORT", "0", "warning"),
    ("classic-2024", "AP_SERVER_PORT", "8000.0", "warning"),
    ("classic-2024", "AP_SERVER_PORT", "65535", ""),
    ("classic-2024", "AP_SERVER_PORT", "65536", "warning"),
    ("2023-09", "AP_SERVER_PORT", "none", ""),
    ("classic-2026", "THINKING_BUDGET_TOKENS", "1023", "warning"),
    ("classic-2026", "THINKING_BUDGET_TOKENS", "1024", ""),
    ("classic-2026", "THINKING_BUDGET_TOKENS", "", ""),
    ("classic-2024", "THINKING_BUDGET_TOKENS", "1", ""),
    ("classic-2024", "DISABLED_COMMANDS", "a, b", "warning"),
    ("classic-2024", "DISABLED_COMMANDS", "[a,b]", "warning"),
    ("classic-2024", "DISABLED_COMMANDS", "a,b", ""),
    ("classic-2024", "DISABLED_COMMANDS", "", ""),
    ("v0.5.0", "DISABLED_COMMANDS", "a, b", ""),
)


@pytest.mark.parametrize(("version", "name", "value", "expected"), [*CHOICES, *NUMBERS])
def test_a_value_is_judged_by_its_version(version: str, name: str, value: str, expected: str) -> None:
    findings = list(settings_values(settings_of(version, **{name: value}), checkout()))
    assert [each.status.value for each in findings] == ([expected] if expected else [])
    assert all(each.remedy.text and render(each.remedy.text) for each in findings)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_LEVEL", " 'Warning' ", "WARNING"),
        ("FILE_STORAGE_BACKEND", "S3", "s3"),
        ("PROMPT_STRATEGY", "One-Shot", "one_shot"),
        ("TEMPERATURE", "0,7", "0.7"),
        ("TEMPERATURE", ",5", ".5"),
        ("DISABLED_COMMANDS", "[ 'execute_shell', \"read_file\" ]", "execute_shell,read_file"),
        ("LOG_LEVEL", "much", ""),
        ("TEMPERATURE", "0,7,1", ""),
    ],
)
def test_what_was_meant_is_proposed(name: str, value: str, meant: str) -> None:
    (fault,) = faults_in(settings_of("classic-2026", **{name: value}))
    assert fault.value == meant
    if meant:
        assert not list(faults_in(settings_of("classic-2026", **{name: meant})))


@pytest.mark.parametrize(
    ("version", "name", "value", "expected"),
    [
        ("classic-2024", "PLAIN_OUTPUT", "true", "settings.boolean"),
        ("classic-2024", "PLAIN_OUTPUT", "True ", "settings.boolean"),
        ("classic-2024", "PLAIN_OUTPUT", "TRUE", "settings.boolean"),
        ("classic-2024", "PLAIN_OUTPUT", "Ture", "settings.boolean"),
        ("classic-2024", "PLAIN_OUTPUT", "True", ""),
        ("classic-2024", "PLAIN_OUTPUT", "false", ""),
        ("classic-2024", "PLAIN_OUTPUT", "no", ""),
        ("classic-2024", "PLAIN_OUTPUT", "", ""),
        ("v0.3.1", "PLAIN_OUTPUT", "true", ""),
        ("classic-2024", "OPENAI_FUNCTIONS", "1", "settings.boolean"),
        ("classic-2026", "OPENAI_FUNCTIONS", "1", ""),
        ("2024-05", "EXECUTE_LOCAL_COMMANDS", "true", "settings.boolean"),
        ("2024-09", "EXECUTE_LOCAL_COMMANDS", "true", ""),
        ("classic-2026", "PLATFORM_BLOCKS_ENABLED", "TRUE", ""),
        ("classic-2026", "PLATFORM_BLOCKS_ENABLED", "maybe", "settings.boolean"),
        ("classic-2026", "RESTRICT_TO_WORKSPACE", "true", "settings.sandbox-off"),
        ("v0.2.2", "RESTRICT_TO_WORKSPACE", "1", "settings.sandbox-off"),
        ("v0.2.0", "RESTRICT_TO_WORKSPACE", "1", ""),
        ("classic-2026", "RESTRICT_TO_WORKSPACE", "", "settings.sandbox-off"),
        ("classic-2026", "RESTRICT_TO_WORKSPACE", "True", ""),
        ("classic-2024", "USE_AZURE", "true", ""),  # another check's
    ],
)
def test_switches(version: str, name: str, value: str, expected: str) -> None:
    findings = list(settings_switches(settings_of(version, **{name: value}), checkout()))
    finding = only(findings, expected)
    assert (finding is not None) == bool(expected)
    assert finding is None or finding.status is Status.WARNING


def test_a_sandbox_that_somebody_switched_off_is_only_mentioned() -> None:
    for value in ("False", "false", "0", "off"):
        (finding,) = settings_switches(settings_of("classic-2024", RESTRICT_TO_WORKSPACE=value), checkout())
        assert finding.status is Status.NOTE


@pytest.mark.parametrize(
    ("values", "needed", "azure", "expected"),
    [
        ({"OPENAI_ORGANIZATION": "Personal"}, ("openai",), False, "settings.organization"),
        ({"OPENAI_ORGANIZATION": "proj_abc"}, ("openai",), False, "settings.organization"),
        ({"OPENAI_ORGANIZATION": "your-openai-organization"}, ("openai",), False, "settings.organization"),
        ({"OPENAI_ORGANIZATION": ""}, ("openai",), False, "settings.organization-empty"),
        ({"OPENAI_ORGANIZATION": "org-abc"}, ("openai",), False, ""),
        ({"OPENAI_ORGANIZATION": "user-abc"}, ("openai",), False, ""),
        ({"OPENAI_ORGANIZATION": "Personal"}, ("anthropic",), False, ""),
        ({"OPENAI_ORGANIZATION": "Personal"}, ("openai",), True, ""),
        (
            {"OPENAI_ORGANIZATION": "Personal", "OPENAI_API_BASE_URL": "http://localhost:1234/v1"},
            ("openai",), False, "",
        ),
        (
            {"OPENAI_ORGANIZATION": "Personal", "OPENAI_API_BASE_URL": "https://api.openai.com/v1"},
            ("openai",), False, "settings.organization",
        ),
    ],
)  # fmt: skip
def test_organization(values: dict[str, str], needed: tuple[str, ...], azure: bool, expected: str) -> None:
    findings = list(settings_organization(settings_of("classic-2024", **values), Plan((), azure, needed), checkout()))
    assert (only(findings, expected) is not None) == bool(expected)


# --- remedies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "shell", "value", "expected"),
    [
        ("shell", "sh", "DEBUG", "export LOG_LEVEL=DEBUG"),
        ("shell", "sh", "", "unset LOG_LEVEL"),
        ("shell", "sh", "a,b", "export LOG_LEVEL=a,b"),
        ("shell", "powershell", "DEBUG", "$env:LOG_LEVEL = 'DEBUG'"),
        ("shell", "powershell", "", "Remove-Item Env:LOG_LEVEL"),
        ("windows-user", "powershell", "DEBUG", "setx LOG_LEVEL DEBUG"),
        ("windows-user", "powershell", "", "[Environment]::SetEnvironmentVariable('LOG_LEVEL', $null, 'User')"),
        ("windows-system", "powershell", "DEBUG", "setx /M LOG_LEVEL DEBUG"),
        ("windows-system", "powershell", "", "[Environment]::SetEnvironmentVariable('LOG_LEVEL', $null, 'Machine')"),
    ],
)
def test_what_is_set_outside_of_the_file_is_put_right_by_a_command(
    kind: str, shell: str, value: str, expected: str
) -> None:
    help_ = write([(setting("LOG_LEVEL", "debug", kind), value)], shell)
    assert [draw(command) for command in help_.commands] == [expected]
    assert help_.text is not None


def test_lines_of_the_file_are_named_together() -> None:
    help_ = write([(setting("PLAIN_OUTPUT", "1"), "True"), (setting("OPENAI_FUNCTIONS", "1"), "True")], "sh")
    assert help_.text is not None and not help_.commands
    assert render(help_.text) == f"Write in {ENV}: PLAIN_OUTPUT=True (line 7), OPENAI_FUNCTIONS=True (line 7)"


def test_a_windows_path_stays_one() -> None:
    place = Source("file", PureWindowsPath(r"C:\AutoGPT\.env"), 3)
    help_ = write([(Setting("LOG_LEVEL", Secret("debug"), place), "DEBUG")], "powershell")
    assert help_.text is not None
    assert render(help_.text) == r"Write in C:\AutoGPT\.env, line 3: LOG_LEVEL=DEBUG"


# --- any text -----------------------------------------------------------------------------------------------------


@given(st.sampled_from(VERSIONS), st.dictionaries(st.sampled_from(sorted(VARIABLES)), st.text(max_size=30)))
def test_any_value_of_any_version_is_judged(version: Version, values: dict[str, str]) -> None:
    settings = settings_of(version.id, **values)
    plan = Plan((), False, ("openai",))
    findings = [
        *settings_switches(settings, checkout()),
        *settings_values(settings, checkout()),
        *settings_organization(settings, plan, checkout()),
    ]
    for finding in findings:
        named = [evidence.where for evidence in finding.evidence]
        assert all(named), finding.code


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=24, max_size=60))
def test_no_value_that_may_be_a_secret_is_said(value: str) -> None:
    values = {"LOG_LEVEL": value, "DISABLED_COMMANDS": f"{value}, {value}", "TEMPERATURE": value}
    settings = settings_of("classic-2026", **values)
    hidden = [name for name in values if isinstance(getattr(settings.get(name), "shown", ""), Secret)]
    for finding in settings_values(settings, checkout()):
        said = [finding.text, *(evidence.found for evidence in finding.evidence)]
        text = " ".join(map(render, [*said, finding.remedy.text] if finding.remedy.text else said))
        if any(name in text for name in hidden):
            assert value not in text
