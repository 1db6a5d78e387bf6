"""What a recorder keeps while a machine is examined: every question, and its answer as it was given."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import NamedTuple, Optional, Union

from doctor.machine.answers import (
    Addresses,
    Bound,
    Certificate,
    Connected,
    Content,
    Disk,
    Failure,
    Harmless,
    Key,
    Listeners,
    Listing,
    Memory,
    Mount,
    Stat,
)


class FileNotes:
    """What was answered about one path."""

    def __init__(self) -> None:
        self.stat: Union[Stat, Failure, None] = None
        self.itself: Union[Stat, Failure, None] = None
        self.real: Union[PurePath, Failure, None] = None
        self.read: Union[Content, Failure, None] = None
        self.read_limit = 0
        self.names: Union[Listing, Failure, None] = None
        self.version: Union[str, Failure, None] = None
        self.harmless: list[Harmless] = []
        """Of everyone who asked for it as settings; with none of them it is no file of settings."""


class Asked(NamedTuple):
    """A question that several names fit, the most particular first, and its answer."""

    names: tuple[str, ...]
    answer: object


class Notes:
    """Everything that was asked, as it was answered: private, and never stored like this."""

    def __init__(self) -> None:
        self.variables: dict[str, Optional[str]] = {}
        self.secrets: dict[str, list[Harmless]] = {}
        self.folders: dict[str, PurePath] = {}
        self.files: dict[PurePath, FileNotes] = {}
        self.runs: dict[PurePath, list[Asked]] = {}
        self.keys: dict[tuple[str, int], Union[Key, Failure]] = {}
        self.requests: list[Asked] = []
        self.certificates: dict[str, Union[Certificate, Failure]] = {}
        self.resolved: dict[str, Union[Addresses, Failure]] = {}
        self.connected: dict[str, Union[Connected, Failure]] = {}
        self.bound: dict[str, Union[Bound, Failure]] = {}
        self.disks: dict[PurePath, Union[Disk, Failure]] = {}
        self.listeners: Union[Listeners, Failure, None] = None
        self.mounts: Optional[tuple[Mount, ...]] = None
        self.groups: Optional[tuple[str, ...]] = None
        self.memory: Union[Memory, Failure, None] = None
        self.clock: Optional[datetime] = None
        self.python: Optional[PurePath] = None
