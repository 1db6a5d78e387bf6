"""What the registry says of WSL, and when wsl.exe is asked."""

from __future__ import annotations

import base64
from pathlib import PureWindowsPath
from typing import Any, Optional

import pytest

from checks.docker_endpoints import EngineEndpoint, EngineEndpoints
from checks.wsl_start import wsl_answer
from checks.wsl_windows import (
    LXSS,
    SERVICES,
    Distribution,
    WslInWindows,
    wsl_in_windows,
    wsl_installation,
    wsl_versions,
)
from doctor import System
from doctor.machine.recorded import Recorded

SYSTEM = {"kind": "windows", "name": "Windows 11", "release": "10.0.22631", "architecture": "x86_64"}
WSL_EXE = "C:\\Windows\\System32\\wsl.exe"

WINDOWS_11 = System("windows", "Windows 11", "10.0.22631", "x86_64")


def machine(registry: Any, programs: Any = None, **system: Any) -> Recorded:
    return Recorded(
        {
            "complete": True,
            "system": {**SYSTEM, **system},
            "environment": {"SystemRoot": "C:\\Windows", "PATH": "C:\\Windows\\System32"},
            "registry": registry,
            "programs": programs or {},
        }
    )


def distribution(name: str = "Ubuntu", **values: Any) -> dict[str, Any]:
    return {f"HKCU\\{LXSS}\\{{{name}-guid}}": {"DistributionName": name, "State": 1, **values}}


@pytest.mark.parametrize(("flags", "version"), [(15, 2), (7, 1), (None, 1), (0, 1), (8, 2), ("15", 1)])
def test_the_version_is_in_the_flags(flags: object, version: int) -> None:
    values: dict[str, Any] = {} if flags is None else {"Flags": flags}
    found = wsl_in_windows(machine(distribution(**values))).distributions
    assert [each.version for each in found] == [version]


@pytest.mark.parametrize(
    ("name", "is_own"),
    [("Ubuntu-22.04", True), ("docker-desktop", False), ("Docker-Desktop-Data", False), ("rancher-desktop-data", False),
     ("podman-machine-default", False), ("docker", True)],
)  # fmt: skip
def test_engine_rooms_are_no_linux_of_a_person(name: str, is_own: bool) -> None:
    assert Distribution(name, 2, 1).is_own is is_own


def test_the_default_is_known_by_its_key() -> None:
    registry = {f"HKCU\\{LXSS}": {"DefaultDistribution": "{UBUNTU-GUID}"}, **distribution(), **distribution("Debian")}
    found = wsl_in_windows(machine(registry)).distributions
    assert {each.name: each.is_default for each in found} == {"Ubuntu": True, "Debian": False}


DENIED = {"fails": "denied"}


@pytest.mark.parametrize(
    ("registry", "is_installed"),
    [
        ({}, False),
        ({f"HKLM\\{LXSS}\\MSI": {"Version": "2.4.13.0"}}, True),
        ({f"HKLM\\{SERVICES}\\lxss": {"Start": 0}}, True),
        ({f"HKLM\\{SERVICES}\\vmcompute": {"Start": 3}}, False),
        ({f"HKLM\\{SERVICES}\\lxss": DENIED}, None),
        ({f"HKLM\\{SERVICES}\\lxss": DENIED, f"HKLM\\{LXSS}\\MSI": {}}, True),
    ],
)
def test_installed_or_not_or_not_told(registry: Any, is_installed: Optional[bool]) -> None:
    assert wsl_in_windows(machine(registry)).is_installed is is_installed


def test_as_administrator_nothing_is_said_of_missing_distributions() -> None:
    """They are each user's own; an administrator of another name sees none."""
    registry = {f"HKLM\\{LXSS}\\MSI": {"Version": "2.4.13.0"}}
    elevated = wsl_in_windows(machine(registry, is_elevated=True))
    assert list(wsl_installation(WINDOWS_11, elevated)) == []
    ordinary = wsl_in_windows(machine(registry))
    assert [each.code for each in wsl_installation(WINDOWS_11, ordinary)] == ["wsl.no-distribution"]


@pytest.mark.parametrize(
    ("distributions", "statuses"),
    [
        ((Distribution("Old", 1, 1, True),), ["warning"]),
        ((Distribution("Old", 1, 1), Distribution("New", 2, 1, True)), ["note"]),
        ((Distribution("Old", 1, 1, True), Distribution("New", 2, 1)), ["warning"]),
        ((Distribution("docker-desktop", 1, 1, True),), []),
    ],
)
def test_an_old_distribution_beside_a_new_one_is_a_note(distributions: Any, statuses: list[str]) -> None:
    state = WslInWindows(True, distributions=distributions)
    assert [each.status.value for each in wsl_versions(WINDOWS_11, state)] == statuses


def test_services_that_are_disabled() -> None:
    inbox = {f"HKLM\\{SERVICES}\\LxssManager": {"Start": 4}}
    assert wsl_in_windows(machine(inbox)).disabled_services == ("LxssManager",)
    modern = {**inbox, f"HKLM\\{SERVICES}\\WSLService": {"Start": 2}}
    assert wsl_in_windows(machine(modern)).disabled_services == ()


def pipe(state: str) -> EngineEndpoints:
    socket = PureWindowsPath("//./pipe/x")
    endpoint = EngineEndpoint("npipe:////./pipe/docker_engine", "npipe", socket=socket, state=state)
    return EngineEndpoints(endpoint, endpoint, True)


ROOM = Distribution("docker-desktop", 2, 1)
UBUNTU = Distribution("Ubuntu", 2, 1)


@pytest.mark.parametrize(
    ("state", "docker", "is_asked"),
    [
        (WslInWindows(True, distributions=(UBUNTU,), has_platform=True), None, False),
        (WslInWindows(True, distributions=(UBUNTU,), has_platform=None), None, False),
        (WslInWindows(True, distributions=(UBUNTU,), has_platform=False), None, True),
        (WslInWindows(True, distributions=(ROOM,), has_platform=True), pipe("there"), False),
        (WslInWindows(True, distributions=(ROOM,), has_platform=True), pipe("absent"), True),
        (WslInWindows(True, distributions=(UBUNTU,), has_platform=True), pipe("absent"), False),
        (WslInWindows(True, has_platform=False), pipe("absent"), False),
        (
            WslInWindows(True, distributions=(UBUNTU,), has_platform=False, disabled_services=("WSLService",)),
            None,
            False,
        ),
        (WslInWindows(), None, False),
    ],
)
def test_wsl_exe_is_asked_only_where_the_registry_leaves_a_question(
    state: WslInWindows, docker: Optional[EngineEndpoints], is_asked: bool
) -> None:
    recorded = machine({}, {WSL_EXE: {"--status": {"fails": "timed-out"}}})
    assert wsl_answer(recorded, state, docker).timed_out is is_asked


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize(
    "text",
    [
        "默认版本：2\r\r\n请启用“虚拟机平台”。\r\r\nhttps://aka.ms/enablevirtualization\r\r\n",
        "Version par défaut : 2\r\nhttps://aka.ms/enablevirtualization\r\n",
    ],
)
def test_what_wsl_exe_says_is_read_in_every_encoding(encoding: str, text: str) -> None:
    said = base64.b64encode(text.encode(encoding)).decode()
    state = WslInWindows(True, distributions=(UBUNTU,), has_platform=False)
    recorded = machine({}, {WSL_EXE: {"--status": {"stdout_base64": said, "status": 1}}})
    assert wsl_answer(recorded, state, None).names_virtualization


def test_a_32_bit_process_finds_wsl_exe_under_its_other_name() -> None:
    state = WslInWindows(True, distributions=(UBUNTU,), has_platform=False)
    recorded = machine({}, {"C:\\Windows\\Sysnative\\wsl.exe": {"--status": {"fails": "timed-out"}}})
    assert wsl_answer(recorded, state, None).timed_out
