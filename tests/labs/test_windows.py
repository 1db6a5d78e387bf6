"""A live examination by the installed autogpt-doctor.exe on a real Windows CPython, with registry values planted.

Runs when DOCTOR_TEST_WINE names a folder that tests/labs/windows/setup.sh has made and the wheel is installed there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

WINE = os.environ.get("DOCTOR_TEST_WINE", "")
SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared")
BUILDER = SHARED / "autogpt" / "build_checkout.py"

pytestmark = [
    pytest.mark.skipif(not WINE, reason="DOCTOR_TEST_WINE names no prepared folder"),
    pytest.mark.skipif(not BUILDER.exists(), reason="the checkout builder is not beside this repository"),
]

PLANT = """
import sys, winreg
from json import loads
for hive, path, name, value in loads(sys.argv[1]):
    key = winreg.CreateKeyEx(getattr(winreg, hive), path, 0, winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY)
    kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
    winreg.SetValueEx(key, name, 0, kind, value)
"""
UPROOT = """
import sys, winreg
from json import loads
for hive, path, name, value in loads(sys.argv[1]):
    try:
        winreg.DeleteKeyEx(getattr(winreg, hive), path, winreg.KEY_WOW64_64KEY, 0)
    except OSError:
        pass
"""
DISTRIBUTION = r"Software\Microsoft\Windows\CurrentVersion\Lxss\{11111111-2222-3333-4444-555555555555}"
OLD_PYTHON = r"Software\Python\PythonCore\3.10\InstallPath"
PLANTED = [
    ("HKEY_CURRENT_USER", DISTRIBUTION, "DistributionName", "Ubuntu"),
    ("HKEY_CURRENT_USER", DISTRIBUTION, "Flags", 7),
    ("HKEY_CURRENT_USER", DISTRIBUTION, "State", 1),
    ("HKEY_CURRENT_USER", OLD_PYTHON, "ExecutablePath", r"C:\gone\python.exe"),
]


def windows(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [f"{WINE}/winexe", program, *arguments],
        input="", capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


def examined(folder: Path, *arguments: str) -> dict[str, Any]:
    place = "Z:" + str(folder).replace("/", "\\")
    ran = windows(r"Scripts\autogpt-doctor.exe", "--json", "--offline", "-C", place, *arguments)
    report: dict[str, Any] = json.loads(ran.stdout)
    assert report["exit_status"] == ran.returncode
    assert [check["id"] for check in report["checks"] if check["status"] == "error"] == []
    return report


def codes(report: dict[str, Any]) -> set[str]:
    return {finding["code"] for check in report["checks"] for finding in check["findings"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "AutoGPT"
    subprocess.run([sys.executable, str(BUILDER), "classic-2024", str(made)], check=True, capture_output=True)
    return made / "classic" / "original_autogpt"


@pytest.fixture
def planted() -> Iterator[None]:
    assert windows("python.exe", "-c", PLANT, json.dumps(PLANTED)).returncode == 0
    yield
    windows("python.exe", "-c", UPROOT, json.dumps(PLANTED))


@pytest.mark.usefixtures("planted")
def test_what_is_in_the_registry_is_found(folder: Path) -> None:
    found = codes(examined(folder))
    assert "wsl.distribution-version-1" in found
    assert "python.stale-registry" in found


def test_what_is_not_in_the_registry_is_not_found(folder: Path) -> None:
    found = codes(examined(folder))
    assert "wsl.distribution-version-1" not in found
    assert "python.stale-registry" not in found


def test_an_env_file_that_is_a_text_file(folder: Path) -> None:
    (folder / ".env.txt").write_text("SMART_LLM=gpt-4o\n", encoding="utf-8")
    assert "hidden_files.env-look-alike" in codes(examined(folder))


def test_the_machine_is_what_it_is(folder: Path) -> None:
    report = examined(folder)
    assert report["machine"]["system"] == "windows"
    assert report["checkout"]["layout"] == "classic-2024"


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "ja_JP.UTF-8", "C"])
def test_a_console_that_cannot_show_the_marks(folder: Path, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code pages gbk, cp932 and cp1252."""
    monkeypatch.setenv("LC_ALL", locale)
    place = "Z:" + str(folder).replace("/", "\\")
    ran = subprocess.run(
        [f"{WINE}/winexe", r"Scripts\autogpt-doctor.exe", "--offline", "-C", place],
        input=b"", capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1)
    assert b"Traceback" not in ran.stderr
    assert b"autogpt-doctor" in ran.stdout
