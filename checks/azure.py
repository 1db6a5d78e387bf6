"""Azure: whether it is really switched on, whether this version can use it at all, and what stands beside it.

It protects the user from a switch that says nothing when it is off, from settings that exclude each other, and from
hours with a version that cannot start with Azure.
"""

from __future__ import annotations

from typing import Iterator, Optional

from checks.autogpt.azure_forms import VARIABLES_ONLY, AzureForm, is_unfilled
from checks.autogpt.versions import Version
from checks.azure_case import AZURE, in_its_place
from checks.azure_file import AzureFile, AzureUse
from checks.checkout import Checkout
from checks.checkout_layout import RELEASES, SETUP
from checks.meanings_of_settings import AZURE_BESIDE, AZURE_SWITCH
from checks.msvc import Runtime
from checks.setting_remedies import write
from checks.settings import Settings
from doctor import (
    Evidence,
    Finding,
    Link,
    NotHere,
    Remedy,
    Stage,
    System,
    check,
    found,
    note,
    ok,
    problem,
    remedy,
    say,
    warning,
)

# --- whether it can be used -----------------------------------------------------------------------------------------


@check(
    "azure.switch",
    title="Azure",
    stage=Stage.CONFIGURATION,
    codes=AZURE_SWITCH,
)
def azure_switch(
    checkout: Checkout,
    system: System,
    settings: Settings,
    azure_use: AzureUse,
    azure_file: AzureFile,
    runtime: Optional[Runtime],
) -> Iterator[Finding]:
    """AutoGPT uses Azure only when USE_AZURE is exactly True. With true or 1 it goes to OpenAI, and says nothing.

    Since the middle of June 2024 no version starts with Azure: the check of the keys at start never sees azure.yaml,
    and ends with "Azure endpoint not configured". From March to June 2024 AutoGPT refuses the keys of Azure ("Invalid
    OpenAI API key!"). No setting repairs either. Take another provider, put a gateway before
    Azure that speaks OpenAI's language, or use version 0.5.0.
    """
    if azure_use.switch == "off":
        if not azure_file.is_filled_in:
            raise NotHere
        yield _not_used(azure_file)
        return
    wants_it = azure_use.is_on or (azure_use.switch == "meant" and azure_use.has_azure_key)
    if wants_it and not azure_use.can_start:
        yield _cannot_start(settings, azure_use)
    if not azure_use.is_on:
        yield _not_exactly_true(checkout, settings, azure_use)
    elif azure_use.can_start:
        yield ok("azure.on", say("Azure is on ({name})", name=azure_use.variable))
    if system.is_windows and wants_it and runtime is not None and runtime.missing:
        yield note(
            "azure.runtime",
            "AutoGPT's setup page asks for the Visual C++ runtime with Azure on Windows, and it is missing",
            links=(SETUP,),
            explained_by=("msvc.redistributable-*",),
        )


def _said(settings: Settings, azure_use: AzureUse, wanted: str) -> list[Evidence]:
    setting = settings.get(azure_use.variable)
    if setting is None:
        return []
    value = say("{name} = {value}", name=setting.name, value=setting.shown)
    return [found(value, wanted=wanted, where=setting.source.words)]


def _cannot_start(settings: Settings, azure_use: AzureUse) -> Finding:
    return problem(
        "azure.cannot-start",
        "This version of AutoGPT cannot start with Azure",
        detail=OBSTACLES[azure_use.obstacle],
        evidence=_said(settings, azure_use, "another provider, or AutoGPT 0.5.0"),
        remedy=_instead(settings, azure_use),
    )


def _instead(settings: Settings, azure_use: AzureUse) -> Remedy:
    setting = settings.get(azure_use.variable)
    return remedy(
        say(
            "Take {name} out ({place}) and use OpenAI, Anthropic, Groq or a llamafile. If it has to be Azure: a "
            "gateway such as LiteLLM speaks OpenAI's language and passes everything on. OPENAI_API_BASE_URL is then "
            "its address, OPENAI_API_KEY its key. AutoGPT's source allows that, though its pages do not describe it. "
            "Or use AutoGPT 0.5.0, which starts with Azure.",
            name=azure_use.variable,
            place=setting.source.words if setting else say(".env"),
        ),
        links=(REFUSED if azure_use.obstacle == "key" else NOT_CONFIGURED, GATEWAY, RELEASES),
    )


OBSTACLES = {
    "check": "Its check of the keys at start never sees azure.yaml and ends with: Azure endpoint not configured. "
    "No setting repairs that.",
    "key": "It refuses every key of Azure with: Invalid OpenAI API key! "
    "Newer versions take the key, and then end with: Azure endpoint not configured.",
}


def _not_exactly_true(checkout: Checkout, settings: Settings, azure_use: AzureUse) -> Finding:
    setting = settings.get(azure_use.variable)
    base_url = settings.text("OPENAI_API_BASE_URL")
    is_fatal = azure_use.switch == "meant" and azure_use.has_azure_key and not base_url
    maker = problem if is_fatal else warning if azure_use.switch == "meant" else note
    if not azure_use.can_start:
        maker = note if azure_use.has_azure_key else maker
        mending = _instead(settings, azure_use)
    else:
        mending = write([(setting, "True")], checkout.shell) if setting else remedy()
    return maker(
        "azure.not-exactly-true",
        "Azure is not switched on: only the exact word True does that",
        detail="AutoGPT goes to OpenAI instead, without a word, and OpenAI does not know keys of Azure."
        if azure_use.has_azure_key
        else "AutoGPT goes to OpenAI instead, without a word.",
        evidence=_said(settings, azure_use, "True"),
        remedy=mending._replace(links=(*mending.links, SETUP)),
    )


def _not_used(azure_file: AzureFile) -> Finding:
    return note(
        "azure.not-used",
        "There is an azure.yaml, but Azure is not switched on",
        detail="AutoGPT reads it only when USE_AZURE is exactly True.",
        evidence=found(say("{file}", file=azure_file.path)),
        links=(SETUP,),
    )


# --- what stands beside it -------------------------------------------------------------------------------------------


@check(
    "azure.beside",
    title="Settings beside Azure",
    stage=Stage.CONFIGURATION,
    codes=AZURE_BESIDE,
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


# --- links ----------------------------------------------------------------------------------------------------------

NOT_CONFIGURED = Link(
    "AutoGPT: Azure endpoint not configured", "https://github.com/Significant-Gravitas/AutoGPT/issues/7448"
)
REFUSED = Link("AutoGPT: a good key is refused", "https://github.com/Significant-Gravitas/AutoGPT/issues/7128")
GATEWAY = Link("LiteLLM: Azure OpenAI", "https://docs.litellm.ai/docs/providers/azure/")
