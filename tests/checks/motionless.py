"""Machines on which nothing may be started, for what is found by looking."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Mapping, Optional, Sequence, Union

from checks.python_path import on_path
from checks.python_question import Candidate
from doctor.machine import QUESTION_LIMIT_S, Argument, Failure, Machine, Ran
from doctor.machine.recorded import Recorded

LINUX = {"kind": "linux", "name": "Ubuntu 24.04", "release": "6.8", "architecture": "x86_64", "distribution": "ubuntu"}
MAC = {"kind": "darwin", "name": "macOS 15", "release": "24.1", "architecture": "arm64"}
WINDOWS = {"kind": "windows", "name": "Windows 11", "release": "10.0.22631", "architecture": "x86_64"}
RUN = {"mode": "755"}


class Motionless(Recorded):
    """A machine on which starting anything is a mistake."""

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        raise AssertionError(f"{argv[0]} was started")


def machine(system: dict[str, str], path: str, files: dict[str, Any], **more: Any) -> Recorded:
    environment = {"PATH": path, **more.pop("environment", {})}
    return Motionless({"complete": True, "system": system, "environment": environment, "files": files, **more})


def names(found: Machine, folder: str = "/home/user/AutoGPT") -> dict[str, str]:
    """What each name means: a path, or why it is none."""
    meant = {}
    for each in on_path(found, found.path(folder)):
        for name in each.names:
            meant[name] = str(each.path) if isinstance(each, Candidate) else each.reason
    return meant
