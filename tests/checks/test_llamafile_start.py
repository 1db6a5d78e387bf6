"""What keeps a llamafile from being started, and the small tables and numbers that it is judged by."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checks.endpoints import Endpoints
from checks.llamafile_commands import LOADER, by_hand
from checks.llamafile_files import USUAL_FILE, LlamafileFile, LlamafileFiles, _magic_of, formats
from checks.llamafile_start import _COMPILERS, Starting, starting
from checks.resources import ServerPort, server_port
from checks.resources_words import Place, judge_port
from checks.settings import Settings
from doctor.about import Options
from doctor.checkup import examine
from doctor.machine.live import Live
from doctor.machine.recorded import Recorded
from doctor.shells import draw
from doctor.words import render
from tests import patients

SHIP = "MZqFpD='\n'\n{ printf '%s ' \"$@\"; } >\"$0.started\"\nexit\n"
"""A file that begins as a llamafile does: a program of Windows to the kernel, a script to a shell."""
FILES = LlamafileFiles(PurePosixPath("/scripts/llamafile"), True)


def machine(system: str = "linux", **state: Any) -> Recorded:
    """Files and programs are all that it has."""
    of = {"kind": system, "name": "a system", "release": "6.8.0", "architecture": state.pop("architecture", "x86_64")}
    return Recorded({"recording": 1, "complete": True, "system": of, **state})


def asked(machine: Recorded, files: LlamafileFiles = FILES) -> Starting:
    return starting(machine, files, Endpoints(()))


# --- formats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "magic"),
    [
        ("enabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n", "4d5a"),
        ("enabled\ninterpreter /usr/bin/ape\nflags: \noffset 0\nmagic 4d5a71467044\n", "4d5a71467044"),
        ("disabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n", ""),
        ("enabled\ninterpreter /usr/bin/wine\nflags: \nextension .exe\n", ""),
        ("enabled\ninterpreter /x\nflags: \noffset 4\nmagic 4d5a\n", ""),
        ("enabled\ninterpreter /x\nflags: \noffset 0\nmagic 4d5\n", ""),
        ("", ""),
    ],
)
def test_the_first_bytes_that_an_entry_is_for(entry: str, magic: str) -> None:
    assert _magic_of(entry) == magic


@given(some.text())
def test_any_text_is_an_entry(text: str) -> None:
    assert re.fullmatch("(?:[0-9a-f]{2})*", _magic_of(text))


def binfmt(**entries: str) -> dict[str, str]:
    folder = "/proc/sys/fs/binfmt_misc"
    listed = {name: f"enabled\ninterpreter /x\nflags: \noffset 0\nmagic {magic}\n" for name, magic in entries.items()}
    return {f"{folder}/{name}": text for name, text in {"register": "", "status": "enabled\n", **listed}.items()}


def test_who_takes_a_llamafile() -> None:
    files = binfmt(WSLInterop="4d5a", wine="4d5a", APE="4d5a71467044", jar="504b0304", other="4d5a00")
    found = formats(machine(files=files), FILES)
    assert (found.is_known, found.loader, found.takers) == (True, "APE", ("WSLInterop", "wine"))


def test_a_table_that_is_switched_off_takes_nothing() -> None:
    files = {**binfmt(wine="4d5a"), "/proc/sys/fs/binfmt_misc/status": "disabled\n"}
    assert not formats(machine(files=files), FILES).is_known
    assert not formats(machine(), FILES).is_known


# --- the machine ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "has_avx"),
    [
        ("flags\t\t: fpu sse avx avx2\n", True),
        ("flags\t\t: fpu sse\n", False),
        ("flags\t\t: fpu avx512f\n", False),
        ("flags\t\t:\n", None),
        ("processor\t: 0\n", None),
        ("", None),
        ("vmx flags\t: avx\n", None),
    ],
)
def test_avx_in_linux(text: str, has_avx: Optional[bool]) -> None:
    assert asked(machine(files={"/proc/cpuinfo": text})).has_avx is has_avx


@pytest.mark.parametrize(("printed", "has_avx"), [("1\n", True), ("0\n", False), ("", None), ("garbage", None)])
def test_avx_on_a_mac(printed: str, has_avx: Optional[bool]) -> None:
    mac = machine("darwin", programs={"/usr/sbin/sysctl": {"-n hw.optional.avx1_0": printed}})
    assert asked(mac).has_avx is has_avx


def test_other_processors_are_not_asked_for_avx() -> None:
    files = {"/proc/cpuinfo": "flags : fp asimd\n"}
    assert asked(machine(files=files, architecture="aarch64")).has_avx is None
    assert asked(machine("windows")).has_avx is None


@pytest.mark.parametrize(
    ("printed", "version"),
    [("zsh 5.8.1 (x86_64-apple-darwin21.0)\n", "5.8.1"), ("zsh 5.9 (arm64)\n", "5.9"), ("bash 5.2", ""), ("", "")],
)
def test_the_version_of_zsh(printed: str, version: str) -> None:
    told = machine(environment={"SHELL": "/bin/zsh"}, programs={"/bin/zsh": {"--version": printed}})
    assert asked(told).zsh == version


def test_another_shell_is_not_started() -> None:
    told = machine(environment={"SHELL": "/bin/bash"}, programs={"/bin/bash": {"--version": "zsh 5.1"}})
    assert asked(told).zsh == ""


@pytest.mark.parametrize("place", _COMPILERS)
def test_a_mac_with_a_compiler(place: str) -> None:
    mac = machine("darwin", architecture="arm64", files={place: {"folder": True}})
    assert asked(mac).has_compiler
    assert not asked(machine("darwin", architecture="arm64")).has_compiler
    assert asked(machine("darwin")).has_compiler, "of Intel"


# --- what is said, tried --------------------------------------------------------------------------------------------


@pytest.fixture
def ship(tmp_path: Path) -> Path:
    if sys.platform != "linux":
        pytest.skip("the kernel's way with unknown formats is Linux' own")
    if formats(Live(), FILES).loader or formats(Live(), FILES).takers:
        pytest.skip("this Linux knows what to do with such a file")
    path = tmp_path / "my models" / USUAL_FILE
    path.parent.mkdir()
    path.write_text(SHIP)
    path.chmod(0o755)
    return path


def test_python_cannot_start_a_llamafile(ship: Path) -> None:
    """So serve.py cannot: it starts it by subprocess.run, without a shell."""
    with pytest.raises(OSError, match="Exec format error"):
        subprocess.run([ship, "--version"], check=True)


def test_the_command_that_is_given_instead_starts_it(ship: Path) -> None:
    files = LlamafileFiles(PurePosixPath(ship.parent), True, (LlamafileFile(PurePosixPath(ship), 1, True),))
    subprocess.run(["bash", "-c", draw(by_hand(files))], check=True, timeout=60)
    assert Path(f"{ship}.started").read_text() == "--server --ctx-size 0 "


def test_on_windows_the_small_program_gets_the_large_file() -> None:
    folder = PureWindowsPath("C:\\llama files")
    line = draw(by_hand(LlamafileFiles(folder, True), "powershell", 8192))
    assert line == (
        f"& 'C:\\llama files\\llamafile.exe' -m 'C:\\llama files\\{USUAL_FILE}' --server --ctx-size 8192"
    )


@pytest.mark.parametrize("command", [draw(each) for each in LOADER])
def test_the_commands_for_the_loader_are_shell(command: str) -> None:
    if sys.platform == "win32":
        pytest.skip("they are for Linux")
    subprocess.run(["sh", "-n", "-c", command], check=True, timeout=60)


# --- ports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("  7921        8020\n", (7921, 8020)),
        ("      8000        8000     *\r\n", (8000, 8000)),
        ("  5357  5357\n 8001 8100\n", (0, 0)),
        ("Portbereich 7000 bis 9000\n", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_what_windows_keeps(printed: str, kept: tuple[int, int]) -> None:
    found = asked_of_windows({"int ipv4 show excludedportrange tcp": printed})
    assert (found.state, found.kept) == ("reserved", kept)


@given(some.text(alphabet="0123456789 \n*-"))
def test_any_list_of_ranges_can_be_read(printed: str) -> None:
    first, last = asked_of_windows({"*": printed}).kept
    assert (first, last) == (0, 0) or first <= 8000 <= last


def test_the_port_that_is_proposed_is_not_kept_as_well() -> None:
    place = Place("powershell", PureWindowsPath("C:\\AutoGPT\\.env"))
    (finding,) = judge_port(ServerPort(8000, None, "reserved", kept=(7921, 8020)), place)
    assert render(finding.remedy.text or finding.text).endswith("AP_SERVER_PORT=8021")
    (finding,) = judge_port(ServerPort(8000, None, "taken"), place)
    assert render(finding.remedy.text or finding.text).endswith("AP_SERVER_PORT=8010")


def asked_of_windows(answers: dict[str, str]) -> ServerPort:
    windows = machine(
        "windows",
        environment={"SystemRoot": "C:\\Windows"},
        programs={"C:\\Windows\\System32\\netsh.exe": answers},
        network={"bind": {"127.0.0.1:8000": {"fails": "denied", "detail": "10013"}}},
    )
    return server_port(windows, settings_of("healthy/windows-classic-2024"))


@cache
def settings_of(patient: str) -> Settings:
    asked = patients.admit(patient).machine
    outcome = examine(asked, patients.everything(), Options(asked.folder, True), chosen=(), extra_facts=(Settings,))
    found = outcome.values[Settings]
    assert isinstance(found, Settings)
    return found
