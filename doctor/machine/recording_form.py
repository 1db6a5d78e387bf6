"""The form of a recording: whatever is wrong with one is said when it is read, with the place, and never later.

The same form is written down for others in recording.schema.json; the tests hold the two together.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Mapping

from doctor.machine.folders import Folder
from doctor.machine.looks import (
    FAILURE,
    FAILURE_KEYS,
    BadRecording,
    Look,
    Place,
    each_by,
    every,
    failure_or,
    fields,
    is_base64,
    is_count,
    is_flag,
    is_line,
    is_marked_text,
    is_mode,
    is_moment,
    is_number,
    is_text,
    nearest,
    one_of,
    optional,
    text_or,
    wrong,
)
from doctor.machine.shapes import expand

FORMAT = 1
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
KINDS_OF_SYSTEM = ("linux", "darwin", "windows")
KINDS_OF_FILE = ("file", "folder", "link", "other")
MOST_VALUES = 500_000
MOST_INVENTED_CHARACTERS = 50_000_000
"""What all marks for secrets together may stand for."""


# --- paths of the recorded system ---------------------------------------------------------------------------------


def absolute(kind: str) -> Look:
    flavour: type[PurePath] = PureWindowsPath if kind == "windows" else PurePosixPath
    example = "C:\\Users\\user" if kind == "windows" else "/home/user"

    def look(value: Any, place: Place) -> None:
        is_line(value, place)
        if not flavour(value).root:
            wrong(f"this has to be a whole path of the recorded system, like {example}", place)

    return look


def relative(value: Any, place: Place) -> None:
    """A path below the root, with forward slashes."""
    is_line(value, place)
    if any(part in ("", ".", "..") for part in value.split("/")) or re.match(r"[A-Za-z]:", value):
        wrong("this has to be a path below the root, with forward slashes", place)


# --- the whole ----------------------------------------------------------------------------------------------------


def stream(name: str) -> dict[str, Look]:
    """Bytes: as text, or in base64."""
    return {name: is_marked_text, f"{name}_base64": is_base64}


STAT: Mapping[str, Look] = {
    "kind": one_of(*KINDS_OF_FILE),
    "size": is_count,
    "mode": is_mode,
    "owner": is_count,
    "hidden": is_flag,
    "reparse": is_count,
    "writable": is_flag,
}
FILE: Mapping[str, Look] = {
    **STAT,
    **FAILURE_KEYS,
    "text": is_marked_text,
    "encoding": one_of(*ENCODINGS),
    "base64": is_base64,
    "only_first": is_count,
    "cut": is_flag,
    "folder": is_flag,
    "names": every(is_line),
    "link": is_line,
    "real": text_or(FAILURE, is_line),
    "version": text_or(FAILURE, is_text),
    "itself": failure_or(fields({**STAT, "folder": is_flag}, needed=("kind",))),
    "stat": FAILURE,
    "read": FAILURE,
    "list": FAILURE,
}
ANSWER: Mapping[str, Look] = {
    **stream("stdout"),
    **stream("stderr"),
    "encoding": one_of(*ENCODINGS),
    "status": is_number,
    "cut": is_flag,
}
RESPONSE: Mapping[str, Look] = {
    **stream("body"),
    "status": is_count,
    "headers": each_by(is_line, is_text),
    "cut": is_flag,
}
SYSTEM: Mapping[str, Look] = {
    "kind": is_line,
    **dict.fromkeys(("name", "release", "architecture", "process_architecture", "libc", "distribution"), is_text),
    "is_elevated": is_flag,
}
CERTIFICATE: Mapping[str, Look] = {
    "subject": is_text,
    "issuer": is_text,
    "not_before": is_moment,
    "not_after": is_moment,
    "is_trusted_by_system": is_flag,
}
NETWORK: Mapping[str, Look] = {
    "http": each_by(is_line, failure_or(fields(RESPONSE, needed=("status",)))),
    "certificate": each_by(is_line, failure_or(fields(CERTIFICATE, needed=tuple(CERTIFICATE)[:4]))),
    "resolve": each_by(is_line, failure_or(every(is_line))),
    "connect": each_by(is_line, failure_or(text_or(FAILURE, is_line))),
    "bind": each_by(is_line, failure_or(is_count)),
}
MOUNT: Mapping[str, Look] = {"filesystem": is_text, "options": every(is_text)}
LISTENER: Mapping[str, Look] = {"address": is_line, "port": is_count, "pid": optional(is_count), "program": is_text}


def is_registry_value(value: Any, place: Place) -> None:
    if isinstance(value, str):
        is_marked_text(value, place)
    elif isinstance(value, list):
        every(is_marked_text)(value, place)
    elif isinstance(value, dict):
        fields({"base64": is_base64}, needed=("base64",))(value, place)
    else:
        is_number(value, place)


def is_registry_entry(value: Any, place: Place) -> None:
    """Values by name. `fails` may stand over values, where a recording extends another one."""
    each_by(is_text, is_registry_value)(value, place)
    if "fails" in value:
        FAILURE({key: value[key] for key in FAILURE_KEYS if key in value}, place)


def is_registry_key(value: Any, place: Place) -> None:
    is_line(value, place)
    if not re.match(r"(?:(?:32|64):)?HK(?:LM|CU|CR|U|CC)(?:\\|\Z)", value):
        wrong("a registry key begins with HKLM\\ or HKCU\\", place)


def _variable(value: Any, place: Place) -> None:
    """Its text; null says that it is not set. A whole number is taken as it is written."""
    if value is None or type(value) is int:
        return
    is_marked_text(value, place)
    if "\0" in value:
        wrong("a variable cannot hold NUL", place)


def _file(value: Any, place: Place) -> None:
    text_or(fields(FILE))(value, place)
    entry = {"text": value} if isinstance(value, str) else value
    if "base64" in entry and "text" in entry:
        wrong("text and base64 exclude each other", place)
    _is_encodable(entry, "text", place)


def _answer(value: Any, place: Place) -> None:
    text_or(failure_or(fields(ANSWER)))(value, place)
    entry = {"stdout": value} if isinstance(value, str) else value
    for name in ("stdout", "stderr"):
        if name in entry and name + "_base64" in entry:
            wrong(f"{name} and {name}_base64 exclude each other", place)
        _is_encodable(entry, name, place)


def _response(value: Any, place: Place) -> None:
    NETWORK["http"](value, place)
    for name, each in value.items():
        _is_encodable(each, "body", (*place, name))


def _is_encodable(entry: Mapping[str, Any], name: str, place: Place) -> None:
    if name in entry:
        try:
            bytes_of(entry[name], entry.get("encoding", "utf-8"))
        except UnicodeError:
            wrong("this text holds half a character (a lone surrogate)", (*place, name))


def bytes_of(text: str, encoding: str = "utf-8") -> bytes:
    """The bytes that a text of a recording stands for: U+DC80 to U+DCFF are single bytes that are no UTF-8."""
    return expand(text).encode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")


def sizes(*names: str) -> Look:
    """Bytes, under each of these names."""
    return fields(dict.fromkeys(names, is_count), needed=names)


@lru_cache(maxsize=8)
def _top(kind: str) -> Look:
    path = absolute(kind)
    return fields(
        {
            "recording": is_number,
            "about": is_text,
            "expect": lambda value, place: None,
            "complete": is_flag,
            "clock": is_moment,
            "system": fields(SYSTEM, needed=("kind", "name", "release", "architecture")),
            "home": path,
            "temporary": path,
            "root": path,
            "folder": path,
            "given": is_flag,
            "python": path,
            "user": is_text,
            "environment": each_by(is_line, _variable),
            "folders": fields({each.value: path for each in Folder}),
            "files": each_by(path, _file),
            "tree": each_by(relative, _file),
            "absent": every(path),
            "programs": each_by(path, each_by(is_text, _answer)),
            "registry": each_by(is_registry_key, optional(is_registry_entry)),
            "network": fields({**NETWORK, "http": _response}),
            "listeners": failure_or(every(fields(LISTENER, needed=("address", "port")))),
            "mounts": every(fields({**MOUNT, "point": path}, needed=("point", "filesystem"))),
            "groups": every(is_text),
            "disk": each_by(path, failure_or(sizes("total", "free"))),
            "memory": failure_or(sizes("total", "available")),
        },
        needed=("system",),
    )


def check_form(state: Any) -> None:
    """Raises `BadRecording` for what is no recording."""
    if not isinstance(state, dict) or not isinstance(state.get("system"), dict):
        wrong("this is not a recording: it has no system", ())
    if state.get("recording", FORMAT) != FORMAT:
        wrong("this recording has a format that this version does not know", ("recording",))
    kind = state["system"].get("kind")
    if kind not in KINDS_OF_SYSTEM and not re.match(r"\w*bsd|aix|sunos|cygwin|msys", str(kind)):
        known = ", ".join(KINDS_OF_SYSTEM)
        wrong(f"this has to be one of {known}{nearest(kind, KINDS_OF_SYSTEM)}", ("system", "kind"))
    _is_bounded(state)
    _top(str(kind))(state, ())


def _is_bounded(state: Any) -> None:
    """Neither must a file of bearable size take minutes, nor a few marks become a memory full of invented secrets."""
    total = count = 0
    waiting = [(state, 0)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            wrong("this recording holds too much", ())
        if depth > 40:
            wrong("this recording is nested too deeply", ())
        if isinstance(value, str) and "{{secret" in value:
            total += sum(int(number[:6]) for number in re.findall(r"length=([0-9]+)", value, re.ASCII))
        elif isinstance(value, dict):
            waiting += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        if total > MOST_INVENTED_CHARACTERS:
            wrong("its marks for secrets stand for too much text", ())


__all__ = ["FORMAT", "BadRecording", "bytes_of", "check_form"]
