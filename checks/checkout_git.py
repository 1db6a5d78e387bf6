"""Is the checkout in a state of git that AutoGPT can start in?

AutoGPT asks git at every start. It protects the user from a start that ends in an error about git which names neither
the cause nor the way out.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout, Git
from checks.checkout_files import owner_of
from checks.checkout_layout import REPOSITORY
from checks.meanings import CHECKOUT_GIT
from checks.unix_places import unix_settings
from checks.wsl import Wsl
from doctor import (
    Finding,
    Link,
    Machine,
    Remedy,
    Stage,
    check,
    fact,
    found,
    note,
    ok,
    problem,
    remedy,
    run,
    say,
    warning,
)

# --- facts --------------------------------------------------------------------------------------------------------


class StartUp(NamedTuple):
    """What the checkout's own source says of its start."""

    path: PurePath
    """autogpt/app/utils.py of the agent folder."""
    branch: str = "unknown"
    """Without a branch it "ends" with an error, or "goes-on"; "unknown" when the source does not tell."""
    keeps_news_in_data: bool = False
    """It writes the last news to data/ in the current folder, and does not make that folder."""
    has_data_folder: bool = True
    """Whether data/ is there in the folder that AutoGPT is started from."""


class Ownership(NamedTuple):
    """Whose the repository is, as git looks at it."""

    is_strange: bool = False
    """It belongs to another user, and the user's git was not told that this is in order."""
    owner: Optional[int] = None


@fact
def start_up(machine: Machine, checkout: Checkout) -> StartUp:
    path = checkout.agent.joinpath("autogpt", "app", "utils.py")
    text = machine.read_text(path, 100_000) or ""
    return StartUp(
        path=path,
        branch=_without_branch(text),
        keeps_news_in_data=bool(re.search(r"open\(\s*[\"']data/CURRENT_BULLETIN", text)) and "mkdir" not in text,
        has_data_folder=machine.is_folder(checkout.start_in / "data"),
    )


def _without_branch(text: str) -> str:
    """Read from the function that names the branch: which errors does it catch?"""
    function = re.search(r"def get_current_git_branch\b.*?(?=\n\S|\Z)", text, re.DOTALL)
    if function is None or "active_branch" not in function[0]:
        return "unknown"
    catches_it = re.search(r"except\s*(:|Exception|BaseException|[^:\n]*TypeError)", function[0])
    return "goes-on" if catches_it or "is_detached" in function[0] else "ends"


@fact
def ownership(machine: Machine, checkout: Checkout, git: Git, wsl: Optional[Wsl]) -> Ownership:
    """As git judges it since 2.35.2; on Windows, and on Windows drives in WSL, owners are another matter."""
    if git.folder is None or machine.system.is_windows or (wsl is not None and wsl.on_windows_drive(checkout.root)):
        return Ownership()
    user = _user(machine)
    owners = (owner_of(machine.stat(checkout.root)), owner_of(machine.stat(git.folder)))
    strange = next((owner for owner in owners if owner is not None and owner not in user), None)
    if not user or strange is None or _is_declared_safe(machine, checkout.root):
        return Ownership()
    return Ownership(True, strange)


def _user(machine: Machine) -> tuple[int, ...]:
    """The numbers that count as the user's own; none when they cannot be told."""
    if machine.system.is_elevated:
        before = machine.variable("SUDO_UID") or ""
        is_number = before.isascii() and before.isdigit() and len(before) < 12
        return (0, int(before)) if is_number else (0,)
    owner = owner_of(machine.stat(machine.home))
    return (owner,) if owner else ()


def _is_declared_safe(machine: Machine, root: PurePath) -> bool:
    settings = unix_settings(machine)
    files = (machine.home / ".gitconfig", settings.joinpath("git", "config"), machine.path("/etc/gitconfig"))
    values = [value for file in files for value in safe_folders(machine.read_text(file, 100_000) or "")]
    return any(value in ("*", str(root)) or value == f"{root.parent}/*" for value in values)


def safe_folders(text: str) -> list[str]:
    """The values of safe.directory in a git configuration file."""
    values, section = [], ""
    for line in text.splitlines():
        heading = re.match(r"\s*\[\s*([A-Za-z0-9.-]+)", line)
        section = heading[1].lower() if heading else section
        value = re.search(r"(?i)\bdirectory\s*=\s*(.*?)\s*$", line)
        if section == "safe" and value:
            values.append(value[1].strip('"').rstrip("/") or "/")
    return values


# --- judgements ---------------------------------------------------------------------------------------------------


@check(
    "checkout.git",
    title="The state of git",
    stage=Stage.ENVIRONMENT,  # it is met when AutoGPT starts, after everything has been installed
    codes=CHECKOUT_GIT,
)
def checkout_git(checkout: Checkout, git: Git, start_up: StartUp) -> Iterator[Finding]:
    """AutoGPT asks at its start which branch of its repository it runs on.

    A release that was checked out by its tag, or a single commit, is on no branch ("detached HEAD"). AutoGPT from
    version 0.5.0 on does not expect that, and ends with "HEAD is a detached symbolic reference". Whether it does is
    read from the checkout's own source. Give the place where you are a branch name, or start with --skip-news.

    A download without git is fine; it only cannot be updated with git.
    """
    if git.folder is None:
        yield note(
            "checkout.zip",
            "This AutoGPT was downloaded without git",
            detail="That is fine. To update it, download it again and copy your .env over.",
            links=(REPOSITORY,),
        )
    elif git.is_detached and start_up.branch != "goes-on" and checkout.layout.id not in ("L0", "L1", "L2a"):
        is_certain = start_up.branch == "ends"
        yield (problem if is_certain else warning)(
            "checkout.detached-head",
            "AutoGPT ends at its start, because git is on no branch here"
            if is_certain
            else "AutoGPT may end at its start, because git is on no branch here",
            detail='This is so after a release or a single commit was checked out ("detached HEAD").',
            evidence=found(
                say("commit {commit}, no branch", commit=git.commit[:12]),
                wanted="a branch, of whatever name",
                where=say("{file}", file=start_up.path) if is_certain else None,
            ),
            remedy=_onto_a_branch(checkout),
            is_certain=is_certain,
        )
    elif git.commit:
        where = say("branch {branch}", branch=git.branch) if git.branch else say("no branch")
        yield ok("checkout.git", say("git is on {where}, commit {commit}", where=where, commit=git.commit[:12]))


def _onto_a_branch(checkout: Checkout) -> Remedy:
    return remedy(
        "Give the place where you are the name of a branch; no file changes:",
        run("cd {folder}", folder=checkout.root, shell=checkout.shell),
        run("git checkout -b my-autogpt", shell=checkout.shell),
        links=(DETACHED,),
    )


@check(
    "checkout.ownership",
    title="Whose repository it is",
    stage=Stage.FILES,
    codes=("checkout.dubious-ownership",),
)
def checkout_ownership(checkout: Checkout, ownership: Ownership) -> Iterator[Finding]:
    """git refuses to work in a repository that belongs to somebody else ("dubious ownership").

    That is the case after cloning with sudo. AutoGPT itself still starts, but git pull and the like do not work any
    more. Make the repository yours again, or tell git that this folder is in order.
    """
    if not ownership.is_strange:
        return
    who = say("root") if ownership.owner == 0 else say("another user (number {id})", id=ownership.owner or 0)
    yield warning(
        "checkout.dubious-ownership",
        "git will not work here, because the repository belongs to another user",
        evidence=found(say("{root} belongs to {who}", root=checkout.root, who=who), wanted="your own user"),
        remedy=remedy(
            "Make it yours, or tell git that this is in order:",
            run('sudo chown -R "$(id -un)" {root}', root=checkout.root),
            run("git config --global --add safe.directory {root}", root=checkout.root, note="instead"),
            links=(SAFE,),
        ),
        explained_by=("checkout.not-writable",),
    )


@check("checkout.news", title="The folder for the news", stage=Stage.ENVIRONMENT, codes=("checkout.no-data-folder",))
def checkout_news(checkout: Checkout, start_up: StartUp) -> Iterator[Finding]:
    """At its start AutoGPT fetches its news, and keeps the last ones in a folder data/ where it is started.

    Where that folder is missing, and nothing else makes it, the first start ends with "No such file or directory:
    data/CURRENT_BULLETIN.md". Whether this AutoGPT does so is read from its own source. Make the folder, or start
    with --skip-news.
    """
    if not start_up.keeps_news_in_data or start_up.has_data_folder or checkout.layout.id not in ("L1", "L2a", "L5"):
        return
    yield warning(
        "checkout.no-data-folder",
        "AutoGPT may end when it fetches its news, because the folder data is missing",
        evidence=found(
            say("no data in {folder}", folder=checkout.start_in),
            wanted="the folder, for data/CURRENT_BULLETIN.md",
            where=say("{file}", file=start_up.path),
        ),
        remedy=remedy(
            "Make the folder, or start AutoGPT with --skip-news:",
            run("mkdir {folder}", folder=checkout.start_in / "data", shell=checkout.shell),
            links=(NEWS,),
        ),
        is_certain=False,
    )


DETACHED = Link("GitPython: detached HEAD", "https://github.com/gitpython-developers/GitPython/issues/629")
SAFE = Link("git: safe.directory", "https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory")
NEWS = Link("AutoGPT #3821", "https://github.com/Significant-Gravitas/AutoGPT/issues/3821")
