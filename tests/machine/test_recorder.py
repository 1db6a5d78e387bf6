"""What is recorded answers as the machine did, and holds no secret and no name."""

from __future__ import annotations

import re
import string
import sys
from datetime import datetime, timezone
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Optional

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doctor.about import Options
from doctor.machine import Argument, Content, Folder, Machine, Ran, Script, Unavailable
from doctor.machine.live import Live
from doctor.machine.looks import BadRecording
from doctor.machine.offline import Offline
from doctor.machine.recorded import Recorded, load, parse
from doctor.machine.recorder import Recorder, write
from doctor.readers.json import document
from doctor.registry import Registry
from doctor.visit import visit
from doctor.words import Secret
from tests import patients
from tests.machine.specimens import LINUX, SCHEMA, WINDOWS, Question, ask, key, recorder, replayed

LETTERS = string.ascii_letters + string.digits
JANE = {"home": "/home/jane", "user": "jane"}
DOE = {"home": "C:\\Users\\Jane Doe", "user": "Jane Doe"}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


# --- the same answers ---------------------------------------------------------------------------------------------


def test_every_question_is_answered_as_it_was() -> None:
    files: dict[str, Any] = {
        "/etc/x": "one\n  two\n\nthree",
        "/etc/bytes": {"base64": "//79AAECAw=="},
        "/etc/wide": {"text": "\ufeffwide\r\n", "encoding": "utf-16-le"},
        "/etc/run": {"text": "#!/bin/sh\r\n", "mode": "4755", "owner": 0, "writable": False, "hidden": True},
        "/etc/no": {"mode": "600", "fails": "denied", "detail": "EACCES"},
        "/etc/late": {"fails": "timed-out"},
        "/etc/odd": {"fails": "absent", "detail": "ENOTDIR"},
        "/etc/mark": "{{secret mark}} length=3}}",
        "/bin": {"link": "usr/bin"},
        "/usr/bin/git": {"text": "\x7fELF", "mode": "755", "size": 9},
        "/usr/bin/loop": {"link": "loop"},
        "/usr/bin/nowhere": {"link": "/nowhere"},
        "/run/socket": {"kind": "other", "mode": "660"},
        "/big": {"folder": True, "names": ["a", "b"], "cut": True},
    }
    inner = parse(
        {
            "system": {**LINUX, "libc": "glibc 2.36", "is_elevated": True},
            "complete": True,
            "files": files,
            "environment": {
                "EMPTY": "", "LINES": "a\nb\t\u2028c\x85", "PATH": "/usr/bin:/bin", "MARK": "{{secret mark}}",
            },
            "programs": {
                "/usr/bin/git": {
                    "--version": "git 2\n", "": {"status": 1, "stderr": "usage\n"}, "x": {"fails": "not-runnable"},
                    "wide": {"stdout": "hé\r\n", "encoding": "utf-16-le"},
                    "raw": {"stdout_base64": "/w==", "cut": True}, "both": {"stdout": "text", "stderr_base64": "/w=="},
                    "in": "here", "in (in /etc)": "there",
                    "in (with A=1)": "with", "<probe> 1": "probed",
                }
            },
            "network": {
                "http": {"GET https://x/": {"status": 200, "headers": {"server": "x"}, "body": "{}"},
                         "POST https://x/ (no proxy)": {"fails": "reset"},
                         "POST https://x/": {"status": 204}},
                "certificate": {
                    "x:443": {"subject": "x", "issuer": "R11, Let's Encrypt", "not_before": "2026-10-01T00:00:00Z",
                              "not_after": "2026-12-30T23:59:59Z"},
                    "y:443": {"fails": "timed-out"},
                },
                "resolve": {"x": ["::1", "1.2.3.4"], "y": {"fails": "absent"}},
                "connect": {"x:443": "::1", "y:1": {"fails": "refused"}},
                "bind": {"127.0.0.1:8000": 8000, "127.0.0.1:80": {"fails": "denied", "detail": "EACCES"}},
            },
            "listeners": [{"address": "::", "port": 1, "pid": 2, "program": "x"}, {"address": "::", "port": 3}],
            "mounts": [{"point": "/", "filesystem": "ext4", "options": ["rw"]}],
            "groups": ["docker"],
            "folders": {"config": "/etc/own", "local": "/srv/data"},
            "disk": {"/": {"total": 2, "free": 1}, "/mnt": {"fails": "denied"}},
            "memory": {"total": 4, "available": 3},
            "clock": "2026-11-01T12:00:00.25Z",
            "python": "/usr/bin/python3",
        }
    )  # fmt: skip
    asked = everything(
        [PurePosixPath(name) for name in (*files, "/", "/etc", "/etc/none", "/no/where", "/etc/../etc/x")]
    )
    first = Recorder(inner)
    answers = ask(first, asked)
    assert ask(inner, asked) == answers
    again = replayed(first)
    assert ask(again, asked) == answers
    assert again.system == inner.system


def everything(paths: list[PurePath]) -> list[Question]:
    git = PurePosixPath("/usr/bin/git")
    runs: list[list[Argument]]
    runs = [["--version"], [], ["x"], ["wide"], ["raw"], ["both"], ["in"], [Script("probe", "import x"), "1"]]
    return [
        *((name, (path,)) for path in paths for name in ("stat", "read", "list", "real_path", "disk")),
        *(("stat", (path, False)) for path in paths),
        *(("read", (path, 2)) for path in paths),
        *(("run", ([git, *words],)) for words in runs),
        ("run", ([git, "in"], 5.0, PurePosixPath("/etc"))),
        ("run", ([git, "in"], 5.0, None, {"A": "1"})),
        *(("variable", (name,)) for name in ("EMPTY", "LINES", "PATH", "MARK", "UNSET")),
        ("request", ("GET", "https://x/")),
        ("request", ("POST", "https://x/", None, None, 5.0, None)),
        ("request", ("POST", "https://x/", None, None, 5.0, Secret("http://proxy:3128"))),
        *(("certificate", place) for place in (("x", 443), ("y", 443))),
        *(("resolve", (name,)) for name in "xy"),
        *(("connect", place) for place in (("x", 443), ("y", 1))),
        *(("bind", ("127.0.0.1", port)) for port in (8000, 80)),
        ("registry", ("HKLM", "x")),
        ("file_version", (git,)),
        *((name, ()) for name in ("listeners", "mounts", "groups", "memory", "now", "process_python")),
        *(("user_folder", (folder,)) for folder in Folder),
        ("which_all", ("git",)),
        ("names_in", (PurePosixPath("/big"),)),
    ]


def test_of_several_readings_the_longest_counts() -> None:
    first = recorder(files={"/long": "0123456789", "/short": "0123456789"})
    long, short = PurePosixPath("/long"), PurePosixPath("/short")
    assert [first.read(long, n) for n in (2, 100, 4)] == [
        Content(b"01", True), Content(b"0123456789"), Content(b"0123", True),
    ]  # fmt: skip
    first.read(short, 4)
    again = replayed(first)
    assert again.read(long) == Content(b"0123456789")
    assert again.read(short, 4) == Content(b"0123", True)
    with pytest.raises(Unavailable):
        again.read(short)


def test_the_registry_is_recorded_with_both_views() -> None:
    inner = recorder(
        WINDOWS,
        registry={
            "HKLM\\A": {"": "d", "n": 7, "list": ["x", "y"], "raw": {"base64": "AAH/"}, "path": "C:\\Users\\user\\x"},
            "HKLM\\A\\One": {}, "64:HKLM\\B": {"v": 64}, "32:HKLM\\B": {"v": 32}, "HKCU\\No": {"fails": "denied"},
        },
        files={"C:\\x.dll": {"version": "14.40"}, "C:\\y.dll": {"version": {"fails": "other", "detail": "version"}}},
    )  # fmt: skip
    asked: list[Question] = [
        *(("registry", ("HKLM", key, view)) for key in ("A", "A\\One", "B", "None") for view in (64, 32)),
        ("registry", ("HKCU", "No")),
        *(("file_version", (PureWindowsPath(name),)) for name in ("C:\\x.dll", "C:\\y.dll", "C:\\z.dll")),
    ]
    answers = ask(inner, asked)
    assert ask(replayed(inner), asked) == answers


TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=80) | st.text(
    "ab \n\t:#-'\"{}[]|>%\r\x85", max_size=40
)


@settings(deadline=None)
@given(texts=st.lists(TEXT, max_size=4), data=st.binary(max_size=60), out=st.binary(max_size=60), error=TEXT)
def test_any_text_and_any_bytes_come_back(texts: list[str], data: bytes, out: bytes, error: str) -> None:
    class Odd(Recorded):
        """A machine with anything in its files and from its programs."""

        def read(self, path: PurePath, limit_bytes: int = 0) -> Content:
            return Content(data if path.name == "data" else texts[int(path.name)].encode())

        def run(self, *unused: Any, **named: Any) -> Ran:
            return Ran(len(out), out, error.encode())

        def variable(self, name: str) -> Optional[str]:
            return texts[int(name)].replace("\0", "")

    files: dict[str, str] = {**{f"/f/{i}": "" for i in range(len(texts))}, "/f/data": ""}
    first = Recorder(Odd({"system": LINUX, "complete": True, "files": files}))
    asked: list[Question] = [
        *(("read", (PurePosixPath(name),)) for name in files),
        *(("variable", (str(number),)) for number in range(len(texts))),
        ("run", ([PurePosixPath("/f/data"), "x"],)),
    ]
    answers = ask(first, asked)
    assert ask(replayed(first), asked) == answers


# --- the same findings --------------------------------------------------------------------------------------------


def findings(machine: Machine, registry: Registry, folder: PurePath, is_given: bool) -> Any:
    report, _scrubber = visit(machine, registry, Options(folder, is_given), version="0")
    told = document(report)
    for check in told["checks"]:
        del check["duration_ms"]
    return told


@pytest.mark.parametrize("name", patients.some())
def test_a_patient_recorded_and_replayed_is_as_ill(name: str, registry: Registry) -> None:
    patient = patients.admit(name).machine
    first = Recorder(patient, patient.folder, patient.is_given)
    before = findings(first, registry, patient.folder, patient.is_given)
    state = first.state()
    jsonschema.Draft202012Validator(SCHEMA).validate(state)
    again = parse(state)
    assert findings(again, registry, again.folder, again.is_given) == before


def test_this_machine_recorded_and_replayed_is_as_ill(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "classic" / "original_autogpt").mkdir(parents=True)
    (tmp_path / "classic" / "original_autogpt" / ".env.template").write_text("# OPENAI_API_KEY=\n", encoding="utf-8")
    (tmp_path / "classic" / "original_autogpt" / ".env").write_text(f"OPENAI_API_KEY={key()}\n", encoding="utf-8")
    live = Live()
    folder = live.path(str(tmp_path / "classic" / "original_autogpt"))
    first = Recorder(live, folder)
    try:
        before = findings(Offline(first), registry, folder, True)
    finally:
        live.close()
    path = tmp_path / "machine.yaml"
    first.write(path)
    again = load(path)
    after = findings(Offline(again), registry, again.folder, True)
    assert {check["id"]: check for check in after["checks"]} == {check["id"]: check for check in before["checks"]}
    text = path.read_text(encoding="utf-8")
    if len(live.user) > 3 and live.user != "root":
        assert live.user not in text
    assert not re.search(rf"\b{re.escape(live.host)}\b", text)  # two letters may stand in any certificate


# --- the file -----------------------------------------------------------------------------------------------------


def test_yaml_that_can_be_read_by_a_person(tmp_path: Path) -> None:
    first = recorder(files={"/x/run.sh": {"text": "#!/bin/sh\necho start\n", "mode": "755"}})
    first.read(PurePosixPath("/x/run.sh"))
    first.write(tmp_path / "m.yaml")
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert "    text: |\n      #!/bin/sh\n      echo start\n" in text
    assert load(tmp_path / "m.yaml").read_text(PurePosixPath("/x/run.sh")) == "#!/bin/sh\necho start\n"


def test_a_recording_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    state = recorder().state()
    for name in ("a.json", "a.yaml", "a.yml", "A.JSON"):
        write(tmp_path / name, state)
        write(tmp_path / name, {**state, "about": "again"})
        assert "again" in (tmp_path / name).read_text(encoding="utf-8")
    (tmp_path / "notes.yaml").write_text("my: notes\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    for name, sentence in (
        ("notes.yaml", "exists and is no recording"), ("folder.yaml", "is a folder"),
        ("x.txt", "needs a name that ends in"), ("x", "needs a name that ends in"),
        ("none/x.yaml", "its folder does not exist"),
    ):  # fmt: skip
        with pytest.raises(BadRecording, match=sentence):
            write(tmp_path / name, state)
    assert (tmp_path / "notes.yaml").read_text(encoding="utf-8") == "my: notes\n"
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix == ".part") == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rules for links")
def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious", encoding="utf-8")
    (tmp_path / "m.yaml").symlink_to(tmp_path / "precious")
    with pytest.raises(BadRecording, match="exists and is no recording"):
        write(tmp_path / "m.yaml", recorder().state())
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "precious"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT)
def test_yaml_brings_back_any_text(tmp_path: Path, text: str) -> None:
    state = {"system": {**LINUX, "name": text}, "environment": {"X": text.replace("{{secret", ""), text or "e": None}}
    if "\0" not in text:
        for name in ("x.yaml", "x.json"):
            write(tmp_path / name, parse_ready(state))
            assert load(tmp_path / name).system.name == text


def parse_ready(state: dict[str, Any]) -> dict[str, Any]:
    state["environment"] = {k: v for k, v in state["environment"].items() if "\0" not in str(v)}
    return state


def test_the_clock_stands_still() -> None:
    class Ticking(Recorded):
        ticks = 0

        def now(self) -> datetime:
            self.ticks += 1
            return datetime(2026, 11, 1, self.ticks, tzinfo=timezone.utc)

    first = Recorder(Ticking({"system": LINUX}))
    assert first.now() == first.now() == replayed(first).now()
