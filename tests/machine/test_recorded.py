"""A recording answers like the machine that it describes."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Callable

import pytest

from doctor.machine import (
    Addresses,
    Bound,
    Certificate,
    Connected,
    Content,
    Disk,
    Failure,
    FailureKind,
    Key,
    Listener,
    Listeners,
    Listing,
    Memory,
    Mount,
    Ran,
    Response,
    Script,
    Stat,
    Unavailable,
)  # fmt: skip
from doctor.words import Secret
from tests.machine.specimens import LINUX, MAC, WINDOWS, machine

ABSENT = Failure(FailureKind.ABSENT, "ENOENT")


def p(text: str) -> PurePath:
    return PurePosixPath(text)


def w(text: str) -> PurePath:
    return PureWindowsPath(text)


# --- files --------------------------------------------------------------------------------------------------------


def test_files_and_folders() -> None:
    m = machine(
        files={
            "/etc/x": "one\ntwo\n",
            "/etc/run": {"text": "#!/bin/sh\r\n", "mode": 755, "owner": 0, "writable": False},
            "/etc/bytes": {"base64": "/wA="},
            "/etc/wide": {"text": "\ufeffhi", "encoding": "utf-16-le"},
            "/etc/secret": {"mode": "600", "fails": "denied", "detail": "EACCES"},
            "/etc/gone": {"fails": "timed-out"},
            "/empty": {"folder": True},
            "/locked": {"folder": True, "fails": "denied"},
            "/socket": {"kind": "other", "mode": "660"},
            "/big": {"size": 10**9},
        }
    )
    assert m.read(p("/etc/x")) == Content(b"one\ntwo\n")
    assert m.read(p("/etc/x"), 3) == Content(b"one", True)
    assert m.read(p("/etc/bytes")) == Content(b"\xff\x00")
    assert m.read(p("/etc/wide")) == Content("\ufeffhi".encode("utf-16-le"))
    assert m.stat(p("/etc/run")) == Stat("file", 11, 0o755, owner=0, can_write=False)
    assert m.read(p("/etc/secret")) == Failure(FailureKind.DENIED, "EACCES")
    assert m.stat(p("/etc/secret")) == Stat("file", 0, 0o600)
    assert m.stat(p("/etc/gone")) == m.read(p("/etc/gone")) == Failure(FailureKind.TIMED_OUT)
    assert m.list(p("/etc")) == Listing(("bytes", "gone", "run", "secret", "wide", "x"))
    assert m.list(p("/empty")) == Listing(())
    assert m.list(p("/locked")) == Failure(FailureKind.DENIED)
    assert m.read(p("/etc")) == m.read(p("/socket")) == m.read(p("/locked")) == Failure(FailureKind.NOT_A_FILE)
    assert m.list(p("/etc/x")) == Failure(FailureKind.NOT_A_FOLDER, "ENOTDIR")
    assert m.stat(p("/etc")) == Stat("folder", 0, 0o755)
    assert m.stat(p("/")) == Stat("folder", 0, 0o755)
    assert m.stat(p("/nothing")) == m.read(p("/etc/nothing")) == m.list(p("/x")) == m.real_path(p("/x")) == ABSENT
    assert m.real_path(p("/etc/../etc/x")) == p("/etc/x")
    assert m.read(p("/socket/../etc/x"), 1) == Content(b"o", True)


def test_links() -> None:
    m = machine(
        files={
            "/usr/bin/python3": {"link": "python3.12"},
            "/usr/bin/python3.12": {"text": "x", "mode": "755"},
            "/bin": {"link": "/usr/bin"},
            "/a": {"link": "b"},
            "/b": {"link": "./a"},
            "/dangling": {"link": "/nowhere/x"},
            "/up": {"link": "../../usr/bin/../bin"},
        }
    )
    assert m.real_path(p("/bin/python3")) == m.real_path(p("/up/python3")) == p("/usr/bin/python3.12")
    assert m.stat(p("/bin/python3")) == Stat("file", 1, 0o755)
    assert m.stat(p("/bin/python3"), follow=False) == Stat("link", 0, 0o777)
    assert m.stat(p("/usr/bin/python3.12"), follow=False) == Stat("file", 1, 0o755)
    assert m.list(p("/bin")) == Listing(("python3", "python3.12"))
    assert m.stat(p("/a")) == m.real_path(p("/b/x")) == Failure(FailureKind.OTHER, "ELOOP")
    assert m.stat(p("/dangling")) == ABSENT
    assert m.stat(p("/dangling"), follow=False) == Stat("link", 0, 0o777)


def test_a_bomb_of_links_does_not_go_off() -> None:
    files = {f"/l{i}": {"link": f"/l{i + 1}/../l{i + 1}"} for i in range(60)}
    assert machine(files=files).stat(p("/l0/x")) == Failure(FailureKind.OTHER, "ELOOP")


@pytest.mark.parametrize(
    ("system", "home", "same", "is_same"),
    [
        (LINUX, "/Home/x.ENV", "/home/X.env", False),
        (MAC, "/Users/Jane/Caf\u00e9.ENV", "/users/jane/cafe\u0301.env", True),
        (WINDOWS, "C:\\Users\\Jane\\X.ENV", "c:/users/jane/x.env", True),
    ],
)
def test_case_is_ignored_where_the_system_ignores_it(
    system: dict[str, str], home: str, same: str, is_same: bool
) -> None:
    m = machine(system, files={home: "x"})
    assert m.exists(m.path(home))
    assert m.exists(m.path(same)) is is_same
    assert m.is_folder(m.path(same).parent) is is_same
    assert bool(m.names_in(m.path(same).parent)) is is_same


def test_on_a_mac_the_exact_name_comes_first() -> None:
    m = machine(MAC, complete=False, files={"/x/env": "lower"}, absent=["/x/ENV"])
    assert m.read_text(p("/x/env")) == m.read_text(p("/x/Env")) == "lower"
    assert m.stat(p("/x/ENV")) == ABSENT


def test_what_a_recording_does_not_tell_is_not_known() -> None:
    m = machine(complete=False, files={"/d": {"folder": True, "names": ["a"]}, "/f": {"size": 5}}, absent=["/gone"])
    assert m.stat(p("/gone/below/it")) == ABSENT
    assert m.stat(p("/d/b")) == ABSENT  # its folder's names are known
    assert m.list(p("/d")) == Listing(("a",))
    questions: list[Callable[[], object]] = [
        lambda: m.stat(p("/d/a")), lambda: m.read(p("/f")), lambda: m.stat(p("/other")), lambda: m.list(p("/")),
        lambda: m.variable("X"), lambda: m.run([p("/f")]), lambda: m.mounts(), lambda: m.groups(), lambda: m.memory(),
        lambda: m.disk(p("/")), lambda: m.listeners(), lambda: m.process_python(), lambda: m.resolve("x"),
        lambda: m.connect("x", 1), lambda: m.bind("x", 1), lambda: m.request("GET", "http://x/"),
    ]  # fmt: skip
    for question in questions:
        with pytest.raises(Unavailable) as caught:
            question()
        assert caught.value.kind == "not-recorded"


def test_the_beginning_of_a_file_may_be_all_that_was_read() -> None:
    m = machine(complete=False, files={"/f": {"text": "abc", "only_first": 3, "size": 9}})
    assert m.read(p("/f"), 3) == Content(b"abc", True)
    assert m.read(p("/f"), 2) == Content(b"ab", True)
    with pytest.raises(Unavailable):
        m.read(p("/f"), 4)


def test_one_question_alone_may_fail() -> None:
    entry = {
        "mode": "755", "size": 3, "real": "/r", "itself": {"kind": "link", "size": 7, "owner": 1},
        "read": {"fails": "denied"}, "list": {"fails": "not-a-folder", "detail": "X"},
    }  # fmt: skip
    m = machine(files={"/f": entry, "/g": {"stat": {"fails": "denied"}, "real": {"fails": "other"}, "text": "x"}})
    assert m.stat(p("/f")) == Stat("file", 3, 0o755)
    assert m.stat(p("/f"), follow=False) == Stat("link", 7, 0o777, owner=1)
    assert m.real_path(p("/f")) == p("/r")
    assert m.read(p("/f")) == m.stat(p("/g")) == Failure(FailureKind.DENIED)
    assert m.list(p("/f")) == Failure(FailureKind.NOT_A_FOLDER, "X")
    assert m.real_path(p("/g")) == Failure(FailureKind.OTHER)
    assert m.read_text(p("/g")) == "x"


def test_the_tree_is_below_the_root() -> None:
    m = machine(root="/home/user/AutoGPT", tree={"a/b.txt": "x"})
    assert m.read_text(p("/home/user/AutoGPT/a/b.txt")) == "x"
    assert m.folder == m.root == p("/home/user/AutoGPT")
    on_windows = machine(WINDOWS, root="C:\\AutoGPT", tree={"a/b.txt": "x"})
    assert on_windows.read_text(w("C:\\AutoGPT\\a\\b.txt")) == "x"


# --- programs, registry, the rest ---------------------------------------------------------------------------------


def test_programs() -> None:
    m = machine(
        programs={
            "/usr/bin/git": {
                "--version": "git 2\n",
                "status": {"status": 128, "stderr": "fatal\n"},
                "fetch": {"fails": "timed-out"},
                "status (in /repo)": "clean\n",
                "status (with LANG=C X=1)": "sauber\n",
                "<probe> x": {"stdout_base64": "/w==", "cut": True},
                "wide": {"stdout": "hé\r\n", "encoding": "utf-16-le"},
            },
            "/usr/bin/all": {"*": "anything"},
        },
        files={"/usr/bin/mute": {"mode": "755"}},
    )
    git = p("/usr/bin/git")
    assert m.run([git, "--version"]) == Ran(0, b"git 2\n")
    assert m.run([git, "status"]) == m.run([git, "status"], cwd=p("/elsewhere")) == Ran(128, b"", b"fatal\n")
    assert m.run([git, "status"], cwd=p("/repo")) == Ran(0, b"clean\n")
    assert m.run([git, "status"], environment={"X": "1", "LANG": "C"}, cwd=p("/repo")) == Ran(0, b"sauber\n")
    assert m.run([git, "fetch"]) == Failure(FailureKind.TIMED_OUT)
    assert m.run([git, Script("probe", "import sys"), "x"]) == Ran(0, b"\xff", is_cut=True)
    wide = m.run([git, "wide"])
    assert isinstance(wide, Ran)
    assert wide.out == "hé\n"
    assert m.run([p("/usr/bin/all"), "x", "y"]) == Ran(0, b"anything")
    assert m.run([p("/usr/bin/mute")]) == Failure(FailureKind.NOT_RUNNABLE)
    assert m.run([p("/usr/bin/none")]) == ABSENT
    assert m.stat(git) == Stat("file", 0, 0o755)


def test_the_registry() -> None:
    m = machine(
        WINDOWS,
        registry={
            "HKLM\\SOFTWARE\\Python\\PythonCore\\3.11": {"": "default", "Version": "3.11", "Size": 7},
            "64:HKLM\\SOFTWARE\\Python\\PythonCore\\3.12": {"Names": ["a", "b"], "Raw": {"base64": "AAE="}},
            "HKCU\\Denied": {"fails": "denied"},
            "HKLM\\Told": {"(subkeys)": ["One", "Two"]},
        },
    )
    assert m.registry("HKLM", "software\\python\\PYTHONCORE") == Key({}, ("3.11", "3.12"))
    assert m.registry("HKLM", "SOFTWARE\\Python\\PythonCore", 32) == Key({}, ("3.11",))
    key = m.registry("HKLM", "SOFTWARE\\Python\\PythonCore\\3.11")
    assert isinstance(key, Key)
    assert (key.text(""), key.text("version"), key.number("SIZE")) == ("default", "3.11", 7)
    assert m.registry("HKLM", "SOFTWARE\\Python\\PythonCore\\3.12") == Key({"Names": ("a", "b"), "Raw": b"\0\1"})
    assert m.registry("HKLM", "SOFTWARE\\Python\\PythonCore\\3.12", 32) == Failure(FailureKind.ABSENT)
    assert m.registry("HKCU", "Denied") == Failure(FailureKind.DENIED)
    assert m.registry("HKLM", "Told") == Key({}, ("One", "Two"))
    assert m.registry("HKLM", "Told\\One") == Key({})
    assert machine().registry("HKLM", "x") == Failure(FailureKind.UNSUPPORTED)


def test_of_an_incomplete_registry_only_the_listed_keys_are_known() -> None:
    m = machine(WINDOWS, complete=False, registry={"HKLM\\A\\B": {"x": 1}})
    assert m.registry("HKLM", "A\\B") == Key({"x": 1})
    for path in ("A", "A\\C", "A\\B\\C"):
        with pytest.raises(Unavailable):
            m.registry("HKLM", path)


def test_network_and_the_rest() -> None:
    m = machine(
        network={
            "http": {"GET https://x/": {"status": 200, "headers": {"a": "b"}, "body": "{}"},
                     "GET https://x/ (no proxy)": {"fails": "certificate", "detail": "20"}},
            "certificate": {"x:443": {"subject": "x", "issuer": "Y", "not_before": "2026-01-01",
                                      "not_after": "2026-12-30T23:59:59Z", "is_trusted_by_system": True},
                            "y:443": {"fails": "reset"}},
            "resolve": {"x": ["1.2.3.4"], "y": {"fails": "absent"}},
            "connect": {"x:443": "1.2.3.4", "y:1": {"fails": "refused"}},
            "bind": {"127.0.0.1:8000": 8000, "127.0.0.1:80": {"fails": "denied"}},
        },
        listeners=[{"address": "0.0.0.0", "port": 8000, "pid": 3, "program": "python"}],
        mounts=[{"point": "/", "filesystem": "ext4", "options": ["rw"]}],
        groups=["docker"],
        disk={"/": {"total": 2, "free": 1}, "/mnt": {"fails": "denied"}},
        memory={"total": 4, "available": 3},
        clock="2026-11-01T13:30:00+01:30",
        python="/usr/bin/python3",
    )  # fmt: skip
    assert m.request("GET", "https://x/", proxy=Secret("http://p:1")) == Response(200, {"a": "b"}, b"{}")
    assert m.request("GET", "https://x/") == Failure(FailureKind.CERTIFICATE, "20")
    first, last = datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2026, 12, 30, 23, 59, 59, tzinfo=timezone.utc)
    assert m.certificate("x", 443) == Certificate("x", "Y", first, last, True)
    assert m.certificate("y", 443) == Failure(FailureKind.RESET)
    assert m.resolve("x") == Addresses(("1.2.3.4",))
    assert m.resolve("y") == Failure(FailureKind.ABSENT)
    assert m.connect("x", 443) == Connected("1.2.3.4")
    assert m.connect("y", 1) == Failure(FailureKind.REFUSED)
    assert m.bind("127.0.0.1", 8000) == Bound(8000)
    assert m.bind("127.0.0.1", 80) == Failure(FailureKind.DENIED)
    assert m.listeners() == Listeners((Listener("0.0.0.0", 8000, 3, "python"),))
    assert m.mounts() == (Mount(p("/"), "ext4", ("rw",)),)
    assert m.groups() == ("docker",)
    assert m.disk(p("/home/x")) == Disk(2, 1)
    assert m.disk(p("/mnt/c/x")) == Failure(FailureKind.DENIED)
    assert m.memory() == Memory(4, 3)
    assert m.now() == datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
    assert m.process_python() == p("/usr/bin/python3")
    assert machine(memory={"fails": "other"}).memory() == Failure(FailureKind.OTHER)


@pytest.mark.parametrize(
    ("clock", "hour", "microsecond"),
    [
        ("2026-11-01", 0, 0), ("2026-11-01 12:00", 12, 0), ("2026-11-01T12:00:00", 12, 0),
        ("2026-11-01T12:00:00.25Z", 12, 250_000), ("2026-11-01T12:00:00.1234567+02:00", 10, 123_456),
    ],
)  # fmt: skip
def test_the_clock(clock: str, hour: int, microsecond: int) -> None:
    assert machine(clock=clock).now() == datetime(2026, 11, 1, hour, 0, 0, microsecond, tzinfo=timezone.utc)


def test_variables() -> None:
    m = machine(WINDOWS, complete=False, environment={"Path": "x", "N": 3, "UNSET": None, "K": "{{secret length=5}}"})
    assert (m.variable("PATH"), m.variable("n"), m.variable("unset")) == ("x", "3", None)
    secret = m.secret("K")
    assert secret is not None
    assert len(secret.reveal()) == 5
