"""Programs on Windows: each without a console, in a job object that ends all of its children with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import PurePath, PureWindowsPath
from time import monotonic
from typing import Optional, Union

from doctor.machine import Failure, FailureKind, Ran
from doctor.machine.programs import GRACE_S, LAST_WAIT_S, PIECE_BYTES, Child, Output, why_not

CREATE_SUSPENDED = 0x4
_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_UNSAFE = re.compile(r'[\x00-\x1f"%!^&|<>]')
"""What cmd.exe would read as more than text, in quotes or when a batch file passes it on."""


def start(argv: list[str], cwd: Optional[PurePath], environment: dict[str, str]) -> Union[Child, Failure]:
    """Start a program, its input closed."""
    if sys.platform != "win32":
        return Failure(FailureKind.UNSUPPORTED)
    line: Union[str, list[str]] = argv
    if PureWindowsPath(argv[0]).suffix.lower() in (".bat", ".cmd"):
        if not os.path.isfile(argv[0]):  # cmd.exe itself would start, and only print that
            return Failure(FailureKind.ABSENT, "ENOENT")
        if _UNSAFE.search("".join(argv)):
            return Failure(FailureKind.NOT_RUNNABLE, "unsafe-argument")
        line = batch_line(argv)
    job = Job()
    try:
        process = subprocess.Popen(
            line,
            stdin=subprocess.PIPE,  # a closed pipe: where there is no console, NUL is not a handle for everyone
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=cwd,
            env=environment,
            creationflags=subprocess.CREATE_NO_WINDOW | CREATE_SUSPENDED,
        )
    except (OSError, ValueError) as problem:
        job.close(kill=False)
        return why_not(problem, argv[0], cwd)
    assert process.stdin is not None
    process.stdin.close()
    job.adopt(process)
    return WindowsChild(process, job)


def batch_line(argv: list[str]) -> str:
    """The command line that runs a batch file with arguments that are plain text.

    CreateProcess would start cmd.exe for it too, but with quotes that cmd.exe does not understand. /s takes exactly
    the outer pair of quotes away, /d leaves the user's AutoRun out, /v:off leaves "!" alone.
    """
    shell = PureWindowsPath(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "System32" / "cmd.exe"
    words = " ".join(f'"{word}"' if re.search(r"[^\w\-./\\:]", word) or not word else word for word in argv)
    return f'"{shell}" /d /v:off /s /c "{words}"'


class Job:
    """A job object: a family of processes that ends together, also when the doctor itself is ended."""

    def __init__(self) -> None:
        self._handle: Optional[int] = None
        if sys.platform == "win32":
            import ctypes
            from ctypes import wintypes

            kernel = ctypes.WinDLL("kernel32")
            kernel.CreateJobObjectW.restype = wintypes.HANDLE
            self._handle = kernel.CreateJobObjectW(None, None)
            self._limit(_KILL_ON_CLOSE)

    def _limit(self, flags: int) -> None:
        """Sets LimitFlags of JOBOBJECT_EXTENDED_LIMIT_INFORMATION, whose other fields stay 0."""
        if sys.platform == "win32":
            import ctypes
            from ctypes import wintypes

            is_64_bit = ctypes.sizeof(ctypes.c_void_p) == 8
            limits = bytearray(144 if is_64_bit else 112)
            limits[16:20] = flags.to_bytes(4, "little")
            ctypes.WinDLL("kernel32").SetInformationJobObject(
                wintypes.HANDLE(self._handle), _EXTENDED_LIMITS, bytes(limits), len(limits)
            )

    def adopt(self, process: subprocess.Popen[bytes]) -> None:
        """Take in a suspended process, and let it run."""
        if sys.platform == "win32":
            import ctypes
            from ctypes import wintypes

            handle = wintypes.HANDLE(int(process._handle))  # type: ignore[attr-defined]
            ctypes.WinDLL("kernel32").AssignProcessToJobObject(wintypes.HANDLE(self._handle), handle)
            ctypes.WinDLL("ntdll").NtResumeProcess(handle)

    def close(self, kill: bool) -> None:
        """Let go of the job: with its processes, or of them."""
        handle, self._handle = self._handle, None
        if sys.platform == "win32" and handle:
            import ctypes
            from ctypes import wintypes

            kernel = ctypes.WinDLL("kernel32")
            if kill:
                kernel.TerminateJobObject(wintypes.HANDLE(handle), 1)
            else:
                self._handle = handle
                self._limit(0)
                self._handle = None
            kernel.CloseHandle(wintypes.HANDLE(handle))


class WindowsChild:
    """A program with two threads that read what it says."""

    def __init__(self, process: subprocess.Popen[bytes], job: Job) -> None:
        self._process = process
        self._job = job
        self._lock = threading.Lock()
        self._was_killed = False
        self._outputs = (Output(), Output())
        streams = (process.stdout, process.stderr)
        self._readers = [
            threading.Thread(target=self._read, args=(stream, output), daemon=True)
            for stream, output in zip(streams, self._outputs)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: object, output: Output) -> None:
        """Runs in a thread of its own, which alone closes the stream: closing it from elsewhere could block."""
        with stream:  # type: ignore[attr-defined]
            while not output.is_cut:
                try:
                    piece = os.read(stream.fileno(), PIECE_BYTES)  # type: ignore[attr-defined]
                except OSError:
                    return
                if not piece:
                    return
                output.take(piece)
            self.kill()  # before the stream is closed: it could die of that, and its children would live on

    def communicate(self, deadline: float) -> Optional[Ran]:
        try:
            status = self._process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            return None
        self._hear_the_rest(deadline)
        out, err = self._outputs
        is_cut = out.is_cut or err.is_cut
        self._end(kill=is_cut)
        return Ran(status, bytes(out.data), bytes(err.data), is_cut)

    def _hear_the_rest(self, deadline: float) -> None:
        """Wait for the end of both streams, or until nothing has come for a moment: a child may hold them open."""
        for reader, output in zip(self._readers, self._outputs):
            known = -1
            while reader.is_alive() and known < len(output.data) and monotonic() < deadline:
                known = len(output.data)
                reader.join(GRACE_S)

    def kill(self) -> None:
        self._end(kill=True)

    def reap(self) -> None:
        with suppress(subprocess.TimeoutExpired):  # it may hang in a driver; nothing more can be done from here
            self._process.wait(LAST_WAIT_S)

    def _end(self, kill: bool) -> None:
        with self._lock:
            if self._was_killed:
                return
            self._was_killed = True
            self._job.close(kill)
            if kill:
                with suppress(OSError):
                    self._process.kill()  # in case that it could not be taken into the job
