"""The engine with small plugins: what one of them does wrong costs that one only."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from doctor.about import Identity, Options
from doctor.checkup import Watcher, examine
from doctor.cli import Told
from doctor.findings import Status
from doctor.machine import in_parallel
from doctor.machine.recorded import Recorded, parse
from doctor.outcome import Outcome, Reason, Result
from doctor.registry import Registry
from doctor.report import Report, make_report
from doctor.words import NOWHERE, render


@pytest.fixture
def machine() -> Recorded:
    return parse({"complete": True, "system": {"kind": "linux", "name": "L", "release": "6", "architecture": "x86_64"}})


def registry_of(*names: str) -> Registry:
    registry = Registry()
    for name in names:
        registry.load(name, f"tests.plugins.{name}")
    registry.settle()
    return registry


def run(machine: Recorded, registry: Registry, **limits: Any) -> dict[str, Result]:
    outcome = examine(machine, registry, Options(machine.folder), **limits)
    return {result.id: result for result in outcome.results}


def report_of(machine: Recorded, registry: Registry, **limits: Any) -> Report:
    outcome = examine(machine, registry, Options(machine.folder), **limits)
    return make_report(
        outcome,
        version="0",
        taken_at=machine.now(),
        system=machine.system,
        place=NOWHERE,
        identity=Identity(),
        troubles=registry.troubles,
    )


def test_what_is_not_checked_is_folded_under_its_cause(machine: Recorded) -> None:
    report = report_of(machine, registry_of("well"))
    assert report.causes == ("kettle.empty-tin",)
    assert [result.id for result in report.problems[0].not_checked] == ["kettle.pouring"]
    assert [cause.finding.code for cause in report.warnings] == ["kettle.cold"]
    assert report.unexplained == ()
    assert (report.verdict, report.exit_status) == ("problems", 1)


def test_a_check_may_do_without_a_fact(machine: Recorded) -> None:
    results = run(machine, registry_of("well"))
    assert [finding.code for finding in results["kettle.guest"].findings] == ["kettle.no-tea"]


def test_a_check_for_another_kind_of_machine_is_left_out(machine: Recorded) -> None:
    assert "kettle.samovar" not in run(machine, registry_of("well"))


def test_a_crash_costs_one_check_and_is_never_a_pass(machine: Recorded) -> None:
    results = run(machine, registry_of("crashing"))
    for id in ("crash.by-fact", "crash.by-itself", "crash.exit", "crash.undeclared"):
        assert results[id].status is Status.ERROR, id
        assert results[id].is_incomplete
        assert results[id].findings == ()
    assert results["crash.not"].status is Status.NOTE


def test_a_trace_says_where_and_not_what(machine: Recorded) -> None:
    results = run(machine, registry_of("crashing"))
    trace = results["crash.by-fact"].trace
    assert trace[0] == "KeyError"
    assert trace[-1].startswith("plugins/crashing.py:") and trace[-1].endswith(" in broken")
    assert "hunter2" not in str(results)
    assert "z9y8x" not in str(results)


def test_only_crashes_make_the_report_incomplete(machine: Recorded) -> None:
    report = report_of(machine, registry_of("crashing"))
    assert (report.verdict, report.exit_status) == ("incomplete", 3)


def test_a_stuck_check_costs_its_own_time_only(machine: Recorded) -> None:
    results = run(machine, registry_of("stuck"), check_limit_s=0.2)
    stuck = results["stuck.one"]
    assert stuck.status is Status.NOT_CHECKED
    assert stuck.because is not None
    assert stuck.because.reason is Reason.TIME
    assert results["stuck.neighbour"].status is Status.NOTE


def test_the_whole_run_has_an_end(machine: Recorded) -> None:
    report = report_of(machine, registry_of("stuck", "well"), check_limit_s=600, run_limit_s=0.3)
    late = {result.id: result for result in report.results}["stuck.one"]
    assert late.because is not None
    assert "whole run" in render(late.because.text)
    assert report.causes == ("kettle.empty-tin",)
    assert report.exit_status == 1


def test_a_name_that_is_taken_stays_with_its_owner(machine: Recorded) -> None:
    registry = registry_of("well", "greedy")
    assert registry.checks["kettle.water"].title == "Water"
    results = run(machine, registry)
    assert results["greedy.fine"].status is Status.NOTE
    codes = sorted(trouble.code for trouble in registry.troubles)
    assert codes.count("doctor.duplicate-check") == 1
    # egg or hen falls out of the circle first, the other one then lacks it, and so does the check
    assert codes.count("doctor.unknown-fact") == 4
    assert "greedy.unmade" not in registry.checks
    assert "greedy.circle" not in registry.checks


def test_a_plugin_that_cannot_be_imported_is_said_and_the_rest_runs(machine: Recorded) -> None:
    registry = registry_of("exploding", "missing", "well")
    assert [trouble.code for trouble in registry.troubles] == ["doctor.plugin-broken"] * 2
    report = report_of(machine, registry)
    assert report.causes == ("kettle.empty-tin",)
    assert [cause.finding.code for cause in report.warnings][:2] == ["doctor.plugin-broken"] * 2
    assert "doctor.plugins" in [result.id for result in report.incomplete]


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("kettle", {"kettle.water", "kettle.pouring", "kettle.guest", "kettle.samovar"}),
        ("kettle.water", {"kettle.water"}),
        ("kettle.empty-tin", {"kettle.water"}),
        ("*.g*", {"kettle.guest"}),
        ("tea", set()),
    ],
)
def test_checks_are_chosen_by_name_group_code_or_glob(pattern: str, ids: set[str]) -> None:
    assert registry_of("well").matching([pattern]) == ids


def test_only_what_is_needed_runs(machine: Recorded) -> None:
    outcome: Outcome = examine(machine, registry_of("well"), Options(machine.folder), chosen={"kettle.guest"})
    assert [result.id for result in outcome.results] == ["kettle.guest"]


class Impatient(Watcher):
    """A person who presses Ctrl-C as soon as the doctor says what it waits for."""

    def waiting(self, titles: tuple[str, ...], elapsed_s: float) -> None:
        raise KeyboardInterrupt


def test_whoever_stops_the_run_gets_what_there_is(machine: Recorded) -> None:
    report = report_of(machine, registry_of("stuck", "well"), watcher=Impatient())
    assert report.was_stopped
    assert report.exit_status == 130
    by_id = {result.id: result for result in report.results}
    assert by_id["stuck.one"].because is not None
    assert by_id["stuck.one"].because.reason is Reason.STOPPED
    assert report.causes == ("kettle.empty-tin",)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses such a stack at once")
def test_a_system_that_allows_no_threads_gets_its_report(machine: Recorded) -> None:
    usual = {id: result.because for id, result in run(machine, registry_of("well")).items()}
    before = threading.stack_size(1 << 47)  # more than there are addresses
    try:
        results = run(machine, registry_of("well"))
        assert in_parallel(lambda: 1, lambda: 2) == [1, 2]
    finally:
        threading.stack_size(before)
    assert {id: result.because for id, result in results.items()} == usual


def test_a_plugin_does_not_swallow_that_the_doctor_is_told_to_end() -> None:
    with pytest.raises(Told):
        registry_of("told")


def test_no_thread_stays_behind_a_run_that_came_to_its_end(machine: Recorded) -> None:
    before = set(threading.enumerate())
    run(machine, registry_of("well"))
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=30)
        assert not thread.is_alive()
