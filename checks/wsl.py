"""WSL from inside: whether this Linux runs in the Windows Subsystem for Linux, which version, and how it is set up."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple


class Wsl(NamedTuple):
    """What kind of WSL this Linux runs in, if any. `Wsl()` means: not WSL at all."""

    version: int = 0
    """1 or 2; 0 outside of WSL, in a container on a WSL kernel, and on Windows itself."""
    is_container: bool = False
    """A container on a WSL 2 kernel (Docker Desktop, a dev container): not WSL, though its kernel says so."""
    is_likely: bool = False
    """A custom kernel that does not name Microsoft; the other signs say WSL 2."""
    distribution: str = ""
    """The name that wsl.exe knows ("Ubuntu-22.04"), "" when it is not told (under sudo, over SSH)."""
    kernel: str = ""
    """Kernel release ("5.15.167.4-microsoft-standard-WSL2")."""
    networking_mode: str = ""
    """"nat", "mirrored", "bridged", "virtioproxy", "consomme", "none" or "wsl1"; "" outside of WSL."""
    is_networking_inferred: bool = False
    """Nobody said so: NAT is what WSL 2 uses unless it is told otherwise."""
    has_systemd: bool = False
    interop: str = ""
    """Starting Windows programs: "enabled", "late" (enabled under its systemd name), "disabled" (registered but
    switched off), "none" (nothing registered); "" when the system does not tell."""
    windows_mounts: tuple[PurePath, ...] = ()
    """Where Windows drives are mounted, wherever that is (/mnt/c, /c)."""

    @property
    def is_wsl(self) -> bool:
        return self.version > 0

    def on_windows_drive(self, path: PurePath) -> bool:
        """Whether a path (its links already followed) lies on a Windows drive."""
        return any(mount == path or mount in path.parents for mount in self.windows_mounts)
