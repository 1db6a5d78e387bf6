"""The one free request: where it goes, what is in its headers, and who gets no key."""

from __future__ import annotations

from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.autogpt.versions import VERSIONS, Version
from checks.endpoints import Endpoint
from checks.probes import Membership, Probe, is_sendable, membership, probe_of
from checks.settings import Setting, Settings, Source
from doctor import Secret
from doctor.machine.recorded import parse
from tests.checks.setting_makers import of_file

KEY = "sk-proj-" + "a1B2" * 39


def endpoint(provider: str, base: str, key: Optional[str] = KEY, *, is_local: bool = False) -> Endpoint:
    scheme, _, rest = base.partition("://")
    secret = None if key is None else Secret(key)
    return Endpoint(
        provider, provider, Secret(base), scheme, rest.split("/")[0], 443, not is_local, is_local, True,
        secret, None, "", "", None, (),
    )  # fmt: skip


def version(name: str) -> Version:
    return next(each for each in VERSIONS if each.id == name)


def settings(version_id: str = "classic-2026", **values: str) -> Settings:
    theirs = version(version_id)
    known = {name: Setting(name, Secret(value), Source("file", None, 1)) for name, value in values.items()}
    return Settings(theirs, known, of_file({}))


PROBES = [
    ("openai", "https://api.openai.com/v1", "https://api.openai.com/v1/models", ("Authorization", f"Bearer {KEY}")),
    ("anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/models?limit=1000", ("x-api-key", KEY)),
    ("groq", "https://api.groq.com", "https://api.groq.com/openai/v1/models", ("Authorization", f"Bearer {KEY}")),
    (
        "azure",
        "https://wombat.openai.azure.com",
        "https://wombat.openai.azure.com/openai/models?api-version=2024-10-21",
        ("api-key", KEY),
    ),
]


@pytest.mark.parametrize(("provider", "base", "url", "header"), PROBES, ids=[row[0] for row in PROBES])
def test_each_provider_is_asked_as_its_library_asks(
    provider: str, base: str, url: str, header: tuple[str, str]
) -> None:
    probe = probe_of(endpoint(provider, base), settings())
    assert (probe.method, probe.url) == ("GET", url)
    assert probe.headers[header[0]] == header[1]
    assert probe.has_key
    assert sum(KEY in value for value in probe.headers.values()) == 1
    assert KEY not in repr(probe)


@pytest.mark.parametrize("provider", ["openai", "anthropic", "groq", "azure"])
def test_without_a_key_none_is_made_up(provider: str) -> None:
    probe = probe_of(endpoint(provider, "https://gateway.example", None), settings())
    assert not probe.has_key
    assert set(probe.headers) <= {"Accept", "anthropic-version"}


@pytest.mark.parametrize(("is_local", "has_key"), [(True, True), (False, False)])
def test_over_plain_http_a_key_goes_to_the_own_network_alone(is_local: bool, has_key: bool) -> None:
    assert probe_of(endpoint("openai", "http://10.0.0.7:4000/v1", is_local=is_local), settings()).has_key is has_key


@pytest.mark.parametrize("odd", [f"{KEY} ", f" {KEY}", f"{KEY}\n", f"{KEY[:20]}\u200b{KEY[20:]}", f"{KEY}\r", "k\x00y"])
@pytest.mark.parametrize("provider", ["openai", "anthropic", "groq", "azure"])
def test_what_no_header_can_hold_is_not_sent(provider: str, odd: str) -> None:
    probe = probe_of(endpoint(provider, "https://api.openai.com/v1", odd), settings())
    assert not probe.has_key
    assert not any(odd.strip() in value for value in probe.headers.values())


def test_a_llamafile_gets_what_autogpt_sends_it() -> None:
    """Even when a key is there: that belongs to somebody else."""
    probe = probe_of(endpoint("llamafile", "http://localhost:8080/v1", is_local=True), settings())
    assert probe == Probe(
        "GET",
        "http://localhost:8080/v1/models",
        {"Accept": "application/json", "Authorization": "Bearer sk-no-key-required"},
    )


@given(st.text(max_size=60))
def test_whatever_is_sendable_can_be_a_header(text: str) -> None:
    import httpx

    if is_sendable(text):
        request = httpx.Request("GET", "https://example.com/", headers={"Authorization": f"Bearer {text}x"})
        assert request.headers["authorization"] == f"Bearer {text}x"


# --- organization and project -----------------------------------------------------------------------------------------


def named(version_id: str, shell: Any = (), **in_settings: str) -> tuple[str, str]:
    """The organization and the project that are named, and where they come from: "text@VARIABLE"."""
    machine = parse(
        {
            "recording": 1,
            "complete": True,
            "system": {"kind": "linux", "name": "Ubuntu", "release": "6", "architecture": "x86_64"},
            "environment": dict(shell),
        }
    )
    found = membership(machine, settings(version_id, **in_settings))
    told = [f"{each.text}@{each.name}" if each is not None else "" for each in found]
    return told[0], told[1]


SHELL = {"OPENAI_ORG_ID": "org-of-the-library", "OPENAI_PROJECT_ID": "proj_1"}


@pytest.mark.parametrize(
    ("version_id", "shell", "in_settings", "expected"),
    [
        ("classic-2024", {}, {}, ("", "")),
        ("classic-2024", {}, {"OPENAI_ORGANIZATION": "org-1"}, ("org-1@OPENAI_ORGANIZATION", "")),
        ("classic-2024", SHELL, {"OPENAI_ORGANIZATION": "org-1"}, ("org-1@OPENAI_ORGANIZATION", "")),
        ("classic-2024", SHELL, {}, ("org-of-the-library@OPENAI_ORG_ID", "")),
        ("classic-2026", SHELL, {}, ("org-of-the-library@OPENAI_ORG_ID", "proj_1@OPENAI_PROJECT_ID")),
        ("classic-2026", SHELL, {"OPENAI_ORG_ID": "org-2"}, ("org-2@OPENAI_ORG_ID", "proj_1@OPENAI_PROJECT_ID")),
        ("classic-2026", {}, {"OPENAI_ORGANIZATION": ""}, ("@OPENAI_ORGANIZATION", "")),
        ("v0.4.7", SHELL, {}, ("", "")),
        ("v0.4.7", {}, {"OPENAI_ORGANIZATION": ""}, ("", "")),
    ],
)
def test_the_organization_is_the_one_that_the_library_would_name(
    version_id: str, shell: dict[str, str], in_settings: dict[str, str], expected: tuple[str, str]
) -> None:
    assert named(version_id, shell, **in_settings) == expected


@pytest.mark.parametrize(
    ("value", "header"), [("org-1", "org-1"), ("", ""), ("Personal", "Personal"), ("org-1 ", None), ("órg", None)]
)
def test_an_organization_is_sent_as_it_is_or_not_at_all(value: str, header: Optional[str]) -> None:
    """An empty one is sent too: so does AutoGPT, and what OpenAI answers to that is what counts."""
    setting = Setting("OPENAI_ORGANIZATION", Secret(value), Source("shell"))
    probe = probe_of(endpoint("openai", "https://api.openai.com/v1"), settings(), Membership(setting))
    assert probe.headers.get("OpenAI-Organization") == header


def test_other_providers_hear_nothing_of_it() -> None:
    setting = Setting("OPENAI_ORGANIZATION", Secret("org-1"), Source("shell"))
    for provider, base, _, _ in PROBES[1:]:
        assert "OpenAI-Organization" not in probe_of(endpoint(provider, base), settings(), Membership(setting)).headers
