"""Did the user write into the file that AutoGPT reads? A key in another one has no effect, and nothing says so."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple

from checks.autogpt.placeholders import is_placeholder
from checks.autogpt.variables import VARIABLES
from checks.checkout import Checkout
from checks.checkout_layout import SETUP
from checks.env_file import EnvFile, Parser, read
from checks.env_places import EnvPlaces
from checks.look_alikes import likeness_of
from checks.meanings_of_settings import ENV_FILE_WHICH
from checks.settings import Settings
from doctor import Command, Finding, Machine, Stage, check, fact, found, note, problem, remedy, run, say

MOST_FILES = 8
KEYS = tuple(name for name, each in VARIABLES.items() if each.kind == "key")


class OtherFile(NamedTuple):
    """A file of settings that AutoGPT does not read."""

    path: PurePath
    kind: str
    """"later" (further down in AutoGPT's own search), "elsewhere", "template" or "look-alike"."""
    keys: tuple[str, ...]
    """The providers' keys that were really filled in there."""


class OtherFiles(NamedTuple):
    """The other files in which somebody may have typed a key."""

    files: tuple[OtherFile, ...] = ()


@fact
def other_files(
    machine: Machine, checkout: Checkout, env_places: EnvPlaces, env_file: EnvFile, parser: Parser
) -> OtherFiles:
    """Only asked for when a file is read at all; without one another check looks for what was meant."""
    if env_file.state != "read":
        return OtherFiles()
    places = [(path, "later") for path in env_places.searched if path != env_file.path and machine.is_file(path)]
    places += [(path, "elsewhere") for path in env_places.elsewhere]
    places += [(env_places.template, "template")] if env_places.has_template else []
    for name in machine.names_in(checkout.agent):
        if likeness_of(name) == "sure" and machine.is_file(checkout.agent / name):
            places.append((checkout.agent / name, "look-alike"))
    files = []
    for path, kind in places[:MOST_FILES]:
        text = read(machine, path, parser.dialect).text
        keys = [name for name in KEYS if text and (each := text.get(name)) and _is_filled_in(each.value)]
        files.append(OtherFile(path, kind, tuple(keys)))
    return OtherFiles(tuple(files))


def _is_filled_in(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) >= 20 and not is_placeholder(value)


@check(
    "env_file.which",
    title="Which .env is read",
    stage=Stage.CONFIGURATION,
    codes=ENV_FILE_WHICH,
)
def env_file_which(
    checkout: Checkout, env_file: EnvFile, other_files: OtherFiles, settings: Settings
) -> Iterator[Finding]:
    """AutoGPT reads one .env and no other: the first that it finds in its search.

    Since 2026 it looks in the folder that it is started from, in ~/.autogpt, in ~/.config/autogpt and beside the
    template; before, from its source folder upwards. A key in any other file has no effect. Put all your settings
    into the one that is read.
    """
    if env_file.path is None:
        return
    lacking = [name for name in KEYS if not _is_filled_in(settings.text(name))]
    for file in other_files.files:
        lost = [name for name in file.keys if name in lacking]
        if lost:
            yield _lost(checkout, env_file.path, file, lost)
            return
    unread = [file.path for file in other_files.files if file.kind in ("later", "elsewhere")]
    if unread:
        yield note(
            "env_file.also",
            say("AutoGPT reads {file} and no other .env", file=env_file.path),
            evidence=[found(say("not read: {file}", file=path)) for path in unread],
        )


def _lost(checkout: Checkout, path: PurePath, file: OtherFile, names: list[str]) -> Finding:
    code, heading = _SAID[file.kind]
    return problem(
        code,
        say(heading, names=names),
        evidence=[
            found(say("AutoGPT reads {file}, which does not have it", file=path)),
            found(say("{names} in {file}", names=names, file=file.path), wanted=say("in {file}", file=path)),
        ],
        remedy=remedy(
            say("Copy the line of {names} from the second file into the first.", names=names),
            *_open(checkout, path, file.path),
            links=(SETUP,),
        ),
        explained_by=("env_file.lines", "env_file.byte-order-mark"),
    )


def _open(checkout: Checkout, *paths: PurePath) -> Iterator[Command]:
    for path in paths:
        if checkout.shell == "powershell":
            yield run("notepad {file}", file=path, shell="powershell")
        else:
            yield run("${{EDITOR:-nano}} {file}", file=path)


_SAID = {
    "later": ("env_file.shadowed", "Another .env comes before the one with {names}"),
    "elsewhere": ("env_file.edited-elsewhere", "{names} is in a .env that this AutoGPT does not read"),
    "template": ("env_file.key-in-template", "{names} is in .env.template, but AutoGPT reads .env only"),
    "look-alike": ("env_file.edited-elsewhere", "{names} is in a file that AutoGPT does not read"),
}
