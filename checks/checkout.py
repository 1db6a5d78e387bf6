"""The checkout: which layout of AutoGPT this is, where its agent folder is, and which commit.

Everything else about AutoGPT is asked of what is found here.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.autogpt.layouts import PLATFORM_FOLDER, Layout, recognise, recognise_alone
from doctor import Machine, NotHere, Options, Subject, Unavailable, fact, say
from doctor.machine import Stat

IMAGE = "significantgravitas/auto-gpt"
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")


class Search(NamedTuple):
    """Where the doctor looked and what kind of place it is. Always there, whatever was found."""

    started: PurePath
    kind: str
    """"checkout" (in it or below its root), "alone" (the agent folder without its repository), "platform" (in the
    other product's folder), "platform-only" (a repository without the agent), "image" (no repository; a compose file
    in the folder runs AutoGPT's image, as its Docker page describes it) or "none"."""
    root: Optional[PurePath] = None
    """The repository root, or the lone agent folder."""
    layout: Optional[Layout] = None
    shell: str = "sh"
    """The shell that a person on this system has at hand: "sh" or "powershell"."""


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
    shell: str = "sh"
    """The shell that a person on this system has at hand: "sh" or "powershell"."""

    def at(self, relative: str) -> PurePath:
        """A path given relative to the repository root, with forward slashes."""
        return below(self.root, relative)


class Git(NamedTuple):
    """The git state of the checkout, read from its files and not by running git."""

    folder: Optional[PurePath]
    """The repository's git folder; None for a ZIP download."""
    commit: str = ""
    branch: str = ""
    """"" when the head is detached."""
    is_detached: bool = False


def below(folder: PurePath, relative: str) -> PurePath:
    """The folder itself for "", else what lies below it; `relative` has forward slashes."""
    return folder.joinpath(*relative.split("/")) if relative else folder


def layout_of(machine: Machine, folder: PurePath) -> Optional[Layout]:
    """The layout of the repository that has this folder as its root."""
    return recognise(
        lambda name: _is_no_folder(machine, below(folder, name)), lambda name: machine.is_folder(below(folder, name))
    )


def _is_alone(machine: Machine, folder: PurePath) -> bool:
    return recognise_alone(
        lambda name: _is_no_folder(machine, below(folder, name)), lambda name: machine.is_folder(below(folder, name))
    )


def _is_no_folder(machine: Machine, path: PurePath) -> bool:
    """A pipe or a device in the place of a file is a trouble of its own, and still AutoGPT's folder."""
    stat = machine.stat(path)
    return isinstance(stat, Stat) and not stat.is_folder


@fact
def search(machine: Machine, options: Options) -> Search:
    started = options.folder
    shell = "powershell" if machine.system.is_windows else "sh"
    for folder in (started, *started.parents):
        layout = layout_of(machine, folder)
        inner = started.relative_to(folder).parts
        in_platform = bool(inner) and inner[0].lower() == PLATFORM_FOLDER
        if layout is not None:
            folder, layout = _outermost(machine, folder, layout)
            return Search(started, "platform" if in_platform else "checkout", folder, layout, shell)
        if (in_platform or folder == started or machine.exists(folder / ".git")) and machine.is_folder(
            folder / PLATFORM_FOLDER
        ):
            return Search(started, "platform-only", folder, None, shell)
    for folder in (started, *started.parents):
        if _is_alone(machine, folder):
            return Search(started, "alone", folder, None, shell)
    if any(IMAGE in (machine.read_text(started / name, 65536) or "") for name in COMPOSE_FILES):
        return Search(started, "image", None, None, shell)
    return Search(started, "none", None, None, shell)


def _outermost(machine: Machine, folder: PurePath, layout: Layout) -> tuple[PurePath, Layout]:
    """A part of one layout may look like the whole of another: then the repository around it counts."""
    for outer in tuple(folder.parents)[:2]:  # parents take no slice before Python 3.10
        around = layout_of(machine, outer)
        if around is not None and around.agent:
            agent = below(outer, around.agent)
            if folder == agent or folder in agent.parents:
                return outer, around
    return folder, layout


@fact
def checkout(search: Search) -> Checkout:
    if search.kind == "image":
        raise NotHere  # what is judged of a checkout is inside the image
    if search.kind != "checkout" or search.root is None or search.layout is None:
        reason = say("there is no AutoGPT checkout in {folder}", folder=search.started)
        raise Unavailable(reason, f"checkout.{search.kind}")
    layout, root = search.layout, search.root
    return Checkout(
        root=root,
        layout=layout,
        agent=below(root, layout.agent),
        project=None if layout.project is None else below(root, layout.project),
        start_in=below(root, layout.start_in),
        shell=search.shell,
    )


@fact
def git(machine: Machine, checkout: Checkout) -> Git:
    folder = _git_folder(machine, checkout.root)
    if folder is None:
        return Git(None)
    head = (machine.read_text(folder / "HEAD", 4096) or "").strip()
    if not head.startswith("ref:"):
        return Git(folder, commit=_hash(head), is_detached=bool(_hash(head)))
    reference = head[4:].strip()
    branch = reference[len("refs/heads/") :] if reference.startswith("refs/heads/") else ""
    return Git(folder, _hash(_resolve(machine, folder, reference)), branch)


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
    return root / machine.path(_line(text[len("gitdir:") :]))


def _resolve(machine: Machine, folder: PurePath, reference: str) -> str:
    """The commit that a reference names, "" when it names none yet."""
    if not re.fullmatch(r"[^\s\0-\x1f~^:?*\[\\]+", reference) or ".." in reference:
        return ""
    common = machine.read_text(folder / "commondir", 4096)
    for place in (folder, folder / machine.path(_line(common)) if common else folder):
        loose = machine.read_text(below(place, reference), 4096)
        if loose:
            return loose.strip()
        for line in (machine.read_text(place / "packed-refs") or "").splitlines():
            if line.endswith(" " + reference):
                return line.split(" ", 1)[0]
    return ""


def _line(text: str) -> str:
    """The first line of what may be any text, fit for a path."""
    return text.strip().split("\n", 1)[0].replace("\0", "").strip()


def _hash(text: str) -> str:
    """A commit's name, "" for what is none."""
    return text if re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", text) else ""
