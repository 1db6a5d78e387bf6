"""Errors of the operating system as failures: judged by their number, never by their text."""

from __future__ import annotations

import errno

from doctor.machine import Failure, FailureKind

CLOSED = Failure(FailureKind.OTHER, "closed")
"""The answer of a machine that has been closed."""

_KINDS = {
    FailureKind.ABSENT: "ENOENT ENOTDIR ENAMETOOLONG EINVAL EILSEQ ENXIO ENODEV",
    FailureKind.DENIED: "EACCES EPERM EROFS WSAEACCES",
    FailureKind.TIMED_OUT: "ETIMEDOUT WSAETIMEDOUT",
    FailureKind.REFUSED: "ECONNREFUSED WSAECONNREFUSED",
    FailureKind.UNREACHABLE: (
        "ENETUNREACH EHOSTUNREACH ENETDOWN EHOSTDOWN EADDRNOTAVAIL EAFNOSUPPORT"
        " WSAENETUNREACH WSAEHOSTUNREACH WSAENETDOWN WSAEHOSTDOWN WSAEADDRNOTAVAIL WSAEAFNOSUPPORT"
    ),
    FailureKind.RESET: "ECONNRESET ECONNABORTED EPIPE ENOTCONN WSAECONNRESET WSAECONNABORTED WSAENOTCONN",
    FailureKind.IN_USE: "EADDRINUSE WSAEADDRINUSE",
    FailureKind.NOT_A_FILE: "EISDIR",
    FailureKind.NOT_RUNNABLE: "ENOEXEC ELIBBAD EBADARCH EBADEXEC",
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}

_WINDOWS = {
    5: FailureKind.DENIED,
    123: FailureKind.ABSENT,  # a name that no file can have
    193: FailureKind.NOT_RUNNABLE,  # not a valid Win32 application
    216: FailureKind.NOT_RUNNABLE,  # for another processor
    225: FailureKind.DENIED,  # the virus scanner
    267: FailureKind.NOT_A_FOLDER,
    740: FailureKind.DENIED,  # asks for elevation
    1260: FailureKind.DENIED,  # blocked by a policy
    1920: FailureKind.NOT_RUNNABLE,  # an app execution alias without its app
    4551: FailureKind.DENIED,  # blocked by application control
}


def failure(problem: BaseException) -> Failure:
    """What an error of a system call means. `detail` is the errno's name, or "winerror-" and a number."""
    if isinstance(problem, OSError):
        number = getattr(problem, "winerror", None)
        if number in _WINDOWS:
            return Failure(_WINDOWS[number], f"winerror-{number}")
        name = errno.errorcode.get(problem.errno or 0, "")
        if name:
            return Failure(_KIND_OF.get(name, FailureKind.OTHER), name)
        if isinstance(problem, TimeoutError):  # socket.timeout has no number
            return Failure(FailureKind.TIMED_OUT)
        return Failure(FailureKind.OTHER, "" if number is None else f"winerror-{number}")
    if isinstance(problem, ValueError):  # a NUL or a lone surrogate in a name: no such thing can exist
        return Failure(FailureKind.ABSENT, "EINVAL")
    return Failure(FailureKind.OTHER, type(problem).__name__)
