"""Will AutoGPT take the models that its settings name?

It protects the user from a name that the provider knows and this AutoGPT does not: since version 0.5.1 it then stops
with a validation error, in which the name of the setting is easily missed.
"""

from __future__ import annotations

from typing import Callable, Iterator, NamedTuple, Optional

from checks.accepted_models import AcceptedModels
from checks.autogpt.model_names import IN_THE_PAGES, RETIRED, names_of
from checks.autogpt.providers import PROVIDERS, is_embedding, provider_of_model
from checks.autogpt.versions import VERSIONS, Version
from checks.checkout import Checkout
from checks.checkout_layout import SETUP
from checks.meanings_of_settings import MODELS_ACCEPTED
from checks.plan import Plan, PlannedModel
from checks.setting_remedies import leave_out, write
from checks.settings import Setting, Settings
from doctor import (
    Evidence,
    Finding,
    Remedy,
    Stage,
    Words,
    check,
    found,
    ok,
    problem,
    remedy,
    say,
    warning,
)
from doctor.secret import prefix_of

LONGEST_NAME = 30
"""Of the names that begin like a key: a longer one is a key."""


class Reading(NamedTuple):
    """What a name is that the checkout does not list."""

    kind: str
    """"empty", "key" (no name at all), "form" (a listed one, with something added or in another case), "newer" (a
    later version lists it), "documented" (AutoGPT's own page names it) or "unknown"."""
    meant: str = ""
    """The listed name that was meant."""
    fault: str = ""
    """Of a form: what is wrong with it."""


@check(
    "models.accepted",
    title="The names of the models",
    stage=Stage.CONFIGURATION,
    codes=MODELS_ACCEPTED,
)
def models_accepted(
    plan: Plan, settings: Settings, version: Version, accepted_models: AcceptedModels, checkout: Checkout
) -> Iterator[Finding]:
    """AutoGPT knows a fixed list of models; SMART_LLM and FAST_LLM each have to name one of them exactly.

    The list stands in AutoGPT's own source, and is read from there. A model that is newer than your AutoGPT is refused
    although the provider has it, and so is a name with a blank behind it, in capitals, in quotes that were kept, or
    with nothing in it. AutoGPT then stops with a validation error. Versions before 0.5.1 take any name. Models that
    only turn text into numbers (text-embedding-...) are in the list too, but cannot be talked with.
    """
    named = [(model, settings.get(model.variable)) for model in plan.models]
    findings = [
        finding
        for model, setting in named
        if setting is not None and setting.is_set
        for finding in _judge(model, setting, version, accepted_models, checkout.shell)
    ]
    yield from findings
    embedding = settings.get("EMBEDDING_MODEL")
    if embedding is not None and embedding.is_set and not _has_own_models(plan, settings):
        yield from _judge_embedding(embedding, accepted_models, checkout.shell)
    if not findings:
        names = [setting.shown for model, setting in named if setting and model.role != "embedding"]
        yield ok("models.accepted", say("{names}", names=tuple(dict.fromkeys(names))))


def _has_own_models(plan: Plan, settings: Settings) -> bool:
    """Azure, and what else answers in OpenAI's place, may have models of any name."""
    return plan.uses_azure or bool((settings.text("OPENAI_API_BASE_URL") or "").strip())


def _judge(
    model: PlannedModel, setting: Setting, version: Version, accepted: AcceptedModels, shell: str
) -> Iterator[Finding]:
    name = setting.text
    if model.role == "embedding":
        return
    if name in accepted.all:
        if is_embedding(name):
            yield _talks_not(setting, version, shell)
        return
    reading = read(name, version, accepted)
    if reading.kind == "empty":
        yield _empty(setting, version, shell)
    elif version.has_fixed_models:
        yield _refused(model, setting, reading, version, accepted, shell)
    elif reading.kind in ("form", "key"):
        yield _odd(setting, reading, version, shell)


def read(name: str, version: Version, accepted: AcceptedModels) -> Reading:
    """What a name is that is not in the list: what was meant, and what is wrong with it."""
    if not name.strip():
        return Reading("empty")
    if prefix_of(name) and len(name) > LONGEST_NAME:
        return Reading("key")
    form = _form(name, accepted)
    if form is not None:
        return form
    if name in IN_THE_PAGES:
        return Reading("documented")
    if any(name in names for names in names_of(VERSIONS[-1]).values()):
        return Reading("newer")
    return Reading("unknown")


def _form(name: str, accepted: AcceptedModels) -> Optional[Reading]:
    """A listed name that is written in another way: step by step, until it is one."""
    import re

    listed = {each.lower(): each for each in accepted.all}
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("quotes around it", lambda text: text.strip(_QUOTES)),
        ("a remark behind it", lambda text: text.split("#", 1)[0].strip()),
        ("an odd character in it", lambda text: re.sub(_UNSEEN, "", re.sub(_DASHES, "-", text))),
        ("a provider before it", lambda text: text.rsplit("/", 1)[-1]),
        ("blanks or underscores for hyphens", lambda text: re.sub(r"[\s_]+", "-", text)),
        ("capital letters", lambda text: listed.get(text.lower(), text)),
        ("the ending of a file", lambda text: _without_ending(text, accepted)),
    )
    plain, faults = name.strip(), [] if name == name.strip() else ["a blank at its beginning or end"]
    for fault, step in steps:
        if plain in accepted.all:
            break
        stepped = step(plain)
        if stepped != plain:
            plain, faults = stepped, [*faults, fault]
    return Reading("form", plain, " and ".join(faults)) if plain in accepted.all else None


def _without_ending(text: str, accepted: AcceptedModels) -> str:
    names = accepted.chat("llamafile")
    return next((name for name in names if text.lower().startswith(f"{name.lower()}.")), text)


_QUOTES = " \"'`\u2018\u2019\u201c\u201d"
_DASHES = "[\u2010-\u2015\u2212]"
_UNSEEN = "[\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"


# --- findings -------------------------------------------------------------------------------------------------------


def _evidence(setting: Setting, wanted: Optional[Words] = None, reading: Optional[Reading] = None) -> Evidence:
    """What stands there. A value that may not be shown as it is, is told by what was meant, and by its fault."""
    value = setting.shown
    if isinstance(value, str):
        words = '{name} = "{value}"' if value != value.strip() else "{name} = {value}"
        what = say(words, name=setting.name, value=value)
    elif reading is not None and reading.kind == "form":
        what = say("{name} = {meant}, with {fault}", name=setting.name, meant=reading.meant, fault=reading.fault)
    else:
        what = say("{name} = {value}", name=setting.name, value=value)
    return found(what, wanted=wanted, where=setting.source.words)


def _default(setting: Setting, version: Version) -> str:
    return version.smart_llm if setting.name.startswith("SMART") else version.fast_llm


def _empty(setting: Setting, version: Version, shell: str) -> Finding:
    make = problem if version.has_fixed_models else warning
    return make(
        "models.empty",
        say("{name} is set, and empty", name=setting.name),
        detail="AutoGPT takes what is empty for a name, not for nothing.",
        evidence=found(
            say("{name} =", name=setting.name), wanted=say("a model, or no such line"), where=setting.source.words
        ),
        remedy=_take_out(setting, version, shell)._replace(links=(SETUP,)),
    )


def _take_out(setting: Setting, version: Version, shell: str) -> Remedy:
    hidden = next(((source, value) for source, value in setting.shadows if value.reveal().strip()), None)
    if hidden is None:
        then = say("{default}", default=_default(setting, version))
    else:
        then = say("the one in {place}", place=hidden[0].words)
    if setting.source.kind == "file":
        place = setting.source
        words = "Put # before line {line} of {file}: then AutoGPT takes {then}."
        return remedy(say(words, line=place.line, file=place.path or ".env", then=then))
    text = say("Take it out of {place}: then AutoGPT takes {then}.", place=setting.source.words, then=then)
    return leave_out(setting, shell)._replace(text=text)


def _refused(
    model: PlannedModel, setting: Setting, reading: Reading, version: Version, accepted: AcceptedModels, shell: str
) -> Finding:
    provider = provider_of_model(reading.meant or setting.text)
    near = [reading.meant] if reading.meant else _nearest(setting.text, provider, accepted)
    advised = near[0] if near else accepted.advised(provider or "", model.role, version) or _default(setting, version)
    # A list that is not the checkout's own may be older than it: only of names that no version has is it certain.
    is_sure = accepted.is_from_source or reading.kind in ("form", "unknown", "key")
    page = PROVIDERS[provider].models_page if provider is not None and provider in accepted.by_provider else SETUP
    return (problem if is_sure else warning)(
        "models.unknown",
        _heading(setting, reading),
        detail=_detail(setting, reading, provider, accepted),
        evidence=_evidence(setting, say("{names}", names=near or [advised]), reading),
        remedy=write([(setting, advised)], shell)._replace(links=tuple(dict.fromkeys((page, SETUP)))),
        is_certain=accepted.is_from_source,
    )


def _heading(setting: Setting, reading: Reading) -> Words:
    if reading.kind == "form":
        return say("{name} is not written as AutoGPT wants it: {fault}", name=setting.name, fault=reading.fault)
    if reading.kind == "newer":
        return say("{name} names a model that is newer than this AutoGPT", name=setting.name)
    if reading.kind == "key":
        return say("A key stands in {name}, where the name of a model belongs", name=setting.name)
    return say("{name} names a model that this AutoGPT does not know", name=setting.name)


def _detail(setting: Setting, reading: Reading, provider: Optional[str], accepted: AcceptedModels) -> Words:
    if provider is not None and provider not in accepted.by_provider:
        return say("This AutoGPT knows no models of {provider}.", provider=PROVIDERS[provider].name)
    if reading.kind == "documented":
        known = accepted.chat(provider or "")
        return say("AutoGPT's setup page names it, but of that provider this AutoGPT takes only {names}.", names=known)
    return say("AutoGPT takes only the names of its own list, letter by letter, and stops at any other.")


def _nearest(name: str, provider: Optional[str], accepted: AcceptedModels) -> list[str]:
    """Up to three listed models to talk with that are most like it: of the same provider, where it has any."""
    from difflib import get_close_matches

    candidates = [each for each in accepted.chat(provider or "") if each not in RETIRED]
    if not candidates:
        candidates = [each for id_ in accepted.by_provider for each in accepted.chat(id_) if each not in RETIRED]
    return get_close_matches(name.strip().lower()[:100], candidates, 3, 0.5)


def _odd(setting: Setting, reading: Reading, version: Version, shell: str) -> Finding:
    """Before 0.5.1 a name goes to the provider as it is."""
    meant = reading.meant or _default(setting, version)
    return warning(
        "models.unknown",
        _heading(setting, reading),
        detail="This version sends the name as it is, and the provider does not know it like this.",
        evidence=_evidence(setting, say("{name}", name=meant), reading),
        remedy=write([(setting, meant)], shell)._replace(links=(SETUP,)),
    )


def _talks_not(setting: Setting, version: Version, shell: str) -> Finding:
    default = _default(setting, version)
    return warning(
        "models.embedding",
        say("{name} names a model that cannot talk", name=setting.name),
        detail="Models for embeddings turn text into numbers. AutoGPT takes the name, and then says that you have no "
        "access to it.",
        evidence=_evidence(setting, say("{default}, for instance", default=default)),
        remedy=write([(setting, default)], shell)._replace(links=(PROVIDERS["openai"].models_page, SETUP)),
    )


def _judge_embedding(setting: Setting, accepted: AcceptedModels, shell: str) -> Iterator[Finding]:
    """Any text goes through; OpenAI has only models whose names begin alike."""
    name = setting.text
    if not name.strip() or (is_embedding(name) and name == name.strip()):
        return
    is_other = name in accepted.all
    yield warning(
        "models.embedding-unknown",
        "EMBEDDING_MODEL names a model to talk with" if is_other else "EMBEDDING_MODEL names no model for embeddings",
        evidence=_evidence(setting, say("{names}, for instance", names=_embeddings(accepted))),
        remedy=leave_out(setting, shell)._replace(links=(PROVIDERS["openai"].models_page, SETUP)),
    )


def _embeddings(accepted: AcceptedModels) -> list[str]:
    return [name for name in accepted.by_provider.get("openai", ()) if is_embedding(name)]
