"""What a provider's answer to the one free request is judged to be: shared by all providers, one way for each thing.

It protects the user from hunting for another key when the account, the country, a limit or a web page in between is
what refuses. What could not be asked is never judged here: it is not checked, because of what stood in the way.
"""

from __future__ import annotations

from typing import Iterator, Optional

from checks.autogpt.providers import PROVIDERS
from checks.autogpt.variables import is_address
from checks.autogpt.versions import PLACES
from checks.endpoints import Endpoint
from checks.key_findings import mend
from checks.key_forms import is_blank
from checks.provider_links import link_for
from checks.provider_replies import WANTS_KEY, Place, Reply
from checks.provider_words import SAID, Said
from checks.setting_remedies import leave_out, write
from checks.url_faults import fault_in
from doctor import Evidence, Finding, Remedy, Words, found, note, ok, problem, remedy, say, warning
from doctor.findings import Maker

_MAKERS = {"problem": problem, "warning": warning, "note": note}

# --- the key --------------------------------------------------------------------------------------------------------


def judge_key(reply: Reply, place: Place) -> Iterator[Finding]:
    """The one thing that the answer says: of the key, of the account, or of the address."""
    said = reply.said
    if said is None:
        words = "{who} answers, and wants no key" if reply.endpoint.key is None else "{who} accepts the key"
        detail = _DEPLOYMENTS if reply.endpoint.provider == "azure" else None
        yield ok(f"{reply.endpoint.provider}.key-accepted", say(words, who=who(reply.endpoint)), detail=detail)
    else:
        yield finding_of(reply, said, place)


_DEPLOYMENTS = "Whether the deployments in the settings exist, only a message to each would show."


def finding_of(
    reply: Reply, said: Said, place: Place, *, heading: Optional[Words] = None, mending: Optional[Remedy] = None
) -> Finding:
    """A finding in the words for its kind; `heading` and `mending` in the place of the usual ones."""
    endpoint = reply.endpoint
    status = "note" if _is_never_asked(endpoint, said) else said.status
    help_ = mending or _remedy(reply, said, place)
    return maker_of(endpoint, status)(
        f"{endpoint.provider}.{said.what}",
        heading or say(said.heading, **values_of(endpoint)),
        detail=_joined(say(said.detail, **values_of(endpoint)), *_more(reply, said), _start(reply, said, place)),
        evidence=_evidence(reply),
        remedy=help_._replace(links=(*help_.links, link_for(said.what, endpoint.provider, endpoint.is_official))),
        explained_by=_EXPLANATIONS.get(said.what, ()),
        is_certain=said.is_certain,
    )


def _is_never_asked(endpoint: Endpoint, said: Said) -> bool:
    """AutoGPT wants no list of Anthropic's models, and a server in its place may do without one."""
    return said.what == "wrong-path" and endpoint.provider == "anthropic"


_EXPLANATIONS = {
    "key-wanted": ("plan.key-missing", "plan.only-other-key"),
    "key-rejected": ("azure.not-exactly-true", "azure.cannot-start"),
}
"""What has been found without a network, and comes to this at the provider."""


def maker_of(endpoint: Endpoint, status: str) -> Maker:
    """Of a provider that AutoGPT does not need now, everything is only worth knowing."""
    return _MAKERS[status] if endpoint.is_needed else note


def who(endpoint: Endpoint) -> Words:
    """Who answered, at the beginning of a sentence."""
    if endpoint.is_official or endpoint.provider == "azure":
        return say("{name}", name=endpoint.name)
    return say("The server at {address}", address=endpoint.shown)


def values_of(endpoint: Endpoint) -> dict[str, Words]:
    variable = PROVIDERS["openai" if endpoint.provider == "azure" else endpoint.provider].key_variable
    return {
        "who": who(endpoint),
        "name": say("{name}", name=endpoint.name),
        "address": endpoint.shown,
        "variable": say("{variable}", variable=variable),
    }


def _joined(*sentences: Optional[Words]) -> Optional[Words]:
    """The sentences that there are, one after the other."""
    told = [each for each in sentences if each]
    if not told:
        return None
    return say(" ".join(f"{{part{n}}}" for n in range(len(told))), **{f"part{n}": each for n, each in enumerate(told)})


# --- what is told beside ----------------------------------------------------------------------------------------------


def _more(reply: Reply, said: Said) -> Iterator[Words]:
    """What the answer itself tells: how long to wait, which limit, which permissions, where to."""
    verdict = reply.verdict
    endpoint = reply.endpoint
    if verdict.scopes:
        yield say("It may not {scopes}.", scopes=" or ".join(_SCOPES.get(e, f"use {e}") for e in verdict.scopes))
    if said.what == "key-rejected" and not endpoint.is_official and endpoint.provider != "azure":
        yield say("A server in the place of {name} has keys of its own.", name=endpoint.name)
    if said.what == "not-the-api" and endpoint.provider == "openai" and verdict.status == 200:
        yield say("AutoGPT may end with: 'str' object has no attribute '_set_private_attributes'.")
    if said.what in ("spend-limit", "rate-limited") and verdict.code in _WHOSE_LIMIT:
        yield say(_WHOSE_LIMIT[verdict.code], name=reply.endpoint.name)
    if verdict.until:
        yield say("It begins anew on {day}.", day=verdict.until)
    if verdict.allowance.amount is not None and verdict.allowance.unit in _UNITS:
        yield say("The limit is {amount} {unit}.", amount=verdict.allowance.amount, unit=_UNITS[verdict.allowance.unit])
    if said.what == "rate-limited" and verdict.retry_after_s:
        number, unit = _span(verdict.retry_after_s)
        yield say("It asks to wait for {number} {unit}.", number=number, unit=unit)
    if said.what == "redirect" and verdict.site:
        yield say("It sends them on to {site}.", site=verdict.site)


def _span(seconds: int) -> tuple[int, str]:
    """A time in a unit that people think in, rounded up."""
    if seconds <= 120:
        return seconds, "seconds"
    return (-(-seconds // 60), "minutes") if seconds <= 7200 else (-(-seconds // 3600), "hours")


_SCOPES = {
    "api.model.read": "list models (api.model.read)",
    "model.request": "talk with models (model.request)",
}
_WHOSE_LIMIT = {
    "project_spend_limit_exceeded": "It is the one that was set for the project.",
    "organization_spend_limit_exceeded": "It is the one that was set for the organization.",
    "organization_usage_limit_exceeded": "It is the one that {name} has assigned to the organization.",
    "billing_hard_limit_reached": "It is the one that was set for the account.",
    "blocked_api_access": "It is the one that was set for the organization.",
}
_UNITS = {
    "RPM": "requests a minute", "RPD": "requests a day", "TPM": "tokens a minute", "TPD": "tokens a day",
}  # fmt: skip


def _start(reply: Reply, said: Said, place: Place) -> Optional[Words]:
    """When AutoGPT notices. Since June 2024 it lists the models of OpenAI and Groq at its start, and catches only an
    answer 401; of Anthropic it asks nothing before its first message (source: its configuration and its clients).
    """
    if not reply.endpoint.is_needed or not said.stops:
        return None
    if _is_never_asked(reply.endpoint, said):
        return say("AutoGPT does not ask for the list. Whether messages come through, only one would show.")
    if reply.endpoint.provider == "anthropic":
        return say("AutoGPT asks Anthropic nothing at its start: it fails at its first message.")
    if reply.endpoint.provider == "azure" or place.version.place < PLACES["2024-09"]:
        return None
    return say("AutoGPT asks for the same at its start, and ends there.")


def _evidence(reply: Reply) -> list[Evidence]:
    endpoint, verdict = reply.endpoint, reply.verdict
    answer = say("{address} answers {status}", address=endpoint.shown, status=verdict.status)
    if verdict.code:
        answer = say("{answer} ({code})", answer=answer, code=verdict.code)
    rows = [found(answer, where=endpoint.setting.source.words if endpoint.setting is not None else None)]
    key = endpoint.key_setting
    if key is not None:
        rows.append(found(say("{name} = {value}", name=key.name, value=key.shown), where=key.source.words))
    shadows = key.shadows if key is not None else ()
    rows += [
        found(say("another value, without effect"), where=source.words)
        for source, value in shadows
        if verdict.kind in WANTS_KEY and value != endpoint.key and not is_blank(value.reveal())
    ]
    return rows


# --- remedies -------------------------------------------------------------------------------------------------------


def _remedy(reply: Reply, said: Said, place: Place) -> Remedy:
    endpoint = reply.endpoint
    if said.what in ("key-rejected", "key-unfit") and endpoint.key_setting is not None:
        action = say("make a new key and put it there")
        if endpoint.provider == "azure":
            action = say("put a key there that the portal shows for this very resource")
        elif not endpoint.is_official:
            action = say("put a key there that this server knows")
        return mend(place.slot(reply), endpoint.key_setting.source, action)._replace(links=())
    if said.what == "scope-missing":
        words = "On the page of your keys, allow this key what is missing, or make a key with all permissions."
        return remedy(words)
    if said.what in _OF_ADDRESS:
        return _address(reply, said, place)
    return remedy(say(said.action, **values_of(endpoint)) if said.action else None)


_OF_ADDRESS = ("redirect", "not-the-api", "wrong-path")


def _address(reply: Reply, said: Said, place: Place) -> Remedy:
    """The base URL, where somebody set one; else what stands between this machine and the provider."""
    endpoint = reply.endpoint
    if endpoint.provider == "azure":
        return remedy(SAID["bad_path_or_api_version"].action)
    if endpoint.setting is None:
        text = "Open {address} in a browser: where a network wants a sign-in first (hotel, company), it shows its page."
        return remedy(say(text, address=endpoint.shown))
    fault = fault_in(endpoint.provider, endpoint.setting.text)
    if fault is not None and fault.meant and is_address(endpoint.setting.name, fault.meant):
        return write([(endpoint.setting, fault.meant)], place.shell)
    away = leave_out(endpoint.setting, place.shell)
    ending = "It mostly ends in /v1." if endpoint.provider == "openai" else "It ends right after the host."
    text = "Set {variable} to the address of the API itself. {ending} For {name} itself it is not needed: {away}"
    official = say(
        text, variable=endpoint.setting.name, ending=ending, name=endpoint.name,
        away=away.text or say("take it out."),
    )  # fmt: skip
    return remedy(official, *away.commands)
