"""The versions of AutoGPT that are told apart for their settings, oldest first, and what differs between them.

A layout may hold several versions; which one a checkout is nearest to shows in the names of its `.env.template`.
Source: the upstream repository at each of these versions, read in November 2026.
"""

from __future__ import annotations

from typing import Collection, Mapping, NamedTuple


class Version(NamedTuple):
    """One version, for what concerns settings."""

    id: str
    """What a person may call it ("v0.4.7", "classic-2024")."""
    layout: str
    fast_llm: str
    """The model that FAST_LLM stands for when it is not set."""
    smart_llm: str
    embedding_model: str
    place: int = 0
    """Its number in the order of time, counted from 0."""

    @property
    def file_wins(self) -> bool:
        """Whether a value of `.env` beats one of the shell (load_dotenv with override)."""
        return self.place >= FIRST_WITH_OVERRIDE

    @property
    def has_fixed_models(self) -> bool:
        """Whether a model that the source does not list stops AutoGPT; before, any name went through."""
        return self.place >= FIRST_WITH_FIXED_MODELS

    @property
    def uses_httpx(self) -> bool:
        """Whether OpenAI's client is one that asks httpx; before openai 1.0 it was requests."""
        return self.place >= PLACES["v0.5.0"]

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers of models that it knows."""
        if self.place < PLACES["2024-05"]:
            return ("openai",)
        is_old = self.place < PLACES["2024-09"]
        return ("openai", "anthropic") if is_old else ("openai", "anthropic", "groq", "llamafile")

    @property
    def model_names(self) -> tuple[str, str]:
        """The variables of the smart and of the fast model."""
        return ("SMART_LLM_MODEL", "FAST_LLM_MODEL") if self.place < PLACES["v0.4.7"] else ("SMART_LLM", "FAST_LLM")


_OLD, _NEW = "text-embedding-ada-002", "text-embedding-3-small"
VERSIONS: tuple[Version, ...] = tuple(
    each._replace(place=place)
    for place, each in enumerate(
        (
            Version("v0.1.0", "L0", "gpt-3.5-turbo", "gpt-4", _OLD),
            Version("v0.2.0", "L1", "gpt-3.5-turbo", "gpt-4", _OLD),
            Version("v0.2.2", "L1", "gpt-3.5-turbo", "gpt-4", _OLD),
            Version("v0.3.1", "L1", "gpt-3.5-turbo", "gpt-4", _OLD),
            Version("v0.4.0", "L1", "gpt-3.5-turbo", "gpt-4", _OLD),
            Version("v0.4.7", "L1", "gpt-3.5-turbo", "gpt-4-0314", _OLD),
            Version("2023-09", "L2a", "gpt-3.5-turbo-16k", "gpt-4-0314", _OLD),
            Version("v0.5.0", "L2b", "gpt-3.5-turbo-16k", "gpt-4", _OLD),
            Version("v0.5.1", "L2b", "gpt-3.5-turbo", "gpt-4-turbo", _NEW),
            Version("2024-05", "L2b", "gpt-3.5-turbo", "gpt-4-turbo", _NEW),
            Version("2024-09", "L3", "gpt-3.5-turbo", "gpt-4-turbo", _NEW),
            Version("classic-2024", "L4", "gpt-3.5-turbo", "gpt-4-turbo", _NEW),
            Version("classic-2026", "L5", "gpt-3.5-turbo", "gpt-4-turbo", _NEW),
        )
    )
)
PLACES: Mapping[str, int] = {each.id: each.place for each in VERSIONS}
FIRST_WITH_OVERRIDE = PLACES["v0.3.1"]
FIRST_WITH_FIXED_MODELS = PLACES["v0.5.1"]


def nearest(layout: str, names: Collection[str], names_of: Mapping[str, Collection[str]]) -> Version:
    """The version of a layout whose template has the most names in common with `names`; the newest when none has.

    `names_of` gives the names in each version's template, by the version's id.
    """
    best, best_likeness = None, -1.0
    for version in VERSIONS:
        if version.layout == layout:
            known = set(names_of[version.id])
            likeness = len(known & set(names)) / (len(known | set(names)) or 1)
            if best is None or likeness >= best_likeness:
                best, best_likeness = version, likeness
    return best or VERSIONS[-1]
