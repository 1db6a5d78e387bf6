"""A second opinion on every published answer: what the libraries of the providers themselves make of it.

Runs when DOCTOR_TEST_SDKS_OLD and DOCTOR_TEST_SDKS_NEW name the environments: the one with what AutoGPT pins
(openai 1.109.1, anthropic 0.45.2, groq 0.8.0, httpx 0.28.1), the other with the newest of each.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from checks.provider_answers import KINDS, REJECTED, Verdict, classify
from checks.provider_bodies import read_body

SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared")
RECORDED = SHARED / "facts" / "provider_responses.jsonl"
LINES = RECORDED.read_text(encoding="utf-8").splitlines() if RECORDED.is_file() else []
ANSWERS = [
    {"provider": told["provider"], "status": told["status"], "body": told["body"]} for told in map(json.loads, LINES)
]
FOLDERS = {age: os.environ.get(f"DOCTOR_TEST_SDKS_{age.upper()}", "") for age in ("old", "new")}

pytestmark = pytest.mark.skipif(not ANSWERS, reason="the published answers of providers are not in ../shared/facts")
both = pytest.mark.parametrize("age", FOLDERS)
each_answer = pytest.mark.parametrize(
    "number", range(len(ANSWERS)), ids=lambda n: f"{n}-{ANSWERS[n]['provider']}-{ANSWERS[n]['status']}"
)

# What a library calls an answer with this status; "" where it has no name for it.
CLASSES = {400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError",
           429: "RateLimitError", 503: "InternalServerError", 529: "InternalServerError"}  # fmt: skip
# Classes that mean one thing; the newest library of Anthropic has them.
MEANINGS = {"PaymentRequiredError": "no_credit", "OrganizationOnHoldError": "org_disabled",
            "OverloadedError": "provider_fault", "EnforcedSpendLimitReachedError": "spend_limit",
            "ContractSpendLimitReachedError": "spend_limit", "RampLimitExceededError": "rate_limited",
            "BetaAPIKeyScopeMissingError": "scope_missing"}  # fmt: skip


@lru_cache(maxsize=2)
def peer(age: str) -> dict[str, Any]:
    """All answers at once, since a library takes a second to load."""
    if not FOLDERS[age]:
        pytest.skip(f"DOCTOR_TEST_SDKS_{age.upper()} names no environment with the libraries of the providers")
    python = Path(FOLDERS[age], "bin", "python")
    ran = subprocess.run(
        [python, Path(__file__).with_name("sdk_peer.py")],
        input=json.dumps(ANSWERS), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def data(number: int) -> bytes:
    body = ANSWERS[number]["body"]
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def judged(number: int) -> Verdict:
    return classify(ANSWERS[number]["provider"], ANSWERS[number]["status"], data(number))


def test_the_old_libraries_are_what_is_pinned() -> None:
    pinned = {"openai": "1.109.1", "anthropic": "0.45.2", "groq": "0.8.0", "httpx": "0.28.1"}
    assert peer("old")["libraries"] == pinned


@both
@each_answer
def test_the_library_reads_the_same_code_and_type(age: str, number: int) -> None:
    told = peer(age)["told"][number]
    words = {told[name].lower() for name in ("error_code", "code", "type") if isinstance(told[name], str)}
    ours = set(read_body(data(number), {}).words)
    if age == "old":
        ours.discard("enforced_spend_limit_reached")  # of `details`, which the old library passes over
    assert {word for word in words if not word.isdigit()} == {word for word in ours if not word.isdigit()}


@both
@each_answer
def test_the_library_calls_it_by_its_status(age: str, number: int) -> None:
    classes, status = peer(age)["told"][number]["classes"], ANSWERS[number]["status"]
    if status == 200:
        assert judged(number).kind == "not_the_api"
        assert classes[0] == "AttributeError"  # what a person sees of a web page in place of the API
    else:
        assert CLASSES.get(status, "APIStatusError") in classes


@both
@each_answer
def test_only_what_the_library_calls_an_authentication_error_rejects_a_key(age: str, number: int) -> None:
    classes = peer(age)["told"][number]["classes"]
    if judged(number).key == REJECTED and ANSWERS[number]["provider"] != "xai":  # it answers 400, in plain text
        assert "AuthenticationError" in classes
    if "AuthenticationError" in classes:  # of a bad key, and of what the library cannot tell from one
        told_apart = ("key_rejected", "key_rejected_or_endpoint", "org_wrong", "scope_missing", "key_required")
        assert judged(number).kind in told_apart


@both
@each_answer
def test_a_class_with_one_meaning_means_the_same_to_us(age: str, number: int) -> None:
    for name in peer(age)["told"][number]["classes"]:
        assert MEANINGS.get(name, judged(number).kind) == judged(number).kind


@both
@each_answer
def test_limits_and_money_share_a_class_and_we_tell_them_apart(age: str, number: int) -> None:
    if "RateLimitError" in peer(age)["told"][number]["classes"]:
        assert judged(number).kind in ("rate_limited", "no_credit", "spend_limit", "billing_inactive")


def test_each_code_that_the_newest_library_knows() -> None:
    codes = peer("new")["codes"]
    assert len(codes) > 20
    for status, code, classes in codes:
        body = {"type": "error", "error": {"type": "x", "message": "x", "details": {"error_code": code}}}
        verdict = classify("anthropic", status, json.dumps(body).encode())
        assert verdict.kind in KINDS
        assert verdict.key != REJECTED or "AuthenticationError" in classes
        for name in classes:
            assert MEANINGS.get(name, verdict.kind) == verdict.kind, code


def test_the_pinned_library_of_groq_cannot_even_be_made() -> None:
    """What `environment` says of this pair: a key that is right is of no use with it."""
    if not FOLDERS["old"]:
        pytest.skip("DOCTOR_TEST_SDKS_OLD names no environment with the libraries of the providers")
    python = Path(FOLDERS["old"], "bin", "python")
    ran = subprocess.run(
        [python, "-c", "import groq; groq.AsyncGroq(api_key='x')"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "unexpected keyword argument 'proxies'" in ran.stderr
