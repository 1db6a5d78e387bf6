"""Web servers on loopback: a page for each temper, and bare sockets that behave as they are told."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, ClassVar, Iterator, Optional

PATIENCE_S = 60.0
BODY_LIMIT = 64 * 1024


class Visitors(BaseHTTPRequestHandler):
    """A server with a page for each temper."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[str]] = []
    stop: ClassVar[threading.Event] = threading.Event()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.seen.append(self.path)
        getattr(self, "page_" + self.path.strip("/").replace("-", "_"), self.page_echo)()

    do_POST = do_GET

    def do_CONNECT(self) -> None:
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def page_echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = {"method": self.command, "path": self.path, "headers": headers, "body": body.decode()}
        self.answer(200, json.dumps(told).encode(), X_Request_Id="A1")

    def page_moved(self) -> None:
        self.answer(302, b"", Location="/never")

    def page_denied(self) -> None:
        self.answer(401, b'{"error": {"code": "invalid_api_key"}}')

    def page_exactly(self) -> None:
        self.answer(200, b"x" * BODY_LIMIT)

    def page_one_more(self) -> None:
        self.answer(200, b"x" * (BODY_LIMIT + 1))

    def page_packed(self) -> None:
        self.answer(200, gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip")

    def page_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10 * 1024**3))
        self.end_headers()
        try:
            while not self.stop.is_set():
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def page_stalling(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"the beginning")
        self.stop.wait(PATIENCE_S)

    def page_dripping(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.stop.wait(0.02):
            self.wfile.write(b".")

    def page_breaking_off(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"the beginning")
        self.close_connection = True


class Tunnels(Visitors):
    """A proxy that makes tunnels, as those of companies do: for who knows its login, to where it allows."""

    login: ClassVar[str] = ""
    is_strict: ClassVar[bool] = False
    heads: ClassVar[list[str]] = []

    def do_CONNECT(self) -> None:
        self.heads.append(f"{self.requestline}\n{self.headers}")
        wanted = "Basic " + base64.b64encode(self.login.encode()).decode()
        if self.login and self.headers.get("Proxy-Authorization") != wanted:
            self.answer(407, b"", Proxy_Authenticate='Basic realm="proxy"')
        elif self.is_strict:
            self.answer(403, b"<html>This site is blocked by your company.</html>")
        else:
            self.send_response(200)
            self.end_headers()
            self.tunnel()
        self.close_connection = True

    def tunnel(self) -> None:
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE_S) as there:
            threading.Thread(target=pass_on, args=(there, self.connection), daemon=True).start()
            pass_on(self.connection, there)


def pass_on(source: socket.socket, target: socket.socket) -> None:
    """Everything that comes, until one side hangs up."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxy(login: str = "", is_strict: bool = False, context: Optional[ssl.SSLContext] = None) -> Iterator[str]:
    """The address of a proxy, without any login in it."""
    kind = type("OneProxy", (Tunnels,), {"login": login, "is_strict": is_strict})
    Tunnels.heads = []
    with serve(context, kind) as address:
        yield address


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who leaves early is no error here."""


@contextmanager
def serve(context: Optional[ssl.SSLContext] = None, handler: type[Visitors] = Visitors) -> Iterator[str]:
    """The address of a site, with TLS where there is a context."""
    Visitors.seen, Visitors.stop = [], threading.Event()
    server = Server(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    Visitors.stop.set()
    server.shutdown()
    server.server_close()


@contextmanager
def raw(behave: Callable[[socket.socket], object]) -> Iterator[str]:
    """Host and port of a server that reads each request and then does as it is told, before it hangs up."""
    server = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        try:
            while True:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    behave(connection)
        except OSError:
            pass

    threading.Thread(target=work, daemon=True).start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.close()
