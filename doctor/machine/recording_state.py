"""From what was noted to the recording: every answer in the form of docs/recording.md, nothing private in it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

from doctor.machine import Certificate, Content, Failure, FailureKind, Harmless, Key, Machine, Ran, Response, Stat
from doctor.machine.masking import Mask
from doctor.machine.recorded_files import ABSENT
from doctor.machine.recorded_registry import SUBKEYS
from doctor.machine.recording_bytes import written
from doctor.machine.recording_form import FORMAT
from doctor.machine.settings import is_plain, logins_in, looks_secret, secret_in, secret_values
from doctor.machine.shapes import expand, mark_of
from doctor.secret import Secret

if TYPE_CHECKING:
    from doctor.machine.recorder import Asked, FileNotes, Notes

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
            "clock": notes.clock and _moment(notes.clock),
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
            "programs": {mask.path(path): _by_name(asked, self.ran, mask) for path, asked in _in_order(notes.runs)},
            "registry": self.registry(),
            "network": self.network(),
            "listeners": notes.listeners and self.listeners(),
            "mounts": None if notes.mounts is None else [self.mount(each) for each in notes.mounts],
            "groups": None if notes.groups is None else [expand(mask.value(name)) for name in notes.groups],
            "disk": {mask.path(path): _found(answer, _disk) for path, answer in _in_order(notes.disks)},
            "memory": notes.memory and _found(notes.memory, _memory),
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
        return _padded(text, len(value), self.machine.system.is_windows) if name.upper() == "PATH" else text

    # --- files -------------------------------------------------------------------------------------------------------

    def all_files(self) -> dict[str, Any]:
        files: dict[str, Any] = {}
        absent: dict[PurePath, str] = {}
        for path, notes in _in_order({**self.beside_home(), **self.notes.files}):
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
        entry: dict[str, Any] = _found(notes.stat, _stat)
        if notes.itself != notes.stat and notes.itself is not None:
            entry["itself"] = _found(notes.itself, lambda stat: {"kind": stat.kind, **_stat(stat)})
        if isinstance(notes.real, PurePath) and notes.real != path:
            entry["real"] = self.mask.path(notes.real)
        for question, answer in (("real", notes.real), ("read", notes.read), ("list", notes.names)):
            if isinstance(answer, Failure) and answer != _follows(notes.stat, question):
                entry[question] = _failed(answer)
        if isinstance(notes.read, Content):
            entry.update(self.content(notes.read, notes))
        if notes.names is not None and not isinstance(notes.names, Failure):
            entry["names"] = list(dict.fromkeys(self.mask.name_in(path, name) for name in notes.names.names))
            if notes.names.is_cut:
                entry["cut"] = True
        if notes.version is not None and self.machine.system.is_windows:
            entry["version"] = _found(notes.version, self.mask.plain)
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
                listed[name] = _found(views[64], tell)
            else:
                listed.update({f"{view}:{name}": _found(answer, tell) for view, answer in views.items()})
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
            "http": _by_name(notes.requests, self.response, self.mask),
            "certificate": {plain(n): _found(a, self.certificate) for n, a in notes.certificates.items()},
            "resolve": {plain(n): _found(a, lambda each: list(each.addresses)) for n, a in notes.resolved.items()},
            "connect": {plain(n): _found(a, lambda each: each.address) for n, a in notes.connected.items()},
            "bind": {plain(n): _found(a, lambda each: each.port) for n, a in notes.bound.items()},
        }
        return {kind: answers for kind, answers in told.items() if answers}

    def response(self, response: Response) -> dict[str, Any]:
        headers = {
            name: expand(mark_of(value)) if any(word in name for word in _PRIVATE_HEADERS) else self.mask.plain(value)
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
            "not_before": _moment(certificate.not_before),
            "not_after": _moment(certificate.not_after),
            **({"is_trusted_by_system": True} if certificate.is_trusted_by_system else {}),
        }

    def listeners(self) -> Any:
        def all_of(answer: Any) -> list[dict[str, Any]]:
            told = (each._replace(program=self.mask.plain(each.program))._asdict() for each in answer.listeners)
            return [{key: value for key, value in each.items() if value not in (None, "")} for each in told]

        return _found(self.notes.listeners, all_of)

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


def _any_of(askers: list[Harmless]) -> Harmless:
    return lambda name, value: any(is_harmless(name, value) for is_harmless in askers)


def _in_order(notes: Mapping[PurePath, Any]) -> Iterable[tuple[PurePath, Any]]:
    return sorted(notes.items(), key=lambda each: str(each[0]))


def _failed(failure: Failure) -> dict[str, str]:
    detail = {"detail": failure.detail} if failure.detail else {}
    return {"fails": failure.kind.value, **detail}


def _found(answer: Any, tell: Any) -> Any:
    return _failed(answer) if isinstance(answer, Failure) else tell(answer)


def _stat(stat: Stat) -> dict[str, Any]:
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


def _follows(stat: Union[Stat, Failure, None], question: str) -> Optional[Failure]:
    """The failure that a replay answers by itself."""
    if not isinstance(stat, Stat):
        return stat
    if question == "read" and stat.kind != "file":
        return Failure(FailureKind.NOT_A_FILE)
    return Failure(FailureKind.NOT_A_FOLDER, "ENOTDIR") if question == "list" and stat.kind != "folder" else None


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _disk(disk: Any) -> dict[str, int]:
    return {"total": disk.total_bytes, "free": disk.free_bytes}


def _memory(memory: Any) -> dict[str, int]:
    return {"total": memory.total_bytes, "available": memory.available_bytes}


def _by_name(asked: list[Asked], tell: Any, mask: Mask) -> dict[str, Any]:
    """Answers under their shortest name, or under a longer one where the shortest has several answers."""
    first: dict[str, object] = {}
    for each in asked:
        first.setdefault(each.names[0], each.answer)
    listed: dict[str, Any] = {}
    for each in asked:
        alike = {id(other): first[other.names[0]] for other in asked if other.names[-1] == each.names[-1]}
        is_one = all(answer == first[each.names[0]] for answer in alike.values())
        listed.setdefault(mask.plain(each.names[-1 if is_one else 0]), _found(first[each.names[0]], tell))
    return listed


def _padded(text: str, length: int, on_windows: bool) -> str:
    """A PATH as long as it was, by separators that mean nothing: some programs fail by its length."""
    separator, slash = (";", "\\") if on_windows else (":", "/")
    entries = text.split(separator)
    for place in range(len(entries) - 1, -1, -1):
        if len(entries[place]) > 3 and entries[place][-1:] not in ('"', " ", slash) and "{{" not in entries[place]:
            entries[place] += slash * max(0, length - len(expand(text)))
            break
    return separator.join(entries)
