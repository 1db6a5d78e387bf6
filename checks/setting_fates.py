"""What became of a setting that this version does not read, and whether somebody will miss it."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional

from checks.autogpt.placeholders import is_placeholder
from checks.autogpt.variables import IN_COMPONENTS, READ_LONGER, RENAMED, VARIABLES
from checks.autogpt.versions import PLACES, VERSIONS, Version
from checks.settings import Setting, Settings
from doctor import Words, say

COMPONENTS_SINCE = PLACES["2024-09"]
# In April 2026 the browser component was replaced.
IN_NEWEST_COMPONENTS: Mapping[str, str] = {
    **IN_COMPONENTS,
    "HEADLESS_BROWSER": "WebPlaywrightConfiguration.headless",
    "USE_WEB_BROWSER": "WebPlaywrightConfiguration.browser_type",
    "USER_AGENT": "",
    "BROWSE_SPACY_LANGUAGE_MODEL": "",
}
# What the components do without any file. With one of these values nothing is lost.
SAME_AS_BEFORE: Mapping[str, tuple[str, ...]] = {
    "HEADLESS_BROWSER": ("True",),
    "IMAGE_PROVIDER": ("dalle", ""),
    "HUGGINGFACE_IMAGE_MODEL": ("CompVis/stable-diffusion-v1-4",),
    "SD_WEBUI_URL": ("http://localhost:7860", "http://127.0.0.1:7860"),
    "USE_WEB_BROWSER": ("chrome",),
    "BROWSE_SPACY_LANGUAGE_MODEL": ("en_core_web_sm",),
}
# The names that newer versions gave to something that this one knows under an older name.
FORMERLY: Mapping[str, str] = {
    RENAMED[old]: old
    for old in (
        "SMART_LLM_MODEL", "FAST_LLM_MODEL", "CUSTOM_SEARCH_ENGINE_ID", "ELEVENLABS_VOICE_1_ID", "WORKSPACE_BACKEND",
        "WORKSPACE_STORAGE_BUCKET",
    )
}  # fmt: skip
_AZURE_FILE = "AZURE_CONFIG_FILE"


class Former(NamedTuple):
    """What became of a setting."""

    kind: str
    """"renamed", "moved" (into the JSON file), "newer" (it has an older name here), or "stale": nobody misses it."""
    words: Words
    now: str = ""
    """The name in this version, or class and field in the JSON file."""


def fate_of(name: str, settings: Settings) -> Optional[Former]:
    """What became of a setting that is set but not read; None when there is nothing to say."""
    setting = settings.get(name)
    version = settings.version
    if setting is None or not setting.text.strip() or is_placeholder(setting.text):
        return None
    known = VARIABLES.get(name)
    if known is None and version.place < PLACES["v0.5.0"]:
        return None  # the library of that time read OPENAI_API_BASE by itself
    if known is not None and known.since > version.place:
        return _newer(setting, settings)
    component = _component(name, version)
    if component:
        return _moved(setting, component, settings)
    return _renamed(setting, settings, _since(name))


def _newer(setting: Setting, settings: Settings) -> Former:
    name = setting.name
    older = FORMERLY.get(name, "")
    first = VERSIONS[VARIABLES[name].since].id
    if older and VARIABLES[older].is_in(settings.version):
        words = say("{name} is called {older} in this version", name=name, older=older)
        return Former(_weight("newer", setting, settings, older), words, older)
    return Former("stale", say("{name} came with {first}", name=name, first=first))


def _moved(setting: Setting, component: str, settings: Settings) -> Former:
    name, text = setting.name, setting.text
    words = say("{name} is now {component}", name=name, component=component)
    does_nothing = text in SAME_AS_BEFORE.get(name, ()) or (name == "EXECUTE_LOCAL_COMMANDS" and text != "True")
    is_missed = name in (*SAME_AS_BEFORE, "EXECUTE_LOCAL_COMMANDS") and not does_nothing
    has_file = bool((settings.text("COMPONENT_CONFIG_FILE") or "").strip())
    kind = "moved" if is_missed and not has_file and setting.source.kind == "file" else "stale"
    return Former(kind, words, component)


def _renamed(setting: Setting, settings: Settings, since: str) -> Former:
    name = setting.name
    now = RENAMED.get(name, "")
    component = _component(now, settings.version)
    if now == _AZURE_FILE:
        return Former("stale", say("{name}: the file azure.yaml does its work since {since}", name=name, since=since))
    if component:
        return Former("stale", say("{name} is now {component}", name=name, component=component))
    if now and VARIABLES[now].is_in(settings.version):
        words = say("{name} is called {now} since {since}", name=name, now=now, since=since)
        return Former(_weight("renamed", setting, settings, now), words, now)
    return Former("stale", say("{name} is gone since {since}", name=name, since=since))


def _weight(kind: str, setting: Setting, settings: Settings, now: str) -> str:
    """Whether it is missed: not when the right name is set too, or comes to the same without it."""
    right = settings.get(now)
    is_missed = right is None or (not right.is_set and right.text != setting.text)
    return kind if is_missed and setting.source.kind == "file" else "stale"


def _component(name: str, version: Version) -> str:
    if version.place < COMPONENTS_SINCE:
        return ""
    return (IN_NEWEST_COMPONENTS if version.id == "classic-2026" else IN_COMPONENTS).get(name, "")


def _since(name: str) -> str:
    """The first version that does not read it."""
    known = VARIABLES.get(name)
    if known is None:
        return "v0.5.0"
    last = max(known.until, READ_LONGER.get(name, 0))
    return VERSIONS[min(last + 1, len(VERSIONS) - 1)].id
