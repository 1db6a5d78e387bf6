"""Which Python Poetry takes: foretold, and then Poetry is let do it.

DOCTOR_TEST_POETRY_1 and DOCTOR_TEST_POETRY_2 name programs of Poetry 1 and 2; the Pythons are those of pyenv.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

from checks.interpreters import Launching
from doctor.about import Options
from doctor.checkup import examine
from doctor.machine.live import Live
from doctor.machine.recorded import parse
from doctor.outcome import Outcome
from doctor.registry import Registry

ROOT = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
MANIFEST = '[tool.poetry]\nname = "agpt"\npackage-mode = false\n[tool.poetry.dependencies]\npython = "{constraint}"\n'


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


def foretold(machine: Any, folder: str, registry: Registry) -> Outcome:
    options = Options(machine.path(folder), is_given=True, is_offline=True)
    return examine(machine, registry, options, chosen=registry.matching(["python"]), extra_facts=(Launching,))


# --- the real ones ------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [*os.environ]:
        if name.startswith(("POETRY_", "PYENV", "XDG_", "CONDA", "UV", "ASDF")) or name == "VIRTUAL_ENV":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    folder = tmp_path / "home" / "AutoGPT" / "classic" / "original_autogpt"
    folder.mkdir(parents=True)
    (folder / "autogpt.sh").write_text("#!/bin/sh\ncommand -v python3\ncommand -v python\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return folder


def link(folder: Path, name: str, series: str) -> None:
    if series == "broken":
        (folder / name).write_text("#!/bin/sh\nexit 49\n")
        (folder / name).chmod(0o755)
        return
    program = next(iter(sorted(ROOT.glob(f"versions/{series}.*/bin/python"))), None)
    if program is None:
        pytest.skip(f"pyenv has no Python {series} on this machine")
    (folder / name).symlink_to(program)


@pytest.mark.skipif(sys.platform == "win32", reason="these Poetrys are laid out as on Linux and macOS")
@pytest.mark.parametrize("variable", ["DOCTOR_TEST_POETRY_1", "DOCTOR_TEST_POETRY_2"])
@pytest.mark.parametrize(
    ("constraint", "on_path"),
    [
        ("^3.10", {"python": "3.12", "python3": "3.10"}),
        ("^3.10", {"python": "3.9", "python3": "3.10", "python3.12": "3.12"}),
        ("^3.10", {"python3": "3.10"}),
        ("^3.12", {"python": "3.10", "python3.12": "3.12", "python3.13": "3.13"}),
        ("~3.9", {"python": "3.12", "python3": "3.9"}),
        ("~3.9", {"python": "3.12", "python3": "3.10"}),
        ("^3.10", {"python": "broken", "python3": "3.10"}),
        ("^3.10", {"python": "2.7", "python3": "3.10"}),
    ],
)
def test_poetry_takes_what_was_foretold(
    variable: str, constraint: str, on_path: dict[str, str], project: Path, registry: Registry, tmp_path: Path
) -> None:
    named = os.environ.get(variable, "")
    if not named:
        pytest.skip(f"{variable} names no Poetry")
    (tmp_path / "bin" / "poetry").symlink_to(named)
    for name, series in on_path.items():
        link(tmp_path / "bin", name, series)
    (project / "pyproject.toml").write_text(MANIFEST.format(constraint=constraint))
    machine = Live()
    outcome = foretold(machine, str(project), registry)
    machine.close()
    launching = outcome.values[Launching]
    codes = {finding.code for result in outcome.results for finding in result.findings}
    made = taken(project, named)
    if made is None:
        assert launching.is_refused or codes & {"python.broken", "python.python2"}
        assert launching.by_poetry is None
    else:
        assert launching.by_poetry is not None
        assert launching.by_poetry.series == made
        assert not codes & {"python.broken", "python.python2"}


def taken(project: Path, poetry: str) -> Optional[str]:
    """The series of the environment that Poetry makes, None when it makes none."""
    ran = subprocess.run([poetry, "install"], cwd=project, capture_output=True, text=True, check=False)
    named = re.search(r"Creating virtualenv agpt-\S+-py(\S+) in", ran.stdout + ran.stderr)
    return named[1] if named else None


# --- by its files -------------------------------------------------------------------------------------------------

POETRY = "/home/user/.local/share/pypoetry"
RUN = {"mode": "755"}


def answer(version: list[int], prefix: str) -> dict[str, str]:
    said = {"version": version, "prefix": prefix, "base_prefix": prefix, "modules": ["_ssl", "ensurepip"]}
    return {"-I -S -c <interpreter>": json.dumps(said)}


def person(version: str, own: str, environment: dict[str, str], **programs: list[int]) -> Any:
    """A person with this Poetry, which runs with /usr/bin/python of the series `own`."""
    checkout = "/home/user/AutoGPT/classic/original_autogpt"
    return parse(
        {
            "complete": True,
            "system": {"kind": "linux", "name": "Debian 12", "release": "6", "architecture": "x86_64"},
            "environment": {"PATH": "/home/user/.local/bin:/a", **environment},
            "files": {
                "/home/user/.local/bin/poetry": {"link": f"{POETRY}/venv/bin/poetry"},
                f"{POETRY}/VERSION": version,
                f"{POETRY}/venv/bin/poetry": {"text": f"#!{POETRY}/venv/bin/python\n", "mode": "755"},
                f"{POETRY}/venv/pyvenv.cfg": f"home = /usr/bin\nversion = {own}.4\n",
                f"{POETRY}/venv/bin/python": {"link": f"/usr/bin/python{own}"},
                f"/usr/bin/python{own}": RUN,
                f"{checkout}/pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\n',
                f"{checkout}/autogpt.sh": "",
            },
            "programs": {
                f"/{name}": answer(numbers, "/env" if name.startswith("env/") else "/usr")
                for name, numbers in programs.items()
            },
        }
    )


def choice(machine: Any, registry: Registry) -> Launching:
    launching = foretold(machine, "/home/user/AutoGPT/classic/original_autogpt", registry).values[Launching]
    assert isinstance(launching, Launching)
    return launching


def test_poetry_1_takes_its_own_and_poetry_2_what_is_called_python(registry: Registry) -> None:
    programs = {"a/python": [3, 12, 1], "a/python3": [3, 11, 7]}
    old, new = (choice(person(v, "3.10", {}, **programs), registry).by_poetry for v in ("1.8.5", "2.1.4"))
    assert old is not None
    assert old.number == "3.10.4"
    assert new is not None
    assert new.number == "3.12.1"


def test_poetry_2_without_a_python_on_path_finds_one_in_the_folders_of_pyenv(registry: Registry) -> None:
    kept = {f"home/user/.pyenv/versions/{v}/bin/python3": [3, 12, 1] for v in ("3.12.1", "3.9.2")}
    launching = choice(person("2.1.4", "3.10", {}, **{"a/python3": [3, 11, 7], **kept}), registry)
    assert launching.by_poetry is not None
    assert launching.by_poetry.number == "3.12.1"
    alone = choice(person("2.1.4", "3.10", {}, **{"a/python3": [3, 11, 7]}), registry)
    assert alone.by_poetry is not None
    assert alone.by_poetry.number == "3.10.4"


def test_what_cannot_be_known_is_not_claimed(registry: Registry) -> None:
    unknown = choice(person("", "3.10", {}, **{"a/python3": [3, 11, 7]}), registry)
    assert (unknown.by_poetry, unknown.is_refused) == (None, False)
    assert unknown.likely is not None
    assert unknown.likely.number == "3.11.7"


@pytest.mark.parametrize(
    ("environment", "is_taken"),
    [
        ({"VIRTUAL_ENV": "/env"}, True),
        ({"CONDA_PREFIX": "/env", "CONDA_DEFAULT_ENV": "work"}, True),
        ({"CONDA_PREFIX": "/env", "CONDA_DEFAULT_ENV": "base"}, False),
        ({"VIRTUAL_ENV": ""}, False),
    ],
)
def test_an_active_environment_comes_before_everything(
    environment: dict[str, str], is_taken: bool, registry: Registry
) -> None:
    programs = {"a/python3": [3, 12, 1], "env/bin/python": [3, 11, 7], "env/bin/python3": [3, 11, 7]}
    path = {"PATH": "/home/user/.local/bin:/env/bin:/a"} if is_taken else {}
    launching = choice(person("2.1.4", "3.10", {**environment, **path}, **programs), registry)
    assert (launching.environment is not None) == is_taken
    assert launching.by_poetry is not None
    assert launching.by_poetry.number == ("3.11.7" if is_taken else "3.10.4")
