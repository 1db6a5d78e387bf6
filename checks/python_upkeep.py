"""What is worth knowing of a Python that works: support that has ended, parts that are missing, stale traces."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.interpreters import Interpreter, Interpreters, Launching
from checks.manifest import Manifest
from checks.meanings import PYTHON_PARTS, PYTHON_REGISTRY
from checks.poetry_sources import Poetries
from checks.python_case import Case
from checks.python_mute import ALIASES, beside
from checks.python_remedies import MANAGED, VENV, VERSIONS, WINDOWS, Installers, environment
from doctor import Finding, Link, Machine, Stage, check, fact, found, note, remedy, run, say, warning
from doctor.findings import Maker

PEP_514 = Link("Python in the registry of Windows", "https://peps.python.org/pep-0514/")
PYTHONHOME = Link("PYTHONHOME", "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHOME")

END_OF_SUPPORT = {
    (3, 8): date(2024, 10, 7), (3, 9): date(2025, 10, 31), (3, 10): date(2026, 10, 31), (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31), (3, 13): date(2029, 10, 31), (3, 14): date(2030, 10, 31),
}  # fmt: skip
"""Last day with security fixes, the end of the month where only that is fixed. Source: devguide.python.org/versions."""


class Today(NamedTuple):
    day: date


@fact
def today(machine: Machine) -> Today:
    return Today(machine.now().date())


@check("python.support", title="Support of this Python version", stage=Stage.PYTHON, codes=("python.end-of-life",))
def python_support(
    launching: Launching,
    interpreters: Interpreters,
    installers: Installers,
    today: Today,
    checkout: Optional[Checkout],
    manifest: Optional[Manifest],
) -> Iterator[Finding]:
    """Each Python version gets security fixes for five years. After that it goes on working, without them.

    Old versions of AutoGPT may need an old Python, so this is for you to know and no fault.
    """
    case = Case(interpreters, launching, installers, checkout, manifest)
    python = launching.likely
    ends = END_OF_SUPPORT.get(python.version[:2]) if python else None
    if python is None or ends is None or today.day <= ends or not case.admits(python):
        return
    yield note(
        "python.end-of-life",
        say("Python {series} gets no security fixes any more", series=python.series),
        detail=say("Its support ended in {year}. AutoGPT goes on working with it.", year=ends.year),
        evidence=found(say("Python {version} at {path}", version=python.number, path=python.path)),
        links=[VERSIONS],
    )


@check(
    "python.parts",
    title="The parts of this Python",
    stage=Stage.PYTHON,
    codes=PYTHON_PARTS,
)
def python_parts(
    launching: Launching,
    interpreters: Interpreters,
    installers: Installers,
    checkout: Optional[Checkout],
    manifest: Optional[Manifest],
    poetries: Optional[Poetries],
) -> Iterator[Finding]:
    """Linux distributions take Python apart, or keep pip from installing into the system's own Python.

    Debian and Ubuntu have the part that makes virtual environments in a package of its own (python3-venv). Poetry and
    its installer bring what they need, but python3 -m venv, which older versions of AutoGPT count on, needs that
    package.

    A Python that the distribution manages refuses pip (“externally-managed-environment”). That is as it should be:
    programs belong into environments. AutoGPT's own launcher calls pip all the same, and then goes on without it.

    PYTHONHOME makes every Python look for its parts in one place, where a Python of another version finds nothing.
    """
    case = Case(interpreters, launching, installers, checkout, manifest, poetries)
    python = launching.likely
    if python is None or not python.is_asked or not case.admits(python):
        return
    if not python.has_ensurepip and not python.is_virtual:
        yield _no_ensurepip(case, python)
    by_launcher = launching.by_launcher
    if by_launcher is not None and by_launcher.is_externally_managed and launching.local_environment is None:
        yield _managed(case, by_launcher)
    home = installers.python_home
    if home is not None and home != type(home)(python.base_prefix):
        yield _home_set(case, python, home)


def _no_ensurepip(case: Case, python: Interpreter) -> Finding:
    # Poetry's installer does without: it fetches virtualenv where ensurepip is missing.
    make: Maker = warning if case.checkout is not None and not case.uses_poetry else note
    is_apt = "apt-get" in case.installers.tools
    commands = [run("sudo apt install python{series}-venv", series=python.series)] if is_apt else []
    return make(
        "python.no-ensurepip",
        say("Python {series} cannot make virtual environments by itself", series=python.series),
        detail=say("python3 -m venv would stop with “ensurepip is not available”."),
        evidence=found(say("{path} comes without ensurepip", path=python.path)),
        remedy=remedy("Install the part that is missing.", *commands, links=[VENV]),
    )


def _managed(case: Case, python: Interpreter) -> Finding:
    evidence = found(say("{path} is managed by the system", path=python.path))
    if not case.uses_poetry and case.checkout is not None:
        return warning(
            "python.externally-managed",
            "pip refuses to install into the Python that the launcher takes",
            detail="run.sh would stop at “externally-managed-environment”, unless everything is installed already.",
            evidence=evidence,
            remedy=remedy(
                "Make an environment of its own for AutoGPT, and start it from there.",
                *environment(case.installers, python, case.checkout.start_in),
                links=[MANAGED],
            ),
            explained_by=("python.no-ensurepip",),
            is_certain=False,
        )
    return note(
        "python.externally-managed",
        "The launcher may say “externally-managed-environment”; that is harmless",
        detail="It calls pip in the system's own Python, which refuses, and then goes on with Poetry.",
        evidence=evidence,
        links=[MANAGED],
    )


def _home_set(case: Case, python: Interpreter, home: PurePath) -> Finding:
    unset = "Remove-Item Env:PYTHONHOME" if case.installers.is_windows else "unset PYTHONHOME"
    return warning(
        "python.home-set",
        "PYTHONHOME is set, and leads to another Python's parts",
        detail="A Python of another version then stops at once, with “No module named 'encodings'”.",
        evidence=found(
            say("PYTHONHOME is {folder}", folder=home),
            wanted=say("not set, or {folder}", folder=python.path.parent.parent),
        ),
        remedy=remedy(
            "Remove the variable where it is set, then open a new terminal.",
            run(unset, shell=case.installers.shell, note="for this window only"),
            links=[PYTHONHOME],
        ),
    )


@check(
    "python.registry",
    title="Traces of other Pythons",
    stage=Stage.PYTHON,
    codes=PYTHON_REGISTRY,
)
def python_registry(
    launching: Launching,
    interpreters: Interpreters,
    installers: Installers,
    checkout: Optional[Checkout],
    manifest: Optional[Manifest],
) -> Iterator[Finding]:
    """Windows keeps a list of installed Pythons in its registry. One that was deleted by hand stays there.

    Windows also has a placeholder for python3 that opens the Microsoft Store. Beside a real python it does no harm,
    but AutoGPT's autogpt.bat tries python3 first, and then prints “Python was not found” before it goes on.
    """
    case = Case(interpreters, launching, installers, checkout, manifest)
    stale = list(dict.fromkeys(each for each in interpreters.mute if each.reason == "stale"))
    if stale:
        yield note(
            "python.stale-registry",
            "The registry still lists a Python that is gone",
            evidence=[found(say("{name}: {path}", name=each.detail, path=each.path)) for each in stale[:5]],
            remedy=remedy(
                "Uninstall it in Settings > Apps > Installed apps; the py launcher trips over it.", links=[PEP_514]
            ),
        )
    taken = launching.launcher_mute
    if taken is not None and beside(case, taken):
        yield note(
            "python.store-stub-beside",
            "The launcher prints “Python was not found” first; that is harmless",
            detail="It tries python3 before python, and python3 is the Microsoft Store's placeholder here.",
            evidence=found(say("{path}", path=taken.path)),
            remedy=remedy(
                "To be rid of it, switch python3.exe off in Settings > Apps > Advanced app settings > "
                "App execution aliases.",
                links=[ALIASES, WINDOWS],
            ),
        )
