"""What is asked beside the network when nothing gets through: who looks up names, and whether Windows gets out."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.wsl import Wsl
from doctor import Failure, FailureKind, Machine
from doctor.machine import Content, Ran

MOST_SERVERS = 3
"""More of them no resolver asks."""
ASKED_FROM_WINDOWS = "https://api.openai.com/"


class NameServers(NamedTuple):
    """Who looks names up on a Linux machine."""

    path: PurePath
    state: str
    """ "there", "absent", or "dangling" (a link to nothing)."""
    servers: tuple[str, ...] = ()
    keeps_own: bool = False
    """WSL is told in /etc/wsl.conf to leave this file alone (generateResolvConf = false)."""


def name_servers(machine: Machine, wsl: Wsl) -> Optional[NameServers]:
    """None on systems that keep them elsewhere."""
    if not machine.system.is_linux:
        return None
    path = machine.path("/etc/resolv.conf")
    content = machine.read(path, 65536)
    keeps = wsl.is_wsl and _keeps_own(machine.read_text(machine.path("/etc/wsl.conf"), 65536) or "")
    if not isinstance(content, Content):
        itself = machine.stat(path, follow=False)
        is_gone = isinstance(content, Failure) and content.kind is FailureKind.ABSENT
        is_dangling = is_gone and not isinstance(itself, Failure) and itself.kind == "link"
        return NameServers(path, "dangling" if is_dangling else "absent", (), keeps)
    lines = (line.split() for line in content.text.splitlines())
    servers = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return NameServers(path, "there", tuple(servers[:MOST_SERVERS]), keeps)


def _keeps_own(text: str) -> bool:
    """Whether the section [network] of wsl.conf says generateResolvConf = false."""
    section = ""
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            section = line.strip("[] \t").lower()
        name, _, value = line.partition("=")
        if section == "network" and name.strip().lower() == "generateresolvconf":
            return value.strip().strip("\"'").lower() in ("false", "0")
    return False


def windows_answers(machine: Machine, wsl: Wsl, timeout_s: float) -> Optional[bool]:
    """Whether Windows itself gets out to the internet, asked from inside WSL; None when it cannot be asked."""
    program = curl_of_windows(machine, wsl)
    if program is None:
        return None
    words = ("--silent", "--head", "--max-time", "3", "--output", "NUL", ASKED_FROM_WINDOWS)
    ran = machine.run([program, *words], timeout_s)
    return ran.status == 0 if isinstance(ran, Ran) else None


def curl_of_windows(machine: Machine, wsl: Wsl) -> Optional[PurePath]:
    """Windows' own curl, which it has since 2018; None where programs of Windows cannot be started from here."""
    if not wsl.is_wsl or wsl.interop not in ("enabled", "late"):
        return None
    places = (mount / "Windows" / "System32" / "curl.exe" for mount in wsl.windows_mounts)
    return next((each for each in places if machine.is_file(each)), None)
