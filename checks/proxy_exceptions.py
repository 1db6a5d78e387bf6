"""The hosts that need no proxy: what httpx makes of the entries of NO_PROXY, and which of them it misunderstands.

It protects the user from requests to this very computer that a proxy swallows, although NO_PROXY names its network.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from doctor import Words


class IgnoredException(NamedTuple):
    """An entry of a list of hosts that need no proxy, which other programs understand and httpx does not."""

    text: str
    """ "10.0.0.0/8", "*.example.com" """
    variable: str
    """ "NO_PROXY"; "" for the system's own list, which httpx never reads."""
    source: Words

    def covers(self, host: str) -> bool:
        """Whether it means this host, in the sense of the programs that understand it."""
        return _covers(self.text, host)


def pattern_of(exception: str) -> str:
    """The URL pattern that httpx makes of an entry of NO_PROXY."""
    if "://" in exception:
        return exception
    version = _version_of_address(exception)
    if version == 4 or exception.lower() == "localhost":
        return f"all://{exception}"
    return f"all://[{exception}]" if version == 6 else f"all://*{exception}"


def _version_of_address(text: str) -> int:
    """4 or 6; 0 for what is no address. What stands behind a slash is passed over."""
    import ipaddress

    try:
        return ipaddress.ip_address(text.split("/")[0]).version
    except ValueError:
        return 0


def is_odd(exception: str) -> bool:
    """Whether other programs understand more of it: networks, wildcards, several hosts in one entry."""
    return "://" not in exception and bool(re.search(r"[/*;\s<]", exception))


def _covers(text: str, host: str) -> bool:
    import ipaddress
    from fnmatch import fnmatch

    host = host.lower().strip("[]")
    for part in re.split(r"[;\s]+", text.lower()):
        if part == "<local>" and "." not in host and ":" not in host:
            return True
        try:
            is_inside = ipaddress.ip_address(host) in ipaddress.ip_network(_whole(part), strict=False)
        except ValueError:
            is_inside = False
        if is_inside or (part and (fnmatch(host, part) or fnmatch(host, f"*.{part.lstrip('.')}"))):
            return True
    return False


def _whole(network: str) -> str:
    """macOS leaves out what is nought: "169.254/16" """
    address, slash, length = network.partition("/")
    missing = 4 - address.count(".") - 1 if slash and re.fullmatch(r"[\d.]+", address) else 0
    return address + ".0" * missing + slash + length
