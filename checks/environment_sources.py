"""The project's own environments: where Poetry keeps them, which one it would use, and what is installed there.

All of it is read from files, as Poetry decides it (poetry/utils/env/env_manager.py, 1.8 and 2.5): an active environment
first, then `.venv` beside pyproject.toml, then the folder whose name holds a hash of the project's own folder.
"""

from __future__ import annotations

import re
from pathlib import PurePath, PureWindowsPath
from typing import Any, Mapping, NamedTuple, Optional

from checks.checkout import Checkout
from checks.interpreters import Launching
from checks.lock_packages import canonical
from checks.manifest import Manifest, loads
from checks.python_path import active_environment
from checks.virtual_environment import Environment, look_at, with_packages
from doctor import Folder, Machine, fact


class PoetrySettings(NamedTuple):
    """What Poetry's configuration says of environments."""

    folder: PurePath
    """Where environments are kept: virtualenvs.path."""
    in_project: Optional[bool] = None
    """virtualenvs.in-project; None lets a .venv that is there decide."""
    creates: bool = True
    """virtualenvs.create"""
    has_keyring: bool = True
    """keyring.enabled"""
    others: tuple[PurePath, ...] = ()
    """More folders to look in: what Python of the Microsoft Store writes goes to a place of its own, and on macOS it
    depends on Poetry's age."""


class ProjectEnvironments(NamedTuple):
    """The environments of the project; all empty for the eras without Poetry."""

    chosen: Optional[Environment] = None
    """The one that Poetry uses now; None when it would make a new one."""
    others: tuple[Environment, ...] = ()
    """Made for this project, but with another Python."""
    moved: tuple[PurePath, ...] = ()
    """Environments of a project of this name in another folder."""
    creates: bool = True
    """False when Poetry is told to install into whatever Python runs it."""
    name: str = ""
    """The project's own package, as it is called when it is installed."""
    settings: Optional[PoetrySettings] = None


MOST_ENVIRONMENTS = 12


@fact
def poetry_settings(machine: Machine, checkout: Checkout) -> PoetrySettings:
    config, cache, others = _places(machine)
    folder = machine.folder_of("POETRY_CONFIG_DIR") or config
    tables = [_toml(machine, folder / "config.toml")]
    if checkout.project is not None:
        tables.insert(0, _toml(machine, checkout.project / "poetry.toml"))
    said = _Said(machine, tables)
    cache = said.path("cache-dir", cache) or cache
    path = said.path("virtualenvs.path", cache)
    return PoetrySettings(
        folder=path or cache / "virtualenvs",
        in_project=said.flag("virtualenvs.in-project"),
        creates=said.flag("virtualenvs.create") is not False,
        has_keyring=said.flag("keyring.enabled") is not False,
        others=() if path else others,
    )


def _places(machine: Machine) -> tuple[PurePath, PurePath, tuple[PurePath, ...]]:
    """Poetry's settings, its cache, and more places of environments (poetry/locations.py: it asks platformdirs)."""
    config, cache = (machine.user_folder(each) / "pypoetry" for each in (Folder.CONFIG, Folder.CACHE))
    if machine.system.is_mac:
        return _mac_places(machine, config, cache)
    if not machine.system.is_windows:
        return config, cache, ()
    packages = machine.user_folder(Folder.LOCAL) / "Packages"
    stores = [n for n in machine.names_in(packages) if n.startswith("PythonSoftwareFoundation.Python.3")]
    inner = ("LocalCache", "Local", "pypoetry", "Cache", "virtualenvs")
    return config, cache / "Cache", tuple(packages.joinpath(name, *inner) for name in stores[:8])


def _mac_places(
    machine: Machine, config: PurePath, cache: PurePath
) -> tuple[PurePath, PurePath, tuple[PurePath, ...]]:
    """platformdirs reads XDG variables on macOS since 2026 (tox-dev/platformdirs#375): a Poetry that was installed
    before does not, so whichever folder is there counts."""
    support, caches = (machine.home.joinpath("Library", name, "pypoetry") for name in ("Application Support", "Caches"))
    if config != support and not machine.is_file(config / "config.toml"):
        config = support
    if cache == caches:
        return config, cache, ()
    places = (cache, caches) if machine.is_folder(cache) else (caches, cache)
    return config, places[0], (places[1] / "virtualenvs",)


def _toml(machine: Machine, path: PurePath) -> Mapping[str, Any]:
    try:
        return loads(machine.read_text(path, 65536) or "")
    except (ValueError, RecursionError):
        return {}


class _Said:
    """Poetry's settings in its order: the environment, the project's poetry.toml, the user's config.toml."""

    def __init__(self, machine: Machine, tables: list[Mapping[str, Any]]) -> None:
        self._machine = machine
        self._tables = tables

    def value(self, name: str) -> Any:
        variable = self._machine.variable("POETRY_" + re.sub(r"[.-]", "_", name).upper())
        if variable is not None:
            return variable
        for table in self._tables:
            value: Any = table
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if value is not None:
                return value
        return None

    def flag(self, name: str) -> Optional[bool]:
        """Only "true" and "1" are true in a variable, as in Poetry."""
        value = self.value(name)
        return value in ("true", "1") if isinstance(value, str) else value if isinstance(value, bool) else None

    def path(self, name: str, cache: PurePath) -> Optional[PurePath]:
        value = self.value(name)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            return None
        text = value.replace("{cache-dir}", str(cache))
        home = self._machine.home
        path = home / text[2:] if text.startswith(("~/", "~\\")) else self._machine.path(text)
        return path if path.is_absolute() else None


@fact
def project_environments(
    machine: Machine,
    checkout: Checkout,
    manifest: Optional[Manifest],
    settings: PoetrySettings,
    launching: Optional[Launching],
) -> ProjectEnvironments:
    if checkout.project is None or manifest is None:
        return ProjectEnvironments()
    name = project_name(manifest)
    real = machine.real_path(checkout.project)
    base = environment_name(name, real if isinstance(real, PurePath) else checkout.project)
    kept, moved = _kept(machine, settings, base)
    minor = _chosen_before(machine, settings, base)
    active = None if minor else active_environment(machine)
    own = checkout.project / ".venv"
    chosen: Optional[Environment] = None
    if active is not None:
        chosen = look_at(machine, active, "active")._replace(is_conda=machine.folder_of("VIRTUAL_ENV") is None)
    elif settings.in_project is not False and machine.is_folder(own):
        chosen = look_at(machine, own, "project")
    elif settings.creates:
        chosen = _likely(kept, minor, launching)
    others = tuple(each for each in kept if chosen is None or each.path != chosen.path)
    if chosen is not None:
        chosen = with_packages(machine, chosen)
    return ProjectEnvironments(chosen, others, moved, settings.creates, canonical(name), settings)


def project_name(manifest: Manifest) -> str:
    """What Poetry calls the project."""
    project = manifest.table.get("project")
    for name in (project.get("name") if isinstance(project, dict) else None, manifest.poetry.get("name")):
        if isinstance(name, str) and name.strip():
            return name
    return "non-package-mode"


def environment_name(name: str, folder: PurePath) -> str:
    """What Poetry calls the project's environments: its name, and a hash of its folder (links followed).

    >>> environment_name("agpt", PurePosixPath("/home/user/AutoGPT/autogpt"))
    """
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    plain = re.sub(r'[ $`!*@"\\\r\n\t]', "_", canonical(name))[:42]
    text = str(folder).lower() if isinstance(folder, PureWindowsPath) else str(folder)
    digest = sha256(text.encode("utf-8", "surrogateescape")).digest()
    return f"{plain}-{urlsafe_b64encode(digest).decode()[:8]}"


def _kept(
    machine: Machine, settings: PoetrySettings, base: str
) -> tuple[tuple[Environment, ...], tuple[PurePath, ...]]:
    """The project's environments in Poetry's folder, and those of a project of this name elsewhere."""
    mine: list[Environment] = []
    moved: list[PurePath] = []
    of_name = re.compile(re.escape(base[:-8]) + r"[\w-]{8}-py3\.\d+\Z", re.IGNORECASE)
    for folder in (settings.folder, *settings.others):
        for name in machine.names_in(folder):
            if re.match(re.escape(base) + r"-py3\.\d+\Z", name) and len(mine) < MOST_ENVIRONMENTS:
                mine.append(look_at(machine, folder / name, "cache"))
            elif of_name.match(name):
                moved.append(folder / name)
    return tuple(mine), tuple(moved)


def _chosen_before(machine: Machine, settings: PoetrySettings, base: str) -> str:
    """The series that `poetry env use` wrote down ("3.11"), "" for none."""
    entry = _toml(machine, settings.folder / "envs.toml").get(base)
    minor = entry.get("minor") if isinstance(entry, dict) else None
    return minor if isinstance(minor, str) else ""


def _likely(kept: tuple[Environment, ...], minor: str, launching: Optional[Launching]) -> Optional[Environment]:
    """The one that `poetry env use` chose, else that of the Python which Poetry prefers."""
    by_poetry = launching.by_poetry if launching else None
    series = minor or (by_poetry.series if by_poetry else "")
    if not series:
        return kept[0] if len(kept) == 1 else None
    return next((each for each in kept if each.path.name.endswith("-py" + series)), None)
