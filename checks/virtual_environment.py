"""One virtual environment, read from its files: which Python it was made from, whether that is still there, and what is
installed in it. Nothing is started.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Mapping, NamedTuple, Optional

from checks.lock_packages import canonical
from doctor import Failure, FailureKind, Machine


class Environment(NamedTuple):
    """One virtual environment that is, or may be, the project's."""

    path: PurePath
    kind: str
    """"active" (of the shell: VIRTUAL_ENV or conda), "project" (.venv) or "cache" (Poetry's own folder)."""
    version: tuple[int, ...] = ()
    """Of its Python, like (3, 11, 7); empty when it is not told."""
    python: Optional[PurePath] = None
    """Its interpreter."""
    home: Optional[PurePath] = None
    """The folder of the interpreter that it was made from."""
    is_broken: bool = False
    """The interpreter that it was made from is gone."""
    packages: Mapping[str, str] = {}
    """Installed packages: canonical name to version. Empty when they cannot be listed."""
    is_listed: bool = False
    """Whether the folder of its packages could be listed."""
    is_conda: bool = False
    """Active because conda says so, and not VIRTUAL_ENV."""

    @property
    def series(self) -> str:
        return ".".join(str(n) for n in self.version[:2])

    def has(self, name: str) -> bool:
        return canonical(name) in self.packages


def look_at(machine: Machine, path: PurePath, kind: str) -> Environment:
    """What pyvenv.cfg says, and whether its interpreter is still there."""
    text = machine.read_text(path / "pyvenv.cfg", 16384) or ""
    said = {key.strip().lower(): value.strip() for key, _, value in (line.partition("=") for line in text.splitlines())}
    version = re.match(r"(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?", said.get("version_info") or said.get("version") or "")
    named = re.search(r"-py(3)\.(\d{1,3})()\Z", path.name)
    numbers = version or named
    home = machine.path(said["home"]) if said.get("home") and "\0" not in said["home"] else None
    is_windows = machine.system.is_windows
    python = path.joinpath(*(("Scripts", "python.exe") if is_windows else ("bin", "python")))
    if kind == "active" and not text:
        python = path / "python.exe" if is_windows else python  # conda
    return Environment(
        path=path,
        kind=kind,
        version=tuple(int(n) for n in numbers.groups() if n) if numbers else (),
        python=python,
        home=home,
        is_broken=_is_gone(machine, python) or (is_windows and _is_gone(machine, home)),
    )


def _is_gone(machine: Machine, path: Optional[PurePath]) -> bool:
    if path is None or not path.is_absolute():
        return False
    stat = machine.stat(path)
    return isinstance(stat, Failure) and stat.kind is FailureKind.ABSENT


_INSTALLED = re.compile(r"([A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]*[A-Za-z][A-Za-z0-9_.]*)*)-(\d[^-]*)\.dist-info")


def with_packages(machine: Machine, environment: Environment) -> Environment:
    """The same with what is installed in it, by the names of its folders `NAME-VERSION.dist-info`."""
    if machine.system.is_windows:
        folder = environment.path / "Lib" / "site-packages"
    else:
        names = [n for n in machine.names_in(environment.path / "lib") if re.fullmatch(r"python3\.\d+", n)]
        right = f"python{environment.series}"
        folder = environment.path / "lib" / (right if right in names or not names else names[0]) / "site-packages"
    names_or_failure = machine.list(folder)
    if isinstance(names_or_failure, Failure):
        return environment
    packages = {}
    for name in names_or_failure.names:
        found = _INSTALLED.fullmatch(name)
        if found:
            packages[canonical(found[1])] = found[2]
    return environment._replace(packages=packages, is_listed=True)
