"""Secrets: a value that cannot be printed, and where in a text something of a secret's form stands.

Nobody's key leaves in a report or a recording: here is what the house knows of the forms that keys have.
"""

from __future__ import annotations

import re
from typing import Callable, NamedTuple, NoReturn, Optional

# Prefixes that say what kind of token a secret is, and nothing of the secret itself. Longest first.
TOKEN_PREFIXES = (
    "sk-ant-admin01-", "sk-ant-api03-", "sk-ant-oat01-", "sk-ant-ort01-", "sk-ant-sid01-", "sk-ant-",
    "sk-svcacct-", "sk-service-", "sk-admin-", "sk-or-v1-", "sk-proj-", "sk-None-", "sk-lf-", "sk-",
    "AGE-SECRET-KEY-", "github_pat_", "dckr_pat_", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "glpat-", "gsk_", "xai-",
    "hf_", "tvly-", "pplx-", "nvapi-", "lsv2_pt_", "pcsk_", "sk_live_", "sk_test_", "AIza", "AKIA", "ASIA", "ya29.",
    "xoxb-", "xoxp-", "xapp-", "eyJ", "pypi-", "npm_", "sess-", "ek_", "r8_",
)  # fmt: skip
# No secrets, but they are pasted where one belongs, and tell whose it would be.
_IDS = ("org-", "proj_")
_ID = r"(?:org-|proj_)[A-Za-z0-9]{16,}\s*\Z"
_ROOTS = tuple(p for p in TOKEN_PREFIXES if not any(p != other and p.startswith(other) for other in TOKEN_PREFIXES))
# Names of packages and variables begin like this too (hf_transfer, pypi-attestations): the rest has to look random.
_WORDY = frozenset(("hf_", "xai-", "pypi-", "npm_", "sess-", "ek_", "r8_", "AKIA", "ASIA", "eyJ", "nvapi-"))

SHORTEST_OWN_PART = 12
# Patterns stand here as text: most runs never meet what they are for, and compiling them all takes a while.
_BODY = r"(?:[A-Za-z0-9_\-.*]|[^\x00-\x7f](?=[A-Za-z0-9_\-.]{4}))+"
_CONTINUED = r"[\s|]{1,6}([A-Za-z0-9_\-]{16,})"
_JUST_ESCAPED = r"(?:\x1b\[[0-9;]*[A-Za-z]|\\[bfnrtv0]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2})\Z"
_WORD = r"(?:[A-Z]?[a-z]*\d{0,4}[a-z]{0,3}|[A-Z]+\d{0,4}|\d+)\Z"
_PLAIN_WORD = r"[A-Z]?[a-z]+\Z"

# A password may hold what should have been written as %40 or %2F; a port is not one.
_CREDENTIALS = r"://([^\s/?#'\"<>]{1,400}|[^\s/@:'\"<>]{1,200}:(?!\d+(?:[/?#]|$))[^\s'\"<>@]{0,200})@"
_AUTHORIZATION = r"(?i)(authorization\W{1,6})?\b(?:bearer|basic)(?:\s|%20)+([A-Za-z0-9_\-.+/=]{8,})"
_PRIVATE_KEY = (
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[A-Za-z0-9+/=\s:,\-]|\\[nrt\\])*?(?:-----END [A-Z0-9 ]*-----|(?![A-Za-z0-9+/=\s:,\-]|\\[nrt\\]))"
)


class Secret:
    """A value without a printable form: only its class and its length can be shown.

    `str()`, `repr()` and formatting all give the same harmless text; it is neither copied nor stored. `reveal()` is
    for the one place that has to send it, and for judging its form.
    """

    # A function holds the value, so that what looks into objects (a debugger, a traceback with variables) finds none.
    __slots__ = ("_reveal",)

    def __init__(self, value: str) -> None:
        self._reveal: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        return self._reveal()

    @property
    def prefix(self) -> str:
        """The known token prefix it begins with, or ""."""
        return prefix_of(self._reveal())

    def __str__(self) -> str:
        return outline(self._reveal())

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._reveal() == self._reveal()

    def __hash__(self) -> int:
        return hash(("Secret", self._reveal()))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not stored")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret is not stored")


def prefix_of(value: str) -> str:
    """The known token prefix that a text begins with, or that of a whole id; else ""."""
    if value.startswith(_IDS) and re.match(_ID, value):
        return next(known for known in _IDS if value.startswith(known))
    return next((known for known in TOKEN_PREFIXES if value.startswith(known)), "")


def outline(value: str) -> str:
    """What may be shown of a secret: its class and its length."""
    return f"{prefix_of(value)}… ({len(value)} character{'' if len(value) == 1 else 's'})"


class Found(NamedTuple):
    """Where something of a secret's form stands in a text."""

    start: int
    end: int
    kind: str
    """"token", "credentials" (of a URL, without the @), "authorization" or "private-key"."""


def tokens_in(text: str, words: Optional[str] = None) -> list[Found]:
    """Everything of a credential's form, in order and without overlap. `words` are its distinct words, if known."""
    found = _prefixed(text, distinct_words(text) if words is None else words)
    if "-----BEGIN" in text:
        found += [Found(*match.span(), "private-key") for match in re.finditer(_PRIVATE_KEY, text)]
    if "@" in text and "://" in text:
        for match in re.finditer(_CREDENTIALS, text):
            # A name alone, as in ssh://git@host, is how such addresses are written, and no secret.
            if ":" in match[1] or not (match[1] == "git" or text.endswith("ssh://", 0, match.start(1))):
                found.append(Found(*match.span(1), "credentials"))
    lower = text.lower()
    if "bearer" in lower or "basic" in lower:
        for match in re.finditer(_AUTHORIZATION, text):
            if match[1] or not re.match(_PLAIN_WORD, match[2]):
                found.append(Found(*match.span(2), "authorization"))
    if len(found) < 2:
        return found
    return _without_overlap(sorted(found, key=lambda each: (each.start, -each.end)))


def distinct_words(text: str) -> str:
    """A long text with everything that it repeats left out: enough for finding out whether something stands in it."""
    return "\n".join(set(text.split())) if len(text) > 4096 else text


def _prefixed(text: str, words: str) -> list[Found]:
    found = []
    for root in _ROOTS:
        if root not in words:
            continue
        at = text.find(root)
        while at >= 0:
            end, is_token = _token_at(text, at)
            if is_token:
                found.append(Found(at, end, "token"))
            at = text.find(root, end)
    return found


def _token_at(text: str, start: int) -> tuple[int, bool]:
    """Whether the prefix here begins a token, and from where to look on: no text is looked at twice."""
    prefix = next(known for known in TOKEN_PREFIXES if text.startswith(known, start))
    own_start = start + len(prefix)
    if not _begins_at(text, start) and not is_random(_own_part(text[own_start : own_start + 64])):
        return start + 1, False
    own = _own_part(text, own_start)
    end = own_start + len(own)
    if len(own) < SHORTEST_OWN_PART or len(set(own)) < 3 or (prefix in _WORDY and _is_wordy(own)):
        return max(end, start + 1), False
    more = re.compile(_CONTINUED).match(text, end)
    while more and is_random(more[1]):
        end = more.end()
        more = re.compile(_CONTINUED).match(text, end)
    return end, True


def _own_part(text: str, start: int = 0) -> str:
    """What belongs to a token from here on, without the stop of a sentence."""
    body = re.compile(_BODY).match(text, start)
    return body[0].rstrip(".*") if body else ""


def _begins_at(text: str, at: int) -> bool:
    """Whether a word may begin here: after something that is no letter, or after an escape that ends in one."""
    if at == 0 or not (text[at - 1].isascii() and text[at - 1].isalnum()):
        return True
    return bool(re.search(_JUST_ESCAPED, text[max(0, at - 14) : at]))


def _is_wordy(own: str) -> bool:
    return all(re.match(_WORD, run) for run in re.split(r"[-_.*]+", own))


def is_random(own: str) -> bool:
    """Whether a text looks like drawn from letters and digits, and not like words and numbers."""
    kinds = (str.islower, str.isupper, str.isdigit)
    return len(own) >= 16 and all(any(map(kind, own)) for kind in kinds) and not _is_wordy(own)


def looks_secret(value: str) -> bool:
    """Whether a value is no path, no address, no word and no sentence: those, or parts of them, stand elsewhere for a
    good reason.
    """
    if prefix_of(value) or any(map(is_random, value.split())):
        return True
    is_mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return (len(value) >= 8 and is_mixed and not set(value) & set("/\\: ")) or (len(value) >= 20 and value.isalpha())


def _without_overlap(found: list[Found]) -> list[Found]:
    joined = found[:1]
    for each in found[1:]:
        last = joined[-1]
        if each.start < last.end:
            joined[-1] = last._replace(end=max(last.end, each.end))
        else:
            joined.append(each)
    return joined


def hide_tokens(text: str) -> str:
    """Everything of the form of a credential replaced by its class and length."""
    found = tokens_in(text)
    if not found:
        return text
    out, done = [], 0
    for start, end, kind in found:
        out.append(text[done:start])
        if kind == "token":
            out.append(outline(text[start:end]))
        elif kind != "credentials":
            out.append("(a private key)" if kind == "private-key" else "…")
        # "user:password@" goes with its @, unless a union with something else has swallowed that.
        done = end + 1 if kind == "credentials" and text[end : end + 1] == "@" else end
    return "".join([*out, text[done:]])
