"""What is known of the Python interpreters of a machine: plain values, made by facts and judged by checks."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional, Sequence, Union


class Interpreter(NamedTuple):
    """An interpreter of this machine."""

    path: PurePath
    """As it was found; the same interpreter under several names is listed once, with the first. For a shim it is the
    program that the shim starts."""
    version: tuple[int, int, int]
    source: str
    """Who put it there: "PATH", "registry", "pyenv", "uv", "conda", "homebrew", "python.org", "debian", …"""
    names: tuple[str, ...] = ()
    """The names under which PATH finds it ("python3", "python"), first found only."""
    implementation: str = "cpython"
    bits: int = 64
    architecture: str = ""
    """The processor type that it runs as: "x86_64", "arm64", "x86"."""
    platform: str = ""
    """Like sysconfig.get_platform(): "linux-x86_64", "macosx-arm64", "win-amd64", "mingw_x86_64"."""
    prefix: str = ""
    base_prefix: str = ""
    has_venv: bool = True
    has_ensurepip: bool = True
    has_ssl: bool = True
    is_externally_managed: bool = False
    is_free_threaded: bool = False
    is_prerelease: bool = False
    is_asked: bool = True
    """Whether it answered when it was asked about itself. Otherwise it was not started, because nothing depended on
    it: its version is what its place says (the last number may be 0 for unknown), the rest is assumed."""

    @property
    def is_virtual(self) -> bool:
        return self.prefix != self.base_prefix

    @property
    def suits_installer(self) -> bool:
        """Whether it can make the environments that programs are installed in."""
        is_ordinary = self.implementation == "cpython" and not self.is_free_threaded and not self.is_prerelease
        return is_ordinary and not self.is_virtual and self.has_venv and self.has_ensurepip and self.has_ssl

    @property
    def series(self) -> str:
        """ "3.11" """
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def number(self) -> str:
        """ "3.11.7", or "3.11" when its last number is not known."""
        return f"{self.series}.{self.version[2]}" if self.is_asked or self.version[2] else self.series


class Mute(NamedTuple):
    """Something of an interpreter's name that is none, or did not answer."""

    path: PurePath
    reason: str
    """"store-stub" (opens the Microsoft Store), "apple-stub" (asks for the command line tools), "shim" (what pyenv or
    asdf is told to start is not there), "shim-unknown", "manager" (Python's install manager, which may install when it
    is started), "python2", "timed-out", "not-runnable", "no-answer", "dangling" (a link to nothing), "stale" (only the
    registry still knows it)."""
    detail: str = ""
    """For "shim" the version that was asked for, for "stale" the registry's name of it, else what the program said."""
    names: tuple[str, ...] = ()
    """The names under which PATH finds it, first found only."""


Found = Union[Interpreter, Mute]


class Interpreters(NamedTuple):
    """All interpreters of the machine, those on PATH first, in PATH's order."""

    found: tuple[Interpreter, ...]
    mute: tuple[Mute, ...] = ()

    def by_name(self, name: str) -> Optional[Interpreter]:
        """What PATH starts under this name, when it is a working interpreter."""
        return next((each for each in self.found if name in each.names), None)

    def first_of(self, names: Sequence[str]) -> Optional[Found]:
        """What the first of these names that PATH knows at all would start, working or not."""
        everything: list[Found] = [*self.found, *self.mute]
        return next((each for name in names for each in everything if name in each.names), None)


class Launching(NamedTuple):
    """Which interpreter AutoGPT would run with, on this machine in this checkout."""

    by_launcher: Optional[Interpreter]
    """What the launcher script takes (python3, then python, or the other way round in older layouts)."""
    by_poetry: Optional[Interpreter]
    """What Poetry would take for a new environment; None when that cannot be told."""
    launcher: Optional[PurePath] = None
    """The script that this layout is started with on this system; None when there is none."""
    names: tuple[str, ...] = ()
    """The names that it tries, in its order; none when this layout has no launcher."""
    launcher_mute: Optional[Mute] = None
    """What the launcher takes instead of an interpreter."""
    is_tested: bool = False
    """Whether the launcher refuses a Python that is too old."""
    beside: Optional[Interpreter] = None
    """Without a checkout what `python3` or `python` starts; and what `python` starts where the launcher takes the
    placeholder of the Microsoft Store, which is called python3."""
    is_refused: bool = False
    """Poetry would find no Python that the project admits."""
    poetry_own: Optional[Interpreter] = None
    """The Python that Poetry itself runs with."""
    local_environment: Optional[PurePath] = None
    """For the eras without Poetry: an environment in the checkout, which a person would activate."""
    environment: Optional[PurePath] = None
    """The active environment (venv or conda), which Poetry uses as it is."""

    @property
    def likely(self) -> Optional[Interpreter]:
        """The interpreter that AutoGPT most likely runs with."""
        return self.by_poetry or self.by_launcher or self.beside
