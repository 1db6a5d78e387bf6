"""What the host of an address is: this very computer, the own network, or somebody on the internet.

It protects the user's key: over plain http it may go to the first two, and never to the third.
"""

from __future__ import annotations

import re
from typing import Optional

LOOPBACK = "127.0.0.1"
_LOCAL = (
    r"(?i)localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+"
    r"|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|[a-z0-9_-]+|[a-z0-9_.-]+\.(?:local|internal|lan|home)"
)
"""Loopback, the private networks of RFC 1918, and names that no public DNS knows."""


def is_local(host: str) -> bool:
    """Whether a host is this computer or one of its own network; an IPv6 address with brackets or without."""
    return re.fullmatch(_LOCAL, host.removeprefix("[").removesuffix("]")) is not None


def number_of(host: str) -> Optional[int]:
    """An IPv4 address as a number, None for every other text."""
    parts = host.split(".")
    if len(parts) != 4 or not all(re.fullmatch(r"[0-9]{1,3}", part) and int(part) < 256 for part in parts):
        return None
    return int.from_bytes(bytes(int(part) for part in parts), "big")


def text_of(number: int) -> str:
    return ".".join(str(part) for part in number.to_bytes(4, "big"))


def is_loopback(host: str) -> bool:
    """Whether a host of a URL means the system itself. Nobody can be called at 0.0.0.0, and Linux calls itself."""
    number = number_of(host)
    return host.lower() in ("localhost", "::1", "::") or (number is not None and number >> 24 in (0, 127))


def site_of(host: str, port: int) -> str:
    """Host and port as a URL has them: "api.openai.com:443", "[::1]:8080"."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
