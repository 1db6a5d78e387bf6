"""Commands to copy: the values in them quoted for the shell that they are typed into.

Whatever a value holds, it stays one word of the command and starts nothing. Nothing unprintable is written, home is
written so that the shell finds it by itself, and secrets and names are as hidden as everywhere else.
"""

from __future__ import annotations

import re
import string
from itertools import takewhile
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Callable, Iterable, NamedTuple, Optional

from doctor.findings import Command
from doctor.names import FOR_A_REPORT
from doctor.words import NOWHERE, Place, Secret, Words, hide_names, hide_tokens, render


class Piece(NamedTuple):
    """A part of a value: a text, or the person's home folder."""

    text: str
    is_home: bool = False


LEFT_OUT = f"{FOR_A_REPORT.user} stands for a name that is left out here; write it where it stands."
"""To be said below commands that cannot be copied as they are."""


def draw_all(commands: Iterable[Command], place: Place = NOWHERE) -> list[str]:
    """The lines to copy, one after the other: `cd` counts for those that follow."""
    lines = []
    for command in commands:
        lines.append(draw(command, place))
        if command.words.template.startswith("cd "):
            folder = next(iter(command.words.values.values()), None)
            place = place._replace(here=folder if isinstance(folder, PurePath) else None)
    return lines


def is_whole(lines: Iterable[str]) -> bool:
    """Whether no name has been left out of these lines, so that they can be copied."""
    return not any(FOR_A_REPORT.user in line for line in lines)


def draw(command: Command, place: Place = NOWHERE) -> str:
    """The line to copy."""
    quote = _QUOTE[command.shell]
    if isinstance(place.here, PurePosixPath) != (command.shell == "sh"):
        place = place._replace(here=None)  # a terminal of the other system, which is somewhere else
    out = []
    for literal, name, _spec, _conversion in string.Formatter().parse(command.words.template):
        out.append(literal)
        if name is not None:
            out.append(_value(command.words.values.get(name, ""), place, quote))
    return "".join(out)


def _value(value: object, place: Place, quote: Callable[[list[Piece]], str]) -> str:
    if isinstance(value, Words):
        return render(value, place)
    if isinstance(value, PurePath):
        text = _from_here(value, place)
        # A file whose name begins with a dash would be read as an option.
        return quote(_pieces("./" + text if text.startswith("-") else text, place))
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, (str, int, float, Secret)) or value is None or not isinstance(value, Iterable):
        return quote(_pieces(str(value), place))
    return " ".join(_value(each, place, quote) for each in value)


def _from_here(path: PurePath, place: Place) -> str:
    """A path that would name somebody, from the folder that the terminal is in, where that has the name in common."""
    text = str(path)
    if place.here is None or is_whole([hide_names(text, place)]):
        return text
    pairs = zip(path.parts, place.here.parts)
    shared = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    above = hide_names(str(type(path)(*shared)), place)
    if above.count(FOR_A_REPORT.user) != hide_names(text, place).count(FOR_A_REPORT.user):
        return text
    up, down = len(place.here.parts) - len(shared), path.parts[len(shared) :]
    # A name alone might be looked for on PATH.
    parts = [*([".."] * up or ["."]), *down]
    return ("\\" if isinstance(path, PureWindowsPath) else "/").join(parts)


def _pieces(text: str, place: Place) -> list[Piece]:
    """A text cut at every mention of the home folder, the rest without secrets and names."""
    nameless = Place(None, place.user, place.host)
    found: list[Piece] = []
    done = 0
    pattern = _home_in_texts(place.home)
    for match in pattern.finditer(text) if pattern else ():
        found += [Piece(text[done : match.start()]), Piece("", is_home=True)]
        done = match.end()
    found.append(Piece(text[done:]))
    hidden = (each if each.is_home else Piece(hide_names(hide_tokens(each.text), nameless)) for each in found)
    return [each for each in hidden if each.is_home or each.text] or [Piece("")]


def _home_in_texts(home: Optional[PurePath]) -> Optional[re.Pattern[str]]:
    if home is None or len(home.parts) < 2:
        return None
    flags = 0 if isinstance(home, PurePosixPath) else re.IGNORECASE
    return re.compile(rf"(?<![\w.\-/\\~]){re.escape(str(home))}(?![\w\-]|\.\w)", flags)


# --- sh, bash, zsh --------------------------------------------------------------------------------------------------

_SH_PLAIN = r"[A-Za-z0-9_\-./:@%+,][A-Za-z0-9_\-./:@%+,=]*\Z"  # zsh: "=x" is the path of x


def _sh(pieces: list[Piece]) -> str:
    first, *rest = pieces
    if first.is_home and (not rest or rest[0].text.startswith("/")):
        if not rest:
            return "~"
        inner = rest[0].text[1:]
        return "~/" + "".join([_sh_text(inner) if inner else "", *map(_sh_piece, rest[1:])])
    return "".join(map(_sh_piece, pieces))


def _sh_piece(piece: Piece) -> str:
    return '"$HOME"' if piece.is_home else _sh_text(piece.text)


def _sh_text(text: str) -> str:
    if re.match(_SH_PLAIN, text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "'\"'\"'") + "'"
    # bash, zsh, ksh and the newer sh read this form; no other form is both printable and exact.
    return "$'" + "".join(map(_sh_character, text)) + "'"


def _sh_character(character: str) -> str:
    if character in "\\'":
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))


# --- PowerShell -----------------------------------------------------------------------------------------------------
# https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
# It takes every curly quotation mark for the straight one.

_POWERSHELL_PLAIN = r"[A-Za-z0-9_./\\][A-Za-z0-9_./\\:\-+=]*\Z"
_SINGLE_QUOTES = "(['\u2018\u2019\u201a\u201b])"
_SPECIAL = '([`$"\u201c\u201d\u201e])'


def _powershell(pieces: list[Piece]) -> str:
    texts = [piece.text for piece in pieces if not piece.is_home]
    if not any(piece.is_home for piece in pieces) and all(map(str.isprintable, texts)):
        text = "".join(texts)
        return text if re.match(_POWERSHELL_PLAIN, text) else "'" + re.sub(_SINGLE_QUOTES, r"\1\1", text) + "'"
    if pieces[0].is_home and re.match(r"(?:\\[A-Za-z0-9_.\\\-]*)?\Z", "".join(texts)) and len(pieces) < 3:
        return "$HOME" + "".join(texts)
    return '"' + "".join("${HOME}" if piece.is_home else _powershell_text(piece.text) for piece in pieces) + '"'


def _powershell_text(text: str) -> str:
    return "".join(c if c.isprintable() else _powershell_character(c) for c in re.sub(_SPECIAL, r"`\1", text))


def _powershell_character(character: str) -> str:
    number = ord(character)
    return f"$([char]0x{number:x})" if number < 0x10000 else f"$([char]::ConvertFromUtf32(0x{number:x}))"


# --- cmd ------------------------------------------------------------------------------------------------------------
# Quotes first as cmd.exe reads them, then as the C library of the program takes them apart:
# https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments

_CMD_PLAIN = r"[A-Za-z0-9_./\\:@+\-]+\Z"


def _cmd(pieces: list[Piece]) -> str:
    if not any(piece.is_home for piece in pieces):
        text = "".join(piece.text for piece in pieces)
        if re.match(_CMD_PLAIN, text):
            return text
    inner = "".join("%USERPROFILE%" if piece.is_home else _cmd_text(piece.text) for piece in pieces)
    # A backslash before the closing quote would take it for a character.
    return '"' + re.sub(r"(\\+)\Z", r"\1\1", inner) + '"'


def _cmd_text(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    text = re.sub(r'(\\*)"', r'\1\1""', text)
    # Only outside of quotes can a percent sign be kept from naming a variable.
    return re.sub(r"(\\*)%", r'\1\1"^%"', text)


_QUOTE: dict[str, Callable[[list[Piece]], str]] = {"sh": _sh, "powershell": _powershell, "cmd": _cmd}
