"""What is said of each answer: the right thing of the right provider, and of a key only what the answer decides."""

from __future__ import annotations

from functools import cache
from typing import Optional

import pytest

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
