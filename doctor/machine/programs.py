"""Starts programs and brings every one of them to an end: hung, flooding, stubborn, or with children of its own.

A program never sees a terminal: its input is closed, and it runs in a session (on Windows: without a console) of its
own, so that it can neither ask for a password nor be struck by a Ctrl-C that was meant for the doctor. What it leaves
behind on purpose when it ends by itself (a daemon) is left alone, and does not keep us waiting.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import PurePath
from time import monotonic
from typing import Mapping, Optional, Protocol, Sequence, Union

from doctor.machine import OUTPUT_LIMIT_BYTES, Argument, Failure, FailureKind, Ran, Unavailable
from doctor.machine.errors import CLOSED, failure
from doctor.words import say

GRACE_S = 0.05
"""How long the streams may be silent after a program's end, where a child of it keeps them open."""
LAST_WAIT_S = 1.0
"""How long a killed program may take to disappear before it is left to itself."""
PIECE_BYTES = 65536


class Output:
    """What came out of a stream so far, up to the limit."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_cut = False

    def take(self, piece: bytes) -> None:
        room = OUTPUT_LIMIT_BYTES - len(self.data)
        self.data += piece[:room]
        self.is_cut = self.is_cut or len(piece) > room


class Child(Protocol):
    """A program that runs. There is one kind for Windows, and one for everything else."""

    def communicate(self, deadline: float) -> Optional[Ran]:
        """Wait for its end and return what it said; None when its time was up."""

    def kill(self) -> None:
        """End it with everything that it has started. May be called from any thread, and twice."""

    def reap(self) -> None:
        """Wait a moment for a killed program to be gone."""


class Programs:
    """The programs that one machine has running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._has_started = threading.Condition(self._lock)
        self._starting = 0
        self._running: set[Child] = set()
        self._is_closed = False

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float,
        cwd: Optional[PurePath],
        environment: Optional[Mapping[str, str]],
    ) -> Union[Ran, Failure]:
        """Start a program and wait for its end, its time limit or its output limit."""
        if not argv or not os.path.isabs(argv[0]):
            raise ValueError("a program is named by its absolute path")
        deadline = monotonic() + timeout_s
        child = self._start([os.fspath(each) for each in argv], cwd, _environment(environment or {}))
        if isinstance(child, Failure):
            return child
        try:
            ran = None if self._is_closed else child.communicate(deadline)
            if ran is None:
                child.kill()  # while `close` still knows of it: it may end us before we come to this
        except OSError as problem:  # nothing is left to listen to it with
            child.kill()
            return failure(problem)
        except BaseException:
            child.kill()
            raise
        finally:
            with self._lock:
                self._running.discard(child)
        if ran is None:
            child.reap()
        return CLOSED if self._is_closed else ran or Failure(FailureKind.TIMED_OUT)

    def _start(
        self, argv: list[str], cwd: Optional[PurePath], environment: dict[str, str]
    ) -> Union[Child, Failure]:
        """Start a program so that `close` knows of it from its first moment on."""
        with self._lock:
            if self._is_closed:
                return CLOSED
            self._starting += 1
        child: Union[Child, Failure] = CLOSED
        try:
            child = _start(argv, cwd, environment)
        finally:
            with self._lock:
                self._starting -= 1
                if not isinstance(child, Failure):
                    self._running.add(child)
                self._has_started.notify_all()
        return child

    def close(self) -> None:
        """End what runs, what is just being started too, and start nothing from now on."""
        with self._lock:
            self._is_closed = True
            self._has_started.wait_for(lambda: not self._starting, LAST_WAIT_S)
            running = list(self._running)
        for child in running:
            child.kill()


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    """The doctor's own environment and what is added.

    LANGUAGE makes gettext leave messages in English, whatever LC_ALL is, and has no influence on anything else
    (https://www.gnu.org/software/gettext/manual/html_node/The-LANGUAGE-variable.html).
    """
    if sys.platform == "win32":  # where names differ in case only, the first of two would win
        return {**os.environ, **{name.upper(): value for name, value in added.items()}}
    return {**os.environ, "LANGUAGE": "C", **added}


def _start(argv: list[str], cwd: Optional[PurePath], environment: dict[str, str]) -> Union[Child, Failure]:
    if sys.platform == "win32":
        from doctor.machine import windows_programs

        return windows_programs.start(argv, cwd, environment)
    from doctor.machine import posix_programs

    return posix_programs.start(argv, cwd, environment)


def why_not(problem: Union[OSError, ValueError], program: str, cwd: Optional[PurePath]) -> Failure:
    """Why it did not start: a program that is there, but "not found", has a first line that names a missing one."""
    why = failure(problem)
    if why.detail == "EAGAIN":  # `ulimit -u`
        raise Unavailable(say("the system allows the doctor no more programs at once"))
    if why.kind is not FailureKind.ABSENT:
        return why
    if cwd is not None and not os.path.isdir(cwd):
        return Failure(FailureKind.NOT_A_FOLDER, why.detail)
    return Failure(FailureKind.NOT_RUNNABLE, why.detail) if _exists(program) else why


def _exists(path: str) -> bool:
    try:
        return os.path.exists(path)
    except ValueError:  # some versions raise for a NUL
        return False
