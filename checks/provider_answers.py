"""What a provider's answer means: one verdict, from tables, that says no more than the tables know.

Nobody is told that a key is wrong because a proxy, a gateway or a web page said something. `code` and `type` decide
before the status, and both before words; an answer that the tables don't know is "unknown". Only two verdicts say that
a key is rejected: "key_rejected" and, of Azure, "key_rejected_or_endpoint".
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional

from checks.provider_bodies import (
    Allowance,
    Body,
    Limits,
    allowance_in,
    begun_models,
    limits_in,
    model_in,
    offered_models,
    read_body,
    retry_after_s,
    scopes_in,
    site_in,
    until_in,
)
from checks.provider_codes import RULES, Rule
from doctor.machine import Response

GOOD, REJECTED, OPEN = "good", "rejected", "open"

KINDS = {
    # It answers.
    "ok": GOOD,  # a list of models, or a reply of a model
    # The key, or the account behind it.
    "key_rejected": REJECTED,  # wrong, revoked, expired or deleted: providers do not say which
    "key_rejected_or_endpoint": REJECTED,  # Azure: wrong key, or one of another resource or region
    "key_missing": OPEN,  # none arrived
    "key_required": OPEN,  # a llamafile that was started with --api-key, which AutoGPT cannot satisfy
    "key_unfit": OPEN,  # Anthropic: a token of a subscription, or a key restricted to something else
    "org_wrong": GOOD,  # the organization that is named, or none: `code` tells which
    "org_disabled": GOOD,  # restricted, on hold or disabled by the provider
    "account_closed": OPEN,  # codes that others report, with bodies nobody has published
    "scope_missing": GOOD,  # `scopes`, where they are named
    "permission": OPEN,  # Anthropic: not permitted, without a reason that is known
    "address_not_allowed": OPEN,  # the organization lists the addresses that may call
    "browser_policy": OPEN,  # Anthropic: an organization's rule about browsers
    "region": OPEN,  # country, VPN or data centre
    # Money and allowances.
    "no_credit": GOOD,
    "spend_limit": GOOD,  # `code` tells whose limit, `until` when it begins anew
    "billing_inactive": GOOD,
    "probably_billing": GOOD,  # 429 in words only
    "rate_limited": GOOD,  # `retry_after_s`, `allowance`
    # Models and deployments.
    "model_gone": GOOD,  # retired by the provider
    "model_missing": GOOD,  # does not exist, or not for this key: providers do not say which
    "model_terms": GOOD,  # its terms have to be accepted first, or the organization does not permit it
    "unsupported_parameter": GOOD,  # only of a billable request: the model wants it put otherwise
    "deployment_missing": OPEN,
    "bad_path_or_api_version": OPEN,  # Azure
    "network_rules": OPEN,  # Azure: the resource lets no one in from here
    # What answers is somebody else, or somewhere else.
    "redirect": OPEN,  # `site` is where to, "" for another path of the same
    "not_the_api": OPEN,  # a web page or nothing, in place of JSON
    "wrong_path": OPEN,  # 404: usually the base URL
    "proxy": OPEN,
    "cdn_block": OPEN,  # a wall before the provider (VPN, reputation of the address)
    # The provider itself.
    "loading": OPEN,  # a llamafile that is not ready yet: wait
    "provider_fault": OPEN,
    "unknown": OPEN,
}
"""Every kind of verdict, and what it says of the key."""

# Of many gateways and hosts; a proxy of a company names itself instead.
_VIA_OF_HOSTS = re.compile(r"google|varnish|cloudfront|vegur|caddy|heroku|fly\.io|envoy|akamai|fastly", re.IGNORECASE)
_PROXY_TEXT = re.compile(r"squid|zscaler|blue ?coat|forcepoint|fortigate|proxy authentication required", re.IGNORECASE)
_BLOCK_TEXT = re.compile(r"error code: 1\d\d\d\b", re.IGNORECASE)
_MISTAKEN_TRIAL = 200
_FEW_REQUESTS = 3


class Verdict(NamedTuple):
    """What an answer means. Holds nothing of the provider's text but what follows a strict pattern."""

    kind: str
    """One of `KINDS`."""
    status: int
    code: str = ""
    """The word of our tables that decided, in small letters ("project_spend_limit_exceeded"); "" when none did."""
    key: str = OPEN
    """What it says of the key: "good", "rejected" or "open". A limit that a web page speaks of leaves it open."""
    scopes: tuple[str, ...] = ()
    model: str = ""
    """The model that the error names."""
    models: tuple[str, ...] = ()
    """The models that this key is offered."""
    is_complete: bool = False
    """`models` are all: what is not among them is not offered."""
    until: str = ""
    """A day: "2026-02-01"."""
    retry_after_s: Optional[int] = None
    allowance: Allowance = Allowance()
    limits: Limits = Limits()
    is_trial: bool = False
    """OpenAI allows as few requests as it does without a paid account: 3 a minute, or 200 a day."""
    site: str = ""
    """Of a redirect to another host or scheme: "https://login.example"."""


def judge(provider: str, response: Response) -> Verdict:
    """What the answer of `provider` ("openai", "anthropic", "groq", "azure", "llamafile") means."""
    return classify(provider, response.status, response.body, response.headers, response.is_cut)


def classify(
    provider: str, status: int, body: bytes, headers: Optional[Mapping[str, str]] = None, is_cut: bool = False
) -> Verdict:
    """The same for its parts; header names are lower case. `is_cut`: the body goes on. Never raises."""
    headers = headers or {}
    said = read_body(body, headers)
    if 200 <= status < 300:
        verdict = _of_success(status, body, said, is_cut)
    elif 300 <= status < 400:
        verdict = _verdict("redirect", status)._replace(site=site_in(headers.get("location", "")))
    elif 400 <= status < 600:
        verdict = _of_error(provider, status, said, headers)
    else:
        verdict = _verdict("unknown", status)
    limits = limits_in(headers)
    return verdict._replace(limits=limits, is_trial=provider == "openai" and _is_trial(limits, verdict.allowance))


def _verdict(kind: str, status: int) -> Verdict:
    return Verdict(kind, status, key=KINDS[kind])


def _of_success(status: int, body: bytes, said: Body, is_cut: bool) -> Verdict:
    offered = begun_models(body) if is_cut else offered_models(said.document)
    if offered:
        return _verdict("ok", status)._replace(models=offered.ids, is_complete=offered.is_complete)
    if not said.is_json:
        # The beginning of something that is JSON as far as it goes may be anything.
        return _verdict("unknown" if is_cut and said.message[:1] in ("{", "[") else "not_the_api", status)
    return _verdict("ok" if _is_reply(said.document) else "unknown", status)


def _is_reply(document: object) -> bool:
    """A completion: OpenAI's has choices, Anthropic's is a message with content."""
    if not isinstance(document, dict):
        return False
    is_message = document.get("type") == "message" and isinstance(document.get("content"), list)
    return is_message or isinstance(document.get("choices"), list)


def _of_error(provider: str, status: int, said: Body, headers: Mapping[str, str]) -> Verdict:
    if status == 407 or _is_of_proxy(said, headers):
        return _verdict("proxy", status)
    if not said.is_json and _is_block(status, said):
        return _verdict("cdn_block", status)
    rule, word = _rule_for(provider, status, said)
    verdict = _verdict(rule.kind, status)._replace(
        code=word,
        scopes=scopes_in(said.message) if rule.kind == "scope_missing" else (),
        model=model_in(said.message) if rule.kind.startswith("model_") else "",
        until=until_in(said.message) if rule.kind == "spend_limit" else "",
        retry_after_s=retry_after_s(headers, said.message),
        allowance=allowance_in(said.message) if rule.kind == "rate_limited" else Allowance(),
    )
    is_certain = verdict.key == REJECTED or (said.is_json and status < 500)
    return verdict if is_certain else verdict._replace(key=OPEN)


def _is_of_proxy(said: Body, headers: Mapping[str, str]) -> bool:
    """No provider speaks here: not JSON, and a proxy that names itself."""
    via = headers.get("via", "")
    is_named = bool(via) and not _VIA_OF_HOSTS.search(via)
    return not said.is_json and (is_named or "x-squid-error" in headers or bool(_PROXY_TEXT.search(said.message)))


def _is_block(status: int, said: Body) -> bool:
    return (status < 500 and bool(_BLOCK_TEXT.match(said.message))) or (status == 403 and said.is_html)


_UNKNOWN = Rule("unknown")


def _rule_for(provider: str, status: int, said: Body) -> tuple[Rule, str]:
    """The first rule that fits, and the word that decided. Rules are in the order of what they go by."""
    for rule in RULES:
        if (rule.providers and provider not in rule.providers) or status not in rule.statuses:
            continue
        word = next((word for word in said.words if word in rule.words), "")
        if word or rule.is_by_status(said) or (rule.text is not None and rule.text.search(said.message)):
            return rule, word
    return _UNKNOWN, ""


def _is_trial(limits: Limits, allowance: Allowance) -> bool:
    amounts = [limits.requests] + ([allowance.amount] if allowance.unit in ("RPM", "RPD") else [])
    return any(amount is not None and (1 <= amount <= _FEW_REQUESTS or amount == _MISTAKEN_TRIAL) for amount in amounts)
