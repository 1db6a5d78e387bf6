"""How much memory there is for a program: of the machine, or of the container that it runs in."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple, Optional, Union

from doctor.machine import Failure, Memory
from doctor.machine.errors import failure
from doctor.machine.files import text

_GROUPS = "/sys/fs/cgroup"


def memory() -> Union[Memory, Failure]:
    """Total and available bytes; inside a container no more than its limit."""
    is_linux = sys.platform.startswith("linux")
    whole = (_meminfo() if is_linux else None) or _psutil()
    if isinstance(whole, Memory) and is_linux:
        for group in groups_of(text("/proc/self/cgroup")):
            whole = _within(group, whole)
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
    found = dict(re.findall(r"(?m)^(MemTotal|MemAvailable):\s+(\d+) kB$", text("/proc/meminfo")))
    return Memory(int(found["MemTotal"]) * 1024, int(found["MemAvailable"]) * 1024) if len(found) == 2 else None


class Group(NamedTuple):
    """A control group: its folder, and the files that hold its limit and its use, in bytes."""

    folder: str
    limit: str
    used: str


def _within(group: Group, whole: Memory) -> Memory:
    """What a group leaves of the memory.

    What is cached of files counts as used but makes room when it is needed, so it is taken off
    (https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files).
    """
    limit = _number(f"{group.folder}/{group.limit}")
    if limit is None or limit >= whole.total_bytes:
        return whole
    used = _number(f"{group.folder}/{group.used}") or 0
    cached = re.search(r"(?m)^(?:total_)?inactive_file (\d+)$", text(f"{group.folder}/memory.stat"))
    free = limit - used + (int(cached[1]) if cached else 0)
    return Memory(limit, max(0, min(whole.available_bytes, free)))


def groups_of(memberships: str) -> list[Group]:
    """Each group that a process is in, and all above it (cgroups(7)).

    A container may see its own group as the root, or the path that the host knows it by; so the root counts always.
    """
    found = []
    for line in memberships.split("\n"):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if "memory" in controllers.split(","):
            root, names = f"{_GROUPS}/memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        elif path and not controllers:
            root, names = _GROUPS, ("memory.max", "memory.current")
        else:
            continue
        parts = path.strip("/").split("/")
        folders = ["/".join((root, *parts[:depth])) for depth in range(len(parts) + 1) if all(parts[:depth])]
        found += [Group(folder, *names) for folder in folders]
    return found


def _number(path: str) -> Optional[int]:
    found = text(path).strip()
    return int(found) if found.isdigit() else None
