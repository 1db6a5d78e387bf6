"""What tests with real servers in a provider's place share: keys, a checkout, a server that writes down who came."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from ssl import SSLContext
from typing import Any, Iterator, Mapping, NamedTuple, Optional

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or ROOT.parent / "shared")
BUILDER = SHARED / "autogpt" / "build_checkout.py"
COMMAND = os.environ.get("DOCTOR_TEST_COMMAND", "")

# Variables of the machine that runs the tests, which would lead the requests elsewhere.
_OURS = ("PROXY", "OPENAI", "ANTHROPIC", "GROQ", "AZURE", "LLAMAFILE", "SSL_CERT", "CA_BUNDLE", "_LLM", "_MODEL")


def made_key(provider: str, letter: str = "a") -> str:
    """A key of today's form that is nobody's, made here and now; another letter makes another key."""
    part = (letter + "B3d") * 24
    if provider == "anthropic":
        return "sk-" + "ant-api03-" + part[:93] + "AA"
    if provider == "groq":
        return "gsk" + "_" + part[:52]
    return "sk-" + "proj-" + part[:74] + "T3Blbk" + "FJ" + part[:74]


def built(folder: Path, version: str = "classic-2026") -> Path:
    """A checkout of AutoGPT, without the packages for which GitHub would be asked."""
    subprocess.run([sys.executable, BUILDER, version, folder], check=True, capture_output=True, timeout=120)
    for lock in folder.rglob("poetry.lock"):
        lock.write_bytes(lock.read_bytes().replace(b"https://github.com/", b"https://127.0.0.1/"))
    return folder


def set_in(checkout: Path, settings: Mapping[str, str]) -> None:
    """Write the `.env` of a checkout of 2026."""
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    (checkout / "classic" / ".env").write_text(text, encoding="utf-8")


class Examined(NamedTuple):
    """What a run of the command came to."""

    report: Mapping[str, Any]
    output: str

    @property
    def codes(self) -> dict[str, str]:
        """Each finding that was made, with its status."""
        return {found["code"]: found["status"] for check in self.report["checks"] for found in check["findings"]}

    @property
    def online(self) -> dict[str, str]:
        """The findings about the network and the providers that are not in order."""
        groups = ("network", "openai", "anthropic", "groq", "azure_online", "billing")
        return {
            code: status
            for code, status in self.codes.items()
            if code.split(".")[0] in groups and status not in ("ok", "note")
        }

    def not_checked(self, check: str) -> bool:
        return any(each["id"] == check and each["status"] == "not_checked" for each in self.report["checks"])


def with_word_lists(folder: Path) -> str:
    """A cache of tiktoken that has all, so that nobody asks the host that it loads them from. Their names are known."""
    from checks.network_beside import WORD_LISTS

    folder.mkdir(exist_ok=True)
    for name in WORD_LISTS.values():
        (folder / name).write_bytes(b"")
    return str(folder)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of a person who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not any(part in name.upper() for part in _OURS)}
    kept.pop("PYTHONPATH", None)
    source = {} if COMMAND else {"PYTHONPATH": str(ROOT)}
    return {**kept, **source, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", **more}


def examine(checkout: Path, home: Path, *options: str, **variables: str) -> Examined:
    """Run the doctor's own command on a checkout, as a person would, but with nothing beside the providers to ask."""
    beside = {"TIKTOKEN_CACHE_DIR": with_word_lists(home / "word-lists")}
    return examine_all(checkout, home, *options, **beside, **variables)


def examine_all(checkout: Path, home: Path, *options: str, **variables: str) -> Examined:
    """The same with the hosts that AutoGPT loads from: for a namespace that nothing leaves."""
    doctor = [COMMAND] if COMMAND else [sys.executable, "-m", "doctor"]
    ran = subprocess.run(
        [*doctor, "--json", "-C", str(checkout), *options], cwd=checkout, env=environment(home, **variables),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.stdout, ran.stderr
    assert "Traceback" not in ran.stderr
    return Examined(json.loads(ran.stdout), ran.stdout + ran.stderr)


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Visit(NamedTuple):
    """One request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes


class Site(NamedTuple):
    url: str
    visits: list[Visit]


def listed(*models: str) -> Answer:
    """A list of models as all four providers send it."""
    data = [{"id": name, "object": "model", "type": "model", "created": 1, "owned_by": "x"} for name in models]
    return as_json(200, {"object": "list", "data": data, "has_more": False})


def as_json(status: int, body: object, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json", **named})


def denied(code: Optional[str] = "invalid_api_key", status: int = 401, message: str = "x") -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return as_json(status, {"error": error})


@contextmanager
def served(
    answers: Mapping[str, Answer], context: Optional[SSLContext] = None, address: str = "127.0.0.1", port: int = 0
) -> Iterator[Site]:
    """A site that answers by path (without what follows a question mark; "" for all others) and writes down visits."""
    visits: list[Visit] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            named = {name.lower(): value for name, value in self.headers.items()}
            visits.append(Visit(self.command, self.path, named, self.rfile.read(length)))
            path = self.path.split("?")[0]
            answer = answers.get(path) or answers.get("") or as_json(404, {"error": {"message": "x"}})
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_PUT = do_HEAD = do_OPTIONS = do_CONNECT = do_GET

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def server_bind(self) -> None:
            """Without asking for the name of the address, which nobody may answer."""
            TCPServer.server_bind(self)
            self.server_name, self.server_port = address, int(self.server_address[1])

        def handle_error(self, request: object, client_address: object) -> None:
            """A visitor who leaves early is no error here."""

    server = Server((address, port), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Site(f"{'https' if context else 'http'}://{address}:{server.server_address[1]}", visits)
    finally:
        server.shutdown()
        server.server_close()
