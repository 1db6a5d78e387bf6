"""On which rung a request failed: the same failure means another thing where the line or the clock is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import meanings_of_network
from checks.endpoints import Endpoint
from checks.network_ladder import CLOCK_LIMIT_S, PROXY_FAULTS, clock_ahead_s, is_of_portal, troubles
from checks.network_seen import Around, Reach
from checks.network_words import what_failed
from checks.proxies import Proxy
from doctor import Secret, Url, say
from doctor.machine import Addresses, Certificate, Connected, Failure, FailureKind, Response
from doctor.words import render
from tests import patients

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=timezone.utc)
GOOD = Response(200, {"content-type": "application/json", "date": "Sun, 01 Nov 2026 12:00:00 GMT"}, b"{}")
NO_NAME, NOBODY = Failure(FailureKind.ABSENT, "EAI_NONAME"), Failure(FailureKind.UNREACHABLE, "EAI_AGAIN")
SILENT, NO_ROUTE = Failure(FailureKind.TIMED_OUT), Failure(FailureKind.UNREACHABLE, "ENETUNREACH")
REFUSED, CUT_OFF = Failure(FailureKind.REFUSED, "ECONNREFUSED"), Failure(FailureKind.RESET, "ECONNRESET")
UP = Connected("1.1.1.1")
CODES = [
    code
    for table in vars(meanings_of_network).values()
    if isinstance(table, dict)
    for code in table
    if code.startswith("network.")
]


def endpoint(host: str = "api.openai.com", **more: Any) -> Endpoint:
    is_official = host.startswith("api.")
    made = Endpoint(
        "openai", "OpenAI", Secret(f"https://{host}/v1"), "https", host, 443, is_official, False, True,
        None, None, "", "", None, (),
    )  # fmt: skip
    return made._replace(**more)


def proxy(scheme: str = "http") -> Proxy:
    url = f"{scheme}://proxy.example.com:3128"
    return Proxy(Secret(url), "HTTPS_PROXY", say("here"), scheme, "proxy.example.com", 3128, False, Url(url))


def reach(answer: Union[Response, Failure], host: str = "api.openai.com", **more: Any) -> Reach:
    changed = more.pop("endpoint", {})
    found = Reach(endpoint(host, **changed), None, Addresses(("203.0.113.7",)), None, answer, NOW)
    return found._replace(**more)


def trouble(one: Reach, around: Around = Around(), *others: Reach) -> str:  # noqa: B008  a tuple never changes
    return troubles((one, *others), around)[0]


PORTAL = Response(302, {"location": "http://login.hotel.example/"}, b"")
NEUTRAL = Response(204, {"date": "Sun, 01 Nov 2026 12:00:00 GMT"}, b"")


@pytest.mark.parametrize(
    ("one", "around", "code"),
    [
        (reach(NO_NAME, resolved=NO_NAME), Around(line=UP), "network.dns"),
        (reach(NOBODY, resolved=NOBODY), Around(line=UP), "network.dns"),
        (reach(NOBODY, resolved=NOBODY), Around(line=SILENT), "network.route"),
        (reach(NO_NAME, resolved=NO_NAME), Around(line=NO_ROUTE), "network.route"),
        (reach(NO_NAME, resolved=NO_NAME), Around(line=SILENT), "network.dns"),
        (reach(SILENT, resolved=SILENT), Around(line=UP), "network.dns"),
        (reach(SILENT, resolved=SILENT), Around(line=SILENT), "network.route"),
        (reach(SILENT, resolved=SILENT), Around(line=SILENT, neutral=NEUTRAL), "network.dns"),
        (reach(SILENT, connected=SILENT), Around(line=UP), "network.timeout"),
        (reach(SILENT, connected=UP), Around(line=UP), "network.no-answer"),
        (reach(REFUSED), Around(line=UP), "network.refused"),
        (reach(REFUSED), Around(line=UP, neutral=PORTAL), "network.captive"),
        (reach(NO_ROUTE), Around(line=UP), "network.unreachable"),
        (reach(NO_ROUTE), Around(line=NO_ROUTE), "network.route"),
        (reach(CUT_OFF), Around(line=UP), "network.reset"),
        (reach(Failure(FailureKind.DENIED, "EACCES")), Around(line=UP), "network.blocked"),
        (reach(Failure(FailureKind.OTHER, "LocalProtocolError")), Around(line=UP), "network.unknown"),
        (reach(REFUSED, resolved=Addresses(("0.0.0.0", "::"))), Around(line=UP), "network.name-redirected"),
        (reach(REFUSED, resolved=Addresses(("127.0.0.1", "203.0.113.7"))), Around(line=UP), "network.refused"),
        (reach(REFUSED, "gw.example.com", resolved=Addresses(("127.0.0.1",))), Around(), "network.refused"),
        (reach(NO_NAME, "gw.example.com", resolved=NO_NAME), Around(names=NO_NAME), "network.dns"),
        (reach(NO_NAME, "gw.example.com", resolved=NO_NAME), Around(names=Addresses(("1.2.3.4",))),
         "network.no-such-host"),
        (reach(NO_NAME, "gateway", endpoint={"is_local": True}), Around(line=NO_ROUTE), "network.no-such-host"),
        (reach(SILENT, "10.0.0.9", endpoint={"is_local": True}), Around(line=SILENT), "network.timeout"),
    ],
)  # fmt: skip
def test_the_line(one: Reach, around: Around, code: str) -> None:
    assert trouble(one, around) == code


def refused(number: str) -> Failure:
    return Failure(FailureKind.CERTIFICATE, number)


def told(hours: float) -> Response:
    return Response(301, {"date": f"{NOW - timedelta(hours=hours):%a, %d %b %Y %H:%M:%S} GMT"}, b"")


@pytest.mark.parametrize(
    ("one", "around", "others", "code"),
    [
        (reach(refused("20")), Around(), (), "network.tls-untrusted"),
        (reach(refused("18")), Around(), (), "network.tls-untrusted"),
        (reach(refused("62")), Around(), (), "network.tls-host"),
        (reach(refused("62")), Around(neutral=PORTAL), (), "network.captive"),
        (reach(refused("bundle")), Around(neutral=PORTAL), (), "network.tls-settings"),
        (reach(refused("9")), Around(), (), "network.clock"),
        (reach(refused("9"), "gw.example.com"), Around(), (), "network.tls-expired"),
        (reach(refused("10")), Around(), (), "network.tls-expired"),
        (reach(refused("10")), Around(), (reach(refused("10"), "api.groq.com"),), "network.clock"),
        (reach(refused("10")), Around(), (reach(refused("10"), "chat.openai.com"),), "network.tls-expired"),
        (reach(refused("10")), Around(plain=told(3), plain_at=NOW), (), "network.clock"),
        (reach(refused("10")), Around(plain=told(-3), plain_at=NOW), (), "network.tls-expired"),
        (reach(refused("9")), Around(plain=told(-3), plain_at=NOW), (), "network.clock"),
        (reach(refused("9")), Around(neutral=NEUTRAL, plain_at=NOW), (), "network.tls-expired"),
        (reach(refused("10")), Around(), (reach(GOOD, "api.groq.com"),), "network.tls-expired"),
        (reach(refused("20"), resolved=Addresses(("127.0.0.1",))), Around(), (), "network.name-redirected"),
        (reach(Failure(FailureKind.PROTOCOL, "WRONG_VERSION_NUMBER")), Around(), (), "network.plain"),
        (reach(Failure(FailureKind.PROTOCOL, "TLSV1_ALERT_PROTOCOL_VERSION")), Around(), (), "network.tls-protocol"),
        (reach(Failure(FailureKind.PROTOCOL, "http")), Around(), (), "network.not-http"),
    ],
)  # fmt: skip
def test_certificates(one: Reach, around: Around, others: tuple[Reach, ...], code: str) -> None:
    assert trouble(one, around, *others) == code


SHOWN = Certificate("proxy.example.com", "somebody", NOW, NOW)


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (reach(Failure(FailureKind.PROTOCOL, "proxy-407"), proxy=proxy()), "network.proxy-auth"),
        (reach(Response(407, {}, b""), proxy=proxy()), "network.proxy-auth"),
        (reach(Response(407, {}, b"")), ""),
        (reach(Failure(FailureKind.PROTOCOL, "proxy-403"), proxy=proxy()), "network.proxy-refused"),
        (reach(Failure(FailureKind.PROTOCOL, "proxy-502"), proxy=proxy()), "network.proxy-gateway"),
        (reach(REFUSED, proxy=proxy(), connected=REFUSED), "network.proxy-dead"),
        (reach(NO_NAME, proxy=proxy()), "network.proxy-dead"),
        (reach(SILENT, proxy=proxy(), connected=SILENT), "network.proxy-dead"),
        (reach(SILENT, proxy=proxy(), connected=UP), "network.no-answer"),
        (reach(CUT_OFF, proxy=proxy(), connected=UP), "network.reset"),
        (reach(Failure(FailureKind.PROTOCOL, "proxy"), proxy=proxy(), connected=UP), "network.proxy-gateway"),
        (reach(CUT_OFF, proxy=proxy("https"), connected=UP, proxy_certificate=CUT_OFF), "network.proxy-scheme"),
        (reach(CUT_OFF, proxy=proxy("https"), connected=UP, proxy_certificate=SHOWN), "network.reset"),
        (reach(refused("20"), proxy=proxy(), connected=UP), "network.tls-untrusted"),
        (reach(Failure(FailureKind.UNSUPPORTED, "proxy-socks"), proxy=proxy("socks5")), "network.proxy-not-asked"),
    ],
)
def test_proxies(one: Reach, code: str) -> None:
    assert trouble(one) == code


def test_behind_a_proxy_the_own_line_says_nothing() -> None:
    """A company lets nothing out but what its proxy brings, and shows a page of its own for what that forbids."""
    closed = Around(line=SILENT, neutral=SILENT)
    assert trouble(reach(SILENT, proxy=proxy(), connected=UP), closed) == "network.no-answer"
    assert trouble(reach(SILENT), closed) == "network.route"
    assert trouble(reach(CUT_OFF, proxy=proxy(), connected=UP), Around(neutral=PORTAL)) == "network.reset"
    assert trouble(reach(refused("20"), proxy=proxy(), connected=UP), Around(neutral=PORTAL)) == "network.tls-untrusted"


def test_a_signer_that_the_system_trusts_is_no_portals() -> None:
    own = SHOWN._replace(is_trusted_by_system=True)
    assert trouble(reach(refused("20"), certificate=own), Around(neutral=PORTAL)) == "network.tls-untrusted"
    assert trouble(reach(refused("20"), certificate=SHOWN), Around(neutral=PORTAL)) == "network.captive"
    assert trouble(reach(refused("62"), certificate=own), Around(neutral=PORTAL)) == "network.captive"


def test_where_others_answer_there_is_no_portal() -> None:
    other = reach(GOOD, "api.groq.com")
    assert trouble(reach(CUT_OFF), Around(neutral=PORTAL), other) == "network.reset"
    assert trouble(reach(CUT_OFF), Around(neutral=PORTAL)) == "network.captive"


def test_what_answers_is_no_trouble_of_the_network() -> None:
    """Whatever a provider says, it says: only the page of a portal, at hosts of two owners, is somebody else's."""
    page = Response(200, {"content-type": "text/html; charset=utf-8"}, b"<html>")
    for status in (200, 301, 401, 403, 404, 429, 500, 503):
        assert trouble(reach(GOOD._replace(status=status))) == ""
    assert trouble(reach(page)) == ""
    assert trouble(reach(page), Around(), reach(PORTAL, "www.openai.com")) == ""
    assert trouble(reach(page), Around(), reach(PORTAL, "api.groq.com")) == "network.captive"
    assert trouble(reach(page, "192.168.1.2"), Around(), reach(PORTAL, "api.groq.com")) == ""
    assert trouble(reach(Response(511, {}, b""))) == "network.captive"


def test_a_redirect_to_the_same_owner_is_no_portal() -> None:
    assert not is_of_portal(Response(301, {"location": "https://www.openai.com/"}, b""), "api.openai.com")
    assert not is_of_portal(Response(301, {"location": "/v2"}, b""), "api.openai.com")
    assert not is_of_portal(Response(302, {"location": "http://[broken"}, b""), "api.openai.com")
    assert is_of_portal(Response(302, {"location": "http://10.0.0.1/login"}, b""), "api.openai.com")


# --- the clock ------------------------------------------------------------------------------------------------------


def test_the_clock_that_agrees_most_counts() -> None:
    wrong = reach(GOOD._replace(headers={"date": "Thu, 01 Jan 1970 00:00:00 GMT"}), "gw.example.com")
    assert clock_ahead_s((wrong, reach(GOOD)), Around()) == 0
    assert clock_ahead_s((wrong,), Around(neutral=NEUTRAL, plain_at=NOW)) == 0


def test_a_portal_and_a_server_of_ones_own_tell_no_time() -> None:
    date = {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}
    own = reach(GOOD._replace(headers=date), "192.168.1.2", endpoint={"is_local": True})
    portal = PORTAL._replace(headers={**PORTAL.headers, **date})
    assert clock_ahead_s((own,), Around(neutral=portal, plain=portal, plain_at=NOW)) is None


def test_what_a_store_answers_is_older() -> None:
    stored = GOOD._replace(headers={"date": "Sun, 01 Nov 2026 11:00:00 GMT", "age": "3590"})
    assert clock_ahead_s((reach(stored),), Around()) == 10


@given(st.text(max_size=60), st.text(max_size=12))
def test_any_date_is_data(date: str, age: str) -> None:
    answer = GOOD._replace(headers={"date": date, "age": age})
    found = clock_ahead_s((reach(answer),), Around(neutral=answer, plain_at=NOW))
    assert found is None or isinstance(found, float)


@pytest.mark.parametrize("date", ["Sun, 01 Nov 2026 12:00:00 -2359", "Mon, 01 Jan 0001 00:00:00 +2359", "1 Nov 26"])
def test_odd_dates(date: str) -> None:
    clock_ahead_s((reach(GOOD._replace(headers={"date": date})),), Around())


# --- anything -------------------------------------------------------------------------------------------------------

FAILURES = st.builds(Failure, st.sampled_from(FailureKind), st.sampled_from(
    ["", "9", "10", "18", "20", "62", "64", "bundle", "tls", "http", "proxy", "proxy-407", "proxy-403", "proxy-502",
     "proxy-socks", "proxy-url", "EAI_AGAIN", "EAI_NONAME", "EAI_FAIL", "gaierror-8", "limit", "certificate",
     "WRONG_VERSION_NUMBER", "winerror-10013"]) | st.text(max_size=8))  # fmt: skip
MAYBE_UP: st.SearchStrategy[Any] = st.none() | FAILURES | st.just(UP)
ADDRESSES = st.tuples(st.sampled_from(["::1", "0.0.0.0", "fe80::1%eth0", "x", "9.9.9.9"]))
MAYBE_NAMED: st.SearchStrategy[Any] = st.none() | FAILURES | st.builds(Addresses, ADDRESSES)
PROXIES: st.SearchStrategy[Any] = st.sampled_from([None, proxy(), proxy("https")])
ANSWERS: st.SearchStrategy[Any] = FAILURES | st.sampled_from([GOOD, PORTAL, NEUTRAL, Response(407, {}, b"")])


@given(ANSWERS, MAYBE_NAMED, MAYBE_UP, MAYBE_UP, ANSWERS, PROXIES, st.booleans())
def test_every_failure_has_a_code_that_explain_knows(
    answer: Any, resolved: Any, connected: Any, line: Any, neutral: Any, through: Optional[Proxy], is_local: bool
) -> None:
    one = reach(answer, resolved=resolved, connected=connected, proxy=through, endpoint={"is_local": is_local})
    for around in (Around(), Around(line, None, neutral, neutral, NOW)):
        code = trouble(one, around)
        assert code in ("", *CODES)
        assert code or isinstance(answer, Response)
    if isinstance(answer, Failure):
        assert render(what_failed(answer))


def test_every_fault_of_a_proxy_has_a_code() -> None:
    assert set(PROXY_FAULTS.values()) <= set(CODES)
    assert CLOCK_LIMIT_S == 300


def test_each_code_belongs_to_one_check() -> None:
    owners = [code for each in patients.everything().checks.values() for code in each.codes]
    assert sorted(code for code in owners if code.startswith("network.")) == sorted(CODES)
