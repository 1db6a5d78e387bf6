"""Will Anthropic answer AutoGPT with this key, and does it offer the models that are set?"""

from __future__ import annotations

from typing import Iterator

from checks.accepted_models import AcceptedModels
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.endpoints import Endpoint, Endpoints
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.meanings_of_providers import ANTHROPIC_KEY, ANTHROPIC_MODELS
from checks.plan import Plan
from checks.provider_choices import Choice
from checks.provider_findings import judge_key
from checks.provider_models import judge_models
from checks.provider_replies import Place, Reply, asked, reply_of
from checks.reach import Reached
from checks.settings import Settings
from doctor import Finding, Stage, check, fact


class AnthropicAsked(Endpoint):
    """Anthropic, or what stands in its place, when it may be asked."""


class AnthropicReply(Reply):
    """What it answered."""


@fact
def anthropic_asked(endpoints: Endpoints) -> AnthropicAsked:
    return AnthropicAsked(*asked("anthropic", endpoints))


@fact
def anthropic_reply(anthropic_asked: AnthropicAsked, reached: Reached) -> AnthropicReply:
    return AnthropicReply(*reply_of(anthropic_asked, reached))


@check("anthropic.key", title="The Anthropic key", stage=Stage.PROVIDERS, codes=ANTHROPIC_KEY)
def anthropic_key(
    anthropic_reply: AnthropicReply, checkout: Checkout, version: Version, env_file: EnvFile, env_places: EnvPlaces
) -> Iterator[Finding]:
    """Anthropic is asked once for its list of models, with your key. That costs nothing, and shows whether it counts.

    AutoGPT itself asks Anthropic nothing at its start: a key that is wrong, or an account without credit, shows only
    when the first message fails. A refusal may come from the key, the country, a filter in between or the account;
    each is told apart by Anthropic's own codes, and an answer that is not known here is never taken for a bad key.
    The key goes to no other host than its own or the one that ANTHROPIC_API_BASE_URL names, and redirects are not
    followed.
    """
    yield from judge_key(anthropic_reply, Place(checkout, version, env_file, env_places))


@check("anthropic.models", title="The Anthropic models", stage=Stage.PROVIDERS, codes=ANTHROPIC_MODELS)
def anthropic_models(
    anthropic_reply: AnthropicReply,
    plan: Plan,
    settings: Settings,
    accepted_models: AcceptedModels,
    checkout: Checkout,
    version: Version,
    env_file: EnvFile,
    env_places: EnvPlaces,
) -> Iterator[Finding]:
    """Anthropic switches off old models, and AutoGPT goes on listing them: then its first message fails.

    The models in your settings are compared with the list that Anthropic gives for your key, and with the one that
    this AutoGPT accepts. Where the two have nothing in common, this version of AutoGPT cannot use Anthropic any more.
    """
    place = Place(checkout, version, env_file, env_places)
    yield from judge_models(Choice(anthropic_reply, place, plan, settings, accepted_models))
