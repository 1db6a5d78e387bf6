"""For which Pythons the lock file names packages that install: the commonest end of `poetry install` foreseen."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.interpreters import Interpreter, Interpreters, Launching, Mute
from checks.lock_file import LockFile
from checks.lock_packages import Missing, Package, canonical, missing, packages
from checks.manifest import Manifest, fits
from checks.poetry_sources import Poetries
from checks.virtual_environment import Environment
from checks.wheels import Target, target_of
from doctor import Machine, NotHere, Unavailable, fact, say


class Locked(NamedTuple):
    """One package of the lock file."""

    name: str
    version: str


class WheelGaps(NamedTuple):
    """What `poetry install` could not take as a ready-made wheel, for the Python that AutoGPT would use."""

    interpreter: Interpreter
    impossible: tuple[Locked, ...] = ()
    """Neither a wheel for this Python nor a source package: cannot be installed at all."""
    compiled: tuple[Locked, ...] = ()
    """Only a source package for this Python, and wheels for others: has to be compiled here."""
    pure: tuple[Locked, ...] = ()
    """Never a wheel for anyone: most likely plain Python, which needs no compiler."""
    lock: Optional[PurePath] = None
    """The lock file that was read; None for the eras that have none."""
    fitting: tuple[str, ...] = ()
    """Series ("3.11") for which nothing is impossible on this system, those that need no compiler first, newest first.
    Looked for only when something is missing."""
    ready: tuple[str, ...] = ()
    """Those of them that need no compiler."""


SERIES = tuple((3, minor) for minor in range(10, 16))
"""The Pythons that are offered in place of one that does not do."""


@fact
def wheel_gaps(
    machine: Machine,
    checkout: Checkout,
    lock_file: LockFile,
    manifest: Optional[Manifest],
    launching: Launching,
    interpreters: Interpreters,
    project_environments: Optional[ProjectEnvironments],
    poetries: Optional[Poetries],
) -> WheelGaps:
    chosen = project_environments.chosen if project_environments else None
    interpreter = _interpreter(launching, interpreters, chosen)
    if interpreter is None:
        why = _why_none(interpreters, launching, manifest, poetries)
        raise Unavailable(say("it cannot be told which Python AutoGPT would use"), why)
    if lock_file.state == "unused" or manifest is None:
        return WheelGaps(interpreter)
    _refuse_what_cannot_be_judged(lock_file, interpreter)
    if not fits(manifest.python, interpreter.version):
        is_refused = interpreter.source == "environment" and not launching.is_refused
        why = "environment.wrong-python" if is_refused else _why_wrong(interpreters, launching, manifest)
        raise Unavailable(say("AutoGPT does not admit this Python"), why)
    everything = packages(lock_file.text)
    target = target_of(machine.system, interpreter)
    lacking = _missing(everything, target, lock_file, manifest)
    impossible, compiled = _still(lacking.impossible, chosen), _still(lacking.compiled, chosen)
    if not impossible and not compiled:
        return WheelGaps(interpreter, pure=_locked(lacking.pure), lock=lock_file.path)
    fitting, ready = _fitting(everything, target, lock_file, manifest)
    return WheelGaps(interpreter, impossible, compiled, _locked(lacking.pure), lock_file.path, fitting, ready)


def _interpreter(
    launching: Launching, interpreters: Interpreters, chosen: Optional[Environment]
) -> Optional[Interpreter]:
    """The Python that AutoGPT would run with: that of the environment that Poetry uses, or would make."""
    if chosen is None or chosen.is_broken or len(chosen.version) < 2 or chosen.python is None:
        return launching.likely
    version = (chosen.version[0], chosen.version[1], chosen.version[2] if len(chosen.version) > 2 else 0)
    same = [each for each in interpreters.found if each.version[:2] == version[:2]]
    base = next((each for each in same if each.path.parent == chosen.home), same[0] if same else None)
    made_of = base or Interpreter(chosen.python, version, "environment", is_asked=False)
    return made_of._replace(path=chosen.python, version=version, source="environment", names=())


def _refuse_what_cannot_be_judged(lock_file: LockFile, interpreter: Interpreter) -> None:
    if lock_file.state != "whole":
        raise Unavailable(say("the lock file cannot be used"), f"lock.{lock_file.state}")
    if lock_file.version < (2, 0):
        raise NotHere  # a lock file of that age does not tell
    if interpreter.implementation != "cpython":
        raise Unavailable(say("only the usual Python (CPython) is judged"), "python.pypy")


NO_PYTHON = {
    "store-stub": "python.store-stub", "apple-stub": "python.apple-stub", "shim": "python.shim",
    "python2": "python.python2", "timed-out": "python.broken", "not-runnable": "python.broken",
    "no-answer": "python.broken", "dangling": "python.broken",
}  # fmt: skip
"""The findings about programs that are called Python and are none."""


def _why_none(
    interpreters: Interpreters, launching: Launching, manifest: Optional[Manifest], poetries: Optional[Poetries]
) -> str:
    """The finding that explains why there is no interpreter to judge, "" when there is none that surely does."""
    if not interpreters.found:
        reasons = [each.reason for each in interpreters.mute]
        return next((code for reason, code in NO_PYTHON.items() if reason in reasons), "python.none")
    if poetries is not None and poetries.used is None:
        return "poetry.not-on-path" if any(not each.trouble for each in poetries.found) else "poetry.missing"
    if poetries is not None and poetries.used is not None and poetries.used.trouble in ("gone", "python-gone"):
        return "poetry.broken"
    if manifest is not None and (launching.is_refused or not _suitable(interpreters, manifest)):
        return _why_wrong(interpreters, launching, manifest)
    first = interpreters.first_of(("python",))
    return NO_PYTHON.get(first.reason, "") if isinstance(first, Mute) else ""


def _why_wrong(interpreters: Interpreters, launching: Launching, manifest: Manifest) -> str:
    """The finding about a Python that the project does not admit."""
    if launching.environment is not None:
        return "python.wrong-environment"
    if _suitable(interpreters, manifest):
        return "python.wrong-one"
    newest = max(each.version for each in interpreters.found)
    return "python.too-old" if newest[:2] < (3, 12) else "python.unsuitable"


def _suitable(interpreters: Interpreters, manifest: Manifest) -> bool:
    return any(fits(manifest.python, each.version) for each in interpreters.found)


def _missing(everything: tuple[Package, ...], target: Target, lock: LockFile, manifest: Manifest) -> Missing:
    roots = manifest.poetry.get("dependencies")
    return missing(everything, target, has_groups=lock.has_groups, roots=roots if isinstance(roots, dict) else {})


def _locked(entries: tuple[Package, ...]) -> tuple[Locked, ...]:
    return tuple(Locked(each.name, each.version) for each in entries)


def _still(entries: tuple[Package, ...], chosen: Optional[Environment]) -> tuple[Locked, ...]:
    """Without what the environment already has: that needs no wheel any more, however it was got."""
    has = chosen.packages if chosen else {}
    return _locked(tuple(each for each in entries if has.get(canonical(each.name)) != each.version))


def _fitting(
    everything: tuple[Package, ...], target: Target, lock: LockFile, manifest: Manifest
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The series that would do on this system, and those of them for which nothing has to be compiled."""
    ready: list[str] = []
    compiling: list[str] = []
    for series in reversed([each for each in SERIES if fits(manifest.python, (*each, 0))]):
        lacking = _missing(everything, target.with_series(series), lock, manifest)
        if not lacking.impossible:
            (compiling if lacking.compiled else ready).append(f"{series[0]}.{series[1]}")
    return (*ready, *compiling), tuple(ready)
