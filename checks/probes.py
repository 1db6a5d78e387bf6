"""The one free request that tells whether a provider takes a key, made as AutoGPT's own library would make it.

It protects the user's key: it goes into a header and never into an address, over plain http only to this machine or
its own network, and not at all when a character is in it that no header can hold.

Source: the providers' references for the lists of their models (November 2026), and the clients that AutoGPT pins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, NamedTuple, Optional

from checks.autogpt.variables import VARIABLES, is_harmless
from checks.autogpt.versions import PLACES
from checks.process_variables import setting_of_library
from checks.settings import Setting, Settings
from doctor import Machine, Secret, fact

if TYPE_CHECKING:  # nothing of it is needed at run time
    from checks.endpoints import Endpoint

AZURE_API_VERSION = "2024-10-21"
"""A version of Azure's API that every resource answers: the one in azure.yaml is another question."""
ANTHROPIC_VERSION = "2023-06-01"
NO_KEY_REQUIRED = "sk-no-key-required"
"""What AutoGPT sends to a llamafile."""


class Probe(NamedTuple):
    """A request. It has no printable form, since its headers hold a key."""

    method: str
    url: str
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return "Probe()"

    @property
    def has_key(self) -> bool:
        return not _KEY_HEADERS.isdisjoint(self.headers)


_KEY_HEADERS = frozenset(("Authorization", "x-api-key", "api-key"))


class Membership(NamedTuple):
    """The organization and the project that requests to OpenAI name; None where none is named."""

    organization: Optional[Setting] = None
    project: Optional[Setting] = None


@fact
def membership(machine: Machine, settings: Settings) -> Membership:
    """AutoGPT's own variable for the organization, else the ones that OpenAI's library reads by itself.

    The library knows them since its version 1 (AutoGPT v0.5.0), the project in the version that the newest AutoGPT
    pins. The older library reads OPENAI_ORGANIZATION by itself, and passes over an empty one.
    """
    place, own = settings.version.place, settings.get("OPENAI_ORGANIZATION")
    if place < PLACES["v0.5.0"]:
        return Membership(own if own is not None and own.text else None)
    if own is None or not VARIABLES[own.name].is_in(settings.version):
        own = setting_of_library("OPENAI_ORG_ID", machine, settings, is_harmless)
    if place < PLACES["classic-2026"]:
        return Membership(own)
    return Membership(own, setting_of_library("OPENAI_PROJECT_ID", machine, settings, is_harmless))


def probe_of(endpoint: Endpoint, settings: Settings, membership: Optional[Membership] = None) -> Probe:
    """The request for a provider's list of models. Without a key that may be sent it goes without one."""
    key = sendable_key(endpoint)
    if endpoint.provider == "anthropic":
        headers = {"anthropic-version": ANTHROPIC_VERSION, **_with("x-api-key", key)}
        return _get(endpoint.url("/v1/models?limit=1000"), headers)
    if endpoint.provider == "azure":
        return _get(endpoint.url(f"/openai/models?api-version={AZURE_API_VERSION}"), _with("api-key", key))
    if endpoint.provider == "llamafile":
        return _get(endpoint.url("/models"), {"Authorization": f"Bearer {NO_KEY_REQUIRED}"})
    headers = _with("Authorization", f"Bearer {key}" if key else "")
    if endpoint.provider == "groq":
        return _get(endpoint.url("/openai/v1/models"), headers)
    organization, project = membership or Membership(settings.get("OPENAI_ORGANIZATION"))
    headers.update(_named("OpenAI-Organization", organization))
    headers.update(_named("OpenAI-Project", project))
    return _get(endpoint.url("/models"), headers)


def sendable_key(endpoint: Endpoint) -> str:
    """The key that goes to this endpoint, "" when none may."""
    key = endpoint.key.reveal() if endpoint.key is not None else ""
    is_safe_way = endpoint.scheme == "https" or endpoint.is_local
    return key if is_safe_way and is_sendable(key) else ""


def is_sendable(text: str) -> bool:
    """Whether a client puts this text into a header as it is."""
    return text.isascii() and text.isprintable() and text == text.strip()


def _get(url: str, headers: Mapping[str, str]) -> Probe:
    return Probe("GET", url, {"Accept": "application/json", **headers})


def _with(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}


def _named(name: str, setting: Optional[Setting]) -> dict[str, str]:
    """A header for what is set, even to nothing: so do the libraries. What no header can hold is left out."""
    value: Optional[Secret] = setting.value if setting is not None else None
    return {name: value.reveal()} if value is not None and is_sendable(value.reveal()) else {}
