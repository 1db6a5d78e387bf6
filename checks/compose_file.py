"""The Docker Compose file beside AutoGPT: which one it is, what of it is on this machine, and whether it is in use.

A Compose file is part of nearly every checkout, and most people never use it. The files that came with AutoGPT are
known by their checksums and not even taken apart, so a machine without Docker pays nothing for them.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, Optional

from checks.autogpt.variables import is_harmless as is_harmless_setting
from checks.autogpt.variables import kind_of
from checks.checkout import Checkout
from checks.docker import DockerNeed
from checks.docker_engine import Docker
from doctor import Failure, Machine, NotHere, Options, Unavailable, fact, say
from doctor.machine import Content

if TYPE_CHECKING:  # imported where there is a Compose file
    from checks.compose_text import Bind, EnvFileEntry, Fault, Project, Service

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""In the order in which Compose looks for them."""
OVERRIDES = (
    "compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml",
)  # fmt: skip
LARGEST_BYTES = 16_384
"""A larger file is not judged: it would take too long."""
MOST_PATHS = 40

SHIPPED = {
    0x8F84ADFA: False, 0x10166A31: True, 0xBAA82C60: True, 0xDA8EB9BB: True, 0x3606743A: True, 0x8765D524: True,
    0x60509D45: True, 0x551B2E64: True,
}  # fmt: skip
"""CRC-32 of the files of v0.2.0 to classic-2026, and whether their service is given the .env by env_file."""


class ComposeFile(NamedTuple):
    """One Compose file."""

    path: PurePath
    project: Optional[Project]
    fault: Optional[Fault] = None
    is_shipped: bool = False


class Mounted(NamedTuple):
    """A path that is mounted into a service, and what is at its place now."""

    file: PurePath
    service: Service
    bind: Bind
    source: PurePath
    state: str
    """"file", "folder", "missing" or "unknown"."""
    holds_code: bool = True
    """A folder has AutoGPT's code in it."""


class Entered(NamedTuple):
    """A file of variables that a service is given."""

    file: PurePath
    service: Service
    entry: EnvFileEntry
    path: PurePath
    state: str
    quoted: tuple[tuple[str, int], ...] = ()
    """Variables of AutoGPT whose values stand in quotes, with their lines."""
    loopback: tuple[tuple[str, int], ...] = ()
    """Variables whose values are addresses on this very machine."""


class ComposeFiles(NamedTuple):
    """The Compose files of one folder."""

    folder: PurePath
    files: tuple[ComposeFile, ...]
    """The file, and what overrides it."""
    kind: str
    """"needed" (AutoGPT is run by it and by nothing else), "meant" (somebody has made an override), "possible" (an
    engine is there) or "unused"."""

    @property
    def speaks(self) -> bool:
        """Whether what is merely worth knowing is said."""
        return self.kind != "unused"


class ComposeUse(NamedTuple):
    """What the Compose files, which could be read, use of this machine."""

    of: ComposeFiles
    mounted: tuple[Mounted, ...] = ()
    entered: tuple[Entered, ...] = ()
    """Only where Compose may be in use."""


@fact
def compose_files(
    machine: Machine, options: Options, need: DockerNeed, checkout: Optional[Checkout], docker: Optional[Docker]
) -> ComposeFiles:
    if checkout is None and need.kind != "needed":
        raise NotHere
    folder = options.folder if checkout is None else checkout.agent
    names = machine.names_in(folder)
    first = next((name for name in NAMES if name in names), None)
    if first is None:
        raise NotHere
    overrides = [name for name in OVERRIDES if name in names]
    kind = "needed" if checkout is None else "meant" if overrides else "unused"
    if kind == "unused" and docker is not None and docker.command.is_up:
        kind = "possible"
    paths = [folder / name for name in (first, *overrides)]
    files = tuple(file for path in paths if (file := _read(machine, path, kind)) is not None)
    return ComposeFiles(folder, files, kind)


@fact
def compose_use(machine: Machine, compose_files: ComposeFiles) -> ComposeUse:
    main = compose_files.files[0] if compose_files.files else None
    if main is not None and main.fault is not None:
        if main.fault.kind == "odd":
            raise NotHere
        raise Unavailable(say("{file} cannot be read", file=main.path), "compose.invalid")
    entered = _entered(machine, compose_files) if compose_files.speaks else ()
    return ComposeUse(compose_files, _mounted(machine, compose_files), entered)


def _read(machine: Machine, path: PurePath, kind: str) -> Optional[ComposeFile]:
    from zlib import crc32

    from checks.compose_text import Fault, is_harmless, parse

    content = machine.read_settings(path, is_harmless, LARGEST_BYTES + 1)
    if not isinstance(content, Content) or len(content.data) > LARGEST_BYTES:
        return None
    shipped = SHIPPED.get(crc32(content.data.replace(b"\r\n", b"\n")))
    if shipped is not None:
        return ComposeFile(path, None if kind == "unused" else _shipped(shipped), is_shipped=True)
    try:
        text = content.data.decode("utf-8")
    except UnicodeDecodeError:
        return ComposeFile(path, None, Fault("encoding"))
    parsed = parse(text)
    return ComposeFile(path, None, parsed) if isinstance(parsed, Fault) else ComposeFile(path, parsed)


def _shipped(has_env_file: bool) -> Project:
    """What matters of a file that came with AutoGPT."""
    from checks.compose_text import Bind, EnvFileEntry, Project, Service

    bind = Bind("./" if has_env_file else ".env", "/app" if has_env_file else "/app/.env", 0)
    entries = (EnvFileEntry(".env", 0),) if has_env_file else ()
    return Project((Service("auto-gpt", 0, "", True, True, False, entries, (bind,)),), 1)


def _mounted(machine: Machine, use: ComposeFiles) -> tuple[Mounted, ...]:
    """What somebody mounts; the shipped files mount nothing that could be missing or in the way."""
    found: list[Mounted] = []
    for file in use.files:
        for service in file.project.services if file.project and not file.is_shipped else ():
            for bind in service.binds:
                source = resolved(machine, use.folder, bind.source)
                if source is not None and len(found) < MOST_PATHS and (bind.is_of_file or bind.target in CODE_PLACES):
                    found.append(_looked_at(machine, Mounted(file.path, service, bind, source, "unknown")))
    return tuple(found)


def _looked_at(machine: Machine, mounted: Mounted) -> Mounted:
    state = _state(machine, mounted.source)
    if mounted.bind.target not in CODE_PLACES or state == "file":
        return mounted._replace(state=state)
    names = machine.names_in(mounted.source) if state == "folder" else ()
    return mounted._replace(state=state, holds_code=any(name in CODE for name in names))


CODE_PLACES = ("/app", "/app/autogpt", "/app/classic", "/app/classic/original_autogpt")
"""Where AutoGPT's code is inside its images."""
CODE = ("autogpt", "forge", "classic", "original_autogpt", "__main__.py", "pyproject.toml")
"""With one of these in it a folder is AutoGPT's own, or a part of it."""


def _entered(machine: Machine, use: ComposeFiles) -> tuple[Entered, ...]:
    found: dict[tuple[str, PurePath], Entered] = {}
    for file in use.files:
        for service in file.project.services if file.project else ():
            for entry in service.env_files:
                path = resolved(machine, use.folder, entry.path)
                if path is not None and service.is_autogpt and len(found) < MOST_PATHS:
                    state = _state(machine, path)
                    quoted, loopback = _looked_into(machine, path) if state == "file" else ((), ())
                    entered = Entered(file.path, service, entry, path, state, quoted, loopback)
                    found.setdefault((service.name, path), entered)
    return tuple(found.values())


def _state(machine: Machine, path: PurePath) -> str:
    stat = machine.stat(path)
    if isinstance(stat, Failure):
        return "missing" if stat.kind.value == "absent" else "unknown"
    return "folder" if stat.is_folder else "file" if stat.is_file else "unknown"


_ASSIGNED = r"[^\S\n]*(?:export[^\S\n]+)?([A-Z][A-Z0-9_]*)[^\S\n]*=[^\S\n]*([\"']?)([^\n]*)"
_QUOTED = r"[\"'][^\S\r]*(?:#.*)?\r?\Z"


def _looked_into(machine: Machine, path: PurePath) -> tuple[tuple[tuple[str, int], ...], ...]:
    """The variables of a file with quotes around their values, and those with an address on this machine."""
    from checks.compose_text import is_loopback

    content = machine.read_settings(path, is_harmless_setting, 262_144)
    if isinstance(content, Failure):
        return (), ()
    quoted: dict[str, int] = {}
    loopback: dict[str, int] = {}
    for number, line in enumerate(content.text.split("\n"), 1):
        found = re.match(_ASSIGNED, line)
        if found:
            if kind_of(found[1]) is None:
                continue
            if found[2] and found[3][:1] != found[2] and re.search(_QUOTED, found[3]):
                quoted[found[1]] = number
            if is_loopback(found[3]):
                loopback[found[1]] = number
    return tuple(quoted.items())[:MOST_PATHS], tuple(loopback.items())[:MOST_PATHS]


_REFERENCE = r"\$(?:\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}|([A-Za-z_]\w*))"


def resolved(machine: Machine, folder: PurePath, text: str) -> Optional[PurePath]:
    """The path that a text of the file means; None when it depends on variables that are set elsewhere."""
    known = {"PWD": str(folder), "HOME": str(machine.home)}
    out, done = "", 0
    for found in re.finditer(_REFERENCE, text.replace("\0", "")):
        name = found[1] or found[3]
        value = known.get(name)
        if value is None and found[2] is not None and machine.secret(name) is None:
            value = found[2]
        if value is None:
            return None
        out += text[done : found.start()] + value
        done = found.end()
    out += text.replace("\0", "")[done:]
    if out == "~" or out.startswith(("~/", "~\\")):
        out = str(machine.home / out[2:])
    path = _normal(folder / machine.path(out))
    return path if path.is_absolute() else None  # "D:" alone means a folder that only Windows knows


def _normal(path: PurePath) -> PurePath:
    """Without the steps back that ".." stands for."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != "..":
            parts.append(part)
    return type(path)(*parts)
