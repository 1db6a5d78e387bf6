"""Will the Azure resource answer AutoGPT with this key?"""

from __future__ import annotations

from typing import Iterator

from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.endpoints import Endpoint, Endpoints
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.meanings_of_providers import AZURE_KEY
from checks.provider_findings import judge_key
from checks.provider_replies import Place, Reply, asked, reply_of
from checks.reach import Reached
from doctor import Finding, Stage, check, fact


class AzureAsked(Endpoint):
    """The Azure resource, when Azure is on, can start, and has an address and a key."""


class AzureReply(Reply):
    """What it answered."""


@fact
def azure_asked(endpoints: Endpoints) -> AzureAsked:
    return AzureAsked(*asked("azure", endpoints))


@fact
def azure_reply(azure_asked: AzureAsked, reached: Reached) -> AzureReply:
    return AzureReply(*reply_of(azure_asked, reached))


@check("azure.key", title="The key and the address of Azure", stage=Stage.PROVIDERS, codes=AZURE_KEY)
def azure_key(
    azure_reply: AzureReply, checkout: Checkout, version: Version, env_file: EnvFile, env_places: EnvPlaces
) -> Iterator[Finding]:
    """Your Azure resource is asked once for its models, with your key. That costs nothing.

    Azure gives the same answer for a wrong key and for a key of another resource or region, so both are named. Rules
    for networks may keep this machine out, and a path behind the address leads nowhere. That a deployment exists is
    not shown by it: the names in azure_model_map are the ones that the portal shows under Deployments, and only a
    message to one of them tells. The key goes to the host in your settings alone, and redirects are not followed.
    """
    yield from judge_key(azure_reply, Place(checkout, version, env_file, env_places))
