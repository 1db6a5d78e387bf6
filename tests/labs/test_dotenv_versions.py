"""Our reading of a `.env` against the versions of python-dotenv that AutoGPT has pinned, each in its own environment.

The lane of the labs makes the environments and names their folder in DOCTOR_TEST_DOTENV: one a version, by its number.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from checks.dotenv_text import dialect_of
from tests.dotenv_peer import TEXTS, Peer, ours

FOLDER = os.environ.get("DOCTOR_TEST_DOTENV", "")
VERSIONS = ("1.0.0", "1.0.1", "1.2.1", "newest")

pytestmark = pytest.mark.skipif(not FOLDER, reason="DOCTOR_TEST_DOTENV names no folder of environments")


@pytest.mark.parametrize("name", VERSIONS)
def test_generated_files_mean_the_same(name: str, tmp_path: Path) -> None:
    python = str(Path(FOLDER, name, "bin", "python"))
    ask = [python, "-c", "import importlib.metadata as m; print(m.version('python-dotenv'))"]
    number = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    assert name in (number, "newest")
    dialect = dialect_of([int(part) for part in number.split(".")])
    peer = Peer(python, tmp_path)

    @settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def agrees(text: str) -> None:
        data = text.encode("utf-8")
        for override in (True, False):
            assert ours(data, dialect, override) == peer.values(data, override)

    try:
        agrees()
    finally:
        peer.close()
