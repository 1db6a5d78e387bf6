"""Names, connections and ports of this machine, each asked within its time."""

from __future__ import annotations

import socket
import sys
import threading
from time import monotonic
from typing import Any, Callable, Optional, TypeVar, Union

from doctor.machine import Addresses, Bound, Connected, Failure, FailureKind, Listener, Listeners
from doctor.machine.errors import failure

T = TypeVar("T")
_NO_SUCH_NAME = ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")


def within(timeout_s: float, ask: Callable[[], T]) -> Union[T, Failure]:
    """Ask in a thread that is left behind when the time is up: a resolver cannot be interrupted."""
    answers: list[Any] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as problem:  # noqa: BLE001 - handed to the asker's thread, which raises it
            answers.append(problem)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(max(0.0, timeout_s))
    if not answers:
        return Failure(FailureKind.TIMED_OUT)
    if isinstance(answers[0], BaseException):
        raise answers[0]
    answer: T = answers[0]
    return answer


def unresolved(problem: socket.gaierror) -> Failure:
    """`ABSENT`: there is no such name. `UNREACHABLE`: nobody who could tell has answered (EAI_AGAIN)."""
    for name in (*_NO_SUCH_NAME, "EAI_AGAIN", "EAI_FAIL", "EAI_SERVICE", "EAI_FAMILY", "EAI_MEMORY", "EAI_SYSTEM"):
        if problem.errno == getattr(socket, name, None):
            kinds = {**dict.fromkeys(_NO_SUCH_NAME, FailureKind.ABSENT), "EAI_AGAIN": FailureKind.UNREACHABLE}
            return Failure(kinds.get(name, FailureKind.OTHER), name)
    return Failure(FailureKind.OTHER, str(problem.errno or ""))


def resolve(host: str, timeout_s: float) -> Union[Addresses, Failure]:
    """What getaddrinfo says, each address once."""
    found = within(timeout_s, lambda: _look_up(host, 0))
    if isinstance(found, Failure):
        return found
    return Addresses(tuple(dict.fromkeys(str(place[0]) for _, place in found)))


def _look_up(host: str, port: int) -> Union[list[tuple[int, Any]], Failure]:
    """Address family and socket address of everything that a name stands for."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as problem:
        return unresolved(problem)
    except UnicodeError:  # a label that is empty, too long, or no name at all
        return Failure(FailureKind.ABSENT, "EAI_NONAME")
    except (OSError, ValueError, OverflowError) as problem:
        return failure(problem)
    return [(family, place) for family, _, _, _, place in found]


def connect(host: str, port: int, timeout_s: float) -> Union[Connected, Failure]:
    """Try every address of a name, each with its share of the time."""
    deadline = monotonic() + timeout_s
    places = within(timeout_s, lambda: _look_up(host, port))
    if isinstance(places, Failure):
        return places
    failures: list[Failure] = []
    for done, (family, place) in enumerate(places):
        share = max(0.05, (deadline - monotonic()) / (len(places) - done))
        answer = _try(family, place, share)
        if isinstance(answer, Connected):
            return answer
        failures.append(answer)
    # Of two addresses the one without a route tells less: many machines have no IPv6.
    telling = [each for each in failures if each.kind is not FailureKind.UNREACHABLE]
    return (telling or failures or [Failure(FailureKind.ABSENT, "EAI_NONAME")])[0]


def _try(family: int, place: Any, timeout_s: float) -> Union[Connected, Failure]:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as each:
            each.settimeout(timeout_s)
            each.connect(place)
    except (OSError, OverflowError) as problem:
        return failure(problem)
    return Connected(str(place[0]))


def bind(host: str, port: int) -> Union[Bound, Failure]:
    """Whether a server could listen there now, with the options that servers use."""
    places = _look_up(host, port)
    if isinstance(places, Failure):
        return places
    family, place = places[0]
    try:
        with socket.socket(family, socket.SOCK_STREAM) as each:
            _behave_like_a_server(each)
            each.bind(place)
            if sys.platform.startswith("linux"):
                each.listen(1)
            return Bound(int(each.getsockname()[1]))
    except (OSError, OverflowError) as problem:
        return failure(problem)


def _behave_like_a_server(each: socket.socket) -> None:
    if sys.platform == "win32":
        each.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if each.family == socket.AF_INET6:
        each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)


def listeners() -> Union[Listeners, Failure]:
    """The listening TCP sockets, with the programs that this user may know of."""
    import psutil

    try:
        found = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    except psutil.AccessDenied:  # macOS tells root only
        return Failure(FailureKind.DENIED)
    except (psutil.Error, OSError, RuntimeError) as problem:
        return failure(problem)
    programs = {pid: _program(pid) for pid in {each.pid for each in found}}
    listed = [Listener(*each.laddr[:2], each.pid, programs[each.pid]) for each in found if each.laddr]
    return Listeners(tuple(sorted(listed, key=lambda each: (each.port, each.address, each.pid or 0))))


def _program(pid: Optional[int]) -> str:
    import psutil

    try:
        return psutil.Process(pid).name() if pid else ""
    except (psutil.Error, OSError):
        return ""
