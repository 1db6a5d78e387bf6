"""Files of this computer: ordinary ones, and the odd ones that must not hold the doctor up."""

from __future__ import annotations

import os
import socket
import stat
import sys
import tracemalloc
from pathlib import Path, PurePath, PurePosixPath
from typing import Callable, Union

import pytest

from doctor.machine import Content, Disk, Failure, FailureKind, Listing, Machine, Mount, Stat, Unavailable
from doctor.machine.files import MOST_NAMES, mounts_of
from doctor.machine.live import Live
from tests.unprivileged import as_nobody

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has it")
windows_only = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has it")


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live()


def here(machine: Live, path: Path) -> PurePath:
    """A path as facts hold it: of the machine, without any power of its own."""
    return machine.path(str(path))


def kind(answer: object) -> Union[FailureKind, object]:
    return answer.kind if isinstance(answer, Failure) else answer


# --- reading -----------------------------------------------------------------------------------------------------


def test_a_file_is_read_byte_for_byte(machine: Live, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfKEY=1\r\n\x1a\0\xff"
    (tmp_path / ".env").write_bytes(data)
    assert machine.read(here(machine, tmp_path / ".env")) == Content(data)


@pytest.mark.parametrize(("limit", "is_cut"), [(9, True), (10, False), (11, False), (0, True)])
def test_no_more_is_read_than_asked_for(machine: Live, tmp_path: Path, limit: int, is_cut: bool) -> None:
    (tmp_path / "log").write_bytes(b"0123456789")
    assert machine.read(here(machine, tmp_path / "log"), limit) == Content(b"0123456789"[:limit], is_cut)


def test_a_file_of_many_megabytes_costs_only_its_beginning(machine: Live, tmp_path: Path) -> None:
    with (tmp_path / "model").open("wb") as file:
        file.truncate(3 * 1024**3)
    content = machine.read(here(machine, tmp_path / "model"))
    assert isinstance(content, Content)
    assert content.is_cut
    assert len(content.data) == 4 * 1024 * 1024


def test_a_small_file_takes_little_memory(machine: Live, tmp_path: Path) -> None:
    """Windows touches all of a buffer before it reads a byte: one as large as the limit makes every file slow."""
    (tmp_path / ".env").write_text("KEY=1", encoding="utf-8")
    tracemalloc.start()
    machine.read(here(machine, tmp_path / ".env"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 512 * 1024


def test_what_is_not_there(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("none", "none/none", "file/none", "n" * 5000, "a\0b", "a\ud800b"):
        path = here(machine, tmp_path) / name
        assert kind(machine.read(path)) is FailureKind.ABSENT, name[:20]
        assert kind(machine.stat(path)) is FailureKind.ABSENT, name[:20]
        assert kind(machine.list(path)) is FailureKind.ABSENT, name[:20]
        assert kind(machine.real_path(path)) is FailureKind.ABSENT, name[:20]


def test_a_folder_is_not_read(machine: Live, tmp_path: Path) -> None:
    assert kind(machine.read(here(machine, tmp_path))) is FailureKind.NOT_A_FILE


@posix_only
def test_a_pipe_that_nobody_writes_to_is_refused_at_once(machine: Live, tmp_path: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(tmp_path / ".env")
    assert kind(machine.read(here(machine, tmp_path / ".env"))) is FailureKind.NOT_A_FILE
    found = machine.stat(here(machine, tmp_path / ".env"))
    assert isinstance(found, Stat)
    assert found.kind == "other"


@posix_only
def test_devices_and_sockets_are_refused(machine: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kind(machine.read(PurePosixPath("/dev/zero"))) is FailureKind.NOT_A_FILE
    if sys.platform != "win32":
        with socket.socket(socket.AF_UNIX) as server:
            monkeypatch.chdir(tmp_path)  # a socket's path must be short
            server.bind("s")
            assert kind(machine.read(here(machine, tmp_path / "s"))) is FailureKind.NOT_A_FILE


@linux_only
def test_a_file_of_the_kernel_that_says_it_is_empty_is_read(machine: Live) -> None:
    text = machine.read_text(PurePosixPath("/proc/self/status"))
    assert text is not None
    assert f"Pid:\t{os.getpid()}\n" in text


@posix_only
def test_what_another_user_may_not_read(machine: Live) -> None:
    folder = Path("/tmp") / f"doctor-test-{os.getpid()}"  # pytest's own folders are closed to others
    folder.mkdir(mode=0o755)
    try:
        secret, closed = folder / "secret", folder / "closed"
        secret.write_text("x")
        secret.chmod(0)
        closed.mkdir()
        closed.chmod(0)

        def ask() -> str:
            one = machine.stat(here(machine, secret))
            assert isinstance(one, Stat)
            questions = (
                machine.read(here(machine, secret)),
                machine.list(here(machine, closed)),
                machine.stat(here(machine, closed / "x")),
            )
            return f"{[each.kind.value for each in questions if isinstance(each, Failure)]} {one.can_write}"

        assert as_nobody(ask) == "['denied', 'denied', 'denied'] False"
    finally:
        closed.chmod(0o700)
        for each in (secret, closed):
            each.unlink() if each.is_file() else each.rmdir()
        folder.rmdir()


# --- what the system says of a file ------------------------------------------------------------------------------


def test_size_and_kind(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    found = machine.stat(here(machine, tmp_path / "file"))
    assert isinstance(found, Stat)
    assert (found.kind, found.size_bytes, found.is_file, found.can_write) == ("file", 5, True, True)
    assert machine.is_folder(here(machine, tmp_path))
    assert not machine.is_file(here(machine, tmp_path))


@posix_only
def test_mode_and_owner(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("#!/bin/sh\n")
    (tmp_path / "run").chmod(0o750)
    found = machine.stat(here(machine, tmp_path / "run"))
    assert isinstance(found, Stat)
    assert (found.mode, found.owner, found.is_executable) == (0o750, (tmp_path / "run").stat().st_uid, True)
    (tmp_path / "run").chmod(0o644)
    found = machine.stat(here(machine, tmp_path / "run"))
    assert isinstance(found, Stat)
    assert not found.is_executable


@posix_only
def test_links_are_followed_unless_asked_otherwise(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("x")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    through = here(machine, tmp_path / "link" / "file")
    assert machine.is_file(through)
    assert machine.real_path(through) == here(machine, (tmp_path / "real" / "file").resolve())
    for name in ("link", "dangling"):
        found = machine.stat(here(machine, tmp_path / name), follow=False)
        assert isinstance(found, Stat)
        assert found.kind == "link"
    assert kind(machine.stat(here(machine, tmp_path / "dangling"))) is FailureKind.ABSENT


@posix_only
def test_links_in_a_circle(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    path = here(machine, tmp_path / "a")
    circle = Failure(FailureKind.OTHER, "ELOOP")
    assert (machine.stat(path), machine.read(path), machine.list(path), machine.real_path(path)) == (circle,) * 4


@windows_only
def test_the_hidden_attribute(machine: Live, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("x")
    assert not _is_hidden(machine, tmp_path / ".env")
    if sys.platform == "win32":
        import ctypes

        ctypes.WinDLL("kernel32").SetFileAttributesW(
            ctypes.c_wchar_p(str(tmp_path / ".env")), stat.FILE_ATTRIBUTE_HIDDEN
        )
    assert _is_hidden(machine, tmp_path / ".env")


def _is_hidden(machine: Live, path: Path) -> bool:
    found = machine.stat(here(machine, path))
    assert isinstance(found, Stat)
    return found.is_hidden


# --- folders -----------------------------------------------------------------------------------------------------


def test_the_names_in_a_folder_are_sorted(machine: Live, tmp_path: Path) -> None:
    for name in ("b", ".a", "c"):
        (tmp_path / name).write_text("")
    assert machine.list(here(machine, tmp_path)) == Listing((".a", "b", "c"))
    assert kind(machine.list(here(machine, tmp_path / "b"))) is FailureKind.NOT_A_FOLDER


def test_an_enormous_folder_is_cut(machine: Live, tmp_path: Path) -> None:
    for number in range(MOST_NAMES):
        (tmp_path / str(number)).touch()
    listing = machine.list(here(machine, tmp_path))
    assert isinstance(listing, Listing)
    assert not listing.is_cut
    (tmp_path / "one more").touch()
    listing = machine.list(here(machine, tmp_path))
    assert isinstance(listing, Listing)
    assert listing.is_cut
    assert len(listing.names) == MOST_NAMES


@linux_only
def test_a_name_that_is_no_text(machine: Live, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9")).write_text("x")
    listing = machine.list(here(machine, tmp_path))
    assert listing == Listing(("caf\udce9",))
    path = here(machine, tmp_path) / "caf\udce9"
    assert machine.is_file(path)
    assert machine.read_text(path) == "x"
    assert machine.real_path(path) == path


# --- volumes -----------------------------------------------------------------------------------------------------


def test_the_volume_of_what_does_not_exist_yet(machine: Live, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    existing = machine.disk(here(machine, tmp_path))
    assert isinstance(existing, Disk)
    assert existing.total_bytes >= existing.free_bytes > 0
    for name in ("new/one/two", "file"):
        other = machine.disk(here(machine, tmp_path) / name)
        assert isinstance(other, Disk)
        assert other.total_bytes == existing.total_bytes


def test_mounted_file_systems() -> None:
    table = (
        "C:\\134 /mnt/c 9p rw,noatime,aname=drvfs;path=C:\\;uid=1000 0 0\n"
        "//server/share /mnt/my\\040files\\134here cifs rw 0 0\n"
        "garbage\n"
    )
    assert mounts_of(table) == (
        Mount(PurePosixPath("/mnt/c"), "9p", ("rw", "noatime", "aname=drvfs;path=C:\\;uid=1000")),
        Mount(PurePosixPath("/mnt/my files\\here"), "cifs", ("rw",)),
    )


@linux_only
def test_the_root_is_mounted_or_proc_is(machine: Live) -> None:
    points = {str(mount.point): mount.filesystem for mount in machine.mounts()}
    assert points["/proc"] == "proc"


def test_a_closed_machine_tells_nothing_more(tmp_path: Path) -> None:
    machine = Live()
    machine.close()
    path = here(machine, tmp_path)
    closed = Failure(FailureKind.OTHER, "closed")
    assert (machine.read(path), machine.stat(path), machine.list(path), machine.real_path(path)) == (closed,) * 4


ASKED: list[Callable[[Machine, PurePath], object]] = [
    lambda live, place: live.read(place / "file"),
    lambda live, place: live.list(place),
    lambda live, place: live.mounts() if live.system.is_linux else live.read(place / "file"),
    lambda live, place: live.run([live.process_python(), "-c", "pass"]),
    lambda live, place: live.connect("127.0.0.1", 9),
    lambda live, place: live.bind("127.0.0.1", 0),
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize("ask", ASKED, ids=["read", "list", "mounts", "run", "connect", "bind"])
def test_what_cannot_be_asked_for_want_of_open_files_is_no_answer(
    ask: Callable[[Machine, PurePath], object], tmp_path: Path
) -> None:
    if sys.platform == "win32":  # for the type checker, which knows Windows' own library
        return
    import resource

    (tmp_path / "file").touch()
    live = Live()
    place = live.path(str(tmp_path))
    answers = [ask(live, place)]  # it works, and has imported what it needs
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(Unavailable) as caught:
            answers.append(ask(live, place))
        assert Live().system.kind == live.system.kind
        assert isinstance(live.stat(place), Stat)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        live.close()
    assert len(answers) == 1
    assert "open files" in str(caught.value.reason)
