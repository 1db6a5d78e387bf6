"""What AutoGPT's dotenv parser makes of a text, statement by statement, with the line that each began on.

The parser is python-dotenv, and its versions disagree (about a byte order mark, `NAME= # remark` and backslashes in
quotes), so each checkout has to be judged by the version that it pins: two of them cannot be imported at once. The
rules are therefore written down here, and the tests hold them against the real versions, each in its own environment.
Most lines of most files are plain; these are taken apart by one pattern, everything else by the rules one by one.
"""

from __future__ import annotations

import re
from typing import Callable, Iterator, Mapping, NamedTuple, Optional, Sequence

BYTE_ORDER_MARK = "\ufeff"


class Dialect(NamedTuple):
    """What differs between the versions of python-dotenv. Source: its releases 1.0.0 to 1.2.4."""

    drops_mark: bool = False
    """A byte order mark is skipped; before, it sticks to the first name."""
    escapes_backslash: bool = False
    r"""In quotes, `\\` is one backslash; before, only a backslash before the quote meant anything for its end."""
    knows_blank_before_remark: bool = False
    """`NAME= # remark` is empty; before, the remark became the value."""
    can_be_disabled: bool = False
    """PYTHON_DOTENV_DISABLED switches the file off."""


def dialect_of(version: Sequence[int]) -> Dialect:
    """The rules of a version like (1, 2, 1)."""
    at_least = tuple(version) >= (1, 2, 3)
    return Dialect(at_least, at_least, tuple(version) >= (1, 2, 4), tuple(version) >= (1, 2, 0))


class Statement(NamedTuple):
    """One statement. It may hold a secret, so it stays inside of `EnvText`."""

    name: Optional[str]
    """None for a comment and for what was dropped."""
    value: Optional[str]
    """None when there is no "="."""
    line: int
    """Counted from 1."""
    is_dropped: bool = False


Row = tuple[Optional[str], Optional[str], int, bool]
"""The same, for files of ten thousand lines: a tuple is made in a fraction of the time."""

# One match a line: name, value in double quotes, value in single quotes, value without, or all of a line for the rules.
_PLAIN = re.compile(
    r"[^\S\n]*(?:(?!export[^\S\n]+=)(?:export[^\S\n]+)?([^\s=#'][^\s=#]*)[^\S\n]*="
    r"(?:[^\S\n]*(?:\"([^\"\\\n]*)\"[^\S\n]*(?:#[^\n]*)?|'([^'\\\n]*)'[^\S\n]*(?:#[^\n]*)?|([^\s'\"#][^\n]*)))"
    r"|#[^\n]*)?(?:\n|\Z)|([^\n]+\n?)"
)
_SPACE = re.compile(r"\s*")
_INLINE = re.compile(r"[^\S\n]*")
_EXPORT = re.compile(r"export[^\S\n]+")
_QUOTED_NAME = re.compile(r"'([^']+)'")
_NAME = re.compile(r"[^=#\s]+")
_END = re.compile(r"(?:[^\S\n]*#[^\n]*)?[^\S\n]*(?:\n|\Z)")
_REST = re.compile(r"[^\n]*\n?")
# The end of a quoted value, by dialect: whether any character after a backslash is passed over, or only the quote.
_QUOTES = {
    ("'", False): re.compile(r"'((?:\\'|[^'])*)'"),
    ('"', False): re.compile(r'"((?:\\"|[^"])*)"'),
    ("'", True): re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL),
    ('"', True): re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL),
}
_ESCAPES = {"'": re.compile(r"\\[\\']"), '"': re.compile(r"\\[\\'\"abfnrtv]")}
_MEANINGS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
MOST_CHARACTERS = 10_000_000
"""References may double a value again and again: what comes to more than this is not written out."""


def statements(text: str, dialect: Dialect) -> list[Row]:
    """Every statement of a text with LF line ends, those without a name left out unless they were dropped."""
    if dialect.drops_mark and text.startswith(BYTE_ORDER_MARK):
        text = text[1:]
    found = _PLAIN.findall(text)
    if any(odd for *_, odd in found):
        return list(_mixed(text, found, dialect))
    return [
        (name, double or single or (_unquoted(bare) if "#" in bare else bare.rstrip()), line, False)
        for line, (name, double, single, bare, _) in enumerate(found, 1)
        if name
    ]


def _mixed(text: str, found: list[tuple[str, ...]], dialect: Dialect) -> Iterator[Row]:
    """The same where some lines need the rules; what is a line of its own may belong to the statement above it."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    skip_to = 0
    for line, (name, double, single, bare, odd) in enumerate(found, 1):
        if line < skip_to:
            continue
        if odd:
            for statement, end in _by_rules(text, starts[line - 1], line, dialect):
                yield statement
                skip_to = line + text.count("\n", starts[line - 1], end) + (end >= len(text))
        elif name:
            yield name, double or single or _unquoted(bare), line, False


def _unquoted(value: str) -> str:
    """A value of one line without the remark that a blank and # begin. One pass, however many blanks there are."""
    at = value.find("#", 1)
    while at > 0 and not value[at - 1].isspace():
        at = value.find("#", at + 1)
    return (value if at < 0 else value[:at]).rstrip()


def _by_rules(text: str, at: int, line: int, dialect: Dialect) -> Iterator[tuple[Row, int]]:
    """The statement that begins at a place, and where it ends. Nothing when only blanks are left."""
    at = _ended(_SPACE, text, at)
    if at >= len(text):
        return
    start = line
    at = _ended(_EXPORT, text, at)
    name: Optional[str] = None
    if text[at : at + 1] != "#":
        found = (_QUOTED_NAME if text[at : at + 1] == "'" else _NAME).match(text, at)
        if found is None:
            yield (None, None, start, True), _ended(_REST, text, at)
            return
        name, at = found[found.lastindex or 0], found.end()
    at = _ended(_INLINE, text, at)
    value: Optional[str] = None
    if text[at : at + 1] == "=":
        value, at = _value(text, at + 1, dialect)
    end = None if at < 0 else _END.match(text, at)
    if end is None:
        yield (None, None, start, True), _ended(_REST, text, abs(at))
    elif name is not None:
        yield (name, value, start, False), end.end()
    else:
        yield (None, None, start, False), end.end()


def _value(text: str, at: int, dialect: Dialect) -> tuple[Optional[str], int]:
    """A value and its end; the end is negative when a quote is never closed."""
    start, at = at, _ended(_INLINE, text, at)
    first = text[at : at + 1]
    if first == "#" and at > start and dialect.knows_blank_before_remark:
        return "", at
    if first in ("'", '"'):
        found = _QUOTES[first, dialect.escapes_backslash].match(text, at)
        if found is None:
            return None, -at
        return _ESCAPES[first].sub(lambda escape: _MEANINGS.get(escape[0][1], escape[0][1]), found[1]), found.end()
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return _unquoted(text[at:end]), end


def _ended(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _resolve(value: str, lookup: Callable[[str], Optional[str]]) -> Iterator[str]:
    """A value piece by piece, each `${NAME}` and `${NAME:-default}` replaced. `lookup` answers None for what is unset.

    One pass: what is no reference after all costs no second look at what follows it.
    """
    done, start, brace, colon = 0, value.find("${"), 0, 0
    while start >= 0:
        at = start + 2
        brace = brace if brace >= at else value.find("}", at)
        if brace < 0:
            break
        if colon < at:
            colon = value.find(":", at)
            colon = len(value) if colon < 0 else colon
        if brace < colon or value.startswith(":-", colon):
            yield value[done:start]
            known = lookup(value[at : min(brace, colon)])
            yield value[colon + 2 : brace] if known is None else known
            done = at = brace + 1
        start = value.find("${", at)
    yield value[done:]


class TooLong(Exception):
    """The references of a file come to more than MOST_CHARACTERS."""


class EnvText:
    """The statements of one file. It has no printable form but how many there are."""

    __slots__ = ("_all", "_last", "_text", "dropped", "lines", "names")

    def __init__(self, text: str, dialect: Dialect) -> None:
        found = statements(text, dialect)
        last = {row[0]: row for row in found if row[0] is not None}
        self.dropped: tuple[int, ...] = tuple(row[2] for row in found if row[3])
        """The lines where a statement begins that the parser drops."""
        lines: dict[str, list[int]] = {}
        if len(last) + len(self.dropped) < len(found):
            for name, _, line, _ in found:
                if name is not None:
                    lines.setdefault(name, []).append(line)
        self.names: tuple[str, ...] = tuple(last)
        self.lines: Mapping[str, Sequence[int]] = {name: at for name, at in lines.items() if len(at) > 1}
        """Where the names stand that stand there more than once."""
        # Functions hold what is secret, as in `Secret`.
        self._text: Callable[[], str] = lambda: text
        self._all: Callable[[], Sequence[Row]] = lambda: found
        self._last: Callable[[str], Optional[Row]] = last.get

    def __repr__(self) -> str:
        return f"EnvText({len(self.names)} settings)"

    def text(self) -> str:
        """The whole text, for judging its lines. It is never shown."""
        return self._text()

    def is_same(self, name: str) -> bool:
        """Whether every statement of that name has the same value."""
        return len({row[1] for row in self._all() if row[0] == name}) < 2

    def values(self, outside: Callable[[str], Optional[str]], file_wins: bool) -> Mapping[str, Optional[str]]:
        """What each name comes to when references are replaced; None without "=".

        `outside` answers for the environment, None for what is not set there. A reference sees what stands above it.
        What comes to more than MOST_CHARACTERS raises TooLong.
        """
        found = self._all()
        if "${" not in self._text():
            return {row[0]: row[1] for row in found if row[0] is not None}
        values: dict[str, Optional[str]] = {}

        def lookup(name: str) -> Optional[str]:
            mine = (values[name] or "") if name in values else None
            theirs = outside(name)
            first, second = (mine, theirs) if file_wins else (theirs, mine)
            return second if first is None else first

        left = MOST_CHARACTERS
        for name, value, _, _ in found:
            if name is None or not value or "${" not in value:
                values.update({} if name is None else {name: value})
                continue
            pieces = []
            for piece in _resolve(value, lookup):
                left -= len(piece)
                if left < 0:
                    raise TooLong
                pieces.append(piece)
            values[name] = "".join(pieces)
        return values

    def get(self, name: str) -> Optional[Statement]:
        """The last statement of that name."""
        row = self._last(name)
        return None if row is None else Statement(*row)
