"""Recorded machines, each with the diagnosis that must come first."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

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


def names() -> list[str]:
    """Every patient, as "subject/what"."""
    found = []
    for path in sorted(HERE.glob("*/*.yaml")):
        if path.parent.name not in BUILDING_BLOCKS:
            found.append(f"{path.parent.name}/{path.stem}")
    return found


def admit(name: str) -> Patient:
    state = read(HERE / f"{name}.yaml")
    expect = state.pop("expect")
    return Patient(name, parse(state), expect)


def examined(machine: Recorded, registry: Registry, *, is_strict: bool = False) -> Report:
    """The report on a recorded machine, made as the command makes it."""
    options = Options(machine.folder, is_given=machine.is_given)
    report, _scrubber = visit(machine, registry, options, version="0", is_strict=is_strict)
    return report
