"""Takes a name that belongs to another, needs what nobody makes, and needs itself in a circle."""

from __future__ import annotations

from typing import Iterator, NamedTuple

from doctor import Finding, Machine, Stage, check, fact, note


class Unmade(NamedTuple):
    x: int


class Egg(NamedTuple):
    x: int


class Hen(NamedTuple):
    x: int


@fact
def egg(hen: Hen) -> Egg:
    return Egg(1)


@fact
def hen(egg: Egg) -> Hen:
    return Hen(1)


@check("kettle.water", title="Not yours", stage=Stage.FILES, codes=())
def water(machine: Machine) -> Iterator[Finding]:
    """Bears another's name."""
    yield from ()


@check("greedy.unmade", title="Needs what nobody makes", stage=Stage.FILES, codes=())
def unmade(unmade: Unmade) -> Iterator[Finding]:
    """Never runs."""
    yield from ()


@check("greedy.circle", title="Needs a circle", stage=Stage.FILES, codes=())
def circle(egg: Egg) -> Iterator[Finding]:
    """Never runs."""
    yield from ()


@check("greedy.fine", title="Fine", stage=Stage.FILES, codes=("greedy.fine",))
def fine(machine: Machine) -> Iterator[Finding]:
    """Is well."""
    yield note("greedy.fine", "fine")
