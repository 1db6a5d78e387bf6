"""Is this WSL, and which? Every sign alone misleads somewhere; these are the places."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from checks.container import Container, container
from checks.surroundings import surroundings
from checks.wsl import Kind, Signs, Wsl, judge, windows_mounts, wsl
from checks.wsl_inside import WslMemory, ini, size_bytes, wsl_memory, wsl_settings
from doctor.machine import Mount
from doctor.machine.recorded import Recorded
from doctor.words import render

WSL2 = "5.15.167.4-microsoft-standard-WSL2"
DOCKER = Container("docker")

SIGNS: dict[str, tuple[Signs, Kind]] = {
    "WSL 1": (Signs("4.4.0-19041-Microsoft"), Kind(1)),
    "the first WSL 2 kernels end otherwise": (Signs("4.19.104-microsoft-standard"), Kind(2)),
    "WSL 2": (Signs(WSL2), Kind(2)),
    "a kernel of one's own that says WSL2": (Signs("6.6.36.3-zfs-WSL2"), Kind(2)),
    "capital letters elsewhere do not make it WSL 1": (Signs("6.1.0-MICROSOFT-standard"), Kind(2)),
    "an ordinary Linux": (Signs("6.8.0-45-generic"), Kind()),
    "Linux on Azure": (Signs("6.5.0-1025-azure"), Kind()),
    "a kernel that tells nothing, two marks": (
        Signs("6.1.21-own", ("/run/WSL", "WSL_DISTRO_NAME")),
        Kind(2, is_likely=True),
    ),
    "one mark is not enough: a variable sent over SSH": (Signs("6.8.0-45-generic", ("WSL_DISTRO_NAME",)), Kind()),
    "both names of the same entry are one mark": (
        Signs("6.8.0", (MARK := "/proc/sys/fs/binfmt_misc/WSLInterop", MARK + "-late")),
        Kind(),
    ),
    "Docker Desktop's containers have WSL's kernel": (
        Signs(WSL2, (), DOCKER),
        Kind(0, is_container=True),
    ),
    "a container to which /mnt/wsl and /run/WSL were given": (
        Signs(WSL2, ("/run/WSL", "/mnt/wsl", "WSL_DISTRO_NAME"), DOCKER),
        Kind(0, is_container=True),
    ),
    "a pod on a WSL kernel": (Signs(WSL2, (), Container("kubernetes")), Kind(0, is_container=True)),
    "a dev container with the marks passed on": (
        Signs(WSL2, ("/run/WSL",), Container("devcontainer")),
        Kind(0, is_container=True),
    ),
    "no container runs on WSL 1, whatever file was left there": (
        Signs("4.4.0-22621-Microsoft", (), DOCKER),
        Kind(1),
    ),
    "a container on an ordinary Linux": (Signs("6.8.0-45-generic", (), DOCKER), Kind()),
}


@pytest.mark.parametrize("signs", SIGNS.values(), ids=SIGNS.keys())
def test_which_wsl(signs: tuple[Signs, Kind]) -> None:
    assert judge(signs[0]) == signs[1]


def machine(release: str = WSL2, kind: str = "linux", **state: Any) -> Recorded:
    system = {"kind": kind, "name": "Ubuntu 22.04.5 LTS", "release": release, "architecture": "x86_64"}
    return Recorded({"complete": True, "system": system, **state})


DISK = {"point": "/", "filesystem": "ext4"}
OVERLAY = {"point": "/", "filesystem": "overlay"}


def facts(**state: Any) -> Wsl:
    recorded = machine(**state)
    return wsl(recorded, container(recorded))


def test_other_systems_are_not_asked_for_anything() -> None:
    for kind in ("windows", "darwin"):
        unrecorded = Recorded({"system": {"kind": kind, "name": "", "release": "microsoft", "architecture": "x86_64"}})
        assert container(unrecorded) == Container()
        assert wsl(unrecorded, Container()) == Wsl()


def mount(point: str, filesystem: str, *options: str) -> Mount:
    return Mount(PurePosixPath(point), filesystem, options)


@pytest.mark.parametrize(
    ("mounted", "is_windows"),
    [
        (mount("/mnt/c", "9p", "rw", "aname=drvfs;path=C:\\;uid=1000"), True),
        (mount("/c", "drvfs", "rw", "noatime"), True),
        (mount("/mnt/d", "virtiofs", "rw"), True),
        (mount("/usr/lib/wsl/drivers", "9p", "ro", "aname=drivers;fmask=222"), False),
        (mount("/usr/lib/wsl/lib", "virtiofs", "ro"), False),
        (mount("/mnt/wslg/distro", "virtiofs", "ro"), False),
        (mount("/mnt/host", "9p", "rw", "trans=virtio"), False),
        (mount("/mnt/c", "ext4", "rw"), False),
    ],
)
def test_drives_of_windows_are_known_by_their_file_system(mounted: Mount, is_windows: bool) -> None:
    assert bool(windows_mounts([mounted])) is is_windows


def test_a_path_on_a_windows_drive() -> None:
    here = Wsl(2, windows_mounts=(PurePosixPath("/mnt/c"),))
    assert here.on_windows_drive(PurePosixPath("/mnt/c/dev"))
    assert not here.on_windows_drive(PurePosixPath("/mnt/cc/dev"))


INTEROP = {
    "enabled": {"register": "", "WSLInterop": "enabled\ninterpreter /init\n"},
    "late": {"register": "", "WSLInterop-late": "enabled\ninterpreter /init\n"},
    "disabled": {"register": "", "WSLInterop": "disabled\ninterpreter /init\n"},
    "none": {"register": "", "status": "enabled\n", "python3.10": "enabled\n"},
    "": {"not mounted": ""},
}


@pytest.mark.parametrize("state", INTEROP)
def test_whether_windows_programs_start(state: str) -> None:
    entries = {f"/proc/sys/fs/binfmt_misc/{name}": text for name, text in INTEROP[state].items()}
    assert facts(files=entries).interop == state


def test_one_enabled_entry_of_the_two_is_enough() -> None:
    entries = {"WSLInterop": "disabled\n", "WSLInterop-late": "enabled\n", "register": ""}
    assert facts(files={f"/proc/sys/fs/binfmt_misc/{n}": t for n, t in entries.items()}).interop == "late"


@pytest.mark.parametrize(
    ("answer", "mode", "is_inferred"),
    [
        ("mirrored\n", "mirrored", False),
        ("nat", "nat", False),
        ("consomme\n", "consomme", False),
        ({"stdout": "Failed to query networking mode\n", "status": 1}, "nat", True),
        ({"stdout": "mirrored\n", "status": 1}, "nat", True),
        ({"fails": "timed-out"}, "nat", True),
        ("", "nat", True),
        ("something new\n", "nat", True),
    ],
)
def test_networking_mode(answer: Any, mode: str, is_inferred: bool) -> None:
    seen = facts(programs={"/usr/bin/wslinfo": {"--networking-mode": answer}})
    assert (seen.networking_mode, seen.is_networking_inferred) == (mode, is_inferred)


def test_networking_without_wslinfo_is_inferred_and_a_windows_wslinfo_is_not_started() -> None:
    mounts = [{"point": "/mnt/c", "filesystem": "9p", "options": ["aname=drvfs;path=C:\\"]}]
    seen = facts(
        mounts=mounts,
        environment={"PATH": "/mnt/c/tools:/usr/bin"},
        programs={"/mnt/c/tools/wslinfo": {"--networking-mode": "mirrored"}},
    )
    assert (seen.networking_mode, seen.is_networking_inferred) == ("nat", True)


def test_wsl_1_shares_the_network_and_is_not_asked() -> None:
    assert facts(release="4.4.0-22621-Microsoft").networking_mode == "wsl1"


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ({"files": {"/run/.containerenv": ""}}, "podman"),
        ({"files": {"/.dockerenv": ""}}, "docker"),
        ({"files": {"/.dockerenv": ""}, "mounts": [OVERLAY]}, "docker"),
        ({"files": {"/.dockerenv": ""}, "mounts": [DISK]}, ""),
        ({"files": {"/.dockerenv": ""}, "mounts": [DISK, {**DISK, "point": "/etc/hostname"}]}, "docker"),
        ({"files": {"/run/systemd/container": "lxc\n"}}, "lxc"),
        ({"files": {"/run/systemd/container": "wsl\n"}}, ""),
        ({"environment": {"container": "podman"}}, "podman"),
        ({"environment": {"container": "my-database"}}, ""),
        ({"environment": {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}}, "kubernetes"),
        ({"environment": {"CODESPACES": "true"}, "files": {"/.dockerenv": ""}}, "codespace"),
        ({"environment": {"REMOTE_CONTAINERS": "true"}}, "devcontainer"),
        ({}, ""),
    ],
)
def test_containers(state: dict[str, Any], kind: str) -> None:
    assert container(machine("6.8.0-45-generic", **state)).kind == kind


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({}, "Ubuntu 22.04.5 LTS in WSL 2"),
        ({"release": "4.4.0-22621-Microsoft"}, "Ubuntu 22.04.5 LTS in WSL 1"),
        ({"files": {"/.dockerenv": ""}}, "Ubuntu 22.04.5 LTS in a container on a WSL 2 kernel"),
        ({"release": "6.8.0", "files": {"/.dockerenv": ""}}, "Ubuntu 22.04.5 LTS in a container (docker)"),
        ({"release": "6.8.0"}, "Ubuntu 22.04.5 LTS, x86_64"),
        ({"release": "10.0.22631", "kind": "windows"}, "Ubuntu 22.04.5 LTS (10.0.22631), x86_64"),
    ],
)
def test_the_heading(state: dict[str, Any], text: str) -> None:
    recorded = machine(**state)
    box = container(recorded)
    assert render(surroundings(recorded, wsl(recorded, box), box).text) == text


def test_settings_files() -> None:
    text = "# mine\r\n[WSL2]\r\nMemory = 3GB # small\r\nnonsense\r\n[interop]\r\nenabled = False\r\n= x\r\n"
    assert ini(text)["wsl2", "memory"] == "3GB"
    recorded = machine(files={"/etc/wsl.conf": text})
    assert wsl_settings(recorded, Wsl(2)).is_off("interop", "enabled")
    assert not wsl_settings(recorded, Wsl(0)).values


@pytest.mark.parametrize(
    ("text", "size"),
    [("8GB", 8 * 1024**3), ("512mb", 512 * 1024**2), ("1073741824", 1024**3), ("8 GB", 8 * 1024**3), ("", None),
     ("half", None), ("9" * 40, None)],
)  # fmt: skip
def test_sizes(text: str, size: int) -> None:
    assert size_bytes(text) == size


def test_the_windows_home_is_found_wherever_the_drive_is() -> None:
    recorded = machine(
        memory={"total": 2_900_000_000, "available": 1},
        environment={"PATH": "/usr/bin:/c/Users/Ana Bell/AppData/Local/Microsoft/WindowsApps"},
        files={"/c/Users/Ana Bell/.wslconfig": "[wsl2]\nmemory=3GB\n"},
    )
    seen = wsl_memory(recorded, Wsl(2, windows_mounts=(PurePosixPath("/c"),)))
    assert seen.limit == "3GB"
    assert wsl_memory(recorded, Wsl(2)) == WslMemory(2_900_000_000)
