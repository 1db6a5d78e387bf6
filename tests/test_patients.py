"""Every patient gets the diagnosis that it must get, first; the healthy ones get none."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from doctor.findings import Status
from doctor.registry import Registry
from tests import patients


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.mark.parametrize("name", patients.names())
def test_diagnosis(name: str, registry: Registry) -> None:
    patient = patients.admit(name)
    report = patients.examined(patient.machine, registry)
    expect = dict(patient.expect)
    complaints = {
        finding.code: finding.status
        for result in report.results
        for finding in result.findings
        if finding.status in (Status.PROBLEM, Status.WARNING)
    }
    assert not [r for r in report.results if r.status is Status.ERROR], "a check crashed"
    first = report.causes[0] if report.causes else None
    assert first == expect.pop("first"), report.causes
    for code in expect.pop("also", []):
        assert code in {f.code for r in report.results for f in r.findings}
    for code in expect.pop("warnings", []):
        assert complaints.get(code) is Status.WARNING
    for pattern in expect.pop("never", []):
        assert not [code for code in complaints if fnmatchcase(code, pattern)]
    if expect.pop("only", False):
        assert len(report.problems) == 1, [c.finding.code for c in report.problems]
    if expect.pop("healthy", False):
        assert not complaints
        assert report.exit_status == 0
    not_checked = [r.id for r in report.results if r.status is Status.NOT_CHECKED]
    for pattern in expect.pop("not_checked", []):
        assert [id for id in not_checked if fnmatchcase(id, pattern)], not_checked
    assert report.exit_status == expect.pop("exit", 1 if report.problems else 0)
    assert not expect, f"words of the patient that no test reads: {sorted(expect)}"
