"""What a run is about: the person's wish, and the few lines that every report begins with.

The engine knows nothing of what it examines. A plugin may provide one fact of each of the types `Subject`,
`Surroundings` and `IssueForm`; the report uses them where they are there. A plugin that sends paid requests provides
`Costs`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Mapping, NamedTuple, Optional, Union

from doctor.words import Words

Plain = Union[str, int, bool, None]

NETWORK_LIMIT_S = 8.0
"""For all questions to the network together: a line that answers at all does so sooner."""


class Options(NamedTuple):
    """What the person asked for. Facts may need it like any other value."""

    folder: PurePath
    """The folder to examine, absolute: given with -C, else the current one."""
    is_given: bool = False
    """Whether the folder was named, and not just the current one."""
    is_offline: bool = False
    with_billing: bool = False
    here: Optional[PurePath] = None
    """The folder that the person's terminal is in; None when it is not known."""
    network_limit_s: float = NETWORK_LIMIT_S
    """How long the whole network may take, from the first question to the last. The machine sees to it."""


class Subject(NamedTuple):
    """What is examined besides the machine."""

    path: PurePath
    layout: str
    """Short name of its layout ("classic-2024")."""
    commit: str = ""
    """Full hash, or ""."""
    name: str = ""
    """For the heading, where it says more than the layout."""


class Surroundings(NamedTuple):
    """What is worth knowing of the machine beyond its system: JSON's `machine` gets `values`, the heading `text`."""

    text: Words
    values: Mapping[str, Plain]


class IssueForm(NamedTuple):
    """The subject's own bug report form: its questions in order, with the answers this run knows."""

    answers: tuple[tuple[str, Words], ...]
    area_question: str
    areas: Mapping[str, str]
    """Group of checks ("docker") to the form's option; under "" the one for everything else."""
    before_areas: int = 0
    """How many answers stand above the area."""


class Costs(NamedTuple):
    """What the paid requests of a run with --billing would be. It is said before the first of them is sent."""

    requests: tuple[Words, ...]
    """To whom, what, and what it costs at most, one sentence each. None: nothing would be paid."""
    checks: frozenset[str]
    """The ids of the checks that need them."""


class Identity(NamedTuple):
    """The head of a report."""

    subject: Optional[Subject] = None
    surroundings: Optional[Surroundings] = None
    form: Optional[IssueForm] = None
