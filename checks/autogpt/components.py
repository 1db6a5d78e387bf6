"""The component configuration: a JSON file keyed by class, with the fields that each class has had since when.

Source: the classes in `forge/components/` upstream, from June 2024 (the first version that reads such a file) to 2026.
Names and types only; a checkout's own source is asked first.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional

from checks.autogpt.variables import is_harmless as is_harmless_setting
from checks.autogpt.versions import PLACES, Version


class Field(NamedTuple):
    """What one field takes, as pydantic reads it without being strict ("3" is a whole number, "yes" is true)."""

    kind: str
    """"int", "float", "bool", "str", "list" (of texts), "choice", "model" (a name that the checkout accepts) or "any"
    (nothing is known of it)."""
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    """null is taken as well."""
    lowest: Optional[int] = None
    highest: Optional[int] = None


Fields = Mapping[str, Field]

_FIRST, _LAST, _NEW = "2024-09", "classic-2026", "classic-2026"
_OLD = "classic-2024"
_PROVIDERS = "tavily|serper|ddgs|auto"
_BACKENDS = "auto|duckduckgo|bing|brave|google|mojeek|yahoo|yandex|wikipedia"
# Each field as "name=type": a type with | is a choice, one with ? may be null.
_ROWS = (
    (
        _FIRST, _LAST, "ActionHistoryConfiguration",
        "llm_name=model max_tokens=int spacy_language_model=str full_message_count=int",
    ),
    (_NEW, _LAST, "ActionHistoryConfiguration", "enable_compression=bool"),
    (
        _FIRST, _LAST, "CodeExecutorConfiguration",
        "execute_local_commands=bool shell_command_control=allowlist|denylist shell_allowlist=list "
        "shell_denylist=list docker_container_name=str",
    ),
    (_FIRST, _LAST, "FileManagerConfiguration", "storage_path=str workspace_path=str"),
    (_FIRST, _LAST, "GitOperationsConfiguration", "github_username=str? github_api_key=str?"),
    (
        _FIRST, _LAST, "ImageGeneratorConfiguration",
        "image_provider=dalle|huggingface|sdwebui huggingface_image_model=str huggingface_api_token=str? "
        "sd_webui_url=str sd_webui_auth=str?",
    ),
    (
        _FIRST, _LAST, "WebSearchConfiguration",
        "google_api_key=str? google_custom_search_engine_id=str? duckduckgo_max_attempts=int "
        "duckduckgo_backend=api|html|lite",
    ),
    (
        _NEW, _LAST, "WebSearchConfiguration",
        "tavily_api_key=str? tavily_search_depth=basic|advanced tavily_include_answer=bool "
        "tavily_include_raw_content=bool serper_api_key=str? ddgs_region=str ddgs_safesearch=on|moderate|off "
        f"ddgs_backend={_BACKENDS} default_provider={_PROVIDERS} max_results=int",
    ),
    (
        _FIRST, _OLD, "WebSeleniumConfiguration",
        "llm_name=model web_browser=chrome|firefox|safari|edge headless=bool user_agent=str "
        "browse_spacy_language_model=str selenium_proxy=str?",
    ),
    (
        _NEW, _LAST, "WebPlaywrightConfiguration",
        "llm_name=model browser_type=chromium|firefox|webkit headless=bool user_agent=str "
        "browse_spacy_language_model=str max_retries=int retry_delay=float page_load_timeout=int "
        "max_content_length=int browserless_token=str? use_cloud_fallback=bool proxy=str? block_resources=bool",
    ),
    (_NEW, _LAST, "TodoConfiguration", "max_items=int show_in_prompt=bool decompose_model=str?"),
    (_NEW, _LAST, "ArchiveHandlerConfiguration", "max_archive_size=int max_extracted_size=int max_files=int"),
    (_NEW, _LAST, "ClipboardConfiguration", "max_items=int max_value_size=int"),
    (_NEW, _LAST, "DataProcessorConfiguration", "max_json_depth=int max_csv_rows=int"),
    (
        _NEW, _LAST, "HTTPClientConfiguration",
        "default_timeout=int max_retries=int allowed_domains=list user_agent=str max_response_size=int",
    ),
    (_NEW, _LAST, "MathUtilsConfiguration", ""),
    (_NEW, _LAST, "TextUtilsConfiguration", "max_text_length=int max_matches=int"),
    (_NEW, _LAST, "SkillConfiguration", "skill_directories=list max_loaded_skills=int:1:20"),
    (_NEW, _LAST, "PlatformBlocksConfig", "enabled=bool platform_url=str api_key=str? timeout=int"),
)  # fmt: skip

NOT_IN_THE_AGENT = frozenset(("WebFetchConfiguration",))
"""Classes of the source that AutoGPT's agent does not use: what stands under their names is not even looked at."""

REPLACED: Mapping[str, str] = {
    "WebSeleniumConfiguration": "WebPlaywrightConfiguration",
    "WebPlaywrightConfiguration": "WebSeleniumConfiguration",
    "web_browser": "browser_type",
    "browser_type": "web_browser",
    "selenium_proxy": "proxy",
    "proxy": "selenium_proxy",
    "model_name": "llm_name",
}
"""What does the same work in a version that does not know the name."""


def classes_of(version: Version) -> Mapping[str, Fields]:
    """The classes of a version, each with its fields."""
    classes: dict[str, dict[str, Field]] = {}
    for since, until, name, fields in _ROWS:
        if PLACES[since] <= version.place <= PLACES[until]:
            known = classes.setdefault(name, {})
            known.update((field, _field(type_)) for field, type_ in (each.split("=") for each in fields.split()))
    return classes


def every_name() -> frozenset[str]:
    """The classes of all versions."""
    return frozenset(name for _, _, name, _ in _ROWS) | NOT_IN_THE_AGENT


def fields_ever(class_name: str) -> frozenset[str]:
    """The fields that a class has in any version."""
    rows = (fields for _, _, name, fields in _ROWS if name == class_name)
    return frozenset(field.split("=")[0] for fields in rows for field in fields.split())


def _field(type_: str) -> Field:
    is_optional = type_.endswith("?")
    kind, *limits = type_.rstrip("?").split(":")
    if "|" in kind:
        return Field("choice", tuple(kind.split("|")), is_optional)
    lowest, highest = (int(limits[0]), int(limits[1])) if limits else (None, None)
    return Field(kind, (), is_optional, lowest, highest)


def is_harmless(name: str, value: str) -> bool:
    """Whether the value of a field of this name may be shown and recorded: never of a key, a proxy or an address."""
    return name in _OPEN and is_harmless_setting("LOG_LEVEL", value)


_OPEN = frozenset(
    field
    for _, _, _, fields in _ROWS
    for field, type_ in (each.split("=") for each in fields.split())
    if type_.split(":")[0] in ("int", "float", "bool", "model") or "|" in type_
)
