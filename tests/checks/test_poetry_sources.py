"""What starts Poetry, and which version it is: every form of launcher, told by its bytes."""

from __future__ import annotations

import base64
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from checks.poetry import needs_of
from checks.poetry_launchers import launcher_of
from checks.poetry_sources import Poetries, poetries
from doctor.about import Options
from doctor.machine.recorded import Recorded, parse
from doctor.registry import Registry
from doctor.shells import draw
from doctor.words import Place
from tests import patients

LINUX: dict[str, Any] = {
    "complete": True,
    "system": {
        "kind": "linux",
        "name": "Debian 12",
        "release": "6.1.0",
        "architecture": "x86_64",
        "distribution": "debian",
    },
    "home": "/home/user",
    "environment": {"PATH": "/home/user/.local/bin:/usr/bin:/bin", "SHELL": "/bin/bash"},
}
WINDOWS: dict[str, Any] = {
    "complete": True,
    "system": {"kind": "windows", "name": "Windows 11", "release": "10.0.22631", "architecture": "x86_64"},
    "home": "C:\\Users\\user",
    "environment": {
        "PATH": "C:\\Tools",
        "APPDATA": "C:\\Users\\user\\AppData\\Roaming",
        "LOCALAPPDATA": "C:\\Users\\user\\AppData\\Local",
    },
}
BIN = "/home/user/.local/bin/poetry"


def machine(base: dict[str, Any], files: dict[str, Any], **more: Any) -> Recorded:
    return parse({**base, "files": files, **more})


def asked(recorded: Recorded) -> Poetries:
    return poetries(recorded, Options(recorded.home))


def script(first: str) -> dict[str, str]:
    return {"text": first + "\nimport sys\n", "mode": "755"}


def packages(*names: str) -> dict[str, Any]:
    return {"folder": True, "names": list(names)}


def program(first: bytes) -> dict[str, str]:
    """A Windows launcher: some machine code, the script's first line, an archive."""
    return {"base64": base64.b64encode(b"MZ\x90\0#!\0\xff" + first + b"PK\x03\x04\x14\0__main__.py").decode()}


PIPX = "/home/user/.local/share/pipx/venvs/poetry"
LAUNCHERS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "pipx": (
        {
            BIN: {"link": f"{PIPX}/bin/poetry"},
            f"{PIPX}/bin/poetry": script(f"#!{PIPX}/bin/python"),
            f"{PIPX}/bin/python": {"link": "/usr/bin/python3.11"},
            "/usr/bin/python3.11": {"mode": "755"},
            f"{PIPX}/lib/python3.11/site-packages": packages("poetry-1.8.5.dist-info", "poetry_core-1.9.1.dist-info"),
        },
        "1.8.5", "pipx", f"{PIPX}/bin/python",
    ),
    "a path with a blank, as pip writes it": (
        {
            BIN: {"text": "#!/bin/sh\n'''exec' \"/opt/my tools/bin/python3.12\" \"$0\" \"$@\"\n' '''\n", "mode": "755"},
            "/opt/my tools/bin/python3.12": {"mode": "755"},
            "/opt/my tools/lib/python3.12/site-packages": packages("poetry-2.0.1.dist-info"),
        },
        "2.0.1", "pip", "/opt/my tools/bin/python3.12",
    ),
    "pip install --user": (
        {
            BIN: script("#!/usr/bin/python3"),
            "/usr/bin/python3": {"link": "python3.11"},
            "/usr/bin/python3.11": {"mode": "755"},
            "/usr/lib/python3/dist-packages": packages("pip-23.0.dist-info"),
            "/home/user/.local/lib/python3.11/site-packages": packages("Poetry-1.5.1.dist-info"),
            "/home/user/.local/lib/python3.9/site-packages": packages("poetry-1.1.4.dist-info"),
        },
        "1.5.1", "pip", "/usr/bin/python3",
    ),
    "the distribution's": (
        {
            "/usr/bin/poetry": script("#!/usr/bin/python3"),
            "/usr/bin/python3": {"link": "python3.10"},
            "/usr/bin/python3.10": {"mode": "755"},
            "/usr/lib/python3/dist-packages": packages("poetry-1.1.12.egg-info"),
        },
        "1.1.12", "system", "/usr/bin/python3",
    ),
    "whatever python3 PATH finds": (
        {
            BIN: script("#!/usr/bin/env python3"),
            "/home/user/.local/lib/python3.12/site-packages": packages("poetry-1.6.1-py3.12.egg-info"),
        },
        "1.6.1", "pip", "python3",
    ),
    "the installer, whose packages cannot be listed": (
        {
            BIN: {"link": "/home/user/.local/share/pypoetry/venv/bin/poetry"},
            "/home/user/.local/share/pypoetry/venv/bin/poetry": script(
                "#!/home/user/.local/share/pypoetry/venv/bin/python"
            ),
            "/home/user/.local/share/pypoetry/venv/bin/python": {"mode": "755"},
            "/home/user/.local/share/pypoetry/venv/lib/python3.11/site-packages": {"fails": "denied"},
            "/home/user/.local/share/pypoetry/VERSION": "2.1.3",
        },
        "2.1.3", "official", "/home/user/.local/share/pypoetry/venv/bin/python",
    ),
    "asdf": (
        {
            BIN: {"link": "/home/user/.asdf/shims/poetry"},
            "/home/user/.asdf/shims/poetry": script("#!/usr/bin/env bash\n# asdf-plugin: poetry 1.8.3"),
            "/home/user/.asdf/installs/poetry/1.8.3/bin/poetry": script(
                "#!/home/user/.asdf/installs/poetry/1.8.3/venv/bin/python3.11"
            ),
            "/home/user/.asdf/installs/poetry/1.8.3/venv/bin/python3.11": {"mode": "755"},
            "/home/user/.asdf/installs/poetry/1.8.3/venv/lib/python3.11/site-packages": packages(
                "poetry-1.8.3.dist-info"
            ),
        },
        "1.8.3", "asdf", "/home/user/.asdf/installs/poetry/1.8.3/venv/bin/python3.11",
    ),
    "uv tool": (
        {
            BIN: {"link": "/home/user/.local/share/uv/tools/poetry/bin/poetry"},
            "/home/user/.local/share/uv/tools/poetry/bin/poetry": script(
                "#!/home/user/.local/share/uv/tools/poetry/bin/python"
            ),
            "/home/user/.local/share/uv/tools/poetry/bin/python": {"mode": "755"},
            "/home/user/.local/share/uv/tools/poetry/lib/python3.13/site-packages": packages("poetry-2.2.0.dist-info"),
        },
        "2.2.0", "uv", "/home/user/.local/share/uv/tools/poetry/bin/python",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAUNCHERS)
def test_launchers_on_linux(name: str) -> None:
    files, version, source, python = LAUNCHERS[name]
    used = asked(machine(LINUX, files)).used
    assert used is not None
    assert (used.version, used.source, str(used.python), used.trouble) == (version, source, python, "")


OWN = "C:\\Users\\user\\AppData\\Roaming\\pypoetry\\venv"
ON_WINDOWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "the installer's copy": (
        {
            "C:\\Tools\\poetry.exe": program(b"#!" + OWN.encode() + b"\\Scripts\\python.exe\r\n"),
            OWN + "\\Scripts\\python.exe": "",
            OWN + "\\Lib\\site-packages": packages("poetry-2.2.1.dist-info"),
        },
        "2.2.1", "official",
    ),
    "a path with a blank, in quotes": (
        {
            "C:\\Tools\\poetry.exe": program(b'#!"C:\\Program Files\\Python311\\python.exe"\n\r\n'),
            "C:\\Program Files\\Python311\\python.exe": "",
            "C:\\Program Files\\Python311\\Lib\\site-packages": packages("poetry-1.8.2.dist-info"),
        },
        "1.8.2", "pip",
    ),
    "pip install --user": (
        {
            "C:\\Tools\\poetry.exe": program(b"#!C:\\Python311\\python.exe\r\n"),
            "C:\\Python311\\python.exe": "",
            "C:\\Python311\\Lib\\site-packages": packages("pip-24.0.dist-info"),
            "C:\\site-packages": packages("poetry-1.4.2.dist-info"),
        },
        "1.4.2", "pip",
    ),
    "a shim of pyenv-win": (
        {
            "C:\\Tools\\poetry.bat": "@echo off\r\n",
            "C:\\Users\\user\\.pyenv\\pyenv-win\\shims\\poetry.bat": "@echo off\r\ncall pyenv exec %~n0 %*\r\n",
            "C:\\Users\\user\\.pyenv\\pyenv-win\\version": "3.11.7\r\n",
            "C:\\Users\\user\\.pyenv\\pyenv-win\\versions\\3.11.7\\Scripts\\poetry.exe": program(
                b"#!C:\\Users\\user\\.pyenv\\pyenv-win\\versions\\3.11.7\\python.exe\r\n"
            ),
            "C:\\Users\\user\\.pyenv\\pyenv-win\\versions\\3.11.7\\python.exe": "",
            "C:\\Users\\user\\.pyenv\\pyenv-win\\versions\\3.11.7\\Lib\\site-packages": packages(
                "poetry-1.7.1.dist-info"
            ),
        },
        "1.7.1", "pyenv",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_WINDOWS)
def test_launchers_on_windows(name: str) -> None:
    files, version, source = ON_WINDOWS[name]
    path = "C:\\Users\\user\\.pyenv\\pyenv-win\\shims" if "pyenv" in name else "C:\\Tools"
    used = asked(machine(WINDOWS, files, environment={**WINDOWS["environment"], "PATH": path})).used
    assert used is not None
    assert (used.version, used.source, used.trouble) == (version, source, "")


GARBAGE = (
    b"",
    b"#!",
    b"#!\n",
    b"#! ' \n",
    b"MZ",
    b"MZ#!",
    b"MZ" + b"#!" * 40 + b"PK\x03\x04",
    b"#!/bin/sh\n'''exec'",
    b"\xff\xfe#!\0/\0",
)


@pytest.mark.parametrize("data", GARBAGE)
@pytest.mark.parametrize("base", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_any_bytes_may_be_called_poetry(base: dict[str, Any], data: bytes) -> None:
    path = BIN if base is LINUX else "C:\\Tools\\poetry.exe"
    recorded = machine(base, {path: {"base64": base64.b64encode(data).decode(), "mode": "755"}})
    launcher = launcher_of(recorded, recorded.path(path), recorded.home)
    assert launcher.path == recorded.path(path)
    used = asked(recorded).used
    assert used is not None
    assert used.version == ""


def test_links_in_a_circle_come_to_an_end() -> None:
    recorded = machine(LINUX, {BIN: {"link": "/home/user/a"}, "/home/user/a": {"link": BIN}})
    assert asked(recorded).used is None


def test_two_launchers_of_one_poetry_are_one() -> None:
    files = {
        "C:\\Tools\\poetry.exe": program(b"#!" + OWN.encode() + b"\\Scripts\\python.exe\r\n"),
        OWN + "\\Scripts\\poetry.exe": program(b"#!" + OWN.encode() + b"\\Scripts\\python.exe\r\n"),
        OWN + "\\Scripts\\python.exe": "",
        OWN + "\\Lib\\site-packages": packages("poetry-2.2.1.dist-info"),
    }
    assert len(asked(machine(WINDOWS, files)).found) == 1


@pytest.mark.parametrize(
    ("table", "needed"),
    [
        ({"tool": {"poetry": {"name": "a", "group": {}}}}, (1, 2)),
        ({"tool": {"poetry": {"name": "a"}}}, (1, 0)),
        ({"project": {"name": "a"}}, (2, 0)),
        ({"project": {"name": "a"}, "tool": {"poetry": {"group": {}}}}, (2, 0)),
        ({"project": {"name": "a"}, "tool": {"poetry": {"name": "a", "group": {}}}}, (1, 2)),
        ({"tool": "nonsense", "project": 3}, (1, 0)),
        ({}, (1, 0)),
    ],
)
def test_what_a_manifest_needs(table: dict[str, Any], needed: tuple[int, int]) -> None:
    assert needs_of(table)[1] == needed


LINES = {
    "poetry/not-on-path-zsh": ["echo 'export PATH=\"$HOME/.local/bin:$PATH\"' >> ~/.zshrc"],
    "poetry/not-on-path-without-link": [
        "mkdir -p ~/.local/bin",
        "ln -sf ~/.local/share/pypoetry/venv/bin/poetry ~/.local/bin/poetry",
        "echo 'export PATH=\"$HOME/.local/bin:$PATH\"' >> ~/.bashrc",
    ],
    "poetry/not-on-path-windows": [
        "[Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User')"
        " + \";$HOME\\AppData\\Roaming\\Python\\Scripts\", 'User')"
    ],
    "poetry/missing-on-macos": ["brew install poetry"],
    "poetry/missing-on-ubuntu": ["pipx install poetry", "pipx ensurepath"],
    "poetry/python-upgraded-by-homebrew": ["brew reinstall poetry"],
    "poetry/python-removed-on-windows": ["Remove-Item C:\\Tools\\poetry.exe"],
    "poetry/too-old-legacy": ["rm -rf ~/.poetry"],
    "lock/python-too-new-on-macos": [
        "poetry -C ~/AutoGPT/classic/original_autogpt env use /opt/homebrew/bin/python3.12",
        "poetry -C ~/AutoGPT/classic/original_autogpt install --without dev",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_the_lines_to_copy(name: str) -> None:
    patient = patients.admit(name)
    report = patients.examined(patient.machine, Registry.of_everything_installed())
    place = Place(patient.machine.home)
    assert [draw(each, place) for each in report.problems[0].finding.remedy.commands] == LINES[name]


def test_paths_belong_to_the_machine_that_is_asked() -> None:
    kinds: list[tuple[dict[str, Any], type[PurePath], str]] = [
        (LINUX, PurePosixPath, BIN),
        (WINDOWS, PureWindowsPath, "C:\\Tools\\poetry.exe"),
    ]
    for base, kind, path in kinds:
        used = asked(machine(base, {path: script("#!/nowhere")})).used
        assert used is not None
        assert isinstance(used.path, kind)
