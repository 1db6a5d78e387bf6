"""A check that never answers."""

from __future__ import annotations

import threading
from typing import Iterator

from doctor import Finding, Machine, Stage, check, note

FOR_EVER = threading.Event()


@check("stuck.one", title="Stuck", stage=Stage.FILES, codes=())
def one(machine: Machine) -> Iterator[Finding]:
    """Waits for what never comes."""
    FOR_EVER.wait()
    yield from ()


@check("stuck.neighbour", title="Neighbour", stage=Stage.FILES, codes=("stuck.fine",))
def neighbour(machine: Machine) -> Iterator[Finding]:
    """Is well."""
    yield note("stuck.fine", "fine")
