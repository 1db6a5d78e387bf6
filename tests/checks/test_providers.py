"""What is said of each answer: the right thing of the right provider, and of a key only what the answer decides."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Mapping, Optional

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks import anthropic, azure_online, groq, openai
from checks.autogpt.versions import VERSIONS
from checks.checkout import Checkout
from checks.endpoints import Endpoint
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.plan import PlannedModel
from checks.provider_answers import GOOD, KINDS, REJECTED, Verdict
from checks.provider_choices import best
from checks.provider_findings import judge_key
from checks.provider_replies import Place, Reply
from checks.provider_words import SAID
from checks.settings import Setting, Source
from doctor import Finding, Secret, Status
from doctor.about import Options
from doctor.checkup import examine
from doctor.machine.recorded import parse, read
from doctor.outcome import Outcome
from doctor.registry import MARK
from doctor.words import render
from tests import patients

KEY = "sk-proj-" + "a1B2" * 39
CODES = {
    "openai": getattr(openai.openai_key, MARK).codes,
    "anthropic": getattr(anthropic.anthropic_key, MARK).codes,
    "groq": getattr(groq.groq_key, MARK).codes,
    "azure": getattr(azure_online.azure_key, MARK).codes,
}
OFFICIAL = {
    "openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com", "groq": "https://api.groq.com",
    "azure": "https://wombat-lab.openai.azure.com",
}  # fmt: skip


@cache
def place(version_id: str = "classic-2024") -> Place:
    """Where settings are put right on a healthy Ubuntu, said to be of any version."""
    machine = patients.admit("openai/healthy-ubuntu-classic-2024").machine
    outcome = examine(
        machine, patients.everything(), Options(machine.folder), chosen=(), extra_facts=(Checkout, EnvFile, EnvPlaces)
    )
    version = next(each for each in VERSIONS if each.id == version_id)
    return Place(outcome.values[Checkout], version, outcome.values[EnvFile], outcome.values[EnvPlaces])


def endpoint(
    provider: str, *, is_needed: bool = True, is_official: bool = True, key: Optional[str] = KEY
) -> Endpoint:
    env = place().env_file.path
    base = OFFICIAL[provider] if is_official else "https://gateway.example/v1"
    address = Setting("OPENAI_API_BASE_URL", Secret(base), Source("file", env, 2))
    key_setting = Setting("OPENAI_API_KEY", Secret(key), Source("file", env, 1)) if key is not None else None
    return Endpoint(
        provider, provider.title(), Secret(base), "https", base.split("/")[2], 443, is_official, False, is_needed,
        Secret(key) if key is not None else None, key_setting, "", "", None if is_official else address, (),
    )  # fmt: skip


def said(verdict: Verdict, where: Endpoint, version_id: str = "classic-2024") -> Finding:
    (finding,) = judge_key(Reply(where, verdict), place(version_id))
    return finding


def words_of(finding: Finding) -> str:
    """Everything that a person reads of it."""
    parts = [finding.text, finding.detail, finding.remedy.text, *(each.words for each in finding.remedy.commands)]
    for row in finding.evidence:
        parts += [row.found, row.wanted, row.where]
    return "\n".join(render(each) for each in parts if each is not None)


@pytest.mark.parametrize("provider", sorted(CODES))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_answer_has_words_and_a_way_on(kind: str, provider: str) -> None:
    for is_official in (True, False):
        for key in (KEY, None):
            where = endpoint(provider, is_official=is_official, key=key)
            finding = said(Verdict(kind, 400, key=KINDS[kind]), where)
            text = words_of(finding)
            assert finding.code in CODES[provider]
            assert "{" not in text and KEY not in text
            if kind == "ok":
                assert finding.status is Status.OK
                continue
            is_never_asked = provider == "anthropic" and kind == "wrong_path"  # AutoGPT wants no list of it
            assert (finding.status is Status.NOTE) == (is_never_asked and not is_official)
            assert finding.evidence and finding.remedy.links
            assert finding.remedy.text is not None or finding.remedy.commands


@pytest.mark.parametrize("provider", sorted(CODES))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_key_is_called_bad_by_nothing_but_the_answers_that_say_so(kind: str, provider: str) -> None:
    finding = said(Verdict(kind, 401, key=KINDS[kind]), endpoint(provider))
    is_bad = finding.code.endswith((".key-rejected", ".key-wanted"))
    assert is_bad == (KINDS[kind] == REJECTED or kind == "key_required")
    assert ("The key is right" in words_of(finding)) <= (KINDS[kind] == GOOD)


@pytest.mark.parametrize("provider", sorted(CODES))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_of_a_provider_that_nobody_needs_nothing_is_worse_than_a_note(kind: str, provider: str) -> None:
    finding = said(Verdict(kind, 401, key=KINDS[kind]), endpoint(provider, is_needed=False))
    assert finding.status in (Status.NOTE, Status.OK)


def test_a_server_that_wants_a_key_did_not_refuse_one() -> None:
    finding = said(Verdict("key_rejected", 401, key=REJECTED), endpoint("openai", is_official=False, key=None))
    assert finding.code == "openai.key-wanted"
    assert "plan.key-missing" in finding.explained_by


def test_what_is_known_of_the_limit_is_told() -> None:
    verdict = Verdict("spend_limit", 429, "project_spend_limit_exceeded", GOOD, until="2026-12-01")
    text = words_of(said(verdict, endpoint("openai")))
    assert "for the project" in text and "2026-12-01" in text


@pytest.mark.parametrize(
    ("seconds", "words"), [(120, "120 seconds"), (121, "3 minutes"), (86400, "24 hours")]
)
def test_a_wait_is_told_in_a_unit_that_people_think_in(seconds: int, words: str) -> None:
    verdict = Verdict("rate_limited", 429, key=GOOD, retry_after_s=seconds)
    assert f"wait for {words}." in words_of(said(verdict, endpoint("azure")))


@pytest.mark.parametrize(
    ("provider", "version_id", "words"),
    [
        ("openai", "classic-2024", "at its start, and ends there"),
        ("groq", "classic-2026", "at its start, and ends there"),
        ("anthropic", "classic-2026", "nothing at its start: it fails at its first message"),
    ],
)
def test_it_is_told_when_autogpt_notices(provider: str, version_id: str, words: str) -> None:
    verdict = Verdict("key_rejected", 401, key=REJECTED)
    assert words in words_of(said(verdict, endpoint(provider), version_id))
    assert "at its start" not in words_of(said(verdict, endpoint("openai"), "v0.5.0"))
    assert "at its start" not in words_of(said(verdict, endpoint(provider, is_needed=False), version_id))


def test_a_key_is_put_right_where_it_stands_and_another_one_is_named() -> None:
    env = place().env_file.path
    other = (Source("shell"), Secret("sk-proj-" + "z9Y8" * 39))
    where = endpoint("openai")
    setting = Setting("OPENAI_API_KEY", Secret(KEY), Source("file", env, 7), (other,))
    text = words_of(said(Verdict("key_rejected", 401, key=REJECTED), where._replace(key_setting=setting)))
    assert "line 7" in text and "another value, without effect" in text
    assert other[1].reveal() not in text


def test_each_kind_of_answer_has_a_code_of_its_own() -> None:
    whats = [each.what for each in SAID.values()]
    assert sorted(set(whats)) == sorted(dict.fromkeys(whats))
    assert whats.count("key-rejected") == 2 and whats.count("wrong-path") == 2
    assert len(set(whats)) == len(whats) - 2


# --- which model instead ----------------------------------------------------------------------------------------------

LATE = ("gpt-3.5-turbo", "gpt-4", "gpt-4-32k", "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "o1", "gpt-5.4-pro")
CLAUDES = ("claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")


@pytest.mark.parametrize(
    ("role", "name", "usable", "expected"),
    [
        ("smart", "gpt-4-turbo", LATE, "gpt-4o"),
        ("fast", "gpt-3.5-turbo-16k", LATE, "gpt-3.5-turbo"),
        ("fast", "gpt-4o-mini-2024-07-18", LATE, "gpt-4o-mini"),
        ("smart", "claude-3-opus-20240229", CLAUDES, "claude-opus-4-5-20251101"),
        ("smart", "claude-3-5-sonnet-20240620", CLAUDES, "claude-sonnet-4-5-20250929"),
        ("fast", "claude-3-haiku-20240307", CLAUDES, "claude-haiku-4-5-20251001"),
        ("smart", "gpt-4", ("gpt-5.4-pro",), "gpt-5.4-pro"),
        ("fast", "gemma-7b-it", (), ""),
    ],
)
def test_the_model_that_is_most_like_it_is_advised(
    role: str, name: str, usable: tuple[str, ...], expected: str
) -> None:
    assert best(PlannedModel(role, "SMART_LLM", name, "openai", False), usable) == expected


# --- a whole machine --------------------------------------------------------------------------------------------------


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
