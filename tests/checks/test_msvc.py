"""The Visual C++ runtime for the Python that is used, and the compiler as setuptools finds it."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import Any, Optional

import pytest

from checks.checkout import checkout, search
from checks.interpreters import Interpreter, Interpreters, Launching
from checks.lock import Locked, WheelGaps
from checks.msvc import LIBRARIES, RUNTIMES, SERVICING, Runtime, msvc_redistributable, runtime
from checks.msvc_tools import BuildTools, build_tools, msvc_build_tools
from checks.python_remedies import Installers
from doctor import System
from doctor.about import Options
from doctor.findings import Finding
from doctor.machine.recorded import Recorded
from doctor.shells import draw
from doctor.words import Place
from tests import patients

SYSTEM = {"kind": "windows", "name": "Windows 11", "release": "10.0.22631", "architecture": "x86_64"}
GOOD = "14.44.35211.0"


WINDOWS_11 = System("windows", "Windows 11", "10.0.22631", "x86_64")


def machine(files: Any, system: Optional[dict[str, Any]] = None, **state: Any) -> Recorded:
    environment = {"SystemRoot": "C:\\Windows", "ProgramFiles(x86)": "C:\\Program Files (x86)"}
    return Recorded(
        {
            "complete": True,
            "system": {**SYSTEM, **(system or {})},
            "files": files,
            **state,
            "environment": {**environment, **state.get("environment", {})},
        }
    )


def libraries(folder: str, kind: str = "x64", version: str = GOOD) -> dict[str, Any]:
    return {f"{folder}\\{name}": {"version": version} for name in LIBRARIES[kind]}


def python(bits: int = 64, architecture: str = "x86_64", home: str = "C:\\Python311") -> Launching:
    found = Interpreter(
        PureWindowsPath(home, "python.exe"), (3, 11, 9), "registry", bits=bits, architecture=architecture,
        prefix=home, base_prefix=home, platform={"arm64": "win-arm64"}.get(architecture, "win-amd64"),
    )  # fmt: skip
    return Launching(found, found)


def codes(seen: Runtime) -> list[str]:
    return [each.code for each in msvc_redistributable(WINDOWS_11, seen)]


def test_nothing_is_asked_on_other_systems() -> None:
    unrecorded = Recorded({"system": {**SYSTEM, "kind": "linux"}})
    assert codes(runtime(unrecorded, None)) == []
    assert build_tools(unrecorded, None) == BuildTools()


def test_a_32_bit_python_needs_the_32_bit_libraries() -> None:
    only_64 = machine(libraries("C:\\Windows\\System32"))
    assert codes(runtime(only_64, python())) == ["msvc.redistributable"]
    assert codes(runtime(only_64, python(32, "x86"))) == ["msvc.redistributable-missing"]
    both = machine({**libraries("C:\\Windows\\System32"), **libraries("C:\\Windows\\SysWOW64", "x86")})
    assert codes(runtime(both, python(32, "x86"))) == ["msvc.redistributable"]


def test_a_32_bit_doctor_looks_into_the_real_system32() -> None:
    seen = runtime(machine(libraries("C:\\Windows\\Sysnative"), {"process_architecture": "x86"}), python())
    assert codes(seen) == ["msvc.redistributable"]


def test_an_arm_python_does_without_the_library_that_arm_does_not_have() -> None:
    seen = runtime(machine(libraries("C:\\Windows\\System32", "arm64"), {"architecture": "arm64"}), python(64, "arm64"))
    assert (seen.type, codes(seen)) == ("arm64", ["msvc.redistributable"])
    emulated = runtime(machine(libraries("C:\\Windows\\System32"), {"architecture": "arm64"}), python())
    assert (emulated.type, codes(emulated)) == ("x64", ["msvc.redistributable"])


def test_conda_brings_its_own_which_is_loaded_first() -> None:
    conda = machine(libraries("C:\\Miniconda3"))
    assert codes(runtime(conda, python(home="C:\\Miniconda3"))) == ["msvc.redistributable"]
    old = machine({**libraries("C:\\Windows\\System32"), **libraries("C:\\Miniconda3", version="14.27.29016.0")})
    (finding,) = msvc_redistributable(WINDOWS_11, runtime(old, python(home="C:\\Miniconda3")))
    assert finding.code == "msvc.redistributable-old"
    assert "conda" in finding.remedy.commands[0].words.template


def test_python_org_brings_the_c_runtime_only() -> None:
    files = {f"C:\\Python311\\{name}": {"version": GOOD} for name in ("vcruntime140.dll", "vcruntime140_1.dll")}
    seen = runtime(machine(files), python())
    assert (seen.missing, codes(seen)) == (("msvcp140.dll",), ["msvc.redistributable-missing"])


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("14.40.33810.0", ["msvc.redistributable"]),
        ("14.39.33523.0", ["msvc.redistributable-old"]),
        ("14.0.24215.1", ["msvc.redistributable-old"]),
        ("15.0.0.0", ["msvc.redistributable"]),
        ("14.x.1", []),
        ("", []),
        ("²²", []),
    ],
)
def test_versions(version: str, code: list[str]) -> None:
    assert codes(runtime(machine(libraries("C:\\Windows\\System32", version=version)), None)) == code


@pytest.mark.parametrize(
    ("key", "values", "is_known"),
    [
        (f"32:HKLM\\SOFTWARE\\{RUNTIMES}\\X64", {"Installed": 1, "Version": "v14.38.33130.00"}, True),
        (f"64:HKLM\\SOFTWARE\\{RUNTIMES}\\X64", {"Installed": 1, "Version": "v14.38.33130.00"}, True),
        (f"64:HKLM\\SOFTWARE\\Wow6432Node\\{RUNTIMES}\\X64", {"Installed": 1, "Version": "v14.38.33130.00"}, True),
        (f"64:HKLM\\SOFTWARE\\{RUNTIMES}\\X64", {"Installed": 0, "Version": "v14.38.33130.00"}, False),
        (f"64:HKLM\\SOFTWARE\\{RUNTIMES}\\X86", {"Installed": 1, "Version": "v14.38.33130.00"}, False),
        (f"HKLM\\{SERVICING}", {"Install": 1, "Version": "14.51"}, True),
        (f"HKLM\\{SERVICING}", {"Install": 0, "Version": "14.51"}, False),
    ],
)
def test_a_registry_that_contradicts_turns_a_problem_into_a_warning(key: str, values: Any, is_known: bool) -> None:
    seen = runtime(machine({}, registry={key: values}), None)
    assert codes(seen) == ["msvc.redistributable-damaged" if is_known else "msvc.redistributable-missing"]


# --- the compiler -------------------------------------------------------------------------------------------------

VSWHERE = "C:\\Program Files (x86)\\Microsoft Visual Studio\\Installer\\vswhere.exe"
STUDIO = "C:\\Program Files (x86)\\Microsoft Visual Studio\\2022\\BuildTools"


def asked(component: str = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64") -> str:
    return f"-latest -prerelease -requires {component} -property installationPath -products * -utf8"


EXPRESS = asked("Microsoft.VisualStudio.Workload.WDExpress")
FOLDER = {f"{STUDIO}\\VC\\Auxiliary\\Build": {"folder": True}}
VC7 = "32:HKLM\\SOFTWARE\\Microsoft\\VisualStudio\\SxS\\VC7"
VC14 = "C:\\VC14"
GAPS = (Locked("chroma-hnswlib", "0.7.3"), Locked("google-crc32c", "1.5.0"))


def compiler(gaps: tuple[Locked, ...] = GAPS, architecture: str = "x86_64", **state: Any) -> str:
    interpreter = python(architecture=architecture).by_poetry
    assert interpreter is not None
    recorded = machine(state.pop("files", {}), **state)
    return build_tools(recorded, WheelGaps(interpreter, compiled=gaps)).state


def test_a_compiler_is_not_looked_for_when_nothing_is_compiled() -> None:
    assert compiler(()) == ""
    assert compiler() == "missing"


def test_build_tools_are_found_as_setuptools_finds_them() -> None:
    assert compiler(files=FOLDER, programs={VSWHERE: {asked(): STUDIO + "\r\n"}}) == "found"
    assert compiler(files=FOLDER, programs={VSWHERE: {asked(): "", EXPRESS: STUDIO}}) == "found"
    arm = asked("Microsoft.VisualStudio.Component.VC.Tools.arm64")
    assert compiler(files=FOLDER, architecture="arm64", programs={VSWHERE: {arm: STUDIO}}) == "found"
    assert (
        compiler(files={f"{VC14}\\vcvarsall.bat": ""}, registry={VC7: {"14.0": VC14, "x": "y", "12.0": "z"}}) == "found"
    )


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ({}, "missing"),
        ({"programs": {VSWHERE: {asked(): "", EXPRESS: ""}}}, "missing"),
        ({"programs": {VSWHERE: {asked(): STUDIO, EXPRESS: ""}}}, "missing"),
        ({"programs": {VSWHERE: {asked(): {"fails": "timed-out"}}}}, ""),
        ({"programs": {VSWHERE: {asked(): {"stdout": "Error 0x57", "status": 87}, EXPRESS: ""}}}, ""),
        ({"registry": {VC7: {"14.0": VC14}}}, "missing"),
        ({"environment": {"DISTUTILS_USE_SDK": "1"}}, "missing"),
        (
            {
                "environment": {"DISTUTILS_USE_SDK": "1", "PATH": "C:\\sdk"},
                "files": {"C:\\sdk\\cl.exe": {"size": 1}},
            },
            "found",
        ),
    ],
)
def test_what_is_no_compiler(state: Any, answer: str) -> None:
    assert compiler(**state) == answer


def patient(now: str, *others: str) -> tuple[Finding, Recorded]:
    """The complaint about a Python that two packages have no wheel for, on a machine that has others, too."""
    found = [Interpreter(PureWindowsPath(f"C:\\Python{each}\\python.exe"), (3, int(each[1:]), 1), "registry")
             for each in (now, *others)]  # fmt: skip
    recorded = patients.admit("msvc/old").machine
    where = checkout(search(recorded, Options(recorded.folder)))
    gaps = WheelGaps(found[0], compiled=GAPS, fitting=("3.11", "3.12"), ready=("3.11",))
    (finding,) = msvc_build_tools(
        WINDOWS_11,
        BuildTools("missing"),
        gaps,
        where,
        Interpreters(tuple(found)),
        Installers("windows", tools=("winget",)),
    )
    return finding, recorded


def test_a_better_python_is_advised_before_a_compiler() -> None:
    finding, recorded = patient("312", "311")
    commands = [draw(each, Place(recorded.home)) for each in finding.remedy.commands]
    assert commands[0].endswith("env use C:\\Python311\\python.exe")
    assert "BuildTools" in commands[-1]
    finding, recorded = patient("312")
    assert "Python.Python.3.11" in draw(finding.remedy.commands[0], Place(recorded.home))


def test_a_lock_file_that_cannot_be_installed_at_all_explains_the_missing_compiler() -> None:
    finding, _ = patient("313")
    assert "lock.no-wheels" in finding.explained_by
