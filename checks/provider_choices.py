"""Which model may stand in the place of one that a provider does not offer, and which line says so in the settings."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional, Sequence

from checks.accepted_models import AcceptedModels
from checks.autogpt.model_names import DOUBTFUL, RETIRED, names_of
from checks.autogpt.providers import PROVIDERS
from checks.autogpt.versions import PLACES, VERSIONS, Version
from checks.plan import Plan, PlannedModel, usable_keys
from checks.provider_replies import Place, Reply
from checks.setting_remedies import write
from checks.settings import Setting, Settings
from doctor import Command, Remedy, Words, remedy, say

_SMALL = re.compile("haiku|mini|nano|8b|gpt-3.5")
_COSTLY = re.compile(r"-pro\b|gpt-4-32k|\bo1\b")


class Choice(NamedTuple):
    """Everything that the choice of another model depends on."""

    reply: Reply
    place: Place
    plan: Plan
    settings: Settings
    accepted: AcceptedModels

    @property
    def provider(self) -> str:
        return self.reply.endpoint.provider

    @property
    def version(self) -> Version:
        return self.place.version

    @property
    def usable(self) -> tuple[str, ...]:
        """The models to talk with that the checkout accepts and the provider offers."""
        offered = frozenset(self.reply.verdict.models)
        return tuple(name for name in self.accepted.chat(self.provider) if name in offered)

    @property
    def fallback(self) -> str:
        """What AutoGPT takes by itself in the place of a model of OpenAI, "" where that is not offered either."""
        name = "gpt-4o-mini" if self.version.place >= PLACES["classic-2026"] else "gpt-3.5-turbo"
        does_so = self.provider == "openai" and self.version.place >= PLACES["v0.4.0"]
        return name if does_so and name in self.reply.verdict.models else ""

    def setting(self, model: PlannedModel) -> Optional[Setting]:
        return self.settings.get(model.variable)


def replace(choice: Choice, models: Sequence[PlannedModel]) -> Remedy:
    """The lines with a model each that the checkout accepts and the provider offers."""
    return _lines(choice, [(model, best(model, choice.usable)) for model in models])


def best(model: PlannedModel, usable: Sequence[str]) -> str:
    """The one that is most like a model; for quick answers a small one, for thinking none that is small or costly."""
    from difflib import SequenceMatcher

    is_fast = model.role == "fast"
    fitting = [name for name in usable if bool(_SMALL.search(name)) == is_fast and not _COSTLY.search(name)]

    def likeness(name: str) -> float:
        return SequenceMatcher(None, model.name, name).ratio()

    return max(fitting or usable, key=likeness, default="")


def go_elsewhere(choice: Choice, models: Sequence[PlannedModel]) -> Remedy:
    """Models of a provider whose key is there; else which providers there are, or a newer AutoGPT."""
    known = [id_ for id_ in choice.accepted.by_provider if id_ != choice.provider and _is_alive(id_, choice)]
    for id_ in usable_keys(known, choice.settings):
        lines = _lines(choice, [(model, choice.accepted.advised(id_, model.role, choice.version)) for model in models])
        text = say("Your key of {provider} is there: use its models.", provider=PROVIDERS[id_].name)
        return lines._replace(text=say("{text} {lines}", text=text, lines=lines.text or ""))
    ways = []
    newer = [name for name in names_of(VERSIONS[-1]).get(choice.provider, ()) if name in choice.reply.verdict.models]
    if newer and choice.version.place < VERSIONS[-1].place:
        ways.append(say("use a newer version of AutoGPT, which takes {model}", model=newer[-1]))
    if known:
        words = "set {variables} to models of another provider ({others}), and its key"
        others = " or ".join(PROVIDERS[id_].name for id_ in known)
        ways.append(say(words, variables=" and ".join(m.variable for m in models), others=others))
    if not ways:
        return remedy("Use a newer version of AutoGPT.")
    words = "Either {one}, or {other}." if len(ways) > 1 else "There is one way: {one}."
    return remedy(say(words, one=ways[0], other=ways[-1]))


def _is_alive(provider: str, choice: Choice) -> bool:
    """Whether a provider has a model that this checkout takes and that nobody doubts."""
    names = choice.accepted.chat(provider)
    is_sure = any(name not in RETIRED and name not in DOUBTFUL for name in names)
    return is_sure and bool(PROVIDERS[provider].key_variable)


def _lines(choice: Choice, names: Sequence[tuple[PlannedModel, str]]) -> Remedy:
    """What is set is put right where it stands; what is a default gets a line of its own."""
    changes, new = [], []
    for model, name in names:
        setting = choice.setting(model)
        if setting is not None and setting.is_set:
            changes.append((setting, name))
        else:
            new.append(say("{variable}={name}", variable=model.variable, name=name))
    first = write(changes, choice.place.shell) if changes else remedy()
    second = _new_lines(choice.place, new)
    commands: tuple[Command, ...] = first.commands
    if first.text is None or second is None:
        return remedy(first.text or second, *commands)
    if commands:
        return remedy(say("{second}. {first}", second=second, first=first.text), *commands)
    return remedy(say("{first}. {second}", first=first.text, second=second))


def _new_lines(place: Place, lines: Sequence[Words]) -> Optional[Words]:
    if not lines:
        return None
    file = place.env_file.path if place.env_file.text is not None else place.env_places.target
    if len(lines) == 1:
        return say("Write in {file}: {line}", file=file or place.env_places.target, line=lines[0])
    words = "Write in {file}: {first} and {second}"
    return say(words, file=file or place.env_places.target, first=lines[0], second=lines[1])
