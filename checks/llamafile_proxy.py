"""A proxy between AutoGPT and a llamafile that runs on this very computer.

It protects the user from errors 502 and 503 of a server that runs well: a proxy on the network cannot reach the
computer of each of its users, and a proxy variable sends requests to localhost there, too.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from checks.hosts import is_loopback
from checks.llamafile_answers import Answer
from checks.llamafile_case import SETUP, Case
from checks.llamafile_verdict import PROXY_IN_THE_WAY
from checks.network_remedies import PROXY_SETTINGS
from checks.process_variables import ProcessVariables
from checks.proxies import Proxies, Proxy
from doctor import Evidence, Finding, Remedy, Words, found, problem, remedy, say, warning

CLIENT_FAULTS = ("network.proxy-dead", "network.proxy-socks", "network.proxy-scheme", "network.proxy-exceptions")
"""What is wrong with the proxy itself."""
LOCAL_HOSTS = ("localhost", "127.0.0.1")


class Past(NamedTuple):
    """What decides which hosts go past the proxy."""

    proxies: Proxies
    variables: ProcessVariables


def in_the_way(case: Case, past: Past) -> Optional[Finding]:
    """None when no proxy is in the way. Where the server itself does not serve either, the proxy comes second."""
    server, proxy = case.server, case.server.answers.proxy
    if proxy is None or server.direct is None or not server.trouble:
        return None
    is_all = server.trouble == PROXY_IN_THE_WAY
    if not is_all and not _would_be_in_the_way(case, proxy):
        return None
    answers = "Past the proxy it answers. " if is_all else ""
    return (problem if is_all else warning)(
        PROXY_IN_THE_WAY,
        say("AutoGPT asks its llamafile at {address} through a proxy", address=case.at),
        detail=say(answers + "For a proxy on another computer, localhost is that other computer."),
        evidence=_evidence(case, proxy, past, server.answers.models),
        remedy=go_past(case, proxy, past),
        links=(SETUP,),
        explained_by=CLIENT_FAULTS,
        is_certain=is_all,
    )


def _would_be_in_the_way(case: Case, proxy: Proxy) -> bool:
    """A proxy elsewhere has another localhost. One on this computer may get there once the server runs."""
    heard = case.server.answers
    gets_through = heard.health.word or heard.models.word or heard.models.models is not None
    return case.server.is_here and not is_loopback(proxy.host) and not gets_through


def in_the_way_of_tokens(case: Case, proxy: Proxy, past: Past) -> Finding:
    """The list of models comes past the proxy, and words are counted through it."""
    return problem(
        "llamafile.tokenizer-proxy",
        "AutoGPT counts words through a proxy, and not at its llamafile",
        detail="It does so with another library than for anything else, which has rules of its own for a proxy.",
        evidence=_evidence(case, proxy, past, case.server.answers.tokens),
        remedy=go_past(case, proxy, past),
        links=(SETUP,),
        explained_by=CLIENT_FAULTS,
    )


def _evidence(case: Case, proxy: Proxy, past: Past, heard: Optional[Answer]) -> tuple[Evidence, ...]:
    through = found(say("through {proxy}: {what}", proxy=proxy.shown, what=_heard(heard)), where=proxy.source)
    ignored = past.proxies.ignored_for(case.server.endpoint.host)
    if ignored is None or proxy is not case.server.answers.proxy:
        return (through,)
    words = "AutoGPT's library does not understand {text} in {name}"
    if not ignored.variable:
        words = "AutoGPT's library does not look at the system's exceptions, where {text} stands"
    what = say(words, text=ignored.text, name=ignored.variable)
    return (through, found(what, wanted="hosts by name or number", where=ignored.source))


def _heard(heard: Optional[Answer]) -> Words:
    if heard is None or heard.failure is not None:
        return say("no answer")
    return say("status {status}, and no llamafile", status=heard.status)


# --- how it goes past -----------------------------------------------------------------------------------------------


def go_past(case: Case, proxy: Proxy, past: Past) -> Remedy:
    """Which hosts to name, and where. One library knows no networks (10.0.0.0/8), and the other no ports."""
    hosts = ",".join(dict.fromkeys((*LOCAL_HOSTS, case.server.endpoint.host)))
    if not proxy.variable:
        return remedy(_beside_the_system(case, proxy, hosts), links=(PROXY_SETTINGS,))
    # Small letters win where both are set.
    named = next((v for v in map(past.variables.get, ("no_proxy", "NO_PROXY")) if v is not None), None)
    if named is None:
        text = say("Write in {file}: NO_PROXY={hosts}", file=case.env, hosts=hosts)
    elif not named.text:
        text = say("{name} is empty: set it to {hosts} in {place}", name=named.name, hosts=hosts, place=named.source)
    else:
        words = "Add ,{hosts} to {name}, which is set in {place}. Numbers alone, without a port and without a slash."
        text = say(words, hosts=hosts, name=named.name, place=named.source)
    return remedy(text, links=(PROXY_SETTINGS,))


def _beside_the_system(case: Case, proxy: Proxy, hosts: str) -> Words:
    """As soon as one variable is set, nobody looks at the system's settings any more: not for the others either."""
    words = "Write in {file}: NO_PROXY={hosts}, and with it HTTPS_PROXY={proxy}, since AutoGPT looks at the system's "
    words += "settings only while no such variable is set."
    return say(words, file=case.env, hosts=hosts, proxy=proxy.shown)
