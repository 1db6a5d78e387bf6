"""A machine that answers from a recording: a description of a machine as state, in one JSON or YAML file.

The format is described in docs/recording.md and by recording.schema.json beside this file. With `"complete": true`
what is not listed does not exist; without it, a question that the recording cannot answer raises `Unavailable`.
"""

from __future__ import annotations

import base64
from datetime import datetime, timezone
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
from doctor.machine.shapes import expand
from doctor.words import say

FORMAT = 1
MOST_LINKS = 40


class BadRecording(Exception):
    """The recording cannot be used; the message is one sentence for the person who gave it."""


class Recorded(Machine):
    """A recording that answers like a machine."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._state = state
        self._is_complete = bool(state.get("complete", False))
        self.system = System(**state["system"])
        self.home = self.path(state.get("home") or _usual_home(self.system.kind))
        self.temporary = self.path(state.get("temporary") or ("C:\\Temp" if self.system.is_windows else "/tmp"))
        self.user = state.get("user", "")
        self.host = ""
        self._environment = {self._fold(k): v for k, v in state.get("environment", {}).items()}
        self._files: dict[PurePath, Any] = {}
        self._children: dict[PurePath, set[str]] = {}
        for name, entry in state.get("files", {}).items():
            self._plant(self.path(name), entry)
        for name, entry in state.get("tree", {}).items():
            self._plant(self.root.joinpath(*name.split("/")), entry)
        for name in state.get("programs", {}):
            if self.path(name) not in self._files:
                self._plant(self.path(name), {"mode": "755"})
        self._absent = {self.path(name) for name in state.get("absent", ())}
        self._registry = _registry(state.get("registry", {}))

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
        """Whether that folder was named, and not just the current one."""
        return bool(self._state.get("given", True))

    def _fold(self, name: str) -> str:
        return name.upper() if self.system.is_windows else name

    def _plant(self, path: PurePath, entry: Any) -> None:
        self._files[path] = {"text": entry} if isinstance(entry, str) else entry
        if self._files[path].get("fails") == "absent":
            return
        while path.parent != path:
            self._children.setdefault(path.parent, set()).add(path.name)
            path = path.parent

    def _unknown(self, what: str) -> Unavailable:
        return Unavailable(say("the recording does not tell: {what}", what=what), kind="not-recorded")

    def _absence(self, what: str, kind: FailureKind = FailureKind.ABSENT) -> Failure:
        """The answer to what is not listed."""
        if self._is_complete:
            return Failure(kind)
        raise self._unknown(what)

    # --- environment and files -----------------------------------------------------------------------------------

    def variable(self, name: str) -> Optional[str]:
        key = self._fold(name)
        if key in self._environment:
            value = self._environment[key]
            return None if value is None else expand(str(value))
        if self._is_complete:
            return None
        raise self._unknown(f"the environment variable {name}")

    def _entry(self, path: PurePath, depth: int = 0) -> Union[dict[str, Any], Failure, None]:
        """What is listed for a path with links followed; None for a folder that is only implied."""
        if depth > MOST_LINKS:
            return Failure(FailureKind.OTHER, "ELOOP")
        path = self._through_links(path, depth)
        entry = self._files.get(path)
        if entry is None:
            if path in self._children or (self._is_complete and path == type(path)(path.anchor)):
                return None
            if path in self._absent or path.parent in self._absent:
                return Failure(FailureKind.ABSENT)
            return self._absence(f"the file {path.name}")
        if "link" in entry:
            return self._entry(path.parent / self.path(entry["link"]), depth + 1)
        return dict(entry)

    def _through_links(self, path: PurePath, depth: int = 0) -> PurePath:
        """The path with links among its parent folders followed, and `..` taken out."""
        walked = type(path)(path.anchor)
        for part in path.relative_to(path.anchor).parts if path.anchor else path.parts:
            entry = self._files.get(walked)
            if entry and "link" in entry and depth <= MOST_LINKS:
                walked = self._through_links(walked.parent / self.path(entry["link"]), depth + 1)
            walked = walked.parent if part == ".." else walked / part
        return walked

    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        entry = self._entry(path)
        if entry is None or (isinstance(entry, dict) and entry.get("folder")):
            return Failure(FailureKind.NOT_A_FILE)
        if isinstance(entry, Failure):
            return entry
        if "fails" in entry:
            return _failure(entry)
        if "text" in entry:
            data = expand(entry["text"]).encode("utf-8", "surrogateescape")
        elif "base64" in entry:
            data = base64.b64decode(entry["base64"])
        elif entry.get("size", 0) == 0:
            data = b""
        else:
            raise self._unknown(f"the content of {path.name}")
        return Content(data[:limit_bytes], len(data) > limit_bytes)

    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        raw = self._files.get(self._through_links(path))
        if raw and "link" in raw and not follow:
            return Stat("link", mode=0o777)
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        if entry is None:
            return Stat("folder", mode=0o755)
        if entry.get("fails") and "mode" not in entry:
            return _failure(entry)
        is_folder = bool(entry.get("folder"))
        size = entry.get("size")
        if size is None:
            data = entry.get("text", "")
            size = len(base64.b64decode(entry["base64"])) if "base64" in entry else len(expand(data).encode("utf-8", "replace"))
        return Stat(
            kind=entry.get("kind", "folder" if is_folder else "file"),
            size_bytes=size,
            mode=int(str(entry.get("mode", "755" if is_folder else "644")), 8),
            owner=entry.get("owner"),
            is_hidden=bool(entry.get("hidden", False)),
            reparse_tag=int(entry.get("reparse", 0)),
            can_write=bool(entry.get("writable", True)),
        )

    def list(self, path: PurePath) -> Union[Listing, Failure]:
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        if entry is not None and entry.get("fails"):
            return _failure(entry)
        if entry is not None and not entry.get("folder"):
            return Failure(FailureKind.NOT_A_FOLDER)
        if entry is not None and "names" in entry:
            return Listing(tuple(sorted(entry["names"])), bool(entry.get("is_cut", False)))
        if not self._is_complete:
            raise self._unknown(f"the names in {path.name}")
        real = self.real_path(path)
        return Listing(tuple(sorted(self._children.get(real if isinstance(real, PurePath) else path, ()))))

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        for _ in range(MOST_LINKS):
            path = self._through_links(path)
            entry = self._files.get(path)
            if not entry or "link" not in entry:
                break
            path = path.parent / self.path(entry["link"])
        found = self._entry(path)
        return found if isinstance(found, Failure) else path

    # --- programs and registry -----------------------------------------------------------------------------------

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        program = self.path(argv[0])
        answers = next((v for k, v in self._state.get("programs", {}).items() if self.path(k) == program), None)
        if answers is None:
            stat = self.stat(program)
            return Failure(FailureKind.NOT_RUNNABLE) if isinstance(stat, Stat) else stat
        words = " ".join(f"<{a.name}>" if isinstance(a, Script) else str(a) for a in argv[1:])
        answer = answers.get(words, answers.get("*"))
        if answer is None:
            return self._absence(f"what {program.name} {words} prints", FailureKind.OTHER)
        if isinstance(answer, str):
            answer = {"stdout": answer}
        if "fails" in answer:
            return _failure(answer)
        out, err = _stream(answer, "stdout"), _stream(answer, "stderr")
        return Ran(int(answer.get("status", 0)), out[:OUTPUT_LIMIT_BYTES], err[:OUTPUT_LIMIT_BYTES])

    def file_version(self, path: PurePath) -> Union[str, Failure]:
        if not self.system.is_windows:
            return Failure(FailureKind.UNSUPPORTED)
        entry = self._entry(path)
        if isinstance(entry, Failure):
            return entry
        if entry is None or "version" not in entry:
            return Failure(FailureKind.OTHER)
        return str(entry["version"])

    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        if not self.system.is_windows:
            return Failure(FailureKind.UNSUPPORTED)
        key = self._registry.get((view, f"{hive}\\{path}".lower()))
        if key is None:
            return self._absence(f"the registry key {path}")
        return key if isinstance(key, Key) else _failure(key)

    # --- network -------------------------------------------------------------------------------------------------

    def _network(self, kind: str, name: str) -> Any:
        answers = self._state.get("network", {}).get(kind, {})
        if name in answers:
            return answers[name]
        raise self._unknown(f"{kind} {name}")

    def request(
        self,
        method: str,
        url: str,
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        timeout_s: float = QUESTION_LIMIT_S,
        use_proxy: bool = True,
    ) -> Union[Response, Failure]:
        answer = self._network("http", f"{method} {url}" + ("" if use_proxy else " (no proxy)"))
        if "fails" in answer:
            return _failure(answer)
        return Response(int(answer["status"]), answer.get("headers", {}), _stream(answer, "body"))

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
            return Listeners(()) if self._is_complete else self._absence("the listening ports")
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
        volumes = self._state.get("disk", {})
        for candidate in (path, *path.parents):
            for name, size in volumes.items():
                if self.path(name) == candidate:
                    return Disk(size["total"], size["free"])
        raise self._unknown("the free space")

    def memory(self) -> Union[Memory, Failure]:
        size = self._state.get("memory")
        if size is None:
            raise self._unknown("the memory")
        return Memory(size["total"], size["available"])

    def now(self) -> datetime:
        text = str(self._state.get("clock") or "2026-11-01T12:00:00Z").replace("Z", "+00:00").replace(" ", "T", 1)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)

    def process_python(self) -> PurePath:
        text = self._state.get("python")
        if text is None:
            raise self._unknown("the doctor's own Python")
        return self.path(text)


def _usual_home(kind: str) -> str:
    return {"windows": "C:\\Users\\user", "darwin": "/Users/user"}.get(kind, "/home/user")


def _failure(entry: Mapping[str, Any]) -> Failure:
    return Failure(FailureKind(entry["fails"]), str(entry.get("detail", "")))


def _stream(answer: Mapping[str, Any], name: str) -> bytes:
    if name + "_base64" in answer:
        return base64.b64decode(answer[name + "_base64"])
    return expand(str(answer.get(name, ""))).encode("utf-8", "surrogateescape")


def _registry(listed: Mapping[str, Any]) -> dict[tuple[int, str], Any]:
    """Both views by lower-case path. A name that begins with "32:" or "64:" is in that view only."""
    values: dict[tuple[int, str], Any] = {}
    names: dict[tuple[int, str], dict[str, str]] = {}
    for name, entry in listed.items():
        views = [int(name[:2])] if name[:3] in ("32:", "64:") else [64, 32]
        path = name[3:] if len(views) == 1 else name
        for view in views:
            if isinstance(entry, dict) and "fails" in entry:
                values[view, path.lower()] = entry
                continue
            values.setdefault((view, path.lower()), {}).update(entry or {})
            parts = path.split("\\")
            for depth in range(1, len(parts)):
                parent = "\\".join(parts[:depth]).lower()
                names.setdefault((view, parent), {})[parts[depth].lower()] = parts[depth]
                values.setdefault((view, parent), {})
    keys: dict[tuple[int, str], Any] = {}
    for place, entry in values.items():
        if "fails" in entry:
            keys[place] = entry
            continue
        clean = {k: tuple(v) if isinstance(v, list) else expand(v) if isinstance(v, str) else v for k, v in entry.items()}
        keys[place] = Key(clean, tuple(names.get(place, {}).values()))
    return keys


def load(path: Path) -> Recorded:
    """Read a recording from this computer. Raises `BadRecording` with one clear sentence."""
    return parse(read(path))


def parse(state: Any) -> Recorded:
    """A machine from a recording that is already read. Raises `BadRecording`."""
    if not isinstance(state, dict) or "system" not in state:
        raise BadRecording("this is not a recording: it has no system")
    if state.get("recording", FORMAT) != FORMAT:
        raise BadRecording("this recording has a format that this version does not know")
    try:
        return Recorded(state)
    except Exception as problem:  # whatever a file may hold
        raise BadRecording(f"this recording is malformed ({type(problem).__name__})") from None


def read(path: Path, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The file with everything that it extends beneath it."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix in (".yaml", ".yml"):
            import yaml

            state = yaml.safe_load(text)
        else:
            import json

            state = json.loads(text)
    except OSError:
        raise BadRecording(f"the recording {path.name} cannot be read") from None
    except Exception as problem:  # each parser has errors of its own
        raise BadRecording(f"the recording {path.name} is malformed ({type(problem).__name__})") from None
    if not isinstance(state, dict):
        raise BadRecording(f"the recording {path.name} is malformed: its top level is no mapping")
    below: dict[str, Any] = {}
    for name in _names(state.pop("extends", ())):
        other = path.parent / name
        if other in seen or len(seen) > 8:
            raise BadRecording(f"the recording {path.name} extends itself")
        below = merge(below, read(other, (*seen, path)))
    return merge(below, state)


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)




def merge(below: Mapping[str, Any], above: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Two recordings, the second laid over the first. `null` takes an entry away.

    Mappings are joined down to the single file, program answer or registry value; lists are replaced.
    """
    merged = dict(below)
    for name, value in above.items():
        if value is None and depth:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict) and depth < 2:
            merged[name] = merge(merged[name], value, depth + 1)
        else:
            merged[name] = value
    return merged


__all__ = ["BadRecording", "Recorded", "load", "merge", "parse", "read"]
