"""What is said about a key: in words that tell which line to mend and how, and nothing of the key but its kind and
length.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.variables import VARIABLES
from checks.autogpt.versions import Version
from checks.key_forms import Fault, Token
from checks.key_words import BY_FORM, FORMS, FROM_AZURE, FROM_LINES, REASONS, TEXTS, WHOSE
from checks.settings import Setting, Source
from doctor import Command, Evidence, Finding, Link, Remedy, Words, found, note, problem, remedy, run, say, warning
from doctor.findings import Maker


class Slot(NamedTuple):
    """The place of one provider's key on this machine."""

    provider: Provider
    version: Version
    is_needed: bool
    """Whether AutoGPT cannot start without it. Nothing about another key is worse than a note."""
    env: PurePath
    """The `.env` that a key belongs in."""
    shell: str
    lines: tuple[str, ...] = ()
    """Codes of what is wrong with the lines of this very setting."""

    @property
    def name(self) -> str:
        return self.provider.key_variable

    def maker(self, is_problem: bool = True) -> Maker:
        return note if not self.is_needed else problem if is_problem else warning


def finding_of(slot: Slot, setting: Setting, fault: Fault) -> Finding:
    """What is wrong with the value of a key."""
    text = TEXTS[fault.kind]
    values = {
        "name": slot.name,
        "what": fault.token.what if fault.token else "",
        "wanted": WHOSE[slot.provider.id],
    }
    return slot.maker(fault.is_problem)(
        f"keys.{fault.kind}",
        say(text.heading, **values),
        detail=_detail(slot, setting, fault, say(text.detail, **values)),
        evidence=[evidence_of(slot, setting, fault), *_places(fault, setting)],
        remedy=mend(slot, setting.source, say(text.action, **values), text.needs_new_key, _others(slot, fault.token)),
        explained_by=_explanations(slot, fault),
        is_certain=fault.is_problem,
    )


def _explanations(slot: Slot, fault: Fault) -> tuple[str, ...]:
    """A doubt becomes a part of what the provider says, once it has refused the key."""
    codes = FROM_AZURE if fault.kind.startswith("azure") else slot.lines if fault.kind in FROM_LINES else ()
    return codes if fault.is_problem else (*codes, f"{slot.provider.id}.key-rejected", "azure.key-rejected")


def evidence_of(slot: Slot, setting: Setting, fault: Optional[Fault] = None) -> Evidence:
    what = say("{name} = {value}", name=slot.name, value=setting.shown)
    if fault is not None and fault.kind == "blank":
        what = say("{name} is set to nothing", name=slot.name)
    elif fault is not None and fault.reason:
        what = say("{what}: {reason}", what=what, reason=REASONS[fault.reason])
    if fault is None or fault.kind not in BY_FORM:
        return found(what, where=setting.source.words)
    wanted = FORMS["azure" if fault.kind == "azure-form" else slot.provider.id]
    return found(what, wanted=wanted, where=setting.source.words)


def _places(fault: Fault, setting: Setting) -> list[Evidence]:
    length = len(setting.text)
    return [
        found(say("character {place} of {length}: {what}", place=odd.place, length=length, what=odd.name))
        for odd in fault.odd
    ]


def _detail(slot: Slot, setting: Setting, fault: Fault, usual: Words) -> Words:
    """What follows from it; and another place that would be used without it."""
    if fault.token is not None and fault.token.prefix == "xai-" and slot.provider.id == "groq":
        usual = say("Grok is a model of xAI, and Groq is another company.")
    for source, value in setting.shadows:
        if value != setting.value and value.reveal().strip():
            return say("{usual} Another one in {place} has no effect, because this one comes first.",
                       usual=usual, place=source.words)  # fmt: skip
    return usual


def _others(slot: Slot, token: Optional[Token]) -> Optional[Words]:
    """Where a value belongs that stands in the wrong place."""
    if token is None:
        return None
    owner = PROVIDERS.get(token.provider)
    if owner is not None and owner.id != slot.provider.id and token.kind == "key":
        if VARIABLES[owner.key_variable].is_in(slot.version):
            return say("This one belongs in {name}, for models of {maker}.", name=owner.key_variable, maker=owner.name)
        return say("This version of AutoGPT cannot use {provider}.", provider=owner.name)
    known = VARIABLES.get(token.variable)
    if known is not None and known.is_in(slot.version):
        return say("This one belongs in {name}.", name=token.variable)
    base = slot.provider.base_url_variable
    if token.base_url and slot.provider.id == "openai" and VARIABLES[base].is_in(slot.version):
        return say("To use this one, also set {name}={url}", name=base, url=token.base_url)
    return None


# --- what more than the value tells ---------------------------------------------------------------------------------


def commented(slot: Slot, file: PurePath, line: int) -> Finding:
    """The key is there, behind a "#"."""
    return slot.maker()(
        "keys.commented",
        say("{name} is still commented out", name=slot.name),
        detail='A line that begins with # is a remark. In .env.template every line begins so.',
        evidence=found(
            say("# {name}= and a key behind it", name=slot.name),
            wanted=say("{name}= at the beginning of the line", name=slot.name),
            where=say("{file}, line {line}", file=file, line=line),
        ),
        remedy=remedy(
            say(
                "In {file}, line {line}, delete the # and the blank behind it, so that the line begins with {name}=",
                file=file, line=line, name=slot.name,
            ),
            links=(slot.provider.setup_page,),
        ),
    )  # fmt: skip


def new_terminal(slot: Slot, lasting: Setting) -> Finding:
    """What `setx` and the dialogue of Windows set is there in the next terminal, not in this one."""
    return slot.maker()(
        "keys.new-terminal",
        say("{name} is set in Windows, but this terminal does not have it", name=slot.name),
        detail="A terminal, and a program like VS Code with its terminals, keeps what was set when it was opened.",
        evidence=[found(say("{name} = {value}", name=slot.name, value=lasting.shown), where=lasting.source.words)],
        remedy=remedy("Close this terminal, or the program that it is in, and open a new one.", links=(SETX,)),
    )


def blank_hides(slot: Slot, setting: Setting, hidden: Setting) -> Finding:
    """An empty value in the place that wins, and a key in the other."""
    text = say("Take the empty variable away:")
    if setting.source.path is not None:
        line, file = setting.source.line, setting.source.path
        text = say("Delete line {line} of {file}, or put # before it.", line=line, file=file)
    return slot.maker()(
        "keys.blank-hides-shell",
        say("An empty {name} hides the key that you have set elsewhere", name=slot.name),
        detail=say("In this version {place} comes first, and an empty value counts.", place=_kind(setting.source)),
        evidence=[
            found(say("{name} is set to nothing", name=slot.name), where=setting.source.words),
            found(say("{name} = {value}", name=slot.name, value=hidden.shown), where=hidden.source.words),
        ],
        remedy=remedy(text, *clearing(slot, setting.source), links=(slot.provider.setup_page,)),
    )


def broken(slot: Slot, setting: Setting, next_line: int) -> Finding:
    """The key is too short, and the next line of the file may be the rest of it."""
    file = setting.source.path or slot.env
    return slot.maker()(
        "keys.broken-over-lines",
        say(TEXTS["broken-over-lines"].heading, name=slot.name),
        detail="AutoGPT takes the first line for the whole key.",
        evidence=[
            evidence_of(slot, setting),
            found(say("one word without ="), where=say("{file}, line {line}", file=file, line=next_line)),
        ],
        remedy=remedy(
            say(
                "In {file}, join line {next} to the end of line {line}, without a blank.",
                file=file, next=next_line, line=setting.source.line,
            ),
            links=(slot.provider.setup_page,),
        ),
    )  # fmt: skip


def rejected(slot: Slot, setting: Setting, is_project: bool, is_azure: bool) -> Finding:
    """A key that may be good, and that this version's own pattern does not let through."""
    beginning = "sk- or sk-proj-" if is_project else "sk-"
    if is_azure:
        text = "Versions up to v0.5.0 do not look at the form. Newer ones do not either, but cannot start with Azure."
    elif is_project and setting.text.startswith("sk-proj-"):
        text = "Make keys until one has no dash among its first 48 characters, or use a newer checkout of AutoGPT."
    else:
        text = "Use a newer checkout of AutoGPT: versions since the middle of June 2024 take every form."
    return slot.maker()(
        "keys.rejected-by-version",
        say("This version of AutoGPT rejects {name} by its form", name=slot.name),
        detail=say(
            'It stops with "Invalid OpenAI API key!" unless 48 letters, digits or underscores follow right after '
            "{beginning}. Most keys of today have another form.",
            beginning=beginning,
        ),
        evidence=evidence_of(slot, setting),
        remedy=remedy(text, links=(slot.provider.keys_page, REJECTED)),
        explained_by=FROM_AZURE[:1] if is_azure else (),
    )


def differs(slot: Slot, setting: Setting, other: Source) -> Finding:
    """Two keys of one name: which one counts is worth knowing when the provider refuses it."""
    return note(
        "keys.differs",
        say("{name} is set twice, with different values", name=slot.name),
        detail=say("AutoGPT uses the one in {used}.", used=setting.source.words),
        evidence=[evidence_of(slot, setting), found(say("another in {place}", place=other.words))],
    )


def _kind(source: Source) -> str:
    return ".env" if source.kind == "file" else "the environment"


# --- remedies -------------------------------------------------------------------------------------------------------


def mend(
    slot: Slot, source: Source, action: Words, needs_new_key: bool = False, also: Optional[Words] = None
) -> Remedy:
    """How to put a value right in the place where it stands."""
    text = say("Set it anew: {action}.", action=action)
    if source.kind == "file" and source.path is not None:
        text = say(
            "In {file}, line {line}, after {name}=: {action}.",
            file=source.path, line=source.line, name=slot.name, action=action,
        )  # fmt: skip
    elif slot.version.file_wins:
        text = say(
            "Write {name}= and the key into {file}, which comes before the environment. Or set it anew: {action}.",
            name=slot.name, file=slot.env, action=action,
        )  # fmt: skip
    if also:
        text = say("{text} {also}", text=text, also=also)
    page = slot.provider.keys_page if needs_new_key else slot.provider.setup_page
    return remedy(text, *clearing(slot, source), links=(page,))


def clearing(slot: Slot, source: Source) -> tuple[Command, ...]:
    """How a variable is taken out of the environment."""
    name, kind = slot.name, source.kind
    if kind == "windows-user":
        return (run(_GONE.format("User"), name=name, shell="powershell", note="then open a new terminal"),)
    if kind == "windows-system":
        return (run(_GONE.format("Machine"), name=name, shell="powershell", note="in a terminal of the administrator"),)
    if kind != "shell":
        return ()
    if slot.shell == "powershell":
        return (run("Remove-Item Env:{name}", name=name, shell="powershell", note="in this terminal"),)
    return (run("unset {name}", name=name, note="in this terminal; ~/.bashrc, ~/.zshrc or ~/.profile may set it"),)


# https://learn.microsoft.com/dotnet/api/system.environment.setenvironmentvariable
_GONE = "[Environment]::SetEnvironmentVariable('{{name}}', $null, '{0}')"

SETX = Link("Microsoft: setx", "https://learn.microsoft.com/windows-server/administration/windows-commands/setx")
REJECTED = Link("A good key that is rejected", "https://github.com/Significant-Gravitas/AutoGPT/issues/7128")
