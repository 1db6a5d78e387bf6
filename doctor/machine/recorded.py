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
    MOZILLAS_LIST,
    OUTPUT_LIMIT_BYTES,
    QUESTION_LIMIT_S,
    READ_LIMIT_BYTES,
    Addresses,
    Argument,
    Bound,
    Certificate,
    Connected,
    Content,
    Disk,
    Failure,
    FailureKind,
    Folder,
    Key,
    Listener,
    Listeners,
    Listing,
    Machine,
    Memory,
    Mount,
    Ran,
    Response,
    Stat,
    System,
    Trust,
)
from doctor.machine.looks import BadRecording, moment
from doctor.machine.recorded_files import RecordedFiles, failure_of, not_told
from doctor.machine.recorded_registry import RecordedRegistry
from doctor.machine.recording import merge, read
from doctor.machine.recording_form import FORMAT, bytes_of, check_form
from doctor.machine.recording_names import names_of_request, names_of_run
from doctor.machine.shapes import expand
from doctor.words import Secret

LONG_AGO = "2026-11-01T12:00:00Z"
"""The clock of a recording that tells none."""


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
        return RecordedFiles(self.system, known, absent, self._is_complete)

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

    # --- environment and files -----------------------------------------------------------------------------------

    def variable(self, name: str) -> Optional[str]:
        key = self._fold(name)
        if key in self._environment:
            value = self._environment[key]
            return None if value is None else expand(str(value))
        if self._is_complete:
            return None
        raise not_told(f"the environment variable {name}")

    def user_folder(self, folder: Folder) -> PurePath:
        told = self._state.get("folders", {}).get(folder.value)
        return super().user_folder(folder) if told is None else self.path(told)

    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        return self._files.read(path, limit_bytes)

    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        return self._files.stat(path) if follow else self._files.stat_itself(path)

    def list(self, path: PurePath) -> Union[Listing, Failure]:
        return self._files.list(path)

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        return self._files.real_path(path)

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
                raise not_told(f"what {program.name} prints")
            return Failure(FailureKind.NOT_RUNNABLE) if isinstance(stat, Stat) else stat
        names = names_of_run(argv, cwd, environment)
        answer = next((answers[name] for name in (*names, "*") if name in answers), None)
        if answer is None and self._is_complete:
            return Failure(FailureKind.OTHER)
        if answer is None:
            raise not_told(f"what {program.name} {names[-1]} prints")
        if isinstance(answer, str):
            answer = {"stdout": answer}
        if "fails" in answer:
            return failure_of(answer)
        out, err = _stream(answer, "stdout"), _stream(answer, "stderr")
        is_cut = answer.get("cut", False) or max(len(out), len(err)) > OUTPUT_LIMIT_BYTES
        return Ran(answer.get("status", 0), out[:OUTPUT_LIMIT_BYTES], err[:OUTPUT_LIMIT_BYTES], is_cut)

    def file_version(self, path: PurePath) -> Union[str, Failure]:
        if not self.system.is_windows:
            return Failure(FailureKind.UNSUPPORTED)
        return self._files.version(path)

    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        if not self.system.is_windows:
            return Failure(FailureKind.UNSUPPORTED)
        answer = self._registry.ask(hive, path, view, self._is_complete)
        if answer is None:
            raise not_told(f"the registry key {path}")
        return answer

    # --- network -------------------------------------------------------------------------------------------------

    def _network(self, kind: str, *names: str) -> Any:
        answers = self._state.get("network", {}).get(kind, {})
        for name in names:
            if name in answers:
                return answers[name]
        raise not_told(f"{kind} {names[-1]}")

    def request(
        self,
        method: str,
        url: str,
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        timeout_s: float = QUESTION_LIMIT_S,
        proxy: Optional[Secret] = None,
        trust: Trust = MOZILLAS_LIST,
    ) -> Union[Response, Failure]:
        answer = self._network("http", *names_of_request(method, url, body, proxy))
        if "fails" in answer:
            return failure_of(answer)
        return Response(answer["status"], answer.get("headers", {}), _stream(answer, "body"), answer.get("cut", False))

    def certificate(
        self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S, proxy: Optional[Secret] = None
    ) -> Union[Certificate, Failure]:
        answer = self._network("certificate", f"{host}:{port}")
        if "fails" in answer:
            return failure_of(answer)
        first, last = moment(answer["not_before"]), moment(answer["not_after"])
        is_known = answer.get("is_trusted_by_system", False)
        return Certificate(answer["subject"], answer["issuer"], first, last, is_known)

    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        answer = self._network("resolve", host)
        return failure_of(answer) if isinstance(answer, dict) else Addresses(tuple(answer))

    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        answer = self._network("connect", f"{host}:{port}")
        return failure_of(answer) if isinstance(answer, dict) else Connected(str(answer))

    def bind(self, host: str, port: int) -> Union[Bound, Failure]:
        answer = self._network("bind", f"{host}:{port}")
        return failure_of(answer) if isinstance(answer, dict) else Bound(int(answer))

    def listeners(self) -> Union[Listeners, Failure]:
        listed = self._state.get("listeners")
        if listed is None:
            if self._is_complete:
                return Listeners(())
            raise not_told("the listening ports")
        return failure_of(listed) if isinstance(listed, dict) else Listeners(tuple(Listener(**each) for each in listed))

    # --- the rest ------------------------------------------------------------------------------------------------

    def mounts(self) -> tuple[Mount, ...]:
        listed = self._state.get("mounts")
        if listed is None:
            if self._is_complete or not self.system.is_linux:
                return ()
            raise not_told("the mounted file systems")
        return tuple(Mount(self.path(m["point"]), m["filesystem"], tuple(m.get("options", ()))) for m in listed)

    def groups(self) -> tuple[str, ...]:
        listed = self._state.get("groups")
        if listed is None and not self._is_complete:
            raise not_told("the groups of the user")
        return tuple(listed or ())

    def disk(self, path: PurePath) -> Union[Disk, Failure]:
        size = next((self._volumes[each] for each in (path, *path.parents) if each in self._volumes), None)
        if size is None:
            raise not_told("the free space")
        return failure_of(size) if "fails" in size else Disk(size["total"], size["free"])

    def memory(self) -> Union[Memory, Failure]:
        size = self._state.get("memory")
        if size is None:
            raise not_told("the memory")
        return failure_of(size) if "fails" in size else Memory(size["total"], size["available"])

    def now(self) -> datetime:
        return moment(self._state.get("clock") or LONG_AGO)

    def process_python(self) -> PurePath:
        text = self._state.get("python")
        if text is None:
            raise not_told("the doctor's own Python")
        return self.path(text)


def _usual_home(kind: str) -> str:
    return {"windows": "C:\\Users\\user", "darwin": "/Users/user"}.get(kind, "/home/user")


def _stream(answer: Mapping[str, Any], name: str) -> bytes:
    if name + "_base64" in answer:
        return base64.b64decode(answer[name + "_base64"])
    return bytes_of(answer.get(name, ""), answer.get("encoding", "utf-8"))


def load(path: Path) -> Recorded:
    """Read a recording from this computer. Raises `BadRecording` with one clear sentence."""
    return parse(read(path))


def parse(state: Any) -> Recorded:
    """A machine from a recording that is already read. Raises `BadRecording`."""
    check_form(state)
    return Recorded(state)


__all__ = ["FORMAT", "BadRecording", "Recorded", "load", "merge", "parse", "read"]
