"""How a variable of the network is put right where it stands: in `.env`, the shell, or the system's settings."""

from __future__ import annotations

import re

from checks.network_words import Here
from checks.proxies import Proxy
from doctor import Remedy, Words, remedy, run, say


def in_place(variable: str, source: Words) -> Words:
    """ "HTTPS_PROXY, in the environment of this shell" """
    return say("{name}, {where}", name=variable, where=source) if variable else source


def is_in_file(source: Words) -> bool:
    return "line" in source.values


def leave_out(proxy: Proxy, here: Here) -> Remedy:
    """What takes the setting of a proxy away."""
    if not proxy.variable:
        return _in_system(here)
    return leave_out_variable(proxy.variable, proxy.source, here)


def leave_out_variable(name: str, source: Words, here: Here) -> Remedy:
    if is_in_file(source):
        return remedy(say("Put # before {name} ({where}).", name=name, where=source))
    line = "Remove-Item Env:{name}" if here.shell == "powershell" else "unset {name}"
    return remedy(
        "In this terminal now, and for good in the file or the settings that set it:",
        run(line, name=say("{name}", name=name), shell=here.shell),
    )


def write(proxy: Proxy, address: Words, here: Here, hint: str) -> Remedy:
    """What gives a proxy another address; `hint` says in words what is to be changed."""
    if not proxy.variable:
        return remedy(say("Change it there: {hint}.", hint=say(hint)), *_in_system(here).commands)
    if is_in_file(proxy.source):
        text = "Write {name}={address} ({where}): {hint}."
        return remedy(say(text, name=proxy.variable, address=address, where=proxy.source, hint=say(hint)))
    line = "$env:{name} = '{address}'" if here.shell == "powershell" else "export {name}={address}"
    command = run(line, name=say("{name}", name=proxy.variable), address=address, shell=here.shell)
    return remedy(say("Set it anew, {hint}:", hint=say(hint)), command)


def plain_address(proxy: Proxy) -> Words:
    """The proxy's address with http:// in front. What is no name of a host is not written into a command."""
    is_plain = re.fullmatch(r"[A-Za-z0-9.\-]{1,253}", proxy.host)
    site = f"{proxy.host}:{proxy.port}" if is_plain else "HOST:PORT"
    return say("http://{site}", site=site)


def _in_system(here: Here) -> Remedy:
    if here.kind == "windows":
        return remedy(
            "It is set in Windows, under Network & internet, Proxy.",
            run("start ms-settings:network-proxy", shell="powershell"),
        )
    return remedy("It is set in the system's network settings, under Proxies.")
