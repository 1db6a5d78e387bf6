"""What the doctor can say of itself: every check in a list, and one of them explained."""

from __future__ import annotations

import re
from typing import Any, Iterable, Sequence

from doctor.readers.layout import Line, Look, Page, Segment, columns
from doctor.registry import Check, Need

WIDEST_NEEDS = 30
OWN_FINDINGS = {
    "doctor.plugin-broken": (
        "A part of the doctor, or a package that adds checks to it, cannot be loaded. All other checks were made. If "
        "the part came with another package, ask its makers; if it is the doctor's own, install the doctor again."
    ),
    "doctor.duplicate-check": (
        "Two packages bring a check of the same name. The doctor's own one was made, else the first; the other one was "
        "left out. Its makers can give it another name."
    ),
    "doctor.unknown-fact": (
        "A check asks for something that no installed package can find out, so it was left out. A package that belongs "
        "to it may be missing, or be of another version."
    ),
}
"""What may be wrong with the doctor itself, which no check looks for."""


def needs_of(check: Check) -> str:
    """What a check needs, in the words of the facts ("checkout, docker"); in brackets what it can do without."""
    return ", ".join(f"({_plain(need)})" if need.is_optional else _plain(need) for need in check.needs) or "nothing"


def _plain(need: Need) -> str:
    """ "CondaEnvironments" as "conda environments"."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", need.type.__name__)
    return " ".join(word.lower() for word in words)


def in_order(checks: Iterable[Check]) -> list[Check]:
    return sorted(checks, key=lambda check: (check.stage, check.id))


def draw_list(checks: Sequence[Check], look: Look) -> list[Line]:
    """Every check: its id and its title, those of one stage together. With -v which facts it needs: that is for who
    writes checks."""
    page = Page(look)
    checks = in_order(checks)
    widest_id = max((len(check.id) for check in checks), default=0)
    widest_needs = min(max((columns(needs_of(check)) for check in checks), default=0), WIDEST_NEEDS)
    stage = None
    for check in checks:
        if check.stage != stage:
            page.blank()
            stage = check.stage
        name, title = (check.id, "strong"), (check.title, "")
        if look.is_verbose:
            page.table([(name, (needs_of(check), "dim"), title)], (widest_id, widest_needs))
        else:
            page.table([(name, title)], (widest_id,))
    page.blank()
    page.text(f"{look.program} explain NAME tells more of each.", 2, "dim")
    return page.lines


def document(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """The same for a program, with the explanations."""
    return [
        {
            "id": check.id,
            "title": check.title,
            "stage": check.stage.name.lower(),
            "needs": [_plain(need) for need in check.needs if not need.is_optional],
            "codes": list(check.codes),
            "meanings": dict(check.meanings),
            "explanation": check.explanation,
        }
        for check in in_order(checks)
    ]


def draw_own_finding(code: str, look: Look) -> list[Line]:
    """What one of the doctor's own findings means."""
    page = Page(look)
    page.text(OWN_FINDINGS[code], 0)
    return page.lines


def draw_explanation(checks: Iterable[Check], look: Look, name: str = "") -> list[Line]:
    """Why each check matters, how it is judged, what it may find. Where a finding was asked for by its code, `name`,
    that comes first, and the check that it belongs to behind it."""
    page = Page(look)
    for check in in_order(checks):
        page.blank()
        is_code = name in check.codes and name != check.id
        if is_code:
            _draw_code(name, check, page)
        page.heading(Segment(""), check.title, check.id)
        page.blank()
        _prose(check.explanation, page)
        page.blank()
        if look.is_verbose:
            page.text(needs_of(check), 10, "dim", lead=Segment("Needs     ", "strong"))
        if check.meanings and not is_code:
            _draw_meanings(check, page)
        elif check.codes:
            page.text(", ".join(check.codes), 10, "dim", lead=Segment("May find  ", "strong"))
    return page.lines


def _draw_code(code: str, check: Check, page: Page) -> None:
    page.text(code, 0, "strong")
    meaning = check.meanings.get(code)
    if meaning:
        page.text(meaning, 2)
    page.blank()
    page.text("It comes from this check:", 0, "dim")
    page.blank()


def _draw_meanings(check: Check, page: Page) -> None:
    """What it may find, each with its meaning."""
    page.text("May find", 0, "strong")
    widest = max(len(code) for code in check.codes)
    page.table([((code, ""), (check.meanings.get(code, ""), "dim")) for code in check.codes], (widest,))


def _prose(text: str, page: Page) -> None:
    """Paragraphs, wrapped anew; the points of a list and indented lines (commands) stay lines of their own."""
    paragraph: list[str] = []
    hang = 0

    def end() -> None:
        nonlocal hang
        if paragraph:
            page.text(" ".join(paragraph), 0, hang=hang)
            paragraph.clear()
        hang = 0

    for line in text.splitlines():
        if not line.strip():
            end()
            page.blank()
        elif line.startswith("    "):
            end()
            page.whole(Segment(line, "command"))
        else:
            if line.lstrip().startswith(("- ", "* ")):
                end()
                hang = 2
            paragraph.append(line.strip())
    end()
