"""What each provider answered to the one free request, and what kept one from being asked.

Whatever could not be asked is not judged, and not checked because of what stood in the way: so a line that is down, or
a key that was never sent, is nowhere taken for a bad key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional

from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.endpoints import Endpoint, Endpoints
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.key_findings import Slot
from checks.known_good import KnownGood
from checks.provider_words import SAID, SAME_AS, Said
from checks.reach import Reached
from doctor import NotHere, Unavailable, fact, say

if TYPE_CHECKING:
    from checks.provider_answers import Verdict

WANTS_KEY = frozenset(("key_rejected", "key_rejected_or_endpoint", "key_missing", "key_required"))
"""Verdicts of who wants another key, or one at all."""
OF_AZURE = frozenset(("network_rules", "bad_path_or_api_version", "deployment_missing"))
"""Verdicts that mean something of an Azure resource alone."""


class Reply(NamedTuple):
    """What one endpoint answered."""

    endpoint: Endpoint
    verdict: Verdict

    @property
    def provider(self) -> Provider:
        """What the settings of this endpoint belong to: those of Azure are OpenAI's."""
        return PROVIDERS["openai" if self.endpoint.provider == "azure" else self.endpoint.provider]

    @property
    def said(self) -> Optional[Said]:
        """The words for it, None for what is in order."""
        kind = self.verdict.kind
        if kind == "ok":
            return None
        if kind in WANTS_KEY and self.endpoint.key is None:
            kind = "key_missing"
        elif kind == "key_missing" or (kind == "wrong_path" and self.endpoint.is_official):
            kind = "unknown"  # the key was sent, and the address is the right one
        elif kind in OF_AZURE and self.endpoint.provider != "azure":
            kind = "unknown"
        return SAID.get(SAME_AS.get(kind, kind), SAID["unknown"])

    @property
    def code(self) -> str:
        """The code of what is said of it, "" when it is in order."""
        return f"{self.endpoint.provider}.{self.said.what}" if self.said is not None else ""


class Place(NamedTuple):
    """Where the settings of this checkout are put right."""

    checkout: Checkout
    version: Version
    env_file: EnvFile
    env_places: EnvPlaces

    @property
    def shell(self) -> str:
        return self.checkout.shell

    def slot(self, reply: Reply) -> Slot:
        env = self.env_file.path or self.env_places.target
        return Slot(reply.provider, self.version, reply.endpoint.is_needed, env, self.shell)


# --- what is asked --------------------------------------------------------------------------------------------------


def asked(provider: str, endpoints: Endpoints) -> Endpoint:
    """The endpoint of a provider that is in use or has a key, and that may be asked."""
    endpoint = endpoints.of(provider)
    if endpoint is None:
        raise NotHere
    if endpoint.url_obstacle:
        raise Unavailable(say("the address of {name} is not right", name=endpoint.name), endpoint.url_obstacle)
    if endpoint.obstacle:
        raise Unavailable(say("there is no key to ask {name} with", name=endpoint.name), endpoint.obstacle)
    return endpoint


def reply_of(endpoint: Endpoint, reached: Reached) -> Reply:
    """What it answered, unless something else did, or nothing."""
    reach = reached.of(endpoint.provider)
    if reach is None:
        raise Unavailable(say("what {name} answers was not recorded", name=endpoint.name), kind="not-recorded")
    if reach.response is None:
        raise Unavailable(say("{name} could not be asked", name=endpoint.name), reach.trouble)
    from checks.provider_answers import judge  # nobody needs it before somebody has answered

    return Reply(endpoint, judge(endpoint.provider, reach.response))


@fact
def known_good(reached: Reached) -> KnownGood:
    """What looked odd and was taken all the same is no doubt any more."""
    from checks.provider_answers import GOOD, judge

    told = [(r.endpoint, judge(r.endpoint.provider, r.response)) for r in reached.reaches if r.response is not None]
    return KnownGood(
        keys=tuple(e.provider for e, verdict in told if verdict.key == GOOD and e.key is not None),
        addresses=tuple(e.provider for e, verdict in told if verdict.kind == "ok"),
    )
