"""The one smallest paid request to each provider that AutoGPT needs, and what it costs at most.

It protects the user's purse: one request a provider and a run, of as few tokens as it takes, and only with --billing.
A price is named only where the provider has published it for this very model; else it is said that it is not known.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional

from checks.autogpt.azure_forms import is_unfilled
from checks.autogpt.model_names import RETIRED
from checks.autogpt.providers import is_embedding
from checks.azure_case import Case, model_of
from checks.azure_file import AzureFile, AzureUse
from checks.azure_text import Entry
from checks.endpoints import Endpoint, Endpoints
from checks.plan import Plan, PlannedModel
from checks.probes import AZURE_API_VERSION, Membership, Probe, probe_of, sendable_key
from checks.settings import Settings
from doctor import Costs, Words, fact, say
from doctor.secret import looks_secret

PAID_CHECKS = frozenset(("billing.request",))

PRICES = {"text-embedding-3-small": (0.02, 0.0), "gpt-4o-mini": (0.15, 0.60), "gpt-5-nano": (0.05, 0.40)}
"""US dollars for a million tokens in and out, as OpenAI's own pages tell them (November 2026)."""
TOKENS = {"embedding": (1, 0), "reply": (10, 1)}
"""Tokens in and out: one letter, or a full stop with what a model adds around it."""
_LEAST_SAID = 0.0001
"""US dollars: a hundredth of a cent."""


class PaidRequest(NamedTuple):
    """A request that is to be paid. Its headers hold a key, which has no printable form."""

    endpoint: Endpoint
    kind: str
    """"embedding" or "reply"."""
    model: PlannedModel
    deployment: str
    """The name in the map of models, of Azure; else ""."""
    probe: Probe
    body: bytes

    @property
    def subject(self) -> Words:
        """Whose answer is paid: a model, or a deployment of Azure, as far as its name may be said."""
        if not self.deployment:
            return say("{model}", model=self.model.name)
        if re.fullmatch(r"[\w.-]{1,64}", self.deployment) and not _is_private(self.deployment):
            return say("the deployment {name}", name=self.deployment)
        return say("the deployment for {model}", model=self.model.name)


class PaidRequests(NamedTuple):
    """One for each provider that is needed and whose key may be sent."""

    requests: tuple[PaidRequest, ...]

    def of(self, provider: str) -> Optional[PaidRequest]:
        return next((each for each in self.requests if each.endpoint.provider == provider), None)


@fact
def paid_requests(
    endpoints: Endpoints,
    settings: Settings,
    membership: Membership,
    plan: Plan,
    azure_use: Optional[AzureUse],
    azure_file: Optional[AzureFile],
) -> PaidRequests:
    found = []
    for each in endpoints.endpoints:
        if each.provider == "llamafile" or not each.is_needed or each.url_obstacle or not sendable_key(each):
            continue
        probe = probe_of(each, settings, membership)
        if each.provider == "azure":
            made = _to_azure(each, probe, azure_case(settings, plan, azure_use, azure_file))
        else:
            made = _to(each, probe)
        if made is not None:
            found.append(made)
    return PaidRequests(tuple(found))


def _to(endpoint: Endpoint, probe: Probe) -> Optional[PaidRequest]:
    embedding = _embedding(endpoint)
    if embedding is not None:
        # As numbers in text form the answer of a large model would be longer than what is read of it.
        document = {"model": embedding.name, "input": "a", "encoding_format": "base64"}
        return _request(endpoint, "embedding", embedding, probe, "/embeddings", document)
    model = _talker(endpoint)
    if model is None:
        return None
    path, limit = {
        "anthropic": ("/v1/messages", "max_tokens"),
        "groq": ("/openai/v1/chat/completions", "max_tokens"),
    }.get(endpoint.provider, ("/chat/completions", _limit_of(model.name, endpoint.is_official)))
    return _request(endpoint, "reply", model, probe, path, {"model": model.name, **_shortest(limit)})


def _embedding(endpoint: Endpoint) -> Optional[PlannedModel]:
    """The cheapest that OpenAI sells. What stands in its place may sell none."""
    if endpoint.provider != "openai" or not endpoint.is_official:
        return None
    return next((each for each in endpoint.models if each.role == "embedding" and is_embedding(each.name)), None)


def _talker(endpoint: Endpoint) -> Optional[PlannedModel]:
    """The fast model, which is the cheaper one, unless it is known to be gone and the other is not."""
    talkers = [each for each in endpoint.models if each.role != "embedding" and each.name.strip()]
    talkers.sort(key=lambda each: (each.name in RETIRED, each.role != "fast"))
    return talkers[0] if talkers else None


def _limit_of(model: str, is_official: bool) -> str:
    """What the limit of an answer is called. Models that think refuse the old name; many gateways know only that one,
    and would answer at length.
    """
    if re.match(r"(?:o\d|gpt-[5-9])", model):
        return "max_completion_tokens"
    return "max_completion_tokens" if is_official and re.match(r"gpt-4(?:o|\.\d)", model) else "max_tokens"


def _shortest(limit: str) -> dict[str, object]:
    return {limit: 1, "messages": [{"role": "user", "content": "."}]}


def _request(
    endpoint: Endpoint, kind: str, model: PlannedModel, probe: Probe, path: str, document: Mapping[str, object]
) -> PaidRequest:
    import json

    headers = {**probe.headers, "Content-Type": "application/json"}
    body = json.dumps(document, separators=(",", ":")).encode()
    return PaidRequest(endpoint, kind, model, "", Probe("POST", endpoint.url(path), headers), body)


# --- Azure ----------------------------------------------------------------------------------------------------------


def azure_case(settings: Settings, plan: Plan, use: Optional[AzureUse], file: Optional[AzureFile]) -> Optional[Case]:
    """None where there is no file that could be read."""
    if use is None or file is None or file.text is None:
        return None
    return Case(file, file.text, use.form, settings.version, plan, settings)


def _to_azure(endpoint: Endpoint, probe: Probe, case: Optional[Case]) -> Optional[PaidRequest]:
    """To the deployment of the fast model, else of the smart one, with the version of the API that AutoGPT names."""
    from urllib.parse import quote

    chosen = _mapped(case) if case is not None else None
    if case is None or chosen is None:
        return None
    model, deployment = chosen
    version = _api_version(case.text.get("azure_api_version"))
    path = f"/openai/deployments/{quote(deployment, safe='')}/chat/completions?api-version={version}"
    made = _request(endpoint, "reply", model, probe, path, _shortest(_limit_of(model.name, is_official=False)))
    return made._replace(deployment=deployment)


def _mapped(case: Case) -> Optional[tuple[PlannedModel, str]]:
    wanted = [each for each in case.wanted() if each.role != "embedding"]
    for each in sorted(wanted, key=lambda each: each.role != "fast"):
        model, entry = model_of(case.plan, each.role), each.entry
        if model is None or entry is None or entry.kind != "text":
            continue
        if entry.value.strip() and not is_unfilled(entry.value):
            return model, entry.value
    return None


def _api_version(entry: Optional[Entry]) -> str:
    given = entry.value.strip() if entry is not None else ""
    return given if re.fullmatch(r"20\d\d-\d\d-\d\d(?:-preview)?", given, re.ASCII) else AZURE_API_VERSION


def _is_private(name: str) -> bool:
    return len(name) > 24 and looks_secret(name)


# --- the price ------------------------------------------------------------------------------------------------------


@fact
def costs(paid_requests: PaidRequests) -> Costs:
    return Costs(tuple(cost_of(each) for each in paid_requests.requests), PAID_CHECKS)


def cost_of(request: PaidRequest) -> Words:
    """To whom, what, how many tokens, and how much that is at most."""
    tokens = sum(TOKENS[request.kind])
    what = "one embedding by {subject}, {tokens} token" if request.kind == "embedding" else (
        "one word of {subject}, about {tokens} tokens"
    )  # fmt: skip
    return say(
        "{name}: {what}; {price}",
        name=_addressee(request.endpoint),
        what=say(what, subject=request.subject, tokens=tokens),
        price=_price(request),
    )


def _addressee(endpoint: Endpoint) -> Words:
    if endpoint.is_official:
        return say("{name}", name=endpoint.name)
    return say("{name} ({address})", name=endpoint.name, address=endpoint.shown)


def _price(request: PaidRequest) -> Words:
    endpoint = request.endpoint
    if endpoint.provider == "groq" and endpoint.is_official:
        return say("nothing on the free tier but one request of the day; else the price is not known here")
    if not endpoint.is_official and endpoint.provider != "azure":
        return say("the price is that of this server")
    price = PRICES.get(request.model.name) if endpoint.is_official else None
    if price is None:
        return say("what a token costs is not known here")
    dollars = sum(tokens * each for tokens, each in zip(TOKENS[request.kind], price)) / 1e6
    if dollars > _LEAST_SAID:
        return say("at most {dollars} US dollars", dollars=f"{dollars:.6f}")
    return say("at {basis} US dollars a million tokens less than a hundredth of a cent", basis=_basis(price))


def _basis(price: tuple[float, float]) -> str:
    inside, outside = price
    return f"{inside:.2f}" if not outside else f"{inside:.2f} (in) and {outside:.2f} (out)"
