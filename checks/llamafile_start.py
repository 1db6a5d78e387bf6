"""What keeps a llamafile from being started on this system: its file, the processor, and how the system starts it.

It protects the user from errors of the system that name neither AutoGPT nor the llamafile: "Exec format error",
"run-detectors: unable to find an interpreter", "APE is running on WIN32 inside WSL".

Source: llamafile's README (its section Gotchas), and AutoGPT's `serve.py`.
"""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.endpoints import Endpoints
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.llamafile_files import Formats, LlamafileFiles
from checks.llamafile_wsl import LlamafileOnWindows
from checks.meanings_of_llamafile_start import LLAMAFILE_FILE, LLAMAFILE_START
from checks.wsl import Wsl
from checks.wsl_address import WindowsAddress
from doctor import Failure, FailureKind, Finding, Machine, NotHere, Stage, System, Unavailable, check, fact
from doctor.machine import Ran

# --- facts --------------------------------------------------------------------------------------------------------


class Starting(NamedTuple):
    """What a llamafile meets on this system when it is started."""

    has_avx: Optional[bool] = None
    """Whether the processor knows AVX; None where that does not matter, or nobody tells."""
    zsh: str = ""
    """The version of the person's zsh; "" for another shell."""
    has_compiler: bool = True
    """On a Mac of Apple's own processors: whether there is one, or what is made with it already."""
    is_quarantined: bool = False
    """On a Mac: whether a browser brought the llamafile, and macOS asks before it starts it."""
    kept_port: int = 0
    """On Windows: the port that is asked for, where nobody listens and yet nobody may; else 0."""


SYSCTL_LIMIT_S = 2.0
ZSH_LIMIT_S = 2.0
XATTR_LIMIT_S = 2.0
_COMPILERS = ("/Library/Developer/CommandLineTools/usr/bin", "/Applications/Xcode.app", "/var/db/xcode_select_link")


@fact
def starting(machine: Machine, llamafile_files: LlamafileFiles, endpoints: Endpoints) -> Starting:
    endpoint = endpoints.of("llamafile")
    port = endpoint.port if endpoint is not None and llamafile_files.is_silent else 0
    return Starting(
        _has_avx(machine),
        _zsh(machine),
        _has_compiler(machine),
        _is_quarantined(machine, llamafile_files),
        port if port and _is_kept(machine, port) else 0,
    )


def _has_avx(machine: Machine) -> Optional[bool]:
    """Windows has no file that tells."""
    if machine.system.architecture.lower() not in ("x86_64", "amd64"):
        return None
    if machine.system.is_linux:
        text = machine.read_text(machine.path("/proc/cpuinfo"), 65536) or ""
        flags = re.search(r"(?m)^flags\s*:(.*)$", text)
        return "avx" in flags[1].split() if flags and flags[1].strip() else None
    if machine.system.is_mac:
        ran = machine.run([machine.path("/usr/sbin/sysctl"), "-n", "hw.optional.avx1_0"], SYSCTL_LIMIT_S)
        return {"0": False, "1": True}.get(ran.out.strip()) if isinstance(ran, Ran) and ran.status == 0 else None
    return None


def _zsh(machine: Machine) -> str:
    shell = machine.folder_of("SHELL")
    if machine.system.is_windows or shell is None or shell.name != "zsh":
        return ""
    ran = machine.run([shell, "--version"], ZSH_LIMIT_S)
    found = re.match(r"zsh (\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)", ran.out) if isinstance(ran, Ran) else None
    return found[1] if found else ""


def _has_compiler(machine: Machine) -> bool:
    """A llamafile makes its loader itself on Apple's processors, once, and keeps it as `.ape-1.10`."""
    if not machine.system.is_mac or machine.system.architecture.lower() not in ("arm64", "aarch64"):
        return True
    if any(machine.exists(machine.path(each)) for each in _COMPILERS):
        return True
    folders = (machine.temporary, machine.home)
    return any(name.startswith(".ape-") for folder in folders for name in machine.names_in(folder))


def _is_quarantined(machine: Machine, files: LlamafileFiles) -> bool:
    """The mark that programs which download put on a file; urllib, with which serve.py downloads, does not."""
    if not machine.system.is_mac or not files.whole:
        return False
    chosen = files.usual or files.whole[0]
    ran = machine.run([machine.path("/usr/bin/xattr"), "-p", "com.apple.quarantine", chosen.path], XATTR_LIMIT_S)
    return isinstance(ran, Ran) and ran.status == 0 and bool(ran.out.strip())


def _is_kept(machine: Machine, port: int) -> bool:
    """Windows keeps ranges of ports for itself, and says so only to who wants one of them."""
    if not machine.system.is_windows:
        return False
    try:
        bound = machine.bind("127.0.0.1", port)
    except Unavailable:  # a recording that does not tell
        return False
    return isinstance(bound, Failure) and bound.kind is FailureKind.DENIED


# --- checks -------------------------------------------------------------------------------------------------------


@check("llamafile.file", title="The llamafile's file", stage=Stage.LOCAL_MODEL, codes=LLAMAFILE_FILE)
def llamafile_file(llamafile_files: LlamafileFiles, checkout: Checkout, system: System) -> Iterator[Finding]:
    """AutoGPT's serve.py downloads a llamafile of about 5 GB into its own folder, and takes whatever lies there for it.

    A download that broke off leaves a part of the file, and serve.py does not notice: it only looks whether a file of
    that name is there. Delete it, and start serve.py again. Outside of Windows the file must be executable; serve.py
    sees to that when it downloads the file itself. Windows starts no program of 4 GB or more: there serve.py starts
    the small llamafile.exe, and hands it the large file with -m. All this is judged by the sizes and names of the
    files beside serve.py, and only while no llamafile answers.
    """
    from checks.llamafile_start_words import judge_files

    yield from judge_files(llamafile_files, system, checkout)


@check("llamafile.start", title="Starting a llamafile", stage=Stage.LOCAL_MODEL, codes=LLAMAFILE_START)
def llamafile_start(
    llamafile_files: LlamafileFiles, starting: Starting, formats: Formats, system: System, checkout: Checkout
) -> Iterator[Finding]:
    """A llamafile is one file that every system can start, but some need help with that.

    The processor must know AVX, as all do that were made for computers since about 2011. Linux may hand a llamafile to
    somebody else, since it begins as a program of Windows does: to Wine or Mono. The loader of llamafile, /usr/bin/ape,
    with an entry for it keeps Linux from that. Without the loader only a shell can start a llamafile, zsh since
    version 5.9, and Python cannot, with which serve.py is written: "Exec format error". On Apple's own processors it
    needs Apple's command line tools once, to make its loader; and macOS does not start what a browser has downloaded
    before you allow it. Windows keeps some ports for itself, at which then nobody can listen. All this is looked at
    only while no llamafile answers.
    """
    from checks.llamafile_start_words import judge_starting

    yield from judge_starting(llamafile_files, starting, formats, system, checkout)


@check(
    "llamafile.in-wsl",
    title="A llamafile inside of WSL",
    stage=Stage.LOCAL_MODEL,
    codes=("llamafile.start-in-wsl",),
)
def llamafile_in_wsl(
    llamafile_files: LlamafileFiles,
    formats: Formats,
    endpoints: Endpoints,
    wsl: Wsl,
    windows_address: WindowsAddress,
    llamafile_on_windows: Optional[LlamafileOnWindows],
    checkout: Checkout,
    env_file: EnvFile,
    env_places: EnvPlaces,
) -> Iterator[Finding]:
    """WSL hands every program that begins as one of Windows does to Windows, and a llamafile begins like that.

    So a llamafile that is started in WSL ends with "APE is running on WIN32 inside WSL" or "Invalid argument". The best
    way is to run it on Windows, where AutoGPT reaches it from WSL. To run it in WSL all the same, install llamafile's
    loader and an entry for it, which must be made again at each start. To delete WSL's own entry, as the message says,
    helps too, but then no program of Windows can be started from WSL: not `code`, and not the one for Docker's logins.
    """
    takers = [each for each in formats.takers if each.startswith("WSLInterop")]
    endpoint = endpoints.of("llamafile")
    if not wsl.is_wsl or endpoint is None:
        raise NotHere
    seen = llamafile_on_windows or LlamafileOnWindows(endpoint, "other")
    is_on_windows = seen.reached is not None or seen.on_loopback or seen.on_address
    if not takers or formats.loader or not llamafile_files.whole or is_on_windows:
        return
    from checks.llamafile_wsl_remedies import Case
    from checks.llamafile_wsl_words import in_wsl

    case = Case(seen, windows_address, wsl, checkout, env_file, env_places)
    yield in_wsl(case, takers, llamafile_files)
