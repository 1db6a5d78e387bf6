"""Small stand-ins of the servers that people have at the address of their llamafile, in process and on loopback.

Each answers as the real one does: llamafile up to 0.9 and since 0.10 (measured on llama.cpp's own server, which
tests/labs/test_llama_server.py holds this stand-in against), and what is taken for one: Ollama, LM Studio, llamafiler,
a web page on the same port.
"""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Iterator, NamedTuple, Optional

MODEL = "mistral-7b-instruct-v0.2"
FILE = f"{MODEL}.Q5_K_M.gguf"


class Seen(NamedTuple):
    """One request."""

    method: str
    path: str
    authorization: Optional[str]
    body: bytes


class Temper(NamedTuple):
    """How a server answers."""

    kind: str = "llama.cpp"
    """"llama.cpp", "old" (llamafile up to 0.9), "ollama", "lm-studio", "llamafiler", "html" or "redirect"."""
    id: str = FILE
    """What it calls its model; "" for none."""
    key: str = ""
    is_loading: bool = False
    has_failed: bool = False


Answer = tuple[int, Any, dict[str, str]]
"""Status, body (text as it is, else JSON), headers."""


class Peer(ThreadingHTTPServer):
    """One server of a temper, which may change while it runs."""

    daemon_threads = True

    def __init__(self, temper: Temper) -> None:
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self._listen()
        self.temper = temper
        self.seen: list[Seen] = []

    def _listen(self) -> None:
        """At a port that does not end in 1, where AutoGPT could not count words."""
        taken = []
        while True:
            self.server_bind()
            if self.port % 10 != 1:
                break
            taken.append(self.socket)
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_address = ("127.0.0.1", 0)
        for each in taken:
            each.close()
        self.server_activate()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def answer(self, seen: Seen) -> Answer:
        return getattr(self, "_" + self.temper.kind.replace(".", "_").replace("-", "_"))(seen)  # type: ignore[no-any-return]

    # --- what each says ---------------------------------------------------------------------------------------------

    def _llama_cpp(self, seen: Seen) -> Answer:
        own = {"Server": "llama.cpp"}
        if self.temper.is_loading:
            return 503, _error(503, "Loading model", "unavailable_error"), own
        if seen.path in ("/health", "/v1/health"):
            return 200, {"status": "ok"}, own
        if self.temper.key and seen.authorization != f"Bearer {self.temper.key}":
            return 401, _error(401, "Invalid API Key", "authentication_error"), own
        if seen.path in ("/v1/models", "/models"):
            return 200, {"models": [], **self._list("llamacpp")}, own
        if (seen.method, seen.path) == ("POST", "/tokenize"):
            return 200, {"tokens": list(json.loads(seen.body)["content"].encode())}, own
        return 404, _error(404, "File Not Found", "not_found_error"), own

    def _old(self, seen: Seen) -> Answer:
        if seen.path == "/health":
            if self.temper.is_loading:
                return 503, {"status": "loading model"}, {}
            if self.temper.has_failed:
                return 500, {"status": "error", "error": "Model failed to load"}, {}
            return 200, {"status": "ok", "slots_idle": 1, "slots_processing": 0}, {}
        if seen.path == "/v1/models":  # never asks for a key
            return 200, self._list("llamacpp"), {}
        if (seen.method, seen.path) != ("POST", "/tokenize"):
            return 404, "File Not Found", {}
        if self.temper.key and seen.authorization != f"Bearer {self.temper.key}":
            return 401, "Unauthorized: Invalid API Key", {}
        return 200, {"tokens": list(json.loads(seen.body)["content"].encode())}, {}

    def _ollama(self, seen: Seen) -> Answer:
        return (200, self._list("library"), {}) if seen.path == "/v1/models" else (404, "404 page not found", {})

    def _lm_studio(self, seen: Seen) -> Answer:
        if seen.path == "/v1/models":
            return 200, self._list("organization_owner"), {}
        return 200, {"error": "Unexpected endpoint or method."}, {}

    def _llamafiler(self, seen: Seen) -> Answer:
        own = {"Server": "llamafiler/0.9.3"}
        if seen.path == "/v1/models":
            return 200, self._list("llamacpp"), own
        if seen.path == "/v1/tokenize":
            return 200, {"tokens": ["a"]}, own
        return 404, "404 Not Found", {**own, "Content-Type": "text/html"}

    def _html(self, seen: Seen) -> Answer:
        return 200, "<!DOCTYPE html><title>Hi</title>", {"Content-Type": "text/html;charset=utf-8", "X-Jenkins": "2"}

    def _redirect(self, seen: Seen) -> Answer:
        return 302, "", {"Location": "https://login.example.com/?next=/v1/models"}

    def _list(self, owner: str) -> dict[str, Any]:
        model = {"id": self.temper.id, "object": "model", "created": 1, "owned_by": owner}
        return {"object": "list", "data": [model] if self.temper.id else []}


def _error(status: int, message: str, kind: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": status}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Peer

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = Seen(self.command, self.path, self.headers.get("Authorization"), body)
        self.server.seen.append(seen)
        status, told, headers = self.server.answer(seen)
        data = (told if isinstance(told, str) else json.dumps(told)).encode()
        self.send_response_only(status)
        kind = "text/plain" if isinstance(told, str) else "application/json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def peer(temper: Temper = Temper()) -> Iterator[Peer]:  # noqa: B008  it cannot be changed
    """A running server."""
    server = Peer(temper)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
