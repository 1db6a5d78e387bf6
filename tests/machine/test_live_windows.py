"""What only Windows has: its names, both views of its registry, the versions of its files."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from doctor.machine import Failure, FailureKind, Folder, Key
from doctor.machine.live import Live
from doctor.machine.windows import name_of

windows_only = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has a registry and file versions")
OWN_KEY = "Software\\doctor-test"


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live()


@pytest.mark.parametrize(
    ("major", "build", "is_server", "name"),
    [
        (10, 19045, False, "Windows 10"),
        (10, 22000, False, "Windows 11"),
        (10, 26100, False, "Windows 11"),
        (10, 26100, True, "Windows Server 2025"),
        (10, 20348, True, "Windows Server 2022"),
        (10, 17763, True, "Windows Server 2019"),
        (6, 9600, True, "Windows Server"),
        (8, 9200, False, "Windows 8"),
    ],
)
def test_names_of_windows(major: int, build: int, is_server: bool, name: str) -> None:
    assert name_of(major, build, is_server) == name


@windows_only
def test_who_it_is(machine: Live) -> None:
    assert machine.system.name.startswith("Windows")
    assert re.fullmatch(r"\d+\.\d+\.\d+", machine.system.release)
    assert machine.system.architecture in ("x86_64", "arm64", "x86")
    assert machine.system.process_architecture in ("x86_64", "arm64", "x86")
    assert machine.home == machine.path(os.environ["USERPROFILE"])


@windows_only
def test_windows_knows_its_folders_without_any_variable(machine: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    roaming, local = os.environ["APPDATA"], os.environ["LOCALAPPDATA"]
    for name in ("APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, "Z:\\not\\here")
    told = [machine.user_folder(each) for each in (Folder.CONFIG, Folder.DATA, Folder.LOCAL, Folder.CACHE)]
    assert told == [machine.path(each) for each in (roaming, roaming, local, local)]


@windows_only
def test_values_of_every_type(machine: Live) -> None:
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, OWN_KEY) as key:
            winreg.SetValueEx(key, "", 0, winreg.REG_SZ, "default")
            winreg.SetValueEx(key, "Text", 0, winreg.REG_EXPAND_SZ, "%TEMP%")
            winreg.SetValueEx(key, "Number", 0, winreg.REG_DWORD, 0xFFFFFFFF)
            winreg.SetValueEx(key, "List", 0, winreg.REG_MULTI_SZ, ["a", "b"])
            winreg.SetValueEx(key, "Bytes", 0, winreg.REG_BINARY, b"\0\1")
            winreg.SetValueEx(key, "Nothing", 0, winreg.REG_BINARY, None)
            winreg.CreateKey(key, "Sub").Close()
        try:
            found = machine.registry("HKCU", OWN_KEY)
            assert isinstance(found, Key)
            assert found.values == {
                "": "default",
                "Text": "%TEMP%",
                "Number": 0xFFFFFFFF,
                "List": ("a", "b"),
                "Bytes": b"\0\1",
                "Nothing": b"",
            }
            assert found.subkeys == ("Sub",)
        finally:
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, OWN_KEY + "\\Sub")
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, OWN_KEY)


@windows_only
def test_both_views(machine: Live) -> None:
    """On 64-bit Windows 32-bit programs have a SOFTWARE of their own, where their folder for programs is another."""
    if not os.environ.get("ProgramW6432"):  # noqa: SIM112 - its real spelling
        pytest.skip("this is a 32-bit Windows")
    folders = {}
    for view in (64, 32):
        key = machine.registry("HKLM", "SOFTWARE\\Microsoft\\Windows\\CurrentVersion", view)
        assert isinstance(key, Key)
        folders[view] = key.subkeys
    assert folders[64] != folders[32]


@windows_only
@pytest.mark.parametrize("path", ["Software\\doctor-test-none", "a\0b", "x" * 300])
def test_a_key_that_is_not_there(machine: Live, path: str) -> None:
    answer = machine.registry("HKCU", path)
    assert isinstance(answer, Failure)


@windows_only
def test_the_version_of_a_file(machine: Live, tmp_path: Path) -> None:
    system = machine.path(os.environ["SYSTEMROOT"], "System32")
    version = machine.file_version(system / "kernel32.dll")
    assert isinstance(version, str)
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", version)
    (tmp_path / "plain.txt").write_text("x")
    for name in ("plain.txt", "none.dll"):
        assert isinstance(machine.file_version(machine.path(str(tmp_path)) / name), Failure)
    absent = machine.file_version(machine.path(str(tmp_path)) / "none.dll")
    assert isinstance(absent, Failure)
    assert absent.kind is FailureKind.ABSENT
