"""Certificates are read without believing them: odd ones, broken ones, and bytes that are none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctor.machine import Certificate, Failure
from doctor.machine.certificates import LONGEST_NAME, UNREADABLE, read

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
else:
    reason = "cryptography, which makes the certificates, cannot be loaded here"
    x509 = pytest.importorskip("cryptography.x509", reason=reason, exc_type=ImportError)
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

CN, ORG, UNIT = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME
LAND = NameOID.COUNTRY_NAME
FIRST, LAST = dt.datetime(2026, 1, 1), dt.datetime(2049, 12, 31, 23, 59, 59)
Parts = list[tuple[Any, str]]


def made(issuer: Parts, subject: Optional[Parts] = None, first: dt.datetime = FIRST, last: dt.datetime = LAST) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    signer, owner = (x509.Name([x509.NameAttribute(*part) for part in parts]) for parts in (issuer, subject or issuer))
    builder = x509.CertificateBuilder(signer, owner, key.public_key(), 1, first, last)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ([(LAND, "US"), (ORG, "Let's Encrypt"), (CN, "R11")], "R11, Let's Encrypt"),
        ([(CN, "Zscaler Intermediate Root CA"), (ORG, "Zscaler Inc."), (UNIT, "Zscaler Inc.")],
         "Zscaler Intermediate Root CA, Zscaler Inc."),
        ([(CN, "FortiGate"), (ORG, "FortiGate")], "FortiGate"),
        ([(UNIT, "Network"), (LAND, "DE")], "Network"),
        ([(CN, "one"), (CN, "two")], "one"),
        ([(CN, "Пример\t ООО"), (ORG, "例え")], "Пример ООО, 例え"),
        ([(LAND, "DE")], ""),
        ([], ""),
        ([(CN, "x" * 64), (ORG, "y" * 64)], "x" * 64 + ", " + "y" * 64),
    ],
)  # fmt: skip
def test_who_signed_it(issuer: Parts, said: str) -> None:
    found = read(made(issuer, [(CN, "api.example.com")]))
    assert isinstance(found, Certificate)
    assert (found.issuer, found.subject) == (said, "api.example.com")
    assert len(found.issuer) <= LONGEST_NAME
    assert found.not_before == FIRST.replace(tzinfo=dt.timezone.utc)
    assert found.not_after == LAST.replace(tzinfo=dt.timezone.utc)


def test_one_that_counts_for_ever() -> None:
    found = read(made([(CN, "x")], last=dt.datetime(9999, 12, 31, 23, 59, 59)))
    assert isinstance(found, Certificate)
    assert found.not_after.year == 9999


WHOLE = made([(CN, "Example"), (ORG, "Example Inc.")])


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate(data: bytes) -> None:
    assert read(data) == UNREADABLE


@settings(max_examples=150)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(1, len(WHOLE)))
def test_one_that_was_tampered_with_is_read_or_not_and_never_raises(place: int, byte: int, length: int) -> None:
    data = bytearray(WHOLE)
    data[place] = byte
    for each in (bytes(data), bytes(data[:length]), bytes(data) + b"\0" * (length % 7)):
        found = read(each)
        assert isinstance(found, (Certificate, Failure))
        if isinstance(found, Certificate):
            assert found.not_before.tzinfo is dt.timezone.utc
            assert len(found.subject) <= LONGEST_NAME


@pytest.mark.parametrize("depth", [50, 2000, 20_000])
def test_one_that_is_nested_without_end(depth: int) -> None:
    data = b""
    for _ in range(depth):
        size = len(data)
        data = b"\x30" + (bytes([size]) if size < 128 else b"\x83" + size.to_bytes(3, "big")) + data
    assert read(data) == UNREADABLE
