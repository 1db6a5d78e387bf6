"""The report: which findings are causes, in which order, and what is only their consequence.

Earlier stages come first. Inside a stage the cause that keeps the most other checks from being made comes first, and
a certain one before an inferred one. A warning never stands above a problem. What a cause explains is folded under
it. Every reader draws this one object, so text and JSON cannot disagree.
"""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Iterable, Mapping, NamedTuple, Optional

from doctor.about import Identity
from doctor.findings import Finding, Status
from doctor.machine import System
from doctor.outcome import Outcome, Reason, Result
from doctor.words import Place


class Cause(NamedTuple):
    """A finding that explains itself, with what it explains."""

    finding: Finding
    result: Result
    consequences: tuple[Finding, ...] = ()
    not_checked: tuple[Result, ...] = ()


class Report(NamedTuple):
    """Everything that a reader draws."""

    version: str
    taken_at: datetime
    system: System
    place: Place
    identity: Identity
    results: tuple[Result, ...]
    problems: tuple[Cause, ...]
    """Root causes, the first is what to do first."""
    warnings: tuple[Cause, ...]
    unexplained: tuple[Result, ...]
    """Not checked (or failed), and no finding of this report says why."""
    is_strict: bool = False
    was_stopped: bool = False
    duration_s: float = 0.0

    @property
    def causes(self) -> tuple[str, ...]:
        """Finding codes in the order of work; with --strict the warnings too, after the problems."""
        listed = self.problems + (self.warnings if self.is_strict else ())
        return tuple(dict.fromkeys(cause.finding.code for cause in listed))

    @property
    def incomplete(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.is_incomplete)

    @property
    def verdict(self) -> str:
        """ "problems", "incomplete" or "healthy"."""
        if self.problems or (self.is_strict and self.warnings):
            return "problems"
        return "incomplete" if self.incomplete else "healthy"

    @property
    def exit_status(self) -> int:
        if self.was_stopped:
            return 130
        return {"problems": 1, "incomplete": 3, "healthy": 0}[self.verdict]


def make_report(
    outcome: Outcome,
    *,
    version: str,
    taken_at: datetime,
    system: System,
    place: Place,
    identity: Identity,
    troubles: Iterable[Finding] = (),
    is_strict: bool = False,
) -> Report:
    """Rank and fold what the checks said. `troubles` are what the registry found wrong with plugins."""
    from doctor.findings import Stage

    results = list(outcome.results)
    broken = tuple(troubles)
    if broken:
        results.insert(0, Result("doctor.plugins", "The doctor's own plugins", Stage.MACHINE, Status.ERROR, broken))
    ranked = _Ranking(results)
    return Report(
        version=version,
        taken_at=taken_at,
        system=system,
        place=place,
        identity=identity,
        results=tuple(results),
        problems=ranked.causes(Status.PROBLEM),
        warnings=ranked.causes(Status.WARNING),
        unexplained=ranked.unexplained(),
        is_strict=is_strict,
        was_stopped=outcome.was_stopped,
        duration_s=outcome.duration_s,
    )


class _Ranking:
    def __init__(self, results: list[Result]) -> None:
        self.results = results
        self.bad = [
            (finding, result)
            for result in sorted(results, key=lambda r: r.stage)
            for finding in result.findings
            if finding.status in (Status.PROBLEM, Status.WARNING)
        ]
        self.root_of = {id(finding): self._root(finding) for finding, _ in self.bad}

    def _root(self, finding: Finding) -> Finding:
        """Follow `explained_by` to its end. In a circle the one of the earliest stage is the root."""
        path = [finding]
        while True:
            explaining = self._explaining(path[-1])
            if explaining is None:
                return path[-1]
            if any(explaining is each for each in path):
                order = [each for each, _ in self.bad]
                return min(path, key=lambda each: next(i for i, other in enumerate(order) if other is each))
            path.append(explaining)

    def _explaining(self, finding: Finding) -> Optional[Finding]:
        """The finding of this report that explains it; a warning explains no problem."""
        for other, _ in self.bad:
            if other is finding or other.status.weight < finding.status.weight:
                continue
            if any(fnmatchcase(other.code, pattern) for pattern in finding.explained_by):
                return other
        return None

    def causes(self, status: Status) -> tuple[Cause, ...]:
        not_checked = self._folded()
        found = []
        for finding, result in self.bad:
            if finding.status is status and self.root_of[id(finding)] is finding:
                below = tuple(f for f, _ in self.bad if f is not finding and self.root_of[id(f)] is finding)
                found.append(Cause(finding, result, below, not_checked.get(id(finding), ())))
        return tuple(sorted(found, key=_rank))

    def _folded(self) -> Mapping[int, tuple[Result, ...]]:
        folded: dict[int, tuple[Result, ...]] = {}
        for result in self.results:
            finding = self._cause_of(result)
            if finding is not None:
                root = self.root_of[id(finding)]
                folded[id(root)] = (*folded.get(id(root), ()), result)
        return folded

    def _cause_of(self, result: Result) -> Optional[Finding]:
        if result.because is None or result.because.reason is not Reason.CAUSE:
            return None
        return next((finding for finding, _ in self.bad if finding.code == result.because.code), None)

    def unexplained(self) -> tuple[Result, ...]:
        return tuple(
            result
            for result in self.results
            if result.status in (Status.NOT_CHECKED, Status.ERROR) and self._cause_of(result) is None
        )


def _rank(cause: Cause) -> tuple[int, int, bool]:
    return (cause.result.stage, -len(cause.not_checked) - len(cause.consequences), not cause.finding.is_certain)
