"""Azure: whether it is really switched on, whether this version can use it at all, and whether its file is found.

It protects the user from a switch that says nothing when it is off, from a file in a folder where nobody looks, and
from hours with a version that cannot start with Azure.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Optional

from checks.azure_case import in_its_place
from checks.azure_file import NAME, AzureFile, AzureUse
from checks.checkout import Checkout
from checks.checkout_layout import RELEASES, SETUP
from checks.msvc import Runtime
from checks.setting_remedies import write
from checks.settings import Setting, Settings
from doctor import (
    Command,
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
    run,
    say,
    warning,
)

# --- whether it can be used -----------------------------------------------------------------------------------------


@check(
    "azure.switch",
    title="Azure",
    stage=Stage.CONFIGURATION,
    codes=("azure.cannot-start", "azure.not-exactly-true", "azure.not-used", "azure.on", "azure.runtime"),
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


# --- where the file is ----------------------------------------------------------------------------------------------


@check(
    "azure.file",
    title="The file azure.yaml",
    stage=Stage.CONFIGURATION,
    codes=(
        "azure.file-missing",
        "azure.file-elsewhere",
        "azure.file-folder",
        "azure.file-unreadable",
        "azure.file-too-large",
        "azure.file-undecodable",
        "azure.file-mark",
        "azure.file",
    ),
)
def azure_file_found(
    checkout: Checkout, system: System, azure_use: AzureUse, azure_file: AzureFile, settings: Settings
) -> Iterator[Finding]:
    """With Azure on, AutoGPT reads the addresses and names of your deployments from a file, azure.yaml.

    It is made from azure.yaml.template. Where it has to be changed with the version: beside the template up to 0.5.1,
    then in the folder of the forge, since 2026 in the folder that AutoGPT is started in. AZURE_CONFIG_FILE names
    another file; only an absolute path means the same in every version. The text has to be UTF-8.
    """
    if not azure_use.is_wanted or azure_use.form.uses_variables:
        raise NotHere
    yield from in_its_place(azure_use, _file_findings(checkout, system, azure_file, settings))


def _file_findings(checkout: Checkout, system: System, azure_file: AzureFile, settings: Settings) -> Iterator[Finding]:
    path, state = azure_file.path, azure_file.state
    named = settings.get("AZURE_CONFIG_FILE") if azure_file.is_named else None
    if state == "absent":
        yield _elsewhere(checkout, azure_file, named) if azure_file.elsewhere else _missing(checkout, azure_file, named)
    elif state == "folder":
        yield _folder(path, named)
    elif state == "unreadable":
        yield problem(
            "azure.file-unreadable",
            "azure.yaml cannot be read",
            evidence=found(say("{why}", why=azure_file.detail or "an error"), where=say("{file}", file=path)),
            remedy=remedy(say("Make {file} a file that you may read.", file=path), links=(SETUP,)),
        )
    elif state == "too-large":
        yield note(
            "azure.file-too-large",
            "azure.yaml is far too large and was not read",
            evidence=found(say("{file}", file=path), wanted="a few lines"),
            links=(SETUP,),
        )
    elif state == "undecodable":
        yield problem(
            "azure.file-undecodable",
            "azure.yaml is not in UTF-8, so AutoGPT cannot read it",
            detail="On Windows, some editors and PowerShell's > write UTF-16.",
            evidence=found("bytes that are no UTF-8", wanted="UTF-8", where=say("{file}", file=path)),
            remedy=remedy("Open it in an editor and save it with the encoding UTF-8.", links=(SETUP,)),
        )
    else:
        yield ok("azure.file", say("AutoGPT reads {file} for Azure", file=path))
        if azure_file.has_mark and system.is_windows:
            yield _mark(path)


def _mark(path: PurePath) -> Finding:
    return warning(
        "azure.file-mark",
        "azure.yaml begins with a byte order mark, and Windows reads it as letters",
        detail="The first name of the file may be lost with it.",
        evidence=found("a byte order mark", wanted="UTF-8 without it", where=say("{file}, line 1", file=path)),
        remedy=remedy('Save it with the encoding "UTF-8", not "UTF-8 with BOM".', links=(SETUP,)),
        is_certain=False,
    )


def _missing(checkout: Checkout, azure_file: AzureFile, named: Optional[Setting]) -> Finding:
    path = azure_file.path
    is_inside = named is not None and named.text.startswith("/app/")
    is_here = azure_file.template is not None and path.name == NAME
    commands = (_command("cp", azure_file.template or path, path, checkout.shell),) if is_here else ()
    text = "Make it from the template, then put the values of your Azure resource into it:"
    return (note if is_inside else problem)(
        "azure.file-missing",
        "Azure is on, but there is no azure.yaml" if path.name == NAME else "The file for Azure is not there",
        detail="The path is one inside a container; on this machine it means nothing." if is_inside else None,
        evidence=[found(say("no {file}", file=path), wanted="the settings for Azure"), *_asked_for(named)],
        remedy=remedy(
            text if is_here else say("Put your azure.yaml there: {file}", file=path), *commands, links=(SETUP,)
        ),
    )


def _elsewhere(checkout: Checkout, azure_file: AzureFile, named: Optional[Setting]) -> Finding:
    other = azure_file.elsewhere[0]
    return problem(
        "azure.file-elsewhere",
        "Your azure.yaml is not where this AutoGPT looks for it",
        evidence=[found(say("{file}", file=other), wanted=say("{file}", file=azure_file.path)), *_asked_for(named)],
        remedy=_move(checkout, other, azure_file.path, named),
    )


def _move(checkout: Checkout, other: PurePath, target: PurePath, named: Optional[Setting]) -> Remedy:
    if named is not None:
        return remedy("Write its whole path behind AZURE_CONFIG_FILE=, without ~ and from the root on.", links=(SETUP,))
    text = "Move it, or name its whole path in AZURE_CONFIG_FILE:"
    return remedy(text, _command("mv", other, target, checkout.shell), links=(SETUP,))


def _asked_for(named: Optional[Setting]) -> list[Evidence]:
    """The setting that names the file, where somebody set it."""
    if named is None:
        return []
    return [found(say("AZURE_CONFIG_FILE = {value}", value=named.shown), where=named.source.words)]


def _folder(path: PurePath, named: Optional[Setting]) -> Finding:
    is_blank = named is not None and not named.text
    text = say("Remove the folder {folder}, then put the file there.", folder=path)
    if is_blank:
        text = say("Take the empty AZURE_CONFIG_FILE out: it means a folder.")
    return problem(
        "azure.file-folder",
        "There is a folder where the file azure.yaml should be",
        detail=None if is_blank else "Docker makes one when it is to mount a file that does not exist.",
        evidence=[found(say("{folder} is a folder", folder=path), wanted="a file"), *_asked_for(named)],
        remedy=remedy(text, links=(SETUP,)),
    )


def _command(word: str, source: PurePath, target: PurePath, shell: str) -> Command:
    words = {"cp": ("cp", "Copy-Item"), "mv": ("mv", "Move-Item")}[word]
    return run(words[shell != "sh"] + " {source} {target}", source=source, target=target, shell=shell)


# --- links ----------------------------------------------------------------------------------------------------------

NOT_CONFIGURED = Link(
    "AutoGPT: Azure endpoint not configured", "https://github.com/Significant-Gravitas/AutoGPT/issues/7448"
)
REFUSED = Link("AutoGPT: a good key is refused", "https://github.com/Significant-Gravitas/AutoGPT/issues/7128")
GATEWAY = Link("LiteLLM: Azure OpenAI", "https://docs.litellm.ai/docs/providers/azure/")
