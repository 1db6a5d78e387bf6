"""The environment that Poetry installs AutoGPT into: whether it is there, sound, of the right Python, and complete."""

from __future__ import annotations

from typing import Iterator, Optional

from checks.autogpt.pythons import BEST_SERIES
from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.interpreters import Interpreter, Interpreters
from checks.manifest import Manifest, fits
from checks.meanings import ENVIRONMENT
from checks.poetry_remedies import CONFIGURATION, ENVIRONMENTS, INSTALLATION, get_poetry, install, poetry, shell_of
from checks.poetry_sources import Poetries
from checks.python import is_usual
from checks.virtual_environment import Environment
from doctor import Command, Finding, Remedy, Stage, check, found, note, ok, problem, remedy, run, say, warning


@check(
    "environment.state",
    title="AutoGPT's environment",
    stage=Stage.ENVIRONMENT,
    codes=ENVIRONMENT,
)
def environment_state(
    checkout: Checkout,
    project_environments: ProjectEnvironments,
    manifest: Optional[Manifest],
    poetries: Poetries,
    interpreters: Optional[Interpreters],
) -> Iterator[Finding]:
    """Poetry installs AutoGPT and everything that it needs into a folder of its own, a virtual environment.

    The environment is bound to the Python that it was made with and to the folder of the checkout. It breaks when that
    Python is removed or upgraded, and when it was made with a Python that this AutoGPT does not admit. If installing
    stopped half-way, packages are missing: then AutoGPT ends with "No module named 'forge'" or "Command not found:
    autogpt". `poetry install` completes it; `poetry env remove --all` lets you begin anew. An environment that is
    active in your shell (VIRTUAL_ENV, or conda) is used in place of AutoGPT's own: `deactivate` leaves it. Poetry is
    not started for this: the environment is found where Poetry keeps it, and judged by its files.
    """
    environments = project_environments
    chosen = environments.chosen
    if checkout.project is None or manifest is None or not environments.name:
        return
    if chosen is None:
        yield _absent(checkout, environments, poetries) if environments.creates else _shared()
    elif chosen.is_broken:
        yield _broken(chosen, checkout, poetries)
    elif len(chosen.version) >= 2 and not fits(manifest.python, chosen.version):
        yield _wrong_python(chosen, checkout, manifest, poetries, interpreters)
    elif chosen.is_listed and not chosen.has(environments.name):
        yield _not_installed(chosen, checkout, environments, poetries)
    else:
        yield ok("environment.ready", say("Python {version}, {path}", version=chosen.series, path=chosen.path))


def _installs_itself(checkout: Checkout, poetries: Poetries) -> bool:
    """Whether starting AutoGPT by its own script installs what is missing."""
    ending = ".bat" if poetries.kind == "windows" else ".sh"
    return any(each.endswith(ending) and "setup" not in each for each in checkout.layout.launchers)


def _absent(checkout: Checkout, environments: ProjectEnvironments, poetries: Poetries) -> Finding:
    is_next = not _installs_itself(checkout, poetries)
    evidence = [found(say("no environment of Poetry for {folder}", folder=checkout.project or ""))]
    evidence += [found(say("one with another Python: {path}", path=each.path)) for each in environments.others]
    if environments.moved:
        paths = environments.moved[:MOST_MOVED]
        evidence.append(
            found(say("made for a checkout in another folder, which Poetry tells apart: {paths}", paths=paths))
        )
    return (warning if is_next else note)(
        "environment.absent",
        "AutoGPT's packages are not installed yet",
        detail="Install them before you start AutoGPT."
        if is_next
        else "The start script installs them when AutoGPT is started for the first time; that takes some minutes.",
        evidence=evidence,
        remedy=remedy(None, install(checkout.project, poetries.kind), links=[ENVIRONMENTS]),
        explained_by=EARLIER,
    )


def _shared() -> Finding:
    return note(
        "environment.shared",
        "Poetry is told to make no environments: AutoGPT's packages go into Python itself",
        detail="They can get in the way of other programs, and a distribution may refuse it.",
        evidence=found("virtualenvs.create is false in Poetry's settings", wanted="true, as Poetry has it by itself"),
        remedy=remedy("If you did not mean it:", run("poetry config virtualenvs.create true"), links=[CONFIGURATION]),
    )


def _broken(chosen: Environment, checkout: Checkout, poetries: Poetries) -> Finding:
    """Where the interpreter itself is gone Poetry notices, and makes the environment anew with the next install."""
    heals = poetries.kind != "windows" and _installs_itself(checkout, poetries)
    gone = say("{python} is not there", python=chosen.python or chosen.path)
    if chosen.home is not None:
        made_from = say("it was made from a Python in {home}", home=chosen.home)
        gone = say("{python} leads nowhere; {made_from}", python=chosen.python or chosen.path, made_from=made_from)
    return (warning if heals else problem)(
        "environment.broken",
        "The environment that is active in this terminal has been deleted"
        if chosen.kind == "active" and chosen.home is None and not chosen.is_conda
        else "AutoGPT's environment is broken: the Python that it was made from is gone",
        evidence=found(gone, where=say("{path}", path=chosen.path)),
        remedy=_anew(chosen, checkout, poetries),
        links=[ENVIRONMENTS],
    )


def _anew(chosen: Environment, checkout: Checkout, poetries: Poetries) -> Remedy:
    if chosen.kind == "active":
        return remedy(
            "Leave it, and let Poetry make one of its own."
            if chosen.is_conda or not chosen.is_broken
            else "Open a new terminal, or forget it in this one. Then let Poetry make an environment of its own.",
            _leave(chosen, poetries),
            install(checkout.project, poetries.kind),
        )
    return remedy(
        "Remove it and install again.",
        poetry(checkout.project, poetries.kind, "env remove --all"),
        install(checkout.project, poetries.kind),
    )


def _leave(chosen: Environment, poetries: Poetries) -> Command:
    """What has been deleted cannot be left by its own script, and a terminal opened from another one never had that."""
    line = "conda deactivate" if chosen.is_conda else "deactivate"
    if chosen.is_broken and not chosen.is_conda:
        on_posix = "set -e VIRTUAL_ENV" if poetries.shell == "fish" else "unset VIRTUAL_ENV"
        line = "Remove-Item Env:VIRTUAL_ENV" if poetries.kind == "windows" else on_posix
    return run(line, shell=shell_of(poetries.kind), note="in this terminal")


def _wrong_python(
    chosen: Environment,
    checkout: Checkout,
    manifest: Manifest,
    poetries: Poetries,
    interpreters: Optional[Interpreters],
) -> Finding:
    right = _right(interpreters, manifest, BEST_SERIES[checkout.layout.id]) if interpreters else None
    if chosen.kind == "active":
        steps = _anew(chosen, checkout, poetries)
    else:
        use = [poetry(checkout.project, poetries.kind, "env use {python}", python=right.path)] if right else []
        steps = remedy("Make one with a Python that AutoGPT admits.", *use, install(checkout.project, poetries.kind))
    return problem(
        "environment.wrong-python",
        say(
            "The environment that is active here has Python {series}, which this AutoGPT does not admit",
            series=chosen.series,
        )
        if chosen.kind == "active"
        else say("AutoGPT's environment has Python {series}, which this AutoGPT does not admit", series=chosen.series),
        evidence=found(
            say("Python {series} in {path}", series=chosen.series, path=chosen.path),
            wanted=say("Python {constraint}", constraint=manifest.python),
            where=say("{path}", path=manifest.path),
        ),
        remedy=steps,
        links=[ENVIRONMENTS],
        explained_by=("python.wrong-environment", "python.too-old", "python.unsuitable"),
    )


def _right(interpreters: Interpreters, manifest: Manifest, best: str) -> Optional[Interpreter]:
    """An ordinary interpreter that the project admits, of the best series if there is one."""
    fit = [each for each in interpreters.found if is_usual(each) and not each.is_virtual]
    fit = [each for each in fit if fits(manifest.python, each.version)]
    return max(fit, key=lambda each: (each.series == best, each.version), default=None)


def _not_installed(
    chosen: Environment, checkout: Checkout, environments: ProjectEnvironments, poetries: Poetries
) -> Finding:
    has_some = len(chosen.packages) > FEW_PACKAGES
    return warning(
        "environment.not-installed",
        "AutoGPT was not installed to the end" if has_some else "AutoGPT is not installed in its environment yet",
        detail='It ends with "No module named \'forge\'", or "Command not found: autogpt", until it is.',
        evidence=found(
            say("{count} packages, and not {name} itself", count=len(chosen.packages), name=environments.name),
            where=say("{path}", path=chosen.path),
        ),
        remedy=remedy("Install again, and read how it ends.", install(checkout.project, poetries.kind)),
        links=[ENVIRONMENTS],
        explained_by=EARLIER,
    )


MOST_MOVED = 3
FEW_PACKAGES = 6
"""So many may be in an environment that nothing was installed into."""
EARLIER = (
    "poetry.missing", "poetry.not-on-path", "poetry.broken", "poetry.shim", "poetry.too-old", "lock.no-wheels",
    "lock.stale", "lock.conflict", "lock.broken", "lock.unreadable", "lock.too-new-for-poetry", "python.none",
    "python.too-old", "python.unsuitable", "python.wrong-one", "python.wrong-environment", "python.not-on-path",
    "python.store-stub", "python.apple-stub", "python.shim", "python.broken", "python.python2", "msvc.*",
)  # fmt: skip
"""Findings that keep `poetry install` from its end."""


@check("poetry.place", title="Place of Poetry", stage=Stage.ENVIRONMENT, codes=("poetry.in-environment",))
def poetry_place(
    checkout: Checkout, project_environments: ProjectEnvironments, poetries: Poetries
) -> Iterator[Finding]:
    """Poetry should not live in the environment that it looks after.

    It was then installed by `pip install poetry` while AutoGPT's environment was active. `poetry install` may change
    or remove packages that Poetry itself needs, and when the environment goes, Poetry goes with it. Install Poetry
    outside, and leave the environment with `deactivate`.
    """
    chosen, used = project_environments.chosen, poetries.used
    if chosen is None or used is None or used.python is None or chosen.path not in used.python.parents:
        return
    yield warning(
        "poetry.in-environment",
        "Poetry is installed inside AutoGPT's own environment",
        detail="Installing AutoGPT's packages may break it.",
        evidence=found(say("{poetry} runs with {python}", poetry=used.path, python=used.python)),
        remedy=remedy("Install Poetry outside of it.", *get_poetry(poetries, None), links=[INSTALLATION]),
    )
