"""A live examination in a view of this Linux machine that looks like WSL, kernel, programs and network included.

Runs as root when DOCTOR_TEST_WSL_VIEW names the script that makes such a view (`wsl-view --mode MODE -- COMMAND`).
DOCTOR_TEST_COMMAND may name the installed command; without it the source beside these tests is examined.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

VIEW = os.environ.get("DOCTOR_TEST_WSL_VIEW", "")
COMMAND = os.environ.get("DOCTOR_TEST_COMMAND", "")
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.skipif(not VIEW, reason="DOCTOR_TEST_WSL_VIEW names no script that makes a view like WSL"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a view like WSL is made of namespaces, which need root"
    ),
]

def seen_in(mode: str, folder: Path) -> dict[str, Any]:
    """What the doctor reports of a machine in that networking mode."""
    doctor = [COMMAND] if COMMAND else [sys.executable, "-m", "doctor"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [VIEW, "--mode", mode, "--", *doctor, "--json", "--offline", "-C", str(folder)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.stdout, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    assert ran.returncode == report["exit_status"]
    return report


@pytest.fixture(scope="module", autouse=True)
def taken_down() -> Any:
    yield
    subprocess.run([VIEW, "--down"], check=True, timeout=60)


@pytest.mark.parametrize(
    ("mode", "version", "networking"),
    [("nat", 2, "nat"), ("mirrored", 2, "mirrored"), ("wsl1", 1, "wsl1")],
)
def test_version_and_networking_mode(mode: str, version: int, networking: str, tmp_path: Path) -> None:
    report = seen_in(mode, tmp_path)
    machine = report["machine"]
    assert machine["wsl"] == version
    assert machine["wsl_networking_mode"] == networking
    assert machine["is_wsl_networking_inferred"] is False
    assert machine["wsl_distribution"] == "Ubuntu-22.04"
    assert ("wsl.version-1" in report["causes"]) is (version == 1)
    assert [check["id"] for check in report["checks"] if check["status"] == "error"] == []
