"""Packages that the chosen Python has no ready-made file for: another Python, or else a compiler.

It protects the user from the commonest end of `poetry install`: a Python that is newer than the lock file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.interpreters import Interpreter, Interpreters, Launching
from checks.lock import Locked, WheelGaps
from checks.meanings import LOCK_WHEELS
from checks.poetry_remedies import ENVIRONMENTS, install
from checks.python_remedies import Installers, get, links, use, use_new
from doctor import (
    Command,
    Finding,
    Link,
    Machine,
    Remedy,
    Stage,
    Words,
    check,
    fact,
    found,
    note,
    problem,
    remedy,
    run,
    say,
    warning,
)

# --- facts --------------------------------------------------------------------------------------------------------


class Compiler(NamedTuple):
    """The C++ compiler of this machine."""

    program: Optional[PurePath] = None
    has_headers: bool = True
    """Whether Python's own header files are there, where a package of the distribution may have left them out."""


ON_MAC = (
    "/Library/Developer/CommandLineTools/usr/bin/clang++",
    "/Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/bin/clang++",
)
"""The true compilers: /usr/bin/clang++ is always there, and asks to install these when they are not."""


@fact
def compiler(machine: Machine, launching: Launching) -> Compiler:
    """Windows has a search of its own, which is made elsewhere."""
    if machine.system.is_windows:
        return Compiler()
    if machine.system.is_mac:
        return Compiler(next((each for each in map(machine.path, ON_MAC) if machine.is_file(each)), None))
    program = next((each for each in (machine.which(name) for name in ("c++", "g++", "clang++")) if each), None)
    python = launching.likely
    if python is None or not python.base_prefix:
        return Compiler(program)
    header = machine.path(python.base_prefix, "include", f"python{python.series}", "Python.h")
    return Compiler(program, machine.is_file(header))


# --- checks -------------------------------------------------------------------------------------------------------

LONGEST_LIST = 8


@check(
    "lock.wheels",
    title="Packages for this Python",
    stage=Stage.ENVIRONMENT,
    codes=LOCK_WHEELS,
)
def lock_wheels(
    checkout: Checkout, wheel_gaps: WheelGaps, interpreters: Interpreters, installers: Installers, compiler: Compiler
) -> Iterator[Finding]:
    """Every package of AutoGPT has to exist for the Python that you use; for a Python that is too new some do not.

    The lock file names exact versions, and the ready-made files ("wheels") that existed when it was written. For a
    Python that came out later there is none. Most of those packages could still be compiled, with luck and a compiler;
    a few cannot be had in any other form, and then `poetry install` always fails, whatever pyproject.toml admits.
    The file names in poetry.lock are compared with this system and with the Python that Poetry would use. Use a Python
    that all packages exist for: `poetry env use` with its path, then `poetry install`.
    """
    gaps = wheel_gaps
    if gaps.impossible:
        yield _impossible(gaps, checkout, interpreters, installers)
    elif gaps.compiled and installers.kind != "windows":
        yield _to_compile(gaps, checkout, interpreters, installers, compiler)


def _impossible(gaps: WheelGaps, checkout: Checkout, interpreters: Interpreters, installers: Installers) -> Finding:
    python = gaps.interpreter
    return problem(
        "lock.no-wheels",
        _heading(gaps),
        detail=say(
            "`poetry install` fails, because these packages were never made for it: {packages}.",
            packages=_names(gaps.impossible),
        ),
        evidence=found(
            say("Python {number} ({path})", number=python.number, path=python.path),
            wanted=say("Python {series}", series=gaps.fitting) if gaps.fitting else None,
            where=say("the wheels that {lock} names", lock=gaps.lock or ""),
        ),
        remedy=another_python(gaps, checkout, interpreters, installers),
        explained_by=KINDS,
    )


def _heading(gaps: WheelGaps) -> Words:
    python = gaps.interpreter
    minors = [int(series.split(".")[1]) for series in gaps.fitting]
    if minors and min(minors) < python.version[1]:
        return say("Python {series} is too new for this AutoGPT", series=python.series)
    if python.bits == 32:
        return say("A 32-bit Python cannot install this AutoGPT")
    return say("This AutoGPT cannot be installed with Python {series} on this system", series=python.series)


def _to_compile(
    gaps: WheelGaps, checkout: Checkout, interpreters: Interpreters, installers: Installers, compiler: Compiler
) -> Finding:
    has_all = compiler.program is not None and compiler.has_headers
    lacks = "no C++ compiler" if compiler.program is None else "no header file of Python (Python.h)"
    make = note if has_all else warning
    heading = "With Python {series}, parts of AutoGPT have to be compiled" + (
        "" if has_all else ", and there is {lacks}"
    )
    return make(
        "lock.needs-compiler",
        say(heading, series=gaps.interpreter.series, lacks=lacks),
        detail=say("To be compiled: {packages}.", packages=_names(gaps.compiled)),
        evidence=found(
            say("Python {number} ({path})", number=gaps.interpreter.number, path=gaps.interpreter.path),
            wanted=say("Python {series}", series=gaps.ready) if gaps.ready else None,
            where=say("the wheels that {lock} names", lock=gaps.lock or ""),
        ),
        remedy=another_python(gaps, checkout, interpreters, installers, lacks_compiler=not has_all),
        explained_by=KINDS,
    )


def _names(packages: tuple[Locked, ...]) -> Words:
    listed = [say("{name} {version}", name=each.name, version=each.version) for each in packages[:LONGEST_LIST]]
    if len(packages) > LONGEST_LIST:
        return say("{packages} and {count} more", packages=listed, count=len(packages) - LONGEST_LIST)
    return say("{packages}", packages=listed)


def another_python(
    gaps: WheelGaps,
    checkout: Checkout,
    interpreters: Interpreters,
    installers: Installers,
    lacks_compiler: bool = False,
) -> Remedy:
    """The Python of this machine that will do best, or else one to install."""
    wanted = gaps.fitting if gaps.impossible else gaps.ready
    if not wanted:
        return _another_system(gaps, installers, lacks_compiler)
    here = _best(interpreters, gaps.interpreter, gaps.ready) or _best(interpreters, gaps.interpreter, wanted)
    if here is not None:
        text = say("Use the Python {series} that is on this machine already.", series=here.series)
        commands = [use(installers, here, checkout.project)]
    else:
        text = say("Install Python {series} beside the other, and use it for AutoGPT.", series=wanted[0])
        commands = [*get(installers, wanted[0]), *use_new(installers, wanted[0], checkout.project)]
    commands.append(install(checkout.project, installers.kind))
    if lacks_compiler and installers.kind != "windows":
        keep = say("instead, to keep Python {series}: what compiles it", series=gaps.interpreter.series)
        commands += [each._replace(note=keep) for each in _get_compiler(gaps.interpreter, installers)]
    more = [] if here else links(installers)
    return remedy(text, *commands, links=[ENVIRONMENTS, *more])


def _best(interpreters: Interpreters, now: Interpreter, wanted: tuple[str, ...]) -> Optional[Interpreter]:
    """An ordinary interpreter of one of the series, those in front first, for the same kind of processor."""
    for series in wanted:
        for each in interpreters.found:
            is_ordinary = each.implementation == "cpython" and not each.is_free_threaded and not each.is_virtual
            is_alike = each.bits == now.bits and each.architecture in ("", now.architecture)
            if each.series == series and is_ordinary and is_alike:
                return each
    return None


def _another_system(gaps: WheelGaps, installers: Installers, lacks_compiler: bool) -> Remedy:
    """No Python of this kind will do: another kind, another system, or a compiler."""
    python = gaps.interpreter
    if installers.kind == "windows":
        return remedy(
            'Install the ordinary 64-bit Python ("Windows installer (64-bit)"); it runs on ARM computers too.',
            links=[PYTHONS],
        )
    if lacks_compiler and not gaps.impossible:
        return remedy("Install a compiler.", *_get_compiler(python, installers), links=[PYTHONS])
    return remedy("Use a system that these packages were made for: Docker does, or another Linux.", links=[DOCKER])


def _get_compiler(python: Interpreter, installers: Installers) -> Iterator[Command]:
    if installers.kind == "darwin":
        yield run("xcode-select --install")
    elif installers.distribution in ("ubuntu", "debian", "linuxmint", "pop", "kali", "raspbian"):
        yield run("sudo apt install build-essential {headers}", headers=say("python{series}-dev", series=python.series))
    elif installers.distribution in ("fedora", "rhel", "centos", "rocky", "almalinux"):
        yield run("sudo dnf install gcc-c++ python3-devel")
    elif installers.distribution == "arch":
        yield run("sudo pacman -S base-devel")


KINDS = ("python.32-bit", "python.msys2", "python.pypy", "python.free-threaded", "python.rosetta")
"""Findings about the kind of Python, which explain that nothing fits it."""
PYTHONS = Link("Python downloads", "https://www.python.org/downloads/")
DOCKER = Link("AutoGPT with Docker", "https://docs.agpt.co/classic/setup/docker/")
