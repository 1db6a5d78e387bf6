"""Will Groq answer AutoGPT with this key, and does it offer the models that are set?"""

from __future__ import annotations

from typing import Iterator

from checks.accepted_models import AcceptedModels
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.endpoints import Endpoint, Endpoints
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.meanings_of_providers import GROQ_KEY, GROQ_MODELS
from checks.plan import Plan
from checks.provider_choices import Choice
from checks.provider_findings import judge_key
from checks.provider_models import judge_models
from checks.provider_replies import Place, Reply, asked, reply_of
from checks.reach import Reached
from checks.settings import Settings
from doctor import Finding, Stage, check, fact


class GroqAsked(Endpoint):
    """Groq, or what stands in its place, when it may be asked."""


class GroqReply(Reply):
    """What it answered."""


@fact
def groq_asked(endpoints: Endpoints) -> GroqAsked:
    return GroqAsked(*asked("groq", endpoints))


@fact
def groq_reply(groq_asked: GroqAsked, reached: Reached) -> GroqReply:
    return GroqReply(*reply_of(groq_asked, reached))


@check("groq.key", title="The Groq key", stage=Stage.PROVIDERS, codes=GROQ_KEY)
def groq_key(
    groq_reply: GroqReply, checkout: Checkout, version: Version, env_file: EnvFile, env_places: EnvPlaces
) -> Iterator[Finding]:
    """Groq is asked once for its list of models, with your key. That costs nothing, and shows whether the key counts.

    A refusal may come from the key, from a limit on spending, from an organization that Groq has restricted, or from
    a filter before it; each is told apart by Groq's own codes, and an answer that is not known here is never taken
    for a bad key. AutoGPT asks for the same list at its start. The key goes to no other host than its own or the one
    that GROQ_API_BASE_URL names, and redirects are not followed.
    """
    yield from judge_key(groq_reply, Place(checkout, version, env_file, env_places))


@check("groq.models", title="The Groq models", stage=Stage.PROVIDERS, codes=GROQ_MODELS)
def groq_models(
    groq_reply: GroqReply,
    plan: Plan,
    settings: Settings,
    accepted_models: AcceptedModels,
    checkout: Checkout,
    version: Version,
    env_file: EnvFile,
    env_places: EnvPlaces,
) -> Iterator[Finding]:
    """Groq changes its models often, and AutoGPT accepts only a few old ones: for most versions none of them is left.

    The models in your settings are compared with the list that Groq gives for your key, and with the one that this
    AutoGPT accepts. A model that Groq has and this AutoGPT does not list cannot be set. Where the two lists have
    nothing in common, this version of AutoGPT cannot use Groq, whatever its settings are.
    """
    place = Place(checkout, version, env_file, env_places)
    yield from judge_models(Choice(groq_reply, place, plan, settings, accepted_models))
