"""The folders that a system keeps for a user's programs. Only the machine itself knows for sure where they are: Windows
moves AppData to a server or to another drive, and a service has no variable that tells.
"""

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from doctor.machine import Machine


class Folder(Enum):
    """A folder for programs of this user; each program has one of its own in it. The names are stable, recordings use
    them."""

    CONFIG = "config"  # ~/.config, ~/Library/Application Support, AppData\Roaming
    DATA = "data"  # ~/.local/share, ~/Library/Application Support, AppData\Roaming
    LOCAL = "local"  # what stays on this computer: AppData\Local; elsewhere the same as DATA
    CACHE = "cache"  # ~/.cache, ~/Library/Caches, AppData\Local


_ROAMING = (Folder.CONFIG, Folder.DATA)
_SUPPORT = ("Library", "Application Support")
_POSIX = {
    Folder.CONFIG: ("XDG_CONFIG_HOME", (".config",), _SUPPORT),
    Folder.DATA: ("XDG_DATA_HOME", (".local", "share"), _SUPPORT),
    Folder.LOCAL: ("XDG_DATA_HOME", (".local", "share"), _SUPPORT),
    Folder.CACHE: ("XDG_CACHE_HOME", (".cache",), ("Library", "Caches")),
}
"""The variable, where the folder is without it, and where it then is on macOS
(https://specifications.freedesktop.org/basedir-spec/latest/; on macOS as platformdirs has it)."""


def by_rule(machine: Machine, folder: Folder) -> PurePath:
    """Where such a folder is by a machine's variables and its home folder."""
    if machine.system.is_windows:
        name, usual = ("APPDATA", "Roaming") if folder in _ROAMING else ("LOCALAPPDATA", "Local")
        return machine.folder_of(name) or machine.home / "AppData" / usual
    name, on_linux, on_mac = _POSIX[folder]
    return machine.folder_of(name) or machine.home.joinpath(*(on_mac if machine.system.is_mac else on_linux))


def _is_in_order(variable: str, unset: str = "/") -> bool:
    """Whether it holds an absolute path, or, unless `unset` says otherwise, nothing."""
    value = os.environ.get(variable) or unset
    return value.startswith("/") and value == value.strip().strip('"')


def of_this_system(folder: Folder) -> Optional[str]:
    """What this computer itself says (Windows' known folders), None when the rule says the same, or it says nothing.

    On Linux variables alone decide. While these are in order platformdirs has nothing to add, and importing it takes
    as long as a dozen facts.
    """
    if sys.platform.startswith("linux") and _is_in_order("HOME", "") and _is_in_order(_POSIX[folder][0]):
        return None
    from platformdirs import PlatformDirs

    folders = PlatformDirs(appname=None, appauthor=False, roaming=folder in _ROAMING)
    try:
        if folder is Folder.CACHE:
            return folders.user_cache_dir
        return folders.user_config_dir if folder is Folder.CONFIG else folders.user_data_dir
    except (OSError, RuntimeError, ValueError, KeyError):  # no known folder, no registry key, no variable, no home
        return None
