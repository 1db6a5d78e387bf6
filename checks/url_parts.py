"""A URL taken apart as httpx does it, which decides whether a client can be made, and which proxy a request takes.

Other parsers disagree with it, and with each other, about spaces, brackets, ports and signs in passwords
(https://github.com/encode/httpx/blob/0.28.1/httpx/_urlparse.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

LONGEST = 65536
_DEFAULT_PORTS = {"ftp": 21, "http": 80, "https": 443, "ws": 80, "wss": 443}
_URL = re.compile(r"(?:((?:[a-zA-Z][a-zA-Z0-9+.-]*)?):)?(?://([^/?#]*))?([^?#]*)")
_AUTHORITY = re.compile(r"(?:(.*)@)?(\[.*\]|[^:@]*):?(.*)")
_LIKE_AN_ADDRESS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\Z")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=\"`{}%|\\")


class UrlParts(NamedTuple):
    """Scheme and host in small letters."""

    scheme: str
    login: str
    """As it is written, without the sign behind it."""
    host: str
    """Without brackets."""
    port: Optional[int]
    """None where none is told, or the usual one."""


def parts_of(url: str) -> Optional[UrlParts]:
    """None for what httpx calls no URL. Nothing of it needs to be there."""
    if len(url) > LONGEST or any(character.isascii() and not character.isprintable() for character in url):
        return None
    found = _URL.match(url)
    authority = _AUTHORITY.match(found[2] or "") if found else None
    if not found or not authority:
        return None
    host = _host(authority[2])
    try:
        port = int(authority[3]) if authority[3] else None
    except ValueError:
        return None
    scheme = found[1] or ""
    if port == _DEFAULT_PORTS.get(scheme):
        port = None
    is_bare = not scheme and not host and not authority[1] and port is None
    if host is None or (is_bare and found[3].startswith(("//", ":"))):
        return None
    return UrlParts(scheme.lower(), authority[1] or "", host, port)


def _host(text: str) -> Optional[str]:
    import ipaddress

    try:
        if _LIKE_AN_ADDRESS.match(text):
            ipaddress.IPv4Address(text)
            return text
        if text.startswith("[") and text.endswith("]"):
            ipaddress.IPv6Address(text[1:-1])
            return text[1:-1]
        if text.isascii():
            return "".join(each if each in _PLAIN else f"%{ord(each):02X}" for each in text.lower())
        return _international(text.lower())
    except ValueError:
        return None


def _international(text: str) -> str:
    """Raises ValueError for what can be no name of a host."""
    if re.search(r"[\x00-\x2c/:-@\[-`{-\x7f]", text):
        raise ValueError
    return text.encode("idna").decode("ascii")
