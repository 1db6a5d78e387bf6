"""Looks at the values of a recording: each says of a value what is wrong with it, and where it stands.

A small checker of our own, because a recording is read on machines that have no library for it.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime, timezone
from typing import Any, Callable, Mapping, NoReturn

from doctor.machine import FailureKind
from doctor.machine.shapes import fault_in
from doctor.words import show

Place = tuple[str, ...]
Look = Callable[[Any, Place], None]


class BadRecording(Exception):
    """The recording cannot be used; the message is one sentence for the person who gave it."""

    def __init__(self, what: str, place: Place = ()) -> None:
        self.what, self.place = what, place
        where = " > ".join(show(each)[:90] for each in place)
        super().__init__(f"{where}: {what}" if where else what)


def wrong(what: str, place: Place) -> NoReturn:
    """Raises `BadRecording`."""
    raise BadRecording(what, place)


# --- single values ------------------------------------------------------------------------------------------------


def is_text(value: Any, place: Place) -> None:
    if not isinstance(value, str):
        hint = "; put it in quotes" if isinstance(value, (int, float)) else ""
        wrong(f"this has to be text, and is {_kind(value)}{hint}", place)


def is_line(value: Any, place: Place) -> None:
    is_text(value, place)
    if not value or "\0" in value:
        wrong("this has to be a text of at least one character, without NUL", place)


def is_marked_text(value: Any, place: Place) -> None:
    """Text in which marks for secrets stand."""
    is_text(value, place)
    fault = fault_in(value)
    if fault:
        wrong(fault, place)


def is_flag(value: Any, place: Place) -> None:
    if not isinstance(value, bool):
        wrong(f"this has to be true or false, and is {_kind(value)}", place)


def is_number(value: Any, place: Place) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(f"this has to be a whole number, and is {_kind(value)}", place)
    if not -(2**63) <= value < 2**64:
        wrong("this number is too large", place)


def is_count(value: Any, place: Place) -> None:
    is_number(value, place)
    if value < 0:
        wrong("this number cannot be negative", place)


def is_mode(value: Any, place: Place) -> None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-7]{1,5}", text):
        wrong('permissions are given as octal digits, like "755"', place)


def is_base64(value: Any, place: Place) -> None:
    is_text(value, place)
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except ValueError:  # also what is no ASCII
        wrong("this is no base64", place)


def is_moment(value: Any, place: Place) -> None:
    is_text(value, place)
    try:
        moment(value)
    except (ValueError, OverflowError):
        wrong('a moment is given like "2026-11-01T12:00:00Z"', place)


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def moment(text: str) -> datetime:
    """A moment in UTC. Raises ValueError and OverflowError."""
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError("no moment")
    # Older Pythons read fractions of three or six digits only, and no Z.
    fraction = (found[3] or ".0").ljust(7, "0")[:7] if found[2] and found[2].count(":") == 2 else ""
    zone = "+00:00" if found[4] in (None, "Z") else found[4]
    return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}{fraction}{zone}").astimezone(timezone.utc)


def one_of(*known: str) -> Look:
    def look(value: Any, place: Place) -> None:
        if value not in known:
            wrong(f"this has to be one of {', '.join(known)}{nearest(value, known)}", place)

    return look


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    known = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}
    return known.get(type(value), "something else")


def nearest(value: Any, known: Any) -> str:
    """What was probably meant, as the end of a sentence."""
    import difflib

    near = difflib.get_close_matches(str(value)[:60].lower(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


# --- what is made of them -----------------------------------------------------------------------------------------


def every(look: Look) -> Look:
    """A list."""

    def look_at(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            wrong(f"this has to be a list, and is {_kind(value)}", place)
        for number, each in enumerate(value, 1):
            look(each, (*place, f"number {number}"))

    return look_at


def each_by(name: Look, look: Look) -> Look:
    """A mapping whose keys are names of some kind."""

    def look_at(value: Any, place: Place) -> None:
        for key, each in _mapping(value, place).items():
            name(key, (*place, str(key)))
            look(each, (*place, str(key)))

    return look_at


def fields(known: Mapping[str, Look], *, needed: tuple[str, ...] = ()) -> Look:
    """A mapping with known keys."""

    def look_at(value: Any, place: Place) -> None:
        for key, each in _mapping(value, place).items():
            if key not in known:
                wrong(f"the key {show(key)[:60]} has no meaning here{nearest(key, known)}", place)
            known[key](each, (*place, key))
        for key in needed:
            if key not in value:
                wrong(f"{key} is missing", place)

    return look_at


def _mapping(value: Any, place: Place) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        wrong(f"this has to be a mapping, and is {_kind(value)}", place)
    for key in value:
        if not isinstance(key, str):
            wrong(f"the key {show(key)[:60]} has to be text", place)
    return value


def optional(look: Look) -> Look:
    return lambda value, place: None if value is None else look(value, place)


def text_or(look: Look, text: Look = is_marked_text) -> Look:
    """Text alone, or something with more to say."""
    return lambda value, place: text(value, place) if isinstance(value, str) else look(value, place)


def failure_or(look: Look) -> Look:
    """What was found, or `fails` with the reason why nothing was."""
    return lambda value, place: (FAILURE if isinstance(value, dict) and "fails" in value else look)(value, place)


FAILURE_KEYS: Mapping[str, Look] = {"fails": one_of(*(kind.value for kind in FailureKind)), "detail": is_text}
FAILURE = fields(FAILURE_KEYS, needed=("fails",))
