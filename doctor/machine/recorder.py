"""Writes down what a machine answers, so that the same questions can be answered again elsewhere: without secrets,
without names, and only what was asked.

Whoever wants a machine recorded examines a `Recorder` around it; `state()` is then the recording.
"""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path, PurePath
from typing import Callable, Mapping, Optional, Sequence, TypeVar, Union

from doctor.machine import (
    MOZILLAS_LIST,
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
    Folder,
    Harmless,
    Key,
    Listeners,
    Listing,
    Machine,
    Memory,
    Mount,
    Ran,
    Response,
    Stat,
    Trust,
    Unavailable,
    nothing_is_harmless,
)
from doctor.machine.recorder_notes import Asked, FileNotes, Notes
from doctor.machine.recording_names import names_of_request, names_of_run
from doctor.machine.recording_writer import write
from doctor.machine.settings import is_settings_file
from doctor.machine.through import Through
from doctor.words import Secret

T = TypeVar("T")


class Recorder(Through):
    """A machine that notes every question and its answer. `folder` is what is examined, as a replay has to know."""

    def __init__(self, inner: Machine, folder: Optional[PurePath] = None, is_given: bool = True) -> None:
        super().__init__(inner)
        self.folder, self.is_given = folder, is_given
        self._notes = Notes()
        self._lock = threading.RLock()

    def state(self, ordinary: tuple[str, ...] = ()) -> dict[str, object]:
        """The recording so far. It holds no secret, no name, and nothing that was not asked.

        `ordinary` are those names of the person and the machine that are words of what is examined (`Place.ordinary`).
        """
        from doctor.machine.recording_state import state_of

        with self._lock:
            return state_of(self.inner, self._notes, self.folder, self.is_given, ordinary)

    def write(self, path: Path, ordinary: tuple[str, ...] = ()) -> None:
        """The recording so far as a file. Raises `BadRecording`."""
        write(path, self.state(ordinary))

    # --- environment and files -----------------------------------------------------------------------------------

    def variable(self, name: str) -> Optional[str]:
        value = self.inner.variable(name)
        with self._lock:
            self._notes.variables.setdefault(self._fold(name), value)
        return value

    def secret(self, name: str, is_harmless: Harmless = nothing_is_harmless) -> Optional[Secret]:
        secret = self.inner.secret(name, is_harmless)
        with self._lock:
            self._notes.variables.setdefault(self._fold(name), None if secret is None else secret.reveal())
            self._notes.secrets.setdefault(self._fold(name), []).append(is_harmless)
        return secret

    def user_folder(self, folder: Folder) -> PurePath:
        return self._noted(self._notes.folders, folder.value, self.inner.user_folder(folder))

    def _fold(self, name: str) -> str:
        return name.upper() if self.system.is_windows else name

    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        content = self.inner.read(path, limit_bytes)
        self._note_content(path, content, limit_bytes, nothing_is_harmless if is_settings_file(path) else None)
        return content

    def read_settings(
        self, path: PurePath, is_harmless: Harmless = nothing_is_harmless, limit_bytes: int = READ_LIMIT_BYTES
    ) -> Union[Content, Failure]:
        content = self.inner.read_settings(path, is_harmless, limit_bytes)
        self._note_content(path, content, limit_bytes, is_harmless)
        return content

    def _note_content(
        self, path: PurePath, content: Union[Content, Failure], limit_bytes: int, is_harmless: Optional[Harmless]
    ) -> None:
        """Of several readings the longest counts."""
        notes = self._about(path)
        with self._lock:
            if is_harmless is not None:
                notes.harmless.append(is_harmless)
            if notes.read is None or limit_bytes > notes.read_limit:
                notes.read, notes.read_limit = content, limit_bytes

    def _about(self, path: PurePath) -> FileNotes:
        """The notes on a path. Whatever is asked of it first, what kind of file it is belongs to them."""
        place = _without_dots(path)
        with self._lock:
            if place in self._notes.files:
                return self._notes.files[place]
        notes = FileNotes()
        notes.stat = _had(lambda: self.inner.stat(path))
        notes.itself = _had(lambda: self.inner.stat(path, follow=False))
        notes.real = _had(lambda: self.inner.real_path(path))
        with self._lock:
            return self._notes.files.setdefault(place, notes)

    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        notes = self._about(path)
        answer = notes.stat if follow else notes.itself
        return self.inner.stat(path, follow) if answer is None else answer

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        answer = self._about(path).real
        return self.inner.real_path(path) if answer is None else answer

    def list(self, path: PurePath) -> Union[Listing, Failure]:
        names = self.inner.list(path)
        self._about(path).names = names
        return names

    def file_version(self, path: PurePath) -> Union[str, Failure]:
        version = self.inner.file_version(path)
        self._about(path).version = version
        return version

    # --- programs and registry -----------------------------------------------------------------------------------

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        answer = self.inner.run(argv, timeout_s, cwd, environment)
        program = self.path(argv[0])
        self._about(program)
        with self._lock:
            self._notes.runs.setdefault(program, []).append(Asked(names_of_run(argv, cwd, environment), answer))
        return answer

    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        key = self.inner.registry(hive, path, view)
        with self._lock:
            self._notes.keys.setdefault((f"{hive}\\{path}", view), key)
        return key

    # --- network -------------------------------------------------------------------------------------------------

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
        answer = self.inner.request(method, url, headers, body, timeout_s, proxy, trust)
        with self._lock:
            self._notes.requests.append(Asked(names_of_request(method, url, body, proxy), answer))
        return answer

    def certificate(
        self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S, proxy: Optional[Secret] = None
    ) -> Union[Certificate, Failure]:
        answer = self.inner.certificate(host, port, timeout_s, proxy)
        return self._noted(self._notes.certificates, f"{host}:{port}", answer)

    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        return self._noted(self._notes.resolved, host, self.inner.resolve(host, timeout_s))

    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        return self._noted(self._notes.connected, f"{host}:{port}", self.inner.connect(host, port, timeout_s))

    def bind(self, host: str, port: int) -> Union[Bound, Failure]:
        return self._noted(self._notes.bound, f"{host}:{port}", self.inner.bind(host, port))

    def _noted(self, notes: dict[str, T], name: str, answer: T) -> T:
        with self._lock:
            notes[name] = answer
        return answer

    def listeners(self) -> Union[Listeners, Failure]:
        self._notes.listeners = answer = self.inner.listeners()
        return answer

    # --- the rest ------------------------------------------------------------------------------------------------

    def mounts(self) -> tuple[Mount, ...]:
        self._notes.mounts = answer = self.inner.mounts()
        return answer

    def groups(self) -> tuple[str, ...]:
        self._notes.groups = answer = self.inner.groups()
        return answer

    def disk(self, path: PurePath) -> Union[Disk, Failure]:
        answer = self.inner.disk(path)
        with self._lock:
            self._notes.disks[path] = answer
        return answer

    def memory(self) -> Union[Memory, Failure]:
        self._notes.memory = answer = self.inner.memory()
        return answer

    def now(self) -> datetime:
        """The moment at which this was asked first: a recording has one clock."""
        now = self.inner.now()
        with self._lock:
            self._notes.clock = self._notes.clock or now
            return self._notes.clock

    def process_python(self) -> PurePath:
        self._notes.python = answer = self.inner.process_python()
        return answer


def _had(question: Callable[[], T]) -> Optional[T]:
    """An answer that nobody asked for yet; without one this is not the place to complain."""
    try:
        return question()
    except Unavailable:
        return None


def _without_dots(path: PurePath) -> PurePath:
    """A path as a replay looks it up: `..` taken out."""
    if ".." not in path.parts:
        return path
    walked = type(path)(path.anchor)
    for part in path.parts[1 if path.anchor else 0 :]:
        walked = walked.parent if part == ".." else walked / part
    return walked


__all__ = ["FileNotes", "Notes", "Recorder", "write"]
