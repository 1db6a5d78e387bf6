"""What an interpreter says of itself: asked of real ones, and read from whatever else may answer."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path, PurePosixPath
from typing import Any, Iterator

import pytest

from checks.interpreters import Interpreter, Mute
from checks.python_question import QUESTION, Candidate, ask, unasked
from doctor.machine import Machine, Ran
from doctor.machine.live import Live
from doctor.machine.recorded import parse


@pytest.fixture
def live() -> Iterator[Live]:
    machine = Live()
    yield machine
    machine.close()


def asked(machine: Machine, path: str) -> Interpreter:
    answer = ask(machine, Candidate(machine.path(path), "PATH", ("python3",)))
    assert isinstance(answer, Interpreter), answer
    return answer


def said(answer: Any, status: int = 0) -> Any:
    """What is made of a program that prints this."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    machine = parse(
        {
            "complete": True,
            "system": {"kind": "linux", "name": "Linux", "release": "6", "architecture": "x86_64"},
            "programs": {"/x/python3": {"-I -S -c <interpreter>": {"stdout": text, "status": status}}},
        }
    )
    return ask(machine, Candidate(PurePosixPath("/x/python3"), "PATH", ("python3",)))


def test_the_interpreter_that_runs_this_test(live: Live) -> None:
    found = asked(live, sys.executable)
    assert found.version == sys.version_info[:3]
    assert found.implementation == sys.implementation.name
    assert found.bits == (64 if sys.maxsize > 2**32 else 32)
    assert Path(found.base_prefix) == Path(sys.base_prefix)
    assert found.is_virtual == (sys.prefix != sys.base_prefix)
    assert found.has_ssl
    assert found.is_free_threaded == bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    if sys.platform != "darwin":  # there it names the oldest macOS as well
        assert found.platform == sysconfig.get_platform()


def test_an_environment_is_told_from_what_it_was_made_with(live: Live, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    base = Path(sys.base_prefix)
    program = base / "python.exe" if sys.platform == "win32" else base / "bin" / "python3"
    inside = folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python3"
    made = subprocess.run([program, "-m", "venv", "--without-pip", folder], check=False)
    if made.returncode or subprocess.run([inside, "-c", ""], check=False).returncode:
        pytest.skip("this Python makes no environment that works")
    found = asked(live, str(inside))
    assert found.is_virtual
    assert Path(found.prefix) == folder
    assert Path(found.base_prefix) == base
    assert not asked(live, str(program)).is_virtual


def test_what_the_user_has_set_does_not_disturb(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('no')")
    (tmp_path / "sys.py").write_text("raise SystemExit('no')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "sys.py"))
    monkeypatch.chdir(tmp_path)
    assert asked(live, sys.executable).version == sys.version_info[:3]


def test_the_question_imports_nothing_that_takes_time() -> None:
    """Under -S a bare interpreter has its codecs and little more; nothing else is to be loaded from files."""
    list_new = "\nsys.stderr.write(' '.join(sorted(set(sys.modules) - before)))"
    script = "import sys\nbefore = set(sys.modules)\n" + QUESTION + list_new
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    assert set(ran.stderr.split()) <= {"nt", "posix"}


GOOD: dict[str, Any] = {"version": [3, 11, 7, "final"], "implementation": "cpython", "bits": 64}


@pytest.mark.parametrize(
    ("about", "system", "machine", "bits", "platform", "architecture"),
    [
        ("3.11.9 (tags/v3.11.9) [MSC v.1938 64 bit (AMD64)]", "win32", "", 64, "win-amd64", "x86_64"),
        ("3.11.9 (tags/v3.11.9) [MSC v.1938 32 bit (Intel)]", "win32", "", 32, "win32", "x86"),
        ("3.12.4 (main) [MSC v.1940 64 bit (ARM64)]", "win32", "", 64, "win-arm64", "arm64"),
        ("3.11.9 (main) [GCC UCRT 14.1.0 64 bit (AMD64)]", "win32", "", 64, "mingw_x86_64", "x86_64"),
        ("3.11.9 (main) [Clang 18.1.6 64 bit (ARM64)]", "win32", "", 64, "mingw_arm64", "arm64"),
        ("3.12.4 (main) [GCC 13.3.0]", "cygwin", "x86_64", 64, "cygwin-x86_64", "x86_64"),
        ("3.11.2 (main) [GCC 12.2.0]", "linux", "aarch64", 64, "linux-arm64", "arm64"),
        ("3.11.2 (main) [Clang 15.0.0]", "darwin", "arm64", 64, "macosx-arm64", "arm64"),
        ("3.11.2 with nothing else", "win32", "", 64, "win32", ""),
    ],
)
def test_what_it_was_built_for(
    about: str, system: str, machine: str, bits: int, platform: str, architecture: str
) -> None:
    found = said({**GOOD, "about": about, "system": system, "machine": machine, "bits": bits})
    assert (found.platform, found.architecture, found.bits) == (platform, architecture, bits)


@pytest.mark.parametrize(
    ("about", "abi", "is_free_threaded"),
    [
        ("3.13.1 experimental free-threading build (main)", "t", True),
        ("3.14.0 free-threading build (main)", "", True),
        ("3.7.16 (default)", "m", False),
        ("3.13.1 (main)", "", False),
    ],
)
def test_the_free_threaded_build(about: str, abi: str, is_free_threaded: bool) -> None:
    assert said({**GOOD, "about": about, "abi": abi}).is_free_threaded == is_free_threaded


def test_pip_is_refused_outside_of_environments_only() -> None:
    managed = {**GOOD, "is_managed": True, "prefix": "/usr", "base_prefix": "/usr"}
    assert said(managed).is_externally_managed
    assert not said({**managed, "prefix": "/home/user/venv"}).is_externally_managed


@pytest.mark.parametrize(
    "answer",
    [
        "", "\n", "Python 3.11.7\n", "[]", "{", "{}", "[1, 2]", '{"version": "3.11.7"}', '{"version": [3, 11]}',
        '{"version": [3, "11", 7]}', '{"version": [3, true, 7]}', '{"version": [3, -1, 7]}', '{"version": [3, 1e9, 7]}',
        '{"version": null}', "{" * 5000, '{"version": [3, 11, 7]} and more', "\ufeff\0\0",
    ],
)  # fmt: skip
def test_a_program_that_answers_something_else_is_none(answer: str) -> None:
    found = said(answer)
    assert isinstance(found, Mute)
    assert (found.reason, found.names) == ("no-answer", ("python3",))
    assert len(found.detail) <= 200


@pytest.mark.parametrize(
    "more",
    [
        {"modules": 3, "prefix": [], "about": None, "system": {}, "abi": 7, "is_managed": "true"},
        {"modules": [1, None], "bits": "32", "implementation": ["pypy"], "machine": 0},
        {},
    ],
)
def test_an_answer_with_odd_parts_is_read_as_far_as_it_goes(more: dict[str, Any]) -> None:
    found = said({**GOOD, **more})
    assert isinstance(found, Interpreter)
    assert found.version == (3, 11, 7)
    assert found.bits == 64
    assert not found.is_externally_managed


def test_lines_before_the_answer_do_not_matter() -> None:
    found = said("Activating something\n{not this}\n" + json.dumps(GOOD) + "\n")
    assert isinstance(found, Interpreter)


@pytest.mark.parametrize(
    ("ran", "reason"),
    [
        ({"status": 2, "stderr": "Unknown option: -I\nusage: python [option]"}, "python2"),
        ({"status": 127, "stderr": "error while loading shared libraries"}, "not-runnable"),
        ({"status": -6, "stderr": "dyld: Library not loaded"}, "not-runnable"),
        ({"status": 1, "stderr": "Fatal Python error: init_fs_encoding"}, "no-answer"),
        ({"fails": "timed-out"}, "timed-out"),
        ({"fails": "not-runnable", "detail": "ENOEXEC"}, "not-runnable"),
        ({"fails": "denied"}, "not-runnable"),
    ],
)
def test_why_there_is_no_answer(ran: dict[str, Any], reason: str) -> None:
    state = {
        "complete": True,
        "system": {"kind": "linux", "name": "Linux", "release": "6", "architecture": "x86_64"},
        "programs": {"/x/python3": {"*": ran}},
    }
    answer = ask(parse(state), Candidate(PurePosixPath("/x/python3"), "PATH"))
    assert isinstance(answer, Mute)
    assert answer.reason == reason


def test_an_alias_that_does_not_answer_is_the_placeholder() -> None:
    state = {
        "complete": True,
        "system": {"kind": "windows", "name": "Windows 11", "release": "10.0.22631", "architecture": "x86_64"},
        "programs": {"C:\\x\\python.exe": {"*": {"status": 9009, "stderr": "Python was not found"}}},
    }
    machine = parse(state)
    path = machine.path("C:\\x\\python.exe")
    alias = ask(machine, Candidate(path, "Microsoft Store", is_store_alias=True))
    assert isinstance(alias, Mute)
    assert alias.reason == "store-stub"
    plain = ask(machine, Candidate(path, "PATH"))
    assert isinstance(plain, Mute)
    assert plain.reason == "no-answer"


def test_what_is_not_started_is_known_by_its_place() -> None:
    path = PurePosixPath("/home/user/.pyenv/versions/3.10.13/bin/python3")
    known = unasked(Candidate(path, "pyenv", version=(3, 10, 13)))
    assert known is not None
    assert (known.number, known.is_asked) == ("3.10.13", False)
    series = unasked(Candidate(path, "ubuntu", version=(3, 12)))
    assert series is not None
    assert series.number == "3.12"
    assert unasked(Candidate(path, "PATH")) is None
    assert unasked(Candidate(path, "PATH", version=(3,))) is None


def test_python_2_does_not_know_the_question(live: Live, tmp_path: Path) -> None:
    """What a real Python 2 says is what is recognised."""
    for place in sorted(Path.home().glob(".pyenv/versions/2.*/bin/python")):
        ran = live.run([live.path(str(place)), "-I", "-S", "-c", QUESTION])
        assert isinstance(ran, Ran)
        assert ran.status == 2
        answer = ask(live, Candidate(live.path(str(place)), "pyenv"))
        assert isinstance(answer, Mute)
        assert answer.reason == "python2"
        return
    pytest.skip("pyenv has no Python 2 on this machine")
