"""What the judgements about Azure have in common: the whole case at hand, and how much a finding weighs in it."""

from __future__ import annotations

from typing import Iterable, Iterator, NamedTuple, Optional

from checks.autogpt.azure_forms import AzureForm
from checks.autogpt.versions import Version
from checks.azure_file import AzureFile, AzureUse
from checks.azure_text import AzureText, Entry
from checks.plan import Plan, PlannedModel
from checks.settings import Settings
from doctor import Finding, Link, Status, Words, say


class Case(NamedTuple):
    """Everything that the judgements of a file that could be read need."""

    file: AzureFile
    text: AzureText
    form: AzureForm
    version: Version
    plan: Plan
    settings: Settings

    def at(self, line: int) -> Words:
        words = "{file}, line {line}" if line else "{file}"
        return say(words, file=self.file.path, line=line)

    @property
    def asks_azure(self) -> bool:
        """Whether a model of OpenAI is in use, so that anything is asked of Azure."""
        return any(each.provider in ("openai", None) for each in self.plan.models if each.role != "embedding")

    def wanted(self) -> list[Wanted]:
        """A deployment for each model that goes to Azure."""
        return list(_by_role(self) if self.form.roles else _by_model(self))


class Wanted(NamedTuple):
    """A deployment that AutoGPT will look for."""

    role: str
    """"smart", "fast" or "embedding"."""
    name: str
    """The name that it looks for in the map of models."""
    entry: Optional[Entry]
    """What stands there."""


def model_of(plan: Plan, role: str) -> Optional[PlannedModel]:
    return next((each for each in plan.models if each.role == role), None)


def _by_model(case: Case) -> Iterator[Wanted]:
    for model in case.plan.models:
        if model.provider in ("openai", None) and model.name:
            yield Wanted(model.role, model.name, case.text.deployments.get(model.name))


def _by_role(case: Case) -> Iterator[Wanted]:
    """Where one model is both the smart and the fast one, one of the two names is enough."""
    deployments = case.text.deployments
    found = [(role, [deployments[name] for name in role.names if name in deployments]) for role in case.form.roles]
    smart, fast = model_of(case.plan, "smart"), model_of(case.plan, "fast")
    is_one = smart is not None and fast is not None and smart.name == fast.name
    has_talker = any(entries for role, entries in found if role.role != "embedding")
    for role, entries in found:
        if entries or role.role == "embedding" or not (is_one and has_talker):
            yield Wanted(role.role, role.names[0], entries[0] if entries else None)


def in_its_place(azure_use: AzureUse, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Where Azure is off or cannot start anyway, the rest is only worth knowing."""
    for finding in findings:
        if (azure_use.can_start and azure_use.is_on) or finding.status is Status.OK:
            yield finding._replace(explained_by=(*finding.explained_by, *EXPLANATIONS))
        else:
            yield finding._replace(status=Status.NOTE)


# --- links ----------------------------------------------------------------------------------------------------------

EXPLANATIONS = ("keys.rejected-by-version",)
"""What keeps AutoGPT from getting as far as Azure, whatever is right or wrong about it."""

AZURE = Link(
    "Azure OpenAI: address, key and deployments",
    "https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource",
)
