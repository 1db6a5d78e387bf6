"""Shims: small programs of pyenv, asdf and mise that stand for Python and decide only when they run what they start.

They are never started here: a shim takes 100 ms, may fail although Python is there, and some install what is missing.
What they would start is written in files, and those are read.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from doctor.machine import Machine

SYSTEM = "system"
"""The version that means: the next Python on PATH."""
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+\-]*\Z")


class Resolved(NamedTuple):
    """What a shim would start."""

    target: Optional[PurePath] = None
    """None when nothing of what it is told to start is there; then it hands over to the next one on PATH, if any."""
    asked: str = ""
    """The version that it is told to start, as it was written; "" when nothing tells it."""
    is_known: bool = True
    """False when the shim is of a kind that cannot be told from files."""


def is_shim(path: PurePath) -> bool:
    return path.parent.name.lower() == "shims"


def resolve(machine: Machine, shim: PurePath, name: str, folder: PurePath) -> Resolved:
    """What `shim` (called by `name`, "python3") starts when the current folder is `folder`."""
    root = shim.parent.parent
    if machine.is_folder(root / "versions"):
        asked = _of_pyenv(machine, root, folder)
        return _first(machine, root / "versions", asked, name)
    if machine.is_folder(root / "installs" / "python"):
        asked = _of_tool_versions(machine, folder)
        if not asked and root.name == "mise":
            asked = _of_mise(machine, folder)
            if not asked:
                return Resolved(is_known=False)
        return _first(machine, root / "installs" / "python", asked, name)
    return Resolved(is_known=False)


def _first(machine: Machine, installed: PurePath, asked: tuple[str, ...], name: str) -> Resolved:
    for version in asked:
        target = _executable(machine, installed, version, name)
        if target is not None:
            return Resolved(target, version)
    return Resolved(None, " ".join(asked))


def _executable(machine: Machine, installed: PurePath, version: str, name: str) -> Optional[PurePath]:
    version = version[len("python-") :] if version.startswith("python-") else version
    if version == SYSTEM or not _SAFE.match(version):
        return None
    folder = installed / version
    if not machine.is_folder(folder):
        newest = _newest(machine.names_in(installed), version)
        if newest is None:
            return None
        folder = installed / newest
    if machine.system.is_windows:
        places = [folder / f"{name}.exe", folder / "python.exe"]
    else:
        places = [folder / "bin" / name]
    return next((place for place in places if machine.is_file(place)), None)


def _newest(names: tuple[str, ...], beginning: str) -> Optional[str]:
    """The newest installed version that "3.11" may stand for."""
    fitting = [name for name in names if re.fullmatch(re.escape(beginning) + r"(\.[0-9]{1,4})+", name)]
    return max(fitting, key=lambda name: [int(number) for number in re.findall(r"[0-9]+", name)], default=None)


def _of_pyenv(machine: Machine, root: PurePath, folder: PurePath) -> tuple[str, ...]:
    """PYENV_VERSION, else the nearest .python-version from the current folder upwards, else the global version.

    Source: https://github.com/pyenv/pyenv#understanding-python-version-selection
    """
    chosen = machine.variable("PYENV_VERSION")
    if chosen:
        return tuple(version for version in chosen.split(":") if version)
    for place in (*(each / ".python-version" for each in (folder, *folder.parents)), root / "version"):
        versions = tuple(_first_words(machine.read_text(place, 1024)))
        if versions:
            return versions
    return (SYSTEM,)


def _first_words(text: Optional[str]) -> Iterator[str]:
    for line in (text or "").splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            yield words[0]


def _of_tool_versions(machine: Machine, folder: PurePath) -> tuple[str, ...]:
    """ASDF_PYTHON_VERSION, else the nearest .tool-versions that names Python; home's own counts last."""
    chosen = machine.variable("ASDF_PYTHON_VERSION")
    if chosen:
        return tuple(chosen.split())
    for each in (folder, *folder.parents, machine.home):
        for line in (machine.read_text(each / ".tool-versions", 4096) or "").splitlines():
            words = line.partition("#")[0].split()
            if words[:1] == ["python"] and len(words) > 1:
                return tuple(words[1:])
    return ()


def _of_mise(machine: Machine, folder: PurePath) -> tuple[str, ...]:
    """The simple form of mise's own settings: `python = "3.11"`."""
    places = [each / name for each in (folder, *folder.parents) for name in ("mise.toml", ".mise.toml")]
    for place in (*places, machine.home / ".config" / "mise" / "config.toml"):
        named = re.search(r'(?m)^\s*python\s*=\s*"([^"\n]+)"', machine.read_text(place, 65536) or "")
        if named:
            return (named[1],)
    return ()
