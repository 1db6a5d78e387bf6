"""A machine that answers from a recording: a description of a machine as state, in one JSON or YAML file.

The format is described in docs/recording.md and by recording.schema.json beside this file. With `complete: true`
what is not listed does not exist; without it, a question that the recording cannot answer raises `Unavailable`.
"""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Mapping, Optional, Sequence, Union

from doctor.machine import (
    OUTPUT_LIMIT_BYTES,
    QUESTION_LIMIT_S,
    READ_LIMIT_BYTES,
    Addresses,
    Argument,
    Bound,
    Connected,
    Content,
    Disk,
    Failure,
    FailureKind,
    Key,
    Listener,
    Listeners,
    Listing,
    Machine,
    Memory,
    Mount,
    Ran,
    Response,
    Script,
    Stat,
    System,
    Unavailable,
)
from doctor.machine.looks import BadRecording, moment
from doctor.machine.recorded_files import ABSENT, Entry, RecordedFiles
from doctor.machine.recorded_registry import RecordedRegistry
from doctor.machine.recording import merge, read
from doctor.machine.recording_form import FORMAT, STAT, bytes_of, check_form
from doctor.machine.shapes import expand
from doctor.words import say

LONG_AGO = "2026-11-01T12:00:00Z"
"""The clock of a recording that tells none."""
_FOLDER: Entry = {"folder": True}


class Recorded(Machine):
    """A recording that answers like a machine. `state` has the form that `check_form` accepts."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._state = state
        self._is_complete = bool(state.get("complete", False))
        self.system = System(**state["system"])
        self.home = self.path(state.get("home") or _usual_home(self.system.kind))
        self.temporary = self.path(state.get("temporary") or ("C:\\Temp" if self.system.is_windows else "/tmp"))
        self.user = state.get("user", "")
        self.host = ""
        self._environment = {self._fold(name): value for name, value in state.get("environment", {}).items()}
        self._programs = {self.path(name): answers for name, answers in state.get("programs", {}).items()}
        self._volumes = {self.path(name): volume for name, volume in state.get("disk", {}).items()}
        self._registry = RecordedRegistry(state.get("registry", {}))
        self._files = self._plant()

    def _plant(self) -> RecordedFiles:
        entries = {self.path(name): entry for name, entry in self._state.get("files", {}).items()}
        for name, entry in self._state.get("tree", {}).items():
            entries[self.root.joinpath(*name.split("/"))] = entry
        absent = {self.path(name) for name in self._state.get("absent", ())}
        for program in self._programs:
            if program not in absent:
                entries.setdefault(program, {"mode": "755"})
        known = {path: {"text": each} if isinstance(each, str) else each for path, each in entries.items()}
        files = RecordedFiles(self.system, known, absent)
        for path, each in known.items():
            if ("text" in each or "base64" in each) and "link" not in each and files.has_below(path):
                raise BadRecording("this is a file, and others are listed beneath it", ("files", str(path)))
        return files

    @property
    def root(self) -> PurePath:
        """The folder that the files of `tree` are relative to."""
        return self.path(self._state.get("root") or self.home)

    @property
    def folder(self) -> PurePath:
        """The folder that was examined."""
        return self.path(self._state.get("folder") or self.root)

    @property
    def is_given(self) -> bool:
        """Whether the examined folder was named, and not just the current one."""
        return bool(self._state.get("given", True))

    def _fold(self, name: str) -> str:
        return name.upper() if self.system.is_windows else name

    def _unknown(self, what: str) -> Unavailable:
        return Unavailable(say("the recording does not tell: {what}", what=what), kind="not-recorded")

    # --- environment and files -----------------------------------------------------------------------------------

    def variable(self, name: str) -> Optional[str]:
        key = self._fold(name)
        if key in self._environment:
            value = self._environment[key]
            return None if value is None else expand(str(value))
        if self._is_complete:
            return None
        raise self._unknown(f"the environment variable {name}")

    def _entry(self, path: PurePath) -> Union[Entry, Failure]:
        """What answers for a path, with links followed."""
        found = self._files.find(path)
        if found is not None:
            return found
        place = self._files.resolve(path)
        if isinstance(place, PurePath) and (self._files.has_below(place) or (self._is_complete and not place.name)):
            return _FOLDER
        if self._is_complete:
            return ABSENT
        raise self._unknown(f"the file {path.name}")

    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        refused = _refused(entry, "read")
        if refused:
            return refused
        if _kind(entry) != "file":
            return Failure(FailureKind.NOT_A_FILE)
        known_bytes = entry.get("only_first")
        data = self._data(entry)
        if data is None or (known_bytes is not None and limit_bytes > known_bytes):
            raise self._unknown(f"the content of {path.name}")
        return Content(data[:limit_bytes], known_bytes is not None or len(data) > limit_bytes)

    def _data(self, entry: Entry) -> Optional[bytes]:
        if "text" in entry:
            return bytes_of(entry["text"], entry.get("encoding", "utf-8"))
        if "base64" in entry:
            return base64.b64decode(entry["base64"])
        return b"" if entry.get("size", 0 if self._is_complete else None) == 0 else None

    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        if not follow:
            itself = self._itself(path)
            if itself is not None:
                return itself
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        if "stat" in entry or ("fails" in entry and STAT.keys().isdisjoint(entry) and "folder" not in entry):
            return _failure(entry.get("stat", entry))
        return _stat(entry, len(self._data(entry) or b"") if "size" not in entry else entry["size"])

    def _itself(self, path: PurePath) -> Union[Stat, Failure, None]:
        """What the system says of a link itself; None where there is no link, or nothing is known of it."""
        place = self._files.resolve(path, follow_last=False)
        if isinstance(place, Failure):
            return place
        entry = self._files.find_itself(place)
        if entry is None:
            return None
        itself = entry.get("itself")
        if itself is not None:
            return _failure(itself) if "fails" in itself else _stat(itself, itself.get("size", 0))
        return Stat("link", mode=0o777) if "link" in entry else None

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
        place = self._files.resolve(path)
        if not self._is_complete or isinstance(place, Failure):
            raise self._unknown(f"the names in {path.name}")
        return Listing(self._files.names_below(place))

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        real = entry.get("real")
        if isinstance(real, dict):
            return _failure(real)
        return self.path(real) if real else self._files.resolve(path)

    # --- programs and registry -----------------------------------------------------------------------------------

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        program = self.path(argv[0])
        answers = self._programs.get(program)
        if answers is None:
            stat = self.stat(program)
            if isinstance(stat, Stat) and not self._is_complete:
                raise self._unknown(f"what {program.name} prints")
            return Failure(FailureKind.NOT_RUNNABLE) if isinstance(stat, Stat) else stat
        names = names_of_run(argv, cwd, environment)
        answer = next((answers[name] for name in (*names, "*") if name in answers), None)
        if answer is None and self._is_complete:
            return Failure(FailureKind.OTHER)
        if answer is None:
            raise self._unknown(f"what {program.name} {names[-1]} prints")
        if isinstance(answer, str):
            answer = {"stdout": answer}
        if "fails" in answer:
            return _failure(answer)
        out, err = _stream(answer, "stdout"), _stream(answer, "stderr")
        is_cut = answer.get("cut", False) or max(len(out), len(err)) > OUTPUT_LIMIT_BYTES
        return Ran(answer.get("status", 0), out[:OUTPUT_LIMIT_BYTES], err[:OUTPUT_LIMIT_BYTES], is_cut)

    def file_version(self, path: PurePath) -> Union[str, Failure]:
        if not self.system.is_windows:
            return Failure(FailureKind.UNSUPPORTED)
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        version = entry.get("version")
        if isinstance(version, dict):
            return _failure(version)
        if version is None and not self._is_complete:
            raise self._unknown(f"the version of {path.name}")
        return Failure(FailureKind.OTHER) if version is None else str(version)

    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        if not self.system.is_windows:
            return Failure(FailureKind.UNSUPPORTED)
        answer = self._registry.ask(hive, path, view, self._is_complete)
        if answer is None:
            raise self._unknown(f"the registry key {path}")
        return answer

    # --- network -------------------------------------------------------------------------------------------------

    def _network(self, kind: str, *names: str) -> Any:
        answers = self._state.get("network", {}).get(kind, {})
        for name in names:
            if name in answers:
                return answers[name]
        raise self._unknown(f"{kind} {names[-1]}")

    def request(
        self,
        method: str,
        url: str,
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        timeout_s: float = QUESTION_LIMIT_S,
        use_proxy: bool = True,
    ) -> Union[Response, Failure]:
        answer = self._network("http", *names_of_request(method, url, body, use_proxy))
        if "fails" in answer:
            return _failure(answer)
        return Response(answer["status"], answer.get("headers", {}), _stream(answer, "body"), answer.get("cut", False))

    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        answer = self._network("resolve", host)
        return _failure(answer) if isinstance(answer, dict) else Addresses(tuple(answer))

    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        answer = self._network("connect", f"{host}:{port}")
        return _failure(answer) if isinstance(answer, dict) else Connected(str(answer))

    def bind(self, host: str, port: int) -> Union[Bound, Failure]:
        answer = self._network("bind", f"{host}:{port}")
        return _failure(answer) if isinstance(answer, dict) else Bound(int(answer))

    def listeners(self) -> Union[Listeners, Failure]:
        listed = self._state.get("listeners")
        if listed is None:
            if self._is_complete:
                return Listeners(())
            raise self._unknown("the listening ports")
        return _failure(listed) if isinstance(listed, dict) else Listeners(tuple(Listener(**each) for each in listed))

    # --- the rest ------------------------------------------------------------------------------------------------

    def mounts(self) -> tuple[Mount, ...]:
        listed = self._state.get("mounts")
        if listed is None:
            if self._is_complete or not self.system.is_linux:
                return ()
            raise self._unknown("the mounted file systems")
        return tuple(Mount(self.path(m["point"]), m["filesystem"], tuple(m.get("options", ()))) for m in listed)

    def groups(self) -> tuple[str, ...]:
        listed = self._state.get("groups")
        if listed is None and not self._is_complete:
            raise self._unknown("the groups of the user")
        return tuple(listed or ())

    def disk(self, path: PurePath) -> Union[Disk, Failure]:
        size = next((self._volumes[each] for each in (path, *path.parents) if each in self._volumes), None)
        if size is None:
            raise self._unknown("the free space")
        return _failure(size) if "fails" in size else Disk(size["total"], size["free"])

    def memory(self) -> Union[Memory, Failure]:
        size = self._state.get("memory")
        if size is None:
            raise self._unknown("the memory")
        return _failure(size) if "fails" in size else Memory(size["total"], size["available"])

    def now(self) -> datetime:
        return moment(self._state.get("clock") or LONG_AGO)

    def process_python(self) -> PurePath:
        text = self._state.get("python")
        if text is None:
            raise self._unknown("the doctor's own Python")
        return self.path(text)


def _usual_home(kind: str) -> str:
    return {"windows": "C:\\Users\\user", "darwin": "/Users/user"}.get(kind, "/home/user")


def _failure(entry: Mapping[str, Any]) -> Failure:
    return Failure(FailureKind(entry["fails"]), entry.get("detail", ""))


def _refused(entry: Entry, question: str) -> Optional[Failure]:
    """Why this one question about a file has no answer. Of a folder that can be its names, of a file its content."""
    if question in entry:
        return _failure(entry[question])
    is_meant = STAT.keys().isdisjoint(entry) or (_kind(entry) == "folder") == (question == "list")
    return _failure(entry) if "fails" in entry and is_meant else None


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


def _stream(answer: Mapping[str, Any], name: str) -> bytes:
    if name + "_base64" in answer:
        return base64.b64decode(answer[name + "_base64"])
    return bytes_of(answer.get(name, ""), answer.get("encoding", "utf-8"))


def names_of_run(
    argv: Sequence[Argument], cwd: Optional[PurePath], environment: Optional[Mapping[str, str]]
) -> tuple[str, ...]:
    """Under which names the answer to a run may stand, the most particular first."""
    words = " ".join(f"<{each.name}>" if isinstance(each, Script) else str(each) for each in argv[1:])
    added = " ".join(f"{name}={value}" for name, value in sorted((environment or {}).items()))
    with_ = f" (with {added})" if added else ""
    in_ = f" (in {cwd})" if cwd else ""
    return tuple(dict.fromkeys((words + with_ + in_, words + with_, words + in_, words)))


def names_of_request(method: str, url: str, body: Optional[bytes], use_proxy: bool) -> tuple[str, ...]:
    """Under which names the answer to a request may stand, the most particular first."""
    name = f"{method} {url}" + ("" if use_proxy else " (no proxy)")
    if not body:
        return (name,)
    import zlib

    return (f"{name} (body {zlib.crc32(body):08x})", name)


def load(path: Path) -> Recorded:
    """Read a recording from this computer. Raises `BadRecording` with one clear sentence."""
    return parse(read(path))


def parse(state: Any) -> Recorded:
    """A machine from a recording that is already read. Raises `BadRecording`."""
    check_form(state)
    return Recorded(state)


__all__ = ["FORMAT", "BadRecording", "Recorded", "load", "merge", "names_of_request", "names_of_run", "parse", "read"]
