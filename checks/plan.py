"""Which models AutoGPT will use, which providers it needs for them, and whether each one's key is there.

It protects the user from the most frequent misunderstanding: a key of one provider beside a model of another.
"""

from __future__ import annotations

from typing import Iterable, NamedTuple, Optional

from checks.accepted_models import AcceptedModels
from checks.autogpt.placeholders import is_placeholder
from checks.autogpt.providers import PROVIDERS, owner_of_key, provider_of_model
from checks.autogpt.variables import READ_LONGER, VARIABLES, is_harmless
from checks.autogpt.versions import PLACES, Version
from checks.settings import Setting, Settings
from doctor import fact


class PlannedModel(NamedTuple):
    """One model that AutoGPT will use."""

    role: str
    """"smart", "fast" or "embedding"."""
    variable: str
    """The variable that it comes from, or would come from."""
    name: str
    """As it is set, blanks and all; "" when it is empty, or no name that may be shown."""
    provider: Optional[str]
    """The provider's id; None when the name tells nothing."""
    is_default: bool


class Plan(NamedTuple):
    """What AutoGPT will use."""

    models: tuple[PlannedModel, ...]
    uses_azure: bool
    needed: tuple[str, ...]
    """The ids of the providers that this version does not work without, with the key for each (llamafile has none)."""

    def needs(self, provider_id: str) -> bool:
        return provider_id in self.needed

    def models_of(self, provider_id: str) -> tuple[PlannedModel, ...]:
        """The models to talk with that are this provider's."""
        return tuple(each for each in self.models if each.provider == provider_id and each.role != "embedding")


@fact
def plan(settings: Settings, version: Version, accepted_models: AcceptedModels) -> Plan:
    smart, fast = version.model_names
    chosen = [
        _planned("smart", _setting(settings, version, "SMART_LLM", smart), version, accepted_models),
        _planned("fast", _setting(settings, version, "FAST_LLM", fast), version, accepted_models),
    ]
    embedding = settings.get("EMBEDDING_MODEL")
    if embedding is not None and VARIABLES["EMBEDDING_MODEL"].is_in(version):
        chosen.append(_planned("embedding", embedding, version, accepted_models))
    models = tuple(each for each in chosen if each is not None)
    return Plan(models, _uses_azure(settings, version), _needed(models, version))


def _setting(settings: Settings, version: Version, new: str, usual: str) -> Optional[Setting]:
    """From v0.4.7 to 2023-09 the old name counts where the new one is not set."""
    now = settings.get(usual)
    old = f"{new}_MODEL"
    if (now is None or not now.is_set) and version.place <= READ_LONGER[old]:
        return settings.get(old) or now
    return now


def _planned(
    role: str, setting: Optional[Setting], version: Version, accepted: AcceptedModels
) -> Optional[PlannedModel]:
    if setting is None:
        return None
    name = setting.text if is_harmless(setting.name, setting.text) else ""
    return PlannedModel(role, setting.name, name, _provider(name, version, accepted), not setting.is_set)


def _provider(name: str, version: Version, accepted: AcceptedModels) -> Optional[str]:
    """Before other providers were known, every name went to OpenAI, or to what answers in its place."""
    if not name.strip():
        return None
    if set(version.providers) | set(accepted.by_provider) == {"openai"}:
        return "openai"
    return accepted.provider_of(name) or provider_of_model(name)


def _uses_azure(settings: Settings, version: Version) -> bool:
    kind = settings.text("OPENAI_API_TYPE") if VARIABLES["OPENAI_API_TYPE"].is_in(version) else None
    return settings.text("USE_AZURE") == "True" or kind == "azure"


def _needed(models: tuple[PlannedModel, ...], version: Version) -> tuple[str, ...]:
    """Up to 2024-05 AutoGPT asks for an OpenAI key whatever the models are. An embedding model alone needs nothing."""
    chosen = [each.provider for each in models if each.role != "embedding" and each.provider is not None]
    always = [] if version.place >= PLACES["2024-09"] else ["openai"]
    return tuple(dict.fromkeys((*always, *chosen)))


def missing_keys(plan: Plan, settings: Settings) -> tuple[str, ...]:
    """The needed providers whose key is not set at all. A key that is set, and wrong, is another matter."""
    return tuple(id_ for id_ in plan.needed if _variable(id_) and settings.get(_variable(id_)) is None)


def usable_keys(providers: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Of these providers those with a key that somebody filled in, and that is not plainly another's."""
    found = ((id_, settings.text(_variable(id_)) or "") for id_ in providers if _variable(id_))
    return tuple(id_ for id_, value in found if _is_filled_in(value) and owner_of_key(value) in (None, id_))


def others_with_key(
    provider_id: str, plan: Plan, settings: Settings, version: Version, accepted: AcceptedModels
) -> tuple[str, ...]:
    """Where a key is missing: the providers whose key is there, and whose models would do in its models' place."""
    is_wanted_anyway = provider_id == "openai" and version.place < PLACES["2024-09"]
    if is_wanted_anyway or not plan.models_of(provider_id):
        return ()
    return usable_keys([id_ for id_ in accepted.by_provider if id_ != provider_id], settings)


def in_another_slot(provider_id: str, settings: Settings) -> Optional[Setting]:
    """A setting for another provider's key that holds a key of this one."""
    slots = (each.key_variable for each in PROVIDERS.values() if each.key_variable and each.id != provider_id)
    settings_ = (settings.get(name) for name in slots)
    return next((each for each in settings_ if each is not None and owner_of_key(each.text) == provider_id), None)


def _variable(provider_id: str) -> str:
    return PROVIDERS[provider_id].key_variable


def _is_filled_in(value: str) -> bool:
    return bool(value.strip()) and not is_placeholder(value)
