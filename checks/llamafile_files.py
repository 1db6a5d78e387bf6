"""The files of a llamafile beside AutoGPT's `serve.py`, and what Linux does with a program of their form.

Nothing of it is asked unless a model in use is a llamafile's, and not while one answers.

Source: `scripts/llamafile/serve.py` of AutoGPT, which keeps its files in its own folder; llamafile's README.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.checkout import Checkout
from checks.endpoints import Endpoints
from checks.hosts import is_loopback
from checks.llamafile_server import LlamafileServer
from doctor import Machine, NotHere, fact
from doctor.machine import Content, Stat

USUAL_FILE = "mistral-7b-instruct-v0.2.Q5_K_M.llamafile"
"""What `serve.py` fetches and starts when it is told nothing else."""
RUNTIME = "llamafile.exe"
"""The program without a model that `serve.py` starts on Windows."""
SILENT = ("llamafile.not-running", "llamafile.timeout", "llamafile.unreachable")
"""What is said of an address where no llamafile answers, and nobody else either."""
_FRAGMENT = r"(?i)\.(?:part|partial|crdownload|download|tmp|aria2)\Z"
_LLAMAFILE = r"(?i)\.llamafile(?:\.exe)?\Z"
MOST_FILES = 20


class LlamafileFile(NamedTuple):
    """A file that is, or is to become, a llamafile."""

    path: PurePath
    size_bytes: int
    is_executable: bool
    is_page: bool = False
    """A page of the web, or a note of git's, in the place of the program."""

    @property
    def is_fragment(self) -> bool:
        return re.search(_FRAGMENT, self.path.name) is not None


class LlamafileFiles(NamedTuple):
    """What lies in the folder of `serve.py`."""

    folder: PurePath
    is_silent: bool
    """It was asked for, and nobody answers there; False also when it was not asked."""
    files: tuple[LlamafileFile, ...] = ()
    has_runtime: bool = False

    @property
    def whole(self) -> tuple[LlamafileFile, ...]:
        return tuple(each for each in self.files if not each.is_fragment)

    @property
    def usual(self) -> Optional[LlamafileFile]:
        return next((each for each in self.files if each.path.name == USUAL_FILE), None)

    @property
    def model_bytes(self) -> int:
        """The size of the model that would be served; 0 when none is there."""
        best = self.usual or max(self.whole, key=lambda each: each.size_bytes, default=None)
        return best.size_bytes if best is not None else 0


@fact
def llamafile_files(
    machine: Machine, checkout: Checkout, endpoints: Endpoints, llamafile_server: Optional[LlamafileServer]
) -> LlamafileFiles:
    endpoint = endpoints.of("llamafile")
    if endpoint is None or not endpoint.is_needed or not is_loopback(endpoint.host):
        raise NotHere
    trouble = "" if llamafile_server is None else llamafile_server.trouble
    if llamafile_server is not None and (trouble not in SILENT or llamafile_server.elsewhere is not None):
        raise NotHere
    folder = checkout.agent / "scripts" / "llamafile"
    names = machine.names_in(folder)
    kept = [name for name in names if re.search(_LLAMAFILE, re.sub(_FRAGMENT, "", name))][:MOST_FILES]
    files = tuple(each for name in kept if (each := _file(machine, folder / name)) is not None)
    has_runtime = any(name.lower() == RUNTIME for name in names)
    return LlamafileFiles(folder, trouble in SILENT, files, has_runtime)


def _file(machine: Machine, path: PurePath) -> Optional[LlamafileFile]:
    stat = machine.stat(path)
    if not isinstance(stat, Stat) or not stat.is_file:
        return None
    return LlamafileFile(path, stat.size_bytes, stat.is_executable, _is_page(machine, path, stat.size_bytes))


def _is_page(machine: Machine, path: PurePath, size_bytes: int) -> bool:
    """What a failed download leaves: the page of an error, or git's note of a large file."""
    if not 0 < size_bytes < 1_000_000:
        return False
    content = machine.read(path, 512)
    start = content.data.lstrip().lower() if isinstance(content, Content) else b""
    return start.startswith((b"<!doctype", b"<html", b"version https://git-lfs", b"{"))


# --- formats --------------------------------------------------------------------------------------------------------


class Formats(NamedTuple):
    """What Linux' table of foreign programs (binfmt_misc) says of a file that begins as a llamafile does."""

    is_known: bool = False
    """False where there is no such table, and on other systems."""
    loader: str = ""
    """Which entry is made for llamafiles, "" when none is."""
    takers: tuple[str, ...] = ()
    """Entries that give it to somebody else: Windows (WSLInterop), Wine, Mono."""


_TABLE = "/proc/sys/fs/binfmt_misc"
_MAGIC = "4d5a714670"
"""MZqFp, in hexadecimal. Every program of Windows begins with the first two letters."""


@fact
def formats(machine: Machine, llamafile_files: LlamafileFiles) -> Formats:
    """Needs `LlamafileFiles` only for being asked when that is."""
    if not machine.system.is_linux:
        return Formats()
    folder = machine.path(_TABLE)
    names = machine.names_in(folder)
    if "register" not in names or (machine.read_text(folder / "status", 64) or "enabled").strip() != "enabled":
        return Formats()
    loader, takers = "", []
    for name in names:
        if name not in ("register", "status") and not name.startswith(("qemu-", "python")):
            magic = _magic_of(machine.read_text(folder / name, 4096) or "")
            if magic.startswith(_MAGIC):
                loader = name
            elif magic == _MAGIC[: len(magic)] != "":
                takers.append(name)
    return Formats(True, loader, tuple(takers))


def _magic_of(entry: str) -> str:
    """The first bytes that an entry is for, in hexadecimal; "" when it is disabled, or goes by something else.

    https://docs.kernel.org/admin-guide/binfmt-misc.html
    """
    words = dict(line.partition(" ")[::2] for line in entry.splitlines())
    if "enabled" not in words or words.get("offset", "0") != "0":
        return ""
    magic = words.get("magic", "").strip().lower()
    return magic if re.fullmatch(r"(?:[0-9a-f]{2})+", magic) else ""
