"""Poetry on this machine: every installation, what starts it, and its version, read from files.

Starting Poetry takes longer than the rest of an examination, so it is asked only when its files do not tell.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional, Sequence

from checks.poetry_launchers import Launcher, launcher_of, series_of, version_beside
from checks.unix_places import unix_data
from checks.wsl import windows_mounts
from doctor import Failure, FailureKind, Folder, Machine, Options, fact
from doctor.machine import Ran, Stat


class PoetryProgram(NamedTuple):
    """One installation of Poetry."""

    path: PurePath
    """What is started: the launcher."""
    version: str = ""
    """As it stands ("1.8.5", "2.0.0b1"); "" when nobody tells."""
    python: Optional[PurePath] = None
    """The interpreter that it runs with, as its launcher names it."""
    series: str = ""
    """Of that interpreter ("3.11"), where a name tells it."""
    source: str = ""
    """"official", "pipx", "uv", "homebrew", "system", "legacy", "store", "pyenv", "asdf", "mise" or "pip"."""
    is_on_path: bool = False
    trouble: str = ""
    """"python-gone" (its interpreter is not there any more), "crashes", "no-answer", "shim-elsewhere" (a shim of
    pyenv whose chosen Python has no Poetry), "gone" (a shim or link that leads nowhere); "" when nothing is known."""
    is_inside: bool = False
    """The launcher is the one inside the environment that Poetry has for itself, beside that environment's Python."""
    detail: str = ""
    """What it said when it was started, one line."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """ "2.0.0b1" as (2, 0, 0); empty when the version is not known."""
        head = re.match(r"\d{1,6}(?:\.\d{1,6})*", self.version)
        return tuple(int(n) for n in head[0].split(".")) if head else ()


class Poetries(NamedTuple):
    """All installations of Poetry, those on PATH first, in PATH's order."""

    found: tuple[PoetryProgram, ...] = ()
    installers: tuple[str, ...] = ()
    """Which of pipx, uv, brew, curl and wget this machine has; looked for only when something is wrong."""
    shell: str = ""
    """Name of the user's login shell ("bash", "zsh", "fish"), "" when it is not told."""
    kind: str = "linux"
    """"linux", "darwin" or "windows"."""
    distribution: str = ""
    home: Optional[PurePath] = None
    has_local_bin: bool = False
    """Whether PATH has ~/.local/bin."""
    display: str = ""
    """A DISPLAY that leads nowhere: its socket is not there."""

    @property
    def used(self) -> Optional[PoetryProgram]:
        """The one that the command `poetry` starts."""
        return next((each for each in self.found if each.is_on_path), None)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Version of the one that `poetry` starts, empty when it is not known."""
        return self.used.numbers if self.used else ()


INSTALLERS = ("pipx", "uv", "brew", "curl", "wget")
MOST_STORES = 8
_NO_WAITING = ("PYTHON_KEYRING_BACKEND", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP")
"""Variables that say that the keyring is chosen already, or that there is a desktop to show its window."""


@fact
def poetries(machine: Machine, options: Options) -> Poetries:
    programs = _all(machine, options.folder)
    if programs and programs[0].is_on_path and not programs[0].version and not programs[0].trouble:
        programs[0] = _asked(machine, programs[0])
    is_well = bool(programs) and programs[0].is_on_path and not programs[0].trouble and programs[0].numbers >= (1, 2)
    return Poetries(
        found=tuple(programs),
        installers=() if is_well else tuple(name for name in INSTALLERS if machine.which(name)),
        shell=machine.path(machine.variable("SHELL") or "").name,
        kind=machine.system.kind,
        distribution=machine.system.distribution,
        home=machine.home,
        has_local_bin=machine.home / ".local" / "bin" in machine.search_path(),
        display=_dead_display(machine),
    )


def _all(machine: Machine, folder: PurePath) -> list[PoetryProgram]:
    """Every installation once, those on PATH first. Two launchers with one interpreter start one Poetry: Windows has
    copies of a launcher where others have links."""
    found: dict[str, PoetryProgram] = {}
    known = dict.fromkeys(_on_path(machine, windows_mounts(machine.mounts())), True)
    for path in known_places(machine):
        if path not in known and machine.exists(path):
            known[path] = False
    for path, is_on_path in known.items():
        launcher = launcher_of(machine, path, folder)
        identity = launcher.python if launcher.python is not None and launcher.source != "system" else launcher.real
        if str(identity) not in found:
            found[str(identity)] = _identify(machine, launcher, is_on_path)
    return list(found.values())


def _on_path(machine: Machine, windows: tuple[PurePath, ...]) -> Iterator[PurePath]:
    """Every `poetry` on PATH. In WSL the folders of Windows are left out: each question there is slow, and what is
    there is no Poetry for this Linux."""
    if not windows:
        yield from machine.which_all("poetry")
        return
    for folder in machine.search_path():
        stat = None if any(m == folder or m in folder.parents for m in windows) else machine.stat(folder / "poetry")
        if isinstance(stat, Stat) and stat.is_executable:
            yield folder / "poetry"


def _identify(machine: Machine, launcher: Launcher, is_on_path: bool) -> PoetryProgram:
    program = PoetryProgram(
        path=launcher.path,
        python=launcher.python,
        source=launcher.source,
        is_on_path=is_on_path,
        trouble=launcher.trouble,
        is_inside=not is_on_path and machine.is_file(launcher.path.parent.parent / "pyvenv.cfg"),
    )
    if program.trouble:
        return program
    if launcher.python is not None and launcher.python.is_absolute():
        stat = machine.stat(launcher.python)
        if isinstance(stat, Failure) and stat.kind is FailureKind.ABSENT:
            return program._replace(trouble="python-gone")
    return program._replace(version=version_beside(machine, launcher), series=series_of(machine, launcher.python))


def _asked(machine: Machine, program: PoetryProgram) -> PoetryProgram:
    """Ask Poetry itself. It may hang, crash or lie; whatever it does costs this one question."""
    answer = machine.run([program.path, "--version"])
    if isinstance(answer, Ran):
        text = answer.out + "\n" + answer.err
        version = re.search(r"(?i)poetry\D{0,12}version\s+v?(\d[^)\s]{0,30})", text)
        if answer.status == 0 and version:
            return program._replace(version=version[1])
        said = [line.strip() for line in (answer.out + "\n" + answer.err).splitlines() if line.strip()][-1:]
        return program._replace(trouble="no-answer" if answer.status == 0 else "crashes", detail="".join(said)[:200])
    if answer.kind in (FailureKind.NOT_RUNNABLE, FailureKind.DENIED, FailureKind.ABSENT):
        return program._replace(trouble="crashes", detail="")
    return program._replace(trouble="no-answer")


def _dead_display(machine: Machine) -> str:
    """DISPLAY of a Linux whose local X server is not there: what asks for a password by a window then waits."""
    display = machine.variable("DISPLAY") or ""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if not machine.system.is_linux or local is None or any(machine.variable(name) for name in _NO_WAITING):
        return ""
    return "" if machine.exists(machine.path(f"/tmp/.X11-unix/X{local[1]}")) else display


# --- where installations live -----------------------------------------------------------------------------------------


def known_places(machine: Machine) -> Iterator[PurePath]:
    """Where the installers put Poetry's launcher, whether PATH knows of it or not."""
    system = machine.system
    yield from _windows_places(machine) if system.is_windows else _posix_places(machine)
    if system.is_mac:
        yield machine.path("/opt/homebrew/bin/poetry")
        yield machine.path("/usr/local/bin/poetry")
        versions = machine.home / "Library" / "Python"
        for name in _newest_first(machine.names_in(versions)):
            yield versions / name / "bin" / "poetry"


def _posix_places(machine: Machine) -> Iterator[PurePath]:
    home = machine.home
    data, share = machine.user_folder(Folder.DATA), unix_data(machine)
    # Poetry's own installer takes the usual folder of macOS whatever the variables say.
    installed = home / "Library" / "Application Support" if machine.system.is_mac else data
    own = machine.folder_of("POETRY_HOME")
    if own is not None:
        yield own / "bin" / "poetry"
    yield home / ".local" / "bin" / "poetry"
    yield installed / "pypoetry" / "venv" / "bin" / "poetry"
    pipx = machine.folder_of("PIPX_HOME")
    usual = dict.fromkeys((data / "pipx", share / "pipx", home / ".local" / "pipx"))
    for folder in (pipx,) if pipx else usual:
        yield folder / "venvs" / "poetry" / "bin" / "poetry"
    yield (machine.folder_of("UV_TOOL_DIR") or share / "uv" / "tools") / "poetry" / "bin" / "poetry"
    yield home / ".poetry" / "bin" / "poetry"


def _windows_places(machine: Machine) -> Iterator[PurePath]:
    home = machine.home
    roaming, local = machine.user_folder(Folder.DATA), machine.user_folder(Folder.LOCAL)
    own = machine.folder_of("POETRY_HOME")
    if own is not None:
        yield own / "bin" / "poetry.exe"
        yield own / "venv" / "Scripts" / "poetry.exe"
    yield roaming / "Python" / "Scripts" / "poetry.exe"
    yield roaming / "pypoetry" / "venv" / "Scripts" / "poetry.exe"
    yield home / ".local" / "bin" / "poetry.exe"
    pipx = machine.folder_of("PIPX_HOME")
    for folder in (pipx,) if pipx else (home / "pipx", local / "pipx" / "pipx", home / ".local" / "pipx"):
        yield folder / "venvs" / "poetry" / "Scripts" / "poetry.exe"
    yield roaming / "uv" / "tools" / "poetry" / "Scripts" / "poetry.exe"
    for base in (roaming / "Python", local / "Programs" / "Python"):
        for name in _newest_first(machine.names_in(base)):
            if name.lower().startswith("python3"):
                yield base / name / "Scripts" / "poetry.exe"
    yield from _store_places(machine, local / "Packages")
    yield home / ".poetry" / "bin" / "poetry.bat"


def _store_places(machine: Machine, packages: PurePath) -> Iterator[PurePath]:
    """Python of the Microsoft Store writes to a folder of its own while it says %APPDATA% (poetry#10364)."""
    names = [n for n in machine.names_in(packages) if n.lower().startswith("pythonsoftwarefoundation.python.3")]
    for name in _newest_first(names)[:MOST_STORES]:
        cache = packages / name / "LocalCache"
        yield cache / "Roaming" / "Python" / "Scripts" / "poetry.exe"
        yield cache / "Roaming" / "pypoetry" / "venv" / "Scripts" / "poetry.exe"
        for inner in machine.names_in(cache / "local-packages"):
            yield cache / "local-packages" / inner / "Scripts" / "poetry.exe"


def _newest_first(names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: [int(n) for n in re.findall(r"\d{1,6}", name)], reverse=True)
