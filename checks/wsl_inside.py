"""What hurts inside of WSL: Windows programs that cannot be started, an engine that nothing starts, little memory."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, Mapping, NamedTuple, Optional

from checks.meanings import WSL_MEMORY
from checks.wsl import CONFIGURATION, Wsl
from doctor import (
    Evidence,
    Finding,
    Link,
    Machine,
    NotHere,
    Stage,
    check,
    fact,
    found,
    note,
    ok,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Memory

# --- facts --------------------------------------------------------------------------------------------------------


class WslSettings(NamedTuple):
    """/etc/wsl.conf, section and key in lower case; empty outside of WSL."""

    values: Mapping[tuple[str, str], str] = {}

    def is_off(self, section: str, key: str) -> bool:
        """Whether a switch that is on by default has been turned off."""
        return self.values.get((section, key), "").lower() in ("false", "0", "no", "off")


class WslEngine(NamedTuple):
    """Whether a Docker engine of its own is installed in the distribution; False outside of WSL 2."""

    is_installed: bool = False


class WslMemory(NamedTuple):
    """The memory of the WSL 2 machine. Windows gives it half of its own unless .wslconfig says otherwise."""

    total_bytes: Optional[int] = None
    """None outside of WSL 2, and when the system does not tell."""
    limit: str = ""
    """What .wslconfig allows, as it stands there ("3GB"); read only when the total is small."""
    file: Optional[PurePath] = None
    """.wslconfig in the Windows home, where it could be found."""


LITTLE_BYTES = 4_000_000_000
"""Half of an ordinary 8 GB laptop is a little more."""
VERY_LITTLE_BYTES = 2_000_000_000


@fact
def wsl_settings(machine: Machine, wsl: Wsl) -> WslSettings:
    return WslSettings(ini(machine.read_text(machine.path("/etc/wsl.conf"), 65536) or "") if wsl.is_wsl else {})


@fact
def wsl_engine(machine: Machine, wsl: Wsl) -> WslEngine:
    return WslEngine(wsl.version == 2 and machine.exists(machine.path("/usr/bin/dockerd")))


@fact
def wsl_memory(machine: Machine, wsl: Wsl) -> WslMemory:
    memory = machine.memory() if wsl.version == 2 else None
    if not isinstance(memory, Memory):
        return WslMemory()
    home = _windows_home(machine, wsl) if memory.total_bytes < LITTLE_BYTES else None
    if home is None:
        return WslMemory(memory.total_bytes)
    settings = ini(machine.read_text(home / ".wslconfig", 65536) or "")
    return WslMemory(memory.total_bytes, settings.get(("wsl2", "memory"), ""), home / ".wslconfig")


def _windows_home(machine: Machine, wsl: Wsl) -> Optional[PurePath]:
    """The user's folder in Windows, from PATH: Windows puts a folder below it there for everyone."""
    for folder in machine.search_path():
        for mount in wsl.windows_mounts:
            if mount in folder.parents:
                parts = folder.relative_to(mount).parts
                if len(parts) > 2 and parts[0].lower() == "users" and parts[2].lower() == "appdata":
                    return mount / parts[0] / parts[1]
    return None


def ini(text: str) -> dict[tuple[str, str], str]:
    """wsl.conf and .wslconfig as (section, key) in lower case to value. What is no setting is passed over."""
    values, section = {}, ""
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip().lower()
        elif "=" in line:
            key, _, value = line.partition("=")
            values[section, key.strip().lower()] = value.strip().strip('"')
    return values


def size_bytes(text: str) -> Optional[int]:
    """A size as .wslconfig writes it ("4GB", "512MB", plain bytes), None for anything else."""
    size = re.fullmatch(r"(\d{1,15})\s*([KMGT]?)B?", text.strip(), re.IGNORECASE)
    return int(size[1]) * 1024 ** " KMGT".index(size[2].upper() or " ") if size else None


# --- checks -------------------------------------------------------------------------------------------------------


@check("wsl.interop", title="Windows programs in WSL", stage=Stage.MACHINE, codes=("wsl.interop-off",))
def wsl_interop(wsl: Wsl, wsl_settings: WslSettings) -> Iterator[Finding]:
    """WSL can start Windows programs, and some tools count on it: `code`, and Docker's program for stored logins.

    The Linux kernel is told of that by an entry called WSLInterop. llamafile's own advice deletes it, and systemd
    sometimes wipes it. AutoGPT itself runs without it. Where it was switched off in /etc/wsl.conf on purpose, this is
    only a note.
    """
    if not wsl.is_wsl:
        raise NotHere
    if wsl.interop not in ("none", "disabled"):
        return
    if wsl_settings.is_off("interop", "enabled"):
        make, way = note, remedy("It was switched off in /etc/wsl.conf, under [interop].", links=[CONFIGURATION])
    else:
        command = REGISTER if wsl.interop == "none" else ENABLE
        way = remedy(
            "Put the entry back. A llamafile is best run in Windows itself, where it needs no such change.",
            run(command, note="until WSL is restarted, which puts it back as well"),
            links=[INTEROP],
        )
        make = warning
    yield make(
        "wsl.interop-off",
        "Windows programs cannot be started from this Linux",
        detail="AutoGPT itself does not need them. Docker Desktop's stored logins and the command `code` do.",
        evidence=found(
            "no entry WSLInterop" if wsl.interop == "none" else "the entry WSLInterop is disabled",
            wanted="WSLInterop or WSLInterop-late, enabled",
            where="/proc/sys/fs/binfmt_misc",
        ),
        remedy=way,
    )


@check("wsl.systemd", title="systemd in WSL", stage=Stage.MACHINE, codes=("wsl.no-systemd",))
def wsl_systemd(wsl: Wsl, wsl_engine: WslEngine) -> Iterator[Finding]:
    """A Docker engine that is installed inside WSL is started by systemd, which older distributions leave off.

    This matters only where the engine itself is installed in the distribution. With Docker Desktop nothing has to be
    started here.
    """
    if not wsl.is_wsl:
        raise NotHere
    if wsl_engine.is_installed and not wsl.has_systemd:
        yield note(
            "wsl.no-systemd",
            "A Docker engine is installed here, and nothing starts it by itself: systemd is off",
            remedy=remedy(
                "Start it by hand, or put systemd=true under [boot] in /etc/wsl.conf and restart WSL.",
                run("sudo service docker start"),
                links=[SYSTEMD],
            ),
        )


@check("wsl.memory", title="Memory of WSL", stage=Stage.RESOURCES, codes=WSL_MEMORY)
def wsl_memory_is_enough(wsl: Wsl, wsl_memory: WslMemory) -> Iterator[Finding]:
    """WSL 2 is a machine of its own with a part of the computer's memory: half of it, unless .wslconfig says less.

    With little memory, installing AutoGPT's packages or running a model ends with the one word "Killed". Below 2 GB
    this is a warning, and below 4 GB where .wslconfig could simply allow more; otherwise it is a note.
    """
    if not wsl.is_wsl:
        raise NotHere
    total, limit = wsl_memory.total_bytes, size_bytes(wsl_memory.limit)
    if total is None:
        return
    if total >= LITTLE_BYTES:
        yield ok("wsl.enough-memory", say("{size} of memory", size=_gigabytes(total)))
        return
    # What is seen inside is a little less than what was allowed.
    is_capped = limit is not None and limit < LITTLE_BYTES * 1.1 and total <= limit
    yield (warning if is_capped or total < VERY_LITTLE_BYTES else note)(
        "wsl.memory",
        say("WSL has only {size} of memory", size=_gigabytes(total)),
        detail="Installing packages, or a model of your own, may end with the word Killed.",
        evidence=list(_memory_evidence(wsl_memory, is_capped)),
        remedy=remedy(
            "Allow more by memory= under [wsl2] in the file .wslconfig of your Windows home folder, then restart WSL.",
            run("notepad $HOME\\.wslconfig", shell="powershell", note="in PowerShell"),
            run("wsl --shutdown", shell="powershell", note="ends all that runs in WSL; then open it again"),
            links=[LIMITS],
        ),
    )


def _memory_evidence(memory: WslMemory, is_capped: bool) -> Iterator[Evidence]:
    yield found(say("{size} in all", size=_gigabytes(memory.total_bytes or 0)), wanted="4 GB or more")
    if is_capped and memory.file is not None:
        yield found(say("memory={limit}", limit=memory.limit), where=say("{file}", file=memory.file))


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


# --- commands and links -------------------------------------------------------------------------------------------

# The entry as WSL itself registers it: https://github.com/microsoft/WSL/issues/8843
REGISTER = "sudo sh -c 'echo :WSLInterop:M::MZ::/init:PF > /proc/sys/fs/binfmt_misc/register'"
ENABLE = "sudo sh -c 'for entry in /proc/sys/fs/binfmt_misc/WSLInterop*; do echo 1 > $entry; done'"
INTEROP = Link(
    "Working across Windows and Linux",
    "https://learn.microsoft.com/en-us/windows/wsl/filesystems#run-windows-tools-from-linux",
)
SYSTEMD = Link("systemd in WSL", "https://learn.microsoft.com/en-us/windows/wsl/systemd")
LIMITS = Link("The settings of .wslconfig", "https://learn.microsoft.com/en-us/windows/wsl/wsl-config#wslconfig")
