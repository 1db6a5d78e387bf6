"""What the findings about the providers' answers say, each in a sentence for `explain`.

A mapping belongs to the check of its name, and lists all that it may find.
"""

from __future__ import annotations

from typing import Mapping

_OF_ANSWERS: Mapping[str, str] = {
    "key-accepted": "{name} accepts the key; credit is another question.",
    "key-rejected": "{name} says that the key is none of its keys: mistyped, revoked, deleted, or somebody else's.",
    "key-wanted": "What answers in the place of {name} wants a key, and none is set.",
    "key-unfit": "{name} does not take this kind of key, such as a sign-in token or one with restrictions.",
    "scope-missing": "The key of {name} is valid, but its permissions do not cover what AutoGPT does.",
    "organization": "{name} refuses the organization that requests name, and not the key.",
    "organization-disabled": "{name} has restricted or disabled the organization that the key belongs to.",
    "account-closed": "{name} says that the account of the key is closed.",
    "permission": "{name} does not permit the key to list models, for a reason that it does not name.",
    "address-not-allowed": "The organization at {name} takes requests from listed internet addresses only.",
    "region": "{name} does not answer in this country or network.",
    "no-credit": "{name} says, already to a free request, that there is no credit.",
    "spend-limit": "A limit on spending at {name} is reached.",
    "billing-inactive": "Billing is not active for the account at {name}.",
    "probably-billing": "{name} refuses the request with words about a quota or billing, and no reason that is known.",
    "rate-limited": "{name} has too many requests of this account at the moment; the key is right.",
    "redirect": "What answers in the place of {name} sends requests on to another address.",
    "not-the-api": "A web page answers where {name} should.",
    "wrong-path": "The address for {name} leads to nothing, mostly because of its path.",
    "proxy-answer": "A proxy answers in the place of {name}.",
    "blocked": "A filter before {name} turned the request away, so nothing is known of the key.",
    "loading": "The server in the place of {name} is still loading its model.",
    "fault": "{name} has a fault of its own at the moment, so nothing is known of the key.",
    "unknown-answer": "{name} gave an answer that is not known here, so nothing is known of the key.",
}
_OF_MODELS: Mapping[str, str] = {
    "models-offered": "The models in use are in the list that {name} gives for the key.",
    "models-unlisted": "What answers in the place of {name} lists no models at all.",
    "models-too-many": "The list of models of {name} is longer than what is read; a model may be in its rest.",
    "model-not-offered": "A model in use is not in the list that {name} gives for the key.",
    "no-model-left": "{name} offers none of the models that this AutoGPT accepts.",
    "embedding-not-offered": "The model for embeddings is not in the list that {name} gives for the key.",
}


def _of(provider: str, name: str, sentences: Mapping[str, str]) -> dict[str, str]:
    return {f"{provider}.{what}": sentence.format(name=name) for what, sentence in sentences.items()}


OPENAI_KEY = {
    **_of("openai", "OpenAI", _OF_ANSWERS),
    "openai.free-tier": "OpenAI allows the account as few requests as one without a paid plan.",
}
OPENAI_MODELS = _of("openai", "OpenAI", _OF_MODELS)
ANTHROPIC_KEY = _of("anthropic", "Anthropic", _OF_ANSWERS)
ANTHROPIC_MODELS = _of("anthropic", "Anthropic", _OF_MODELS)
GROQ_KEY = _of("groq", "Groq", _OF_ANSWERS)
GROQ_MODELS = _of("groq", "Groq", _OF_MODELS)
AZURE_KEY = {
    **_of("azure", "Azure", _OF_ANSWERS),
    "azure.key-rejected": "Azure does not accept the key, or the key belongs to another resource than the address.",
    "azure.network-rules": "The rules of the Azure resource let no one in from this network.",
}
