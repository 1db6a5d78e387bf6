"""Is the checkout in a place where AutoGPT can work?

It protects the user from folders that he may not write to, that Windows guards, or that a cloud moves about.
"""

from __future__ import annotations

from itertools import count
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.checkout_files import owner_of
from checks.checkout_layout import REPOSITORY
from checks.meanings import CHECKOUT_PLACE
from doctor import (
    Command,
    Finding,
    Link,
    Machine,
    Stage,
    check,
    fact,
    found,
    note,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Key, Mount, Stat

# --- facts --------------------------------------------------------------------------------------------------------


class Unwritable(NamedTuple):
    """Where AutoGPT has to write and may not."""

    paths: tuple[PurePath, ...]
    owner: Optional[int] = None
    """User id of the first one's owner, when it is not the user's."""
    mount: Optional[PurePath] = None
    """The mount point, when it is mounted read-only."""


class Place(NamedTuple):
    """What is special about the folder that the checkout is in."""

    cloud: str = ""
    """The name of the service that synchronises it ("OneDrive"), or ""."""
    guarded_by: Optional[PurePath] = None
    """The system folder that it lies in."""
    is_elevated: bool = False
    is_too_long: bool = False
    """Files of the repository would have paths of more than 260 characters, and Windows is not told to allow it."""
    length: int = 0
    has_space: bool = False
    is_ascii: bool = True
    better: Optional[PurePath] = None
    """A free place to move the checkout to."""


@fact
def unwritable(machine: Machine, checkout: Checkout) -> Unwritable:
    """Windows is left out: what it answers to this question about a folder says nothing."""
    if machine.system.is_windows:
        return Unwritable(())
    written = [checkout.at(name) for name in checkout.layout.written]
    folders = [folder if machine.is_folder(folder) else folder.parent for folder in written]
    logs = [folder / name for folder in written if folder.name == "logs" for name in LOGS]
    paths = dict.fromkeys((checkout.agent, checkout.start_in, *folders, *logs))
    stats = {path: stat for path, stat in ((p, machine.stat(p)) for p in paths) if isinstance(stat, Stat)}
    bad = tuple(path for path, stat in stats.items() if not stat.can_write)
    if not bad:
        return Unwritable(())
    owner = owner_of(stats[bad[0]])
    return Unwritable(
        paths=bad,
        owner=None if owner == owner_of(machine.stat(machine.home)) else owner,
        mount=read_only_mount(machine.mounts(), bad[0]),
    )


def mount_of(mounts: tuple[Mount, ...], path: PurePath) -> Optional[Mount]:
    """The mount that holds a path: the last one of the deepest point."""
    holding = [each for each in mounts if each.point == path or each.point in path.parents]
    deepest = max((len(each.point.parts) for each in holding), default=0)
    return next((each for each in reversed(holding) if len(each.point.parts) == deepest), None)


def read_only_mount(mounts: tuple[Mount, ...], path: PurePath) -> Optional[PurePath]:
    mount = mount_of(mounts, path)
    return mount.point if mount is not None and "ro" in mount.options else None


@fact
def place(machine: Machine, checkout: Checkout) -> Place:
    root = checkout.root
    text = str(root)
    is_windows = machine.system.is_windows
    return Place(
        cloud=_cloud(machine, root),
        guarded_by=_guarded(machine, root) if is_windows else None,
        is_elevated=machine.system.is_elevated,
        is_too_long=is_windows and len(text) + LONGEST_INSIDE > LONGEST_PATH and not _allows_long_paths(machine),
        length=len(text),
        has_space=" " in text,
        is_ascii=text.isascii(),
        better=next(folder for folder in _free(machine) if not machine.exists(folder)),
    )


def _free(machine: Machine) -> Iterator[PurePath]:
    yield machine.home / "AutoGPT"
    for number in count(2):
        yield machine.home / f"AutoGPT-{number}"


def _cloud(machine: Machine, root: PurePath) -> str:
    if machine.system.is_windows:
        for variable in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
            folder = machine.folder_of(variable)
            if folder is not None and (folder == root or folder in root.parents):
                return "OneDrive"
        return "OneDrive" if any(part.startswith("OneDrive") for part in root.parts) else ""
    if machine.system.is_mac:
        synchronised = machine.home / "Library" / "Mobile Documents"
        return "iCloud Drive" if synchronised in root.parents else ""
    return ""


def _guarded(machine: Machine, root: PurePath) -> Optional[PurePath]:
    for variable in ("ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "SystemRoot"):
        folder = machine.folder_of(variable)
        if folder is not None and (folder == root or folder in root.parents):
            return folder
    return None


def _allows_long_paths(machine: Machine) -> bool:
    key = machine.registry("HKLM", r"SYSTEM\CurrentControlSet\Control\FileSystem")
    return isinstance(key, Key) and key.number("LongPathsEnabled") == 1


# --- judgements ---------------------------------------------------------------------------------------------------


@check("checkout.writable", title="Writing in AutoGPT's folder", stage=Stage.FILES, codes=("checkout.not-writable",))
def checkout_writable(checkout: Checkout, unwritable: Unwritable) -> Iterator[Finding]:
    """AutoGPT keeps its data and logs in its own folders, so it must be allowed to write there.

    After a run with sudo or in Docker some of them may belong to root: AutoGPT then ends with "Permission denied".
    Give them back to yourself. On Windows the folder's place is looked at instead.
    """
    if not unwritable.paths:
        return
    if unwritable.mount is not None:
        why = say("{mount} is mounted read-only", mount=unwritable.mount)
        help_ = remedy("Keep AutoGPT in a folder of your own, below your home folder.", links=(REPOSITORY,))
    elif unwritable.owner is not None:
        who = "root" if unwritable.owner == 0 else say("another user (number {id})", id=unwritable.owner)
        why = say("they belong to {who}", who=who)
        give = run('sudo chown -R "$(id -un)" {root}', root=checkout.root)
        help_ = remedy("Give them back to yourself:", give, links=(OWNERS,))
    else:
        why = say("their permissions do not allow it")
        allow = run("chmod -R u+w {paths}", paths=_outermost(unwritable.paths))
        help_ = remedy("Allow yourself to write:", allow, links=(OWNERS,))
    yield problem(
        "checkout.not-writable",
        "AutoGPT may not write in its own folders",
        detail='It would end with "Permission denied" as soon as it keeps data or a log.',
        evidence=found(say("{paths}: {why}", paths=unwritable.paths, why=why)),
        remedy=help_,
    )


def _outermost(paths: tuple[PurePath, ...]) -> list[PurePath]:
    return [path for path in paths if not any(other in path.parents for other in paths)]


@check(
    "checkout.place",
    title="The place of AutoGPT's folder",
    stage=Stage.FILES,
    codes=CHECKOUT_PLACE,
)
def checkout_place(checkout: Checkout, place: Place) -> Iterator[Finding]:
    """Some folders get in AutoGPT's way wherever everything else is in order.

    Windows lets only administrators write in Program Files and its own folders. OneDrive and iCloud move files to the
    cloud while a program has them open. And as long as Windows is not told to allow long paths, a file's path may
    not have more than 260 characters, so the repository must not lie too deep. A short folder of your own, such as
    C:\\dev\\AutoGPT, has none of these troubles. A space or an accented letter in the path is fine; it is only
    mentioned.
    """
    if place.guarded_by is not None:
        make = warning if place.is_elevated else problem
        yield make(
            "checkout.guarded-folder",
            say("AutoGPT lies in {folder}, where Windows lets only administrators write", folder=place.guarded_by),
            detail="AutoGPT keeps its data and logs in its own folders, and would be denied access.",
            evidence=found(say("{root}", root=checkout.root), wanted="a folder of your own"),
            remedy=remedy("Move it, for instance:", _move(checkout, place), links=(REPOSITORY,)),
        )
    if place.cloud:
        yield warning(
            "checkout.cloud-folder",
            say("AutoGPT lies in a folder that {cloud} synchronises", cloud=place.cloud),
            detail="Files can be locked or moved to the cloud while AutoGPT uses them.",
            evidence=found(say("{root}", root=checkout.root), wanted="a folder that is on this computer only"),
            remedy=remedy("Move it, for instance:", _move(checkout, place), links=(ONE_DRIVE,)),
        )
    yield from _of_the_path(checkout, place)


def _of_the_path(checkout: Checkout, place: Place) -> Iterator[Finding]:
    if place.is_too_long:
        yield warning(
            "checkout.long-path",
            "AutoGPT's folder lies so deep that Windows may not reach all of its files",
            evidence=found(
                say("{root} has {length} characters", root=checkout.root, length=place.length),
                wanted=say("at most {most}, or long paths allowed", most=LONGEST_PATH - LONGEST_INSIDE),
                where="LongPathsEnabled in the registry",
            ),
            remedy=remedy("Move it up, for instance:", _move(checkout, place), links=(LONG_PATHS,)),
        )
    if place.has_space or not place.is_ascii:
        what = "a space" if place.is_ascii else "letters that are not plain English ones"
        yield note(
            "checkout.unusual-path",
            say("The path of AutoGPT's folder has {what}", what=what),
            detail="That is fine. Put the path in quotes wherever you type it.",
            evidence=found(say("{root}", root=checkout.root)),
        )


def _move(checkout: Checkout, place: Place) -> Command:
    word = "mv {root} {other}" if checkout.shell == "sh" else "Move-Item {root} {other}"
    return run(word, root=checkout.root, other=place.better or "AutoGPT", shell=checkout.shell)


LOGS = ("activity.log", "debug.log", "error.log")
LONGEST_PATH = 259
LONGEST_INSIDE = 150
"""About the longest path inside a checkout with its packages, in characters."""
LONG_PATHS = Link(
    "Windows: maximum path length",
    "https://learn.microsoft.com/en-us/windows/win32/fileio/maximum-file-path-limitation?tabs=registry",
)
ONE_DRIVE = Link("OneDrive help", "https://support.microsoft.com/onedrive")
OWNERS = Link("Ubuntu: file permissions", "https://help.ubuntu.com/community/FilePermissions")
