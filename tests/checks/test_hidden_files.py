"""Names that only look like `.env`, what file managers hide, and that the commands give the file its name."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import Any

import pytest

from checks.env_places import env_places
from checks.file_managers import FileManager, file_manager
from checks.look_alikes import holds_key, likeness_of
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding
from doctor.machine.recorded import Recorded, parse, read
from doctor.machine.shapes import expand
from doctor.registry import Registry
from doctor.shells import draw
from doctor.words import render
from tests import patients
from tests.checks.healing import complaints, type_in

HERE = Path(__file__).parents[1] / "patients"
AGENT = "classic/original_autogpt"
posix_shell = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


def value(made_by: Any, recorded: Recorded, registry: Registry) -> Any:
    """What a fact says of a machine."""
    made = next(fact.makes for fact in registry.facts.values() if fact.function is made_by)
    options = Options(recorded.folder, is_given=True)
    return examine(recorded, registry, options, chosen=(), extra_facts=(made,)).values[made]


def state_of(machine: str, checkout: str = "classic-2024", without: tuple[str, ...] = (f"{AGENT}/.env",)) -> Any:
    state = read(HERE / "machines" / f"{machine}.yaml")
    state["tree"] = read(HERE / "checkouts" / f"{checkout}.yaml")["tree"]
    for name in without:
        del state["tree"][name]
    return state


def findings(state: dict[str, Any], registry: Registry) -> dict[str, Finding]:
    state.pop("expect", None)
    report = patients.examined(parse(state), registry)
    return {f.code: f for r in report.results if r.group == "hidden_files" for f in r.findings}


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "likeness"),
    [
        (".env.txt", "sure"), (".ENV.TXT", "sure"), (".env.template.txt", "sure"), (".env.env", "sure"),
        (".env ", "sure"), (" .env", "sure"), (".Env", "sure"), (".env\u200b", "sure"), (".env.", "sure"),
        (".env.rtf", "sure"), (".env.docx", "sure"), (".env.txt.txt", "sure"),
        ("env", "likely"), ("env.txt", "likely"), ("_env", "likely"), ("dotenv", "likely"), ("ENV", "likely"),
        (".env.local", "maybe"), (".env - Copy", "maybe"), (".env copy", "maybe"), (".env.bak", "maybe"),
        (".env~", "maybe"), (".env.template (1)", "maybe"), (".evn", "maybe"), ("env_backup", "maybe"),
        (".env", ""), (".env.template", ""), (".env.example", ""), ("environment.yml", ""), ("environment", ""),
        (".envrc", ""), ("env.sh", ""), ("env.py", ""), (".env.swp", ""), (".environment", ""), ("azure.yaml", ""),
        ("envelope.txt", ""), ("", ""),
    ],
)  # fmt: skip
def test_names(name: str, likeness: str) -> None:
    assert likeness_of(name) == likeness


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        ("OPENAI_API_KEY={key}", True),
        ("# settings\n  export GROQ_API_KEY = '{key}'\n", True),
        ('ANTHROPIC_API_KEY: "{key}"', True),
        ("# OPENAI_API_KEY={key}\n", False),
        ("OPENAI_API_KEY=your-openai-api-key", False),
        ("OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", False),
        ("OPENAI_API_KEY=", False),
        ("GITHUB_API_KEY={key}", False),
        ("", False),
    ],
)
def test_a_key_is_told_from_a_placeholder(text: str, is_key: bool) -> None:
    key = expand("{{secret prefix=sk-proj- length=164}}")
    assert holds_key(text.replace("{key}", key)) is is_key


def test_a_name_without_a_dot_counts_only_with_settings_in_it(registry: Registry) -> None:
    state = state_of("ubuntu")
    state["tree"][f"{AGENT}/env"] = "a list of things to do\n"
    assert "hidden_files.no-env" in findings(state, registry)
    state["tree"][f"{AGENT}/env"] = "# SMART_LLM=\n"
    assert "hidden_files.env-look-alike" in findings(state, registry)


def test_a_folder_of_that_name_is_an_environment_and_nothing_else(registry: Registry) -> None:
    for name in ("env", ".env.txt", ".env.bak"):
        state = state_of("ubuntu")
        state["tree"][f"{AGENT}/{name}/pyvenv.cfg"] = "home = /usr/bin\n"
        assert "hidden_files.env-look-alike" not in findings(state, registry)


def test_the_file_with_the_key_is_the_one_to_rename(registry: Registry) -> None:
    state = state_of("ubuntu")
    state["tree"][f"{AGENT}/.env.bak.txt"] = ""
    state["tree"][f"{AGENT}/.env.txt"] = ""
    state["tree"][f"{AGENT}/env.txt"] = "OPENAI_API_KEY={{secret prefix=sk-proj- length=164}}\n"
    finding = findings(state, registry)["hidden_files.env-look-alike"]
    assert draw(finding.remedy.commands[0]).split()[1].endswith("/env.txt")


def test_a_file_in_utf16_is_read_as_well(registry: Registry) -> None:
    """PowerShell 5 writes it with `>`."""
    import base64

    text = expand("OPENAI_API_KEY={{secret prefix=sk-proj- length=164}}\r\n")
    state = state_of("windows")
    state["tree"][f"{AGENT}/.env.bak"] = {"base64": base64.b64encode(text.encode("utf-16")).decode()}
    assert "hidden_files.env-look-alike" in findings(state, registry)


# --- where AutoGPT looks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checkout", "place", "is_read"),
    [
        ("v0.1", ".env", True),
        ("v0.4", "autogpt/.env", True),
        ("classic-2024", ".env", True),
        ("classic-2024", "classic/.env", True),
        ("classic-2024", "classic/original_autogpt/autogpt/app/.env", True),
        ("classic-2024", "classic/forge/.env", False),
        ("classic-2026", "classic/.env", True),
        ("classic-2026", "classic/original_autogpt/.env", True),
        ("classic-2026", ".env", False),
        ("classic-2026", "classic/original_autogpt/autogpt/.env", False),
    ],
)
def test_where_each_year_looks_for_its_settings(checkout: str, place: str, is_read: bool, registry: Registry) -> None:
    tree = read(HERE / "checkouts" / f"{checkout}.yaml")["tree"]
    state = state_of("ubuntu", checkout, tuple(name for name in tree if name.endswith("/.env") or name == ".env"))
    state["tree"][place] = "OPENAI_API_KEY=\n"
    places = value(env_places, parse(state), registry)
    assert (places.found is not None) is is_read


@pytest.mark.parametrize("place", ["/home/user/.autogpt/.env", "/home/user/.config/autogpt/.env"])
def test_since_2026_the_home_folder_counts(place: str, registry: Registry) -> None:
    state = state_of("ubuntu", "classic-2026")
    state["files"][place] = "OPENAI_API_KEY=\n"
    assert str(value(env_places, parse(state), registry).found) == place


@pytest.mark.parametrize(
    ("variable", "text", "is_silent"),
    [
        ("OPENAI_API_KEY", "anything", True),
        ("GROQ_API_KEY", "anything", True),
        ("SMART_LLM", "mistral-7b-instruct-v0.2", True),
        ("OPENAI_API_KEY", "  ", False),
        ("GITHUB_API_KEY", "anything", False),
    ],
)
def test_with_settings_in_the_shell_nothing_is_said(
    variable: str, text: str, is_silent: bool, registry: Registry
) -> None:
    state = state_of("ubuntu")
    state["environment"][variable] = text
    assert (findings(state, registry) == {}) is is_silent


# --- file managers ------------------------------------------------------------------------------------------------

EXPLORER = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced"


@pytest.mark.parametrize(
    ("values", "hides_hidden", "hides_endings"),
    [
        ({}, True, True),
        ({"Hidden": 2, "HideFileExt": 1}, True, True),
        ({"Hidden": 1, "HideFileExt": 0}, False, False),
        ({"Hidden": 0}, True, True),
        ({"Hidden": "1", "HideFileExt": "0"}, True, True),
    ],
)
def test_explorer(values: dict[str, Any], hides_hidden: bool, hides_endings: bool, registry: Registry) -> None:
    state = state_of("windows")
    state["registry"][EXPLORER] = values
    expected = FileManager("Explorer", hides_hidden=hides_hidden, hides_endings=hides_endings)
    assert value(file_manager, parse(state), registry) == expected


@pytest.mark.parametrize(
    ("shows", "hides"),
    [(True, False), (1, False), ("YES", False), ("TRUE", False), (False, True), ("no", True), (None, True)],
)
def test_finder(shows: Any, hides: bool, registry: Registry) -> None:
    values = {} if shows is None else {"AppleShowAllFiles": shows}
    import base64

    for form in (plistlib.FMT_BINARY, plistlib.FMT_XML):
        state = state_of("macos")
        data = base64.b64encode(plistlib.dumps(values, fmt=form)).decode()
        state["files"]["/Users/user/Library/Preferences/com.apple.finder.plist"] = {"base64": data}
        assert value(file_manager, parse(state), registry).hides_dot_files is hides


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FileManager("The file manager", hides_dot_files=True)),
        ({"SSH_CONNECTION": "10.0.0.1 22 10.0.0.2 22"}, FileManager()),
        ({"DISPLAY": None, "WAYLAND_DISPLAY": None}, FileManager()),
        ({"XDG_CURRENT_DESKTOP": "KDE"}, FileManager("Dolphin", hides_dot_files=True)),
    ],
)
def test_file_managers_of_linux(changes: dict[str, Any], expected: FileManager, registry: Registry) -> None:
    state = state_of("ubuntu")
    state["environment"].update(changes)
    assert value(file_manager, parse(state), registry) == expected


def test_dolphin_that_shows_everything(registry: Registry) -> None:
    state = state_of("ubuntu")
    state["environment"]["XDG_CURRENT_DESKTOP"] = "KDE"
    place = "/home/user/.local/share/dolphin/view_properties/global/.directory"
    state["files"][place] = "[Settings]\nHiddenFilesShown=true\n"
    assert not value(file_manager, parse(state), registry).hides_dot_files


@pytest.mark.parametrize(
    "answer", [{"fails": "timed-out"}, {"status": 1, "stderr": "No such schema\n"}, "", "nonsense\n", "\0"]
)
def test_a_gsettings_that_says_nothing_makes_nobody_say_anything(answer: Any, registry: Registry) -> None:
    state = state_of("ubuntu")
    state["programs"]["/usr/bin/gsettings"] = {"*": answer}
    assert value(file_manager, parse(state), registry) == FileManager()


def test_no_program_is_started_when_the_settings_are_there(registry: Registry) -> None:
    """Every program that is started costs time on every healthy machine."""
    state = state_of("ubuntu", without=())
    state["complete"] = False
    del state["programs"]
    recorded = parse({**state, "programs": {}, "absent": []})
    assert value_or_none(recorded, registry) in (None, FileManager())


def value_or_none(recorded: Recorded, registry: Registry) -> Any:
    made = next(fact.makes for fact in registry.facts.values() if fact.function is file_manager)
    options = Options(recorded.folder, is_given=True)
    return examine(recorded, registry, options, chosen=(), extra_facts=(made,)).values.get(made)


def test_hidden_endings_are_the_evidence_where_they_deceive(registry: Registry) -> None:
    patient = patients.admit("hidden_files/env-txt")
    report = patients.examined(patient.machine, registry)
    evidence = [render(each.found, report.place) for each in report.problems[0].finding.evidence]
    assert any("Explorer does not show the ends of names" in each for each in evidence)


def test_no_byte_of_the_key_is_in_what_is_said(registry: Registry) -> None:
    for name in ("hidden_files/env-txt", "hidden_files/key-in-template", "hidden_files/env-rtf"):
        report = patients.examined(patients.admit(name).machine, registry)
        assert expand("{{secret prefix=sk-proj- length=164}}")[8:20] not in repr(report.problems)


# --- on this machine ----------------------------------------------------------------------------------------------


@posix_shell
@pytest.mark.parametrize("name", [".env.txt", ".env ", "env", ".ENV", ".env (copy)", ".env's $HOME"])
def test_the_command_gives_the_file_its_name(
    name: str, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "SMART_LLM", "FAST_LLM"):
        monkeypatch.delenv(variable, raising=False)
    for file in read(HERE / "checkouts" / "v0.4.yaml")["tree"]:
        if not file.startswith(".git/") and file != ".env":
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text("", encoding="utf-8")
    (tmp_path / name).write_text(expand("OPENAI_API_KEY={{secret prefix=sk- length=51}}\n"), encoding="utf-8")
    if name == ".ENV" and (tmp_path / ".env").exists():
        pytest.skip("on this drive capitals do not count, so .ENV is .env")
    found = complaints(tmp_path, registry, ["hidden_files"])
    type_in(found["hidden_files.env-look-alike"])
    assert (tmp_path / ".env").is_file()
    assert complaints(tmp_path, registry, ["hidden_files"]) == {}
