"""Requests over TLS: what is believed, and why something is not."""

from __future__ import annotations

import ipaddress
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
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
else:
    trustme = pytest.importorskip(
        "trustme", reason="cryptography, which makes the certificates, cannot be loaded here", exc_type=ImportError
    )
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID


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


@pytest.mark.parametrize(("is_strict", "code"), [(False, ""), (True, "89")])
def test_an_authority_that_is_not_made_by_the_letter(
    machine: Live, tmp_path: Path, is_strict: bool, code: str
) -> None:
    """Python believes it up to 3.12, and what is told must hold for AutoGPT's Python, not for the doctor's."""
    bundle, chain = lax_authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with serve(context) as site:
        answer = machine.request("GET", f"{site}/", timeout_s=PATIENCE_S, trust=Trust(bundle, None, is_strict))
    # X509_V_ERR_CA_BCONS_NOT_CRITICAL
    assert (answer.detail if isinstance(answer, Failure) else "") == code


def lax_authority(folder: Path) -> tuple[Path, Path]:
    """The certificate of an authority whose basic constraints are not critical; one for 127.0.0.1, with its key."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Company", "127.0.0.1")]
    now = datetime.now(timezone.utc)
    whose = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key())
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = []
    for number in range(2):
        builder = x509.CertificateBuilder(names[0], names[number], keys[number].public_key(), number + 1)
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        own = x509.SubjectKeyIdentifier.from_public_key(keys[number].public_key())
        builder = builder.add_extension(own, False).add_extension(whose, False)
        builder = builder.add_extension(x509.BasicConstraints(number == 0, None), False)
        builder = builder.add_extension(host, False) if number else builder
        made.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "lax.pem").write_bytes(made[0])
    (folder / "chain.pem").write_bytes(made[1] + keys[1].private_bytes(*form))
    return folder / "lax.pem", folder / "chain.pem"


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
