"""The rules of the house that no single test of a part would see broken."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator

import pytest

from doctor.registry import Registry

ROOT = Path(__file__).parent.parent
ENGINE = sorted((ROOT / "doctor").rglob("*.py"))
CHECKS = sorted((ROOT / "checks").rglob("*.py"))
SEAM = ROOT / "doctor" / "machine"

# What touches the world: modules, and names of built-in functions.
WORLDLY = {
    "os", "subprocess", "socket", "ssl", "winreg", "ctypes", "psutil", "httpx", "shutil", "tempfile", "distro",
    "platformdirs", "platform", "glob", "urllib.request", "http", "pwd", "grp", "fcntl", "signal", "time",
}  # fmt: skip
BUILTINS = {"open", "print", "input", "exec", "eval"}


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def worldly(path: Path) -> set[str]:
    """The modules of this file that touch the world; of packages with harmless parts the part counts."""
    names = set(imported(path))
    return {name.split(".")[0] for name in names} & WORLDLY | names & WORLDLY


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", CHECKS, ids=names)
def test_a_plugin_asks_the_machine_and_nothing_else(path: Path) -> None:
    assert not worldly(path)
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & BUILTINS


@pytest.mark.parametrize("path", ENGINE, ids=names)
def test_the_engine_knows_no_plugin_and_not_what_is_examined(path: Path) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] in ("checks", "tests")]
    text = path.read_text(encoding="utf-8").lower()
    for word in ("openai_api", "anthropic_api", "groq_api", "original_autogpt", "autogpt.sh", "smart_llm"):
        assert word not in text


@pytest.mark.parametrize("path", [p for p in ENGINE if SEAM not in p.parents], ids=names)
def test_outside_the_seam_the_engine_asks_the_world_nothing(path: Path) -> None:
    allowed = {
        "bootstrap.py": {"os", "subprocess", "shutil", "fcntl", "time"},  # makes .venv, before all else
        "cli.py": {"os", "signal", "time"},  # the terminal, leaving at once, when the run began
        "choosing.py": {"os"},  # the folder named with -C
        "consent.py": {"os", "time"},  # whose the terminal is, and how long it was waited
        "output.py": {"os"},  # standard output, the file named with -o
        "checkup.py": {"time"},  # its own deadlines
        "progress.py": {"shutil"},
        "terminal.py": {"os", "shutil"},
    }
    assert not worldly(path) - allowed.get(path.name, set())


def test_every_check_explains_itself_and_its_codes_are_its_own() -> None:
    registry = Registry.of_everything_installed()
    assert registry.troubles == []
    owners: dict[str, str] = {}
    for check in registry.checks.values():
        assert len(check.explanation) > 60, check.id
        assert check.title
        assert check.id.count(".") == 1, check.id
        for code in check.codes:
            assert code.count(".") == 1, code
            assert owners.setdefault(code, check.id) == check.id, f"{code} belongs to two checks"


def test_whatever_may_be_found_in_the_configuration_has_a_sentence_of_its_own() -> None:
    """Somebody who asks `explain` about one finding wants that one told, and not the twenty beside it."""
    of_configuration = ("env_file", "settings", "keys", "plan", "models", "azure", "components", "compose")
    for each in Registry.of_everything_installed().checks.values():
        if len(each.codes) > 1 and each.id.split(".")[0] in of_configuration:
            assert tuple(each.meanings) == each.codes, each.id
            assert len(set(each.meanings.values())) == len(each.codes), each.id


@pytest.mark.parametrize("path", ENGINE + CHECKS, ids=names)
def test_value_types_are_cheap_to_import(path: Path) -> None:
    """dataclasses imports inspect, which costs more than the whole engine."""
    assert "dataclasses" not in set(imported(path))


def test_windows_can_hold_every_file() -> None:
    """There a device's name is one with any ending, too, and git makes no checkout that has such a file."""
    devices = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
    folders = [ROOT / name for name in ("doctor", "checks", "tests", "docs")]
    paths = [path for folder in folders for path in folder.rglob("*")]
    assert [names(path) for path in paths if path.name.split(".")[0].lower() in devices] == []
    assert [names(path) for path in paths if set(path.name) & set('<>:"|?*\\')] == []
