"""A checkout or a program of the one side, used from the other."""

from __future__ import annotations

from typing import Any

import pytest

from checks.checkout import Checkout, checkout, search
from checks.container import Container
from checks.wsl import Wsl, wsl
from checks.wsl_sides import other_side, wsl_drive, wsl_programs, wsl_programs_are_linux, wsl_side
from doctor import System
from doctor.about import Options
from doctor.findings import Finding
from doctor.machine.recorded import Recorded
from doctor.shells import draw
from doctor.words import Place
from tests import patients

LINUX = {
    "kind": "linux",
    "name": "",
    "release": "5.15.167.4-microsoft-standard-WSL2",
    "architecture": "x86_64",
    "distribution": "debian",
}
DRIVE_C = {"point": "/mnt/c", "filesystem": "9p", "options": ["aname=drvfs;path=C:\\;metadata;uid=1000"]}
WINDOWS = "/mnt/c/tools"

WINDOWS_11 = System("windows", "Windows 11", "10.0.22631", "x86_64")


def machine(files: Any, path: str = f"/usr/bin:{WINDOWS}") -> Recorded:
    return Recorded(
        {
            "complete": True,
            "system": LINUX,
            "mounts": [{"point": "/", "filesystem": "ext4"}, DRIVE_C],
            "environment": {"PATH": path},
            "files": {name: {"mode": "755", "text": ""} for name in files},
        }
    )


def seen(*files: str, path: str = f"/usr/bin:{WINDOWS}") -> list[tuple[str, str]]:
    recorded = machine(files, path)
    here = Wsl(2, windows_mounts=wsl(recorded, Container()).windows_mounts)
    return [(f.code, f.status.value) for f in wsl_programs_are_linux(Wsl(2), wsl_programs(recorded, here))]


FOREIGN, ONLY = "wsl.windows-programs", "wsl.only-in-windows"


@pytest.mark.parametrize(
    ("files", "findings"),
    [
        (["/usr/bin/python3", "/usr/bin/poetry", "/usr/bin/git"], []),
        (["/usr/bin/python3", f"{WINDOWS}/python3", f"{WINDOWS}/git", "/usr/bin/git"], []),
        ([f"{WINDOWS}/python3"], [(FOREIGN, "problem")]),
        ([f"{WINDOWS}/python"], [(FOREIGN, "problem")]),
        (["/usr/bin/python3", f"{WINDOWS}/python"], [(FOREIGN, "warning")]),
        (["/usr/bin/python3", f"{WINDOWS}/git"], [(FOREIGN, "warning")]),
        (["/usr/bin/python3", f"{WINDOWS}/poetry", f"{WINDOWS}/git"], [(FOREIGN, "problem"), (FOREIGN, "warning")]),
        (["/usr/bin/python3", f"{WINDOWS}/poetry.exe"], [(ONLY, "note")]),
        ([f"{WINDOWS}/python.exe"], [(ONLY, "note")]),
        (["/mnt/c/Users/x/WindowsApps/python3.exe"], []),
    ],
)
def test_programs_of_the_other_side(files: list[str], findings: list[tuple[str, str]]) -> None:
    assert seen(*files, path=f"/usr/bin:{WINDOWS}:/mnt/c/Users/x/WindowsApps") == findings


def examined(name: str) -> tuple[Recorded, Checkout]:
    recorded = patients.admit(name).machine
    return recorded, checkout(search(recorded, Options(recorded.folder)))


def commands(finding: Finding, recorded: Recorded) -> list[str]:
    return [draw(each, Place(recorded.home)) for each in finding.remedy.commands]


def test_the_way_out_of_a_windows_drive_keeps_version_and_settings() -> None:
    recorded, found = examined("wsl/windows-drive-9p")
    (finding,) = wsl_drive(Wsl(2), other_side(recorded, wsl(recorded, Container()), found))
    assert commands(finding, recorded) == [
        "git clone /mnt/c/dev/AutoGPT ~/AutoGPT",
        "cp /mnt/c/dev/AutoGPT/classic/original_autogpt/.env ~/AutoGPT/classic/original_autogpt/.env",
    ]


def test_a_folder_that_is_taken_is_not_proposed() -> None:
    recorded, found = examined("wsl/windows-drive-behind-a-link")
    (finding,) = wsl_drive(Wsl(2), other_side(recorded, wsl(recorded, Container()), found))
    assert commands(finding, recorded)[0] == "git clone /mnt/c/AutoGPT ~/AutoGPT-linux"


def test_the_way_back_into_wsl() -> None:
    recorded, found = examined("wsl/windows-wrong-side")
    (finding,) = wsl_side(WINDOWS_11, other_side(recorded, Wsl(), found))
    assert commands(finding, recorded) == ["wsl -d Ubuntu-22.04 --cd /home/dev/AutoGPT/classic/original_autogpt"]


def test_without_a_checkout_nothing_lies_on_the_wrong_side() -> None:
    recorded, _ = examined("wsl/windows-drive-9p")
    assert list(wsl_drive(Wsl(2), other_side(recorded, wsl(recorded, Container()), None))) == []


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ([f"{WINDOWS}/poetry"], "pipx install poetry"),
        ([f"{WINDOWS}/poetry", "/usr/bin/poetry"], "grep -n /mnt/ ~/.bashrc ~/.profile"),
    ],
)
def test_a_program_that_linux_has_too_is_not_installed_again(files: list[str], command: str) -> None:
    recorded = machine([*files, "/usr/bin/python3"], path=f"{WINDOWS}:/usr/bin")
    (finding,) = wsl_programs_are_linux(Wsl(2), wsl_programs(recorded, wsl(recorded, Container())))
    assert commands(finding, recorded)[-1] == command
