"""On which rung a request failed: clock, proxy, name, line, certificate, or what came back.

Judged by kinds, numbers and types of failures, and never by their texts. The code that is found here is the code of the
finding, so whatever could not be asked is folded under the right one.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Iterable, Optional, Sequence, Union

from checks.network_seen import Around, Reach
from doctor.machine import Addresses, Certificate, Connected, Failure, FailureKind, Response

if TYPE_CHECKING:  # nothing of it is needed at run time
    from checks.proxies import Proxy

CLOCK_LIMIT_S = 300.0
"""A clock that is this far off is wrong: programs that check the time allow five minutes."""
_MOST_SECONDS = 10.0**10


PROXY_FAULTS = {
    "socks": "network.proxy-socks",
    "scheme": "network.proxy-scheme",
    "url": "network.proxy-scheme",
    "exceptions": "network.proxy-exceptions",
}


def troubles(reaches: Sequence[Reach], around: Around) -> tuple[str, ...]:
    """For each the code of the finding that explains why the provider gave no answer, "" where it did."""
    return tuple(_trouble(each, reaches, around) for each in reaches)


def _trouble(reach: Reach, reaches: Sequence[Reach], around: Around) -> str:
    if reach.proxy is not None and reach.endpoint.is_local and reach.is_odd and isinstance(reach.direct, Connected):
        return "network.proxy-in-the-way"
    if isinstance(reach.answer, Response):
        return _of_response(reach, reach.answer, reaches)
    if around.proxy_fault is not None:
        return PROXY_FAULTS[around.proxy_fault.kind]
    if around.trust_fault is not None:
        return "network.tls-settings"
    if reach.answer.kind is FailureKind.UNSUPPORTED:
        return "network.proxy-not-asked" if reach.proxy is not None else "network.unknown"
    if reach.answer == Failure(FailureKind.CERTIFICATE, "bundle"):
        return "network.tls-settings"
    if reach.proxy is not None:
        code = _of_proxy(reach, reach.answer, reach.proxy)
        if code:
            return code
    if reach.answer.kind is FailureKind.CERTIFICATE:
        return _of_certificate(reach, reach.answer.detail, reaches, around)
    if reach.answer.kind is FailureKind.PROTOCOL:
        return _PROTOCOLS.get(reach.answer.detail, "network.tls-protocol")
    return _of_line(reach, reach.answer, reaches, around)


_PROTOCOLS = {"WRONG_VERSION_NUMBER": "network.plain", "http": "network.not-http"}


def is_official(reach: Reach) -> bool:
    """Whether this is a host of the provider itself, also where a setting names it."""
    return reach.endpoint.is_official or reach.endpoint.host.lower() in _OFFICIAL


_OFFICIAL = ("api.openai.com", "api.anthropic.com", "api.groq.com")


# --- something answers ----------------------------------------------------------------------------------------------


def _of_response(reach: Reach, response: Response, reaches: Sequence[Reach]) -> str:
    if response.status == 511:
        return "network.captive"
    if response.status == 407 and reach.proxy is not None:
        return "network.proxy-auth"
    if not is_official(reach) or not is_of_portal(response, reach.endpoint.host):
        return ""
    alike = [
        each.endpoint.host
        for each in reaches
        if isinstance(each.answer, Response) and is_official(each) and is_of_portal(each.answer, each.endpoint.host)
    ]
    return "network.captive" if are_unrelated(alike) else ""


def is_of_portal(response: Response, host: str) -> bool:
    """Whether this may be the page of somebody who stands in between: a page for people, or the way to one."""
    if response.status == 511:
        return True
    if 300 <= response.status < 400:
        from urllib.parse import urlsplit

        try:
            target = urlsplit(response.headers.get("location", "")).hostname or ""
        except ValueError:
            return False
        return bool(target) and _domain(target) != _domain(host)
    return response.status == 200 and response.headers.get("content-type", "").lower().startswith("text/html")


def is_portal(around: Around) -> bool:
    """Whether somebody answers in the place of the page that has nothing to say."""
    return isinstance(around.neutral, Response) and is_of_portal(around.neutral, "cloudflare.com")


def are_unrelated(hosts: Iterable[str]) -> bool:
    """Whether these are hosts of at least two owners."""
    return len({_domain(host) for host in hosts}) > 1


def _domain(host: str) -> str:
    """ "openai.com" of "api.openai.com"; an address as it is."""
    labels = host.lower().rstrip(".").split(".")
    return host if labels[-1].isdigit() or ":" in host else ".".join(labels[-2:])


# --- the proxy ------------------------------------------------------------------------------------------------------


def _of_proxy(reach: Reach, failure: Failure, proxy: Proxy) -> str:
    if failure.kind is FailureKind.PROTOCOL and failure.detail.startswith("proxy"):
        if failure.detail == "proxy-407":
            return "network.proxy-auth"
        return "network.proxy-refused" if failure.detail.startswith("proxy-4") else "network.proxy-gateway"
    if isinstance(reach.connected, Failure) or isinstance(reach.resolved, Failure):
        return "network.proxy-dead"
    if failure.kind in (FailureKind.ABSENT, FailureKind.UNREACHABLE, FailureKind.REFUSED):
        return "network.proxy-dead"  # whose name it is: the host's own name is the proxy's to look up
    may_be_plain = failure.kind is FailureKind.RESET or failure.detail == "WRONG_VERSION_NUMBER"
    if proxy.scheme == "https" and may_be_plain and not isinstance(reach.proxy_certificate, Certificate):
        return "network.proxy-scheme"
    return ""


# --- the certificate and the clock ----------------------------------------------------------------------------------

NOT_YET, NO_MORE = "9", "10"
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""
OTHER_NAME = ("62", "64")
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


def _of_certificate(reach: Reach, number: str, reaches: Sequence[Reach], around: Around) -> str:
    shown = reach.certificate
    is_companys = isinstance(shown, Certificate) and shown.is_trusted_by_system and number not in OTHER_NAME
    if _is_captive(reach, reaches, around) and not is_companys:
        return "network.captive"
    if is_redirected(reach):
        return "network.name-redirected"
    if number in (NOT_YET, NO_MORE):
        return "network.clock" if _is_of_clock(reach, number, reaches, around) else "network.tls-expired"
    return "network.tls-host" if number in OTHER_NAME else "network.tls-untrusted"


def _is_of_clock(reach: Reach, number: str, reaches: Sequence[Reach], around: Around) -> bool:
    """By the time that somebody tells; where nobody does, by what cannot be otherwise."""
    ahead = clock_ahead_s(reaches, around)
    if ahead is not None:
        return ahead < -CLOCK_LIMIT_S if number == NOT_YET else ahead > CLOCK_LIMIT_S
    if reach.endpoint.is_local:
        return False
    alike = [each.endpoint.host for each in reaches if each.failure == Failure(FailureKind.CERTIFICATE, number)]
    return are_unrelated(alike) or (number == NOT_YET and is_official(reach))


def clock_ahead_s(reaches: Sequence[Reach], around: Around) -> Optional[float]:
    """How many seconds this machine's clock is ahead of what others say (behind: below 0), None when nobody says it.

    Of several the one that agrees most counts: somebody else's clock may be the wrong one.
    """
    told = [
        _ahead_s(each.answer, each.answered_at)
        for each in reaches
        if isinstance(each.answer, Response) and not each.endpoint.is_local
    ]
    if around.plain_at is not None and not is_portal(around):
        told += [_ahead_s(each, around.plain_at) for each in (around.neutral, around.plain)]
    return min((each for each in told if each is not None), key=abs, default=None)


def _ahead_s(answer: Union[Response, Failure, None], now: datetime) -> Optional[float]:
    """By the header Date (RFC 9110, 6.6.1), and Age where a store answered instead (RFC 9111, 5.1)."""
    if not isinstance(answer, Response):
        return None
    from email.utils import parsedate_to_datetime

    age = answer.headers.get("age", "")
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
        ahead = (now - told).total_seconds() if told.tzinfo is not None else None
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    if ahead is None or abs(ahead) > _MOST_SECONDS:
        return None
    return ahead - int(age) if age.isascii() and age.isdigit() and len(age) < 9 else ahead


# --- names and the line ---------------------------------------------------------------------------------------------


def _of_line(reach: Reach, failure: Failure, reaches: Sequence[Reach], around: Around) -> str:
    if _is_captive(reach, reaches, around):
        return "network.captive"
    if _is_on_the_way(reach) and _is_cut_off(failure, reaches, around):
        return "network.route"
    if failure.detail.startswith(("EAI_", "gaierror")) or failure.kind is FailureKind.ABSENT:
        return _of_name(reach, failure, reaches, around)
    if failure.kind is FailureKind.TIMED_OUT and isinstance(reach.resolved, Failure):
        return _of_name(reach, reach.resolved, reaches, around)
    if is_redirected(reach):
        return "network.name-redirected"
    if failure.kind is FailureKind.TIMED_OUT and isinstance(reach.connected, Connected):
        return "network.no-answer"
    return _LINE.get(failure.kind, "network.unknown")


_LINE = {
    FailureKind.TIMED_OUT: "network.timeout",
    FailureKind.REFUSED: "network.refused",
    FailureKind.UNREACHABLE: "network.unreachable",
    FailureKind.RESET: "network.reset",
    FailureKind.DENIED: "network.blocked",
}


def _is_on_the_way(reach: Reach) -> bool:
    """Whether a request goes to the internet straight from here; a proxy has a line and pages of its own."""
    return not reach.endpoint.is_local and reach.proxy is None


def _is_captive(reach: Reach, reaches: Sequence[Reach], around: Around) -> bool:
    """A portal lets nothing through. Where others answer, somebody shows a page for what he forbids."""
    return is_portal(around) and _is_on_the_way(reach) and not any_answered(reaches)


def _is_cut_off(failure: Failure, reaches: Sequence[Reach], around: Around) -> bool:
    """Whether nothing at all gets out of this machine, neither by name nor by address.

    A resolver that says "no such name" has answered: then there is some network, unless the system has no route.
    """
    if not isinstance(around.line, Failure) or around.is_line_up or any_answered(reaches):
        return False
    if any(isinstance(e.connected, Connected) and e.proxy is None and not e.endpoint.is_local for e in reaches):
        return False  # somebody out there accepts connections, even if he says nothing then
    has_no_route = around.line.kind is FailureKind.UNREACHABLE
    silent = failure.kind in (FailureKind.UNREACHABLE, FailureKind.TIMED_OUT)
    return silent or (failure.kind is FailureKind.ABSENT and has_no_route)


def any_answered(reaches: Sequence[Reach]) -> bool:
    """Whether at least one host of the internet answered, without anybody's help."""
    return any(isinstance(e.answer, Response) and e.proxy is None and not e.endpoint.is_local for e in reaches)


def _of_name(reach: Reach, failure: Failure, reaches: Sequence[Reach], around: Around) -> str:
    others = [each.resolved for each in reaches if each is not reach and each.proxy is None]
    are_names_found = any(isinstance(each, Addresses) for each in (*others, around.names))
    is_no_name = failure.kind is FailureKind.ABSENT
    if is_no_name and not is_official(reach) and (are_names_found or reach.endpoint.is_local):
        return "network.no-such-host"
    return "network.dns"


def is_redirected(reach: Reach) -> bool:
    """Whether a provider's own name stands for this very machine, or for nothing: by a hosts file or a filter."""
    if not is_official(reach) or not isinstance(reach.resolved, Addresses) or reach.proxy is not None:
        return False
    from ipaddress import ip_address

    try:
        addresses = [ip_address(each.partition("%")[0]) for each in reach.resolved.addresses]
    except ValueError:
        return False
    return bool(addresses) and all(each.is_loopback or each.is_unspecified for each in addresses)
