"""The proxy between AutoGPT and the providers: whether it is there, of the right kind, and lets requests through.

It protects the user from a proxy that nobody remembers, and from a wrong word in its address.
"""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, Optional

from checks.checkout import Checkout
from checks.container import Container
from checks.hosts import is_loopback
from checks.meanings_of_network import NETWORK_PROXY
from checks.network_beside import Beside, judged
from checks.network_remedies import PROXY_SETTINGS, SOCKS, WSL_NETWORK
from checks.network_variables import in_place, leave_out, plain_address, write
from checks.network_words import Group, Here, finding, groups, host_of
from checks.poetry_remedies import poetry
from checks.proxies import Proxies, Proxy, ProxyFault
from checks.reach import Reached
from checks.wsl import Wsl
from doctor import (
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
    reached: Reached,
    beside: Optional[Beside],
    proxies: Proxies,
    system: System,
    wsl: Wsl,
    container: Container,
    checkout: Checkout,
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
        elif group.code == "network.proxy-in-the-way":
            yield _in_the_way(group, proxies, here)
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
            more=[found(say("{entry}", entry=fault.exception), wanted="the name of a host", where=fault.source)],
            remedy=remedy(say("Take this entry out ({where}).", where=fault.source)),
            links=[PROXY_SETTINGS],
        )
    if fault.kind == "socks":
        return _socks(group, proxy, here, checkout)
    is_address = fault.kind == "scheme"
    heading = say("AutoGPT cannot use a proxy of this kind: {proxy}", proxy=proxy.shown)
    return finding(
        group,
        heading if is_address else say("The address of the proxy is none, in {name}", name=name),
        detail=_NOTHING_SENT,
        more=[found(say("{name} = {proxy}", name=name, proxy=proxy.shown))] if is_address else (),
        where=in_place(fault.variable, fault.source),
        remedy=write(proxy, say("http://HOST:PORT"), here, "with the host and the port of your proxy"),
        links=[PROXY_SETTINGS],
    )


def _socks(group: Group, proxy: Proxy, here: Here, checkout: Checkout) -> Finding:
    steps = leave_out(proxy, here)
    install = [poetry(checkout.project, here.system.kind, "run pip install socksio")] if checkout.project else []
    text = say("Use the proxy's HTTP port, if it has one; or install the package; or take the setting out.")
    if steps.text is not None and not steps.commands:
        text = say("{text} {then}", text=text, then=steps.text)
    return finding(
        group,
        say("The proxy speaks SOCKS, and AutoGPT lacks the package for it: {proxy}", proxy=proxy.shown),
        detail=_NOTHING_SENT,
        where=in_place(proxy.variable, proxy.source),
        remedy=remedy(
            text,
            *(each._replace(note=say("installs the package")) for each in install),
            *(each._replace(note=say("takes the setting out, in this terminal")) for each in steps.commands),
        ),
        links=[SOCKS],
    )


_NOTHING_SENT = say("So AutoGPT makes no request at all, wherever it would go; the doctor sent nothing either.")


# --- a proxy that does not let anything through ---------------------------------------------------------------------


def _in_the_way(group: Group, proxies: Proxies, here: Here) -> Finding:
    reach = group.reaches[0]
    host, proxy = reach.endpoint.host, reach.proxy
    ignored = proxies.ignored_for(host)
    place = in_place(proxy.variable, proxy.source) if proxy is not None else None
    more = [found(say("{host} can be connected to without it", host=reach.endpoint.shown))]
    detail = say("The proxy cannot bring them there: it knows other networks than yours.")
    if ignored is not None:
        name = ignored.variable or "the system's own list"
        more.append(found(say("{name} has {entry}", name=name, entry=ignored.text), where=ignored.source))
        detail = say("{name} means to spare it, by an entry that AutoGPT's library does not read so.", name=name)
    return finding(
        group,
        say("Requests to your own server go through the proxy: {hosts}", hosts=group.hosts),
        detail=detail,
        more=more,
        where=place,
        remedy=remedy(
            say(
                "Add its host, as it stands in the address, to the list NO_PROXY, in .env or where the proxy is set: "
                "NO_PROXY=localhost,127.0.0.1,{host}",
                host=host_of(reach),
            )
        ),
        links=[PROXY_SETTINGS],
    )


def _dead(group: Group, proxy: Proxy, here: Here) -> Finding:
    reach = group.reaches[0]
    is_passable = isinstance(reach.direct, Connected)
    more = [found(say("{host} can be connected to without it", host=reach.endpoint.shown))] if is_passable else []
    text = "Start the program that should answer there (a VPN, a filter), or take the setting out."
    return finding(
        group,
        say("The proxy does not answer: {proxy}", proxy=proxy.shown),
        detail=_dead_in_wsl(proxy, here) or say("Every request of AutoGPT goes there, and none gets further."),
        more=more,
        where=in_place(proxy.variable, proxy.source),
        remedy=_with("The proxy is not needed here: take it out." if is_passable else text, leave_out(proxy, here)),
        links=[WSL_NETWORK if here.kind == "wsl" else PROXY_SETTINGS],
    )


def _dead_in_wsl(proxy: Proxy, here: Here) -> Optional[Words]:
    """Only in the mirrored mode is 127.0.0.1 of WSL that of Windows."""
    is_own = is_loopback(proxy.host)
    if here.kind != "wsl" or not is_own or here.wsl.networking_mode != "nat":
        return None
    return say("In WSL {host} is this Linux; a proxy that runs on Windows is not there.", host=proxy.host)


def _scheme(group: Group, proxy: Proxy, here: Here) -> Finding:
    place = in_place(proxy.variable, proxy.source)
    change = say("Write http:// in place of https:// there ({where}).", where=place)
    steps = write(proxy, plain_address(proxy), here, "http:// in place of https://")
    return finding(
        group,
        say("The address of the proxy begins with https://, and it does not speak TLS: {proxy}", proxy=proxy.shown),
        detail=say("The first word says how to speak to the proxy itself; requests to https hosts go through it too."),
        where=place,
        remedy=remedy(change) if proxy.has_login else steps,
        links=[PROXY_SETTINGS],
    )


def _auth(group: Group, proxy: Proxy, here: Here) -> Finding:
    text = "Its address has a name and a password, and the proxy does not take them."
    return finding(
        group,
        say("The proxy asks for a user name and a password: {proxy}", proxy=proxy.shown),
        detail=say(text if proxy.has_login else "There are none in its address."),
        where=in_place(proxy.variable, proxy.source),
        remedy=remedy(
            say(
                "Write your name and password into its address ({where}): after http:// as NAME:PASSWORD, an @, then "
                "the host. Inside of them write %40 for @, and %3A for a colon.",
                where=in_place(proxy.variable, proxy.source),
            )
        ),
        links=[PROXY_SETTINGS],
    )


def _refused(group: Group, proxy: Proxy, here: Here) -> Finding:
    return finding(
        group,
        say("The proxy does not let AutoGPT through to {hosts}", hosts=group.hosts),
        detail=say("Whoever runs the proxy has not allowed this host."),
        where=in_place(proxy.variable, proxy.source),
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
        where=in_place(proxy.variable, proxy.source),
        remedy=_with("Ask whoever runs the proxy, or take it out if you need none.", leave_out(proxy, here)),
        links=[PROXY_SETTINGS],
    )


def _not_asked(group: Group, proxy: Proxy, here: Here) -> Finding:
    return note(
        group.code,
        say("The doctor cannot ask through this proxy, so the providers were not asked: {proxy}", proxy=proxy.shown),
        evidence=found(say("{proxy}", proxy=proxy.shown), where=in_place(proxy.variable, proxy.source)),
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


def _with(text: str, steps: Remedy) -> Remedy:
    words = say(text) if steps.text is None else say("{text} {then}", text=say(text), then=steps.text)
    return remedy(words, *steps.commands)
