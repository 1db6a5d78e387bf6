"""What a file called poetry starts: read from the launcher's first line and from the folders beside its interpreter.

Nothing is started here. A launcher is a script, a link to one, a Windows program with a script inside, or a shim of a
version manager that leads to one of these.
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath
from typing import NamedTuple, Optional, Union

from doctor import Machine
from doctor.machine import Content

LAUNCHER_LIMIT_BYTES = 1024 * 1024
MOST_HOPS = 4
_PACKAGE = re.compile(r"(?i)poetry-(\d[^-]*)(?:-py3[\d.]*)?\.(?:dist|egg)-info")


class Launcher(NamedTuple):
    path: PurePath
    """As it was found."""
    real: PurePath
    """With its links and shims followed."""
    python: Optional[PurePath] = None
    """The interpreter that its first line names. "python3" alone for `#!/usr/bin/env python3`."""
    source: str = ""
    trouble: str = ""


def launcher_of(machine: Machine, path: PurePath, folder: PurePath) -> Launcher:
    """What `path` starts when it is typed in `folder`."""
    real = path
    for _ in range(MOST_HOPS):
        found = machine.real_path(real)
        if not isinstance(found, PurePath):
            return Launcher(path, real, source=source_of(real), trouble="gone")
        real = found
        content = machine.read(real, LAUNCHER_LIMIT_BYTES)
        data = content.data if isinstance(content, Content) else b""
        manager = _manager(real, data)
        behind = _behind_shim(machine, manager, folder) if manager else None
        if behind is None:
            break
        if isinstance(behind, str):
            return Launcher(path, real, source=manager, trouble=behind)
        real = behind
    python = _interpreter(machine, data)
    return Launcher(path, real, python, source_of(real, python))


def _interpreter(machine: Machine, data: bytes) -> Optional[PurePath]:
    """The interpreter in a script's first line, or in the script inside a Windows program (before its archive)."""
    line = data.split(b"\n", 1)[0] if data.startswith(b"#!") else b""
    if data.startswith(b"MZ"):
        start = data.rfind(b"#!", 0, data.rfind(b"PK\x03\x04") if b"PK\x03\x04" in data else len(data))
        line = data[start:].split(b"\n", 1)[0] if start > 0 else b""
    elif line.rstrip() == b"#!/bin/sh" and b"'''exec'" in data[:1024]:
        # How pip writes a path that is too long or has a space: the second line starts the interpreter.
        line = b"#!" + data.split(b"'''exec'", 1)[1].split(b"\n", 1)[0]
    text = line[2:].decode("utf-8", "replace").strip()
    if not text or "\0" in text:
        return None
    if machine.system.is_windows:
        return machine.path(text.strip('"')) if text.strip('"').lower().endswith(".exe") else None
    return _named(machine, text)


def _named(machine: Machine, text: str) -> Optional[PurePath]:
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    if words and words[0].endswith("/env"):
        words = [word for word in words[1:] if not word.startswith("-")]
    if not words or not re.match(r"(?:python|pypy)", machine.path(words[0]).name):
        return None
    return machine.path(words[0])


def source_of(path: PurePath, python: Optional[PurePath] = None) -> str:
    """Who installed it, told by its place."""
    for place in (each for each in (python, path) if each is not None):
        parts = [part.lower() for part in place.parts]
        text = "/".join(parts)
        for mark, source in (
            ("pythonsoftwarefoundation.python", "store"), ("/pypoetry/", "official"), ("/pipx/", "pipx"),
            ("/uv/tools/", "uv"), ("/cellar/", "homebrew"), ("/.poetry/", "legacy"), ("/mise/installs/poetry", "mise"),
            ("/.asdf/installs/poetry", "asdf"),
        ):  # fmt: skip
            if mark in text:
                return source
    if ".pyenv" in path.parts:
        return "pyenv"
    return "system" if path.parent.as_posix() in ("/usr/bin", "/bin") else "pip"


# --- shims ------------------------------------------------------------------------------------------------------------


def _manager(real: PurePath, data: bytes) -> str:
    """Which version manager's shim this file is, "" for none."""
    head = data[:2048]
    if "shims" not in (part.lower() for part in real.parts):
        return "mise" if real.name == "mise" else ""
    if b"pyenv" in head:
        return "pyenv"
    return "asdf" if b"asdf" in head else ""


def _behind_shim(machine: Machine, manager: str, folder: PurePath) -> Union[PurePath, str, None]:
    """The launcher that a shim leads to, or what is wrong with it; None when only starting it would tell."""
    if manager == "pyenv":
        return _behind_pyenv(machine, folder)
    root = machine.home / ".asdf" if manager == "asdf" else machine.home / ".local" / "share" / "mise"
    installs = root / "installs" / "poetry"
    versions = [name for name in machine.names_in(installs) if re.fullmatch(r"\d+\.\d+[\w.]*", name)]
    return installs / versions[0] / "bin" / "poetry" if len(versions) == 1 else None


def _behind_pyenv(machine: Machine, folder: PurePath) -> Union[PurePath, str, None]:
    is_windows = machine.system.is_windows
    usual = machine.home / ".pyenv" / "pyenv-win" if is_windows else machine.home / ".pyenv"
    root = machine.folder_of("PYENV_ROOT") or machine.folder_of("PYENV") or usual
    chosen = machine.variable("PYENV_VERSION") or ""
    for place in (*(each / ".python-version" for each in (folder, *folder.parents)), root / "version"):
        chosen = chosen or machine.read_text(place, 4096) or ""
    wanted = [each for each in re.split(r"[\s:]+", chosen) if each]
    inner = ("Scripts", "poetry.exe") if is_windows else ("bin", "poetry")
    for name in _matching(machine.names_in(root / "versions"), wanted):
        launcher = root.joinpath("versions", name, *inner)
        if machine.exists(launcher):
            return launcher
    # "system" leads to the rest of PATH, and so does no choice at all.
    return None if not wanted or "system" in wanted else "shim-elsewhere"


def _matching(installed: tuple[str, ...], wanted: list[str]) -> list[str]:
    """The installed versions that pyenv means, in its order: "3.11" is the newest of its series."""
    found = []
    for each in wanted:
        series = [name for name in installed if name == each or name.startswith(each + ".")]
        found += sorted(series, key=lambda name: [int(n) for n in re.findall(r"\d{1,6}", name)])[-1:]
    return found


# --- versions ---------------------------------------------------------------------------------------------------------


def version_beside(machine: Machine, launcher: Launcher) -> str:
    """Poetry's version from the folder of installed packages that its interpreter uses; "" when they don't tell."""
    for folder in _package_folders(machine, launcher):
        for name in machine.names_in(folder):
            found = _PACKAGE.fullmatch(name)
            if found:
                return found[1]
    if launcher.source == "legacy":
        text = machine.read_text(launcher.real.parent.parent / "lib" / "poetry" / "__version__.py", 4096) or ""
        found = re.search(r"__version__\s*=\s*[\"'](\d[^\"']*)", text)
        return found[1] if found else ""
    if launcher.source == "official":
        text = machine.read_text(launcher.real.parent.parent.parent / "VERSION", 256) or ""
        found = re.match(r"\s*(\d[\w.]*)\s*\Z", text)
        return found[1] if found else ""
    return ""


def _package_folders(machine: Machine, launcher: Launcher) -> list[PurePath]:
    """Where Poetry's own package may be, the likeliest first."""
    bases = [launcher.real.parent.parent]
    python = launcher.python if launcher.python is not None and launcher.python.is_absolute() else None
    if machine.system.is_windows:
        bases = [python.parent.parent, python.parent, *bases] if python is not None else bases
        return [folder for base in bases for folder in (base / "Lib" / "site-packages", base / "site-packages")]
    bases = [python.parent.parent, *bases] if python is not None else bases
    series = series_of(machine, python)
    folders: dict[PurePath, None] = {}
    for base in bases:
        names = [f"python{series}"] if series else _only_python(machine, base / "lib")
        for name in names:
            folders.setdefault(base / "lib" / name / "site-packages")
            folders.setdefault(base / "lib" / name / "dist-packages")
        folders.setdefault(base / "lib" / "python3" / "dist-packages")
    return list(folders)


def series_of(machine: Machine, python: Optional[PurePath]) -> str:
    """ "3.11" of an interpreter, from its own name or from that of the file that it is a link to."""
    real = machine.real_path(python) if python is not None and python.is_absolute() else None
    for path in (python, real):
        found = re.search(r"(3\.\d+)\Z", path.name) if isinstance(path, PurePath) else None
        if found:
            return found[1]
    return ""


def _only_python(machine: Machine, folder: PurePath) -> list[str]:
    """The folder of the one Python that has packages here; with several nobody knows whose Poetry it is."""
    names = [name for name in machine.names_in(folder) if re.fullmatch(r"python3\.\d+", name)]
    return names if len(names) == 1 else []
