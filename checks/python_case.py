"""What the judgement of this machine's Python rests on, in one value, and the words that several findings share."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional, Sequence

from checks.autogpt.pythons import BEST_SERIES
from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.interpreters import Found, Interpreter, Interpreters, Launching
from checks.manifest import Manifest, fits
from checks.poetry_sources import Poetries
from checks.python import is_usual
from checks.python_remedies import Installers
from doctor import Evidence, Words, found, say

MOST_SHOWN = 6
TAKES_A_FOLDER = (1, 3)
"""The first Poetry with the option -C."""
NEWEST_FIRST = ("3.12", "3.11", "3.10", "3.13", "3.14")


class Case(NamedTuple):
    interpreters: Interpreters
    launching: Launching
    installers: Installers
    checkout: Optional[Checkout] = None
    manifest: Optional[Manifest] = None
    poetries: Optional[Poetries] = None
    environments: Optional[ProjectEnvironments] = None

    @property
    def constraint(self) -> str:
        """What the checkout's own file asks for; "" when it does not say."""
        return self.manifest.python if self.manifest else ""

    @property
    def project(self) -> Optional[PurePath]:
        return self.checkout.project if self.checkout else None

    @property
    def uses_poetry(self) -> bool:
        return self.checkout is not None and self.checkout.project is not None

    @property
    def can_call_poetry(self) -> bool:
        """Whether `poetry -C` can be typed now: not before the Poetry of this machine is put right."""
        used = self.poetries.used if self.poetries else None
        return self.poetries is None or (used is not None and not used.trouble and used.numbers >= TAKES_A_FOLDER)

    @property
    def has_environment(self) -> bool:
        """Whether Poetry has an environment for this project already, with a Python that the project admits."""
        chosen = self.environments.chosen if self.environments else None
        return chosen is not None and not chosen.is_broken and fits(self.constraint, chosen.version or (3,))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that something here starts Python by."""
        return self.launching.names if self.checkout else ("python3", "python")

    @property
    def taken(self) -> Optional[Found]:
        """What these names start, working or not."""
        return self.interpreters.first_of(self.names)

    @property
    def fitting(self) -> tuple[Interpreter, ...]:
        """What the project admits, the best to use first."""
        fit = [each for each in self.interpreters.found if self.admits(each)]
        return tuple(sorted(fit, key=self._preference, reverse=True))

    def admits(self, interpreter: Interpreter) -> bool:
        return fits(self.constraint, interpreter.version)

    def _preference(self, each: Interpreter) -> tuple[object, ...]:
        best = _numbers(self.series)
        is_old_enough = each.version[:2] <= best
        return (not each.is_virtual, is_usual(each), is_old_enough, each.is_asked, each.version, len(each.names))

    @property
    def series(self) -> str:
        """The series to install: what suits the layout best, as far as the project admits it."""
        best = BEST_SERIES.get(self.checkout.layout.id, "3.11") if self.checkout else "3.12"
        for series in (best, *NEWEST_FIRST):
            if fits(self.constraint, (*_numbers(series), 99)) or fits(self.constraint, (*_numbers(series), 0)):
                return series
        return best

    @property
    def admits_packaged(self) -> bool:
        """Whether the project admits what the distribution has as its python3."""
        return any(fits(self.constraint, (*_numbers(series), 0)) for series in self.installers.packaged)

    @property
    def wanted(self) -> Words:
        """ "Python 3.10 or newer", or the constraint as it stands."""
        simple = re.fullmatch(r"\s*(?:\^|>=)\s*([0-9]+\.[0-9]+)\s*", self.constraint)
        if simple:
            return say("Python {version} or newer", version=simple[1])
        return say("Python {constraint}", constraint=self.constraint) if self.constraint else say("Python 3")

    @property
    def where(self) -> Optional[Words]:
        """The file that asks for it."""
        return say("{file}", file=self.manifest.path) if self.manifest and self.constraint else None

    def evidence(self, interpreters: Sequence[Interpreter]) -> list[Evidence]:
        """What was found against what is wanted, the wish said once."""
        listed = shown(interpreters)
        if listed and self.constraint:
            listed[0] = listed[0]._replace(wanted=self.wanted, where=self.where)
        return listed


def shown(interpreters: Sequence[Interpreter]) -> list[Evidence]:
    listed = [
        found(say("Python {version} at {path}", version=each.number, path=each.path))
        for each in interpreters[:MOST_SHOWN]
    ]
    if len(interpreters) > MOST_SHOWN:
        listed.append(found(say("and {count} more", count=len(interpreters) - MOST_SHOWN)))
    return listed


def _numbers(series: str) -> tuple[int, ...]:
    return tuple(int(number) for number in series.split("."))
