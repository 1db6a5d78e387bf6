"""Is the key there of each provider that AutoGPT needs for the models in its settings?

It protects the user from the most frequent misunderstanding: a key of one provider beside a model of another, which
AutoGPT keeps for its default until both models are set.
"""

from __future__ import annotations

import re
from typing import Iterator, Optional, Sequence

from checks.accepted_models import AcceptedModels
from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.versions import PLACES, Version
from checks.checkout import Checkout
from checks.dotenv_text import BYTE_ORDER_MARK
from checks.env_file import EnvFile
from checks.env_file_which import OtherFiles
from checks.env_lines import LineFaults
from checks.env_places import EnvPlaces
from checks.keys import LastingKeys
from checks.meanings_of_settings import PLAN_KEYS
from checks.plan import Plan, PlannedModel, in_another_slot, missing_keys, others_with_key
from checks.plan_remedies import Situation, choose, former, write_key
from checks.setting_names import StrayNames
from checks.settings import Settings
from doctor import Evidence, Finding, Stage, Words, check, found, ok, problem, say


@check(
    "plan.keys",
    title="The keys for the models in use",
    stage=Stage.CONFIGURATION,
    codes=PLAN_KEYS,
)
def plan_keys(
    checkout: Checkout,
    version: Version,
    plan: Plan,
    settings: Settings,
    accepted_models: AcceptedModels,
    env_file: EnvFile,
    env_places: EnvPlaces,
    line_faults: LineFaults,
    other_files: OtherFiles,
    stray_names: StrayNames,
    lasting_keys: Optional[LastingKeys],
) -> Iterator[Finding]:
    """AutoGPT uses two language models, SMART_LLM and FAST_LLM, and needs the key of the provider of each.

    Both are models of OpenAI until you set them. With the key of another provider alone, both have to be set to models
    of that provider; AutoGPT otherwise stops, and asks for an OpenAI key. Versions up to May 2024 want an OpenAI key
    whatever the models are. A model that runs on your own machine (llamafile) needs no key, and neither does the
    embedding model by itself.
    """
    missing = missing_keys(plan, settings)
    situation = Situation(
        checkout, version, plan, settings, accepted_models, env_file, env_places, line_faults, other_files, stray_names,
        lasting_keys,
    )  # fmt: skip
    for provider_id in missing:
        yield _missing(PROVIDERS[provider_id], situation)
    if not missing and all(model.provider for model in _talkers(plan)):
        yield ok("plan.ready", say("{models}", models=[_described(model, situation) for model in _talkers(plan)]))


def _talkers(plan: Plan) -> list[PlannedModel]:
    return [each for each in plan.models if each.role != "embedding"]


def _described(model: PlannedModel, situation: Situation) -> Words:
    provider = PROVIDERS.get(model.provider or "")
    setting = situation.settings.get(model.variable)
    value = say("{name} = {value}", name=model.variable, value=setting.shown if setting is not None else model.name)
    return say("{value} ({provider})", value=value, provider=provider.name) if provider else value


# --- one key is missing ---------------------------------------------------------------------------------------------


def _missing(provider: Provider, situation: Situation) -> Finding:
    plan, version = situation.plan, situation.version
    models = plan.models_of(provider.id)
    others = others_with_key(provider.id, plan, situation.settings, version, situation.accepted)
    evidence = [
        found(say("{name} is not set", name=provider.key_variable), where=_looked_at(situation)),
        *(row for model in models for row in _model_evidence(model, situation)),
    ]
    explained_by = _explanations(provider, models, situation)
    if others:
        names = [PROVIDERS[id_].name for id_ in others]
        return problem(
            "plan.only-other-key",
            _only_heading(provider, models, names),
            detail=_rule(models),
            evidence=[*evidence, *(_key_evidence(id_, situation) for id_ in others)],
            remedy=choose(provider, models, PROVIDERS[others[0]], situation),
            explained_by=explained_by,
        )
    heading = say("AutoGPT needs a key of {provider}, and none is set", provider=provider.name)
    stray = in_another_slot(provider.id, situation.settings)
    if stray is not None:
        heading = say("The key of {provider} stands in {name}", provider=provider.name, name=stray.name)
    elif not models:
        heading = say("This version of AutoGPT wants a key of OpenAI, whatever the models are")
    return problem(
        "plan.key-missing",
        heading,
        detail=_consequence(provider, situation),
        evidence=evidence,
        remedy=write_key(provider, situation),
        explained_by=explained_by,
    )


def _looked_at(situation: Situation) -> Words:
    path = situation.env_file.path
    if path is None or situation.env_file.state == "folder":
        return say("the environment of this shell; there is no .env")
    return say("{file}, and the environment of this shell", file=path)


def _key_evidence(provider_id: str, situation: Situation) -> Evidence:
    setting = situation.settings.get(PROVIDERS[provider_id].key_variable)
    where = setting.source.words if setting is not None else None
    return found(say("{name} is set", name=PROVIDERS[provider_id].key_variable), where=where)


def _model_evidence(model: PlannedModel, situation: Situation) -> Iterator[Evidence]:
    setting, old = situation.settings.get(model.variable), former(model, situation)
    value = setting.shown if setting is not None else model.name
    where = setting.source.words if setting is not None else None
    yield found(say("{variable} = {value}", variable=model.variable, value=value), where=where)
    if old is not None:
        words = say("{old} = {value}, which this version does not read", old=old.name, value=old.shown)
        yield found(words, where=old.source.words)


def _only_heading(provider: Provider, models: Sequence[PlannedModel], others: Sequence[str]) -> Words:
    return say(
        "Only a key of {others} is set, but {variables} {verb}{still} {kind} of {provider}",
        others=" and ".join(others),
        variables=" and ".join(model.variable for model in models),
        verb="are" if len(models) > 1 else "is",
        still=" still" if all(model.is_default for model in models) else "",
        kind="models" if len(models) > 1 else "a model",
        provider=provider.name,
    )


def _rule(models: Sequence[PlannedModel]) -> Words:
    if any(model.is_default for model in models):
        return say("What is not set stays a model of OpenAI, whichever key is there, and AutoGPT stops at its start.")
    return say("AutoGPT needs the key of each of its two models.")


def _consequence(provider: Provider, situation: Situation) -> Words:
    version, settings = situation.version, situation.settings
    if provider.id == "openai" and situation.plan.uses_azure:
        return say("With Azure too: AutoGPT reads the Azure configuration only when OPENAI_API_KEY is set.")
    if provider.id == "openai" and (settings.text("OPENAI_API_BASE_URL") or "").strip():
        return say("AutoGPT wants one even where the server that you set asks for none: any text will do there then.")
    if version.place < PLACES["v0.4.7"] or version.place >= PLACES["2024-09"]:
        return say("AutoGPT stops at its start without it.")
    if provider.id == "openai":
        return say("This version asks for the key at each start, and does not go on without.")
    return say("AutoGPT cannot use the model without it.")


def _explanations(provider: Provider, models: Sequence[PlannedModel], situation: Situation) -> tuple[str, ...]:
    """The findings that say why this very key is not there."""
    codes = [
        "hidden_files.no-env", "hidden_files.env-no-file", "hidden_files.env-look-alike", "hidden_files.env-elsewhere",
        "hidden_files.key-in-template", "checkout.folder-for-file", "env_file.switched-off",
    ]  # fmt: skip
    if situation.lasting_keys is not None and situation.lasting_keys.of(provider.key_variable) is not None:
        codes.append("keys.new-terminal")
    name, text = provider.key_variable, situation.env_file.text
    for fault in situation.line_faults.faults:
        if fault.name == name:
            codes.append(f"env_file.{fault.kind}" if fault.kind in _KEPT else "env_file.lines")
        elif fault.kind == "swallowed":
            codes.append("env_file.swallowed")
    if any(name in file.keys for file in situation.other_files.files):
        codes += ["env_file.shadowed", "env_file.edited-elsewhere", "env_file.key-in-template"]
    if text is not None:
        if text.get(BYTE_ORDER_MARK + name) is not None:
            codes.append("env_file.byte-order-mark")
        if re.search(rf"(?m)^[ \t]*#[# \t]*(?:export[ \t]+)?{name}[ \t]*=[ \t]*\S", text.text()):
            codes.append("keys.commented")
    if in_another_slot(provider.id, situation.settings) is not None:
        codes.append("keys.wrong-slot")
    if provider.id == "openai" and situation.plan.uses_azure:
        codes.append("azure.cannot-start")
    codes += situation.stray_names.explanations(name, [model.variable for model in models])
    if models and not any(situation.accepted.provider_of(model.name) == provider.id for model in models):
        codes.append("models.unknown")
    return tuple(dict.fromkeys(codes))


_KEPT = ("odd-name", "no-equals", "swallowed")
