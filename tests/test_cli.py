"""The command line: exit statuses, one clear sentence for whatever cannot be meant, and nothing written by mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from doctor.cli import Told, close, guarded

ROOT = Path(__file__).parent.parent
SYSTEM = {"kind": "linux", "name": "Ubuntu 24.04 LTS", "release": "6.8.0", "architecture": "x86_64"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="about POSIX pipes and signals")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A machine with nothing on it and no checkout: whatever the checks say of it, the same every time."""
    path = tmp_path / "machine.json"
    path.write_text(json.dumps({"recording": 1, "complete": True, "system": SYSTEM, "home": "/home/user"}))
    return path


def ran(*argv: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "doctor", *argv], cwd=ROOT, env={**os.environ, **environment}, capture_output=True
    )


def imported_after(*argv: str) -> set[str]:
    """The modules that a run of the command has loaded, in a process of its own."""
    script = (
        "import sys; from doctor.cli import guarded; guarded(sys.argv[1:]); "
        "sys.stderr.write('\\n'.join(['', 'MODULES', *sys.modules]))"
    )
    ended = subprocess.run([sys.executable, "-c", script, *argv], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ended.stderr.split("MODULES\n")[1].split())


# --- what cannot be meant ---------------------------------------------------------------------------------------------

WRONG = [
    (["--jsno"], "there is no option --jsno; did you mean --json?"),
    (["--zzz"], "there is no option --zzz; --help tells more"),
    (["replay"], "replay needs the name of a file"),
    (["explain"], "explain needs the name of a check or finding"),
    (["lits"], "there is no command lits; did you mean list?"),
    (["/some/checkout"], "there is no command /some/checkout; a checkout is named with -C"),
    (["replay", "a", "b"], "b is one word too many after replay"),
    (["list", "x"], "x is one word too many after list"),
    (["--format", "markdwon"], "there is no format markdwon; did you mean markdown?"),
    (["--json", "--format", "text"], "--json and --format text ask for two different things"),
    (["--json=yes"], "--json takes no value"),
    (["record", "x.json", "--json"], "record writes one file and no report; replay that file for one"),
    (["-o"], "--output needs a value after it"),
    (["--only"], "--only needs a value after it"),
    (["explain", "checkuot"], "there is no check or finding checkuot; did you mean checkout?"),
    (["--only", ""], "--only needs a value after it"),
    (["--skip", ","], "--skip needs a value after it"),
    (["--only", "replay", "x.json"], "--only needs a value after it"),
    (["--skip", "list"], "--skip needs a value after it"),
    (["--only", "python", "--only", "replay", "x.json"], "--only needs a value after it"),
    (["--only", "python", "--only", ""], "--only needs a value after it"),
    (["-C", ""], "--checkout needs a value after it"),
    (["-o", ""], "--output needs a value after it"),
    *((["--timeout", each], f"--timeout needs a number of seconds from 1 to 3600, not {each}")
      for each in ("soon", "0", "-5", "nan", "inf", "1e9", "")),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "sentence"), WRONG, ids=[" ".join(argv) for argv, _ in WRONG])
def test_what_cannot_be_meant_is_one_sentence(argv: list[str], sentence: str, capsys: Any) -> None:
    assert guarded(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"autogpt-doctor: {sentence}\n"


@pytest.mark.parametrize("argv", [["-C"], ["-o"], ["replay"]], ids=lambda argv: argv[0])
def test_a_name_that_no_file_can_have_is_one_sentence(argv: list[str], capsys: Any) -> None:
    assert guarded([*argv, "x" * 5000]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "failed itself" not in err


@pytest.mark.parametrize("option", ["--only", "--skip"])
def test_an_unknown_check_is_named_with_the_nearest(option: str, recording: Path, capsys: Any) -> None:
    assert guarded(["replay", str(recording), option, "checkuot"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "autogpt-doctor: there is no check checkuot; did you mean checkout?\n"


@pytest.mark.parametrize("argv", [["--offline", "--only", "qqqq"], ["explain", "qqqq"]], ids=lambda argv: argv[0])
def test_the_command_that_names_all_checks_is_the_one_that_was_started(argv: list[str], capsys: Any) -> None:
    assert guarded(argv) == 2
    assert "; autogpt-doctor list names " in capsys.readouterr().err
    ended = ran(*argv)
    python = "python" if sys.platform == "win32" else "python3"
    assert ended.returncode == 2
    assert f"; {python} -m doctor list names ".encode() in ended.stderr


def test_skipping_everything_that_was_chosen_is_said(recording: Path, capsys: Any) -> None:
    assert guarded(["replay", str(recording), "--only", "checkout", "--skip", "checkout.*"]) == 2
    assert "leave no check" in capsys.readouterr().err


def test_a_missing_folder_and_the_one_that_was_meant(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "AutoGPT").mkdir()
    assert guarded(["-C", str(tmp_path / "autogtp")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("; did you mean AutoGPT?\n")
    assert err.count("\n") == 1


def test_a_file_is_no_checkout(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "file").touch()
    assert guarded(["-C", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.endswith("is no folder\n")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"system": 3}',
        b'{"system": {"kind": "linux"}}',
        b'{"recording": 7}',
    ],
)
def test_a_malformed_recording_is_one_sentence_and_nothing_is_written(
    content: bytes, tmp_path: Path, capsys: Any
) -> None:
    path, target = tmp_path / "machine.json", tmp_path / "report.txt"
    path.write_bytes(content)
    assert guarded(["replay", str(path), "-o", str(target)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("autogpt-doctor: ")
    assert err.count("\n") == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["machine.json"]


def test_a_recording_that_is_not_there(recording: Path, capsys: Any) -> None:
    assert guarded(["replay", str(recording.parent / "machin.json")]) == 2
    assert capsys.readouterr().err.endswith("; did you mean machine.json?\n")


def test_no_name_of_the_person_stands_in_a_complaint(capsys: Any) -> None:
    assert guarded(["-C", str(Path.home() / "no such folder at all")]) == 2
    err = capsys.readouterr().err
    assert "~" in err
    assert str(Path.home()) not in err


# --- where the report goes --------------------------------------------------------------------------------------------


def test_the_report_goes_to_a_file_whole(recording: Path, capsys: Any) -> None:
    target = recording.parent / "report.json"
    target.write_text("what was there before, and much longer than" * 1000)
    status = guarded(["replay", str(recording), "--json", "-o", str(target)])
    assert capsys.readouterr().out == ""
    assert json.loads(target.read_text(encoding="utf-8"))["exit_status"] == status
    assert sorted(each.name for each in recording.parent.iterdir()) == ["machine.json", "report.json"]


@pytest.mark.parametrize("name", [".", "no-folder/report.txt", "machine.json/report.txt"])
def test_a_file_that_cannot_be_written_is_found_out_first(name: str, recording: Path, capsys: Any) -> None:
    before = recording.read_bytes()
    assert guarded(["replay", str(recording.parent / "missing.json"), "-o", str(recording.parent / name)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "missing" not in err, "the output is looked at before the work"
    assert recording.read_bytes() == before


@POSIX
def test_a_pipe_is_written_to_and_not_replaced(recording: Path) -> None:
    """A pipe of its own stands for every device: broken code must not get hold of a real one."""
    pipe = recording.parent / "pipe"
    getattr(os, "mkfifo")(pipe)  # noqa: B009 - Windows has none, and its type checker says so
    reading = os.open(pipe, os.O_RDONLY | getattr(os, "O_NONBLOCK"))  # noqa: B009
    assert guarded(["replay", str(recording), "-o", str(pipe)]) == 1
    assert os.read(reading, 100).startswith(b"autogpt-doctor")
    os.close(reading)
    assert pipe.is_fifo()


@POSIX
def test_a_link_stays_a_link(recording: Path) -> None:
    target, link = recording.parent / "target.txt", recording.parent / "link.txt"
    link.symlink_to(target)
    guarded(["replay", str(recording), "-o", str(link)])
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("autogpt-doctor")


# --- exit statuses, options ----------------------------------------------------------------------------------------


def test_the_text_ends_with_the_verdict_and_the_status_says_the_same(recording: Path, capsys: Any) -> None:
    assert guarded(["replay", str(recording)]) == 1
    assert "then run autogpt-doctor again." in " ".join(capsys.readouterr().out.split())


def test_options_stand_before_or_after_the_command(recording: Path, capsys: Any) -> None:
    lines = (
        ["--json", "--only", "checkout.*", "replay", str(recording)],
        ["replay", str(recording), "--json", "--only", "checkout.*"],
        ["replay", "--json", str(recording), "--only=checkout.*"],
        ["--only", "checkout.*", "--format", "json", "replay", str(recording)],
    )
    seen = []
    for argv in lines:
        guarded(argv)
        document = json.loads(capsys.readouterr().out)
        seen.append([check["id"] for check in document["checks"]])
    assert seen[0]
    assert all(each.startswith("checkout.") for each in seen[0])
    assert seen == [seen[0]] * len(lines)


def test_several_names_in_one_option(recording: Path, capsys: Any) -> None:
    guarded(["replay", str(recording), "--json", "--only", "checkout,python", "docker.*", "--skip", "python"])
    groups = {check["id"].split(".")[0] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert groups == {"checkout", "docker"}


def test_a_folder_inside_a_recording_is_named_with_its_own_paths(recording: Path, capsys: Any) -> None:
    state = {**json.loads(recording.read_text()), "files": {"/srv/apps/notes.txt": "x"}}
    recording.write_text(json.dumps(state))
    assert guarded(["replay", str(recording), "-C", "/srv/apps"]) == 1
    assert "/srv/apps" in capsys.readouterr().out
    assert guarded(["replay", str(recording), "-C", "/srv/app"]) == 2
    assert capsys.readouterr().err == "autogpt-doctor: there is no folder /srv/app in this recording\n"


@pytest.mark.parametrize("name", ["machine.txt", "no-folder/machine.json", ".", "notes.json"])
def test_a_recording_is_written_nowhere_else(name: str, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "notes.json").write_text("[my own notes]")
    assert guarded(["record", str(tmp_path / name), "--only", "checkout"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["notes.json"]
    assert (tmp_path / "notes.json").read_text() == "[my own notes]"


def test_this_machine_recorded_and_replayed_has_the_same_findings(tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "machine.json"
    live = guarded(["--offline", "--json", "-C", str(tmp_path), "--only", "checkout", "wsl"])
    examined = json.loads(capsys.readouterr().out)
    assert guarded(["record", str(target), "--offline", "-C", str(tmp_path), "--only", "checkout", "wsl"]) == 0
    assert "replay machine.json" in capsys.readouterr().out
    assert guarded(["replay", str(target), "--json", "--only", "checkout", "wsl"]) == live
    replayed = json.loads(capsys.readouterr().out)
    for document in (examined, replayed):
        for check in document["checks"]:
            check.pop("duration_ms")
    assert replayed["checks"] == examined["checks"]


def test_a_run_without_anything_to_judge_does_not_call_it_healthy(recording: Path, capsys: Any) -> None:
    assert guarded(["replay", str(recording), "--only", "wsl"]) == 0
    assert capsys.readouterr().out.endswith("There was nothing to examine on this kind of machine.\n")


def test_list_names_every_check_once(capsys: Any) -> None:
    assert guarded(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert guarded(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line[:1].strip()] == [check["id"] for check in listed]


def test_explain_takes_a_check_or_a_finding(capsys: Any) -> None:
    guarded(["list", "--json"])
    check = json.loads(capsys.readouterr().out)[0]
    guarded(["explain", check["id"]])
    by_id = capsys.readouterr().out
    assert check["title"] in by_id
    assert all(code in by_id for code in check["codes"])
    code = check["codes"][0]
    guarded(["explain", code])
    by_code = capsys.readouterr().out
    assert " ".join(by_code.split()).startswith(f"{code} {check['meanings'][code]} It comes from this check:")
    assert check["title"] in by_code
    assert all(each in by_code for each in check["codes"])


def test_a_finding_of_which_nothing_more_is_said_is_explained_by_its_check(capsys: Any) -> None:
    guarded(["list", "--json"])
    silent = next(each for each in json.loads(capsys.readouterr().out) if not each["meanings"])
    assert guarded(["explain", silent["codes"][0]]) == 0
    told = capsys.readouterr().out
    assert told.startswith(silent["codes"][0] + "\n\n")
    assert silent["title"] in told


def test_list_keeps_the_types_of_facts_for_who_writes_checks(capsys: Any) -> None:
    guarded(["list"])
    plain = capsys.readouterr().out
    guarded(["list", "-v"])
    assert "poetries" in capsys.readouterr().out
    assert "poetries" not in plain
    assert "explain NAME" in plain


def test_explain_knows_the_doctors_own_findings(capsys: Any) -> None:
    import re

    codes = set(re.findall(r'"(doctor\.[a-z-]+)"', (ROOT / "doctor" / "registry.py").read_text(encoding="utf-8")))
    assert len(codes) > 2
    for code in codes:
        assert guarded(["explain", code]) == 0
        assert len(capsys.readouterr().out) > 80


def test_list_and_explain_go_to_a_file_too(tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "list.json"
    assert guarded(["list", "--json", "-o", str(target)]) == 0
    assert all(check["explanation"] for check in json.loads(target.read_text(encoding="utf-8")))
    assert capsys.readouterr().out == ""


def test_help_names_every_option_and_fits_the_page(capsys: Any) -> None:
    from doctor.arguments import make_parser

    assert guarded(["--help"]) == 0
    page = capsys.readouterr().out
    for action in make_parser()._actions:
        assert all(option in page for option in action.option_strings)
    assert max(len(line) for line in page.splitlines()) <= 120


# --- what goes wrong in the doctor itself -----------------------------------------------------------------------------


class Failing:
    """A standard output that nobody can write to."""

    encoding = "utf-8"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        raise self.error

    def flush(self) -> None:
        pass


def test_our_own_crash_is_one_sentence(recording: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(RuntimeError("a message that may hold anything")))
    assert guarded(["replay", str(recording)]) == 3
    err = capsys.readouterr().err
    assert err.startswith("autogpt-doctor: it failed itself (RuntimeError at readers/terminal.py:")
    assert err.count("\n") == 1
    assert "anything" not in err


def test_a_report_that_cannot_be_made_safe_is_not_shown(recording: Path, capsys: Any) -> None:
    from doctor.arguments import parse
    from doctor.delivery import deliver
    from doctor.words import Scrubber, Unsafe
    from tests.readers.samples import ill

    class Broken(Scrubber):
        def hide(self, text: str) -> str:
            raise Unsafe("Broken")

    for format in ("text", "json", "markdown"):
        with pytest.raises(Unsafe):
            deliver(ill(), Broken(), parse(["--format", format]))
    assert capsys.readouterr().out == ""


def test_ctrl_c_outside_of_the_examination_is_quiet(recording: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(KeyboardInterrupt()))
    assert guarded(["replay", str(recording)]) == 130
    assert capsys.readouterr().err == ""


INTERRUPTED = """
import runpy, sys

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            raise KeyboardInterrupt

module, start = sys.argv[1:]
sys.argv = [start, "--offline", "--only", "python"]
sys.meta_path.insert(0, Impatient())
if start == "module":
    runpy.run_module("doctor", run_name="__main__", alter_sys=True)
from doctor.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("module", "start"),
    [("doctor.bootstrap", "module"), ("doctor.arguments", "module"), ("doctor.findings", "module"),
     ("checks.python", "module"), ("doctor.cli", "console script"), ("doctor.words", "console script")],
)  # fmt: skip
def test_ctrl_c_while_it_is_loaded_is_quiet(module: str, start: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, module, start]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


@POSIX
@pytest.mark.parametrize("colour", ["", "1"])
@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_a_reader_that_goes_away_ends_it_quietly(format: str, colour: str, recording: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "doctor", "replay", str(recording), "--only", "docker", "-v", "--format", format],
        cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, env={**os.environ, "FORCE_COLOR": colour, "NO_COLOR": ""},
    )  # fmt: skip
    os.close(writing)
    assert ended.stderr == b""
    assert ended.returncode == 0


class Impatience:
    """A machine whose end is interrupted, twice."""

    def __init__(self) -> None:
        self.interruptions: list[BaseException] = [KeyboardInterrupt(), Told(143)]
        self.is_closed = False

    def close(self) -> None:
        if self.interruptions:
            raise self.interruptions.pop()
        self.is_closed = True


def test_nothing_stays_behind_for_a_second_ctrl_c() -> None:
    machine: Any = Impatience()
    close(machine)
    assert machine.is_closed


@POSIX
def test_a_full_disk_is_one_sentence(recording: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "doctor", "replay", str(recording)]
        ended = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 3
    assert ended.stderr.endswith(": standard output cannot be written (No space left on device)\n")
    assert ended.stderr.count("\n") == 1


@POSIX
def test_closed_streams_cost_nothing(recording: Path) -> None:
    command = f'"{sys.executable}" -m doctor replay "{recording}" >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], cwd=ROOT).returncode == 1


# --- what is not imported ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_next_to_nothing(option: str) -> None:
    loaded = imported_after(option)
    assert not loaded & {
        "rich", "httpx", "psutil", "yaml", "packaging", "json", "subprocess", "socket", "ssl", "importlib.metadata",
        "doctor.checkup", "doctor.report", "doctor.machine.live", "doctor.readers.text", "checks",
    }  # fmt: skip


def test_json_never_loads_rich_and_an_offline_run_never_loads_httpx(tmp_path: Path) -> None:
    loaded = imported_after("--json", "--offline", "-C", str(tmp_path), "--only", "checkout")
    assert "doctor.machine.live" in loaded
    assert not loaded & {"rich", "httpx", "http.client"}
