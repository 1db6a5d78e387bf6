"""Somebody else's package adds a check, with no change here: installed as packages are, found by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = '''
from __future__ import annotations

from typing import Iterator

from doctor import Finding, Machine, Stage, check, say, warning


@check("coffee.beans", title="Coffee beans", stage=Stage.RESOURCES, codes=("coffee.none",))
def beans(machine: Machine) -> Iterator[Finding]:
    """There must be beans. It is judged by the variable COFFEE_BEANS."""
    if not machine.variable("COFFEE_BEANS"):
        yield warning("coffee.none", say("There are no beans in {home}", home=machine.home))
'''


def install(place: Path, name: str, source: str) -> None:
    """What an installer leaves behind: a module, and metadata that names it."""
    (place / f"{name}.py").write_text(source, encoding="utf-8")
    metadata = place / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[autogpt_doctor.checks]\n{name} = {name}\n", encoding="utf-8")


def doctor(place: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doctor", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place), "PYTHONIOENCODING": "utf-8", **variables},
        input="",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_check_of_another_package_runs_and_speaks(tmp_path: Path) -> None:
    install(tmp_path, "coffee", PLUGIN)
    report = json.loads(doctor(tmp_path, "--json", "--offline", "--only", "coffee").stdout)
    (check,) = report["checks"]
    assert [finding["code"] for finding in check["findings"]] == ["coffee.none"]
    assert check["findings"][0]["text"] == "There are no beans in ~"
    report = json.loads(doctor(tmp_path, "--json", "--offline", "--only", "coffee", COFFEE_BEANS="1").stdout)
    assert report["checks"][0]["status"] == "ok"
    assert "coffee.beans" in doctor(tmp_path, "list").stdout
    assert "There must be beans." in doctor(tmp_path, "explain", "coffee.none").stdout


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import no_such_module_anywhere\n", "doctor.plugin-broken"),
        (PLUGIN.replace("coffee.beans", "checkout.layout"), "doctor.duplicate-check"),
        (PLUGIN.replace("machine: Machine", "machine: Iterator"), "doctor.unknown-fact"),
        (PLUGIN.replace("machine: Machine", "machine: Nowhere"), "doctor.plugin-broken"),
        (PLUGIN.replace("machine: Machine", "machine: []"), "doctor.plugin-broken"),
        ("def broken(:\n", "doctor.plugin-broken"),
    ],
)
def test_a_broken_package_is_said_and_the_rest_runs(source: str, code: str, tmp_path: Path) -> None:
    install(tmp_path, "coffee", source)
    ran = doctor(tmp_path, "--json", "--offline", "-C", str(tmp_path))
    assert ran.stderr == ""
    report = json.loads(ran.stdout)
    plugins = next(check for check in report["checks"] if check["id"] == "doctor.plugins")
    assert code in [finding["code"] for finding in plugins["findings"]]
    assert len(report["checks"]) > 10
    assert report["causes"][0] == "checkout.none"
    assert "Traceback" not in ran.stdout + ran.stderr
