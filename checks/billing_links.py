"""Where a person sees and changes what an account may spend, by provider."""

from __future__ import annotations

from typing import Mapping

from checks.autogpt.providers import PROVIDERS
from checks.provider_links import USAGE
from doctor import Link

ADD_CREDIT = Link("OpenAI: billing", "https://platform.openai.com/settings/organization/billing/overview")
OPENAI_LIMITS = Link("OpenAI: limits", "https://platform.openai.com/settings/organization/limits")
WHICH_LIMIT = Link("OpenAI: which limit is reached", "https://help.openai.com/en/articles/6614457")
TOO_MANY = Link("OpenAI: too many requests (429)", "https://help.openai.com/en/articles/5955604")
ANTHROPIC_BILLING = Link("Anthropic: billing", "https://console.anthropic.com/settings/billing")
ANTHROPIC_LIMITS = Link("Anthropic: limits", "https://console.anthropic.com/settings/limits")
GROQ_BILLING = Link("Groq: billing", "https://console.groq.com/settings/billing")
GROQ_LIMITS = Link("Groq: limits", "https://console.groq.com/settings/limits")
GROQ_SPEND = Link("Groq: spend limits", "https://console.groq.com/docs/spend-limits")
AZURE_QUOTA = Link("Azure OpenAI: quotas", "https://learn.microsoft.com/azure/ai-services/openai/how-to/quota")
AZURE_DEPLOYMENTS = Link(
    "Azure OpenAI: deployments", "https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource"
)

_QUOTA = {"azure": (AZURE_QUOTA,)}
PAGES: Mapping[str, Mapping[str, tuple[Link, ...]]] = {
    "credit": {
        "openai": (ADD_CREDIT, USAGE, WHICH_LIMIT),
        "anthropic": (ANTHROPIC_BILLING,),
        "groq": (GROQ_BILLING,),
        **_QUOTA,
    },
    "limits": {
        "openai": (OPENAI_LIMITS, USAGE, WHICH_LIMIT),
        "anthropic": (ANTHROPIC_LIMITS,),
        "groq": (GROQ_SPEND, GROQ_LIMITS),
        **_QUOTA,
    },
    "rates": {
        "openai": (TOO_MANY, OPENAI_LIMITS, PROVIDERS["openai"].setup_page),
        "anthropic": (ANTHROPIC_LIMITS,),
        "groq": (GROQ_LIMITS,),
        **_QUOTA,
    },
    "deployments": {"azure": (AZURE_DEPLOYMENTS,)},
    "unchecked": {
        "openai": (USAGE, WHICH_LIMIT, PROVIDERS["openai"].setup_page, TOO_MANY),
        "anthropic": (ANTHROPIC_BILLING,),
        **_QUOTA,
    },
}
"""By what a person wants to see there ("unchecked": what is left, without paying), and by provider."""
