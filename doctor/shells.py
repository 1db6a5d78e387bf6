"""Commands to copy: the values in them quoted for the shell that they are typed into."""

from __future__ import annotations

import re
import shlex
import string
from pathlib import PurePath
from typing import Callable, Iterable

from doctor.findings import Command
from doctor.words import NOWHERE, Place, Secret, Words, hide_names, hide_tokens, render

_PLAIN = re.compile(r"[A-Za-z0-9_\-./\\:=@%+,]+\Z")


def draw(command: Command, place: Place = NOWHERE) -> str:
    """The line to copy. A path below home is written so that the shell itself finds home."""
    quote = _QUOTE[command.shell]
    out = []
    for literal, name, _spec, _conversion in string.Formatter().parse(command.words.template):
        out.append(literal)
        if name is not None:
            out.append(_value(command.words.values.get(name, ""), place, quote))
    return "".join(out)


def _value(value: object, place: Place, quote: Callable[[str, str], str]) -> str:
    if isinstance(value, Words):
        return render(value, place)
    if isinstance(value, PurePath):
        home = place.home
        if home is not None and type(value) is type(home) and len(home.parts) > 1 and home in value.parents:
            return quote(hide_names(str(value.relative_to(home)), Place(None, place.user, place.host)), "home")
        return quote(hide_names(str(value), place), "")
    if isinstance(value, (str, int, Secret)):
        return quote(hide_names(hide_tokens(str(value)), place), "")
    if isinstance(value, Iterable):
        return " ".join(_value(each, place, quote) for each in value)
    return quote(str(value), "")


def _sh(text: str, base: str) -> str:
    if base:
        return "~/" + (text if _PLAIN.match(text) else shlex.quote(text))
    return text if text == "~" or text.startswith("~/") and _PLAIN.match(text) else shlex.quote(text)


def _powershell(text: str, base: str) -> str:
    if base:
        return f'"$HOME\\{text}"' if not _PLAIN.match(text) else f"$HOME\\{text}"
    return text if _PLAIN.match(text) else "'" + text.replace("'", "''") + "'"


def _cmd(text: str, base: str) -> str:
    if base:
        text = "%USERPROFILE%\\" + text
    return text if _PLAIN.match(text) and "%" not in text.replace("%USERPROFILE%", "") else '"' + text + '"'


_QUOTE: dict[str, Callable[[str, str], str]] = {"sh": _sh, "powershell": _powershell, "cmd": _cmd}
