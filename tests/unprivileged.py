"""Asks a question as a user who may not do everything: the suite often runs as root, who may."""

from __future__ import annotations

import os
import sys
from typing import Callable

NOBODY = 65534


def as_nobody(ask: Callable[[], str]) -> str:
    """What `ask` answers in a process of the user nobody (or in this one, when that is not root's)."""
    if sys.platform == "win32":
        return ask()
    if os.geteuid() != 0:
        return ask()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writer, ask().encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said
