"""The lines of `.env` that do not do what they look like: what the parser drops, and what it keeps without a word.

A pure reading of the text. No line is kept, only what is wrong with it, where, and which setting it was meant for.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Iterator, NamedTuple, Optional

from checks.autogpt.variables import VARIABLES
from checks.dotenv_text import BYTE_ORDER_MARK, EnvText, Statement
from checks.env_file import EnvFile
from doctor import fact

MOST_FAULTS = 50
MOST_LOST = 20
"""So many lines below a quote are looked at for what is lost with it."""
MOST_LINES = 20
"""Of a quote that swallows lines the first, of a duplicate the last ones."""
_NAME = r"[A-Za-z_][A-Za-z0-9_]{1,60}"
_FORMS = (
    ("set", rf"(?:set|setx)\s+[\"']?(?P<name>{_NAME})\s*(?:=|\s)"),
    ("powershell", rf"\$env:(?P<name>{_NAME})\s*=?"),
    ("colon", rf"[-\s]*[\"']?(?P<name>{_NAME})[\"']?\s*:"),
    ("quote", rf"(?:export\s+)?(?P<name>{_NAME})\s*=\s*[\"']"),
    ("two-words", rf"(?:export\s+)?(?P<name>{_NAME})\s*[^=\s]"),
)
# Characters of which nothing is seen, or which an editor puts in place of the plain ones.
_ODD = re.compile("[\u00a0\u00ad\u200b-\u200f\u2018-\u201f\u2028-\u202f\u2060\u3000\ufeff]")
_ASSIGNMENT = re.compile(r"^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?([A-Z][A-Z0-9_]{2,60})[ \t]*=", re.MULTILINE)
# Of the other kinds, what a remark or an odd character does to the value is said where the value is judged.
_MAY_HAVE_REMARK = ("exact-boolean", "boolean", "opt-in")
_MAY_BE_ODD = ("exact-boolean", "boolean", "opt-in", "list")


class LineFault(NamedTuple):
    """One line that does not do what it looks like."""

    kind: str
    """Dropped: "set", "powershell", "colon", "quote", "two-words", "other". Kept: "odd-name", "odd-value",
    "no-equals", "duplicate", "swallowed" (a quote that is closed some lines below), "remark"."""
    line: int
    """Counted from 1."""
    name: str = ""
    """The setting that was meant, "" when none can be recognised."""
    lines: tuple[int, ...] = ()
    """Of a duplicate all its lines, of a quote that swallows others their lines."""
    character: str = ""
    """Of what is odd: the character."""
    is_worse: bool = False
    """Of a duplicate: the last one is empty, and an earlier one is not."""


class LineFaults(NamedTuple):
    """All of one file, in its order."""

    faults: tuple[LineFault, ...] = ()

    def of(self, *kinds: str) -> tuple[LineFault, ...]:
        return tuple(each for each in self.faults if each.kind in kinds)


@fact
def line_faults(env_file: EnvFile) -> LineFaults:
    if env_file.text is None:
        return LineFaults()
    found = sorted(faults_in(env_file.text), key=lambda each: each.line)
    return LineFaults(tuple(found[:MOST_FAULTS]))


def faults_in(text: EnvText) -> Iterator[LineFault]:
    """Everything that is wrong with the form of the lines, whatever the values are."""
    if text.dropped:
        lines = text.text().split("\n")
        for line in text.dropped[:MOST_FAULTS]:
            dropped = _dropped(lines[line - 1], line)
            lost = _lost_below(text, lines, line) if dropped.kind == "quote" else ()
            yield dropped._replace(kind="swallowed", lines=lost) if lost else dropped
    names = VARIABLES.keys() & set(text.names)
    for name in sorted(names):
        statement = text.get(name)
        if statement is not None:
            yield from _kept(statement, name)
    for name in text.names:
        if not name.isidentifier() or not name.isascii():
            fault = _odd_name(text, name)
            if fault is not None:
                yield fault
    if text.lines:
        yield from _duplicates(text)


def _dropped(line: str, number: int) -> LineFault:
    plain = line.strip().lstrip(BYTE_ORDER_MARK)
    for kind, pattern in _FORMS:
        found = re.match(pattern, plain)
        if found:
            return LineFault(kind, number, _known(found["name"]))
    return LineFault("other", number)


def _lost_below(text: EnvText, lines: list[str], line: int) -> tuple[int, ...]:
    """The settings that are dropped together with the line of a quote, which ends at the next quote below it."""
    lost = []
    for number, below in enumerate(lines[line : line + MOST_LOST], line + 1):
        found = _ASSIGNMENT.match(below)
        if found is None or below.lstrip().startswith("#"):
            continue
        statement = text.get(found[1])
        is_read = statement is not None and number in (statement.line, *text.lines.get(found[1], ()))
        if is_read or number in text.dropped:
            break
        lost.append(number)
    return tuple(lost)


def _known(name: str) -> str:
    """The setting of that name, "" when there is none: what stands there may be anything."""
    upper = name.upper()
    return upper if upper in VARIABLES else ""


def _kept(statement: Statement, name: str) -> Iterator[LineFault]:
    value = statement.value
    if value is None:
        yield LineFault("no-equals", statement.line, name)
        return
    if "\n" in value:
        swallowed = islice(_ASSIGNMENT.finditer(value), MOST_LINES)
        lines = tuple(statement.line + value.count("\n", 0, match.start()) for match in swallowed)
        if lines:
            yield LineFault("swallowed", statement.line, name, lines)
            return
    kind = VARIABLES[name].kind
    odd = _ODD.search(value)
    if odd and kind in _MAY_BE_ODD:
        yield LineFault("odd-value", statement.line, name, character=odd[0])
    if "#" in value and kind in _MAY_HAVE_REMARK:
        yield LineFault("remark", statement.line, name)


def _odd_name(text: EnvText, name: str) -> Optional[LineFault]:
    statement = text.get(name)
    if statement is None:
        return None
    if name.lower().startswith("$env:"):
        return LineFault("powershell", statement.line, _known(name[5:]))
    plain = _ODD.sub("", name).strip("\"'`")
    odd = _ODD.search(name)
    if _known(plain) and not (odd and name[0] == BYTE_ORDER_MARK and statement.line == 1):
        return LineFault("odd-name", statement.line, _known(plain), character=odd[0] if odd else name[0])
    return None


def _duplicates(text: EnvText) -> Iterator[LineFault]:
    for name, lines in text.lines.items():
        if name in VARIABLES and not text.is_same(name):
            last = text.get(name)
            is_worse = last is not None and not (last.value or "").strip()
            yield LineFault("duplicate", lines[-1], name, tuple(lines[-MOST_LINES:]), is_worse=is_worse)
