"""What stands in the body and the headers of a provider's answer, whatever sent it.

A gateway, a proxy or a broken server may send anything. Nothing here raises, and nothing of the text is handed on: only
words that a table knows, numbers, dates, and names that follow a strict pattern.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, NamedTuple, Optional, Sequence

from doctor.secret import prefix_of

TEXT_LIMIT = 2000
MODELS_LIMIT = 5000
LONGEST_WAIT_S = 31 * 24 * 3600

_MODEL_ID = re.compile(r"[A-Za-z0-9@~][A-Za-z0-9_.:/@+~-]{0,199}\Z")
_NAMED_MODEL = re.compile(r"\b[Mm]odel:? ?[`'\"]?([A-Za-z0-9@~][A-Za-z0-9_.:/@+~-]{0,199})")
_SCOPES = re.compile(r"\bMissing scopes?: ?([a-z_]+(?:\.[a-z_]+)+(?:, ?[a-z_]+(?:\.[a-z_]+)+)*)")
_UNTIL = re.compile(r"\bregain access on (20\d\d-[01]\d-[0-3]\d)\b", re.ASCII)
_ALLOWANCE = re.compile(r"\((RPM|RPD|TPM|TPD)\)(?:: Limit (\d{1,12})\b)?", re.ASCII)
_TRY_AGAIN = re.compile(
    r"\b(?:try again in|retry after) (?:(\d{1,3})h)?(?:(\d{1,4})m(?!s))?(?:(\d{1,7}(?:\.\d{1,6})?) ?s)?", re.ASCII
)
_NUMBER = re.compile(r"\d{1,12}\Z", re.ASCII)
_SITE = re.compile(r"(https?://|//)([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(:[0-9]{1,5})?(?:[/?#]|\Z)")


class Body(NamedTuple):
    """What an answer says, as far as it can be read."""

    document: object
    """The JSON, None where there is none."""
    words: tuple[str, ...]
    """What the error is called, in small letters: `details.error_code`, `code`, `type` and `status`, in this order."""
    message: str
    """For matching only, never for printing: it may hold a part of the key. The whole text where there is no JSON."""
    is_json: bool
    is_html: bool


class Offered(NamedTuple):
    """The models in an answer, or in its beginning."""

    ids: tuple[str, ...]
    is_complete: bool
    """All models of this key stand in it, and all could be read: what is missing is not offered."""


class Limits(NamedTuple):
    """What the headers tell about allowances, None where they don't. Groq counts requests by day, tokens by minute."""

    requests: Optional[int] = None
    requests_left: Optional[int] = None
    tokens: Optional[int] = None
    tokens_left: Optional[int] = None


class Allowance(NamedTuple):
    """The limit that an error names: "RPM" and "TPM" are requests and tokens per minute, "RPD" and "TPD" per day."""

    unit: str = ""
    amount: Optional[int] = None


def read_body(data: bytes, headers: Mapping[str, str]) -> Body:
    """Any bytes. The error may be an object, a text, a list of one, missing, or the whole body."""
    document, is_json = _parsed(data)
    if not is_json:
        text = data[: TEXT_LIMIT * 4].decode("utf-8", "replace").lstrip("\ufeff").strip()
        text = document if isinstance(document, str) else text
        is_html = text.startswith("<") or "text/html" in headers.get("content-type", "").lower()
        return Body(None, (), text[:TEXT_LIMIT], False, is_html and bool(text))
    outer = _first(document)
    error = _first(outer.get("error")) if isinstance(outer, dict) else outer
    inner: Mapping[str, Any] = error if isinstance(error, dict) else outer if isinstance(outer, dict) else {}
    texts = (error, inner.get("message"), inner.get("detail"), outer.get("message") if isinstance(outer, dict) else "")
    message = next((text for text in texts if isinstance(text, str)), "")
    return Body(document, tuple(_words(inner)), message[:TEXT_LIMIT], True, False)


def _parsed(data: bytes) -> tuple[object, bool]:
    import json

    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError):
        return None, False
    return document, isinstance(document, (dict, list))


def _first(value: object) -> object:
    """Some gateways wrap an error in a list."""
    return value[0] if isinstance(value, list) and value else value


def _words(error: Mapping[str, Any]) -> Iterator[str]:
    details = _first(error.get("details"))
    precise = details.get("error_code") if isinstance(details, dict) else None
    for value in (precise, error.get("code"), error.get("type"), error.get("status")):
        if isinstance(value, str):
            yield value.strip().lower()[:80]


def offered_models(document: object) -> Optional[Offered]:
    """The models of a list as OpenAI, Anthropic, Groq and Azure send it; None when it is no such list."""
    listed = document.get("data") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(listed, list):
        return None
    has_more = document.get("has_more", False) is not False
    return _offered(listed, is_whole=not has_more)


def begun_models(data: bytes) -> Optional[Offered]:
    """The models in the beginning of a list that is longer than what was read; None when it is no such list."""
    import json

    text = data.decode("utf-8", "replace").lstrip("\ufeff").lstrip()
    begin = re.search(r'"data"\s*:\s*\[\s*', text) if text.startswith("{") else None
    if not begin:
        return None
    listed: list[object] = []
    place, decoder = begin.end(), json.JSONDecoder()
    while len(listed) < MODELS_LIMIT:
        try:
            each, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        listed.append(each)
        while text[place : place + 1] in tuple(", \t\r\n"):
            place += 1
    return _offered(listed, is_whole=False)


def _offered(listed: Sequence[object], is_whole: bool) -> Offered:
    ids: list[str] = []
    for each in listed[:MODELS_LIMIT]:
        name = each.get("id") if isinstance(each, dict) else None
        if not isinstance(each, dict) or not isinstance(name, str) or not _is_model_id(name):
            is_whole = False
        elif each.get("active") is not False:  # Groq lists what it has switched off, too
            ids.append(name)
    return Offered(tuple(dict.fromkeys(ids)), is_whole and len(listed) <= MODELS_LIMIT)


def _is_model_id(name: str) -> bool:
    return bool(_MODEL_ID.match(name)) and not prefix_of(name)


def model_in(message: str) -> str:
    """The model that an error names, or ""."""
    found = _NAMED_MODEL.search(message)
    return found[1].rstrip(".:") if found and _is_model_id(found[1]) else ""


def scopes_in(message: str) -> tuple[str, ...]:
    """The rights that a restricted key lacks: ("model.request",)."""
    found = _SCOPES.search(message)
    return tuple(re.split(", ?", found[1])) if found else ()


def until_in(message: str) -> str:
    """The day on which a spend limit begins anew: "2026-02-01", or ""."""
    found = _UNTIL.search(message)
    return found[1] if found else ""


def allowance_in(message: str) -> Allowance:
    found = _ALLOWANCE.search(message)
    return Allowance(found[1], int(found[2]) if found[2] else None) if found else Allowance()


def retry_after_s(headers: Mapping[str, str], message: str) -> Optional[int]:
    """How long to wait, from the header (seconds, or a date beside the answer's own), else from the message."""
    told = headers.get("retry-after", "").strip()
    waits: Optional[float] = int(told) if _is_number(told) else _until_date(told, headers.get("date", ""))
    if waits is None:
        found = _TRY_AGAIN.search(message)
        if found and found.group(1, 2, 3) != (None, None, None):
            waits = int(found[1] or 0) * 3600 + int(found[2] or 0) * 60 + float(found[3] or 0)
    return -int(-waits // 1) if waits is not None and 0 <= waits <= LONGEST_WAIT_S else None


def _until_date(told: str, now: str) -> Optional[float]:
    from email.utils import parsedate_to_datetime

    if not told or not now:
        return None
    try:
        return (parsedate_to_datetime(told) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def limits_in(headers: Mapping[str, str]) -> Limits:
    """Of OpenAI and Groq (`x-ratelimit-limit-requests`) or Anthropic (`anthropic-ratelimit-requests-limit`)."""

    def told(what: str, which: str) -> Optional[int]:
        value = headers.get(f"x-ratelimit-{what}-{which}") or headers.get(f"anthropic-ratelimit-{which}-{what}", "")
        return int(value) if _is_number(value.strip()) else None

    return Limits(
        told("limit", "requests"), told("remaining", "requests"), told("limit", "tokens"), told("remaining", "tokens")
    )


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text))


def site_in(location: str) -> str:
    """Scheme and host of a redirect ("https://login.example:8443"; without a scheme where it is the same), or ""."""
    found = _SITE.match(location.strip())
    if not found or prefix_of(found[2]):
        return ""
    # As it came: what hides a key that a server sends back knows it by its own letters.
    return f"{'' if found[1] == '//' else found[1]}{found[2]}{found[3] or ''}"
