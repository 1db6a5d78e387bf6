"""What stands in the component configuration: classes and fields that this AutoGPT has, and values that it takes.

Unknown names are passed over in silence, and one wrong value costs the whole file.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Collection, Iterable, Iterator, Mapping, NamedTuple, Optional, Sequence

from checks.accepted_models import AcceptedModels
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.component_config import BUILT_IN, IGNORED, JSON, ComponentFile
from checks.meanings_of_settings import COMPONENTS_CONTENT
from doctor import (
    Evidence,
    Finding,
    Machine,
    NotHere,
    Stage,
    Unavailable,
    Words,
    check,
    fact,
    found,
    note,
    remedy,
    say,
    warning,
)
from doctor.secret import is_random, prefix_of

if TYPE_CHECKING:  # imported where a configuration is there, which is seldom
    from checks.autogpt.components import Fields
    from checks.component_json import Document

MOST_SHOWN = 8
MOST_LOOKED_AT = 40
"""Unknown names that are compared with the known ones, which takes a while."""

MOST_DIGITS = 4
"""A name with more of them may be a key in hexadecimal digits, which reads like no other."""

# --- facts --------------------------------------------------------------------------------------------------------


class Components(NamedTuple):
    """A component configuration that could be read, and the classes that this checkout has."""

    file: ComponentFile
    document: Document
    fields: Mapping[str, Optional[Fields]]
    """The fields by class; None for a class whose fields are not known, which takes anything."""
    names: frozenset[str]
    """Every class that there is."""


@fact
def components(machine: Machine, checkout: Checkout, version: Version, component_file: ComponentFile) -> Components:
    from checks import component_source
    from checks.autogpt.components import classes_of

    document = component_file.document
    if component_file.state == "blank":
        raise NotHere
    if document is None:
        reason = say("what stands in {file} is not known", file=component_file.path)
        raise Unavailable(reason, f"components.{component_file.state}")
    source = component_source.read(machine, checkout, document.names)
    if source is not None:
        return Components(component_file, document, source.fields, source.names)
    table = classes_of(version)
    return Components(component_file, document, table, frozenset(table))


# --- judgements ---------------------------------------------------------------------------------------------------


class _Unknown(NamedTuple):
    """A name that AutoGPT passes over."""

    name: str
    outer: str
    line: int
    instead: Optional[str]
    """What was meant, or does the same work here."""
    is_of_another_version: bool


@check(
    "components.content",
    title="The component configuration",
    stage=Stage.CONFIGURATION,
    codes=COMPONENTS_CONTENT,
)
def components_content(components: Components, accepted_models: AcceptedModels) -> Iterator[Finding]:
    """The component configuration is one object: class names, and under each an object of settings.

    Names that this AutoGPT does not know are passed over without a word: a misspelt name has no effect, nor has one
    of another version. A value of the wrong type makes AutoGPT drop the file. Types are judged as AutoGPT does it,
    which is not strict: "3" is a whole number, and "yes" is true. Classes and fields are read from the checkout's own
    source.
    """
    document = components.document
    if not document.is_object:
        yield _not_an_object(components)
        return
    if document.repeated:
        yield _repeated(components)
    models = accepted_models.all if accepted_models.is_from_source else None
    wrong = list(_wrong_values(components, models))
    if wrong:
        many = say("AutoGPT drops the component configuration: {number} values are wrong", number=len(wrong))
        yield warning(
            "components.wrong-value",
            "AutoGPT drops the component configuration, because of a wrong value" if len(wrong) == 1 else many,
            detail=IGNORED,
            evidence=wrong[:MOST_SHOWN],
            remedy=remedy("Correct it in the file.", links=(BUILT_IN,)),
        )
    yield from _unknown(components, _unknown_classes(components), "components.unknown-class")
    yield from _unknown(components, _unknown_fields(components), "components.unknown-field")


def _not_an_object(components: Components) -> Finding:
    return warning(
        "components.not-an-object",
        "The component configuration has to be an object in braces",
        detail=IGNORED,
        evidence=found(
            say("{file} holds something else", file=components.file.path), wanted='{"NameOfAClass": {"field": "value"}}'
        ),
        remedy=remedy(links=(JSON,)),
    )


def _repeated(components: Components) -> Finding:
    names = [shown(name) for name in components.document.repeated[:MOST_SHOWN]]
    lines = [components.document.line(name) for name in components.document.repeated[:MOST_SHOWN]]
    return warning(
        "components.repeated",
        say("The component configuration has {names} more than once", names=names),
        detail="Only the last of them counts; the settings in the others are lost.",
        evidence=found(
            say("the last one is in line {lines}", lines=lines), where=say("{file}", file=components.file.path)
        ),
        remedy=remedy("Put all settings of a class into one pair of braces.", links=(JSON,)),
    )


def _unknown_classes(components: Components) -> Iterator[_Unknown]:
    from checks.autogpt.components import NOT_IN_THE_AGENT, every_name

    for name in components.document.names:
        if name not in components.names and name not in NOT_IN_THE_AGENT:
            instead = _instead(name, components.names)
            yield _Unknown(name, "", components.document.line(name), instead, name in every_name())


def _unknown_fields(components: Components) -> Iterator[_Unknown]:
    from checks.autogpt.components import fields_ever

    for name, fields, value in _judged(components):
        for field in value if isinstance(value, dict) else ():
            if field not in fields:
                line = components.document.line(name, field)
                yield _Unknown(field, name, line, _instead(field, fields), field in fields_ever(name))


def _judged(components: Components) -> Iterator[tuple[str, Fields, Any]]:
    """The classes of the file whose fields are known."""
    from checks.autogpt.components import NOT_IN_THE_AGENT

    for name in components.document.names:
        fields = components.fields.get(name)
        if fields is not None and name not in NOT_IN_THE_AGENT:
            yield name, fields, components.document.value(name)


def _instead(name: str, known: Collection[str]) -> Optional[str]:
    """The name that does the same here, or the one that is nearest."""
    from difflib import get_close_matches

    from checks.autogpt.components import REPLACED

    if REPLACED.get(name, "") in known:
        return REPLACED[name]
    by_case = {each.lower(): each for each in sorted(known)}
    near = get_close_matches(name[:80].lower(), by_case, 1, 0.75)
    return by_case[near[0]] if near else None


def _unknown(components: Components, unknown: Iterable[_Unknown], code: str) -> Iterator[Finding]:
    """A warning for names that were evidently meant to have an effect; a note for what may be somebody's own."""
    unknown = list(islice(unknown, MOST_LOOKED_AT))
    sure = [each for each in unknown if each.instead is not None or each.is_of_another_version]
    others = [each for each in unknown if each.instead is None and not each.is_of_another_version]
    word = "class" if code.endswith("class") else "setting"
    for make, some in ((warning, sure), (note, others)):
        if not some:
            continue
        name = shown(some[0].name)
        one = say("AutoGPT passes over a {word} of its component configuration: {name}", word=word, name=name)
        yield make(
            code,
            one if len(some) == 1 else "AutoGPT passes over some names of its component configuration",
            detail="It does not know this here, and does not say so.",
            evidence=[_row(components, each) for each in some[:MOST_SHOWN]],
            remedy=remedy(_correction(components, some[:MOST_SHOWN]), links=(BUILT_IN,)),
        )


def _correction(components: Components, some: Sequence[_Unknown]) -> Words:
    """What to write in which line, where what was meant is known of all."""
    rows = [(each.line, shown(each.name), each.instead) for each in some if each.instead is not None and each.line]
    if len(rows) < len(some):
        return say("Correct the name, or take it out.")
    actions = [say("line {line}: write {now} in place of {name}", line=at, now=now, name=old) for at, old, now in rows]
    return say("In {file}, {actions}.", file=components.file.path, actions=actions)


def _row(components: Components, each: _Unknown) -> Evidence:
    name = shown(each.name)
    what = say("{outer}: {name}", outer=shown(each.outer), name=name) if each.outer else say("{name}", name=name)
    if each.is_of_another_version:
        what = say("{what} belongs to another version", what=what)
    instead = None if each.instead is None else say("{instead}", instead=each.instead)
    return found(what, wanted=instead, where=_where(components, each.line))


def _where(components: Components, line: int) -> Words:
    if not line:
        return say("{file}", file=components.file.path)
    return say("{file}, line {line}", file=components.file.path, line=line)


def _wrong_values(components: Components, models: Optional[tuple[str, ...]]) -> Iterator[Evidence]:
    from checks.component_values import is_taken, kind_in_words, wanted

    for name, fields, value in _judged(components):
        if not isinstance(value, dict):
            what = say("{name} is {kind}", name=shown(name), kind=kind_in_words(value))
            yield found(what, wanted="an object in braces", where=_where(components, components.document.line(name)))
            continue
        for field, given in value.items():
            if field in fields and not is_taken(fields[field], given, models):
                where = _where(components, components.document.line(name, field))
                what = say("{name}.{field} is {value}", name=name, field=field, value=_value(field, given))
                yield found(what, wanted=wanted(fields[field], models or ()), where=where)


def _value(field: str, given: Any) -> Words:
    """The value itself where it is surely harmless, else what kind of value it is."""
    from checks.autogpt.components import is_harmless
    from checks.component_values import kind_in_words

    if isinstance(given, str) and len(given) <= 40 and is_harmless(field, given):
        return say('"{value}"', value=given)
    if isinstance(given, list) and not all(isinstance(each, str) for each in given):
        return say("a list with something else than texts")
    return kind_in_words(given)


def shown(name: str) -> Words:
    """A name from the file, unless it is none."""
    is_name = re.fullmatch(r"[A-Za-z_]\w{0,59}", name, re.ASCII) and sum(map(str.isdigit, name)) <= MOST_DIGITS
    if is_name and not is_random(name) and not prefix_of(name):
        return say("{name}", name=name)
    return say("something that is no name")
