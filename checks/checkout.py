"""The checkout: which layout of AutoGPT this is, where its agent folder is, and whether it is whole."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.autogpt.layouts import PLATFORM_FOLDER, Layout, recognise, recognise_alone
from doctor import Machine, Options, Subject, Unavailable, fact, say

# --- facts --------------------------------------------------------------------------------------------------------


class Search(NamedTuple):
    """Where the doctor looked and what kind of place it is. Always there, whatever was found."""

    started: PurePath
    kind: str
    """"checkout" (in it or below its root), "alone" (the agent folder without its repository), "platform" (in the
    other product's folder), "platform-only" (a repository without the agent) or "none"."""
    root: Optional[PurePath] = None
    """The repository root, or the lone agent folder."""
    layout: Optional[Layout] = None


class Checkout(NamedTuple):
    """A checkout of AutoGPT, whole or not."""

    root: PurePath
    layout: Layout
    agent: PurePath
    """The agent folder: `.env.template` belongs there."""
    project: Optional[PurePath]
    """The folder of pyproject.toml and poetry.lock; None for the eras of requirements.txt."""
    start_in: PurePath
    """The folder that AutoGPT is started from."""

    def at(self, relative: str) -> PurePath:
        """A path given relative to the repository root, with forward slashes."""
        return self.root.joinpath(*relative.split("/")) if relative else self.root


class Git(NamedTuple):
    """The git state of the checkout, read from its files and not by running git."""

    folder: Optional[PurePath]
    """The repository's git folder; None for a ZIP download."""
    commit: str = ""
    branch: str = ""
    """"" when the head is detached."""
    is_detached: bool = False


@fact
def search(machine: Machine, options: Options) -> Search:
    started = options.folder
    for folder in (started, *started.parents):
        layout = recognise(
            lambda name, f=folder: machine.is_file(f.joinpath(*name.split("/"))),  # type: ignore[misc]
            lambda name, f=folder: machine.is_folder(f.joinpath(*name.split("/"))),  # type: ignore[misc]
        )
        inner = started.relative_to(folder).parts
        if layout is not None:
            in_platform = bool(inner) and inner[0] == PLATFORM_FOLDER
            return Search(started, "platform" if in_platform else "checkout", folder, layout)
        if machine.is_folder(folder / PLATFORM_FOLDER) and (machine.exists(folder / ".git") or inner[:1] == (PLATFORM_FOLDER,)):
            return Search(started, "platform-only", folder)
    for folder in (started, *started.parents):
        if recognise_alone(
            lambda name, f=folder: machine.is_file(f.joinpath(*name.split("/"))),  # type: ignore[misc]
            lambda name, f=folder: machine.is_folder(f.joinpath(*name.split("/"))),  # type: ignore[misc]
        ):
            return Search(started, "alone", folder)
    return Search(started, "none")


@fact
def checkout(search: Search) -> Checkout:
    if search.kind != "checkout" or search.root is None or search.layout is None:
        raise Unavailable(say("there is no AutoGPT checkout in {folder}", folder=search.started), f"checkout.{search.kind}")
    layout, root = search.layout, search.root
    return Checkout(
        root=root,
        layout=layout,
        agent=root.joinpath(*layout.agent.split("/")) if layout.agent else root,
        project=None if layout.project is None else root.joinpath(*layout.project.split("/")),
        start_in=root.joinpath(*layout.start_in.split("/")) if layout.start_in else root,
    )


@fact
def git(machine: Machine, checkout: Checkout) -> Git:
    folder = _git_folder(machine, checkout.root)
    if folder is None:
        return Git(None)
    head = (machine.read_text(folder / "HEAD", 4096) or "").strip()
    if not head.startswith("ref:"):
        return Git(folder, commit=head, is_detached=bool(head))
    reference = head[4:].strip()
    return Git(folder, _resolve(machine, folder, reference), reference.rpartition("refs/heads/")[2])


@fact
def subject(checkout: Checkout, git: Git) -> Subject:
    return Subject(checkout.agent, checkout.layout.name, git.commit)


def _git_folder(machine: Machine, root: PurePath) -> Optional[PurePath]:
    """`.git`, or what a `.git` file (worktree, submodule) points to."""
    place = root / ".git"
    if machine.is_folder(place):
        return place
    text = machine.read_text(place, 4096)
    if text is None or not text.startswith("gitdir:"):
        return None
    return root / machine.path(text[len("gitdir:") :].strip())


def _resolve(machine: Machine, folder: PurePath, reference: str) -> str:
    """The commit that a reference names, "" when it names none yet."""
    common = machine.read_text(folder / "commondir", 4096)
    for place in (folder, folder / machine.path(common.strip()) if common else folder):
        loose = machine.read_text(place.joinpath(*reference.split("/")), 4096)
        if loose:
            return loose.strip()
        for line in (machine.read_text(place / "packed-refs") or "").splitlines():
            if line.endswith(" " + reference):
                return line.split(" ", 1)[0]
    return ""


