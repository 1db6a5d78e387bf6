"""How much memory there is for a program: of the machine, or of the container that it runs in."""

from __future__ import annotations

import re
import sys
from pathlib import PurePath, PurePosixPath
from typing import Optional, Union

from doctor.machine import Content, Failure, Memory, files
from doctor.machine.errors import failure

_GROUPS = PurePosixPath("/sys/fs/cgroup")


def memory() -> Union[Memory, Failure]:
    """Total and available bytes; inside a container no more than its limit."""
    whole = _meminfo() or _psutil()
    if isinstance(whole, Memory) and sys.platform.startswith("linux"):
        for limit, used in _limits():
            whole = Memory(min(whole.total_bytes, limit), min(whole.available_bytes, max(0, limit - used)))
    return whole


def _psutil() -> Union[Memory, Failure]:
    import psutil

    try:
        found = psutil.virtual_memory()
    except (psutil.Error, OSError, RuntimeError) as problem:
        return failure(problem)
    return Memory(found.total, found.available)


def _meminfo() -> Optional[Memory]:
    """Linux' own two lines (proc_meminfo(5)); importing psutil for them would cost more than most checks."""
    text = _text(PurePosixPath("/proc/meminfo"))
    found = dict(re.findall(r"(?m)^(MemTotal|MemAvailable):\s+(\d+) kB$", text))
    return Memory(int(found["MemTotal"]) * 1024, int(found["MemAvailable"]) * 1024) if len(found) == 2 else None


def _limits() -> list[tuple[int, int]]:
    """Limit and use, in bytes, of every control group that this process is in.

    What is cached of files counts as used but makes room when it is needed, so it is taken off
    (https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files).
    """
    found = []
    for folder, names in _groups():
        limit, used = (_number(folder / name) for name in names)
        if limit is not None and used is not None:
            cached = re.search(r"(?m)^(?:total_)?inactive_file (\d+)$", _text(folder / "memory.stat"))
            found.append((limit, used - int(cached[1]) if cached else used))
    return found


def _groups() -> list[tuple[PurePath, tuple[str, str]]]:
    found: list[tuple[PurePath, tuple[str, str]]] = []
    for line in _text(PurePosixPath("/proc/self/cgroup")).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue
        root = _GROUPS / "memory" if controllers else _GROUPS
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if controllers else ("memory.max", "memory.current")
        group = root / path.lstrip("/")
        found += [(each, names) for each in (group, *group.parents) if each == root or root in each.parents]
    return found


def _number(path: PurePath) -> Optional[int]:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None


def _text(path: PurePath) -> str:
    content = files.read(path, 65536)
    return content.text if isinstance(content, Content) else ""
