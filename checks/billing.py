"""Whether there is credit behind a key that works: only a request that is paid tells.

It protects the user from the most frequent surprise: the key is right, every free question is answered, and AutoGPT is
refused at its first thought. Without --billing nothing is sent that costs anything, and the report says so.
"""

from __future__ import annotations

from typing import Iterator, Optional

from checks.billing_answers import Bills, Purse, free_verdict
from checks.endpoints import Endpoint, Endpoints
from checks.meanings_of_billing import BILLING
from checks.reach import Reached
from doctor import Finding, Link, NotHere, Stage, Unavailable, check, note, say


@check("billing.credit", title="Credit", stage=Stage.PROVIDERS, codes=())
def billing_credit(purse: Optional[Purse], reached: Optional[Reached], endpoints: Endpoints) -> Iterator[Finding]:
    """A provider that takes a key may still refuse all work: the account has no credit, or a limit is reached.

    Free questions do not tell. The option --billing sends the smallest request that is paid to each provider in use,
    once, and says first what it costs. Without it, look at the provider's own page: for OpenAI that is
    https://platform.openai.com/usage. AutoGPT's setup page asks for a paid account with credit for GPT-4, and names 3
    requests a minute for an account without; AutoGPT hardly moves with those. A subscription of ChatGPT does not count.
    """
    if purse is not None or reached is None:
        raise NotHere
    from checks.billing_links import PAGES  # offline nobody comes here

    taken = [each for each in endpoints.endpoints if _is_taken(each, reached) and each.provider in PAGES["unchecked"]]
    if not taken:
        raise NotHere
    links: list[Link] = [link for each in taken for link in PAGES["unchecked"][each.provider]]
    raise Unavailable(
        say(
            "{names} took the key; only a paid request shows whether there is credit. --billing sends the smallest "
            "there is, and says first what it costs",
            names=" and ".join(each.name for each in taken),
        ),
        kind="not-asked",
        links=links,
    )
    yield  # what is not asked is no finding


def _is_taken(endpoint: Endpoint, reached: Reached) -> bool:
    """Where the key is good as far as is known. A server in the provider's place has its own rules."""
    is_its_own = endpoint.is_official or endpoint.provider == "azure"
    if not endpoint.is_needed or not is_its_own or endpoint.key is None:
        return False
    verdict = free_verdict(endpoint.provider, reached)
    return verdict is not None and verdict.kind == "ok"


@check("billing.request", title="A paid request", stage=Stage.PROVIDERS, codes=BILLING)
def billing_request(bills: Bills) -> Iterator[Finding]:
    """With --billing: the smallest request that is paid, to each provider that AutoGPT needs, once.

    Of OpenAI it is one embedding of one letter, elsewhere one word of a model that AutoGPT uses; of Azure one of the
    deployment that azure.yaml names, and so it shows whether there is such a deployment. Nothing is sent where the free
    question has shown already that it would be refused. The answer is judged by its code: no credit, a limit of your
    own, a limit of the provider and too many requests at the moment are different things. Credit for OpenAI is bought
    on the page of the billing, and ChatGPT Plus is none; it may take 10 minutes, or a new key, until it counts.
    """
    from checks.billing_findings import finding_of  # most runs pay nothing

    if not bills.bills and not bills.unsent:
        raise NotHere
    if not bills.bills:
        _, reason, cause, kind = bills.unsent[0]
        raise Unavailable(reason, cause, kind)
    for bill in bills.bills:
        yield finding_of(bill)
    for each in bills.unsent:
        yield note("billing.not-sent", say("{name} was asked nothing that is paid: {reason}", name=each.name,
                                           reason=each.reason))  # fmt: skip
