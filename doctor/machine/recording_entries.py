"""How single answers stand in a recording, in the form of docs/recording.md. Nothing here knows what is private."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

from doctor.machine.answers import Failure, FailureKind, Stat
from doctor.machine.shapes import expand

if TYPE_CHECKING:
    from doctor.machine.masking import Mask
    from doctor.machine.recorder_notes import Asked


def in_order(notes: Mapping[PurePath, Any]) -> Iterable[tuple[PurePath, Any]]:
    return sorted(notes.items(), key=lambda each: str(each[0]))


def failed(failure: Failure) -> dict[str, str]:
    detail = {"detail": failure.detail} if failure.detail else {}
    return {"fails": failure.kind.value, **detail}


def entry_of(answer: Any, tell: Any) -> Any:
    return failed(answer) if isinstance(answer, Failure) else tell(answer)


def stat_entry(stat: Stat) -> dict[str, Any]:
    usual = {"folder": 0o755, "link": 0o777}.get(stat.kind, 0o644)
    entry: dict[str, Any] = {"folder": True} if stat.kind == "folder" else {}
    if stat.kind in ("other", "link"):
        entry["kind"] = stat.kind
    if stat.mode != usual:
        entry["mode"] = f"{stat.mode:o}"
    told = {
        "size": stat.size_bytes,
        "owner": stat.owner,
        "hidden": stat.is_hidden or None,
        "reparse": stat.reparse_tag or None,
        "writable": None if stat.can_write else False,
    }
    return {**entry, **{key: value for key, value in told.items() if value is not None}}


def follows(stat: Union[Stat, Failure, None], question: str) -> Optional[Failure]:
    """The failure that a replay answers by itself."""
    if not isinstance(stat, Stat):
        return stat
    if question == "read" and stat.kind != "file":
        return Failure(FailureKind.NOT_A_FILE)
    return Failure(FailureKind.NOT_A_FOLDER, "ENOTDIR") if question == "list" and stat.kind != "folder" else None


def moment_text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def disk_entry(disk: Any) -> dict[str, int]:
    return {"total": disk.total_bytes, "free": disk.free_bytes}


def memory_entry(memory: Any) -> dict[str, int]:
    return {"total": memory.total_bytes, "available": memory.available_bytes}


def by_name(asked: list[Asked], tell: Any, mask: Mask) -> dict[str, Any]:
    """Answers under their shortest name, or under a longer one where the shortest has several answers."""
    first: dict[str, object] = {}
    for each in asked:
        first.setdefault(each.names[0], each.answer)
    listed: dict[str, Any] = {}
    for each in asked:
        alike = {id(other): first[other.names[0]] for other in asked if other.names[-1] == each.names[-1]}
        is_one = all(answer == first[each.names[0]] for answer in alike.values())
        listed.setdefault(mask.plain(each.names[-1 if is_one else 0]), entry_of(first[each.names[0]], tell))
    return listed


def padded(text: str, length: int, on_windows: bool) -> str:
    """A PATH as long as it was, by separators that mean nothing: some programs fail by its length."""
    separator, slash = (";", "\\") if on_windows else (":", "/")
    entries = text.split(separator)
    for place in range(len(entries) - 1, -1, -1):
        if len(entries[place]) > 3 and entries[place][-1:] not in ('"', " ", slash) and "{{" not in entries[place]:
            entries[place] += slash * max(0, length - len(expand(text)))
            break
    return separator.join(entries)
