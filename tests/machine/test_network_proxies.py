"""Requests through a proxy, over TLS: what gets through, what stops there, and who learns what."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

import pytest

from doctor.machine import Certificate, Failure, FailureKind, Response, Trust, certificates
from doctor.machine.certificates import certificate
from doctor.machine.live import Live
from doctor.words import Secret
from tests.servers import PATIENCE_S, Tunnels, Visitors, proxy, raw, serve

if TYPE_CHECKING:
    import trustme
else:
    trustme = pytest.importorskip(
        "trustme", reason="cryptography, which makes the certificates, cannot be loaded here", exc_type=ImportError
    )

KEY = {"Authorization": "Bearer the-key"}
SHORT_S = 0.3


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Example Company", organization_unit_name="Inspection")


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path) -> Trust:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return Trust(tmp_path / "ca.pem")


def tls(authority: trustme.CA, host: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, common_name=host).configure_cert(context)
    return context


@pytest.fixture
def secure_site(authority: trustme.CA) -> Iterator[str]:
    with serve(tls(authority)) as address:
        yield address


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


# --- requests --------------------------------------------------------------------------------------------------------


def test_a_proxy_makes_a_tunnel_and_sees_nothing_of_the_key(machine: Live, secure_site: str, trust: Trust) -> None:
    with proxy() as address:
        answer = machine.request("GET", f"{secure_site}/", KEY, None, PATIENCE_S, Secret(address), trust)
    assert isinstance(answer, Response), answer
    assert json.loads(answer.body)["headers"]["authorization"] == "Bearer the-key"
    assert len(Tunnels.heads) == 1
    assert "the-key" not in Tunnels.heads[0]


@pytest.mark.parametrize("login", ["someone:secret", "someone:p%40ss%2Fword"])
def test_a_proxy_that_knows_the_login(machine: Live, secure_site: str, trust: Trust, login: str) -> None:
    plain = login.replace("%40", "@").replace("%2F", "/")
    with proxy(plain) as address:
        own = Secret(address.replace("//", f"//{login}@"))
        answer = machine.request("GET", f"{secure_site}/", KEY, None, PATIENCE_S, own, trust)
        assert isinstance(answer, Response), answer
        assert "proxy-authorization" not in json.loads(answer.body)["headers"]


@pytest.mark.parametrize("login", ["", "someone:wrong@"])
def test_a_proxy_that_wants_another_login(machine: Live, secure_site: str, trust: Trust, login: str) -> None:
    with proxy("someone:secret") as address:
        own = Secret(address.replace("//", f"//{login}"))
        assert machine.request("GET", f"{secure_site}/", KEY, None, PATIENCE_S, own, trust) == Failure(
            FailureKind.PROTOCOL, "proxy-407"
        )
    assert Visitors.seen == []


def test_a_proxy_that_does_not_let_this_host_through(machine: Live, secure_site: str, trust: Trust) -> None:
    with proxy(is_strict=True) as address:
        answer = machine.request("GET", f"{secure_site}/", KEY, None, PATIENCE_S, Secret(address), trust)
        assert answer == Failure(FailureKind.PROTOCOL, "proxy-403")
        shown = machine.certificate("127.0.0.1", port_of(secure_site), PATIENCE_S, Secret(address))
        assert shown == answer
    assert Visitors.seen == []


def test_a_proxy_that_is_no_proxy(machine: Live, secure_site: str, trust: Trust) -> None:
    with raw(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")) as host:
        answer = machine.request("GET", f"{secure_site}/", KEY, None, PATIENCE_S, Secret(f"http://{host}"), trust)
        assert answer == Failure(FailureKind.PROTOCOL, "http")


def test_a_proxy_that_says_nothing_costs_the_time_and_no_more(machine: Live, secure_site: str, trust: Trust) -> None:
    release = threading.Event()
    with raw(lambda connection: release.wait(PATIENCE_S)) as host:
        own = Secret(f"http://{host}")
        answer = machine.request("GET", f"{secure_site}/", KEY, None, SHORT_S, own, trust)
        assert answer == Failure(FailureKind.TIMED_OUT)
        assert machine.certificate("127.0.0.1", port_of(secure_site), SHORT_S, own) == answer
        release.set()


def test_tls_to_a_proxy_that_speaks_plain(machine: Live, secure_site: str, trust: Trust) -> None:
    """HTTPS_PROXY=https://… is the usual mistake; OpenSSL up to 3.1 and later ones have names of their own for it."""
    with proxy() as address:
        own = Secret(address.replace("http:", "https:"))
        answer = machine.request("GET", f"{secure_site}/", KEY, None, PATIENCE_S, own, trust)
    assert isinstance(answer, Failure)
    assert answer.kind in (FailureKind.PROTOCOL, FailureKind.RESET)
    assert Tunnels.heads == []


def test_plain_http_goes_to_the_proxy_as_a_whole(machine: Live) -> None:
    with serve() as address:  # it answers as if it were the host
        answer = machine.request("GET", "http://api.example.org/v1/models", KEY, None, PATIENCE_S, Secret(address))
    assert isinstance(answer, Response), answer
    assert json.loads(answer.body)["path"] == "http://api.example.org/v1/models"


# --- who shows which certificate -------------------------------------------------------------------------------------


def test_the_certificate_of_a_company_in_between(machine: Live, secure_site: str, authority: trustme.CA) -> None:
    shown = machine.certificate("127.0.0.1", port_of(secure_site), PATIENCE_S)
    assert isinstance(shown, Certificate), shown
    assert shown.subject.startswith("127.0.0.1")
    assert shown.issuer == "Example Company"
    assert shown.not_before < datetime.now(timezone.utc) < shown.not_after
    assert not shown.is_trusted_by_system
    assert Visitors.seen == []  # nothing was asked over that connection


@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "tls"])
def test_the_certificate_behind_a_proxy(
    machine: Live, secure_site: str, authority: trustme.CA, is_secure: bool
) -> None:
    """Through a proxy that is spoken to by TLS it is the second one of the same line."""
    context = tls(authority, "localhost") if is_secure else None
    with proxy("someone:secret", context=context) as address:
        own = Secret(address.replace("//", "//someone:secret@"))
        shown = machine.certificate("127.0.0.1", port_of(secure_site), PATIENCE_S, own)
    if is_secure:  # nobody believes it, and httpx gives a proxy no other list than certifi's
        assert shown == Failure(FailureKind.CERTIFICATE, "20")
    else:
        assert isinstance(shown, Certificate), shown
        assert shown.subject.startswith("127.0.0.1")
    assert Visitors.seen == []


def test_through_a_proxy_with_tls_it_is_the_second_certificate_of_the_line(
    machine: Live, secure_site: str, trust: Trust, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certifi.where", lambda: str(trust.file))  # so the proxy's own is believed
    with proxy(context=tls(authority, "127.0.0.1")) as address, serve(tls(authority, "api.example.org")) as site:
        shown = machine.certificate("127.0.0.1", port_of(site), PATIENCE_S, Secret(address))
    assert isinstance(shown, Certificate), shown
    assert shown.subject.startswith("api.example.org")


@pytest.mark.parametrize("host", ["127.0.0.1", "login.hotel.example"])
def test_a_certificate_that_the_system_knows(authority: trustme.CA, trust: Trust, host: str) -> None:
    """Whether its name fits the host is not what is asked."""

    def system() -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(trust.file))
        context.check_hostname = False
        return context

    with serve(tls(authority, host)) as site:
        shown = certificate("127.0.0.1", port_of(site), PATIENCE_S, None, system)
    assert isinstance(shown, Certificate)
    assert shown.subject.startswith(host)
    assert shown.is_trusted_by_system


def test_what_a_variable_believes_is_not_what_the_system_believes(
    machine: Live, secure_site: str, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform == "win32":
        pytest.skip("there OpenSSL adds the variable's list to the system's, and tells nobody which of them knew")
    monkeypatch.setenv("SSL_CERT_FILE", str(trust.file))
    shown = machine.certificate("127.0.0.1", port_of(secure_site), PATIENCE_S)
    assert isinstance(shown, Certificate)
    assert not shown.is_trusted_by_system


def test_the_system_believes_somebody() -> None:
    """Else every certificate would be unknown to it. In a container without any list there is nothing to find."""
    believed = certificates.of_the_system().cert_store_stats()["x509_ca"]
    assert believed > 0 or not any(Path(each).exists() for each in certificates.LISTS)


def test_a_server_without_tls_shows_no_certificate(machine: Live) -> None:
    with serve() as site:
        shown = machine.certificate("127.0.0.1", port_of(site), PATIENCE_S)
    assert isinstance(shown, Failure)
    assert shown.kind is FailureKind.PROTOCOL
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert machine.certificate("127.0.0.1", port, PATIENCE_S).kind is FailureKind.REFUSED  # type: ignore[union-attr]


@pytest.mark.parametrize("host", ["", "a b", "a..b", "x" * 70, "[", "a/b", "a@b", "\udce9", "a\0b"])
@pytest.mark.parametrize("port", [443, -1, 65536, 2**70])
def test_what_is_no_host_shows_no_certificate(machine: Live, host: str, port: int) -> None:
    if host and port == 443:
        return  # a resolver might be asked
    assert isinstance(machine.certificate(host, port, PATIENCE_S), Failure)


# --- a key stays where it was sent ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_does_not_take_the_key_along(machine: Live, status: int) -> None:
    with serve() as elsewhere:
        target = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere}/never\r\nContent-Length: 0\r\n\r\n".encode()
        with raw(lambda connection: connection.sendall(target)) as host:
            for header in ("Authorization", "x-api-key", "api-key"):
                answer = machine.request("GET", f"http://{host}/v1/models", {header: "the-key"}, None, PATIENCE_S)
                assert isinstance(answer, Response)
                assert answer.status == status
        assert Visitors.seen == []


def test_plain_http_to_a_port_with_tls(machine: Live, secure_site: str) -> None:
    answer = machine.request("GET", secure_site.replace("https", "http"), timeout_s=PATIENCE_S)
    assert isinstance(answer, Failure)
    assert answer.kind in (FailureKind.PROTOCOL, FailureKind.RESET)
