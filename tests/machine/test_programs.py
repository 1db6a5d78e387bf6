"""Programs that are run for real: well-behaved ones, and every way not to come to an end.

Whether a process still lives is asked over a line: it has called a socket of the test, and when it dies the line is
cut. So nothing here waits for a clock, and a program that would escape makes the test fail, not hang.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any, Iterator, Union

import pytest

from doctor.machine import OUTPUT_LIMIT_BYTES, Argument, Failure, FailureKind, Ran, Script, in_parallel
from doctor.machine.live import Live
from doctor.machine.windows_programs import batch_line

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sessions, forks or execute bits")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux refuses to run an open file")
windows_only = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has batch files")

PATIENCE_S = 60.0
"""How long a test would wait for what should happen at once."""
START_S = 1.5 if sys.platform != "win32" else 8.0
"""Long enough for a Python to start twice over."""
CALL = "import os, socket, sys; line = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
WAIT = CALL + "line.recv(1)\n"
"""A program that lives until the test hangs up, and longer if somebody has to kill it."""
ANOTHER = CALL + "socket.create_connection(('127.0.0.1', int(sys.argv[2])))\nline.recv(1)\n"
START_ANOTHER = CALL + (
    "import subprocess\n"
    "bell = socket.create_server(('127.0.0.1', 0))\n"
    f"argv = [sys.executable, '-I', '-c', {ANOTHER!r}, sys.argv[1], str(bell.getsockname()[1])]\n"
    "other = subprocess.Popen(argv, start_new_session=True)\n"
    "bell.accept()\n"
)
"""A program with a child in a session of its own that has inherited its output; it goes on when that is there."""


@pytest.fixture
def machine() -> Iterator[Live]:
    live = Live()
    yield live
    live.close()


class Switchboard:
    """Where the programs of a test call."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._server.settimeout(PATIENCE_S)
        self.number = str(self._server.getsockname()[1])
        self._lines: list[socket.socket] = []

    def next_line(self) -> socket.socket:
        line, _ = self._server.accept()
        line.settimeout(PATIENCE_S)
        self._lines.append(line)
        return line

    def waiting_lines(self) -> list[socket.socket]:
        """Everyone who has called so far."""
        found = []
        self._server.setblocking(False)
        while True:
            try:
                found.append(self.next_line())
            except BlockingIOError:
                return found

    def close(self) -> None:
        for each in (self._server, *self._lines):
            each.close()


@pytest.fixture
def switchboard() -> Iterator[Switchboard]:
    board = Switchboard()
    yield board
    board.close()


def is_dead(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def is_alive(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) != b""
    except BlockingIOError:
        return True


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


# --- what does not come to an end --------------------------------------------------------------------------------


def test_a_program_that_hangs(machine: Live, switchboard: Switchboard) -> None:
    assert machine.run(python(WAIT, switchboard.number), START_S) == Failure(FailureKind.TIMED_OUT)
    assert is_dead(switchboard.next_line())


def test_a_program_that_hangs_after_closing_its_output(machine: Live, switchboard: Switchboard) -> None:
    code = CALL + "os.close(1); os.close(2); line.recv(1)"
    assert machine.run(python(code, switchboard.number), START_S) == Failure(FailureKind.TIMED_OUT)
    assert is_dead(switchboard.next_line())


def test_a_program_that_closes_its_output_first_and_ends_then(machine: Live) -> None:
    assert machine.run(
        python("import os; os.write(1, b'x'); os.close(1); os.close(2); os._exit(7)"), PATIENCE_S
    ) == Ran(7, b"x")


@posix_only
def test_a_program_that_will_not_be_terminated(machine: Live, switchboard: Switchboard) -> None:
    code = "import signal\nfor n in (1, 2, 3, 15): signal.signal(n, signal.SIG_IGN)\n" + WAIT
    assert machine.run(python(code, switchboard.number), START_S) == Failure(FailureKind.TIMED_OUT)
    assert is_dead(switchboard.next_line())


def test_a_family_dies_together_even_in_sessions_of_their_own(machine: Live, switchboard: Switchboard) -> None:
    code = START_ANOTHER + "line.recv(1)"
    assert machine.run(python(code, switchboard.number), START_S) == Failure(FailureKind.TIMED_OUT)
    assert is_dead(switchboard.next_line())
    assert is_dead(switchboard.next_line())


@posix_only
def test_a_family_that_keeps_growing_dies_together(machine: Live, switchboard: Switchboard) -> None:
    code = CALL + (
        "import signal, time\n"
        "while True:\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        mine = socket.create_connection(line.getpeername())\n"
        "        line.close()\n"
        "        signal.pause()\n"
        "    time.sleep(0.01)\n"
    )
    assert machine.run(python(code, switchboard.number), START_S) == Failure(FailureKind.TIMED_OUT)
    lines = switchboard.waiting_lines()
    assert len(lines) > 2
    assert all(is_dead(line) for line in lines)


def test_a_program_that_ends_does_not_wait_for_a_child_that_holds_its_output(
    machine: Live, switchboard: Switchboard
) -> None:
    code = START_ANOTHER + "print('done', flush=True)"
    answer = ran(machine.run(python(code, switchboard.number), PATIENCE_S))
    assert (answer.status, answer.out.strip()) == (0, "done")
    assert is_dead(switchboard.next_line())
    assert is_alive(switchboard.next_line())  # what a program leaves behind when it ends by itself is its own affair


@pytest.mark.parametrize("stream", [1, 2])
def test_an_endless_output_is_cut_and_its_program_killed(machine: Live, switchboard: Switchboard, stream: int) -> None:
    code = START_ANOTHER + f"while True: os.write({stream}, b'x' * 65536)"
    answer = ran(machine.run(python(code, switchboard.number), PATIENCE_S))
    assert answer.is_cut
    assert answer.status != 0
    assert (answer.stdout, answer.stderr)[stream - 1] == b"x" * OUTPUT_LIMIT_BYTES
    assert is_dead(switchboard.next_line())
    assert is_dead(switchboard.next_line())


def test_exactly_the_limit_is_not_cut(machine: Live) -> None:
    code = f"import sys; sys.stdout.buffer.write(b'x' * {OUTPUT_LIMIT_BYTES})"
    answer = ran(machine.run(python(code), PATIENCE_S))
    assert (len(answer.stdout), answer.is_cut, answer.status) == (OUTPUT_LIMIT_BYTES, False, 0)


@posix_only
def test_a_program_that_crashes(machine: Live) -> None:
    answer = ran(machine.run(python("import os, signal; print(1, flush=True); os.kill(0, signal.SIGKILL)"), PATIENCE_S))
    assert (answer.status, answer.out) == (-9, "1\n")


def test_closing_the_machine_ends_everything_that_runs(switchboard: Switchboard) -> None:
    machine = Live()
    answers: list[Union[Ran, Failure]] = []
    code = START_ANOTHER + "line.recv(1)"

    def ask() -> None:
        answers.append(machine.run(python(code, switchboard.number), 10 * PATIENCE_S))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    lines = [switchboard.next_line(), switchboard.next_line()]
    machine.close()
    thread.join(PATIENCE_S)
    closed = Failure(FailureKind.OTHER, "closed")
    assert answers == [closed]
    assert all(is_dead(line) for line in lines)
    assert machine.run(python("pass")) == closed


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
