"""The installed command, as a user has it, on a checkout of every era.

Runs when DOCTOR_TEST_COMMAND names the console script of an environment into which the wheel was installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = os.environ.get("DOCTOR_TEST_COMMAND", "")
SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared")
BUILDER = SHARED / "autogpt" / "build_checkout.py"

pytestmark = [
    pytest.mark.skipif(not COMMAND, reason="DOCTOR_TEST_COMMAND names no installed command"),
    pytest.mark.skipif(not BUILDER.exists(), reason="the checkout builder is not beside this repository"),
]

LAYOUTS = {
    "v0.1.0": "v0.1", "v0.2.0": "v0.2 to v0.4", "v0.2.2": "v0.2 to v0.4", "v0.3.1": "v0.2 to v0.4",
    "v0.4.0": "v0.2 to v0.4", "v0.4.7": "v0.2 to v0.4", "2023-09": "2023-09", "v0.5.0": "v0.5", "v0.5.1": "v0.5",
    "2024-05": "v0.5", "2024-09": "2024-09", "classic-2024": "classic-2024", "classic-2026": "classic-2026",
}  # fmt: skip


def doctor(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def checkout(version: str, place: Path) -> Path:
    folder = place / "AutoGPT"
    subprocess.run([sys.executable, str(BUILDER), version, str(folder), "--git"], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("version", LAYOUTS)
def test_a_live_examination_of_each_era(version: str, tmp_path: Path) -> None:
    folder = checkout(version, tmp_path)
    ran = doctor("--json", "--offline", "-C", str(folder), cwd=tmp_path)
    report: dict[str, Any] = json.loads(ran.stdout)
    assert report["checkout"]["layout"] == LAYOUTS[version]
    assert report["checkout"]["commit"]
    assert report["exit_status"] == ran.returncode
    assert ran.returncode in (0, 1)
    assert [check["id"] for check in report["checks"] if check["status"] == "error"] == []
    assert str(tmp_path) not in ran.stdout or not str(tmp_path).startswith(str(Path.home()))
    assert ran.stderr == ""


def test_text_and_json_agree(tmp_path: Path) -> None:
    folder = checkout("classic-2024", tmp_path)
    report = json.loads(doctor("--json", "--offline", "-C", str(folder), cwd=tmp_path).stdout)
    text = doctor("--offline", "-C", str(folder), cwd=tmp_path)
    assert text.returncode == report["exit_status"]
    places = [text.stdout.index(code) for code in report["causes"]]
    assert places == sorted(places)


def test_record_and_replay_give_the_same_findings(tmp_path: Path) -> None:
    folder = checkout("classic-2026", tmp_path)
    recording = tmp_path / "machine.json"
    assert doctor("record", str(recording), "--offline", "-C", str(folder), cwd=tmp_path).returncode in (0, 1)
    live = json.loads(doctor("--json", "--offline", "-C", str(folder), cwd=tmp_path).stdout)
    again = json.loads(doctor("replay", str(recording), "--json", "--offline", cwd=tmp_path).stdout)
    assert again["causes"] == live["causes"]
    findings = [[f["code"] for f in c["findings"]] for c in live["checks"]]
    assert [[f["code"] for f in c["findings"]] for c in again["checks"]] == findings
