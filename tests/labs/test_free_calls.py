"""What the doctor really sends, written down by a server in each provider's place: one request a key, and nowhere else.

Whole runs of the command as a person starts it, against servers on loopback.
"""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

import pytest

from tests.labs.provider_parts import (
    BUILDER,
    Answer,
    Examined,
    Visit,
    as_json,
    built,
    denied,
    examine,
    listed,
    made_key,
    served,
    set_in,
)

KEYS = {name: made_key(name) for name in ("openai", "anthropic", "groq")}
MODELS = ("gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "claude-3-5-sonnet-20241022", "llama-3.1-8b-instant")
LIST = listed(*MODELS)
# Path and header of each free call, and what else it names.
CALLS = {
    "openai": ("/v1/models", "authorization", f"Bearer {KEYS['openai']}"),
    "anthropic": ("/v1/models", "x-api-key", KEYS["anthropic"]),
    "groq": ("/openai/v1/models", "authorization", f"Bearer {KEYS['groq']}"),
}
HTML = {"Content-Type": "text/html"}

pytestmark = pytest.mark.skipif(not BUILDER.is_file(), reason="the builder of checkouts is not in ../shared/autogpt")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("checkout") / "AutoGPT")


def settings(openai: str, anthropic: str = "", groq: str = "", **more: str) -> dict[str, str]:
    """Two models of OpenAI are needed; the others' keys are merely there."""
    found = {"SMART_LLM": "gpt-4o", "FAST_LLM": "gpt-4o-mini", "EMBEDDING_MODEL": "text-embedding-3-small"}
    addresses = {"openai": openai and f"{openai}/v1", "anthropic": anthropic, "groq": groq}
    for name, address in addresses.items():
        if address:
            found.update({f"{name.upper()}_API_KEY": KEYS[name], f"{name.upper()}_API_BASE_URL": address})
    return {**found, **more}


def seen(checkout: Path, home: Path, settings: Mapping[str, str], *options: str, **variables: str) -> Examined:
    set_in(checkout, settings)
    examined = examine(checkout, home, *options, **variables)
    assert not any(key in examined.output for key in KEYS.values())
    return examined


def holds_key(visit: Visit) -> bool:
    text = repr((visit.path, sorted(visit.headers.items()), visit.body))
    return any(key in text for key in KEYS.values())


def test_one_request_for_each_key_with_its_own_header_to_its_own_host(checkout: Path, tmp_path: Path) -> None:
    with served({"": LIST}) as openai, served({"": LIST}) as anthropic, served({"": LIST}) as groq:
        sites = {"openai": openai, "anthropic": anthropic, "groq": groq}
        examined = seen(checkout, tmp_path, settings(openai.url, anthropic.url, groq.url))
    assert examined.online == {}
    for name, site in sites.items():
        path, header, value = CALLS[name]
        assert [(each.method, each.path.split("?")[0]) for each in site.visits] == [("GET", path)]
        headers = site.visits[0].headers
        assert headers[header] == value
        assert headers["user-agent"].startswith("autogpt-doctor/")
        assert site.visits[0].body == b""
        assert not any(key in site.visits[0].path for key in KEYS.values())
        assert not {key for each, key in KEYS.items() if each != name and key in repr(headers)}
        assert not [header for header in headers if header.startswith("x-stainless") or header == "cookie"]
    assert anthropic.visits[0].headers["anthropic-version"] == "2023-06-01"


def test_the_organization_goes_to_openai_only(checkout: Path, tmp_path: Path) -> None:
    with served({"": LIST}) as openai, served({"": LIST}) as groq:
        seen(checkout, tmp_path, settings(openai.url, "", groq.url, OPENAI_ORGANIZATION="org-" + "a" * 24))
    assert openai.visits[0].headers["openai-organization"] == "org-" + "a" * 24
    assert "openai-organization" not in groq.visits[0].headers


@pytest.mark.parametrize("status", [302, 308])
def test_a_redirect_is_told_and_the_key_stays(checkout: Path, tmp_path: Path, status: int) -> None:
    with served({"": LIST}) as elsewhere:
        moved = Answer(status, b"", {"Location": f"{elsewhere.url}/v1/models"})
        with served({"": moved}) as first:
            examined = seen(checkout, tmp_path, settings(first.url, first.url, first.url))
    assert elsewhere.visits == []
    assert len(first.visits) == 3
    assert examined.online == {"openai.redirect": "problem"}


def test_a_proxy_for_others_is_not_given_a_key(checkout: Path, tmp_path: Path) -> None:
    """NO_PROXY is read as httpx reads it: with it the proxy hears of nothing."""
    with served({"": LIST}) as openai, served({"": LIST}) as proxy:
        examined = seen(
            checkout, tmp_path, settings(openai.url), HTTP_PROXY=proxy.url, HTTPS_PROXY=proxy.url, NO_PROXY="127.0.0.1"
        )
    assert proxy.visits == []
    assert len(openai.visits) == 1
    assert examined.online == {}


BAD = [
    (denied(), "openai.key-rejected", "problem"),
    (denied("mismatched_organization"), "openai.organization", "problem"),
    (denied("unsupported_country_region_territory", 403), "openai.region", "problem"),
    (as_json(403, {"error": "Missing scopes: api.model.read."}), "openai.scope-missing", "problem"),
    (Answer(200, b"<html><title>Log in</title></html>", HTML), "openai.not-the-api", "problem"),
    (Answer(403, b"error code: 1010", {"Content-Type": "text/plain"}), "openai.blocked", "warning"),
    (as_json(429, {"error": {"code": "rate_limit_exceeded", "type": "requests"}}), "openai.rate-limited", "warning"),
    (as_json(429, {"error": {"code": "insufficient_quota"}}), "openai.no-credit", "problem"),
    (as_json(404, {"error": {"message": "Invalid URL (GET /models)"}}), "openai.wrong-path", "problem"),
    (as_json(500, {"error": {"type": "server_error"}}), "openai.fault", "warning"),
    (Answer(503, b"<html>Bad gateway</html>", HTML), "openai.fault", "warning"),
    (Answer(401, b"<html>Who are you?</html>", HTML), "openai.unknown-answer", "warning"),
    (as_json(400, {"error": {"message": "You exceeded billing"}}), "openai.unknown-answer", "warning"),
    (Answer(200, b"x" * 200_000), "openai.not-the-api", "problem"),
]


@pytest.mark.parametrize(("answer", "code", "status"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_each_refusal_is_told_for_what_it_is_after_one_request(
    checkout: Path, tmp_path: Path, answer: Answer, code: str, status: str
) -> None:
    with served({"": answer}) as openai:
        examined = seen(checkout, tmp_path, settings(openai.url))
    assert examined.online == {code: status}
    assert [visit.method for visit in openai.visits if holds_key(visit)] == ["GET"]


def test_the_same_answers_to_a_key_that_nobody_needs_are_notes(checkout: Path, tmp_path: Path) -> None:
    with served({"": LIST}) as openai, served({"": denied()}) as groq:
        examined = seen(checkout, tmp_path, settings(openai.url, "", groq.url))
    assert examined.online == {}
    assert examined.codes["groq.key-rejected"] == "note"
    assert len(groq.visits) == 1


def test_offline_nobody_hears_of_it(checkout: Path, tmp_path: Path) -> None:
    with served({"": LIST}) as openai:
        seen(checkout, tmp_path, settings(openai.url), "--offline")
    assert openai.visits == []


def test_nothing_is_paid_with_a_key_that_is_refused(checkout: Path, tmp_path: Path) -> None:
    with served({"": denied()}) as openai:
        examined = seen(checkout, tmp_path, settings(openai.url), "--billing")
    assert [visit.method for visit in openai.visits] == ["GET"]
    assert examined.online == {"openai.key-rejected": "problem"}


def test_paying_is_one_more_request_and_no_more(checkout: Path, tmp_path: Path) -> None:
    broke = as_json(429, {"error": {"code": "insufficient_quota", "type": "insufficient_quota"}})
    with served({"/v1/models": LIST, "": broke}) as openai:
        examined = seen(checkout, tmp_path, settings(openai.url), "--billing")
    assert [(visit.method, visit.path) for visit in openai.visits] == [
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
    ]
    assert examined.online == {"billing.no-credit": "problem"}


@pytest.mark.parametrize("key", ["sk-b\u200bad", "\u201csk-bad\u201d"])
def test_what_no_header_can_hold_is_sent_to_nobody(checkout: Path, tmp_path: Path, key: str) -> None:
    with served({"": LIST}) as openai:
        seen(checkout, tmp_path, {**settings(openai.url), "OPENAI_API_KEY": key})
    assert not any("authorization" in visit.headers for visit in openai.visits)


def test_a_list_of_models_without_end_is_left_in_time(checkout: Path, tmp_path: Path) -> None:
    many = listed(*MODELS, *(f"vendor/model-{number}" for number in range(5_000)))
    with served({"": many}) as openai:
        examined = seen(checkout, tmp_path, settings(openai.url))
    assert examined.online == {}
    assert examined.codes["openai.key-accepted"] == "ok"
