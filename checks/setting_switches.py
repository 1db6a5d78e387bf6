"""Switches that AutoGPT takes for off although somebody wanted them on, and the sandbox that is off because of it.

It protects the user from "true", which is not True. A setting that this version does not read is never judged.
"""

from __future__ import annotations

from typing import Iterator, Optional

from checks.autogpt.variables import VARIABLES
from checks.checkout import Checkout
from checks.meanings_of_settings import SETTINGS_SWITCHES
from checks.setting_remedies import TEMPLATE, write
from checks.settings import Setting, Settings
from doctor import Finding, Stage, Words, check, found, note, say, warning

SANDBOX = "RESTRICT_TO_WORKSPACE"
YES = frozenset(("true", "1", "yes", "y", "on", "t", "enable", "enabled"))
NO = frozenset(("false", "0", "no", "n", "off", "f", "none", "disable", "disabled"))
# Only the text True counts in these: https://github.com/Significant-Gravitas/AutoGPT, the settings classes since 2023.
EXACT = (
    "PLAIN_OUTPUT", "OPENAI_FUNCTIONS", "EXECUTE_LOCAL_COMMANDS", "HEADLESS_BROWSER", "CHAT_MESSAGES_ENABLED",
    "WIPE_REDIS_ON_START",
)  # fmt: skip
# As pydantic reads a boolean: https://docs.pydantic.dev/latest/api/standard_library_types/#booleans
LENIENT = ("NONINTERACTIVE_MODE", "PLATFORM_BLOCKS_ENABLED")
LENIENT_WORDS = frozenset(("0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"))


@check(
    "settings.switches",
    title="Settings that are on or off",
    stage=Stage.CONFIGURATION,
    codes=SETTINGS_SWITCHES,
)
def settings_switches(settings: Settings, checkout: Checkout) -> Iterator[Finding]:
    """Most switches of AutoGPT are on only when their value is exactly True, with a capital T and nothing else.

    true, 1, yes, or True with a blank inside quotes all count as False, and nothing tells you. One case is dangerous:
    RESTRICT_TO_WORKSPACE=true takes the restriction away, and AutoGPT may then write to every folder of yours. Write
    True or False.
    """
    sandbox = read(settings, SANDBOX)
    if sandbox is not None and sandbox.text != "True":
        yield _sandbox_off(sandbox, checkout)
    wrong = [each for name in (*EXACT, *LENIENT) if (each := read(settings, name)) and _is_misread(each)]
    if not wrong:
        return
    yield warning(
        "settings.boolean",
        say("{names}: not the True or False that AutoGPT understands", names=[each.name for each in wrong]),
        detail=None if all(each.name in LENIENT for each in wrong) else "Only the exact word True switches it on.",
        evidence=[
            found(
                say("{name} = {value}, which {meaning}", name=each.name, value=quoted(each), meaning=_meaning(each)),
                wanted="True or False",
                where=each.source.words,
            )
            for each in wrong
        ],
        remedy=write([(each, "True" if _is_yes(each.text) else "") for each in wrong], checkout.shell),
        links=(TEMPLATE,),
    )


def _is_misread(setting: Setting) -> bool:
    """Whether somebody wanted this switch on, or something that cannot be told, and AutoGPT takes it for off."""
    text = setting.text
    if setting.name in LENIENT:
        return bool(text) and text.lower() not in LENIENT_WORDS
    return text != "True" and bool(text.strip()) and not _is(text, NO)


def _is(text: str, words: frozenset[str]) -> bool:
    return text.strip().strip("\"'").strip().lower() in words


def _is_yes(text: str) -> bool:
    return _is(text, YES)


def _meaning(setting: Setting) -> Words:
    return say("is neither yes nor no") if setting.name in LENIENT else say("counts as False")


def _sandbox_off(setting: Setting, checkout: Checkout) -> Finding:
    where = setting.source.words
    if setting.text.strip() and _is(setting.text, NO):
        return note(
            "settings.sandbox-off",
            "AutoGPT may read and write files outside of its workspace",
            detail="That is what RESTRICT_TO_WORKSPACE says here; without it, AutoGPT stays in its workspace.",
            evidence=found(say("{name} = {value}", name=SANDBOX, value=setting.shown), where=where),
            links=(TEMPLATE,),
        )
    value = say("{name} = {value}", name=SANDBOX, value=quoted(setting))
    if not setting.text:
        value = say("{name} is set, and empty", name=SANDBOX)
    return warning(
        "settings.sandbox-off",
        "AutoGPT is not kept in its workspace: it may change any of your files",
        detail="Anything but the exact word True takes the restriction away. Without the line it would be there.",
        evidence=found(say("{value}, which counts as False", value=value), wanted="True", where=where),
        remedy=write([(setting, "True")], checkout.shell),
        links=(TEMPLATE,),
    )


def quoted(setting: Setting) -> Words:
    """With the quotes that show blanks at its ends."""
    if setting.text != setting.text.strip():
        return say('"{value}"', value=setting.shown)
    return say("{value}", value=setting.shown)


def read(settings: Settings, name: str) -> Optional[Setting]:
    """The setting, where it is set and this version reads it."""
    setting = settings.get(name)
    if setting is None or not setting.is_set or not VARIABLES[name].is_in(settings.version):
        return None
    # The newest template still names it, and nothing reads it.
    return None if name == "OPENAI_FUNCTIONS" and settings.version.id == "classic-2026" else setting
