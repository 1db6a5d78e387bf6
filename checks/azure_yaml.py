"""The file azure.yaml: whether it is where this AutoGPT looks for it, can be read, and says what AutoGPT needs.

It protects the user from a file in the wrong folder, and from the template's texts and names.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, Optional

from checks.autogpt.versions import Version
from checks.azure_case import Case, in_its_place
from checks.azure_content import broken_file, content
from checks.azure_deployments import deployments
from checks.azure_file import NAME, AzureFile, AzureUse
from checks.checkout import Checkout
from checks.checkout_layout import SETUP
from checks.meanings_of_settings import AZURE_FILE
from checks.plan import Plan
from checks.settings import Setting, Settings
from doctor import (
    Command,
    Evidence,
    Finding,
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


@check(
    "azure.file",
    title="The file azure.yaml",
    stage=Stage.CONFIGURATION,
    codes=AZURE_FILE,
)
def azure_yaml(
    checkout: Checkout,
    system: System,
    version: Version,
    settings: Settings,
    plan: Plan,
    azure_use: AzureUse,
    azure_file: AzureFile,
) -> Iterator[Finding]:
    """With Azure on, AutoGPT reads where your Azure resource is and what your deployments are called from azure.yaml.

    It is made from azure.yaml.template. Its place depends on the version: beside the template up to 0.5.1,
    then in the folder of the forge, since 2026 in the folder that AutoGPT is started in. AZURE_CONFIG_FILE names
    another file; only an absolute path means the same in every version. The text has to be UTF-8.

    The address is https://NAME.openai.azure.com and nothing behind it, since version 0.5.1 under the name
    azure_endpoint, before that azure_api_base; AutoGPT's pages still name the old one. The API version is a text in
    quotes, because YAML takes 2024-02-01 for a date. The names below azure_model_map have to be exactly the models that
    AutoGPT uses: SMART_LLM, FAST_LLM and EMBEDDING_MODEL, or what they are when not set. The template's names are
    others, so filling in only the values is not enough. These lines are indented with blanks.
    """
    if not azure_use.is_wanted or azure_use.form.uses_variables:
        raise NotHere
    yield from in_its_place(azure_use, _place(checkout, system, azure_file, settings))
    if azure_file.broken is not None:
        yield from in_its_place(azure_use, [broken_file(azure_file, azure_file.broken)])
    elif azure_file.text is not None:
        case = Case(azure_file, azure_file.text, azure_use.form, version, plan, settings)
        yield from in_its_place(azure_use, (*content(case), *deployments(case)))


def _place(checkout: Checkout, system: System, azure_file: AzureFile, settings: Settings) -> Iterator[Finding]:
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
