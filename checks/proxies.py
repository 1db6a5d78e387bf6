"""Which proxy AutoGPT's requests go through, as its HTTP library httpx decides it from variables and the system.

It protects the user from a proxy that nobody remembers, from one that swallows requests to this very computer, and from
settings that keep a client of a provider from being made at all. The rules are those of httpx 0.28
(https://github.com/encode/httpx/blob/0.28.1/httpx/_utils.py) and of urllib, which it asks.
"""

from __future__ import annotations

import re
from typing import Iterable, Iterator, Mapping, NamedTuple, Optional

from checks.autogpt.versions import Version
from checks.environment_sources import ProjectEnvironments
from checks.hosts import site_of
from checks.process_variables import ProcessVariables
from checks.proxy_exceptions import IgnoredException, is_odd, pattern_of
from checks.system_proxies import Named, SystemProxies, system_proxies_of
from checks.url_parts import UrlParts, parts_of
from doctor import Machine, Options, Secret, Url, Words, fact

SCHEMES = ("http", "https", "all")
NAMES = tuple(f"{scheme}_proxy" for scheme in (*SCHEMES, "no"))
ALSO_NAMES = tuple(f"{scheme}_proxy" for scheme in ("ftp", "socks", "rsync", "ws", "wss", "grpc"))
"""Names that mean nothing to httpx; but where one of them is set, nobody looks at the system's own settings."""
PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


class Proxy(NamedTuple):
    """One proxy that is set."""

    url: Secret
    """As it is used: whole, with its login."""
    variable: str
    """The name of the variable that sets it; "" when it is a setting of the system."""
    source: Words
    """Where that is set."""
    scheme: str
    """"http", "https", "socks5", …; "" when the address is none."""
    host: str
    port: int
    has_login: bool
    shown: Url
    """Scheme, host and port alone."""

    def secrets(self) -> Iterator[Secret]:
        """The login is one; the rest may be said."""
        login = self.url.reveal().partition("://")[2].rpartition("@")[0]
        if self.has_login:
            yield from (Secret(each) for each in (login, login.partition(":")[2]) if each)


class ProxyFault(NamedTuple):
    """Something that keeps httpx from making any client, wherever its requests would go."""

    kind: str
    """"socks" (the package for it is not installed), "scheme" (no kind of proxy that httpx knows, like socks4), "url"
    (no address) or "exceptions" (an entry of NO_PROXY)."""
    variable: str
    """The name of the variable; "" for a setting of the system."""
    source: Words
    proxy: Optional[Proxy] = None
    """None for an entry of NO_PROXY."""
    exception: str = ""
    """The entry of NO_PROXY."""


class Rule(NamedTuple):
    """Requests whose URL fits the pattern go through the proxy, or straight where that is None."""

    pattern: Secret
    proxy: Optional[Proxy]


class Proxies(NamedTuple):
    """What httpx makes of all settings for proxies."""

    rules: tuple[Rule, ...] = ()
    """The particular ones first."""
    faults: tuple[ProxyFault, ...] = ()
    ignored_exceptions: tuple[IgnoredException, ...] = ()
    has_script: bool = False
    """The system finds its proxy by a script, or by asking around: browsers do so, and AutoGPT does not."""

    def secrets(self) -> Iterator[Secret]:
        """Of all the addresses the logins alone."""
        for proxy in self.all:
            yield from proxy.secrets()
        for fault in self.faults:
            if fault.proxy is not None:
                yield from fault.proxy.secrets()

    @property
    def all(self) -> tuple[Proxy, ...]:
        """Each proxy that is set, once."""
        return tuple(_distinct(rule.proxy for rule in self.rules if rule.proxy is not None))

    def for_url(self, url: str) -> Optional[Proxy]:
        """The proxy that a request to this URL goes through, None for the direct way."""
        target = parts_of(url)
        if target is None:
            return None
        return next((rule.proxy for rule in self.rules if _fits(_parsed(rule.pattern.reveal()), target)), None)

    def ignored_for(self, host: str) -> Optional[IgnoredException]:
        """The entry that was to keep this host away from the proxy, and that AutoGPT does not understand."""
        return next((each for each in self.ignored_exceptions if each.covers(host)), None)


@fact
def proxies(
    machine: Machine,
    options: Options,
    process_variables: ProcessVariables,
    project_environments: Optional[ProjectEnvironments],
    version: Optional[Version],
) -> Proxies:
    named = _in_variables(process_variables, machine.system.is_windows)
    system = SystemProxies()
    if not named and not _has_others(machine, process_variables):
        system = system_proxies_of(machine, options.is_offline)
        named = dict(system.proxies)
    exceptions = [each.strip() for each in named["no"].text.split(",")] if "no" in named else []
    if "*" in exceptions:  # everything goes straight, and nothing else is looked at
        return Proxies(has_script=system.has_script)
    patterns = {pattern_of(each): each for each in exceptions if each}
    ways: dict[str, Optional[Proxy]] = {f"{each}://": _proxy(named[each]) for each in SCHEMES if each in named}
    ways.update(dict.fromkeys(patterns))
    used = [proxy for proxy in ways.values() if proxy is not None]
    faults = [*_faulty(used, project_environments), *_faulty_exceptions(patterns, named.get("no"))]
    rules = [Rule(Secret(pattern), proxy) for pattern, proxy in ways.items()]
    ignored = [IgnoredException(each, named["no"].variable, named["no"].source) for each in exceptions if is_odd(each)]
    ignored += [IgnoredException(each, "", system.source) for each in system.exceptions]
    if version is not None and not version.uses_httpx:  # requests complains of nothing before it sends something
        faults, ignored = [], []
    return Proxies(_in_order(rules), tuple(faults), tuple(ignored), system.has_script)


# --- what is set ----------------------------------------------------------------------------------------------------


def _in_both_cases(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*(name.upper() for name in names), *names)


def _has_others(machine: Machine, variables: ProcessVariables) -> bool:
    """Linux has no settings to look at in the first place."""
    is_linux = machine.system.is_linux
    return is_linux or any(each.text for each in variables.all_of(_in_both_cases(ALSO_NAMES)))


def _in_variables(variables: ProcessVariables, is_windows: bool) -> dict[str, Named]:
    """By scheme ("no" for the exceptions). Small letters win, and an empty one in small letters takes the other away.

    With REQUEST_METHOD set, HTTP_PROXY may come from whoever asks a web server for something, so urllib forgets it.
    """
    found: dict[str, Named] = {}
    is_cgi = variables.get("REQUEST_METHOD") is not None
    for variable in variables.all_of(_in_both_cases(NAMES)):
        scheme = variable.name.lower()[: -len("_proxy")]
        is_small = variable.name.endswith("_proxy") and not is_windows  # which knows capitals only
        if variable.text and (is_small or not (is_cgi and scheme == "http")):
            found[scheme] = Named(variable.value, variable.name, variable.source)
        elif is_small and not variable.text:
            found.pop(scheme, None)
    return found


def _proxy(named: Named) -> Proxy:
    text = named.text if "://" in named.text else f"http://{named.text}"
    scheme, login, host, port = parts_of(text) or UrlParts("", "", "", None)
    has_login = bool(login)
    if "@" in text and not has_login:  # a sign in its password ends the address too early: what is left is no host
        host, port, has_login = "", None, True
    port = port or PORTS.get(scheme, 80)
    shown = Url(f"{scheme}://{site_of(host, port)}" if host else "")
    return Proxy(Secret(text), named.variable, named.source, scheme, host, port, has_login, shown)


def _faulty(proxies: Iterable[Proxy], environments: Optional[ProjectEnvironments]) -> Iterator[ProxyFault]:
    for proxy in _distinct(proxies):
        kind = ""
        if not proxy.scheme or not proxy.host:
            kind = "url"
        elif proxy.scheme not in PORTS:
            kind = "scheme"
        elif proxy.scheme.startswith("socks") and not _may_have_socks(environments):
            kind = "socks"
        if kind:
            yield ProxyFault(kind, proxy.variable, proxy.source, proxy)


def _distinct(proxies: Iterable[Proxy]) -> list[Proxy]:
    """The same one often stands in several variables."""
    return list({proxy.url: proxy for proxy in reversed(list(proxies))}.values())[::-1]


def _may_have_socks(environments: Optional[ProjectEnvironments]) -> bool:
    """No version of AutoGPT asks for the package; somebody may have installed it."""
    chosen = environments.chosen if environments is not None else None
    return chosen is not None and (chosen.has("socksio") or not chosen.is_listed)


# --- which requests it is for ---------------------------------------------------------------------------------------


class _Pattern(NamedTuple):
    scheme: str
    host: str
    fits_host: Optional[re.Pattern[str]]
    port: Optional[int]

    @property
    def rank(self) -> tuple[bool, int, int]:
        return (self.port is None, -len(self.host), -len(self.scheme))


def _parsed(pattern: str) -> Optional[_Pattern]:
    """None for what is no URL: httpx then refuses everything."""
    parts = parts_of(pattern)
    if parts is None:
        return None
    scheme, host, port = "" if parts.scheme == "all" else parts.scheme, parts.host, parts.port
    if not host or host == "*":
        return _Pattern(scheme, "", None, port)
    if host.startswith("*."):
        fits = rf"^.+\.{re.escape(host[2:])}$"
    elif host.startswith("*"):
        fits = rf"^(.+\.)?{re.escape(host[1:])}$"
    else:
        fits = f"^{re.escape(host)}$"
    return _Pattern(scheme, host, re.compile(fits), port)


def _fits(pattern: Optional[_Pattern], url: UrlParts) -> bool:
    if pattern is None or (pattern.scheme and pattern.scheme != url.scheme):
        return False
    if pattern.fits_host is not None and not pattern.fits_host.match(url.host):
        return False
    return pattern.port is None or pattern.port == url.port


def _in_order(rules: list[Rule]) -> tuple[Rule, ...]:
    ranked = [(parsed.rank, rule) for rule in rules if (parsed := _parsed(rule.pattern.reveal())) is not None]
    return tuple(rule for _, rule in sorted(ranked, key=lambda each: each[0]))


# --- what is misunderstood ------------------------------------------------------------------------------------------


def _faulty_exceptions(patterns: Mapping[str, str], named: Optional[Named]) -> Iterator[ProxyFault]:
    for pattern, text in patterns.items():
        if named is not None and _parsed(pattern) is None:
            yield ProxyFault("exceptions", named.variable, named.source, exception=text)
