"""Whatever is wrong with a recording is said when it is read, in one sentence, with its place."""

from __future__ import annotations

import json
import os
import re
import sys
import tracemalloc
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doctor.machine import FailureKind
from doctor.machine import recording_form as form
from doctor.machine.recorded import BadRecording, load, merge, parse, read
from doctor.machine.recording import from_yaml
from tests import patients
from tests.machine.specimens import LINUX, MAC, SCHEMA, WINDOWS, ask_everything

WRONG: list[tuple[Any, str]] = [
    (None, "has no system"),
    ([], "has no system"),
    ({}, "has no system"),
    ({"system": "linux"}, "has no system"),
    ({"system": {}}, "system > kind"),
    ({"system": {**LINUX, "kind": "Linux"}}, "did you mean linux?"),
    ({"system": {"kind": "linux", "name": "x", "release": "1"}}, "system: architecture is missing"),
    ({"system": {**LINUX, "colour": "x"}}, "system: the key colour has no meaning"),
    ({"system": LINUX, "recording": 2}, "a format that this version does not know"),
    ({"system": LINUX, "enviroment": {}}, "the key enviroment has no meaning here; did you mean environment?"),
    ({"system": LINUX, "extends": "x.yaml"}, "the key extends has no meaning"),
    ({"system": LINUX, "complete": "yes"}, "complete: this has to be true or false, and is text"),
    ({"system": LINUX, "home": "home/user"}, "home: this has to be a whole path of the recorded system"),
    ({"system": LINUX, "home": "C:\\Users\\user"}, "like /home/user"),
    ({"system": WINDOWS, "home": "Users"}, "like C:\\Users\\user"),
    ({"system": LINUX, "files": {"x": ""}}, "files > x: this has to be a whole path"),
    ({"system": LINUX, "files": {"/x": 3}}, "files > /x: this has to be a mapping, and is a number"),
    ({"system": LINUX, "files": {"/x": None}}, "files > /x: this has to be a mapping, and is empty"),
    ({"system": LINUX, "files": {"/x": {"mode": "rwx"}}}, 'like "755"'),
    ({"system": LINUX, "files": {"/x": {"mode": 789}}}, 'like "755"'),
    ({"system": LINUX, "files": {"/x": {"fails": "sometimes"}}}, "this has to be one of absent, denied"),
    ({"system": LINUX, "files": {"/x": {"base64": "###"}}}, "files > /x > base64: this is no base64"),
    ({"system": LINUX, "files": {"/x": {"text": "a", "base64": ""}}}, "exclude each other"),
    ({"system": LINUX, "files": {"/x": {"text": 3.5}}}, "this has to be text, and is a number; put it in quotes"),
    ({"system": LINUX, "files": {"/x": "\ud800"}}, "half a character"),
    ({"system": LINUX, "files": {"/x": "{{secret lenght=3}}"}}, '"lenght=3" has no meaning in a mark'),
    ({"system": LINUX, "files": {"/x": "a", "/x/y": "b"}}, "files > /x: this is a file, and others are listed beneath"),
    ({"system": LINUX, "files": {"/x": {"names": "a"}}}, "files > /x > names: this has to be a list, and is text"),
    ({"system": LINUX, "files": {"/x": {"names": ["a", 3]}}}, "names > number 2: this has to be text"),
    ({"system": LINUX, "tree": {"/x": ""}}, "a path below the root, with forward slashes"),
    ({"system": LINUX, "tree": {"../x": ""}}, "a path below the root"),
    ({"system": WINDOWS, "tree": {"C:/x": ""}}, "a path below the root"),
    ({"system": LINUX, "programs": {"/x": "text"}}, "programs > /x: this has to be a mapping, and is text"),
    ({"system": LINUX, "programs": {"git": {}}}, "programs > git: this has to be a whole path"),
    (
        {"system": LINUX, "programs": {"/x": {"-v": {"output": ""}}}},
        "programs > /x > -v: the key output has no meaning",
    ),
    ({"system": LINUX, "programs": {"/x": {"-v": {"status": "0"}}}}, "-v > status: this has to be a whole number"),
    (
        {"system": LINUX, "environment": {"X": 1.5}},
        "environment > X: this has to be text, and is a number; put it in quotes",
    ),
    ({"system": LINUX, "environment": {"X": True}}, "environment > X: this has to be text, and is true or false"),
    ({"system": LINUX, "environment": {"X": "\0"}}, "cannot hold NUL"),
    ({"system": LINUX, "environment": {1: "x"}}, "environment: the key 1 has to be text"),
    ({"system": WINDOWS, "registry": {"SOFTWARE": {}}}, "begins with HKLM"),
    ({"system": WINDOWS, "registry": {"HKLM\\X": {"v": 1.5}}}, "registry > HKLM\\X > v: this has to be a whole number"),
    ({"system": WINDOWS, "registry": {"HKLM\\X": {"fails": "x"}}}, "registry > HKLM\\X > fails: this has to be one of"),
    ({"system": LINUX, "network": {"http": {"GET x": {}}}}, "network > http > GET x: status is missing"),
    ({"system": LINUX, "network": {"dns": {}}}, "network: the key dns has no meaning"),
    ({"system": LINUX, "mounts": [{"point": "/"}]}, "mounts > number 1: filesystem is missing"),
    ({"system": LINUX, "disk": {"/": {"total": -1, "free": 0}}}, "disk > / > total: this number cannot be negative"),
    ({"system": LINUX, "disk": {"/": {"total": 10**30, "free": 0}}}, "this number is too large"),
    ({"system": LINUX, "memory": {"total": 1}}, "memory: available is missing"),
    ({"system": LINUX, "clock": "noon"}, "clock: a moment is given like"),
    ({"system": LINUX, "clock": "0001-01-01T00:00:00+14:00"}, "clock: a moment is given like"),
    ({"system": LINUX, "groups": "docker"}, "groups: this has to be a list"),
    ({"system": LINUX, "files": {"/x": "{{secret length=20000}}" * 3000}}, "stand for too much text"),
]


@pytest.mark.parametrize(("state", "sentence"), WRONG, ids=lambda value: str(value)[:50])
def test_a_mistake_is_said_with_its_place(state: Any, sentence: str) -> None:
    with pytest.raises(BadRecording) as caught:
        parse(state)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


FILES: list[tuple[str, bytes, str]] = [
    ("a.json", b"", "is no valid JSON"),
    ("a.json", b'{"system": }', "is no valid JSON (line 1)"),
    ("a.json", b"[]", "its top level is no mapping"),
    ("a.json", b'{"a": NaN}', "NaN is no number"),
    ("a.json", b'{"files": {"/x": "", "/x": ""}}', "a.json > /x: this key stands there twice"),
    ("a.json", b"[" * 100_000, "is nested too deeply"),
    ("a.json", b'{"a":' * 100_000, "is nested too deeply"),
    ("a.json", b'{"a": ' + b"1" * 5000 + b"}", ""),
    ("a.json", b"\xff\xfe{\0}\0", "is no UTF-8 text"),
    ("a.yaml", b"\x00\x01", "this is no valid YAML"),
    ("a.yaml", b"a: b: c", "a.yaml: this is no valid YAML (line 1)"),
    ("a.yaml", b"- 1", "its top level is no mapping"),
    ("a.yaml", b"", "its top level is no mapping"),
    ("a.yaml", b"a: &x [1]\nb: *x\n", "anchors and aliases are not used in recordings (line 2)"),
    ("a.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]", "anchors and aliases"),
    ("a.yaml", b"a: " + b"[" * 5000, "nested too deeply"),
    ("a.yaml", b"a: " + b"{b: " * 200 + b"x", "nested too deeply"),
    ("a.yaml", b"system: !!python/object/apply:os.system [id]", "this is no valid YAML"),
    ("a.yaml", b"files:\n  /x: a\n  /x: b\n", "/x: this key stands there twice (line 3)"),
    ("a.yaml", b"? [a]\n: b\n", "a key has to be text (line 1)"),
    ("a.yaml", b"a: 1\n---\nb: 2\n", "this is no valid YAML"),
    ("a.txt", b'{"system": 3}', "has no system"),
    ("a.yaml", b"extends: [3]", "a.yaml > extends: this has to be the name of a file"),
    ("a.yaml", b"extends: {a: b}", "a.yaml > extends"),
    ("a.yaml", b"extends: a.yaml", "extends itself"),
    ("a.yaml", b"extends: none.yaml", "none.yaml does not exist"),
    *(
        ("a.yaml", b"extends: '" + name + b"'", "is no name of a recording relative to this one")
        for name in (b"/etc/passwd", b"C:/x.yaml", b"\\\\\\\\host\\\\x.yaml", b"//host/x.yaml", b"~/x.yaml",
                     b"x/../../y.yaml", b"http://x/y.yaml", b"x.txt", b"")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "sentence"), FILES, ids=lambda value: str(value)[:40])
def test_a_file_that_is_no_recording(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadRecording) as caught:
        load(path)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "x.yaml"
    folder.mkdir()
    for path, sentence in (
        (folder, "is a folder"),
        (tmp_path / "none.json", "does not exist"),
        (Path("\0"), "cannot be"),
    ):
        with pytest.raises(BadRecording, match=sentence):
            load(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_or_device_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    getattr(os, "mkfifo")(pipe)  # noqa: B009  type checkers for Windows do not know it
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(BadRecording, match="is no ordinary file"):
            load(path)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(BadRecording, match="larger than 64 MB"):
        load(path)


def test_a_small_recording_takes_little_memory(tmp_path: Path) -> None:
    """Windows touches all of a buffer before it reads a byte: one as large as the limit makes every file slow."""
    (tmp_path / "x.json").write_text(json.dumps({"system": LINUX}), encoding="utf-8")
    read(tmp_path / "x.json")  # what is imported for it is there
    tracemalloc.start()
    read(tmp_path / "x.json")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 512 * 1024


def test_a_crowd_of_files_is_refused(tmp_path: Path) -> None:
    for depth in range(9):
        below = [f"{depth + 1}-{i}.yaml" for i in range(4)] if depth < 8 else []
        for i in range(4):
            (tmp_path / f"{depth}-{i}.yaml").write_text(json.dumps({"extends": below}), encoding="utf-8")
    with pytest.raises(BadRecording, match="extends too many others"):
        read(tmp_path / "0-0.yaml")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = st.sampled_from(["/x", "/x/y", "/x/../y", "C:\\x", "x", "", "/", "\\\\s\\h\\x", "/x/\ud800"]) | st.text(
    max_size=6
)
VALUES = JSON | st.sampled_from(["absent", "{{secret length=3}}", "755", "/y", "y", True, 7, "utf-16-le", "AA==", []])
ENTRIES = VALUES | st.dictionaries(st.sampled_from(sorted(form.FILE)), VALUES, max_size=4)
ANSWERS = VALUES | st.dictionaries(st.sampled_from([*form.ANSWER, "fails", "detail"]), VALUES, max_size=3)
STATES = st.fixed_dictionaries(
    {"system": st.sampled_from([LINUX, MAC, WINDOWS]) | JSON},
    optional={
        "complete": st.booleans(),
        "files": st.dictionaries(PATHS, ENTRIES, max_size=4) | JSON,
        "tree": st.dictionaries(PATHS, ENTRIES, max_size=2) | JSON,
        "absent": st.lists(PATHS, max_size=2) | JSON,
        "programs": st.dictionaries(PATHS, st.dictionaries(st.sampled_from(["", "*"]), ANSWERS), max_size=2) | JSON,
        "registry": st.dictionaries(st.sampled_from(["HKLM", "HKLM\\x", "32:HKCU\\y", "x"]), VALUES | ENTRIES) | JSON,
        "environment": st.dictionaries(st.text(max_size=3), VALUES, max_size=3) | JSON,
        "clock": st.sampled_from(["2026-11-01", "2026-11-01T12:00:00.5Z"]) | VALUES,
        "home": PATHS, "root": PATHS, "folder": PATHS, "temporary": PATHS, "python": PATHS, "user": VALUES,
        "disk": st.dictionaries(PATHS, st.just({"total": 1, "free": 1}) | VALUES, max_size=2),
        "memory": VALUES, "mounts": VALUES, "groups": VALUES, "listeners": VALUES, "given": VALUES,
        "network": st.dictionaries(st.sampled_from(sorted(form.NETWORK)), st.dictionaries(st.just("x"), VALUES)) | JSON,
    },
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STATES | JSON)
def test_whatever_it_holds_it_is_refused_or_it_answers(state: Any) -> None:
    try:
        m = parse(state)
    except BadRecording:
        return
    ask_everything(m)
    assert isinstance(m.folder, PurePath)
    # What the doctor takes, others may check with the schema.
    jsonschema.Draft202012Validator(SCHEMA).validate(state)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200) | JSON.map(lambda v: json.dumps(v).encode()),
    ending=st.sampled_from([".json", ".yaml", ""]),
)
def test_whatever_a_file_holds_reading_it_ends_well(tmp_path: Path, data: bytes, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    path.write_bytes(data)
    with pytest.raises(BadRecording):
        load(path)


# --- one over the other -------------------------------------------------------------------------------------------


def test_a_recording_laid_over_another() -> None:
    below = {
        "files": {"/a": "1", "/b": {"text": "2", "mode": "755"}, "/c": "3"},
        "programs": {"/p": {"x": {"status": 1}, "y": "2"}},
        "environment": {"A": "1", "B": "2"},
        "groups": ["a", "b"],
        "memory": {"total": 1, "available": 1},
    }
    above = {
        "files": {"/a": None, "/b": {"text": "4"}, "/c": {"folder": True}, "/d": None},
        "programs": {"/p": {"x": {"stdout": "z"}, "y": None}},
        "environment": {"A": None},
        "groups": ["c"],
        "expect": {"first": None},
    }
    assert merge(below, above) == {
        "files": {"/b": {"text": "4", "mode": "755"}, "/c": {"folder": True}},
        "programs": {"/p": {"x": {"stdout": "z"}}},
        "environment": {"A": None, "B": "2"},
        "groups": ["c"],
        "memory": {"total": 1, "available": 1},
        "expect": {"first": None},
    }


def test_yaml_is_read_without_its_surprises() -> None:
    text = "a: yes\nb: 0755\nc: 1.10\nd: 2026-11-01\ne: 12:30:00\nf: true\ng: ~\nh: 42\noff: no\n64: x\n=: y\n"
    assert from_yaml(text) == {
        "a": "yes", "b": "0755", "c": "1.10", "d": "2026-11-01", "e": "12:30:00", "f": True, "g": None, "h": 42,
        "off": "no", "64": "x", "=": "y",
    }  # fmt: skip


# --- the schema and the page --------------------------------------------------------------------------------------


def test_the_schema_and_the_form_know_the_same_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    definitions = SCHEMA["$defs"]
    assert set(definitions["file"]["anyOf"][1]["properties"]) == set(form.FILE)
    assert set(definitions["answer"]["anyOf"][1]["properties"]) == set(form.ANSWER)
    assert set(SCHEMA["properties"]["system"]["properties"]) == set(form.SYSTEM)
    assert set(SCHEMA["properties"]["network"]["properties"]) == set(form.NETWORK)
    assert set(definitions["failureKind"]["enum"]) == {kind.value for kind in FailureKind}
    for key in SCHEMA["properties"]:
        if key not in ("extends", "system"):
            with pytest.raises(BadRecording) as caught:
                parse({"system": LINUX, key: object(), "nonsense": 1})
            assert caught.value.place[:1] == (key,) or key == "expect"


@pytest.mark.parametrize("name", patients.some())
def test_every_patient_is_valid_by_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(read(patients.HERE / f"{name}.yaml"))


def test_the_page_explains_every_key_and_its_example_can_be_replayed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "recording.md").read_text(encoding="utf-8")
    for key in (
        *SCHEMA["properties"],
        *form.FILE,
        *form.ANSWER,
        *form.SYSTEM,
        *form.NETWORK,
        *(k.value for k in FailureKind),
    ):
        assert re.search(rf"[`{{, ]{re.escape(key)}[`:,}} ]", page), key
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example
    m = parse(from_yaml(example[1]))
    assert m.real_path(PurePosixPath("/usr/bin/python3")) == PurePosixPath("/usr/bin/python3.12")
    ask_everything(m)
