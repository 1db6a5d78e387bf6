"""Where interpreters are found, what PATH means by a name, and what is never started."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from checks.python_sources import look
from doctor.machine import Unavailable
from doctor.machine.recorded import parse
from tests.checks.motionless import LINUX, MAC, RUN, machine, names


def test_the_first_on_path_is_what_a_name_means() -> None:
    found = machine(LINUX, "/a:/b:/usr/bin", {"/b/python3": RUN, "/usr/bin/python3": RUN, "/usr/bin/python": RUN})
    assert names(found) == {"python3": "/b/python3", "python": "/usr/bin/python"}


def test_what_cannot_be_executed_is_no_program() -> None:
    files = {"/a/python3": {"mode": "644"}, "/b/python3": {"folder": True}, "/usr/bin/python3": RUN}
    assert names(machine(LINUX, "/a:/b:/usr/bin", files)) == {"python3": "/usr/bin/python3"}


def test_relative_folders_of_path_never_count() -> None:
    found = machine(LINUX, ".:bin::/usr/bin", {"/home/user/AutoGPT/python3": RUN, "/usr/bin/python3": RUN})
    assert names(found) == {"python3": "/usr/bin/python3"}


def test_one_program_under_many_names_is_one_candidate() -> None:
    files = {
        "/usr/bin/python3": {"link": "python3.12"}, "/usr/bin/python3.12": RUN, "/usr/bin/python": {"link": "python3"},
        "/bin": {"link": "usr/bin"},
    }  # fmt: skip
    found = look(machine(LINUX, "/bin:/usr/bin", files), PurePosixPath("/"))
    assert [(each.names, each.version) for each in found.candidates] == [(("python3", "python", "python3.12"), (3, 12))]


def test_an_environment_is_another_than_what_it_was_made_with() -> None:
    files = {
        "/v/bin/python3": {"link": "/usr/bin/python3.12"}, "/v/pyvenv.cfg": "home = /usr/bin",
        "/usr/bin/python3.12": RUN, "/usr/bin/python3": {"link": "python3.12"},
    }  # fmt: skip
    found = look(machine(LINUX, "/v/bin:/usr/bin", files), PurePosixPath("/"))
    assert [str(each.path) for each in found.candidates] == ["/v/bin/python3", "/usr/bin/python3"]


def test_a_link_to_nothing_is_told_only_when_there_is_nothing_else() -> None:
    dangling = {"/a/python3": {"link": "/gone/python3"}}
    alone = look(machine(LINUX, "/a:/usr/bin", dangling), PurePosixPath("/"))
    assert [(each.reason, str(each.path)) for each in alone.mute] == [("dangling", "/a/python3")]
    beside = look(machine(LINUX, "/a:/usr/bin", {**dangling, "/usr/bin/python3": RUN}), PurePosixPath("/"))
    assert beside.mute == ()


def test_apples_placeholder_is_not_started_and_their_python_is_found_behind_it() -> None:
    placeholder = {"/usr/bin/python3": RUN}
    assert names(machine(MAC, "/usr/bin", placeholder)) == {"python3": "apple-stub"}
    tools = "/Library/Developer/CommandLineTools/usr/bin/python3"
    assert names(machine(MAC, "/usr/bin", {**placeholder, tools: RUN})) == {"python3": tools}
    chosen = {
        **placeholder, "/var/db/xcode_select_link": {"link": "/Applications/Xcode.app/Contents/Developer"},
        "/Applications/Xcode.app/Contents/Developer/usr/bin/python3": RUN,
    }  # fmt: skip
    assert names(machine(MAC, "/usr/bin", chosen)) == {"python3": "/var/db/xcode_select_link/usr/bin/python3"}


def test_drives_of_windows_hold_no_python_for_wsl() -> None:
    wsl = {**LINUX, "release": "5.15.167.4-microsoft-standard-WSL2"}
    shim = "/mnt/c/Users/user/.pyenv/pyenv-win/shims/python"
    mounts = [{"point": "/mnt/c", "filesystem": "9p", "options": ["rw", "aname=drvfs;path=C:\\"]}]
    path = "/mnt/c/Users/user/.pyenv/pyenv-win/shims:/usr/bin"
    found = machine(wsl, path, {shim: RUN, "/usr/bin/python3": RUN}, mounts=mounts)
    assert names(found) == {"python3": "/usr/bin/python3"}


@pytest.mark.parametrize(
    ("python", "environment", "is_counted"),
    [
        ("/own/bin/python", {}, False),  # a tool runner put it on PATH
        ("/own/bin/python", {"VIRTUAL_ENV": "/own"}, True),  # the person activated it
        ("/own/bin/python", {"VIRTUAL_ENV": "/own", "UV": "/bin/uv"}, False),  # uv run
        ("/usr/bin/python3", {}, True),
    ],
)
def test_the_doctors_own_environment_is_not_the_persons(
    python: str, environment: dict[str, str], is_counted: bool
) -> None:
    files: dict[str, Any] = dict.fromkeys(("/own/bin/python", "/own/bin/python3", "/usr/bin/python3"), RUN)
    files["/own/pyvenv.cfg"] = "home = /usr/bin"
    found = machine(LINUX, "/own/bin:/usr/bin", files, python=python, environment=environment)
    assert (names(found)["python3"] == "/own/bin/python3") == is_counted


def test_every_usual_place_of_linux() -> None:
    home = "/home/user"
    programs = {
        f"{home}/.pyenv/versions/3.10.13/bin/python3": ("pyenv", (3, 10, 13)),
        f"{home}/.asdf/installs/python/3.9.19/bin/python3": ("asdf", (3, 9, 19)),
        f"{home}/.local/share/mise/installs/python/3.8/bin/python3": ("mise", (3, 8)),
        f"{home}/.local/share/uv/python/cpython-3.11.9-linux-x86_64-gnu/bin/python3": ("uv", (3, 11, 9)),
        f"{home}/.local/share/pypoetry/python/cpython@3.12.1/bin/python3": ("poetry", (3, 12, 1)),
        f"{home}/miniconda3/bin/python": ("conda", (3, 12, 4)),
        "/opt/env/bin/python": ("conda", ()),
        "/usr/local/bin/python3.13": ("PATH", (3, 13)),
    }
    files: dict[str, Any] = dict.fromkeys(programs, RUN)
    files[f"{home}/.conda/environments.txt"] = "/opt/env\n/gone\nrelative\n"
    files[f"{home}/miniconda3/conda-meta/python-3.12.4-h5148396_1.json"] = "{}"
    files[f"{home}/miniconda3/conda-meta/python-dateutil-2.9.0.json"] = "{}"
    found = look(machine(LINUX, "/bin", files), PurePosixPath("/"))
    assert {str(each.path): (each.source, each.version) for each in found.candidates} == programs


def test_every_usual_place_of_macos() -> None:
    programs = {
        "/opt/homebrew/bin/python3.12": ("homebrew", (3, 12)),
        "/opt/homebrew/opt/python@3.11/bin/python3.11": ("homebrew", (3, 11)),
        "/Library/Frameworks/Python.framework/Versions/3.10/bin/python3": ("python.org", (3, 10)),
        "/Library/Developer/CommandLineTools/usr/bin/python3": ("Apple", ()),
    }
    files = {**dict.fromkeys(programs, RUN), "/usr/bin/python3": RUN}
    found = look(machine(MAC, "/bin", files), PurePosixPath("/"))
    assert {str(each.path): (each.source, each.version) for each in found.candidates} == programs


def test_the_python_that_the_doctors_environment_was_made_from_counts() -> None:
    files = {"/own/pyvenv.cfg": "home = /opt/p/bin\n", "/own/bin/python": RUN, "/opt/p/bin/python3": RUN}
    found = look(machine(LINUX, "/usr/bin", files, python="/own/bin/python"), PurePosixPath("/"))
    assert [str(each.path) for each in found.candidates] == ["/opt/p/bin/python3"]


def test_a_recording_that_tells_little_is_no_verdict() -> None:
    sparse = parse({"system": LINUX, "environment": {"PATH": "/usr/bin"}})
    with pytest.raises(Unavailable):
        look(sparse, PurePosixPath("/"))
