"""Variables as libraries of AutoGPT find them in its process: those of the shell, and what `.env` adds to them.

The parser of `.env` puts everything of it into the environment before any client of a provider is made. So a proxy that
is named there counts, and in most versions it counts more than that of the shell.
"""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, NamedTuple, Optional

from checks.autogpt.variables import is_harmless
from checks.settings import Setting, Settings, Source
from doctor import Machine, Secret, Words, fact
from doctor.machine import Harmless


class ProcessVariable(NamedTuple):
    """One variable. Its value may hold a password, so it is a secret whatever it is."""

    name: str
    """As it is spelt where it is set."""
    value: Secret
    source: Words

    @property
    def text(self) -> str:
        return self.value.reveal()


class ProcessVariables:
    """The environment of AutoGPT's process. Without a checkout it is that of the shell."""

    __slots__ = ("get",)

    def __init__(self, get: Callable[[str], Optional[ProcessVariable]]) -> None:
        self.get = get
        """The variable of that name, None when it is not set. An empty one is set. Windows ignores case."""

    def __repr__(self) -> str:
        return "ProcessVariables()"

    def all_of(self, names: tuple[str, ...]) -> Iterator[ProcessVariable]:
        for name in names:
            found = self.get(name)
            if found is not None:
                yield found


@fact
def process_variables(machine: Machine, settings: Optional[Settings]) -> ProcessVariables:
    is_windows = machine.system.is_windows
    # Of names that differ in case alone, the last of the file counts.
    spelt: Mapping[str, str] = {} if settings is None else {_folded(each, is_windows): each for each in settings.names}

    def get(name: str) -> Optional[ProcessVariable]:
        shell = machine.secret(name, is_harmless)
        file = _of_file(settings, spelt.get(_folded(name, is_windows), ""))
        if file is not None and (shell is None or (settings is not None and settings.version.file_wins)):
            return ProcessVariable(file.name, file.value, file.source.words)
        return None if shell is None else ProcessVariable(name, shell, Source("shell").words)

    return ProcessVariables(get)


def _folded(name: str, is_windows: bool) -> str:
    return name.upper() if is_windows else name


def _of_file(settings: Optional[Settings], name: str) -> Optional[Setting]:
    setting = settings.get(name) if settings is not None and name else None
    return setting if setting is not None and setting.source.kind == "file" else None


def setting_of_library(name: str, machine: Machine, settings: Settings, is_open: Harmless) -> Optional[Setting]:
    """A variable that no AutoGPT knows and a library of it reads by itself. `is_open` says what of it may be recorded.

    What `.env` says of it is put into the environment, too: before or behind what the shell says.
    """
    in_file = settings.get(name)
    in_shell = None if in_file is not None and settings.version.file_wins else machine.secret(name, is_open)
    return in_file if in_shell is None else Setting(name, in_shell, Source("shell"))
