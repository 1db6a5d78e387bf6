"""What each setting comes to for AutoGPT: its value, where that comes from, and what it shadows.

Values are kept as secrets, whatever they are: what may be shown of one is decided where it is shown.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Callable, Iterator, Mapping, NamedTuple, Optional, Union

from checks.autogpt.variables import VARIABLES, is_address, is_harmless, kind_of, without_public
from checks.autogpt.versions import Version
from checks.dotenv_text import TooLong
from checks.env_file import EnvFile, Parser
from doctor import Machine, Secret, Unavailable, Words, fact, say
from doctor.machine import Key
from doctor.secret import looks_secret

SYSTEM_ENVIRONMENT = r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"

SHORTEST_OF_OTHERS = 16
MOST_OTHERS = 25
"""Names that no version knows and that a report lists; of more than that nobody speaks."""


class Source(NamedTuple):
    """Where a value stands."""

    kind: str
    """"file", "shell", "windows-user", "windows-system" (the lasting environment of the user, of the machine) or
    "default"."""
    path: Optional[PurePath] = None
    line: int = 0

    @property
    def words(self) -> Words:
        """ "~/AutoGPT/.env, line 3" """
        if self.kind == "file" and self.path is not None:
            return say("{file}, line {line}", file=self.path, line=self.line)
        return say(_PLACES[self.kind])


_PLACES = {
    "shell": "the environment of this shell",
    "windows-user": "the user's environment variables in Windows",
    "windows-system": "the system's environment variables in Windows",
    "default": "the default of this version",
    "file": "the file",
}


FileValue = tuple[str, Source]
"""A value of the file, and the line that it stands in."""


class Setting(NamedTuple):
    """One setting, as AutoGPT will have it."""

    name: str
    value: Secret
    source: Source
    shadows: tuple[tuple[Source, Secret], ...] = ()
    """What else is set under this name, and has no effect."""

    @property
    def text(self) -> str:
        """The value itself, for judging it."""
        return self.value.reveal()

    @property
    def shown(self) -> Union[str, Secret]:
        """The value as it may be said: a text when it is harmless, else a secret."""
        return self.text if is_harmless(self.name, self.text) else own_part(self.value)

    def secrets(self) -> Iterator[Secret]:
        """What of it must not stand in any output: for the last scrubber. An address is no secret."""
        for value in (self.value, *(shadowed for _, shadowed in self.shadows)):
            text = value.reveal()
            if not ("://" in text and is_address(self.name, text)) and not is_harmless(self.name, text):
                yield from own_parts(value)

    @property
    def is_set(self) -> bool:
        """Whether somebody set it; an empty text counts."""
        return self.source.kind != "default"


def own_part(value: Secret) -> Secret:
    """A value without what everybody knows of it: else a report could not name the setting, or link to its page."""
    text = value.reveal()
    named = re.match(r"[\s\"'`]*(?:(?:export|setx?)\s+)?([A-Z][A-Z0-9_]{2,60})\s*=\s*", text)
    if named and named[1] in VARIABLES:
        text = text[named.end() :]
    return Secret(without_public(text))


def own_parts(value: Secret) -> Iterator[Secret]:
    """What of a value no output may hold: of an address its login, and the words of it that are no words."""
    own = own_part(value).reveal()
    if "://" not in value.reveal():
        yield Secret(own)
        return
    login, _, rest = own.rpartition("@")
    yield from (Secret(each) for each in (login, *login.split(":")) if each)
    yield from (Secret(each) for each in re.split(r"[/?&=.:#]+", rest) if looks_secret(each))


class Settings:
    """All settings that are set, and the defaults of this version where they matter. No printable form."""

    __slots__ = ("_get", "is_file_off", "known", "names", "number", "version")

    def __init__(
        self,
        version: Version,
        known: Mapping[str, Setting],
        file: _OfFile,
        is_file_off: bool = False,
    ) -> None:
        self.version = version
        self.is_file_off = is_file_off
        """PYTHON_DOTENV_DISABLED keeps the parser from reading any file."""
        self.known: tuple[str, ...] = tuple(known)
        """Names that some version knows, and that are set or have a default here."""
        others = [name for name in file.names if name not in known]
        self.names: tuple[str, ...] = (*known, *others)
        """The known ones, then what else the file names."""
        self.number = len(others) + sum(each.is_set for each in known.values())
        """How many are set."""

        def get(name: str) -> Optional[Setting]:
            if name in known:
                return known[name]
            value = file.get(name)
            return None if value is None else Setting(name, Secret(value[0]), value[1])

        self._get: Callable[[str], Optional[Setting]] = get

    def __repr__(self) -> str:
        return f"Settings({len(self.names)} of {self.version.id})"

    @property
    def listed(self) -> tuple[str, ...]:
        """The names that a report lists: all that are known, and some others."""
        return self.names[: len(self.known) + MOST_OTHERS]

    def secrets(self) -> Iterator[Secret]:
        """What must not stand in any output: for the last scrubber."""
        for name in self.listed:
            setting = self._get(name)
            if setting is not None:
                for value in (setting.value, *(shadowed for _, shadowed in setting.shadows)):
                    text = value.reveal()
                    # Shorter ones under a name of somebody's own are said nowhere, and there may be hundreds.
                    is_secret = kind_of(name) is not None or len(text) >= SHORTEST_OF_OTHERS
                    is_secret = is_secret and (kind_of(name) in ("key", "secret") or looks_secret(text))
                    if is_secret and not is_harmless(name, text):
                        yield from own_parts(value)

    def get(self, name: str) -> Optional[Setting]:
        """The setting of that name, a default too; None when there is neither."""
        return self._get(name)

    def text(self, name: str) -> Optional[str]:
        """The value that AutoGPT has; None when it is not set and has no default that is known here."""
        setting = self._get(name)
        return None if setting is None else setting.text


@fact
def settings(machine: Machine, version: Version, env_file: EnvFile, parser: Parser) -> Settings:
    if not env_file.is_known:
        reason = say("what stands in {file} is not known", file=env_file.path or "")
        is_special = env_file.state == "special"
        raise Unavailable(reason, "hidden_files.env-no-file" if is_special else f"env_file.{env_file.state}")
    shell = _Shell(machine)
    switch = machine.variable("PYTHON_DOTENV_DISABLED") if parser.dialect.can_be_disabled else None
    is_off = (switch or "").casefold() in ("1", "true", "t", "yes", "y")
    try:
        file = _OfFile(EnvFile(None, "none") if is_off else env_file, shell, version)
    except TooLong:  # with what the shell has
        raise Unavailable(say("what {file} comes to is too large", file=env_file.path or "")) from None
    found = {name: each for name in VARIABLES if (each := _one(name, file.get(name), shell, version))}
    for name, value in _defaults(version).items():
        found.setdefault(name, Setting(name, Secret(value), Source("default")))
    return Settings(version, found, file, is_off)


class _OfFile:
    """The file's own settings, references to others replaced as python-dotenv does it."""

    def __init__(self, env_file: EnvFile, shell: _Shell, version: Version) -> None:
        text = env_file.text
        values = {} if text is None else text.values(shell.text, version.file_wins)
        spelt = {shell.called(name): name for name, value in values.items() if value is not None}
        self.names = tuple(spelt)

        def get(name: str) -> Optional[FileValue]:
            there = spelt.get(name, "")
            value, statement = values.get(there), text.get(there) if text else None
            if value is None or statement is None:
                return None
            return value, Source("file", env_file.path, statement.line)

        self.get = get  # a function holds the values, as in `Secret`


def _one(name: str, in_file: Optional[FileValue], shell: _Shell, version: Version) -> Optional[Setting]:
    theirs = shell.get(name)
    if in_file is None:
        return None if theirs is None else Setting(name, *theirs)
    mine = (Secret(in_file[0]), in_file[1])
    if theirs is None:
        return Setting(name, *mine)
    return Setting(name, *mine, (theirs[::-1],)) if version.file_wins else Setting(name, *theirs, (mine[::-1],))


class _Shell:
    """The environment of this process, and on Windows where each of it comes from."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._lasting: Optional[list[tuple[str, Key]]] = None

    def called(self, name: str) -> str:
        """The name of a setting as Python has it: Windows knows no small letters in it. What is none stays as it is."""
        return name.upper() if self._machine.system.is_windows and name.upper() in VARIABLES else name

    def text(self, name: str) -> Optional[str]:
        value = self._machine.secret(name, is_harmless) if name and "=" not in name and "\0" not in name else None
        return None if value is None else value.reveal()

    def get(self, name: str) -> Optional[tuple[Secret, Source]]:
        value = self._machine.secret(name, is_harmless)
        return None if value is None else (value, self._source(name, value.reveal()))

    def _source(self, name: str, value: str) -> Source:
        if not self._machine.system.is_windows:
            return Source("shell")
        if self._lasting is None:
            places = (("windows-user", "HKCU", "Environment"), ("windows-system", "HKLM", SYSTEM_ENVIRONMENT))
            keys = [(kind, self._machine.registry(hive, path)) for kind, hive, path in places]
            self._lasting = [(kind, key) for kind, key in keys if isinstance(key, Key)]
        return Source(next((kind for kind, key in self._lasting if key.text(name) == value), "shell"))


def _defaults(version: Version) -> dict[str, str]:
    smart, fast = version.model_names
    defaults = {smart: version.smart_llm, fast: version.fast_llm}
    if VARIABLES["EMBEDDING_MODEL"].is_in(version):
        defaults["EMBEDDING_MODEL"] = version.embedding_model
    if VARIABLES["LLAMAFILE_API_BASE"].is_in(version):
        defaults["LLAMAFILE_API_BASE"] = "http://localhost:8080/v1"
    return defaults
