"""Real Poetrys on this very machine: found without starting them, and their environments found where they are.

DOCTOR_TEST_POETRY_1 and DOCTOR_TEST_POETRY_2 name programs of Poetry 1 and 2 (for example 1.8.5 and 2.5.1).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePath
from typing import Any, Mapping, Optional, Sequence, Union

import pytest
from platformdirs import user_config_dir

from checks.environment_sources import ProjectEnvironments
from checks.lock import WheelGaps
from checks.lock_file import LockFile
from checks.poetry_sources import Poetries
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine import QUESTION_LIMIT_S, Argument, Failure, Ran
from doctor.machine.live import Live
from doctor.machine.through import Through
from doctor.outcome import Outcome
from doctor.registry import Registry
from doctor.shells import draw

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="these Poetrys are laid out as on Linux and macOS"),
    pytest.mark.parametrize("variable", ["DOCTOR_TEST_POETRY_1", "DOCTOR_TEST_POETRY_2"]),
]


class Listening(Through):
    """Remembers which programs were started."""

    def __init__(self) -> None:
        super().__init__(Live())
        self.started: list[str] = []

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        self.started.append(PurePath(str(argv[0])).name)
        return super().run(argv, timeout_s, cwd, environment)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.fixture
def program(variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Poetry, first on PATH, with a home and a cache of its own."""
    named = os.environ.get(variable, "")
    if not named:
        pytest.skip(f"{variable} names no Poetry")
    for name in [*os.environ]:
        if name.startswith(("POETRY_", "XDG_", "PIPX_")) or name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            monkeypatch.delenv(name)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "poetry").symlink_to(named)
    monkeypatch.setenv("PATH", f"{folder}:{Path(sys.executable).resolve().parent}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return folder / "poetry"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project in the layout of classic-2024; its lock file is still to be made."""
    agent = tmp_path / "home" / "Auto GPT" / "classic" / "original_autogpt"
    (agent / "autogpt" / "app").mkdir(parents=True)
    (agent / "autogpt" / "__init__.py").write_text("")
    (agent / "autogpt" / "__main__.py").write_text("")
    (agent / "pyproject.toml").write_text(
        '[tool.poetry]\nname = "ag_PT"\nversion = "0.5.0"\ndescription = "small"\nauthors = []\n'
        'packages = [{ include = "autogpt" }]\n\n[tool.poetry.dependencies]\npython = "^3.8"\n\n'
        "[tool.poetry.group.dev.dependencies]\n\n"
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
    )
    return agent


def call(program: Path, folder: Path, *words: str) -> str:
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def look(registry: Registry, folder: Path) -> tuple[Outcome, Listening]:
    machine = Listening()
    facts = (Poetries, ProjectEnvironments, LockFile, WheelGaps)
    chosen = registry.matching(["poetry", "lock", "environment"])
    options = Options(folder, is_given=True, is_offline=True)
    return examine(machine, registry, options, chosen=chosen, extra_facts=facts), machine


def findings(outcome: Outcome) -> dict[str, Finding]:
    listed = [each for result in outcome.results for each in result.findings]
    return {each.code: each for each in listed if each.status in (Status.PROBLEM, Status.WARNING)}


def value(outcome: Outcome, kind: type) -> Any:
    return outcome.values[kind]


def test_its_version_is_read_and_not_asked(program: Path, project: Path, registry: Registry) -> None:
    outcome, machine = look(registry, project)
    used = value(outcome, Poetries).used
    assert used.path == program
    assert f"(version {used.version})" in call(program, project, "--version")
    assert "poetry" not in machine.started


def test_its_environment_is_found(program: Path, project: Path, registry: Registry) -> None:
    call(program, project, "lock")
    call(program, project, "env", "use", sys.executable)
    outcome, _ = look(registry, project)
    chosen = value(outcome, ProjectEnvironments).chosen
    assert str(chosen.path) == call(program, project, "env", "info", "--path")
    assert chosen.version == sys.version_info[:3]
    assert (chosen.kind, chosen.is_broken) == ("cache", False)
    assert [*findings(outcome)] == ["environment.not-installed"]
    assert value(outcome, WheelGaps).interpreter.version == sys.version_info[:3]


def test_its_environment_in_the_project(program: Path, project: Path, registry: Registry) -> None:
    (project / "poetry.toml").write_text("[virtualenvs]\nin-project = true\n")
    call(program, project, "lock")
    call(program, project, "env", "use", sys.executable)
    outcome, _ = look(registry, project)
    assert str(value(outcome, ProjectEnvironments).chosen.path) == call(program, project, "env", "info", "--path")
    assert value(outcome, ProjectEnvironments).chosen.kind == "project"


@pytest.mark.parametrize("settings", ["", '[virtualenvs]\npath = "{cache-dir}/own"\n'])
@pytest.mark.parametrize(
    "names", [(), ("XDG_CONFIG_HOME",), ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"), ("POETRY_CONFIG_DIR",)]
)
def test_its_settings_are_read_where_it_reads_them(
    program: Path,
    project: Path,
    registry: Registry,
    names: tuple[str, ...],
    settings: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Poetry asks platformdirs, and so does a live machine."""
    for name in names:
        monkeypatch.setenv(name, str(tmp_path / name))
    own = tmp_path / "POETRY_CONFIG_DIR" if "POETRY_CONFIG_DIR" in names else Path(user_config_dir("pypoetry", False))
    own.mkdir(parents=True)
    (own / "config.toml").write_text(settings)
    outcome, _ = look(registry, project)
    told = value(outcome, ProjectEnvironments).settings.folder
    assert str(told) == call(program, project, "config", "virtualenvs.path").replace("{cache-dir}", str(told.parent))
    assert told.name == ("own" if settings else "virtualenvs")


def test_what_the_remedy_says_installs_it(program: Path, project: Path, registry: Registry) -> None:
    """poetry-core need not be fetched: the project's own package needs no building to be installed for development."""
    call(program, project, "lock")
    call(program, project, "env", "use", sys.executable)
    before, _ = look(registry, project)
    commands = [draw(each) for each in findings(before)["environment.not-installed"].remedy.commands]
    subprocess.run(["bash", "-ec", "\n".join(commands)], check=True, capture_output=True, timeout=120)
    after, _ = look(registry, project)
    assert findings(after) == {}
    assert value(after, ProjectEnvironments).chosen.packages["ag-pt"] == "0.5.0"


def test_a_lost_python_is_seen_and_healed(program: Path, project: Path, registry: Registry) -> None:
    call(program, project, "lock")
    call(program, project, "env", "use", sys.executable)
    environment = Path(call(program, project, "env", "info", "--path"))
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/usr/local/lib/no-such-python")
    before, _ = look(registry, project)
    commands = [draw(each) for each in findings(before)["environment.broken"].remedy.commands]
    subprocess.run(["bash", "-ec", "\n".join(commands)], check=True, capture_output=True, timeout=120)
    after, _ = look(registry, project)
    assert findings(after) == {}


def test_not_on_path_is_healed_by_the_line_that_is_given(
    program: Path, project: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "poetry").symlink_to(program.readlink())
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("SHELL", "/bin/bash")
    outcome, _ = look(registry, project)
    [line] = findings(outcome)["poetry.not-on-path"].remedy.commands
    subprocess.run(["bash", "-ec", draw(line)], check=True, timeout=30)
    shell = "export PATH=/usr/bin:/bin; . ~/.bashrc; command -v poetry"
    found = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True, timeout=30)
    assert found.stdout.strip() == str(home / ".local" / "bin" / "poetry")
