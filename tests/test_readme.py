"""The README shows what the command prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMAND = "import sys; sys.argv[0] = 'autogpt-doctor'; from doctor.__main__ import main; main()"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_report_of_the_readme_is_a_real_one() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND, "replay", "tests/patients/combined/readme.yaml"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "91" if sys.platform == "win32" else "90", "PYTHONIOENCODING": "utf-8"},
        input=b"",
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout.decode("utf-8").replace("\r\n", "\n").strip() in README


def test_the_check_of_the_readme_is_a_whole_plugin() -> None:
    """It is as long as it says, and it works: the same lines, registered and run."""
    from types import ModuleType

    from doctor.about import Options
    from doctor.checkup import examine
    from doctor.machine.recorded import parse
    from doctor.registry import Registry

    source = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert source is not None
    assert len(source[1].strip().splitlines()) <= 16
    module = ModuleType("colleague_checks")
    sys.modules["colleague_checks"] = module
    try:
        exec(source[1], module.__dict__)
        registry = Registry()
        registry.add(module)
        registry.settle()
        assert registry.troubles == []
        machine = parse(
            {
                "complete": True,
                "system": {"kind": "linux", "name": "L", "release": "6", "architecture": "x86_64"},
                "disk": {"/": {"total": 10**11, "free": 10**9}},
            }
        )
        (result,) = examine(machine, registry, Options(machine.folder)).results
        assert [finding.code for finding in result.findings] == ["colleague.disk-full"]
    finally:
        del sys.modules["colleague_checks"]
