"""The map of models in azure.yaml: whether each model in use has a deployment there, under its exact name."""

from __future__ import annotations

import re
from typing import Iterator, Sequence

from checks.autogpt.versions import PLACES
from checks.azure_case import AZURE, Case, Wanted, model_of
from checks.azure_text import MAP
from checks.checkout_layout import SETUP
from doctor import Evidence, Finding, found, problem, remedy, say, warning


def deployments(case: Case) -> Iterator[Finding]:
    """What is missing in the map of models of a file that could be read."""
    if not case.text.is_complete:
        return
    if not case.text.deployments:
        yield _no_deployments(case)
        return
    wanted = case.wanted()
    empty = [each.entry for each in wanted if each.entry is not None and each.entry.kind not in HAS_TEXT]
    if empty:
        yield problem(
            "azure.deployment-empty",
            say("azure.yaml names no deployment for {names}", names=[each.name for each in empty]),
            evidence=[
                found(say("no name behind {name}:", name=each.name), wanted="its deployment", where=case.at(each.line))
                for each in empty
            ],
            remedy=remedy("Put the names of your deployments behind the colons.", links=(SETUP, AZURE)),
        )
    missing = [each for each in wanted if each.entry is None]
    if missing:
        yield _unmapped(case, missing)


def _no_deployments(case: Case) -> Finding:
    entry = case.text.get(MAP)
    is_empty = entry is not None and entry.kind == "empty"
    is_unindented = is_empty and any(_is_known(case, name) for name in case.text.names)
    what = "azure_model_map is not there"
    if entry is not None:
        what = "a list with hyphens" if entry.kind == "list" else "nothing below azure_model_map"
    return problem(
        "azure.no-deployments",
        UNINDENTED if is_unindented else "azure.yaml names no deployments below azure_model_map",
        detail=None if case.form.roles else "AutoGPT ends with: Azure model->deployment_id map is empty.",
        evidence=found(what, wanted="a line for each model", where=case.at(entry.line if entry else 0)),
        remedy=remedy(INDENT if is_unindented else FILL, links=(SETUP, AZURE)),
    )


UNINDENTED = "The lines below azure_model_map are not indented"
INDENT = "Put four blanks before each of the lines below azure_model_map."
FILL = (
    "Write below azure_model_map, with four blanks before it, a line for each model: its name, a colon, a blank, and "
    "the name of your deployment."
)


def _unmapped(case: Case, missing: Sequence[Wanted]) -> Finding:
    """Without an embedding model AutoGPT starts and works; only the oldest versions need it at once."""
    names = list(dict.fromkeys(each.name for each in missing))
    is_minor = all(each.role == "embedding" for each in missing) and case.version.place >= PLACES["v0.4.7"]
    rule = "The names below azure_model_map have to be exactly the models that AutoGPT uses."
    return (warning if is_minor else problem)(
        "azure.embedding-unmapped" if is_minor else "azure.model-unmapped",
        say("azure.yaml has no deployment for {names}", names=names),
        detail=None if case.form.roles else rule,
        evidence=[*_models(case, missing), _what_is_there(case, names)],
        remedy=remedy(
            say(
                "Write in {file} below azure_model_map: {lines}",
                file=case.file.path,
                lines=[say('{name}: "your deployment"', name=name) for name in names],
            ),
            links=(SETUP, AZURE),
        ),
        explained_by=() if case.form.roles else ("models.*",),
    )


def _models(case: Case, missing: Sequence[Wanted]) -> Iterator[Evidence]:
    """Where each model that has no deployment comes from."""
    for each in missing:
        model = model_of(case.plan, each.role)
        setting = case.settings.get(model.variable) if model else None
        if setting is not None and not case.form.roles:
            value = say("{variable} = {name}", variable=setting.name, name=setting.shown)
            yield found(value, where=setting.source.words)


def _what_is_there(case: Case, names: Sequence[str]) -> Evidence:
    there = [name for name in case.text.deployments if _is_known(case, name)]
    entry = case.text.get(MAP)
    return found(
        say("lines for {names}", names=there) if there else "no line for any of them",
        wanted=say("a line for {names}", names=names),
        where=case.at(entry.line if entry else 0),
    )


def _is_known(case: Case, name: str) -> bool:
    """Whether a name of the map is one that AutoGPT gives, so that it may be shown."""
    is_role = any(name in role.names for role in case.form.roles)
    return is_role or bool(re.match(r"(?:gpt-|text-embedding-|o\d)[\w.\-]{0,40}\Z", name, re.ASCII))


HAS_TEXT = ("text", "number", "date")
