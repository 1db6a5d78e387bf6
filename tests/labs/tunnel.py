"""A proxy that tunnels (CONNECT), with or without a login, and writes down what it is asked."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Iterator


@contextmanager
def tunnel(port: int, login: str = "", refuses: bool = False) -> Iterator[list[str]]:
    """Listens on this port of loopback; yields the heads of all requests. `login` is "name:word", "" for none."""
    heads: list[str] = []
    wanted = "basic " + base64.b64encode(login.encode()).decode()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = self.request.recv(4096)
                if not piece:
                    return
                head += piece
            heads.append(head.decode("latin-1"))
            target = heads[-1].split()[1]
            if refuses:
                self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            elif login and wanted.lower() not in heads[-1].lower():
                asks = b"Proxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
                self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n" + asks)
            else:
                host, _, number = target.rpartition(":")
                with socket.create_connection((host, int(number)), timeout=10) as other:
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=relay, args=(other, self.request), daemon=True)
                    back.start()
                    relay(self.request, other)
                    back.join()

    class Server(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A visitor who leaves early is no error here."""

    with Server(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield heads
        finally:
            server.shutdown()


def relay(source: socket.socket, target: socket.socket) -> None:
    """Everything until one side ends."""
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
