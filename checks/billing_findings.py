"""What each answer to a paid request is called, and what to do about it.

Nothing of a provider's message is repeated: it may hold a part of the key, or the number of an organization. What the
tables do not know stays unknown.
"""

from __future__ import annotations

from typing import Mapping, Optional, Sequence

from checks.billing_answers import Bill
from checks.billing_links import PAGES
from checks.billing_words import (
    BY_CODE,
    BY_KIND,
    DAY_USED_UP,
    FEW_REQUESTS,
    NO_CREDIT,
    NO_DEPLOYMENT,
    NOT_AT_AZURE,
    NOT_AT_GATEWAY,
    TOO_MANY_NOW,
    Told,
)
from checks.provider_answers import Verdict
from checks.provider_findings import values_of, who
from checks.provider_links import link_for
from checks.provider_replies import Reply
from checks.provider_words import SAID
from doctor import Evidence, Failure, Finding, Link, Words, found, ok, problem, remedy, say, warning

_MAKERS = {"problem": problem, "warning": warning}
_A_DAY_S = 86_400
_USUAL_WAIT_S = 60


def finding_of(bill: Bill) -> Finding:
    """The one finding about a paid request."""
    verdict = bill.verdict
    if verdict is None:
        return _no_answer(bill)
    kind = verdict.kind
    if verdict.is_trial and kind in ("ok", "unsupported_parameter", "rate_limited") and not bill.free.is_trial:
        return _made(FEW_REQUESTS, bill, verdict)
    if kind in ("ok", "unsupported_parameter"):
        return _answered(bill, verdict)
    if kind.startswith("model_"):
        return _model(bill, verdict)
    if kind == "scope_missing":
        return _scope(bill, verdict)
    told = _told(bill, verdict)
    return _made(told, bill, verdict) if told is not None else _otherwise(bill, verdict)


def _told(bill: Bill, verdict: Verdict) -> Optional[Told]:
    kind, provider = verdict.kind, bill.request.endpoint.provider
    if kind in ("no_credit", "spend_limit") and verdict.code in BY_CODE:
        return BY_CODE[verdict.code]
    if kind == "no_credit":
        return NO_CREDIT.get(provider if _has_pages(bill) else "", NO_CREDIT[""])
    if kind == "rate_limited":
        is_of_day = verdict.allowance.unit in ("RPD", "TPD") or (verdict.retry_after_s or 0) >= _A_DAY_S
        return DAY_USED_UP if is_of_day else TOO_MANY_NOW
    if kind == "deployment_missing":
        return NO_DEPLOYMENT
    if kind in ("bad_path_or_api_version", "wrong_path"):
        return NOT_AT_AZURE if provider == "azure" else NOT_AT_GATEWAY
    return BY_KIND.get(kind)


def _made(told: Told, bill: Bill, verdict: Verdict) -> Finding:
    until = say(" It begins anew on {day}.", day=verdict.until) if verdict.until else ""
    action = say(told.action + "{until}", seconds=verdict.retry_after_s or _USUAL_WAIT_S, until=until)
    return _MAKERS[told.status](
        f"billing.{told.code}",
        say(told.heading, who=who(bill.request.endpoint), model=bill.request.model.name),
        detail=told.detail or None,
        evidence=_evidence(bill, verdict),
        remedy=remedy(action, links=_links(told.links, bill)),
        explained_by=_said_already(bill, verdict),
    )


def _has_pages(bill: Bill) -> bool:
    """Those of a gateway are not known."""
    return bill.request.endpoint.is_official or bill.request.endpoint.provider == "azure"


def _links(which: str, bill: Bill) -> Sequence[Link]:
    return PAGES[which].get(bill.request.endpoint.provider, ()) if _has_pages(bill) else ()


def _said_already(bill: Bill, verdict: Verdict) -> tuple[str, ...]:
    """The code under which the free answer may have said it."""
    said = SAID.get(verdict.kind)
    return (f"{bill.request.endpoint.provider}.{said.what}",) if said is not None else ()


def _asked(bill: Bill) -> Words:
    word = "an embedding by {subject}" if bill.request.kind == "embedding" else "one word of {subject}"
    return say(word, subject=bill.request.subject)


def _evidence(bill: Bill, verdict: Verdict) -> Evidence:
    word = "answer {status} ({code}) to {asked}" if verdict.code else "answer {status} to {asked}"
    return found(say(word, status=verdict.status, code=verdict.code, asked=_asked(bill)))


# --- the key works --------------------------------------------------------------------------------------------------


def _answered(bill: Bill, verdict: Verdict) -> Finding:
    # The look at key and credit comes before the one at the request itself.
    word = "{who} has answered a paid request" if verdict.kind == "ok" else "{who} has looked into a paid request"
    return ok("billing.answered", say(word, who=who(bill.request.endpoint)), evidence=_evidence(bill, verdict))


def _model(bill: Bill, verdict: Verdict) -> Finding:
    """Without its embeddings AutoGPT works, and of OpenAI it takes another model when one is refused."""
    request = bill.request
    is_minor = request.kind == "embedding" or request.endpoint.provider == "openai"
    terms = "Its terms have to be accepted in the provider's console, or the organization has to permit it."
    provider = request.endpoint.provider
    return (warning if is_minor else problem)(
        "billing.model",
        say("{who} refuses {subject} to this key", who=who(request.endpoint), subject=request.subject),
        detail=terms if verdict.kind == "model_terms" else "Whether there is credit is not known by this answer.",
        evidence=_evidence(bill, verdict),
        remedy=remedy(say("Choose another model for {variable}.", variable=request.model.variable)),
        explained_by=(f"{provider}.model-*", f"{provider}.no-model-left", "models.retired", "models.unknown"),
    )


def _scope(bill: Bill, verdict: Verdict) -> Finding:
    is_minor = bill.request.kind == "embedding"
    heading = "The key may make no embeddings at {who}" if is_minor else "The key may list models, but not use them"
    scopes = list(verdict.scopes) or ["model.request"]
    endpoint = bill.request.endpoint
    return (warning if is_minor else problem)(
        "billing.scope",
        say(heading, who=who(endpoint)),
        detail="The key itself is valid.",
        evidence=_evidence(bill, verdict),
        remedy=remedy(
            say("Give the key the permission {scopes}, or make one with all permissions.", scopes=scopes),
            links=(link_for("scope-missing", endpoint.provider, endpoint.is_official),),
        ),
        explained_by=_said_already(bill, verdict),
    )


# --- neither key nor credit -----------------------------------------------------------------------------------------

_OTHERS: Mapping[str, str] = {
    "key_rejected": "key-rejected",
    "key_rejected_or_endpoint": "key-rejected",
    "org_disabled": "restricted",
    "account_closed": "restricted",
    "provider_fault": "fault",
    **dict.fromkeys(
        ("org_wrong", "permission", "address_not_allowed", "region", "network_rules", "key_unfit"), "refused"
    ),
}


def _otherwise(bill: Bill, verdict: Verdict) -> Finding:
    """What the free request might have been answered, too, in the words for that."""
    endpoint = bill.request.endpoint
    said = SAID.get(verdict.kind) if verdict.kind in _OTHERS else None
    if said is None:
        words = say("What {who} answered says nothing certain about the credit", who=who(endpoint))
        # Somebody asked for this: not to be told would look like an answer.
        return warning("billing.unclear", words, evidence=_evidence(bill, verdict), is_certain=False)
    values = values_of(endpoint)
    return _MAKERS[said.status](
        f"billing.{_OTHERS[verdict.kind]}",
        say(said.heading, **values),
        detail="It took the key for the free question, and says this only when something is to be paid.",
        evidence=_evidence(bill, verdict),
        remedy=remedy(
            say(said.action, **values) if said.action else None,
            links=(link_for(said.what, endpoint.provider, endpoint.is_official),),
        ),
        explained_by=(Reply(endpoint, verdict).code,),
        is_certain=said.is_certain,
    )


def _no_answer(bill: Bill) -> Finding:
    reason = bill.answer.kind.value if isinstance(bill.answer, Failure) else ""
    words = say(
        "{who} did not answer the paid request, so nothing is known of the credit", who=who(bill.request.endpoint)
    )
    evidence = found(say("{reason}: {asked}", reason=reason, asked=_asked(bill)))
    return warning("billing.no-answer", words, evidence=evidence, is_certain=False)
