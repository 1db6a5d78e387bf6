"""Judgements about room, memory and ports, and what to do on this system."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Iterator, NamedTuple, Sequence

from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.llamafile_commands import by_hand
from checks.llamafile_files import LlamafileFiles
from checks.llamafile_start_words import KEPT
from checks.setting_remedies import write
from checks.wsl import CONFIGURATION, Wsl
from doctor import Finding, Link, Remedy, Words, found, note, ok, problem, remedy, run, say, warning

if TYPE_CHECKING:
    from checks.resources import ModelRoom, ServerPort, Volume

FULL_BYTES = 50_000_000
LITTLE_BYTES = 1_000_000_000
DOWNLOAD_BYTES = 8_000_000_000
"""The usual llamafile has about 5 GB, and a system with a full disk does not work well."""
MODEL_BYTES = 5_100_000_000
BESIDE_BYTES = 2_900_000_000
"""What a llamafile needs beside its model, with the context that serve.py gives it at the least."""


# --- disks ----------------------------------------------------------------------------------------------------------


def judge_volumes(volumes: Sequence[Volume], checkout: Checkout, wsl: Wsl) -> Iterator[Finding]:
    small = [each for each in volumes if each.free_bytes < LITTLE_BYTES and each.total_bytes > 2 * LITTLE_BYTES]
    for each in small:
        yield _disk(each, checkout, wsl)
    if volumes and not small:
        yield ok("resources.enough-disk", say("{size} free", size=_size(min(each.free_bytes for each in volumes))))


def _disk(volume: Volume, checkout: Checkout, wsl: Wsl) -> Finding:
    is_full = volume.free_bytes < FULL_BYTES
    is_of_windows = volume.folder in wsl.windows_mounts
    heading = "The disk of {folder} is full" if is_full else "The disk of {folder} is nearly full"
    return (problem if is_full else warning)(
        "resources.disk-full" if is_full else "resources.disk",
        say(heading, folder=volume.folder),
        detail="The disk of this Linux is a file on it, and cannot grow." if is_of_windows else _FULL,
        evidence=found(
            say("{free} free of {total}", free=_size(volume.free_bytes), total=_size(volume.total_bytes)),
            wanted="1 GB or more",
            where=say("{folder}", folder=volume.folder),
        ),
        remedy=_room(checkout, wsl, is_of_windows),
    )


_FULL = 'What writes there fails with "No space left on device".'


def _room(checkout: Checkout, wsl: Wsl, is_of_windows: bool = False) -> Remedy:
    shell = checkout.shell
    commands = [
        run("poetry cache clear --all .", shell=shell, note="what Poetry has downloaded"),
        run("docker system df", shell=shell, note="what Docker holds; docker system prune frees what is unused"),
    ]
    links: tuple[Link, ...] = (POETRY, DOCKER)
    if is_of_windows or shell == "powershell":
        commands[: int(is_of_windows)] = [run("cleanmgr", shell="powershell", note="on Windows: what it may delete")]
        links = (WINDOWS, DOCKER)
    return remedy("Make room, for instance of what programs keep for later:", *commands, links=links)


# --- a model --------------------------------------------------------------------------------------------------------


def judge_model(room: ModelRoom, files: LlamafileFiles, wsl: Wsl, checkout: Checkout) -> Iterator[Finding]:
    size = files.model_bytes or MODEL_BYTES
    wanted = size + BESIDE_BYTES
    if room.memory is not None and room.memory.total_bytes < wanted:
        yield _memory(room.memory.total_bytes, wanted, files, wsl, checkout.shell)
    elif room.memory is not None and room.memory.available_bytes < size:
        free = _size(room.memory.available_bytes)
        yield note(
            "resources.model-memory",
            say("Of the memory only {size} are free, and a llamafile needs more", size=free),
            detail="End other programs before you start it.",
            evidence=found(say("{size} free", size=free), wanted=_more_than(wanted)),
            links=(SETUP,),
        )
    if room.free_bytes is not None and room.free_bytes < DOWNLOAD_BYTES:
        yield warning(
            "resources.model-disk",
            say("There are only {size} for the download of a llamafile", size=_size(room.free_bytes)),
            detail="It has about 5 GB. serve.py does not ask before, and takes what fitted for the whole file.",
            evidence=found(
                say("{size} free", size=_size(room.free_bytes)),
                wanted=_more_than(DOWNLOAD_BYTES),
                where=say("{folder}", folder=files.folder),
            ),
            remedy=_room(checkout, wsl),
            links=(SETUP,),
        )


def _memory(total: int, wanted: int, files: LlamafileFiles, wsl: Wsl, shell: str) -> Finding:
    text = say("Start it with a smaller context, which leaves AutoGPT less to remember:")
    commands = [by_hand(files, shell, 8192)]
    if wsl.version == 2:
        words = "Allow WSL more by memory= under [wsl2] in the file .wslconfig of your Windows home folder. {rest}"
        text = say(words, rest=text)
        commands.insert(0, run("notepad $HOME\\.wslconfig", shell="powershell", note="then: wsl --shutdown"))
    return warning(
        "resources.model-memory",
        say("This {what} has only {size} of memory for a llamafile", what=_place(wsl), size=_size(total)),
        detail='With too little memory it is very slow, or ends with the one word "Killed".',
        evidence=found(say("{size} in all", size=_size(total)), wanted=_more_than(wanted)),
        remedy=remedy(text, *commands, links=(SETUP, *((CONFIGURATION,) if wsl.version == 2 else ()))),
    )


def _place(wsl: Wsl) -> str:
    return "WSL" if wsl.is_wsl else "machine"


def _more_than(size_bytes: int) -> Words:
    return say("{size} or more", size=_size(size_bytes))


# --- ports ----------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a person puts it right."""

    shell: str
    env: PurePath
    """The `.env` that a new line belongs in."""


def judge_port(port: ServerPort, place: Place) -> Iterator[Finding]:
    if port.state == "taken":
        yield _taken(port, place)
    elif port.state == "reserved":
        yield _reserved(port, place)


def _taken(port: ServerPort, place: Place) -> Finding:
    who = port.listener
    program = who.program if who is not None else ""
    what = say("port {port} belongs to {program}", port=port.port, program=program)
    detail = 'AutoGPT in a terminal works all the same. Only `serve` says "Port is already in use".'
    if "docker" in program.lower():
        detail += " A container has it: the AutoGPT Platform uses 8000 for itself."
    # AutoGPT's own server, or one in a container, is the program that should have it.
    is_strange = bool(program) and not re.match(r"(?i)(?:python|docker|com\.docker|podman|poetry|wsl)", program)
    return (warning if is_strange and port.setting is not None else note)(
        "resources.port-taken",
        say("Port {port} of AutoGPT's own server is taken", port=port.port),
        detail=detail,
        evidence=found(
            what if program else say("port {port} is taken", port=port.port),
            where=say("process {pid}", pid=who.pid) if who is not None and who.pid else None,
        ),
        remedy=_other(port, place, "End that program, unless it is AutoGPT itself, or choose another port."),
        links=(USAGE,),
    )

def _reserved(port: ServerPort, place: Place) -> Finding:
    first, last = port.kept
    what = "nobody listens, and Windows lets nobody"
    words = say("{what}: it keeps {first} to {last}", what=what, first=first, last=last) if first else say(what)
    return (note if port.setting is None else warning)(
        "resources.port-reserved",
        say("Windows keeps port {port}, which AutoGPT's own server wants", port=port.port),
        detail="AutoGPT in a terminal works all the same. Only `serve` ends with WinError 10013.",
        evidence=found(words, where="netsh int ipv4 show excludedportrange tcp"),
        remedy=_other(port, place, "Choose another port, or restart Windows: it mostly keeps others then."),
        links=(KEPT,),
    )


def _other(port: ServerPort, place: Place, text: str) -> Remedy:
    beyond = port.kept[1] + 1 if port.kept[1] else port.port + 10
    other = str(beyond if beyond < 65000 else 8010)
    if port.setting is not None:
        change = write([(port.setting, other)], place.shell)
        return remedy(say("{text} {line}", text=text, line=change.text or ""), *change.commands)
    line = say("Write in {file}: AP_SERVER_PORT={other}", file=place.env, other=other)
    return remedy(say("{text} {line}", text=text, line=line))


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 100_000_000 else f"{size_bytes / 1e6:.0f} MB"


# --- links ----------------------------------------------------------------------------------------------------------

SETUP = PROVIDERS["llamafile"].setup_page
POETRY = Link("Poetry: its cache", "https://python-poetry.org/docs/cli/#cache")
DOCKER = Link("Docker: what may be deleted", "https://docs.docker.com/engine/manage-resources/pruning/")
WINDOWS = Link(
    "Windows: free up drive space",
    "https://support.microsoft.com/en-us/windows/free-up-drive-space-in-windows-85529ccb-c365-490d-b548-831022bc9b32",
)
USAGE = Link(
    "AutoGPT: how it is used",
    "https://github.com/Significant-Gravitas/AutoGPT/blob/master/docs/content/classic/usage.md",
)
