"""The shape of a secret: what judgements need of it, and nothing else.

A recording holds no secret. In its place stands a mark like `{{secret prefix=sk-proj- length=164 space@163}}`: the
known prefix, the length, and each character that has no business in a key with its place (counted from 0). Replaying
puts an invented text of that shape there.
"""

from __future__ import annotations

import re

from doctor.words import Secret

_FAULTS = {
    " ": "space", "\t": "tab", "\n": "newline", "\r": "return", '"': "quote", "'": "apostrophe", "`": "backtick",
    "\u201c": "left-quote", "\u201d": "right-quote", "\u2018": "left-apostrophe", "\u2019": "right-apostrophe",
    "\u00a0": "no-break-space", "\u200b": "zero-width-space", "\ufeff": "byte-order-mark", "\u2026": "ellipsis",
    "*": "star", "<": "less", ">": "greater", "#": "hash", "$": "dollar", ",": "comma", ";": "semicolon",
}  # fmt: skip
_BY_NAME = {name: character for character, name in _FAULTS.items()}
_MARK = re.compile(r"\{\{secret((?: [^{}\s]+)*)\}\}")
_HARMLESS = re.compile(r"[A-Za-z0-9_\-.=+/]\Z")
_FILLING = {
    "letters": "qZ7kWm2RtY9bXc4LpVn8HsJd6GfTz3KwEu5MaBy",
    "hex": "7c2e9a4f1b8d6035",
    "digits": "7294816035",
}


def mark_of(secret: str) -> str:
    """The mark that stands for a secret in a recording."""
    prefix = Secret(secret).prefix
    own = secret[len(prefix) :]
    words = [f"prefix={prefix}"] if prefix else []
    words.append(f"length={len(secret)}")
    if own and re.fullmatch(r"[0-9]+", own):
        words.append("digits")
    elif own and re.fullmatch(r"[0-9a-f]+", own):
        words.append("hex")
    for place, character in enumerate(own, len(prefix)):
        if not _HARMLESS.match(character):
            words.append(f"{_FAULTS.get(character, 'character-%04x' % ord(character))}@{place}")
    return "{{secret " + " ".join(words) + "}}"


def expand(text: str) -> str:
    """Every mark in a text replaced by an invented secret of that shape."""
    if "{{secret" not in text:
        return text
    return _MARK.sub(lambda mark: _invent(mark[1].split()), text)


def _invent(words: list[str]) -> str:
    prefix, length, kind = "", 0, "letters"
    faults: dict[int, str] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name == "prefix":
            prefix = value
        elif name == "length" and value.isdigit():
            length = min(int(value), 100_000)
        elif word in _FILLING:
            kind = word
        elif "@" in word:
            fault, _, where = word.rpartition("@")
            character = _BY_NAME.get(fault)
            if character is None and re.fullmatch(r"character-[0-9a-f]{4,6}", fault):
                character = chr(min(int(fault[10:], 16), 0x10FFFF))
            if character and where.isdigit():
                faults[int(where)] = character
    filling = _FILLING[kind]
    made = list(prefix)[:length]
    while len(made) < length:
        # A step that shares no factor with the filling's length: no short run repeats.
        place = len(made)
        made.append(faults.get(place, filling[(place * 7 + place // len(filling)) % len(filling)]))
    return "".join(made)
