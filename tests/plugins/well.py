"""A plugin as somebody else would write it."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from doctor import Finding, Machine, NotHere, Stage, System, Unavailable, check, fact, note, problem, say, warning


class Kettle(NamedTuple):
    litres: int


class Tea(NamedTuple):
    kind: str


class Milk(NamedTuple):
    cold: bool


@fact
def kettle(machine: Machine) -> Kettle:
    return Kettle(2)


@fact
def tea(kettle: Kettle) -> Tea:
    if kettle.litres > 1:
        raise Unavailable(say("the tin is empty"), "kettle.empty-tin")
    return Tea("green")


@fact
def milk(tea: Tea) -> Milk:
    return Milk(True)


@check("kettle.water", title="Water", stage=Stage.FILES, codes=("kettle.cold", "kettle.empty-tin"))
def water(kettle: Kettle) -> Iterator[Finding]:
    """The kettle must hold water.

    It is judged by looking in.
    """
    yield problem("kettle.empty-tin", say("The tin is empty, {litres} litres notwithstanding", litres=kettle.litres))
    yield warning("kettle.cold", "The water is cold")


@check("kettle.pouring", title="Pouring", stage=Stage.PYTHON, codes=("kettle.spilt",))
def pouring(milk: Milk) -> Iterator[Finding]:
    """Needs milk, which needs tea, which there is none of."""
    yield problem("kettle.spilt", "Spilt")


@check("kettle.guest", title="Guest", stage=Stage.PYTHON, codes=("kettle.no-tea",))
def guest(tea: Optional[Tea]) -> Iterator[Finding]:
    """Comes anyway."""
    if tea is None:
        yield note("kettle.no-tea", "There is no tea")


@check("kettle.samovar", title="Samovar", stage=Stage.FILES, codes=("kettle.no-coal",))
def samovar(system: System) -> Iterator[Finding]:
    """There are samovars on other systems only."""
    if system.kind != "samovar":
        raise NotHere
    yield problem("kettle.no-coal", "There is no coal")
