"""What kind of machine this is, and whose: read from files and the kernel, without starting a program."""

from __future__ import annotations

import os
import re
import sys
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from doctor.machine import Listing, System, Unavailable, files

_ARCHITECTURES = {
    "amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64", "i386": "x86", "i486": "x86", "i586": "x86", "i686": "x86",
}  # fmt: skip
_NARROW = {"x86_64": "x86", "arm64": "arm"}
"""What a 32-bit process runs as on a 64-bit processor."""


def this_system() -> System:
    """The system that this process runs on."""
    if sys.platform == "win32":
        from doctor.machine import windows

        return windows.system()
    name = os.uname()
    architecture = _architecture(name.machine)
    narrow = _NARROW.get(architecture, architecture)
    process = architecture if sys.maxsize > 2**32 else narrow
    if sys.platform == "darwin":
        is_translated = _sysctl("sysctl.proc_translated") == b"\1\0\0\0"
        return System(
            kind="darwin",
            name=f"macOS {_mac_version()}",
            release=name.release,
            architecture="arm64" if is_translated else architecture,
            process_architecture=process,
            is_elevated=os.geteuid() == 0,
        )
    release = _os_release()
    return System(
        kind="linux" if sys.platform.startswith("linux") else sys.platform,
        name=release.get("PRETTY_NAME") or release.get("NAME") or name.sysname,
        release=name.release,
        architecture=architecture,
        process_architecture=process,
        libc=_libc(),
        distribution=release.get("ID", "").lower(),
        is_elevated=os.geteuid() == 0,
    )


def home() -> PurePath:
    """The user's home folder, the root folder when none is known."""
    path = _flavour()(os.path.expanduser("~"))
    return path if path.is_absolute() else _flavour()(os.path.abspath(os.sep))


def temporary() -> PurePath:
    """The folder for temporary files, as tempfile finds it but without trying it out."""
    for variable in ("TMPDIR", "TEMP", "TMP"):
        path = _flavour()(os.environ.get(variable) or "")
        if path.is_absolute():
            return path
    if sys.platform == "win32":
        return PureWindowsPath(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "Temp"
    return PurePosixPath("/tmp")


def user() -> str:
    """The login name, "" when the system knows none."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(variable):
            return os.environ[variable]
    if sys.platform != "win32":
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            pass
    return ""


def host() -> str:
    """The machine's name without its domain: prompts and messages have it with and without."""
    if sys.platform == "win32":
        name = os.environ.get("COMPUTERNAME", "")
    else:
        name = os.uname().nodename
    first = name.partition(".")[0]
    return name if first.isdigit() else first


def _flavour() -> type[PurePath]:
    return PureWindowsPath if sys.platform == "win32" else PurePosixPath


def _architecture(name: str) -> str:
    return _ARCHITECTURES.get(name.lower(), name)


def _os_release() -> dict[str, str]:
    """The fields of os-release (https://www.freedesktop.org/software/systemd/man/os-release.html).

    `distro` reads it too, and the files of systems from before it; importing it takes as long as ten other facts,
    so it is asked only where os-release is missing.
    """
    try:
        text = files.text("/etc/os-release") or files.text("/usr/lib/os-release")
    except Unavailable:  # the system has nothing left to read it with
        return {}
    if text:
        return fields_of(text)
    import distro

    old = distro.LinuxDistribution(include_lsb=False, include_uname=False)
    return {"ID": old.id(), "PRETTY_NAME": old.name(pretty=True)}


def fields_of(text: str) -> dict[str, str]:
    """Lines of the form NAME="value", quoted as for a shell."""
    fields = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            fields[name] = _unquote(value)
    return fields


def _unquote(value: str) -> str:
    import shlex

    try:
        return " ".join(shlex.split(value))
    except ValueError:  # a quote that never ends
        return value.strip("\"'")


def _libc() -> str:
    """ "glibc 2.36" or "musl 1.2": which C library this process uses."""
    try:
        known = os.confstr("CS_GNU_LIBC_VERSION") if hasattr(os, "confstr") else None
    except (ValueError, OSError):  # musl has no such name
        known = None
    return known or _musl()


def _musl() -> str:
    """musl tells its version only when it is run as a program, but the text stands in its file."""
    listing = files.names(PurePosixPath("/lib"))
    names = listing.names if isinstance(listing, Listing) else ()
    for name in names:
        if name.startswith("ld-musl-"):
            found = re.search(r"\0(1\.\d+)\.\d+(?:-git[^\0]*)?\0", files.text(f"/lib/{name}", 4 * 1024 * 1024))
            return f"musl {found[1]}" if found else "musl"
    return ""


def _mac_version() -> str:
    """ "15.1": from the kernel, because the file that platform reads says 10.16 to a Python built for old systems."""
    known = _sysctl("kern.osproductversion").rstrip(b"\0").decode("ascii", "replace")
    if known:
        return known
    import platform

    return platform.mac_ver()[0]


def _sysctl(name: str) -> bytes:
    """A value of the macOS kernel, empty when it knows no such name."""
    import ctypes

    buffer = ctypes.create_string_buffer(256)
    size = ctypes.c_size_t(len(buffer))
    try:
        sysctl = ctypes.CDLL(None).sysctlbyname
    except (OSError, AttributeError):
        return b""
    failed = sysctl(name.encode(), buffer, ctypes.byref(size), None, ctypes.c_size_t(0))
    return b"" if failed else buffer.raw[: size.value]


def groups() -> tuple[str, ...]:
    """The names of this process's POSIX groups; of a number without a name, nothing.

    The file comes first, because the system's own look-up may ask a directory server.
    """
    if sys.platform == "win32":
        return ()
    numbers = dict.fromkeys((os.getegid(), *os.getgroups()))
    names = _groups_of_file()
    found = (names.get(number) or _group_of_system(number) for number in numbers)
    return tuple(sorted({name for name in found if name}))


def _groups_of_file() -> dict[int, str]:
    names: dict[int, str] = {}
    for line in files.text("/etc/group").split("\n"):
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isdigit():
            names.setdefault(int(fields[2]), fields[0])
    return names


def _group_of_system(number: int) -> str:
    if sys.platform == "win32":
        return ""
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except (KeyError, OSError):
        return ""
