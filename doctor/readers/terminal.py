"""The terminal: what it can show, and the report on it. A console that cannot show ✔ gets the ASCII form.

Colours are rich's work, and rich is imported only where there are colours to draw.
"""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from typing import Mapping, Optional, Sequence, TextIO

from doctor.readers.layout import GLYPHS, Line, Look, plain

USUAL_WIDTH = 80
# Readable on a dark and on a light ground. "Bright black" is the ground itself in some themes, and dark blue is too
# dark on the old Windows console; "dim" is at worst left out.
STYLES = {
    "strong": "bold",
    "problem": "bold red",
    "warning": "bold yellow",
    "pass": "green",
    "dim": "dim",
    "code": "dim",
    "command": "cyan",
    "link": "underline",
}


def encoding_of(stream: TextIO) -> str:
    """The stream's encoding, "ascii" where it tells none that Python knows."""
    try:
        return codecs.lookup(stream.encoding or "ascii").name
    except (AttributeError, LookupError, TypeError):
        return "ascii"


def shows_glyphs(encoding: str, is_terminal: bool, environment: Mapping[str, str], is_windows: bool) -> bool:
    """Whether ✔ reaches the reader: its encoding has it, and where it goes to a screen, so do the screen's fonts.

    The old Windows console and the Linux text console have no such glyph in their fonts.
    """
    try:
        GLYPHS.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    if not is_terminal:
        return True
    if is_windows:
        return any(environment.get(name) for name in ("WT_SESSION", "TERM_PROGRAM", "ConEmuANSI", "TERM"))
    return environment.get("TERM") != "linux"


def has_colours(is_terminal: bool, environment: Mapping[str, str]) -> bool:
    """NO_COLOR (https://no-color.org) counts more than FORCE_COLOR, and a dumb terminal more than both."""
    if environment.get("NO_COLOR") or environment.get("TERM", "").lower() in ("dumb", "unknown"):
        return False
    forced = environment.get("FORCE_COLOR", "")
    return forced not in ("", "0") or (is_terminal and forced != "0")


def look_of(stream: Optional[TextIO], *, is_verbose: bool = False, program: str = "autogpt-doctor") -> Look:
    """What a stream can show; None is a file, which can show everything."""
    if stream is None:
        return Look(USUAL_WIDTH, is_verbose=is_verbose, program=program)
    is_windows = sys.platform == "win32"
    encoding = encoding_of(stream)
    width = shutil.get_terminal_size((USUAL_WIDTH, 24)).columns
    # A line that fills the old Windows console to its last column makes an empty line below it.
    return Look(
        width=width - 1 if is_windows else width,
        encoding=encoding,
        is_ascii=not shows_glyphs(encoding, stream.isatty(), os.environ, is_windows),
        is_verbose=is_verbose,
        program=program,
    )


def coloured(stream: TextIO) -> bool:
    return has_colours(stream.isatty(), os.environ)


def write(lines: Sequence[Line], stream: TextIO, *, with_colours: bool) -> None:
    """Print lines that are already laid out."""
    if not with_colours:
        stream.write(plain(lines))
        stream.flush()
        return
    from rich.console import Console
    from rich.text import Text

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """rich itself would end the program here."""
            raise BrokenPipeError

    # Nothing of the text may be read as markup, emoji or something to highlight, and no line is broken again. Colours
    # that were asked for in a pipe are escape codes, whatever the console of this Windows can do.
    console = Quiet(
        file=stream,
        width=USUAL_WIDTH,  # without a part in this; but rich would take it from COLUMNS, and 0 shows nothing
        force_terminal=True,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
        color_system="auto" if stream.isatty() else "standard",
        legacy_windows=None if stream.isatty() else False,
    )
    page = Text()
    for line in lines:
        for text, style in line:
            page.append(text, STYLES.get(style, ""))
        page.append("\n")
    console.print(page, end="", soft_wrap=True)
    stream.flush()
