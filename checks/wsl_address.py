"""Which address is Windows, seen from WSL: where a server that runs on Windows is reached.

It protects the user from `localhost`, which in WSL's usual network is this Linux alone, and from the address of an
old guide: the name server of WSL, which is Windows no longer.

Source: https://learn.microsoft.com/windows/wsl/networking
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

from checks.hosts import LOOPBACK, number_of, text_of
from checks.wsl import Wsl
from doctor import Machine, NotHere, fact

DNS_TUNNEL = "10.255.255.254"
"""The name server that WSL shows its programs since it resolves names through Windows itself."""


class Network(NamedTuple):
    """A range of IPv4 addresses, as numbers."""

    address: int
    mask: int

    def has(self, address: Optional[int]) -> bool:
        return address is not None and address & self.mask == self.address


USUAL = Network(0xAC100000, 0xFFF00000)
"""172.16.0.0/12: what Windows takes the network of WSL from."""


class Route(NamedTuple):
    """A line of the kernel's table: where packets to a network go."""

    network: Network
    gateway: int
    metric: int

    @property
    def is_default(self) -> bool:
        return not self.network.mask and bool(self.gateway)


class WindowsAddress(NamedTuple):
    """Where Windows is, seen from this Linux."""

    mode: str
    """WSL's networking mode ("nat", "mirrored", "wsl1", ...)."""
    addresses: tuple[str, ...] = ()
    """The likely one first; none where nobody can tell."""
    gateway: str = ""
    """The router that packets to everywhere go to; in the mode "nat" that is Windows."""
    name_servers: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    """Those that this Linux is in itself: WSL's own, Docker's bridge, a VPN."""

    @property
    def is_shared(self) -> bool:
        """Whether Linux and Windows have one loopback address."""
        return self.mode in ("mirrored", "wsl1")

    def was_windows(self, host: str) -> bool:
        """Whether an address was most likely Windows before it was last restarted: the network of WSL is drawn anew
        from the same range each time."""
        return self.mode == "nat" and bool(self.gateway) and self.is_strange(host)

    def is_strange(self, host: str) -> bool:
        """Whether an address is of the kind that WSL's networks have, and in none that this Linux is in."""
        number = number_of(host)
        return USUAL.has(number) and not any(each.has(number) for each in self.networks)


@fact
def windows_address(machine: Machine, wsl: Wsl) -> WindowsAddress:
    if not wsl.is_wsl:
        raise NotHere
    routes = routes_of(machine.read_text(machine.path("/proc/net/route"), 65536) or "")
    default = min((each for each in routes if each.is_default), key=lambda each: each.metric, default=None)
    gateway = "" if default is None else text_of(default.gateway)
    names = machine.read_text(machine.path("/etc/resolv.conf"), 65536) or ""
    return WindowsAddress(
        wsl.networking_mode,
        _addresses(wsl.networking_mode, gateway),
        gateway,
        tuple(re.findall(r"(?m)^nameserver[ \t]+([0-9.]{7,15})[ \t]*$", names)),
        tuple(each.network for each in routes if not each.gateway and each.network.mask),
    )


def _addresses(mode: str, gateway: str) -> tuple[str, ...]:
    """Which of the two it is in the mode of many names is written nowhere; with a bridge it is any computer."""
    if mode in ("mirrored", "wsl1"):
        return (LOOPBACK,)
    if mode in ("virtioproxy", "consomme"):
        return (LOOPBACK, gateway) if gateway else (LOOPBACK,)
    return (gateway,) if mode == "nat" and gateway else ()


def routes_of(text: str) -> list[Route]:
    """/proc/net/route: addresses in hexadecimal, their last byte first. What is no route is passed over."""
    found = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) > 7 and re.fullmatch(r"[0-9A-Fa-f]{24}", words[1] + words[2] + words[7]):
            target, gateway, mask = (int.from_bytes(bytes.fromhex(words[n]), "little") for n in (1, 2, 7))
            metric = int(words[6]) if re.fullmatch(r"[0-9]{1,10}", words[6]) else 0
            found.append(Route(Network(target & mask, mask), gateway, metric))
    return found
