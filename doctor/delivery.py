"""Sends what was drawn to where it was asked for: the terminal, a pipe, a file. Nothing leaves unscrubbed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Optional, Sequence

from doctor.output import Destination, to_stdout
from doctor.readers.layout import Line, Look, Segment, plain
from doctor.readers.terminal import coloured, look_of, write
from doctor.report import Report
from doctor.words import Scrubber


def look_for(asked: argparse.Namespace, program: str) -> Look:
    """What the place can show that the output goes to. `program` is how the doctor was started."""
    look = look_of(None if asked.output else sys.stdout, is_verbose=asked.verbose, program=program)
    return look._replace(is_ascii=look.is_ascii or asked.ascii)


def deliver(report: Report, scrubber: Scrubber, asked: argparse.Namespace, program: str = "autogpt-doctor") -> None:
    """Draw a report and send it off. Raises `Unsafe` before anything has left."""
    look = look_for(asked, program)
    if asked.format == "json":
        from doctor.readers.json import draw as draw_json

        send_json(draw_json(report, scrubber), asked)
    elif asked.format == "markdown":
        from doctor.readers.markdown import draw as draw_markdown

        text = scrubber.hide(draw_markdown(report))
        _send(text, text.encode(look.encoding, "xmlcharrefreplace").decode(look.encoding), asked)
    else:
        from doctor.readers.text import draw as draw_text

        send_lines(_safe(draw_text(report, look), scrubber), asked)


def _safe(lines: Sequence[Line], scrubber: Scrubber) -> Sequence[Line]:
    text = plain(lines)
    safe = scrubber.hide(text)
    if safe == text:
        return lines
    return [(Segment(line),) if line else () for line in safe.splitlines()]  # the colours go with what had to go


def send_lines(lines: Sequence[Line], asked: argparse.Namespace) -> None:
    """Lines that are laid out, with colours where somebody can see them."""
    destination = _destination(asked)
    if destination:
        destination.write(plain(lines))
    else:
        to_stdout(lambda stream: write(lines, stream, with_colours=coloured(stream) and not asked.no_color))


def send_json(text: str, asked: argparse.Namespace) -> None:
    """A JSON document; where the console knows only some characters, those beyond ASCII are escaped."""
    from doctor.readers.json import ascii_only

    is_utf8 = asked.output or look_of(sys.stdout).encoding == "utf-8"
    _send(text, text if is_utf8 else ascii_only(text), asked)


def _send(text: str, shown: str, asked: argparse.Namespace) -> None:
    """`text` to the file that was named, or `shown` to standard output."""
    destination = _destination(asked)
    if destination:
        destination.write(text)
    else:
        to_stdout(lambda stream: _write(stream, shown))


def _write(stream: Any, text: str) -> None:
    stream.write(text)


def _destination(asked: argparse.Namespace) -> Optional[Destination]:
    return Destination(Path(asked.output)) if asked.output else None
