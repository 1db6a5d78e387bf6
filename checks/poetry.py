"""The program Poetry: whether there is one, the shell finds it, it starts, and is new enough for this AutoGPT."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Mapping, Optional

from checks.checkout import Checkout
from checks.environment_sources import PoetrySettings
from checks.interpreters import Interpreters, Launching
from checks.manifest import Manifest
from checks.meanings import POETRY_PROGRAM
from checks.poetry_remedies import (
    CONFIGURATION,
    INSTALLATION,
    for_installer,
    get_poetry,
    make_reachable,
    newer_than,
    remove,
    renew,
    upgrade,
)
from checks.poetry_sources import Poetries, PoetryProgram
from doctor import Finding, Stage, check, found, note, ok, problem, remedy, run, say, warning

NEEDS_GROUPS = (1, 2)
"""The first Poetry that knows the groups of dependencies in pyproject.toml."""
NEEDS_PROJECT = (2, 0)
"""The first Poetry that takes name and version from the table [project]."""
WITHOUT_PYTHON = (
    "python.none", "python.not-on-path", "python.store-stub", "python.apple-stub", "python.python2", "python.shim",
    "python.broken",
)  # fmt: skip
"""Findings that leave Poetry without the Python that it was installed with, and its installer without any."""


@check(
    "poetry.program",
    title="Poetry",
    stage=Stage.POETRY,
    codes=POETRY_PROGRAM,
)
def poetry_program(
    checkout: Checkout, poetries: Poetries, launching: Optional[Launching], interpreters: Optional[Interpreters]
) -> Iterator[Finding]:
    """AutoGPT since September 2023 is installed and started by Poetry, which has to be there beside Python.

    Poetry is a program of its own, installed once for you and not for each project. It may be missing; it may be
    installed where your shell does not look (then it is told where, and which line makes the shell look there); or it
    may have lost the Python that it was installed with, which happens when Homebrew, or you, upgrade or remove that
    Python. Poetry is found by PATH and in the places where its installers put it, and its version is read from its
    files, because starting it takes longer than everything else here. Poetry 2 has no `poetry shell` any more, of which
    many guides speak: `poetry run autogpt` starts AutoGPT without it.
    """
    if checkout.layout.project is None:
        return
    python = for_installer(launching, interpreters)
    used = poetries.used or _inside_python(checkout, poetries, launching)
    elsewhere = next((each for each in poetries.found if not each.trouble), None)
    if used is None and elsewhere is not None:
        yield _not_on_path(elsewhere, poetries, python)
    elif used is None and not poetries.found:
        yield _missing(poetries, python)
    else:
        program = used or poetries.found[0]
        yield _TROUBLES[program.trouble](program, poetries, python)


def _inside_python(checkout: Checkout, poetries: Poetries, launching: Optional[Launching]) -> Optional[PoetryProgram]:
    """The script of September 2023 starts `python -m poetry`, so there PATH need not find it."""
    python = launching.by_launcher if launching else None
    if checkout.layout.id != "L2a" or python is None:
        return None
    return next((each for each in poetries.found if each.python and each.python.parent == python.path.parent), None)


def _missing(poetries: Poetries, python: Optional[PurePath]) -> Finding:
    return problem(
        "poetry.missing",
        "Poetry is not installed",
        detail="AutoGPT is installed and started by it.",
        evidence=found("PATH has no program called poetry, and neither have the places where its installers put it"),
        remedy=remedy("Install Poetry.", *get_poetry(poetries, python), links=[INSTALLATION]),
        explained_by=("wsl.windows-programs",),
    )


def _not_on_path(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Finding:
    version = say("Poetry {version}", version=program.version) if program.version else say("Poetry")
    return problem(
        "poetry.not-on-path",
        say("{poetry} is installed, but your shell does not find it", poetry=version),
        detail="AutoGPT's start script calls it by its name alone.",
        evidence=found(say("{path}", path=program.path), wanted=say("{folder} on PATH", folder=program.path.parent)),
        remedy=remedy("Tell your shell where it is.", *make_reachable(program, poetries, python), links=[INSTALLATION]),
    )


def _broken(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Finding:
    is_gone = program.trouble == "python-gone"
    other = next((each for each in poetries.found if each.is_on_path and not each.trouble and each != program), None)
    what = say("{path} wants {python}, which is not there", path=program.path, python=program.python or "Python")
    if program.trouble == "gone":
        what = say("{path} leads nowhere", path=program.path)
    elif not is_gone:
        said = say(": {text}", text=program.detail) if program.detail else say("")
        what = say("{path} --version fails{said}", path=program.path, said=said)
    steps = [remove(program, poetries)] if other else list(renew(program, poetries, python))
    return problem(
        "poetry.broken",
        "Poetry cannot start: the Python that it was installed with is gone" if is_gone else "Poetry cannot start",
        detail=say("Another one, {path}, would be found without it.", path=other.path) if other else None,
        evidence=found(what),
        remedy=remedy(
            "Remove it; the other one is found then." if other else "Install it again.", *steps, links=[INSTALLATION]
        ),
        explained_by=WITHOUT_PYTHON if is_gone else (),
    )


def _shim(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Finding:
    return problem(
        "poetry.shim",
        "pyenv finds no Poetry: the Python that it has chosen has none",
        detail="Another version of Python that pyenv keeps has one, which is why there is a command of that name.",
        evidence=found(say("{path} is only pyenv's stand-in", path=program.path)),
        remedy=remedy(
            "Install Poetry outside of pyenv's Pythons, so that it stays when the version changes.",
            *get_poetry(poetries, python),
            links=[INSTALLATION],
        ),
    )


def _no_answer(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Finding:
    what = say("{path} --version gives no version", path=program.path)
    if program.detail:
        what = say("{path} --version says: {text}", path=program.path, text=program.detail)
    return warning(
        "poetry.no-answer",
        "Poetry does not tell its version",
        detail="It may be slow to start the first time, or it may not be Poetry.",
        evidence=found(what, wanted="Poetry (version 2.…)"),
        remedy=remedy(
            "If the command poetry hangs or fails for you too, install it again.",
            *renew(program, poetries, python),
            links=[INSTALLATION],
        ),
        is_certain=False,
    )


def _well(program: PoetryProgram, poetries: Poetries, python: Optional[PurePath]) -> Finding:
    return ok("poetry.version", say("Poetry {version} ({path})", version=program.version or "?", path=program.path))


_TROUBLES = {
    "": _well,
    "python-gone": _broken,
    "crashes": _broken,
    "gone": _broken,
    "shim-elsewhere": _shim,
    "no-answer": _no_answer,
}


@check("poetry.age", title="Age of Poetry", stage=Stage.POETRY, codes=("poetry.too-old",))
def poetry_is_new_enough(
    checkout: Checkout,
    manifest: Optional[Manifest],
    poetries: Poetries,
    launching: Optional[Launching],
    interpreters: Optional[Interpreters],
) -> Iterator[Finding]:
    """AutoGPT's pyproject.toml is written in words that old Poetrys do not know.

    Poetry before 1.2 knows no groups of dependencies and says "Additional properties are not allowed ('group' was
    unexpected)", or that there is no option --without. Ubuntu 22.04 and other distributions still offer such a one, and
    the installer of before 2022 left one in ~/.poetry. Such a one also fails where Python is called python3 only. The
    version is compared with what the pyproject.toml of this checkout uses. Install Poetry by pipx or by its own
    installer, and remove the old one where it would be found first.
    """
    used = poetries.used
    if checkout.layout.project is None or manifest is None or used is None or used.trouble or not used.numbers:
        return
    reason, needed = needs_of(manifest.table)
    if used.numbers >= needed:
        return
    python = for_installer(launching, interpreters)
    newer = newer_than(used, needed, poetries)
    yield problem(
        "poetry.too-old",
        say("Poetry {version} is too old for this AutoGPT", version=used.version),
        detail=say("A newer one, {version}, is there too: {path}", version=newer.version, path=newer.path)
        if newer
        else None,
        evidence=found(
            say("Poetry {version} ({path})", version=used.version, path=used.path),
            wanted=say("Poetry {version} or newer", version=".".join(str(n) for n in needed)),
            where=say("{path} has {reason}", path=manifest.path, reason=reason),
        ),
        remedy=remedy(
            "Let your shell find the newer one first." if newer else "Get the newest Poetry.",
            *upgrade(used, needed, poetries, python),
            links=[INSTALLATION],
        ),
    )


def needs_of(table: Mapping[str, object]) -> tuple[str, tuple[int, int]]:
    """What in a pyproject.toml asks for the newest Poetry, and the first version that knows it."""
    tool, project = table.get("tool"), table.get("project")
    own = tool.get("poetry") if isinstance(tool, dict) else None
    if isinstance(project, dict) and not (isinstance(own, dict) and "name" in own):
        return "the table [project]", NEEDS_PROJECT
    if isinstance(own, dict) and "group" in own:
        return "groups of dependencies", NEEDS_GROUPS
    return "[tool.poetry]", (1, 0)


@check("poetry.several", title="Several Poetrys", stage=Stage.POETRY, codes=("poetry.several",))
def poetry_is_one(checkout: Checkout, poetries: Poetries) -> Iterator[Finding]:
    """More than one Poetry is no fault, but they have environments and settings in common, and differ in age.

    PATH decides which one the command `poetry` starts. If something that you installed or updated does not show, it
    may have happened to the other one.
    """
    if checkout.layout.project is None or len(poetries.found) < 2 or poetries.used is None:
        return
    yield note(
        "poetry.several",
        say(
            "There are {count} Poetrys here; the command starts {path}",
            count=len(poetries.found),
            path=poetries.used.path,
        ),
        evidence=[
            found(say("Poetry {version} ({path})", version=each.version or "?", path=each.path))
            for each in poetries.found
        ],
    )


@check("poetry.start-script", title="Poetry and the start script", stage=Stage.POETRY, codes=("poetry.not-in-python",))
def poetry_and_the_start_script(
    checkout: Checkout, poetries: Poetries, launching: Optional[Launching]
) -> Iterator[Finding]:
    """AutoGPT's start script prints an alarming message about Poetry that means nothing, and this explains it.

    Before it starts AutoGPT the script asks the Python that it found whether all packages are installed, and for that
    it wants Poetry inside that Python. It is never there when Poetry was installed in the recommended ways, so you read
    "No module named 'poetry'" or "externally-managed-environment" (on Windows: "The system cannot find the file
    specified"). The script then goes on and calls Poetry itself, which is the right one. Only the layout of September
    2023 calls it inside of Python; there use `poetry install` and `poetry run autogpt` yourself.
    """
    python = launching.by_launcher if launching else None
    used = poetries.used
    if python is None or used is None or used.trouble or checkout.layout.id not in ("L2a", "L2b", "L3", "L4"):
        return
    if any(each.python is not None and each.python.parent == python.path.parent for each in poetries.found):
        return
    is_inside_only = checkout.layout.id == "L2a"
    yield note(
        "poetry.not-in-python",
        "The start script of this AutoGPT wants Poetry inside of Python"
        if is_inside_only
        else "AutoGPT's start script will miss a module called poetry: that is harmless",
        detail="If it fails, start AutoGPT without it: poetry install, then poetry run autogpt."
        if is_inside_only
        else "It goes on with the Poetry that you have.",
        evidence=found(say("{python} has no Poetry; {path} is beside it", python=python.path, path=used.path)),
    )


@check("poetry.keyring", title="Poetry's keyring", stage=Stage.POETRY, codes=("poetry.keyring",))
def poetry_keyring(checkout: Checkout, poetries: Poetries, poetry_settings: PoetrySettings) -> Iterator[Finding]:
    """Poetry asks the system's keyring for passwords, also when it needs none, and may wait there for ever.

    It happens on Linux without a desktop: in WSL, over SSH, in a container. The keyring wants to show a window, and the
    display that DISPLAY names is not there. `poetry install` then stands still at "Pending...". AutoGPT's packages need
    no password, so the keyring can be switched off.
    """
    if (
        checkout.layout.project is None
        or not poetries.display
        or not poetry_settings.has_keyring
        or poetries.used is None
    ):
        return
    yield note(
        "poetry.keyring",
        "If poetry install stands still, switch off Poetry's keyring",
        detail="It may wait for a window that nobody can see.",
        evidence=found(say("DISPLAY is {display}, and there is no such display", display=poetries.display)),
        remedy=remedy(None, run("poetry config keyring.enabled false"), links=[CONFIGURATION]),
        is_certain=False,
    )
