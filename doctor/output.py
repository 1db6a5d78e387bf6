"""Where an output goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Callable, Optional, TextIO

from doctor.words import Words, say


class Unwritable(Exception):
    """The file cannot be written; `words` is one sentence for the person who named it."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.template)
        self.words = words


class Undelivered(Exception):
    """Standard output takes no more (a full disk); `words` is one sentence. Nobody asked for anything wrong."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.template)
        self.words = words


class Destination:
    """A file named by the person. `check()` finds out whether it can be written, before any work is done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raises `Unwritable`. Nothing is left behind."""
        try:
            if self.path.is_dir():
                raise Unwritable(say("{path} is a folder; name a file to write", path=self.path))
            if not self._folder.is_dir():
                raise Unwritable(say("there is no folder {folder} to write into", folder=self._folder))
            if not self._is_in_place:
                # Only trying tells: permissions, read-only volumes and Windows' own rules do not show in a mode.
                self._create().close()
                self._beside.unlink()
            elif not os.access(self.path, os.W_OK):
                raise PermissionError
        except OSError as problem:
            raise Unwritable(_why(self.path, problem)) from None

    def write(self, text: str) -> None:
        """The whole text in UTF-8, under its name only when it is complete. Raises `Unwritable`."""
        try:
            if self._is_in_place:
                with self.path.open("w", encoding="utf-8", newline="\n") as file:
                    file.write(text)
                return
            try:
                with self._create() as file:
                    file.write(text)
                self._beside.replace(self._target)
            finally:
                self._beside.unlink(missing_ok=True)
        except OSError as problem:
            raise Unwritable(_why(self.path, problem)) from None

    @property
    def _target(self) -> Path:
        """The file behind a link: a link stays one."""
        return Path(os.path.realpath(self.path))

    @property
    def _folder(self) -> Path:
        return self._target.parent

    @property
    def _beside(self) -> Path:
        return self._folder / f".{self._target.name[:100]}.{os.getpid()}.part"

    @property
    def _is_in_place(self) -> bool:
        """A device or pipe is never replaced; neither is a file whose folder takes no new ones."""
        target = self._target
        if not target.exists():
            return False
        return not target.is_file() or (os.access(target, os.W_OK) and not os.access(self._folder, os.W_OK))

    def _create(self) -> TextIO:
        return self._beside.open("x", encoding="utf-8", newline="\n")


def _why(path: Path, problem: OSError) -> Words:
    return say("{path} cannot be written ({reason})", path=path, reason=problem.strerror or type(problem).__name__)


def to_stdout(write: Callable[[TextIO], None]) -> None:
    """Let `write` print to standard output. A reader that has gone away (`| head`) ends it quietly."""
    stream: Optional[TextIO] = sys.stdout
    if stream is None:
        return
    try:
        write(stream)
        stream.flush()
    except BrokenPipeError:
        _discard(stream)
    except OSError as problem:
        # Windows says EINVAL when the reading end of a pipe is closed.
        is_gone = sys.platform == "win32" and problem.errno == 22
        _discard(stream)
        if not is_gone:
            reason = problem.strerror or type(problem).__name__
            raise Undelivered(say("standard output cannot be written ({reason})", reason=reason)) from None


def _discard(stream: TextIO) -> None:
    """What is still buffered must not be tried again at exit, where it would print a traceback."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)
