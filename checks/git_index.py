"""Does git keep a file, or would it? Read from git's own files, because a key that is committed is a key that is lost.

Git itself is asked only where its files cannot tell.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.checkout import Checkout, Git
from checks.env_places import EnvPlaces
from doctor import Machine, fact
from doctor.machine import Content, Ran

INDEX_LIMIT_BYTES = 4 * 1024 * 1024
NAME_MASK = 0x0FFF


class GitKeeps(NamedTuple):
    """What git does with the `.env` that is read and with the template beside it. None: not known."""

    is_tracked: Optional[bool] = None
    """It is in the index: the next commit holds it."""
    is_ignored: Optional[bool] = None


@fact
def git_keeps(machine: Machine, checkout: Checkout, git: Git, env_places: EnvPlaces) -> GitKeeps:
    path = env_places.found
    if git.folder is None or path is None or env_places.is_folder or checkout.root not in path.parents:
        return GitKeeps()
    relative = path.relative_to(checkout.root).as_posix()
    index = machine.read(git.folder / "index", INDEX_LIMIT_BYTES)
    is_tracked = in_index(index.data, relative) if isinstance(index, Content) and not index.is_cut else None
    if is_tracked:
        return GitKeeps(True, False)
    if _is_ignored(machine, checkout.root, git.folder, path):
        return GitKeeps(is_tracked, True)
    return GitKeeps(is_tracked, _asked(machine, path))


def in_index(data: bytes, name: str) -> Optional[bool]:
    """Whether git's index holds a file of this name; None when the index has a form that is not read here.

    Source: git's documentation, gitformat-index: in versions 2 and 3 the path stands whole behind two bytes of flags,
    whose low twelve bits are its length, and ends with NUL. Version 4 leaves out what a path has in common with the
    one before.
    """
    if data[:4] != b"DIRC" or int.from_bytes(data[4:8], "big") not in (2, 3):
        return None
    wanted = name.encode("utf-8")
    at = data.find(b"\0".join((wanted, b"")))
    while at > 0:
        for flags_at in (at - 2, at - 4):  # version 3 may have two more bytes of flags
            flags = int.from_bytes(data[flags_at : flags_at + 2], "big") if flags_at > 0 else 0
            if flags & NAME_MASK == min(len(wanted), NAME_MASK):
                return True
        at = data.find(wanted + b"\0", at + 1)
    return False


def _is_ignored(machine: Machine, root: PurePath, git_folder: PurePath, path: PurePath) -> bool:
    """Whether a line of the ignore files plainly names it."""
    folders = [folder for folder in path.parents if folder == root or root in folder.parents]
    files = [folder / ".gitignore" for folder in folders] + [git_folder / "info" / "exclude"]
    for file in files:
        base = file.parent if file.name == ".gitignore" else root
        text = machine.read_text(file, 65536) or ""
        last = [line for line in text.splitlines() if names(line, path.relative_to(base).as_posix())]
        if last:
            return not last[-1].startswith("!")
    return False


def names(line: str, relative: str) -> bool:
    """Whether a line of an ignore file names a file of this folder or of one below it. Only plain patterns are read."""
    pattern = line.rstrip().lstrip("!")
    if not pattern or pattern.startswith("#") or pattern.endswith("/"):
        return False
    inner = pattern.lstrip("/")
    if "/" in pattern.rstrip("/") and not pattern.startswith("**/"):
        return _matches(inner, relative)
    return _matches(inner[3:] if inner.startswith("**/") else inner, relative.rsplit("/", 1)[-1])


def _matches(pattern: str, name: str) -> bool:
    if not re.fullmatch(r"[\w./*-]+", pattern):
        return False
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), name) is not None


def _asked(machine: Machine, path: PurePath) -> Optional[bool]:
    """Git's own word: an ignore file of the user may name it too."""
    program = machine.which("git")
    if program is None:
        return None
    ran = machine.run([program, "check-ignore", "-q", path], cwd=path.parent)
    if not isinstance(ran, Ran) or ran.status not in (0, 1):
        return None
    return ran.status == 0
