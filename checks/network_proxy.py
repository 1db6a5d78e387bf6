"""The proxy between AutoGPT and the providers: whether it is there, of the right kind, and lets requests through.

It protects the user from a proxy that nobody remembers, and from a wrong word in its address.
"""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, Optional, Sequence

from checks.checkout import Checkout
from checks.container import Container
from checks.meanings_of_network import NETWORK_PROXY
from checks.network_beside import Beside, judged
from checks.network_remedies import PROXY_SETTINGS, SOCKS
from checks.network_variables import in_place, leave_out, write
from checks.network_words import Group, Here, finding, groups, what_failed
from checks.poetry_remedies import poetry
from checks.proxies import Proxy, ProxyFault
from checks.reach import Reached
from checks.wsl import Wsl
from doctor import (
    Command,
    Evidence,
    Failure,
    Finding,
    NotHere,
    Remedy,
    Stage,
    System,
    Words,
    check,
    found,
    note,
    remedy,
    say,
)
from doctor.machine import Connected


@check("network.proxy", title="The proxy", stage=Stage.NETWORK, codes=NETWORK_PROXY)
def network_proxy(
    reached: Reached, beside: Optional[Beside], system: System, wsl: Wsl, container: Container, checkout: Checkout
) -> Iterator[Finding]:
    """Requests go through a proxy where HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names one, or the system does.

    AutoGPT's libraries read these variables from the shell and from .env, in capitals and in small letters, and on
    Windows and macOS the settings of the system where none is set. NO_PROXY lists the hosts that need none. A proxy
    that has gone (a VPN or a filter that is not running) stops every request, and AutoGPT says "Connection error.". Its
    address begins with http:// even for requests that go to https; for SOCKS a package more is needed. The proxy is
    connected to first, and then used as AutoGPT does. Where none is set there is nothing to judge.
    """
    if not any(each.proxy for each in reached.reaches) and reached.around.proxy_fault is None:
        raise NotHere
    here = Here(system, wsl, container)
    for group in groups(reached.reaches, reached.around, NETWORK_PROXY, judged(reached, beside)):
        if reached.around.proxy_fault is not None:
            yield _faulty(group, reached.around.proxy_fault, here, checkout)
        elif group.reaches[0].proxy is not None:
            yield _MAKERS[group.code](group, group.reaches[0].proxy, here)


# --- settings that nothing can be done with -------------------------------------------------------------------------


def _faulty(group: Group, fault: ProxyFault, here: Here, checkout: Checkout) -> Finding:
    proxy, name = fault.proxy, fault.variable or "the system"
    if fault.kind == "exceptions" or proxy is None:
        return finding(
            group,
            say("{name} has an entry that AutoGPT's library cannot read", name=name),
            detail=_NOTHING_SENT,
            more=[found(say("{entry}", entry=fault.exception), wanted=say("a host's name"), where=fault.source)],
            remedy=remedy(say("Take this entry out ({where}).", where=fault.source)),
            links=[PROXY_SETTINGS],
        )
    evidence = found(say("{name} = {proxy}", name=name, proxy=proxy.shown), where=fault.source)
    if fault.kind == "socks":
        packages = poetry(checkout.project, here.system.kind, "run pip install socksio") if checkout.project else None
        return finding(
            group,
            say("The proxy speaks SOCKS, and AutoGPT lacks the package for it: {proxy}", proxy=proxy.shown),
            detail=_NOTHING_SENT,
            more=[evidence],
            remedy=_with(
                "Use the proxy's HTTP port, if it has one, or take the setting out. Or install the package:",
                [packages] if packages else [],
                leave_out(proxy, here),
            ),
            links=[SOCKS],
        )
    kind = say("AutoGPT cannot use a proxy of this kind: {proxy}", proxy=proxy.shown)
    return finding(
        group,
        kind if fault.kind == "scheme" else say("The address of the proxy is none, in {name}", name=name),
        detail=_NOTHING_SENT,
        more=[evidence] if fault.kind == "scheme" else [found(say("{name} is set", name=name), where=fault.source)],
        remedy=write(proxy, "http://HOST:PORT", here, "with the host and the port of your proxy"),
        links=[PROXY_SETTINGS],
    )


_NOTHING_SENT = say("So AutoGPT makes no request at all, wherever it would go; the doctor sent nothing either.")


# --- a proxy that does not let anything through ---------------------------------------------------------------------


def _dead(group: Group, proxy: Proxy, here: Here) -> Finding:
    reach = group.reaches[0]
    failed = reach.resolved if isinstance(reach.resolved, Failure) else reach.connected
    what = what_failed(failed if isinstance(failed, Failure) else group.failure)
    more = [_set(proxy, say("{proxy}: {what}", proxy=proxy.shown, what=what))]
    if isinstance(reach.direct, Connected):
        more.append(found(say("{host} can be connected to without it", host=reach.endpoint.shown)))
        text = "The proxy is not needed here: take it out."
    else:
        text = "Start the program that should answer there (a VPN, a filter), or take the setting out."
    return finding(
        group,
        say("The proxy does not answer: {proxy}", proxy=proxy.shown),
        detail=say("Every request of AutoGPT goes there, and none gets further."),
        more=more,
        remedy=_with(text, [], leave_out(proxy, here)),
        links=[PROXY_SETTINGS],
    )


def _scheme(group: Group, proxy: Proxy, here: Here) -> Finding:
    address = f"http://{proxy.host}:{proxy.port}"
    return finding(
        group,
        say("The address of the proxy begins with https://, and it does not speak TLS: {proxy}", proxy=proxy.shown),
        detail=say("The first word says how to speak to the proxy itself; requests to https hosts go through it too."),
        more=[_set(proxy, say("{proxy}: it answers without TLS", proxy=proxy.shown))],
        remedy=write(proxy, "" if proxy.has_login else address, here, "http:// in place of https://"),
        links=[PROXY_SETTINGS],
    )


def _auth(group: Group, proxy: Proxy, here: Here) -> Finding:
    text = "It has a user name and a password, and the proxy does not take them." if proxy.has_login else ""
    return finding(
        group,
        say("The proxy asks for a user name and a password: {proxy}", proxy=proxy.shown),
        detail=say(text) if text else say("None are in its address."),
        more=[_set(proxy, say("{proxy}: it answers 407", proxy=proxy.shown))],
        remedy=write(
            proxy,
            f"http://USER:PASSWORD@{proxy.host}:{proxy.port}",
            here,
            "your own name and password, each sign of them that is no letter or digit in the form %40 (for @)",
        ),
        links=[PROXY_SETTINGS],
    )


def _refused(group: Group, proxy: Proxy, here: Here) -> Finding:
    return finding(
        group,
        say("The proxy does not let AutoGPT through to {hosts}", hosts=group.hosts),
        detail=say("Whoever runs the proxy has not allowed this host."),
        more=[_set(proxy, say("{proxy}: {what}", proxy=proxy.shown, what=what_failed(group.failure)))],
        remedy=remedy(
            say("Ask whoever runs the proxy to allow {hosts}, or use a network without it.", hosts=group.hosts)
        ),
        links=[PROXY_SETTINGS],
    )


def _gateway(group: Group, proxy: Proxy, here: Here) -> Finding:
    return finding(
        group,
        say("The proxy does not get through to {hosts}", hosts=group.hosts),
        detail=say("It answers itself, so it is running; its own way to the host is broken, or closed."),
        more=[_set(proxy, say("{proxy}: {what}", proxy=proxy.shown, what=what_failed(group.failure)))],
        remedy=_with("Ask whoever runs the proxy, or take it out if you need none.", [], leave_out(proxy, here)),
        links=[PROXY_SETTINGS],
    )


def _not_asked(group: Group, proxy: Proxy, here: Here) -> Finding:
    return note(
        group.code,
        say("The doctor cannot ask through this proxy, so the providers were not asked: {proxy}", proxy=proxy.shown),
        evidence=_set(proxy, say("{proxy}", proxy=proxy.shown)),
        links=[SOCKS],
    )


_MAKERS: Mapping[str, Callable[[Group, Proxy, Here], Finding]] = {
    "network.proxy-dead": _dead,
    "network.proxy-scheme": _scheme,
    "network.proxy-auth": _auth,
    "network.proxy-refused": _refused,
    "network.proxy-gateway": _gateway,
    "network.proxy-not-asked": _not_asked,
}


def _set(proxy: Proxy, what: Words) -> Evidence:
    return found(what, where=in_place(proxy.variable, proxy.source))


def _with(text: str, first: Sequence[Command], steps: Remedy) -> Remedy:
    words = say(text) if steps.text is None else say("{text} {then}", text=say(text), then=steps.text)
    return remedy(words, *first, *steps.commands)
