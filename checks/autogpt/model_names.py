"""The models that each version of AutoGPT lists: for a checkout whose own lists cannot be read.

Source: the enums in the upstream source at the versions of `versions.py`; names only. From v0.5.1 a model that is not
in the list stops AutoGPT; before, the list is only what it knows about.
"""

from __future__ import annotations

from typing import Iterator, Mapping

from checks.autogpt.versions import PLACES, Version

Names = Mapping[str, tuple[str, ...]]
"""Models by the provider's id."""

_END = "classic-2026"
_OPENAI, _ANTHROPIC, _GROQ, _LLAMAFILE = "openai", "anthropic", "groq", "llamafile"

# The first and the last version that lists them, the provider, the models.
_ROWS = (
    ("v0.1.0", _END, _OPENAI, "gpt-3.5-turbo gpt-3.5-turbo-0301 gpt-4 gpt-4-0314 gpt-4-32k gpt-4-32k-0314"),
    ("v0.1.0", _END, _OPENAI, "text-embedding-ada-002"),
    ("v0.4.7", _END, _OPENAI, "gpt-3.5-turbo-0613 gpt-3.5-turbo-16k gpt-3.5-turbo-16k-0613 gpt-4-0613 gpt-4-32k-0613"),
    ("v0.5.0", _END, _OPENAI, "gpt-3.5-turbo-1106 gpt-4-1106-preview gpt-4-vision-preview"),
    ("v0.5.1", _END, _OPENAI, "gpt-3.5-turbo-0125 gpt-4-0125-preview gpt-4-1106-vision-preview gpt-4-turbo"),
    ("v0.5.1", _END, _OPENAI, "gpt-4-turbo-2024-04-09 gpt-4-turbo-preview"),
    ("v0.5.1", _END, _OPENAI, "text-embedding-3-large text-embedding-3-small"),
    ("2024-09", _END, _OPENAI, "gpt-4o gpt-4o-2024-05-13"),
    (_END, _END, _OPENAI, "gpt-4o-2024-08-06 gpt-4o-mini gpt-4o-mini-2024-07-18 gpt-4.1 gpt-4.1-2025-04-14"),
    (_END, _END, _OPENAI, "gpt-4.1-mini gpt-4.1-mini-2025-04-14 gpt-4.1-nano gpt-4.1-nano-2025-04-14"),
    (_END, _END, _OPENAI, "o1 o1-2024-12-17 o1-mini o1-mini-2024-09-12 o1-pro o3 o3-2025-04-16 o3-mini"),
    (_END, _END, _OPENAI, "o3-mini-2025-01-31 o3-pro o4-mini o4-mini-2025-04-16 gpt-5 gpt-5-mini gpt-5-nano gpt-5-pro"),
    (_END, _END, _OPENAI, "gpt-5.1 gpt-5.2 gpt-5.2-pro gpt-5.3 gpt-5.3-pro gpt-5.4 gpt-5.4-mini gpt-5.4-nano"),
    (_END, _END, _OPENAI, "gpt-5.4-pro"),
    ("2024-05", _END, _ANTHROPIC, "claude-3-haiku-20240307 claude-3-sonnet-20240229 claude-3-opus-20240229"),
    ("2024-09", _END, _ANTHROPIC, "claude-3-5-sonnet-20240620"),
    (_END, _END, _ANTHROPIC, "claude-3-5-sonnet-20241022 claude-sonnet-4-20250514 claude-opus-4-20250514"),
    (_END, _END, _ANTHROPIC, "claude-opus-4-1-20250805 claude-sonnet-4-5-20250929 claude-opus-4-5-20251101"),
    (_END, _END, _ANTHROPIC, "claude-haiku-4-5-20251001 claude-sonnet-4-6 claude-opus-4-6"),
    ("2024-09", _END, _GROQ, "mixtral-8x7b-32768 gemma-7b-it"),
    ("2024-09", "2024-09", _GROQ, "llama3-8b-8192 llama3-70b-8192"),
    ("2024-09", _END, _LLAMAFILE, "mistral-7b-instruct-v0.2"),
)


def names_of(version: Version) -> Names:
    """The models that a version lists, those for embeddings too."""
    found: dict[str, tuple[str, ...]] = {}
    for provider, name in _all(version):
        found[provider] = (*found.get(provider, ()), name)
    return found


def _all(version: Version) -> Iterator[tuple[str, str]]:
    for first, last, provider, names in _ROWS:
        if PLACES[first] <= version.place <= PLACES[last]:
            for name in names.split():
                yield provider, name


RETIRED: Mapping[str, tuple[str, str]] = {
    "mixtral-8x7b-32768": (_GROQ, "March 2025"),
    "llama3-70b-8192": (_GROQ, "August 2025"),
    "llama-3.3-70b-versatile": (_GROQ, "August 2026"),
    "claude-3-opus-20240229": (_ANTHROPIC, "January 2026"),
    "claude-opus-4-20250514": (_ANTHROPIC, "June 2026"),
}
"""Models that their provider has switched off, and when: those that are known for certain in November 2026."""

DOUBTFUL = frozenset(
    (
        "gemma-7b-it", "llama3-8b-8192", "claude-3-haiku-20240307", "claude-3-sonnet-20240229",
        "claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20241022", "claude-3-5-haiku-20241022",
        "claude-sonnet-4-20250514",
    )
)  # fmt: skip
"""Old models whose end is likely, but not certain: advised only where nothing else is left, and never called gone."""

IN_THE_PAGES = frozenset(("llama3-70b-8192",))
"""Models that AutoGPT's own setup page names as an example, and that some versions refuse."""
