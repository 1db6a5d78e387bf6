"""Where a person puts right at a provider what its answer complains of."""

from __future__ import annotations

from typing import Mapping

from checks.autogpt.providers import PROVIDERS
from doctor import Link

_BILLING = {
    "openai": Link("OpenAI: billing", "https://platform.openai.com/settings/organization/billing/overview"),
    "anthropic": Link("Anthropic: billing", "https://console.anthropic.com/settings/billing"),
    "groq": Link("Groq: billing", "https://console.groq.com/settings/billing"),
}
_LIMITS = {
    "openai": Link("OpenAI: limits", "https://platform.openai.com/settings/organization/limits"),
    "anthropic": Link("Anthropic: limits", "https://console.anthropic.com/settings/limits"),
    "groq": Link("Groq: limits", "https://console.groq.com/settings/limits"),
}
_REGIONS = {
    "openai": Link("OpenAI: supported countries", "https://platform.openai.com/docs/supported-countries"),
    "anthropic": Link("Anthropic: supported countries", "https://www.anthropic.com/supported-countries"),
}
_ERRORS = {
    "openai": Link("OpenAI: error codes", "https://platform.openai.com/docs/guides/error-codes"),
    "anthropic": Link("Anthropic: errors", "https://docs.anthropic.com/en/api/errors"),
    "groq": Link("Groq: error codes", "https://console.groq.com/docs/errors"),
    "azure": Link("Azure OpenAI: errors", "https://learn.microsoft.com/azure/ai-services/openai/reference"),
}
_STATES = {
    "openai": Link("OpenAI: status", "https://status.openai.com"),
    "anthropic": Link("Anthropic: status", "https://status.anthropic.com"),
    "groq": Link("Groq: status", "https://groqstatus.com"),
    "azure": Link("Azure: status", "https://azure.status.microsoft"),
}
_ORGANIZATIONS = {
    "openai": Link("OpenAI: organization", "https://platform.openai.com/settings/organization/general"),
}
_KEYS = {id_: each.keys_page for id_, each in PROVIDERS.items()}
AZURE_KEYS = Link(
    "Azure OpenAI: address and key", "https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource"
)
_NETWORKS = Link(
    "Azure: networks of a resource",
    "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
)
USAGE = Link("OpenAI: usage", "https://platform.openai.com/usage")

_BY_WHAT: Mapping[str, Mapping[str, Link]] = {
    "key-rejected": _KEYS,
    "key-unfit": _KEYS,
    "key-wanted": _KEYS,
    "scope-missing": _KEYS,
    "permission": _KEYS,
    "organization": _ORGANIZATIONS,
    "organization-disabled": _ERRORS,
    "account-closed": _ERRORS,
    "address-not-allowed": _ORGANIZATIONS,
    "region": _REGIONS,
    "no-credit": _BILLING,
    "billing-inactive": _BILLING,
    "probably-billing": _BILLING,
    "spend-limit": _LIMITS,
    "rate-limited": _LIMITS,
    "fault": _STATES,
    "blocked": _STATES,
    "unknown-answer": _STATES,
    "network-rules": {"azure": _NETWORKS},
}


def link_for(what: str, provider: str, is_official: bool) -> Link:
    """The page of the provider itself; behind an address of somebody else's, AutoGPT's page about the settings."""
    if provider == "azure":
        return _BY_WHAT.get(what, {}).get(provider, AZURE_KEYS)
    setup_page = PROVIDERS[provider].setup_page
    return _BY_WHAT.get(what, {}).get(provider) or _ERRORS[provider] if is_official else setup_page
