"""One visit: a machine is examined and the report on it made, in the same way for the command and for the tests."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any, Iterable, Iterator, Mapping, Optional

from doctor.about import Identity, IssueForm, Options, Subject, Surroundings
from doctor.checkup import RUN_LIMIT_S, Watcher, examine
from doctor.machine import Machine
from doctor.registry import Registry
from doctor.report import Report, make_report
from doctor.words import Place, Scrubber, Secret, Words

DEEPEST_VALUE = 12


def visit(
    machine: Machine,
    registry: Registry,
    options: Options,
    *,
    version: str,
    chosen: Optional[Iterable[str]] = None,
    is_strict: bool = False,
    run_limit_s: float = RUN_LIMIT_S,
    watcher: Optional[Watcher] = None,
) -> tuple[Report, Scrubber]:
    """The report, and the scrubber that every output of it has to pass: it knows each secret that a fact found."""
    outcome = examine(
        machine,
        registry,
        options,
        chosen=chosen,
        extra_facts=(Subject, Surroundings, IssueForm),
        run_limit_s=run_limit_s,
        watcher=watcher,
    )
    values = outcome.values
    names = (machine.user, machine.host, machine.host.partition(".")[0])
    place = Place(machine.home, machine.user, machine.host, ordinary_names(names, registry), options.here)
    report = make_report(
        outcome,
        version=version,
        taken_at=machine.now(),
        system=machine.system,
        place=place,
        identity=Identity(values.get(Subject), values.get(Surroundings), values.get(IssueForm)),
        troubles=registry.troubles,
        is_strict=is_strict,
    )
    facts = [value for made, value in values.items() if made not in (Machine, Options)]
    return report, Scrubber(place, secrets_in((facts, [result.findings for result in report.results])))


def ordinary_names(names: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """Those of a person's names that the checks use as words: in their sentences they must stay what they are."""
    text = " ".join(f"{each.id} {each.title} {each.function.__doc__}" for each in registry.checks.values()).lower()
    return tuple(name for name in dict.fromkeys(names) if name and all(_has(text, part) for part in _parts(name)))


def _parts(name: str) -> list[str]:
    return re.findall(r"\w+", name.lower())


def _has(text: str, word: str) -> bool:
    return word in text and re.search(rf"\b{re.escape(word)}\b", text) is not None


def secrets_in(value: Any, depth: int = 0) -> Iterator[Secret]:
    """Every `Secret` in a value made of tuples, lists, mappings and sentences."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, (str, bytes, int, float, PurePath)) or value is None or depth > DEEPEST_VALUE:
        return
    elif callable(getattr(value, "secrets", None)):  # it says itself what of it must not be said
        yield from value.secrets()
    elif isinstance(value, Words):
        yield from secrets_in(value.values, depth + 1)
    elif isinstance(value, Mapping):
        yield from secrets_in(list(value.values()), depth + 1)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for each in value:
            yield from secrets_in(each, depth + 1)
