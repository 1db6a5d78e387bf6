"""Python: every interpreter of this machine, and which one AutoGPT's launcher and Poetry would take."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional


class Interpreter(NamedTuple):
    """An interpreter that answered when it was asked about itself."""

    path: PurePath
    """As it was found; the same interpreter under several names is listed once, with the first."""
    version: tuple[int, int, int]
    source: str
    """Who put it there: "PATH", "registry", "pyenv", "uv", "conda", "homebrew", "python.org", "debian", …"""
    names: tuple[str, ...] = ()
    """The names under which PATH finds it ("python3", "python"), first found only."""
    implementation: str = "cpython"
    bits: int = 64
    architecture: str = ""
    """The processor type it was built for: "x86_64", "arm64", "x86"."""
    platform: str = ""
    """sysconfig.get_platform(): "linux-x86_64", "win-amd64", "mingw_x86_64"."""
    prefix: str = ""
    base_prefix: str = ""
    has_venv: bool = True
    has_ensurepip: bool = True
    has_ssl: bool = True
    is_externally_managed: bool = False
    is_free_threaded: bool = False

    @property
    def is_virtual(self) -> bool:
        return self.prefix != self.base_prefix

    @property
    def series(self) -> str:
        """ "3.11" """
        return f"{self.version[0]}.{self.version[1]}"


class Mute(NamedTuple):
    """Something of an interpreter's name that is none, or did not answer."""

    path: PurePath
    reason: str
    """"store-stub", "shim", "python2", "timed-out", "not-runnable", "no-answer"."""
    detail: str = ""


class Interpreters(NamedTuple):
    """All interpreters of the machine, those on PATH first, in PATH's order."""

    found: tuple[Interpreter, ...]
    mute: tuple[Mute, ...] = ()

    def by_name(self, name: str) -> Optional[Interpreter]:
        """What PATH starts under this name, when it is a working interpreter."""
        return next((each for each in self.found if name in each.names), None)


class Launching(NamedTuple):
    """Which interpreter AutoGPT would run with, on this machine in this checkout."""

    by_launcher: Optional[Interpreter]
    """What the launcher script takes (python3, then python, or the other way round in older layouts)."""
    by_poetry: Optional[Interpreter]
    """What Poetry would take for a new environment: the first that the project's constraint admits."""
