"""How to get a Python on this very machine, and how to make AutoGPT use it."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional, Sequence

from checks.interpreters import Interpreter
from checks.poetry_remedies import poetry
from doctor import Command, Folder, Link, Machine, fact, run

DOWNLOADS = Link("Python: downloads", "https://www.python.org/downloads/")
WINDOWS = Link("Using Python on Windows", "https://docs.python.org/3/using/windows.html")
TUTORIAL = Link("Installing Python on Windows", "https://www.tutorialspoint.com/how-to-install-python-in-windows")
MAC = Link("Using Python on a Mac", "https://docs.python.org/3/using/mac.html")
UV = Link("uv: installing Python", "https://docs.astral.sh/uv/guides/install-python/")
PYENV = Link("pyenv: usage", "https://github.com/pyenv/pyenv#usage")
ENVIRONMENTS = Link("Poetry: switching environments", "https://python-poetry.org/docs/managing-environments/")
SETUP = Link("AutoGPT: setup", "https://docs.agpt.co/classic/original_autogpt/setup/")
VERSIONS = Link("Status of Python versions", "https://devguide.python.org/versions/")
VENV = Link("Python: virtual environments", "https://docs.python.org/3/library/venv.html")
MANAGED = Link(
    "Externally managed environments",
    "https://packaging.python.org/en/latest/specifications/externally-managed-environments/",
)
ROSETTA = Link("Apple: Rosetta", "https://support.apple.com/en-us/102527")

# Which series the own packages of a distribution have. What is not listed here is not advised from there.
_APT = {
    ("ubuntu", "20.04"): ("3.8",), ("ubuntu", "22.04"): ("3.10",), ("ubuntu", "24.04"): ("3.12",),
    ("ubuntu", "26.04"): ("3.14",),
    ("debian", "11"): ("3.9",), ("debian", "12"): ("3.11",), ("debian", "13"): ("3.13",),
}  # fmt: skip
_DNF = {
    "fedora": ("3.10", "3.11", "3.12", "3.13"), "rhel": ("3.11", "3.12"), "almalinux": ("3.11", "3.12"),
    "rocky": ("3.11", "3.12"), "centos": ("3.11", "3.12"),
}  # fmt: skip


class Installers(NamedTuple):
    """What this machine has for installing a Python."""

    kind: str
    """"linux", "darwin" or "windows"."""
    distribution: str = ""
    release: str = ""
    """Of the distribution, "24.04"."""
    tools: tuple[str, ...] = ()
    """Of "pyenv", "uv", "brew", "apt-get", "dnf", "winget", "pymanager" (Python's own) those that are there."""
    home: Optional[PurePath] = None
    python_home: Optional[PurePath] = None
    """What PYTHONHOME says; every Python that is started looks for its own parts there."""

    @property
    def shell(self) -> str:
        return "powershell" if self.kind == "windows" else "sh"

    @property
    def is_windows(self) -> bool:
        return self.kind == "windows"

    @property
    def packaged(self) -> tuple[str, ...]:
        """The series that the distribution's own packages have."""
        if "apt-get" in self.tools:
            return _APT.get((self.distribution, self.release), ())
        return _DNF.get(self.distribution, ()) if "dnf" in self.tools else ()


@fact
def installers(machine: Machine) -> Installers:
    system = machine.system
    if system.is_windows:
        winget = machine.user_folder(Folder.LOCAL) / "Microsoft" / "WindowsApps" / "winget.exe"
        uv = machine.home / ".local" / "bin" / "uv.exe"
        tools = [
            *(["pymanager"] if machine.exists(winget.with_name("pymanager.exe")) else []),
            *(["winget"] if machine.exists(winget) else []),
            *(["uv"] if machine.exists(uv) or machine.which("uv.exe") else []),
        ]
    else:
        names = ("pyenv", "uv", "brew") if system.is_mac else ("pyenv", "uv", "brew", "apt-get", "dnf")
        tools = [name for name in names if machine.which(name)]
    release = re.search(r"[0-9]+(?:\.[0-9]+)?", system.name)
    return Installers(
        kind=system.kind,
        distribution=system.distribution,
        release=release[0] if release else "",
        tools=tuple(tools),
        home=machine.home,
        python_home=machine.folder_of("PYTHONHOME"),
    )


def get(installers: Installers, series: str) -> list[Command]:
    """The commands that bring a Python of this series; none where it has to be downloaded."""
    if installers.is_windows:
        return _get_on_windows(installers, series)
    if "pyenv" in installers.tools:
        return [run("pyenv install {series}", series=series)]
    if "uv" in installers.tools:
        return [run("uv python install {series}", series=series)]
    if series in installers.packaged:
        if "apt-get" in installers.tools:
            return [run("sudo apt install python{series} python{series}-venv", series=series)]
        return [run("sudo dnf install python{series}", series=series)]
    if "brew" in installers.tools:
        line = 'export PATH="$(brew --prefix python@{series})/libexec/bin:$PATH"'
        named = run(line, series=series, note="names it python3, in this terminal")
        return [run("brew install python@{series}", series=series), named]
    if installers.kind == "darwin":
        return []
    note = "uv brings Pythons, and leaves the system's own alone"
    return [
        run("curl -LsSf https://astral.sh/uv/install.sh | sh", note=note),
        run("~/.local/bin/uv python install {series}", series=series),
    ]


def _get_on_windows(installers: Installers, series: str) -> list[Command]:
    shell = installers.shell
    if "pymanager" in installers.tools:
        return [run("pymanager install {series}", series=series, shell=shell)]
    if "winget" in installers.tools:
        note = "then open a new terminal"
        return [run("winget install --exact --id Python.Python.{series}", series=series, shell=shell, note=note)]
    if "uv" in installers.tools:
        return [run("uv python install {series}", series=series, shell=shell)]
    return []


def get_first(installers: Installers, series: str) -> list[Command]:
    """Where there is no Python at all: the one that the distribution calls python3, where it is known to do."""
    if "apt-get" in installers.tools:
        return [run("sudo apt install python3 python3-venv")]
    return get(installers, series)


def use_new(installers: Installers, series: str, project: Optional[PurePath]) -> list[Command]:
    """The commands that make Poetry use the Python that `get` has just brought."""
    has, kind = installers.tools, installers.kind
    if installers.is_windows and "pymanager" in has:
        place = f"Python\\pythoncore-{series}-64"
    elif installers.is_windows and "winget" in has:
        place = "Programs\\Python\\Python" + series.replace(".", "")
    else:
        place = ""
    if place:
        return [poetry(project, kind, f'env use "$env:LOCALAPPDATA\\{place}\\python.exe"')]
    if not installers.is_windows and "pyenv" in has:
        there = [run("cd {folder}", folder=project)] if project else []
        return [*there, run("pyenv local {series}", series=series), poetry(project, kind, f"env use {series}")]
    is_by_uv = "uv" in has or (kind == "linux" and series not in installers.packaged and "brew" not in has)
    if is_by_uv:
        program = "uv" if "uv" in has else "~/.local/bin/uv"
        return [poetry(project, kind, f'env use "$({program} python find {series})"')]
    return [poetry(project, kind, f"env use {series}")]


def use(installers: Installers, interpreter: Interpreter, project: Optional[PurePath]) -> Command:
    """Make Poetry use an interpreter that is there."""
    return poetry(project, installers.kind, "env use {python}", python=interpreter.path)


def environment(installers: Installers, interpreter: Interpreter, folder: Optional[PurePath]) -> list[Command]:
    """For the eras without Poetry: an environment of its own, made with this interpreter."""
    there = [run("cd {folder}", folder=folder, shell=installers.shell)] if folder else []
    if installers.is_windows:
        return [
            *there,
            run("& {python} -m venv .venv", python=interpreter.path, shell="powershell"),
            run(".venv\\Scripts\\Activate.ps1", shell="powershell", note="in each new terminal"),
        ]
    return [
        *there,
        run("{python} -m venv .venv", python=interpreter.path),
        run(". .venv/bin/activate", note="in each new terminal"),
    ]


def links(installers: Installers, *more: Link) -> Sequence[Link]:
    """Where to read how Python is installed on this system."""
    if installers.is_windows:
        return (*more, DOWNLOADS, WINDOWS, TUTORIAL)
    tools = [link for tool, link in (("pyenv", PYENV), ("uv", UV)) if tool in installers.tools]
    return (*more, *tools, DOWNLOADS, *([MAC] if installers.kind == "darwin" else []))
