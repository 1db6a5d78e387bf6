"""Real interpreters of this machine: those that pyenv has built, found and asked as a person's would be.

The machine's own Python, wherever it is, is there as well; each test says only what it has put first on PATH.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator, Optional

import pytest

from checks.interpreters import Interpreters, Launching
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine.live import Live
from doctor.outcome import Outcome
from doctor.registry import Registry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pyenv's folders are laid out as on Linux and macOS")

ROOT = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
"""Read before any test sets another one."""


def built(series: str) -> Path:
    """The program of a Python that pyenv has, or the test is skipped."""
    for place in sorted(ROOT.glob(f"versions/{series}.*/bin/python")):
        return place
    pytest.skip(f"pyenv has no Python {series} on this machine")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, in which nothing is installed."""
    for name in [*os.environ]:
        if name.startswith(("PYENV", "UV", "CONDA", "POETRY_", "XDG_", "ASDF", "MISE")) or name == "VIRTUAL_ENV":
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    agent = folder / "AutoGPT" / "classic" / "original_autogpt"
    (agent / "autogpt" / "app").mkdir(parents=True)
    (agent / ".env.template").write_text("# OPENAI_API_KEY=\n")
    (agent / "autogpt.sh").write_text("#!/bin/sh\ncommand -v python3\ncommand -v python\n")
    (agent / "pyproject.toml").write_text('[tool.poetry.dependencies]\npython = "^3.10"\n')
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def path(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A folder that stands alone on PATH, with links of these names to these programs."""

    def put(**programs: Optional[Path]) -> Path:
        folder = home / "bin"
        folder.mkdir(exist_ok=True)
        for name, program in programs.items():
            if program is not None:
                (folder / name).symlink_to(program)
        monkeypatch.setenv("PATH", str(folder))
        return folder

    return put


@pytest.fixture
def look(home: Path, registry: Registry) -> Iterator[Callable[[], Outcome]]:
    machine = Live()

    def examined() -> Outcome:
        folder = machine.path(str(home / "AutoGPT" / "classic" / "original_autogpt"))
        options = Options(folder, is_given=True, is_offline=True)
        checks = registry.matching(["python"])
        return examine(machine, registry, options, chosen=checks, extra_facts=(Interpreters, Launching))

    yield examined
    machine.close()


def complaints(outcome: Outcome) -> dict[str, Finding]:
    assert not [result for result in outcome.results if result.status is Status.ERROR]
    findings = [finding for result in outcome.results for finding in result.findings]
    return {each.code: each for each in findings if each.status in (Status.PROBLEM, Status.WARNING)}


def test_a_good_python_is_nothing_to_talk_about(path: Callable[..., Path], look: Callable[[], Outcome]) -> None:
    path(python3=built("3.11"))
    outcome = look()
    launching = outcome.values[Launching]
    assert launching.by_launcher.version[:2] == (3, 11)
    assert launching.by_launcher.names == ("python3",)
    assert not complaints(outcome)


def test_only_what_path_means_is_started_when_that_will_do(
    path: Callable[..., Path], look: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(ROOT))
    path(python3=built("3.11"))
    found = look().values[Interpreters].found
    assert [each.names for each in found if each.is_asked] == [("python3",)]
    known = {place.parent.parent.name for place in ROOT.glob("versions/3.*/bin/python3")}
    by_pyenv = {Path(each.path).resolve().parent.parent.name: each for each in found if each.source == "pyenv"}
    assert set(by_pyenv) == known
    assert all(name.startswith(each.series) for name, each in by_pyenv.items())


def test_an_old_one_in_front_of_a_good_one(
    path: Callable[..., Path], look: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    built("3.11")
    monkeypatch.setenv("PYENV_ROOT", str(ROOT))
    path(python3=built("3.8"))
    outcome = look()
    assert list(complaints(outcome)) == ["python.wrong-one"]
    best = next(each for each in outcome.values[Interpreters].found if each.source == "pyenv" and each.series == "3.11")
    assert best.is_asked
    assert best.prefix == str(best.path.parent.parent)


def test_python_2_in_front_alone(path: Callable[..., Path], look: Callable[[], Outcome]) -> None:
    path(python=built("2.7"))
    outcome = look()
    assert [mute.reason for mute in outcome.values[Interpreters].mute] == ["python2"]
    assert list(complaints(outcome)) == ["python.python2"]


@pytest.mark.parametrize("content", [b"\x7fELF and nothing more", b"#!/gone/interpreter\n", b"#!/bin/sh\nexit 3\n"])
def test_a_broken_one_in_front(path: Callable[..., Path], look: Callable[[], Outcome], content: bytes) -> None:
    program = path() / "python3"
    program.write_bytes(content)
    program.chmod(0o755)
    assert list(complaints(look())) == ["python.broken"]


def test_an_active_environment_is_what_everything_takes(
    path: Callable[..., Path], look: Callable[[], Outcome], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run([built("3.8"), "-m", "venv", "--without-pip", home / "mine"], check=True)
    monkeypatch.setenv("PATH", f"{home}/mine/bin:{built('3.11').parent}")
    monkeypatch.setenv("VIRTUAL_ENV", str(home / "mine"))
    outcome = look()
    launching = outcome.values[Launching]
    assert launching.by_launcher.prefix == str(home / "mine")
    assert launching.by_launcher.is_virtual
    assert launching.by_poetry == launching.by_launcher
    assert list(complaints(outcome)) == ["python.wrong-environment"]


@pytest.mark.parametrize("version", ["3.11", "3.8", "2.7", "9.9", "system", "9.9:3.11"])
def test_a_shim_is_understood_as_pyenv_understands_it(
    look: Callable[[], Outcome], home: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """The real shim is started by the test, to compare; the doctor does not."""
    shim = ROOT / "shims" / "python3"
    if not shim.is_file():
        pytest.skip("there is no pyenv on this machine")
    monkeypatch.setenv("PYENV_ROOT", str(ROOT))
    monkeypatch.setenv("PYENV_VERSION", version)
    monkeypatch.setenv("PATH", f"{shim.parent}:/usr/bin:/bin")
    say = [str(shim), "-c", "import sys; print(sys.executable)"]
    said = subprocess.run(say, capture_output=True, text=True, check=False, cwd=home)
    meant = look().values[Interpreters].first_of(["python3"])
    assert meant is not None
    if said.returncode:
        assert not hasattr(meant, "version")
    else:
        assert Path(meant.path).resolve() == Path(said.stdout.strip()).resolve()


def test_shims_are_not_started(home: Path, look: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    root = home / ".pyenv"
    (root / "versions" / "3.11.7" / "bin").mkdir(parents=True)
    (root / "versions" / "3.11.7" / "bin" / "python3").symlink_to(built("3.11"))
    (root / "shims").mkdir()
    for name in ("python", "python3", "python3.11"):
        (root / "shims" / name).write_text(f"#!/bin/sh\ntouch {home}/started\n")
        (root / "shims" / name).chmod(0o755)
    (root / "version").write_text("3.11.7\n")
    monkeypatch.setenv("PATH", str(root / "shims"))
    assert look().values[Launching].by_launcher.path.parent.parent.name == "3.11.7"
    assert not (home / "started").exists()
