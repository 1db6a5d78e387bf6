"""The progress line: on a terminal, after a second, which checks are being waited for. It leaves no trace."""

from __future__ import annotations

import shutil
from typing import TextIO

from doctor.checkup import Watcher
from doctor.readers.layout import Look, columns

SILENT_FOR_S = 1.0
MOST_NAMES = 3


class Progress(Watcher):
    """One line, rewritten in place and erased before anything else is printed."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self.stream = stream
        self.look = look
        self.shown = ""

    def waiting(self, titles: tuple[str, ...], elapsed_s: float) -> None:
        if elapsed_s < SILENT_FOR_S or not titles:
            return
        listed = ", ".join(titles[:MOST_NAMES])
        more = f" and {len(titles) - MOST_NAMES} more" if len(titles) > MOST_NAMES else ""
        self._rewrite(f"{elapsed_s:.0f} s, waiting for: {listed}{more}")

    def finished(self) -> None:
        self._rewrite("")

    def _rewrite(self, text: str) -> None:
        """Spaces erase what was longer; escape codes would stay visible on an old Windows console."""
        text = self._cut(self.look.fit(text), shutil.get_terminal_size().columns - 1)
        if text == self.shown:
            return
        try:
            self.stream.write("\r" + " " * columns(self.shown) + "\r" + text)
            self.stream.flush()
        except (OSError, ValueError):  # a terminal that has gone away must not cost the report
            pass
        self.shown = text

    @staticmethod
    def _cut(text: str, width: int) -> str:
        while columns(text) > max(width, 0):
            text = text[:-1]
        return text
