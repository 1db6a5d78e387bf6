"""A fact and a check that crash, with a secret in the message of the error."""

from __future__ import annotations

from typing import Iterator, NamedTuple

from doctor import Finding, Machine, Stage, check, fact, note, problem


class Broken(NamedTuple):
    nothing: int


@fact
def broken(machine: Machine) -> Broken:
    raise KeyError("hunter2-" + "z9y8x7w6v5u4t3s2r1q0")


@check("crash.by-fact", title="Needs a broken fact", stage=Stage.FILES, codes=())
def by_fact(broken: Broken) -> Iterator[Finding]:
    """Never runs."""
    yield note("crash.never", "never")


@check("crash.by-itself", title="Crashes half way", stage=Stage.FILES, codes=("crash.first",))
def by_itself(machine: Machine) -> Iterator[Finding]:
    """Says one thing and crashes."""
    yield problem("crash.first", "First")
    raise ValueError("hunter2-" + "z9y8x7w6v5u4t3s2r1q0")


@check("crash.exit", title="Leaves", stage=Stage.FILES, codes=())
def leaves(machine: Machine) -> Iterator[Finding]:
    """Calls for the exit."""
    raise SystemExit(7)
    yield


@check("crash.undeclared", title="Undeclared", stage=Stage.FILES, codes=("crash.declared",))
def undeclared(machine: Machine) -> Iterator[Finding]:
    """Yields a code that it did not declare."""
    yield note("crash.other", "other")


@check("crash.not", title="Well", stage=Stage.FILES, codes=("crash.well",))
def well(machine: Machine) -> Iterator[Finding]:
    """Stands beside them and is well."""
    yield note("crash.well", "well")
