"""What is said of any network, on any machine: each failure gets one finding that names its hosts and what to do."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Callable, Iterator, Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.autogpt.layouts import LAYOUTS
from checks.checkout import Checkout
from checks.container import Container
from checks.network import network_clock, network_line, network_names
from checks.network_beside import Beside, network_beside
from checks.network_ladder import PROXY_FAULTS, troubles
from checks.network_proxy import network_proxy
from checks.network_seen import Around, Reach
from checks.network_sides import NameServers
from checks.network_tls import network_tls
from checks.network_trust import _STATES
from checks.proxies import Proxies, Proxy, ProxyFault
from checks.proxy_exceptions import IgnoredException
from checks.reach import Reached
from checks.settings import Setting, Source
from checks.trust import REQUESTS, SDKS, TrustStore, TrustVariable
from checks.wsl import Wsl
from doctor import Finding, NotHere, Secret, Status, System, Url, say
from doctor.machine import Certificate, Connected, Response, Trust
from doctor.shells import draw
from doctor.words import Words, render
from tests.checks.test_network import ANSWERS, CUT_OFF, GOOD, MAYBE_NAMED, MAYBE_UP, NOBODY, NOW, SILENT, reach

LINUX = System("linux", "Ubuntu 24.04", "6.8", "x86_64", distribution="ubuntu")
PLACES = {
    "linux": (LINUX, Wsl(), Container()),
    "fedora": (LINUX._replace(distribution="fedora"), Wsl(), Container()),
    "wsl": (LINUX, Wsl(version=2, networking_mode="nat"), Container()),
    "mirrored": (LINUX, Wsl(version=2, networking_mode="mirrored"), Container()),
    "container": (LINUX, Wsl(), Container("docker")),
    "windows": (System("windows", "Windows 11", "10.0.22631", "x86_64"), Wsl(), Container()),
    "darwin": (System("darwin", "macOS 15.1", "24.1.0", "arm64"), Wsl(), Container()),
}
LAYOUT: Any = next(iter(LAYOUTS.values())) if isinstance(LAYOUTS, dict) else next(iter(LAYOUTS))
ROOT = PurePosixPath("/home/user/AutoGPT")
CHECKOUT = Checkout(ROOT, LAYOUT, ROOT, ROOT, ROOT)
SHOWN = Certificate("api.openai.com", "Example Authority", NOW, NOW)
SOURCES = (say("the environment of this shell"), say("{file}, line {line}", file=ROOT / ".env", line=3))


def proxies_of(scheme: str, variable: str, has_login: bool) -> Proxy:
    url = f"{scheme}://proxy.example.com:3128"
    return Proxy(Secret(url), variable, SOURCES[0], scheme, "proxy.example.com", 3128, has_login, Url(url))


PROXY = st.builds(
    proxies_of, st.sampled_from(["http", "https", "socks5"]), st.sampled_from(["", "HTTPS_PROXY"]), st.booleans()
)
SETTING = Setting("OPENAI_API_BASE_URL", Secret("https://gw.example.com/v1"), Source("file", ROOT / ".env", 2))
REACHES = st.builds(
    lambda answer, host, resolved, connected, proxy, certificate, of_proxy, direct, needed, local: reach(
        answer,
        host,
        resolved=resolved,
        connected=connected,
        proxy=proxy,
        certificate=certificate,
        proxy_certificate=of_proxy,
        direct=direct,
        endpoint={
            "is_needed": needed,
            "is_local": local and not host.startswith("api."),
            "setting": None if host.startswith("api.") else SETTING,
            "provider": "azure" if host.startswith("my") else "openai",
        },
    ),
    ANSWERS,
    st.sampled_from(["api.openai.com", "api.groq.com", "gw.example.com", "gateway", "my.openai.azure.com"]),
    MAYBE_NAMED,
    MAYBE_UP,
    st.none() | PROXY,
    st.sampled_from([None, SHOWN, CUT_OFF]),
    st.sampled_from([None, SHOWN, CUT_OFF]),
    st.sampled_from([None, Connected("1.2.3.4"), SILENT]),
    st.booleans(),
    st.booleans(),
)
SERVERS = st.builds(
    NameServers,
    st.just(PurePosixPath("/etc/resolv.conf")),
    st.sampled_from(["there", "absent", "dangling"]),
    st.sampled_from([(), ("10.255.255.254",)]),
    st.booleans(),
)
FAULTS = st.builds(
    ProxyFault, st.sampled_from(sorted(PROXY_FAULTS)), st.sampled_from(["", "ALL_PROXY"]), st.sampled_from(SOURCES),
    st.none() | PROXY, st.just("http://x:y"),
)  # fmt: skip
VARIABLES = st.builds(
    TrustVariable, st.just("SSL_CERT_FILE"), st.just(ROOT / "list.pem"), st.sampled_from(SOURCES),
    st.sampled_from([SDKS, REQUESTS]), st.sampled_from(["ok", *_STATES]),
)  # fmt: skip
AROUND = st.builds(
    lambda line, names, neutral, servers, windows, script: Around(
        line, names, neutral, neutral, NOW, servers, windows, script
    ),
    MAYBE_UP, MAYBE_NAMED, ANSWERS, st.none() | SERVERS, st.sampled_from([None, True, False]), st.booleans(),
)  # fmt: skip


def said(
    reaches: tuple[Reach, ...],
    around: Around,
    place: str,
    variables: tuple[TrustVariable, ...] = (),
    beside: Optional[Beside] = None,
) -> list[Finding]:
    """What all the checks say of it."""
    codes = troubles(reaches, around)
    seen = Reached(tuple(each._replace(trouble=code) for each, code in zip(reaches, codes)), around)
    system, wsl, container = PLACES[place]
    spared = Proxies(ignored_exceptions=(IgnoredException("*", "NO_PROXY", SOURCES[0]),))
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: network_clock(seen, system, wsl, container),
        lambda: network_names(seen, beside, system, wsl, container),
        lambda: network_line(seen, beside, system, wsl, container),
        lambda: network_tls(seen, beside, TrustStore(Trust(), variables), system, wsl, container),
        lambda: network_proxy(seen, beside, spared, system, wsl, container, CHECKOUT),
        lambda: network_beside(seen, beside or Beside()),
    )
    found = []
    for check in checks:
        try:
            found += list(check())
        except NotHere:
            continue
    return found


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(REACHES, min_size=1, max_size=3).map(tuple), AROUND, st.none() | FAULTS, st.none() | VARIABLES,
    st.sampled_from(sorted(PLACES)),
)  # fmt: skip
def test_each_trouble_has_one_finding_that_can_be_drawn(
    reaches: tuple[Reach, ...],
    around: Around,
    fault: Optional[ProxyFault],
    variable: Optional[TrustVariable],
    place: str,
) -> None:
    around = around._replace(proxy_fault=fault, trust_fault=variable if fault is None else None)
    found = said(reaches, around, place, () if variable is None else (variable,))
    codes = [each.code for each in found]
    assert set(troubles(reaches, around)) - {""} <= set(codes), "what was not checked has its reason in the report"
    assert len(codes) == len(set(codes)), "the same phase is one cause"
    for each in found:
        shell = "powershell" if place == "windows" else "sh"
        assert "{" not in render(each.text).replace("{name}", "")
        assert each.remedy.links or each.code == "network.clock"
        for sentence in (each.text, each.detail, each.remedy.text, *(e.found for e in each.evidence)):
            assert not isinstance(sentence, Words) or render(sentence).strip()
        for command in each.remedy.commands:
            assert command.shell == shell or "wsl --shutdown" in draw(command)
            assert "verify" not in draw(command)


def test_a_provider_that_nobody_needs_is_never_a_problem() -> None:
    spare = reach(SILENT, connected=SILENT, endpoint={"is_needed": False})
    found = said((spare,), Around(line=Connected("x")), "linux")
    assert [(each.code, each.status) for each in found] == [("network.timeout", Status.NOTE)]


@pytest.mark.parametrize("is_through", [True, False])
def test_who_is_silent_behind_a_proxy_is_not_sent_to_look_for_one(is_through: bool) -> None:
    proxy = proxies_of("http", "HTTPS_PROXY", False) if is_through else None
    (finding,) = said((reach(SILENT, proxy=proxy, connected=Connected("x")),), Around(line=Connected("x")), "linux")
    assert (finding.code, finding.status) == ("network.no-answer", Status.WARNING)
    assert render(finding.text).startswith("The proxy can be connected to") == is_through
    assert ("HTTPS_PROXY=" in render(finding.remedy.text or say(""))) != is_through


def test_two_hosts_at_the_same_place_are_one_finding_that_names_both() -> None:
    both = (reach(NOBODY, resolved=NOBODY), reach(NOBODY, "api.groq.com", resolved=NOBODY))
    (finding,) = said(both, Around(line=Connected("x")), "wsl")
    assert finding.code == "network.dns"
    assert len({render(each.found) for each in finding.evidence if "api." in render(each.found)}) == 2


@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_wrong_clock_is_set_as_this_system_does_it(place: str) -> None:
    late = GOOD._replace(headers={"date": "Sun, 01 Nov 2026 15:00:00 GMT"})
    (finding,) = said((reach(late),), Around(), place)
    assert (finding.code, finding.status) == ("network.clock", Status.WARNING)
    assert "3 hours behind" in render(finding.text)
    lines = " ".join(draw(each) for each in finding.remedy.commands)
    wanted = {"windows": "w32tm", "darwin": "sntp", "wsl": "hwclock", "mirrored": "hwclock", "container": ""}
    assert wanted.get(place, "timedatectl") in lines and bool(lines) == (place != "container")


def test_the_word_lists_are_said_only_where_nothing_else_says_it() -> None:
    lists = reach(SILENT, "openaipublic.blob.core.windows.net", connected=SILENT, endpoint={"provider": "tokenizer"})
    alone = said((reach(GOOD),), Around(), "linux", beside=Beside((lists,)))
    assert [(each.code, each.status) for each in alone] == [("network.tokenizer", Status.WARNING)]
    both = said((reach(SILENT, connected=SILENT),), Around(line=Connected("x")), "linux", beside=Beside((lists,)))
    assert [each.code for each in both] == ["network.timeout"]
    assert "windows.net" in " ".join(render(each.found) for each in both[0].evidence)


def test_a_login_of_a_proxy_is_in_no_sentence() -> None:
    asks = reach(Response(407, {}, b""), proxy=proxies_of("http", "HTTPS_PROXY", True))
    assert asks.proxy is not None
    asks = asks._replace(proxy=asks.proxy._replace(url=Secret("http://somebody:secret-word@p:1")))
    (finding,) = said((asks,), Around(), "windows")
    assert "secret-word" not in repr(finding) and "somebody" not in repr(finding)


def test_a_path_of_windows_stays_one() -> None:
    variable = TrustVariable("SSL_CERT_FILE", PureWindowsPath(r"C:\ca.pem"), SOURCES[0], SDKS, "der")
    around = Around(trust_fault=variable)
    (finding,) = said((reach(SILENT),), around, "windows", (variable,))
    assert "C:\\ca.pem" in render(finding.evidence[-1].found)
    assert not [each for each in finding.remedy.commands if "openssl" in draw(each)]
