"""What is said when a host does not answer, or somebody else answers in its place."""

from __future__ import annotations

from typing import Optional

from checks.network_remedies import (
    CAPTIVE,
    LINE,
    OPENAI_NETWORK,
    PROXY_SETTINGS,
    WSL_NETWORK,
    mend_line_in_wsl,
    setup_of,
)
from checks.network_words import Group, Here, finding, host_of, script_seen
from doctor import Command, Evidence, Finding, Remedy, Words, found, remedy, run, say
from doctor.machine import Failure, Response

EARLIER = ("network.route", "network.captive")


def line_finding(group: Group, here: Here) -> Finding:
    if group.code == "network.route":
        return _route(group, here)
    if group.code == "network.captive":
        return _captive(group, here)
    if group.is_local:
        return _local(group, here)
    if group.code == "network.no-answer" and all(each.proxy is not None for each in group.reaches):
        return _silent_proxy(group)
    return finding(
        group,
        say(_HEADINGS[group.code], hosts=group.hosts),
        detail=say(_DETAILS[group.code]),
        more=_line_is_up(group),
        remedy=_way_round(group, here),
        links=[PROXY_SETTINGS if group.code in _MAY_BE_FIREWALL else OPENAI_NETWORK],
        explained_by=EARLIER,
        is_certain=group.code in ("network.refused", "network.blocked"),
        may_be_slow=group.code == "network.no-answer" and group.around.is_line_up,
    )


_HEADINGS = {
    "network.unreachable": "There is no way to {hosts}",
    "network.refused": "The connection is turned down: {hosts}",
    "network.timeout": "A host does not answer: {hosts}",
    "network.no-answer": "A host can be connected to, and then says nothing: {hosts}",
    "network.reset": "The connection is cut off: {hosts}",
    "network.blocked": "This computer does not allow the connection: {hosts}",
    "network.not-http": "What answers does not speak HTTP: {hosts}",
    "network.unknown": "The request failed, and the doctor does not know why: {hosts}",
}
_DETAILS = {
    "network.unreachable": "The rest of the network works. A VPN, a route or a firewall leaves this host out.",
    "network.refused": "A firewall turns it down, here or in the network, or a filter leads the name elsewhere.",
    "network.timeout": "That is how a firewall looks that drops what is sent; a network may also allow its proxy only.",
    "network.no-answer": "It may be slow only; or a firewall, a VPN or a virus scanner holds the answer back.",
    "network.reset": "A firewall, a VPN or a filter that does not like the host's name cuts it off.",
    "network.blocked": "Its own firewall or a virus scanner keeps Python from it.",
    "network.not-http": "Another program may have the port, or somebody stands in between.",
    "network.unknown": "AutoGPT will most likely fail in the same way.",
}
_MAY_BE_FIREWALL = ("network.refused", "network.timeout", "network.unreachable", "network.reset", "network.no-answer")


def _line_is_up(group: Group) -> list[Evidence]:
    up = [found(say("other hosts on the internet answer"))] if group.around.is_line_up else []
    return [*up, *script_seen(group.around)]


def _way_round(group: Group, here: Here) -> Remedy:
    if group.code == "network.blocked":
        return remedy("Allow Python in the firewall of this computer, and in the virus scanner if it has one.")
    if group.code in ("network.not-http", "network.unknown"):
        return remedy("Try another network, for instance a phone's. If it works there, ask whoever runs this one.")
    return remedy(
        "Try another network, for instance a phone's, and without a VPN. If a browser here gets through by a proxy, "
        "tell AutoGPT: in .env write HTTPS_PROXY=http://HOST:PORT with the proxy's host and port.",
        _try(group, here),
    )


def _try(group: Group, here: Here) -> Command:
    program = "curl.exe" if here.shell == "powershell" else "curl"
    address = f"https://{host_of(group.reaches[0])}"
    return run(program + " --head {url}", url=address, shell=here.shell, note="the same without AutoGPT")


def _silent_proxy(group: Group) -> Finding:
    """It was the proxy that could be connected to; of the hosts behind it nothing is known."""
    return finding(
        group,
        say("The proxy can be connected to, and then nothing comes back: {hosts}", hosts=group.hosts),
        detail=say("It may be slow only; or the proxy, or what is behind it, holds the answer back."),
        more=_line_is_up(group),
        remedy=remedy("Ask whoever runs the proxy. Where this network works without it, take its setting out."),
        links=[PROXY_SETTINGS],
        explained_by=EARLIER,
        is_certain=False,
        may_be_slow=group.around.is_line_up,
    )


# --- nothing gets out -----------------------------------------------------------------------------------------------


def _route(group: Group, here: Here) -> Finding:
    around = group.around
    line = around.line if isinstance(around.line, Failure) else None
    more = [] if line is None else [found(say("1.1.1.1, which needs no name, cannot be connected to either"))]
    if here.kind == "wsl" and around.windows_answers:
        return finding(
            group,
            say("Nothing gets out of WSL; Windows itself reaches the internet"),
            detail=say("Mostly a VPN or a firewall on Windows does not let WSL through."),
            more=[*more, found(say("curl.exe on Windows gets an answer, so the line is up there"))],
            remedy=mend_line_in_wsl(here.wsl.networking_mode),
            links=[WSL_NETWORK],
        )
    more += script_seen(around)
    steps = remedy("Connect to a network; if a VPN is on, leave it or join it anew. Then run autogpt-doctor again.")
    if here.kind == "wsl":
        steps = mend_line_in_wsl(here.wsl.networking_mode)
    elif here.kind == "container":
        steps = remedy("See whether the computer itself is connected, and whether the container is given a network.")
    return finding(
        group,
        say("Nothing gets out of WSL") if here.kind == "wsl" else say("There is no connection to the internet"),
        detail=_unless_proxy(group),
        more=more,
        remedy=steps,
        links=[LINE[here.kind]],
    )


def _unless_proxy(group: Group) -> Optional[Words]:
    if any(each.proxy is not None for each in group.reaches):
        return None
    return say("If this network allows a proxy only, HTTPS_PROXY has to name it; none is set.")


# --- somebody else answers ------------------------------------------------------------------------------------------


def _captive(group: Group, here: Here) -> Finding:
    neutral = group.around.neutral
    more = []
    if isinstance(neutral, Response):
        more.append(found(say("a page that has nothing to say answers {status}", status=neutral.status), wanted="204"))
    open_page = {"windows": "start {url}", "darwin": "open {url}"}.get(here.kind, "")
    commands = [run(open_page, url="http://neverssl.com", shell=here.shell)] if open_page else []
    return finding(
        group,
        say("This network wants you to log in before it lets anything through"),
        detail=say("Its own page answers in the place of every host, as in hotels and trains."),
        more=more,
        remedy=remedy("Open any page that begins with http:// in a browser, log in there, and try again.", *commands),
        links=[CAPTIVE],
    )


# --- a server of one's own ------------------------------------------------------------------------------------------


def _local(group: Group, here: Here) -> Finding:
    reach = group.reaches[0]
    setting = reach.endpoint.setting
    text = say("See whether its computer is on, and in this network, and lets the port through its firewall.")
    if group.code == "network.refused":
        text = say("Start the server that should answer there.")
    if setting is not None:
        other = "{text} If it has another address, write that in {name} ({where})."
        text = say(other, text=text, name=setting.name, where=setting.source.words)
    return finding(
        group,
        say(_LOCAL_HEADINGS.get(group.code, _HEADINGS[group.code]), hosts=group.hosts),
        detail=say("It answers in the place of {name}.", name=reach.endpoint.name),
        remedy=remedy(text),
        links=[setup_of(reach)],
    )


_LOCAL_HEADINGS = {
    "network.refused": "No server is running at {hosts}",
    "network.timeout": "No computer answers at {hosts}",
}
