"""Python: every interpreter of this machine, and which one AutoGPT's launcher and Poetry would take.

Starting an interpreter costs more than everything else that is looked at, so only those that something depends on are
started: what `python3` and `python` mean here, and, when they will not do, whatever else might.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Optional, Sequence

from checks.autogpt.pythons import LAUNCHER_NAMES
from checks.checkout import Checkout
from checks.interpreters import Found, Interpreter, Interpreters, Launching, Mute
from checks.manifest import Manifest, fits
from checks.poetry_sources import Poetries
from checks.python_path import NAMES
from checks.python_poetry import choose
from checks.python_question import Candidate, ask, unasked
from checks.python_sources import look
from doctor import Machine, Options, fact, in_parallel

__all__ = ["Interpreter", "Interpreters", "Launching", "Mute"]

MOST_ASKED = 12


@fact
def interpreters(
    machine: Machine, options: Options, checkout: Optional[Checkout], manifest: Optional[Manifest]
) -> Interpreters:
    sources = look(machine, checkout.start_in if checkout else options.folder)
    constraint = manifest.python if manifest else ""
    first = [each for each in sources.candidates if set(each.names) & set(NAMES)]
    rest = [each for each in sources.candidates if each not in first]
    answers = _ask_all(machine, first)
    further: list[Candidate] = []
    if not _is_enough(answers, constraint):
        further = [each for each in rest if _may_fit(each, constraint)][: max(0, MOST_ASKED - len(first))]
        answers += _ask_all(machine, further)
    known = [unasked(each) for each in rest if each not in further]
    found = [each for each in (*answers, *known) if isinstance(each, Interpreter)]
    mute = [each for each in answers if isinstance(each, Mute)]
    return Interpreters(_joined(found), (*sources.mute, *mute))


@fact
def launching(
    machine: Machine,
    interpreters: Interpreters,
    checkout: Optional[Checkout],
    manifest: Optional[Manifest],
    poetries: Optional[Poetries],
) -> Launching:
    constraint = manifest.python if manifest else ""
    poetry = choose(machine, interpreters, poetries, constraint)
    if checkout is None:
        usual = interpreters.by_name("python3") or interpreters.by_name("python")
        return Launching(None, poetry.interpreter, beside=usual, environment=poetry.environment)
    layout = checkout.layout
    starter = layout.starter_on_windows if machine.system.is_windows else layout.starter
    text = (machine.read_text(checkout.at(starter), 65536) or "") if starter else ""
    names = launching_names(text) or LAUNCHER_NAMES[layout.id]
    first = interpreters.first_of(names)
    return Launching(
        by_launcher=first if isinstance(first, Interpreter) else None,
        by_poetry=poetry.interpreter,
        launcher=checkout.at(starter) if starter else None,
        names=names,
        launcher_mute=first if isinstance(first, Mute) else None,
        is_tested=starter.endswith("autogpt.sh") or "version_info" in text,
        beside=interpreters.by_name("python") if isinstance(first, Mute) and first.reason == "store-stub" else None,
        is_refused=poetry.is_refused,
        poetry_own=poetry.own,
        local_environment=_local_environment(machine, checkout),
        environment=poetry.environment,
    )


def _local_environment(machine: Machine, checkout: Checkout) -> Optional[PurePath]:
    if checkout.project is not None:
        return None
    places = [checkout.start_in / name for name in (".venv", "venv", "env")]
    return next((each for each in places if machine.is_file(each / "pyvenv.cfg")), None)


def is_usual(interpreter: Interpreter) -> bool:
    """An interpreter of the kind that packages are built for."""
    return (
        interpreter.implementation == "cpython"
        and not interpreter.is_free_threaded
        and not interpreter.platform.startswith(("mingw", "cygwin", "msys"))
        and interpreter.bits == 64
    )


def _ask_all(machine: Machine, candidates: Sequence[Candidate]) -> list[Found]:
    return in_parallel(*(lambda each=each: ask(machine, each) for each in candidates))


def _is_enough(answers: Sequence[Found], constraint: str) -> bool:
    """Whether what PATH starts will do, so that nothing else has to be asked.

    The placeholder of the Microsoft Store does not count: `python3` is one on most Windows, beside a good `python`.
    """
    real = [each for each in answers if isinstance(each, Interpreter) or each.reason != "store-stub"]
    return bool(real) and all(
        isinstance(each, Interpreter) and fits(constraint, each.version) and is_usual(each) for each in real
    )


def _may_fit(candidate: Candidate, constraint: str) -> bool:
    known = unasked(candidate)
    return known is None or fits(constraint, known.version)


def _joined(found: Sequence[Interpreter]) -> tuple[Interpreter, ...]:
    """Each interpreter once: on Windows one installation has several programs, which are no links."""
    joined: dict[object, Interpreter] = {}
    for each in found:
        key: object = (each.prefix, each.version, each.implementation, each.bits, each.is_free_threaded)
        key = key if each.is_asked and each.prefix else each.path
        first = joined.setdefault(key, each)
        if first is not each:
            joined[key] = first._replace(names=first.names + each.names)
    return tuple(joined.values())


def launching_names(launcher: str) -> tuple[str, ...]:
    """The names that a launcher script tries, in its order: `command -v python3`, `for %%A in (python3 python)`."""
    tried = re.findall(r"command -v (python3?)\b", launcher)
    if not tried:
        listed = re.search(r"\bin \(?((?:python3?\b[ ]?){1,3})", launcher)
        tried = listed[1].split() if listed else []
    return tuple(dict.fromkeys(tried))


