"""What every machine can do, whoever answers: finding programs, reading what they print, asking side by side."""

from __future__ import annotations

import threading
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from doctor.machine import Folder, Machine, decode, in_parallel
from doctor.machine.recorded import parse

LINUX = {"kind": "linux", "name": "L", "release": "6", "architecture": "x86_64"}
MAC = {"kind": "darwin", "name": "M", "release": "24", "architecture": "arm64"}
WINDOWS = {"kind": "windows", "name": "W", "release": "10.0.22631", "architecture": "x86_64"}


def machine(system: dict[str, str], **state: Any) -> Machine:
    return parse({"complete": True, "system": system, **state})


def test_programs_are_found_in_the_order_of_path() -> None:
    it = machine(
        LINUX,
        environment={"PATH": "/opt/bin:/usr/bin:/opt/bin"},
        files={"/usr/bin/tool": {"mode": "755"}, "/opt/bin/tool": {"mode": "755"}},
    )
    assert it.which_all("tool") == (PurePosixPath("/opt/bin/tool"), PurePosixPath("/usr/bin/tool"))


def test_what_cannot_be_executed_is_no_program() -> None:
    it = machine(
        LINUX,
        environment={"PATH": "/a:/b:/c"},
        files={"/a/tool": {"mode": "644"}, "/b/tool": {"folder": True}, "/c/tool": {"mode": "755"}},
    )
    assert it.which("tool") == PurePosixPath("/c/tool")


@pytest.mark.parametrize("path", ["", ".", "bin", "./bin::", ":"])
def test_the_current_folder_never_counts(path: str) -> None:
    it = machine(LINUX, environment={"PATH": path}, files={"/home/user/tool": {"mode": "755"}})
    assert it.search_path() == ()
    assert it.which("tool") is None


def test_windows_tries_the_endings_of_pathext_and_ignores_case() -> None:
    it = machine(
        WINDOWS,
        environment={"Path": r'"C:\Tools";C:\Windows', "PATHEXT": ".EXE;.CMD"},
        files={r"C:\tools\Tool.cmd": "", r"C:\Windows\tool.exe": "", r"C:\Windows\tool.txt": ""},
    )
    assert it.which_all("tool") == (PureWindowsPath(r"C:\Tools\tool.cmd"), PureWindowsPath(r"C:\Windows\tool.exe"))
    assert it.which("tool.exe") == PureWindowsPath(r"C:\Windows\tool.exe")


@pytest.mark.parametrize(
    ("system", "environment", "folders"),
    [
        (LINUX, {}, ["~/.config", "~/.local/share", "~/.local/share", "~/.cache"]),
        (
            LINUX,
            {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "relative"},
            ["/c", "/d", "/d", "~/.cache"],
        ),
        (LINUX, {"APPDATA": "/not/here"}, ["~/.config", "~/.local/share", "~/.local/share", "~/.cache"]),
        (MAC, {}, [*["~/Library/Application Support"] * 3, "~/Library/Caches"]),
        (MAC, {"XDG_CACHE_HOME": "/c"}, [*["~/Library/Application Support"] * 3, "/c"]),
        (WINDOWS, {}, [r"~\AppData\Roaming", r"~\AppData\Roaming", r"~\AppData\Local", r"~\AppData\Local"]),
        (
            WINDOWS,
            {"AppData": r"\\server\people\user", "LOCALAPPDATA": r"D:\Local", "XDG_CONFIG_HOME": r"C:\x"},
            [r"\\server\people\user", r"\\server\people\user", r"D:\Local", r"D:\Local"],
        ),
    ],
)
def test_folders_for_programs_follow_from_variables_and_home(
    system: dict[str, str], environment: dict[str, str], folders: list[str]
) -> None:
    it = machine(system, environment=environment)
    assert [it.user_folder(each) for each in (Folder.CONFIG, Folder.DATA, Folder.LOCAL, Folder.CACHE)] == [
        it.path(text.replace("~", str(it.home))) for text in folders
    ]


def test_what_the_system_itself_says_of_its_folders_comes_first() -> None:
    it = machine(WINDOWS, environment={"APPDATA": r"C:\Users\user\AppData\Roaming"}, folders={"data": r"U:\Data"})
    assert it.user_folder(Folder.DATA) == PureWindowsPath(r"U:\Data")
    assert it.user_folder(Folder.CONFIG) == PureWindowsPath(r"C:\Users\user\AppData\Roaming")


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (b"plain\r\n", "plain\n"),
        ("Ubuntu läuft\r\n".encode("utf-16-le"), "Ubuntu läuft\n"),
        (b"\xff\xfe" + "版本: 2\r\r\n".encode("utf-16-le"), "版本: 2\n"),
        ("odd".encode("utf-16-le") + b"x", "odd"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b"\xe4 is not UTF-8", "\ufffd is not UTF-8"),
        (b"", ""),
    ],
)
def test_what_programs_print_is_read_in_its_encoding(printed: bytes, text: str) -> None:
    assert decode(printed) == text


def test_questions_are_asked_side_by_side_and_answered_in_order() -> None:
    barrier = threading.Barrier(3)

    def ask(name: str) -> str:
        barrier.wait(timeout=30)  # none gets through alone
        return name

    assert in_parallel(lambda: ask("a"), lambda: ask("b"), lambda: ask("c")) == ["a", "b", "c"]


def test_an_exception_of_one_question_reaches_the_asker() -> None:
    def fail() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_parallel(lambda: "a", fail)
