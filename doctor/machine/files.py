"""Questions about files, asked so that no odd file can hold the doctor up: a pipe, a device, an endless folder."""

from __future__ import annotations

import os
import re
import stat as modes
import sys
from pathlib import PurePath, PurePosixPath
from typing import Union

from doctor.machine import Content, Disk, Failure, FailureKind, Listing, Mount, Stat
from doctor.machine.errors import failure

MOST_NAMES = 10_000
PIECE_BYTES = 64 * 1024
_HIDDEN_ATTRIBUTE = 0x2  # FILE_ATTRIBUTE_HIDDEN
_HIDDEN_FLAG = 0x8000  # UF_HIDDEN
_CANNOT_FOLLOW = 1920  # ERROR_CANT_ACCESS_FILE: an app execution alias leads nowhere that can be opened


def stat(path: PurePath, follow: bool) -> Union[Stat, Failure]:
    """What the system says of a file without opening it."""
    try:
        found = os.stat(path) if follow else os.lstat(path)
    except (OSError, ValueError) as problem:
        if follow and getattr(problem, "winerror", None) == _CANNOT_FOLLOW:
            return stat(path, follow=False)
        return failure(problem)
    kind = _kind(found.st_mode)
    return Stat(
        kind=kind,
        size_bytes=found.st_size,
        mode=modes.S_IMODE(found.st_mode),
        owner=None if sys.platform == "win32" else found.st_uid,
        is_hidden=_is_hidden(found),
        reparse_tag=getattr(found, "st_reparse_tag", 0),
        can_write=kind == "link" or os.access(path, os.W_OK),
    )


def _kind(mode: int) -> str:
    if modes.S_ISREG(mode):
        return "file"
    if modes.S_ISDIR(mode):
        return "folder"
    return "link" if modes.S_ISLNK(mode) else "other"


def _is_hidden(found: os.stat_result) -> bool:
    attributes, flags = getattr(found, "st_file_attributes", 0), getattr(found, "st_flags", 0)
    return bool(attributes & _HIDDEN_ATTRIBUTE or flags & _HIDDEN_FLAG)


def read(path: PurePath, limit_bytes: int) -> Union[Content, Failure]:
    """The first bytes of a regular file.

    Opening a pipe would wait for a writer and opening a device can do something, so what it is gets asked before it
    is opened, and again of what was opened.
    """
    flags = os.O_RDONLY
    for name in ("O_BINARY", "O_NOINHERIT", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY"):
        flags |= getattr(os, name, 0)
    try:
        if not modes.S_ISREG(os.stat(path).st_mode):
            return Failure(FailureKind.NOT_A_FILE)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as problem:
        return failure(problem)
    try:
        if not modes.S_ISREG(os.fstat(descriptor).st_mode):
            return Failure(FailureKind.NOT_A_FILE)
        data = _read_at_most(descriptor, limit_bytes + 1)
    except OSError as problem:
        return failure(problem)
    finally:
        os.close(descriptor)
    return Content(data[:limit_bytes], len(data) > limit_bytes)


def text(path: str, limit_bytes: int = 1024 * 1024) -> str:
    """A file of the system itself as text (what does not decode keeps its bytes as surrogates), "" when it has none."""
    content = read(PurePosixPath(path), limit_bytes)
    return os.fsdecode(content.data) if isinstance(content, Content) else ""


def _read_at_most(descriptor: int, count: int) -> bytes:
    """Up to that many bytes. In small pieces: Windows touches all of a buffer before it reads the first byte."""
    data = bytearray()
    while len(data) < count:
        piece = os.read(descriptor, min(count - len(data), PIECE_BYTES))
        if not piece:
            break
        data += piece
    return bytes(data)


def names(path: PurePath) -> Union[Listing, Failure]:
    """The names in a folder, sorted; of an enormous one the first that the system gives."""
    found: list[str] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if len(found) == MOST_NAMES:
                    return Listing(tuple(sorted(found)), is_cut=True)
                found.append(entry.name)
    except (OSError, ValueError) as problem:
        is_something_else = isinstance(stat(path, follow=True), Stat) and not os.path.isdir(path)
        return Failure(FailureKind.NOT_A_FOLDER) if is_something_else else failure(problem)
    return Listing(tuple(sorted(found)))


def real_path(path: PurePath) -> Union[PurePath, Failure]:
    """The path with every link followed; it has to exist."""
    try:
        os.stat(path)
        return type(path)(os.path.realpath(path))
    except (OSError, ValueError) as problem:
        return failure(problem)


def disk(path: PurePath) -> Union[Disk, Failure]:
    """The volume that holds a path; of one that does not exist yet, its nearest folder that does."""
    answer: Union[Disk, Failure] = Failure(FailureKind.ABSENT)
    for folder in (path, *path.parents):
        answer = _volume(folder)
        if isinstance(answer, Disk) or answer.kind not in (FailureKind.ABSENT, FailureKind.NOT_A_FOLDER):
            break
    return answer


def _volume(path: PurePath) -> Union[Disk, Failure]:
    try:
        if sys.platform == "win32":
            import shutil

            usage = shutil.disk_usage(path)
            return Disk(usage.total, usage.free)
        volume = os.statvfs(path)
        return Disk(volume.f_blocks * volume.f_frsize, volume.f_bavail * volume.f_frsize)
    except (OSError, ValueError) as problem:
        return failure(problem)


def mounts_of(table: str) -> tuple[Mount, ...]:
    """The lines of /proc/self/mounts (fstab(5)): device, point, type, options, with blanks written as octal numbers."""
    found = []
    for line in table.split("\n"):
        fields = line.split(" ")
        if len(fields) >= 4:
            found.append(Mount(PurePosixPath(_unescape(fields[1])), fields[2], tuple(fields[3].split(","))))
    return tuple(found)


def _unescape(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
