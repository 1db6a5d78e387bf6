"""What is said about a line that AutoGPT does not read as it was meant: where it is, and what to do in it."""

from __future__ import annotations

import pytest

from doctor.about import Options
from doctor.findings import Finding, Status
from doctor.machine.recorded import parse, read
from doctor.visit import visit
from doctor.words import render
from tests import patients

ENV = "classic/original_autogpt/.env"


def finding_of(env: str) -> Finding:
    state = read(patients.HERE / "machines" / "ubuntu.yaml")
    state["tree"] = {**read(patients.HERE / "checkouts" / "classic-2024.yaml")["tree"], ENV: env}
    recorded = parse(state)
    options = Options(recorded.folder, is_given=True)
    report, _ = visit(recorded, patients.everything(), options, version="0", chosen=("env_file.lines",))
    (found,) = [each for result in report.results for each in result.findings if each.status is not Status.OK]
    return found


@pytest.mark.parametrize(
    ("env", "code", "action"),
    [
        ("TEMPERATURE: 0\n", "lines", "line 1: put = in place of the colon behind TEMPERATURE."),
        ("\nset TEMPERATURE=0\n", "lines", "line 2: delete the word before TEMPERATURE, so that"),
        ("$env:TEMPERATURE 0\n", "lines", "line 1: delete $env: before TEMPERATURE."),
        ('TEMPERATURE="0\n', "lines", "line 1: delete the quotes around the value of TEMPERATURE."),
        ("TEMPERATURE 0\n", "lines", "line 1: put = behind TEMPERATURE."),
        ("this is mine\n", "lines", "line 1: delete it, or put # before it."),
        ("TEMPERATURE: 0\nLOG_LEVEL: INFO\n", "lines", "behind TEMPERATURE, line 2: put = in place of"),
        ('TEMPERATURE="0\nLOG_LEVEL="INFO"\n', "swallowed", "line 1: close the quote in this very line, or delete it."),
        ('MINE="0\n\nLOG_LEVEL="INFO"\n', "swallowed", "line 1: close the quote in this very line, or delete it."),
        ("TEMPERATURE\n", "no-equals", "line 1: put = and the value behind TEMPERATURE, or # before it."),
        ("LOG_LEVEL=INFO\nLOG_LEVEL=DEBUG\n", "duplicate", "keep the right one of the lines 1, 2 for LOG_LEVEL and"),
        ("LOG_LEVEL=INFO\n\nLOG_LEVEL=\n", "duplicate", "delete line 3, which is empty: LOG_LEVEL is filled in above"),
    ],
)
def test_the_remedy_says_what_to_do_in_which_line(env: str, code: str, action: str) -> None:
    found = finding_of(env)
    assert found.code == f"env_file.{code}"
    assert found.remedy.text is not None
    told = render(found.remedy.text)
    assert action in told
    assert "original_autogpt/.env, " in told
