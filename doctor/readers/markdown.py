"""The report for pasting into an issue: the form's questions answered first, the causes in full, the rest folded.

Nothing in it can become a mention, a reference, a link or markup by accident: values stand in code spans, and what
Markdown reads in our own words is escaped. It always stays below the length that GitHub takes.
"""

from __future__ import annotations

import re
import string
from pathlib import PurePath
from typing import Iterable, Iterator, Sequence

from doctor.findings import Command, Evidence, Link, Status
from doctor.outcome import Result
from doctor.readers.text import by_group, counted, machine_name
from doctor.report import Cause, Report
from doctor.shells import LEFT_OUT, draw_all, is_whole
from doctor.words import Place, Secret, Url, Words, show

LIMIT_BYTES = 65_536 - 536
"""GitHub takes 65,536 characters in the body of an issue; bytes are never fewer, and some room is for the person."""
CUT = "_The rest is left out here: GitHub takes no longer text. The JSON report (`--json`) has all of it._"
NO_ANSWER = "_No response_"
FENCES = {"sh": "sh", "powershell": "powershell", "cmd": "bat"}
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&]|^[#+\-=]")
_NUMBER = re.compile(r"^(\d+)([.)])")
_REFERENCE = re.compile(r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=\bGH-)(?=\d)", re.IGNORECASE)


def draw(report: Report) -> str:
    """The whole text, at most `LIMIT_BYTES` in UTF-8."""
    first, folded = list(_form(report)), []
    first += [_overview(report), *(_cause(cause, report, number) for number, cause in enumerate(report.problems, 1))]
    folded += [_cause(cause, report) for cause in report.warnings]
    folded += [block for block in (_not_checked(report), _passed(report), _machine(report)) if block]
    return _fitted(first, folded)


def _fitted(first: Sequence[str], folded: Sequence[str]) -> str:
    """As many whole blocks as there is room for, in order; a sentence says it where some are missing."""
    opening, closing = "<details><summary>Everything else</summary>", "</details>"
    room = LIMIT_BYTES - sum(len(each.encode()) + 2 for each in (opening, closing, CUT))
    kept: tuple[list[str], list[str]] = ([], [])
    is_cut = False
    for blocks, part in zip((first, folded), kept):
        for block in blocks:
            room -= len(block.encode("utf-8", "replace")) + 2
            is_cut = is_cut or room < 0
            if not is_cut:
                part.append(block)
    lines = list(kept[0])
    if kept[1]:
        lines += [opening, *kept[1], closing]
    return "\n\n".join([*lines, CUT] if is_cut else lines) + "\n"


# --- the form ---------------------------------------------------------------------------------------------------------


def _form(report: Report) -> Iterator[str]:
    """The questions of the form as GitHub itself writes them into an issue. What follows is the last one's answer."""
    form = report.identity.form
    if form is None:
        return
    answers = [(question, sentence(answer, report.place)) for question, answer in form.answers]
    group = report.problems[0].result.group if report.problems else ""
    answers.insert(form.before_areas, (form.area_question, escape(form.areas.get(group, form.areas.get("", "")))))
    for number, (question, answer) in enumerate(answers, 1):
        is_last = number == len(answers)
        yield f"### {escape(question)}" + ("" if is_last and not answer else f"\n\n{answer or NO_ANSWER}")


def _overview(report: Report) -> str:
    bad = [
        counted(len(causes), what)
        for causes, what in ((report.problems, "problem"), (report.warnings, "warning"))
        if causes
    ]
    outcome = ", ".join(bad) or "nothing wrong"
    if report.incomplete:
        outcome += f", {counted(len(report.incomplete), 'check')} not completed"
    subject = report.identity.subject
    where = f", {code(subject.layout)}" if subject and subject.layout else ""
    return f"autogpt-doctor {report.version} on {code(machine_name(report))}{where}: {outcome}."


# --- the parts --------------------------------------------------------------------------------------------------------


def _cause(cause: Cause, report: Report, number: int = 0) -> str:
    finding, place = cause.finding, report.place
    mark = f"{number}." if number else "Warning:"
    blocks = [f"#### {mark} {sentence(finding.text, place)} ({code(finding.code)})"]
    if finding.detail:
        blocks.append(sentence(finding.detail, place))
    if finding.evidence:
        blocks.append("\n".join(f"- {_evidence(each, place)}" for each in finding.evidence))
    if finding.remedy.text:
        blocks.append(sentence(finding.remedy.text, place))
    blocks += _commands(finding.remedy.commands, place)
    if finding.remedy.links:
        blocks.append(", ".join(_link(link) for link in finding.remedy.links))
    if cause.consequences:
        blocks.append("Follows from this: " + "; ".join(sentence(each.text, place) for each in cause.consequences))
    if cause.not_checked:
        blocks.append("Not checked because of this: " + _titles(cause.not_checked))
    return "\n\n".join(blocks)


def _evidence(evidence: Evidence, place: Place) -> str:
    parts = [sentence(evidence.found, place)]
    if evidence.wanted:
        parts.append(f"wanted: {sentence(evidence.wanted, place)}")
    if evidence.where:
        parts.append(f"read from {sentence(evidence.where, place)}")
    return "; ".join(parts)


def _commands(commands: Sequence[Command], place: Place) -> Iterator[str]:
    """Fenced blocks, a note below its command; commands for one shell with no note in between share a block."""
    lines: list[str] = []
    shell = ""
    drawn = draw_all(commands, place)
    for command, line in zip(commands, drawn):
        if lines and command.shell != shell:
            yield fenced(lines, shell)
            lines = []
        shell = command.shell
        lines.append(line)
        if command.note:
            yield fenced(lines, shell)
            yield f"({sentence(command.note, place)})"
            lines = []
    if lines:
        yield fenced(lines, shell)
    if not is_whole(drawn):
        yield escape(LEFT_OUT)


def _link(link: Link) -> str:
    return f"[{escape(link.title)}](<{link.url}>)"


def _titles(results: Iterable[Result]) -> str:
    return ", ".join(dict.fromkeys(escape(result.title) for result in results))


def _not_checked(report: Report) -> str:
    reasons: dict[str, list[Result]] = {}
    for result in report.unexplained:
        if result.because is not None:
            said = [sentence(result.because.text, report.place), *map(_link, result.because.links)]
            reasons.setdefault(" ".join(said), []).append(result)
    lines = [f"- {_titles(results)}: {reason}" for reason, results in reasons.items()]
    return "\n".join(["#### Not checked", "", *lines]) if lines else ""


def _passed(report: Report) -> str:
    passed = [result for result in report.results if result.status in (Status.OK, Status.NOTE)]
    return f"#### Passed: {len(passed)}\n\n{escape(by_group(passed, ' '))}" if passed else ""


def _machine(report: Report) -> str:
    system, surroundings = report.system, report.identity.surroundings
    values: dict[str, object] = {
        "system": system.name,
        "release": system.release,
        "architecture": system.architecture,
        "libc": system.libc,
        **(surroundings.values if surroundings else {}),
    }
    known = {name: show(value, report.place) for name, value in values.items() if value}
    lines = [f"- {escape(name)}: {code(value)}" for name, value in known.items()]
    return "\n".join(["#### Machine", "", *lines])


# --- text that Markdown leaves alone ----------------------------------------------------------------------------------


def sentence(words: Words, place: Place) -> str:
    """A sentence with its values in code spans, where nothing in them means anything."""
    out = []
    for literal, name, _spec, _conversion in string.Formatter().parse(words.template):
        out.append(escape(literal))
        if name is not None:
            out.append(_value(words.values.get(name, "{" + name + "}"), place))
    return "".join(out)


def _value(value: object, place: Place) -> str:
    if isinstance(value, Words):
        return sentence(value, place)
    if isinstance(value, (str, bytes, PurePath, Url, Secret)):
        return code(show(value, place))
    if isinstance(value, Iterable) and not isinstance(value, (int, float)):
        return ", ".join(_value(each, place) for each in value)
    return escape(show(value, place))


def escape(text: str) -> str:
    """Our own words as Markdown: every character for itself, no mention, no reference."""
    text = _NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))
    return _REFERENCE.sub("\u200b", text).replace("$", "<span>$</span>")


def code(text: str) -> str:
    """A code span that holds any text, backticks included."""
    if not text.strip():
        return "(empty)"
    ticks = "`" * (_longest_run(text) + 1)
    padding = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{padding}{text}{padding}{ticks}"


def fenced(lines: Sequence[str], shell: str) -> str:
    """A block to copy from, whose fence is longer than anything in it."""
    ticks = "`" * max(3, max(_longest_run(line) for line in lines) + 1)
    return "\n".join([ticks + FENCES.get(shell, ""), *lines, ticks])


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
