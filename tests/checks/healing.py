"""Does the remedy heal? Each command of a finding is typed into a real shell, and the same folder examined again."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Iterable

from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine.live import Live
from doctor.registry import Registry
from doctor.shells import draw


def complaints(folder: Path, registry: Registry, groups: Iterable[str]) -> dict[str, Finding]:
    """What is wrong in this folder of this machine, by code."""
    machine = Live()
    options = Options(machine.path(str(folder)), is_given=True, is_offline=True)
    outcome = examine(machine, registry, options, chosen=registry.matching(groups))
    machine.close()
    findings = [finding for result in outcome.results for finding in result.findings]
    return {each.code: each for each in findings if each.status in (Status.PROBLEM, Status.WARNING)}


def type_in(finding: Finding, *, only: int = 0) -> None:
    """Type the commands of a remedy into one shell, all or the first few, and expect that each succeeds."""
    commands = finding.remedy.commands[: only or None]
    lines = ["set -e", *(draw(command) for command in commands)]
    subprocess.run(["bash", "-c", "\n".join(lines)], check=True, capture_output=True, timeout=30)
