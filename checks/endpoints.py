"""Where this configuration's requests go, and with which key: each provider that it needs, and each whose key is set.

A key that cannot be one is sent to nobody, and no key is sent to another host than its setting names.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional, Union
from urllib.parse import urlsplit

from checks.accepted_models import AcceptedModels
from checks.autogpt.azure_forms import is_unfilled
from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.variables import is_address
from checks.autogpt.versions import Version
from checks.azure_content import fault_of as fault_of_address
from checks.azure_file import AzureFile, AzureUse
from checks.azure_text import Entry
from checks.gateways import Gateways
from checks.hosts import is_local, site_of
from checks.key_forms import AZURE, ELSEWHERE, OFFICIAL, fault_of, is_blank
from checks.plan import Plan, PlannedModel, others_with_key
from checks.settings import Setting, Settings, Source
from checks.url_faults import UrlFault, fault_in
from doctor import Secret, Url, Words, fact, say

_PORTS = {"http": 80, "https": 443}
_STILL_ASKED = ("tokenizer", "unencrypted", "no-version", "version")
"""Faults of an address at which something answers all the same."""


class Endpoint(NamedTuple):
    """One server that AutoGPT asks for its models."""

    provider: str
    """"openai", "azure", "anthropic", "groq" or "llamafile"."""
    name: str
    """For a person: "OpenAI"."""
    base: Union[str, Secret]
    """The whole base URL, without slashes at its end; a secret where it holds a login or the like."""
    scheme: str
    host: str
    """Without brackets; "" when the address is none."""
    port: int
    is_official: bool
    """The provider's own host."""
    is_local: bool
    """A loopback or private address, or a name of the local network."""
    is_needed: bool
    """Whether AutoGPT cannot work without it; else its key is merely there."""
    key: Optional[Secret]
    """What may be sent, None when nothing may."""
    key_setting: Optional[Setting]
    obstacle: str
    """Why no key is sent: the code of the finding that tells, or ""."""
    url_obstacle: str
    """Why this server is not asked at all: the code of the finding that tells, or ""."""
    setting: Optional[Setting]
    """Where its address comes from, None for the provider's own."""
    models: tuple[PlannedModel, ...]
    """The models in use that it should have, the one for embeddings too."""

    def url(self, path: str) -> str:
        """The address of a page of it; `path` begins with a slash."""
        return (self.base if isinstance(self.base, str) else self.base.reveal()) + path

    @property
    def site(self) -> str:
        """ "api.openai.com:443" """
        return site_of(self.host, self.port)

    @property
    def shown(self) -> Words:
        """Its scheme and host, as far as they may be said."""
        address = f"{self.scheme}://{self.site}".removesuffix(f":{_PORTS.get(self.scheme, 0)}")
        if self.setting is None or is_address(self.setting.name, address):
            return say("{address}", address=Url(address))
        return say("the address in {name}", name=self.setting.name)


class Endpoints(NamedTuple):
    """All of them, in the order of the plan."""

    endpoints: tuple[Endpoint, ...]

    def of(self, provider: str) -> Optional[Endpoint]:
        return next((each for each in self.endpoints if each.provider == provider), None)


@fact
def endpoints(
    version: Version,
    settings: Settings,
    plan: Plan,
    gateways: Gateways,
    accepted_models: AcceptedModels,
    azure_use: Optional[AzureUse],
    azure_file: Optional[AzureFile],
) -> Endpoints:
    found: list[Endpoint] = []
    for provider in PROVIDERS.values():
        if provider.id not in version.providers and not plan.needs(provider.id):
            continue
        if provider.id == "openai" and azure_use is not None and azure_use.is_on:
            found.append(_azure(provider, settings, plan, azure_use, azure_file))
        elif plan.needs(provider.id) or (provider.key_variable and _is_sendable(provider, settings, gateways)):
            found.append(_endpoint(provider, settings, plan, gateways))
    return Endpoints(tuple(_with_reason(each, version, settings, plan, accepted_models) for each in found))


def _with_reason(
    endpoint: Endpoint, version: Version, settings: Settings, plan: Plan, accepted: AcceptedModels
) -> Endpoint:
    """A key that is missing goes by another name where the key of another provider is there."""
    others = others_with_key(endpoint.provider, plan, settings, version, accepted)
    is_only_other = endpoint.obstacle == "plan.key-missing" and bool(others)
    return endpoint._replace(obstacle="plan.only-other-key") if is_only_other else endpoint


def _is_sendable(provider: Provider, settings: Settings, gateways: Gateways) -> bool:
    setting = settings.get(provider.key_variable)
    return setting is not None and not _key_obstacle(setting, provider.id, _goes_to(provider.id, gateways))


def _goes_to(provider: str, gateways: Gateways) -> str:
    return ELSEWHERE if provider in gateways.providers else OFFICIAL


def _endpoint(provider: Provider, settings: Settings, plan: Plan, gateways: Gateways) -> Endpoint:
    setting = gateways.base_urls.get(provider.id)
    if setting is not None and not setting.is_set:
        setting = None
    fault = None if setting is None else fault_in(provider.id, setting.text)
    base = provider.official_base_url if setting is None else setting.text.strip()
    made = _made(provider.id, provider.name, base, setting, "" if fault is None else _url_obstacle(fault))
    models = tuple(each for each in plan.models if each.provider == provider.id)
    made = made._replace(is_needed=plan.needs(provider.id), models=models)
    if not provider.key_variable:
        return made
    return _with_key(made, settings.get(provider.key_variable), _goes_to(provider.id, gateways))


def _url_obstacle(fault: UrlFault) -> str:
    """An address with a mere doubt is asked; one that is wrong is not, as the answer would tell nothing new."""
    is_asked = fault.kind in _STILL_ASKED and (fault.status != "problem" or fault.kind == "tokenizer")
    return "" if is_asked else f"settings.base-url-{fault.kind}"


def _made(provider: str, name: str, base: str, setting: Optional[Setting], obstacle: str) -> Endpoint:
    base = base.rstrip("/")
    try:
        parts = urlsplit(base)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:  # brackets that do not match, or a port that is none
        scheme, host, port, obstacle = "", "", None, obstacle or "settings.base-url-host"
    return Endpoint(
        provider,
        name,
        base if is_address("", base) else Secret(base),
        scheme,
        host,
        port or _PORTS.get(scheme, 0),
        is_official=setting is None,
        is_local=is_local(host),
        is_needed=False,
        key=None,
        key_setting=None,
        obstacle="",
        url_obstacle=obstacle,
        setting=setting,
        models=(),
    )


# --- keys -----------------------------------------------------------------------------------------------------------


def _with_key(endpoint: Endpoint, setting: Optional[Setting], goes_to: str) -> Endpoint:
    if setting is None:
        # A server in the provider's place may ask for none.
        return endpoint._replace(obstacle="plan.key-missing" if endpoint.is_official else "")
    obstacle = _key_obstacle(setting, "openai" if goes_to == AZURE else endpoint.provider, goes_to)
    if not obstacle and endpoint.scheme == "http" and not endpoint.is_local:
        obstacle = "settings.base-url-unencrypted"
    key = None if obstacle else setting.value
    return endpoint._replace(key=key, key_setting=setting, obstacle=obstacle)


def _key_obstacle(setting: Setting, provider: str, goes_to: str) -> str:
    """The code of what is wrong with a key beyond doubt: then nobody gets it."""
    if is_blank(setting.text):
        return "keys.blank"
    fault = fault_of(setting.text, provider, goes_to)
    return f"keys.{fault.kind}" if fault is not None and fault.is_problem else ""


# --- Azure ----------------------------------------------------------------------------------------------------------


def _azure(openai: Provider, settings: Settings, plan: Plan, use: AzureUse, file: Optional[AzureFile]) -> Endpoint:
    """The resource that azure.yaml names, or in the oldest versions a variable."""
    setting = settings.get(use.form.endpoint) if use.form.uses_variables else None
    entry = file.text.get(use.form.endpoint) if file is not None and file.text is not None else None
    if setting is None and entry is not None:
        setting = Setting(entry.name, Secret(entry.value), Source("file", file.path if file else None, entry.line))
    obstacle = "" if use.can_start else "azure.cannot-start"
    if use.form.uses_variables:
        obstacle = obstacle or ("" if setting is not None and is_address_of_azure(setting.text) else "azure.variables")
    else:
        obstacle = obstacle or _file_obstacle(use, file, entry)
    base = setting.text.strip() if setting is not None and not obstacle else ""
    made = _made("azure", "Azure OpenAI", base, setting, obstacle)
    models = tuple(each for each in plan.models if each.provider in ("openai", None))
    made = made._replace(is_official=False, is_needed=plan.needs("openai"), models=models)
    return _with_key(made, settings.get(openai.key_variable), AZURE)


def is_address_of_azure(text: str) -> bool:
    return bool(re.match(r"(?i)https?://[\w.-]+(?::\d{1,5})?(?:/|\Z)", text.strip())) and not is_unfilled(text)


def _file_obstacle(use: AzureUse, file: Optional[AzureFile], entry: Optional[Entry]) -> str:
    """The code of what keeps the address from being known."""
    if file is None or file.state == "absent":
        return "azure.file-elsewhere" if file is not None and file.elsewhere else "azure.file-missing"
    if file.text is None:
        return f"azure.file-{file.state}"
    if entry is None or entry.kind == "empty":
        is_other = entry is None and file.text.get(use.form.other_endpoint) is not None
        return "azure.endpoint-name" if is_other else "azure.endpoint-missing"
    if is_unfilled(entry.value):
        return "azure.placeholder"
    return "azure.endpoint-form" if fault_of_address(entry) or not is_address_of_azure(entry.value) else ""
