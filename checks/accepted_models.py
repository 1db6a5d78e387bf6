"""Which models this checkout accepts: read from its own source, without running any of it.

A list of ours would be out of date for every checkout but a few; where the source cannot be read, the table of the
nearest version stands in.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, Mapping, NamedTuple, Optional

from checks.autogpt.model_names import DOUBTFUL, RETIRED, names_of
from checks.autogpt.providers import PROVIDERS, is_embedding
from checks.autogpt.versions import PLACES, Version
from checks.checkout import Checkout
from doctor import Machine, fact

LARGEST_BYTES = 262_144
"""The largest of these files has 40 kB; only its beginning is needed."""

_FILES = {
    "openai": ("OpenAIModelName", "openai.py"),
    "anthropic": ("AnthropicModelName", "anthropic.py"),
    "groq": ("GroqModelName", "groq.py"),
    "llamafile": ("LlamafileModelName", "llamafile/llamafile.py"),
}


class AcceptedModels(NamedTuple):
    """The models that SMART_LLM and FAST_LLM may name."""

    by_provider: Mapping[str, tuple[str, ...]]
    """By the provider's id, in the order of the source; the models for embeddings are among them."""
    is_from_source: bool
    """Whether the checkout itself says so; else it is what the nearest version lists."""
    path: Optional[PurePath] = None
    """The folder of the source files that were read."""

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(name for names in self.by_provider.values() for name in names)

    def provider_of(self, name: str) -> Optional[str]:
        """The provider that lists exactly this name."""
        return next((id_ for id_, names in self.by_provider.items() if name in names), None)

    def chat(self, provider: str) -> tuple[str, ...]:
        """The models of a provider that can talk."""
        return tuple(name for name in self.by_provider.get(provider, ()) if not is_embedding(name))

    def advised(self, provider: str, role: str, version: Version) -> str:
        """A model of a provider to advise for "smart" or "fast"; "" when it has none that is not gone for certain."""
        if provider == "openai":
            return version.fast_llm if role == "fast" else version.smart_llm
        left = [name for name in self.chat(provider) if name not in RETIRED]
        alive = [name for name in left if name not in DOUBTFUL] or left
        small = [name for name in alive if re.search("haiku|mini|nano|8b", name)]
        large = [name for name in alive if re.search("sonnet|70b", name)]
        best = (small if role == "fast" else large) or alive
        return best[-1] if best else ""


@fact
def accepted_models(machine: Machine, checkout: Checkout, version: Version) -> AcceptedModels:
    table = names_of(version)
    for folder in _folders(checkout, version):
        openai = _read(machine, folder, "openai")
        if openai:
            others = {id_: _read(machine, folder, id_) or table.get(id_, ()) for id_ in PROVIDERS if id_ != "openai"}
            found = {"openai": openai, **{id_: names for id_, names in others.items() if names}}
            return AcceptedModels(found, True, folder)
    return AcceptedModels(table, False)


def _folders(checkout: Checkout, version: Version) -> Iterator[PurePath]:
    """Where the lists are, the newest place first; before September 2023 there were none."""
    layout = checkout.layout
    if layout.forge is None or version.place < PLACES["2023-09"]:
        return
    if layout.id != "L2a":
        yield checkout.at(f"{layout.forge}/forge/llm/providers")
    if layout.id in ("L2a", "L2b"):
        yield checkout.at(f"{layout.agent}/autogpt/core/resource/model_providers")


def _read(machine: Machine, folder: PurePath, provider: str) -> tuple[str, ...]:
    class_name, file = _FILES[provider]
    text = machine.read_text(folder.joinpath(*file.split("/")), LARGEST_BYTES)
    return () if text is None else names_in(text, class_name)


def names_in(source: str, class_name: str) -> tuple[str, ...]:
    """The texts that a class of an enumeration gives to its members, in their order; () when there is no such class.

    An alias names another member and so adds nothing. This needs no parser: whatever the text is, nothing is raised.
    """
    begin = re.search(rf"(?m)^class {class_name}\b[^\n]*\n", source)
    if begin is None:
        return ()
    end = re.compile(r"^[^\s#]", re.MULTILINE).search(source, begin.end())
    body = source[begin.end() : end.start() if end else len(source)]
    members = re.findall(r"(?m)^[ \t]+[A-Za-z_]\w*[ \t]*=[ \t]*\(?\s*([\"'])([^\"'\\\n]+)\1", body)
    return tuple(dict.fromkeys(name for _, name in members))
