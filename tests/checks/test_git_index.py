"""Whether git keeps a file: by an index that git itself wrote, and by lines of ignore files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from checks.git_index import in_index, names

GIT = shutil.which("git")


@pytest.mark.skipif(GIT is None, reason="git is not installed")
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_an_index_that_git_wrote(version: str, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run([str(GIT), "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "classic" / "agent").mkdir(parents=True)
    for name in ("classic/agent/.env", "classic/agent/.env.template", "other.env", "classic/later.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    git("add", "classic/agent/.env", "classic/agent/.env.template", "other.env")
    if version == "3":
        git("add", "-N", "classic/later.txt")
    git("update-index", "--index-version", version)
    data = (tmp_path / ".git" / "index").read_bytes()
    if version == "4":
        assert in_index(data, "classic/agent/.env") is None
        return
    assert in_index(data, "classic/agent/.env") is True
    assert in_index(data, "other.env") is True
    assert in_index(data, ".env") is False
    assert in_index(data, "agent/.env") is False
    git("rm", "--cached", "classic/agent/.env")
    assert in_index((tmp_path / ".git" / "index").read_bytes(), "classic/agent/.env") is False


@pytest.mark.parametrize("data", [b"", b"DIRC", b"no index at all", b"DIRC\0\0\0\x09" + b".env\0" * 40])
def test_what_is_no_index_tells_nothing(data: bytes) -> None:
    assert in_index(data, ".env") is None


@pytest.mark.parametrize(
    ("line", "is_meant"),
    [
        (".env", True),
        ("/.env", False),
        ("*.env", True),
        (".env*", True),
        ("**/.env", True),
        ("classic/.env", True),
        ("/classic/.env", True),
        ("classic/*", True),
        (".env/", False),
        ("# .env", False),
        ("env", False),
        ("*.py", False),
        ("", False),
        ("[.]env", False),
    ],
)
def test_a_line_of_an_ignore_file(line: str, is_meant: bool) -> None:
    assert names(line, "classic/.env") is is_meant
