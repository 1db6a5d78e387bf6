"""What kind of Python it is: one that ready-made packages exist for, or one for which everything must be built.

It protects the user from an installation that fails an hour later, in a compiler, for a reason that the first line of
`python -VV` would have told.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.interpreters import Interpreter, Interpreters, Launching
from checks.manifest import Manifest
from checks.meanings import PYTHON_KIND
from checks.poetry_remedies import install
from checks.python import is_usual
from checks.python_case import Case
from checks.python_remedies import ENVIRONMENTS, ROSETTA, Installers, get, links, use, use_new
from doctor import Finding, Link, Machine, Remedy, Stage, check, fact, found, problem, remedy, run, say, warning

MSYS = Link("MSYS2: Python", "https://www.msys2.org/docs/python/")
PYPY = Link("PyPy: compatibility", "https://pypy.org/compat.html")
FREE_THREADED = Link("Free-threaded Python", "https://docs.python.org/3/howto/free-threading-python.html")
PROBLEMS_OF_PYENV = Link("pyenv: build problems", "https://github.com/pyenv/pyenv/wiki/Common-build-problems")


class Processor(NamedTuple):
    """What this machine can run, and as what the doctor itself runs."""

    architecture: str
    """"x86_64", "arm64", …"""
    own: str
    """Of the doctor's process."""
    kind: str = "linux"


@fact
def processor(machine: Machine) -> Processor:
    system = machine.system
    return Processor(system.architecture, system.process_architecture or system.architecture, system.kind)


@check(
    "python.kind",
    title="The kind of Python",
    stage=Stage.PYTHON,
    codes=PYTHON_KIND,
)  # fmt: skip
def python_kind(
    interpreters: Interpreters,
    launching: Launching,
    installers: Installers,
    processor: Processor,
    checkout: Optional[Checkout],
    manifest: Optional[Manifest],
) -> Iterator[Finding]:
    """AutoGPT's packages come ready-made for the usual Python: CPython, 64 bits, of the kind that python.org has.

    For others (32 bits on a 64-bit Windows, MSYS2's, PyPy, the free-threaded build) many of them would have to be
    compiled, and some cannot be. An Intel build on an Apple processor works, but slowly, and mixes badly with native
    programs. A Python built without OpenSSL reaches no provider at all.

    The doctor judges the Python that Poetry would take, else the one that the launcher takes. Another one can be
    installed beside it; then tell Poetry to use that one: poetry env use, followed by its path.
    """
    case = Case(interpreters, launching, installers, checkout, manifest)
    python = launching.likely
    if python is None or not python.is_asked or not case.admits(python):
        return  # the version is judged elsewhere, and a wrong one will be replaced anyway
    finding = _odd(case, python, processor)
    if finding is not None:
        yield finding
    if not python.has_ssl:
        yield _no_ssl(case, python)


def _odd(case: Case, python: Interpreter, processor: Processor) -> Optional[Finding]:
    if python.platform.startswith(("mingw", "msys", "cygwin")):
        return _msys2(case, python)
    if python.implementation == "pypy":
        return _pypy(case, python)
    if python.is_free_threaded:
        return _free_threaded(case, python)
    if python.bits == 32 and processor.architecture in ("x86_64", "arm64"):
        return _32_bit(case, python)
    is_translated = processor.kind == "darwin" and processor.architecture == "arm64" and python.architecture == "x86_64"
    # A translated doctor makes every Python that can be both look translated; Intel's own Homebrew is never native.
    if is_translated and (processor.own == "arm64" or str(python.path).startswith("/usr/local/")):
        return _rosetta(case, python)
    return None


def _better(case: Case, python: Interpreter) -> Remedy:
    """The usual Python: another one that is there, else one to install."""
    other = _other(case, python)
    if other is None:
        commands = get(case.installers, case.series)
        if case.uses_poetry:
            commands += use_new(case.installers, case.series, case.project)
            commands.append(install(case.project, case.installers.kind))
        text = say("Install the ordinary Python {series}.", series=case.series)
        return remedy(text, *commands, links=links(case.installers))
    text = say("Use the other Python: {version} at {path}.", version=other.number, path=other.path)
    if not case.uses_poetry:
        return remedy(text, links=links(case.installers))
    commands = [use(case.installers, other, case.project), install(case.project, case.installers.kind)]
    return remedy(text, *commands, links=[ENVIRONMENTS, *links(case.installers)])


def _other(case: Case, python: Interpreter) -> Optional[Interpreter]:
    for each in case.fitting:
        if each is not python and is_usual(each) and "msys" not in each.path.as_posix().lower():
            return each
    return None


def _msys2(case: Case, python: Interpreter) -> Finding:
    return problem(
        "python.msys2",
        "The Python that would be used belongs to MSYS2",
        detail="Packages that are ready-made for Windows do not fit it, so each of them would have to be compiled.",
        evidence=found(
            say("{path}, built for {platform}", path=python.path, platform=python.platform),
            wanted=say("a Python built for win-amd64"),
        ),
        remedy=_better(case, python)._replace(links=(MSYS, *links(case.installers))),
    )


def _pypy(case: Case, python: Interpreter) -> Finding:
    return problem(
        "python.pypy",
        "The Python that would be used is PyPy",
        detail="Several of AutoGPT's packages are ready-made for the usual CPython only.",
        evidence=found(say("PyPy at {path}", path=python.path), wanted=say("CPython")),
        remedy=_better(case, python),
        links=[PYPY],
    )


def _free_threaded(case: Case, python: Interpreter) -> Finding:
    return problem(
        "python.free-threaded",
        "The Python that would be used is the free-threaded build",
        detail="It needs packages of its own, which AutoGPT's lock file does not have.",
        evidence=found(
            say("Python {version}, free-threaded, at {path}", version=python.number, path=python.path),
            wanted=say("the usual build"),
        ),
        remedy=_better(case, python),
        links=[FREE_THREADED],
    )


def _32_bit(case: Case, python: Interpreter) -> Finding:
    make = problem if case.installers.is_windows else warning
    return make(
        "python.32-bit",
        "The Python that would be used is a 32-bit one, on a 64-bit system",
        detail="Several of AutoGPT's packages are ready-made for 64 bits only, and one cannot be had otherwise.",
        evidence=found(
            say("Python {version} with 32 bits at {path}", version=python.number, path=python.path),
            wanted=say("64 bits"),
        ),
        remedy=_better(case, python),
    )


def _rosetta(case: Case, python: Interpreter) -> Finding:
    is_intel_brew = str(python.path).startswith("/usr/local/")
    text = "Install Homebrew for Apple processors (in /opt/homebrew), then Python with it." if is_intel_brew else (
        "Install a Python for Apple processors, and switch “Open using Rosetta” off in your terminal's Get Info window."
    )  # fmt: skip
    return warning(
        "python.rosetta",
        "This Python runs translated, as if on an Intel processor",
        detail="It works, but slowly, and packages of the two kinds do not mix (“incompatible architecture”).",
        evidence=found(
            say("{path} runs as {architecture}", path=python.path, architecture=python.architecture),
            wanted=say("arm64"),
        ),
        remedy=remedy(text, *([] if is_intel_brew else get(case.installers, case.series)), links=[ROSETTA]),
        links=links(case.installers),
    )


def _no_ssl(case: Case, python: Interpreter) -> Finding:
    is_pyenv = python.source == "pyenv"
    commands = []
    if is_pyenv and "apt-get" in case.installers.tools:
        commands.append(run("sudo apt install build-essential libssl-dev zlib1g-dev libffi-dev libsqlite3-dev"))
    if is_pyenv:
        commands.append(run("pyenv install --force {version}", version=_pyenv_name(python.path)))
    return problem(
        "python.no-ssl",
        "This Python was built without OpenSSL",
        detail="It cannot open an encrypted connection, so neither packages nor any provider can be reached with it.",
        evidence=found(say("{path} has no module _ssl", path=python.path)),
        remedy=remedy("Build it again, with OpenSSL's headers.", *commands) if commands else _better(case, python),
        links=[PROBLEMS_OF_PYENV] if is_pyenv else [],
    )


def _pyenv_name(path: PurePath) -> str:
    return path.parent.parent.name
