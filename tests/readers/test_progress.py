"""Waiting: a line on a terminal that says for what, which leaves no trace; and Ctrl-C, which prints what there is."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from doctor.readers.layout import Look
from doctor.readers.progress import Progress
from tests.switchboard import PATIENCE_S

ROOT = Path(__file__).parent.parent.parent
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pexpect's terminals are POSIX ones")


def lines(progress_of: io.StringIO) -> list[str]:
    """What stood on the line, one state after another."""
    return [each for each in progress_of.getvalue().split("\r") if each.strip()]


def test_nothing_is_said_in_the_first_second() -> None:
    stream = io.StringIO()
    progress = Progress(stream, Look())
    progress.waiting(("Docker engine",), 0.9)
    progress.finished()
    assert lines(stream) == []


def test_it_says_what_is_waited_for_and_goes_without_a_trace() -> None:
    stream = io.StringIO()
    progress = Progress(stream, Look())
    progress.waiting(("Docker engine", "git program"), 1.2)
    progress.waiting(("Docker engine", "git program"), 1.3)
    progress.waiting(("a", "b", "c", "d", "e"), 2.4)
    progress.finished()
    assert lines(stream) == ["1 s, waiting for: Docker engine, git program", "2 s, waiting for: a, b, c and 2 more"]
    assert stream.getvalue().endswith("\r" + " " * len("2 s, waiting for: a, b, c and 2 more") + "\r")


def test_it_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = io.StringIO()
    Progress(stream, Look()).waiting(("数据目录数据目录数据目录",), 1.2)
    assert lines(stream) == ["1 s, waiting for: "]


def test_a_terminal_that_goes_away_costs_nothing() -> None:
    stream = io.StringIO()
    progress = Progress(stream, Look())
    stream.close()
    progress.waiting(("Docker engine",), 1.2)
    progress.finished()


@pytest.fixture
def hanging(tmp_path: Path) -> dict[str, str]:
    """An environment in which every program that may be asked sleeps for an hour."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("git", "docker", "python3", "python", "poetry", "uv", "conda", "podman"):
        (folder / name).write_text("#!/bin/sh\nexec /bin/sleep 3600\n")
        (folder / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    return {**kept, "PATH": str(folder), "HOME": str(tmp_path), "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}


def hears_ctrl_c() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so does everything that comes from it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@POSIX
def test_ctrl_c_prints_what_there_is(hanging: dict[str, str], tmp_path: Path) -> None:
    import pexpect  # type: ignore[import-untyped,unused-ignore]
    import pyte

    child = pexpect.spawn(
        sys.executable, ["-m", "doctor", "-C", str(tmp_path), "--offline"],
        cwd=str(ROOT), env=hanging, dimensions=(50, 100), timeout=60,
        preexec_fn=hears_ctrl_c,
    )  # fmt: skip
    child.expect(b"waiting for: ")
    before = child.before + child.after
    child.send("\x03")
    output = before + child.read()
    child.close()
    assert child.exitstatus == 130
    screen = pyte.Screen(100, 50)
    pyte.ByteStream(screen).feed(output)
    page = "\n".join(line.rstrip() for line in screen.display)
    assert "waiting for" not in page
    assert "Stopped before " in page
    assert "the examination was stopped" in " ".join(page.split())
    assert "checks passed" in page


def is_gone(pid: str) -> bool:
    """Whether a process has ended, or does so within the time that a killed one may take on a busy machine."""
    state = Path(f"/proc/{pid}/stat")
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while time.monotonic() < deadline:
        try:
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        pause.wait(0.01)
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks into /proc")
def test_when_it_is_told_to_end_no_program_stays_behind(hanging: dict[str, str], tmp_path: Path) -> None:
    told = tmp_path / "told"
    getattr(os, "mkfifo")(told)  # noqa: B009 - Windows has none, and its type checker says so
    for name in ("python3", "python"):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho $$ > "{told}"\nexec /bin/sleep 3600\n')
    command = [sys.executable, "-m", "doctor", "-C", str(tmp_path), "--offline"]
    child = subprocess.Popen(command, cwd=ROOT, env=hanging, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program = told.read_text().split()[0]  # waits until one runs
    child.terminate()
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (128 + 15, b"", b"")
    assert is_gone(program)


@POSIX
def test_nothing_of_it_is_seen_where_nobody_looks(hanging: dict[str, str], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "doctor", "-C", str(tmp_path), "--offline", "--timeout", "2"],
        cwd=ROOT, env=hanging, capture_output=True,
    )  # fmt: skip
    assert ended.stderr == b""
    assert b"waiting for" not in ended.stdout
    assert b"checks passed" in ended.stdout
