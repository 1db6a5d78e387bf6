"""The system's own settings for proxies: those of Windows' Internet options, and of macOS' network settings.

Python programs use them where no variable names a proxy, but neither a script that finds one nor the list of
exceptions. The forms are those that urllib reads (getproxies_registry, getproxies_macosx_sysconf).
"""

from __future__ import annotations

import re
from typing import Iterator, Mapping, NamedTuple, Union

from doctor import Failure, Machine, Secret, Words, say
from doctor.machine import Key, Ran

INTERNET_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
SCUTIL = "/usr/sbin/scutil"
LIMIT_S = 2.0
_OF_WINDOWS = say("the proxy settings of Windows")
_OF_MACOS = say("the network settings of macOS")


class Named(NamedTuple):
    """The text that names a proxy, or those hosts that need none."""

    value: Secret
    variable: str
    """"" for a setting of the system."""
    source: Words

    @property
    def text(self) -> str:
        return self.value.reveal()


class SystemProxies(NamedTuple):
    proxies: Mapping[str, Named] = {}
    """By scheme: "http", "https", …"""
    exceptions: tuple[str, ...] = ()
    """Hosts that browsers reach without it."""
    has_script: bool = False
    source: Words = say("the settings of the system")


def system_proxies_of(machine: Machine, is_offline: bool) -> SystemProxies:
    """None on Linux, which has no such thing. Nobody starts a program for it in a run that sends nothing."""
    if machine.system.is_windows:
        return of_registry(machine.registry("HKCU", INTERNET_SETTINGS))
    if machine.system.is_mac and not is_offline:
        ran = machine.run([machine.path(SCUTIL), "--proxy"], LIMIT_S)
        return of_scutil(ran.out) if isinstance(ran, Ran) else SystemProxies()
    return SystemProxies()


# --- Windows --------------------------------------------------------------------------------------------------------


def of_registry(key: Union[Key, Failure]) -> SystemProxies:
    """ProxyServer is one address for everything, or "http=address;https=address"."""
    if isinstance(key, Failure):
        return SystemProxies()
    has_script = bool(key.text("AutoConfigURL"))
    if not key.number("ProxyEnable"):
        return SystemProxies(has_script=has_script, source=_OF_WINDOWS)
    is_named = any(name.lower() == "proxyserver" for name in key.values)
    found = _by_scheme(key.text("ProxyServer")) if is_named else {}
    named = {scheme: Named(Secret(address), "", _OF_WINDOWS) for scheme, address in found.items()}
    exceptions = tuple(each.strip() for each in key.text("ProxyOverride").split(";") if each.strip())
    return SystemProxies(named, exceptions, has_script, _OF_WINDOWS)


def _by_scheme(server: str) -> dict[str, str]:
    """As urllib reads it: an entry without "=" ends everything, and SOCKS is SOCKS 4."""
    if "=" not in server and ";" not in server:
        server = f"http={server};https={server};ftp={server}"
    found: dict[str, str] = {}
    for entry in server.split(";"):
        scheme, equals, address = entry.partition("=")
        if not equals:
            return found
        if not re.match(r"(?:[^/:]+)://", address):
            address = {"http": "http://", "https": "http://", "ftp": "http://", "socks": "socks://"}.get(
                scheme, ""
            ) + address
        found[scheme] = address
    if found.get("socks"):
        address = re.sub(r"^socks://", "socks4://", found["socks"])
        for scheme in ("http", "https"):
            found[scheme] = found.get(scheme) or address
    return found


# --- macOS ----------------------------------------------------------------------------------------------------------

_VALUE = re.compile(r"(?m)^\s*(\w+) : (.*?)\s*$")
_EXCEPTIONS = re.compile(r"ExceptionsList : <array> \{(.*?)\}", re.DOTALL)


def of_scutil(printed: str) -> SystemProxies:
    """`scutil --proxy` prints a dictionary, one value a line, "HTTPProxy : proxy.example.com"."""
    listed = _EXCEPTIONS.search(printed)
    exceptions = tuple(value for _, value in _VALUE.findall(listed[1])) if listed else ()
    values = dict(_VALUE.findall(_EXCEPTIONS.sub("", printed)))
    has_script = "1" in (values.get("ProxyAutoConfigEnable"), values.get("ProxyAutoDiscoveryEnable"))
    named = {scheme: Named(Secret(address), "", _OF_MACOS) for scheme, address in _on_mac(values)}
    return SystemProxies(named, exceptions if named else (), has_script, _OF_MACOS)


def _on_mac(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A proxy for https is spoken to in plain HTTP, as everywhere."""
    for scheme in ("http", "https", "ftp", "socks"):
        name = scheme.upper()
        if values.get(f"{name}Enable", "0") != "0" and f"{name}Proxy" in values:
            port = values.get(f"{name}Port")
            yield scheme, f"http://{values[f'{name}Proxy']}" + (f":{port}" if port else "")
