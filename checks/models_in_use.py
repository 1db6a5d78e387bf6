"""Can the models in use work together, and do they still exist?"""

from __future__ import annotations

from typing import Iterator

from checks.accepted_models import AcceptedModels
from checks.autogpt.model_names import DOUBTFUL, RETIRED
from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.plan import Plan, PlannedModel
from checks.setting_remedies import write
from checks.settings import Settings
from doctor import Evidence, Finding, Stage, check, found, problem, remedy, say, warning


@check(
    "models.llamafile-pair",
    title="One model in llamafile",
    stage=Stage.CONFIGURATION,
    codes=("models.llamafile-pair",),
)
def models_llamafile_pair(
    plan: Plan, settings: Settings, checkout: Checkout, accepted_models: AcceptedModels
) -> Iterator[Finding]:
    """A llamafile serves one model at a time, so SMART_LLM and FAST_LLM cannot be two different ones.

    Both may be the same llamafile model, or one of them a model of another provider.
    """
    models = plan.models_of("llamafile")
    if len({model.name for model in models}) < 2:
        return
    # The name that both may have is one that this AutoGPT takes, if either is.
    kept, other = sorted(models, key=lambda model: model.name not in accepted_models.all)
    setting = settings.get(other.variable)
    mended = write([(setting, kept.name)], checkout.shell) if setting is not None else remedy()
    yield problem(
        "models.llamafile-pair",
        "SMART_LLM and FAST_LLM are two different llamafile models, and only one can run",
        evidence=[_evidence(model, settings) for model in models],
        remedy=remedy(
            say("Give both the name of the model that your llamafile serves. {then}", then=mended.text or ""),
            *mended.commands,
            links=(PROVIDERS["llamafile"].setup_page,),
        ),
        explained_by=("models.unknown",),
    )


@check("models.retired", title="Models that are gone", stage=Stage.CONFIGURATION, codes=("models.retired",))
def models_retired(plan: Plan, settings: Settings, accepted_models: AcceptedModels) -> Iterator[Finding]:
    """Providers switch off old models, and AutoGPT's list and its setup page still name some of them.

    With a model that is gone, AutoGPT either goes on with another one ("You don't have access to ..."), or fails at
    its first thought. Only models are named here whose end is known for certain; which ones your key may use, the
    provider says.
    """
    for model in plan.models:
        if model.role != "embedding" and model.name in RETIRED and accepted_models.provider_of(model.name):
            provider_id, when = RETIRED[model.name]
            if provider_id == model.provider and not _goes_elsewhere(provider_id, settings):
                yield _retired(model, provider_id, when, settings, accepted_models)


def _goes_elsewhere(provider_id: str, settings: Settings) -> bool:
    """Another server may have the model still."""
    return bool((settings.text(PROVIDERS[provider_id].base_url_variable) or "").strip())


def _retired(model: PlannedModel, provider_id: str, when: str, settings: Settings, accepted: AcceptedModels) -> Finding:
    provider = PROVIDERS[provider_id]
    left = [name for name in accepted.chat(provider_id) if name not in RETIRED and name not in DOUBTFUL]
    if left:
        text = say("Choose another that this AutoGPT knows: {names}", names=left)
    else:
        text = say("This AutoGPT knows no model of {provider} that is sure to be there: choose another provider, or a "
                   "newer AutoGPT.", provider=provider.name)  # fmt: skip
    return warning(
        "models.retired",
        say("{provider} has switched off {name}", provider=provider.name, name=model.name),
        detail=say("Gone since {when}.", when=when),
        evidence=_evidence(model, settings),
        remedy=remedy(text, links=(provider.models_page,)),
        explained_by=(f"{provider_id}.model-not-offered", f"{provider_id}.no-model-left"),
    )


def _evidence(model: PlannedModel, settings: Settings) -> Evidence:
    setting = settings.get(model.variable)
    where = setting.source.words if setting is not None else None
    return found(say("{variable} = {name}", variable=model.variable, name=model.name), where=where)
