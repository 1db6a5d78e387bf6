"""What is only worth knowing: the end of support, by the machine's own clock."""

from __future__ import annotations

import pytest

from checks.python_upkeep import END_OF_SUPPORT
from doctor.machine.recorded import parse
from doctor.machine.recording import read
from doctor.registry import Registry
from tests import patients


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.mark.parametrize(
    ("clock", "is_told"),
    [("2025-06-01T12:00:00Z", False), ("2026-10-31T23:00:00Z", False), ("2026-11-01T00:00:00Z", True)],
)
def test_the_end_of_support_comes_with_time(clock: str, is_told: bool, registry: Registry) -> None:
    state = read(patients.HERE / "healthy" / "wsl-classic-2024.yaml")
    del state["expect"]
    report = patients.examined(parse({**state, "clock": clock}), registry)
    codes = {finding.code for result in report.results for finding in result.findings}
    assert ("python.end-of-life" in codes) == is_told
    assert not report.problems


def test_each_version_is_supported_a_year_longer_than_the_one_before() -> None:
    years = [END_OF_SUPPORT[series].year - series[1] for series in sorted(END_OF_SUPPORT)]
    assert len(set(years)) == 1
