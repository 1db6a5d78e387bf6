"""What is recorded holds no secret and no name, wherever they stood."""

from __future__ import annotations

import secrets
import string
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Callable

import pytest

from doctor.machine import Content, Folder, Key, Machine, Ran
from doctor.machine.recorded import Recorded, parse
from doctor.machine.recorder import Recorder
from doctor.machine.recording_writer import in_json
from doctor.machine.settings import secret_values
from doctor.secret import TOKEN_PREFIXES
from tests.machine.specimens import LETTERS, LINUX, MAC, WINDOWS, key, recorder, replayed, survivors

JANE: dict[str, Any] = {"home": "/home/jane", "user": "jane"}
DOE: dict[str, Any] = {"home": "C:\\Users\\Jane Doe", "user": "Jane Doe"}

# --- no secret ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", TOKEN_PREFIXES)
@pytest.mark.parametrize("letters", [LETTERS + "-_", "0123456789abcdef"])
def test_no_part_of_a_token_is_recorded_wherever_it_stands(prefix: str, letters: str) -> None:
    token = key(prefix, 80, letters)
    inner = recorder(
        WINDOWS,
        host="box",
        files={
            "C:\\x\\notes.txt": f"my key is {token}, isn't it\n",
            "C:\\x\\config": f"[remote]\n\turl = https://{token}@github.com/x\n\turl2 = https://x:{token}@h/\n",
            "C:\\x\\wide": {"text": f"key={token}", "encoding": "utf-16-le"},
            f"C:\\x\\{token}.txt": "named like it",
        },
        environment={"X": f"--token={token}"},
        programs={"C:\\p.exe": {f"login {token}": {"status": 1, "stderr": f"bad token '{token}'"}}},
        registry={"HKCU\\Environment": {"KEY": token, "LIST": [token]}},
        network={"http": {f"GET https://x/?k={token}": {"status": 401, "headers": {"x": token}, "body": f'"{token}"'}}},
    )
    for name in inner.names_in(PureWindowsPath("C:\\x")):
        inner.read(PureWindowsPath("C:\\x", name))
    inner.variable("X")
    inner.run([PureWindowsPath("C:\\p.exe"), "login", token])
    inner.registry("HKCU", "Environment")
    inner.request("GET", f"https://x/?k={token}")
    state = inner.state()
    own = token[len(prefix) :]
    assert survivors(own, in_json(state)) == []
    wide = parse(state).read(PureWindowsPath("C:\\x\\wide"))
    assert isinstance(wide, Content)
    assert survivors(own, wide.data.decode("utf-16-le")) == []
    assert len(wide.data) == 2 * len(f"key={token}")
    shapes = parse(state).read_text(PureWindowsPath("C:\\x\\notes.txt"))
    assert shapes is not None
    assert len(shapes) == len(f"my key is {token}, isn't it\n")
    assert f"my key is {prefix}" in shapes


SETTINGS = [
    "OPENAI_API_KEY={}\n", "# OPENAI_API_KEY={}\n", "export KEY = '{}'  # {}\n", 'KEY="{}"\n', "key: {}\n", "  - {}\n",
    "{}\n", '{{"auths": {{"host": {{"auth": "{}"}}}}}}', '{{"auth": {}', "[s]\nKEY={}\r\n{}\r\n", "# old key was {}\n",
    "$env:KEY='{}'", 'KEY="first\n{}\n"\n', "setx KEY {}\n", "{{\\rtf1 KEY={}\\par}}", "KEY={}", "\ufeffKEY={}",
    "{}==\n",
]  # fmt: skip


@pytest.mark.parametrize("line", SETTINGS)
@pytest.mark.parametrize(
    "letters", [LETTERS, "0123456789abcdef", string.ascii_letters, LETTERS + "!%^&*_+-./", string.digits]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "latin-1"])
def test_no_value_of_a_settings_file_is_recorded(line: str, letters: str, encoding: str) -> None:
    value = "x" + "".join(secrets.choice(letters) for _ in range(40))
    text = line.format(value, value) + ("\u00e9" if encoding == "latin-1" else "")

    class Settings(Recorded):
        def read(self, path: PurePath, limit_bytes: int = 0) -> Content:
            return Content(
                text.replace("\ufeff", "").encode(encoding) if encoding == "latin-1" else text.encode(encoding)
            )

    first = Recorder(Settings({"system": LINUX, "complete": True, "files": {"/x/app.conf": ""}}))
    first.read_settings(PurePosixPath("/x/app.conf"))
    state = first.state()
    again = parse(state).read(PurePosixPath("/x/app.conf"))
    assert isinstance(again, Content)
    replay = again.data.decode(encoding, "replace")
    assert len(replay) == len(text) - (encoding == "latin-1" and "\ufeff" in text)
    assert survivors(value[1:], in_json(state)) == []
    # Where signs stand is part of the shape, so a piece of little else may come back in what is invented.
    assert [piece for piece in survivors(value[1:], replay) if sum(map(str.isalnum, piece)) > 2] == []


@pytest.mark.parametrize(
    "piece", [" ", "\t#", "a", "a ", "'", '"', "\\", "${", "=", ": ", "- ", "#", "x='", "{", '{"a', "\n", "A=b #"]
)
def test_a_flood_in_a_settings_file_is_read_in_one_go(piece: str) -> None:
    """Each of these would take minutes if some pattern looked at the same text again and again."""
    for start in ("", "#", "x=", "{", "[{"):
        text = start + piece * (200_000 // len(piece)) + "x"
        spans = secret_values(text, lambda name, value: False)
        assert all(a < b <= c for (a, b), (c, _) in zip(spans, spans[1:]))


def test_a_settings_file_keeps_what_is_no_secret() -> None:
    text = (
        "## The chat model\nSMART_LLM=gpt-4-turbo\nUSE_AZURE=True\nPORT=8000\nEMPTY=\nREF=${HOME}\n"
        "OPENAI_API_KEY=your-openai-api-key  # get one\nGROQ_API_KEY= \"abcdefgh\"\n"
    )  # fmt: skip
    first = recorder(files={"/x/.env": text})
    harmless = {"gpt-4-turbo", "your-openai-api-key"}
    first.read_settings(PurePosixPath("/x/.env"), lambda name, value: name == "SMART_LLM" and value in harmless)
    first.read_settings(PurePosixPath("/x/.env"), lambda name, value: value == "your-openai-api-key")
    recorded = first.state()["files"]
    assert isinstance(recorded, dict)
    assert recorded["/x/.env"]["text"] == text.replace("abcdefgh", "{{secret length=8}}")


def test_a_file_of_settings_by_its_name_is_one_whoever_reads_it() -> None:
    first = recorder(files={"/x/.env": "PASSWORD=correct horse\n", "/x/.env.template": "PASSWORD=correct horse\n"})
    for name in (".env", ".env.template"):
        first.read(PurePosixPath("/x", name))
    assert "correct" not in str(replayed(first).read(PurePosixPath("/x/.env")))
    assert "correct" in str(replayed(first).read(PurePosixPath("/x/.env.template")))


def test_a_sentence_in_a_settings_file_hides_its_words_nowhere_else() -> None:
    remark = "# NOTE: Version 3.9 requires at least Docker Compose version 2 and Docker Engine version 20.10.13!\n"
    lock = '[metadata]\nlock-version = "2.1"  # this and that\n'
    first = recorder(files={"/x/compose.yml": remark, "/x/poetry.lock": lock})
    first.read_settings(PurePosixPath("/x/compose.yml"))
    first.read_text(PurePosixPath("/x/poetry.lock"))
    assert replayed(first).read_text(PurePosixPath("/x/poetry.lock")) == lock


def test_a_declared_secret_stands_nowhere_else() -> None:
    password = "h0rse-" + key("", 20)
    first = recorder(
        environment={"PASSWORD": password, "PORT": "8000", "MODEL": "some-model-x1"},
        programs={"/p": {"config": f"env:\n  - PASSWORD: {password}\n"}},
        files={"/log": f"login with {password[2:14]} failed\n"},
    )
    for name in ("PASSWORD", "PORT", "UNSET"):
        first.secret(name)
    first.secret("MODEL", lambda name, value: value == "some-model-x1")
    first.run([PurePosixPath("/p"), "config"])
    first.read(PurePosixPath("/log"))
    state = first.state()
    assert survivors(password, in_json(state)) == []
    assert state["environment"]["PORT"] == "8000"  # type: ignore[index]
    assert state["environment"]["MODEL"] == "some-model-x1"  # type: ignore[index]
    assert state["environment"]["UNSET"] is None  # type: ignore[index]
    again = parse(state).secret("PASSWORD")
    assert again is not None
    assert len(again.reveal()) == len(password)


def test_a_declared_secret_may_be_made_of_words() -> None:
    first = recorder(environment={"PASSWORD": "correct horse"})
    first.variable("PASSWORD")
    first.secret("PASSWORD")
    assert "correct" not in in_json(first.state())
    assert replayed(first).variable("PASSWORD") == "qZ7kWm2 RtY9b"


def test_a_name_that_is_a_word_of_what_is_examined_leaves_it_alone() -> None:
    files = {"/home/scan/Scan/scan/main.py": "scan it, scan! /home/scan/x", "/home/scan/Scan/readme": ""}
    first = recorder(host="scan", home="/home/scan", user="scan", files=files, programs={"/p": {"scan": "uid=1(scan)"}})
    for name in files:
        first.read(PurePosixPath(name))
    first.run([PurePosixPath("/p"), "scan"])
    again = parse(first.state(ordinary=("scan",)))
    assert again.read_text(PurePosixPath("/home/user/Scan/scan/main.py")) == "scan it, scan! /home/user/x"
    assert again.run([PurePosixPath("/p"), "scan"]) == Ran(0, b"uid=1(user)")


def test_a_login_name_that_is_a_word_goes_where_it_is_the_name() -> None:
    first = recorder(
        home="/home/will",
        user="will",
        environment={"USER": "will", "LOGNAME": "Will"},
        groups=["will"],
        files={"/home/will/x": "It will be. uid=1000(will) /home/will/y"},
    )
    first.groups()
    for name in ("USER", "LOGNAME"):
        first.variable(name)
    first.read(PurePosixPath("/home/will/x"))
    assert in_json(first.state()).lower().count("will") == 1
    assert replayed(first).read_text(PurePosixPath("/home/user/x")) == "It will be. uid=1000(user) /home/user/y"


def test_a_long_random_text_is_taken_for_a_secret() -> None:
    unknown = key("", 44, LETTERS) + "="
    kept = (
        "sha256:"
        + secrets.token_hex(32)
        + " PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0 /usr/lib/python3.11/x/y/z/abc"
    )
    first = recorder(files={"/x": f"{unknown} {kept} jane.doe@example.org git@github.com:a/b python@3.11\n"})
    first.read(PurePosixPath("/x"))
    text = in_json(first.state())
    assert survivors(unknown, text) == []
    assert f"{kept} someone@example.com git@github.com:a/b python@3.11" in text


def test_only_what_was_asked_is_recorded() -> None:
    first = recorder(environment={"A": "1", "B": "2"}, files={"/a": "1", "/b": "2"})
    first.variable("A")
    first.read(PurePosixPath("/a"))
    state = first.state()
    assert state["environment"] == {"A": "1"}
    assert list(state["files"]) == ["/a"]  # type: ignore[call-overload]


# --- no name ------------------------------------------------------------------------------------------------------


def test_home_user_and_host_are_nobodys_on_linux() -> None:
    first = recorder(
        LINUX,
        host="thinkbox.lan",
        **JANE,
        environment={
            "HOME": "/home/jane",
            "USER": "jane",
            "HOSTNAME": "thinkbox",
            "PATH": "/home/jane/bin:/usr/bin:/bin",
        },
        files={
            "/home/jane/.local/x": "#!/home/jane/venv/bin/python\n# jane@thinkbox, file:///home/jane/y jane's\n",
            "/home/bob/y": "of /home/bob",
            "/srv/jane/z": "z",
        },
        programs={
            "/usr/bin/id": {"": "uid=1000(jane) gid=1000(jane)\n"},
            "/home/jane/bin/p": {"-C /home/jane/x": "/home/jane/x"},
        },
        groups=["jane", "docker"],
        folders={"data": "/home/jane/data", "cache": "/srv/jane/cache"},
        python="/home/jane/venv/bin/python",
    )
    asked: list[Callable[[Machine], Any]] = [
        *(lambda m, n=n: m.variable(n) for n in ("HOME", "USER", "HOSTNAME", "PATH")),
        *(lambda m, n=n: m.read(m.path(n)) for n in ("/home/jane/.local/x", "/home/bob/y", "/srv/jane/z")),
        lambda m: m.list(m.path("/home")), lambda m: m.list(m.path("/srv")), lambda m: m.groups(),
        lambda m: m.user_folder(Folder.DATA), lambda m: m.user_folder(Folder.CACHE),
        lambda m: m.run([m.path("/usr/bin/id")]), lambda m: m.process_python(),
        lambda m: m.run([m.path("/home/jane/bin/p"), "-C", "/home/jane/x"]), lambda m: m.which("p"),
    ]  # fmt: skip
    for question in asked:
        question(first)
    state = first.state()
    text = in_json(state).lower()
    for name in ("jane", "thinkbox", "bob"):
        assert name not in text
    again = parse(state)
    assert (again.home, again.user) == (PurePosixPath("/home/user"), "user")
    assert again.read_text(PurePosixPath("/home/user/.local/x")) == (
        "#!/home/user/venv/bin/python\n# user@host, file:///home/user/y user's\n"
    )
    assert again.names_in(PurePosixPath("/home")) == ("user", "user2")
    assert again.which("p") == PurePosixPath("/home/user/bin/p")
    assert again.user_folder(Folder.DATA) == PurePosixPath("/home/user/data")
    assert again.run([PurePosixPath("/home/user/bin/p"), "-C", "/home/user/x"]) == Ran(0, b"/home/user/x")


def test_the_lasting_environment_of_windows_holds_secrets_of_any_form() -> None:
    """Of a variable that nobody asked for, nobody said that it is none."""
    mine, word, number = key("", 32, "0123456789abcdef"), "correct horse battery", key("", 9, "123456789")
    values = {"MY_KEY": mine, "MY_PASSWORD": word, "TEMP": "%USERPROFILE%\\Temp", "OS": "Windows_NT", "FIVE": "5"}
    first = recorder(
        WINDOWS,
        environment={"ASKED": f"'{number}'", "OS": "Windows_NT"},
        registry={"HKCU\\Environment": {**values, "Asked": f"'{number}'"}},
    )
    first.secret("ASKED")
    first.variable("OS")
    first.registry("HKCU", "Environment")
    state = first.state()
    text = in_json(state)
    assert mine[:8] not in text
    assert "horse" not in text
    assert number not in text
    again = parse(state)
    told = again.registry("HKCU", "Environment")
    assert isinstance(told, Key)
    assert (told.text("TEMP"), told.text("OS"), told.text("FIVE")) == ("%USERPROFILE%\\Temp", "Windows_NT", "5")
    asked = again.secret("ASKED")
    assert asked is not None
    assert asked.reveal() == told.text("Asked"), "whether it comes from there has to stay visible"


def test_home_user_and_host_are_nobodys_on_windows() -> None:
    lines = (
        "C:\\Users\\Jane Doe\\x C:\\\\Users\\\\Jane Doe\\\\x C:/Users/Jane Doe/x"
        " c:\\users\\JANE DOE\\x JANEDO~1 JANES-PC\\Jane Doe"
    )
    first = recorder(
        WINDOWS,
        host="JANES-PC",
        **DOE,
        environment={"USERPROFILE": "C:\\Users\\Jane Doe", "TEMP": "C:\\Users\\JANEDO~1\\Temp", "USERNAME": "Jane Doe"},
        files={"C:\\Users\\Jane Doe\\a.txt": lines, "C:\\Users\\Max\\b.txt": "", "C:\\Users\\Public\\c": ""},
        registry={
            "HKCU\\Volatile": {
                "USERPROFILE": "C:\\Users\\Jane Doe",
                "SID": "S-1-5-21-1004336348-1177238915-682003330-512",
            }
        },
    )
    for name in ("USERPROFILE", "TEMP", "USERNAME"):
        first.variable(name)
    first.read(PureWindowsPath("C:\\Users\\Jane Doe\\a.txt"))
    first.list(PureWindowsPath("C:\\Users"))
    first.registry("HKCU", "Volatile")
    state = first.state()
    text = in_json(state).lower()
    for name in ("jane", "doe", "max", "1004336348"):
        assert name not in text
    again = parse(state)
    # A blank in the name is what some programs fail on, so it stays.
    assert again.home == PureWindowsPath("C:\\Users\\user use")
    told = again.read_text(again.home / "a.txt") or ""
    assert told.count("user use") == 6
    assert "USER~1" in (again.variable("TEMP") or "")
    assert again.names_in(PureWindowsPath("C:\\Users")) == ("Public", "user use", "user2")


@pytest.mark.parametrize(
    ("system", "home", "user", "becomes"),
    [
        (LINUX, "/home/ubuntu", "ubuntu", "/home/user"),
        (LINUX, "/root", "root", "/home/user"),
        (LINUX, "/export/home/CORP/jdoe", "jdoe", "/home/user"),
        (LINUX, "/", "nobody", "/"),
        (MAC, "/Users/jdoe", "jdoe", "/Users/user"),
        (WINDOWS, "D:\\Profiles\\jdoe", "jdoe", "C:\\Users\\user"),
        (WINDOWS, "C:\\Users\\jdoe.CORP", "jdoe", "C:\\Users\\user"),
        (WINDOWS, "C:\\Users\\José Pérez", "José Pérez", "C:\\Users\\useé réuse"),
        (LINUX, "/home/иван", "иван", "/home/жжжж"),
        (WINDOWS, "C:\\Users\\用户", "用户", "C:\\Users\\字字"),
    ],
)
def test_a_home_anywhere_comes_to_its_usual_place(system: dict[str, str], home: str, user: str, becomes: str) -> None:
    first = recorder(system, home=home, user=user)
    path = first.home / "AutoGPT"
    first.stat(path)
    first.variable("HOME")
    again = parse(first.state())
    assert again.home == again.path(becomes)
    assert not again.exists(again.home / "AutoGPT")
    if home != "/":
        assert home.lower() not in in_json(first.state()).lower().replace("\\\\", "\\")


def test_what_is_beside_an_unusual_home_is_beside_the_usual_one() -> None:
    first = recorder(home="/export/home/jdoe", user="jdoe", files={"/export/home/shared/x": "x"})
    for name in ("/export/home/jdoe/AutoGPT", "/export/home/AutoGPT", "/export/home/shared/x", "/export/AutoGPT"):
        first.stat(PurePosixPath(name))
    again = replayed(first)
    assert not again.exists(PurePosixPath("/home/AutoGPT"))
    assert again.is_file(PurePosixPath("/home/shared/x"))


@pytest.mark.parametrize(("system", "separator"), [(LINUX, ":"), (WINDOWS, ";")])
def test_path_stays_as_long_as_it_was(system: dict[str, str], separator: str) -> None:
    home = "C:\\Users\\alexandra" if system is WINDOWS else "/home/alexandra"
    path = separator.join([f"{home}/bin", "C:\\Windows" if system is WINDOWS else "/usr/bin", f"{home}/x", home])
    first = recorder(system, home=home, user="alexandra", environment={"PATH": path})
    before = first.search_path()
    again = replayed(first)
    assert len(again.variable("PATH") or "") == len(path)
    assert len(again.search_path()) == len(before)


def test_wsl_knows_the_windows_user_too() -> None:
    first = recorder(
        **JANE,
        files={"/mnt/c/Users/Jane D/x": "", "/mnt/c/Users/Public/x": ""},
        environment={"P": "/mnt/c/Users/Jane D/x"},
    )
    first.variable("P")
    first.list(PurePosixPath("/mnt/c/Users"))
    assert "Jane" not in in_json(first.state())
    assert parse(first.state()).names_in(PurePosixPath("/mnt/c/Users")) == ("Public", "user 2")
