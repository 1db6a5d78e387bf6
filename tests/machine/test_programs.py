"""Programs that are run for real: well-behaved ones, and those that cannot even be started."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Iterator, Union

import pytest

from doctor.machine import Argument, Failure, FailureKind, Ran, Script, in_parallel
from doctor.machine.live import Live
from doctor.machine.windows_programs import batch_line
from tests.switchboard import PATIENCE_S

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sessions, forks or execute bits")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux refuses to run an open file")
windows_only = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has batch files")


@pytest.fixture
def machine() -> Iterator[Live]:
    live = Live()
    yield live
    live.close()


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-c", code, *arguments]


def ran(answer: Union[Ran, Failure]) -> Ran:
    assert isinstance(answer, Ran), answer
    return answer


# --- well-behaved programs ---------------------------------------------------------------------------------------


def test_what_it_says_and_how_it_ends(machine: Live) -> None:
    code = "import os; os.write(1, b'out\\xff\\0'); os.write(2, b'err'); sys = os._exit(3)"
    assert machine.run(python(code), PATIENCE_S) == Ran(3, b"out\xff\0", b"err")


def test_nothing_said(machine: Live) -> None:
    assert machine.run(python("pass"), PATIENCE_S) == Ran(0)


def test_much_said_on_both_streams_at_once(machine: Live) -> None:
    code = "import os\nfor _ in range(8): os.write(1, b'o' * 100_000); os.write(2, b'e' * 100_000)"
    answer = ran(machine.run(python(code), PATIENCE_S))
    assert (answer.stdout, answer.stderr, answer.is_cut) == (b"o" * 800_000, b"e" * 800_000, False)


def test_arguments_arrive_as_they_are(machine: Live) -> None:
    words = ["two words", "", "*", "$HOME", "%PATH%", "a\"b'c", "back\\", "ü", "-x"]
    answer = ran(machine.run([*python("import sys; print(ascii(sys.argv[1:]))"), *words], PATIENCE_S))
    assert answer.out.strip() == ascii(words)


def test_a_script_and_a_path_are_arguments_like_any_other(machine: Live, tmp_path: Path) -> None:
    script = Script("probe", "import sys; print(sys.argv[1])")
    argv: list[Argument] = [sys.executable, "-c", script, machine.path(str(tmp_path))]
    assert ran(machine.run(argv, PATIENCE_S)).out.strip() == str(tmp_path)


def test_a_question_of_the_program_gets_no_answer(machine: Live) -> None:
    answer = ran(machine.run(python("import sys; print(repr(sys.stdin.read()))"), PATIENCE_S))
    assert answer.out.strip() == "''"


@posix_only
def test_a_program_has_no_terminal_and_hears_no_ctrl_c(machine: Live) -> None:
    answer = ran(machine.run(python("import os; print(os.getsid(0) == os.getpid())"), PATIENCE_S))
    assert answer.out.strip() == "True"


def test_its_environment_is_ours_with_what_is_added(machine: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCTOR_KEPT", "kept")
    monkeypatch.setenv("DOCTOR_CHANGED", "before")
    code = "import os; print([os.environ.get(n) for n in ('DOCTOR_KEPT', 'DOCTOR_CHANGED', 'DOCTOR_NEW', 'LANGUAGE')])"
    answer = ran(machine.run(python(code), PATIENCE_S, environment={"DOCTOR_CHANGED": "after", "DOCTOR_NEW": "new"}))
    language = os.environ.get("LANGUAGE") if sys.platform == "win32" else "C"
    assert answer.out.strip() == str(["kept", "after", "new", language])


def test_where_it_runs(machine: Live, tmp_path: Path) -> None:
    folder = machine.path(str(tmp_path))
    answer = ran(machine.run(python("import os; print(os.getcwd())"), PATIENCE_S, cwd=folder))
    assert Path(answer.out.strip()).samefile(tmp_path)
    missing = machine.run(python("pass"), PATIENCE_S, cwd=folder / "none")
    assert isinstance(missing, Failure)
    assert missing.kind is FailureKind.NOT_A_FOLDER


def test_programs_side_by_side_do_not_mix_up_what_they_say(machine: Live) -> None:
    def question(number: int) -> Any:
        return lambda: machine.run(python(f"print({number} * 1000)"), PATIENCE_S)

    answers = in_parallel(*[question(number) for number in range(12)])
    assert [ran(each).out.strip() for each in answers] == [str(number * 1000) for number in range(12)]


# --- what cannot be started --------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [[], ["python"], ["./python"], ["bin/python"]])
def test_only_an_absolute_path_names_a_program(machine: Live, argv: list[str]) -> None:
    with pytest.raises(ValueError, match="absolute"):
        machine.run(argv)


def test_no_such_program(machine: Live, tmp_path: Path) -> None:
    path = machine.path(str(tmp_path))
    for program in (path / "none", path / "none" / "none", path / "a\0b"):
        answer = machine.run([program])
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.ABSENT


def test_a_nul_among_the_arguments_is_no_crash(machine: Live) -> None:
    answer = machine.run([sys.executable, "a\0b"])
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.NOT_RUNNABLE


def test_a_folder_is_no_program(machine: Live, tmp_path: Path) -> None:
    answer = machine.run([machine.path(str(tmp_path))])
    assert isinstance(answer, Failure)
    assert answer.kind in (FailureKind.DENIED, FailureKind.NOT_RUNNABLE)


@posix_only
@pytest.mark.parametrize(
    ("content", "mode", "failure"),
    [
        ("#!/bin/sh\n", 0o644, Failure(FailureKind.DENIED, "EACCES")),
        ("#!/nowhere/python3.10\nprint(1)\n", 0o755, Failure(FailureKind.NOT_RUNNABLE, "ENOENT")),
        ("#!/usr/bin/env\r\n", 0o755, Failure(FailureKind.NOT_RUNNABLE, "ENOENT")),
        ("print(1)\n", 0o755, Failure(FailureKind.NOT_RUNNABLE, "ENOEXEC")),
        ("\x7fELF of another world", 0o755, Failure(FailureKind.NOT_RUNNABLE, "ENOEXEC")),
    ],
)
def test_files_that_the_system_will_not_run(
    machine: Live, tmp_path: Path, content: str, mode: int, failure: Failure
) -> None:
    (tmp_path / "tool").write_bytes(content.encode())
    (tmp_path / "tool").chmod(mode)
    assert machine.run([machine.path(str(tmp_path / "tool"))]) == failure


@windows_only
def test_a_file_that_is_no_program_for_windows(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "tool.exe").write_bytes(b"\x7fELF of another world")
    answer = machine.run([machine.path(str(tmp_path / "tool.exe"))])
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.NOT_RUNNABLE


@linux_only
def test_a_program_that_is_being_written(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "tool").write_bytes(Path("/bin/sh").read_bytes())
    (tmp_path / "tool").chmod(0o755)
    with (tmp_path / "tool").open("ab"):
        assert machine.run([machine.path(str(tmp_path / "tool"))]) == Failure(FailureKind.OTHER, "ETXTBSY")


# --- batch files -------------------------------------------------------------------------------------------------


def test_the_line_that_runs_a_batch_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMROOT", "D:\\Win")
    line = batch_line(["C:\\Program Files (x86)\\t\\code.cmd", "--version", "a=b", ""])
    assert line == (
        '"D:\\Win\\System32\\cmd.exe" /d /v:off /s /c ""C:\\Program Files (x86)\\t\\code.cmd" --version "a=b" """'
    )


@windows_only
def test_a_batch_file_gets_its_arguments(machine: Live, tmp_path: Path) -> None:
    folder = tmp_path / "with blanks (x86)"
    folder.mkdir()
    (folder / "tool.cmd").write_text("@echo off\r\necho [%~1] [%~2] [%~3]\r\nexit /b 5\r\n")
    answer = ran(machine.run([machine.path(str(folder / "tool.cmd")), "--version", "two words", "a=b"], PATIENCE_S))
    assert (answer.status, answer.out.strip()) == (5, "[--version] [two words] [a=b]")


@windows_only
@pytest.mark.parametrize("word", ["a&calc", "%PATH%", 'a"b', "a|b", "a>b", "a^b", "a!b!", "a\nb"])
def test_a_batch_file_is_not_run_with_what_its_shell_would_interpret(machine: Live, tmp_path: Path, word: str) -> None:
    (tmp_path / "tool.bat").write_text("@echo %1\r\n")
    answer = machine.run([machine.path(str(tmp_path / "tool.bat")), word])
    assert answer == Failure(FailureKind.NOT_RUNNABLE, "unsafe-argument")
