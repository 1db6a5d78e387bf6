"""How a variable of the network is put right where it stands: in `.env`, the shell, or the system's settings."""

from __future__ import annotations

from checks.network_words import Here
from checks.proxies import Proxy
from doctor import Command, Remedy, Words, remedy, run, say
from doctor.words import Value


def in_place(variable: str, source: Words) -> Words:
    """ "HTTPS_PROXY, in the environment of this shell" """
    return say("{name}: {where}", name=variable, where=source) if variable else source


def leave_out(proxy: Proxy, here: Here) -> Remedy:
    if not proxy.variable:
        return _in_system(here)
    return leave_out_variable(proxy.variable, proxy.source, here)


def leave_out_variable(name: str, source: Words, here: Here) -> Remedy:
    """What takes a variable away, for this terminal at once."""
    if is_in_file(source):
        return remedy(say("Put # before it ({where}).", where=source))
    return remedy(
        "Take it also out of the file or the settings that it comes from; here and now:", _forget(name, here.shell)
    )


def write(proxy: Proxy, value: str, here: Here, hint: str = "") -> Remedy:
    """What gives a proxy another address. Without a value only `hint` says what to change."""
    if not proxy.variable:
        steps = _in_system(here)
        return remedy(say("Change it there: {hint}.", hint=say(hint)), *steps.commands)
    if not value:
        return remedy(say("Write {hint} ({where}).", hint=say(hint), where=proxy.source))
    if is_in_file(proxy.source):
        line = say("{name}={value}", name=proxy.variable, value=say(value))
        return remedy(say("Write {line} ({where}): {hint}.", line=line, where=proxy.source, hint=say(hint)))
    return remedy(say("Set it anew, {hint}:", hint=say(hint)), set_variable(proxy.variable, value, here.shell))


def set_variable(name: str, value: Value, shell: str) -> Command:
    line = "$env:{name} = {value}" if shell == "powershell" else "export {name}={value}"
    return run(line, name=say("{name}", name=name), value=value, shell=shell)


def is_in_file(source: Words) -> bool:
    return "line" in source.values


def _forget(name: str, shell: str) -> Command:
    if shell == "powershell":
        return run("Remove-Item Env:{name}", name=say("{name}", name=name), shell=shell)
    return run("unset {name}", name=say("{name}", name=name))


def _in_system(here: Here) -> Remedy:
    if here.kind == "windows":
        return remedy(
            "It is set in Windows, under Network & internet, Proxy.",
            run("start ms-settings:network-proxy", shell="powershell"),
        )
    return remedy("It is set in the system's network settings, under Proxies.")
