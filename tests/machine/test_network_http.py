"""Requests to servers of the test: friendly, endless, silent and rude ones."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import ExitStack
from typing import Iterator, Union

import httpx
import pytest

from doctor.machine import Failure, FailureKind, Response
from doctor.machine.live import Live
from doctor.machine.web import why_not
from doctor.words import Secret
from tests.servers import BODY_LIMIT, PATIENCE_S, Visitors, raw, serve

SHORT_S = 0.3
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live(user_agent="example/1.0")


@pytest.fixture
def site() -> Iterator[str]:
    with serve() as address:
        yield address


def kind(answer: object) -> object:
    return answer.kind if isinstance(answer, Failure) else answer


def response(answer: Union[Response, Failure]) -> Response:
    assert isinstance(answer, Response), answer
    return answer


# --- what is sent, and what comes back ---------------------------------------------------------------------------


def test_a_request_is_sent_as_it_was_given(machine: Live, site: str) -> None:
    headers = {"Authorization": "Bearer x", "User-Agent": "mine"}
    answer = response(machine.request("POST", f"{site}/v1?a=b", headers, b'{"q": 1}', PATIENCE_S))
    told = json.loads(answer.body)
    assert answer.status == 200
    assert answer.headers["x-request-id"] == "A1"
    assert (told["method"], told["path"], told["body"]) == ("POST", "/v1?a=b", '{"q": 1}')
    assert told["headers"]["authorization"] == "Bearer x"
    assert told["headers"]["user-agent"] == "mine"
    assert told["headers"]["accept-encoding"] == "identity"
    assert "cookie" not in told["headers"]


def test_it_says_who_asks(machine: Live, site: str) -> None:
    told = json.loads(response(machine.request("GET", f"{site}/", timeout_s=PATIENCE_S)).body)
    assert told["headers"]["user-agent"] == "example/1.0"


def test_a_refusal_is_an_answer(machine: Live, site: str) -> None:
    answer = response(machine.request("GET", f"{site}/denied", timeout_s=PATIENCE_S))
    assert (answer.status, answer.body) == (401, b'{"error": {"code": "invalid_api_key"}}')


def test_a_redirect_is_told_and_not_followed(machine: Live, site: str) -> None:
    answer = response(machine.request("GET", f"{site}/moved", {"Authorization": "Bearer x"}, timeout_s=PATIENCE_S))
    assert (answer.status, answer.headers["location"]) == (302, "/never")
    assert Visitors.seen == ["/moved"]


# --- too much, too slow ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "is_cut"), [("exactly", False), ("one-more", True), ("endless", True), ("packed", True)]
)
def test_no_more_than_a_few_kilobytes_are_taken(machine: Live, site: str, page: str, is_cut: bool) -> None:
    answer = response(machine.request("GET", f"{site}/{page}", timeout_s=PATIENCE_S))
    assert (len(answer.body), answer.is_cut) == (BODY_LIMIT, is_cut)


@pytest.mark.parametrize("page", ["stalling", "dripping"])
def test_the_time_limit_is_for_the_whole_answer(machine: Live, site: str, page: str) -> None:
    assert machine.request("GET", f"{site}/{page}", timeout_s=SHORT_S) == Failure(FailureKind.TIMED_OUT)


def test_a_server_that_says_nothing(machine: Live) -> None:
    release = threading.Event()
    with raw(lambda connection: release.wait(PATIENCE_S)) as host:
        assert machine.request("GET", f"http://{host}/", timeout_s=SHORT_S) == Failure(FailureKind.TIMED_OUT)
        release.set()


def test_headers_that_never_end(machine: Live) -> None:
    """Each piece comes in time, so no limit of a single read would ever be reached."""
    release = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not release.wait(0.02):
            connection.sendall(b"x")

    with raw(drip) as host:
        assert machine.request("GET", f"http://{host}/", timeout_s=SHORT_S) == Failure(FailureKind.TIMED_OUT)
        release.set()


# --- rude servers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (b"", Failure(FailureKind.RESET)),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Failure(FailureKind.PROTOCOL, "http")),
        (b"HTTP/1.1 banana\r\n\r\n", Failure(FailureKind.PROTOCOL, "http")),
        (b"\x15\x03\x01\x00\x02\x02\x46", Failure(FailureKind.PROTOCOL, "http")),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            Failure(FailureKind.PROTOCOL, "http"),
        ),
    ],
)
def test_what_is_no_answer(machine: Live, said: bytes, failure: Failure) -> None:
    with raw(lambda connection: connection.sendall(said)) as host:
        assert machine.request("GET", f"http://{host}/", timeout_s=PATIENCE_S) == failure


def test_an_answer_that_breaks_off_is_none(machine: Live, site: str) -> None:
    assert kind(machine.request("GET", f"{site}/breaking-off", timeout_s=PATIENCE_S)) is FailureKind.RESET


def test_nobody_listens(machine: Live, site: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    answer = machine.request("GET", f"http://127.0.0.1:{port}/", timeout_s=PATIENCE_S)
    assert kind(answer) is FailureKind.REFUSED


# --- what cannot be sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8080/v1", "/v1", "http://", "ftp://localhost/", "http://[::1", "http://a b/", "http://x:port/"],
)
def test_what_is_no_address_of_a_page(machine: Live, url: str) -> None:
    assert isinstance(machine.request("GET", url, timeout_s=PATIENCE_S), Failure)


@pytest.mark.parametrize("value", ["two\nlines", "carriage\r", "nul\0", "“quoted”", "\udce9", " leading"])
def test_a_key_that_no_header_can_hold_does_not_get_out(machine: Live, site: str, value: str) -> None:
    headers = {"Authorization": f"Bearer {value}"}
    answer = machine.request("GET", f"{site}/", headers, timeout_s=PATIENCE_S)
    if value != " leading":
        assert isinstance(answer, Failure)
        assert value not in repr(answer)
        assert Visitors.seen == []


# --- proxies -----------------------------------------------------------------------------------------------------


def test_a_dead_proxy_is_what_refuses(machine: Live, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        dead = f"http://127.0.0.1:{server.getsockname()[1]}"
    assert kind(machine.request("GET", f"{site}/", timeout_s=PATIENCE_S, proxy=Secret(dead))) is FailureKind.REFUSED
    for name in VARIABLES:
        monkeypatch.setenv(name, dead)
    assert response(machine.request("GET", f"{site}/", timeout_s=PATIENCE_S)).status == 200


def test_a_proxy_that_wants_a_password(machine: Live, site: str) -> None:
    answer = machine.request("GET", "https://api.example.org/", timeout_s=PATIENCE_S, proxy=Secret(site))
    assert answer == Failure(FailureKind.PROTOCOL, "proxy-407")


@pytest.mark.parametrize(
    ("proxy", "detail"),
    [
        *((text, "proxy-url") for text in ("no-scheme:8080", "gopher://127.0.0.1:70", "::", "", "http://")),
        *((text, "proxy-url") for text in ("http://127.0.0.1:port", "http://\udce9:80", "http://a\nb", "x" * 70_000)),
        *((f"{scheme}://127.0.0.1:1080", "proxy-socks") for scheme in ("socks5", "socks5h")),
        ("socks4://127.0.0.1:1080", "proxy-url"),
    ],
)
def test_a_proxy_that_is_none(machine: Live, site: str, proxy: str, detail: str) -> None:
    answer = machine.request("GET", f"{site}/", timeout_s=PATIENCE_S, proxy=Secret(proxy))
    assert answer == Failure(FailureKind.UNSUPPORTED, detail)
    assert machine.certificate("127.0.0.1", 443, PATIENCE_S, Secret(proxy)) == answer
    assert Visitors.seen == []


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python knows no IPv6")
def test_an_ipv6_that_leads_nowhere_holds_nobody_up(machine: Live, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name stands for a server that takes no connection any more, and for one that answers."""
    port = int(site.rpartition(":")[2])
    with ExitStack() as open_ones:
        try:
            full = open_ones.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6, backlog=0))
        except OSError:
            pytest.skip("this machine has no IPv6 of its own")
        full.listen(0)
        for _ in range(4):
            visitor = open_ones.enter_context(socket.socket(socket.AF_INET6))
            visitor.setblocking(False)
            visitor.connect_ex(("::1", port))
        places = [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: places)
        answer = machine.request("GET", f"http://both.example.com:{port}/echo", timeout_s=5.0)
    assert isinstance(answer, Response) and answer.status == 200


@pytest.mark.parametrize("problem", [socket.timeout("timed out"), TimeoutError(), httpx.ReadTimeout("")])
def test_whoever_notices_first_that_the_time_is_up(problem: Exception) -> None:
    """The line, the handshake and the whole request each have a clock; the error of a socket was another one once."""
    above = httpx.ConnectTimeout("")
    above.__cause__ = problem
    assert why_not(above, []) == why_not(problem, []) == Failure(FailureKind.TIMED_OUT)
