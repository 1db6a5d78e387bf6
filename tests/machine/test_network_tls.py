"""Requests over TLS: what is believed, and why something is not."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, Optional

import pytest

from doctor.machine import Failure, FailureKind, Response, Trust
from doctor.machine.live import Live
from tests.servers import PATIENCE_S, Visitors, raw, serve

if TYPE_CHECKING:
    import trustme
else:
    trustme = pytest.importorskip(
        "trustme", reason="cryptography, which makes the certificates, cannot be loaded here", exc_type=ImportError
    )


@pytest.fixture(autouse=True)
def a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live()


@pytest.fixture
def site() -> Iterator[str]:
    with serve() as address:
        yield address


def kind(answer: object) -> object:
    return answer.kind if isinstance(answer, Failure) else answer


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def secure_site(authority: trustme.CA) -> Iterator[str]:
    with serve(tls(authority.issue_cert("127.0.0.1"))) as address:
        yield address


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path) -> Trust:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return Trust(tmp_path / "ca.pem")


def test_a_certificate_of_somebody_unknown(machine: Live, secure_site: str) -> None:
    answer = machine.request("GET", f"{secure_site}/", {"Authorization": "Bearer x"}, timeout_s=PATIENCE_S)
    assert answer == Failure(FailureKind.CERTIFICATE, "20")  # X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    assert Visitors.seen == []


def test_the_list_of_the_company_is_believed(machine: Live, secure_site: str, trust: Trust) -> None:
    answer = machine.request("GET", f"{secure_site}/", timeout_s=PATIENCE_S, trust=trust)
    assert isinstance(answer, Response)
    assert answer.status == 200


def test_what_the_environment_trusts_is_nothing_to_the_machine(
    machine: Live, secure_site: str, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trust.file))
    answer = machine.request("GET", f"{secure_site}/", timeout_s=PATIENCE_S)
    assert answer == Failure(FailureKind.CERTIFICATE, "20")


@pytest.mark.parametrize(
    ("host", "asked", "code"),
    [
        ("example.org", "127.0.0.1", "64"),  # X509_V_ERR_IP_ADDRESS_MISMATCH
        ("example.org", "localhost", "62"),  # X509_V_ERR_HOSTNAME_MISMATCH
    ],
)
def test_a_certificate_for_another_host(
    machine: Live, authority: trustme.CA, trust: Trust, host: str, asked: str, code: str
) -> None:
    with serve(tls(authority.issue_cert(host))) as site:
        answer = machine.request("GET", site.replace("127.0.0.1", asked), timeout_s=PATIENCE_S, trust=trust)
        assert answer == Failure(FailureKind.CERTIFICATE, code)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ((-9, -1), "10"),  # X509_V_ERR_CERT_HAS_EXPIRED
        ((1, 9), "9"),  # X509_V_ERR_CERT_NOT_YET_VALID
    ],
)
def test_a_certificate_of_another_time(
    machine: Live, authority: trustme.CA, trust: Trust, days: tuple[int, int], code: str
) -> None:
    first, last = (datetime.now(timezone.utc) + timedelta(days=each) for each in days)
    with serve(tls(authority.issue_cert("127.0.0.1", not_before=first, not_after=last))) as site:
        answer = machine.request("GET", f"{site}/", timeout_s=PATIENCE_S, trust=trust)
        assert answer == Failure(FailureKind.CERTIFICATE, code)


@pytest.mark.parametrize("content", [None, "no certificate at all"])
def test_a_list_of_certificates_that_cannot_be_used(
    machine: Live, site: str, tmp_path: Path, content: Optional[str]
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    answer = machine.request("GET", f"{site}/", timeout_s=PATIENCE_S, trust=Trust(tmp_path / "ca.pem"))
    assert answer == Failure(FailureKind.CERTIFICATE, "bundle")


def test_tls_to_a_server_without(machine: Live, site: str) -> None:
    answer = machine.request("GET", site.replace("http", "https"), timeout_s=PATIENCE_S)
    assert kind(answer) is FailureKind.PROTOCOL


def test_a_server_that_hangs_up_in_the_handshake(machine: Live) -> None:
    with raw(lambda connection: None) as host:
        assert kind(machine.request("GET", f"https://{host}/", timeout_s=PATIENCE_S)) is FailureKind.RESET
