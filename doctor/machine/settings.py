"""Where secrets may stand in a file of settings: every assigned value is one, unless it plainly is none.

The form is read loosely, because a broken file has to keep its secrets too: lines `NAME=value` (commented out or
not), INI, YAML, JSON. Quotes, escapes and references to other settings are left where they are.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator

from doctor.machine import Harmless

Span = tuple[int, int]

SHORTEST_SECRET = 5
_PLAIN = re.compile(r"(?i)(?:true|false|yes|no|on|off|none|null|enabled|disabled|default|[-+]?\d{1,8}(?:\.\d{1,6})?)\Z")
_ASSIGNED = re.compile(
    r"(?P<comment>[#;]*)[ \t]*(?:-[ \t]+)?(?:(?:export|set|setx)[ \t]+|\$env:)?"
    r"(?:(?P<name>[\"'\u200b-\u200f\u2018-\u201f\ufeff]*[\w.\-]+[\"'\u200b-\u200f\u2018-\u201f]*)"
    r"[ \t]*(?:=|:(?=[ \t]|$))|(?P<yaml>[\w.\-][\w.\- ]*):(?=[ \t]|$))"
    r"[ \t]*(?P<value>.*)"
)
_QUOTED = re.compile(r"([\"'])(.*)\1[ \t]*(#.*)?\Z", re.DOTALL)
_SECTION = re.compile(r"[ \t]*\[[\w.\- :\"']{1,60}\][ \t]*\Z")
# The last is a setting's name, pasted a second time: as a part of the secret it would be hidden wherever it stands.
_KEPT = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\.|\$\{\w+(?::?-|\})|\}|\$\w+\Z"
    r"|(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+=(?=\S)",
    re.DOTALL,
)
_AROUND = " \"'\u200b\u200c\u200d\u200e\u200f\u2018\u2019\u201c\u201d\ufeff"
"""What stands around a name or a value by mistake, and is no part of a secret."""
_BARE_NAME = re.compile(r"[A-Z]{2,16}(?:_[A-Z]{1,16}){1,5}\Z")
_LOGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+]{1,9}://)?([^\s/]{1,200})@")
_WORD = re.compile(r"[^\s\"'<>()\[\]{},;]+")
_NUMBER = re.compile(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?\Z")
# Of a formatted text, what stands between its braces and control words.
_BARE_WORD = re.compile(r"[^\s\"{}\[\],:]+")
_RICH_WORD = re.compile(r"(?<![\\\w\-])(?:\w+=)?([^\s\\{};]{5,})")
_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?', re.DOTALL)


def secret_values(text: str, is_harmless: Harmless) -> list[Span]:
    """Where the values stand that have to be kept secret."""
    start = text.lstrip("\ufeff \t\r\n")[:2]
    if text.startswith("{\\rtf"):
        return [word.span(1) for word in _RICH_WORD.finditer(text) if not _PLAIN.match(word[1])]
    if start[:1] == "{" or start in ("[{", '["', "[\n", "[\r", "[ "):
        return list(_in_json(text, is_harmless))
    spans: list[Span] = []
    done = 0
    for line in text.splitlines(keepends=True):
        stripped = line.rstrip()
        spans += [(done + start, done + end) for start, end in _in_line(stripped, is_harmless)]
        done += len(line)
    return spans


def _in_line(line: str, is_harmless: Harmless) -> Iterator[Span]:
    start = len(line) - len(line.lstrip("\ufeff \t"))
    found = _ASSIGNED.match(line, start)
    is_comment = line[start : start + 1] in ("#", ";")
    name = (found["name"] or found["yaml"]).strip(_AROUND) if found else ""
    if found and not (is_comment and found["yaml"]) and not _is_no_name(name, found["value"]):
        yield from _in_value(line, found.start("value"), name, is_harmless)
    elif is_comment:
        yield from _in_prose(line, 0, len(line))
    elif not _SECTION.match(line):
        # A value that goes on from the line above, or a key without a name.
        yield from _in_value(line, len(line) - len(line.lstrip("\ufeff \t-")), "", is_harmless)


def _is_no_name(name: str, value: str) -> bool:
    """Whether it is a key without a name, which ends in the "=" that base64 is filled up with."""
    kinds = (str.islower, str.isupper, str.isdigit)
    if len(name) > 48 or set(value) == {"="}:
        return True
    return len(name) >= 12 and all(any(map(kind, name)) for kind in kinds)


def _in_value(line: str, start: int, name: str, is_harmless: Harmless) -> Iterator[Span]:
    """What is secret of a value that begins here; a comment may follow it."""
    value = line[start:]
    quoted = _QUOTED.match(value)
    if quoted:
        inner, end = (start + quoted.start(2), start + quoted.end(2)), start + quoted.end(2) + 1
    else:
        comment = re.search(r"(?<=[ \t])#", value)
        end = start + len(value[: comment.start()].rstrip() if comment else value)
        inner = (start, end)
    yield from _in_text(line, inner, name, is_harmless)
    yield from _in_prose(line, end, len(line))


def _in_text(line: str, inner: Span, name: str, is_harmless: Harmless) -> Iterator[Span]:
    """What is secret of a value without its quotes: all of it, or the credentials of a harmless address."""
    text = line[inner[0] : inner[1]]
    stripped = text.strip(_AROUND)
    start = inner[0] + text.find(stripped)
    if is_plain(name, text, is_harmless) or (len(stripped) < len(text) and is_plain(name, stripped, is_harmless)):
        return
    secret = secret_in(name, stripped, is_harmless)
    if secret != (0, len(stripped)):
        yield start + secret[0], start + secret[1]
    elif name or not _BARE_NAME.match(stripped):
        yield from _without_escapes(line, *inner)


def is_plain(name: str, value: str, is_harmless: Harmless) -> bool:
    """Whether a value is no secret: short, a number, a word that everybody knows, or known to the asker."""
    return len(value) < SHORTEST_SECRET or bool(_PLAIN.match(value)) or is_harmless(name, value)


def secret_in(name: str, value: str, is_harmless: Harmless) -> Span:
    """Where the secret of a single value stands: nowhere, in the login of an address that is harmless without it (its
    scheme may be left out), or all over it.
    """
    if is_plain(name, value, is_harmless):
        return 0, 0
    login = _LOGIN.match(value)
    if login and is_plain(name, value[: login.start(1)] + value[login.end() :], is_harmless):
        return login.span(1)
    return 0, len(value)


def logins_in(servers: str) -> list[Span]:
    """Where logins stand in what Windows keeps of proxies: an address, or "http=address;https=address"."""
    parts = servers.split(";")
    if len(parts) > 1 and not all("=" in part for part in parts if part):
        return [(0, servers.rfind("@") + 1)]  # a password with a semicolon, perhaps
    found = re.finditer(r"(?:\A|;)(?:\w{1,9}=)?(?:[A-Za-z0-9+]{1,9}://)?([^;]{1,400})@", servers)
    return [login.span(1) for login in found]


def _without_escapes(text: str, start: int, end: int) -> Iterator[Span]:
    """The parts between escapes and references, so that the text means the same to whoever parses it."""
    for kept in _KEPT.finditer(text, start, end):
        if start < kept.start():
            yield start, kept.start()
        start = kept.end()
    if start < end:
        yield start, end


def _in_prose(text: str, start: int, end: int) -> Iterator[Span]:
    """Of a comment, what does not look like words."""
    for word in _WORD.finditer(text, start, end):
        is_mixed = any(map(str.isdigit, word[0])) and any(map(str.isalpha, word[0]))
        is_name = "_" in word[0] and word[0].upper() == word[0]
        is_address = re.match(r"https?://[\w.\-/]+\Z", word[0])
        if ((len(word[0]) >= 8 and is_mixed) or len(word[0]) >= 20) and not is_name and not is_address:
            yield word.span()


def _in_json(text: str, is_harmless: Harmless) -> Iterator[Span]:
    name, done = "", 0
    for found in _JSON_STRING.finditer(text):
        yield from _outside_of_strings(text, done, found.start())
        done = found.end()
        if found[2]:
            name = found[1]
        elif not is_plain(name, found[1], is_harmless):
            yield from _without_escapes(text, *found.span(1))
    yield from _outside_of_strings(text, done, len(text))


def _outside_of_strings(text: str, start: int, end: int) -> Iterator[Span]:
    """Nothing but true, false, null and numbers is there, unless it is no JSON after all."""
    for word in _BARE_WORD.finditer(text, start, end):
        if len(word[0]) >= SHORTEST_SECRET and not _PLAIN.match(word[0]) and not _NUMBER.match(word[0]):
            yield word.span()


def is_settings_file(path: PurePath) -> bool:
    """Whether a file is known to hold secrets by its very name, even where nobody asks for it as settings."""
    name = path.name.lower()
    if name.endswith((".template", ".example", ".sample", ".dist")):
        return False
    return name.startswith((".env.", ".netrc", "_netrc")) or name.endswith(".env") or name in _KNOWN


_KNOWN = frozenset((".pypirc", ".npmrc", ".pgpass", ".git-credentials", "auth.toml", "auth.json", "credentials"))
