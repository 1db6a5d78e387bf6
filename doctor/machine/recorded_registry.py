"""The registry of a recording: both views, the keys that follow from those that are listed, and their sub-keys."""

from __future__ import annotations

import base64
from typing import Any, Mapping, Optional, Union

from doctor.machine import Failure, FailureKind, Key
from doctor.machine.shapes import expand

SUBKEYS = "(subkeys)"
"""Under this name a recorded key tells the names of its sub-keys, where they do not follow from the listed keys."""

RegistryPlace = tuple[int, str]


class RecordedRegistry:
    """Keys by view and path; upper and lower case are the same."""

    def __init__(self, listed: Mapping[str, Optional[Mapping[str, Any]]]) -> None:
        self._values: dict[RegistryPlace, Mapping[str, Any]] = {}
        self._below: dict[RegistryPlace, dict[str, str]] = {}
        for name, entry in listed.items():
            view, colon, path = name.partition(":")
            is_of_one_view = bool(colon) and view in ("32", "64")
            for each in [int(view)] if is_of_one_view else [64, 32]:
                self._plant(each, path if is_of_one_view else name, entry)

    def _plant(self, view: int, path: str, entry: Optional[Mapping[str, Any]]) -> None:
        if entry is None:
            return
        place = (view, path.lower())
        self._values[place] = {**self._values.get(place, {}), **entry}
        if "fails" in entry:
            return
        for name in entry.get(SUBKEYS, ()):
            self._below.setdefault(place, {})[name.lower()] = name
        parent, backslash, name = path.rpartition("\\")
        while backslash:
            self._below.setdefault((view, parent.lower()), {}).setdefault(name.lower(), name)
            parent, backslash, name = parent.rpartition("\\")

    def ask(self, hive: str, path: str, view: int, is_complete: bool) -> Union[Key, Failure, None]:
        """The key, or why there is none; None when the recording does not tell."""
        place = (view, f"{hive}\\{path}".rstrip("\\").lower())
        entry = self._values.get(place)
        below = self._below.get(place, {})
        if entry is not None and "fails" in entry:
            return Failure(FailureKind(entry["fails"]), entry.get("detail", ""))
        if entry is not None:
            values = {name: _value(value) for name, value in entry.items() if name != SUBKEYS}
            return Key(values, tuple(entry.get(SUBKEYS, below.values())))
        if not is_complete:
            return None
        parent, _, name = place[1].rpartition("\\")
        if below or name in self._below.get((view, parent), {}):
            return Key({}, tuple(below.values()))
        return Failure(FailureKind.ABSENT)


def _value(value: Any) -> Union[str, int, bytes, tuple[str, ...]]:
    if isinstance(value, str):
        return expand(value)
    if isinstance(value, list):
        return tuple(expand(each) for each in value)
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return int(value)
