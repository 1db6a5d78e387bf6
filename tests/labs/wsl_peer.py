"""The stand-in of a llamafile at an address of its own: `python -m tests.labs.wsl_peer HOST PORT`.

It stands for the one on Windows, outside of the view that looks like WSL, or inside of one of its networks.
"""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer

from tests.llamafile_peer import Peer, Temper, _Handler


class PeerAt(Peer):
    """One that listens where it is told, with its usual answers."""

    def __init__(self, host: str, port: int) -> None:
        ThreadingHTTPServer.__init__(self, (host, port), _Handler)
        self.temper, self.seen = Temper(), []


if __name__ == "__main__":
    with PeerAt(sys.argv[1], int(sys.argv[2])) as server:
        server.serve_forever(poll_interval=0.05)
