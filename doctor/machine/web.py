"""One HTTP request: within its time as a whole, a few kilobytes of the answer, never on to where it redirects to."""

from __future__ import annotations

import errno
import socket
import ssl
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any, Iterator, Mapping, Optional, Union

import httpcore
import httpx

from doctor.machine import Failure, FailureKind, Response, Trust
from doctor.machine.errors import failure
from doctor.machine.network import source_for, unresolved, within
from doctor.words import Secret

BODY_LIMIT_BYTES = 64 * 1024


def request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Optional[bytes],
    timeout_s: float,
    proxy: Optional[Secret],
    trust: Trust,
) -> Union[Response, Failure]:
    """Send it, in a thread that is left behind when the time is up: a name may take longer than any limit."""
    deadline = monotonic() + timeout_s

    def send() -> Union[Response, Failure]:
        statuses: list[int] = []
        try:
            through = None if proxy is None else proxy_of(proxy)
            if isinstance(through, Failure):
                return through
            try:
                trusted = _trusted(trust)
            except (OSError, ValueError):
                return Failure(FailureKind.CERTIFICATE, "bundle")
            with client_for(url, through, trusted, timeout_s) as client:
                # Unpacking a small answer could make an enormous one.
                made = client.build_request(
                    method, url, headers={"Accept-Encoding": "identity", **headers}, content=body
                )
                made.extensions["trace"] = _note_statuses(statuses)
                return _answer(client, made, deadline)
        except Exception as problem:  # noqa: BLE001 - a strange proxy setting, header or server makes any kind of error
            return why_not(problem, statuses)

    return within(timeout_s, send)


def client_for(
    url: Union[str, httpx.URL], proxy: Optional[httpx.Proxy], trusted: ssl.SSLContext, timeout_s: float
) -> httpx.Client:
    """A client that asks nobody's environment, and that an IPv6 which leads nowhere does not hold up."""
    there = httpx.URL(url)
    port = there.port or {"http": 80, "https": 443}.get(there.scheme, 0)
    source = source_for(there.host, port, timeout_s) if proxy is None else None  # httpx begins at a proxy by itself
    transport = httpx.HTTPTransport(verify=trusted, trust_env=False, proxy=proxy, local_address=source)
    return httpx.Client(trust_env=False, transport=transport, timeout=timeout_s)


def proxy_of(url: Secret) -> Union[httpx.Proxy, Failure]:
    """The proxy as httpx wants it. For SOCKS it would need a package that the doctor does not bring along."""
    try:
        proxy = httpx.Proxy(url.reveal())
    except Exception:  # noqa: BLE001 - besides its own errors httpx lets those of encodings and numbers through
        return Failure(FailureKind.UNSUPPORTED, "proxy-url")
    if proxy.url.scheme.startswith("socks"):
        return Failure(FailureKind.UNSUPPORTED, "proxy-socks")
    return proxy if proxy.url.host else Failure(FailureKind.UNSUPPORTED, "proxy-url")


_LOADING = Lock()


def _trusted(trust: Trust) -> ssl.SSLContext:
    """Loading a list takes longer than a request on a good line: each is loaded once, whoever else waits for it."""
    with _LOADING:
        return _loaded(str(trust.file or ""), str(trust.folder or ""), trust.is_strict)


@lru_cache(maxsize=4)
def _loaded(file: str, folder: str, is_strict: bool) -> ssl.SSLContext:
    """Not as strict as this Python is, but as that of whoever is told about: they may be on both sides of 3.13."""
    if file or folder:
        context = ssl.create_default_context(cafile=file or None, capath=folder or None)
    else:
        context = httpx.create_ssl_context(trust_env=False)
    for flag in _OF_STRICTNESS:
        context.verify_flags = context.verify_flags | flag if is_strict else context.verify_flags & ~flag
    return context


_OF_STRICTNESS = (ssl.VERIFY_X509_STRICT, getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0x80000))


def _note_statuses(statuses: list[int]) -> Any:
    """httpx tells what a proxy answered in words only; the events of the connection have its number
    (https://www.python-httpx.org/advanced/extensions/#trace).
    """

    def note(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("receive_response_headers.complete"):
            statuses.append(info["return_value"][1])

    return note


def _answer(client: httpx.Client, made: httpx.Request, deadline: float) -> Response:
    answer = client.send(made, stream=True, follow_redirects=False)
    try:
        data = bytearray()
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > BODY_LIMIT_BYTES:
                break
            if monotonic() > deadline:
                raise TimeoutError
    except httpx.RemoteProtocolError:  # it spoke HTTP until here
        raise ConnectionResetError(errno.ECONNRESET, "") from None
    finally:
        answer.close()
    names = {name.lower(): value for name, value in answer.headers.items()}
    return Response(answer.status_code, names, bytes(data[:BODY_LIMIT_BYTES]), len(data) > BODY_LIMIT_BYTES)


def why_not(problem: BaseException, statuses: list[int]) -> Failure:
    """What went wrong, judged by the innermost error that has a number or a type of its own."""
    chain = list(_causes(problem))
    for each in reversed(chain):
        if isinstance(each, ssl.SSLError) and not isinstance(each, (ssl.SSLSyscallError, ssl.SSLWantReadError)):
            return _of_tls(each)
        if isinstance(each, socket.gaierror):
            return unresolved(each)
        if isinstance(each, socket.timeout):  # before Python 3.10 this is not yet TimeoutError
            return Failure(FailureKind.TIMED_OUT)
        if isinstance(each, OSError):
            return failure(each)
    if isinstance(problem, httpx.TimeoutException):
        return Failure(FailureKind.TIMED_OUT)
    if isinstance(problem, httpx.ProxyError):
        return Failure(FailureKind.PROTOCOL, f"proxy-{statuses[-1]}" if statuses else "proxy")
    if isinstance(problem, httpx.RemoteProtocolError):
        # Nonsense is found by the parser, which stands innermost then; a line that is cut off is found by its reader.
        was_cut_off = isinstance(chain[-1], httpcore.RemoteProtocolError)
        return Failure(FailureKind.RESET) if was_cut_off else Failure(FailureKind.PROTOCOL, "http")
    if isinstance(problem, httpx.DecodingError):
        return Failure(FailureKind.PROTOCOL, "http")
    return Failure(FailureKind.OTHER, type(problem).__name__)


def _of_tls(problem: ssl.SSLError) -> Failure:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Failure(FailureKind.CERTIFICATE, str(problem.verify_code))
    if isinstance(problem, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return Failure(FailureKind.RESET, "tls")
    return Failure(FailureKind.PROTOCOL, problem.reason or "tls")


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, outermost first; also where httpcore hides that with "from None"."""
    seen: list[BaseException] = []
    each: Optional[BaseException] = problem
    while each is not None and each not in seen:
        seen.append(each)
        yield each
        each = each.__cause__ or each.__context__
