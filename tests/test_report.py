"""Ranking and folding, on findings made for the purpose."""

from __future__ import annotations

from datetime import datetime, timezone

from doctor.about import Identity
from doctor.findings import Finding, Stage, Status, problem, warning
from doctor.machine import System
from doctor.outcome import Because, Outcome, Reason, Result
from doctor.report import Report, make_report
from doctor.words import NOWHERE, say


def result(id: str, stage: Stage, *findings: Finding) -> Result:
    status = max((f.status for f in findings), key=lambda s: s.weight, default=Status.OK)
    return Result(id, id, stage, status, findings)


def blocked(id: str, code: str) -> Result:
    because = Because(Reason.CAUSE, say("because"), code)
    return Result(id, id, Stage.DOCKER, Status.NOT_CHECKED, (), because)


def report(*results: Result, is_strict: bool = False) -> Report:
    return make_report(
        Outcome(results, {}, False, 0.0),
        version="0",
        taken_at=datetime(2026, 11, 1, tzinfo=timezone.utc),
        system=System("linux", "L", "6", "x86_64"),
        place=NOWHERE,
        identity=Identity(),
        is_strict=is_strict,
    )


def test_an_earlier_stage_comes_first() -> None:
    made = report(
        result("docker", Stage.DOCKER, problem("docker.down", "down")),
        result("files", Stage.FILES, problem("files.gone", "gone")),
    )
    assert made.causes == ("files.gone", "docker.down")


def test_in_a_stage_the_cause_that_blocks_most_comes_first_and_a_certain_one_before_a_guess() -> None:
    made = report(
        result("a", Stage.FILES, problem("a.guess", "guess", is_certain=False)),
        result("b", Stage.FILES, problem("b.sure", "sure")),
        result("c", Stage.FILES, problem("c.blocks", "blocks", is_certain=False)),
        blocked("x", "c.blocks"),
    )
    assert made.causes == ("c.blocks", "b.sure", "a.guess")


def test_a_warning_never_stands_above_a_problem_nor_explains_one() -> None:
    made = report(
        result("early", Stage.MACHINE, warning("early.odd", "odd")),
        result("late", Stage.DOCKER, problem("late.broken", "broken", explained_by=["early.*"])),
        is_strict=True,
    )
    assert made.causes == ("late.broken", "early.odd")
    assert made.exit_status == 1


def test_consequences_are_folded_through_a_chain_under_the_root() -> None:
    made = report(
        result("c", Stage.DOCKER, problem("c.last", "last", explained_by=["b.middle"])),
        result("b", Stage.POETRY, warning("b.other", "other", explained_by=["a.root"])),
        result("b2", Stage.POETRY, problem("b.middle", "middle", explained_by=["a.*"])),
        result("a", Stage.PYTHON, problem("a.root", "root")),
        blocked("x", "b.middle"),
    )
    assert made.causes == ("a.root",)
    assert {f.code for f in made.problems[0].consequences} == {"b.other", "b.middle", "c.last"}
    assert [r.id for r in made.problems[0].not_checked] == ["x"]
    assert made.warnings == ()


def test_two_that_explain_each_other_leave_the_earlier_one() -> None:
    made = report(
        result("a", Stage.PYTHON, problem("a.one", "one", explained_by=["b.two"])),
        result("b", Stage.POETRY, problem("b.two", "two", explained_by=["a.one"])),
    )
    assert made.causes == ("a.one",)


def test_an_explanation_that_is_absent_explains_nothing() -> None:
    made = report(result("a", Stage.PYTHON, problem("a.one", "one", explained_by=["b.two"])))
    assert made.causes == ("a.one",)


def test_warnings_count_only_when_asked() -> None:
    results = (result("a", Stage.PYTHON, warning("a.odd", "odd")),)
    assert (report(*results).verdict, report(*results).exit_status) == ("healthy", 0)
    strict = report(*results, is_strict=True)
    assert (strict.verdict, strict.exit_status, strict.causes) == ("problems", 1, ("a.odd",))


def test_what_no_finding_explains_is_listed_by_itself() -> None:
    made = report(blocked("x", "nobody.said"), result("a", Stage.PYTHON))
    assert [r.id for r in made.unexplained] == ["x"]
    assert made.exit_status == 0


def test_what_could_not_be_asked_is_no_clean_bill() -> None:
    because = Because(Reason.UNAVAILABLE, say("the system allows the doctor no more open files"))
    made = report(Result("a", "a", Stage.FILES, Status.NOT_CHECKED, (), because))
    assert (made.verdict, made.exit_status) == ("incomplete", 3)
    offline = because._replace(reason=Reason.OFFLINE)  # as it was asked to be
    assert report(Result("a", "a", Stage.FILES, Status.NOT_CHECKED, (), offline)).exit_status == 0
