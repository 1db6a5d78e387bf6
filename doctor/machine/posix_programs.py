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
from doctor.machine.programs import LAST_WAIT_S, PIECE_BYTES, Child, Output, why_not

GLANCE_S = 0.02
"""How often to look whether a program whose output stays open has come to its end (a grandchild may hold it)."""


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
        process, outputs = self._process, (Output(), Output())
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            if not self._listen({process.stdout.fileno(): outputs[0], process.stderr.fileno(): outputs[1]}, deadline):
                return None
        is_cut = any(output.is_cut for output in outputs)
        if is_cut:
            self.kill()
        try:
            status = process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            return None
        return Ran(status, bytes(outputs[0].data), bytes(outputs[1].data), is_cut)

    def _listen(self, outputs: dict[int, Output], deadline: float) -> bool:
        """Read until both streams end, the program has, or it said too much; False when its time was up first."""
        if sys.platform == "win32":
            return False
        with selectors.PollSelector() as selector:
            for descriptor in outputs:
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            next_glance = monotonic() + GLANCE_S
            while selector.get_map():
                now = monotonic()
                if now >= deadline:
                    return False
                has_ended = now >= next_glance and self._process.poll() is not None
                if now >= next_glance:
                    next_glance = now + GLANCE_S
                ready = selector.select(0 if has_ended else max(0.0, min(deadline, next_glance) - now))
                for key, _ in ready:
                    if not _take(key.fd, outputs[key.fd]):
                        selector.unregister(key.fd)
                if any(output.is_cut for output in outputs.values()) or (has_ended and not ready):
                    break
        return True

    def kill(self) -> None:
        with self._lock:
            if self._was_killed or self._process.returncode is not None:
                return
            self._was_killed = True
            _kill_tree(self._process.pid)
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
    import psutil

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
