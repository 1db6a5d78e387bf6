"""Which line to write into which file, so that each model has its key, or each key its model."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional, Sequence

from checks.accepted_models import AcceptedModels
from checks.autogpt.model_names import DOUBTFUL
from checks.autogpt.providers import Provider
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.env_file_which import OtherFiles
from checks.env_lines import LineFaults
from checks.env_places import EnvPlaces
from checks.keys import LastingKeys
from checks.plan import Plan, PlannedModel, in_another_slot
from checks.setting_names import StrayNames
from checks.settings import Setting, Settings
from doctor import Command, Remedy, Words, remedy, run, say


class Situation(NamedTuple):
    """What the sentences are about."""

    checkout: Checkout
    version: Version
    plan: Plan
    settings: Settings
    accepted: AcceptedModels
    env_file: EnvFile
    env_places: EnvPlaces
    line_faults: LineFaults
    other_files: OtherFiles
    stray_names: StrayNames
    lasting_keys: Optional[LastingKeys]


def former(model: PlannedModel, situation: Situation) -> Optional[Setting]:
    """What is set under the name that the variable of a model had up to 2023."""
    return situation.settings.get(f"{model.variable}_MODEL") if model.is_default else None


def write_key(provider: Provider, situation: Situation) -> Remedy:
    """The line with a provider's key; where the key stands under another name, that name."""
    line = say("{name}=<your key>", name=provider.key_variable)
    links = (provider.keys_page, provider.setup_page)
    stray = in_another_slot(provider.id, situation.settings)
    if stray is not None:
        text = say(
            "The key is there, under another name: in {place}, write {name}= in place of {wrong}=.",
            place=stray.source.words, name=provider.key_variable, wrong=stray.name,
        )  # fmt: skip
        return remedy(text, links=links)
    text = _write(line, provider.key_variable, situation)
    return remedy(_after(_copies(situation), text), *_copies(situation), links=links)


def _write(line: Words, name: str, situation: Situation) -> Words:
    """Where to write a line: the one that sets the name now, or stands there as a comment, is named."""
    file = situation.env_file.path if situation.env_file.text is not None else situation.env_places.target
    where = _line_of(name, situation)
    if where is None:
        return say("Write in {file}: {line}", file=file or "", line=line)
    return say("Write in {file}, {where}: {line}", file=file or "", where=where, line=line)


def _line_of(name: str, situation: Situation) -> Optional[Words]:
    text = situation.env_file.text
    if text is None:
        return None
    statement = text.get(name)
    if statement is not None:
        return say("line {number}", number=statement.line)
    comment = re.search(rf"(?m)^[ \t]*#[# \t]*{name}[ \t]*=", text.text())
    if comment is None:
        return None
    return say("line {number}, without the # before it", number=text.text().count("\n", 0, comment.start()) + 1)


def _after(copies: list[Command], text: Words) -> Words:
    """Where the file has to be made: what was written before it is would be lost."""
    return say("First make the file, with the command below. {text}", text=text) if copies else text


def _copies(situation: Situation) -> list[Command]:
    """The commands that make the file, where there is none."""
    places, shell = situation.env_places, situation.checkout.shell
    if places.found is not None or not places.has_template:
        return []
    word = "cp {source} {target}" if shell == "sh" else "Copy-Item {source} {target}"
    return [run(word, source=places.template, target=places.target, shell=shell, note="makes the file")]


def choose(missing: Provider, models: Sequence[PlannedModel], other: Provider, situation: Situation) -> Remedy:
    """Either the model of the provider whose key is there, or the key of the provider of the model."""
    key = say("{name}=<your key>", name=missing.key_variable)
    links = (other.setup_page, other.models_page, missing.keys_page)
    choices = [(model.variable, _advised(model, other, situation)) for model in models]
    if not all(name for _, name in choices):
        text = say(
            "{other} has switched off the models that this AutoGPT knows of it. {key}",
            other=other.name, key=_write(key, missing.key_variable, situation),
        )  # fmt: skip
        return remedy(_after(_copies(situation), text), *_copies(situation), links=links)
    doubt = say(" (this AutoGPT knows only old ones; the page of {other} says which are still there)", other=other.name)
    text = say(
        "Set a key of {provider} too, or models of {other}{doubt}. {lines}",
        provider=missing.name, other=other.name, lines=_write_models(choices, situation),
        doubt=doubt if any(name in DOUBTFUL for _, name in choices) else "",
    )  # fmt: skip
    return remedy(_after(_copies(situation), text), *_copies(situation), links=links)


def _advised(model: PlannedModel, other: Provider, situation: Situation) -> str:
    """What the user wrote under the old name, where it fits; else the best of what the checkout accepts."""
    old = former(model, situation)
    if old is not None and old.text in situation.accepted.chat(other.id):
        return old.text
    return situation.accepted.advised(other.id, model.role, situation.version)


def _write_models(choices: Sequence[tuple[str, str]], situation: Situation) -> Words:
    """The lines to write, the last one at the very end, so that no full stop is copied with it."""
    lines = [say("{name}={model}", name=name, model=model) for name, model in choices]
    if len(lines) == 1:
        return _write(lines[0], choices[0][0], situation)
    second = _line_of(choices[1][0], situation)
    word = "{first}, and {where}: {second}" if second else "{first} and {second}"
    first = _write(lines[0], choices[0][0], situation)
    return say(word, first=first, where=second or "", second=lines[1])
