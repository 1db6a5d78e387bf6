"""Values that AutoGPT refuses, or takes for something else without a word: numbers, choices, lists, an organization.

It protects the user from validation errors that tell nothing to a newcomer. A setting that this version does not read
is never judged.
"""

from __future__ import annotations

import re
from typing import Iterator, Mapping, NamedTuple, Optional

from checks.autogpt.placeholders import is_placeholder
from checks.autogpt.variables import CHOICES, is_harmless
from checks.autogpt.versions import PLACES, Version
from checks.checkout import Checkout
from checks.meanings_of_settings import SETTINGS_ORGANIZATION, SETTINGS_VALUES
from checks.plan import Plan
from checks.setting_remedies import TEMPLATE, leave_out, write
from checks.setting_switches import quoted, read
from checks.settings import Setting, Settings
from doctor import Finding, Link, Remedy, Stage, Words, check, found, note, problem, say, warning

# --- numbers and choices ------------------------------------------------------------------------------------------


class Fault(NamedTuple):
    """What is wrong with one value."""

    code: str
    setting: Setting
    heading: Words
    wanted: Words
    is_fatal: bool
    """AutoGPT does not start with it."""
    value: str = ""
    """What was meant, "" when that cannot be told."""


@check(
    "settings.values",
    title="Numbers, choices and lists among the settings",
    stage=Stage.CONFIGURATION,
    codes=SETTINGS_VALUES,
)
def settings_values(settings: Settings, checkout: Checkout) -> Iterator[Finding]:
    """Some settings take only certain values, in exactly one spelling; with any other, AutoGPT ends in a long error.

    TEMPERATURE is a number with a point, from 0 to 2, and an empty one is no number. LOG_LEVEL has to be in capitals,
    LOG_FORMAT and FILE_STORAGE_BACKEND in small letters. The port of the server is a whole number up to 65535. The
    entries of a list have commas between them and no blanks. A setting that you don't need is best left out.
    """
    for fault in faults_in(settings):
        value = say("{name} = {value}", name=fault.setting.name, value=quoted(fault.setting))
        if not fault.setting.text:
            value = say("{name} is set, and empty", name=fault.setting.name)
        yield (problem if fault.is_fatal else warning)(
            fault.code,
            fault.heading,
            detail="AutoGPT ends with an error that is hard to read when it starts." if fault.is_fatal else None,
            evidence=found(value, wanted=fault.wanted, where=fault.setting.source.words),
            remedy=_remedy(fault, checkout.shell),
            links=(TEMPLATE,),
        )
    login = read(settings, "SD_WEBUI_AUTH")
    if login is not None and login.text.strip() and ":" not in login.text:
        yield note(
            "settings.login",
            "SD_WEBUI_AUTH is no login: it needs a user name and a password",
            evidence=found("there is no colon in it", wanted="name:password", where=login.source.words),
            links=(TEMPLATE,),
        )


def _remedy(fault: Fault, shell: str) -> Remedy:
    if not fault.setting.text.strip():
        return leave_out(fault.setting, shell)
    return write([(fault.setting, fault.value)], shell)


def faults_in(settings: Settings) -> Iterator[Fault]:
    """Everything wrong with the values of numbers, choices and lists."""
    for name in ("TEMPERATURE", "IMAGE_SIZE", "REDIS_PORT", "AP_SERVER_PORT", "THINKING_BUDGET_TOKENS"):
        setting = read(settings, name)
        if setting is not None:
            yield from _number(setting, settings.version)
    for name in CHOICES:
        setting = read(settings, name)
        if setting is not None:
            yield from _choice(setting, settings.version)
    for name in ("DISABLED_COMMANDS", "AP_SERVER_CORS_ALLOWED_ORIGINS"):
        setting = read(settings, name)
        if setting is not None:
            yield from _list(setting)


def _number(setting: Setting, version: Version) -> Iterator[Fault]:
    name, text = setting.name, setting.text
    if name == "AP_SERVER_PORT":
        if not 1 <= (_whole(text) or 0) <= 65535:
            heading = say("AutoGPT's server cannot use the port in {name}", name=name)
            yield Fault("settings.port", setting, heading, say("a whole number from 1 to 65535"), False)
    elif name == "THINKING_BUDGET_TOKENS":
        if text and (_whole(text) or 0) < 1024:
            heading = say("{name} is too small, or no whole number", name=name)
            yield Fault("settings.number", setting, heading, say("a whole number from 1024 on"), False)
    elif text or _dies_of_nothing(name, version):
        yield from _temperature(setting) if name == "TEMPERATURE" else _size(setting, version)


def _temperature(setting: Setting) -> Iterator[Fault]:
    wanted = say("a number from 0 to 2, for instance 0.5")
    number = _decimal(setting.text)
    if number is None:
        meant = setting.text.strip().replace(",", ".")
        value = meant if re.fullmatch(r"[012]?\.?\d{1,4}", meant) else ""
        heading = say("TEMPERATURE is no number" if setting.text.strip() else "TEMPERATURE is empty")
        yield Fault("settings.number", setting, heading, wanted, True, value)
    elif not 0 <= number <= 2:  # what is not a number at all is outside, too
        yield Fault("settings.range", setting, say("TEMPERATURE is out of its range"), wanted, False)


def _size(setting: Setting, version: Version) -> Iterator[Fault]:
    if _whole(setting.text) is None and version.place <= PLACES["v0.5.1"]:
        heading = say("{name} is no whole number", name=setting.name)
        yield Fault("settings.number", setting, heading, say("a whole number"), True)


def _dies_of_nothing(name: str, version: Version) -> bool:
    """Whether an empty number ends AutoGPT. Of v0.4.7 it is not known, and v0.5.0 passes over it."""
    if version.place <= PLACES["v0.4.0"] or version.id == "2023-09":
        return True
    return name == "TEMPERATURE" and version.place >= PLACES["v0.5.1"]


def _whole(text: str) -> Optional[int]:
    try:
        return int(text) if len(text) < 40 else None
    except ValueError:
        return None


def _decimal(text: str) -> Optional[float]:
    try:
        return float(text)
    except ValueError:
        return None


# What Python's logging knows beside the documented five.
ALSO_LEVELS = ("WARN", "FATAL", "NOTSET")
# With an empty value AutoGPT goes on as if it was not set. Up to v0.5.1 that holds for FILE_STORAGE_BACKEND, too.
FINE_WHEN_EMPTY = ("TEXT_TO_SPEECH_PROVIDER", "REASONING_EFFORT")
# Since then a wrong value is known to end AutoGPT; before, it is inferred.
FATAL_SINCE: Mapping[str, str] = {
    "LOG_LEVEL": "classic-2024",
    "LOG_FORMAT": "classic-2024",
    "LOG_FILE_FORMAT": "classic-2024",
    "TEXT_TO_SPEECH_PROVIDER": "classic-2024",
    "FILE_STORAGE_BACKEND": "v0.5.1",
    "PROMPT_STRATEGY": "classic-2026",
}


def _choice(setting: Setting, version: Version) -> Iterator[Fault]:
    name, text = setting.name, setting.text
    accepted = CHOICES[name]
    if text in accepted or (name == "LOG_LEVEL" and text in ALSO_LEVELS):
        return
    is_fatal = name in FATAL_SINCE and version.place >= PLACES[FATAL_SINCE[name]]
    if not text and (not is_fatal or name in FINE_WHEN_EMPTY or version.id == "v0.5.1"):
        return
    plain = re.sub(r"[\s-]+", "_", text.strip().strip("\"'").strip().lower())
    meant = next((each for each in accepted if each.lower() == plain), "")
    yield Fault("settings.choice", setting, _choice_heading(setting, meant), _one_of(accepted), is_fatal, meant)


def _choice_heading(setting: Setting, meant: str) -> Words:
    if not setting.text:
        return say("{name} is empty, which AutoGPT does not take", name=setting.name)
    if setting.text.lower() == meant.lower():
        kind = "capital" if meant.isupper() else "small"
        return say("{name} has to be written in {kind} letters", name=setting.name, kind=kind)
    return say("{name} has a value that AutoGPT does not know", name=setting.name)


def _one_of(accepted: tuple[str, ...]) -> Words:
    return say("one of {values}", values=accepted)


def _list(setting: Setting) -> Iterator[Fault]:
    """What stands between two commas is taken as it is."""
    entries = setting.text.split(",")
    plain = [each.strip("[]\"' \t\n") for each in entries]
    if plain != entries:
        heading = say("Some entries of {name} do not count: AutoGPT takes blanks for a part of them", name=setting.name)
        meant = ",".join(each for each in plain if each)
        value = meant if is_harmless(setting.name, meant) else ""
        yield Fault("settings.list", setting, heading, say("commas alone"), False, value)


# --- whose account ------------------------------------------------------------------------------------------------


@check(
    "settings.organization",
    title="The organization at OpenAI",
    stage=Stage.CONFIGURATION,
    codes=SETTINGS_ORGANIZATION,
)
def settings_organization(settings: Settings, plan: Plan, checkout: Checkout) -> Iterator[Finding]:
    """OPENAI_ORGANIZATION says which of your organizations pays; OpenAI refuses a request with a wrong one.

    It wants the organization's id, which begins with org-, and not its name. Most people have one organization only and
    need no such line. Where requests don't go to OpenAI itself it is not looked at.
    """
    setting = read(settings, "OPENAI_ORGANIZATION")
    base = settings.text("OPENAI_API_BASE_URL") or OPENAI_HOST
    if setting is None or not plan.needs("openai") or plan.uses_azure or OPENAI_HOST not in base:
        return
    text = setting.text.strip()
    if not text and settings.version.place >= PLACES["classic-2024"]:
        yield note(
            "settings.organization-empty",
            "OPENAI_ORGANIZATION is empty, and AutoGPT sends it like that",
            evidence=found("it is set, and empty", wanted="no such line", where=setting.source.words),
            remedy=leave_out(setting, checkout.shell),
            links=(ORGANIZATION,),
        )
    elif text and (not text.startswith(("org-", "user-")) or re.search(r"[\s#\"']", text)):
        yield warning(
            "settings.organization",
            "OPENAI_ORGANIZATION is not the id of an organization",
            detail="OpenAI refuses every request with it. If you have one organization only, the line is not needed.",
            evidence=found(_what_it_is(text), wanted="org-...", where=setting.source.words),
            remedy=leave_out(setting, checkout.shell),
            links=(ORGANIZATION,),
            explained_by=("openai.organization",),
        )


def _what_it_is(text: str) -> Words:
    if is_placeholder(text):
        return say("the placeholder of the template")
    if text.startswith(("org-", "user-")):
        return say("more than the id: a remark, a blank or a quote belongs to it")
    return say("the id of a project") if text.startswith("proj_") else say("it does not begin with org-")


OPENAI_HOST = "api.openai.com"
ORGANIZATION = Link("Your organization at OpenAI", "https://platform.openai.com/settings/organization/general")
