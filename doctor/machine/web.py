"""One HTTP request: within its time as a whole, a few kilobytes of the answer, never on to where it redirects to."""

from __future__ import annotations

import ssl
from time import monotonic
from typing import Any, Iterator, Mapping, Optional, Union

from doctor.machine import Failure, FailureKind, Response
from doctor.machine.errors import failure
from doctor.machine.network import unresolved, within

BODY_LIMIT_BYTES = 64 * 1024


def request(
    method: str, url: str, headers: Mapping[str, str], body: Optional[bytes], timeout_s: float, use_proxy: bool
) -> Union[Response, Failure]:
    """Send it, in a thread that is left behind when the time is up."""
    deadline = monotonic() + timeout_s
    return within(timeout_s, lambda: _send(method, url, headers, body, deadline, use_proxy))


def _send(
    method: str, url: str, headers: Mapping[str, str], body: Optional[bytes], deadline: float, use_proxy: bool
) -> Union[Response, Failure]:
    import httpx

    try:
        with httpx.Client(trust_env=use_proxy, follow_redirects=False, timeout=deadline - monotonic()) as client:
            sent = {"Accept-Encoding": "identity", **headers}
            with client.stream(method, url, headers=sent, content=body) as answer:
                data, is_cut = _body(answer, deadline)
                names = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, names, data, is_cut)
    except Exception as problem:  # noqa: BLE001 - a strange proxy setting, header or server makes many kinds of errors
        return why_not(problem)


def _body(answer: Any, deadline: float) -> tuple[bytes, bool]:
    data = bytearray()
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > BODY_LIMIT_BYTES:
            return bytes(data[:BODY_LIMIT_BYTES]), True
        if monotonic() > deadline:
            raise TimeoutError
    return bytes(data), False


def why_not(problem: BaseException) -> Failure:
    """What went wrong, judged by the innermost error that has a number or a type of its own."""
    import httpx

    chain = list(_causes(problem))
    for each in reversed(chain):
        if isinstance(each, ssl.SSLCertVerificationError):
            return Failure(FailureKind.CERTIFICATE, str(each.verify_code))
        if isinstance(each, ssl.SSLError):
            return Failure(FailureKind.PROTOCOL, each.reason or "tls")
        if type(each).__name__ == "gaierror":
            return unresolved(each)  # type: ignore[arg-type]
        if isinstance(each, OSError):
            return failure(each)
    if any(isinstance(each, (httpx.TimeoutException, TimeoutError)) for each in chain):
        return Failure(FailureKind.TIMED_OUT)
    if isinstance(problem, httpx.RemoteProtocolError):
        return Failure(FailureKind.PROTOCOL)
    return Failure(FailureKind.OTHER, type(problem).__name__)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, outermost first."""
    seen: set[int] = set()
    each: Optional[BaseException] = problem
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
