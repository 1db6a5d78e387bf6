"""A real python-dotenv in a process of its own, asked what it makes of a text: the second opinion on our reading."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Mapping, Optional

from hypothesis import strategies as st

from checks.dotenv_text import Dialect, EnvText

CHILD = """
import json, logging, sys
from dotenv.main import DotEnv
logging.disable(logging.CRITICAL)
for line in sys.stdin:
    path, override = json.loads(line)
    print(json.dumps(dict(DotEnv(path, override=override, encoding="utf-8").dict())), flush=True)
"""
OUTSIDE = {"OUTSIDE": "from the shell", "BOTH": "shell"}
"""The environment of that process."""

PIECES = (
    "K", "A_B", "BOTH", "OUTSIDE", "export ", "export", "=", "=", "=", "\n", "\n", "\n", "\r\n", "\r", " ", "\t", "#",
    " #", "'", '"', "\\", "\\n", "\\'", '\\"', "${A_B}", "${OUTSIDE}", "${BOTH}", "${X:-d}", "${", "$", "v", "sk-x",
    "\u00a0", "\ufeff", "\x0b", "\u2028", ":", "-", "\u00e9", "\x1f", "'K'", "x y", "K=v\n", 'K="v"\n', "K= # c\n",
)  # fmt: skip
# Half a character and NUL stand in no file that is read.
_ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
TEXTS = st.lists(st.sampled_from(PIECES) | _ANY, max_size=30).map("".join)
"""Texts that are made of what such files are made of, in an order that nobody would write."""


class Peer:
    """One python-dotenv."""

    def __init__(self, python: str, folder: Path) -> None:
        self._file = folder / "peer.env"
        needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        self._process = subprocess.Popen(
            [python, "-c", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**needed, **OUTSIDE},
            encoding="utf-8",
        )

    def values(self, data: bytes, override: bool) -> dict[str, Optional[str]]:
        """What a file with these bytes comes to. Raises when the parser does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._file.write_bytes(data)
        self._process.stdin.write(json.dumps([str(self._file), override]) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Optional[str]] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


def ours(data: bytes, dialect: Dialect, override: bool) -> Mapping[str, Optional[str]]:
    """The same by our own reading."""
    text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return EnvText(text, dialect).values(OUTSIDE.get, override)
