"""What is said about the keys of a machine: one thing for each, with its line, and nothing of the key.

Every key here is made while the tests run.
"""

from __future__ import annotations

import json as standard_json
import random
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Mapping, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.autogpt.variables import TEMPLATE_NAMES
from checks.key_forms import MARKER
from doctor.about import Options
from doctor.findings import Finding, Status
from doctor.machine.recorded import parse, read
from doctor.machine.recorder import Recorder
from doctor.readers import json, markdown, text
from doctor.readers.layout import Look, plain
from doctor.report import Report
from doctor.shells import draw
from doctor.visit import visit
from doctor.words import Scrubber, render
from tests import patients
from tests.checks.test_key_forms import ALNUM, HEX, anthropic, drawn, groq, legacy, openai

HERE = Path(__file__).parents[1] / "patients"
AGENTS = {"classic-2024": "classic/original_autogpt/", "v0.5": "autogpts/autogpt/", "v0.1": "", "2024-09": "autogpt/"}
AGENTS["classic-2026"] = AGENTS["classic-2024"]
CLAUDE = "SMART_LLM=claude-3-opus-20240229\nFAST_LLM=claude-3-opus-20240229\n"
USER_ENVIRONMENT = r"HKCU\Environment"


@cache
def base(machine: str, checkout: str) -> Any:
    state = read(HERE / "machines" / f"{machine}.yaml")
    state["tree"] = read(HERE / "checkouts" / f"{checkout}.yaml")["tree"]
    return {**state, "files": {}, "programs": {}}  # nothing about keys is asked of them


def report_on(
    env: Optional[str],
    shell: Mapping[str, str] = {},
    *,
    machine: str = "ubuntu",
    checkout: str = "classic-2024",
    lasting: Optional[Mapping[str, str]] = None,
    files: Mapping[str, str] = {},
) -> Report:
    state = deepcopy(base(machine, checkout))
    del state["tree"][AGENTS[checkout] + ".env"]
    if env is not None:
        state["tree"][AGENTS[checkout] + ".env"] = env
    state["tree"].update({AGENTS[checkout] + name: content for name, content in files.items()})
    state["environment"] = {**state.get("environment", {}), **shell}
    if lasting is not None:
        state["registry"] = {**state.get("registry", {}), USER_ENVIRONMENT: dict(lasting)}
    recorded = parse(state)
    options = Options(recorded.folder, is_given=True)
    return visit(recorded, patients.everything(), options, version="0", chosen=("keys.form",))[0]


def findings(*arguments: Any, **more: Any) -> list[Finding]:
    report = report_on(*arguments, **more)
    assert all(result.because is None for result in report.results), report.results
    return [each for result in report.results for each in result.findings if each.status is not Status.OK]


def only(*arguments: Any, **more: Any) -> Finding:
    found = findings(*arguments, **more)
    assert len(found) == 1, [each.code for each in found]
    return found[0]


def said(finding: Finding) -> str:
    """Every sentence of a finding."""
    parts = [finding.text, finding.detail, finding.remedy.text]
    for each in finding.evidence:
        parts += [each.found, each.wanted, each.where]
    return " | ".join(render(part) for part in parts if part)


# --- where it stands ------------------------------------------------------------------------------------------------


def test_a_good_key_is_no_matter() -> None:
    for env in (f"OPENAI_API_KEY={openai()}\n", f'export OPENAI_API_KEY = "{legacy()}"  # mine\r\n'):
        assert findings(env) == []
    assert findings("", {"OPENAI_API_KEY": openai()}) == []
    assert findings(CLAUDE + f"ANTHROPIC_API_KEY={anthropic()}\n") == []
    assert findings("SMART_LLM=mixtral-8x7b-32768\nFAST_LLM=mixtral-8x7b-32768\nGROQ_API_KEY=" + groq()) == []


def test_the_line_to_mend_is_named() -> None:
    finding = only(f"# settings\n\nOPENAI_API_KEY={anthropic()}\n")
    assert (finding.code, finding.status) == ("keys.wrong-slot", Status.PROBLEM)
    assert "original_autogpt/.env, line 3" in said(finding)
    assert "belongs in ANTHROPIC_API_KEY" in said(finding)


def test_a_key_that_this_version_has_no_slot_for() -> None:
    finding = only(f"OPENAI_API_KEY={groq()}\n", checkout="v0.1")
    assert "This version of AutoGPT cannot use Groq" in said(finding)
    assert findings(f"OPENAI_API_KEY={legacy()}\nGROQ_API_KEY=x y\n", checkout="v0.1") == []


def test_a_key_of_the_shell_is_mended_in_the_shell() -> None:
    finding = only(None, {"OPENAI_API_KEY": f"'{openai()}'"})
    assert finding.code == "keys.quotes"
    assert [draw(command) for command in finding.remedy.commands] == ["unset OPENAI_API_KEY"]
    assert "the environment of this shell" in said(finding)
    on_windows = only(None, {"OPENAI_API_KEY": f'"{openai()}"'}, machine="windows")
    assert [draw(command) for command in on_windows.remedy.commands] == ["Remove-Item Env:OPENAI_API_KEY"]


def test_a_key_of_windows_lasting_environment_is_taken_from_there() -> None:
    value = f"{openai()} "
    finding = only(None, {"OPENAI_API_KEY": value}, machine="windows", lasting={"OPENAI_API_KEY": value})
    assert finding.code == "keys.blank-around"
    (command,) = finding.remedy.commands
    assert draw(command) == "[Environment]::SetEnvironmentVariable('OPENAI_API_KEY', $null, 'User')"
    assert command.shell == "powershell"


# --- which key matters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["your-anthropic-key", "gsk_" + "x" * 52, "sk-ant-...", '"', "two words", "#"])
def test_a_key_that_is_not_needed_is_a_note_at_most(value: str) -> None:
    env = f"OPENAI_API_KEY={openai()}\nANTHROPIC_API_KEY='{value}'\nGROQ_API_KEY=\n"
    assert {each.status for each in findings(env)} == {Status.NOTE}


def test_without_any_openai_model_the_openai_key_is_not_needed() -> None:
    env = CLAUDE + f"OPENAI_API_KEY=your-openai-api-key\nANTHROPIC_API_KEY={anthropic()}\n"
    assert only(env).status is Status.NOTE
    finding = only(CLAUDE + "ANTHROPIC_API_KEY=your-key\n")
    assert (finding.code, finding.status) == ("keys.placeholder", Status.PROBLEM)


@pytest.mark.parametrize(
    "where",
    [
        {"env": "OPENAI_API_BASE_URL=http://localhost:4000/v1\n"},
        {"shell": {"OPENAI_API_BASE_URL": "https://openrouter.ai/api/v1"}},
        {"shell": {"OPENAI_BASE_URL": "https://openrouter.ai/api/v1"}},
        {"env": "OPENAI_BASE_URL=http://localhost:4000/v1\n"},
    ],
)
def test_behind_another_base_url_anything_may_be_a_key(where: dict[str, Any]) -> None:
    for key in (f"sk-or-v1-{drawn(64, HEX)}", "sk-no-key-required", drawn(20), "sk-dummy"):
        assert findings(f"OPENAI_API_KEY={key}\n{where.get('env', '')}", where.get("shell", {})) == []


@pytest.mark.parametrize(
    "env",
    [
        "OPENAI_API_BASE_URL=https://api.openai.com/v1\n",
        "OPENAI_API_BASE_URL=\n",
        "OPENAI_API_BASE=http://localhost:4000/v1\n",  # nothing reads this any more
        "ANTHROPIC_API_BASE_URL=http://localhost:4000/v1\n",
    ],
)
def test_at_the_maker_itself_a_foreign_key_is_refused(env: str) -> None:
    assert only(f"OPENAI_API_KEY={groq()}\n{env}").code == "keys.wrong-slot"


def test_an_old_library_reads_its_old_variable() -> None:
    assert findings(f"OPENAI_API_KEY={groq()}\nOPENAI_API_BASE=http://localhost:4000/v1\n", checkout="v0.1") == []


def test_a_blank_key_is_enough_for_a_server_of_ones_own_since_2026() -> None:
    env = "OPENAI_API_KEY=\nOPENAI_API_BASE_URL=http://localhost:4000/v1\n"
    assert findings(env, checkout="classic-2026") == []
    assert only(env).code == "keys.blank"


def test_with_azure_the_key_is_one_of_azure() -> None:
    assert findings(f"USE_AZURE=True\nOPENAI_API_KEY={drawn(32, HEX)}\n") == []
    finding = only(f"USE_AZURE=True\nOPENAI_API_KEY={openai()}\n")
    assert (finding.code, finding.status) == ("keys.azure-form", Status.WARNING)
    without = only(f"USE_AZURE=true\nOPENAI_API_KEY={drawn(32, HEX)}\n")
    assert (without.code, without.status) == ("keys.azure-key", Status.WARNING)
    assert "azure.not-exactly-true" in without.explained_by


# --- commented, blank, in two places --------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["# ", "#", "## ", "  #\t", "# export ", "#export "])
@pytest.mark.parametrize("key", [openai(), legacy(), f'"{openai()}"', f"{openai()}  # mine", f"sk-or-v1-{drawn(64)}"])
def test_a_key_that_is_still_commented_out(before: str, key: str) -> None:
    finding = only(f"# AutoGPT\n## OPENAI_API_KEY - the key\n{before}OPENAI_API_KEY={key}\n")
    assert (finding.code, finding.status) == ("keys.commented", Status.PROBLEM)
    assert "line 3, delete the #" in said(finding)


@pytest.mark.parametrize(
    "line",
    [
        "# OPENAI_API_KEY=", "# OPENAI_API_KEY=your-openai-api-key", "# OPENAI_API_KEY=sk-" + "x" * 48,
        "# OPENAI_API_KEY=sk-qwertykeys123456", "# OPENAI_API_KEY=the key of your account", "# OPENAI_API_KEY=abc",
        "## OPENAI_API_KEY - OpenAI API Key (Example: my-openai-api-key)", "# MY_OPENAI_API_KEY=" + drawn(40),
    ],
)  # fmt: skip
def test_an_untouched_template_is_no_forgotten_key(line: str) -> None:
    assert findings(line + "\n") == []


def test_a_commented_key_is_no_matter_when_the_key_is_set_or_not_needed() -> None:
    assert findings(f"# OPENAI_API_KEY={openai()}\nOPENAI_API_KEY={openai()}\n") == []
    assert findings(f"# OPENAI_API_KEY={openai()}\n", {"OPENAI_API_KEY": openai()}) == []
    assert findings(f"# ANTHROPIC_API_KEY={anthropic()}\nOPENAI_API_KEY={openai()}\n") == []
    assert only(f"# OPENAI_API_KEY={openai()}\nOPENAI_API_KEY=\n").code == "keys.commented"


@pytest.mark.parametrize("blank", ["", "''", '"  "', '"\u200b"', "${NOT_SET_ANYWHERE}"])
def test_a_blank_in_the_file_hides_the_key_of_the_shell(blank: str) -> None:
    finding = only(f"A=1\nOPENAI_API_KEY={blank}\n", {"OPENAI_API_KEY": openai()})
    assert (finding.code, finding.status) == ("keys.blank-hides-shell", Status.PROBLEM)
    assert "line 2" in said(finding)
    assert only(f"OPENAI_API_KEY={blank}\n").code == "keys.blank"
    assert only(f"OPENAI_API_KEY={blank}\n", {"OPENAI_API_KEY": "your-key"}).code == "keys.blank"


def test_in_the_oldest_versions_the_shell_wins() -> None:
    good = f"OPENAI_API_KEY={legacy()}\n"
    assert findings("OPENAI_API_KEY=\n", {"OPENAI_API_KEY": legacy()}, checkout="v0.1") == []
    finding = only(good, {"OPENAI_API_KEY": ""}, checkout="v0.1")
    assert finding.code == "keys.blank-hides-shell"
    assert [draw(command) for command in finding.remedy.commands] == ["unset OPENAI_API_KEY"]
    assert findings(good, {"OPENAI_API_KEY": ""}) == []


def test_two_different_keys_are_a_note_and_the_same_twice_is_none() -> None:
    key = openai()
    assert findings(f"OPENAI_API_KEY={key}\n", {"OPENAI_API_KEY": key}) == []
    finding = only(f"OPENAI_API_KEY={key}\n", {"OPENAI_API_KEY": openai(58)})
    assert (finding.code, finding.status) == ("keys.differs", Status.NOTE)
    assert findings(f"OPENAI_API_KEY={key}\n", {"OPENAI_API_KEY": "your-key"}) == []


def test_an_example_that_hides_a_real_key_is_said_so() -> None:
    finding = only("OPENAI_API_KEY=your-openai-api-key\n", {"OPENAI_API_KEY": openai()})
    assert finding.code == "keys.placeholder"
    assert "Another one in the environment of this shell has no effect" in said(finding)


def test_a_key_broken_over_two_lines() -> None:
    key = openai()
    finding = only(f"OPENAI_API_KEY={key[:70]}\n{key[70:]}\nTEMPERATURE=0\n")
    assert (finding.code, finding.status) == ("keys.broken-over-lines", Status.PROBLEM)
    assert "join line 2 to the end of line 1" in said(finding)
    assert only(f'OPENAI_API_KEY="{key[:70]}\n{key[70:]}"\n').code == "keys.broken-over-lines"
    for after in ("", "TEMPERATURE\n", "# note\n", "SMART_LLM=gpt-4\n", "a b\n", "\n" + key[70:]):
        assert only(f"OPENAI_API_KEY={key[:70]}\n{after}").code == "keys.unexpected-form"
    assert findings(f"OPENAI_API_KEY={key}\n{key[70:]}\n") == []
    assert only(f"{key[70:]}\n", {"OPENAI_API_KEY": key[:70]}).code == "keys.unexpected-form"


# --- what this version demands --------------------------------------------------------------------------------------

DASHED = "sk-proj-" + drawn(20) + "-" + drawn(53) + MARKER + drawn(74)
PLAIN = "sk-proj-" + drawn(74) + MARKER + drawn(74)


def template_of(version: str) -> dict[str, str]:
    return {".env.template": "".join(f"# {name}=\n" for name in TEMPLATE_NAMES[version])}


@pytest.mark.parametrize("version", ["v0.5.1", "2024-05"])
def test_a_good_key_that_this_version_rejects(version: str) -> None:
    files = template_of(version)
    finding = only(f"OPENAI_API_KEY={DASHED}\n", checkout="v0.5", files=files)
    assert (finding.code, finding.status) == ("keys.rejected-by-version", Status.PROBLEM)
    azure = only(f"USE_AZURE=True\nOPENAI_API_KEY={drawn(32, HEX)}\n", checkout="v0.5", files=files)
    assert azure.code == "keys.rejected-by-version"
    for key in (PLAIN, legacy()):
        assert findings(f"OPENAI_API_KEY={key}\n", checkout="v0.5", files=files) == []
    assert only(f"OPENAI_API_KEY={groq()}\n", checkout="v0.5", files=files).code == "keys.wrong-slot"


def test_other_versions_do_not_look() -> None:
    assert findings(f"OPENAI_API_KEY={DASHED}\n", checkout="v0.5", files=template_of("v0.5.0")) == []
    for checkout in ("v0.1", "2024-09", "classic-2026"):
        assert findings(f"OPENAI_API_KEY={DASHED}\n", checkout=checkout) == []


@pytest.mark.parametrize(
    ("pattern", "is_demanded", "rejects"),
    [(r"^sk-\w{48}", True, True), (r"^sk-(proj-)?\w{48}", True, False), (r"^sk-\w{48}", False, False)],
)
@pytest.mark.parametrize("folder", ["app", "config"])
def test_the_source_of_the_checkout_says_what_it_demands(
    pattern: str, is_demanded: bool, rejects: bool, folder: str
) -> None:
    word = "elif" if is_demanded else "if"
    source = f'def assert_config_has():\n key_pattern = r"{pattern}"\n {word} not re.search(key_pattern, key): ...\n'
    files = {**template_of("v0.5.1"), f"autogpt/{folder}/config.py": source}
    found = findings(f"OPENAI_API_KEY={PLAIN}\n", checkout="v0.5", files=files)
    assert [each.code for each in found] == (["keys.rejected-by-version"] if rejects else [])


# --- whatever stands there ------------------------------------------------------------------------------------------

FAULTY = (
    "{key}", " {key}", "{key}\t", '"{key}', "'{key}'", "`{key}`", "\u201c{key}\u201d", "{key}\u200b", "\ufeff{key}",
    "Bearer {key}", "{key}#mine", "{key},{key}", "{key} {key}", "{key};{key}", "{key}...", "***{key}", "[{key}]",
    "OPENAI_API_KEY={key}", "${key}", "<{key}>", "https://{key}@host/", "{key}\\", "{key}\u2026", "# {key}",
    "{key}\n{key}", "%{key}%", "{{{key}}}", "your-{key}", "my {key}",
)  # fmt: skip
PREFIXES = (
    "", "sk-", "sk-proj-", "sk-admin-", "sk-ant-api03-", "sk-ant-oat01-", "sk-or-v1-", "gsk_", "xai-", "AIza", "org-",
    "proj_", "sess-",
)  # fmt: skip
LINES = ("{name}='{value}'\n", "{name}={value}\n", "# {name}={value}\n", '{name}="{value}"\n', "{name}=\n{value}\n")


def outputs(report: Report) -> str:
    """Everything that can be printed of a report, without the last scrubber's help."""
    look = Look(4000, is_verbose=True)
    document = json.draw(report, Scrubber(report.place))
    assert standard_json.loads(document)
    return "\n".join((plain(text.draw(report, look)), document, markdown.draw(report)))


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**64),
    prefix=st.sampled_from(PREFIXES),
    length=st.sampled_from((20, 32, 48, 52, 84, 93, 156)),
    form=st.sampled_from(FAULTY),
    line=st.sampled_from((*LINES, "")),
    name=st.sampled_from(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY")),
    rest=st.sampled_from(("", CLAUDE, "USE_AZURE=True\n")),
)
def test_nothing_of_a_key_is_in_any_output(
    seed: int, prefix: str, length: int, form: str, line: str, name: str, rest: str
) -> None:
    dice = random.Random(seed)
    own = "".join(dice.choice(ALNUM) for _ in range(length))
    value = form.format(key=prefix + own)
    shell = {} if line else {name: value}
    report = report_on(rest + line.format(name=name, value=value), shell)
    printed = outputs(report)
    assert not [own[at : at + 5] for at in range(length - 4) if own[at : at + 5] in printed]


@settings(deadline=None)
@given(
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "ignore").decode().replace("\0", "")),
    st.sampled_from(LINES),
)
def test_any_text_gets_one_finding_at_most(value: str, line: str) -> None:
    env = line.format(name="OPENAI_API_KEY", value=value)
    for report in (report_on(env), report_on("", {"OPENAI_API_KEY": value})):
        if any(result.because for result in report.results):
            continue  # a file that cannot be read is another matter
        about_openai = [
            finding
            for result in report.results
            for finding in result.findings
            if finding.text.values.get("name") == "OPENAI_API_KEY"
        ]
        assert len(about_openai) <= 1


@pytest.mark.parametrize(("form", "line"), [(form, LINES[at % 4]) for at, form in enumerate(FAULTY)])
def test_a_recording_is_judged_as_the_machine_was(form: str, line: str) -> None:
    state = deepcopy(base("ubuntu", "classic-2024"))
    value = form.format(key=openai())
    state["tree"][AGENTS["classic-2024"] + ".env"] = line.format(name="OPENAI_API_KEY", value=value)
    machine = parse(state)
    recorder = Recorder(machine, machine.folder)
    here = codes_on(recorder, machine.folder)
    there = parse(recorder.state())
    assert codes_on(there, there.folder) == here


def codes_on(machine: Any, folder: Any) -> list[str]:
    options = Options(folder, is_given=True)
    report, _ = visit(machine, patients.everything(), options, version="0", chosen=("keys.form",))
    return [finding.code for result in report.results for finding in result.findings]


def test_what_windows_keeps_is_there_in_the_next_terminal() -> None:
    lasting = {"OPENAI_API_KEY": openai()}
    finding = only("A=1\n", machine="windows", lasting=lasting)
    assert (finding.code, finding.status) == ("keys.new-terminal", Status.PROBLEM)
    assert "user's environment variables" in said(finding)
    assert only("OPENAI_API_KEY=\n", machine="windows", lasting=lasting).code == "keys.blank"
    assert findings(f"OPENAI_API_KEY={openai()}\n", machine="windows", lasting=lasting) == []
    assert findings("A=1\n", machine="windows", lasting={"OPENAI_API_KEY": " "}) == []
