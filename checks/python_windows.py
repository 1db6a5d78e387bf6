"""Where Windows keeps interpreters: the registry, Python's install manager, the Microsoft Store.

Neither `py` nor a bare `python` of the install manager is ever started: both may install a Python on their own.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, Optional, Union

from checks.interpreters import Mute
from checks.python_question import Candidate
from doctor.machine import Folder, Key, Machine, Stat

ALIAS_TAG = 0x8000001B
"""IO_REPARSE_TAG_APPEXECLINK: an app execution alias."""
MOST_REGISTERED = 60


def hit(machine: Machine, path: PurePath, stat: Stat, name: str) -> Union[Candidate, Mute]:
    """What a program of Python's name on PATH is, without starting anything that might install."""
    if path.suffix.lower() not in (".exe", ".com"):
        return Mute(path, "shim-unknown", names=(name,))  # a batch file: whatever it does, it is not started
    target = _alias_target(machine, path)
    if target is not None:
        return Candidate(target, "install manager", (name,), _version(target))
    if stat.reparse_tag != ALIAS_TAG and not (stat.size_bytes == 0 and path.parent.name.lower() == "windowsapps"):
        return Candidate(path, "PATH", (name,))
    names = [each.lower() for each in machine.names_in(path.parent)]
    if "pymanager.exe" in names or any(each.startswith("pythonsoftwarefoundation.pythonmanager") for each in names):
        if any(each.startswith("pythonsoftwarefoundation.python.3") for each in names):
            return Mute(path, "manager", names=(name,))
        return _default_of_manager(machine, name) or Mute(path, "manager", names=(name,))
    return Candidate(path, "Microsoft Store", (name,), is_store_alias=True)


def installed(machine: Machine) -> Iterator[Union[Candidate, Mute]]:
    """Every interpreter that Windows, its Store and Python's install manager know of."""
    yield from _registered(machine)
    yield from _managed(machine)
    yield from _from_store(machine)


def _alias_target(machine: Machine, path: PurePath) -> Optional[PurePath]:
    """The install manager writes beside each of its aliases what it starts."""
    text = machine.read_text(path.with_name(path.name + ".__target__"), 4096)
    if not text or "\0" in text:
        return None
    target = path.parent / machine.path(text.strip().splitlines()[0]) if text.strip() else path
    return target if machine.is_file(target) else None


def _default_of_manager(machine: Machine, name: str) -> Optional[Candidate]:
    """The install manager's `python` starts the newest release that it has installed."""
    managed = sorted(_managed(machine), key=lambda each: (each.version, each.bits))
    return managed[-1]._replace(names=(name,)) if managed else None


def _managed(machine: Machine) -> Iterator[Candidate]:
    folder = machine.user_folder(Folder.LOCAL) / "Python"
    for name in machine.names_in(folder):
        built = re.fullmatch(r"pythoncore-([0-9]+)\.([0-9]+)(-dev)?(?:-(32|64|arm64))?", name, re.IGNORECASE)
        if built and not built[3] and machine.is_file(folder / name / "python.exe"):
            yield Candidate(
                folder / name / "python.exe",
                "install manager",
                version=(int(built[1]), int(built[2])),
                bits=32 if built[4] == "32" else 64,
            )


def _from_store(machine: Machine) -> Iterator[Candidate]:
    folder = machine.user_folder(Folder.LOCAL) / "Microsoft" / "WindowsApps"
    for name in machine.names_in(folder):
        package = re.match(r"PythonSoftwareFoundation\.Python\.([0-9]+)\.([0-9]+)_", name, re.IGNORECASE)
        if package:
            yield Candidate(
                folder / name / "python.exe",
                "Microsoft Store",
                version=(int(package[1]), int(package[2])),
                is_store_alias=True,
            )


def _registered(machine: Machine) -> Iterator[Union[Candidate, Mute]]:
    """PEP 514: HKCU and both views of HKLM, every company but the py launcher."""
    count = 0
    for hive, view in (("HKCU", 64), ("HKLM", 64), ("HKLM", 32)):
        for company in _subkeys(machine, hive, "Software\\Python", view):
            if company.lower() == "pylauncher":
                continue
            for tag in _subkeys(machine, hive, f"Software\\Python\\{company}", view):
                count += 1
                entry = _entry(machine, hive, f"Software\\Python\\{company}\\{tag}", view)
                if entry is not None:
                    yield entry
                if count >= MOST_REGISTERED:
                    return


def _subkeys(machine: Machine, hive: str, path: str, view: int) -> tuple[str, ...]:
    key = machine.registry(hive, path, view)
    return key.subkeys if isinstance(key, Key) else ()


def _entry(machine: Machine, hive: str, path: str, view: int) -> Optional[Union[Candidate, Mute]]:
    place = machine.registry(hive, path + "\\InstallPath", view)
    about = machine.registry(hive, path, view)
    if not isinstance(place, Key):
        return None
    executable, folder = place.text("ExecutablePath"), place.text("")
    text = executable or (folder.rstrip("\\") + "\\python.exe" if folder else "")
    program = machine.path(text) if text and "\0" not in text else None
    if program is None or not program.is_absolute():
        return None
    if not machine.is_file(program):
        return Mute(program, "stale", detail=path.rpartition("Software\\Python\\")[2])
    known = about if isinstance(about, Key) else Key({})
    is_32 = known.text("SysArchitecture") == "32bit" or (not known.text("SysArchitecture") and view == 32)
    tag = path.rpartition("\\")[2]
    return Candidate(
        program,
        "registry",
        version=next((v for v in map(_numbers, (known.text("Version"), known.text("SysVersion"), tag)) if v), ()),
        bits=32 if is_32 or tag.endswith("-32") else 64,
        is_free_threaded=bool(re.fullmatch(r"[0-9]+\.[0-9]+t(-.*)?", tag)),
    )


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"([0-9]{1,3})\.([0-9]{1,3})(?:\.([0-9]{1,3}))?", text)
    return tuple(int(number) for number in found.groups() if number is not None) if found else ()


def _version(target: PurePath) -> tuple[int, ...]:
    return _numbers(target.parent.name.lower().replace("pythoncore-", ""))
