"""Base URLs by their form: what is wrong with each, what was meant, and which ones are left in peace."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.url_faults import EXAMPLE, OFFICIAL, fault_in

# Provider, what is set, what is wrong with it, what was meant.
WRONG = (
    ("openai", "", "blank", ""),
    ("openai", "  ", "blank", ""),
    ("openai", EXAMPLE, "template", ""),
    ("openai", EXAMPLE + "/", "template", ""),
    ("openai", "api.openai.com/v1", "scheme", "https://api.openai.com/v1"),
    ("openai", "localhost:1234/v1", "scheme", "http://localhost:1234/v1"),
    ("openai", "localhost:1234/v1/chat/completions", "scheme", "http://localhost:1234/v1"),
    ("openai", " http://localhost:1234", "characters", "http://localhost:1234/v1"),
    ("llamafile", "localhost:8081/v1", "scheme", "http://localhost:8080/v1"),
    ("openai", "192.168.1.7:11434/v1", "scheme", "http://192.168.1.7:11434/v1"),
    ("openai", "//localhost:1234/v1", "scheme", "http://localhost:1234/v1"),
    ("openai", "https:/api.openai.com/v1", "scheme", "https://api.openai.com/v1"),
    ("openai", "https//api.openai.com/v1", "scheme", "https://api.openai.com/v1"),
    ("openai", "http:localhost:1234/v1", "scheme", "http://localhost:1234/v1"),
    ("openai", "htps://api.openai.com/v1", "scheme", "https://api.openai.com/v1"),
    ("openai", "htttp://localhost:1234/v1", "scheme", "http://localhost:1234/v1"),
    ("openai", "ws://localhost:1234/v1", "scheme", ""),
    ("openai", "openai", "scheme", ""),
    ("openai", "sk-" + "proj-" + "x" * 12, "key", ""),
    ("groq", "https://" + "gsk_" + "x" * 52, "key", ""),
    ("openai", "'https://api.openai.com/v1'", "characters", "https://api.openai.com/v1"),
    ("openai", "https://api.openai.com/v1 ", "characters", "https://api.openai.com/v1"),
    ("openai", "\u201chttps://api.openai.com/v1\u201d", "characters", "https://api.openai.com/v1"),
    ("openai", "https://api.openai.com/v1\u200b", "characters", "https://api.openai.com/v1"),
    ("openai", "http:\\\\localhost:1234\\v1", "characters", "http://localhost:1234/v1"),
    ("openai", "<your address>", "characters", ""),
    ("openai", "https://api.openai.com/v1\tx", "characters", "https://api.openai.com/v1"),
    ("openai", "http:///v1", "host", "https://api.openai.com/v1"),
    ("openai", "https://platform.openai.com/v1", "host", "https://api.openai.com/v1"),
    ("openai", "http://localhost:99999/v1", "port", ""),
    ("openai", "http://localhost:port/v1", "port", ""),
    ("openai", "https://api.openai.com", "path", "https://api.openai.com/v1"),
    ("openai", "https://api.openai.com/", "path", "https://api.openai.com/v1"),
    ("openai", "https://API.OpenAI.com/v1/v1", "path", "https://api.openai.com/v1"),
    ("openai", "https://api.openai.com/v1/chat/completions", "too-long", "https://api.openai.com/v1"),
    ("openai", "http://localhost:1234/v1/chat/completions/", "too-long", "http://localhost:1234/v1"),
    ("openai", "http://localhost:1234/v1/models", "too-long", "http://localhost:1234/v1"),
    ("openai", "http://api.openai.com/v1", "unencrypted", "https://api.openai.com/v1"),
    ("openai", "http://localhost:1234", "no-version", "http://localhost:1234/v1"),
    ("openai", "http://localhost:11434/api", "no-version", "http://localhost:11434/v1"),
    ("openai", "https://api.example.com", "no-version", ""),
    ("llamafile", "", "blank", ""),
    ("llamafile", "localhost:8080/v1", "scheme", "http://localhost:8080/v1"),
    ("llamafile", "http://localhost:8080", "no-version", "http://localhost:8080/v1"),
    ("llamafile", "http://localhost:8080/", "no-version", "http://localhost:8080/v1"),
    ("llamafile", "http://localhost:8080/v1/chat/completions", "too-long", "http://localhost:8080/v1"),
    ("llamafile", "https://localhost:8080/v1", "https-local", "http://localhost:8080/v1"),
    ("llamafile", "http://localhost:8081/v1", "tokenizer", "http://localhost:8080/v1"),
    ("llamafile", "http://localhost:8001/v1/", "tokenizer", "http://localhost:8080/v1"),
    ("llamafile", "http://10.0.0.1/v1", "tokenizer", "http://10.0.0.1:80/v1"),
    ("llamafile", "https://llama.dev/v1", "tokenizer", "https://llama.dev:443/v1"),
    ("llamafile", "http://localhost:8080/v1/v1", "tokenizer", "http://localhost:8080/v1"),
    ("anthropic", "", "blank", ""),
    ("anthropic", "https://api.anthropic.com/v1", "path", "https://api.anthropic.com"),
    ("anthropic", "https://api.anthropic.com/v1/messages", "path", "https://api.anthropic.com"),
    ("anthropic", "https://console.anthropic.com", "host", "https://api.anthropic.com"),
    ("anthropic", "http://localhost:4000/anthropic/v1", "version", "http://localhost:4000/anthropic"),
    ("anthropic", "http://api.anthropic.com", "unencrypted", "https://api.anthropic.com"),
    ("groq", "https://api.groq.com/openai/v1", "path", "https://api.groq.com"),
    ("groq", "https://api.groq.com/openai/v1/", "path", "https://api.groq.com"),
    ("groq", "https://gateway.example.com/groq/openai/v1", "version", "https://gateway.example.com/groq"),
    ("groq", "api.groq.com", "scheme", "https://api.groq.com"),
)


@pytest.mark.parametrize(("provider", "text", "kind", "meant"), WRONG)
def test_what_is_wrong_and_what_was_meant(provider: str, text: str, kind: str, meant: str) -> None:
    fault = fault_in(provider, text)
    assert fault is not None
    assert (fault.kind, fault.meant) == (kind, meant)


@pytest.mark.parametrize(("provider", "meant"), sorted({(p, m) for p, _, _, m in WRONG if m}))
def test_what_was_meant_is_right(provider: str, meant: str) -> None:
    assert fault_in(provider, meant) is None


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        ("openai", "https://api.openai.com/v1"),
        ("openai", "https://api.openai.com/v1/"),
        ("openai", "HTTPS://api.openai.com:443/v1"),
        ("openai", "https://eu.api.openai.com/v1"),
        ("openai", "http://localhost:1234/v1"),
        ("openai", "http://127.0.0.1:11434/v1/"),
        ("openai", "http://host.docker.internal:1234/v1"),
        ("openai", "http://[::1]:8000/v1"),
        ("openai", "http://localhost:4000"),  # LiteLLM answers there
        ("openai", "http://litellm:4000/"),
        ("openai", "https://openrouter.ai/api/v1"),
        ("openai", "https://api.groq.com/openai/v1"),
        ("openai", "https://gateway.ai.cloudflare.com/v1/abc/my-gateway/openai"),
        ("openai", "https://name.services.ai.azure.com/models"),
        ("openai", "https://user:word@proxy.example.com/openai"),
        ("openai", "https://m\u00fcnchen.example/v1"),
        ("openai", "http://localhost:8081/v1"),  # only a llamafile has its words counted
        ("openai", "https://example.com/v1?version=2"),
        ("llamafile", "http://localhost:8080/v1"),
        ("llamafile", "http://127.0.0.1:8080/v1"),
        ("llamafile", "http://127.0.0.1:8080/v1/"),
        ("llamafile", "http://172.28.64.1:8080/v1"),
        ("llamafile", "https://llama.example.com/v1"),
        ("anthropic", "https://api.anthropic.com"),
        ("anthropic", "https://api.anthropic.com/"),
        ("anthropic", "http://localhost:4000/anthropic"),
        ("groq", "https://api.groq.com"),
        ("groq", "https://gateway.example.com/groq"),
    ],
)
def test_a_plausible_address_is_left_in_peace(provider: str, text: str) -> None:
    assert fault_in(provider, text) is None


@given(host=st.from_regex(r"[a-z0-9.]{1,12}", fullmatch=True), port=st.none() | st.integers(1, 65535))
def test_the_trap_is_the_very_one_of_str_strip(host: str, port: object) -> None:
    """Whoever cuts a suffix has the right address; AutoGPT cuts a set of characters."""
    text = f"http://{host}{'' if port is None else f':{port}'}/v1"
    fault = fault_in("llamafile", text)
    is_cut_short = text.strip("/v1") != text[: -len("/v1")]
    assert (fault is not None and fault.kind == "tokenizer") == (is_cut_short and not _is_page(host))


def _is_page(host: str) -> bool:
    return bool(re.fullmatch(r"(?:.*\.)?(?:openai|anthropic|groq)\.com", host))


@given(st.sampled_from(["openai", "llamafile", "anthropic", "groq"]), st.text(max_size=60))
def test_any_text_is_judged(provider: str, text: str) -> None:
    """It never fails, and what it proposes is an address with a host."""
    for each in (text, f"http://{text}", f"https://{text}/v1"):
        fault = fault_in(provider, each)
        if fault is not None and fault.meant:
            assert fault.meant.startswith(("http://", "https://"))
            assert len(fault.meant) <= len(each) + len(f"https://{OFFICIAL['anthropic'][0]}:8080/v1")


def test_a_long_path_does_not_take_long() -> None:
    assert fault_in("openai", "http://localhost" + "/completions" * 150) is not None
    assert fault_in("openai", "http://localhost" + "/completions" * 100_000) is None
