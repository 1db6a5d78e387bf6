"""Are the keys in the settings keys at all, and of the right provider?

It protects the user from what AutoGPT reports as "Connection error." or as an incorrect key, long after the line was
typed: an example never replaced, a line still commented out, a blank, a quotation mark, the key of somebody else.
"""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional

from checks.autogpt.placeholders import is_placeholder
from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.variables import VARIABLES
from checks.autogpt.versions import PLACES, Version
from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.env_lines import LineFaults
from checks.env_places import EnvPlaces
from checks.gateways import Gateways
from checks.key_findings import (
    Slot,
    blank_hides,
    broken,
    commented,
    differs,
    evidence_of,
    finding_of,
    new_terminal,
    rejected,
)
from checks.key_forms import AZURE, ELSEWHERE, OFFICIAL, Fault, fault_of, is_blank
from checks.known_good import KnownGood
from checks.meanings_of_settings import KEYS_FORM
from checks.plan import Plan
from checks.settings import SYSTEM_ENVIRONMENT, Setting, Settings, Source
from doctor import Finding, Machine, Secret, Stage, check, fact, ok, say
from doctor.machine import Key
from doctor.secret import prefix_of

# --- facts ----------------------------------------------------------------------------------------------------------


class KeyRule(NamedTuple):
    """What the source of this checkout demands of an OpenAI key before it starts."""

    pattern: str = ""
    """A regular expression that the key has to match; "" when nothing is demanded."""
    is_from_source: bool = False


class LastingKeys(NamedTuple):
    """The keys that Windows keeps for new terminals, whether this one has them or not."""

    settings: tuple[Setting, ...] = ()

    def of(self, name: str) -> Optional[Setting]:
        return next((each for each in self.settings if each.name == name and not is_blank(each.text)), None)


@fact
def lasting_keys(machine: Machine) -> LastingKeys:
    if not machine.system.is_windows:
        return LastingKeys()
    places = (("windows-user", "HKCU", "Environment"), ("windows-system", "HKLM", SYSTEM_ENVIRONMENT))
    keys = [(Source(kind), machine.registry(hive, path)) for kind, hive, path in places]
    names = [each.key_variable for each in PROVIDERS.values() if each.key_variable]
    return LastingKeys(
        tuple(Setting(n, Secret(k.text(n)), source) for source, k in keys if isinstance(k, Key) for n in names)
    )


@fact
def key_rule(machine: Machine, checkout: Checkout, version: Version) -> KeyRule:
    """From March to June 2024 a key that is set had to match a pattern. Source: AutoGPT's configuration module."""
    if checkout.layout.id not in ("L2b", "L3"):
        return KeyRule()
    for folder in ("app", "config"):
        text = machine.read_text(checkout.agent / "autogpt" / folder / "config.py", 65536) or ""
        if "def assert_config_has" in text:
            found = re.search(r'key_pattern = r"(\^sk-(?:\(proj-\)\?)?\\w\{48\})"', text)
            is_demanded = found is not None and "elif not re.search(key_pattern" in text
            return KeyRule(found[1] if found and is_demanded else "", True)
    return KeyRule(r"^sk-(proj-)?\w{48}") if version.id in ("v0.5.1", "2024-05") else KeyRule()


# --- judgements -----------------------------------------------------------------------------------------------------


@check(
    "keys.form",
    title="The form of the keys",
    stage=Stage.CONFIGURATION,
    codes=KEYS_FORM,
)
def keys_form(
    checkout: Checkout,
    version: Version,
    settings: Settings,
    plan: Plan,
    env_file: EnvFile,
    env_places: EnvPlaces,
    line_faults: LineFaults,
    gateways: Gateways,
    key_rule: KeyRule,
    lasting_keys: Optional[LastingKeys],
    known_good: Optional[KnownGood],
) -> Iterator[Finding]:
    """A key that was never filled in, is still commented out, or has a blank in it cannot work, whatever the provider.

    AutoGPT does not look at the form of most keys, so such a mistake shows only in the first request, as "Connection
    error." or as an incorrect key. The key itself is never shown here, only its beginning where that says whose it
    is, and its length. An unusual length is a warning and no more, since the forms of keys change, and nothing at all
    once the provider has taken the key. Where a base URL names another host than the provider's own, anything may be
    a key. A key that AutoGPT does not need for its models is a note at most. A terminal knows only what was set in
    Windows before it was opened. Where the same key is set in two places, one of them wins: the shell up to version
    0.2, .env since then, even when it holds nothing.
    """
    env = env_file.path or env_places.target
    for provider in PROVIDERS.values():
        name = provider.key_variable
        if name and VARIABLES[name].is_in(version):
            lines = tuple(f"env_file.{each.kind}" for each in line_faults.faults if each.name == name)
            slot = Slot(provider, version, plan.needs(provider.id), env, checkout.shell, lines)
            rule = key_rule if provider.id == "openai" else KeyRule()
            lasting = lasting_keys.of(name) if lasting_keys is not None and slot.is_needed else None
            if lasting is not None and settings.get(name) is None:
                yield new_terminal(slot, lasting)
            else:
                goes_to = _goes_to(provider, plan, gateways)
                host = AZURE if goes_to == AZURE else provider.id
                is_taken = known_good is not None and host in known_good.keys
                yield from _judged(slot, settings.get(name), env_file, goes_to, rule, is_taken)


def _goes_to(provider: Provider, plan: Plan, gateways: Gateways) -> str:
    if provider.id == "openai" and plan.uses_azure:
        return AZURE
    return ELSEWHERE if provider.id in gateways.providers else OFFICIAL


def _judged(
    slot: Slot, setting: Optional[Setting], env_file: EnvFile, goes_to: str, rule: KeyRule, is_taken: bool
) -> Iterator[Finding]:
    """The one thing to say about a key, the most fundamental. Doubts end where its provider took it."""
    if setting is None or is_blank(setting.text):
        if slot.is_needed:
            yield from _unset(slot, setting, env_file, goes_to)
        return
    fault = fault_of(setting.text, slot.provider.id, goes_to)
    if is_taken and fault is not None and not fault.is_problem:
        fault = None
    hidden = _filled_in_elsewhere(setting) if slot.is_needed else None
    if fault is not None and fault.is_problem:
        yield finding_of(slot, setting, fault)
    elif rule.pattern and not re.search(rule.pattern, setting.text):
        yield rejected(slot, setting, "proj" in rule.pattern, goes_to == AZURE)
    elif fault is not None:
        next_line = _goes_on_in(setting, env_file) if fault.kind == "unexpected-form" else 0
        yield broken(slot, setting, next_line) if next_line else finding_of(slot, setting, fault)
    elif hidden is not None and hidden.value != setting.value:
        yield differs(slot, setting, hidden.source)
    else:
        text = say("{name} has the form of a key", name=slot.name)
        yield ok("keys.form", text, evidence=evidence_of(slot, setting))


def _unset(slot: Slot, setting: Optional[Setting], env_file: EnvFile, goes_to: str) -> Iterator[Finding]:
    """A key that is needed, and is set to nothing or not at all. The latter alone is another check's."""
    hidden = _filled_in_elsewhere(setting) if setting is not None else None
    line = _commented_line(env_file, slot.name)
    needs_none = goes_to == ELSEWHERE and slot.version.place >= PLACES["classic-2026"]
    if setting is not None and hidden is not None:
        yield blank_hides(slot, setting, hidden)
    elif line and env_file.path is not None:
        yield commented(slot, env_file.path, line)
    elif setting is not None and not needs_none:  # that version sends none, enough for a server that asks for none
        yield finding_of(slot, setting, Fault("blank"))


def _filled_in_elsewhere(setting: Setting) -> Optional[Setting]:
    """What would count if it were not hidden by this one."""
    for source, value in setting.shadows:
        if not is_blank(value.reveal()) and not is_placeholder(value.reveal()):
            return Setting(setting.name, value, source)
    return None


def _commented_line(env_file: EnvFile, name: str) -> int:
    """The last line that would set a key if it were no comment, 0 when there is none."""
    if env_file.text is None or name not in (text := env_file.text.text()):
        return 0
    form = re.compile(rf"[ \t]*#[# \t]*(?:export[ \t]+)?{name}[ \t]*=[ \t]*([^\s#]+)[ \t]*(?:#.*)?\Z")
    for number, line in reversed(list(enumerate(text.split("\n"), 1))):
        found = form.match(line) if name in line else None
        if found and _may_be_key(found[1].strip("\"'")):
            return number
    return 0


def _may_be_key(value: str) -> bool:
    return not is_placeholder(value) and (len(value) >= 20 or (len(value) >= 12 and bool(prefix_of(value))))


def _goes_on_in(setting: Setting, env_file: EnvFile) -> int:
    """The line after a key, where that may be the rest of it: a word without "="; else 0."""
    if setting.source.kind != "file" or setting.source.path != env_file.path or env_file.text is None:
        return 0
    lines = env_file.text.text().split("\n")
    rest = lines[setting.source.line].strip() if setting.source.line < len(lines) else ""
    is_rest = re.fullmatch(r"[A-Za-z0-9_\-]{5,}", rest) and rest not in VARIABLES and rest.lower() != "export"
    return setting.source.line + 1 if is_rest else 0
