"""Where programs of the Unix tradition keep a user's things: on macOS too, which has folders of its own for others."""

from __future__ import annotations

from pathlib import PurePath

from doctor import Machine


def unix_settings(machine: Machine) -> PurePath:
    """~/.config, wherever XDG_CONFIG_HOME has it."""
    return machine.folder_of("XDG_CONFIG_HOME") or machine.home / ".config"


def unix_data(machine: Machine) -> PurePath:
    """~/.local/share, wherever XDG_DATA_HOME has it."""
    return machine.folder_of("XDG_DATA_HOME") or machine.home / ".local" / "share"
