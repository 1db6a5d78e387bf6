"""The Visual C++ runtime, which many packages on Windows are linked to, and which Python does not bring along.

AutoGPT's guide names it only beside Azure, yet without it importing AutoGPT's packages fails for everyone on Windows.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.interpreters import Interpreter, Launching
from checks.meanings import MSVC_REDISTRIBUTABLE
from doctor import (
    Failure,
    FailureKind,
    Finding,
    Link,
    Machine,
    NotHere,
    Remedy,
    Stage,
    System,
    check,
    fact,
    found,
    ok,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Key

# --- facts --------------------------------------------------------------------------------------------------------


class Runtime(NamedTuple):
    """The Visual C++ v14 runtime that AutoGPT's Python would load; all empty on other systems."""

    type: str = ""
    """"x64", "x86" or "arm64": that of the interpreter, not of the computer."""
    version: str = ""
    """Of the msvcp140.dll that would be loaded ("14.40.33810.0"), "" when it is missing or does not tell."""
    library: Optional[PurePath] = None
    """That msvcp140.dll."""
    missing: tuple[str, ...] = ()
    """Libraries that are neither in the system's folder nor beside python.exe."""
    registered: str = ""
    """The version that the registry says is installed; asked only when something is missing."""
    folder: Optional[PurePath] = None
    """The system's folder for this type."""


LIBRARIES = {
    "x64": ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"),
    "arm64": ("vcruntime140.dll", "msvcp140.dll"),
    "x86": ("vcruntime140.dll", "msvcp140.dll"),
}
TYPES = {"x86_64": "x64", "arm64": "arm64", "x86": "x86"}
RUNTIMES = "Microsoft\\VisualStudio\\14.0\\VC\\Runtimes"
SERVICING = "SOFTWARE\\Microsoft\\DevDiv\\vc\\Servicing\\14.0\\RuntimeMinimum"
GOOD_VERSION = (14, 40)
"""Wheels built since 2024 may fail on an older one: https://github.com/onnx/onnx/issues/6267"""


@fact
def runtime(machine: Machine, launching: Optional[Launching]) -> Runtime:
    """The files are the truth; registry entries vanish and stay behind. A copy beside python.exe is loaded first."""
    if not machine.system.is_windows:
        return Runtime()
    python = launching.likely if launching else None
    kind = _type(machine, python)
    folder = _system_folder(machine, kind)
    own = [machine.path(python.base_prefix) if python.base_prefix else python.path.parent] if python else []
    answers = {name: _library(machine, name, [*own, folder]) for name in LIBRARIES[kind]}
    missing = tuple(name for name, (_, answer) in answers.items() if _is_absent(answer))
    library, version = answers["msvcp140.dll"]
    return Runtime(
        type=kind,
        version=version if isinstance(version, str) else "",
        library=library,
        missing=missing,
        registered=_registered(machine, kind) if missing or not isinstance(version, str) else "",
        folder=folder,
    )


def _type(machine: Machine, python: Optional[Interpreter]) -> str:
    if python is not None and python.bits == 32:
        return "x86"
    architecture = python.architecture if python and python.architecture else machine.system.architecture
    return TYPES.get(architecture, "x64")


def _system_folder(machine: Machine, kind: str) -> PurePath:
    """Where Windows keeps libraries of that type. A 32-bit process sees the real System32 under another name."""
    windows = machine.folder_of("SystemRoot") or machine.path("C:\\Windows")
    if machine.system.architecture == "x86":
        return windows / "System32"
    if kind == "x86":
        return windows / "SysWOW64"
    return windows / ("Sysnative" if machine.system.process_architecture == "x86" else "System32")


def _library(machine: Machine, name: str, places: list[PurePath]) -> tuple[Optional[PurePath], object]:
    """The library as Windows finds it: its path and version (a text) or why there is none (a Failure)."""
    answer: object = Failure(FailureKind.ABSENT)
    for place in places:
        answer = machine.file_version(place / name)
        if not _is_absent(answer):
            return place / name, answer
    return None, answer


def _is_absent(answer: object) -> bool:
    return isinstance(answer, Failure) and answer.kind is FailureKind.ABSENT


def _registered(machine: Machine, kind: str) -> str:
    """The version that any of the registry's places names. Some machines have one view only, some just the last."""
    for view, path in (
        (64, f"SOFTWARE\\{RUNTIMES}"),
        (32, f"SOFTWARE\\{RUNTIMES}"),
        (64, f"SOFTWARE\\Wow6432Node\\{RUNTIMES}"),
    ):
        key = machine.registry("HKLM", f"{path}\\{kind}", view)
        if isinstance(key, Key) and key.number("Installed") != 0 and key.text("Version"):
            return key.text("Version").lstrip("vV")
    key = machine.registry("HKLM", SERVICING, 32 if kind == "x86" else 64)
    return key.text("Version") if isinstance(key, Key) and key.number("Install") == 1 else ""


# --- checks -------------------------------------------------------------------------------------------------------


@check(
    "msvc.redistributable",
    title="Visual C++ runtime",
    stage=Stage.ENVIRONMENT,
    codes=MSVC_REDISTRIBUTABLE,
)
def msvc_redistributable(system: System, runtime: Runtime) -> Iterator[Finding]:
    """On Windows, many of AutoGPT's packages are linked to Microsoft's Visual C++ runtime, which Python does not bring.

    Without it, importing them ends with "DLL load failed". AutoGPT's guide names it only for Azure, but everyone on
    Windows needs it. The libraries themselves are looked at, in the folder of Windows and beside python.exe, and for
    the type of Python that is used: a 32-bit Python needs the 32-bit ones. When a library is missing, the registry is
    asked whether the runtime is installed all the same. Below version 14.40 newer packages may fail.
    """
    if not system.is_windows:
        raise NotHere
    if not runtime.type:
        return
    if runtime.missing:
        yield _damaged(runtime) if runtime.registered else _missing(runtime)
        return
    version = runtime.version or runtime.registered
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal() and len(part) < 9)
    if len(numbers) == 2 and numbers < GOOD_VERSION:
        yield warning(
            "msvc.redistributable-old",
            say("The Visual C++ runtime is old ({version})", version=version),
            detail="Packages that were built with a newer one may crash, or fail with DLL load failed.",
            evidence=found(
                say("version {version}", version=version),
                wanted="14.40 or newer",
                where=say("{library}", library=runtime.library) if runtime.library else None,
            ),
            remedy=_update(runtime),
        )
    elif len(numbers) == 2:
        yield ok(
            "msvc.redistributable", say("Visual C++ runtime {version} ({type})", version=version, type=runtime.type)
        )


def _update(runtime: Runtime) -> Remedy:
    if runtime.library is not None and runtime.library.parent != runtime.folder:
        text = "This copy came with the Python beside it, which loads it first. Update it there."
        command = run("conda update vs2015_runtime", shell="powershell", note="for conda")
        return remedy(text, command, links=[REDISTRIBUTABLE])
    return remedy("Install the current one over it.", links=_downloads(runtime.type))


def _missing(runtime: Runtime) -> Finding:
    return problem(
        "msvc.redistributable-missing",
        "The Visual C++ runtime is not installed",
        detail="Packages that AutoGPT imports end with DLL load failed.",
        evidence=found(
            say("no {names}", names=list(runtime.missing)),
            wanted=say("the Visual C++ v14 Redistributable ({type})", type=runtime.type),
            where=say("{folder}", folder=runtime.folder) if runtime.folder else None,
        ),
        remedy=remedy("Download and install it.", links=_downloads(runtime.type)),
        explained_by=("python.32-bit",) if runtime.type == "x86" else (),
    )


def _damaged(runtime: Runtime) -> Finding:
    return warning(
        "msvc.redistributable-damaged",
        "The Visual C++ runtime is installed, but a part of it is missing",
        evidence=found(
            say("no {names}", names=list(runtime.missing)),
            wanted=say("what the registry says is installed: version {version}", version=runtime.registered),
            where=say("{folder}", folder=runtime.folder) if runtime.folder else None,
        ),
        remedy=remedy("Install it again, with Repair if it asks.", links=_downloads(runtime.type)),
        is_certain=False,
    )


def _downloads(kind: str) -> list[Link]:
    return [Link(f"Visual C++ Redistributable, {kind}", f"https://aka.ms/vc14/vc_redist.{kind}.exe"), REDISTRIBUTABLE]


# --- links --------------------------------------------------------------------------------------------------------

REDISTRIBUTABLE = Link(
    "Microsoft's page of the Visual C++ Redistributable",
    "https://learn.microsoft.com/en-us/cpp/windows/latest-supported-vc-redist?view=msvc-170",
)
