"""What is paid: one smallest request to each provider in use, only when somebody agreed, and nothing said too much."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any, Mapping, Optional, Union

import pytest

from checks.autogpt.providers import PROVIDERS
from checks.billing_answers import Bill
from checks.billing_findings import finding_of
from checks.billing_requests import PaidRequest, cost_of
from checks.endpoints import Endpoint
from checks.meanings_of_billing import BILLING
from checks.plan import PlannedModel
from checks.probes import Probe
from checks.provider_answers import KINDS, Verdict, classify
from doctor import Failure, FailureKind, Secret, Status
from doctor.about import Costs, Options
from doctor.checkup import examine
from doctor.machine import QUESTION_LIMIT_S, Response, Trust
from doctor.machine.offline import Offline
from doctor.machine.recorded import Recorded, parse, read
from doctor.machine.through import Through
from doctor.readers import text
from doctor.readers.layout import Look, plain
from doctor.visit import visit
from doctor.words import render
from tests import patients

EMBEDDINGS = "https://api.openai.com/v1/embeddings"
NOT_ONE_KEY = "sk-proj-" + "x" * 156


class Listening(Through):
    """Notes what is sent, and answers as the recording does."""

    def __init__(self, inner: Recorded) -> None:
        super().__init__(inner)
        self.sent: list[tuple[str, str, dict[str, str], Optional[bytes]]] = []

    def request(
        self,
        method: str,
        url: str,
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        timeout_s: float = QUESTION_LIMIT_S,
        proxy: Optional[Secret] = None,
        trust: Trust = Trust(),  # noqa: B008 - a value
    ) -> Union[Response, Failure]:
        self.sent.append((method, url, dict(headers or {}), body))
        return self.inner.request(method, url, headers, body, timeout_s, proxy=proxy, trust=trust)


def patient(name: str, **changes: Any) -> Recorded:
    state = read(patients.HERE / "billing" / f"{name}.yaml")
    state.pop("expect")
    return parse({**state, **changes})


def posted(name: str, **wish: bool) -> list[tuple[str, str, dict[str, str], Optional[bytes]]]:
    """What a run on this patient sends that may cost something."""
    machine = Listening(patient(name))
    options = Options(machine.inner.folder, is_given=True, **wish)  # type: ignore[attr-defined, arg-type]
    visit(machine, patients.everything(), options, version="0")
    return [each for each in machine.sent if each[0] not in ("GET", "HEAD")]


def price_of(machine: Any, folder: Any) -> list[str]:
    """What the command says before it sends anything, on a machine without a network."""
    outcome = examine(Offline(machine), patients.everything(), Options(folder), chosen=(), extra_facts=(Costs,))
    return [render(each) for each in outcome.values[Costs].requests]


# --- what is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["openai-answers", "anthropic-answers", "azure-answers", "unneeded-is-not-paid"])
def test_without_the_option_nothing_is_paid(name: str) -> None:
    assert posted(name) == []


def test_openai_is_asked_for_one_embedding_of_one_letter() -> None:
    [(method, url, headers, body)] = posted("openai-answers", with_billing=True)
    assert (method, url) == ("POST", EMBEDDINGS)
    assert json.loads(body or b"") == {"model": "text-embedding-3-small", "input": "a", "encoding_format": "base64"}
    assert headers["Authorization"].startswith("Bearer sk-proj-")
    assert headers["Content-Type"] == "application/json"


def test_an_old_version_is_asked_for_one_word_of_its_fast_model() -> None:
    [(_, url, _, body)] = posted("openai-chat-of-an-old-version", with_billing=True)
    assert url == "https://api.openai.com/v1/chat/completions"
    document = json.loads(body or b"")
    assert document.pop("messages") == [{"role": "user", "content": "."}]
    assert document == {"model": "gpt-3.5-turbo", "max_tokens": 1}


def test_anthropic_is_asked_for_one_word_with_its_own_headers() -> None:
    [(_, url, headers, body)] = posted("anthropic-answers", with_billing=True)
    assert url == "https://api.anthropic.com/v1/messages"
    assert json.loads(body or b"")["max_tokens"] == 1
    assert json.loads(body or b"")["model"] == "claude-haiku-4-5-20251001"
    assert headers["x-api-key"].startswith("sk-ant-")
    assert headers["anthropic-version"]
    assert "Authorization" not in headers


def test_azure_is_asked_at_the_deployment_of_the_fast_model() -> None:
    [(_, url, headers, body)] = posted("azure-answers", with_billing=True)
    assert url.endswith("/openai/deployments/wombat-35/chat/completions?api-version=2023-12-01-preview")
    assert "model" not in json.loads(body or b"")
    assert len(headers["api-key"]) == 32


@pytest.mark.parametrize("name", ["openai-key-already-refused", "openai-unreachable"])
def test_nothing_is_paid_where_the_free_answer_was_a_refusal_or_none(name: str) -> None:
    assert posted(name, with_billing=True) == []


def test_two_providers_are_asked_once_each_and_an_unneeded_one_never() -> None:
    def hosts(name: str) -> list[str]:
        return sorted(url.split("/")[2] for _, url, _, _ in posted(name, with_billing=True))

    assert hosts("two-providers-one-without-credit") == ["api.anthropic.com", "api.openai.com"]
    assert hosts("unneeded-is-not-paid") == ["api.anthropic.com"]


def test_a_failure_is_not_tried_again() -> None:
    assert len(posted("openai-no-answer", with_billing=True)) == 1
    assert len(posted("openai-fault", with_billing=True)) == 1


def test_offline_pays_nothing() -> None:
    assert posted("openai-answers", with_billing=True, is_offline=True) == []


# --- the price --------------------------------------------------------------------------------------------------------

PRICES = [
    ("openai-answers", ["OpenAI: one embedding by text-embedding-3-small, 1 token; at 0.02 US dollars a million tokens "
                        "less than a hundredth of a cent"]),
    ("openai-chat-of-an-old-version", ["OpenAI: one word of gpt-3.5-turbo, about 11 tokens; what a token costs is not "
                                       "known here"]),
    ("anthropic-answers", ["Anthropic: one word of claude-haiku-4-5-20251001, about 11 tokens; what a token costs is "
                           "not known here"]),
    ("groq-own-limit", ["Groq: one word of mixtral-8x7b-32768, about 11 tokens; nothing on the free tier but one "
                        "request of the day; else the price is not known here"]),
    ("gateway-answers", ["OpenAI (https://models.example.net): one word of gpt-3.5-turbo, about 11 tokens; the price "
                         "is that of this server"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines"), PRICES, ids=[name for name, _ in PRICES])
def test_the_price_is_said_without_the_network(name: str, lines: list[str]) -> None:
    machine = patient(name)
    assert price_of(machine, machine.folder) == lines


def test_a_published_price_in_and_out_is_an_upper_bound() -> None:
    request = paid("openai", "gpt-4o-mini")
    assert render(cost_of(request)).endswith(
        "about 11 tokens; at 0.15 (in) and 0.60 (out) US dollars a million tokens less than a hundredth of a cent"
    )


# --- what is said -----------------------------------------------------------------------------------------------------


def paid(provider: str, model: str, *, is_official: bool = True, deployment: str = "") -> PaidRequest:
    name = {"azure": "Azure OpenAI"}.get(provider) or PROVIDERS[provider].name
    planned = PlannedModel("fast", "FAST_LLM", model, "openai", is_default=False)
    endpoint = Endpoint(
        provider, name, Secret("https://host.example/v1"), "https", "host.example", 443, is_official, False, True,
        Secret(NOT_ONE_KEY), None, "", "", None, (planned,),
    )  # fmt: skip
    return PaidRequest(endpoint, "reply", planned, deployment, Probe("POST", "https://host.example/v1/x", {}), b"{}")


class Fixed(Bill):
    """A bill whose verdict is given."""

    given: Verdict

    @property
    def verdict(self) -> Optional[Verdict]:
        return self.given


@pytest.mark.parametrize("is_official", [True, False])
@pytest.mark.parametrize("provider", ["openai", "azure", "anthropic", "groq"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_verdict_has_words(kind: str, provider: str, is_official: bool) -> None:
    bill = Fixed(paid(provider, "gpt-4", is_official=is_official), Response(400, {}, b""), Verdict("ok", 200))
    bill.given = Verdict(kind, 400)
    finding = finding_of(bill)
    assert finding.code in BILLING
    said = " ".join(render(each) for each in (finding.text, finding.detail, finding.remedy.text) if each is not None)
    assert "{" not in said
    assert len(said) > 20
    if kind in ("unknown", "not_the_api", "redirect", "proxy", "cdn_block"):
        assert finding.code == "billing.unclear"
        assert finding.status is Status.WARNING


@pytest.mark.parametrize("kind", list(FailureKind))
def test_no_answer_is_no_judgement(kind: FailureKind) -> None:
    finding = finding_of(Bill(paid("openai", "gpt-4"), Failure(kind), Verdict("ok", 200)))
    assert (finding.code, finding.status) == ("billing.no-answer", Status.WARNING)


def test_nothing_of_the_message_is_repeated() -> None:
    body = {"error": {"message": f"You exceeded your current quota, {NOT_ONE_KEY} in org-abcdefgh",
                      "type": "insufficient_quota", "code": "insufficient_quota"}}  # fmt: skip
    answer = Response(429, {}, json.dumps(body).encode())
    finding = finding_of(Bill(paid("openai", "gpt-4"), answer, Verdict("ok", 200)))
    assert finding.code == "billing.no-credit"
    assert "org-" not in repr(finding)
    assert "xxxx" not in repr(finding)


def test_the_answer_to_an_embedding_counts_as_one() -> None:
    body = b'{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAAAA=="}],"model":"m"}'
    assert classify("openai", 200, body).kind == "ok"


def test_a_name_that_looks_like_a_secret_is_not_shown() -> None:
    request = paid("azure", "gpt-4", deployment="a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6")
    assert render(request.subject) == "the deployment for gpt-4"
    assert render(paid("azure", "gpt-4", deployment="my-gpt4").subject) == "the deployment my-gpt4"


# --- without the option -----------------------------------------------------------------------------------------------


def test_the_report_says_that_credit_was_not_checked_and_where_to_look() -> None:
    report = patients.report_on("billing/openai-without-the-option")
    page = " ".join(plain(text.draw(report, Look(100))).split())
    assert "Credit: OpenAI took the key; only a paid request shows whether there is credit. --billing sends" in page
    assert page.count("https://") == 1
    assert "https://platform.openai.com/usage" in page
    assert report.exit_status == 0
    whole = plain(text.draw(report, Look(100, is_verbose=True)))
    for link in ("articles/6614457", "articles/5955604", "setup/index.md#openai"):
        assert link in whole


def test_who_has_paid_is_not_told_that_nobody_looked() -> None:
    report = patients.report_on("billing/openai-answers")
    assert [result.id for result in report.results if result.id.startswith("billing.")] == ["billing.request"]


@pytest.mark.parametrize("name", ["openai-answers", "openai-key-already-refused", "gateway-answers"])
def test_nothing_is_said_of_credit_where_the_key_is_refused_or_its_server_is_nobodys(name: str) -> None:
    machine = patient(name)
    report = patients.examined(machine, patients.everything())
    said = [result for result in report.results if result.id == "billing.credit"]
    assert bool(said) == (name == "openai-answers")


def test_a_machine_that_is_not_asked_says_nothing_of_credit() -> None:
    machine = Offline(patient("openai-answers"))
    options = Options(PurePosixPath("/home/user/AutoGPT/classic/original_autogpt"), is_given=True, is_offline=True)
    report, _ = visit(machine, patients.everything(), options, version="0")
    assert not [result for result in report.results if result.id.startswith("billing.")]
