"""The files of a recording: which entry answers for a path, through links, and in the case that the system ignores."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath
from typing import Any, Iterable, Mapping, Optional, Union

from doctor.machine import Failure, FailureKind, System

MOST_LINKS = 40  # as on Linux: more are taken for a circle
ABSENT = Failure(FailureKind.ABSENT, "ENOENT")
CIRCLE = Failure(FailureKind.OTHER, "ELOOP")

Entry = Mapping[str, Any]


class RecordedFiles:
    """What is listed, what is listed as absent, and what follows from both."""

    def __init__(self, system: System, entries: Mapping[PurePath, Entry], absent: Iterable[PurePath]) -> None:
        self._ignores_case = system.is_mac
        self._entries: dict[PurePath, Entry] = {}
        self._folded: dict[PurePath, PurePath] = {}
        self._links: dict[PurePath, str] = {}
        self._children: dict[PurePath, dict[str, str]] = {}
        self._absent = set(absent)
        for path, entry in entries.items():
            self._plant(path, entry)

    def _plant(self, path: PurePath, entry: Entry) -> None:
        self._entries[path] = entry
        place = self._fold(path)
        self._folded.setdefault(place, path)
        self._links.pop(place, None)
        if "link" in entry:
            self._links[place] = entry["link"]
        if entry.get("fails") == "absent":
            return
        while path.parent != path:
            self._children.setdefault(self._fold(path.parent), {}).setdefault(self._name(path), path.name)
            path = path.parent

    def _fold(self, path: PurePath) -> PurePath:
        """Equal for paths that mean the same file. Windows paths compare like that by themselves."""
        return PurePosixPath(_folded(str(path))) if self._ignores_case else path

    def _name(self, path: PurePath) -> str:
        return path.name if isinstance(path, PurePosixPath) and not self._ignores_case else _folded(path.name)

    def has_below(self, path: PurePath) -> bool:
        """Whether something is listed beneath a path."""
        return self._fold(path) in self._children

    def names_below(self, path: PurePath) -> tuple[str, ...]:
        return tuple(sorted(self._children.get(self._fold(path), {}).values()))

    def _listed(self, path: PurePath) -> Optional[Entry]:
        """The entry for exactly this path, else for one that the system takes for the same."""
        entry = self._entries.get(path)
        if entry is None and self._ignores_case and path not in self._absent:
            same = self._folded.get(self._fold(path))
            entry = self._entries[same] if same is not None else None
        return entry

    def find_itself(self, path: PurePath) -> Optional[Entry]:
        """The entry for a path that may be a link itself."""
        return self._listed(path)

    def find(self, path: PurePath) -> Union[Entry, Failure, None]:
        """The entry that answers for a path; ABSENT for what certainly is not there; None for what is not told."""
        place = self.resolve(path)
        if isinstance(place, Failure):
            return place
        entry = self._listed(place)
        if entry is not None:
            return entry
        return ABSENT if self._is_surely_absent(place) else None

    def _is_surely_absent(self, path: PurePath) -> bool:
        """It is listed as absent, or a folder above it is, or its folder's names are known and its own is not there."""
        if path in self._absent or not self._absent.isdisjoint(path.parents):
            return True
        folder = self._listed(path.parent)
        if folder is None or "names" not in folder or folder.get("cut") or self.has_below(path):
            return False
        return self._name(path) not in {self._name(path.parent / name) for name in folder["names"]}

    def resolve(self, path: PurePath, follow_last: bool = True) -> Union[PurePath, Failure]:
        """The path with the links that are listed followed, and `..` taken out."""
        if not self._links and ".." not in path.parts:
            return path
        flavour = type(path)
        walked, waiting, followed = flavour(path.anchor), _reversed(path), 0
        while waiting:
            part = waiting.pop()
            if part == "..":
                walked = walked.parent
                continue
            step = walked / part
            target = self._links.get(self._fold(step)) if waiting or follow_last else None
            if target is None:
                walked = step
                continue
            followed += 1
            if followed > MOST_LINKS:
                return CIRCLE
            leading = flavour(target)
            if leading.anchor:
                walked = flavour(leading.anchor)
            waiting += _reversed(leading)
        return walked


def _reversed(path: PurePath) -> list[str]:
    return list(reversed(path.parts[1:] if path.anchor else path.parts))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    import unicodedata

    return unicodedata.normalize("NFC", text).lower()

