"""What stands in azure.yaml: its form, the address, the API version, and what nobody filled in.

Values are judged and not shown: the name of somebody's Azure resource is theirs. Shown are names that AutoGPT itself
gives, and lines.
"""

from __future__ import annotations

import re
from typing import Iterator

from checks.autogpt.azure_forms import is_unfilled
from checks.autogpt.versions import PLACES
from checks.azure_case import AZURE, Case
from checks.azure_file import AzureFile
from checks.azure_text import BrokenText, Entry
from checks.checkout_layout import SETUP
from doctor import Finding, Link, found, problem, remedy, say, warning


def broken_file(azure_file: AzureFile, broken: BrokenText) -> Finding:
    """The file is no YAML, or none that AutoGPT takes."""
    where = say("{file}, line {line}", file=azure_file.path, line=broken.line)
    if not broken.line:
        where = say("{file}", file=azure_file.path)
    what, advice = _BROKEN.get(broken.reason, _BROKEN["other"])
    return problem(
        "azure.file-broken",
        "azure.yaml has a mistake in its form, so AutoGPT cannot read it",
        evidence=found(what, wanted="YAML: a name, a colon, a blank and the value in each line", where=where),
        remedy=remedy(advice, links=(SETUP, YAML)),
    )


_BROKEN = {
    "tab": ("a tab where blanks belong", "Put the same number of blanks before each line below azure_model_map."),
    "indentation": (
        "a line that is indented unlike its neighbours, or one without its colon",
        "Begin the names at the beginning of the line, and those below azure_model_map after four blanks.",
    ),
    "colon": ("a line without a colon", "Write a colon and a blank between each name and its value."),
    "character": ("a character that no text has", "Save it anew as plain text, with the encoding UTF-8."),
    "no-names": ("no names with values", "Write a name, a colon, a blank and the value in each line."),
    "too-deep": ("a nesting without end", "Make it anew from the template."),
    "other": ("something that is no YAML", "Put the values into quotes, or make the file anew from the template."),
}


def content(case: Case) -> Iterator[Finding]:
    """What is wrong with a file that could be read, its deployments aside."""
    yield from _placeholders(case)
    yield from _endpoint(case)
    yield from _version(case)
    yield from _type(case)


# --- placeholders ---------------------------------------------------------------------------------------------------


def _placeholders(case: Case) -> Iterator[Finding]:
    entries = [entry for name in (case.form.endpoint, "azure_api_version") if (entry := case.text.get(name))]
    needed = [each.entry for each in case.wanted() if each.entry is not None]
    unfilled = [entry for entry in (*entries, *needed) if is_unfilled(entry.value)]
    if unfilled:
        yield problem(
            "azure.placeholder",
            say("azure.yaml still holds the template's text for {names}", names=[each.name for each in unfilled]),
            evidence=[
                found(say("{name}: the template's text", name=each.name), wanted="your own", where=case.at(each.line))
                for each in unfilled
            ],
            remedy=remedy(
                "The Azure portal shows the address under Keys and Endpoint, the names of your deployments under "
                "Deployments.",
                links=(SETUP, AZURE),
            ),
        )


# --- the address ----------------------------------------------------------------------------------------------------


def _endpoint(case: Case) -> Iterator[Finding]:
    form, text = case.form, case.text
    entry = text.get(form.endpoint)
    if entry is not None and entry.kind != "empty":
        if not is_unfilled(entry.value):
            yield from _endpoint_form(case, entry)
        return
    other = text.get(form.other_endpoint)
    if other is not None and entry is None:
        yield problem(
            "azure.endpoint-name",
            say("This AutoGPT wants the address as {name}, not as {other}", name=form.endpoint, other=other.name),
            detail="AutoGPT's setup page still has the old name." if form.endpoint == "azure_endpoint" else None,
            evidence=found(other.name, wanted=form.endpoint, where=case.at(other.line)),
            remedy=remedy(
                say("In {file}, line {line}, write {name} in place of {other}.",
                    file=case.file.path, line=other.line, name=form.endpoint, other=other.name),
                links=(SETUP, AZURE),
            ),
        )  # fmt: skip
    elif text.is_complete:
        is_fatal = case.version.place >= PLACES["v0.5.0"] and case.asks_azure
        yield (problem if is_fatal else warning)(
            "azure.endpoint-missing",
            "azure.yaml does not say where your Azure resource is",
            evidence=found(
                say("{name} is not there or empty", name=form.endpoint), where=case.at(entry.line if entry else 0)
            ),
            remedy=remedy(
                say(
                    'Write in {file}: {name}: "https://NAME.openai.azure.com", with your NAME.',
                    file=case.file.path,
                    name=form.endpoint,
                ),
                links=(SETUP, AZURE),
            ),
        )


def _endpoint_form(case: Case, entry: Entry) -> Iterator[Finding]:
    what = fault_of(entry)
    if what:
        yield problem(
            "azure.endpoint-form",
            "The address of your Azure resource does not have the form that AutoGPT needs",
            detail="AutoGPT itself puts /openai/deployments and the API version behind it.",
            evidence=found(what, wanted="https://NAME.openai.azure.com", where=case.at(entry.line)),
            remedy=remedy(
                say('Write in {file}, line {line}: {name}: "https://NAME.openai.azure.com", with your NAME.',
                    file=case.file.path, line=entry.line, name=entry.name),
                links=(AZURE,),
            ),
        )  # fmt: skip


def fault_of(entry: Entry) -> str:
    """What is wrong with an address, in words that hold nothing of it; "" for nothing that is known to be wrong."""
    url = entry.value
    if entry.kind != "text":
        return "no text"
    if re.search(r"\s", url):
        return "an address with a blank in it"
    if not re.match(r"(?i)https?://", url):
        return "an address without https:// at its beginning"
    host, _, path = re.sub(r"(?i)^https?://", "", url).partition("/")
    if host.lower().partition(":")[0] == "api.openai.com":
        return "the address of OpenAI itself, not of Azure"
    if path.lower().partition("/")[0].partition("?")[0] == "openai":
        return "an address with /openai behind it"
    return "an address with a question mark" if "?" in url else ""


# --- version and type -----------------------------------------------------------------------------------------------


def _version(case: Case) -> Iterator[Finding]:
    entry = case.text.get("azure_api_version")
    if entry is None or entry.kind == "empty":
        is_elsewhere = bool(case.settings.text("OPENAI_API_VERSION"))
        if case.form.needs_version and case.text.is_complete and not is_elsewhere and case.asks_azure:
            yield problem(
                "azure.version-missing",
                "azure.yaml does not name the API version of Azure",
                evidence=found("azure_api_version is not there or empty", where=case.at(entry.line if entry else 0)),
                remedy=remedy(
                    say('Write in {file} a line like: azure_api_version: "2024-10-21"', file=case.file.path),
                    links=(SETUP, VERSIONS_OF_API),
                ),
            )
    elif entry.kind in ("date", "number", "list", "mapping") and case.version.place >= PLACES["v0.4.7"]:
        yield (problem if case.form.is_strict else warning)(
            "azure.version-date",
            "The API version of Azure is not a text: it needs quotes" if entry.kind != "date"
            else "YAML takes the API version of Azure for a date: it needs quotes",
            detail="AutoGPT wants a text there and ends with an error of pydantic.",
            evidence=found(say("a {kind}", kind=entry.kind), wanted="a text in quotes", where=case.at(entry.line)),
            remedy=remedy(
                say('In {file}, line {line}, put quotes around it: azure_api_version: "2024-10-21"',
                    file=case.file.path, line=entry.line),
                links=(SETUP,),
            ),
            is_certain=case.form.is_strict,
        )  # fmt: skip


def _type(case: Case) -> Iterator[Finding]:
    entry = case.text.get("azure_api_type")
    if entry is not None and entry.value != "azure" and case.form.is_strict:
        yield problem(
            "azure.type",
            "azure_api_type is not azure, so AutoGPT goes to OpenAI after all",
            evidence=found("another word than azure", wanted="azure", where=case.at(entry.line)),
            remedy=remedy(
                say("Write in {file}, line {line}: azure_api_type: azure", file=case.file.path, line=entry.line),
                links=(SETUP,),
            ),
            is_certain=False,
        )


# --- links ----------------------------------------------------------------------------------------------------------

YAML = Link("The rules of YAML", "https://yaml.org/spec/1.2.2/#chapter-2-language-overview")
VERSIONS_OF_API = Link(
    "Azure OpenAI: API versions", "https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation"
)
