"""The report for a program: the JSON of report.schema.json, built from the same report object as the text.

It is a contract: a key is never renamed or dropped while `schema_version` stays 1.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Optional, Sequence

from doctor.findings import Command, Evidence, Finding
from doctor.outcome import Because, Result
from doctor.report import Report
from doctor.shells import draw_all
from doctor.words import Place, Scrubber, Words, render, show

SCHEMA_VERSION = 1


def draw(report: Report, scrubber: Scrubber) -> str:
    """The one document. Every text in it has passed the scrubber, before quoting could disguise anything."""
    return dump(scrubbed(document(report), scrubber))


def dump(document: Any) -> str:
    """For a program, and for a person who looks at it."""
    import json

    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def ascii_only(text: str) -> str:
    """The same document without any character beyond ASCII; outside of its strings there are none anyway."""
    import json

    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text)


def scrubbed(value: Any, scrubber: Scrubber) -> Any:
    """A document with every text in it made safe. Raises `Unsafe`."""
    hide = lru_cache(maxsize=None)(scrubber.hide)  # many a text comes again and again

    def safe(value: Any) -> Any:
        if isinstance(value, str):
            return hide(value)
        if isinstance(value, dict):
            return {key: safe(each) for key, each in value.items()}
        return [safe(each) for each in value] if isinstance(value, list) else value

    return safe(value)


def document(report: Report) -> dict[str, Any]:
    """The report as mappings, lists and plain values."""
    root_of = {
        id(below): cause.finding.code for cause in (*report.problems, *report.warnings) for below in cause.consequences
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "doctor": {"version": report.version},
        "taken_at": _moment(report.taken_at),
        "machine": _machine(report),
        "checkout": _checkout(report),
        "verdict": report.verdict,
        "causes": list(report.causes),
        "exit_status": report.exit_status,
        "checks": [_check(result, report.place, root_of) for result in report.results],
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _machine(report: Report) -> dict[str, Any]:
    system, place = report.system, report.place
    surroundings = report.identity.surroundings
    document = {
        "system": system.kind,
        "name": show(system.name, place),
        "release": show(system.release, place),
        "architecture": system.architecture,
        "process_architecture": system.process_architecture or system.architecture,
        "distribution": system.distribution or None,
        "libc": system.libc or None,
    }
    for key, value in (surroundings.values if surroundings else {}).items():
        document.setdefault(key, _plain(value, place))
    return document


def _plain(value: Any, place: Place) -> Any:
    return value if value is None or isinstance(value, (bool, int, float)) else show(value, place)


def _checkout(report: Report) -> Optional[dict[str, Any]]:
    subject = report.identity.subject
    if subject is None:
        return None
    return {
        "path": show(subject.path, report.place),
        "layout": subject.layout,
        "commit": show(subject.commit, report.place) or None,
    }


def _check(result: Result, place: Place, root_of: dict[int, str]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": result.id,
        "title": result.title,
        "stage": result.stage.name.lower(),
        "status": result.status.value,
        "because": _because(result.because, place),
        "duration_ms": round(result.duration_s * 1000, 1),
        "findings": [_finding(finding, place, root_of) for finding in result.findings],
    }
    if result.trace:
        document["trace"] = list(result.trace)
    return document


def _because(because: Optional[Because], place: Place) -> Optional[dict[str, Any]]:
    if because is None:
        return None
    document: dict[str, Any] = {
        "reason": because.reason.value,
        "text": render(because.text, place),
        "code": because.code or None,
    }
    if because.links:
        document["links"] = [{"title": link.title, "url": link.url} for link in because.links]
    return document


def _finding(finding: Finding, place: Place, root_of: dict[int, str]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": finding.code,
        "status": finding.status.value,
        "text": render(finding.text, place),
        "detail": _text(finding.detail, place),
        "evidence": [_evidence(each, place) for each in finding.evidence],
        "remedy": {
            "text": _text(finding.remedy.text, place),
            "commands": _commands(finding.remedy.commands, place),
            "links": [{"title": link.title, "url": link.url} for link in finding.remedy.links],
        },
    }
    if id(finding) in root_of:
        document["explained_by"] = root_of[id(finding)]
    return document


def _evidence(evidence: Evidence, place: Place) -> dict[str, Any]:
    return {
        "found": render(evidence.found, place),
        "wanted": _text(evidence.wanted, place),
        "where": _text(evidence.where, place),
    }


def _commands(commands: Sequence[Command], place: Place) -> list[dict[str, Any]]:
    return [
        {"line": line, "shell": each.shell, "note": _text(each.note, place)}
        for each, line in zip(commands, draw_all(commands, place))
    ]


def _text(words: Optional[Words], place: Place) -> Optional[str]:
    return None if words is None else render(words, place)
