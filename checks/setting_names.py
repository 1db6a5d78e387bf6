"""Names of settings that this AutoGPT does not read: misspelt, renamed, moved, gone, or of another version.

It protects the user from settings that look right and do nothing: old guides are full of them. A user's own variables
are left in peace, and so is everything that the checkout's own template names.
"""

from __future__ import annotations

import re
from typing import Collection, Iterator, NamedTuple, Sequence

from checks.autogpt.variables import TEMPLATE_NAMES, kind_of
from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.meanings_of_settings import SETTINGS_FORMER, SETTINGS_MISSPELT
from checks.plan import Plan, missing_keys
from checks.setting_fates import Former, fate_of
from checks.setting_likeness import NONE, Meant, Unknown, meant, stand_in, unknown_names
from checks.setting_remedies import TEMPLATE
from checks.settings import Setting, Settings
from doctor import (
    Evidence,
    Finding,
    Link,
    Machine,
    Stage,
    Words,
    check,
    fact,
    found,
    note,
    problem,
    remedy,
    say,
    warning,
)

MOST_SHOWN = 12

# --- facts --------------------------------------------------------------------------------------------------------


class StrayNames(NamedTuple):
    """What stands under a name that this version does not read. Its settings hold their values as secrets."""

    keys: tuple[Meant, ...] = ()
    """Keys that AutoGPT cannot do without, under another name."""
    misspelt: tuple[Meant, ...] = ()
    former: tuple[tuple[Setting, Former], ...] = ()
    """Those of other versions, with what became of them."""

    def explanations(self, key: str, models: Collection[str]) -> list[str]:
        """The codes that say why a key is missing, given its variable and those of the models that need it."""
        codes = ["settings.misspelt-key"] if any(each.name == key for each in self.keys) else []
        is_model = not self.keys and any(each.name in models for each in self.misspelt)
        return [*codes, "settings.misspelt-model"] if is_model else codes


@fact
def stray_names(machine: Machine, checkout: Checkout, version: Version, settings: Settings, plan: Plan) -> StrayNames:
    template = set(TEMPLATE_NAMES[version.id])
    unknown = unknown_names(settings, template, machine.system.is_windows)
    if unknown == NONE:
        return StrayNames()
    text = machine.read_text(checkout.agent / ".env.template", 65536) or ""
    template.update(re.findall(r"^[# ]*([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    unknown = unknown_names(settings, template, machine.system.is_windows)
    near = tuple(meant(unknown.foreign, settings, template))
    keys = [stand_in(provider, near, unknown.foreign, settings) for provider in plan.needed]
    others = [each for each in near if kind_of(each.name) != "key"]
    return StrayNames(
        tuple(each for each in keys if each is not None),
        tuple(sorted(others, key=lambda each: each.setting.source.line)),
        tuple(sorted(_former(unknown, settings), key=lambda each: each[0].source.line)),
    )


def _former(unknown: Unknown, settings: Settings) -> Iterator[tuple[Setting, Former]]:
    for name in unknown.former:
        setting = settings.get(name)
        fate = fate_of(name, settings) if setting is not None else None
        if setting is not None and fate is not None:
            yield setting, fate


# --- judgements ---------------------------------------------------------------------------------------------------


@check(
    "settings.misspelt",
    title="Misspelt names of settings",
    stage=Stage.CONFIGURATION,
    codes=SETTINGS_MISSPELT,
)
def settings_misspelt(stray_names: StrayNames, settings: Settings, plan: Plan) -> Iterator[Finding]:
    """A setting under a name that AutoGPT does not know has no effect, and AutoGPT says nothing of it.

    Names are written in capital letters with _ between the words: OPENAI_API_KEY, and not openai_api_key, OPENAI_KEY or
    OPENAI-API-KEY. Only names that are near to one of AutoGPT's are mentioned, and only where that one is not set.
    """
    if stray_names.keys:
        yield problem(
            "settings.misspelt-key",
            say(
                "AutoGPT does not know {wrong}: it looks for the key under {right}",
                wrong=_names(stray_names.keys),
                right=[each.name for each in stray_names.keys],
            ),
            evidence=[_under_another_name(each) for each in stray_names.keys],
            remedy=remedy(_renaming([(each.setting, each.name) for each in stray_names.keys]), links=(TEMPLATE,)),
        )
    shown = stray_names.misspelt[:MOST_SHOWN]
    models = [each for each in shown if kind_of(each.name) == "model"] if missing_keys(plan, settings) else []
    if models and not stray_names.keys:
        yield problem(
            "settings.misspelt-model",
            say("AutoGPT uses models that you did not choose: it does not know {names}", names=_names(models)),
            detail="The key is missing only for the models that it uses instead.",
            evidence=[_under_another_name(each) for each in models],
            remedy=remedy(_renaming([(each.setting, each.name) for each in models]), links=(TEMPLATE,)),
        )
        shown = tuple(each for each in shown if each not in models)
    if shown:
        is_weak = all(kind_of(each.name) in ("secret", "text", "path") for each in shown)
        yield (note if is_weak else warning)(
            "settings.misspelt",
            say("No setting of AutoGPT is called {names}", names=_names(shown)),
            detail="What stands there has no effect.",
            evidence=[_under_another_name(each) for each in shown],
            remedy=remedy(_renaming([(each.setting, each.name) for each in shown]), links=(TEMPLATE,)),
        )


def _names(stray: Sequence[Meant]) -> list[str]:
    return [each.setting.name for each in stray]


def _under_another_name(each: Meant) -> Evidence:
    name = each.setting.name
    letter = next((c for c in name if not c.isascii()), "")
    what = "{name}, with a value of that form" if each.by_value else "{name}"
    if letter:
        what = "{name}, where {letter} is a letter of another alphabet (U+{code})"
    stands = say(what, name=name, letter=letter, code=f"{ord(letter):04X}" if letter else "")
    return found(stands, wanted=say("{name}", name=each.name), where=each.setting.source.words)


def _renaming(changes: list[tuple[Setting, str]]) -> Words:
    in_file = [each for each in changes if each[0].source.kind == "file"]
    if not in_file:
        return say("Set it under its right name.")
    parts = [say("line {line} to {name}", line=setting.source.line, name=name) for setting, name in in_file]
    path = in_file[0][0].source.path
    return say("In {file}, change the name in {parts}.", file=path or ".env", parts=parts)


@check(
    "settings.former",
    title="Settings of other versions",
    stage=Stage.CONFIGURATION,
    codes=SETTINGS_FORMER,
)
def settings_former(stray_names: StrayNames, settings: Settings) -> Iterator[Finding]:
    """Settings come and go with AutoGPT's versions, and one that this version does not know has no effect.

    Old guides still tell you to set SMART_LLM_MODEL, OPENAI_API_BASE or EXECUTE_LOCAL_COMMANDS. Some of these have a
    new name; some have moved into a JSON file for the components of AutoGPT, which COMPONENT_CONFIG_FILE names; some
    are gone. A line that changes nothing does no harm, and is only mentioned.
    """
    lost = {kind: [each for each in stray_names.former if each[1].kind == kind] for kind in _HEADINGS}
    for kind, (code, heading, help_) in _HEADINGS.items():
        rows = lost[kind]
        if not rows:
            continue
        text = _renaming([(each, fate.now) for each, fate in rows]) if kind in ("renamed", "newer") else say(help_)
        yield (note if kind == "stale" else warning)(
            code,
            say(heading, names=[each.name for each, _ in rows], version=settings.version.id),
            detail=None if kind == "stale" else "What stands there has no effect.",
            evidence=[
                *(found(fate.words, where=each.source.words) for each, fate in rows[:MOST_SHOWN]),
                *([found(say("and {number} more", number=len(rows) - MOST_SHOWN))] if len(rows) > MOST_SHOWN else []),
            ],
            remedy=remedy(text, links=(COMPONENTS if kind == "moved" else TEMPLATE,)),
        )


_HEADINGS = {
    "renamed": ("settings.renamed", "{names}: this version has another name for it", ""),
    "moved": (
        "settings.moved",
        "{names}: no setting of this version, but a part of the JSON file for components",
        "Write it into that JSON file, and name the file in COMPONENT_CONFIG_FILE.",
    ),
    "newer": ("settings.newer", "{names}: this version ({version}) does not know it yet", ""),
    "stale": (
        "settings.removed",
        "{names}: without effect in this version ({version})",
        "Nothing has to be done. The lines may go.",
    ),
}
COMPONENTS = Link(
    "The components of AutoGPT and their settings",
    "https://github.com/Significant-Gravitas/AutoGPT/blob/master/docs/content/forge/components/built-in-components.md",
)
