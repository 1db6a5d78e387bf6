"""How a run came out: one result a check, and why there is no judgement where there is none."""

from __future__ import annotations

from enum import Enum
from typing import Any, Mapping, NamedTuple, Optional

from doctor.findings import Finding, Link, Stage, Status
from doctor.words import Words


class Reason(Enum):
    """Why a check has no judgement; the values appear in JSON."""

    CAUSE = "cause"  # a finding explains it
    UNAVAILABLE = "unavailable"
    OFFLINE = "offline"
    NOT_RECORDED = "not-recorded"
    TIME = "time"
    CRASH = "crash"
    STOPPED = "stopped"  # Ctrl-C
    NOT_ASKED = "not-asked"  # an option has to ask for it
    NOT_HERE = "not-here"  # nothing to judge on this kind of machine; never part of an outcome


class Because(NamedTuple):
    reason: Reason
    text: Words
    code: str = ""
    """Of the finding that explains it."""
    links: tuple[Link, ...] = ()
    """Where a person can look it up."""


class Result(NamedTuple):
    """How one check came out."""

    id: str
    title: str
    stage: Stage
    status: Status
    findings: tuple[Finding, ...] = ()
    because: Optional[Because] = None
    duration_s: float = 0.0
    trace: tuple[str, ...] = ()
    """Of a crash: type of the error and the places in the code, never its message."""

    @property
    def group(self) -> str:
        return self.id.split(".", 1)[0]

    @property
    def is_elsewhere(self) -> bool:
        """It belongs to another kind of machine."""
        return self.because is not None and self.because.reason is Reason.NOT_HERE

    @property
    def is_incomplete(self) -> bool:
        """It should have answered and did not."""
        if self.because is None:
            return self.status is Status.ERROR
        return self.because.reason in (Reason.UNAVAILABLE, Reason.TIME, Reason.CRASH, Reason.STOPPED)


class Outcome(NamedTuple):
    results: tuple[Result, ...]
    values: Mapping[type, Any]
    """Every fact that could be had."""
    was_stopped: bool
    duration_s: float
