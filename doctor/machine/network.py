"""Names, connections and ports of this machine, each asked within its time."""

from __future__ import annotations

import errno
import re
import selectors
import socket
import sys
import threading
from contextlib import ExitStack
from time import monotonic
from typing import Any, Callable, NamedTuple, Optional, Sequence, TypeVar, Union

from doctor.machine import Addresses, Bound, Connected, Failure, FailureKind, Listener, Listeners
from doctor.machine.errors import failure

T = TypeVar("T")
_UNRESOLVED = {
    "EAI_NONAME": FailureKind.ABSENT,
    "EAI_NODATA": FailureKind.ABSENT,
    "EAI_ADDRFAMILY": FailureKind.ABSENT,
    "EAI_AGAIN": FailureKind.UNREACHABLE,
    "EAI_FAIL": FailureKind.OTHER,
    "EAI_SYSTEM": FailureKind.OTHER,
    "EAI_SERVICE": FailureKind.OTHER,
}
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}


_PLAIN = re.compile(r"[0-9.]{7,15}|[0-9A-Fa-f:]{2,39}")


class Place(NamedTuple):
    """One of the addresses that a name stands for."""

    family: int
    address: Any
    """As the socket module wants it; its first part is the text."""

    @property
    def text(self) -> str:
        return str(self.address[0])


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
    """`ABSENT`: there is no such name. `UNREACHABLE` (EAI_AGAIN): nobody who could tell has answered."""
    for name, kind in _UNRESOLVED.items():
        if problem.errno == getattr(socket, name, None):
            return Failure(kind, name)
    return Failure(FailureKind.OTHER, f"gaierror-{problem.errno}")


def resolve(host: str, timeout_s: float) -> Union[Addresses, Failure]:
    """What getaddrinfo says, each address once."""
    found = within(timeout_s, lambda: _look_up(host, 0))
    return found if isinstance(found, Failure) else Addresses(tuple(dict.fromkeys(place.text for place in found)))


def _look_up(host: str, port: int) -> Union[list[Place], Failure]:
    if not 0 <= port <= 65535:  # some resolvers would take what is left of it in 16 bits
        return Failure(FailureKind.OTHER, "port")
    try:
        # Given as bytes, a number is not prepared for other alphabets, which takes as long as a dozen facts.
        name = host.encode("ascii") if _PLAIN.fullmatch(host) else host
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except socket.gaierror as problem:
        return unresolved(problem)
    except ValueError:  # a label that is empty or too long, or a NUL: no name at all
        return Failure(FailureKind.ABSENT, "EAI_NONAME")
    except OSError as problem:
        return failure(problem)
    return [Place(family, address) for family, _, _, _, address in found]


def connect(host: str, port: int, timeout_s: float) -> Union[Connected, Failure]:
    """Try every address of a name side by side: the first that answers counts.

    One after the other would spend the whole time on an IPv6 address that leads nowhere.
    """
    deadline = monotonic() + timeout_s
    places = within(timeout_s, lambda: _look_up(host, port))
    return places if isinstance(places, Failure) else _race(places, deadline)


def _race(places: Sequence[Place], deadline: float) -> Union[Connected, Failure]:
    try:
        with ExitStack() as sockets, selectors.DefaultSelector() as selector:
            failures = [_knock(place, sockets, selector) for place in places]
            answer = _first_answer(selector, failures, deadline)
    except OSError as problem:
        return failure(problem)
    return answer or most_telling(failures)


def source_for(host: str, port: int, timeout_s: float) -> Optional[str]:
    """Where a client has to begin that tries the addresses of a name one after the other: "0.0.0.0" for IPv4, where
    IPv6 comes first and leads nowhere; None where any order will do. Clients that try them side by side (RFC 8305), as
    those of the providers do, never notice.
    """
    deadline = monotonic() + timeout_s
    places = _look_up(host, port)
    if isinstance(places, Failure) or not places or places[0].family != socket.AF_INET6:
        return None
    of_version_4 = [place.text for place in places if place.family == socket.AF_INET]
    answer = _race(places, deadline) if of_version_4 else None
    return "0.0.0.0" if isinstance(answer, Connected) and answer.address in of_version_4 else None


def _knock(place: Place, sockets: ExitStack, selector: selectors.BaseSelector) -> Optional[Failure]:
    """Begin to connect; a failure when that is refused at once."""
    try:
        each = sockets.enter_context(socket.socket(place.family, socket.SOCK_STREAM))
        each.setblocking(False)
        number = each.connect_ex(place.address)
    except OSError as problem:
        return failure(problem)
    if number not in (0, *_UNDER_WAY):
        return failure(OSError(number, ""))
    selector.register(each, selectors.EVENT_WRITE, place)
    return None


def _first_answer(
    selector: selectors.BaseSelector, failures: list[Optional[Failure]], deadline: float
) -> Optional[Connected]:
    while selector.get_map():
        ready = selector.select(max(0.0, deadline - monotonic()))
        if not ready:
            failures.append(Failure(FailureKind.TIMED_OUT))
            break
        for key, _ in ready:
            assert isinstance(key.fileobj, socket.socket)
            number = key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not number:
                return Connected(key.data.text)
            failures.append(failure(OSError(number, "")))
            selector.unregister(key.fileobj)
    return None


def most_telling(failures: Sequence[Optional[Failure]]) -> Failure:
    """Of what several addresses said; one without a route tells less than any other, as many machines have no IPv6."""
    real = [each for each in failures if each is not None]
    real.sort(key=lambda each: each.kind is FailureKind.UNREACHABLE)
    return real[0] if real else Failure(FailureKind.ABSENT, "EAI_NODATA")


def bind(host: str, port: int) -> Union[Bound, Failure]:
    """Whether a server could bind this address now, with the options that servers set."""
    places = _look_up(host, port)
    if isinstance(places, Failure):
        return places
    try:
        with socket.socket(places[0].family, socket.SOCK_STREAM) as each:
            _behave_like_a_server(each)
            each.bind(places[0].address)
            return Bound(int(each.getsockname()[1]))
    except OSError as problem:
        return failure(problem)


def _behave_like_a_server(each: socket.socket) -> None:
    """On POSIX SO_REUSEADDR does not share a port with a listener, but without it a port would seem to be taken for a
    minute after its server has ended; on Windows it does share, and SO_EXCLUSIVEADDRUSE is what keeps it from that
    (socket(7); https://learn.microsoft.com/windows/win32/winsock/using-so-reuseaddr-and-so-exclusiveaddruse).
    """
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
    listed = [Listener(*each.laddr[:2], each.pid or None, programs[each.pid]) for each in found if each.laddr]
    return Listeners(tuple(sorted(listed, key=lambda each: (each.port, each.address, each.pid or 0))))


def _program(pid: Optional[int]) -> str:
    import psutil

    try:
        return psutil.Process(pid).name() if pid else ""
    except (psutil.Error, OSError):
        return ""
