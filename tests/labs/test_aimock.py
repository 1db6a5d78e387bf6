"""aimock as OpenAI, Anthropic and Groq: a provider that nobody here wrote, with its own journal of what was paid for.

Runs when DOCTOR_TEST_AIMOCK names its program (npm package @copilotkit/aimock 1.43.0).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Iterator, NamedTuple

import pytest

from tests.labs.provider_parts import BUILDER, Examined, built, environment, examine, made_key, set_in

PROGRAM = os.environ.get("DOCTOR_TEST_AIMOCK", "")
KEYS = {name: made_key(name) for name in ("openai", "anthropic", "groq")}
BAD = {name: made_key(name, "b") for name in KEYS}
MODELS = {
    "gpt-4o": {"content": "pong"},
    "gpt-4o-mini": {"content": "pong"},
    "gpt-4-turbo": {"status": 429, "error": {
        "message": "x", "type": "insufficient_quota", "code": "credit_balance_exhausted"}},
    "gpt-3.5-turbo": {"status": 429, "error": {
        "message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}},
    "gpt-4": {"status": 429, "error": {
        "message": "x", "type": "insufficient_quota", "code": "project_spend_limit_exceeded"}},
    "claude-3-haiku-20240307": {"status": 400, "error": {
        "message": "Your credit balance is too low to access the Anthropic API.", "type": "invalid_request_error"}},
    "claude-3-5-sonnet-20241022": {"content": "pong"},
    "llama-3.1-8b-instant": {"content": "pong"},
}  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not PROGRAM, reason="DOCTOR_TEST_AIMOCK names no aimock"),
    pytest.mark.skipif(not BUILDER.is_file(), reason="the builder of checkouts is not in ../shared/autogpt"),
]


class Aimock(NamedTuple):
    url: str

    def journal(self) -> list[dict[str, Any]]:
        """The paid requests that arrived with a good key since it was forgotten."""
        entries: list[dict[str, Any]] = json.loads(self._asked("GET", "/__aimock/journal"))
        return [each for each in entries if each["method"] == "POST" and "__aimock" not in each["path"]]

    def forget(self) -> None:
        self._asked("POST", "/__aimock/reset/journal")

    def _asked(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"Bearer {KEYS['openai']}"}
        asked = urllib.request.Request(self.url + path, method=method, headers=headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=10) as answer:
            data: bytes = answer.read()
        return data


@pytest.fixture
def aimock(running: Aimock) -> Aimock:
    running.forget()
    return running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aimock]:
    folder = tmp_path_factory.mktemp("aimock")
    (folder / "fx").mkdir()
    fixtures = [{"match": {"model": name}, "response": answer} for name, answer in MODELS.items()]
    (folder / "fx" / "all.json").write_text(json.dumps({"fixtures": fixtures}), encoding="utf-8")
    settings = {"port": 0, "auth": {"apiKeys": list(KEYS.values())}, "llm": {"fixtures": "fx"}}
    (folder / "aimock.json").write_text(json.dumps(settings), encoding="utf-8")
    process = subprocess.Popen(
        [PROGRAM, "--config", "aimock.json", "--host", "127.0.0.1"],
        cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r"listening on (http://127\.0\.0\.1:\d+)", line)
            if found:
                break
        else:
            pytest.fail("aimock has ended without listening")
        yield Aimock(found[1])
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("checkout") / "AutoGPT")


def settings_of(aimock: Aimock, keys: dict[str, str], smart: str, fast: str) -> dict[str, str]:
    return {
        "OPENAI_API_KEY": keys["openai"], "OPENAI_API_BASE_URL": f"{aimock.url}/v1",
        "ANTHROPIC_API_KEY": keys["anthropic"], "ANTHROPIC_API_BASE_URL": aimock.url,
        "GROQ_API_KEY": keys["groq"], "GROQ_API_BASE_URL": aimock.url,
        "SMART_LLM": smart, "FAST_LLM": fast, "EMBEDDING_MODEL": "text-embedding-3-small",
    }  # fmt: skip


def seen(checkout: Path, home: Path, settings: dict[str, str], *options: str) -> Examined:
    set_in(checkout, settings)
    examined = examine(checkout, home, *options)
    assert not any(key in examined.output for key in (*KEYS.values(), *BAD.values()))
    return examined


def test_good_keys_are_taken_and_nothing_is_paid(aimock: Aimock, checkout: Path, tmp_path: Path) -> None:
    examined = seen(checkout, tmp_path, settings_of(aimock, KEYS, "gpt-4o", "gpt-4o-mini"))
    assert examined.online == {}
    for provider in KEYS:
        assert examined.codes[f"{provider}.key-accepted"] == "ok"
    assert aimock.journal() == []


@pytest.mark.parametrize(
    ("smart", "fast", "needed"),
    [
        ("gpt-4o", "gpt-4o-mini", {"openai"}),
        ("claude-3-5-sonnet-20241022", "claude-3-haiku-20240307", {"anthropic"}),
        ("claude-3-5-sonnet-20241022", "llama-3.1-8b-instant", {"anthropic", "groq"}),
    ],
)
def test_a_bad_key_is_a_problem_where_it_is_needed(
    aimock: Aimock, checkout: Path, tmp_path: Path, smart: str, fast: str, needed: set[str]
) -> None:
    examined = seen(checkout, tmp_path, settings_of(aimock, BAD, smart, fast))
    told = {provider: examined.codes[f"{provider}.key-rejected"] for provider in KEYS}
    assert told == {provider: "problem" if provider in needed else "note" for provider in KEYS}
    assert examined.report["exit_status"] == 1


def test_one_bad_key_among_good_ones(aimock: Aimock, checkout: Path, tmp_path: Path) -> None:
    keys = {**KEYS, "anthropic": BAD["anthropic"]}
    examined = seen(checkout, tmp_path, settings_of(aimock, keys, "claude-3-5-sonnet-20241022", "gpt-4o-mini"))
    assert examined.online == {"anthropic.key-rejected": "problem"}
    assert "anthropic.key-rejected" in examined.report["causes"]


SHORTEST = [{"role": "user", "content": "."}]


def paid(aimock: Aimock) -> list[tuple[str, dict[str, Any], int]]:
    """Path, payload and status of each, without what the journal itself adds."""
    entries = aimock.journal()
    for each in entries:
        assert not any(key in each["path"] for key in KEYS.values())
        each["body"].pop("_endpointType")
    return [(each["path"], each["body"], each["response"]["status"]) for each in entries]


@pytest.mark.parametrize(
    ("fast", "code", "status"),
    [
        ("gpt-4o-mini", "billing.answered", 200),
        ("gpt-4-turbo", "billing.no-credit", 429),
        ("gpt-3.5-turbo", "billing.rate-limit", 429),
        ("gpt-4", "billing.own-limit", 429),
    ],
)
def test_one_paid_request_tells_money_from_speed(
    aimock: Aimock, checkout: Path, tmp_path: Path, fast: str, code: str, status: int
) -> None:
    examined = seen(checkout, tmp_path, settings_of(aimock, KEYS, "gpt-4o", fast), "--billing")
    assert code in examined.codes
    assert not set(examined.online) - {code}
    payload = {"model": fast, "max_tokens": 1, "messages": SHORTEST}
    assert paid(aimock) == [("/v1/chat/completions", payload, status)]


def test_each_provider_that_is_needed_is_paid_once(aimock: Aimock, checkout: Path, tmp_path: Path) -> None:
    settings = settings_of(aimock, KEYS, "gpt-4o", "claude-3-haiku-20240307")
    examined = seen(checkout, tmp_path, settings, "--billing")
    assert examined.online == {"billing.no-credit": "problem"}
    assert sorted(paid(aimock), key=lambda each: each[0]) == [
        ("/v1/chat/completions", {"model": "gpt-4o", "max_tokens": 1, "messages": SHORTEST}, 200),
        ("/v1/messages", {"model": "claude-3-haiku-20240307", "max_tokens": 1, "messages": SHORTEST}, 400),
    ]
