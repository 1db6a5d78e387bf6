"""What is said about a line that AutoGPT does not read as it was meant: where it is, and what to do in it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Mapping

import pytest

from doctor.about import Options
from doctor.findings import Finding, Status
from doctor.machine.recorded import parse, read
from doctor.shells import draw
from doctor.visit import visit
from doctor.words import render
from tests import patients

ENV = "classic/original_autogpt/.env"


def finding_of(env: str, shell: Mapping[str, str] = MappingProxyType({}), checkout: str = "classic-2024") -> Finding:
    state = read(patients.HERE / "machines" / "ubuntu.yaml")
    path = ENV if checkout == "classic-2024" else ".env"
    state["tree"] = {**read(patients.HERE / "checkouts" / f"{checkout}.yaml")["tree"], path: env}
    state["environment"] = {**state["environment"], **shell}
    recorded = parse(state)
    options = Options(recorded.folder, is_given=True)
    report, _ = visit(recorded, patients.everything(), options, version="0", chosen=("env_file.lines",))
    (found,) = [each for result in report.results for each in result.findings if each.status is not Status.OK]
    return found


@pytest.mark.parametrize(
    ("env", "code", "action"),
    [
        ("TEMPERATURE: 0\n", "lines", "line 1: write TEMPERATURE= in place of the colon and all before it"),
        ("\nset TEMPERATURE=0\n", "lines", "line 2: delete the word before TEMPERATURE, and write TEMPERATURE= with"),
        ("setx TEMPERATURE 0\n", "lines", "and write TEMPERATURE= with the value right behind it."),
        ('"TEMPERATURE": "0",\n', "lines", "write TEMPERATURE= in place of the colon and all before it, and only"),
        ("\u200bLOG_LEVEL=INFO\n", "odd-name", "line 1: type LOG_LEVEL= anew; the odd character came with copying."),
        ("\nPLAIN_OUTPUT=True\u200b\n", "odd-value", "line 2: type the value of PLAIN_OUTPUT anew;"),
        ("\nPLAIN_OUTPUT=True#x\n", "remark", "line 2: put the remark behind PLAIN_OUTPUT into a line of its own."),
        ("$env:TEMPERATURE 0\n", "lines", "line 1: delete $env: before TEMPERATURE."),
        ('TEMPERATURE="0\n', "lines", "line 1: delete the quotes around the value of TEMPERATURE."),
        ("TEMPERATURE 0\n", "lines", "line 1: put = behind TEMPERATURE."),
        ("this is mine\n", "lines", "line 1: delete it, or put # before it."),
        ("TEMPERATURE: 0\nLOG_LEVEL: INFO\n", "lines", "the value behind it, line 2: write LOG_LEVEL="),
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


def test_an_empty_line_that_hides_the_shell_is_named() -> None:
    found = finding_of("LOG_LEVEL=\nLOG_FORMAT=\n", {"LOG_LEVEL": "INFO", "LOG_FORMAT": "simple"})
    assert found.code == "env_file.blank-hides-shell"
    assert "empty line of .env takes away" in render(found.text)
    assert found.remedy.text is not None
    assert "Put # before the lines 1, 2 of" in render(found.remedy.text)


def test_where_the_shell_comes_first_the_empty_variable_is_at_fault() -> None:
    found = finding_of("IMAGE_PROVIDER=dalle\n", {"IMAGE_PROVIDER": ""}, "v0.1")
    assert found.code == "env_file.blank-hides-shell"
    assert render(found.text) == "Empty in the shell: IMAGE_PROVIDER"
    assert found.detail is not None
    assert "in the shell, even nothing, before what stands in .env" in render(found.detail)
    assert [draw(each) for each in found.remedy.commands] == ["unset IMAGE_PROVIDER"]
    assert found.remedy.text is not None
    assert "Take it away" in render(found.remedy.text)
