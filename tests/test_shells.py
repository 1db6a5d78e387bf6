"""A value in a command stays one word, in every shell, whatever it holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctor.findings import Command, run
from doctor.shells import draw, draw_all, is_whole
from doctor.words import Place, Secret, say

HOME = PurePosixPath("/home/some body")
JANE = Place(PurePosixPath("/home/jane"), "jane", "thinkbox")
DOE = Place(PureWindowsPath("C:\\Users\\Jane Doe"), "Jane Doe", "JANES-PC")
SHELLS = [shell for shell in ("bash", "sh", "zsh") if sys.platform != "win32" and shutil.which(shell)]

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30)
NASTY = st.lists(
    st.sampled_from(
        ["'", '"', "$(id)", "`id`", "\\", "!", "~", "*", "{a,b}", "#", "-n", "%s", "\n", "\t", "\x1b[1m", " ", "é",
         "$HOME", "${IFS}", "&&", "|", ";", "<", ">", "(", ")", "[", "?", "=", "^", "\u202e"]
    ),
    max_size=6,
).map("".join)  # fmt: skip


def line(value: Any, shell: str = "sh", place: Place = JANE, template: str = "printf %s {value}") -> str:
    return draw(Command(say(template, value=value), shell), place)


def words_of(shell: str, command: str, home: PurePath = HOME) -> bytes:
    path = shutil.which(shell)
    assert path
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    return subprocess.run([path, "-c", command], capture_output=True, env=environment, check=True, timeout=20).stdout


@pytest.mark.skipif(not SHELLS, reason="this system has no such shell")
@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT | NASTY, min_size=1, max_size=4))
def test_a_shell_reads_back_what_was_meant(shell: str, texts: list[str]) -> None:
    if shell == "sh":  # it may be one that does not know $'…'
        texts = [text for text in texts if text.isprintable()]
    command = draw(Command(say("printf '%s\\0' start {values}", values=texts)), Place(HOME))
    assert words_of(shell, command) == b"".join(text.encode() + b"\0" for text in ["start", *texts])
    assert command.isprintable()


@pytest.mark.skipif(not SHELLS, reason="this system has no such shell")
@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=40, deadline=None)
@given(st.lists(NASTY.map(lambda text: text.replace("\n", "").replace("\t", "")), max_size=3))
def test_a_shell_finds_home_by_itself(shell: str, parts: list[str]) -> None:
    path = HOME.joinpath(*(part.strip("/") or "x" for part in parts))
    if shell == "sh" and not str(path).isprintable():
        return
    for value in (path, str(path), f"PATH={path}:{HOME}"):
        command = line(value, place=Place(HOME))
        assert str(HOME) not in command
        assert words_of(shell, command) == str(value).encode()


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (PurePosixPath("/home/jane"), "~"),
        (PurePosixPath("/home/jane/AutoGPT/run"), "~/AutoGPT/run"),
        (PurePosixPath("/home/jane/a b"), "~/'a b'"),
        (PurePosixPath("/home/janet/x"), "'/home/(user)/x'"),
        ("PATH=/home/jane/bin:$PATH", "PATH=\"$HOME\"'/bin:$PATH'"),
        (PurePosixPath("-rf"), "./-rf"),
        ("it's", "'it'\"'\"'s'"),
        ("", "''"),
        ("~", "'~'"),
        ("=ls", "'=ls'"),
        (["a", "b c", 3], "a 'b c' 3"),
        (b"a b", "'a b'"),
        (None, "None"),
        ("a\x1b[1m\u202e", "$'a\\033[1m\\342\\200\\256'"),
        (Secret("x" * 9), "'… (9 characters)'"),
        ("gsk_" + "a7Q" * 14, "'gsk_… (46 characters)'"),
        (say("plain {name}", name="words"), "plain words"),
    ],
)
def test_sh(value: Any, drawn: str) -> None:
    assert line(value, template="{value}") == drawn


# After about_Quoting_Rules of Windows PowerShell 5.1 and PowerShell 7.
@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (PureWindowsPath("C:\\Users\\Jane Doe"), "$HOME"),
        (PureWindowsPath("C:\\Users\\Jane Doe\\AutoGPT"), "$HOME\\AutoGPT"),
        (PureWindowsPath("c:\\users\\jane doe\\a b"), '"${HOME}\\a b"'),
        (PureWindowsPath("C:\\Users\\Jane Doe\\$x`y"), '"${HOME}\\`$x``y"'),
        (PureWindowsPath("C:\\Program Files\\x"), "'C:\\Program Files\\x'"),
        (PureWindowsPath("C:\\x"), "C:\\x"),
        ("it's", "'it''s'"),
        ("it\u2019s \u201aso\u201b", "'it\u2019\u2019s \u201a\u201aso\u201b\u201b'"),
        ('$(calc)`n"x"', "'$(calc)`n\"x\"'"),
        ("a,b", "'a,b'"),
        ("@args", "'@args'"),
        ("-x", "'-x'"),
        ("%TEMP%", "'%TEMP%'"),
        ("a;b|c&d", "'a;b|c&d'"),
        ("", "''"),
        ('bell\x07 \u202e "$x" \u201cq\u201d', '"bell$([char]0x7) $([char]0x202e) `"`$x`" `\u201cq`\u201d"'),
        ("PATH=C:\\Users\\Jane Doe\\bin;", '"PATH=${HOME}\\bin;"'),
    ],
)
def test_powershell(value: Any, drawn: str) -> None:
    assert line(value, "powershell", DOE, "{value}") == drawn


# As cmd.exe reads quotes and percent signs, and the C library of the program what is left.
@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (PureWindowsPath("C:\\Users\\Jane Doe"), '"%USERPROFILE%"'),
        (PureWindowsPath("C:\\Users\\Jane Doe\\AutoGPT"), '"%USERPROFILE%\\AutoGPT"'),
        (PureWindowsPath("C:\\Program Files\\x"), '"C:\\Program Files\\x"'),
        (PureWindowsPath("C:\\x"), "C:\\x"),
        ("C:\\with space\\", '"C:\\with space\\\\"'),
        ("a&b|c<d>e^f", '"a&b|c<d>e^f"'),
        ("100%TEMP%", '"100"^%"TEMP"^%""'),
        ("C:\\a b\\%x%", '"C:\\a b\\\\"^%"x"^%""'),
        ('say "hi" & calc', '"say ""hi"" & calc"'),
        ('back\\"slash', '"back\\\\""slash"'),
        ("a=b,c;d", '"a=b,c;d"'),
        ("", '""'),
        ("bell\x07\r\n", '"bell???"'),
    ],
)
def test_cmd(value: Any, drawn: str) -> None:
    assert line(value, "cmd", DOE, "{value}") == drawn


@given(TEXT | NASTY)
def test_quotes_are_balanced_for_cmd(text: str) -> None:
    """What cmd.exe takes for a command by itself stands inside quotes, or after a caret."""
    is_quoted = False
    drawn = line(text, "cmd", template="{value}")
    for place, character in enumerate(drawn):
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            assert character not in "&|<>()" or drawn[place - 1] == "^"
        if character == "%":
            assert not is_quoted
    assert not is_quoted


@given(TEXT | NASTY)
def test_a_powershell_text_ends_where_it_should(text: str) -> None:
    drawn = line(text, "powershell", template="{value}")
    assert drawn.isprintable()
    if drawn.startswith("'"):
        inner = drawn[1:-1]
        for quote in "'\u2018\u2019\u201a\u201b":
            assert inner.count(quote) % 2 == 0
        assert drawn.endswith("'")


# --- a folder of somebody else --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "path", "drawn"),
    [
        ("/mnt/c/Users/Erika/x/agent", "/mnt/c/Users/Erika/x/agent", "."),
        ("/mnt/c/Users/Erika/x/agent", "/mnt/c/Users/Erika/x/agent/.env", "./.env"),
        ("/mnt/c/Users/Erika/x/agent", "/mnt/c/Users/Erika/x", ".."),
        ("/mnt/c/Users/Erika/x/agent", "/mnt/c/Users/Erika/y/a b", "'../../y/a b'"),
        ("/mnt/c/Users/Erika", "/mnt/c/Users/Max/x", "'/mnt/c/Users/(user)/x'"),
        ("/mnt/c/Users", "/mnt/c/Users/Max/x", "'/mnt/c/Users/(user)/x'"),
        ("/mnt/c/Users/Erika/x", "/home/max/x", "'/home/(user)/x'"),
        ("/mnt/c/Users/Erika/x", "/home/some body/x", "~/x"),
        ("/mnt/c/Users/Erika/x", "/opt/x", "/opt/x"),
        ("/home/some body/x", "/mnt/c/Users/Erika/x", "'/mnt/c/Users/(user)/x'"),
    ],
)
def test_from_the_terminals_own_folder_a_path_needs_no_name(here: str, path: str, drawn: str) -> None:
    place = Place(HOME, here=PurePosixPath(here))
    command = run("git -C {folder} status", folder=PurePosixPath(path))
    assert draw(command, place) == f"git -C {drawn} status"


def test_a_change_of_folder_counts_for_the_next_line() -> None:
    here, agent = PurePosixPath("/srv/home/x"), PurePosixPath("/home/max/x/agent")
    go, show = run("cd {folder}", folder=agent), run("cat {file}", file=agent.parent / ".env")
    lines = draw_all([show, go, show, run("cd AutoGPT"), show], Place(HOME, here=here))
    named = "'/home/(user)/x/.env'"
    assert lines == [f"cat {named}", "cd '/home/(user)/x/agent'", "cat ../.env", "cd AutoGPT", f"cat {named}"]
    assert [is_whole([line]) for line in lines] == [False, False, True, True, False]


def test_the_other_systems_terminal_is_somewhere_else() -> None:
    folder = PurePosixPath("/mnt/c/Users/Erika/x")
    command = run("wsl ls {folder}", folder=folder, shell="powershell")
    assert draw(command, Place(HOME, here=folder)) == "wsl ls '/mnt/c/Users/(user)/x'"
    windows = PureWindowsPath("D:\\Users\\Erika\\x")
    removal = run("Remove-Item {path}", path=windows / "y z", shell="powershell")
    assert draw(removal, Place(PureWindowsPath("C:\\Users\\Jane"), here=windows)) == "Remove-Item '.\\y z'"
