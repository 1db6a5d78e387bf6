"""The files of a recording: which entry answers for a path, through links and in any case, and what it answers."""

from __future__ import annotations

import base64
from pathlib import PurePath, PurePosixPath
from typing import Any, Iterable, Mapping, Optional, Union

from doctor.machine import Content, Failure, FailureKind, Listing, Stat, System, Unavailable
from doctor.machine.looks import BadRecording
from doctor.machine.recording_form import STAT, bytes_of
from doctor.words import say

MOST_LINKS = 40  # as on Linux: more are taken for a circle
ABSENT = Failure(FailureKind.ABSENT, "ENOENT")
CIRCLE = Failure(FailureKind.OTHER, "ELOOP")

Entry = Mapping[str, Any]
_FOLDER: Entry = {"folder": True}


def not_told(what: str) -> Unavailable:
    """For a question that a recording cannot answer."""
    return Unavailable(say("the recording does not tell: {what}", what=what), kind="not-recorded")


def failure_of(entry: Entry) -> Failure:
    """The failure that stands in a recording."""
    return Failure(FailureKind(entry["fails"]), entry.get("detail", ""))


class RecordedFiles:
    """What is listed, what is listed as absent, and what follows from both. Raises `BadRecording`."""

    def __init__(
        self, system: System, entries: Mapping[PurePath, Entry], absent: Iterable[PurePath], is_complete: bool
    ) -> None:
        self._is_complete = is_complete
        self._ignores_case = system.is_mac
        self._entries: dict[PurePath, Entry] = {}
        self._folded: dict[PurePath, PurePath] = {}
        self._links: dict[PurePath, str] = {}
        self._children: dict[PurePath, dict[str, str]] = {}
        self._absent = set(absent)
        # Thousands of questions, a few folders: what is true of a folder is found out once.
        self._without_links: dict[PurePath, bool] = {}
        self._absent_folders: dict[PurePath, bool] = {}
        for path, entry in entries.items():
            self._plant(path, entry)
        for path, entry in entries.items():
            if ("text" in entry or "base64" in entry) and "link" not in entry and self._has_below(path):
                raise BadRecording("this is a file, and others are listed beneath it", ("files", str(path)))

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

    # --- which entry answers -----------------------------------------------------------------------------------------

    def _has_below(self, path: PurePath) -> bool:
        return self._fold(path) in self._children

    def _listed(self, path: PurePath) -> Optional[Entry]:
        """The entry for exactly this path, else for one that the system takes for the same."""
        entry = self._entries.get(path)
        if entry is None and self._ignores_case and path not in self._absent:
            same = self._folded.get(self._fold(path))
            entry = self._entries[same] if same is not None else None
        return entry

    def _entry(self, path: PurePath) -> Union[Entry, Failure]:
        """What answers for a path, with links followed. Raises `Unavailable`."""
        place = self._resolve(path)
        if isinstance(place, Failure):
            return place
        entry = self._listed(place)
        if entry is not None:
            return entry
        if self._is_surely_absent(place):
            return ABSENT
        if self._has_below(place) or (self._is_complete and not place.name):
            return _FOLDER
        if self._is_complete:
            return ABSENT
        raise not_told(f"the file {path.name}")

    def _is_surely_absent(self, path: PurePath) -> bool:
        """It is listed as absent, or a folder above it is, or its folder's names are known and its own is not there."""
        if path in self._absent or self._is_absent_folder(path.parent):
            return True
        folder = self._listed(path.parent)
        if folder is None or "names" not in folder or folder.get("cut") or self._has_below(path):
            return False
        return self._name(path) not in {self._name(path.parent / name) for name in folder["names"]}

    def _is_absent_folder(self, folder: PurePath) -> bool:
        known = self._absent_folders.get(folder)
        if known is None:
            known = self._absent_folders[folder] = not self._absent.isdisjoint((folder, *folder.parents))
        return known

    def _is_without_links(self, folder: PurePath) -> bool:
        known = self._without_links.get(folder)
        if known is None:
            steps = map(self._fold, (folder, *folder.parents))
            known = self._without_links[folder] = ".." not in folder.parts and self._links.keys().isdisjoint(steps)
        return known

    def _resolve(self, path: PurePath, follow_last: bool = True) -> Union[PurePath, Failure]:
        """The path with the links that are listed followed, and `..` taken out."""
        is_straight = path.name != ".." and self._is_without_links(path.parent)
        if is_straight and not (follow_last and self._fold(path) in self._links):
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

    # --- what it answers ---------------------------------------------------------------------------------------------

    def read(self, path: PurePath, limit_bytes: int) -> Union[Content, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        refused = _refused(entry, "read")
        if refused:
            return refused
        if _kind(entry) != "file":
            return Failure(FailureKind.NOT_A_FILE)
        known_bytes, data = entry.get("only_first"), self._data(entry)
        if data is None or (known_bytes is not None and limit_bytes > known_bytes):
            raise not_told(f"the content of {path.name}")
        return Content(data[:limit_bytes], known_bytes is not None or len(data) > limit_bytes)

    def _data(self, entry: Entry) -> Optional[bytes]:
        if "text" in entry:
            return bytes_of(entry["text"], entry.get("encoding", "utf-8"))
        if "base64" in entry:
            return base64.b64decode(entry["base64"])
        return b"" if entry.get("size", 0 if self._is_complete else None) == 0 else None

    def stat(self, path: PurePath) -> Union[Stat, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        if "stat" in entry or ("fails" in entry and not _tells_kind(entry)):
            return failure_of(entry.get("stat", entry))
        return _stat(entry, entry["size"] if "size" in entry else len(self._data(entry) or b""))

    def stat_itself(self, path: PurePath) -> Union[Stat, Failure]:
        """What the system says of a link itself; of what is no link the same as `stat`."""
        place = self._resolve(path, follow_last=False)
        if isinstance(place, Failure):
            return place
        entry = self._listed(place) or {}
        itself = entry.get("itself")
        if itself is not None:
            return failure_of(itself) if "fails" in itself else _stat(itself, itself.get("size", 0))
        return Stat("link", mode=0o777) if "link" in entry else self.stat(path)

    def list(self, path: PurePath) -> Union[Listing, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        refused = _refused(entry, "list")
        if refused:
            return refused
        if _kind(entry) != "folder":
            return Failure(FailureKind.NOT_A_FOLDER, "ENOTDIR")
        if "names" in entry:
            return Listing(tuple(sorted(entry["names"])), entry.get("cut", False))
        place = self._resolve(path)
        if not self._is_complete or isinstance(place, Failure):
            raise not_told(f"the names in {path.name}")
        return Listing(tuple(sorted(self._children.get(self._fold(place), {}).values())))

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        real = entry.get("real")
        if isinstance(real, dict):
            return failure_of(real)
        if real is None and "fails" in entry and not _tells_kind(entry):
            return failure_of(entry)
        return type(path)(real) if real else self._resolve(path)

    def version(self, path: PurePath) -> Union[str, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        version = entry.get("version")
        if isinstance(version, dict):
            return failure_of(version)
        if version is None and not self._is_complete:
            raise not_told(f"the version of {path.name}")
        return Failure(FailureKind.OTHER, "version") if version is None else str(version)


def _refused(entry: Entry, question: str) -> Optional[Failure]:
    """Why this one question about a file has no answer. Of a folder that can be its names, of a file its content."""
    if question in entry:
        return failure_of(entry[question])
    is_meant = not _tells_kind(entry) or (_kind(entry) == "folder") == (question == "list")
    return failure_of(entry) if "fails" in entry and is_meant else None


def _tells_kind(entry: Entry) -> bool:
    """Whether an entry says more of a file than that nothing can be had of it."""
    return "folder" in entry or not STAT.keys().isdisjoint(entry)


def _kind(entry: Entry) -> str:
    return str(entry.get("kind", "folder" if entry.get("folder") else "file"))


def _stat(entry: Entry, size: int) -> Stat:
    kind = _kind(entry)
    return Stat(
        kind=kind,
        size_bytes=size,
        mode=int(str(entry.get("mode", {"folder": "755", "link": "777"}.get(kind, "644"))), 8),
        owner=entry.get("owner"),
        is_hidden=entry.get("hidden", False),
        reparse_tag=entry.get("reparse", 0),
        can_write=entry.get("writable", True),
    )


def _reversed(path: PurePath) -> list[str]:
    return list(reversed(path.parts[1:] if path.anchor else path.parts))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    import unicodedata

    return unicodedata.normalize("NFC", text).lower()
