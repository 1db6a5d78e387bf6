"""Whether there is a Python that this checkout can use, and whether it is the one that would be used.

One cause is said once: the first thing that keeps AutoGPT from the right Python, with the way to put it right here.
"""

from __future__ import annotations

from typing import Callable, Iterator, Optional

from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.interpreters import Interpreter, Interpreters, Launching, Mute
from checks.manifest import Manifest
from checks.meanings import PYTHON_VERSION
from checks.poetry_remedies import add_to_path, install, poetry
from checks.poetry_sources import Poetries
from checks.python_case import Case, shown
from checks.python_mute import MUTE, beside
from checks.python_remedies import ENVIRONMENTS, SETUP, Installers, environment, get, get_first, links, use, use_new
from doctor import Command, Finding, Remedy, Stage, check, found, ok, problem, remedy, run, say, warning


@check(
    "python.version",
    title="A Python that AutoGPT can use",
    stage=Stage.PYTHON,
    codes=PYTHON_VERSION,
)  # fmt: skip
def python_version(
    interpreters: Interpreters,
    launching: Launching,
    installers: Installers,
    checkout: Optional[Checkout],
    manifest: Optional[Manifest],
    poetries: Optional[Poetries],
    environments: Optional[ProjectEnvironments],
) -> Iterator[Finding]:
    """AutoGPT is a Python program, and each of its versions needs a certain range of Python versions.

    The range is read from the pyproject.toml of your checkout, which counts more than any guide. The doctor looks for
    every Python of this machine (on PATH, in the registry of Windows, with pyenv, uv, conda, Homebrew and others),
    works out which of them the launcher script and Poetry would take, and asks that one for its version.

    If there is none that fits, install one; AutoGPT does not mind others beside it. If there is one, but another would
    be taken, tell Poetry which one to use: poetry env use, followed by the path of the right one.
    """
    case = Case(interpreters, launching, installers, checkout, manifest, poetries, environments)
    finding = judge(case)
    if finding is not None:
        yield finding
    else:
        python = launching.likely or next(iter(case.fitting), None)
        others = [each for each in interpreters.found if each is not python]
        if python is not None:
            text = say("Python {version} at {path}", version=python.number, path=python.path)
            yield ok("python.found", text, evidence=shown(others))


def judge(case: Case) -> Optional[Finding]:
    """The first thing that is wrong; None when nothing is, or when it cannot be told."""
    taken, fitting = case.taken, case.fitting
    if not case.interpreters.found:
        return _nothing(case)
    by_poetry = case.launching.by_poetry
    if case.constraint and not fitting and not case.has_environment and not (by_poetry and case.admits(by_poetry)):
        return _unsuitable(case)
    if case.uses_poetry and case.launching.environment is not None and case.launching.is_refused:
        return _wrong_environment(case)
    if case.names and taken is None:
        return _not_on_path(case)
    if isinstance(taken, Mute) and not beside(case, taken):
        return MUTE.get(taken.reason, _silence)(case, taken)
    if isinstance(taken, Interpreter) and not case.admits(taken) and case.launching.local_environment is None:
        return _wrong_one(case, taken)
    if not case.uses_poetry or case.has_environment:
        return None
    return _not_found_by_poetry(case) if case.launching.is_refused else _poetry_stumbles(case)


def _silence(case: Case, mute: Mute) -> Optional[Finding]:
    return None


def _nothing(case: Case) -> Finding:
    """No interpreter at all; what has its name and is none explains it best."""
    reasons = ("store-stub", "apple-stub", "shim", "python2", "timed-out", "not-runnable", "no-answer", "dangling")
    mute = sorted((m for m in case.interpreters.mute if m.reason in reasons), key=lambda m: reasons.index(m.reason))
    judged: Callable[[Case, Mute], Optional[Finding]] = MUTE[mute[0].reason] if mute else _silence
    finding = judged(case, mute[0]) if mute else None
    return finding or problem(
        "python.none",
        "Python is not installed",
        detail=say("AutoGPT needs {wanted}, and this machine has none that the doctor could find.", wanted=case.wanted),
        evidence=found(
            "neither python3 nor python on PATH, and none where installers put it", wanted=case.wanted, where=case.where
        ),
        remedy=_install(case),
    )


def _unsuitable(case: Case) -> Finding:
    listed = case.interpreters.found
    newest = max(listed, key=lambda each: each.version)
    is_old = newest.version < (3, int(case.series.split(".")[1]))
    return problem(
        "python.too-old" if is_old else "python.unsuitable",
        say("Python {version} is too old for this AutoGPT", version=newest.number)
        if is_old
        else say("None of the Pythons of this machine suits this AutoGPT"),
        detail=say(
            "This checkout needs {wanted}. Its own pyproject.toml counts, whatever a guide says.", wanted=case.wanted
        ),
        evidence=case.evidence(sorted(listed, key=lambda each: each.version, reverse=True)),
        remedy=_install(case),
    )


def _install(case: Case) -> Remedy:
    """Bring one, then have it used."""
    series, installers = case.series, case.installers
    if case.interpreters.found:
        text = say("Install Python {series}. It can stand beside the others.", series=series)
        commands = get(installers, series)
    elif case.admits_packaged:
        text = say("Install Python.")
        commands = get_first(installers, series)
    else:
        text = say("Install Python {series}.", series=series)
        commands = get(installers, series)
    if installers.kind == "darwin" and not commands:
        text = say("Download Python {series} from python.org, and install it.", series=series)
    if installers.is_windows and not commands:
        text = say("Install Python {series}, and tick “Add python.exe to PATH” in its installer.", series=series)
    if case.interpreters.found and case.uses_poetry and case.can_call_poetry:
        commands += [*use_new(installers, series, case.project), install(case.project, installers.kind)]
        if _launcher_stays(case):
            commands.append(_by_poetry(case))
    return remedy(text, *commands, links=links(installers, SETUP))


def _launcher_stays(case: Case) -> bool:
    """Whether the launcher would go on taking a Python that it refuses, whatever Poetry is told."""
    return case.launching.is_tested and "pyenv" not in case.installers.tools and "brew" not in case.installers.tools


def _by_poetry(case: Case) -> Command:
    note = say("in place of {script}, which still takes the old one", script=case.launching.launcher or "")
    return poetry(case.project, case.installers.kind, "run autogpt")._replace(note=note)


def _not_on_path(case: Case) -> Finding:
    best = case.fitting[0] if case.fitting else case.interpreters.found[0]
    only = case.interpreters.by_name("python3")
    if only is not None and not case.installers.is_windows:
        is_apt = "apt-get" in case.installers.tools
        return problem(
            "python.not-on-path",
            "There is python3 here, but the launcher of this AutoGPT starts “python”",
            evidence=found(say("{path}", path=only.path), wanted=say("a program called {names}", names=case.names)),
            remedy=remedy(
                "Give it the other name.",
                run("sudo apt install python-is-python3")
                if is_apt
                else run("sudo ln -s {path} /usr/local/bin/python", path=only.path),
                links=links(case.installers),
            ),
        )
    make = problem if case.checkout is not None else warning
    return make(
        "python.not-on-path",
        "Python is installed, but the command for it is not found",
        detail=say("PATH leads to nothing that is called {names}.", names=" or ".join(case.names)),
        evidence=case.evidence([best]),
        remedy=_put_on_path(case, best),
    )


def _put_on_path(case: Case, best: Interpreter) -> Remedy:
    home = type(best.path)(best.prefix) if best.prefix else best.path.parent.parent
    folder = best.path.parent if case.installers.is_windows else home / "bin"
    text = "Put its folder on PATH."
    if case.installers.is_windows:
        text = (
            "Put its folder on PATH: in Settings > Apps > Installed apps choose this Python, Modify, Next, and tick "
            "“Add Python to environment variables”. This line does the same:"
        )
    line = add_to_path(folder, case.poetries) if case.poetries else run('export PATH={folder}:"$PATH"', folder=folder)
    return remedy(text, line, links=links(case.installers))


def _wrong_one(case: Case, taken: Interpreter) -> Finding:
    """The launcher takes one that the project does not admit, and another is there."""
    right = case.launching.by_poetry if case.launching.by_poetry and case.uses_poetry else None
    right = right or (case.fitting[0] if case.fitting else None)
    stops = case.launching.is_tested or not case.uses_poetry or case.checkout is None
    make = problem if stops else warning
    name = next((each for each in case.names if each in taken.names), "python3")
    return make(
        "python.wrong-one",
        say("“{name}” means Python {version} here, which does not suit this AutoGPT", name=name, version=taken.number),
        detail=None if right is None else say(
            "A Python that does is there: {version} at {path}.", version=right.number, path=right.path
        ),
        evidence=case.evidence([taken]),
        remedy=_use_right(case, right),
    )  # fmt: skip


def _use_right(case: Case, right: Optional[Interpreter]) -> Remedy:
    if right is None and case.has_environment:
        text = say("Start AutoGPT by Poetry: its environment has the right Python.")
        return remedy(text, _by_poetry(case), links=links(case.installers))
    if right is None:
        return _install(case)
    if not case.uses_poetry:
        folder = case.checkout.start_in if case.checkout else None
        commands = environment(case.installers, right, folder)
        made = "Start AutoGPT from an environment made with the right one."
        return remedy(made, *commands, links=links(case.installers))
    chosen = _choose(case, right)
    commands = [*chosen, install(case.project, case.installers.kind)]
    if case.launching.is_tested and len(chosen) == 1:
        commands.append(_by_poetry(case))
    said = "Tell Poetry to use the right one."
    if not case.can_call_poetry:
        said = "First put Poetry right (below). Then tell it to use the right one."
    return remedy(said, *commands, links=[ENVIRONMENTS, *links(case.installers)])


def _choose(case: Case, right: Interpreter) -> list[Command]:
    if right.source == "pyenv" and not case.installers.is_windows and "pyenv" in case.installers.tools:
        there = [run("cd {folder}", folder=case.project)] if case.project else []
        note = "from then on python3 is this one, in this folder"
        local = run("pyenv local {version}", version=right.path.parent.parent.name, note=note)
        return [*there, local, use(case.installers, right, case.project)]
    return [use(case.installers, right, case.project)]


def _wrong_environment(case: Case) -> Finding:
    inside = case.launching.by_poetry
    is_conda = inside is not None and not inside.is_virtual
    return problem(
        "python.wrong-environment",
        "An active environment has a Python that does not suit this AutoGPT",
        detail="Poetry uses the environment that is active in the terminal, and makes none of its own.",
        evidence=case.evidence([inside] if inside else []),
        remedy=remedy(
            "Leave it, then start again.",
            run("conda deactivate" if is_conda else "deactivate", shell=case.installers.shell),
            links=[ENVIRONMENTS],
        ),
    )


def _not_found_by_poetry(case: Case) -> Finding:
    right = case.fitting[0]
    return problem(
        "python.wrong-one",
        "Poetry does not find a Python that suits this AutoGPT, although one is there",
        evidence=case.evidence([right]),
        remedy=remedy(
            "Tell Poetry where it is.",
            use(case.installers, right, case.project),
            install(case.project, case.installers.kind),
            links=[ENVIRONMENTS],
        ),
    )


def _poetry_stumbles(case: Case) -> Optional[Finding]:
    """Poetry 2 asks `python` first and does not go on when that is no interpreter.

    Seen with Poetry 2.5.1, whatever the command; reported as https://github.com/python-poetry/poetry/issues/10219.
    """
    program = case.poetries.used if case.poetries else None
    if program is None or program.numbers < (2,) or case.launching.environment is not None:
        return None
    first = case.interpreters.first_of(("python",))
    if not isinstance(first, Mute) or first.reason not in STUMBLES:
        return None
    finding = MUTE[first.reason](case, first)
    own = case.launching.poetry_own
    if finding is None or own is None or not case.admits(own):
        return finding
    instead = run(
        "poetry config virtualenvs.use-poetry-python true",
        shell=case.installers.shell,
        note="or let Poetry take the Python that it runs with itself",
    )
    steps = finding.remedy._replace(commands=(*finding.remedy.commands, instead))
    detail = say("Poetry asks “python” before anything else, and stops when that does not work.")
    return finding._replace(detail=detail, remedy=steps)


STUMBLES = ("store-stub", "timed-out", "not-runnable", "no-answer", "python2")
