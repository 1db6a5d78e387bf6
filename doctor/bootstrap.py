"""A fresh machine: makes the repository's own `.venv` with what the doctor needs, when that is not there."""

from __future__ import annotations


def prepare(module: str) -> None:
    """Go on here when everything needed is there; else in `.venv`, made first if need be."""
