"""A check that sends paid requests, and says beforehand what they cost."""

from __future__ import annotations

from typing import Iterator

from doctor import Costs, Finding, Machine, Stage, check, fact, ok, say


@fact
def costs(machine: Machine) -> Costs:
    if machine.variable("PURSE") == "locked":
        raise LookupError
    sentence = say("Teahouse: one cup for {guest}, less than a cent", guest=machine.home / "guest")
    return Costs((sentence,) if machine.variable("PURSE") == "full" else (), frozenset(("paid.tea",)))


@check("paid.tea", title="Tea", stage=Stage.PROVIDERS, codes=("paid.served",))
def tea(machine: Machine) -> Iterator[Finding]:
    """Tea has its price."""
    yield ok("paid.served", "Served")


@check("paid.water", title="Water", stage=Stage.PROVIDERS, codes=("paid.nothing",))
def water(machine: Machine) -> Iterator[Finding]:
    """Water is free."""
    yield ok("paid.nothing", "Nothing to pay")
