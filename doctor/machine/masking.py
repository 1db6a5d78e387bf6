"""What leaves in a recording: no secret but its shape, and a person's names replaced by nobody's.

The same text becomes the same everywhere, in paths, contents and what programs print, so that a recording still fits
together. A name's oddities (blanks, letters beyond ASCII) stay, because they are what makes programs fail.
"""

from __future__ import annotations

import re
from pathlib import PurePath, PureWindowsPath
from typing import Callable, Iterable, Mapping, Optional

from doctor.machine import Listing, Machine, Unavailable
from doctor.machine.settings import Span
from doctor.machine.shapes import expand, mark_of, protect
from doctor.names import Place, StandIns, apply, forms_of, forms_of_path, is_nobody, rules_for
from doctor.scrubber import Scrubber
from doctor.secret import Secret, is_random, tokens_in

USER = "user"
HOST = "host"
# A long run of letters and digits in no order, as keys of no known prefix are.
_RANDOM = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,}={0,2}(?![A-Za-z0-9+/])")
_SID = re.compile(r"(S-1-5-21)(?:-\d+){3}")
_EMAIL = re.compile(r"(?<![\w.+%\-/:])(?!git@)[\w.+%\-]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}\b")
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\-]+\Z", re.ASCII)


class Mask:
    """Hides what is private of one machine's answers."""

    def __init__(self, machine: Machine, secrets: Iterable[Secret] = (), ordinary: tuple[str, ...] = ()) -> None:
        self._user, self._host = machine.user, machine.host
        self._scrubber = Scrubber(secrets=secrets)
        self._own = stand_in_for(machine.user)
        self._people = _people(machine, self._own)
        self._peoples_folders = _folders_of(self._people)
        self.home = home_for(machine.home, machine.user)
        place = Place(machine.home, machine.user, machine.host, ordinary)
        self._rules = rules_for(place, StandIns(self._home_in_form(machine.home), self._own, HOST, self._person))

    def _home_in_form(self, home: PurePath) -> Callable[[str], str]:
        fold = str.lower if isinstance(home, PureWindowsPath) else str
        forms = {fold(form): new for form, new in zip(forms_of_path(home), forms_of_path(self.home))}
        return lambda form: forms[fold(form)]

    @property
    def user(self) -> str:
        """The login name of the recording."""
        return self._own

    # --- secrets ---------------------------------------------------------------------------------------------------

    def text(self, text: str, spans: Iterable[Span] = ()) -> str:
        """A text of the recording in which marks are read: secrets as marks, names replaced."""
        return self._hide(text, spans, mark_of, protect)

    def plain(self, text: str) -> str:
        """A text in which no marks are read (a path, a name): secrets replaced by inventions of the same shape."""
        return self._hide(text, (), lambda secret: expand(mark_of(secret)), str)

    @staticmethod
    def expanded(text: str) -> str:
        """What a text with marks stands for."""
        return expand(text)

    def value(self, text: str) -> str:
        """A value that may be nothing but a name, whatever that name is: of a variable, of a group."""
        if text and text.lower() in (self._user.lower(), self._host.lower()):
            return self._own if text.lower() == self._user.lower() else HOST
        return self.text(text)

    def path(self, path: PurePath) -> str:
        return self.plain(str(path))

    def name_in(self, folder: PurePath, name: str) -> str:
        """A name in a folder, which may be private by where it is."""
        return type(folder)(self.path(folder / name)).name or self.plain(name)

    def _hide(
        self, text: str, spans: Iterable[Span], stand_in: Callable[[str], str], keep: Callable[[str], str]
    ) -> str:
        out, done = [], 0
        for start, end in joined([*spans, *self._secrets_in(text)]):
            out += [keep(self._nameless(text[done:start])), stand_in(text[start:end])]
            done = end
        return "".join([*out, keep(self._nameless(text[done:]))])

    def _secrets_in(self, text: str) -> list[Span]:
        found = [(each.start, each.end) for each in tokens_in(text)] + self._scrubber.spans(text)
        return found + [run.span() for run in _RANDOM.finditer(text) if any(map(is_random, run[0].split("/")))]

    # --- names -----------------------------------------------------------------------------------------------------

    def _nameless(self, text: str) -> str:
        if self._peoples_folders:
            text = self._peoples_folders.sub(lambda found: found[1] + self._people[found[2].lower()], text)
        # Half a character, from a name that is no UTF-8, cannot be written down.
        text = _HALF_CHARACTERS.sub("\ufffd", apply(self._rules, text))
        text = _SID.sub(r"\1-1-2-3", text) if "S-1-5-21-" in text else text
        return _EMAIL.sub("someone@example.com", text) if "@" in text else text

    def _person(self, name: str) -> str:
        """Windows' short names; nothing else is taken for a person's name that has no folder on this machine."""
        head, tilde, number = name.rpartition("~")
        if tilde and number.isdigit() and head:
            is_own = head.lower() == re.sub(r"\W", "", self._user)[:6].lower()
            return f"{USER.upper()}~{number}" if is_own else f"{USER.upper()}2~{number}"
        return name


def _people(machine: Machine, own: str) -> dict[str, str]:
    """Whose home folders there are, and what stands for each. Only a folder that exists is somebody's."""
    names: set[str] = set()
    for folder in (machine.home.parent, machine.path("/mnt/c/Users")):
        try:
            listing = machine.list(folder) if len(folder.parts) > 1 else None
        except Unavailable:
            continue
        if isinstance(listing, Listing):
            names.update(name.lower() for name in listing.names if not is_nobody(name))
    others = sorted(names - {machine.user.lower(), machine.home.name.lower(), own.lower()})
    return {
        form.lower(): stand_in_for(name, f"{USER}{number}")
        for number, name in enumerate(others, 2)
        for form in forms_of(name, machine.system.is_windows)
    }


def _folders_of(people: Mapping[str, str]) -> Optional[re.Pattern[str]]:
    """Their home folders, in whatever form."""
    if not people:
        return None
    names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
    return re.compile(rf"(?i)([\\/](?:home|users|documents and settings)[\\/]+)({names})(?![\w\-]|\.\w)")


def home_for(home: PurePath, user: str) -> PurePath:
    """Where a home folder is in a recording: below the folder of people's homes that is usual on its system."""
    if len(home.parts) < 2:
        return home
    name = stand_in_for(user if home.name.lower() == user.lower() else home.name)
    if isinstance(home, PureWindowsPath):
        return PureWindowsPath("C:\\Users", name)
    return type(home)("/Users" if home.parts[1] == "Users" else "/home", name)


def stand_in_for(name: str, plain: str = USER) -> str:
    """What stands for a person's name: "user", and as long and as odd as the name where that is an odd one."""
    if not name or _PLAIN_NAME.match(name):
        return plain
    letters = iter(plain * (len(name) // len(plain) + 1))
    return "".join(_like(character, letters) for character in name)


def _like(character: str, letters: Iterable[str]) -> str:
    if character.isascii():
        return next(iter(letters)) if character.isalnum() else character
    if not character.isalnum():
        return character
    # Of the same script: what can be written in Latin-1, in Cyrillic, or in neither.
    return "\u00e9" if ord(character) < 0x250 else "\u0436" if 0x400 <= ord(character) < 0x530 else "\u5b57"


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order and without overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined
