"""The lock file: whether it is there, whole and fresh, and for which Pythons it names packages that install.

It protects the user from the commonest end of `poetry install`: a Python that is newer than the lock file, for which
packages have to be compiled or cannot be had at all.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.python import Interpreter


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
    """The lock file that was read."""
