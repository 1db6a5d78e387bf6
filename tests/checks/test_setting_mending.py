"""Who does what a finding about the settings says is rid of it: each sentence names the line, each command works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Mapping, Optional

import pytest

from doctor.about import Options
from doctor.findings import Finding, Status
from doctor.machine.recorded import parse, read
from doctor.machine.shapes import expand
from doctor.readers import text
from doctor.readers.layout import Look, plain
from doctor.registry import Registry
from doctor.report import Report
from doctor.shells import draw
from doctor.visit import visit
from doctor.words import Scrubber, render
from tests import patients
from tests.checks.healing import complaints, type_in

AGENT = "classic/original_autogpt/"
KEY = "OPENAI_API_KEY={{secret prefix=sk- length=51 marker@23}}\n"
CLAUDE = "ANTHROPIC_API_KEY={{secret prefix=sk-ant-api03- length=108}}\n"
NO_SHELL: Mapping[str, str] = {}
posix_shell = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")


def seen(
    env: Optional[str], shell: Mapping[str, str] = NO_SHELL, files: Mapping[str, str] = NO_SHELL
) -> tuple[Report, Scrubber]:
    state: dict[str, Any] = read(patients.HERE / "machines" / "ubuntu.yaml")
    state["tree"] = dict(read(patients.HERE / "checkouts" / "classic-2024.yaml")["tree"])
    state["tree"].update({AGENT + name: content for name, content in files.items()})
    state["tree"].pop(f"{AGENT}.env", None)
    if env is not None:
        state["tree"][f"{AGENT}.env"] = env
    state["environment"] = {**state.get("environment", {}), **shell}
    recorded = parse(state)
    options = Options(recorded.folder, is_given=True, is_offline=True)
    chosen = patients.everything().matching(("settings", "keys", "models", "plan", "components", "compose"))
    return visit(recorded, patients.everything(), options, version="0", chosen=chosen)


def finding_of(code: str, *arguments: Any, **files: Any) -> Finding:
    report, _ = seen(*arguments, **files)
    found = [each for result in report.results for each in result.findings if each.code == code]
    assert len(found) == 1, [each.code for result in report.results for each in result.findings]
    return found[0]


def told(code: str, *arguments: Any, **files: Any) -> tuple[str, list[str]]:
    finding = finding_of(code, *arguments, **files)
    return render(finding.remedy.text) if finding.remedy.text else "", [draw(each) for each in finding.remedy.commands]


# --- the line to write ----------------------------------------------------------------------------------------------


def test_a_model_of_the_shell_is_mended_in_the_shell() -> None:
    sentence, commands = told("models.unknown", KEY, {"SMART_LLM": "gpt-4o-mini"})
    assert commands == ["export SMART_LLM=gpt-4o"]
    assert "Set it anew" in sentence
    sentence, commands = told("models.empty", KEY, {"FAST_LLM": ""})
    assert commands == ["unset FAST_LLM"]
    assert "then AutoGPT takes gpt-3.5-turbo" in sentence


def test_a_line_that_is_to_go_is_named() -> None:
    sentence, _ = told("models.embedding-unknown", KEY + "EMBEDDING_MODEL=gpt-4\n")
    assert sentence.startswith("Put # before line 2 of ")
    sentence, _ = told("components.blank", f"{KEY}\nCOMPONENT_CONFIG_FILE=\n")
    assert sentence.startswith("Put # before line 3 of ")
    sentence, _ = told("components.missing", f"{KEY}\nCOMPONENT_CONFIG_FILE=nowhere.json\n")
    assert "line 3, write the path of a file that is there, or put #" in sentence


def test_a_remark_behind_the_id_of_an_organization_is_not_passed_over() -> None:
    line = "OPENAI_ORGANIZATION={{secret prefix=org- length=28}}"
    finding = finding_of("settings.organization", f"{KEY}{line}#mine\n")
    assert "a remark, a blank or a quote" in render(finding.evidence[0].found)
    report, _ = seen(f"{KEY}{line} # mine\n")
    assert not (*report.problems, *report.warnings)


def test_of_two_llamafile_models_both_get_the_one_that_autogpt_takes() -> None:
    good, bad = "mistral-7b-instruct-v0.2", "mistral-7b-instruct-v0.3"
    sentence, _ = told("models.llamafile-pair", f"SMART_LLM={bad}\nFAST_LLM={good}\n")
    assert sentence.endswith(f"line 1: SMART_LLM={good}")
    sentence, _ = told("models.llamafile-pair", f"SMART_LLM={good}\nFAST_LLM={bad}\n")
    assert sentence.endswith(f"line 2: FAST_LLM={good}")


@pytest.mark.parametrize("is_written", [True, False])
def test_a_file_with_keys_is_never_copied_over(is_written: bool) -> None:
    """A folder of that name comes first in the search, and hides the file beside the template."""
    state: dict[str, Any] = read(patients.HERE / "machines" / "ubuntu.yaml")
    state["tree"] = dict(read(patients.HERE / "checkouts" / "classic-2026.yaml")["tree"])
    state["tree"].pop("classic/.env", None)
    state["tree"].pop(f"{AGENT}.env", None)
    state["tree"]["classic/.env/pyvenv.cfg"] = "home = /usr/bin\n"
    if is_written:
        state["tree"][f"{AGENT}.env"] = KEY
    recorded = parse(state)
    report, _ = visit(recorded, patients.everything(), Options(recorded.folder, True, True), version="0")
    assert report.causes[0] == "checkout.folder-for-file"
    found = [each for result in report.results for each in result.findings]
    typed = [draw(command) for each in found for command in each.remedy.commands]
    assert any(line.startswith("mv ") for line in typed)
    assert any(line.startswith("cp ") for line in typed) is not is_written
    assert ("hidden_files.no-env" in {each.code for each in found}) is not is_written


def test_the_file_is_made_before_anything_is_written_into_it() -> None:
    shell = {"ANTHROPIC_API_KEY": expand("{{secret prefix=sk-ant-api03- length=108}}")}
    sentence, (command,) = told("plan.only-other-key", None, shell)
    assert sentence.startswith("First make the file, with the command below.")
    assert command.startswith("cp ")
    sentence, commands = told("plan.only-other-key", CLAUDE)
    assert "First make the file" not in sentence
    assert not commands


def test_a_wrong_name_among_the_components_is_mended_in_its_line() -> None:
    files = {"c.json": '{\n "CodeExecutorConfig": {},\n "CodeExecutorConfiguration": {"execute_local_command": 1}}'}
    env = KEY + "COMPONENT_CONFIG_FILE=c.json\n"
    sentence, _ = told("components.unknown-class", env, files=files)
    assert "c.json, line 2: write CodeExecutorConfiguration in place of CodeExecutorConfig." in sentence
    sentence, _ = told("components.unknown-field", env, files=files)
    assert "line 3: write execute_local_commands in place of execute_local_command." in sentence


def test_many_files_that_are_missing_are_said_once() -> None:
    binds = "".join(f"      - ./f{number}.json:/app/f{number}.json\n" for number in range(30))
    given = "".join(f"      - no{number}.env\n" for number in range(30))
    service = "services:\n  auto-gpt:\n    image: auto-gpt\n"
    files = {
        "docker-compose.yml": f"{service}    volumes:\n{binds}    env_file:\n{given}",
        "docker-compose.override.yml": service,
    }
    missing = finding_of("compose.missing-source", KEY, files=files)
    assert len(missing.evidence) == 9
    assert render(missing.evidence[-1].found) == "and 22 more"
    assert len(finding_of("compose.no-env", KEY, files=files).evidence) == 8


def test_what_is_too_large_is_said_and_not_read() -> None:
    """Nothing in it is called wrong or missing."""
    report, _ = seen(KEY + "COMPONENT_CONFIG_FILE=c.json\n", files={"c.json": '{"A": "' + "x" * 262_144 + '"}'})
    codes = {each.code: each.status for result in report.results for each in result.findings}
    assert codes["components.too-large"] is Status.NOTE
    (content,) = [result for result in report.results if result.id == "components.content"]
    assert content.status is Status.NOT_CHECKED
    assert not report.problems


# --- what a report can say in spite of its secrets ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ("OPENAI_API_KEY=" + KEY, "OPENAI_API_KEY holds its own name a second time"),
        ("OPENAI_API_KEY=export " + KEY, "OPENAI_API_KEY holds its own name a second time"),
        ("OPENAI_API_KEY=https://platform.openai.com/account/api-keys\n", "https://platform.openai.com/account/api-keys\n"),
        ("OPENAI_API_KEY=https://api.openai.com/v1\n", "OPENAI_API_KEY = https://api.openai.com/v1"),
        (f"{CLAUDE}SMART_LM=claude-3-opus-20240229\n", "(classic-2024"),
        (f"{CLAUDE}SMART_LM=claude-3-opus-20240229\n", "SMART_LM = claude-3-opus-20240229 (not a setting of AutoGPT)"),
        (f"{KEY}CUSTOM_SEARCH_ENGINE_ID=my-engine\n", "CUSTOM_SEARCH_ENGINE_ID"),
        (f"{KEY}MEMORY_BACKEND=local\n", "MEMORY_BACKEND = local (this version does not read it)"),
    ],
)
def test_names_and_addresses_stay_readable(env: str, sentence: str) -> None:
    report, scrubber = seen(env)
    drawn = scrubber.hide(plain(text.draw(report, Look(200, is_verbose=True))))
    assert sentence in drawn
    assert "…_" not in drawn


def test_what_is_its_owners_in_an_address_is_hidden() -> None:
    own = "q7Zk2Wm9xB4t"
    report, scrubber = seen(f"OPENAI_API_KEY=https://platform.openai.com/account/{own}?x={own}\n")
    drawn = scrubber.hide(plain(text.draw(report, Look(200, is_verbose=True))))
    assert "https://platform.openai.com/account/api-keys" in drawn
    assert not [at for at in range(8) if own[at : at + 5] in drawn]


def test_the_portals_address_hides_nothing_of_the_remedy() -> None:
    machine = patients.admit("azure/v0.5.0-address-of-a-deployment").machine
    report, scrubber = visit(machine, patients.everything(), Options(machine.folder, True, True), version="0")
    drawn = scrubber.hide(plain(text.draw(report, Look(200))))
    assert "azure.endpoint-form" in drawn
    assert 'azure.yaml, line 2: azure_api_base: "https://NAME.openai.azure.com", with' in drawn


# --- on this machine ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of the year 2023, in which nobody set anything."""
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "SMART_LLM", "FAST_LLM"):
        monkeypatch.delenv(variable, raising=False)
    for file in read(patients.HERE / "checkouts" / "v0.4.yaml")["tree"]:
        if not file.startswith(".git") and file != ".env":
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text("", encoding="utf-8")
    return tmp_path


@posix_shell
@pytest.mark.parametrize(
    ("code", "encoding"), [("env_file.undecodable", "utf-16"), ("env_file.byte-order-mark", "utf-8-sig")]
)
def test_a_file_that_is_written_again_stays_private(
    code: str, encoding: str, folder: Path, registry: Registry
) -> None:
    (folder / ".env").write_text(expand(KEY), encoding=encoding)
    (folder / ".env").chmod(0o600)
    type_in(complaints(folder, registry, ["env_file"])[code])
    assert complaints(folder, registry, ["env_file", "keys", "plan"]) == {}
    assert (folder / ".env").read_text(encoding="utf-8") == expand(KEY)
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    assert not (folder / ".env.new").exists()


@posix_shell
@pytest.mark.parametrize("is_apart", [False, True])
def test_git_learns_to_leave_the_file_alone(is_apart: bool, folder: Path, registry: Registry) -> None:
    """Also where its own folder is elsewhere, as in a worktree or a submodule, and is not complete."""
    where = ["--separate-git-dir", str(folder / "apart")] if is_apart else []
    subprocess.run(["git", "init", "-q", "--template=", *where, "."], cwd=folder, check=True, timeout=30)
    (folder / ".env").write_text(expand(KEY), encoding="utf-8")
    (folder / ".env").chmod(0o600)
    type_in(complaints(folder, registry, ["env_file"])["env_file.not-ignored"])
    assert complaints(folder, registry, ["env_file"]) == {}
