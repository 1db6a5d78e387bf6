"""What a check says: findings, their remedies and links. All of it is data; readers draw it."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple, Optional, Sequence, Union

from doctor.words import Value, Words, say


class Status(Enum):
    """How a finding, or a whole check, came out."""

    OK = "ok"
    NOTE = "note"  # worth knowing; nothing is wrong
    WARNING = "warning"  # may hurt later, or hurts something else
    PROBLEM = "problem"  # what is examined cannot work like this
    NOT_CHECKED = "not_checked"
    ERROR = "error"  # the check itself failed; it is never a pass

    @property
    def weight(self) -> int:
        return _WEIGHT[self]


_WEIGHT = {
    Status.OK: 0, Status.NOTE: 1, Status.NOT_CHECKED: 2, Status.WARNING: 3, Status.ERROR: 4, Status.PROBLEM: 5,
}  # fmt: skip


class Stage(IntEnum):
    """The order in which causes come: an earlier stage explains a later one, never the other way round."""

    MACHINE = 0
    FILES = 1
    PYTHON = 2
    POETRY = 3
    ENVIRONMENT = 4
    CONFIGURATION = 5
    NETWORK = 6
    PROVIDERS = 7
    LOCAL_MODEL = 8
    DOCKER = 9
    RESOURCES = 10


class Link(NamedTuple):
    """Where to read more."""

    title: str
    url: str


class Evidence(NamedTuple):
    """What was found, what was wanted, and where it was read."""

    found: Words
    wanted: Optional[Words] = None
    where: Optional[Words] = None


class Command(NamedTuple):
    """A line to copy. Paths and texts among the values are quoted for `shell` when it is drawn."""

    words: Words
    shell: str = "sh"
    """"sh", "powershell" or "cmd"."""
    note: Optional[Words] = None
    """Where to type it, or what it is good for."""


class Remedy(NamedTuple):
    """How to put it right on this very machine."""

    text: Optional[Words] = None
    commands: tuple[Command, ...] = ()
    links: tuple[Link, ...] = ()


NO_REMEDY = Remedy()


class Finding(NamedTuple):
    """One thing that a check has to say."""

    code: str
    """Stable name, `subject.what`."""
    status: Status
    text: Words
    """The heading: what is wrong, in one line."""
    detail: Optional[Words] = None
    """What follows from it, or which places are meant; one or two sentences."""
    evidence: tuple[Evidence, ...] = ()
    remedy: Remedy = NO_REMEDY
    explained_by: tuple[str, ...] = ()
    """Codes (or globs) of findings that explain this one: with one of them in the report this is a consequence."""
    is_certain: bool = True
    """False for what was inferred; a certain cause of the same stage stands above it."""


Sentence = Union[Words, str]


def words(sentence: Sentence) -> Words:
    """A sentence without any value may be given as plain text."""
    return sentence if isinstance(sentence, Words) else say(sentence.replace("{", "{{").replace("}", "}}"))


def run(template: str, *, shell: str = "sh", note: Optional[Sentence] = None, **values: Value) -> Command:
    """A command to copy: the template is shell text, the values in it are quoted for that shell.

    >>> run("chmod +x {scripts}", scripts=[path, other])
    """
    return Command(say(template, **values), shell, None if note is None else words(note))


def remedy(text: Optional[Sentence] = None, *commands: Command, links: Sequence[Link] = ()) -> Remedy:
    return Remedy(None if text is None else words(text), commands, tuple(links))


def found(what: Sentence, *, wanted: Optional[Sentence] = None, where: Optional[Sentence] = None) -> Evidence:
    """Evidence in the order it is read: found this, wanted that, read it there."""
    return Evidence(words(what), None if wanted is None else words(wanted), None if where is None else words(where))


class Maker:
    """Makes findings of one status; `problem`, `warning`, `note` and `ok` are the four of them."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def __call__(
        self,
        code: str,
        text: Sentence,
        *,
        detail: Optional[Sentence] = None,
        evidence: Union[Evidence, Sequence[Evidence]] = (),
        remedy: Remedy = NO_REMEDY,
        links: Sequence[Link] = (),
        explained_by: Sequence[str] = (),
        is_certain: bool = True,
    ) -> Finding:
        return Finding(
            code=code,
            status=self._status,
            text=words(text),
            detail=None if detail is None else words(detail),
            evidence=(evidence,) if isinstance(evidence, Evidence) else tuple(evidence),
            remedy=remedy._replace(links=remedy.links + tuple(links)) if links else remedy,
            explained_by=tuple(explained_by),
            is_certain=is_certain,
        )


problem = Maker(Status.PROBLEM)
warning = Maker(Status.WARNING)
note = Maker(Status.NOTE)
ok = Maker(Status.OK)
