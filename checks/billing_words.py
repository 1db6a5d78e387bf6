"""The words for what a provider may answer to a paid request, where it is about money and limits.

In a sentence `{who}` is the provider, or the server that stands in its place, with a capital letter.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple


class Told(NamedTuple):
    """The words for one answer."""

    code: str
    """The second part of the finding's code."""
    status: str
    heading: str
    action: str
    detail: str = ""
    links: str = "limits"
    """"credit", "limits" or "rates": which pages of the provider help."""


_OWN = "There may be credit: it is the limit that stops every request."
_RAISE = "Raise it, or take it away."

NO_CREDIT: Mapping[str, Told] = {
    "openai": Told(
        "no-credit",
        "problem",
        "{who} takes the key, but there is no credit behind it",
        "Add credit to the account. If requests are refused still, wait for 5 to 10 minutes, and then make a new key.",
        "Every request of AutoGPT is refused. A subscription of ChatGPT (Plus, Pro) is paid for separately, and is no "
        "credit here.",
        "credit",
    ),
    "anthropic": Told(
        "no-credit",
        "problem",
        "{who} reports that the credit behind this key is too low",
        "Buy credit in the console, for the organization that the key belongs to.",
        "Every request of AutoGPT is refused. If the console shows credit all the same, it belongs to another "
        "organization, or has not arrived yet.",
        "credit",
    ),
    "": Told(
        "no-credit",
        "problem",
        "{who} reports that there is no credit behind this key",
        "Add credit where the key comes from.",
        links="credit",
    ),
}

BY_CODE: Mapping[str, Told] = {
    "billing_error": Told(
        "payment",
        "problem",
        "{who} reports trouble with the payment",
        "See in the console whether a card was refused, or a bill is open.",
        links="credit",
    ),
    "project_spend_limit_exceeded": Told(
        "own-limit", "problem", "The spending limit of your project at {who} is reached", _RAISE, _OWN
    ),
    "organization_spend_limit_exceeded": Told(
        "own-limit", "problem", "The spending limit of your organization at {who} is reached", _RAISE, _OWN
    ),
    "budget_exceeded": Told(
        "own-limit", "problem", "{who} reports that the budget of this key is used up", "Raise it there."
    ),
    "organization_usage_limit_exceeded": Told(
        "provider-limit",
        "problem",
        "The monthly limit that {who} allows your organization is reached",
        "Ask for a higher one on the page of the limits, or wait for the next month.",
    ),
    "enforced_spend_limit_reached": Told(
        "provider-limit",
        "problem",
        "The monthly limit of your tier at {who} is reached",
        "The page of the limits tells how to come to the next tier; or wait for the next month.",
    ),
    "contract_spend_limit_reached": Told(
        "provider-limit",
        "problem",
        "The limit of your contract with {who} is reached",
        "Ask whoever made the contract, or wait for the next month.",
    ),
}
"""By the word that decided."""

BY_KIND: Mapping[str, Told] = {
    "spend_limit": Told("own-limit", "problem", "A spending limit that you have set at {who} is reached", _RAISE, _OWN),
    "billing_inactive": Told(
        "inactive",
        "problem",
        "The billing of your account at {who} is not active",
        "Open the page of the billing: a way to pay is missing, or was refused.",
        links="credit",
    ),
    "probably_billing": Told(
        "probably",
        "warning",
        "{who} refuses what is to be paid, probably for want of credit",
        "See on its page of the billing whether there is credit.",
        links="credit",
    ),
}
"""By the kind of the verdict, where no word has decided."""

DAY_USED_UP = Told(
    "rate-limit",
    "warning",
    "What {who} allows this key for a day is used up",
    "Wait until tomorrow.",
    "The key is good.",
    "rates",
)
TOO_MANY_NOW = Told(
    "rate-limit",
    "warning",
    "{who} counts too many requests at the moment",
    "Wait for {seconds} seconds, and run autogpt-doctor again.",
    "The key is good.",
    "rates",
)
FEW_REQUESTS = Told(
    "free-tier",
    "warning",
    "{who} allows this key only a few requests, as without a paid account",
    "Add credit: the limits rise with the first payment.",
    "AutoGPT makes many requests, and would wait most of the time.",
    "rates",
)
NOT_AT_AZURE = Told(
    "not-found",
    "problem",
    "{who} answers, but not where AutoGPT sends its requests",
    "Look at azure_api_version and at the address in azure.yaml, which ends behind the host.",
    links="deployments",
)
NOT_AT_GATEWAY = Told(
    "not-found",
    "warning",
    "{who} has nothing at the place where AutoGPT sends its requests",
    "Look at the path of its address.",
)
NO_DEPLOYMENT = Told(
    "deployment",
    "problem",
    "Azure knows no deployment of the name that azure.yaml gives for {model}",
    "Compare azure.yaml with the page Deployments of your resource. A new deployment needs 5 minutes.",
    "Behind a model stands the name of your deployment, which need not be that of the model.",
    "deployments",
)
