"""Programs that are run for real, in every way not to come to an end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Iterator, Union
from uuid import uuid4

import psutil
import pytest

from doctor.machine import OUTPUT_LIMIT_BYTES, Failure, FailureKind, Ran
from doctor.machine.live import Live
from tests.switchboard import CALL, PATIENCE_S, START_ANOTHER, WAIT, Switchboard, is_alive, is_dead

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forks, and other signals")
START_S = 1.5 if sys.platform != "win32" else 8.0
"""Long enough for a Python to start twice over."""


@pytest.fixture
def machine() -> Iterator[Live]:
    live = Live()
    yield live
    live.close()


@pytest.fixture
def switchboard() -> Iterator[Switchboard]:
    board = Switchboard()
    yield board
    board.close()


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-c", code, *arguments]


def ran(answer: Union[Ran, Failure]) -> Ran:
    assert isinstance(answer, Ran), answer
    return answer


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
    answers: list[Union[Ran, Failure]] = []

    def ask() -> None:
        answers.append(machine.run(python(code, switchboard.number), 10 * PATIENCE_S))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    answer = ran(answers[0])
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


STARTS_AND_LEAVES = """
import os, sys, threading
from doctor.machine.live import Live

machine, begun = Live(), threading.Event()

def ask():
    begun.set()
    machine.run([sys.executable, "-I", "-c", "import threading; threading.Event().wait()"], 600)

for _ in range(8):
    threading.Thread(target=ask, daemon=True).start()
begun.wait()
machine.close()
os._exit(0)
"""


@posix_only
def test_a_program_that_is_just_being_started_does_not_outlive_us() -> None:
    mark = uuid4().hex
    environment = {**os.environ, "DOCTOR_TEST_MARK": mark}
    for _ in range(5):
        subprocess.run([sys.executable, "-c", STARTS_AND_LEAVES], env=environment, check=True)
        psutil.wait_procs(_marked(mark), START_S)  # what has been killed may need a moment to be gone
        alive = _marked(mark)
        for each in alive:
            each.kill()
        assert not alive


def _marked(mark: str) -> list[psutil.Process]:
    """Every process that has a mark among its variables; what is dead or somebody else's has none."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get("DOCTOR_TEST_MARK") == mark:
                found.append(process)
    return found
