"""Settings as a file gives them, made without a file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Mapping

from checks.settings import Source


def of_file(others: Mapping[str, tuple[str, Source]]) -> Any:
    """What `Settings` gets from a file: the names in it, and the value and the place of each."""
    return SimpleNamespace(names=tuple(others), get=others.get)
