"""How each version of AutoGPT takes its settings for Azure: from which file, under which names, and if it can start.

Source: the settings classes and the templates of the thirteen versions, and openai-python, which makes the requests.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from checks.autogpt.placeholders import is_nobodys
from checks.autogpt.versions import PLACES, Version


class Role(NamedTuple):
    """What a deployment is for, in the versions that name deployments by their use and not by a model."""

    role: str
    """"smart", "fast" or "embedding"."""
    names: tuple[str, ...]
    """The names that are read, the usual one first."""


class AzureForm(NamedTuple):
    """What one version expects of a person who uses Azure."""

    file_in: str
    """Where azure.yaml is looked for: "agent", "forge" or "start" (the folder that AutoGPT is started in); "" where the
    settings stand in `.env` alone."""
    endpoint: str
    """The name of the address of the Azure resource."""
    other_endpoint: str
    """Its name in other versions, and in the documents: it is not read."""
    roles: tuple[Role, ...]
    """Empty where deployments are named by model."""
    needs_version: bool
    """Whether the API version has no default."""
    is_strict: bool
    """Whether the file is refused, or not taken for Azure's, when a value is no text or azure_api_type another word."""
    needs_key_first: bool
    """The file is not even opened as long as OPENAI_API_KEY is not set."""
    excludes_base_url: bool
    """Whether OPENAI_API_BASE_URL beside it ends in an error; before, it was of no effect."""
    can_start: bool
    """False where the check of the keys at start never sees the file:
    https://github.com/Significant-Gravitas/AutoGPT/issues/7448"""
    blank_path_is_folder: bool
    """What an empty AZURE_CONFIG_FILE comes to: a folder, or the default."""

    @property
    def uses_variables(self) -> bool:
        return not self.file_in

    @property
    def may_be_beside_template(self) -> bool:
        """The place changed in the middle of May 2024, and names do not tell on which side of that a checkout is."""
        return self.file_in == "forge" and self.can_start


VARIABLES_ONLY = ("OPENAI_AZURE_API_BASE", "OPENAI_AZURE_API_VERSION", "OPENAI_AZURE_DEPLOYMENT_ID")
"""What v0.1 reads from `.env` in place of a file; v0.2.0 reads the first two before its file."""

_OLDEST_ROLES = (
    Role("smart", ("smart_llm_model_deployment_id",)),
    Role("fast", ("fast_llm_model_deployment_id",)),
    Role("embedding", ("embedding_model_deployment_id",)),
)
_OLD_ROLES = (
    Role("smart", ("smart_llm_deployment_id", "smart_llm_model_deployment_id")),
    Role("fast", ("fast_llm_deployment_id", "fast_llm_model_deployment_id")),
    Role("embedding", ("embedding_model_deployment_id",)),
)


def form_of(version: Version) -> AzureForm:
    """What this version expects."""
    place = version.place
    by_model = place >= PLACES["v0.5.0"]
    has_new_name = place >= PLACES["v0.5.1"]
    return AzureForm(
        file_in=_file_in(place),
        endpoint="azure_endpoint" if has_new_name else "azure_api_base",
        other_endpoint="azure_api_base" if has_new_name else "azure_endpoint",
        roles=() if by_model else _OLD_ROLES if place >= PLACES["v0.4.7"] else _OLDEST_ROLES,
        needs_version=by_model,
        is_strict=by_model,
        needs_key_first=by_model,
        excludes_base_url=has_new_name,
        can_start=place < PLACES["2024-09"],
        blank_path_is_folder=place >= PLACES["2024-09"],
    )


def _file_in(place: int) -> str:
    if place < PLACES["v0.2.2"]:
        return ""
    if place < PLACES["2024-05"]:
        return "agent"
    return "forge" if place < PLACES["classic-2026"] else "start"


_KEY = r"(?:[0-9a-f]{32}|[A-Za-z0-9]{84})\Z"
_UNFILLED = r"(?i)(?:https?://)?[<{\[]?(?:your(?:[-_ .]|resource|endpoint|name)|my-resource\b|<)"


def is_azure_key(text: str) -> bool:
    """Whether a key has one of the two forms of Azure's keys: 32 hexadecimal digits, or 84 letters and digits.

    Source: https://github.com/microsoft/security-utilities
    """
    return bool(re.match(_KEY, text))


def is_unfilled(value: str) -> bool:
    """Whether a value is the template's or the documents' own. A deployment may well be called "my-gpt"."""
    plain = value.strip()
    return is_nobodys(plain) or bool(re.match(_UNFILLED, plain))
