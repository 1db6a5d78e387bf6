"""Recorded machines, each with the diagnosis that must come first."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Optional

from doctor.about import Options
from doctor.machine.recorded import Recorded, parse, read
from doctor.registry import Registry
from doctor.report import Report
from doctor.visit import visit

HERE = Path(__file__).parent
BUILDING_BLOCKS = ("machines", "checkouts", "parts")


class Patient(NamedTuple):
    name: str
    machine: Recorded
    expect: dict[str, Any]


EVERY = int(os.environ.get("DOCTOR_TEST_EVERY") or 1)
"""With a larger number, tests of what no system and no version of Python changes take every n-th patient."""


def names() -> list[str]:
    """Every patient, as "subject/what"."""
    found = []
    for path in sorted(HERE.glob("*/*.yaml")):
        if path.parent.name not in BUILDING_BLOCKS:
            found.append(f"{path.parent.name}/{path.stem}")
    return found


def some() -> list[str]:
    """All of them, or fewer where `EVERY` says so. Every patient is diagnosed everywhere; this is for the rest."""
    return names()[::EVERY]


def admit(name: str) -> Patient:
    state = read(HERE / f"{name}.yaml")
    expect = state.pop("expect")
    return Patient(name, parse(state), expect)


@cache
def everything() -> Registry:
    """All the plugins that are installed."""
    return Registry.of_everything_installed()


@cache
def report_on(name: str) -> Report:
    """The report on a patient, examined once in a process for all tests; nobody can change it."""
    patient = admit(name)
    report: Report = sealed(examined(patient.machine, everything(), with_billing=pays(patient)))
    return report


def pays(patient: Patient) -> bool:
    """Whether the patient is examined with --billing."""
    return bool(patient.expect.get("billing"))


def examined(
    machine: Recorded, registry: Registry, *, is_strict: bool = False, with_billing: bool = False
) -> Report:
    """The report on a recorded machine, made as the command makes it."""
    options = Options(machine.folder, is_given=machine.is_given, with_billing=with_billing)
    report, _scrubber = visit(machine, registry, options, version="0", is_strict=is_strict)
    return report


class Sealed(dict[Any, Any]):
    """A dictionary that stays as it is."""

    def _refuse(self, *unused: object, **unused_too: object) -> NoReturn:
        raise TypeError("this is shared by all tests")

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = __ior__ = _refuse


def sealed(value: Any, known: Optional[dict[int, Any]] = None) -> Any:
    """The same value, with nothing in it that can be changed. What was one object before is one afterwards."""
    known = {} if known is None else known
    if id(value) not in known:
        known[id(value)] = _sealed(value, known)
    return known[id(value)]


def _sealed(value: Any, known: dict[int, Any]) -> Any:
    if isinstance(value, dict):
        return Sealed((key, sealed(each, known)) for key, each in value.items())
    if isinstance(value, (tuple, list)):
        parts = [sealed(each, known) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    assert value is None or value.__hash__ is not None, f"a {type(value).__name__} can be changed"
    return value
