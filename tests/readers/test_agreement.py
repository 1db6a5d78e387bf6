"""Text, JSON and Markdown say the same of every patient, and the JSON keeps its promise to programs."""

from __future__ import annotations

import json as standard_json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped,unused-ignore]
import pytest

import doctor.readers
from doctor.cli import guarded
from doctor.machine.recorded import read
from doctor.readers import json, markdown, text
from doctor.readers.layout import Look, plain
from doctor.registry import Registry
from doctor.report import Report
from doctor.words import Scrubber
from tests import patients
from tests.readers import samples

SCHEMA = standard_json.loads((Path(doctor.readers.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
CASES = [*sorted(samples.SAMPLES), *patients.names()]
registry = cache(Registry.of_everything_installed)


@cache
def report_of(case: str) -> Report:
    if case in samples.SAMPLES:
        return samples.SAMPLES[case]()
    return patients.examined(patients.admit(case).machine, registry())


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
    assert guarded(["replay", str(path), "--json"]) == expected["exit_status"]
    document = standard_json.loads(capsys.readouterr().out)
    assert document["causes"] == expected["causes"]


def test_a_report_of_any_length_fits_into_an_issue() -> None:
    """Thousands of findings, and one that is longer than an issue can be."""
    from doctor import Stage, problem

    many = [
        samples.result(f"many.n{n}", f"Number {n}", Stage.FILES, problem(f"many.n{n}", "x" * 300)) for n in range(300)
    ]
    long = samples.result("long.one", "Long", Stage.MACHINE, problem("long.one", "数" * 70_000))
    for results in (many, [long], [*many, long]):
        drawn = markdown.draw(samples.report(*results))
        assert len(drawn.encode()) < 65_536
        assert markdown.CUT in drawn
        assert drawn.count("<details>") == drawn.count("</details>")


def test_nobody_is_mentioned_and_no_issue_is_referred_to() -> None:
    """GitHub reads @name and #7 in text, not in code spans and fences."""
    drawn = markdown.draw(samples.odd())
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"(?ms)^(`{3,})\w*$.*?^\1$", "", drawn))
    assert "someone" in outside
    assert not re.search(r"@\w|#\d", outside)


def test_a_document_beyond_ascii_survives_any_console() -> None:
    drawn = json.draw(samples.odd(), Scrubber())
    assert "数据目录" in drawn
    assert json.ascii_only(drawn).isascii()
    assert standard_json.loads(json.ascii_only(drawn)) == standard_json.loads(drawn)


def test_the_scrubber_sees_the_texts_of_the_json_before_they_are_quoted() -> None:
    """A quoted text ends or begins with letters (`\\n`, `\\u00e9`) that would hide a token from the scrubber."""
    key = "sk-" + "proj-" + "Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 3
    assert key not in standard_json.dumps(json.scrubbed({"a": [f"\n{key}", f"é{key}"]}, Scrubber()))
