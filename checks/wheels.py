"""Which wheels fit a Python: the tags of PEP 425, 600 and 656, as pip and Poetry take them.

Everything here is a pure function of texts; nothing asks the machine.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional, Sequence

from checks.interpreters import Interpreter
from doctor.machine import System

_WHEEL = re.compile(r'file = "[^"\n]+-([^"\n-]+)-([^"\n-]+)-([^"\n-]+)\.whl"')
_UNIVERSAL = ("-py3-none-any.whl", "-py2.py3-none-any.whl")


class Target(NamedTuple):
    """The Python, and the system that it runs on, that wheels have to fit."""

    version: tuple[int, int, int]
    kind: str
    """"linux", "darwin" or "windows"."""
    machine: str
    """As markers see it: "x86_64", "aarch64", "arm64", "AMD64", "ARM64", "x86", "i686"."""
    platforms: frozenset[str]
    """Every platform tag that this system takes."""
    is_free_threaded: bool = False

    def with_series(self, series: tuple[int, int]) -> Target:
        return self._replace(version=(*series, 0), is_free_threaded=False)


# --- the target -----------------------------------------------------------------------------------------------------

_WINDOWS = {"win32": "x86", "win_amd64": "AMD64", "win_arm64": "ARM64"}
_LINUX = {"arm64": "aarch64", "amd64": "x86_64", "x86": "i686"}
MAC_BEFORE_NUMBERS = (14, 0)
"""The macOS to assume where the system does not tell its version."""


def target_of(system: System, interpreter: Interpreter) -> Target:
    """What wheels have to fit for an interpreter of this system."""
    machine = (interpreter.architecture or system.architecture).lower()
    if system.is_windows:
        tag = re.sub(r"[-.]", "_", interpreter.platform)
        if tag not in _WINDOWS and not tag.startswith("mingw"):
            tag = "win32" if interpreter.bits == 32 else "win_arm64" if machine in ("arm64", "aarch64") else "win_amd64"
        machine, platforms = _WINDOWS.get(tag, "AMD64"), frozenset({tag})
    elif system.is_mac:
        machine = "arm64" if machine in ("arm64", "aarch64") else "x86_64"
        platforms = mac_tags(machine, _numbers(system.name) or MAC_BEFORE_NUMBERS)
    else:
        machine = _LINUX.get(machine, machine)
        machine = {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine) if interpreter.bits == 32 else machine
        platforms = linux_tags(machine, system.libc)
    return Target(interpreter.version, system.kind, machine, platforms, interpreter.is_free_threaded)


def _numbers(text: str) -> Optional[tuple[int, int]]:
    """The first two numbers of a version in a text, None when there is none."""
    found = re.search(r"(\d{1,4})(?:\.(\d{1,4}))?", text)
    return (int(found[1]), int(found[2] or 0)) if found else None


def linux_tags(machine: str, libc: str) -> frozenset[str]:
    """Platform tags of a Linux; `libc` is like "glibc 2.36" or "musl 1.2". An unknown one counts as glibc 2.28."""
    tags = {f"linux_{machine}"}
    major, minor = _numbers(libc) or (0, 0)
    if libc.startswith("musl"):
        tags.update(f"musllinux_1_{each}_{machine}" for each in range((minor if major == 1 else 2) + 1))
        return frozenset(tags)
    names = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
    oldest = 5 if machine in ("x86_64", "i686") else 17
    for each in range(oldest, (minor if major == 2 else 28) + 1):
        tags.add(f"manylinux_2_{each}_{machine}")
        if each in names:
            tags.add(f"{names[each]}_{machine}")
    return frozenset(tags)


def mac_tags(machine: str, version: tuple[int, int]) -> frozenset[str]:
    """Platform tags of a macOS, `version` like (15, 1)."""
    versions = [(10, minor) for minor in range(4, 17 if version[0] > 10 else version[1] + 1)]
    versions += [(major, 0) for major in range(11, version[0] + 1)]
    intel = ("x86_64", "intel", "fat64", "fat3", "universal2", "universal")
    tags = set()
    for major, minor in versions:
        # Before macOS 11 there was no arm64; a universal2 wheel may still be named after 10.9.
        for each in intel if machine == "x86_64" else ("arm64", "universal2") if major > 10 else ("universal2",):
            tags.add(f"macosx_{major}_{minor}_{each}")
    return frozenset(tags)


# --- fitting --------------------------------------------------------------------------------------------------------


def _pairs(target: Target) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs of Python tag and ABI tag: those that fit with a platform of the target, and those that fit with "any"."""
    major, minor = target.version[:2]
    own = f"cp{major}{minor}"
    anywhere = {(f"py{major}{older}", "none") for older in range(minor + 1)} | {(f"py{major}", "none"), (own, "none")}
    here = anywhere | {(own, own + "t" if target.is_free_threaded else own)}
    if not target.is_free_threaded:
        here |= {(f"cp{major}{older}", "abi3") for older in range(2, minor + 1)}
    return here, anywhere


class Fit:
    """Answers whether any wheel of a lock file's entry fits a target."""

    def __init__(self, target: Target) -> None:
        self._here, self._anywhere = _pairs(target)
        self._platforms = target.platforms
        self._known: dict[tuple[str, str, str], bool] = {}

    def __call__(self, text: str) -> bool:
        if any(ending in text for ending in _UNIVERSAL):
            return True
        return any(self._fits(tags) for tags in _WHEEL.findall(text))

    def _fits(self, tags: tuple[str, str, str]) -> bool:
        known = self._known.get(tags)
        if known is None:
            known = self._known[tags] = self._judge(*(each.split(".") for each in tags))
        return known

    def _judge(self, pythons: Sequence[str], abis: Sequence[str], platforms: Sequence[str]) -> bool:
        pairs = self._here if any(each in self._platforms for each in platforms) else set()
        if "any" in platforms:
            pairs = pairs | self._anywhere
        return any((python, abi) in pairs for python in pythons for abi in abis)


def has_wheel(text: str) -> bool:
    """Whether a lock file's entry lists any wheel at all."""
    return _WHEEL.search(text) is not None
