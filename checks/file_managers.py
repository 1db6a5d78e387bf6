"""What the file manager of this machine hides: files whose names begin with a dot, and the ends of names.

Asked only where it matters: when a person may be looking for `.env.template`, or has made a file with a wrong name.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, Optional

from checks.env_places import EnvPlaces
from doctor import Folder, Machine, fact
from doctor.machine import Content, Key, Ran, in_parallel

EXPLORER = r"Software\Microsoft\Windows\CurrentVersion\Explorer\Advanced"


class FileManager(NamedTuple):
    """The file manager that a person here most likely uses."""

    name: str = ""
    """"Explorer", "Finder", "Dolphin" or "The file manager"; "" when nobody looks through one here."""
    hides_dot_files: bool = False
    hides_hidden: bool = False
    """Files with Windows' hidden attribute are not shown."""
    hides_endings: bool = False
    """ ".env.txt" is shown as ".env"."""


@fact
def file_manager(machine: Machine, env_places: EnvPlaces) -> FileManager:
    if machine.system.is_windows:
        return _explorer(machine)
    if env_places.is_configured:
        return FileManager()
    return _finder(machine) if machine.system.is_mac else _on_linux(machine)


def _explorer(machine: Machine) -> FileManager:
    """Absent values mean hiding. A dot at the beginning means nothing to Windows."""
    key = machine.registry("HKCU", EXPLORER)
    if not isinstance(key, Key):
        return FileManager("Explorer", hides_hidden=True, hides_endings=True)
    return FileManager("Explorer", hides_hidden=key.number("Hidden") != 1, hides_endings=key.number("HideFileExt") != 0)


def _finder(machine: Machine) -> FileManager:
    folder = machine.home.joinpath("Library", "Preferences")
    finder = _properties(machine.read(folder / "com.apple.finder.plist"))
    everywhere = _properties(machine.read(folder / ".GlobalPreferences.plist"))
    return FileManager(
        "Finder",
        hides_dot_files=not _is_on(finder.get("AppleShowAllFiles", everywhere.get("AppleShowAllFiles"))),
        hides_endings=not _is_on(everywhere.get("AppleShowAllExtensions")),
    )


def _properties(answer: object) -> dict[str, Any]:
    if not isinstance(answer, Content):
        return {}
    import plistlib

    try:
        values = plistlib.loads(answer.data)
    except Exception:  # noqa: BLE001  # the parser has many errors of its own for what is no property list
        return {}
    return values if isinstance(values, dict) else {}


def _is_on(value: object) -> bool:
    """Seen in the wild: true, 1, "1", "YES", "TRUE"."""
    return str(value).strip().lower() in ("1", "true", "yes")


def _on_linux(machine: Machine) -> FileManager:
    """Nobody looks through a window in WSL, over SSH, or without a screen."""
    has_screen = machine.variable("DISPLAY") or machine.variable("WAYLAND_DISPLAY")
    is_remote = machine.variable("SSH_CONNECTION") or machine.variable("SSH_TTY")
    if not has_screen or is_remote or "microsoft" in machine.system.release.lower():
        return FileManager()
    if "KDE" in (machine.variable("XDG_CURRENT_DESKTOP") or "").upper():
        return FileManager("Dolphin", hides_dot_files=not _dolphin_shows(machine))
    shows = _gtk_shows(machine)
    return FileManager() if shows is None else FileManager("The file manager", hides_dot_files=not shows)


def _dolphin_shows(machine: Machine) -> bool:
    data = machine.user_folder(Folder.DATA)
    text = machine.read_text(data.joinpath("dolphin", "view_properties", "global", ".directory"), 65536) or ""
    return "hiddenfilesshown=true" in text.replace(" ", "").lower()


def _gtk_shows(machine: Machine) -> Optional[bool]:
    """What the file choosers of GTK 4 and 3 are set to; None when nobody says."""
    program = machine.which("gsettings")
    if program is None:
        return None
    schemas = ("org.gtk.gtk4.Settings.FileChooser", "org.gtk.Settings.FileChooser")
    answers = in_parallel(*(partial(machine.run, [program, "get", schema, "show-hidden"], 2) for schema in schemas))
    said = [answer.out.strip() for answer in answers if isinstance(answer, Ran) and answer.status == 0]
    known = [each for each in said if each in ("true", "false")]
    return known[0] == "true" if known else None
