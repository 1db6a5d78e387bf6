"""Which interpreter Poetry would make a new environment with; none wherever that cannot be told for sure.

Sources: https://python-poetry.org/docs/managing-environments/ and, for the order of the search, how Poetry 1.8 goes
about it (its own Python first, then python3, then numbered names on PATH) and Poetry 2.1 (`python` on PATH first, then
the newest that the project admits, wherever it is).
"""

from __future__ import annotations

import re
from pathlib import PurePath, PureWindowsPath
from typing import Iterator, NamedTuple, Optional

from checks.interpreters import Interpreter, Interpreters
from checks.manifest import fits
from checks.poetry_sources import Poetries
from checks.python_path import active_environment
from doctor.machine import Machine

# The order in which Poetry 1 tries the programs on PATH.
NAMES_OF_POETRY_1 = ("python3", "python3.9", "python3.8", "python3.13", "python3.12", "python3.11", "python3.10")
# The tools in whose folders Poetry 2 looks, and which have a program called "python" there.
KEEP_A_PYTHON = ("pyenv", "uv", "asdf", "rye", "poetry")


class Choice(NamedTuple):
    interpreter: Optional[Interpreter] = None
    is_refused: bool = False
    """Poetry would say that it finds no Python that the project admits."""
    environment: Optional[PurePath] = None
    """The active environment, which Poetry uses as it is."""
    own: Optional[Interpreter] = None
    """The Python that Poetry itself runs with."""


def choose(machine: Machine, interpreters: Interpreters, poetries: Optional[Poetries], constraint: str) -> Choice:
    """An active environment; else what the version of Poetry on PATH would choose."""
    active = active_environment(machine)
    if active is not None:
        inside = next((each for each in interpreters.found if machine.path(each.prefix) == active), None)
        return Choice(inside, inside is not None and not fits(constraint, inside.version), active)
    program = poetries.used if poetries else None
    if program is None or program.trouble or not program.numbers:
        return Choice()
    own = _own(machine, interpreters, program.python)
    preferred = _preferred(interpreters, own) if program.numbers >= (2,) else own
    if preferred is None:
        return Choice(own=own)
    if fits(constraint, preferred.version):
        return Choice(preferred, own=own)
    compatible = next(_compatible(interpreters, program.numbers, constraint), None)
    return Choice(compatible, is_refused=compatible is None, own=own)


def _preferred(interpreters: Interpreters, own: Optional[Interpreter]) -> Optional[Interpreter]:
    """Of Poetry 2: what PATH calls python, else the newest of that name elsewhere, else its own."""
    first = interpreters.first_of(("python",))
    if first is not None:
        return first if isinstance(first, Interpreter) else None
    kept = [each for each in interpreters.found if each.source in KEEP_A_PYTHON]
    kept = [each for each in kept if not isinstance(each.path, PureWindowsPath)]  # there they are called python.exe
    return max(kept, key=lambda each: each.version) if kept else own


def _own(machine: Machine, interpreters: Interpreters, python: Optional[PurePath]) -> Optional[Interpreter]:
    """The interpreter that Poetry itself runs with: in an environment of its own, or the one it was installed into."""
    if python is None:
        return None
    if not python.is_absolute():
        return interpreters.by_name(python.name)
    settings = machine.read_text(python.parent.parent / "pyvenv.cfg", 65536) or ""
    home = re.search(r"(?m)^home\s*=\s*([^\0\r\n]+?)\s*$", settings)
    told = re.search(r"(?m)^version(?:_info)?\s*=\s*([0-9]{1,2})\.([0-9]{1,3})\.([0-9]{1,3})", settings)
    version = (int(told[1]), int(told[2]), int(told[3])) if told else None
    real = machine.real_path(python)
    for each in interpreters.found:
        is_base = home is not None and machine.path(home[1]) == each.path.parent and machine.system.is_windows
        if is_base or (isinstance(real, PurePath) and machine.real_path(each.path) == real):
            is_vague = version is not None and not each.is_asked and version[:2] == each.version[:2]
            return each._replace(version=version) if version is not None and is_vague else each
    return None if version is None else Interpreter(python, version, "poetry", is_asked=False)


def _compatible(interpreters: Interpreters, numbers: tuple[int, ...], constraint: str) -> Iterator[Interpreter]:
    """What Poetry falls back to when the project does not admit what it takes first, in its order."""
    if numbers >= (2, 1):
        candidates = sorted(interpreters.found, key=lambda each: each.version, reverse=True)
    else:
        candidates = [each for name in NAMES_OF_POETRY_1 if (each := interpreters.by_name(name)) is not None]
    yield from (each for each in candidates if fits(constraint, each.version))
