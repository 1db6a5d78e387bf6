"""What only Windows has: the registry, file versions, its own ways to tell what the machine is.

Every function answers on every system, elsewhere with `UNSUPPORTED`, so that the rest needs no guards.
"""

from __future__ import annotations

import os
import sys
from pathlib import PurePath
from typing import Union

from doctor.machine import Failure, FailureKind, Key, System
from doctor.machine.errors import failure

UNSUPPORTED = Failure(FailureKind.UNSUPPORTED)
MOST_ENTRIES = 10_000
_FIRST_WINDOWS_11 = 22000
_SERVERS = ((26100, "2025"), (20348, "2022"), (17763, "2019"), (14393, "2016"))
_MACHINES = {0x014C: "x86", 0x8664: "x86_64", 0xAA64: "arm64"}
"""IMAGE_FILE_MACHINE_*."""

Value = Union[str, int, bytes, tuple[str, ...]]


def system() -> System:
    """This Windows. platform.uname() would ask WMI, which takes long and can hang."""
    if sys.platform != "win32":
        return System("", "", "", "")
    version = sys.getwindowsversion()
    process = _process_architecture()
    return System(
        kind="windows",
        name=name_of(version.major, version.build, is_server=version.product_type != 1),
        release=f"{version.major}.{version.minor}.{version.build}",
        architecture=_native_architecture() or process,
        process_architecture=process,
        is_elevated=_is_elevated(),
    )


def name_of(major: int, build: int, is_server: bool) -> str:
    """What a person calls it: Windows 11 still counts as version 10, and a server's year stands in its build only."""
    if is_server:
        year = next((year for first, year in _SERVERS if build >= first), "")
        return f"Windows Server {year}".strip()
    return f"Windows {11 if build >= _FIRST_WINDOWS_11 else major}"


def _process_architecture() -> str:
    """As sysconfig.get_platform() tells it, without importing that."""
    built_for = sys.version.lower()
    return "arm64" if "(arm64)" in built_for else "x86_64" if "amd64" in built_for else "x86"


def _native_architecture() -> str:
    """The processor's, whatever this process is translated to; "" when Windows is too old to tell."""
    if sys.platform != "win32":
        return ""
    import ctypes
    from ctypes import wintypes

    process, native = wintypes.USHORT(), wintypes.USHORT()
    try:
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        ask = kernel.IsWow64Process2
        ask.argtypes = (wintypes.HANDLE, ctypes.c_void_p, ctypes.c_void_p)
        if ask(kernel.GetCurrentProcess(), ctypes.byref(process), ctypes.byref(native)) and native.value in _MACHINES:
            return _MACHINES[native.value]
    except (OSError, AttributeError):  # before Windows 10 1709
        pass
    name = os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get("PROCESSOR_ARCHITECTURE") or ""
    return {"AMD64": "x86_64", "ARM64": "arm64", "x86": "x86"}.get(name, "")


def _is_elevated() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    try:
        return bool(ctypes.WinDLL("shell32").IsUserAnAdmin())
    except (OSError, AttributeError):
        return False


def show_no_message_boxes() -> None:
    """From now on a missing DLL, a crash or an empty drive gives an error, here and in every program that is started,
    and not a window that waits for somebody to press OK
    (https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-seterrormode).
    """
    if sys.platform == "win32":
        import ctypes

        critical_errors, crashes, missing_files = 0x1, 0x2, 0x8000
        ctypes.WinDLL("kernel32").SetErrorMode(critical_errors | crashes | missing_files)


def registry(hive: str, path: str, view: int) -> Union[Key, Failure]:
    """A key of the 64-bit or the 32-bit view, whichever this process is."""
    if sys.platform != "win32":
        return UNSUPPORTED
    import winreg

    roots = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
    access = winreg.KEY_READ | (winreg.KEY_WOW64_32KEY if view == 32 else winreg.KEY_WOW64_64KEY)
    try:
        with winreg.OpenKey(roots[hive], path, 0, access) as key:
            subkeys, values, _ = winreg.QueryInfoKey(key)
            entries = [winreg.EnumValue(key, place) for place in range(min(values, MOST_ENTRIES))]
            names = [winreg.EnumKey(key, place) for place in range(min(subkeys, MOST_ENTRIES))]
    except (OSError, ValueError) as problem:
        return failure(problem)
    return Key({name: _value(data) for name, data, _ in entries}, tuple(names))


def _value(data: object) -> Value:
    if isinstance(data, (str, int, bytes)):
        return data
    return tuple(str(each) for each in data) if isinstance(data, list) else b""


def file_version(path: PurePath) -> Union[str, Failure]:
    """The version in the fixed part of a file's version resource."""
    if sys.platform != "win32":
        return UNSUPPORTED
    import ctypes
    import struct
    from ctypes import wintypes

    library = ctypes.WinDLL("version", use_last_error=True)
    name = os.fspath(path)
    size = library.GetFileVersionInfoSizeW(wintypes.LPCWSTR(name), None)
    if not size:
        return _last_failure(ctypes.get_last_error())
    block = ctypes.create_string_buffer(size)
    if not library.GetFileVersionInfoW(wintypes.LPCWSTR(name), 0, size, block):
        return _last_failure(ctypes.get_last_error())
    start, length = ctypes.c_void_p(), wintypes.UINT()
    if not library.VerQueryValueW(block, wintypes.LPCWSTR("\\"), ctypes.byref(start), ctypes.byref(length)):
        return Failure(FailureKind.OTHER, "version")
    if not start.value or length.value < 16:
        return Failure(FailureKind.OTHER, "version")
    high, low = struct.unpack_from("<II", ctypes.string_at(start.value, 16), 8)
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"


def _last_failure(number: int) -> Failure:
    if sys.platform != "win32":
        return UNSUPPORTED
    import ctypes

    return failure(ctypes.WinError(number))
