"""WSL from inside: whether this Linux runs in the Windows Subsystem for Linux, which version, and how it is set up.

A container on a WSL kernel is no WSL: nothing that is said here is said of it.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterable, Iterator, NamedTuple, Optional

from checks.container import Container
from checks.meanings import WSL_VERSION
from doctor import Finding, Link, Machine, NotHere, Stage, check, fact, found, note, ok, problem, remedy, run, say
from doctor.machine import Listing, Mount, Ran

# --- facts --------------------------------------------------------------------------------------------------------


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


class Signs(NamedTuple):
    """All that the decision rests on. Each sign alone misleads somewhere, see `judge`."""

    release: str
    marks: tuple[str, ...] = ()
    """Of MARKS those that are there; asked only when the release does not say it."""
    container: Container = Container()


class Kind(NamedTuple):
    version: int = 0
    is_container: bool = False
    is_likely: bool = False


MARKS = (
    "/run/WSL", "/mnt/wsl", "/usr/bin/wslinfo",
    "/proc/sys/fs/binfmt_misc/WSLInterop", "/proc/sys/fs/binfmt_misc/WSLInterop-late",
)  # fmt: skip
MODES = ("nat", "mirrored", "bridged", "virtioproxy", "consomme", "none", "wsl1")
WSLINFO_LIMIT_S = 2.0


def judge(signs: Signs) -> Kind:
    """WSL or not, and which.

    Microsoft's own init tells version 1 by the capital M in the kernel's release; version 2 has "microsoft" or, in the
    hands of those who build their own, at least "WSL2". A kernel without any of that still shows two of the other
    marks. A container shares the kernel's name and may be given the marks, so its own signs decide.
    """
    release = signs.release
    if "Microsoft" in release:
        return Kind(1)
    if not is_named(release) and len({mark.partition("-late")[0] for mark in signs.marks}) < 2:
        return Kind()
    if signs.container.is_container:
        return Kind(0, is_container=True)
    return Kind(2, is_likely=not is_named(release))


def is_named(release: str) -> bool:
    return "microsoft" in release.lower() or "WSL2" in release.upper()


@fact
def wsl(machine: Machine, container: Container) -> Wsl:
    if not machine.system.is_linux:
        return Wsl()
    release = machine.system.release
    kind = judge(_signs(machine, release, container))
    if not kind.version:
        return Wsl(is_container=kind.is_container, kernel=release)
    mounts = windows_mounts(machine.mounts())
    mode, is_inferred = _networking(machine, kind.version, mounts)
    return Wsl(
        version=kind.version,
        is_likely=kind.is_likely,
        distribution=machine.variable("WSL_DISTRO_NAME") or "",
        kernel=release,
        networking_mode=mode,
        is_networking_inferred=is_inferred,
        has_systemd=machine.exists(machine.path("/run/systemd/system")),
        interop=_interop(machine),
        windows_mounts=mounts,
    )


def _signs(machine: Machine, release: str, container: Container) -> Signs:
    if is_named(release):
        return Signs(release, (), container)
    marks = [mark for mark in MARKS if machine.exists(machine.path(mark))]
    if machine.variable("WSL_DISTRO_NAME"):
        marks.append("WSL_DISTRO_NAME")
    return Signs(release, tuple(marks), container)


def windows_mounts(mounts: Iterable[Mount]) -> tuple[PurePath, ...]:
    """Where drives of Windows are mounted: drvfs in WSL 1, 9p (whose name is then drvfs) or virtiofs in WSL 2.

    WSL mounts more by 9p and virtiofs (drivers, its own tools), which is no drive.
    """
    found = []
    for mount in mounts:
        is_drive = mount.filesystem == "drvfs" or (
            mount.filesystem == "9p" and any(option.startswith("aname=drvfs") for option in mount.options)
        )
        is_shared = mount.filesystem == "virtiofs" and not str(mount.point).startswith(("/usr/lib/wsl", "/mnt/wsl"))
        if (is_drive or is_shared) and mount.point not in found:
            found.append(mount.point)
    return tuple(found)


def _networking(machine: Machine, version: int, mounts: tuple[PurePath, ...]) -> tuple[str, bool]:
    """The mode and whether it is only inferred. wslinfo is there since WSL 2.0.4, and it is quick."""
    if version == 1:
        return "wsl1", False
    program = _wslinfo(machine, mounts)
    ran = machine.run([program, "--networking-mode"], WSLINFO_LIMIT_S) if program else None
    mode = ran.out.strip().lower() if isinstance(ran, Ran) and ran.status == 0 else ""
    return (mode, False) if mode in MODES else ("nat", True)


def _wslinfo(machine: Machine, mounts: tuple[PurePath, ...]) -> Optional[PurePath]:
    for folder in (machine.path("/usr/bin"), *machine.search_path()):
        is_windows = any(mount == folder or mount in folder.parents for mount in mounts)
        if not is_windows and machine.is_file(folder / "wslinfo"):
            return folder / "wslinfo"
    return None


def _interop(machine: Machine) -> str:
    """With systemd the entry is called WSLInterop-late; either will do."""
    folder = machine.path("/proc/sys/fs/binfmt_misc")
    listing = machine.list(folder)
    if not isinstance(listing, Listing) or "register" not in listing.names:
        return ""
    states = {
        name: (machine.read_text(folder / name, 4096) or "").partition("\n")[0].strip() == "enabled"
        for name in ("WSLInterop", "WSLInterop-late")
        if name in listing.names
    }
    if states.get("WSLInterop"):
        return "enabled"
    if states.get("WSLInterop-late"):
        return "late"
    return "disabled" if states else "none"


# --- checks -------------------------------------------------------------------------------------------------------


@check(
    "wsl.version",
    title="WSL version",
    stage=Stage.MACHINE,
    codes=WSL_VERSION,
)
def wsl_version(wsl: Wsl) -> Iterator[Finding]:
    """AutoGPT asks for WSL 2. WSL 1 is no Linux but a translation of it.

    In WSL 1 Docker Desktop cannot be used, and programs that ask the kernel for more than the translation knows (a
    browser, llamafile) do not start. The version is read from the name of the Linux kernel, which version 1 writes
    with a capital M. A distribution is converted in place by one command in PowerShell, and nothing in it is lost; it
    takes some minutes.
    """
    if not wsl.is_wsl:
        raise NotHere
    if wsl.version == 1:
        yield _version_1(wsl)
    elif wsl.is_likely:
        yield note(
            "wsl.custom-kernel",
            "This looks like WSL 2 with a kernel of your own",
            detail="Its name does not tell, other marks of WSL do. Everything is judged as in WSL 2.",
            evidence=found(say("kernel {kernel}", kernel=wsl.kernel)),
            links=[CONFIGURATION],
            is_certain=False,
        )
    elif wsl.version == 2 and wsl.kernel.startswith(("4.", "3.")):
        yield note(
            "wsl.old-kernel",
            say("The kernel of WSL 2 is from its first days: {kernel}", kernel=wsl.kernel),
            detail="Docker Desktop and newer distributions may ask for a newer one.",
            remedy=remedy(None, run("wsl --update", shell="powershell", note="in PowerShell"), links=[INSTALL]),
        )
    elif wsl.version == 2:
        yield ok("wsl.version-2", say("WSL 2, kernel {kernel}", kernel=wsl.kernel))


def _version_1(wsl: Wsl) -> Finding:
    if wsl.distribution:
        convert = run("wsl --set-version {name} 2", name=wsl.distribution, shell="powershell", note="some minutes")
    else:
        convert = run("wsl --set-version Ubuntu 2", shell="powershell", note="with the name that the list shows")
    return problem(
        "wsl.version-1",
        "This is WSL 1; AutoGPT asks for WSL 2",
        detail="Docker Desktop, browsers and llamafile do not work in WSL 1.",
        evidence=found(say("kernel {kernel}", kernel=wsl.kernel), wanted="a kernel called microsoft-standard"),
        remedy=remedy(
            "Convert the distribution, from PowerShell. Your files in it stay.",
            run("wsl --list --verbose", shell="powershell", note="the version of each distribution"),
            convert,
            links=[UPGRADE],
        ),
    )


# --- links --------------------------------------------------------------------------------------------------------

UPGRADE = Link(
    "Upgrading a distribution from WSL 1 to WSL 2",
    "https://learn.microsoft.com/en-us/windows/wsl/install#upgrade-version-from-wsl-1-to-wsl-2",
)
INSTALL = Link("Installing WSL", "https://learn.microsoft.com/en-us/windows/wsl/install")
CONFIGURATION = Link("WSL settings", "https://learn.microsoft.com/en-us/windows/wsl/wsl-config")
