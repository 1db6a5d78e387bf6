"""How a setting is put right where it stands: the line to write in `.env`, or the command for the shell.

What is written here is a text of the doctor's own, or one that may be shown; never a value that may be a secret.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Optional, Sequence

from checks.settings import Setting
from doctor import Command, Link, Remedy, Words, remedy, run, say

Change = tuple[Setting, str]
"""A setting, and the value that it should have; "" when only the person knows that."""


def write(changes: Sequence[Change], shell: str) -> Remedy:
    """The remedy for settings that have wrong values. `shell` is "sh" or "powershell"."""
    in_file = [each for each in changes if each[0].source.kind == "file"]
    commands = [_command(setting, value, shell) for setting, value in changes if setting.source.kind != "file"]
    text = _lines(in_file)
    if text is None:
        does = "Set it anew" if any(value for _, value in changes) else "Take it away"
        text = say("{does}, also in the file that your shell starts with:", does=say(does))
        if any(setting.source.kind.startswith("windows") for setting, _ in changes):
            text = say("{does}, then open a new terminal:", does=say(does))
    return remedy(text, *commands)


def leave_out(setting: Setting, shell: str) -> Remedy:
    """The remedy for a setting that is better not set at all."""
    if setting.source.kind != "file":
        return write([(setting, "")], shell)
    words = "Put # before line {line} of {file}. Without that line AutoGPT takes its default."
    return remedy(say(words, line=setting.source.line, file=setting.source.path or ".env"))


def _lines(changes: Sequence[Change]) -> Optional[Words]:
    if not changes:
        return None
    path: object = changes[0][0].source.path
    file = path if isinstance(path, PurePath) else ".env"
    known = [each for each in changes if each[1]]
    if len(changes) == 1:
        setting, value = changes[0]
        line = setting.source.line
        if value:
            words = "Write in {file}, line {line}: {name}={value}"
            return say(words, file=file, line=line, name=setting.name, value=value)
        words = "Put line {line} of {file} right, or put # before it: then AutoGPT takes its default."
        return say(words, line=line, file=file)
    if len(known) < len(changes):
        return say("Put the lines {lines} of {file} right.", lines=[each.source.line for each, _ in changes], file=file)
    lines = [say("{name}={value} (line {line})", name=s.name, value=value, line=s.source.line) for s, value in known]
    return say("Write in {file}: {lines}", file=file, lines=lines)


def _command(setting: Setting, value: str, shell: str) -> Command:
    name, kind = setting.name, setting.source.kind
    if kind == "windows-system":
        words = "setx /M {name} {value}" if value else _GONE.format("Machine")
        return run(words, name=name, value=value, shell="powershell", note="in a terminal of the administrator")
    if kind == "windows-user":
        words = "setx {name} {value}" if value else _GONE.format("User")
        return run(words, name=name, value=value, shell="powershell")
    if shell == "powershell":
        words = "$env:{name} = {value}" if value else "Remove-Item Env:{name}"
        return run(words, name=name, value=_text(value) if value else "", shell="powershell")
    return run("export {name}={value}" if value else "unset {name}", name=name, value=value)


def _text(value: str) -> Words:
    """A plain word in the quotes that PowerShell wants around a text."""
    return say("'{value}'", value=value)


# https://learn.microsoft.com/dotnet/api/system.environment.setenvironmentvariable
_GONE = "[Environment]::SetEnvironmentVariable('{{name}}', $null, '{0}')"

TEMPLATE = Link(
    "AutoGPT's template of settings",
    "https://github.com/Significant-Gravitas/AutoGPT/blob/master/classic/original_autogpt/.env.template",
)
