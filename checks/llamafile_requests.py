"""Which proxy AutoGPT counts words through: it does so with another library, requests, which has rules of its own.

It protects the user from an AutoGPT that finds its llamafile and then fails with a proxy's error. Source:
https://github.com/psf/requests/blob/v2.32.5/src/requests/utils.py (should_bypass_proxies; its version 2.34
no longer takes the mere end of a name), and urllib, which it asks.
"""

from __future__ import annotations

import re
from typing import Optional

from checks.process_variables import ProcessVariables
from checks.proxies import Proxies, Proxy


def proxy_for(host: str, port: int, proxies: Proxies, variables: ProcessVariables) -> Optional[Proxy]:
    """The proxy for a request over plain http, None for the straight way."""
    by_pattern = {rule.pattern.reveal(): rule.proxy for rule in proxies.rules}
    proxy = by_pattern.get("http://") or by_pattern.get("all://")
    if proxy is None:
        return None
    if not proxy.variable:  # a setting of the system, which has its own exceptions
        return None if proxies.ignored_for(host) else proxy
    return None if goes_past(host, port, exceptions(variables)) else proxy


def exceptions(variables: ProcessVariables) -> str:
    """The value of NO_PROXY; an empty one in small letters counts for nothing here."""
    found = (variables.get(name) for name in ("no_proxy", "NO_PROXY"))
    return next((each.text for each in found if each is not None and each.text), "")


def goes_past(host: str, port: int, exceptions: str) -> bool:
    """Whether requests keeps a host from the proxy. It knows networks, and of a port nothing where a number is the
    host; by the rules of urllib, which it asks last, every host below a name goes past, too.
    """
    listed = [each for each in exceptions.replace(" ", "").split(",") if each]
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", host):
        if any(_is_inside(host, each) for each in listed):
            return True
    elif any(host.endswith(each) or f"{host}:{port}".endswith(each) for each in listed):
        return True
    names = [each.lstrip(".").lower() for each in listed]
    return "*" in listed or any(host.lower() == each or host.lower().endswith(f".{each}") for each in names)


def _is_inside(host: str, exception: str) -> bool:
    import ipaddress

    try:
        network = ipaddress.ip_network(exception, strict=False)
        return network.prefixlen > 0 and ipaddress.ip_address(host) in network
    except ValueError:
        return False
