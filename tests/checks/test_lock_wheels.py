"""Which Python is judged, and which one is offered in its place: with the lock files of AutoGPT itself."""

from __future__ import annotations

import os
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Optional

import pytest

from checks.autogpt.layouts import LAYOUTS
from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.interpreters import Interpreter, Interpreters, Launching
from checks.lock import WheelGaps, wheel_gaps
from checks.lock_file import LockFile, read_lock
from checks.lock_wheels import Compiler, lock_wheels
from checks.manifest import Manifest, loads
from checks.python_remedies import Installers
from checks.virtual_environment import Environment
from doctor import Unavailable
from doctor.findings import Finding, Status
from doctor.machine.recorded import Recorded, parse
from doctor.shells import draw
from doctor.words import render

SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared") / "autogpt"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="AutoGPT's own lock files are not in ../shared/autogpt")

NO_COMPILER = Compiler()
WINDOWS = ("windows", "Windows 11", "")
PROJECT = PurePosixPath("/home/user/AutoGPT/classic/original_autogpt")
CHECKOUT = Checkout(PROJECT.parent.parent, LAYOUTS["L4"], PROJECT, PROJECT, PROJECT)


def machine(kind: str = "linux", name: str = "Ubuntu 24.04", libc: str = "glibc 2.39") -> Recorded:
    architecture = "arm64" if kind == "darwin" else "x86_64"
    system = {"kind": kind, "name": name, "release": "1", "architecture": architecture, "libc": libc}
    return parse({"complete": True, "system": system})


def python(version: str, path: str = "", **more: Any) -> Interpreter:
    numbers = tuple(int(n) for n in version.split("."))
    place: PurePath = PureWindowsPath(path) if "\\" in path else PurePosixPath(path or f"/usr/bin/python3.{numbers[1]}")
    return Interpreter(place, (numbers[0], numbers[1], numbers[2]), "PATH", **{"architecture": "x86_64", **more})


def own(version: str) -> tuple[LockFile, Manifest]:
    prefix = "classic-root_" if version == "classic-2026" else ""
    table = loads((SHARED / version / f"{prefix}pyproject.toml").read_text(encoding="utf-8"))
    lock = read_lock(PROJECT / "poetry.lock", (SHARED / version / f"{prefix}poetry.lock").read_text("utf-8"), table)
    return lock, Manifest(PROJECT / "pyproject.toml", table, table["tool"]["poetry"]["dependencies"]["python"])


def gaps(
    version: str,
    taken: Interpreter,
    *others: Interpreter,
    on: Optional[Recorded] = None,
    environment: Optional[Environment] = None,
) -> WheelGaps:
    lock, manifest = own(version)
    return wheel_gaps(
        on or machine(),
        CHECKOUT,
        lock,
        manifest,
        Launching(taken, taken),
        Interpreters((taken, *others)),
        ProjectEnvironments(environment),
        None,
    )


def judged(
    found: WheelGaps, *others: Interpreter, kind: str = "linux", compiler: Compiler = NO_COMPILER
) -> list[Finding]:
    installers = Installers(kind, tools=("uv",))
    return list(lock_wheels(CHECKOUT, found, Interpreters((found.interpreter, *others)), installers, compiler))


def first_line(finding: Finding) -> str:
    return draw(finding.remedy.commands[0])


def test_a_python_that_all_packages_exist_for_says_nothing() -> None:
    found = gaps("classic-2024", python("3.11.7"))
    assert (found.impossible, found.compiled, found.fitting) == ((), (), ())
    assert len(found.pure) == 3
    assert judged(found) == []


def test_what_is_offered_needs_no_compiler_and_is_the_newest() -> None:
    found = gaps("classic-2024", python("3.13.1"))
    assert found.ready == ("3.11", "3.10")
    assert found.fitting == ("3.11", "3.10", "3.12")
    assert [each.name for each in found.impossible] == ["onnxruntime", "pulsar-client"]
    assert gaps("classic-2026", python("3.14.0")).fitting == ("3.13", "3.12")
    assert gaps("v0.5.0", python("3.12.0")).fitting == ("3.11", "3.10")


def test_the_best_of_the_pythons_that_are_there() -> None:
    found = gaps("classic-2024", python("3.13.1"))
    [with_all] = judged(found, python("3.12.3"), python("3.10.12"), python("3.11.7"))
    assert first_line(with_all).endswith("env use /usr/bin/python3.11")
    [only_newer] = judged(found, python("3.12.3"), python("3.14.0"))
    assert first_line(only_newer).endswith("env use /usr/bin/python3.12")
    [none] = judged(found, python("3.11.7", is_free_threaded=True), python("3.11.7", bits=32, architecture="x86"))
    assert first_line(none) == "uv python install 3.11"


def test_the_heading_names_the_python_and_the_packages() -> None:
    [finding] = judged(gaps("classic-2024", python("3.13.1")))
    assert render(finding.text) == "Python 3.13 is too new for this AutoGPT"
    assert "onnxruntime 1.17.1, pulsar-client 3.4.0" in render(finding.detail) if finding.detail else False
    assert "Python 3.13.1 (/usr/bin/python3.13)" in render(finding.evidence[0].found)


@pytest.mark.parametrize(
    ("compiler", "status"),
    [
        (Compiler(), Status.WARNING),
        (Compiler(PurePosixPath("/usr/bin/c++"), has_headers=False), Status.WARNING),
        (Compiler(PurePosixPath("/usr/bin/c++")), Status.NOTE),
    ],
)
def test_compiling(compiler: Compiler, status: Status) -> None:
    found = gaps("classic-2024", python("3.12.3"))
    assert [each.name for each in found.compiled] == ["chroma-hnswlib", "google-crc32c"]
    [finding] = judged(found, compiler=compiler)
    assert (finding.code, finding.status) == ("lock.needs-compiler", status)


def test_on_windows_the_compiler_is_looked_for_elsewhere() -> None:
    windows = machine("windows", "Windows 11", "")
    found = gaps("classic-2024", python("3.12.3", "C:\\Python312\\python.exe", platform="win-amd64"), on=windows)
    assert [each.name for each in found.compiled] == ["chroma-hnswlib", "google-crc32c", "tokenizers"]
    assert judged(found, kind="windows") == []


@pytest.mark.parametrize(
    ("taken", "on", "impossible"),
    [
        (python("3.11.9", "C:\\P\\python.exe", bits=32, architecture="x86", platform="win32"), WINDOWS, 1),
        (python("3.12.9", "C:\\P\\python.exe", architecture="arm64", platform="win-arm64"), WINDOWS, 2),
        (python("3.11.9"), ("linux", "Alpine Linux v3.20", "musl 1.2"), 1),
        (python("3.11.9", architecture="aarch64"), ("linux", "Debian 12", "glibc 2.36"), 0),
        (python("3.11.9", architecture="arm64", platform="macosx-15-arm64"), ("darwin", "macOS 15.1", ""), 0),
        (python("3.11.9", platform="macosx-10.9-universal2"), ("darwin", "macOS 15.1", ""), 0),
        (python("3.11.9"), ("linux", "a Linux that does not tell", ""), 0),
        (python("3.11.9", platform="mingw_x86_64"), WINDOWS, 3),
    ],
    ids=lambda value: value if isinstance(value, int) else None,
)  # fmt: skip
def test_systems(taken: Interpreter, on: tuple[str, str, str], impossible: int) -> None:
    assert len(gaps("classic-2024", taken, on=machine(*on)).impossible) == impossible


def test_where_no_python_helps_another_system_is_named() -> None:
    on = machine("linux", "Alpine Linux v3.20", "musl 1.2")
    [finding] = judged(gaps("classic-2024", python("3.11.9"), on=on))
    assert finding.remedy.text is not None
    assert "Docker" in render(finding.remedy.text)
    assert finding.remedy.commands == ()


def environment(version: tuple[int, ...], **more: Any) -> Environment:
    place = PurePosixPath("/home/user/.cache/pypoetry/virtualenvs/agpt-x")
    return Environment(place, "cache", version, place / "bin" / "python", PurePosixPath("/usr/bin"), **more)


def test_the_environment_that_poetry_uses_is_judged_and_not_what_it_would_make() -> None:
    older = gaps("classic-2024", python("3.13.1"), environment=environment((3, 11, 7)))
    assert (older.interpreter.version, older.impossible) == ((3, 11, 7), ())
    newer = gaps("classic-2024", python("3.11.7"), environment=environment((3, 13, 1)))
    assert len(newer.impossible) == 2
    broken = gaps("classic-2024", python("3.11.7"), environment=environment((3, 13, 1), is_broken=True))
    assert broken.impossible == ()


def test_what_is_installed_already_is_not_missed() -> None:
    has = {"onnxruntime": "1.17.1", "pulsar-client": "3.4.0"}
    assert gaps("classic-2024", python("3.13.1"), environment=environment((3, 13, 1), packages=has)).impossible == ()
    has["onnxruntime"] = "1.20.0"
    found = gaps("classic-2024", python("3.13.1"), environment=environment((3, 13, 1), packages=has))
    assert [each.name for each in found.impossible] == ["onnxruntime"]


@pytest.mark.parametrize(
    ("version", "taken", "cause"),
    [
        ("classic-2026", python("3.11.7"), "python.too-old"),
        ("classic-2024", python("3.11.7", implementation="pypy"), "python.pypy"),
    ],
)
def test_what_cannot_be_judged_says_why(version: str, taken: Interpreter, cause: str) -> None:
    with pytest.raises(Unavailable) as why:
        gaps(version, taken)
    assert why.value.cause == cause
