"""Whether a process still lives, asked over a line: it has called a socket of the test, and its death cuts the line.

So nothing has to wait for a clock, and a program that escapes makes a test fail, not hang.
"""

from __future__ import annotations

import socket

PATIENCE_S = 60.0
"""How long a test would wait for what should happen at once."""
CALL = "import os, socket, sys; line = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
WAIT = CALL + "line.recv(1)\n"
"""A program that lives until the test hangs up, and longer if somebody has to kill it."""
ANOTHER = CALL + "socket.create_connection(('127.0.0.1', int(sys.argv[2])))\nline.recv(1)\n"
START_ANOTHER = CALL + (
    "import subprocess\n"
    "bell = socket.create_server(('127.0.0.1', 0))\n"
    f"argv = [sys.executable, '-I', '-c', {ANOTHER!r}, sys.argv[1], str(bell.getsockname()[1])]\n"
    "other = subprocess.Popen(argv, start_new_session=True)\n"
    "bell.accept()\n"
)
"""A program with a child in a session of its own that has inherited its output; it goes on when that is there."""


class Switchboard:
    """Where the programs of a test call."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._server.settimeout(PATIENCE_S)
        self.number = str(self._server.getsockname()[1])
        self._lines: list[socket.socket] = []

    def next_line(self) -> socket.socket:
        line, _ = self._server.accept()
        line.settimeout(PATIENCE_S)
        self._lines.append(line)
        return line

    def waiting_lines(self) -> list[socket.socket]:
        """Everyone who has called so far."""
        found = []
        self._server.setblocking(False)
        while True:
            try:
                found.append(self.next_line())
            except BlockingIOError:
                return found

    def close(self) -> None:
        for each in (self._server, *self._lines):
            each.close()


def is_dead(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def is_alive(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) != b""
    except BlockingIOError:
        return True
