"""What is wrong with one base URL, by its form alone.

Each provider's client puts its own path behind it: `/chat/completions` for OpenAI and llamafile, `/v1/messages` for
Anthropic, `/openai/v1/chat/completions` for Groq. Source: their Python packages as AutoGPT pins them.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional

from checks.hosts import is_local, is_loopback
from doctor import Url, Words, say
from doctor.secret import prefix_of


class UrlFault(NamedTuple):
    """What is wrong with a base URL."""

    kind: str
    """"blank", "characters", "key", "scheme", "host", "port", "template", "too-long", "path", "no-version", "version",
    "tokenizer", "https-local" or "unencrypted"."""
    status: str = "problem"
    """"problem", "warning" or "note"."""
    meant: str = ""
    """The address that was meant; "" when it cannot be told."""
    what: Optional[Words] = None
    is_certain: bool = True
    moves_server: bool = False
    """The server has to listen on another port for it."""


class _Parts(NamedTuple):
    """A URL taken apart."""

    scheme: str
    host: str
    port: str
    path: str
    """Without its query, and without slashes at its end."""

    def at(self, path: str, scheme: str = "", port: str = "") -> str:
        """The same host with another path, without user name and password."""
        port = port or self.port
        return f"{scheme or self.scheme}://{self.host}{':' if port else ''}{port}{path}"


OFFICIAL: Mapping[str, tuple[str, str]] = {
    "openai": ("api.openai.com", "/v1"),
    "anthropic": ("api.anthropic.com", ""),
    "groq": ("api.groq.com", ""),
}
"""Each provider's host, and the path on it."""
# Patterns stand here as text: in most runs no address is set, and none of them is compiled.
# Pages for people, on which no API answers.
PAGES = r"(?:(?:www|platform|chat|auth|help)\.)?openai\.com|(?:(?:www|console)\.)?(?:anthropic|groq)\.com"
EXAMPLE = "http://localhost:443/v1"
"""The value of OPENAI_API_BASE_URL in every template."""
LITELLM_PORT = "4000"
"""LiteLLM answers with and without /v1."""
NEED_V1 = ("1234", "11434")
"""The ports of LM Studio and Ollama, which answer OpenAI's clients below /v1 only."""
LONGEST = 2000
"""Nobody's address is longer, and nothing is said of it."""
_SHORTEST_KEY = 30
"""Characters: a computer's own name may begin like a key ("sk-gateway")."""
_URL = r"([A-Za-z][A-Za-z0-9+.\-]*)://(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^:/?#]*)(?::([^/?#]*))?([^?#]*)"
_TOO_FAR = r"(?i)/(?:chat/completions|completions|embeddings|responses|messages|v1/models)/?\Z"
_NO_SCHEME = r"(?i)(h[tps]{2,4})(?::/?|/{1,2}|;//?)(?=[^/:])"


def fault_in(provider: str, text: str) -> Optional[UrlFault]:
    """What is wrong with a base URL of a provider (by its id), or None. The address is not asked.

    What is meant is right as a whole: of two mistakes the first is told, and both are mended.
    """
    fault = _first_fault(provider, text)
    second = _first_fault(provider, fault.meant) if fault is not None and fault.meant else None
    if fault is None or second is None or not second.meant:
        return fault
    return fault._replace(meant=second.meant, moves_server=second.moves_server)


def _first_fault(provider: str, text: str) -> Optional[UrlFault]:
    if not text.strip():
        return UrlFault("blank")
    if len(text) > LONGEST:
        return None
    odd = _odd_character(text)
    if odd is not None:
        return odd
    parsed = re.match(_URL, text)
    if parsed is None or parsed[1].lower() not in ("http", "https"):
        return _no_scheme(text, parsed)
    parts = _Parts(parsed[1].lower(), parsed[2], parsed[3] or "", parsed[4].rstrip("/"))
    if "." not in parts.host and len(parts.host) >= _SHORTEST_KEY and prefix_of(parts.host):
        return UrlFault("key")  # asking for such a name would tell the key to whoever looks names up
    if not parts.host or re.fullmatch(PAGES, parts.host.lower()):
        host, path = OFFICIAL.get(provider, ("", ""))
        return UrlFault("host", meant=f"https://{host}{path}" if host else "")
    if parts.port and not (parts.port.isdigit() and len(parts.port) < 6 and 0 < int(parts.port) <= 65535):
        return UrlFault("port")
    has_key = provider != "llamafile"
    return _JUDGES[provider](parts, text) or (_unencrypted(parts) if has_key else None)


def _unencrypted(parts: _Parts) -> Optional[UrlFault]:
    """On its way to a host of the internet everybody can read a key that is not encrypted."""
    if parts.scheme == "https" or is_local(parts.host):
        return None
    return UrlFault("unencrypted", "warning", parts.at(parts.path, "https") if not parts.port else "", is_certain=False)


def _odd_character(text: str) -> Optional[UrlFault]:
    """A blank, a quote or something that is not seen. Letters of other alphabets may be in a host's name."""
    place = next((n for n, c in enumerate(text) if c in " \"'<>{}|\\^`" or not (c.isalnum() or c.isascii())), -1)
    if place < 0:
        place = next((n for n, c in enumerate(text) if not c.isprintable()), -1)
    if place < 0:
        return None
    inner = text.strip().strip("\"'`<>\u201c\u201d\u2018\u2019").strip().replace("\\", "/")
    cleaned = "".join(c for c in inner if c.isprintable() and (c.isalnum() or c.isascii()))
    is_good = re.match(_URL, cleaned) and not re.search(r"[\s\"'<>{}|^`]", cleaned)
    where = say("at its beginning") if place == 0 else say("at place {place}", place=place + 1)
    where = say("at its end") if 0 < place == len(text) - 1 else where
    what = say("{what} {where}", what=_called(text[place]), where=where)
    return UrlFault("characters", meant=cleaned if is_good else "", what=what)


def _called(character: str) -> Words:
    if character.isspace():
        return say("a blank")
    if character in "\"'`\u201c\u201d\u2018\u2019":
        return say("a quotation mark")
    if character.isascii() and character.isprintable():
        return say("the character {character}", character=character)
    return say("the character U+{code}", code=f"{ord(character):04X}")


def _no_scheme(text: str, parsed: Optional[re.Match[str]]) -> UrlFault:
    if prefix_of(text):
        return UrlFault("key")
    if parsed is not None:  # another scheme; "htps" and the like are typing errors
        is_typing_error = parsed[1].lower().startswith("h")
        scheme = "https" if "s" in parsed[1].lower() else "http"
        return UrlFault("scheme", meant=f"{scheme}{text[len(parsed[1]) :]}" if is_typing_error else "")
    broken = re.match(_NO_SCHEME, text)
    if broken:
        scheme = "https" if "s" in broken[1].lower() else "http"
        return UrlFault("scheme", meant=f"{scheme}://{text[broken.end() :]}")
    plain = text.lstrip("/:")
    host = re.split(r"[:/?#]", plain, maxsplit=1)[0]
    if is_local(host) and (":" in plain or "/" in plain):
        return UrlFault("scheme", meant=f"http://{plain}")
    return UrlFault("scheme", meant=f"https://{plain}" if "." in host else "")


# --- provider by provider -----------------------------------------------------------------------------------------


def _openai(parts: _Parts, text: str) -> Optional[UrlFault]:
    if text.rstrip("/") == EXAMPLE:
        return UrlFault("template", is_certain=False)
    too_far = _goes_too_far(parts)
    if too_far is not None:
        return too_far
    if parts.host.lower() == OFFICIAL["openai"][0]:
        return _official("openai", parts)
    if not is_local(parts.host):
        return None if parts.path else UrlFault("no-version", "note", is_certain=False)
    is_odd = not parts.path or (parts.port in NEED_V1 and not re.search(r"/v\d", parts.path))
    if is_odd and parts.port != LITELLM_PORT:
        return UrlFault("no-version", "warning", parts.at("/v1"), is_certain=False)
    return None


def _llamafile(parts: _Parts, text: str) -> Optional[UrlFault]:
    too_far = _goes_too_far(parts)
    if too_far is not None:
        return too_far
    if parts.scheme == "https" and is_loopback(parts.host.strip("[]")):
        return UrlFault("https-local", meant=parts.at(parts.path, "http"), is_certain=False)
    if not parts.path.endswith("/v1"):
        status = "warning" if parts.path else "problem"
        return UrlFault("no-version", status, parts.at(f"{parts.path}/v1"), is_certain=False)
    return _tokenizer(parts, text)


def _tokenizer(parts: _Parts, text: str) -> Optional[UrlFault]:
    """AutoGPT cuts with str.strip, which takes a set of characters: the end of the port may go with the path."""
    left = text.strip("/v1")
    if left == text.rstrip("/")[: -len("/v1")]:
        return None
    what = say("AutoGPT counts words at {address}", address=Url(left))
    if parts.port:
        return UrlFault("tokenizer", meant=parts.at("/v1", port="8080"), what=what, moves_server=True)
    if parts.path == "/v1":
        return UrlFault("tokenizer", meant=parts.at("/v1", port="443" if parts.scheme == "https" else "80"), what=what)
    return UrlFault("tokenizer", what=what)


def _anthropic(parts: _Parts, text: str) -> Optional[UrlFault]:
    if parts.host.lower() == OFFICIAL["anthropic"][0]:
        return _official("anthropic", parts)
    if parts.path.endswith(("/v1", "/v1/messages")):
        meant = parts.at(re.sub(r"/v1(?:/messages)?\Z", "", parts.path))
        return UrlFault("version", "warning", meant, is_certain=False)
    return None


def _groq(parts: _Parts, text: str) -> Optional[UrlFault]:
    if parts.host.lower() == OFFICIAL["groq"][0]:
        return _official("groq", parts)
    found = re.search(r"/openai/v1(?:/.*)?\Z", parts.path)
    if found:
        return UrlFault("version", "warning", parts.at(parts.path[: found.start()]), is_certain=False)
    return None


def _official(provider: str, parts: _Parts) -> Optional[UrlFault]:
    host, path = OFFICIAL[provider]
    return UrlFault("path", meant=f"https://{host}{path}") if parts.path != path else None


def _goes_too_far(parts: _Parts) -> Optional[UrlFault]:
    path = parts.path
    if not re.search(_TOO_FAR, path):
        return None
    while re.search(_TOO_FAR, path):
        path = re.sub(r"/(?:chat/completions|[a-z]+)\Z", "", path, flags=re.IGNORECASE)
    return UrlFault("too-long", meant=parts.at(path))


_JUDGES = {"openai": _openai, "llamafile": _llamafile, "anthropic": _anthropic, "groq": _groq}
