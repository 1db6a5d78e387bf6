"""This computer as a machine: who it is, checked against others that know, and what asking costs."""

from __future__ import annotations

import getpass
import os
import platform
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psutil
import pytest
from platformdirs import PlatformDirs

from doctor.machine import Failure, FailureKind, Folder, Machine, Memory, Unavailable
from doctor.machine.identity import fields_of
from doctor.machine.live import Live
from doctor.machine.memory import groups_of
from doctor.machine.offline import Offline
from doctor.machine.through import Through

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has it")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live()


def test_making_one_imports_nothing_that_takes_long() -> None:
    heavy = (
        "psutil httpx distro platformdirs subprocess ssl socket asyncio shutil tempfile logging platform json"
        " dataclasses inspect"
    )
    code = (
        "import sys; before = set(sys.modules)\n"
        "from doctor.machine.live import Live; machine = Live(); machine.which('git')\n"
        f"print(sorted((set(sys.modules) - before) & set({heavy.split()!r})))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


# --- who it is ---------------------------------------------------------------------------------------------------


def test_the_kind_of_system(machine: Live) -> None:
    kinds = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
    assert machine.system.kind == kinds[sys.platform]
    assert machine.system.release in platform.version() + platform.release()
    assert machine.system.process_architecture in ("x86_64", "arm64", "x86", "arm") or not machine.system.is_windows


@linux_only
def test_a_linux_has_the_name_that_distro_knows(machine: Live) -> None:
    import distro

    assert machine.system.name == distro.name(pretty=True)
    assert machine.system.distribution == distro.id()


@linux_only
def test_the_c_library(machine: Live) -> None:
    library, version = platform.libc_ver()
    if library == "glibc":
        assert machine.system.libc == f"glibc {version}"
    else:
        assert machine.system.libc.startswith("musl")


@posix_only
def test_a_mac_or_linux_knows_its_processor(machine: Live) -> None:
    if sys.maxsize > 2**32:
        assert machine.system.process_architecture == platform.machine().replace("aarch64", "arm64")


def test_lines_of_os_release() -> None:
    text = (
        '# a comment\n\nNAME="Alpine Linux"\nID=alpine\nPRETTY_NAME=\'It\'\'s "so"\'\nBROKEN="never ends\n'
        'ESCAPED="a \\"b\\""\nno equals sign\n'
    )
    assert fields_of(text) == {
        "NAME": "Alpine Linux",
        "ID": "alpine",
        "PRETTY_NAME": 'Its "so"',
        "BROKEN": "never ends",
        "ESCAPED": 'a "b"',
    }


def test_whose_it_is(machine: Live) -> None:
    assert machine.user == getpass.getuser()
    assert platform.node().lower().startswith(machine.host.lower())
    assert "." not in machine.host or machine.host.replace(".", "").isdigit()
    assert machine.home == machine.path(str(Path.home()))


@pytest.mark.parametrize("home", ["", "relative", "/"])
@posix_only
def test_home_is_absolute_whatever_the_environment_says(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", home)
    assert Live().home.is_absolute()


@linux_only
@pytest.mark.parametrize("text", ["", "relative", "/usr", "/somewhere/else", " /blank", "/blank ", '"/quoted"', "~/x"])
@pytest.mark.parametrize("name", ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"])
def test_its_folders_are_where_platformdirs_has_them(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, text)
    it = Live()
    assert it.home.is_absolute()
    theirs = PlatformDirs(None, False)
    for folder, theirs_name in (
        (Folder.CONFIG, "user_config_dir"),
        (Folder.DATA, "user_data_dir"),
        (Folder.LOCAL, "user_data_dir"),
        (Folder.CACHE, "user_cache_dir"),
    ):
        mine = it.user_folder(folder)
        assert mine.is_absolute()
        try:
            expected = it.path(getattr(theirs, theirs_name))
        except RuntimeError:  # it knows no home where HOME is none; we then take the password database's
            assert name == "HOME"
            continue
        # Older ones take a relative path as it is, which newer ones and we do not.
        assert mine == expected or not expected.is_absolute()


@linux_only
def test_where_variables_are_in_order_nothing_is_imported_for_them() -> None:
    code = (
        "import sys; from doctor.machine.live import Live; from doctor.machine import Folder; "
        "folders = [Live().user_folder(each) for each in Folder]; print('platformdirs' in sys.modules)"
    )
    for value, is_imported in (("/own", "False"), ("relative", "True")):
        environment = {"HOME": "/", "XDG_CONFIG_HOME": value}
        root = Path(__file__).parents[2]
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=root)
        assert ran.stdout.strip() == is_imported


@posix_only
def test_a_process_without_any_variable_still_knows_whose_it_is() -> None:
    code = "from doctor.machine.live import Live; m = Live(); print(m.user, m.home, m.temporary)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={}, cwd=Path(__file__).parents[2]
    ).stdout
    if sys.platform != "win32":
        import pwd

        owner = pwd.getpwuid(os.getuid())
        assert said.split() == [owner.pw_name, owner.pw_dir, "/tmp"]


def test_the_folder_for_temporary_files(machine: Live) -> None:
    assert Path(machine.temporary).samefile(tempfile.gettempdir())


def test_the_clock(machine: Live) -> None:
    assert abs(machine.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_the_doctors_own_python(machine: Live) -> None:
    assert machine.process_python() == machine.path(sys.executable)


@posix_only
def test_the_groups_of_this_process(machine: Live) -> None:
    said = subprocess.run(["id", "-Gn"], capture_output=True, text=True, check=True).stdout
    assert set(machine.groups()) == {name for name in said.split() if not name.isdigit()}


# --- environment -------------------------------------------------------------------------------------------------


def test_variables(machine: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCTOR_TEST", "a value")
    assert machine.variable("DOCTOR_TEST") == "a value"
    assert machine.variable("doctor_test") == ("a value" if sys.platform == "win32" else None)
    for name in ("DOCTOR_NONE", "", "a\0b", "\ud800", "a=b"):
        assert machine.variable(name) is None


def test_a_program_on_path(machine: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "doctor-test-tool" + (".cmd" if sys.platform == "win32" else "")
    (tmp_path / name).write_text("")
    (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((".", str(tmp_path / "none"), f'"{tmp_path}"', os.environ["PATH"])))
    assert machine.which("doctor-test-tool") == machine.path(str(tmp_path / name))
    assert machine.which("doctor-test-none") is None


# --- memory ------------------------------------------------------------------------------------------------------


def test_memory(machine: Live) -> None:
    found = machine.memory()
    assert isinstance(found, Memory)
    assert 0 < found.available_bytes <= found.total_bytes <= psutil.virtual_memory().total


@linux_only
def test_a_container_has_no_more_memory_than_its_limit(machine: Live) -> None:
    """The suite would have to be put into a control group; the files of the one it is in must be found at least."""
    text = "12:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/user.slice/session-1.scope\n"
    assert groups_of(text) == [
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
        ("/sys/fs/cgroup/memory/docker", "memory.limit_in_bytes", "memory.usage_in_bytes"),
        ("/sys/fs/cgroup/memory/docker/abc", "memory.limit_in_bytes", "memory.usage_in_bytes"),
        ("/sys/fs/cgroup", "memory.max", "memory.current"),
        ("/sys/fs/cgroup/user.slice", "memory.max", "memory.current"),
        ("/sys/fs/cgroup/user.slice/session-1.scope", "memory.max", "memory.current"),
    ]
    assert groups_of("0::/\n") == [("/sys/fs/cgroup", "memory.max", "memory.current")]
    assert groups_of("garbage\n::\n") == []


# --- machines in between -----------------------------------------------------------------------------------------


def test_a_machine_in_between_answers_as_the_inner_one(machine: Live, tmp_path: Path) -> None:
    between = Through(machine)
    path = machine.path(str(tmp_path))
    assert (between.system, between.home, between.user, between.host) == (
        machine.system,
        machine.home,
        machine.user,
        machine.host,
    )
    assert between.list(path) == machine.list(path)
    assert between.which("git") == machine.which("git")
    assert between.registry("HKLM", "NONE") == machine.registry("HKLM", "NONE")


def test_offline_nothing_is_sent_but_the_rest_is_answered(machine: Live, tmp_path: Path) -> None:
    offline = Offline(machine)
    for ask in (
        lambda: offline.request("GET", "http://127.0.0.1/"),
        lambda: offline.resolve("localhost"),
        lambda: offline.connect("127.0.0.1", 80),
        lambda: offline.certificate("127.0.0.1", 443),
    ):
        with pytest.raises(Unavailable) as raised:
            ask()
        assert raised.value.kind == "offline"
    assert offline.is_folder(machine.path(str(tmp_path)))
    assert not isinstance(offline.bind("127.0.0.1", 0), Failure)


def test_whatever_waits_for_others_is_left_alone_offline() -> None:
    """A question with a time limit waits for a program or for the network; whoever adds one decides it for Offline."""
    waiting = {name for name, each in vars(Machine).items() if "timeout_s" in getattr(each, "__annotations__", {})}
    assert waiting - {"run"} == {name for name in vars(Offline) if not name.startswith("_")}


@posix_only
def test_there_is_no_registry_here(machine: Live) -> None:
    unsupported = Failure(FailureKind.UNSUPPORTED)
    assert machine.registry("HKLM", "SOFTWARE") == unsupported
    assert machine.file_version(machine.path("/bin/sh")) == unsupported
