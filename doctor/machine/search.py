"""PATH, as the system searches it: a program that only stands in the current folder is never found by accident."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from doctor.machine.answers import Stat

if TYPE_CHECKING:
    from doctor.machine import Machine


def search_path_of(machine: Machine) -> tuple[PurePath, ...]:
    """See `Machine.search_path`."""
    separator = ";" if machine.system.is_windows else ":"
    found: dict[PurePath, None] = {}
    for entry in (machine.variable("PATH") or "").split(separator):
        entry = entry.strip().strip('"')
        if entry:
            path = machine.path(entry)
            if path.is_absolute():
                found.setdefault(path)
    return tuple(found)


def programs_named(machine: Machine, name: str) -> tuple[PurePath, ...]:
    """See `Machine.which_all`."""
    names = _with_endings(machine, name) if machine.system.is_windows else [name]
    places = [folder / each for folder in machine.search_path() for each in names]
    return tuple(place for place in places if _is_program(machine, place))


def _with_endings(machine: Machine, name: str) -> list[str]:
    endings = [e for e in (machine.variable("PATHEXT") or ".COM;.EXE;.BAT;.CMD").lower().split(";") if e]
    has_ending = any(name.lower().endswith(ending) for ending in endings)
    return [name] if has_ending else [name + ending for ending in endings]


def _is_program(machine: Machine, path: PurePath) -> bool:
    stat = machine.stat(path)
    if not isinstance(stat, Stat) or stat.is_folder:
        return False
    return machine.system.is_windows or stat.is_executable
