"""WSL seen from Windows: installed or not, which distributions, and what keeps them from starting.

AutoGPT runs on Windows without WSL, so nothing here is a problem by itself. The registry is asked first: it cannot
hang, speaks no language, and asking it never starts the WSL machine.
"""

from __future__ import annotations

from typing import Iterator, Mapping, NamedTuple, Optional, Union

from checks.meanings import WSL_INSTALLATION, WSL_VERSIONS
from checks.wsl import INSTALL, UPGRADE
from doctor import (
    Failure,
    FailureKind,
    Finding,
    Link,
    Machine,
    NotHere,
    Stage,
    System,
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
from doctor.machine import Key

# --- facts --------------------------------------------------------------------------------------------------------


class Distribution(NamedTuple):
    """A distribution of this user, as the registry has it."""

    name: str
    version: int
    state: int
    """1 installed; 3 installing, 4 uninstalling, 5 converting, 6 exporting."""
    is_default: bool = False

    @property
    def is_own(self) -> bool:
        """A Linux that a person works in, and not the engine room of Docker Desktop and its kin."""
        return not self.name.lower().startswith(ENGINE_ROOMS)


class WslInWindows(NamedTuple):
    """What the registry tells of WSL. Empty, with `is_installed` None, on other systems."""

    is_installed: Optional[bool] = None
    """None when the registry does not tell."""
    release: str = ""
    """Version of the WSL package ("2.4.13.0"), "" for the old one that is a part of Windows."""
    default_version: int = 2
    distributions: tuple[Distribution, ...] = ()
    has_platform: Optional[bool] = None
    """Whether the Virtual Machine Platform, which WSL 2 needs, is there."""
    disabled_services: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    """Values of the policy WSL that forbid something."""
    is_elevated: bool = False
    """As another account: distributions are each user's own."""

    @property
    def own(self) -> tuple[Distribution, ...]:
        return tuple(each for each in self.distributions if each.is_own)

    @property
    def needs_platform(self) -> bool:
        return any(each.version == 2 for each in self.distributions)


ENGINE_ROOMS = ("docker-desktop", "rancher-desktop", "podman-machine-")
LXSS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Lxss"
SERVICES = "SYSTEM\\CurrentControlSet\\Services"
SERVICE_NAMES = ("lxss", "LxssManager", "WSLService", "vmcompute")
POLICY = "SOFTWARE\\Policies\\WSL"
VM_MODE = 0x8
"""The flag of a distribution that says version 2: https://github.com/microsoft/WSL (WslService sources)."""
DEFAULT_FLAGS = 0x7
DISABLED = 4
STATES = {3: "being installed", 4: "being uninstalled", 5: "being converted", 6: "being exported"}


@fact
def wsl_in_windows(machine: Machine) -> WslInWindows:
    if not machine.system.is_windows:
        return WslInWindows()
    services = {name: machine.registry("HKLM", f"{SERVICES}\\{name}") for name in SERVICE_NAMES}
    package = machine.registry("HKLM", LXSS + "\\MSI")
    policy = machine.registry("HKLM", POLICY)
    mine = machine.registry("HKCU", LXSS)
    distributions = _distributions(machine, mine) if isinstance(mine, Key) else ()
    signs = [_is_there(each) for name, each in services.items() if name != "vmcompute"] + [_is_there(package)]
    return WslInWindows(
        is_installed=True if distributions or True in signs else None if None in signs else False,
        release=package.text("Version") if isinstance(package, Key) else "",
        default_version=(mine.number("DefaultVersion") if isinstance(mine, Key) else None) or 2,
        distributions=distributions,
        has_platform=_is_there(services["vmcompute"]),
        disabled_services=_disabled(services),
        blocked_by=_blocked(policy) if isinstance(policy, Key) else (),
        is_elevated=machine.system.is_elevated,
    )


def _disabled(services: Mapping[str, Union[Key, Failure]]) -> tuple[str, ...]:
    """Of the two that WSL 2 cannot do without. In the WSL that is a part of Windows, WSLService is LxssManager."""
    listed = {name: key for name, key in services.items() if isinstance(key, Key)}
    needed = ("WSLService" if "WSLService" in listed else "LxssManager", "vmcompute")
    return tuple(name for name in needed if name in listed and listed[name].number("Start") == DISABLED)


def _is_there(answer: object) -> Optional[bool]:
    if isinstance(answer, Failure):
        return False if answer.kind is FailureKind.ABSENT else None
    return True


def _distributions(machine: Machine, mine: Key) -> tuple[Distribution, ...]:
    default, listed = mine.text("DefaultDistribution").lower(), []
    for name in mine.subkeys:
        key = machine.registry("HKCU", f"{LXSS}\\{name}") if name.startswith("{") else None
        if isinstance(key, Key) and key.text("DistributionName"):
            flags, state = key.number("Flags"), key.number("State")
            version = 2 if (DEFAULT_FLAGS if flags is None else flags) & VM_MODE else 1
            state = 1 if state is None else state
            listed.append(Distribution(key.text("DistributionName"), version, state, name.lower() == default))
    return tuple(listed)


def _blocked(policy: Key) -> tuple[str, ...]:
    return tuple(name for name in ("AllowWSL", "AllowInboxWSL", "AllowWSL1") if policy.number(name) == 0)


# --- checks -------------------------------------------------------------------------------------------------------


@check(
    "wsl.installation",
    title="WSL in Windows",
    stage=Stage.MACHINE,
    codes=WSL_INSTALLATION,
)
def wsl_installation(system: System, wsl_in_windows: WslInWindows) -> Iterator[Finding]:
    """AutoGPT's own guide recommends WSL on Windows; without it AutoGPT runs in Windows itself.

    So a missing WSL is a note and nothing more. It is read from the registry: the WSL package, its services, and the
    distributions of this user. The distributions of Docker Desktop, Rancher and Podman are their engine rooms and do
    not count. An administrator can forbid WSL by a policy; then only they can allow it.
    """
    if not system.is_windows:
        raise NotHere
    state = wsl_in_windows
    if "AllowWSL" in state.blocked_by:
        yield (warning if state.distributions else note)(
            "wsl.blocked-by-policy",
            "WSL is forbidden on this computer by a policy",
            detail="AutoGPT can be used in Windows itself.",
            evidence=found("AllowWSL is 0", where=say("{key}", key=f"HKLM\\{POLICY}")),
            remedy=remedy("Only the administrator of this computer can allow it.", links=[POLICIES]),
        )
    elif state.is_installed is False:
        yield note(
            "wsl.not-installed",
            "WSL is not installed; AutoGPT's guide recommends it, but does not need it",
            remedy=remedy(None, run("wsl --install", shell="powershell", note=ADMIN), links=[INSTALL]),
        )
    elif state.is_installed and not state.own and not state.is_elevated:
        yield note(
            "wsl.no-distribution",
            "WSL has no Linux distribution yet",
            detail="AutoGPT can be used in Windows itself; its guide recommends WSL.",
            remedy=remedy(None, run("wsl --install -d Ubuntu", shell="powershell"), links=[INSTALL]),
        )
    elif state.own:
        yield ok("wsl.installed", say("distributions: {names}", names=[each.name for each in state.own]))
    yield from (_broken(each) for each in state.distributions if each.state in STATES)


def _broken(distribution: Distribution) -> Finding:
    return note(
        "wsl.broken-distribution",
        say("The distribution {name} is {state}", name=distribution.name, state=STATES[distribution.state]),
        detail="It can be used when that has ended. Where it never ends, restart the computer.",
        links=[TROUBLE],
    )


@check(
    "wsl.versions",
    title="WSL versions",
    stage=Stage.MACHINE,
    codes=WSL_VERSIONS,
)
def wsl_versions(system: System, wsl_in_windows: WslInWindows) -> Iterator[Finding]:
    """AutoGPT asks for WSL 2, and so does Docker Desktop. Each distribution has a version of its own.

    New distributions get the default version. Where a distribution of version 2 is there to work in, one of version 1
    beside it is only a note.
    """
    if not system.is_windows:
        raise NotHere
    state = wsl_in_windows
    has_2 = any(each.version == 2 for each in state.own)
    old = [each for each in state.own if each.version == 1]
    for each in old:
        yield (note if has_2 and not each.is_default else warning)(
            "wsl.distribution-version-1",
            say("The distribution {name} uses WSL 1; AutoGPT asks for WSL 2", name=each.name),
            detail="Docker Desktop cannot be used in it.",
            evidence=found("version 1", wanted="version 2", where=say("{key}", key=f"HKCU\\{LXSS}")),
            remedy=remedy(
                "Convert it; your files in it stay. Nothing is needed if you use AutoGPT in Windows itself.",
                run("wsl --set-version {name} 2", name=each.name, shell="powershell", note="takes some minutes"),
                links=[UPGRADE],
            ),
        )
    if state.default_version == 1 and state.is_installed:
        yield (note if has_2 else warning)(
            "wsl.default-version-1",
            "New WSL distributions would get version 1; AutoGPT asks for WSL 2",
            evidence=found("DefaultVersion is 1", wanted="2", where=say("{key}", key=f"HKCU\\{LXSS}")),
            remedy=remedy(None, run("wsl --set-default-version 2", shell="powershell"), links=[UPGRADE]),
        )


# --- links --------------------------------------------------------------------------------------------------------

ADMIN = "in PowerShell, as administrator"
TROUBLE = Link("Troubleshooting WSL", "https://learn.microsoft.com/en-us/windows/wsl/troubleshooting")
POLICIES = Link("WSL in a company", "https://learn.microsoft.com/en-us/windows/wsl/enterprise")
