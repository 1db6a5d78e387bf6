"""The Visual C++ compiler, for packages that have no ready-made file for the Python that is used.

It protects the user from the wrong cure: the usual cause is a Python that the lock file was not made for, and the
runtime that has nearly the same name is no compiler.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from checks.lock import Locked, WheelGaps
from checks.python import Interpreter
from doctor import Finding, Link, Machine, Stage, check, fact, found, ok, remedy, run, say, warning
from doctor.machine import Key, Ran

# --- facts --------------------------------------------------------------------------------------------------------


class BuildTools(NamedTuple):
    """The compiler as setuptools looks for it, and what it would be needed for."""

    needed_by: tuple[Locked, ...] = ()
    """Empty: nobody needs a compiler, and nothing was looked for."""
    interpreter: Optional[Interpreter] = None
    state: str = ""
    """"found", "missing", or "" when nobody tells."""


@fact
def build_tools(machine: Machine, wheel_gaps: Optional[WheelGaps]) -> BuildTools:
    if not machine.system.is_windows or wheel_gaps is None or not wheel_gaps.compiled:
        return BuildTools()
    return BuildTools(wheel_gaps.compiled, wheel_gaps.interpreter, _compiler(machine, wheel_gaps.interpreter))


def _compiler(machine: Machine, python: Interpreter) -> str:
    """The search of setuptools (_distutils/_msvccompiler.py): vswhere, then the registry of Visual Studio 2015."""
    if machine.variable("DISTUTILS_USE_SDK"):
        return "found" if machine.which("cl") else "missing"
    root = machine.folder_of("ProgramFiles(x86)") or machine.folder_of("ProgramFiles")
    vswhere = root.joinpath("Microsoft Visual Studio", "Installer", "vswhere.exe") if root else None
    if vswhere is not None and machine.is_file(vswhere):
        kind = "arm64" if python.platform == "win-arm64" else "x86.x64"
        for component in (
            f"Microsoft.VisualStudio.Component.VC.Tools.{kind}",
            "Microsoft.VisualStudio.Workload.WDExpress",
        ):
            answer = machine.run([vswhere, *_question(component)])
            if not isinstance(answer, Ran):
                return ""
            if answer.status != 0:
                return ""
            path = answer.out.strip()
            if path and machine.is_folder(machine.path(path) / "VC" / "Auxiliary" / "Build"):
                return "found"
    return "found" if _has_2015(machine) else "missing"


def _question(component: str) -> tuple[str, ...]:
    """Without `-products *` the Build Tools stay invisible; -utf8 keeps a path with other letters readable."""
    return "-latest", "-prerelease", "-requires", component, "-property", "installationPath", "-products", "*", "-utf8"


def _has_2015(machine: Machine) -> bool:
    key = machine.registry("HKLM", "SOFTWARE\\Microsoft\\VisualStudio\\SxS\\VC7", 32)
    for name, value in key.values.items() if isinstance(key, Key) else ():
        major = name.partition(".")[0]
        is_new = major.isdecimal() and int(major) >= 14 and isinstance(value, str) and bool(value)
        if is_new and machine.is_file(machine.path(str(value)) / "vcvarsall.bat"):
            return True
    return False


# --- check --------------------------------------------------------------------------------------------------------


@check(
    "msvc.build-tools",
    title="Visual C++ compiler",
    stage=Stage.ENVIRONMENT,
    codes=("msvc.build-tools-missing", "msvc.build-tools"),
)
def msvc_build_tools(build_tools: BuildTools) -> Iterator[Finding]:
    """Packages that have no ready-made file for your Python are compiled while installing, and on Windows that needs
    Microsoft's Build Tools: "Microsoft Visual C++ 14.0 or greater is required".

    The better way is nearly always another Python, one that AutoGPT's lock file has ready-made packages for. So the
    compiler is looked for only when something would have to be compiled, in the same way as Python's own build system
    looks for it. The runtime ("redistributable") does not help here; it holds no compiler.
    """
    if build_tools.state == "found":
        yield ok("msvc.build-tools", "the Visual C++ compiler is installed")
    elif build_tools.state == "missing" and build_tools.interpreter is not None:
        names = [each.name for each in build_tools.needed_by]
        series = build_tools.interpreter.series
        yield warning(
            "msvc.build-tools-missing",
            say(
                "No compiler for {count} packages that have to be compiled for Python {series}",
                count=len(names),
                series=series,
            ),
            detail="poetry install ends with: Microsoft Visual C++ 14.0 or greater is required.",
            evidence=found(say("to be compiled: {names}", names=names[:8]), wanted="Visual C++ Build Tools"),
            remedy=remedy(
                "First choose a Python for which the lock file has ready-made packages: then nothing is compiled. Only"
                " if you want to keep this one, install the Build Tools (several GB).",
                run(BUILD_TOOLS, shell="powershell", note="in PowerShell"),
                links=[COMPILER],
            ),
            explained_by=EXPLAINED_BY,
        )


# --- commands and links -------------------------------------------------------------------------------------------

EXPLAINED_BY = ("lock.no-wheels", "lock.impossible", "lock.compiled", "python.too-new", "python.32-bit")
BUILD_TOOLS = (
    "winget install --id Microsoft.VisualStudio.2022.BuildTools"
    ' --override "--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
)
COMPILER = Link("Build Tools", "https://visualstudio.microsoft.com/visual-cpp-build-tools/")
