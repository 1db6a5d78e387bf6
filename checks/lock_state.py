"""Whether the lock file is there, whole, in a form that this Poetry reads, and made from this pyproject.toml."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Optional

from checks.checkout import Checkout, Git
from checks.environment_sources import ProjectEnvironments
from checks.interpreters import Interpreters, Launching
from checks.lock_file import LockFile
from checks.meanings import LOCK_FILE, LOCK_FORMAT
from checks.poetry_remedies import COMMANDS, INSTALLATION, for_installer, get_back, newer_than, poetry, upgrade
from checks.poetry_sources import Poetries
from doctor import Finding, Stage, check, found, problem, remedy, say, warning
from doctor.findings import Maker, Sentence

# What each format of a lock file needs: https://github.com/python-poetry/poetry/blob/main/CHANGELOG.md
FIRST_READER = {2: (1, 3)}
"""The first Poetry that reads a lock file at all, by the first number of its format."""
FIRST_WRITER_OF_2_1 = (2, 0)
NEWEST_FORMAT = 2


@check(
    "lock.file",
    title="Lock file",
    stage=Stage.POETRY,
    codes=LOCK_FILE,
)
def lock_is_whole(checkout: Checkout, lock_file: LockFile, git: Git, poetries: Poetries) -> Iterator[Finding]:
    """poetry.lock names the exact version of every package that AutoGPT was made with.

    Poetry installs what it says. Without it Poetry looks for versions of its own, which takes long and gives others
    than AutoGPT was tried with; a file that is cut off, or has the marks of a merge in it, stops Poetry at once. The
    file belongs to the repository, so the remedy is to get it back from there.
    """
    if lock_file.state in ("unused", "whole") or lock_file.path is None:
        return
    code, make, heading, detail = _STATES[lock_file.state]
    what = {
        "absent": say("there is no {path}", path=lock_file.path),
        "conflict": say("line {line} begins with git's mark of a conflict", line=lock_file.line),
        "unreadable": _UNREADABLE.get(lock_file.detail) or say("reading it fails ({why})", why=lock_file.detail),
        "broken": say("{why}", why=lock_file.detail) if lock_file.detail else say("it does not tell its format"),
    }[lock_file.state]
    yield make(
        code,
        heading,
        detail=detail,
        evidence=found(what, where=None if lock_file.state == "absent" else say("{path}", path=lock_file.path)),
        remedy=get_back(checkout, git, poetries.kind, "poetry.lock"),
        links=[COMMANDS],
        explained_by=("checkout.odd-file",),
    )


_UNREADABLE = {
    "not-a-file": say("it is no ordinary file"),
    "denied": say("you are not allowed to read it"),
    "too-large": say("it is far too large for a lock file"),
}
_STATES: dict[str, tuple[str, Maker, str, str]] = {
    "absent": (
        "lock.absent", warning, "poetry.lock is missing",
        "Poetry would choose other versions than AutoGPT was made with, and take long to do so.",
    ),
    "unreadable": ("lock.unreadable", problem, "poetry.lock cannot be read", "Poetry installs what this file says."),
    "conflict": (
        "lock.conflict", problem, "poetry.lock has the marks of an unfinished merge in it",
        "Poetry cannot read it like this. A lock file cannot be merged by hand: take one side of it.",
    ),
    "broken": (
        "lock.broken", problem, "poetry.lock is damaged",
        "Its end, where Poetry writes what the file is, cannot be read; perhaps it is only a part of the file.",
    ),
}  # fmt: skip


@check(
    "lock.format",
    title="Form of the lock file",
    stage=Stage.POETRY,
    codes=LOCK_FORMAT,
)
def lock_can_be_read(
    lock_file: LockFile, poetries: Poetries, launching: Optional[Launching], interpreters: Optional[Interpreters]
) -> Iterator[Finding]:
    """Newer Poetrys write lock files in a form that older ones do not read, or read with a warning only.

    Poetry before 1.3 refuses the lock files of all AutoGPT versions since 2023. Poetry 1.3 to 1.8 read the newest form,
    which Poetry 2 writes, but say that it might not be compatible, and do not know of some of what it holds. Poetry 2
    reads them all. The form stands at the end of poetry.lock; Poetry's version is read from its own files.
    """
    used = poetries.used
    if lock_file.state != "whole":
        return
    if lock_file.version[0] > NEWEST_FORMAT:
        yield _cannot_read("lock.unknown-format", problem, "This lock file is newer than any known Poetry", lock_file)
        return
    if used is None or not used.numbers:
        return
    python = for_installer(launching, interpreters)
    if used.numbers < FIRST_READER.get(lock_file.version[0], (0,)):
        heading = say("Poetry {version} cannot read this AutoGPT's lock file", version=used.version)
        yield _cannot_read("lock.too-new-for-poetry", problem, heading, lock_file, poetries, python)
    elif lock_file.version >= (2, 1) and used.numbers < FIRST_WRITER_OF_2_1:
        heading = say("Poetry {version} is older than this AutoGPT's lock file", version=used.version)
        yield _cannot_read("lock.newer-than-poetry", warning, heading, lock_file, poetries, python)


def _cannot_read(
    code: str,
    make: Maker,
    heading: Sentence,
    lock: LockFile,
    poetries: Optional[Poetries] = None,
    python: Optional[PurePath] = None,
) -> Finding:
    used = poetries.used if poetries else None
    newer = newer_than(used, (2,), poetries) if used and poetries else None
    return make(
        code,
        heading,
        detail="Poetry goes on, with a warning; some of what the file says is lost on it."
        if make is warning
        else "So it cannot install anything.",
        evidence=found(
            say(
                "the lock file has form {form}, written by Poetry {version}",
                form=lock.format,
                version=lock.made_by or "?",
            ),
            wanted=say("Poetry 2") if used else None,
            where=say("{path}", path=lock.path or ""),
        ),
        remedy=remedy(
            "Let your shell find the newer one, which is there too." if newer else "Get the newest Poetry.",
            *(upgrade(used, (2,), poetries, python) if used and poetries else ()),
        ),
        links=[INSTALLATION],
        explained_by=("poetry.too-old", "poetry.broken", "poetry.not-on-path", "poetry.missing"),
    )


@check("lock.fresh", title="Lock file and pyproject.toml", stage=Stage.POETRY, codes=("lock.stale",))
def lock_is_fresh(
    checkout: Checkout,
    lock_file: LockFile,
    git: Git,
    poetries: Poetries,
    project_environments: Optional[ProjectEnvironments],
) -> Iterator[Finding]:
    """poetry.lock must have been made from the pyproject.toml beside it; Poetry refuses to install from any other.

    The two come apart when one of them is edited, or when a `git pull` or a merge brought only one of them up to date.
    Poetry writes a hash of what counts in pyproject.toml into the lock file; it is computed here again and compared.
    If you did not mean to change anything, take both files from the repository again; if you did, `poetry lock` makes
    a new lock file (with Poetry 1: `poetry lock --no-update`).
    """
    if lock_file.is_fresh is not False or lock_file.path is None:
        return
    chosen = project_environments.chosen if project_environments else None
    is_installed = chosen is not None and chosen.has(project_environments.name if project_environments else "")
    relock = "lock" if not poetries.numbers or poetries.numbers >= (2,) else "lock --no-update"
    back = get_back(checkout, git, poetries.kind, "pyproject.toml", "poetry.lock")
    mine = poetry(checkout.project, poetries.kind, relock, note="instead, if you changed pyproject.toml yourself")
    yield (warning if is_installed else problem)(
        "lock.stale",
        "poetry.lock does not belong to this pyproject.toml",
        detail="Poetry refuses to install from it until they fit again.",
        evidence=found(
            say(
                "the lock file was made from another pyproject.toml (by Poetry {version})",
                version=lock_file.made_by or "?",
            ),
            where=say("content-hash in {path}", path=lock_file.path),
        ),
        remedy=back._replace(commands=(*back.commands, mine)),
        links=[COMMANDS],
        explained_by=("lock.conflict", "poetry.broken-manifest"),
    )
