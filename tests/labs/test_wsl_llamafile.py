"""A llamafile on "Windows", used from a view of this Linux machine that looks like WSL, in all its networks.

Runs as root when DOCTOR_TEST_WSL_VIEW names the script that makes such a view. The server is a small stand-in, and
llama.cpp's own one as well when DOCTOR_TEST_LLAMA_SERVER names it (`llama-server`, which a llamafile since 0.10 is).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from time import monotonic
from typing import Any, Callable, Iterator

import pytest

from tests.labs.tiny_model import write_model
from tests.llamafile_peer import FILE, MODEL

VIEW = os.environ.get("DOCTOR_TEST_WSL_VIEW", "")
COMMAND = os.environ.get("DOCTOR_TEST_COMMAND", "")
SERVER = os.environ.get("DOCTOR_TEST_LLAMA_SERVER", "")
ROOT = Path(__file__).parents[2]
WINDOWS = "172.29.64.1"
STALE = "172.22.176.1"
"""An address that Windows had before its last start: in the view everything that goes there is lost."""
PATIENCE_S = 60.0

pytestmark = [
    pytest.mark.skipif(not VIEW, reason="DOCTOR_TEST_WSL_VIEW names no script that makes a view like WSL"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a view like WSL is made of namespaces, which need root"
    ),
    pytest.mark.skipif(not which("iptables"), reason="a firewall is made with iptables"),
]

NETWORKS = {"nat": "wsl-lab", "wsl1": "wsl-lab", "mirrored": "wsl-lab-mirrored"}
Command = Callable[[str, int], "list[str]"]
"""The command that starts a server at this address and port."""
Doctor = Callable[..., "dict[str, Any]"]


@pytest.fixture(scope="module", autouse=True)
def views() -> Iterator[None]:
    """Each network is made when it is seen for the first time."""
    for mode in NETWORKS:
        subprocess.run([VIEW, "--mode", mode, "--", "true"], check=True, timeout=60)
    yield
    subprocess.run([VIEW, "--down"], check=True, timeout=60)


@pytest.fixture(scope="module", params=["stand-in", "llama.cpp"])
def command(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Command:
    if request.param == "stand-in":
        return lambda host, port: [sys.executable, "-m", "tests.labs.wsl_peer", host, str(port)]
    if not SERVER:
        pytest.skip("DOCTOR_TEST_LLAMA_SERVER names no llama-server")
    model = tmp_path_factory.mktemp("model") / FILE
    write_model(model)
    options = ["-m", str(model), "-c", "256", "-np", "1", "--no-ui"]
    return lambda host, port: [SERVER, *options, "--host", host, "--port", str(port)]


@pytest.fixture
def port() -> int:
    """A free one, at which AutoGPT can count words."""
    while True:
        with socket.socket() as each:
            each.bind((WINDOWS, 0))
            number = int(each.getsockname()[1])
        if number % 10 != 1:
            return number


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """Examines a checkout whose models are a llamafile's, from within the view."""
    agent = tmp_path / "AutoGPT" / "classic" / "original_autogpt"
    (agent / "autogpt" / "app").mkdir(parents=True)
    for name in (".env.template", "autogpt.sh", "pyproject.toml"):
        (agent / name).write_text("")

    def examine(mode: str, base: str, *options: str) -> dict[str, Any]:
        (agent / ".env").write_text(f"SMART_LLM={MODEL}\nFAST_LLM={MODEL}\nLLAMAFILE_API_BASE={base}\n")
        program = [COMMAND] if COMMAND else [sys.executable, "-m", "doctor"]
        asked = [*program, "--json", "--only", "llamafile.*", "-C", str(agent), *options]
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        ran = subprocess.run(
            [VIEW, "--mode", mode, "--", *asked], cwd=agent, env={**kept, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ran.stdout, ran.stderr
        report: dict[str, Any] = json.loads(ran.stdout)
        assert not [check["id"] for check in report["checks"] if check["status"] == "error"]
        return report

    return examine


@contextmanager
def serving(command: list[str], network: str, host: str, port: int) -> Iterator[None]:
    """A server, in a network of the view, or outside of it where Windows is ("")."""
    inside = ["nsenter", f"--net=/run/netns/{network}"] if network else []
    process = subprocess.Popen([*inside, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    knock = f"import urllib.request as u; u.urlopen('http://{host}:{port}/health', timeout=5)"
    ends = monotonic() + PATIENCE_S
    try:
        while subprocess.run([*inside, sys.executable, "-c", knock], capture_output=True, check=False).returncode:
            assert process.poll() is None and monotonic() < ends, "the server does not answer"
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def dropping(*what: str) -> Iterator[None]:
    """What goes from WSL to there is lost, as by a firewall."""
    rule = ["OUTPUT", *what, "-j", "DROP"]
    subprocess.run(["ip", "netns", "exec", "wsl-lab", "iptables", "-A", *rule], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "netns", "exec", "wsl-lab", "iptables", "-D", *rule], check=True)


def finding(report: dict[str, Any], code: str) -> str:
    """The whole of a finding as text."""
    (found,) = [each for check in report["checks"] for each in check["findings"] if each["code"] == code]
    return json.dumps(found)


# --- the usual network ----------------------------------------------------------------------------------------------


def test_localhost_is_not_windows(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command(WINDOWS, port), "", WINDOWS, port):
        report = doctor("nat", f"http://localhost:{port}/v1")
    assert report["causes"] == ["llamafile.wsl-address"]
    assert f"LLAMAFILE_API_BASE=http://{WINDOWS}:{port}/v1" in finding(report, "llamafile.wsl-address")


def test_the_right_address_needs_no_word(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command(WINDOWS, port), "", WINDOWS, port):
        report = doctor("nat", f"http://{WINDOWS}:{port}/v1")
    assert report["causes"] == []
    assert not [each for each in json.dumps(report).split('"') if each.startswith("llamafile.wsl-")]


def test_a_llamafile_of_linux_itself_needs_no_word(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command("127.0.0.1", port), NETWORKS["nat"], "127.0.0.1", port):
        assert doctor("nat", f"http://localhost:{port}/v1")["causes"] == []


def test_one_that_listens_to_windows_alone(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command("127.0.0.1", port), "", "127.0.0.1", port):
        report = doctor("nat", f"http://{WINDOWS}:{port}/v1")
    assert report["causes"] == ["llamafile.wsl-refused"]
    assert f"--host {WINDOWS}" in finding(report, "llamafile.wsl-refused")


def test_none_at_all(doctor: Doctor, port: int) -> None:
    report = doctor("nat", f"http://localhost:{port}/v1")
    assert report["causes"] == ["llamafile.wsl-refused"]


def test_a_firewall(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command(WINDOWS, port), "", WINDOWS, port), dropping("-p", "tcp", "--dport", str(port)):
        report = doctor("nat", f"http://{WINDOWS}:{port}/v1", "--timeout", "3")
    assert report["causes"] == ["llamafile.wsl-firewall"]
    assert "-RemoteAddress 172.16.0.0/12" in finding(report, "llamafile.wsl-firewall")


def test_an_address_of_another_day(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command(WINDOWS, port), "", WINDOWS, port), dropping("-d", STALE):
        report = doctor("nat", f"http://{STALE}:{port}/v1")
    assert report["causes"] == ["llamafile.wsl-stale-address"]
    assert f"LLAMAFILE_API_BASE=http://{WINDOWS}:{port}/v1" in finding(report, "llamafile.wsl-stale-address")


# --- one loopback for both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["mirrored", "wsl1"])
def test_a_shared_localhost_is_windows(mode: str, doctor: Doctor, command: Command, port: int) -> None:
    with serving(command("127.0.0.1", port), NETWORKS[mode], "127.0.0.1", port):
        assert doctor(mode, f"http://localhost:{port}/v1")["causes"] == []


@pytest.mark.parametrize("mode", ["mirrored", "wsl1"])
def test_a_shared_localhost_without_a_llamafile(mode: str, doctor: Doctor, port: int) -> None:
    report = doctor(mode, f"http://localhost:{port}/v1")
    assert report["causes"] == ["llamafile.wsl-refused"]
    assert "--host" not in finding(report, "llamafile.wsl-refused")


def test_a_shared_localhost_has_no_ipv6(doctor: Doctor, command: Command, port: int) -> None:
    with serving(command("127.0.0.1", port), NETWORKS["mirrored"], "127.0.0.1", port):
        report = doctor("mirrored", f"http://[::1]:{port}/v1")
    assert report["causes"] == ["llamafile.wsl-address"]


# --- nothing is sent ------------------------------------------------------------------------------------------------


def test_offline_nothing_is_said_of_windows(doctor: Doctor, port: int) -> None:
    report = doctor("nat", f"http://localhost:{port}/v1", "--offline")
    assert report["causes"] == []
    states = {check["id"]: check["status"] for check in report["checks"]}
    assert states["llamafile.from-wsl"] == "not_checked"
