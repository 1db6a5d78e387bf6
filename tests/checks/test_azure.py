"""Azure: what stands in azure.yaml is read as AutoGPT reads it, whatever stands there, and nothing of it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checks.autogpt.azure_forms import form_of, is_azure_key, is_unfilled
from checks.autogpt.versions import VERSIONS
from checks.azure_content import fault_of
from checks.azure_file import is_harmless
from checks.azure_text import AzureText, BrokenText, Entry, read_azure
from doctor.about import Options
from doctor.findings import Status
from doctor.machine.recorded import parse, read
from doctor.readers import json, text
from doctor.readers.layout import Look, plain
from doctor.registry import Registry
from doctor.report import Report
from doctor.visit import visit

HERE = Path(__file__).parents[1] / "patients"
AGENT = "autogpts/autogpt"
CHECKS = ("azure.switch", "azure.file", "azure.beside")
KEY = "Zk4vT9qLw2XrB7nYc5Ds"
GOOD = read(HERE / "parts" / "azure-v0.5.0.yaml")["tree"][f"{AGENT}/azure.yaml"]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


def state_of(azure: object, env: str = "", machine: str = "ubuntu") -> dict[str, Any]:
    """A machine with AutoGPT v0.5.0 and this azure.yaml; `env` stands at the end of its `.env`."""
    state = read(HERE / "machines" / f"{machine}.yaml")
    state["tree"] = read(HERE / "parts" / "azure-v0.5.0.yaml")["tree"]
    state["tree"][f"{AGENT}/azure.yaml"] = azure
    state["tree"][f"{AGENT}/.env"] += env
    return state


def look(state: dict[str, Any], registry: Registry) -> tuple[Report, str]:
    """The report of the checks for Azure, and everything that a person and a program get to see of it."""
    machine = parse(state)
    options = Options(machine.folder, is_given=True)
    report, scrubber = visit(machine, registry, options, version="0", chosen=CHECKS)
    look_at = Look(100, is_verbose=True)
    return report, plain(text.draw(report, look_at)) + json.draw(report, scrubber)


def complaints(report: Report) -> list[str]:
    assert not [each for each in report.results if each.status is Status.ERROR], "a check crashed"
    wrong = (Status.PROBLEM, Status.WARNING)
    return [each.code for result in report.results for each in result.findings if each.status in wrong]


# --- the versions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "place", "endpoint", "by_model", "can_start"),
    [
        ("v0.1.0", "", "azure_api_base", False, True),
        ("v0.2.2", "agent", "azure_api_base", False, True),
        ("v0.4.7", "agent", "azure_api_base", False, True),
        ("2023-09", "agent", "azure_api_base", False, True),
        ("v0.5.0", "agent", "azure_api_base", True, True),
        ("v0.5.1", "agent", "azure_endpoint", True, True),
        ("2024-05", "forge", "azure_endpoint", True, True),
        ("2024-09", "forge", "azure_endpoint", True, False),
        ("classic-2024", "forge", "azure_endpoint", True, False),
        ("classic-2026", "start", "azure_endpoint", True, False),
    ],
)
def test_what_each_version_reads(version: str, place: str, endpoint: str, by_model: bool, can_start: bool) -> None:
    form = form_of(next(each for each in VERSIONS if each.id == version))
    assert (form.file_in, form.endpoint, not form.roles, form.can_start) == (place, endpoint, by_model, can_start)
    assert {form.endpoint, form.other_endpoint} == {"azure_endpoint", "azure_api_base"}


@pytest.mark.parametrize("value", ["0123456789abcdef" * 2, "aB3" * 28])
def test_a_key_of_azure(value: str) -> None:
    assert is_azure_key(value)


@pytest.mark.parametrize(
    "value", ["", "sk-" + "a" * 48, "0123456789ABCDEF" * 2, "0123456789abcdef" * 2 + "\n", "a" * 83]
)
def test_no_key_of_azure(value: str) -> None:
    assert not is_azure_key(value)


@pytest.mark.parametrize(
    "value",
    [
        "your-azure-openai-endpoint", "your-base-url-for-azure", "api-version-for-azure", "<gpt-4-turbo-deployment-id>",
        "gpt35-deployment-id-for-azure", " gpt4-deployment-id-for-azure ", "embedding-deployment-id-for-azure",
        "<auto-gpt-deployment>", "https://your-resource.openai.azure.com", "https://<your-resource>.openai.azure.com/",
        "https://YOUR_RESOURCE_NAME.openai.azure.com",
    ],
)  # fmt: skip
def test_what_nobody_filled_in(value: str) -> None:
    assert is_unfilled(value)


@pytest.mark.parametrize(
    "value",
    [
        "my-gpt-4", "gpt4", "prod", "https://yourbank.openai.azure.com", "https://my-openai.azure-api.net/v1",
        "2024-02-01",
    ],
)  # fmt: skip
def test_what_somebody_filled_in(value: str) -> None:
    assert not is_unfilled(value)


# --- the address ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://wombat.openai.azure.com", "https://wombat.openai.azure.com/", "HTTPS://Wombat.OpenAI.Azure.com",
        "https://wombat.cognitiveservices.azure.com", "https://api.wombat.example/llm/v2", "http://localhost:8080",
        "https://wombat.example/gateway/openai-proxy",
    ],
)  # fmt: skip
def test_an_address_that_may_be_right(url: str) -> None:
    assert fault_of(Entry("azure_endpoint", url, "text", 1)) == ""


@pytest.mark.parametrize(
    "url",
    [
        "wombat", "wombat.openai.azure.com", "//wombat.openai.azure.com", "https://wombat.openai.azure.com/openai",
        "https://wombat.openai.azure.com/openai/deployments/x/chat/completions?api-version=2024-02-01",
        "https://wombat.openai.azure.com?api-version=1", "https://api.openai.com/v1",
        "https://wombat.openai.azure.com/OpenAI/", "https://wombat .openai.azure.com",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_right(url: str) -> None:
    fault = fault_of(Entry("azure_endpoint", url, "text", 1))
    assert fault and "wombat" not in fault


# --- the file as AutoGPT reads it -----------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "azure_api_type", "azure_api_base", "azure_endpoint", "azure_api_version", "azure_model_map", "gpt-4", ":",
        ": ", "\n", "\n    ", "\n  ", "\t", "- ", '"', "'", "#", " # ", "{", "}", "[", "]", ",", "&a ", "*a", "<<",
        "? ", "|\n", ">\n", "2024-02-01", "2024-02-01-preview", "~", "null", "yes", "35", "1e9", "0x1f", "!!str ",
        "!x ", "---\n",
        "...\n", "%YAML 1.1\n", "\ufeff", "\x00", "\x85", "\r\n", "é", "your-base-url-for-azure",
        "https://wombat.openai.azure.com", "@", "`", "\\", "2024-13-45", "=", "!!timestamp ",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES | st.text(max_size=10), max_size=25).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_read_as_the_parser_of_autogpt_reads_it(written: str) -> None:
    """What safe_load makes of a file, this reader sees; what this reader refuses, safe_load refuses or cannot use."""
    try:
        loaded = yaml.safe_load(written)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, IndexError, OverflowError):
        loaded = None
        assume("azure" in written)  # or nearly all would be noise
        read_azure(written)
        return
    seen = read_azure(written)
    if isinstance(loaded, dict):
        assert isinstance(seen, AzureText)
        if seen.is_complete:
            assert {name for name in loaded if isinstance(name, str)} <= set(seen.names)
        for name, value in loaded.items():
            entry = seen.get(name) if isinstance(name, str) else None
            if isinstance(value, str) and value.strip() and entry is not None and seen.is_complete:
                assert (entry.kind, entry.value) == ("text", value)
    else:
        assert isinstance(seen, BrokenText) or (not loaded and not seen.names)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("2024-02-01", "date"), ("2024-02-01-preview", "text"), ('"2024-02-01"', "text"), ("'2024-02-01'", "text"),
        ("2024-13-45", "date"), ("", "empty"), ("~", "empty"), ('" "', "empty"), ("35", "number"), ("yes", "number"),
        ("[a]", "list"), ("{a: b}", "mapping"), ("<gpt-4>", "text"), ("!!str 2024-02-01", "text"),
    ],
)  # fmt: skip
def test_kinds_of_values(written: str, kind: str) -> None:
    seen = read_azure(f"# one\nazure_api_version: {written}\n")
    assert isinstance(seen, AzureText)
    entry = seen.get("azure_api_version")
    assert entry is not None and (entry.kind, entry.line) == (kind, 2)


@pytest.mark.parametrize(
    ("written", "reason", "line"),
    [
        ("azure_model_map:\n\tgpt-4: x\n", "tab", 2),
        ("azure_model_map:\n    gpt-4: x\n  gpt-3: y\n", "indentation", 3),
        ("azure_api_base: a: b\n", "indentation", 1),
        ("azure_api_base=https://x\n", "no-names", 1),
        ("- a\n- b\n", "no-names", 1),
        ("azure_api_base: 'a\n", "other", 2),
        ("azure_model_map: {a: b\n", "other", 2),
        ("a: b\nc: \x00d\n", "character", 2),
        ("a: *b\n", "other", 1),
        ("a: b\n---\nc: d\n", "other", 2),
    ],
)
def test_what_is_no_yaml(written: str, reason: str, line: int) -> None:
    assert read_azure(written) == BrokenText(reason, line)


@pytest.mark.parametrize(
    "written",
    [
        "[" * 16_000, "{" * 16_000, "- " * 8_000, "? " * 8_000, "a: {" * 4_000, "&a " * 5_000, "*" * 16_000,
        "\\" * 16_000, "a" * 16_000, "a\n" * 8_000, "a: |\n" + " x\n" * 5_000, '"\\x' * 5_000, "%a\n" * 5_000, "".join(
            f"k{n}: v\n" for n in range(1_500)
        ),
    ],
)  # fmt: skip
def test_no_file_takes_long_or_crashes(written: str) -> None:
    assert isinstance(read_azure(written), (AzureText, BrokenText))


def test_what_is_nested_too_deeply_is_not_followed() -> None:
    assert read_azure("a: " + "[" * 40 + "]" * 40) == BrokenText("too-deep", 0)
    assert isinstance(read_azure("a: " + "[" * 20 + "]" * 20), AzureText)


def test_a_billion_laughs() -> None:
    """References to references are not followed, and neither are merges of merges: this test would never end."""
    names = "abcdefghijklmnopqrstuvwxyz"
    lists = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [{', '.join([f'*{m}'] * 9)}]\n" for m, n in zip(names, names[1:]))
    merges = "a: &a {x: y}\n" + "".join(
        f"{n}: &{n}\n  <<: [{', '.join([f'*{m}'] * 9)}]\n" for m, n in zip(names, names[1:])
    )
    for bomb in (lists, merges):
        seen = read_azure(bomb + "azure_model_map: {gpt-4: wombat, <<: *z}\n")
        assert isinstance(seen, AzureText)
        assert list(seen.deployments) == ["gpt-4"] and not seen.is_complete


def test_the_last_of_two_lines_counts() -> None:
    seen = read_azure("azure_api_base: one\nazure_api_base: two\n")
    assert isinstance(seen, AzureText)
    assert seen.get("azure_api_base") == Entry("azure_api_base", "two", "text", 2)


# --- on a machine ---------------------------------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(azure=TEXT, path=st.sampled_from(["azure.yaml", "", "~", "/", "..", "C:\\x", "\\\\x\\y"]) | st.text(max_size=20))
def test_whatever_stands_there_no_check_crashes(registry: Registry, azure: str, path: str) -> None:
    quoted = path.replace("\\", "\\\\").replace("'", "\\'")
    report, _ = look(state_of({"text": azure}, f"AZURE_CONFIG_FILE='{quoted}'\n"), registry)
    complaints(report)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wombat-4", KEY), ("gpt-4:", f"{KEY}:"), ("https://wombat-lab", KEY), ("wombat-lab", KEY),
        ("2023-12-01-preview", KEY), ("azure_api_type: azure", f"azure_api_type: {KEY}"),
        ("azure_api_type: azure", f"azure_api_key: {KEY}"), ("azure_api_type: azure", f"!{KEY} *{KEY}"),
        ("    gpt-4:", f"\t{KEY}:"), ("azure.com", f"azure.com/openai/{KEY}"), ("https://", f"https://user:{KEY}@"),
        ("    gpt-4: ", f"    gpt-4: *{KEY}"), ("azure_model_map:", f"{KEY}\nazure_model_map:"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("machine", ["ubuntu", "windows"])
def test_nothing_of_a_secret_in_the_file_is_shown(old: str, new: str, machine: str, registry: Registry) -> None:
    assert old in GOOD
    report, shown = look(state_of(GOOD.replace(old, new), machine=machine), registry)
    complaints(report)
    assert not [place for place in range(len(KEY) - 4) if KEY[place : place + 5] in shown]


def test_the_name_of_a_resource_is_not_shown(registry: Registry) -> None:
    for good, bad in (("azure.com", "azure.com/openai/deployments/koala"), ("https://", ""), ("gpt-4:", "gpt-4-x:")):
        report, shown = look(state_of(GOOD.replace(good, bad)), registry)
        assert complaints(report)
        assert "wombat" not in shown and "koala" not in shown


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("True", []), ("true", ["azure.not-exactly-true"]), ("TRUE", ["azure.not-exactly-true"]),
        ("1", ["azure.not-exactly-true"]), ("yes", ["azure.not-exactly-true"]),
        ("'True '", ["azure.not-exactly-true"]), ("\u201cTrue\u201d", ["azure.not-exactly-true"]),
        ("False", []), ("false", []), ("0", []), ("", []),
        ("maybe", []),
    ],
)  # fmt: skip
def test_the_switch(word: str, expected: list[str], registry: Registry) -> None:
    report, _ = look(state_of(GOOD, f"USE_AZURE={word}\n"), registry)
    assert complaints(report) == expected


def test_who_does_not_want_azure_hears_nothing(registry: Registry) -> None:
    state = state_of("", "USE_AZURE=False\n")
    del state["tree"][f"{AGENT}/azure.yaml"]
    report, _ = look(state, registry)
    assert not report.results


def test_models_of_others_need_no_azure(registry: Registry) -> None:
    """With Claude alone, the check that never sees azure.yaml is not made, and no deployment is missing."""
    state = read(HERE / "azure" / "classic-2024-cannot-start.yaml")
    env = "classic/original_autogpt/.env"
    state["tree"][env] += "SMART_LLM=claude-3-opus-20240229\nFAST_LLM=claude-3-haiku-20240307\n"
    state.pop("expect")
    report, _ = look(state, registry)
    assert complaints(report) == []


def test_a_source_from_before_june_2024_is_believed(registry: Registry) -> None:
    state = read(HERE / "azure" / "2024-09-cannot-start.yaml")
    state.pop("expect")
    report, _ = look(state, registry)
    assert complaints(report) == ["azure.cannot-start"]
    state["tree"]["autogpt/autogpt/app/config.py"] = "def assert_config_has_openai_api_key(config):\n    pass\n"
    report, _ = look(state, registry)
    assert complaints(report) == []


def test_in_may_2024_the_file_may_be_in_either_place(registry: Registry) -> None:
    state = read(HERE / "azure" / "v0.5.1-old-name.yaml")
    state.pop("expect")
    state["tree"][f"{AGENT}/.env.template"] = "# ANTHROPIC_API_KEY=\n"
    written = state["tree"].pop(f"{AGENT}/azure.yaml").replace("azure_api_base", "azure_endpoint")
    for place in (f"{AGENT}/azure.yaml", "autogpts/forge/azure.yaml"):
        report, _ = look({**state, "tree": {**state["tree"], place: written}}, registry)
        assert complaints(report) == []
    report, _ = look(state, registry)
    assert complaints(report) == ["azure.file-missing"]


# --- recordings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("azure_endpoint", "https://wombat.openai.azure.com/"), ("azure_api_base", "your-base-url-for-azure"),
        ("azure_api_version", "2023-12-01-preview"), ("azure_api_type", "azure_ad"),
        ("gpt-4", "gpt4-deployment-id-for-azure"), ("azure_model_map", "{gpt-4: prod-4, gpt-3.5-turbo-16k: wombat}"),
    ],
)  # fmt: skip
def test_what_a_recording_may_keep(name: str, value: str) -> None:
    assert is_harmless(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gpt-4", "wombat"), ("azure_api_key", "0123456789abcdef" * 2), ("azure_endpoint", "https://user:pass@x.example"),
        ("azure_endpoint", KEY), ("azure_endpoint", f"https://x.example/{KEY}"), ("azure_api_version", KEY),
        ("azure_api_type", KEY), ("azure_model_map", "{gpt-4: " + KEY + "}"),
        ("azure_model_map", "{gpt-4: " + "0123456789abcdef" * 2 + "}"), ("anything", "wombat"),
    ],
)  # fmt: skip
def test_what_a_recording_must_not_keep(name: str, value: str) -> None:
    assert not is_harmless(name, value)
