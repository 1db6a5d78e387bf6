"""Freshness of a lock file, computed and compared: with AutoGPT's own files, and with what Poetry itself says.

DOCTOR_TEST_POETRY_1 and DOCTOR_TEST_POETRY_2 may name programs of Poetry 1 and 2 (for example 1.8.5 and 2.5.1).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePosixPath
from typing import Optional

import pytest

from checks.lock_file import content_hash, is_fresh, read_lock
from checks.manifest import loads
from doctor.machine.recorded import read
from tests import patients

SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared") / "autogpt"
needs_locks = pytest.mark.skipif(not SHARED.is_dir(), reason="AutoGPT's own lock files are not in ../shared/autogpt")
POETRIES = ("DOCTOR_TEST_POETRY_1", "DOCTOR_TEST_POETRY_2")
LOCK = PurePosixPath("/poetry.lock")
FILES = ("pyproject.toml", "poetry.lock")

OWN = {
    "2023-09": ("1.6.1", (2, 0), "bfda48730ab4c49e"),
    "v0.5.0": ("1.6.1", (2, 0), "bd520cc56d67eb63"),
    "v0.5.1": ("1.7.1", (2, 0), "afa9674e032573e4"),
    "2024-05": ("1.6.1", (2, 0), "d79316409dd12b59"),
    "2024-09": ("1.8.3", (2, 0), "b3d4efee5861b321"),
    "classic-2024": ("2.0.0", (2, 1), "b3d4efee5861b321"),
    "classic-2026": ("2.1.1", (2, 1), "5532f5315e2b78cf"),
}


def upstream(version: str) -> tuple[str, str]:
    """pyproject.toml and poetry.lock."""
    start = SHARED / version / ("classic-root_" if version == "classic-2026" else "")
    manifest, lock = (Path(f"{start}{'' if start.name.endswith('_') else '/'}{name}") for name in FILES)
    return manifest.read_text(encoding="utf-8"), lock.read_text(encoding="utf-8")


@needs_locks
@pytest.mark.parametrize("version", OWN)
def test_autogpts_own_lock_files_are_fresh(version: str) -> None:
    manifest, lock = upstream(version)
    found = read_lock(LOCK, lock, loads(manifest))
    assert (found.state, found.made_by, found.version, found.content_hash[:16]) == ("whole", *OWN[version])
    assert found.is_fresh is True


STALE = {
    ("classic-2024", 'requests = "*"', 'requests = "^2.31"'): "03274f564932f055",
    ("classic-2026", 'requests = "*"', 'requests = "^2.31"'): "eb135c8dd49c0bc8",
    ("classic-2024", 'python = "^3.10"', 'python = "^3.11"'): None,
    ("classic-2024", 'click = "*"', 'click = "*"\nrich = "^13"'): None,
    ("classic-2026", 'mock = "^5.1.0"', 'mock = "^5.0.0"'): None,
}


@needs_locks
@pytest.mark.parametrize("edit", STALE, ids=lambda edit: f"{edit[0]} {edit[2].splitlines()[-1]}")
def test_what_counts_makes_it_stale(edit: tuple[str, str, str]) -> None:
    version, before, after = edit
    manifest, lock = upstream(version)
    edited = manifest.replace(before, after, 1)
    assert edited != manifest
    expected = STALE[edit]
    if expected:
        assert (content_hash(loads(edited)) or "")[:16] == expected
    assert read_lock(LOCK, lock, loads(edited)).is_fresh is False


@needs_locks
def test_what_does_not_count_changes_nothing() -> None:
    manifest, lock = upstream("classic-2024")
    edited = manifest.replace('version = "0.5.0"', 'version = "9.9.9"', 1) + "\n[tool.another]\nline-length = 1\n"
    assert read_lock(LOCK, lock, loads(edited)).is_fresh is True


BASE = '[tool.poetry]\nname = "small"\nversion = "1"\ndescription = ""\nauthors = []\n'
PROJECT = '[project]\nname = "small"\nversion = "1"\n'
FORMS = {
    "poetry only": (BASE + '[tool.poetry.dependencies]\npython = ">=3.9"\n', True),
    "with extras and groups": (
        BASE
        + '[tool.poetry.dependencies]\npython = ">=3.9"\n[tool.poetry.group.dev.dependencies]\n[tool.poetry.extras]\n',
        True,
    ),
    "other letters": (BASE + '[tool.poetry.dependencies]\npython = ">=3.9"\n[tool.poetry.extras]\n"é" = []\n', True),
    "project with requires-python": (PROJECT + 'requires-python = ">=3.9"\ndependencies = []\n', False),
    "project with its name only": (PROJECT + '[tool.poetry.dependencies]\npython = ">=3.9"\n', False),
    "project and poetry": (PROJECT + 'requires-python = ">=3.9"\n[tool.poetry.group.dev.dependencies]\n', False),
    "dependency groups": (PROJECT + 'requires-python = ">=3.9"\n[dependency-groups]\ndev = []\n', False),
}
"""A pyproject.toml without any package to look up, and whether Poetry 1 can read it."""


def poetry(variable: str) -> str:
    program = os.environ.get(variable, "")
    if not program:
        pytest.skip(f"{variable} names no Poetry")
    return program


def call(program: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    quiet = {"POETRY_CACHE_DIR": str(folder / ".cache"), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("POETRY_")} | quiet
    return subprocess.run(
        [program, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("variable", POETRIES)
@pytest.mark.parametrize("form", FORMS)
def test_poetry_writes_the_hash_that_is_computed(variable: str, form: str, tmp_path: Path) -> None:
    program = poetry(variable)
    text, for_poetry_1 = FORMS[form]
    if variable == POETRIES[0] and not for_poetry_1:
        pytest.skip("Poetry 1 does not know this form")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    made = call(program, tmp_path, "lock")
    assert made.returncode == 0, made.stderr
    lock = read_lock(LOCK, (tmp_path / "poetry.lock").read_text(encoding="utf-8"), loads(text))
    assert (lock.state, lock.is_fresh) == ("whole", True)
    assert read_lock(LOCK, lock.text, loads(text.replace(">=3.9", ">=3.10"))).is_fresh is (">=3.9" not in text)


@needs_locks
@pytest.mark.parametrize("variable", POETRIES)
@pytest.mark.parametrize(
    "edit", [None, *STALE], ids=lambda edit: "as it is" if edit is None else edit[2].splitlines()[-1]
)
def test_poetry_agrees(variable: str, edit: Optional[tuple[str, str, str]], tmp_path: Path) -> None:
    program = poetry(variable)
    version = edit[0] if edit else "classic-2024"
    manifest, lock = upstream(version)
    manifest = manifest.replace(edit[1], edit[2], 1) if edit else manifest
    (tmp_path / "pyproject.toml").write_text(manifest, encoding="utf-8")
    (tmp_path / "poetry.lock").write_text(lock, encoding="utf-8")
    said = call(program, tmp_path, "check", "--lock")
    assert ("changed significantly" in said.stderr + said.stdout) is (edit is not None)
    assert read_lock(LOCK, lock, loads(manifest)).is_fresh is (edit is None)


def test_before_poetry_2_3_groups_did_not_count() -> None:
    manifest = loads('[project]\nname = "small"\nrequires-python = ">=3.9"\n[dependency-groups]\ndev = ["a"]\n')
    without = content_hash(manifest, with_groups=False)
    assert is_fresh(manifest, without, "2.2.1") is True
    assert is_fresh(manifest, without, "2.3.0") is False
    assert is_fresh(manifest, without, "") is False
    assert is_fresh(manifest, content_hash(manifest), "2.3.0") is True


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "broken"),
        ("<<<<<<< HEAD\n", "conflict"),
        ("\n[metadata]\nlock-version = 2.1\n", "broken"),
        ("\n[metadata]\nlock-version = \"two\"\n", "broken"),
        ("\n[metadata]\nlock-version = \"2.1\"\n", "whole"),
        ("\n[metadata]\nlock-version = \"1.1\"\n\n[metadata.files]\na = [\n]\n", "whole"),
        ("\n[metadata]\nlock-version = [", "broken"),
        ("\n[metadata]\n" + "[" * 3000, "broken"),
    ],
)  # fmt: skip
def test_states(text: str, state: str) -> None:
    assert read_lock(LOCK, text, {}).state == state


def test_a_date_where_poetry_knows_none_cannot_be_judged() -> None:
    assert content_hash({"tool": {"poetry": {"dependencies": {"a": loads("d = 2024-01-01")["d"]}}}}) is None


@pytest.mark.parametrize("version", ["2023-09", "v0.5", "2024-09", "classic-2024", "classic-2026"])
def test_the_lock_files_of_the_patients_are_fresh(version: str) -> None:
    """Whoever edits the pyproject.toml of a recorded checkout writes its content-hash anew."""
    state = read(patients.HERE / "checkouts" / f"{version}.yaml")
    [path] = [name for name in state["tree"] if name.endswith("poetry.lock")]
    manifest = state["tree"][path.replace("poetry.lock", "pyproject.toml")]
    lock = read_lock(LOCK, state["tree"][path], loads(manifest))
    assert (lock.state, lock.is_fresh, content_hash(loads(manifest))) == ("whole", True, lock.content_hash)
