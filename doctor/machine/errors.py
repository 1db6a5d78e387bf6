"""Errors of the operating system as failures: judged by their number, never by their text."""

from __future__ import annotations

import errno

from doctor.machine import Failure, FailureKind, Unavailable
from doctor.words import say

CLOSED = Failure(FailureKind.OTHER, "closed")
"""The answer of a machine that has been closed."""
NO_TIME_LEFT = Failure(FailureKind.TIMED_OUT, "limit")
"""The answer when the time for the whole network has gone by: nobody was asked, or not for long enough to tell."""

_NAMES = {
    FailureKind.ABSENT: "ENOENT ENOTDIR ENAMETOOLONG EILSEQ",
    FailureKind.DENIED: "EACCES EPERM EROFS",
    FailureKind.TIMED_OUT: "ETIMEDOUT",
    FailureKind.REFUSED: "ECONNREFUSED",
    FailureKind.UNREACHABLE: "ENETUNREACH EHOSTUNREACH ENETDOWN EHOSTDOWN EADDRNOTAVAIL EAFNOSUPPORT",
    FailureKind.RESET: "ECONNRESET ECONNABORTED EPIPE ENOTCONN",
    FailureKind.IN_USE: "EADDRINUSE",
    FailureKind.NOT_A_FILE: "EISDIR",
    FailureKind.NOT_RUNNABLE: "ENOEXEC ELIBBAD EBADARCH EBADEXEC EBADMACHO",
}
# What says nothing of the machine, only that the doctor itself may have no more (`ulimit -n`).
_EXHAUSTED = {
    "EMFILE": "the system allows the doctor no more open files",
    "ENFILE": "the system allows no more open files",
    "ENOMEM": "the system has no memory left",
}
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}

_WINDOWS = {  # https://learn.microsoft.com/windows/win32/debug/system-error-codes
    2: FailureKind.ABSENT,
    3: FailureKind.ABSENT,
    5: FailureKind.DENIED,
    53: FailureKind.ABSENT,  # a network path
    67: FailureKind.ABSENT,  # a network name
    123: FailureKind.ABSENT,  # a name that no file can have
    193: FailureKind.NOT_RUNNABLE,  # not a program
    216: FailureKind.NOT_RUNNABLE,  # for another processor
    225: FailureKind.DENIED,  # the virus scanner
    267: FailureKind.NOT_A_FOLDER,
    740: FailureKind.DENIED,  # asks for elevation
    1260: FailureKind.DENIED,  # blocked by a policy
    1920: FailureKind.NOT_RUNNABLE,  # an app execution alias without its app
    4551: FailureKind.DENIED,  # blocked by application control
}


def failure(problem: BaseException) -> Failure:
    """What an error of a system call means. `detail` is the errno's name, or "winerror-" and a number.

    Raises `Unavailable` where the question was never asked, because the system has nothing left to ask it with.
    """
    if isinstance(problem, OSError):
        return _of_system(problem)
    if isinstance(problem, ValueError):  # a NUL or a lone surrogate in a name: no such thing can exist
        return Failure(FailureKind.ABSENT, "EINVAL")
    return Failure(FailureKind.OTHER, type(problem).__name__)


def _of_system(problem: OSError) -> Failure:
    number = getattr(problem, "winerror", None)
    name = errno.errorcode.get(problem.errno or 0, "").replace("WSA", "")
    if name in _EXHAUSTED:
        raise Unavailable(say(_EXHAUSTED[name]))
    if number in _WINDOWS:
        return Failure(_WINDOWS[number], f"winerror-{number}")
    if name in _KINDS:
        return Failure(_KINDS[name], name)
    if isinstance(problem, TimeoutError):  # of a socket, without a number
        return Failure(FailureKind.TIMED_OUT)
    return Failure(FailureKind.OTHER, f"winerror-{number}" if number else name)
