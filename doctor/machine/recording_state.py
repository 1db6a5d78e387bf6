"""From what was noted to the recording: every answer in the form of docs/recording.md, nothing private in it."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

from doctor.machine import Certificate, Content, Failure, Harmless, Key, Machine, Ran, Response
from doctor.machine.masking import Mask
from doctor.machine.recorded_files import ABSENT
from doctor.machine.recorded_registry import SUBKEYS
from doctor.machine.recording_bytes import written
from doctor.machine.recording_entries import (
    by_name,
    disk_entry,
    entry_of,
    failed,
    follows,
    in_order,
    memory_entry,
    moment_text,
    padded,
    stat_entry,
)
from doctor.machine.recording_form import FORMAT
from doctor.machine.settings import is_plain, logins_in, secret_in, secret_values
from doctor.machine.shapes import expand, mark_of
from doctor.secret import Secret, looks_secret

if TYPE_CHECKING:
    from doctor.machine.recorder_notes import FileNotes, Notes

ABOUT = "What a machine answered when it was examined, without its secrets and names."
_PRIVATE_HEADERS = ("cookie", "organi", "account", "request", "ray", "auth", "token", "key", "user")
_PRIVATE_OPTIONS = ("user", "pass", "cred", "domain", "addr")


def state_of(
    machine: Machine, notes: Notes, folder: Optional[PurePath], is_given: bool, ordinary: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The recording. Keys without anything to tell are left out."""
    return _State(machine, notes, ordinary).whole(folder, is_given)


class _State:
    def __init__(self, machine: Machine, notes: Notes, ordinary: tuple[str, ...]) -> None:
        self.machine, self.notes = machine, notes
        self.mask = Mask(machine, _secrets_in(notes), ordinary)

    def whole(self, folder: Optional[PurePath], is_given: bool) -> dict[str, Any]:
        notes, mask = self.notes, self.mask
        state: dict[str, Any] = {
            "recording": FORMAT,
            "about": ABOUT,
            "complete": False,
            "clock": notes.clock and moment_text(notes.clock),
            "system": self.system(),
            "home": mask.path(self.machine.home),
            "temporary": mask.path(self.machine.temporary),
            "user": mask.user or None,
            "folder": folder and mask.path(folder),
            "given": None if is_given else False,
            "python": notes.python and mask.path(notes.python),
            "environment": {name: self.variable(name) for name in sorted(notes.variables)},
            "folders": {name: mask.path(path) for name, path in sorted(notes.folders.items())},
            **self.all_files(),
            "programs": {mask.path(path): by_name(asked, self.ran, mask) for path, asked in in_order(notes.runs)},
            "registry": self.registry(),
            "network": self.network(),
            "listeners": notes.listeners and self.listeners(),
            "mounts": None if notes.mounts is None else [self.mount(each) for each in notes.mounts],
            "groups": None if notes.groups is None else [expand(mask.value(name)) for name in notes.groups],
            "disk": {mask.path(path): entry_of(answer, disk_entry) for path, answer in in_order(notes.disks)},
            "memory": notes.memory and entry_of(notes.memory, memory_entry),
        }
        return {key: value for key, value in state.items() if value is not None and value != {}}

    def system(self) -> dict[str, Any]:
        told = self.machine.system._asdict()
        needed = ("kind", "name", "release", "architecture")
        plain = {key: self.mask.plain(value) if isinstance(value, str) else value for key, value in told.items()}
        return {key: value for key, value in plain.items() if value or key in needed}

    def variable(self, name: str) -> Optional[str]:
        value, askers = self.notes.variables[name], self.notes.secrets.get(name, [])
        if value is None:
            return None
        start, end = secret_in(name, value, _any_of(askers)) if askers else (0, 0)
        if start < end:
            return self.mask.text(value, [(start, end)])
        text = self.mask.value(value)
        return padded(text, len(value), self.machine.system.is_windows) if name.upper() == "PATH" else text

    # --- files -------------------------------------------------------------------------------------------------------

    def all_files(self) -> dict[str, Any]:
        files: dict[str, Any] = {}
        absent: dict[PurePath, str] = {}
        for path, notes in in_order({**self.beside_home(), **self.notes.files}):
            if notes.stat is None or not path.root or "\0" in str(path):
                continue
            name = self.mask.path(path)
            if {notes.stat, notes.itself, notes.real, notes.read, notes.names, notes.version} - {None} == {ABSENT}:
                if not any(parent in absent for parent in path.parents):
                    absent[path] = name
            else:
                files[name] = self.file(path, notes)
        return {"files": files, "absent": list(dict.fromkeys(absent.values())) or None}

    def beside_home(self) -> dict[PurePath, FileNotes]:
        """Where the home folder comes to another place, what was asked beside it will be asked beside it there."""
        old, new = self.machine.home.parent, self.mask.home.parent
        if old == new or len(old.parts) < 2:
            return {}
        beside = (path for path in self.notes.files if old in path.parents and self.machine.home not in path.parents)
        return {new / path.relative_to(old): self.notes.files[path] for path in beside if path != self.machine.home}

    def file(self, path: PurePath, notes: FileNotes) -> dict[str, Any]:
        entry: dict[str, Any] = entry_of(notes.stat, stat_entry)
        if notes.itself != notes.stat and notes.itself is not None:
            entry["itself"] = entry_of(notes.itself, lambda stat: {"kind": stat.kind, **stat_entry(stat)})
        if isinstance(notes.real, PurePath) and notes.real != path:
            entry["real"] = self.mask.path(notes.real)
        for question, answer in (("real", notes.real), ("read", notes.read), ("list", notes.names)):
            if isinstance(answer, Failure) and answer != follows(notes.stat, question):
                entry[question] = failed(answer)
        if isinstance(notes.read, Content):
            entry.update(self.content(notes.read, notes))
        if notes.names is not None and not isinstance(notes.names, Failure):
            entry["names"] = list(dict.fromkeys(self.mask.name_in(path, name) for name in notes.names.names))
            if notes.names.is_cut:
                entry["cut"] = True
        if notes.version is not None and self.machine.system.is_windows:
            entry["version"] = entry_of(notes.version, self.mask.plain)
        return entry

    def content(self, content: Content, notes: FileNotes) -> Mapping[str, Any]:
        harmless = _any_of(notes.harmless)
        find = (lambda text: secret_values(text, harmless)) if notes.harmless else None
        written_ = written(content.data, "text", self.mask, find)
        return {**written_.keys(), **({"only_first": notes.read_limit} if content.is_cut else {})}

    # --- programs, registry, network ---------------------------------------------------------------------------------

    def ran(self, ran: Ran) -> Any:
        out, err = written(ran.stdout, "stdout", self.mask), written(ran.stderr, "stderr", self.mask)
        if out.is_text and not (ran.stderr or ran.status or ran.is_cut):
            return out.text
        keys: dict[str, Any] = {"status": ran.status} if ran.status else {}
        encodings = {each.encoding for each in (out, err) if each.text} or {"utf-8"}
        for each in (out, err):
            if each.text or each.base64:
                keys.update(each.keys() if len(encodings) == 1 else each.as_base64())
        return {**keys, **({"cut": True} if ran.is_cut else {})}

    def registry(self) -> dict[str, Any]:
        """A key of which both views are the same stands there once."""
        answers: dict[str, dict[int, Union[Key, Failure]]] = {}
        for (path, view), answer in sorted(self.notes.keys.items(), key=lambda each: each[0]):
            answers.setdefault(path, {})[view] = answer
        listed: dict[str, Any] = {}
        for path, views in answers.items():
            name = self.mask.plain(path)
            kind = path.upper().rpartition("\\")[2]
            tell = {"ENVIRONMENT": self.environment_key, "INTERNET SETTINGS": self.proxies_key}.get(kind, self.key)
            if len(views) == 2 and views[64] == views[32]:
                listed[name] = entry_of(views[64], tell)
            else:
                listed.update({f"{view}:{name}": entry_of(answer, tell) for view, answer in views.items()})
        return listed if self.machine.system.is_windows else {}

    def key(self, key: Key) -> dict[str, Any]:
        values = {name: self.value(value) for name, value in sorted(key.values.items()) if name != "fails"}
        if key.subkeys:
            values[SUBKEYS] = [self.mask.plain(name) for name in key.subkeys]
        return values

    def environment_key(self, key: Key) -> dict[str, Any]:
        """The lasting environment of Windows. Nobody said of its variables which of them are no secrets."""
        told = self.key(key)
        for name, value in key.values.items():
            if name.upper() in self.notes.variables and self.notes.variables[name.upper()] == value:
                told[name] = self.variable(name.upper())  # as it stands there, so that it stays the same value
            elif isinstance(value, str) and not (_LIKE_A_PATH.match(value) or is_plain(name, value, _any_of([]))):
                told[name] = mark_of(value)
        return told

    def proxies_key(self, key: Key) -> dict[str, Any]:
        """Windows' own settings for proxies, in which a login stands as it was typed in."""
        told = self.key(key)
        for name, value in key.values.items():
            if isinstance(value, str) and name != "fails":
                told[name] = self.mask.text(value, logins_in(value))
        return told

    def value(self, value: Union[str, int, bytes, tuple[str, ...]]) -> Any:
        if isinstance(value, str):
            return self.mask.text(value)
        if isinstance(value, bytes):
            return {"base64": written(value, "", self.mask).as_base64()["_base64"]}
        return [self.mask.text(each) for each in value] if isinstance(value, tuple) else value

    def network(self) -> dict[str, Any]:
        notes, plain = self.notes, self.mask.plain
        told: dict[str, Any] = {
            "http": by_name(notes.requests, self.response, self.mask),
            "certificate": {plain(n): entry_of(a, self.certificate) for n, a in notes.certificates.items()},
            "resolve": {plain(n): entry_of(a, lambda each: list(each.addresses)) for n, a in notes.resolved.items()},
            "connect": {plain(n): entry_of(a, lambda each: each.address) for n, a in notes.connected.items()},
            "bind": {plain(n): entry_of(a, lambda each: each.port) for n, a in notes.bound.items()},
        }
        return {kind: answers for kind, answers in told.items() if answers}

    def response(self, response: Response) -> dict[str, Any]:
        headers = {
            name: expand(mark_of(value)) if _is_private(name) else self.mask.plain(value)
            for name, value in response.headers.items()
        }
        body = written(response.body, "body", self.mask)
        keys: Mapping[str, Any] = body.keys() if body.is_text else body.as_base64()
        cut = {"cut": True} if response.is_cut else {}
        return {"status": response.status, "headers": headers, **(keys if response.body else {}), **cut}

    def certificate(self, certificate: Certificate) -> dict[str, Any]:
        return {
            "subject": self.mask.plain(certificate.subject),
            "issuer": self.mask.plain(certificate.issuer),
            "not_before": moment_text(certificate.not_before),
            "not_after": moment_text(certificate.not_after),
            **({"is_trusted_by_system": True} if certificate.is_trusted_by_system else {}),
        }

    def listeners(self) -> Any:
        def all_of(answer: Any) -> list[dict[str, Any]]:
            told = (each._replace(program=self.mask.plain(each.program))._asdict() for each in answer.listeners)
            return [{key: value for key, value in each.items() if value not in (None, "")} for each in told]

        return entry_of(self.notes.listeners, all_of)

    def mount(self, mount: Any) -> dict[str, Any]:
        options = [self.option(option) for option in mount.options]
        return {"point": self.mask.path(mount.point), "filesystem": mount.filesystem, "options": options}

    def option(self, option: str) -> str:
        """Of a network share its options may name a person, and a password."""
        name, equals, value = option.partition("=")
        is_private = name.lower().startswith(_PRIVATE_OPTIONS)
        return name + equals + (expand(mark_of(value)) if is_private else self.mask.plain(value))


_LIKE_A_PATH = re.compile(r"%\w+%|[A-Za-z]:\\")

# --- small ones -----------------------------------------------------------------------------------------------------


def _secrets_in(notes: Notes) -> Iterable[Secret]:
    """What was declared to be secret and looks like it: none of it may stand anywhere else either."""
    for name, askers in notes.secrets.items():
        value = notes.variables[name]
        start, end = secret_in(name, value, _any_of(askers)) if value is not None else (0, 0)
        if value is not None and start < end and looks_secret(value[start:end]):
            yield Secret(value[start:end])
    for file in notes.files.values():
        if file.harmless and isinstance(file.read, Content):
            text = written(file.read.data, "text", None).text
            for start, end in secret_values(text, _any_of(file.harmless)):
                if looks_secret(text[start:end]):
                    yield Secret(text[start:end])


def _is_private(header: str) -> bool:
    """Limits of requests and tokens are named like secrets, and are numbers that everybody has."""
    return "ratelimit" not in header and any(word in header for word in _PRIVATE_HEADERS)


def _any_of(askers: list[Harmless]) -> Harmless:
    return lambda name, value: any(is_harmless(name, value) for is_harmless in askers)
