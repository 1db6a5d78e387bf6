"""Windows and Linux on one computer: a checkout or a program of the one side, used from the other."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.meanings import WSL_PROGRAMS
from checks.wsl import CONFIGURATION, Wsl
from doctor import (
    Command,
    Finding,
    Link,
    Machine,
    NotHere,
    Remedy,
    Stage,
    System,
    check,
    fact,
    found,
    note,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Stat

# --- facts --------------------------------------------------------------------------------------------------------


class OtherSide(NamedTuple):
    """Where a checkout lies that belongs to the other side; all empty when it lies on its own side."""

    mount: Optional[PurePath] = None
    """Seen from WSL: the Windows drive that it lies on."""
    filesystem: str = ""
    keeps_modes: bool = True
    """Whether that mount remembers executable bits (its option `metadata`)."""
    root: Optional[PurePath] = None
    """The checkout's root with its links followed."""
    target: Optional[PurePath] = None
    """A folder in the Linux home that is still free."""
    has_git: bool = False
    env_file: Optional[PurePath] = None
    """The agent folder's .env, if there is one, relative to the root."""
    distribution: str = ""
    """Seen from Windows: the WSL distribution that it lies in."""
    is_started_by_batch: bool = False
    """Windows' command prompt, which runs batch files, cannot be in such a folder."""
    linux_folder: str = ""
    """Seen from Windows: the agent folder as Linux calls it."""


class Program(NamedTuple):
    """What a name of a program starts in WSL."""

    name: str
    path: PurePath
    is_foreign: bool
    """It lies on a Windows drive."""
    is_in_linux_too: bool = False
    """Linux has one as well, in a folder that PATH names later."""


class WslPrograms(NamedTuple):
    """What PATH finds first for the programs that AutoGPT's launcher needs; empty outside of WSL."""

    found: tuple[Program, ...] = ()
    only_in_windows: tuple[str, ...] = ()
    """Names that only Windows has (as poetry.exe)."""
    distribution: str = ""
    """ID of os-release, for the right package manager."""

    def foreign(self, name: str) -> bool:
        return any(each.name == name and each.is_foreign for each in self.found)

    def has(self, name: str) -> bool:
        return any(each.name == name for each in self.found)


NAMES = ("python3", "python", "poetry", "git")
SHARES = ("\\\\wsl$\\", "\\\\wsl.localhost\\")


@fact
def other_side(machine: Machine, wsl: Wsl, checkout: Optional[Checkout]) -> OtherSide:
    if checkout is None:
        return OtherSide()
    if machine.system.is_windows:
        return _in_linux(checkout)
    if not wsl.windows_mounts:
        return OtherSide()
    real = machine.real_path(checkout.root)
    root = real if isinstance(real, PurePath) else checkout.root
    if not wsl.on_windows_drive(root):
        return OtherSide()
    above = [each for each in machine.mounts() if each.point == root or each.point in root.parents]
    mount = max(above, key=lambda each: len(each.point.parts))
    env_file = checkout.agent / ".env"
    free = [name for name in ("AutoGPT", "AutoGPT-linux", "AutoGPT-wsl") if not machine.exists(machine.home / name)]
    return OtherSide(
        mount=mount.point,
        filesystem=mount.filesystem,
        keeps_modes=any("metadata" in option.split(";") for option in mount.options),
        root=root,
        target=machine.home / (free or ["AutoGPT-new"])[0],
        has_git=machine.exists(root / ".git"),
        env_file=env_file.relative_to(checkout.root) if machine.is_file(env_file) else None,
    )


def _in_linux(checkout: Checkout) -> OtherSide:
    """A checkout that Windows sees through the share of a WSL distribution."""
    drive = checkout.root.drive
    share = next((share for share in SHARES if (drive + "\\").lower().startswith(share)), None)
    if share is None:
        return OtherSide()
    inside = checkout.start_in.as_posix()[len(drive) :]
    is_batch = checkout.layout.start_on_windows.endswith(".bat")
    return OtherSide(
        root=checkout.root, distribution=drive[len(share) :], is_started_by_batch=is_batch, linux_folder=inside or "/"
    )


@fact
def wsl_programs(machine: Machine, wsl: Wsl) -> WslPrograms:
    if not wsl.is_wsl or not wsl.windows_mounts:
        return WslPrograms()
    hits = [each for each in (_first(machine, wsl, name) for name in NAMES) if each is not None]
    known = {each.name for each in hits}
    lost = [name for name in ("python3", "poetry") if name not in known]
    only = tuple(name for name in lost if _windows_has(machine, wsl, name))
    return WslPrograms(tuple(hits), only, machine.system.distribution)


def _first(machine: Machine, wsl: Wsl, name: str) -> Optional[Program]:
    """Folder by folder and no further than needed: each question to a Windows drive is slow."""
    foreign = None
    for folder in machine.search_path():
        is_foreign = wsl.on_windows_drive(folder)
        if foreign is not None and is_foreign:
            continue
        stat = machine.stat(folder / name)
        if isinstance(stat, Stat) and stat.is_executable:
            if not is_foreign:
                return foreign._replace(is_in_linux_too=True) if foreign else Program(name, folder / name, False)
            foreign = Program(name, folder / name, True)
    return foreign


def _windows_has(machine: Machine, wsl: Wsl, name: str) -> bool:
    """Store stubs (WindowsApps) are no programs."""
    endings = ("python.exe", "python3.exe") if name == "python3" else (f"{name}.exe", f"{name}.bat")
    folders = [f for f in machine.search_path() if wsl.on_windows_drive(f) and f.name.lower() != "windowsapps"]
    return any(machine.is_file(folder / ending) for folder in folders for ending in endings)


# --- checks -------------------------------------------------------------------------------------------------------


@check("wsl.drive", title="Drive of the checkout", stage=Stage.FILES, codes=("wsl.windows-drive",))
def wsl_drive(wsl: Wsl, other_side: OtherSide) -> Iterator[Finding]:
    """In WSL, a checkout on a drive of Windows works, but badly.

    Every file is asked for across the border between the two systems, so installing and starting take many times as
    long. Files that Git for Windows wrote there have Windows line ends, which Linux cannot run. And `chmod` changes
    nothing there, unless the drive is mounted with the option metadata. The home folder of Linux has none of this.
    Whether a folder is on such a drive is read from the list of mounted file systems, not from its name.
    """
    if not wsl.is_wsl:
        raise NotHere
    if other_side.mount is None:
        return
    what = say("{root} is on a {kind} file system", root=other_side.root or "", kind=other_side.filesystem)
    modes = "" if other_side.keeps_modes else " chmod changes nothing there."
    yield warning(
        "wsl.windows-drive",
        "AutoGPT is on a drive of Windows, and it is run from Linux",
        detail="Slow, and git for Windows leaves line ends there that Linux cannot run." + modes,
        evidence=found(what, wanted="a folder in the Linux home", where=say("{mount}", mount=other_side.mount)),
        remedy=remedy(
            "Make a copy in your Linux home, and work there. Changes that are not committed stay behind."
            if other_side.has_git
            else "Move it to your Linux home, or clone it there.",
            *_moving(other_side),
            links=[FILESYSTEMS],
        ),
    )


def _moving(side: OtherSide) -> Iterator[Command]:
    if side.root is None or side.target is None:
        return
    if not side.has_git:
        yield run("git clone https://github.com/Significant-Gravitas/AutoGPT.git {target}", target=side.target)
    else:
        yield run("git clone {root} {target}", root=side.root, target=side.target, note="with Linux line ends")
    if side.env_file is not None:
        old, new = side.root / side.env_file, side.target / side.env_file
        yield run("cp {old} {new}", old=old, new=new, note="your settings")


@check(
    "wsl.programs",
    title="Programs that WSL finds",
    stage=Stage.MACHINE,
    codes=WSL_PROGRAMS,
)
def wsl_programs_are_linux(wsl: Wsl, wsl_programs: WslPrograms) -> Iterator[Finding]:
    """WSL looks for programs in the folders of Linux and then in those of Windows.

    So `python3` or `poetry` may turn out to be a program of Windows (pyenv for Windows leaves such scripts behind). It
    does not know the files and the environment of Linux, and AutoGPT's launcher fails in ways that point elsewhere.
    It is a problem where the launcher itself would take it, and a warning for the rest. The cure is to install the
    program in Linux, which then comes first, or to keep Windows' folders out: appendWindowsPath=false in /etc/wsl.conf.
    """
    if not wsl.is_wsl:
        raise NotHere
    programs = wsl_programs
    python = "python3" if programs.has("python3") else "python"
    needed = [each for each in programs.found if each.is_foreign and each.name in (python, "poetry")]
    others = [each for each in programs.found if each.is_foreign and each not in needed]
    for listed, make in ((needed, problem), (others, warning)):
        if listed:
            yield make(
                "wsl.windows-programs",
                say("WSL starts the Windows version of {names}", names=[each.name for each in listed]),
                detail="Programs of Windows do not work on AutoGPT's files and environment in Linux.",
                evidence=[found(say("{name} is {path}", name=each.name, path=each.path)) for each in listed],
                remedy=_let_linux_be_first(listed, programs.distribution),
            )
    if programs.only_in_windows:
        yield note(
            "wsl.only-in-windows",
            say("Installed in Windows, but not in this Linux: {names}", names=list(programs.only_in_windows)),
            detail="WSL is a computer of its own. What AutoGPT needs has to be installed in here.",
        )


def _let_linux_be_first(programs: list[Program], distribution: str) -> Remedy:
    if all(each.is_in_linux_too for each in programs):
        return remedy(
            "Linux has it, too. Look into ~/.bashrc and ~/.profile for a line that puts a folder below /mnt in front of"
            " PATH, take that line out, and open a new terminal.",
            run("grep -n /mnt/ ~/.bashrc ~/.profile"),
            links=[CONFIGURATION],
        )
    missing = [each.name for each in programs if not each.is_in_linux_too]
    return remedy(
        "Install it in Linux, where it is found first.", *_install(missing, distribution), links=[CONFIGURATION]
    )


def _install(names: list[str], distribution: str) -> Iterator[Command]:
    packages = [PACKAGES[name] for name in names if name in PACKAGES]
    if distribution in ("ubuntu", "debian", "kali") and packages:
        yield run("sudo apt install {packages}", packages=list(dict.fromkeys(packages)))
    if "poetry" in names:
        yield run("pipx install poetry")


@check("wsl.side", title="Side of the checkout", stage=Stage.MACHINE, codes=("wsl.wrong-side",))
def wsl_side(system: System, other_side: OtherSide) -> Iterator[Finding]:
    r"""Windows sees the files of a WSL distribution under \\wsl.localhost and \\wsl$. AutoGPT does not run from there.

    The Windows command prompt cannot be in such a folder, so autogpt.bat starts in the wrong one; Python works there,
    but very slowly. A checkout inside of WSL is started inside of WSL.
    """
    if not system.is_windows:
        raise NotHere
    side = other_side
    if not side.distribution:
        return
    is_batch = side.is_started_by_batch
    yield (problem if is_batch else warning)(
        "wsl.wrong-side",
        say("This AutoGPT is inside of WSL ({name}), and Windows looks at it from outside", name=side.distribution),
        detail="autogpt.bat cannot be started in such a folder." if is_batch else "From here everything is very slow.",
        evidence=found(say("{root}", root=side.root or ""), wanted="a folder on a Windows drive, or a terminal in WSL"),
        remedy=remedy(
            "Work in WSL: open it in that folder, and run the doctor there.",
            run("wsl -d {name} --cd {folder}", name=side.distribution, folder=side.linux_folder, shell="powershell"),
            links=[FILESYSTEMS],
        ),
    )


# --- packages and links -------------------------------------------------------------------------------------------

PACKAGES = {"python3": "python3", "python": "python-is-python3", "git": "git", "poetry": "pipx"}
FILESYSTEMS = Link("Working across file systems", "https://learn.microsoft.com/en-us/windows/wsl/filesystems")
