"""Where the interpreters of a machine live: on PATH, and wherever the usual tools put them.

Only files are looked at here, nothing is started. The same interpreter under several names is one candidate.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterable, Iterator, NamedTuple, Union

from checks import python_windows
from checks.interpreters import Mute
from checks.python_path import APPLE_PYTHON, SERIES, of_developer_tools, on_path, owner, process_python
from checks.python_question import Candidate
from checks.unix_places import unix_data
from doctor.machine import Folder, Machine, Stat

CANDIDATES_OF_A_TOOL = 40


class Sources(NamedTuple):
    """What there is to ask, PATH's own first."""

    candidates: tuple[Candidate, ...]
    mute: tuple[Mute, ...] = ()


def look(machine: Machine, folder: PurePath) -> Sources:
    """Every place of this machine; `folder` is where AutoGPT is started (a shim's answer depends on it)."""
    found: list[Union[Candidate, Mute]] = [*on_path(machine, folder), *_elsewhere(machine)]
    mute = tuple(each for each in found if isinstance(each, Mute))
    return Sources(_merged(machine, [each for each in found if isinstance(each, Candidate)]), mute)


# --- elsewhere ----------------------------------------------------------------------------------------------------


def _elsewhere(machine: Machine) -> Iterator[Union[Candidate, Mute]]:
    if machine.system.is_windows:
        yield from python_windows.installed(machine)
    else:
        yield from _of_system(machine)
    for installed, source in _tool_folders(machine):
        yield from _versions(machine, installed, source)
    yield from _of_conda(machine)
    yield from _of_doctor(machine)


def _tool_folders(machine: Machine) -> Iterator[tuple[PurePath, str]]:
    """The folders in which version managers keep one folder for each Python."""
    home, data = machine.home, machine.user_folder(Folder.DATA)
    pyenv = home / ".pyenv" / "pyenv-win" if machine.system.is_windows else home / ".pyenv"
    yield (machine.folder_of("PYENV_ROOT") or pyenv) / "versions", "pyenv"
    if machine.system.is_windows:
        usual = data / "uv" / "python"
    else:
        share = unix_data(machine)
        usual = share / "uv" / "python"
        yield (machine.folder_of("ASDF_DATA_DIR") or home / ".asdf") / "installs" / "python", "asdf"
        yield (machine.folder_of("MISE_DATA_DIR") or share / "mise") / "installs" / "python", "mise"
    yield machine.folder_of("UV_PYTHON_INSTALL_DIR") or usual, "uv"
    yield data / "pypoetry" / "python", "poetry"
    yield home / ".rye" / "py", "rye"


def _versions(machine: Machine, installed: PurePath, source: str) -> Iterator[Candidate]:
    """One candidate for each folder of a version manager: "3.11.7", "cpython-3.11.9-linux-x86_64-gnu", …"""
    tail = ("python.exe",) if machine.system.is_windows else ("bin", "python3")
    for name in machine.names_in(installed)[:CANDIDATES_OF_A_TOOL]:
        about = re.match(r"(?:(cpython|pypy|graalpy)[-@]?)?([0-9]{1,2})\.([0-9]{1,3})(?:\.([0-9]{1,3}))?", name)
        if about is None or about[2] != "3":
            continue
        for inner in ((), ("install",)):
            program = installed.joinpath(name, *inner, *tail)
            if machine.is_file(program):
                yield Candidate(
                    program,
                    source,
                    version=tuple(int(number) for number in about.groups()[1:] if number),
                    implementation=about[1] or "cpython",
                    is_free_threaded="freethreaded" in name or bool(re.match(r"3\.[0-9]+(\.[0-9]+)?t\b", name)),
                )
                break


def _of_conda(machine: Machine) -> Iterator[Candidate]:
    home = machine.home
    listed = (machine.read_text(home / ".conda" / "environments.txt", 65536) or "").replace("\0", "").splitlines()
    usual = [home / name for name in ("miniconda3", "anaconda3", "miniforge3")]
    active = machine.folder_of("CONDA_PREFIX")
    folders = [*([active] if active else []), *(machine.path(line.strip()) for line in listed[:30]), *usual]
    for folder in dict.fromkeys(folders):
        program = folder / "python.exe" if machine.system.is_windows else folder / "bin" / "python"
        if folder.is_absolute() and machine.is_file(program):
            yield Candidate(program, "conda", version=_conda_version(machine.names_in(folder / "conda-meta")))


def _conda_version(packages: Iterable[str]) -> tuple[int, ...]:
    for package in packages:
        found = re.match(r"python-([0-9]{1,2})\.([0-9]{1,3})\.([0-9]{1,3})[^0-9].*\.json\Z", package)
        if found:
            return tuple(int(number) for number in found.groups())
    return ()


def _of_system(machine: Machine) -> Iterator[Candidate]:
    """Where systems and their package managers put Python, whatever PATH says."""
    for folder in _system_folders(machine):
        for name in ("python3", *SERIES):
            path = folder / name
            if str(path) != APPLE_PYTHON or not machine.system.is_mac:
                stat = machine.stat(path)
                if isinstance(stat, Stat) and stat.is_executable:
                    yield Candidate(path, owner(machine, path))
    if machine.system.is_mac:
        yield from _of_mac(machine)


def _system_folders(machine: Machine) -> Iterator[PurePath]:
    known = ["/usr/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin"]
    if machine.system.is_mac:
        known = ["/opt/homebrew/bin", "/usr/local/bin"]
    searched = machine.search_path()
    yield from (machine.path(each) for each in known if machine.path(each) not in searched)


def _of_mac(machine: Machine) -> Iterator[Candidate]:
    versions = machine.path("/Library/Frameworks/Python.framework/Versions")
    for name in machine.names_in(versions):
        if re.fullmatch(r"3\.[0-9]+", name):
            yield Candidate(versions / name / "bin" / "python3", "python.org")
    for prefix in ("/opt/homebrew/opt", "/usr/local/opt"):
        for name in SERIES:
            series = name[len("python") :]
            program = machine.path(prefix, f"python@{series}", "bin", name)
            if machine.is_file(program):
                yield Candidate(program, "homebrew")
    apple = of_developer_tools(machine)
    if apple is not None:
        yield Candidate(apple, "Apple")


def _of_doctor(machine: Machine) -> Iterator[Candidate]:
    """The interpreter that the doctor itself runs on, or the one that its environment was made from."""
    python = process_python(machine)
    if python is None:
        return
    settings = machine.read_text(python.parent.parent / "pyvenv.cfg", 65536)
    made_from = re.search(r"(?m)^home\s*=\s*([^\0\r\n]+?)\s*$", settings or "")
    if made_from:
        python = machine.path(made_from[1]) / ("python.exe" if machine.system.is_windows else "python3")
    if python.is_absolute() and machine.is_file(python):
        yield Candidate(python, owner(machine, python))


# --- one candidate for each interpreter ---------------------------------------------------------------------------


def _merged(machine: Machine, candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """Those that are the same file joined; an environment is never the same as what it was made from."""
    merged: dict[PurePath, Candidate] = {}
    for each in candidates:
        key = _identity(machine, each.path)
        first = merged.get(key)
        if first is None:
            merged[key] = each if each.version else each._replace(version=_version_of(key))
        else:
            source = each.source if first.source == "PATH" else first.source
            version = max(first.version, each.version, key=len)
            merged[key] = first._replace(names=first.names + each.names, version=version, source=source)
    return tuple(merged.values())


def _identity(machine: Machine, path: PurePath) -> PurePath:
    if machine.is_file(path.parent.parent / "pyvenv.cfg"):
        return path.parent.parent
    real = machine.real_path(path)
    return real if isinstance(real, PurePath) else path


def _version_of(real: PurePath) -> tuple[int, ...]:
    """What the real name ("python3.11") or a folder above it ("Versions/3.11", "python@3.11") says."""
    for part in (real.name, *(each.name for each in list(real.parents)[:4])):
        found = re.fullmatch(r"(?:python@?)?([23])\.([0-9]{1,2})(?:\.([0-9]{1,2}))?(?:\.exe)?", part)
        if found:
            return tuple(int(number) for number in found.groups() if number is not None)
    return ()
