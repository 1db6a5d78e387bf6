"""What the options mean: which machine, which folder of it, and which checks. Raises `WrongUsage`, `BadRecording`."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from doctor import __version__
from doctor.arguments import nearest, wrong

if TYPE_CHECKING:
    from doctor.about import Options
    from doctor.machine import Machine
    from doctor.registry import Registry


def chosen_checks(asked: argparse.Namespace, registry: Registry, program: str) -> Optional[set[str]]:
    """The ids of the checks to run; None for all. `program` is how the doctor was started."""
    if not asked.only and not asked.skip:
        return None
    for name in (*asked.only, *asked.skip):
        if not registry.matching([name]):
            hint = nearest(name, names_of(registry)) or f"; {program} list names them all"
            wrong("there is no check {name}{hint}", name=name, hint=hint)
    chosen = registry.matching(asked.only) if asked.only else set(registry.checks)
    chosen -= registry.matching(asked.skip)
    if not chosen:
        wrong("--only and --skip together leave no check to make")
    return chosen


def names_of(registry: Registry) -> list[str]:
    """Everything that names a check: ids, groups and finding codes."""
    checks = registry.checks.values()
    return sorted({name for check in checks for name in (check.id, check.group, *check.codes)})


def machine_and_options(asked: argparse.Namespace) -> tuple[Machine, Options]:
    if asked.command == "replay":
        return _recorded(asked)
    from doctor.about import NETWORK_LIMIT_S, Options
    from doctor.machine.live import Live

    folder = _absolute(asked.checkout or ".")
    try:
        _refuse_what_is_no_folder(folder)
    except OSError as problem:  # its name is too long, or what is above it may not be looked into
        reason = problem.strerror or type(problem).__name__
        wrong("{folder} cannot be examined ({reason})", folder=folder, reason=reason)
    # Whatever hangs there, its checks are to answer within the time of the run, of which all else takes a part.
    limit = min(NETWORK_LIMIT_S, 0.5 * asked.timeout) if asked.timeout else NETWORK_LIMIT_S
    ends = asked.began + 0.7 * asked.timeout if asked.timeout else inf  # a busy machine begins late
    machine: Machine = Live(f"autogpt-doctor/{__version__}", limit, network_ends=ends)
    if asked.offline:
        from doctor.machine.offline import Offline

        machine = Offline(machine)
    here = machine.path(str(_absolute(".") if asked.checkout else folder))
    return machine, Options(machine.path(str(folder)), bool(asked.checkout), asked.offline, asked.billing, here, limit)


def _refuse_what_is_no_folder(folder: Path) -> None:
    if not folder.is_dir():
        if folder.exists():
            wrong("{folder} is no folder", folder=folder)
        wrong("there is no folder {folder}{hint}", folder=folder, hint=_near_path(folder))


def _absolute(given: str) -> Path:
    """Without `..`, and with links as the person sees them: following them turns mapped drives into network paths."""
    try:
        return Path(os.path.abspath(Path(given).expanduser()))  # noqa: PTH100
    except RuntimeError:
        wrong("{given} names a home folder, and there is none", given=given)
    except OSError:
        wrong("the current folder does not exist any more; change to another one, or name one with -C")


def _near_path(path: Path) -> str:
    """The name beside it that was probably meant."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    return nearest(path.name, names)


def _recorded(asked: argparse.Namespace) -> tuple[Machine, Options]:
    from doctor.about import Options
    from doctor.machine import Stat, Unavailable
    from doctor.machine.offline import Offline
    from doctor.machine.recorded import load

    path = Path(asked.word)
    with suppress(OSError):  # whoever reads it will say why it cannot be had
        if not path.exists():
            wrong("there is no file {path}{hint}", path=path, hint=_near_path(_absolute(asked.word)))
    machine = load(path)
    as_asked: Machine = Offline(machine) if asked.offline else machine
    if not asked.checkout:
        here = None if machine.is_given else machine.folder
        return as_asked, Options(machine.folder, machine.is_given, asked.offline, asked.billing, here)
    folder = machine.folder / machine.path(asked.checkout)
    with suppress(Unavailable):  # what the recording does not tell is no reason to refuse
        stat = machine.stat(folder)
        if not isinstance(stat, Stat) or not stat.is_folder:
            wrong("there is no folder {folder} in this recording", folder=folder)
    return as_asked, Options(folder, True, asked.offline, asked.billing)
