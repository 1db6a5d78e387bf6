"""How far each provider of this configuration is reached: one free request to each, and what is learnt when it fails.

It protects the user from a bad key that is none: whatever the line, a proxy or a certificate keeps back is said of the
network, and of the provider nothing. All is asked side by side, and more than that only after a failure.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Mapping, NamedTuple, Optional, Union

from checks.endpoints import Endpoint, Endpoints
from checks.network_ladder import troubles
from checks.network_seen import Around, Reach
from checks.network_sides import name_servers, windows_answers
from checks.probes import Membership, Probe, probe_of
from checks.proxies import Proxies
from checks.settings import Settings
from checks.trust import TrustStore
from checks.wsl import Wsl
from doctor import Failure, FailureKind, Machine, Options, Unavailable, fact, in_parallel, say
from doctor.machine import Response, Trust
from doctor.machine.errors import NO_TIME_LEFT

__all__ = ["Reach", "Reached", "asked_first", "reached"]

FIRST_SHARE = 0.6
"""Of the time for the whole network: the rest is for what is asked after a failure."""
ALWAYS_THERE = ("1.1.1.1", 443)
EVERYBODYS_NAME = "github.com"
NEUTRAL_PAGE = "http://cp.cloudflare.com/generate_204"
"""Answers 204 and nothing else, and is there for this purpose."""


class Reached(NamedTuple):
    """Each endpoint that was asked: those of the clouds whose address is usable, and not a llamafile."""

    reaches: tuple[Reach, ...]
    around: Around = Around()

    def of(self, provider: str) -> Optional[Reach]:
        """None for a provider that was not asked: it is not in use, its address is wrong, or no answer is recorded."""
        return next((each for each in self.reaches if each.endpoint.provider == provider), None)


class _Asker(NamedTuple):
    """What every question has in common."""

    machine: Machine
    proxies: Proxies
    trust: Trust
    timeout_s: float

    def all(self, *questions: Callable[[], Any]) -> list[Any]:
        """The answers, None where a recording does not tell one, or the time for the network was up."""
        return in_parallel(*(partial(_maybe, each) for each in questions))

    def request(self, method: str, url: str, headers: Optional[Mapping[str, str]] = None) -> Union[Response, Failure]:
        """A request made as AutoGPT makes it: the same way, and the same trust."""
        proxy = self.proxies.for_url(url)
        way = None if proxy is None else proxy.url
        return self.machine.request(method, url, headers, timeout_s=self.timeout_s, proxy=way, trust=self.trust)


def _maybe(question: Callable[[], Any]) -> Any:
    try:
        answer = question()
    except Unavailable as why:
        if why.kind != "not-recorded":
            raise
        return None
    return None if answer == NO_TIME_LEFT else answer


def _in_time(answer: Union[Response, Failure]) -> Union[Response, Failure]:
    """The doctor's own want of time (a busy computer, a short --timeout) is not the line's silence."""
    if answer == NO_TIME_LEFT:
        raise Unavailable(say("the time for the network was up before anybody could answer"))
    return answer


@fact
def reached(
    machine: Machine,
    options: Options,
    endpoints: Endpoints,
    settings: Settings,
    membership: Membership,
    proxies: Proxies,
    trust_store: TrustStore,
    wsl: Wsl,
) -> Reached:
    asked = [each for each in endpoints.endpoints if each.provider != "llamafile" and not each.url_obstacle]
    asker = _Asker(machine, proxies, trust_store.trust, FIRST_SHARE * options.network_limit_s)
    broken = Around(proxy_fault=next(iter(proxies.faults), None), trust_fault=trust_store.fault)
    probes = [probe_of(each, settings, membership) for each in asked]
    if broken.has_fault:  # AutoGPT sends nothing, so there is nothing to be learnt, and no key to be sent
        told, around = [_unasked(machine, each) for each in asked], broken
    else:
        questions = [partial(_first, asker, *each) for each in zip(asked, probes)]
        told = [each for each in in_parallel(*questions) if each is not None] if questions else []
        if asked and not told:
            raise Unavailable(say("how the providers answer was not recorded"), kind="not-recorded")
        asker = asker._replace(timeout_s=options.network_limit_s - asker.timeout_s)
        around, told = _more(asker, wsl, told)
        around = around._replace(has_proxy_script=proxies.has_script)
    codes = troubles(told, around)
    return Reached(tuple(each._replace(trouble=code) for each, code in zip(told, codes)), around)


def _unasked(machine: Machine, endpoint: Endpoint) -> Reach:
    return Reach(endpoint, None, None, None, Failure(FailureKind.UNSUPPORTED), machine.now())


def asked_first(
    machine: Machine, options: Options, proxies: Proxies, trust: Trust, endpoint: Endpoint, method: str, page: str
) -> Optional[Reach]:
    """One request without a key to any page of a host, and how far it came; None where a recording does not tell."""
    asker = _Asker(machine, proxies, trust, FIRST_SHARE * options.network_limit_s)
    return _first(asker, endpoint, Probe(method, endpoint.url(page), {}))


def _first(asker: _Asker, endpoint: Endpoint, probe: Probe) -> Optional[Reach]:
    """The request itself, and beside it the first two rungs by themselves: they tell where it stops."""
    machine, timeout_s = asker.machine, asker.timeout_s
    proxy = asker.proxies.for_url(probe.url)
    host, port = (proxy.host, proxy.port) if proxy is not None else (endpoint.host, endpoint.port)
    answer, resolved, connected = asker.all(
        lambda: _in_time(asker.request(probe.method, probe.url, probe.headers)),
        lambda: machine.resolve(host, timeout_s),
        lambda: machine.connect(host, port, timeout_s),
    )
    if answer is None:
        return None
    return Reach(endpoint, proxy, resolved, connected, answer, machine.now())


# --- after a failure ------------------------------------------------------------------------------------------------


def _more(asker: _Asker, wsl: Wsl, told: list[Reach]) -> tuple[Around, list[Reach]]:
    """What tells the causes of a failure apart, asked side by side."""
    failed = [each for each in told if isinstance(each.answer, Failure) and each.failure.kind not in _CLEAR]
    if not failed and not any(_is_in_the_way(each) for each in told):
        return Around(), told
    questions: list[Callable[[], Any]] = [partial(_around, asker, wsl, failed)]
    around, *more = in_parallel(*questions, *(partial(_closer, asker, each) for each in told))
    return around, more


_CLEAR = (FailureKind.UNSUPPORTED,)
"""Kinds of failures that need no other question."""


def _is_in_the_way(reach: Reach) -> bool:
    """Whether a proxy gets requests that are meant for a server of one's own, and does not bring back its answer."""
    return reach.proxy is not None and reach.endpoint.is_local and reach.is_odd


def _around(asker: _Asker, wsl: Wsl, failed: list[Reach]) -> Around:
    machine = asker.machine
    far = [each for each in failed if not each.endpoint.is_local and each.failure.detail != "bundle"]
    if not far:
        return Around()
    by_certificate = [each for each in far if each.failure.kind is FailureKind.CERTIFICATE]
    host = by_certificate[0].endpoint.host if by_certificate else ""
    is_line = len(by_certificate) < len(far)
    line, names, neutral, plain, servers, windows = asker.all(
        lambda: machine.connect(*ALWAYS_THERE, asker.timeout_s) if is_line else None,
        lambda: machine.resolve(EVERYBODYS_NAME, asker.timeout_s) if is_line else None,
        lambda: asker.request("GET", NEUTRAL_PAGE),
        lambda: asker.request("GET", f"http://{host}/") if host else None,
        lambda: name_servers(machine, wsl) if is_line else None,
        lambda: windows_answers(machine, wsl, asker.timeout_s) if is_line else None,
    )
    return Around(line, names, neutral, plain, machine.now(), servers, windows)


def _closer(asker: _Asker, reach: Reach) -> Reach:
    """Which certificate was refused; whether the proxy can be spoken to; whether there is a way past it."""
    endpoint, proxy, failure = reach.endpoint, reach.proxy, reach.failure
    if not isinstance(reach.answer, Failure) and not _is_in_the_way(reach):
        return reach
    machine, timeout_s = asker.machine, asker.timeout_s
    is_refused = failure.kind is FailureKind.CERTIFICATE and failure.detail != "bundle"
    is_dead = (proxy is not None and isinstance(reach.connected, Failure)) or _is_in_the_way(reach)
    url = proxy.url if proxy is not None else None
    certificate, proxys, direct = asker.all(
        lambda: machine.certificate(endpoint.host, endpoint.port, timeout_s, url) if is_refused else None,
        lambda: machine.certificate(proxy.host, proxy.port, timeout_s) if proxy and proxy.scheme == "https" else None,
        lambda: machine.connect(endpoint.host, endpoint.port, timeout_s) if is_dead else None,
    )
    return reach._replace(certificate=certificate, proxy_certificate=proxys, direct=direct)
