"""The providers of language models that AutoGPT knows, and which one a model's name belongs to.

Source: AutoGPT's setup page for the pages where keys are made, and the clients in its source for the hosts.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional

from doctor import Link


class Provider(NamedTuple):
    """One provider, as AutoGPT's settings name it."""

    id: str
    """"openai", "anthropic", "groq" or "llamafile"."""
    name: str
    key_variable: str
    """"" where none is needed."""
    base_url_variable: str
    official_base_url: str
    """Where requests go when nothing else is set."""
    keys_page: Link
    """Where keys are made; for llamafile, how the server is set up."""
    setup_page: Link
    models_page: Link
    """Which models it has, and which it has switched off."""


_SETUP = "https://github.com/Significant-Gravitas/AutoGPT/blob/master/docs/content/classic/setup/index.md"

PROVIDERS: Mapping[str, Provider] = {
    each.id: each
    for each in (
        Provider(
            "openai", "OpenAI", "OPENAI_API_KEY", "OPENAI_API_BASE_URL", "https://api.openai.com/v1",
            Link("OpenAI: API keys", "https://platform.openai.com/account/api-keys"),
            Link("AutoGPT: setting up OpenAI", f"{_SETUP}#openai"),
            Link("OpenAI: models", "https://platform.openai.com/docs/models"),
        ),
        Provider(
            "anthropic", "Anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_API_BASE_URL", "https://api.anthropic.com",
            Link("Anthropic: API keys", "https://console.anthropic.com/settings/keys"),
            Link("AutoGPT: setting up Anthropic", f"{_SETUP}#anthropic"),
            Link("Anthropic: models and their end", "https://docs.anthropic.com/en/docs/about-claude/model-deprecations"),
        ),
        Provider(
            "groq", "Groq", "GROQ_API_KEY", "GROQ_API_BASE_URL", "https://api.groq.com",
            Link("Groq: API keys", "https://console.groq.com/keys"),
            Link("AutoGPT: setting up Groq", f"{_SETUP}#groq"),
            Link("Groq: models", "https://console.groq.com/docs/models"),
        ),
        Provider(
            "llamafile", "llamafile", "", "LLAMAFILE_API_BASE", "http://localhost:8080/v1",
            *(Link("AutoGPT: setting up llamafile", f"{_SETUP}#llamafile"),) * 3,
        ),
    )
}  # fmt: skip

# The beginnings of names, the longer ones first where one is the beginning of another.
_BEGINNINGS = (
    ("openai", ("gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-", "text-davinci-", "davinci", "codex-")),
    ("anthropic", ("claude-",)),
    ("groq", ("mixtral-", "gemma-", "gemma2-", "llama3-", "llama-3", "llama2-", "openai/gpt-oss", "qwen")),
    ("llamafile", ("mistral-7b-instruct",)),
)


def provider_of_model(name: str) -> Optional[str]:
    """The id of the provider that a model's name points to, whatever its case; None for a name that tells nothing."""
    plain = name.strip().lower()
    for provider, beginnings in _BEGINNINGS:
        if plain.startswith(beginnings):
            return provider
    return None


def is_embedding(name: str) -> bool:
    """Whether a model turns text into numbers and cannot talk."""
    return name.strip().lower().startswith("text-embedding-")


def owner_of_key(value: str) -> Optional[str]:
    """The id of the provider whose form a key has beyond doubt; None for every other text."""
    if value.startswith("sk-ant-"):
        return "anthropic"
    if value.startswith("gsk_"):
        return "groq"
    return "openai" if value.startswith(("sk-proj-", "sk-svcacct-")) or "T3BlbkFJ" in value else None
