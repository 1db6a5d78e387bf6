"""The component configuration that COMPONENT_CONFIG_FILE names: can AutoGPT read it, and does it mean anything to it?

It protects the user from a file that is dropped whole, or in part, with no more than a line in the log.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Union

from checks.autogpt.variables import VARIABLES
from checks.autogpt.versions import Version
from checks.checkout import Checkout, Search
from checks.meanings_of_settings import COMPONENTS_FILE
from checks.setting_remedies import leave_out
from checks.settings import Setting, Settings, Source
from doctor import (
    Failure,
    FailureKind,
    Finding,
    Link,
    Machine,
    NotHere,
    Secret,
    Stage,
    Words,
    check,
    fact,
    found,
    note,
    ok,
    remedy,
    run,
    say,
    warning,
)

if TYPE_CHECKING:  # imported where a configuration is there, which is seldom
    from checks.component_json import Document, Mistake

NAME = "COMPONENT_CONFIG_FILE"
LARGEST_BYTES = 262_144
"""A larger file is said and not read."""

# --- facts --------------------------------------------------------------------------------------------------------


class ComponentFile(NamedTuple):
    """The file that the setting names. It holds no `Setting`: the name of a file would count as a secret."""

    source: Source
    """Where the setting stands."""
    shown: Union[str, Secret]
    """Its value, as it may be said."""
    path: PurePath
    """Where AutoGPT looks for it, when it is started as it should be."""
    state: str
    """"blank", "missing", "folder", "unreadable", "too-large", "encoding", "invalid" or "read"."""
    detail: str = ""
    """Of what cannot be read, the errno's name; of what cannot be decoded, what it seems to be."""
    document: Optional[Document] = None
    mistake: Optional[Mistake] = None
    elsewhere: Optional[PurePath] = None
    """Of a missing file: one of that name where AutoGPT does not look."""
    hint: Optional[Words] = None
    """Of a missing file: why its path means something else than was meant."""


@fact
def component_file(
    machine: Machine, checkout: Checkout, search: Search, version: Version, settings: Settings
) -> ComponentFile:
    setting = settings.get(NAME)
    if setting is None or not VARIABLES[NAME].is_in(version):
        raise NotHere
    if setting.text and not isinstance(setting.shown, str):
        # What was pasted in there may be a key: nobody is asked for such a path, and nothing is said of it.
        return ComponentFile(setting.source, setting.shown, checkout.start_in / "\u2026", "missing")
    return _looked_for(machine, checkout, search, setting)


def _looked_for(machine: Machine, checkout: Checkout, search: Search, setting: Setting) -> ComponentFile:
    text = setting.text.replace("\0", "")
    file = ComponentFile(setting.source, setting.shown, checkout.start_in / machine.path(text), "read")
    if text in ("", "."):
        return file._replace(state="blank")
    places = list(dict.fromkeys(folder / machine.path(text) for folder in _started_from(checkout, search)))
    there = next((place for place in places if machine.exists(place)), None)
    if there is None:
        others = [folder / machine.path(text) for folder in _mistaken_for_it(checkout, setting.source)]
        elsewhere = next((place for place in others if place not in places and machine.is_file(place)), None)
        hints = _HINTS if machine.system.is_windows else (*_HINTS, _DRIVE)
        hint = next((words for pattern, words in hints if re.search(pattern, text)), None)
        return file._replace(state="missing", elsewhere=elsewhere, hint=hint)
    return _read(machine, file._replace(path=there))


def _started_from(checkout: Checkout, search: Search) -> Iterator[PurePath]:
    """The folders that AutoGPT is started from: a relative path counts from there."""
    yield checkout.start_in
    if search.started == checkout.root or checkout.root in search.started.parents:
        yield search.started


def _mistaken_for_it(checkout: Checkout, source: Source) -> Iterator[PurePath]:
    """The folders that a relative path is often thought to count from."""
    yield checkout.agent
    if source.path is not None:
        yield source.path.parent
    yield checkout.agent / "data"


def _read(machine: Machine, file: ComponentFile) -> ComponentFile:
    from checks.autogpt.components import is_harmless
    from checks.component_json import Mistake, parse

    content = machine.read_settings(file.path, is_harmless, LARGEST_BYTES + 1)
    if isinstance(content, Failure):
        is_folder = content.kind is FailureKind.NOT_A_FILE or machine.is_folder(file.path)
        return file._replace(state="folder" if is_folder else "unreadable", detail=content.detail or content.kind.value)
    if len(content.data) > LARGEST_BYTES:
        return file._replace(state="too-large")
    text = _decoded(content.data, machine.system.is_windows)
    if text is None:
        is_utf_16 = content.data[:2] in (b"\xff\xfe", b"\xfe\xff")
        return file._replace(state="encoding", detail="UTF-16" if is_utf_16 else "not UTF-8")
    parsed = parse(text)
    if isinstance(parsed, Mistake):
        return file._replace(state="invalid", mistake=parsed)
    return file._replace(document=parsed)


def _decoded(data: bytes, is_windows: bool) -> Optional[str]:
    """As AutoGPT reads it: in the system's own encoding, which on Windows takes nearly everything."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if is_windows else None


# --- judgements ---------------------------------------------------------------------------------------------------


@check(
    "components.file",
    title="The file of the component configuration",
    stage=Stage.CONFIGURATION,
    codes=COMPONENTS_FILE,
)
def components_file(checkout: Checkout, component_file: ComponentFile) -> Iterator[Finding]:
    """COMPONENT_CONFIG_FILE names a JSON file with settings for the parts of the agent.

    When AutoGPT cannot read it, it says so in one line of its log, "Could not load component configuration", and goes
    on with its defaults, as if there were no such file. A relative path counts from the folder in which AutoGPT is
    started. The file must be JSON, which has no comments, no comma before a closing bracket, and double quotes only.
    """
    file = component_file
    if file.state == "read":
        yield ok("components.file", say("{file} is read", file=file.path))
    elif file.state == "blank":
        yield _blank(file, checkout.shell)
    elif file.state == "missing":
        yield _missing(checkout, file)
    elif file.state == "invalid" and file.mistake is not None:
        yield _invalid(file, file.mistake)
    else:
        yield _unread(file, checkout.shell)


def _blank(file: ComponentFile, shell: str) -> Finding:
    return note(
        "components.blank",
        say("{name} is set, and empty", name=NAME),
        detail='AutoGPT tries to read the current folder, says "Could not load component configuration", and goes on.',
        evidence=found(say("{name} is empty", name=NAME), where=file.source.words),
        remedy=leave_out(Setting(NAME, Secret(""), file.source), shell)._replace(links=(JSON,)),
    )


def _missing(checkout: Checkout, file: ComponentFile) -> Finding:
    place = say("there is no {path}", path=file.path) if isinstance(file.shown, str) else say("there is no such file")
    if file.elsewhere is not None:
        relative = _relative(file.elsewhere, checkout.start_in)
        help_ = remedy(_write(file.source, relative), links=(JSON,))
    else:
        is_line = file.source.kind == "file" and file.source.path is not None
        words = "In {file}, line {line}, write the path of a file that is there, or put # before the line."
        help_ = leave_out(Setting(NAME, Secret(""), file.source), checkout.shell)._replace(links=(JSON,))
        if is_line:
            help_ = help_._replace(text=say(words, file=file.source.path or ".env", line=file.source.line))
    evidence = [found(say("{name} = {value}", name=NAME, value=file.shown), where=file.source.words)]
    evidence.append(found(place))
    if file.elsewhere is not None:
        evidence.append(found(say("{path} is there, where AutoGPT does not look", path=file.elsewhere)))
    return warning(
        "components.missing",
        "The file of the component configuration is not there",
        detail=file.hint or say("A relative path counts from {folder}, where it starts.", folder=checkout.start_in),
        evidence=evidence,
        remedy=help_,
    )


def _relative(path: PurePath, folder: PurePath) -> str:
    """The way from a folder to a path of the same checkout, with forward slashes, which every system takes."""
    common = next((each for each in (folder, *folder.parents) if each in path.parents), None)
    if common is None:
        return path.as_posix()
    ups = len(folder.parts) - len(common.parts)
    return "../" * ups + path.relative_to(common).as_posix()


def _write(source: Source, value: str) -> Words:
    if source.kind == "file" and source.path is not None:
        template = "Write in {file}, line {line}: {name}={value}"
        return say(template, file=source.path, line=source.line, name=NAME, value=value)
    return say("Set {name} to {value}", name=NAME, value=value)


def _invalid(file: ComponentFile, mistake: Mistake) -> Finding:
    what, cure = MISTAKES[mistake.kind]
    place = say("line {line}, column {column}", line=mistake.line, column=mistake.column)
    return warning(
        "components.invalid",
        say("The component configuration is no valid JSON: {what}", what=say(what)),
        detail=IGNORED,
        evidence=found(place, where=say("{file}", file=file.path)),
        remedy=remedy(say(cure), links=(JSON,)),
    )


def _unread(file: ComponentFile, shell: str) -> Finding:
    heading, cure = _UNREAD[file.state]
    make = note if file.state == "too-large" else warning
    what = say("{file}: {detail}", file=file.path, detail=file.detail) if file.detail else say("{file}", file=file.path)
    commands = [run(line, path=file.path, shell=shell) for line in _COMMANDS.get((file.state, shell), ())]
    return make(
        f"components.{file.state}",
        heading,
        detail=None if file.state == "too-large" else IGNORED,
        evidence=(found(what), found(say("it is named by {name}", name=NAME), where=file.source.words)),
        remedy=remedy(cure, *commands, links=(JSON,)),
    )


IGNORED = 'AutoGPT says "Could not load component configuration" in its log, and goes on with its defaults.'
_UNREAD = {
    "folder": (
        "The component configuration is a folder, and should be a file",
        "Docker makes one when it is asked to mount a file that is not there. Remove it, and make the file:",
    ),
    "unreadable": ("The file of the component configuration cannot be read", "Give yourself the right to read it:"),
    "too-large": ("The file of the component configuration is unusually large, and was not examined", None),
    "encoding": (
        "The file of the component configuration is not UTF-8",
        "Open it in an editor and save it again as UTF-8, without a byte order mark.",
    ),
}
_COMMANDS = {
    ("folder", "sh"): ("rmdir {path}",),
    ("folder", "powershell"): ("Remove-Item {path}",),
    ("unreadable", "sh"): ('sudo chown "$USER" {path}', "chmod u+r {path}"),
}
MISTAKES = {
    "empty": ("the file is empty", "Write {{}} into it, or delete the line that names it."),
    "mark": ("it begins with an invisible mark", "Save it again as UTF-8 without a byte order mark (BOM)."),
    "trailing-comma": ("a comma before a closing bracket", "Delete that comma."),
    "comment": ("JSON has no comments", "Delete the comment."),
    "single-quotes": ("single quotes", "Use double quotes."),
    "curly-quotes": ("typographic quotes", "Use the plain double quote of the keyboard."),
    "python-word": ("a word that JSON does not know", "JSON has true, false and null, in small letters only."),
    "missing-comma": ("a comma is missing", "Put a comma at the end of what stands before it."),
    "backslash": ("a single backslash", "Double every backslash, or use forward slashes in paths."),
    "line-break": ("a line break or tab inside a text", "Keep each text on one line, or write \\n for a line break."),
    "unfinished": ("it ends too early", "Close every quote, bracket and brace that was opened."),
    "extra": ("something follows the closing brace", "Put everything into one pair of braces."),
    "too-deep": ("too many brackets inside of brackets", "Take them out."),
    "other": ("this cannot stand here", "Correct this place."),
}
_HINTS = (
    (r"[\0-\x1f]", say("In double quotes, \\n and \\t mean a line break and a tab. Use forward slashes in the path.")),
    (r"\A~", say("AutoGPT does not replace ~ by your home folder.")),
    (r"\A%\w+%|\A\$\w", say("AutoGPT does not replace this variable. In .env, ${{NAME}} with braces is replaced.")),
    (r"\A[\"'\u201c]", say("The quotes have become a part of the path.")),
)
_DRIVE = (r"\A[A-Za-z]:[\\/]", say("This is a path of Windows. In WSL, drive C is called /mnt/c."))
_DOCS = "https://github.com/Significant-Gravitas/AutoGPT/blob/master/docs/content/forge/components/"
JSON = Link("AutoGPT: JSON configuration of components", _DOCS + "components.md#json-configuration")
BUILT_IN = Link("AutoGPT: built-in components and their settings", _DOCS + "built-in-components.md")
