"""What PATH starts under each of Python's names, in PATH's order, without starting it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Optional, Union

from checks import python_shims, python_windows
from checks.interpreters import Mute
from checks.python_question import Candidate
from checks.wsl import windows_mounts
from doctor.machine import Machine, Stat, Unavailable

NAMES = ("python3", "python")
"""What launchers and Poetry call."""
SERIES = tuple(f"python3.{minor}" for minor in range(15, 7, -1))
APPLE_PYTHON = "/usr/bin/python3"


def on_path(machine: Machine, folder: PurePath) -> Iterator[Union[Candidate, Mute]]:
    """What PATH starts under each name, and whatever stands behind it under the same name.

    `folder` is where AutoGPT is started: a shim's answer depends on it.
    """
    taken: set[str] = set()
    handing_over: dict[str, Mute] = {}
    for path, name, stat in _hits(machine):
        hit = _hit(machine, path, name, stat, folder)
        if isinstance(hit, Mute) and hit.reason == "shim":
            if name in NAMES and name not in taken:
                handing_over.setdefault(name, hit)
            continue
        if name in taken:
            if isinstance(hit, Candidate):
                yield hit._replace(names=())
            continue
        taken.add(name)
        handing_over.pop(name, None)
        yield hit
    yield from handing_over.values()
    if not taken.intersection(NAMES):
        yield from _dangling(machine)


def _hit(machine: Machine, path: PurePath, name: str, stat: Stat, folder: PurePath) -> Union[Candidate, Mute]:
    if python_shims.is_shim(path):
        resolved = python_shims.resolve(machine, path, name, folder)
        if resolved.target is not None:
            return Candidate(resolved.target, owner(machine, resolved.target), (name,))
        return Mute(path, "shim" if resolved.is_known else "shim-unknown", resolved.asked, (name,))
    if machine.system.is_windows:
        return python_windows.hit(machine, path, stat, name)
    if machine.system.is_mac and str(path) == APPLE_PYTHON:
        real = of_developer_tools(machine)
        return Candidate(real, "Apple", (name,)) if real else Mute(path, "apple-stub", names=(name,))
    return Candidate(path, owner(machine, path), (name,))


def _hits(machine: Machine) -> Iterator[tuple[PurePath, str, Stat]]:
    """Every program of Python's names on PATH."""
    foreign = windows_mounts(machine.mounts()) if "microsoft" in machine.system.release.lower() else ()
    environment = own_environment(machine)
    own = environment / ("Scripts" if machine.system.is_windows else "bin") if environment else None
    for folder in machine.search_path():
        # A Windows drive in WSL holds no Python for this Linux, and looking there is slow.
        if folder == own or any(drive == folder or drive in folder.parents for drive in foreign):
            continue
        found = False
        for name in (*NAMES, *SERIES):
            if name in SERIES and not found and machine.system.is_windows:
                break  # there the numbered names stand beside the plain ones, if at all
            hit = _program(machine, folder, name)
            if hit is not None:
                found = True
                yield hit[0], name, hit[1]


def _program(machine: Machine, folder: PurePath, name: str) -> Optional[tuple[PurePath, Stat]]:
    endings = [""]
    if machine.system.is_windows:
        endings = [".exe"] if name in SERIES else (machine.variable("PATHEXT") or ".EXE;.BAT;.CMD").lower().split(";")
    for ending in endings:
        stat = machine.stat(folder / (name + ending))
        if isinstance(stat, Stat) and not stat.is_folder and (machine.system.is_windows or stat.is_executable):
            return folder / (name + ending), stat
    return None


def _dangling(machine: Machine) -> Iterator[Mute]:
    for folder in machine.search_path():
        for name in NAMES:
            stat = machine.stat(folder / name, follow=False)
            if isinstance(stat, Stat) and stat.kind == "link":
                yield Mute(folder / name, "dangling")


def own_environment(machine: Machine) -> Optional[PurePath]:
    """The doctor's own environment, where a tool runner (uvx, `uv run`) put it first on PATH for the doctor only."""
    python = process_python(machine)
    if python is None or not machine.is_file(python.parent.parent / "pyvenv.cfg"):
        return None
    folder = python.parent.parent
    is_by_uv = bool(machine.variable("UV")) or "uv" in python.parts
    return None if machine.folder_of("VIRTUAL_ENV") == folder and not is_by_uv else folder


def active_environment(machine: Machine) -> Optional[PurePath]:
    """The virtual environment that Poetry would use as it is. Conda's own "base" is none."""
    if machine.variable("CONDA_DEFAULT_ENV") == "base":
        return None
    active = machine.folder_of("VIRTUAL_ENV") or machine.folder_of("CONDA_PREFIX")
    return None if active is None or active == own_environment(machine) else active


def process_python(machine: Machine) -> Optional[PurePath]:
    try:
        return machine.process_python()
    except Unavailable:  # a recording need not tell
        return None


def of_developer_tools(machine: Machine) -> Optional[PurePath]:
    """Apple's Python behind /usr/bin/python3, which itself asks to install the tools when they are not there."""
    for folder in (
        "/var/db/xcode_select_link",
        "/Library/Developer/CommandLineTools",
        "/Applications/Xcode.app/Contents/Developer",
    ):
        program = machine.path(folder, "usr", "bin", "python3")
        if machine.is_file(program):
            return program
    return None


def owner(machine: Machine, path: PurePath) -> str:
    """Who put an interpreter there, as far as its place tells."""
    text = path.as_posix()
    for mark, name in (
        ("/.pyenv/", "pyenv"), ("/uv/python/", "uv"), ("conda", "conda"), ("/miniforge", "conda"),
        ("/opt/homebrew/", "homebrew"), ("/.linuxbrew/", "homebrew"), ("/Cellar/", "homebrew"),
        ("/Library/Frameworks/Python.framework/", "python.org"), ("/CommandLineTools/", "Apple"),
        ("/installs/python/", "asdf"),
    ):  # fmt: skip
        if mark in text:
            return name
    if text.startswith("/usr/bin/") and machine.system.distribution:
        return machine.system.distribution
    return "PATH"
