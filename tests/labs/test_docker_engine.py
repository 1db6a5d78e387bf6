"""Real container engines, started here and asked through the live machine: up, closed, frozen, gone, and Podman.

They listen on a socket of their own in a temporary folder, touch no network and no firewall, are ended by their own
process ids, and what they have mounted is taken away. This needs Linux, root and the programs; what is missing is said
in the reason for skipping.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("container engines run on Linux", allow_module_level=True)

ROOT = Path(__file__).parents[2]
DOCKERD, PODMAN, DOCKER, SETPRIV = (shutil.which(name) for name in ("dockerd", "podman", "docker", "setpriv"))
NOBODY = "65534"
READY_LIMIT_S = 30.0

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="container engines run on Linux"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="starting an engine takes root"),
    pytest.mark.skipif(DOCKER is None, reason="the command docker is not installed"),
]
with_dockerd = pytest.mark.skipif(DOCKERD is None, reason="dockerd is not installed")
with_podman = pytest.mark.skipif(PODMAN is None, reason="podman is not installed")


class Running:
    """An engine and its socket."""

    def __init__(self, process: subprocess.Popen[bytes], socket: Path) -> None:
        self.process = process
        self.socket = socket

    def end(self, how: int = signal.SIGTERM) -> None:
        """The engine alone first, so that it ends its own; then whatever of its session is left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def started(argv: list[str], socket: Path, folder: Path) -> Running:
    """Start an engine in a session of its own and wait until its socket is there."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    running = Running(process, socket)
    deadline = monotonic() + READY_LIMIT_S
    while not socket.exists():
        if process.poll() is not None or monotonic() > deadline:
            running.end()
            pytest.skip("the engine does not start here: " + (folder / "log").read_text(errors="replace")[-300:])
        sleep(0.02)
    return running


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path (Podman wants that) that everyone may enter, which pytest's own is not."""
    made = Path(tempfile.mkdtemp(prefix="engine-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        for point in sorted(mounted, reverse=True):
            if point.startswith(f"{made}/"):
                subprocess.run(["umount", "--lazy", point], check=False, timeout=20)
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def engine(folder: Path) -> Iterator[Running]:
    """A Docker engine that leaves the firewall and every other socket alone."""
    socket = folder / "docker.sock"
    running = started(
        [
            str(DOCKERD), "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
            "--pidfile", f"{folder}/dockerd.pid", "-H", f"unix://{socket}", "--iptables=false", "--ip6tables=false",
            "--ip-forward=false", "--ip-masq=false", "--bridge=none", "--storage-driver=vfs", "--group", "root",
        ],
        socket, folder,
    )  # fmt: skip
    try:
        yield running
    finally:
        running.end()


def examined(socket: Path, as_nobody: bool = False) -> dict[str, Any]:
    """What the doctor's Docker checks find, in a process of its own: finding codes with their text and status.

    Its own sign of a container counts as it does in life, so a warning may be a note here; the code is the same.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    environment |= {"DOCKER_HOST": f"unix://{socket}", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["HOME"] = str(socket.parent)
    who = [str(SETPRIV), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if as_nobody else []
    asked = [*who, sys.executable, "-m", "doctor", "--json", "--offline", "--only", "docker", "-C", "/"]
    ran = subprocess.run(asked, env=environment, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout, ran.stderr
    report = json.loads(ran.stdout)
    checks = [check for check in report["checks"] if check["id"].startswith("docker.")]
    assert [check["id"] for check in checks if check["status"] in ("error", "not_checked")] == []
    return {finding["code"]: finding for check in checks for finding in check["findings"]}


@with_dockerd
def test_a_running_engine_is_found_and_named(engine: Running) -> None:
    findings = examined(engine.socket)
    assert "docker.running" in findings
    assert "Docker Engine" in findings["docker.running"]["text"]
    assert not {"docker.not-running", "docker.unclear", "docker.sdk-cannot-see"} & set(findings)


@with_dockerd
@pytest.mark.skipif(SETPRIV is None, reason="setpriv is not installed")
def test_a_person_outside_the_group_is_told_so(engine: Running) -> None:
    findings = examined(engine.socket, as_nobody=True)
    assert "docker.permission" in findings
    assert not {"docker.not-running", "docker.running"} & set(findings)
    lines = json.dumps(findings["docker.permission"]["remedy"])
    assert "usermod -aG docker" in lines
    assert "chmod" not in lines


@with_dockerd
def test_a_frozen_engine_costs_its_time_and_no_more(engine: Running) -> None:
    engine.process.send_signal(signal.SIGSTOP)
    assert "docker.not-answering" in examined(engine.socket)
    engine.process.send_signal(signal.SIGCONT)
    assert "docker.running" in examined(engine.socket)


@with_dockerd
def test_a_socket_left_behind_is_no_engine(engine: Running) -> None:
    engine.process.kill()
    engine.process.wait()
    assert engine.socket.exists()
    findings = examined(engine.socket)
    assert "docker.not-running" in findings
    assert "Cannot connect" in json.dumps(findings["docker.not-running"]["evidence"])


@with_dockerd
def test_where_nothing_listens_no_client_is_started(folder: Path) -> None:
    findings = examined(folder / "docker.sock")
    assert "docker.not-running" in findings
    assert "docker says" not in json.dumps(findings["docker.not-running"]["evidence"])


@with_podman
def test_podman_behind_dockers_client(folder: Path) -> None:
    socket = folder / "podman.sock"
    stores = ["--root", f"{folder}/root", "--runroot", f"{folder}/run"]
    running = started([str(PODMAN), *stores, "system", "service", "--time=0", f"unix://{socket}"], socket, folder)
    try:
        findings = examined(socket)
    finally:
        running.end()
    assert findings["docker.running"]["text"].startswith("Podman")
    assert "docker.engine-too-old" not in findings
