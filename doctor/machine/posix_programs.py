"""Programs on Linux and macOS: each in a session of its own, and ended with its whole family."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import PurePath
from time import monotonic
from typing import Optional, Union

from doctor.machine import Failure, Ran
from doctor.machine.programs import GRACE_S, LAST_WAIT_S, PIECE_BYTES, Child, Output, why_not

GLANCE_S = 0.02
"""How often to look whether a program whose output stays open has come to its end."""


def start(argv: list[str], cwd: Optional[PurePath], environment: dict[str, str]) -> Union[Child, Failure]:
    """Start a program, its input closed."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as problem:
        return why_not(problem, argv[0], cwd)
    return PosixChild(process)


class PosixChild:
    """A program in a session of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lock = threading.Lock()
        self._was_killed = False

    def communicate(self, deadline: float) -> Optional[Ran]:
        out, err = Output(), Output()
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        with self._process.stdout as stdout, self._process.stderr as stderr:
            is_in_time = self._listen({stdout.fileno(): out, stderr.fileno(): err}, deadline)
            is_cut = out.is_cut or err.is_cut
            if is_cut or not is_in_time:
                self.kill()  # before its output is closed: it could die of that, and its children would be lost
        if not is_in_time:
            return None
        try:
            status = self._process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            return None
        return Ran(status, bytes(out.data), bytes(err.data), is_cut)

    def _listen(self, outputs: dict[int, Output], deadline: float) -> bool:
        """Read until both streams end, the program has, or it said too much; False when its time was up first.

        Waiting for the streams alone would wait for every child that has inherited them, too. After the program's end
        there is a moment for what is still to come, and no end to reading what has come.
        """
        if sys.platform == "win32":
            return False
        has_ended, end = False, deadline
        next_glance = monotonic() + GLANCE_S
        with selectors.PollSelector() as selector:
            for descriptor in outputs:
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            while selector.get_map() and not any(output.is_cut for output in outputs.values()):
                now = monotonic()
                if now >= next_glance and not has_ended:
                    has_ended = self._process.poll() is not None
                    end = min(deadline, now + GRACE_S) if has_ended else deadline
                    next_glance = end if has_ended else now + GLANCE_S
                ready = selector.select(max(0.0, min(end, next_glance) - now))
                for key, _ in ready:
                    if not _take(key.fd, outputs[key.fd]):
                        selector.unregister(key.fd)
                now = monotonic()
                if now >= deadline or (now >= end and not ready):
                    return has_ended
        return True

    def kill(self) -> None:
        with self._lock:
            if not self._was_killed and self._process.returncode is None:
                _kill_tree(self._process.pid)
                self._was_killed = True  # not before: a Ctrl-C in between leaves it to be done again

    def reap(self) -> None:
        with suppress(subprocess.TimeoutExpired):  # it may hang in the kernel; nothing more can be done from here
            self._process.wait(LAST_WAIT_S)


def _take(descriptor: int, output: Output) -> bool:
    """Read once; False at the end of the stream."""
    try:
        piece = os.read(descriptor, PIECE_BYTES)
    except BlockingIOError:
        return True
    except OSError:
        return False
    output.take(piece)
    return bool(piece)


def _kill_tree(pid: int) -> None:
    """Kill a program and all that descends from it, in whatever sessions.

    Everything is stopped first, until no more children turn up: a family that is killed one by one can grow
    meanwhile, and the children of a dead parent are no longer found.
    """
    if sys.platform == "win32":
        return
    _signal(pid, signal.SIGSTOP)
    for each in (*_family(pid), pid):
        _signal(each, signal.SIGKILL)


def _family(pid: int) -> list[int]:
    """Stop and list the descendants of a program."""
    found: list[int] = []
    if sys.platform == "win32":
        return found
    try:
        import psutil
    except ImportError:  # killing the group alone is better than not killing
        return found
    with suppress(psutil.Error, OSError):
        root = psutil.Process(pid)
        while True:
            new = [each.pid for each in root.children(recursive=True) if each.pid not in found]
            for each in new:
                _signal(each, signal.SIGSTOP)
            if not new:
                break
            found += new
    return found


def _signal(pid: int, number: int) -> None:
    """To a process, and to its group where it leads one."""
    if sys.platform == "win32":
        return
    for send in (os.killpg, os.kill):
        with suppress(OSError):  # gone, or not ours
            send(pid, number)
