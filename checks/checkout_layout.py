"""Is this AutoGPT's folder at all, and the one that it is started from?

It protects the user from a dozen complaints whose one cause is the wrong folder.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, NamedTuple

from checks.checkout import Checkout, Search, below, layout_of
from checks.meanings import CHECKOUT_LAYOUT
from doctor import (
    Finding,
    Link,
    Machine,
    Options,
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
)  # fmt: skip

# --- facts --------------------------------------------------------------------------------------------------------


class Nearby(NamedTuple):
    """Checkouts close to a folder that is none."""

    folders: tuple[PurePath, ...] = ()


@fact
def nearby(machine: Machine, search: Search) -> Nearby:
    """The first few with AutoGPT in their name, here and at home. A ZIP often unpacks to a folder in a like folder."""
    if search.kind != "none":
        return Nearby()
    folders: dict[PurePath, None] = {}
    for place in dict.fromkeys((search.started, machine.home)):
        for name in [name for name in machine.names_in(place) if re.search("(?i)auto-?gpt", name)][:20]:
            for folder in (place / name, place / name / name):
                if layout_of(machine, folder) is not None:
                    folders.setdefault(folder)
    return Nearby(tuple(folders)[:3])


# --- judgements ---------------------------------------------------------------------------------------------------


@check(
    "checkout.layout",
    title="AutoGPT's folder",
    stage=Stage.MACHINE,
    codes=CHECKOUT_LAYOUT,
)
def checkout_layout(search: Search, nearby: Nearby) -> Iterator[Finding]:
    """Everything that is examined depends on which AutoGPT this is: its folders have moved several times.

    The doctor looks in the folder where it is started (or the one given with -C) and in every folder above it, and
    knows the agent of every year by its files. The same repository also holds the AutoGPT platform, in
    autogpt_platform/, which is another product with other needs: there, and where there is no AutoGPT at all, only
    the machine is examined. So it is in a folder with nothing but a compose file that runs AutoGPT's Docker image.

    To put it right, go to the agent's folder, or give it with -C. If AutoGPT is not there yet, clone the repository.
    """
    if search.kind == "checkout" and search.layout is not None:
        where = search.root or search.started
        yield ok("checkout.layout", say("AutoGPT {layout} in {root}", layout=search.layout.name, root=where))
    elif search.kind == "alone":
        yield problem(
            "checkout.alone",
            "This is AutoGPT's agent folder without the rest of its repository",
            detail="It is installed together with the folders that lie beside it in the repository.",
            evidence=found(say("only {folder}", folder=search.root or search.started), wanted="the whole repository"),
            remedy=_clone("Get the whole repository, and copy your .env into it:", search),
        )
    elif search.kind == "image":
        yield note(
            "checkout.image",
            "AutoGPT is run by Docker from this folder, without its repository",
            detail="So this machine and its Docker are examined. AutoGPT's own files are inside the image.",
            evidence=found(say("a compose file in {folder} names AutoGPT's image", folder=search.started)),
        )
    elif search.kind == "none":
        yield _nothing_here(search, nearby)
    else:
        yield _platform(search)


def _nothing_here(search: Search, nearby: Nearby) -> Finding:
    where = found(say("none in {folder}, nor in a folder above it", folder=search.started))
    if nearby.folders:
        text = "There is one close by. Go there, then run the doctor again:"
        commands = [run("cd {folder}", folder=folder, shell=search.shell) for folder in nearby.folders]
        known = found(say("AutoGPT is in {folders}", folders=nearby.folders))
        help_ = remedy(text, *commands, links=(SETUP,))
        return problem("checkout.none", "AutoGPT is not in this folder", evidence=(where, known), remedy=help_)
    text = "Go to the folder where AutoGPT is, or get it first:"
    return problem("checkout.none", "AutoGPT is not in this folder", evidence=where, remedy=_clone(text, search))


def _clone(text: str, search: Search) -> Remedy:
    return remedy(
        text,
        run("git clone {url}", url=REPOSITORY.url + ".git", shell=search.shell),
        run("cd AutoGPT", shell=search.shell, note="then run the doctor again"),
        links=(REPOSITORY, RELEASES, SETUP),
    )


def _platform(search: Search) -> Finding:
    evidence = found(say("{folder} belongs to the AutoGPT platform", folder=search.started))
    detail = "The platform is another product in the same repository; this doctor examines the AutoGPT agent."
    if search.kind == "platform" and search.layout is not None and search.root is not None:
        agent = below(search.root, search.layout.agent)
        go = run("cd {folder}", folder=agent, shell=search.shell)
        return problem(
            "checkout.platform",
            "This is the folder of the AutoGPT platform, not of the agent",
            detail=detail,
            evidence=evidence,
            remedy=remedy("Go to the agent's folder, then run the doctor again:", go, links=(PLATFORM,)),
        )
    return problem(
        "checkout.platform-only",
        "This repository holds the AutoGPT platform, but not the agent",
        detail=detail,
        evidence=evidence,
        remedy=_clone("For the platform, follow its own guide. For the agent, get the whole repository:", search),
        links=(PLATFORM,),
    )


@check("checkout.start-folder", title="The folder to start in", stage=Stage.MACHINE, codes=("checkout.wrong-folder",))
def checkout_start_folder(checkout: Checkout, search: Search, options: Options) -> Iterator[Finding]:
    """AutoGPT's launcher finds its files only when it is started in the right folder of the repository.

    Started elsewhere, Poetry finds no pyproject.toml (or an unrelated one), and the launcher is not there. Which folder
    is the right one depends on the year of the checkout. Everything else is examined in the right place all the same.
    When the checkout was given with -C, nobody stands in the wrong folder, and this is a mere note.
    """
    if search.started in (checkout.start_in, checkout.agent):
        return
    if search.started == checkout.root:
        where = say("the root of the repository")
    elif checkout.agent in search.started.parents:
        where = say("below it")
    else:
        where = say("in the repository, but not AutoGPT's own folder in it")
    make = note if options.is_given else warning
    yield make(
        "checkout.wrong-folder",
        say("AutoGPT is started from {folder}", folder=checkout.start_in)
        if options.is_given
        else say("You are not in the folder that AutoGPT is started from"),
        detail=None if options.is_given else "Go there to start it. Everything was examined there all the same.",
        evidence=found(
            say("{started} is {where}", started=search.started, where=where),
            wanted=say("{folder}", folder=checkout.start_in),
        ),
        remedy=remedy(None, run("cd {folder}", folder=checkout.start_in, shell=checkout.shell), links=(SETUP,)),
    )


REPOSITORY = Link("AutoGPT on GitHub", "https://github.com/Significant-Gravitas/AutoGPT")
RELEASES = Link("AutoGPT's releases", "https://github.com/Significant-Gravitas/AutoGPT/releases")
SETUP = Link(
    "AutoGPT's setup page",
    "https://github.com/Significant-Gravitas/AutoGPT/blob/master/docs/content/classic/setup/index.md",
)
PLATFORM = Link("The AutoGPT platform", "https://github.com/Significant-Gravitas/AutoGPT/tree/master/autogpt_platform")
