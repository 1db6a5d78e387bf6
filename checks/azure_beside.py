"""What stands beside Azure in the settings: what excludes it, what is not read, and what the oldest versions want."""

from __future__ import annotations

from typing import Iterator

from checks.autogpt.azure_forms import VARIABLES_ONLY, AzureForm, is_unfilled
from checks.autogpt.versions import Version
from checks.azure_case import AZURE, in_its_place
from checks.azure_file import AzureUse
from checks.checkout import Checkout
from checks.checkout_layout import SETUP
from checks.setting_remedies import write
from checks.settings import Settings
from doctor import Finding, NotHere, Stage, check, found, note, problem, remedy, say


@check(
    "azure.beside",
    title="Settings beside Azure",
    stage=Stage.CONFIGURATION,
    codes=("azure.base-url", "azure.variables", "azure.variables-unread"),
)
def azure_beside(checkout: Checkout, version: Version, settings: Settings, azure_use: AzureUse) -> Iterator[Finding]:
    """With Azure on, some settings get in its way, and others look as if they belonged to it and are not read.

    OPENAI_API_BASE_URL beside an Azure address ends in an error since version 0.5.1, an empty one too. AutoGPT does not
    read AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY: the address belongs in azure.yaml, the key in OPENAI_API_KEY.
    Up to version 0.2.0 the values for Azure stand in .env itself, as OPENAI_AZURE_API_BASE and others.
    """
    if not azure_use.is_wanted:
        raise NotHere
    yield from in_its_place(azure_use, _beside(checkout, version, settings, azure_use.form))


def _beside(checkout: Checkout, version: Version, settings: Settings, form: AzureForm) -> Iterator[Finding]:
    base_url = settings.get("OPENAI_API_BASE_URL")
    if base_url is not None and base_url.is_set and form.excludes_base_url:
        shown = say("{name} = {value}", name=base_url.name, value=base_url.shown)
        if not base_url.text:
            shown = say("{name} is set, and empty", name=base_url.name)
        yield problem(
            "azure.base-url",
            "OPENAI_API_BASE_URL and Azure exclude each other",
            detail="The template says it has no effect, but AutoGPT ends with: "
            "base_url and azure_endpoint are mutually exclusive.",
            evidence=found(shown, wanted="not set", where=base_url.source.words),
            remedy=write([(base_url, "")], checkout.shell),
            links=(SETUP,),
        )
    if form.uses_variables:
        yield from _variables(version, settings)
    unread = [each for name in _NOT_READ if (each := settings.get(name)) and each.is_set and each.text]
    if unread:
        yield note(
            "azure.variables-unread",
            say("AutoGPT does not read {names}", names=[each.name for each in unread]),
            detail="The address belongs in azure.yaml, the key of Azure in OPENAI_API_KEY.",
            evidence=[found(say("{name} is set", name=each.name), where=each.source.words) for each in unread],
            links=(SETUP,),
        )


_NOT_READ = ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY")


def _variables(version: Version, settings: Settings) -> Iterator[Finding]:
    """Of v0.1 and v0.2.0, whose template already has the names, with texts that nobody can use."""
    missing, unfilled = [], []
    for name in VARIABLES_ONLY[: 3 if version.id == "v0.1.0" else 2]:
        setting = settings.get(name)
        if setting is not None and is_unfilled(setting.text):
            unfilled.append(setting)
        elif version.id == "v0.1.0" and (setting is None or not setting.text.strip()):
            missing.append(name)
    if missing or unfilled:
        yield problem(
            "azure.variables",
            say("Azure is on, but {names} is not filled in", names=[*(each.name for each in unfilled), *missing]),
            evidence=[
                *(found(say("{name}: the template's text", name=s.name), where=s.source.words) for s in unfilled),
                *(found(say("{name} is not set", name=name)) for name in missing),
            ],
            remedy=remedy("Write the values of your Azure resource there, in .env.", links=(AZURE,)),
        )
