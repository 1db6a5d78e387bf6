"""What is said when a host's name is not found, or leads astray."""

from __future__ import annotations

from typing import Optional

from checks.network_remedies import NAMES, WSL_TROUBLES, mend_names, mend_names_in_wsl, setup_of
from checks.network_sides import NameServers
from checks.network_words import Group, Here, finding, host_of, script_seen
from doctor import Command, Evidence, FailureKind, Finding, Words, found, remedy, run, say
from doctor.machine import Addresses, Connected, Failure


def name_finding(group: Group, here: Here) -> Finding:
    if group.code == "network.no-such-host":
        return _no_such_host(group, here)
    if group.code == "network.name-redirected":
        return _redirected(group, here)
    return _dns(group, here)


def _dns(group: Group, here: Here) -> Finding:
    around, servers = group.around, group.around.nameservers
    if len(group.hosts) == 1 and isinstance(around.names, Addresses):
        return _one_name(group, here)
    more = [] if servers is None else [_servers(servers)]
    if isinstance(around.line, Connected):
        more.append(found(say("1.1.1.1 can be connected to, so the line itself is up")))
    elif isinstance(around.line, Failure):
        more.append(found(say("1.1.1.1 cannot be connected to either")))
    more += script_seen(around)
    if here.kind == "wsl" and servers is not None:
        is_own = servers.state != "there" or servers.keeps_own
        steps, links = mend_names_in_wsl(is_own), [WSL_TROUBLES]
    else:
        steps, links = mend_names(here), [NAMES[here.kind]]
    return finding(
        group,
        say("Names of hosts are not found: the DNS does not work") if _is_silent(group) else _not_told(group),
        detail=_perhaps_proxy(group),
        more=more,
        remedy=steps,
        links=links,
    )


def _is_silent(group: Group) -> bool:
    return group.failure.kind is not FailureKind.ABSENT


def _not_told(group: Group) -> Words:
    return say("No name of a host on the internet is found: {hosts}", hosts=group.hosts)


def _perhaps_proxy(group: Group) -> Optional[Words]:
    """A network of a company may know its own names only, and leave the others to its proxy."""
    if _is_silent(group) or not isinstance(group.around.line, Failure):
        return None
    return say("In the network of a company this may be meant: then a proxy is needed, and HTTPS_PROXY has to name it.")


def _servers(servers: NameServers) -> Evidence:
    if servers.state == "dangling":
        return found(say("{path} is a link to nothing", path=servers.path), wanted=say("the address of a DNS server"))
    if servers.state == "absent" or not servers.servers:
        return found(say("{path} names no server", path=servers.path), wanted=say("the address of a DNS server"))
    what = say("the server asked is {servers}", servers=servers.servers)
    if servers.keeps_own:
        what = say("{what}; WSL is told to leave this file alone (generateResolvConf = false)", what=what)
    return found(what, where=say("{path}", path=servers.path))


def _one_name(group: Group, here: Here) -> Finding:
    """Others are found: somebody takes this one out, or its server is down."""
    return finding(
        group,
        say("The name of one host is not found: {hosts}", hosts=group.hosts),
        detail=say("Other names are. A filter in the network or on this computer may leave it out."),
        remedy=remedy(
            "Try another network, or switch off the filter (a router's, a Pi-hole's, a virus scanner's).",
            _ask(group, here),
        ),
        links=[NAMES[here.kind]],
        is_certain=False,
    )


def _ask(group: Group, here: Here) -> Command:
    host = host_of(group.reaches[0])
    line = "Resolve-DnsName {host}" if here.shell == "powershell" else "getent hosts {host}"
    if here.kind == "darwin":
        line = "dscacheutil -q host -a name {host}"
    return run(line, host=host, shell=here.shell, note="asks once more")


def _no_such_host(group: Group, here: Here) -> Finding:
    reach = group.reaches[0]
    setting, is_azure = reach.endpoint.setting, reach.endpoint.provider == "azure"
    steps = remedy(None)
    if setting is not None:
        text = "Write the right host in {name} ({where}), or take it out to ask {provider} itself."
        if is_azure:
            text = "Copy the endpoint from the page of your resource in the Azure portal into {name} ({where})."
        steps = remedy(say(text, name=setting.name, where=setting.source.words, provider=reach.endpoint.name))
    return finding(
        group,
        say("There is no host of this name: {hosts}", hosts=group.hosts),
        detail=say(_OF_AZURE if is_azure else _WITH_DOTS if "." in reach.endpoint.host else _WITHOUT_DOTS),
        remedy=steps,
        links=[setup_of(reach)],
    )


_OF_AZURE = "It begins with the name of your resource, and there is none of this one, or it has been deleted."
_WITH_DOTS = "A name inside a company is known only in its network, or through its VPN."
_WITHOUT_DOTS = "A name without dots is known only in one network, or between the containers of one Compose file."


def _redirected(group: Group, here: Here) -> Finding:
    file = r"C:\Windows\System32\drivers\etc\hosts" if here.kind == "windows" else "/etc/hosts"
    addresses = [
        found(say("{host} stands for {addresses}", host=each.endpoint.host, addresses=each.resolved.addresses))
        for each in group.reaches
        if isinstance(each.resolved, Addresses)
    ]
    look = "notepad {file}" if here.kind == "windows" else "cat {file}"
    return finding(
        group,
        say("A provider's name leads to this very computer: {hosts}", hosts=group.hosts),
        detail=say("A line in the hosts file says so, or a filter that blocks the name."),
        more=addresses,
        remedy=remedy(
            "Take the name out of the hosts file, or allow it in the filter (a router's, a Pi-hole's).",
            run(look, file=file, shell=here.shell, note="look for the name"),
        ),
        links=[NAMES[here.kind]],
    )


