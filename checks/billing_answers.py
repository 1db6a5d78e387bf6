"""What the providers answered to the paid requests: one each, sent side by side, never a second time.

Nothing is sent to a provider whose free answer has already shown that it would be refused, or that did not answer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from checks.billing_requests import PaidRequest, PaidRequests
from checks.endpoints import Endpoint, Endpoints
from checks.network_seen import Reach
from checks.probes import sendable_key
from checks.provider_replies import Reply
from checks.reach import Reached
from checks.trust import TrustStore
from doctor import Failure, Machine, NotHere, Options, Unavailable, Words, fact, in_parallel, say
from doctor.machine import Response, Trust

if TYPE_CHECKING:
    from checks.provider_answers import Verdict

# A paid request may still tell something new: of the account, or of the one right that a key lacks.
_WORTH_PAYING = ("ok", "scope_missing", "rate_limited", "wrong_path", "unknown")


class Purse(NamedTuple):
    """The person has agreed to pay. Whoever needs it has nothing to do otherwise."""

    is_open: bool = True


@fact
def purse(options: Options) -> Purse:
    if not options.with_billing or options.is_offline:
        raise NotHere
    return Purse()


class Bill(NamedTuple):
    """A paid request, and what came of it."""

    request: PaidRequest
    answer: Union[Response, Failure]
    free: Verdict
    """What the free answer meant."""

    @property
    def verdict(self) -> Optional[Verdict]:
        """None where there is no answer."""
        provider = self.request.endpoint.provider
        from checks.provider_answers import judge

        return judge(provider, self.answer) if isinstance(self.answer, Response) else None


class Unsent(NamedTuple):
    """A provider that is needed, and was asked nothing that is paid."""

    name: str
    reason: Words
    cause: str = ""
    """Code of the finding that explains it."""
    kind: str = "unavailable"


class Bills(NamedTuple):
    bills: tuple[Bill, ...]
    unsent: tuple[Unsent, ...]


@fact
def bills(
    purse: Purse,
    machine: Machine,
    options: Options,
    endpoints: Endpoints,
    paid_requests: PaidRequests,
    reached: Reached,
    trust_store: TrustStore,
) -> Bills:
    needed = [each for each in endpoints.endpoints if each.is_needed and each.provider != "llamafile"]
    unsent = [why for each in needed if (why := _obstacle(each, paid_requests, reached)) is not None]
    silent = {why.name for why in unsent}
    ready = [each for each in paid_requests.requests if each.endpoint.name not in silent]
    questions = [
        partial(_send, machine, each, reached.of(each.endpoint.provider), trust_store.trust, options.network_limit_s)
        for each in ready
    ]
    made = []
    for each, answer in zip(ready, in_parallel(*questions) if questions else ()):
        name, free = each.endpoint.name, free_verdict(each.endpoint.provider, reached)
        if answer is None or free is None:
            unsent.append(Unsent(name, say("what {name} answers was not recorded", name=name), kind="not-recorded"))
        else:
            made.append(Bill(each, answer, free))
    return Bills(tuple(made), tuple(unsent))


def _obstacle(endpoint: Endpoint, paid: PaidRequests, reached: Reached) -> Optional[Unsent]:
    """Why nothing is paid there; None where nothing is in the way."""
    provider, name = endpoint.provider, endpoint.name
    cause = endpoint.url_obstacle or endpoint.obstacle
    if cause:
        return Unsent(name, say("its key cannot be sent"), cause)
    if not sendable_key(endpoint):
        return Unsent(name, say("no key is set for {name}", name=name), "plan.key-missing")
    if paid.of(provider) is None:
        cause = "azure.no-deployments" if provider == "azure" else "models.unknown"
        return Unsent(name, say("it is not known what to ask for"), cause)
    reach, verdict = reached.of(provider), free_verdict(provider, reached)
    if reach is None:
        return Unsent(name, say("what {name} answers was not recorded", name=name), kind="not-recorded")
    if verdict is None:
        return Unsent(name, say("{name} does not answer", name=name), reach.trouble)
    if verdict.kind not in _WORTH_PAYING:
        return Unsent(name, say("the free question has shown already what is wrong"), Reply(endpoint, verdict).code)
    return None


def free_verdict(provider: str, reached: Reached) -> Optional[Verdict]:
    """What the provider's answer to the free request means; None where it gave none."""
    reach = reached.of(provider)
    response = reach.response if reach is not None else None
    from checks.provider_answers import judge

    return None if response is None else judge(provider, response)


def _send(
    machine: Machine, paid: PaidRequest, reach: Optional[Reach], trust: Trust, timeout_s: float
) -> Union[Response, Failure, None]:
    """The same way as the free one. None where a recording does not tell the answer."""
    proxy = reach.proxy.url if reach is not None and reach.proxy is not None else None
    probe = paid.probe
    try:
        return machine.request(probe.method, probe.url, probe.headers, paid.body, timeout_s, proxy=proxy, trust=trust)
    except Unavailable as why:
        if why.kind != "not-recorded":
            raise
        return None
