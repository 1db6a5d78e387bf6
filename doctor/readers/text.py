"""The report for a person: problems in full, everything else folded, and what to do first in the last line."""

from __future__ import annotations

from typing import Iterable, Sequence

from doctor.findings import Command, Evidence, Finding, Link, Status
from doctor.outcome import Reason, Result
from doctor.readers.layout import SPACE, Line, Look, Page, Segment, columns
from doctor.report import Cause, Report
from doctor.shells import LEFT_OUT, draw_all, is_whole
from doctor.words import Words, render

MOST_TITLES = 6
"""So many checks are named where they were not made; more are counted by group."""
MOST_LINKS = 3
"""The rest is for -v, and for the other readers."""
NOTE_GAP = 4
MARKS = {
    Status.OK: ("✔", "pass"),
    Status.NOTE: ("·", "dim"),
    Status.WARNING: ("!", "warning"),
    Status.PROBLEM: ("✘", "problem"),
    Status.NOT_CHECKED: ("-", "dim"),
    Status.ERROR: ("?", "warning"),
}


def draw(report: Report, look: Look) -> list[Line]:
    """The whole report as lines."""
    return _Drawing(report, look).lines()


class _Drawing:
    def __init__(self, report: Report, look: Look) -> None:
        self.report = report
        self.look = look
        self.page = Page(look)
        self.digits = len(str(max(1, len(report.problems))))
        self.mark = self.digits + 1
        """The column of the marks."""
        self.body = self.mark + 4
        """The column of everything below a heading."""

    def lines(self) -> list[Line]:
        self._head()
        for number, cause in enumerate(self.report.problems, 1):
            self.page.blank()
            self._cause(cause, str(number))
        for cause in self.report.warnings:
            self.page.blank()
            self._cause(cause, "")
        self._not_checked()
        self._passed()
        if self.look.is_verbose:
            self._everything()
        self._verdict()
        return self.page.lines

    def words(self, words: Words) -> str:
        return render(words, self.report.place)

    # --- the head ------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        name = f"autogpt-doctor {self.report.version}"
        parts = [machine_name(self.report)]
        subject = self.report.identity.subject
        if subject is not None:
            known = [each for each in (subject.layout, subject.commit[:7]) if each]
            path = render(Words("{path}", {"path": subject.path}), self.report.place)
            parts.append(f"{path} ({', '.join(known)})" if known else path)
        self.page.parts(name, parts)

    # --- one cause -----------------------------------------------------------------------------------------------

    def _cause(self, cause: Cause, number: str) -> None:
        finding = cause.finding
        mark, style = MARKS[finding.status]
        lead = Segment(f"{number:>{self.digits}} {mark} ", style)
        self.page.heading(lead, self.words(finding.text), finding.code)
        self._finding_body(finding)
        self._consequences(cause)

    def _finding_body(self, finding: Finding) -> None:
        if finding.detail:
            self.page.text(self.words(finding.detail), self.body)
        for evidence in finding.evidence:
            self.page.text(self._evidence(evidence), self.body + 2, "dim", hang=2)
        if finding.remedy.text:
            self.page.text(self.words(finding.remedy.text), self.body)
        self._commands(finding.remedy.commands)
        self._links(finding.remedy.links, MOST_LINKS)

    def _links(self, links: Sequence[Link], most: int) -> None:
        for link in links if self.look.is_verbose else links[:most]:
            self.page.whole(Segment(" " * self.body), Segment(link.url, "link"))

    def _evidence(self, evidence: Evidence) -> str:
        parts = [self.words(evidence.found)]
        if evidence.wanted:
            parts.append(f"wanted: {self.words(evidence.wanted)}")
        if evidence.where:
            parts.append(f"read from {self.words(evidence.where)}")
        return "; ".join(parts)

    def _commands(self, commands: Sequence[Command]) -> None:
        lines = [self.look.fit(line) for line in draw_all(commands, self.report.place)]
        notes = [self.look.fit(self._command_note(each)) for each in commands]
        start = self.body + 2
        widest = max((columns(line) for line, note in zip(lines, notes) if note), default=0)
        fits = all(start + widest + NOTE_GAP + columns(note) <= self.page.width for note in notes)
        for line, note in zip(lines, notes):
            gap = " " * (widest - columns(line) + NOTE_GAP)
            beside = (Segment(gap), Segment(note, "dim")) if note and fits else ()
            self.page.whole(Segment(" " * self.body + "▸ ", "dim"), Segment(line, "command"), *beside)
            if note and not fits:
                self.page.text(note, start + 2, "dim")
        if not is_whole(lines):
            self.page.text(LEFT_OUT, start, "dim")

    def _command_note(self, command: Command) -> str:
        if command.note:
            return self.words(command.note)
        if command.shell == "powershell" and not self.report.system.is_windows:
            return "in PowerShell"
        return ""

    def _consequences(self, cause: Cause) -> None:
        below = list(dict.fromkeys(self.words(finding.text) for finding in cause.consequences))
        if below:
            self.page.text("Follows from this: " + "; ".join(below), self.body, "dim", hang=2)
        if cause.not_checked:
            self.page.text("Not checked because of this: " + self._named(cause.not_checked), self.body, "dim", hang=2)

    def _named(self, results: Sequence[Result]) -> str:
        titles = list(dict.fromkeys(result.title for result in results))
        if len(titles) <= MOST_TITLES or self.look.is_verbose:
            return ", ".join(titles)
        return f"{len(results)} checks ({by_group(results)})"

    # --- what was not checked, what passed -----------------------------------------------------------------------

    def _not_checked(self) -> None:
        reasons: dict[tuple[Reason, str, tuple[Link, ...]], list[Result]] = {}
        for result in self.report.unexplained:
            why = result.because
            if why is not None:
                reasons.setdefault((why.reason, self.words(why.text), why.links), []).append(result)
        if not reasons:
            return
        count = sum(len(results) for results in reasons.values())
        self.page.blank()
        self.page.text(
            f"{count} check{'s were' if count > 1 else ' was'} not made",
            self.mark + 2,
            lead=Segment(" " * self.mark + "- ", "dim"),
        )
        for (_, reason, links), results in reasons.items():
            self.page.text(f"{self._named(results)}: {reason}", self.body, "dim", hang=2)
            self._links(links, 1)

    def _passed(self) -> None:
        passed = [result for result in self.report.results if result.status in (Status.OK, Status.NOTE)]
        if not passed:
            return
        self.page.blank()
        count = f"{len(passed)} check{'s' if len(passed) > 1 else ''} passed   "
        lead = " " * self.mark + "✔ "
        self.page.text(by_group(passed), len(lead) + len(count), "dim", lead=Segment(lead + count, "pass"))

    # --- everything ----------------------------------------------------------------------------------------------

    def _everything(self) -> None:
        ordered = sorted(self.report.results, key=lambda result: result.stage)
        for group, name in _group_names(ordered).items():
            self.page.blank()
            self.page.text(name, self.mark, "strong")
            for result in ordered:
                if result.group == group:
                    self._result(result)

    def _result(self, result: Result) -> None:
        mark, style = MARKS[result.status]
        lead = Segment(f"{' ' * self.mark}{mark} ", style)
        duration = f" ({result.duration_s * 1000:.0f} ms)" if result.duration_s >= 0.001 else ""
        self.page.heading(lead, result.title + duration, result.id, "")
        if result.because:
            self.page.text(self.words(result.because.text), self.body, "dim", hang=2)
        for place in result.trace:
            self.page.text(place, self.body, "dim", hang=2)
        shown = {id(cause.finding) for cause in (*self.report.problems, *self.report.warnings)}
        for finding in result.findings:
            self.page.text(self.words(finding.text), self.body, "dim", hang=2)
            if id(finding) not in shown:
                self._below(finding)

    def _below(self, finding: Finding) -> None:
        if finding.detail:
            self.page.text(self.words(finding.detail), self.body + 2, "dim")
        for evidence in finding.evidence:
            self.page.text(self._evidence(evidence), self.body + 2, "dim", hang=2)

    # --- the last line -------------------------------------------------------------------------------------------

    def _verdict(self) -> None:
        self.page.blank()
        took = f" Examined in {self.report.duration_s:.1f} s." if self.look.is_verbose else ""
        self.page.text(verdict(self.report, self.look.program) + took, 0, "strong")
        if self.report.problems:
            self.page.aside(f"(explain {self.report.problems[0].finding.code} tells more)", "dim")


def machine_name(report: Report) -> str:
    """The system and its surroundings, as the head of a report says it."""
    name = render(Words("{name}", {"name": report.system.name}), report.place)
    surroundings = report.identity.surroundings
    if surroundings is None or not surroundings.text:
        return name
    text = render(surroundings.text, report.place)
    return text if name in text else f"{name} {text}"


def by_group(results: Iterable[Result], space: str = SPACE) -> str:
    """ "Python 6 · Poetry 5", in the order in which the checks are judged."""
    ordered = sorted(results, key=lambda result: result.stage)
    names = _group_names(ordered)
    counts = {group: sum(result.group == group for result in ordered) for group in names}
    return " · ".join(f"{names[group]}{space}{count}" for group, count in counts.items())


def _group_names(results: Iterable[Result]) -> dict[str, str]:
    """Each group as a person writes it: as it stands in the title of one of its checks ("WSL"), if it does."""
    names: dict[str, str] = {}
    for result in results:
        plain = result.group.replace("_", " ")
        usual = plain[:1].upper() + plain[1:] if set(plain) & set("aeiou") else plain.upper()
        known = names.setdefault(result.group, usual)
        start = result.title.lower().find(plain)
        if known == usual and start >= 0:
            spelt = result.title[start : start + len(plain)]
            names[result.group] = spelt[:1].upper() + spelt[1:]
    return names


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def verdict(report: Report, program: str) -> str:
    """The last sentences: how it came out, and what to do first."""
    said = []
    if report.was_stopped:
        unheard = sum(r.because is not None and r.because.reason is Reason.STOPPED for r in report.results)
        said.append(f"Stopped before {counted(unheard, 'check')} had answered.")
    bad = [
        counted(len(causes), what)
        for causes, what in ((report.problems, "problem"), (report.warnings, "warning"))
        if causes
    ]
    incomplete = counted(len(report.incomplete), "check")
    if report.problems:
        start = "Start with 1, then" if len(report.problems) > 1 else "Put it right, then"
        said.append(f"{', '.join(bad)}. {start} run {program} again.")
    elif report.was_stopped:
        said += [f"{each} so far." for each in bad]
    elif report.verdict == "incomplete":
        said.append(f"No problem found, but {incomplete} could not be completed.")
    elif report.warnings:
        said.append(f"{bad[0]}{', which --strict counts as a problem' if report.is_strict else ', no problem'}.")
    elif not report.results:
        said.append("There was nothing to examine on this kind of machine.")
    else:
        said.append("Nothing is wrong.")
    return " ".join(said)
