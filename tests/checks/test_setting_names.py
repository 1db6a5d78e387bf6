"""Names that AutoGPT does not read: which setting was meant, what became of it, and what is nobody's business."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Collection, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.autogpt.other_names import OF_OTHERS, is_plain_name
from checks.autogpt.variables import ALSO_READ, RENAMED, TEMPLATE_NAMES, VARIABLES
from checks.autogpt.versions import PLACES, VERSIONS, Version
from checks.setting_fates import Former, fate_of
from checks.setting_likeness import MOST_NAMES, Unknown, meant, stand_in, unknown_names
from checks.settings import Setting, Settings, Source
from doctor import Secret
from doctor.words import render
from tests.checks.setting_makers import of_file

ENV = PurePosixPath("/home/user/AutoGPT/.env")
NEWEST = VERSIONS[-1].id


def settings_of(version: str, **values: str) -> Settings:
    """Known settings in front, as the fact has them."""
    known = {n: Setting(n, Secret(value), Source("file", ENV, 1)) for n, value in values.items() if n in VARIABLES}
    others = {name: (value, Source("file", ENV, 1)) for name, value in values.items() if name not in VARIABLES}
    return Settings(VERSIONS[PLACES[version]], known, of_file(others))


def unknown(settings: Settings, *, on_windows: bool = False) -> Unknown:
    return unknown_names(settings, TEMPLATE_NAMES[settings.version.id], on_windows)


def meant_by(name: str, version: str = "classic-2024", **others: str) -> Optional[str]:
    settings = settings_of(version, **{name: "value"}, **others)
    found = list(meant(unknown(settings).foreign, settings, TEMPLATE_NAMES[version]))
    return found[0].name if found else None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai_api_key", "OPENAI_API_KEY"),
        ("OpenAI_API_Key", "OPENAI_API_KEY"),
        ("OPENAI-API-KEY", "OPENAI_API_KEY"),
        ("OPENAI.API.KEY", "OPENAI_API_KEY"),
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("OPENAIAPIKEY", "OPENAI_API_KEY"),
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("OPENAI_API_TOKEN", "OPENAI_API_KEY"),
        ("OPEN_AI_API_KEY", "OPENAI_API_KEY"),
        ("OPNEAI_API_KEY", "OPENAI_API_KEY"),
        ("OPENAI_API_KEYS", "OPENAI_API_KEY"),
        ("OPENAI_APY_KEY", "OPENAI_API_KEY"),
        ("CHATGPT_API_KEY", "OPENAI_API_KEY"),
        ("ANTROPIC_API_KEY", "ANTHROPIC_API_KEY"),
        ("ANTHROPIC_KEY", "ANTHROPIC_API_KEY"),
        ("CLAUDE_API_KEY", "ANTHROPIC_API_KEY"),
        ("GROK_API_KEY", "GROQ_API_KEY"),
        ("SMART_LLMM", "SMART_LLM"),
        ("SMARTLLM", "SMART_LLM"),
        ("SMART_MODEL", "SMART_LLM"),
        ("FAST_LM", "FAST_LLM"),
        ("EMBEDING_MODEL", "EMBEDDING_MODEL"),
        ("TEMPRATURE", "TEMPERATURE"),
        ("RESTRICT_TO_WORKSAPCE", "RESTRICT_TO_WORKSPACE"),
        ("loglevel", "LOG_LEVEL"),
        ("OPENAI_API_BASEURL", "OPENAI_API_BASE_URL"),
        ("OPENAI_URL", "OPENAI_API_BASE_URL"),
        ("LLAMAFILE_API_BASE_URL", "LLAMAFILE_API_BASE"),
        ("USE_AZUR", "USE_AZURE"),
        ("\u041ePENAI_API_KEY", "OPENAI_API_KEY"),
        ("OPENAI_API_\u039aEY", "OPENAI_API_KEY"),
        ("\uff34\uff25\uff2dPERATURE", "TEMPERATURE"),
    ],
)
def test_a_name_that_is_nearly_right(name: str, expected: str) -> None:
    assert meant_by(name) == expected
    if VARIABLES[expected].kind != "key":
        assert meant_by(name, **{expected: "value"}) is None, "the right name is there, too"


@pytest.mark.parametrize(
    "name",
    [
        *sorted(OF_OTHERS), *sorted(ALSO_READ), "MY_PROJECT", "DATABASE_URL", "SECRET_KEY", "DEBUG", "MY_TEMPERATURE",
        "SMART_LLM_OLD", "LOG_LEVEL_OF_MY_APP", "EDITOR", "DISCORD_API_KEY", "WEATHER_API_KEY", "FOO", "A", "_", "",
        "\ufeffTEMPERATUR", "$env:TEMPERATUR", "TEMPERATUR E", "OPENAI_MODEL",
    ],
)  # fmt: skip
def test_names_of_ones_own_are_left_in_peace(name: str) -> None:
    assert meant_by(name) is None


def test_windows_takes_no_notice_of_small_letters() -> None:
    settings = settings_of(NEWEST, openai_api_key="value", temperature="1", OPENAI_KEY="value")
    assert unknown(settings, on_windows=True).foreign == ("OPENAI_KEY",)
    assert set(unknown(settings).foreign) == {"openai_api_key", "temperature", "OPENAI_KEY"}


def test_an_empty_line_is_no_setting_under_a_wrong_name() -> None:
    settings = settings_of(NEWEST, OPENAI_KEY="", TEMPERATUR=" ")
    assert not list(meant(unknown(settings).foreign, settings, ()))


@pytest.mark.parametrize("name", ["myOwnSetting", "_hidden", "log-level", "S3.URL"])
def test_a_name_of_words_may_be_said(name: str) -> None:
    assert is_plain_name(name)


def test_every_known_name_may_be_said() -> None:
    assert [name for name in (*VARIABLES, *ALSO_READ, *OF_OTHERS) if not is_plain_name(name)] == []


@pytest.mark.parametrize(
    "name", ["proj_V7XzMg1EKM4", "a1b2" * 8, "A1B2C3D4E5F6", "OPENAI_API_KEY-" + "k3J9" * 9, "x" * 30, "\u041e", ""]
)
def test_what_may_be_a_secret_is_no_name(name: str) -> None:
    assert not is_plain_name(name)


# --- keys under other names ---------------------------------------------------------------------------------------

OPENAI = "sk-" + "proj-" + "A1b2" * 30
ANTHROPIC = "sk-" + "ant-api03-" + "A1b2" * 24
GROQ = "gsk" + "_" + "A1b2" * 13


def key_for(provider: str, **values: str) -> Optional[str]:
    settings = settings_of("classic-2024", **values)
    foreign = unknown(settings).foreign
    found = stand_in(provider, list(meant(foreign, settings, ())), foreign, settings)
    return found.setting.name if found else None


@pytest.mark.parametrize(
    ("provider", "values", "expected"),
    [
        ("openai", {"OPENAI_KEY": OPENAI}, "OPENAI_KEY"),
        ("openai", {"OPENAI_KEY": "of-some-gateway"}, "OPENAI_KEY"),
        ("openai", {"OPENAI_KEY": OPENAI, "OPENAI_API_KEY": "your-openai-api-key"}, "OPENAI_KEY"),
        ("openai", {"OPENAI_KEY": OPENAI, "OPENAI_API_KEY": OPENAI}, None),
        ("openai", {"OPENAI_KEY": ANTHROPIC}, None),
        ("openai", {"OPENAI_KEY": "your-openai-api-key"}, None),
        ("openai", {"WHATEVER": OPENAI}, "WHATEVER"),
        ("openai", {"WHATEVER": GROQ}, None),
        ("anthropic", {"OPENAI_KEY": OPENAI, "MY_KEY": ANTHROPIC}, "MY_KEY"),
        ("groq", {"GROK_API_KEY": GROQ}, "GROK_API_KEY"),
        ("groq", {"GROK_API_KEY": "xai-" + "A1b2" * 20}, None),
        ("openai", {"OPENAI_API_KEY_2": "of-some-gateway"}, "OPENAI_API_KEY_2"),
        ("llamafile", {"LLAMAFILE_KEY": OPENAI}, None),
    ],
)
def test_a_key_under_another_name(provider: str, values: dict[str, str], expected: Optional[str]) -> None:
    assert key_for(provider, **values) == expected


# --- former names -------------------------------------------------------------------------------------------------


def fate(version: str, name: str, value: str, **others: str) -> Optional[Former]:
    settings = settings_of(version, **{name: value}, **others)
    assert name in unknown(settings).former
    return fate_of(name, settings)


@pytest.mark.parametrize(
    ("version", "name", "value", "kind", "now"),
    [
        ("classic-2024", "SMART_LLM_MODEL", "gpt-4", "renamed", "SMART_LLM"),
        ("v0.5.0", "SMART_LLM_MODEL", "gpt-4-0613", "renamed", "SMART_LLM"),
        ("classic-2024", "CUSTOM_SEARCH_ENGINE_ID", "a1", "renamed", "GOOGLE_CUSTOM_SEARCH_ENGINE_ID"),
        ("v0.5.1", "WORKSPACE_BACKEND", "s3", "renamed", "FILE_STORAGE_BACKEND"),
        ("v0.4.7", "DENY_COMMANDS", "sudo", "renamed", "SHELL_DENYLIST"),
        ("classic-2024", "DENY_COMMANDS", "sudo", "stale", ""),
        ("classic-2024", "OPENAI_API_BASE", "http://localhost:1234/v1", "renamed", "OPENAI_API_BASE_URL"),
        ("classic-2024", "EXECUTE_LOCAL_COMMANDS", "True", "moved", "CodeExecutorConfiguration.execute_local_commands"),
        ("classic-2024", "EXECUTE_LOCAL_COMMANDS", "true", "stale", "CodeExecutorConfiguration.execute_local_commands"),
        ("classic-2024", "HEADLESS_BROWSER", "False", "moved", "WebSeleniumConfiguration.headless"),
        ("classic-2024", "HEADLESS_BROWSER", "True", "stale", "WebSeleniumConfiguration.headless"),
        (NEWEST, "HEADLESS_BROWSER", "False", "moved", "WebPlaywrightConfiguration.headless"),
        (NEWEST, "USE_WEB_BROWSER", "firefox", "moved", "WebPlaywrightConfiguration.browser_type"),
        (NEWEST, "USER_AGENT", "Mine/1.0", "stale", ""),
        ("classic-2024", "MEMORY_BACKEND", "redis", "stale", ""),
        ("classic-2024", "OPENAI_AZURE_API_BASE", "https://a.example", "stale", ""),
        ("v0.4.0", "SMART_LLM", "gpt-4-0613", "newer", "SMART_LLM_MODEL"),
        ("v0.5.1", "GROQ_API_KEY", "x" * 3 + "y", "stale", ""),
        ("classic-2024", "TAVILY_API_KEY", "abc1", "stale", ""),
    ],
)
def test_what_became_of_it(version: str, name: str, value: str, kind: str, now: str) -> None:
    found = fate(version, name, value)
    assert found is not None
    assert (found.kind, found.now) == (kind, now)
    assert name in render(found.words)


def test_nobody_misses_what_is_set_under_its_right_name_too() -> None:
    found = fate("classic-2024", "SMART_LLM_MODEL", "gpt-4", SMART_LLM="gpt-4o")
    assert found is not None and found.kind == "stale"


def test_nobody_misses_what_the_components_have() -> None:
    found = fate("classic-2024", "HEADLESS_BROWSER", "False", COMPONENT_CONFIG_FILE="config.json")
    assert found is not None and found.kind == "stale"


def test_what_was_never_filled_in_is_not_mentioned() -> None:
    assert fate("classic-2024", "PINECONE_API_KEY", "your-pinecone-api-key") is None
    assert fate("classic-2024", "MEMORY_INDEX", "") is None
    assert fate("v0.4.0", "OPENAI_API_BASE", "http://localhost:1234/v1") is None, "its library reads that"


@pytest.mark.parametrize("version", VERSIONS, ids=lambda each: each.id)
def test_what_a_version_reads_has_no_fate(version: Version) -> None:
    settings = settings_of(version.id, **dict.fromkeys(TEMPLATE_NAMES[version.id], "value"))
    assert unknown(settings) == Unknown((), ())


@pytest.mark.parametrize("version", VERSIONS, ids=lambda each: each.id)
def test_every_former_name_has_a_fate_in_every_version(version: Version) -> None:
    settings = settings_of(version.id, **dict.fromkeys((*VARIABLES, *RENAMED), "value"))
    for name in unknown(settings).former:
        found = fate_of(name, settings)
        assert found is None or (found.kind in ("renamed", "moved", "newer", "stale") and render(found.words))
        if found is not None and found.kind in ("renamed", "newer"):
            assert found.now in VARIABLES and VARIABLES[found.now].is_in(settings.version)


# --- many, and any ------------------------------------------------------------------------------------------------


def test_of_ten_thousand_names_few_are_looked_at() -> None:
    names: Collection[str] = [f"OPENAI_API_{number}_KEY" for number in range(5000)]
    settings = settings_of(NEWEST, **dict.fromkeys([*names, *(f"MINE_{n}" for n in range(5000))], "value"))
    found = unknown(settings)
    assert len(found.foreign) == MOST_NAMES
    assert all(name.startswith("OPENAI") for name in found.foreign)


@given(st.dictionaries(st.text(min_size=1, max_size=30), st.text(max_size=12), max_size=8), st.booleans())
def test_any_names_are_looked_at(values: dict[str, str], on_windows: bool) -> None:
    known = {name: value for name, value in values.items() if name in VARIABLES}
    others = {name: (value, Source("file", ENV, 1)) for name, value in values.items() if name not in VARIABLES}
    shell = {n: Setting(n, Secret(v), Source("shell")) for n, v in known.items()}
    settings = Settings(VERSIONS[-1], shell, of_file(others))
    found = unknown(settings, on_windows=on_windows)
    for each in meant(found.foreign, settings, ()):
        assert each.setting.name in values and each.name in VARIABLES
