"""The words and statuses by which providers say what is wrong, in the order in which they decide.

Taken from the providers' documentation, the source of their SDKs and answers that people have published:
https://platform.openai.com/docs/guides/error-codes, https://platform.claude.com/docs/en/api/errors,
https://console.groq.com/docs/errors, https://learn.microsoft.com/azure/ai-services/openai/reference.
"""

from __future__ import annotations

import re
from typing import Container, NamedTuple, Optional

from checks.provider_bodies import Body

ANY_REFUSAL = range(400, 500)
ANY_FAULT = range(500, 600)
ANY = range(400, 600)


class Rule(NamedTuple):
    """A verdict, and by what an error is known to be one."""

    kind: str
    statuses: Container[int] = ANY_REFUSAL
    words: frozenset[str] = frozenset()
    """What `code`, `type`, `details.error_code` or `status` may be, in small letters."""
    text: Optional[re.Pattern[str]] = None
    providers: tuple[str, ...] = ()
    """Empty: of every provider."""
    by_status: str = ""
    """The status alone decides: for "any" body, or for "json" only."""

    def is_by_status(self, said: Body) -> bool:
        return self.by_status == "any" or (self.by_status == "json" and said.is_json)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _text(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_LLAMAFILE = ("llamafile",)
_ANTHROPIC = ("anthropic",)
_AZURE = ("azure",)

_OWN_SERVER = (
    Rule("loading", (503,), frozenset(("loading model",)), _text(r"^loading model\Z")),
    Rule("key_required", (401,), providers=_LLAMAFILE, by_status="any"),
)

# One meaning each, whatever else stands beside them.
_BY_CODE = (
    Rule(
        "spend_limit",
        words=_words(
            "organization_spend_limit_exceeded project_spend_limit_exceeded organization_usage_limit_exceeded "
            "billing_hard_limit_reached enforced_spend_limit_reached contract_spend_limit_reached blocked_api_access "
            "budget_exceeded"
        ),
    ),
    Rule("billing_inactive", words=_words("billing_not_active")),
    Rule("no_credit", words=_words("credit_balance_exhausted insufficient_quota billing_error")),
    Rule("org_wrong", words=_words("mismatched_organization invalid_organization no_organization")),
    Rule("org_disabled", words=_words("organization_restricted organization_on_hold")),
    Rule("account_closed", words=_words("access_terminated account_deactivated organization_deactivated")),
    Rule("region", words=_words("unsupported_country_region_territory")),
    Rule("address_not_allowed", words=_words("ip_not_authorized")),
    Rule("scope_missing", words=_words("api_key_scope_missing")),
    Rule("model_gone", words=_words("model_decommissioned")),
    Rule(
        "model_terms",
        words=_words("model_terms_required model_permission_blocked_org model_permission_blocked_project"),
    ),
    Rule("model_missing", words=_words("model_not_found")),
    Rule("unsupported_parameter", words=_words("unsupported_parameter unsupported_value")),
    Rule("deployment_missing", words=_words("deploymentnotfound")),
    Rule("rate_limited", ANY, words=_words("rate_limit_exceeded slow_down ramp_limit_exceeded resource_exhausted")),
    Rule("provider_fault", ANY, words=_words("server_is_overloaded capacity_exceeded overloaded_error timeout_error")),
    Rule("key_rejected", (400, 401, 403), words=_words("invalid_api_key")),
)

# Where a provider has no word for it, or the same word for everything.
_BY_TEXT = (
    Rule("scope_missing", (401, 403), text=_text(r"\bMissing scopes?:")),
    Rule("key_missing", (401,), text=_text(r"^You didn't provide an API key|\bx-api-key header is required")),
    Rule("address_not_allowed", (401, 403), text=_text(r"\bIP not authorized")),
    Rule("no_credit", (400,), text=_text("credit balance is too low")),
    Rule("spend_limit", (400,), text=_text(r"^You have reached your specified (?:workspace )?API usage limits")),
    Rule("org_disabled", (400,), text=_text("organization has been disabled")),
    Rule("region", (403,), text=_text(r"^Request not allowed\b")),
    Rule("browser_policy", (401,), text=_text(r"^CORS requests are not allowed"), providers=_ANTHROPIC),
    Rule("key_unfit", (400,), text=_text(r"^Error\Z"), providers=_ANTHROPIC),
    Rule("key_unfit", (401,), text=_text(r"^OAuth authentication is"), providers=_ANTHROPIC),
    Rule("unsupported_parameter", (400,), text=_text("max_tokens or model output limit was reached")),
    Rule(
        "network_rules",
        (403,),
        text=_text(r"Virtual Network|Public access is disabled"),
        providers=_AZURE,
    ),
    Rule("key_missing", (401,), text=_text("missing subscription key")),
    Rule("key_rejected_or_endpoint", (401,), text=_text("subscription key")),
    Rule("key_rejected_or_endpoint", (401,), _words("unauthorized permissiondenied"), providers=_AZURE),
    Rule("key_rejected", (401,), text=_text(r"^Invalid API Key\b")),
    Rule("key_rejected", (400, 401), text=_text(r"^Incorrect API key provided")),
)

# Names of a whole class of errors: they decide when nothing above did.
_BY_TYPE = (
    Rule("key_rejected", (401,), _words("authentication_error auth_error")),
    Rule("region", (403,), _words("forbidden"), providers=_ANTHROPIC),
    Rule("permission", (403,), _words("permission_error"), providers=_ANTHROPIC),
    Rule("model_missing", (404,), text=_text(r"^model: ?\S"), providers=_ANTHROPIC),
    Rule("rate_limited", (429,), _words("rate_limit_error requests tokens")),
)

_BILLING = "exceeded your current quota|credit balance|billing|insufficient (?:balance|funds)"
_BY_STATUS = (
    Rule("no_credit", (402,), by_status="json"),
    Rule("bad_path_or_api_version", (404,), providers=_AZURE, by_status="any"),
    Rule("wrong_path", (404,), by_status="any"),
    Rule("rate_limited", (429,), text=_text("RESOURCE_EXHAUSTED")),  # Gemini's word for both, passed on by gateways
    Rule("probably_billing", (429,), text=_text(_BILLING)),
    Rule("rate_limited", (429,), by_status="any"),
    Rule("provider_fault", (498,), by_status="any"),
    Rule("not_the_api", (511,), by_status="any"),  # a captive portal, RFC 6585
    Rule("provider_fault", ANY_FAULT, by_status="any"),
)

RULES = _OWN_SERVER + _BY_CODE + _BY_TEXT + _BY_TYPE + _BY_STATUS
