"""The words for what a provider may answer: what is the matter, what follows from it, and what to do.

In a sentence `{who}` is the provider, or the server that stands in its place, with a capital letter; `{name}` is the
provider's name, `{variable}` the variable of its key.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple


class Said(NamedTuple):
    """The words for one kind of answer."""

    what: str
    """The second part of the finding's code."""
    status: str
    """"problem" or "warning"; of a provider that is not needed it is a note."""
    heading: str
    detail: str = ""
    action: str = ""
    """A sentence; "" where the finding has a remedy of its own."""
    stops: bool = True
    """Whether AutoGPT ends with it at its start, where it asks the provider then."""
    is_certain: bool = True


_NO_KEY = "The answer says nothing of the key."
_KEY_IS_RIGHT = "The key is right."
_NOTHING_TO_MEND = "There is nothing to put right here: wait, then run autogpt-doctor again."

SAID: Mapping[str, Said] = {
    "key_rejected": Said(
        "key-rejected",
        "problem",
        "{who} does not accept the key in {variable}",
        "It was mistyped, revoked or deleted; the answer is the same for each.",
    ),
    "key_rejected_or_endpoint": Said(
        "key-rejected",
        "problem",
        "{who} does not accept the key in {variable}",
        "The key is wrong, or it belongs to another resource or region than the address; the answer is the same for "
        "both.",
    ),
    "key_missing": Said(
        "key-wanted",
        "problem",
        "{who} wants a key, and none is set",
        "It answers nothing without one.",
        "Set {variable} to a key of that server.",
    ),
    "key_unfit": Said(
        "key-unfit",
        "problem",
        "{who} does not take this kind of key in {variable}",
        "It may be a sign-in token of a subscription, or a key that is restricted to something else.",
        "Set {variable} to an ordinary key for the API.",
    ),
    "scope_missing": Said(
        "scope-missing",
        "problem",
        "The key in {variable} is valid, but it lacks a permission",
    ),
    "org_wrong": Said(
        "organization",
        "problem",
        "{who} refuses the organization that the request names",
        _KEY_IS_RIGHT,
        "Ask to be taken into an organization, or use a key of an account that is in one.",
    ),
    "org_disabled": Said(
        "organization-disabled",
        "problem",
        "{who} has restricted or disabled your organization",
        _KEY_IS_RIGHT + " Nothing is answered until {name} lifts that.",
        "Ask the support of {name}, or use a key of another organization.",
    ),
    "account_closed": Said(
        "account-closed",
        "problem",
        "{who} says that this account is closed",
        action="Ask the support of {name}, or use a key of another account.",
        is_certain=False,
    ),
    "permission": Said(
        "permission",
        "warning",
        "{who} does not permit this key to list models",
        "{name} gave no reason that is known here. Whether the key may use models, only a message to one would show.",
        "Look up what the key is restricted to.",
        stops=False,
    ),
    "address_not_allowed": Said(
        "address-not-allowed",
        "problem",
        "{who} does not take requests of your organization from this address",
        "Your organization lists the internet addresses that may use its keys, and this one is not among them.",
        "Add this address to the organization's list, or use the network that is on it.",
    ),
    "region": Said(
        "region",
        "problem",
        "{who} does not answer from this country or network",
        _NO_KEY + " A VPN, a proxy or a server abroad may make a request seem to come from elsewhere.",
        "If a VPN or a proxy is in use, try without it. Else look up whether your country is supported.",
    ),
    "no_credit": Said(
        "no-credit",
        "problem",
        "{who} says that there is no credit left",
        _KEY_IS_RIGHT + " A subscription to a chat application is no credit for the API.",
        "Add credit, wait some minutes, then run autogpt-doctor again.",
    ),
    "spend_limit": Said(
        "spend-limit",
        "problem",
        "{who} says that a spending limit is reached",
        _KEY_IS_RIGHT,
        "Raise the limit, or wait until it begins anew.",
    ),
    "billing_inactive": Said(
        "billing-inactive",
        "problem",
        "{who} says that billing is not active for this account",
        _KEY_IS_RIGHT,
        "Complete the billing details.",
    ),
    "probably_billing": Said(
        "probably-billing",
        "warning",
        "{who} refuses the request, probably for lack of credit",
        "Its answer speaks of a quota or of billing, but gives no reason that is known here.",
        "Look up your credit and your limits.",
        is_certain=False,
    ),
    "rate_limited": Said(
        "rate-limited",
        "warning",
        "{who} has too many requests of this account right now",
        _KEY_IS_RIGHT + " AutoGPT makes many requests one after the other, and reaches such a limit soon.",
        "Wait a little, then run autogpt-doctor again.",
    ),
    "redirect": Said(
        "redirect",
        "problem",
        "Requests to {name} are sent on to another address",
        "No key was sent there. " + _NO_KEY,
        stops=False,  # the libraries follow it
    ),
    "not_the_api": Said(
        "not-the-api",
        "problem",
        "A web page answers at {address}, and not the API of {name}",
        _NO_KEY,
    ),
    "wrong_path": Said(
        "wrong-path",
        "problem",
        "{who} knows no list of models at this address",
        "An error 404 mostly comes from a wrong path in the base URL. " + _NO_KEY,
    ),
    "bad_path_or_api_version": Said(
        "wrong-path",
        "problem",
        "{who} knows nothing at this address",
        "An error 404 mostly comes from a wrong path in the address. " + _NO_KEY,
        "Write the address alone, as the portal shows it under Keys and Endpoint: without a path.",
    ),
    "network_rules": Said(
        "network-rules",
        "problem",
        "{who} lets no one in from this network",
        "The resource has rules for networks, a private endpoint, or no public access at all. " + _NO_KEY,
        "In the portal, allow this address under Networking, or use the network that may enter.",
    ),
    "proxy": Said(
        "proxy-answer",
        "problem",
        "A proxy answers in the place of {name}",
        _NO_KEY,
        "Ask who runs the proxy to let requests to {address} pass.",
    ),
    "cdn_block": Said(
        "blocked",
        "warning",
        "A filter before {name} turned the request away",
        "It goes by the network that a request comes from: a VPN, a data centre, a bad name. " + _NO_KEY,
        "If a VPN or a proxy is in use, try without it, then run autogpt-doctor again.",
        stops=False,  # it may go by the program that asks, too
    ),
    "loading": Said(
        "loading",
        "warning",
        "{who} is still loading its model",
        action=_NOTHING_TO_MEND,
        stops=False,
    ),
    "provider_fault": Said(
        "fault",
        "warning",
        "{who} has a fault of its own, or is overloaded",
        _NO_KEY,
        _NOTHING_TO_MEND,
    ),
    "unknown": Said(
        "unknown-answer",
        "warning",
        "{who} gave an answer that is not known here",
        _NO_KEY,
        "Run autogpt-doctor again in some minutes. If it stays, look at the provider's page of its state.",
        stops=False,
        is_certain=False,
    ),
}
"""By the kind of the verdict."""

SAME_AS = {"key_required": "key_missing", "deployment_missing": "bad_path_or_api_version"}
"""Kinds that come to the same here."""
