"""The names of answers to runs and requests in a recording: whoever writes one and whoever reads it agree here."""

from __future__ import annotations

from pathlib import PurePath
from typing import Mapping, Optional, Sequence

from doctor.machine.answers import Argument, Script
from doctor.words import Secret


def names_of_run(
    argv: Sequence[Argument], cwd: Optional[PurePath], environment: Optional[Mapping[str, str]]
) -> tuple[str, ...]:
    """Under which names the answer to a run may stand, the most particular first."""
    words = " ".join(f"<{each.name}>" if isinstance(each, Script) else str(each) for each in argv[1:])
    added = " ".join(f"{name}={value}" for name, value in sorted((environment or {}).items()))
    with_ = f" (with {added})" if added else ""
    in_ = f" (in {cwd})" if cwd else ""
    return tuple(dict.fromkeys((words + with_ + in_, words + with_, words + in_, words)))


def names_of_request(method: str, url: str, body: Optional[bytes], proxy: Optional[Secret]) -> tuple[str, ...]:
    """Under which names the answer to a request may stand, the most particular first. Which proxy it was is not said:
    its URL may hold a password.
    """
    name = f"{method} {url}"
    through = name + (" (no proxy)" if proxy is None else " (proxy)")
    if not body:
        return (through, name)
    import zlib

    content = f" (body {zlib.crc32(body):08x})"
    return (through + content, name + content, through, name)
