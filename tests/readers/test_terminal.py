"""The terminal: widths, colours, consoles that can show little, and text that wants to be more than text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from doctor.readers.layout import Look, columns, plain, wrap
from doctor.readers.terminal import has_colours, shows_glyphs
from doctor.readers.text import draw
from tests.readers import samples

ROOT = Path(__file__).parent.parent.parent
PRINT = (
    "import sys; from tests.readers import samples; from doctor.readers import terminal; "
    "from doctor.readers.text import draw; "
    "lines = draw(samples.SAMPLES[sys.argv[1]](), terminal.look_of(sys.stdout)); "
    "terminal.write(lines, sys.stdout, with_colours=terminal.coloured(sys.stdout))"
)
QUIET = {"NO_COLOR": "", "FORCE_COLOR": "", "COLUMNS": "80", "TERM": "xterm-256color", "PYTHONUTF8": "0"}


def printed(sample: str, **environment: str) -> bytes:
    ended = subprocess.run(
        [sys.executable, "-c", PRINT, sample], cwd=ROOT, env={**os.environ, **QUIET, **environment}, capture_output=True
    )
    assert ended.stderr == b""
    assert ended.returncode == 0
    return ended.stdout.replace(b"\r\n", b"\n")


def test_no_width_at_all_is_no_reason_to_say_nothing() -> None:
    assert len(printed("ill", COLUMNS="0", FORCE_COLOR="1").splitlines()) > 5


# --- layout -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 40, 41, 57, 80, 100, 120, 300])
@pytest.mark.parametrize("name", sorted(samples.SAMPLES))
def test_no_line_is_wider_than_the_page_but_what_is_copied(name: str, width: int) -> None:
    report = samples.SAMPLES[name]()
    wide = {link.url for cause in report.problems for link in cause.finding.remedy.links}
    page = plain(draw(report, Look(width)))
    for line in page.splitlines():
        assert line == line.rstrip()
        is_copied = line.lstrip().startswith("▸") or line.strip() in wide
        assert is_copied or columns(line) <= min(max(width, 40), 120), line


@pytest.mark.parametrize("width", [40, 64, 120])
def test_commands_and_links_stay_whole(width: int) -> None:
    page = plain(draw(samples.ill(), Look(width)))
    assert "      ▸ sed -i 's/\\r$//' start.sh setup run\n" in page
    assert "      https://example.org/tools/git/line-ends\n" in page


def test_wide_characters_count_twice_and_break_anywhere() -> None:
    assert columns("数据 ab") == 7
    assert wrap("数据目录资料", 4) == ["数据", "目录", "资料"]
    assert wrap("/a/long/path/without/spaces", 10) == ["/a/long/path/without/spaces"]
    assert columns("e\u0301") == 1


def test_a_healthy_report_is_short() -> None:
    assert len(draw(samples.healthy(), Look(100))) <= 8


def test_only_the_verbose_page_has_the_places_of_a_crash() -> None:
    report = samples.unfinished()
    assert "poetry.py:31" not in plain(draw(report, Look(100)))
    assert "poetry.py:31" in plain(draw(report, Look(100, is_verbose=True)))


# --- consoles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["cp1252", "cp437", "cp850", "gbk", "cp932", "cp950", "ascii", "latin-1", "utf-16"]
)
@pytest.mark.parametrize("name", ["ill", "odd", "unfinished"])
def test_a_console_that_cannot_show_it_gets_something_else(name: str, encoding: str) -> None:
    page = printed(name, PYTHONIOENCODING=encoding).decode(encoding)
    assert ("✘" in page or "✔" in page) == (encoding == "utf-16")
    if name == "ill" and encoding != "utf-16":
        assert "1 x start.sh has Windows line ends" in page
        assert "> git config core.autocrlf input" in page
    if name == "odd":
        assert ("数据目录" in page) == (encoding in ("gbk", "utf-16"))


def test_utf_8_is_left_as_it_is() -> None:
    # The old Windows console breaks a line that fills it.
    width = 79 if sys.platform == "win32" else 80
    assert printed("ill", PYTHONIOENCODING="utf-8").decode() == plain(draw(samples.ill(), Look(width)))


@pytest.mark.parametrize(
    ("encoding", "is_terminal", "environment", "is_windows", "expected"),
    [
        ("utf-8", True, {}, False, True),
        ("utf-8", True, {"TERM": "linux"}, False, False),  # the text console's font
        ("utf-8", True, {}, True, False),  # the old Windows console's font
        ("utf-8", True, {"WT_SESSION": "1"}, True, True),
        ("utf-8", True, {"TERM_PROGRAM": "vscode"}, True, True),
        ("utf-8", False, {}, True, True),  # a file
        ("cp437", False, {}, True, False),
        ("no-such-encoding", True, {}, False, False),
    ],
)
def test_where_a_check_mark_can_be_seen(
    encoding: str, is_terminal: bool, environment: dict[str, str], is_windows: bool, expected: bool
) -> None:
    assert shows_glyphs(encoding, is_terminal, environment, is_windows) is expected


@pytest.mark.parametrize(
    ("is_terminal", "environment", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),  # no-color.org: only when it is not empty
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, False),
    ],
)
def test_when_there_are_colours(is_terminal: bool, environment: dict[str, str], expected: bool) -> None:
    assert has_colours(is_terminal, environment) is expected


def test_colours_add_escape_codes_and_nothing_else() -> None:
    import re

    coloured = printed("odd", PYTHONIOENCODING="utf-8", FORCE_COLOR="1").decode()
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == printed("odd", PYTHONIOENCODING="utf-8").decode()


def test_piped_text_has_no_escape_codes() -> None:
    assert b"\x1b" not in printed("odd", PYTHONIOENCODING="utf-8")


# --- a real terminal --------------------------------------------------------------------------------------------------

TERMINAL = pytest.mark.skipif(sys.platform == "win32", reason="pexpect's terminals are POSIX ones")


def shown(sample: str, width: int, **environment: str) -> object:
    """The screen after a report was printed on it."""
    import pexpect  # type: ignore[import-untyped,unused-ignore]
    import pyte

    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    plain_terminal = {**kept, **QUIET, "PYTHONIOENCODING": "utf-8"}
    del plain_terminal["COLUMNS"]
    child = pexpect.spawn(
        sys.executable, ["-c", PRINT, sample], cwd=str(ROOT), dimensions=(60, width), timeout=60,
        env={**plain_terminal, **environment},
    )  # fmt: skip
    output = child.read()
    screen = pyte.Screen(width, 60)
    pyte.ByteStream(screen).feed(output)
    return screen


@TERMINAL
@pytest.mark.parametrize("width", [60, 80, 100])
def test_on_a_terminal_it_has_the_terminals_width_and_colours(width: int) -> None:
    screen = shown("ill", width)
    lines = [line.rstrip() for line in screen.display]  # type: ignore[attr-defined]
    assert "\n".join(lines).rstrip() == plain(draw(samples.ill(), Look(width))).rstrip()
    row = next(number for number, line in enumerate(lines) if line.startswith("1 ✘"))
    cells = screen.buffer[row]  # type: ignore[attr-defined]
    assert (cells[0].fg, cells[0].bold) == ("red", True)
    assert (cells[4].fg, cells[4].bold) == ("default", True)
    code = lines[row].index("scripts.crlf")
    assert code + len("scripts.crlf") == width
    assert not cells[code].bold


@TERMINAL
def test_no_color_on_a_terminal() -> None:
    screen = shown("ill", 80, NO_COLOR="1")
    cells = [cell for row in range(30) for cell in screen.buffer[row].values()]  # type: ignore[attr-defined]
    assert not [cell for cell in cells if cell.fg != "default" or cell.bold]
