"""The Visual C++ compiler, for packages that have no ready-made file for the Python that is used.

It protects the user from the wrong cure: the usual cause is a Python that the lock file was not made for, and the
runtime that has nearly the same name is no compiler.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Sequence

from checks.checkout import Checkout
from checks.interpreters import Interpreter, Interpreters
from checks.lock import WheelGaps
from checks.lock_wheels import KINDS, LONGEST_LIST, another_python
from checks.meanings import MSVC_TOOLS
from checks.python_remedies import Installers
from doctor import (
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
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Key, Ran

# --- facts --------------------------------------------------------------------------------------------------------


class BuildTools(NamedTuple):
    """The compiler as setuptools looks for it."""

    state: str = ""
    """"found", "missing", or "": nobody needs one, or nobody tells."""


@fact
def build_tools(machine: Machine, wheel_gaps: Optional[WheelGaps]) -> BuildTools:
    if not machine.system.is_windows or wheel_gaps is None or not wheel_gaps.compiled:
        return BuildTools()
    return BuildTools(_compiler(machine, wheel_gaps.interpreter))


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
            if not isinstance(answer, Ran) or answer.status != 0:
                return ""
            place = machine.path(answer.out.strip())
            if place.is_absolute() and machine.is_folder(place / "VC" / "Auxiliary" / "Build"):
                return "found"
    return "found" if _has_2015(machine) else "missing"


def _question(component: str) -> tuple[str, ...]:
    """Without `-products *` the Build Tools stay invisible; -utf8 keeps a path with other letters readable."""
    return "-latest", "-prerelease", "-requires", component, "-property", "installationPath", "-products", "*", "-utf8"


def _has_2015(machine: Machine) -> bool:
    key = machine.registry("HKLM", "SOFTWARE\\Microsoft\\VisualStudio\\SxS\\VC7", 32)
    for name, value in key.values.items() if isinstance(key, Key) else ():
        major, place = name.partition(".")[0], machine.path(value if isinstance(value, str) else "")
        is_new = major.isdecimal() and len(major) == 2 and int(major) >= 14
        if is_new and place.is_absolute() and machine.is_file(place / "vcvarsall.bat"):
            return True
    return False


# --- check --------------------------------------------------------------------------------------------------------


@check(
    "msvc.build-tools",
    title="Visual C++ compiler",
    stage=Stage.ENVIRONMENT,
    codes=MSVC_TOOLS,
)
def msvc_build_tools(
    system: System,
    build_tools: BuildTools,
    wheel_gaps: Optional[WheelGaps],
    checkout: Optional[Checkout],
    interpreters: Optional[Interpreters],
    installers: Installers,
) -> Iterator[Finding]:
    """Packages that have no ready-made file for your Python are compiled while installing, and on Windows that needs
    Microsoft's Build Tools: "Microsoft Visual C++ 14.0 or greater is required".

    The better way is nearly always another Python, one that AutoGPT's lock file has ready-made packages for. So the
    compiler is looked for only when something would have to be compiled, in the same way as Python's own build system
    looks for it. The runtime ("redistributable") does not help here; it holds no compiler.
    """
    if not system.is_windows:
        raise NotHere
    if not build_tools.state or wheel_gaps is None or checkout is None or interpreters is None:
        return
    names = [each.name for each in wheel_gaps.compiled[:LONGEST_LIST]]
    if build_tools.state == "found":
        yield ok("msvc.build-tools", say("there is a compiler for {names}", names=names))
        return
    yield _missing(names, wheel_gaps, another_python(wheel_gaps, checkout, interpreters, installers))


def _missing(names: Sequence[str], wheel_gaps: WheelGaps, better: Remedy) -> Finding:
    keep = say("only to keep Python {series}: the compiler, several GB", series=wheel_gaps.interpreter.series)
    return warning(
        "msvc.build-tools-missing",
        say("Parts of AutoGPT have no ready-made file for Python {series}", series=wheel_gaps.interpreter.series),
        detail="There is no compiler, so poetry install ends with: Microsoft Visual C++ 14.0 or greater is required.",
        evidence=found(
            say("to be compiled: {names}", names=names),
            wanted=say("Python {series}", series=wheel_gaps.ready) if wheel_gaps.ready else "Visual C++ Build Tools",
            where=say("{lock}", lock=wheel_gaps.lock) if wheel_gaps.lock else None,
        ),
        remedy=remedy(
            better.text,
            *better.commands,
            run(BUILD_TOOLS, shell="powershell", note=keep),
            links=[COMPILER, *better.links],
        ),
        explained_by=("lock.no-wheels", "python.unsuitable", *KINDS),
    )


# --- commands and links -------------------------------------------------------------------------------------------

BUILD_TOOLS = (
    "winget install --id Microsoft.VisualStudio.2022.BuildTools"
    ' --override "--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
)
COMPILER = Link("Build Tools", "https://visualstudio.microsoft.com/visual-cpp-build-tools/")
