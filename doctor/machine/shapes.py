"""The shape of a secret: what judgements need of it, and nothing else.

A recording holds no secret. In its place stands a mark like `{{secret prefix=sk-proj- length=164 dash@40}}`: the
known prefix, the length, and each character that is no letter or digit with its place (counted from 0). Where a
maker's public marker stands in its keys ("T3BlbkFJ" in OpenAI's) is kept too. Replaying puts an invented text of that
shape there. `{{secret mark}}` stands for a text that only looks like a mark.
"""

from __future__ import annotations

import re

from doctor.secret import prefix_of

LONGEST_SECRET = 20_000
OPENING = "{{secret"
MARKED_OPENING = "{{secret mark}}"

_NAMES = {
    "-": "dash", "_": "underscore", ".": "dot", "/": "slash", "+": "plus", "=": "equals", ":": "colon", "@": "at",
    " ": "space", "\t": "tab", "\n": "newline", "\r": "return", '"': "quote", "'": "apostrophe", "`": "backtick",
    "\u201c": "left-quote", "\u201d": "right-quote", "\u2018": "left-apostrophe", "\u2019": "right-apostrophe",
    "\u00a0": "no-break-space", "\u200b": "zero-width-space", "\ufeff": "byte-order-mark", "\u2026": "ellipsis",
    "*": "star", "<": "less", ">": "greater", "#": "hash", "$": "dollar", ",": "comma", ";": "semicolon",
    "\\": "backslash", "%": "percent", "&": "ampersand", "?": "question", "!": "exclamation", "~": "tilde",
    "{": "open-brace", "}": "close-brace", "(": "open-parenthesis", ")": "close-parenthesis",
}  # fmt: skip
MARKER = "T3BlbkFJ"
"""Stands in every key of OpenAI: "OpenAI" in base64."""
_BY_NAME = {name: character for character, name in _NAMES.items()}
_MARK = re.compile(r"\{\{secret((?: [^{}\s]+)*)\}\}")
_PLACED = re.compile(r"([a-z\-]+|character-[0-9a-f]{2,6})@([0-9]{1,5})\Z")

# Each is used from its beginning, character by character. No few of them in a row look like another kind.
_FILLINGS = {
    "letters": "qZ7kWm2RtY9bXc4LpVn8HsJd6GfTz3KwEu5MaBy",
    "hex": "c7e2a9f4b1d8c6e3a5",
    "lower": "k7zq2wm5rx9tb4nc8vh3jd6ys1gp0fl",
    "digits": "7294816035",
}


def mark_of(secret: str) -> str:
    """The mark that stands for a secret in a recording."""
    prefix = prefix_of(secret)
    words = ["{{secret"]
    if prefix:
        words.append(f"prefix={prefix}")
    secret = secret[:LONGEST_SECRET]
    words.append(f"length={len(secret)}")
    kind = _kind("".join(c for c in secret[len(prefix) :] if _is_plain(c)))
    if kind != "letters":
        words.append(kind)
    marker = secret.find(MARKER, len(prefix))
    if marker >= 0:
        words.append(f"marker@{marker}")
    for place, character in enumerate(secret[len(prefix) :], len(prefix)):
        if not _is_plain(character):
            words.append(f"{_NAMES.get(character) or f'character-{ord(character):02x}'}@{place}")
    return " ".join(words) + "}}"


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _kind(own: str) -> str:
    if len(own) >= 4 and own.isdigit():
        return "digits"
    if len(own) < 8 or own.isalpha() or own != own.lower():
        return "letters"
    return "hex" if re.fullmatch(r"[0-9a-f]+", own) else "lower"


def expand(text: str) -> str:
    """Every mark in a text replaced by an invented secret of that shape."""
    if OPENING not in text:
        return text
    return _MARK.sub(lambda mark: _invent(mark[1].split()), text)


def protect(text: str) -> str:
    """A text that holds what looks like a mark, written so that it expands to itself."""
    return text.replace(OPENING, MARKED_OPENING)


def fault_in(text: str) -> str:
    """What is wrong with the marks of a text, "" when nothing is."""
    done = 0
    while True:
        at = text.find(OPENING, done)
        if at < 0:
            return ""
        mark = _MARK.match(text, at)
        if mark is None:
            return 'a mark must read like "{{secret length=51}}"'
        for word in mark[1].split():
            if not _is_understood(word):
                return f'"{word}" has no meaning in a mark for a secret'
        done = mark.end()


def _is_understood(word: str) -> bool:
    name, equals, value = word.partition("=")
    if equals:
        is_length = name == "length" and value.isdecimal() and value.isascii() and len(value) < 6
        return name == "prefix" or (is_length and int(value) <= LONGEST_SECRET)
    placed = _PLACED.match(word)
    if placed:
        is_by_number = placed[1].startswith("character-") and _character(placed[1]) != ""
        return placed[1] in ("marker", *_BY_NAME) or is_by_number
    return word == "mark" or word in _FILLINGS


def _character(name: str) -> str:
    if name in _BY_NAME:
        return _BY_NAME[name]
    try:
        return chr(int(name[len("character-") :], 16))
    except ValueError:  # beyond the last character, or no number
        return ""


def _invent(words: list[str]) -> str:
    if words == ["mark"]:
        return OPENING
    prefix, length, kind = "", 0, "letters"
    odd: dict[int, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        placed = _PLACED.match(word)
        if name == "prefix" and equals:
            prefix = value
        elif name == "length" and value.isdecimal():
            length = min(int(value), LONGEST_SECRET)
        elif word in _FILLINGS:
            kind = word
        elif placed and placed[1] == "marker":
            odd.update(enumerate(MARKER, int(placed[2])))
        elif placed:
            odd[int(placed[2])] = _character(placed[1])
    filling, used = _FILLINGS[kind], 0
    made = list(prefix)[:length]
    while len(made) < length:
        character = odd.get(len(made))
        if character is None:
            # After each round the next one begins elsewhere, so that the whole is no repetition.
            character = filling[(used + used // len(filling)) % len(filling)]
            used += 1
        made.append(character)
    return "".join(made)
