"""The answers of providers in whole reports: what comes first, what is folded under it, and which line to write."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doctor import Status
from doctor.about import Options
from doctor.checkup import examine
from doctor.machine.recorded import parse, read
from doctor.outcome import Outcome
from doctor.words import render
from tests import patients
from tests.checks.test_providers import words_of


@cache
def described(patient: str) -> Mapping[str, Any]:
    return {key: value for key, value in read(patients.HERE / f"{patient}.yaml").items() if key != "expect"}


def outcome_of(answer: dict[str, Any], patient: str, *checks: str) -> Outcome:
    """What these checks say where OpenAI answers something else than in the patient."""
    state = described(patient)
    http = {**state["network"]["http"], "GET https://api.openai.com/v1/models": answer}
    machine = parse({**state, "network": {**state["network"], "http": http}})
    return examine(machine, patients.everything(), Options(machine.folder), chosen=checks)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "type", "message", "data", "id", "details", "models"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.integers(200, 510), st.text(max_size=60) | JSON.map(json.dumps))
@example(200, '{"data": [{"id": "sk-proj-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}')
@example(401, '{"error": "x"}')
@example(529, "")
@example(200, "[]")
def test_whatever_comes_back_is_judged(status: int, body: str) -> None:
    answer = {"status": status, "headers": {}, "body": body}
    outcome = outcome_of(answer, "openai/healthy-ubuntu-classic-2024", "openai.key", "openai.models")
    key, models = outcome.results
    assert key.findings
    assert models.status is not Status.ERROR
    assert "sk-proj-aaaa" not in "".join(words_of(each) for each in (*key.findings, *models.findings))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 402, 403, 404, 418, 429, 500, 503])
@pytest.mark.parametrize("code", ["invalid_api_key", "model_not_found", "Canary-5c1d"])
def test_nothing_that_a_provider_wrote_is_repeated(status: int, code: str) -> None:
    """It may hold a part of the key, or whatever somebody in between likes."""
    error = {"message": "Canary-5c1d Missing scopes: Canary-5c1d", "code": code, "type": "canary-5c1d"}
    answer = {"status": status, "headers": {"location": "/Canary-5c1d"}, "body": json.dumps({"error": error})}
    for result in outcome_of(answer, "openai/healthy-ubuntu-classic-2024", "openai.key", "openai.models").results:
        assert "canary" not in "".join(words_of(each) for each in result.findings).lower()


@pytest.mark.parametrize(
    ("patient", "checks"),
    [
        ("openai/no-key", {"openai.key", "openai.models"}),
        ("openai/only-other-key", {"openai.key", "openai.models"}),
        ("openai/not-sent", {"openai.key", "openai.models"}),
        ("openai/base-without-scheme", {"openai.key", "openai.models"}),
        ("openai/key-rejected", {"openai.models"}),
        ("openai/base-without-version", {"openai.models"}),
        ("azure_online/resource-name", {"azure.key"}),
        ("azure_online/cannot-start", {"azure.key"}),
    ],
)
def test_what_could_not_be_asked_is_told_under_its_cause(patient: str, checks: set[str]) -> None:
    first, *_ = patients.report_on(patient).problems
    assert checks <= {each.id for each in first.not_checked}


@pytest.mark.parametrize("patient", ["openai/not-needed", "anthropic/not-needed", "groq/not-needed"])
def test_of_what_nobody_needs_no_models_are_missed(patient: str) -> None:
    report = patients.report_on(patient)
    asked = {result.id for result in report.results if result.id.endswith((".key", ".models"))}
    provider = patient.partition("/")[0]
    assert f"{provider}.key" in asked and f"{provider}.models" not in asked


def test_a_doubt_about_the_form_ends_where_the_key_was_taken() -> None:
    """And not where nothing is known of it."""
    taken = patients.report_on("openai/healthy-odd-form")
    assert not taken.warnings
    down = {"status": 503, "headers": {}, "body": "{}"}
    (result,) = outcome_of(down, "openai/healthy-odd-form", "keys.form").results
    assert [each.code for each in result.findings] == ["keys.unexpected-form"]


def test_a_refused_key_of_an_odd_form_is_one_thing() -> None:
    report = patients.report_on("openai/key-cut-off")
    (cause,) = report.problems
    assert [each.code for each in cause.consequences] == ["keys.unexpected-form"]
    assert not report.warnings


@pytest.mark.parametrize("patient", ["groq/no-model-left", "anthropic/retired-example", "anthropic/retired-2026"])
def test_a_model_that_is_gone_is_one_thing(patient: str) -> None:
    report = patients.report_on(patient)
    (cause,) = report.problems
    assert "models.retired" in [each.code for each in cause.consequences]
    assert "models.retired" not in [each.finding.code for each in report.warnings]


def test_a_name_that_nobody_knows_is_one_thing() -> None:
    report = patients.report_on("openai/model-not-accepted-nor-offered")
    (cause,) = report.problems
    assert cause.finding.code == "models.unknown"
    assert [each.code for each in cause.consequences] == ["openai.model-not-offered"]


@pytest.mark.parametrize(
    ("patient", "line"),
    [
        ("openai/model-not-offered", "SMART_LLM=gpt-4o"),
        ("openai/base-without-version", "OPENAI_API_BASE_URL=http://localhost:1234/v1"),
        ("anthropic/retired-2026", "SMART_LLM=claude-opus-4-5-20251101"),
        ("anthropic/retired-example", "SMART_LLM=claude-3-haiku-20240307"),
        ("groq/model-not-offered", "SMART_LLM=gemma-7b-it"),
        ("groq/no-model-left-with-openai", "SMART_LLM=gpt-4-turbo (line 3), FAST_LLM=gpt-3.5-turbo (line 4)"),
    ],
)
def test_the_line_to_write_is_told(patient: str, line: str) -> None:
    report = patients.report_on(patient)
    texts = [each.finding.remedy.text for each in (*report.problems, *report.warnings)]
    assert any(text is not None and line in render(text) for text in texts), [render(t) for t in texts if t]


def test_a_groq_that_nothing_helps_is_said_plainly() -> None:
    (cause,) = patients.report_on("groq/no-model-left").problems
    text = words_of(cause.finding)
    assert "No setting repairs that" in text
    assert "OpenAI" in text and "mixtral-8x7b-32768, gemma-7b-it" in text
    assert "Anthropic" not in text, "of Claude's models too, this AutoGPT takes only old ones"


def test_where_only_a_newer_autogpt_helps_that_is_said() -> None:
    (cause,) = patients.report_on("openai/no-model-left").problems
    text = words_of(cause.finding)
    assert "use a newer version of AutoGPT, which takes gpt-5.4-mini" in text
    assert "Groq" not in text and "Anthropic" not in text


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        ("organization-none", "The account of the key is in no organization"),
        ("organization-by-name", "OPENAI_ORGANIZATION names an organization that OpenAI does not know"),
        ("organization-mismatched", "OPENAI_ORGANIZATION names an organization that the key does not belong to"),
        ("organization-of-the-library", "OPENAI_ORG_ID names an organization that the key does not belong to"),
        ("organization-with-a-blank", "OPENAI_ORGANIZATION cannot be sent"),
    ],
)
def test_what_is_the_matter_with_an_organization_is_told(patient: str, words: str) -> None:
    (cause,) = patients.report_on(f"openai/{patient}").problems
    assert render(cause.finding.text) == words
    assert not patients.report_on(f"openai/{patient}").warnings
