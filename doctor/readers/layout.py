"""Lines of styled text: wrapped to a width in columns, and made of characters that the console can show.

Nothing here knows colours: a style is a name, and whoever prints the lines decides what it looks like.
"""

from __future__ import annotations

import unicodedata
from typing import Iterable, NamedTuple, Optional, Sequence

NARROWEST, WIDEST = 40, 120
GLYPHS = "✘✔▸·…"
SPACE = "\x1f"
"""A space at which no line is broken. No value can hold this character: `clean()` takes it out."""
_ASCII = str.maketrans(
    {"✘": "x", "✔": "+", "▸": ">", "·": "-", "…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"'}
)


class Look(NamedTuple):
    """What the place where a report is printed can show, and how much of it is wanted."""

    width: int = 80
    """In columns."""
    encoding: str = "utf-8"
    is_ascii: bool = False
    """No ✔ on this console."""
    is_verbose: bool = False
    program: str = "autogpt-doctor"
    """How the person started the doctor, for "run … again"."""

    def fit(self, text: str) -> str:
        """The text in characters that can be shown here: what cannot be is replaced, never an error."""
        if self.is_ascii:
            text = text.translate(_ASCII)
        return text.encode(self.encoding, "replace").decode(self.encoding, "replace")


class Segment(NamedTuple):
    text: str
    style: str = ""


Line = tuple[Segment, ...]


def _trimmed(line: Line) -> Line:
    segments = [Segment(text.replace(SPACE, " "), style) for text, style in line]
    while segments and not segments[-1].text.rstrip():
        segments.pop()
    if segments:
        segments[-1] = segments[-1]._replace(text=segments[-1].text.rstrip())
    return tuple(segments)


def columns(text: str) -> int:
    """How many columns a text takes: two for a wide (CJK) character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int, first: Optional[int] = None) -> list[str]:
    """Break a text at its spaces into lines of at most `width` columns (the first of at most `first`).

    A word that is wider than that stays whole, so that a path or URL can be copied; only a word of wide characters,
    which needs no spaces, is broken inside.
    """
    lines: list[str] = []
    line, room = "", width if first is None else first
    for word in _words(text, width):
        joined = f"{line} {word}" if line else word
        if line and columns(joined) > room:
            lines.append(line)
            line, room = word, width
        else:
            line = joined
    lines.append(line)
    return lines


def _words(text: str, width: int) -> Iterable[str]:
    for word in text.split(" "):
        if not word:
            continue
        if columns(word) <= width or all(_columns(character) < 2 for character in word):
            yield word
            continue
        piece = ""
        for character in word:
            if piece and columns(piece + character) > width and _columns(character) == 2:
                yield piece
                piece = ""
            piece += character
        yield piece


class Page:
    """Lines in the making. Every text is fitted to the console before it is measured."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.width = min(max(look.width, NARROWEST), WIDEST)
        self._lines: list[Line] = []

    @property
    def lines(self) -> list[Line]:
        """What is on the page so far, without spaces at the ends of lines."""
        return [_trimmed(line) for line in self._lines]

    def blank(self) -> None:
        """One empty line, unless there is one already or nothing stands above."""
        if self._lines and self._lines[-1]:
            self._lines.append(())

    def whole(self, *segments: Segment) -> None:
        """A line as it is, however long: for what is copied."""
        self._lines.append(tuple(each._replace(text=self.look.fit(each.text)) for each in segments if each.text))

    def text(self, text: str, indent: int, style: str = "", hang: int = 0, lead: Optional[Segment] = None) -> None:
        """A paragraph. `lead` (a mark, a label) stands in front of it, ending where the text begins."""
        start = columns(lead.text) if lead else indent
        lines = wrap(self.look.fit(text), self.width - indent - hang, self.width - start)
        for number, line in enumerate(lines):
            if number == 0 and lead:
                self._lines.append((lead._replace(text=self.look.fit(lead.text)), Segment(line, style)))
            else:
                self._lines.append((Segment(" " * (indent + (hang if number else 0)) + line, style),))

    def aside(self, text: str, style: str) -> None:
        """Behind the last line if there is room, else below it."""
        text = self.look.fit(text)
        last = self._lines[-1]
        if columns("".join(each.text for each in last)) + 3 + columns(text) <= self.width:
            self._lines[-1] = (*last, Segment("   "), Segment(text, style))
        else:
            self._lines.append((Segment(text, style),))

    def parts(self, name: str, parts: Sequence[str], between: str = " · ") -> None:
        """A name and what belongs to it on one line, or broken between the parts where that is too long."""
        name, between = self.look.fit(name), self.look.fit(between)
        lines = [name]
        for part in (self.look.fit(part) for part in parts):
            if columns(lines[-1] + between + part) <= self.width:
                lines[-1] += between + part
            else:
                lines += [f"  {line}" for line in wrap(part, self.width - 2)]
        self._lines.append((Segment(name, "strong"), Segment(lines[0][len(name) :])))
        self._lines += [(Segment(line),) for line in lines[1:]]

    def heading(self, lead: Segment, text: str, right: str, style: str = "strong") -> None:
        """A heading behind its mark, with a code at the right edge; on a narrow page the code goes below it."""
        indent = columns(lead.text)
        text, right = self.look.fit(text), self.look.fit(right)
        room = self.width - indent - columns(right) - 2
        is_beside = room >= 30 or columns(text) <= room
        lines = wrap(text, room if is_beside else self.width - indent)
        first = (lead._replace(text=self.look.fit(lead.text)), Segment(lines[0], style))
        if is_beside:
            gap = max(2, self.width - indent - columns(lines[0]) - columns(right))
            first = (*first, Segment(" " * gap), Segment(right, "code"))  # type: ignore[assignment]
        self._lines.append(first)
        self._lines += [(Segment(" " * indent + line, style),) for line in lines[1:]]
        if not is_beside:
            self._lines.append((Segment(" " * indent), Segment(right, "code")))

    def table(self, rows: Sequence[Sequence[tuple[str, str]]], widths: Sequence[int], gap: int = 2) -> None:
        """Rows of (text, style) cells; every cell but the last is wrapped into its width, the last into the rest."""
        room = max(12, self.width - sum(widths) - gap * len(widths))
        for row in rows:
            cells = [wrap(self.look.fit(text), width) for (text, _), width in zip(row, (*widths, room))]
            for number in range(max(len(cell) for cell in cells)):
                line: list[Segment] = []
                for cell, (_, style), width in zip(cells, row, (*widths, 0)):
                    text = cell[number] if number < len(cell) else ""
                    line.append(Segment(text + " " * (width + gap - columns(text) if width else 0), style))
                self._lines.append(tuple(line))


def plain(lines: Iterable[Line]) -> str:
    """The lines as text without any colour."""
    return "".join("".join(segment.text for segment in line) + "\n" for line in lines)
