"""What a TLS server shows of itself: who it says it is, who signed that, and from when till when it counts.

It is read without believing it, so that a report can name whoever stands between a person and a provider.
"""

from __future__ import annotations

import os
import ssl
import sys
from contextlib import suppress
from datetime import datetime, timezone
from time import monotonic
from typing import Any, Callable, Mapping, Optional, Union

import httpx

from doctor.machine import Certificate, Failure, FailureKind, in_parallel
from doctor.machine.network import within
from doctor.machine.web import client_for, proxy_of, why_not
from doctor.words import Secret

LONGEST_NAME = 200
LISTS = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine
)
"""Where systems keep the authorities that they believe; a Python may have been built for another one."""
UNREADABLE = Failure(FailureKind.PROTOCOL, "certificate")


Trusting = Callable[[], ssl.SSLContext]


def certificate(
    host: str, port: int, timeout_s: float, proxy: Optional[Secret], system: Optional[Trusting] = None
) -> Union[Certificate, Failure]:
    """Two handshakes side by side: one that believes everybody, and one that believes whom the system believes."""
    deadline = monotonic() + timeout_s

    def shown() -> Union[bytes, Failure]:
        return _handshake(host, port, deadline, proxy, _believing_everybody())

    def is_trusted() -> Union[bytes, Failure]:
        return _handshake(host, port, deadline, proxy, (system or of_the_system)())

    def ask() -> list[Union[bytes, Failure]]:
        return in_parallel(shown, is_trusted)

    answers = within(timeout_s, ask)
    if isinstance(answers, Failure):
        return answers
    data, trusted = answers
    if isinstance(data, Failure):
        return data
    found = read(data)
    return found if isinstance(found, Failure) else found._replace(is_trusted_by_system=trusted == data)


class _Enough(Exception):
    """The handshake is done; the request that stood behind it is not sent."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


def _handshake(
    host: str, port: int, deadline: float, proxy: Optional[Secret], context: ssl.SSLContext
) -> Union[bytes, Failure]:
    """The server's certificate in DER, as it comes in the handshake. The request that would follow is never sent."""
    statuses: list[int] = []
    through = None if proxy is None else proxy_of(proxy)
    if isinstance(through, Failure):
        return through
    left_s = max(0.001, deadline - monotonic())
    before = [1] if through and through.url.scheme == "https" else []  # handshakes with somebody else
    try:
        url = httpx.URL(scheme="https", host=host, port=port, path="/")
        with client_for(url, through, context, left_s) as client:
            client.send(client.build_request("HEAD", url, extensions={"trace": _stop_after_it(statuses, before)}))
    except _Enough as enough:
        return enough.data
    except Exception as problem:  # noqa: BLE001 - a strange host, proxy or server makes any kind of error
        return why_not(problem, statuses)
    return UNREADABLE


def _stop_after_it(statuses: list[int], before: list[int]) -> Any:
    def note(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("receive_response_headers.complete"):
            statuses.append(info["return_value"][1])
        if event.endswith("start_tls.complete") and not (before and before.pop()):
            stream = info["return_value"]
            data = stream.get_extra_info("ssl_object").getpeercert(True)
            stream.close()
            raise _Enough(data or b"")

    return note


def _believing_everybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def of_the_system() -> ssl.SSLContext:
    """Whatever SSL_CERT_FILE says: OpenSSL would take that for the system's list."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    if sys.platform == "win32":
        context.load_default_certs()
        return context
    usual = ssl.get_default_verify_paths()
    for file in (usual.openssl_cafile, *LISTS):
        if os.path.isfile(file):
            with suppress(OSError):  # it may not be read, or is no list
                context.load_verify_locations(cafile=file)
    if os.path.isdir(usual.openssl_capath):
        context.load_verify_locations(capath=usual.openssl_capath)
    return context


# --- reading it ---------------------------------------------------------------------------------------------------


def read(data: bytes) -> Union[Certificate, Failure]:
    """A certificate in DER. Whoever stands in between may have made anything of it, so nothing of it is relied on."""
    from asn1crypto import x509  # type: ignore[import-untyped]

    try:
        told = x509.Certificate.load(data)
        subject, issuer = _name(told.subject.native), _name(told.issuer.native)
        first, last = told.not_valid_before, told.not_valid_after
        if isinstance(first, datetime) and isinstance(last, datetime):
            return Certificate(subject, issuer, first.astimezone(timezone.utc), last.astimezone(timezone.utc))
    except Exception:  # noqa: BLE001 - bytes that are no certificate make any kind of error in a parser of ASN.1
        return UNREADABLE
    return UNREADABLE  # a year that datetime does not know


def _name(parts: Mapping[str, Any]) -> str:
    """ "R11, Let's Encrypt": the common name and the organization, or its unit; "" where there is none of them."""
    told = [_text(parts.get(kind)) for kind in ("common_name", "organization_name")]
    if not any(told):
        told = [_text(parts.get("organizational_unit_name"))]
    return ", ".join(dict.fromkeys(each for each in told if each))[:LONGEST_NAME]


def _text(value: Any) -> str:
    """One value; several under one name are a list."""
    first = value[0] if isinstance(value, list) and value else value
    return " ".join(first.split()) if isinstance(first, str) else ""
