"""What providers answer, from published traffic and from the tables, and anything else that may come back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Mapping, Union

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.provider_answers import KINDS, REJECTED, Verdict, classify, judge
from checks.provider_bodies import Allowance, Limits
from checks.provider_codes import RULES
from doctor.machine import Response

SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared")
RECORDED = SHARED / "facts" / "provider_responses.jsonl"
LINES = RECORDED.read_text(encoding="utf-8").splitlines() if RECORDED.is_file() else []
ANSWERS = [json.loads(line) for line in LINES]
PROVIDERS = ("openai", "anthropic", "groq", "azure", "llamafile")

Json = Union[Mapping[str, Any], "list[Any]", str]


def judged(provider: str, status: int, body: Json, **headers: str) -> Verdict:
    """A body that is text is sent as it is, anything else as JSON."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return classify(provider, status, data, {name.replace("_", "-"): value for name, value in headers.items()})


def error(code: object = None, type: object = None, message: object = "x", **more: object) -> Mapping[str, Any]:
    return {"error": {"message": message, "type": type, "param": None, "code": code, **more}}


def anthropic(type: str, message: str = "x", **more: object) -> Mapping[str, Any]:
    return {"type": "error", "error": {"type": type, "message": message, **more}, "request_id": "req_x"}


@pytest.mark.skipif(not ANSWERS, reason="the published answers of providers are not in ../shared/facts")
def test_the_published_answers_are_all_there() -> None:
    assert len(ANSWERS) == 36


@pytest.mark.parametrize("told", ANSWERS, ids=lambda told: f"{told['provider']}-{told['status']}-{told['verdict']}")
def test_a_published_answer_means_what_its_publishers_say(told: Mapping[str, Any]) -> None:
    verdict = judged(told["provider"], told["status"], told["body"])
    assert verdict.kind == told["verdict"]
    assert (verdict.key == REJECTED) == told["verdict"].startswith("key_rejected")


@pytest.mark.parametrize("code", ["insufficient_quota", "credit_balance_exhausted"])
@pytest.mark.parametrize("place", ["code", "type"])
def test_credit_is_named_by_code_or_by_type(code: str, place: str) -> None:
    verdict = judged("openai", 429, error(**{place: code}))
    assert (verdict.kind, verdict.code, verdict.key) == ("no_credit", code, "good")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("organization_spend_limit_exceeded", "spend_limit"),
        ("project_spend_limit_exceeded", "spend_limit"),
        ("organization_usage_limit_exceeded", "spend_limit"),
        ("billing_not_active", "billing_inactive"),
        ("something_new", "no_credit"),
        (None, "no_credit"),
        ("rate_limit_exceeded", "no_credit"),
    ],
)
def test_the_code_is_more_precise_than_its_type(code: object, kind: str) -> None:
    assert judged("openai", 429, error(code, "insufficient_quota")).kind == kind


@pytest.mark.parametrize("status", [400, 403, 429])
def test_the_hard_limit_has_three_statuses(status: int) -> None:
    assert judged("openai", status, error("billing_hard_limit_reached", "invalid_request_error")).kind == "spend_limit"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("invalid_organization", "invalid_request_error", "No such organization: org-X."), "org_wrong"),
        (401, error(None, "invalid_request_error", "You didn't provide an API key. You need to"), "key_missing"),
        (401, error("ip_not_authorized", "invalid_request_error"), "address_not_allowed"),
        (401, error(None, "invalid_request_error", "401 - IP not authorized"), "address_not_allowed"),
        (403, error("account_deactivated", "invalid_request_error"), "account_closed"),
        (403, error("model_not_found", None, "Project `proj_x` does not have access to `gpt-4o`"), "model_missing"),
        (404, error(None, "invalid_request_error", "Invalid URL (GET /models)"), "wrong_path"),
        (429, error("slow_down", "rate_limit_error"), "rate_limited"),
        (429, error("rate_limit_exceeded", "tokens"), "rate_limited"),
        (503, error("slow_down", "rate_limit_error"), "rate_limited"),
        (503, error("server_is_overloaded", "service_unavailable_error"), "provider_fault"),
        (429, error("server_is_overloaded"), "provider_fault"),
        (500, error(None, "server_error"), "provider_fault"),
        (502, "<html><title>502 Bad Gateway</title></html>", "provider_fault"),
        (400, error("unsupported_parameter", "invalid_request_error"), "unsupported_parameter"),
        (400, error(None, None, "max_tokens or model output limit was reached."), "unsupported_parameter"),
        (400, error(None, "invalid_request_error", "This model is not for chat"), "unknown"),
    ],
)
def test_openai(status: int, body: Json, kind: str) -> None:
    assert judged("openai", status, body).kind == kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, anthropic("authentication_error", "x-api-key header is required"), "key_missing"),
        (401, anthropic("authentication_error", "OAuth authentication is currently not supported."), "key_unfit"),
        (400, anthropic("invalid_request_error", "Error"), "key_unfit"),
        (401, anthropic("authentication_error", "CORS requests are not allowed for this X"), "browser_policy"),
        (400, anthropic("invalid_request_error", details={"error_code": "organization_on_hold"}), "org_disabled"),
        (403, anthropic("permission_error"), "permission"),
        (403, anthropic("forbidden"), "region"),
        (403, {"error": "Request not allowed"}, "region"),
        (429, anthropic("rate_limit_error", "Your billing plan allows 5 requests"), "rate_limited"),
        (403, anthropic("permission_error", details={"error_code": "api_key_scope_missing"}), "scope_missing"),
        (403, anthropic("permission_error", details={"error_code": "sandbox_egress_restricted"}), "permission"),
        (429, anthropic("rate_limit_error", details={"error_code": "contract_spend_limit_reached"}), "spend_limit"),
        (429, anthropic("rate_limit_error", details={"error_code": "ramp_limit_exceeded"}), "rate_limited"),
        (429, anthropic("rate_limit_error", details={"error_code": "not_known_yet"}), "rate_limited"),
        (504, anthropic("timeout_error"), "provider_fault"),
        (404, anthropic("not_found_error", "model: claude-3-opus-20240229"), "model_missing"),
        (404, anthropic("not_found_error", "Not found"), "wrong_path"),
        (400, anthropic("invalid_request_error", "messages: field required"), "unknown"),
    ],
)
def test_anthropic(status: int, body: Json, kind: str) -> None:
    assert judged("anthropic", status, body).kind == kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>", "cdn_block"),
        (403, "error code: 1010", "cdn_block"),
        (429, "error code: 1015", "cdn_block"),
        (530, "error code: 1033", "provider_fault"),
        (502, "error code: 502", "provider_fault"),
        (400, error("model_terms_required", "invalid_request_error"), "model_terms"),
        (404, error("model_not_found", "invalid_request_error"), "model_missing"),
        (498, error("capacity_exceeded"), "provider_fault"),
        (498, "", "provider_fault"),
        (401, error(None, None, "Invalid API Key"), "key_rejected"),
    ],
)
def test_groq(status: int, body: Json, kind: str) -> None:
    assert judged("groq", status, body).kind == kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("Unauthorized"), "key_rejected_or_endpoint"),
        (401, error("PermissionDenied"), "key_rejected_or_endpoint"),
        (401, {"statusCode": 401, "message": "Due to invalid subscription key"}, "key_rejected_or_endpoint"),
        (401, {"statusCode": 401, "message": "Access denied due to missing subscription key."}, "key_missing"),
        (401, error("401", None, "Access token is missing, invalid, or has expired."), "unknown"),
        (403, error("403", None, "Public access is disabled. Please configure private endpoint."), "network_rules"),
        (403, error("403", None, "A Virtual Network is configured for this resource."), "network_rules"),
        (403, error("403", None, "Something else"), "unknown"),
        (404, {}, "bad_path_or_api_version"),
        (429, error("429", None, "Requests have exceeded call rate limit."), "rate_limited"),
    ],
)
def test_azure(status: int, body: Json, kind: str) -> None:
    assert judged("azure", status, body).kind == kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, error("401", "auth_error", "Authentication Error, Invalid proxy server token passed"), "key_rejected"),
        (401, error("invalid_api_key", "authentication_error", "Invalid API key"), "key_rejected"),
        (401, error(401, "authentication_error", "Invalid API Key"), "key_rejected"),
        (422, error("422", "budget_exceeded", "Budget has been exceeded!"), "spend_limit"),
        (429, error("429", "throttling_error"), "rate_limited"),
        (400, error("400", "no_db_connection", "No connected db."), "unknown"),
        (402, error(402, None, "Insufficient credits"), "no_credit"),
        (402, "<html>Pay for the Wi-Fi</html>", "unknown"),
        (400, {"code": "An invalid argument", "error": "Incorrect API key provided: xx***xx."}, "key_rejected"),
        (400, '"Incorrect API key provided: xx***xx."', "key_rejected"),
        (401, error("401", None, "Access denied due to invalid subscription key or wrong"), "key_rejected_or_endpoint"),
        (503, error(503, "unavailable_error", "Loading model"), "loading"),
        (503, {"status": "loading model"}, "loading"),
        (404, {"detail": "Not Found"}, "wrong_path"),
        (401, {"detail": "Invalid API Key"}, "key_rejected"),
        (401, {"error": ["Invalid API Key"]}, "key_rejected"),
        (429, {"error": [{"code": "insufficient_quota"}]}, "no_credit"),
        (429, [error("insufficient_quota")], "no_credit"),
        (429, error(details=[{"error_code": "insufficient_quota"}]), "no_credit"),
        (403, error("x", "forbidden"), "unknown"),
    ],
)  # fmt: skip
def test_gateways_in_the_place_of_openai(status: int, body: Json, kind: str) -> None:
    assert judged("openai", status, body).kind == kind


GEMINI = {"code": 429, "message": "You exceeded your current quota, please check your plan and billing details.",
          "status": "RESOURCE_EXHAUSTED"}  # fmt: skip


@pytest.mark.parametrize(
    "body", [{"error": GEMINI}, [{"error": GEMINI}], error("429", "throttling_error", json.dumps({"error": GEMINI}))]
)
def test_quota_of_gemini_is_a_rate_and_no_credit(body: Json) -> None:
    assert judged("openai", 429, body).kind == "rate_limited"


@pytest.mark.parametrize(
    "message", ["You exceeded your current quota", "Insufficient balance", "insufficient funds", "Check your BILLING."]
)
def test_a_limit_that_speaks_of_money_without_a_code_is_probably_money(message: str) -> None:
    assert judged("openai", 429, error("429", "throttling_error", message)).kind == "probably_billing"
    assert judged("openai", 429, error("rate_limit_exceeded", "requests", message)).kind == "rate_limited"
    assert judged("openai", 400, error(None, "invalid_request_error", message)).kind == "unknown"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "body", ["", "Unauthorized", "<html>Log in</html>", {}, [], {"error": None}, error("odd", "invalid_request_error"),
             error(None, None, "The API key you use may be fine"), error(None, None, "not an Invalid API Key")]
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
def test_a_refusal_that_the_tables_do_not_know_rejects_no_key(provider: str, body: Json, status: int) -> None:
    assert judged(provider, status, body).key != REJECTED


@pytest.mark.parametrize("status", [200, 302, 404, 407, 429, 500, 503, 529, 99, 600])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_code_that_rejects_needs_a_status_that_refuses(provider: str, status: int) -> None:
    assert judged(provider, status, error("invalid_api_key", "authentication_error", "Invalid API Key")).key != REJECTED


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize(
    ("location", "site"),
    [
        ("https://login.example:8443/sso?back=sk-proj-x", "https://login.example:8443"),
        ("http://LOGIN.example", "http://LOGIN.example"),  # a key that is echoed there is known by its own letters
        ("//login.example/x", "login.example"),
        ("/v1/models/", ""),
        ("", ""),
        ("https://user:word@login.example/", ""),
        ("https://sk-proj-aaaaaaaaaaaaaaaaaaaaaaaa/", ""),
        ("javascript:alert(1)", ""),
        ("https://b\u00fccher.example/", ""),
    ],
)
def test_a_redirect_is_told_by_scheme_and_host(status: int, location: str, site: str) -> None:
    verdict = judged("openai", status, "", location=location)
    assert (verdict.kind, verdict.site, verdict.key) == ("redirect", site, "open")


def test_a_proxy_is_told_from_a_provider() -> None:
    page = "<html><h1>ERROR</h1></html>"
    assert judged("openai", 407, error("invalid_api_key")).kind == "proxy"
    assert judged("openai", 403, page, via="1.1 proxy.corp.example (squid/5.7)").kind == "proxy"
    assert judged("openai", 503, page, x_squid_error="ERR_DNS_FAIL 0").kind == "proxy"
    assert judged("openai", 403, "<title>Zscaler: blocked</title>").kind == "proxy"
    assert judged("groq", 403, page, via="1.1 google").kind == "cdn_block"
    assert judged("openai", 401, error("invalid_api_key"), via="1.1 proxy.corp.example").kind == "key_rejected"
    assert judged("openai", 511, page).kind == "not_the_api"


def test_a_web_page_that_limits_says_nothing_of_the_key() -> None:
    assert judged("openai", 429, "<html>Too many requests</html>").key == "open"
    assert judged("openai", 429, error(None, None)).key == "good"
    assert judged("openai", 503, error("slow_down")).key == "open"


MODELS = {"object": "list", "data": [{"id": "gpt-4o", "object": "model"}, {"id": "ft:gpt-3.5-turbo:my-org::x1"}]}


def test_a_list_of_models_proves_the_key() -> None:
    verdict = judged("openai", 200, MODELS)
    assert (verdict.kind, verdict.key) == ("ok", "good")
    assert verdict.models == ("gpt-4o", "ft:gpt-3.5-turbo:my-org::x1")
    assert verdict.is_complete


@pytest.mark.parametrize(
    "odd",
    [
        None, 7, "gpt-4o", {}, {"id": None}, {"id": 7}, {"id": ""}, {"id": "x" * 201}, {"id": "a b"}, {"id": "a\x1b"},
        {"id": "sk-proj-aaaaaaaaaaaaaaaaaaaaaaaa"}, {"id": "g\u0440t-4o"}, ["gpt-4o"],
    ],
)  # fmt: skip
def test_a_model_of_no_proper_name_is_left_out_and_then_nothing_is_missing(odd: object) -> None:
    verdict = judged("openai", 200, {"data": [{"id": "gpt-4o"}, odd]})
    assert (verdict.kind, verdict.models, verdict.is_complete) == ("ok", ("gpt-4o",), False)


def test_models_that_are_not_all_models() -> None:
    more = {"data": [{"id": "claude-3-opus-20240229", "type": "model"}], "has_more": True}
    assert not judged("anthropic", 200, more).is_complete
    assert judged("anthropic", 200, {**more, "has_more": False}).is_complete
    switched_off = {"data": [{"id": "a", "active": True}, {"id": "b", "active": False}]}
    assert judged("groq", 200, switched_off)[6:8] == (("a",), True)
    assert judged("openai", 200, {"data": []}) == judged("groq", 200, {"object": "list", "data": []})
    assert judged("openai", 200, {"data": []}).is_complete


def test_a_list_longer_than_what_is_read_is_still_a_list() -> None:
    whole = json.dumps({"data": [{"id": f"vendor/model-{n}", "more": {"id": "not this"}} for n in range(9)]}, indent=1)
    for end in range(len(whole)):
        verdict = judge("openai", Response(200, {}, whole[:end].encode(), is_cut=True))
        assert verdict.kind == ("ok" if '"data": [' in whole[:end] else "unknown" if end else "not_the_api")
        assert not verdict.is_complete
        assert verdict.models == tuple(f"vendor/model-{n}" for n in range(len(verdict.models)))
    assert len(verdict.models) == 9
    assert judge("openai", Response(200, {}, b"<html>" + b"x" * 99, is_cut=True)).kind == "not_the_api"
    assert judge("openai", Response(200, {}, b"x" * 99, is_cut=True)).kind == "not_the_api"
    assert judge("openai", Response(200, {}, whole[:300].encode())).kind == "not_the_api"


@pytest.mark.parametrize("body", ["", "ok", "<html></html>", "\x89PNG", "{", "null", '"text"', "7"])
def test_success_without_json_is_not_the_api(body: str) -> None:
    verdict = judged("openai", 200, body)
    assert (verdict.kind, verdict.key) == ("not_the_api", "open")


@pytest.mark.parametrize("body", [{}, [], {"data": None}, {"data": {}}, {"status": "ok"}, error("invalid_api_key")])
def test_success_with_other_json_is_unknown(body: Json) -> None:
    assert judged("openai", 200, body).kind == "unknown"


def test_a_reply_of_a_model_is_a_success() -> None:
    assert judged("openai", 200, {"object": "chat.completion", "choices": [{}]}).kind == "ok"
    assert judged("anthropic", 200, {"type": "message", "content": [{"type": "text", "text": "."}]}).kind == "ok"
    assert judged("anthropic", 200, {"type": "error", "content": []}).kind == "unknown"
    assert judged("openai", 200, {"object": "list", "data": [{"embedding": [0.1]}]}).kind == "ok"


@pytest.mark.parametrize(
    ("headers", "message", "waits"),
    [
        ({"retry-after": "20"}, "", 20),
        ({"retry-after": "20"}, "Please try again in 9m38.016s.", 20),
        ({}, "Please try again in 9m38.016s. Visit", 579),
        ({}, "Please try again in 1h2m3s.", 3723),
        ({}, "Please try again in 20s.", 20),
        ({}, "Please try again in 250ms.", None),
        ({}, "Please retry after 86400 seconds.", 86400),
        ({}, "Please try again in a while", None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, "", 30),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, "", None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00"}, "", None),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-1"}, "", None),
        ({"retry-after": "9" * 5000}, "", None),
        ({"retry-after": "99999999"}, "", None),
        ({"retry-after": "\u0661"}, "", None),
        ({"retry-after": "0"}, "", 0),
    ],
)
def test_how_long_to_wait(headers: Mapping[str, str], message: str, waits: object) -> None:
    body = json.dumps(error("rate_limit_exceeded", "tokens", message)).encode()
    assert classify("groq", 429, body, headers).retry_after_s == waits


def test_what_an_error_names_is_told_by_patterns_only() -> None:
    scopes = "You have insufficient permissions. Missing scopes: api.model.read, model.request. Check"
    assert judged("openai", 403, {"error": scopes}).scopes == ("api.model.read", "model.request")
    assert judged("openai", 403, {"error": "Missing scopes: sk-proj-aaaa"}) == judged(
        "openai", 403, {"error": "Missing scopes: "}
    )
    gone = judged("groq", 400, error("model_decommissioned", None, "The model `llama3-70b-8192` has been retired"))
    assert (gone.kind, gone.model) == ("model_gone", "llama3-70b-8192")
    assert judged("anthropic", 404, anthropic("not_found_error", "model: claude-2.1")).model == "claude-2.1"
    assert judged("openai", 404, error("model_not_found", None, "The model `sk-proj-aaaa` is not")).model == ""
    limit = "You have reached your specified workspace API usage limits. You will regain access on 2026-02-01 at 00:00"
    assert judged("anthropic", 400, anthropic("invalid_request_error", limit)).until == "2026-02-01"
    per_day = "Rate limit reached for model `x` in organization `x` on tokens per day (TPD): Limit 100000, Used 97050"
    verdict = judged("groq", 429, error("rate_limit_exceeded", "tokens", per_day))
    assert (verdict.allowance, verdict.model) == (Allowance("TPD", 100_000), "")


@pytest.mark.parametrize(("amount", "is_trial"), [(1, True), (3, True), (4, False), (200, True), (201, False)])
def test_few_requests_are_a_trial(amount: int, is_trial: bool) -> None:
    assert judged("openai", 200, MODELS, x_ratelimit_limit_requests=str(amount)).is_trial == is_trial
    assert not judged("groq", 200, MODELS, x_ratelimit_limit_requests=str(amount)).is_trial
    told = f"Rate limit reached on requests per min (RPM): Limit {amount}, Used 1, Requested 1."
    assert judged("openai", 429, error("rate_limit_exceeded", "requests", told)).is_trial == is_trial
    assert not judged("openai", 429, error("rate_limit_exceeded", "tokens", told.replace("RPM", "TPM"))).is_trial


def test_limits_from_headers() -> None:
    verdict = judged(
        "groq", 200, MODELS, x_ratelimit_limit_requests="14400", x_ratelimit_remaining_requests="14399",
        x_ratelimit_limit_tokens="6000", x_ratelimit_remaining_tokens="many",
    )  # fmt: skip
    assert verdict.limits == Limits(14400, 14399, 6000, None)
    told = {"anthropic_ratelimit_requests_limit": "50", "anthropic_ratelimit_tokens_remaining": "1"}
    assert judged("anthropic", 200, MODELS, **told).limits == Limits(50, None, None, 1)
    assert judged("openai", 200, MODELS) == judged("openai", 200, MODELS, x_ratelimit_limit_requests="0x3")


def test_every_rule_has_a_kind_and_every_kind_a_way_to_it() -> None:
    by_hand = {"ok", "redirect", "proxy", "cdn_block", "unknown"}
    assert {rule.kind for rule in RULES} | by_hand == set(KINDS)


def test_no_word_has_two_meanings() -> None:
    for provider in PROVIDERS:
        meant: dict[str, str] = {}
        for rule in RULES:
            for word in rule.words if not rule.providers or provider in rule.providers else ():
                assert meant.setdefault(word, rule.kind) == rule.kind
                assert word == word.lower()


NAMES = ["error", "code", "type", "message", "details", "error_code", "data", "id", "status"]
WORDS = sorted({word for rule in RULES for word in rule.words} | {"error", "Invalid API Key", "data"})
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
BODIES = st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")) | JSONS.map(
    lambda value: json.dumps(value).encode()
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "location", "via", "content-type", "x-ratelimit-limit-requests"]),
    st.text(max_size=30) | st.sampled_from(["20", "text/html", "Wed, 21 Oct 2026 07:28:00 GMT", "https://x.example/"]),
    max_size=4,
)


@given(st.sampled_from((*PROVIDERS, "xai", "")), st.integers(-1, 700), BODIES, HEADERS, st.booleans())
@example("openai", 200, b"[" * 60_000, {}, False)
@example("openai", 401, b'{"error":' * 9_000, {}, True)
@example("openai", 200, b'{"data": [' + b"[" * 60_000, {}, True)
@example("openai", 200, b'{"data": [' + b"9" * 60_000, {}, True)
@example("openai", 401, b"\xff\xfe{\x00}\x00", {}, False)
@example("openai", 401, b'{"error": {"message": "\\ud800", "code": "\\ud800"}}', {}, False)
def test_anything_may_come_back(
    provider: str, status: int, body: bytes, headers: Mapping[str, str], is_cut: bool
) -> None:
    verdict = classify(provider, status, body, headers, is_cut)
    assert verdict.key in ("open", KINDS[verdict.kind])
    known = {word for rule in RULES for word in rule.words}
    assert verdict.code == "" or verdict.code in known
    if verdict.key == REJECTED:
        assert status in (400, 401, 403)
    assert all(text.isascii() and text.isprintable() for text in (*verdict.models, verdict.model, verdict.site))


SECRET = "sk-" + "proj-" + "aB3" * 30


@given(st.sampled_from(PROVIDERS), st.sampled_from((200, 302, 400, 401, 403, 404, 429, 500)), st.sampled_from(RULES))
def test_a_key_that_is_echoed_is_not_handed_on(provider: str, status: int, rule: Any) -> None:
    for word in sorted(rule.words) or ["x"]:
        said = f"Incorrect API key provided: {SECRET}. The model `{SECRET}`. Missing scopes: {SECRET}"
        told = error(word, SECRET, said, details={"error_code": SECRET})
        body = json.dumps({**told, "data": [{"id": SECRET}]}).encode()
        where = {"location": f"https://{SECRET}/?k={SECRET}", "retry-after": SECRET, "via": SECRET}
        assert SECRET[8:20] not in repr(classify(provider, status, body, where)).lower()
        assert SECRET[8:20] not in repr(classify(provider, status, body, where))
