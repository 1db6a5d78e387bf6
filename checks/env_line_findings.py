"""What is said of the lines of `.env` that do not do what they look like."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath
from typing import Callable, Iterator, Mapping, NamedTuple, Optional, Sequence

from checks.autogpt.providers import PROVIDERS
from checks.autogpt.variables import VARIABLES, kind_of
from checks.checkout import Checkout
from checks.checkout_layout import SETUP
from checks.env_file import EnvFile
from checks.env_lines import LineFault, LineFaults
from checks.meanings_of_settings import ENV_FILE_LINES
from checks.plan import Plan
from checks.setting_remedies import write
from checks.settings import Setting, Settings
from doctor import Evidence, Finding, Link, Remedy, Stage, Words, check, found, problem, remedy, run, say, warning

DROPPED = ("set", "powershell", "colon", "quote", "two-words", "other")
MOST_SHOWN = 6


@check(
    "env_file.lines",
    title="The lines of .env",
    stage=Stage.CONFIGURATION,
    codes=ENV_FILE_LINES,
)
def env_file_lines(
    checkout: Checkout, env_file: EnvFile, line_faults: LineFaults, settings: Settings, plan: Plan
) -> Iterator[Finding]:
    """Each line of .env reads NAME=value; what looks a little different is dropped, and AutoGPT goes on without it.

    `NAME: value`, `set NAME=value` and a quote that is never closed are dropped. A name with an invisible character in
    it is another name. Of a name that stands there twice the last line counts, and a remark belongs to the value
    unless there is a blank before its #. Write NAME=value, without blanks or quotes, one setting a line.
    """
    if env_file.path is None:
        return
    if settings.is_file_off:
        yield problem(
            "env_file.switched-off",
            "AutoGPT does not read .env: a variable of the shell forbids it",
            evidence=found("PYTHON_DOTENV_DISABLED is set", wanted="not set", where="the environment of this shell"),
            remedy=remedy(
                "Take the variable away, also from the file that your shell starts with:",
                run(_UNSET[checkout.shell], shell=checkout.shell),
                links=(DOTENV,),
            ),
        )
    for code, kinds, heading in _HEADINGS:
        faults = line_faults.of(*kinds)
        if faults:
            yield _finding(code, faults, heading(faults), env_file, _Needs(settings, plan))
    yield from _hidden_by_blanks(settings, checkout.shell)


class _Needs(NamedTuple):
    """What AutoGPT cannot do without, and what it has."""

    settings: Settings
    plan: Plan

    def is_key(self, name: str) -> bool:
        """Whether it is the key of a provider that the models need."""
        return any(PROVIDERS[each].key_variable == name for each in self.plan.needed if name)

    def is_lost(self, name: str) -> bool:
        return self.is_key(name) and not (self.settings.text(name) or "").strip()


def _finding(code: str, faults: Sequence[LineFault], heading: Words, env_file: EnvFile, needs: _Needs) -> Finding:
    is_serious = any(_is_serious(fault, needs) for fault in faults)
    path = env_file.path
    return (problem if is_serious else warning)(
        code,
        heading,
        evidence=[
            *(
                _evidence(fault, say("{file}, line {line}", file=path or "", line=fault.line))
                for fault in faults[:MOST_SHOWN]
            ),
            *(
                [found(say("and {number} more lines", number=len(faults) - MOST_SHOWN))]
                if len(faults) > MOST_SHOWN
                else []
            ),
        ],
        detail=_DETAILS.get(code),
        remedy=remedy(_mending(faults, path), links=(SETUP, DOTENV)),
    )


def _mending(faults: Sequence[LineFault], path: Optional[PurePath]) -> Words:
    """What to do in which line, in the order of the lines."""
    actions = [_action(fault) for fault in faults[:MOST_SHOWN]]
    return say("In {file}, {actions}.", file=path or ".env", actions=actions)


def _action(fault: LineFault) -> Words:
    kind = "emptied" if fault.is_worse else fault.kind if fault.name or fault.lines else "unnamed"
    return say(_ACTIONS[kind], line=fault.line, lines=fault.lines, name=fault.name)


def _is_serious(fault: LineFault, needs: _Needs) -> bool:
    """Whether AutoGPT goes without a key that it cannot do without, or without a setting that nobody took out."""
    if fault.kind == "duplicate":
        return fault.is_worse and needs.is_key(fault.name)
    if fault.kind in ("remark", "odd-value"):
        return False  # what the value comes to is judged for itself
    return fault.kind == "swallowed" or needs.is_lost(fault.name)


def _is_key(name: str) -> bool:
    return name in VARIABLES and VARIABLES[name].kind == "key"


def _evidence(fault: LineFault, where: Words) -> Evidence:
    name = fault.name or "NAME"
    what = say(_WHAT[fault.kind], name=fault.name or "a setting", lines=fault.lines, character=_called(fault.character))
    wanted = None if fault.kind in ("duplicate",) else say("{name}=value", name=name)
    return found(what, wanted=wanted, where=where)


def _called(character: str) -> str:
    if not character:
        return ""
    return f"U+{ord(character):04X} {unicodedata.name(character, '').lower()}".strip()


def _hidden_by_blanks(settings: Settings, shell: str) -> Iterator[Finding]:
    """An empty value counts as set. Of keys another check speaks."""
    hidden = []
    for name in settings.known:
        setting = settings.get(name)
        if setting is not None and not setting.text and not _is_key(name):
            hidden += [(setting, source) for source, value in setting.shadows if value.reveal().strip()]
    if hidden:
        names = [setting.name for setting, _ in hidden]
        in_file = hidden[0][0].source.kind == "file"
        heading = "An empty line of .env takes away {names}" if in_file else "Empty in the shell: {names}"
        yield warning(
            "env_file.blank-hides-shell",
            say(heading, names=names),
            detail="This AutoGPT takes what stands in .env, even nothing, before what is set in the shell."
            if in_file
            else "This AutoGPT takes what is set in the shell, even nothing, before what stands in .env.",
            evidence=[
                found(say("{name} is empty", name=setting.name), where=setting.source.words, wanted=source.words)
                for setting, source in hidden[:MOST_SHOWN]
            ],
            remedy=_without_blanks([setting for setting, _ in hidden[:MOST_SHOWN]], shell)._replace(links=(SETUP,)),
            explained_by=("models.empty",) if all(kind_of(each) == "model" for each in names) else (),
        )


def _without_blanks(settings: Sequence[Setting], shell: str) -> Remedy:
    source, lines = settings[0].source, sorted(each.source.line for each in settings)
    if source.kind != "file":
        return write([(each, "") for each in settings], shell)
    word = "Put # before line {lines} of {file}." if len(lines) == 1 else "Put # before the lines {lines} of {file}."
    return remedy(say(word, lines=lines, file=source.path or ".env"))


_WHAT: Mapping[str, str] = {
    "set": "{name} after the word set or setx, as in a Windows command",
    "powershell": "{name} with $env: before it, as in PowerShell",
    "colon": "{name} with a colon where = belongs",
    "quote": "{name}: a quote is never closed, or something follows it",
    "two-words": "{name} without = before its value",
    "other": "no setting can be recognised",
    "odd-name": "{name} with {character} in its name",
    "odd-value": "{name} with {character} in its value",
    "no-equals": "{name} without = and value",
    "swallowed": "the quote behind {name} is closed some lines below; lost with it: line {lines}",
    "duplicate": "{name} stands in lines {lines}; the last one counts",
    "remark": "{name}: the remark became a part of the value",
}


def _names(faults: Sequence[LineFault]) -> list[str]:
    return list(dict.fromkeys(fault.name for fault in faults if fault.name))


def _heading(with_names: str, without: str) -> Callable[[Sequence[LineFault]], Words]:
    return lambda faults: say(with_names, names=_names(faults)) if _names(faults) else say(without)


_HEADINGS = (
    ("env_file.lines", DROPPED, _heading("AutoGPT does not understand what .env says of {names}",
                                         "AutoGPT does not understand some lines of .env")),
    ("env_file.swallowed", ("swallowed",), _heading("A quote behind {names} swallows the lines below it",
                                                      "A quote swallows the lines below it")),
    ("env_file.odd-name", ("odd-name",), _heading("{names} is not set: there is an odd character in the name", "")),
    ("env_file.no-equals", ("no-equals",), _heading("{names} is named in .env without a value", "")),
    ("env_file.odd-value", ("odd-value",), _heading("There is an odd character in the value of {names}", "")),
    ("env_file.remark", ("remark",), _heading("A remark became a part of the value of {names}", "")),
    ("env_file.duplicate", ("duplicate",), _heading("{names} stands in .env more than once", "")),
)  # fmt: skip
_DETAILS: Mapping[str, str] = {
    "env_file.lines": "It leaves such a line out and goes on, as if nothing stood there.",
    "env_file.duplicate": "Of lines with the same name only the last one counts.",
}
_ACTIONS: Mapping[str, str] = {
    "set": "line {line}: delete the word before {name}, and write {name}= with the value right behind it",
    "powershell": "line {line}: delete $env: before {name}",
    "colon": "line {line}: write {name}= in place of the colon and all before it, and only the value behind it",
    "quote": "line {line}: delete the quotes around the value of {name}",
    "two-words": "line {line}: put = behind {name}",
    "swallowed": "line {line}: close the quote in this very line, or delete it",
    "unnamed": "line {line}: delete it, or put # before it",
    "no-equals": "line {line}: put = and the value behind {name}, or # before it",
    "odd-name": "line {line}: type {name}= anew; the odd character came with copying",
    "odd-value": "line {line}: type the value of {name} anew; the odd character came with copying",
    "remark": "line {line}: put the remark behind {name} into a line of its own",
    "duplicate": "keep the right one of the lines {lines} for {name} and delete the others",
    "emptied": "delete line {line}, which is empty: {name} is filled in above it",
}
_UNSET = {
    "sh": "unset PYTHON_DOTENV_DISABLED",
    "powershell": "Remove-Item Env:PYTHON_DOTENV_DISABLED",
}
DOTENV = Link("The form of such a file", "https://saurabh-kumar.com/python-dotenv/#file-format")
