"""Where requests to each provider go: to its own host, or to what a base URL names in its place.

AutoGPT's own variable counts, and where that is not set the one that the provider's library reads by itself.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional

from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.variables import VARIABLES, is_address
from checks.autogpt.versions import PLACES, Version
from checks.process_variables import setting_of_library
from checks.settings import Setting, Settings
from doctor import Machine, fact

# Since its version 1 (AutoGPT v0.5.0) OpenAI's library reads the first; before, it read the second.
_OF_LIBRARIES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "anthropic": ("ANTHROPIC_BASE_URL",), "groq": ("GROQ_BASE_URL",),
}  # fmt: skip


class Gateways(NamedTuple):
    """What is set in the place of the providers' own addresses."""

    base_urls: Mapping[str, Setting]
    """The setting that names the address, by the provider's id; not in it: the provider's own. An empty text of
    AutoGPT's own variable counts as set."""
    providers: tuple[str, ...] = ()
    """Those whose requests go to another host than their own, where anything may be a key."""


@fact
def gateways(machine: Machine, version: Version, settings: Settings) -> Gateways:
    found = {each.id: _base_url(each, machine, version, settings) for each in PROVIDERS.values()}
    base_urls = {id_: setting for id_, setting in found.items() if setting is not None}
    elsewhere = tuple(id_ for id_, setting in base_urls.items() if _is_elsewhere(setting.text, PROVIDERS[id_]))
    return Gateways(base_urls, elsewhere)


def _base_url(provider: Provider, machine: Machine, version: Version, settings: Settings) -> Optional[Setting]:
    own = settings.get(provider.base_url_variable) if VARIABLES[provider.base_url_variable].is_in(version) else None
    if own is not None and own.text:
        return own
    names = _OF_LIBRARIES.get(provider.id, ())
    if provider.id == "openai":
        names = names[:1] if version.place >= PLACES["v0.5.0"] else names[1:]
    for name in names:
        theirs = setting_of_library(name, machine, settings, is_address)
        if theirs is not None and theirs.text.strip():
            return theirs
    return own


def _is_elsewhere(url: str, provider: Provider) -> bool:
    return bool(url.strip()) and host_of(url) != host_of(provider.official_base_url)


def host_of(url: str) -> str:
    """The host of an address in small letters, "" when there is none."""
    found = re.match(r"\s*[A-Za-z]+://(?:[^/@?#\s]*@)?([^/:?#\s]+)", url)
    return found[1].lower() if found else ""
