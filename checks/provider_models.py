"""Does the provider offer the configured models to this very key? What a checkout accepts is another question.

It protects the user from "You don't have access to ...", which names neither the reason nor a model that would do.
"""

from __future__ import annotations

from typing import Iterator, Sequence

from checks.autogpt.model_names import RETIRED
from checks.autogpt.providers import PROVIDERS
from checks.autogpt.versions import PLACES
from checks.plan import PlannedModel
from checks.provider_choices import Choice, go_elsewhere, replace
from checks.provider_findings import maker_of, who
from doctor import Evidence, Finding, Link, NotHere, Remedy, Unavailable, Words, found, note, ok, remedy, say

MOST_NAMES = 8
"""Names in one sentence."""


def judge_models(choice: Choice) -> Iterator[Finding]:
    """Each of the models in use: whether the answer lists it."""
    endpoint, verdict = choice.reply.endpoint, choice.reply.verdict
    named = [each for each in endpoint.models if each.name.strip()]
    if not endpoint.is_needed or not named:
        raise NotHere
    if choice.reply.code:
        raise Unavailable(say("{name} gave no list of models", name=endpoint.name), choice.reply.code)
    if not verdict.models and verdict.is_complete:
        yield _unlisted(choice)
        return
    missing = [each for each in named if each.name not in verdict.models]
    if missing and not verdict.is_complete:
        yield _too_long(choice, missing)
        return
    talkers = [each for each in missing if each.role != "embedding"]
    if talkers:
        yield _not_offered(choice, talkers)
    for each in missing:
        if each.role == "embedding" and endpoint.is_official:
            yield _embedding(choice, each)
    if not missing:
        names = tuple(dict.fromkeys(each.name for each in named))
        yield ok(f"{choice.provider}.models-offered", say("{names}", names=names))


def _unlisted(choice: Choice) -> Finding:
    endpoint = choice.reply.endpoint
    make = maker_of(endpoint, "warning" if endpoint.is_official else "note")
    return make(
        f"{choice.provider}.models-unlisted",
        say("{who} lists no models at all", who=who(endpoint)),
        detail="Servers that pass requests on may do so. Whether they have the model, only a message to it would show.",
        remedy=remedy(links=(PROVIDERS[choice.provider].setup_page,)),
    )


def _too_long(choice: Choice, missing: Sequence[PlannedModel]) -> Finding:
    """An organization may have thousands of models of its own."""
    names = tuple(dict.fromkeys(each.name for each in missing))
    text = "The list of {who} is too long to find out whether {models} is in it"
    return note(
        f"{choice.provider}.models-too-many",
        say(text, who=choice.reply.endpoint.name, models=" and ".join(names)),
        remedy=remedy(links=(PROVIDERS[choice.provider].models_page,)),
    )


# --- models to talk with --------------------------------------------------------------------------------------------


def _not_offered(choice: Choice, models: Sequence[PlannedModel]) -> Finding:
    endpoint = choice.reply.endpoint
    if endpoint.is_official and not choice.usable:
        return _nothing_left(choice, models)
    is_stuck = choice.version.place >= PLACES["v0.4.0"] or any(each.role == "fast" for each in models)
    is_problem = endpoint.is_official and not choice.fallback and is_stuck
    return maker_of(endpoint, "problem" if is_problem else "warning")(
        f"{choice.provider}.model-not-offered",
        _heading(choice, models),
        detail=say("{reason} {then}", reason=_reason(choice, models), then=_consequence(choice)),
        evidence=[*_named(choice, models), _offer(choice)],
        remedy=_linked(choice, replace(choice, models) if choice.usable else _rename(models)),
        explained_by=_EXPLANATIONS,
        is_certain=endpoint.is_official,
    )


_EXPLANATIONS = ("models.unknown", "models.embedding")
_OFFERS_NOT = "{who} does not offer {models} to this key"


def _heading(choice: Choice, models: Sequence[PlannedModel]) -> Words:
    endpoint, names = choice.reply.endpoint, tuple(dict.fromkeys(each.name for each in models))
    words = _OFFERS_NOT if endpoint.is_official else "{who} does not list {models}"
    if endpoint.is_official and all(name in RETIRED for name in names):
        words = "{who} has switched off {models}"
    return say(words, who=who(endpoint), models=" and ".join(names))


def _reason(choice: Choice, models: Sequence[PlannedModel]) -> Words:
    gone = [each.name for each in models if each.name in RETIRED]
    if not choice.reply.endpoint.is_official:
        return say("It may take the model all the same, but AutoGPT goes by the list.")
    if gone:
        return say("{name} is gone since {when}.", name=gone[0], when=RETIRED[gone[0]][1])
    if choice.provider != "openai":
        return say("It may be gone, or not open to this account.")
    return say(
        "Its list holds what this key may use: a project may be limited to some models, GPT-4 wants a paid account "
        "with credit, and old models go."
    )


def _consequence(choice: Choice) -> Words:
    if choice.provider == "anthropic":
        return say("AutoGPT does not ask Anthropic what it has, and fails at its first message.")
    if choice.fallback:
        words = 'AutoGPT then says "You don\'t have access to" it, and goes on with {name}.'
        return say(words, name=choice.fallback)
    if choice.provider == "openai":
        return say("Every request for it fails.")
    return say('AutoGPT says then "You don\'t have access to" such a model, and turns to one of OpenAI.')


def _named(choice: Choice, models: Sequence[PlannedModel]) -> list[Evidence]:
    rows = []
    for model in models:
        setting = choice.setting(model)
        what = say("{variable} = {name}", variable=model.variable, name=model.name)
        rows.append(found(what, where=setting.source.words if setting is not None else None))
    return rows


def _offer(choice: Choice) -> Evidence:
    """What the provider has, and what of it this AutoGPT takes."""
    number = len(choice.reply.verdict.models)
    if choice.usable:
        words = "of {number} models that are offered, this AutoGPT takes {names}"
        return found(say(words, number=number, names=_short(choice.usable)))
    accepted = choice.accepted.chat(choice.provider)
    words = "of {number} models that are offered, this AutoGPT takes none"
    return found(say(words, number=number), wanted=say("{names}", names=_short(accepted)))


def _short(names: Sequence[str]) -> Words:
    more = len(names) - MOST_NAMES
    words = "{names} and {more} more" if more > 0 else "{names}"
    return say(words, names=tuple(names[:MOST_NAMES]), more=more)


def _nothing_left(choice: Choice, models: Sequence[PlannedModel]) -> Finding:
    """No setting repairs that: whatever this checkout accepts of the provider is gone, or not for this key."""
    endpoint = choice.reply.endpoint
    cannot = say("No setting repairs that: this AutoGPT takes only models of its own list.")
    if choice.version.place < PLACES["v0.5.1"]:
        cannot = say("This AutoGPT knows only old models.")
    return maker_of(endpoint, "problem")(
        f"{choice.provider}.no-model-left",
        say("{name} offers none of the models that this AutoGPT takes", name=endpoint.name),
        detail=say("{cannot} {then}", cannot=cannot, then=_consequence(choice)),
        evidence=[*_named(choice, models), _offer(choice)],
        remedy=_linked(choice, go_elsewhere(choice, models)),
        explained_by=_EXPLANATIONS,
    )


def _rename(models: Sequence[PlannedModel]) -> Remedy:
    """What answers in a provider's place may call its models anything; AutoGPT may not."""
    words = "In the settings of that server, give a model the name that AutoGPT asks for: {names}"
    return remedy(say(words, names=tuple(dict.fromkeys(each.name for each in models))))


def _linked(choice: Choice, help_: Remedy) -> Remedy:
    provider = PROVIDERS[choice.provider]
    is_official = choice.reply.endpoint.is_official
    links: tuple[Link, ...] = (provider.models_page, provider.setup_page) if is_official else (provider.setup_page,)
    return help_._replace(links=(*help_.links, *dict.fromkeys(links)))


# --- the model for embeddings -----------------------------------------------------------------------------------------


def _embedding(choice: Choice, model: PlannedModel) -> Finding:
    """Little of AutoGPT uses it, so a default that is missing hurts nobody."""
    setting = choice.setting(model)
    is_chosen = setting is not None and setting.is_set
    return maker_of(choice.reply.endpoint, "warning" if is_chosen else "note")(
        f"{choice.provider}.embedding-not-offered",
        say(_OFFERS_NOT, who=who(choice.reply.endpoint), models=model.name),
        detail="It is the model for embeddings. Talking does not need it.",
        evidence=_named(choice, [model]),
        remedy=_linked(choice, remedy("Permit it for the project of the key, or leave EMBEDDING_MODEL out.")),
        explained_by=("models.embedding-unknown",),
    )
