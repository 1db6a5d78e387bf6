"""Will OpenAI, or the server that stands in its place, answer AutoGPT with this key?"""

from __future__ import annotations

from typing import Iterator, Optional

from checks.accepted_models import AcceptedModels
from checks.autogpt.providers import PROVIDERS
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.endpoints import Endpoint, Endpoints
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.meanings_of_providers import OPENAI_KEY, OPENAI_MODELS
from checks.plan import Plan
from checks.probes import Membership, is_sendable
from checks.provider_choices import Choice
from checks.provider_findings import finding_of, judge_key, maker_of
from checks.provider_links import USAGE, link_for
from checks.provider_models import judge_models
from checks.provider_replies import Place, Reply, asked, reply_of
from checks.provider_words import SAID
from checks.reach import Reached
from checks.setting_remedies import leave_out
from checks.settings import Setting, Settings
from doctor import Evidence, Finding, Stage, check, fact, found, problem, remedy, say


class OpenAIAsked(Endpoint):
    """OpenAI, or what stands in its place, when it may be asked."""


class OpenAIReply(Reply):
    """What it answered."""


@fact
def openai_asked(endpoints: Endpoints) -> OpenAIAsked:
    return OpenAIAsked(*asked("openai", endpoints))


@fact
def openai_reply(openai_asked: OpenAIAsked, reached: Reached) -> OpenAIReply:
    return OpenAIReply(*reply_of(openai_asked, reached))


@check("openai.key", title="The OpenAI key", stage=Stage.PROVIDERS, codes=OPENAI_KEY)
def openai_key(
    openai_reply: OpenAIReply,
    membership: Optional[Membership],
    checkout: Checkout,
    version: Version,
    env_file: EnvFile,
    env_places: EnvPlaces,
) -> Iterator[Finding]:
    """OpenAI is asked once for its list of models, with your key. That costs nothing, and shows whether the key counts.

    A refusal may come from the key, but also from the organization that the request names, from a permission that the
    key lacks, from the country, or from the account; each is told apart by OpenAI's own codes, and an answer that is
    not known here is never taken for a bad key. AutoGPT asks for the same list at its start, and most refusals end it
    there. The list says nothing of credit: a key without credit gets it too. Where OPENAI_API_BASE_URL names another
    server, that one is asked. The key goes to no other host, and redirects are not followed.
    """
    place, odd = Place(checkout, version, env_file, env_places), _unsendable(membership)
    if odd is not None and openai_reply.endpoint.is_needed:
        yield _odd_organization(odd, place)
    elif openai_reply.verdict.kind == "org_wrong":
        yield _organization(openai_reply, membership or Membership(), place)
    else:
        for finding in judge_key(openai_reply, place):
            is_open = openai_reply.verdict.kind == "unknown"
            yield finding._replace(evidence=(*finding.evidence, *_named(membership))) if is_open else finding
    if openai_reply.verdict.is_trial and openai_reply.endpoint.is_official:
        yield _trial(openai_reply)


def _unsendable(membership: Optional[Membership]) -> Optional[Setting]:
    settings = () if membership is None else (membership.organization, membership.project)
    return next((each for each in settings if each is not None and not is_sendable(each.text)), None)


def _odd_organization(setting: Setting, place: Place) -> Finding:
    """It was left out of the doctor's request, so what was answered is not what AutoGPT would hear."""
    away = leave_out(setting, place.shell)
    text = "Leave only the id there, without blanks. Most people need none. {away}"
    page = link_for("organization", "openai", True)
    return problem(
        "openai.organization",
        say("{variable} cannot be sent", variable=setting.name),
        detail='A blank at an end, or a character beyond ASCII, is in it: AutoGPT then reports "Connection error.".',
        evidence=_row(setting),
        remedy=remedy(say(text, away=away.text or ""), *away.commands, links=(page,)),
    )


def _organization(reply: Reply, membership: Membership, place: Place) -> Finding:
    """The key itself was good enough for OpenAI to look at the organization."""
    setting, code = membership.organization, reply.verdict.code
    if code == "no_organization":
        return finding_of(reply, SAID["org_wrong"], place, heading=say("The account of the key is in no organization"))
    if setting is None:
        return finding_of(reply, SAID["org_wrong"], place)
    words = "{variable} names an organization that the key does not belong to"
    if code == "invalid_organization":
        words = "{variable} names an organization that OpenAI does not know"
    away = leave_out(setting, place.shell)
    text = "It takes the id of an organization (org-...), and most people need none. {away}"
    made = finding_of(
        reply,
        SAID["org_wrong"],
        place,
        heading=say(words, variable=setting.name),
        mending=remedy(say(text, away=away.text or ""), *away.commands),
    )
    return made._replace(evidence=(*made.evidence, _row(setting)))


def _named(membership: Optional[Membership]) -> list[Evidence]:
    """What else a refusal may be about."""
    settings = () if membership is None else (membership.organization, membership.project)
    return [_row(each) for each in settings if each is not None]


def _row(setting: Setting) -> Evidence:
    return found(say("{name} = {value}", name=setting.name, value=setting.shown), where=setting.source.words)


def _trial(reply: Reply) -> Finding:
    """AutoGPT's setup page asks for a paid account: an account without is allowed three requests a minute."""
    provider, limit = PROVIDERS["openai"], reply.verdict.limits.requests
    return maker_of(reply.endpoint, "warning")(
        "openai.free-tier",
        "OpenAI allows this account as few requests as one that was never paid for",
        detail="Without a paid account only GPT-3.5 is open, with 3 requests a minute: AutoGPT hardly moves with that. "
        "GPT-4 wants an account with credit.",
        evidence=found(say("{limit} requests", limit=limit), wanted=say("hundreds a minute")) if limit else (),
        remedy=remedy(
            "Set up a paid account and add credit, then look at the limits of your account.",
            links=(USAGE, link_for("rate-limited", "openai", True), provider.setup_page),
        ),
    )


@check("openai.models", title="The OpenAI models", stage=Stage.PROVIDERS, codes=OPENAI_MODELS)
def openai_models(
    openai_reply: OpenAIReply,
    plan: Plan,
    settings: Settings,
    accepted_models: AcceptedModels,
    checkout: Checkout,
    version: Version,
    env_file: EnvFile,
    env_places: EnvPlaces,
) -> Iterator[Finding]:
    """Three lists have to agree: the models in your settings, those that AutoGPT knows, and those of your key.

    The first two are compared without a network. The third comes from OpenAI itself: its list for your key. A model
    that is not in it may be gone, may not be open to the project of the key, or wants a paid account. AutoGPT says
    then that you have no access to it, and goes on with another one. A server in OpenAI's place may list other names
    than it takes, so there it is a warning at most.
    """
    place = Place(checkout, version, env_file, env_places)
    yield from judge_models(Choice(openai_reply, place, plan, settings, accepted_models))
