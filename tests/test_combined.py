"""Several troubles at once: what is to be done first can be done before the rest is put right."""

from __future__ import annotations

import pytest

from doctor.outcome import Reason
from doctor.report import Report
from doctor.shells import draw
from tests.patients import report_on


def typed(report: Report, number: int) -> list[str]:
    return [draw(command, report.place) for command in report.problems[number].finding.remedy.commands]


@pytest.mark.parametrize(
    "name", ["combined/ubuntu-2204-no-poetry-2026", "combined/ubuntu-2204-old-poetry-2026", "combined/windows-fresh"]
)
def test_a_python_is_got_without_a_poetry_that_is_not_there_or_too_old(name: str) -> None:
    report = report_on(name)
    assert report.causes[0].startswith("python.")
    assert typed(report, 0)
    assert not [line for line in typed(report, 0) if line.startswith("poetry")]


def test_poetry_is_not_installed_with_the_python_that_is_too_old() -> None:
    report = report_on("combined/apple-python-no-poetry")
    assert typed(report, 1) == ["curl -sSL https://install.python-poetry.org | python3 -"]


def test_a_poetry_that_lost_its_python_is_a_consequence_of_that() -> None:
    report = report_on("python/none-on-ubuntu")
    assert report.causes == ("python.none",)
    assert [finding.code for finding in report.problems[0].consequences] == ["poetry.broken"]
    # What the recording does not tell (the network) is nobody's consequence.
    assert {r.because.reason for r in report.unexplained if r.because is not None} <= {Reason.NOT_RECORDED}


def test_the_runtime_of_a_python_that_has_to_go_is_not_asked_for() -> None:
    assert report_on("python/32-bit").causes == ("python.32-bit",)
