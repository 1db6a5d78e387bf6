"""Every patient gets the diagnosis that it must get, first; the healthy ones get none. All readers say the same."""

from __future__ import annotations

import json as standard_json
import re
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped,unused-ignore]
import pytest

import doctor.readers
from doctor.cli import guarded
from doctor.findings import Status
from doctor.machine import Unavailable
from doctor.machine.recorded import read
from doctor.readers import json, markdown, text
from doctor.readers.layout import Look, plain
from doctor.report import Report
from doctor.words import Scrubber
from tests import patients
from tests.readers import samples

SCHEMA = standard_json.loads((Path(doctor.readers.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
CASES = [*sorted(samples.SAMPLES), *patients.some()]


@pytest.mark.parametrize("name", patients.names())
def test_diagnosis(name: str) -> None:
    report = patients.report_on(name)
    patient = patients.admit(name)
    expect = dict(patient.expect)
    complaints = {
        finding.code: finding.status
        for result in report.results
        for finding in result.findings
        if finding.status in (Status.PROBLEM, Status.WARNING)
    }
    assert not [r for r in report.results if r.status is Status.ERROR], "a check crashed"
    assert is_one_machine(patient)
    if "docker.credential-helper" not in str(expect):
        assert "docker.credential-helper" not in complaints, "a PATH of its own, and Docker's folder is not in it"
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
    expect.pop("billing", None)  # how it is examined
    assert report.exit_status == expect.pop("exit", 1 if report.problems else 0)
    assert not expect, f"words of the patient that no test reads: {sorted(expect)}"


def test_what_all_tests_share_cannot_be_changed() -> None:
    report = patients.report_on("combined/windows-fresh")
    assert report is patients.report_on("combined/windows-fresh")
    for finding in (f for result in report.results for f in result.findings):
        with pytest.raises(TypeError, match="shared"):
            finding.text.values["x"] = 1  # type: ignore[index]
    (first, *_) = report.problems
    assert any(first.result is result for result in report.results)
    assert any(first.finding is finding for finding in first.result.findings)


def is_one_machine(patient: patients.Patient) -> bool:
    """Whether the distribution that WSL names is the one that this system is."""
    with suppress(Unavailable):
        distribution, _, version = (patient.machine.variable("WSL_DISTRO_NAME") or "").partition("-")
        return not version.replace(".", "").isdigit() or f"{distribution} {version}" in patient.machine.system.name
    return True


# --- the readers agree ----------------------------------------------------------------------------------------------


@cache
def report_of(case: str) -> Report:
    return samples.SAMPLES[case]() if case in samples.SAMPLES else patients.report_on(case)


@cache
def document_of(case: str) -> Any:
    report = report_of(case)
    return standard_json.loads(json.draw(report, Scrubber(report.place)))


@pytest.mark.parametrize("case", CASES)
def test_the_json_keeps_its_promise(case: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(document_of(case))


@pytest.mark.parametrize("case", CASES)
def test_text_and_json_agree(case: str) -> None:
    """The codes beside the numbers, in their order, are the causes; and the counts are the same."""
    report, document = report_of(case), document_of(case)
    lines = text.draw(report, Look(120))
    numbered = [line for line in lines if line and line[0].style == "problem"]
    codes = list(dict.fromkeys(line[-1].text for line in numbered))
    assert codes == document["causes"]
    assert [line[0].text.split()[0] for line in numbered] == [str(n) for n in range(1, len(numbered) + 1)]
    assert document["exit_status"] == report.exit_status
    last = plain(lines).rstrip().splitlines()[-1]
    assert bool(re.match(r"\d+ problem", last)) == (document["exit_status"] == 1)
    passed = sum(check["status"] in ("ok", "note") for check in document["checks"])
    assert (f"{passed} check{'s' if passed > 1 else ''} passed" in plain(lines)) == bool(passed)


@pytest.mark.parametrize("case", CASES)
def test_every_check_has_one_place_in_the_text(case: str) -> None:
    """Passed, a problem, a warning, folded under one of them, or not made: no check is forgotten."""
    report = report_of(case)
    folded = {id(each) for cause in (*report.problems, *report.warnings) for each in cause.not_checked}
    for result in report.results:
        places = [
            result.status.value in ("ok", "note"),
            result.status.value in ("problem", "warning"),
            id(result) in folded,
            result in report.unexplained,
        ]
        assert sum(places) == 1, result.id


@pytest.mark.parametrize("case", CASES)
def test_markdown_is_read_as_it_was_meant(case: str) -> None:
    """A reader of Markdown finds every command in a fence, and no HTML but what folds the rest."""
    from markdown_it import MarkdownIt

    report = report_of(case)
    drawn = markdown.draw(report)
    assert len(drawn) < 65_536
    tokens = MarkdownIt("commonmark", {"html": True}).parse(drawn)
    html = [token.content.strip() for token in tokens if token.type == "html_block"]
    html += [child.content for token in tokens for child in token.children or () if child.type == "html_inline"]
    assert [each for each in html if each not in ("<span>", "</span>")] in (
        [], ["<details><summary>Everything else</summary>", "</details>"],
    )  # fmt: skip
    fences = [line for token in tokens if token.type == "fence" for line in token.content.splitlines()]
    commands = [
        command["line"]
        for check in document_of(case)["checks"]
        for finding in check["findings"]
        if finding["status"] in ("problem", "warning") and "explained_by" not in finding
        for command in finding["remedy"]["commands"]
    ]
    assert sorted(fences) == sorted(commands)
    for cause in report.problems:
        assert f"`{cause.finding.code}`" in drawn.split("<details>")[0]


@pytest.mark.parametrize("case", patients.names()[::9])  # the way from file to screen is the same for all
def test_the_command_says_what_the_report_says(case: str, capsys: Any, tmp_path: Path) -> None:
    expected = document_of(case)
    path = tmp_path / "machine.yaml"
    state = read(patients.HERE / f"{case}.yaml")
    state.pop("expect")
    path.write_text(standard_json.dumps(state, default=str), encoding="utf-8")
    paid = ["--billing"] if patients.pays(patients.admit(case)) else []
    assert guarded(["replay", str(path), "--json", *paid]) == expected["exit_status"]
    document = standard_json.loads(capsys.readouterr().out)
    assert document["causes"] == expected["causes"]
