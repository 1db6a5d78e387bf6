"""Small recordings to test with, and every question that can be asked of a machine."""

from __future__ import annotations

import json
import secrets
import string
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable

import jsonschema

from doctor.machine import Machine, Unavailable
from doctor.machine import recording_form as form
from doctor.machine.recorded import Recorded, parse
from doctor.machine.recorder import Recorder
from doctor.machine.recording import from_yaml
from doctor.machine.recording_writer import in_json, in_yaml

LINUX = {"kind": "linux", "name": "Ubuntu 24.04", "release": "6.8", "architecture": "x86_64"}
MAC = {**LINUX, "kind": "darwin"}
WINDOWS = {**LINUX, "kind": "windows"}
LETTERS = string.ascii_letters + string.digits
SCHEMA = json.loads((Path(form.__file__).parent / "recording.schema.json").read_text(encoding="utf-8"))


def machine(system: dict[str, str] = LINUX, *, complete: bool = True, **state: Any) -> Recorded:
    return parse({"system": system, "complete": complete, **state})


def ask_everything(m: Machine) -> None:
    for text in ("/x", "/x/y", "C:\\x", "x", "", "/", "/x/../..", "/l"):
        path = m.path(text)
        for question in (m.read, m.stat, lambda each: m.stat(each, False), m.list, m.real_path, m.file_version, m.disk,
                         lambda each: m.run([each, "-v"], cwd=each, environment={"A": "b"})):  # fmt: skip
            with suppress(Unavailable):
                question(path)
    others: list[Callable[[], object]] = [
        lambda: m.variable("PATH"), m.search_path, lambda: m.which_all("x"), lambda: m.registry("HKLM", "x"),
        lambda: m.registry("HKCU", "y", 32), lambda: m.request("GET", "x", body=b"y"), lambda: m.resolve("x"),
        lambda: m.certificate("x", 1),
        lambda: m.connect("x", 1), lambda: m.bind("x", 1), m.listeners, m.mounts, m.groups, m.memory, m.now,
        m.process_python, lambda: m.secret("x"),
    ]  # fmt: skip
    for other in others:
        with suppress(Unavailable):
            other()


Question = tuple[str, tuple[Any, ...]]


def ask(m: Machine, questions: list[Question]) -> list[Any]:
    """The answers to questions, each given as the name of the method and what it gets."""
    return [getattr(m, name)(*given) for name, given in questions]


def recorder(system: dict[str, str] = LINUX, host: str = "", **state: Any) -> Recorder:
    inner = parse({"system": system, "complete": True, **state})
    inner.host = host
    return Recorder(inner)


def replayed(recorded: Recorder) -> Recorded:
    """Written to a file in both forms, and read again."""
    state = recorded.state()
    jsonschema.Draft202012Validator(SCHEMA).validate(state)
    assert json.loads(in_json(state)) == state
    assert from_yaml(in_yaml(state)) == state
    return parse(state)


def key(prefix: str = "sk-proj-", length: int = 60, letters: str = LETTERS + "-_") -> str:
    return prefix + "a7Q" + "".join(secrets.choice(letters) for _ in range(length - 3))


def survivors(own: str, text: str) -> list[str]:
    return [own[i : i + 5] for i in range(len(own) - 4) if own[i : i + 5] in text]
