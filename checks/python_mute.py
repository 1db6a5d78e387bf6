"""Findings about programs of Python's name that are none: placeholders, shims that lead nowhere, broken ones."""

from __future__ import annotations

from typing import Callable, Optional

from checks.interpreters import Interpreter, Mute
from checks.python_case import Case, shown
from checks.python_question import QUESTION_LIMIT_S
from checks.python_remedies import PYENV, SETUP, get, links
from checks.python_shims import SYSTEM
from doctor import Command, Finding, Link, Words, found, problem, remedy, run, say

ALIASES = Link("Python on Windows: troubleshooting", "https://docs.python.org/3/using/windows.html#troubleshooting")
TOOLS = Link(
    "Apple: command line tools",
    "https://developer.apple.com/documentation/xcode/installing-the-command-line-tools/",
)


def beside(case: Case, mute: Mute) -> bool:
    """Whether it is only the placeholder that Windows has for `python3`, beside a `python` that works."""
    return mute.reason == "store-stub" and isinstance(case.interpreters.first_of(("python",)), Interpreter)


def store_stub(case: Case, mute: Mute) -> Finding:
    real = [each for each in case.fitting if each.source != "Microsoft Store"]
    commands = [] if real else get(case.installers, case.series)
    text = say(
        "Open Settings > Apps > Advanced app settings > App execution aliases; switch off python.exe and python3.exe."
    )
    if not real:
        text = say("Install Python {series}, with “Add python.exe to PATH” if its installer asks.", series=case.series)
    return problem(
        "python.store-stub",
        "The Microsoft Store's placeholder hides your Python" if real else "“python” only opens the Microsoft Store",
        detail="Windows has a placeholder called python.exe. It only says “Python was not found”, and stops.",
        evidence=[
            found(say("the placeholder at {path}", path=mute.path), wanted=case.wanted, where=case.where),
            *shown(real[:1]),
        ],
        remedy=remedy(
            text,
            *commands,
            *([_first_on_path(real[0])] if real else []),
            links=[ALIASES, *links(case.installers, SETUP)],
        ),
    )


def _first_on_path(real: Interpreter) -> Command:
    return run(
        '$env:Path = (Resolve-Path {folder}).Path + ";" + $env:Path', folder=real.path.parent, shell="powershell",
        note="puts the real one first, for this window only",
    )  # fmt: skip


def apple_stub(case: Case, mute: Mute) -> Finding:
    commands = get(case.installers, case.series)
    text = "Install Python {series}." if commands else "Download Python {series} from python.org, and install it."
    return problem(
        "python.apple-stub",
        "python3 is only Apple's placeholder",
        detail="It is no Python: it asks to install Apple's command line tools, whose own Python 3.9 is too old.",
        evidence=found(
            say("{path}, and no command line tools", path=mute.path), wanted=case.wanted, where=case.where
        ),
        remedy=remedy(
            say(text, series=case.series), *commands,
            links=links(case.installers, TOOLS),
        ),
    )  # fmt: skip


def shim(case: Case, mute: Mute) -> Finding:
    """A version manager stands first on PATH and is told to start what is not there."""
    right = next((each for each in case.fitting if each.source in ("pyenv", "asdf", "mise")), None)
    is_pyenv = "asdf" not in mute.path.parts and ".asdf" not in mute.path.parts
    commands = []
    if is_pyenv and not case.installers.is_windows:
        version = right.path.parent.parent.name if right else case.series
        commands = [] if right else [run("pyenv install {series}", series=case.series)]
        commands += [run("cd {folder}", folder=case.checkout.start_in)] if case.checkout else []
        commands.append(run("pyenv local {version}", version=version))
    return problem(
        "python.shim",
        say("“{name}” belongs to a version manager that has nothing to start", name=_name(mute)),
        detail=_told(mute),
        evidence=[
            found(say("{path} is told to start “{asked}”", path=mute.path, asked=mute.detail)),
            *shown(case.fitting[:3]),
        ],
        remedy=remedy(
            "Choose a version that is installed." if right else "Install one and choose it.", *commands, links=[PYENV]
        ),
    )


def _told(mute: Mute) -> Words:
    if mute.detail == SYSTEM:
        return say("It is told to use the system's own Python, and the system has none of that name.")
    if not mute.detail:
        return say("Nothing tells it which version to start, so it stops.")
    return say("It is told to start {version}, which is not installed, so it stops.", version=mute.detail)


def python2(case: Case, mute: Mute) -> Finding:
    if case.fitting:
        # The package makes /usr/bin/python, which helps only where nothing of that name comes before it.
        is_apt = "apt-get" in case.installers.tools and str(mute.path.parent) in ("/usr/bin", "/bin")
        commands = [run("sudo apt install python-is-python3")] if is_apt else []
        text = say("Let “{name}” mean Python 3, or take Python 2 out of PATH.", name=_name(mute))
        if not is_apt:
            said = "Take {folder} out of PATH, or let “{name}” mean Python 3."
            text = say(said, folder=mute.path.parent, name=_name(mute))
    else:
        commands = get(case.installers, case.series)
        text = say("Install Python {series}; it is then called python3.", series=case.series)
    return problem(
        "python.python2",
        say("“{name}” is Python 2 here", name=_name(mute)),
        detail=say("Python 2 has not been developed since 2020. AutoGPT needs {wanted}.", wanted=case.wanted),
        evidence=found(say("Python 2 at {path}", path=mute.path), wanted=case.wanted, where=case.where),
        remedy=remedy(text, *commands, links=links(case.installers, SETUP)),
    )


def broken(case: Case, mute: Mute) -> Finding:
    what = {
        "timed-out": say("it does not answer within {seconds} seconds", seconds=f"{QUESTION_LIMIT_S:g}"),
        "dangling": say("it is a link to a file that is gone"),
    }.get(mute.reason, say("it cannot be started"))
    said = [found(say("it says: {text}", text=mute.detail))] if mute.detail else []
    return problem(
        "python.broken",
        say("“{name}” does not work on this machine", name=_name(mute)),
        detail="The first program of that name on PATH is what AutoGPT's launcher and other programs start.",
        evidence=[found(say("{path}: {what}", path=mute.path, what=what), wanted=case.wanted, where=case.where), *said],
        remedy=remedy(
            "Install that Python again, or move this program out of the way if a better one stands behind it.",
            *([] if case.fitting else get(case.installers, case.series)),
            links=links(case.installers),
        ),
        is_certain=mute.reason != "timed-out",
    )


def _name(mute: Mute) -> str:
    return mute.names[0] if mute.names else mute.path.stem


MUTE: dict[str, Callable[[Case, Mute], Optional[Finding]]] = {
    "store-stub": store_stub, "apple-stub": apple_stub, "shim": shim, "python2": python2, "timed-out": broken,
    "not-runnable": broken, "no-answer": broken, "dangling": broken,
}  # fmt: skip
"""What to say of each reason; of the others nothing certain is known."""
