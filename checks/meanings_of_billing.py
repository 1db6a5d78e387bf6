"""What the findings of the paid requests say, each in a sentence for `explain`."""

from __future__ import annotations

BILLING = {
    "billing.answered": "The provider answered a paid request: the key works, and there is credit.",
    "billing.no-credit": "The account behind the key has no credit, as the provider says.",
    "billing.payment": "The provider reports trouble with the payment.",
    "billing.own-limit": "A spending limit that somebody of the account has set is reached.",
    "billing.provider-limit": "A limit that the provider has set for this account is reached.",
    "billing.inactive": "The billing of the account is not active.",
    "billing.restricted": "The provider has restricted or closed the account.",
    "billing.rate-limit": "The provider counts too many requests for now; the key is good.",
    "billing.free-tier": "The provider allows so few requests that AutoGPT will stand still most of the time.",
    "billing.probably": "The provider's answer speaks of money, in words that are not known for certain.",
    "billing.model": "The key is good, but the model that AutoGPT is to use is refused.",
    "billing.deployment": "The deployment that azure.yaml names does not exist at this Azure resource.",
    "billing.not-found": "Nothing answers at the place where AutoGPT will send its requests.",
    "billing.scope": "The key may list models, but not use them.",
    "billing.key-rejected": "The provider refuses the key as soon as something is to be paid.",
    "billing.refused": "The provider refuses the request for a reason that is neither the key nor the credit.",
    "billing.fault": "The provider has trouble of its own at the moment.",
    "billing.no-answer": "No answer came to the paid request in time; whether there is credit stays unknown.",
    "billing.not-sent": "A provider was asked nothing that is paid, because something else is in the way.",
    "billing.unclear": "What came back says nothing certain about the credit.",
}
