"""Room on the disks, memory for a model, and the port of AutoGPT's own server.

It protects the user from "No space left on device" in the middle of an installation, from a model that ends with the
one word "Killed", and from a port that somebody else has. What is merely small is a note or a warning.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.autogpt.variables import VARIABLES
from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.llamafile_files import LlamafileFiles
from checks.meanings_of_llamafile_start import RESOURCES_DISK, RESOURCES_MODEL, RESOURCES_PORTS
from checks.settings import Setting, Settings
from checks.wsl import Wsl
from doctor import Failure, FailureKind, Finding, Machine, Stage, Unavailable, check, fact
from doctor.machine import Bound, Disk, Listener, Listeners, Memory, Ran

# --- facts --------------------------------------------------------------------------------------------------------


class Volume(NamedTuple):
    """A disk that AutoGPT, its installation or its Linux writes to."""

    folder: PurePath
    free_bytes: int
    total_bytes: int


class Volumes(NamedTuple):
    volumes: tuple[Volume, ...] = ()
    """Each disk once, the checkout's first."""


class ModelRoom(NamedTuple):
    """What there is for a llamafile that is to be started on this system."""

    memory: Optional[Memory] = None
    """None when the system does not tell."""
    free_bytes: Optional[int] = None
    """Free on the disk that the llamafile is downloaded to; None when it is there, or nobody tells."""


class ServerPort(NamedTuple):
    """The port of AutoGPT's own server (its command `serve`), if this version has one."""

    port: int = 0
    """0: there is none, or what is set is no port."""
    setting: Optional[Setting] = None
    """Where it comes from, None for the default."""
    state: str = "free"
    """"free", "taken", "reserved" (nobody listens, and Windows keeps it) or "unknown"."""
    listener: Optional[Listener] = None
    """Who has it, where the system tells."""
    kept: tuple[int, int] = (0, 0)
    """The range that Windows keeps, first and last port; zeros when it does not tell."""


USUAL_PORT = 8000
NETSH_LIMIT_S = 3.0


@fact
def volumes(machine: Machine, checkout: Checkout, wsl: Wsl) -> Volumes:
    found: dict[tuple[int, int], Volume] = {}
    for folder in (checkout.root, machine.home, machine.temporary, *wsl.windows_mounts[:1]):
        size = machine.disk(folder)
        if isinstance(size, Disk) and size.total_bytes > 0:
            key = (size.total_bytes, size.free_bytes)
            found.setdefault(key, Volume(folder, size.free_bytes, size.total_bytes))
    return Volumes(tuple(found.values()))


@fact
def model_room(machine: Machine, llamafile_files: LlamafileFiles, wsl: Wsl) -> ModelRoom:
    """In WSL a llamafile is best run on Windows: only one that lies in WSL counts there."""
    if wsl.is_wsl and not llamafile_files.files:
        return ModelRoom()
    memory = machine.memory()
    size = machine.disk(llamafile_files.folder) if not llamafile_files.whole else None
    return ModelRoom(
        memory if isinstance(memory, Memory) else None, size.free_bytes if isinstance(size, Disk) else None
    )


@fact
def server_port(machine: Machine, settings: Settings) -> ServerPort:
    if not VARIABLES["AP_SERVER_PORT"].is_in(settings.version):
        return ServerPort()
    setting = settings.get("AP_SERVER_PORT")
    setting = setting if setting is not None and setting.is_set else None
    text = str(USUAL_PORT) if setting is None else setting.text.strip()
    port = int(text) if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) <= 65535 else 0
    if not port:
        return ServerPort()
    bound = machine.bind("127.0.0.1", port)
    if isinstance(bound, Bound):
        return ServerPort(port, setting)
    return _not_free(machine, ServerPort(port, setting, "unknown"), bound)


def _not_free(machine: Machine, found: ServerPort, why: Failure) -> ServerPort:
    if why.kind is FailureKind.DENIED and machine.system.is_windows:
        return found._replace(state="reserved", kept=_kept(machine, found.port))
    if why.kind is not FailureKind.IN_USE:
        return found
    try:
        listening = machine.listeners()
    except Unavailable:  # a recording without them
        return found._replace(state="taken")
    listed = listening.listeners if isinstance(listening, Listeners) else ()
    return found._replace(state="taken", listener=next((each for each in listed if each.port == found.port), None))


def _kept(machine: Machine, port: int) -> tuple[int, int]:
    """What netsh lists, in whatever language: two numbers a line, and perhaps a star."""
    folder = machine.folder_of("SystemRoot") or machine.path("C:\\Windows")
    netsh = folder / "System32" / "netsh.exe"
    ran = machine.run([netsh, "int", "ipv4", "show", "excludedportrange", "tcp"], NETSH_LIMIT_S)
    lines = re.findall(r"(?m)^\s*(\d{1,5})\s+(\d{1,5})\s*\*?\s*$", ran.out) if isinstance(ran, Ran) else []
    ranges = [(int(first), int(last)) for first, last in lines]
    return next((each for each in ranges if each[0] <= port <= each[1]), (0, 0))


# --- checks -------------------------------------------------------------------------------------------------------


@check("resources.disk", title="Room on the disks", stage=Stage.RESOURCES, codes=RESOURCES_DISK)
def resources_disk(volumes: Volumes, checkout: Checkout, wsl: Wsl) -> Iterator[Finding]:
    """AutoGPT and its installation write to the disk of the checkout, to your home folder and to the temporary folder.

    Its Python packages take some gigabytes, and each agent that runs writes logs and results. Below 1 GB of free room
    this is a warning; where practically nothing is free, everything that writes fails with "No space left on device".
    In WSL the disk of Windows counts as well: the disk of Linux is a file on it, and what Linux calls free is not.
    """
    from checks.resources_words import judge_volumes

    yield from judge_volumes(volumes.volumes, checkout, wsl)


@check("resources.model", title="Room for a model", stage=Stage.RESOURCES, codes=RESOURCES_MODEL)
def resources_model(
    model_room: ModelRoom, llamafile_files: LlamafileFiles, wsl: Wsl, checkout: Checkout
) -> Iterator[Finding]:
    """A llamafile of Mistral 7B has about 5 GB, and needs that and a few more of memory while it runs.

    AutoGPT's serve.py gives it a context of the model's whole length, for which about 4 GB more are set aside; started
    by hand with a smaller one (--ctx-size 8192) it needs about 6 GB in all. With too little memory it is very slow, or
    ended by the system. This is looked at only while no llamafile answers, and when it would be started on this system.
    """
    from checks.resources_words import judge_model

    yield from judge_model(model_room, llamafile_files, wsl, checkout)


@check("resources.ports", title="The port of AutoGPT's server", stage=Stage.RESOURCES, codes=RESOURCES_PORTS)
def resources_ports(
    server_port: ServerPort, checkout: Checkout, env_file: EnvFile, env_places: EnvPlaces
) -> Iterator[Finding]:
    """AutoGPT's command `serve` offers a web page and an API at a port: AP_SERVER_PORT, or else 8000.

    Nothing else needs that port: AutoGPT in a terminal (`run`) works without. So a taken port is a note, and a warning
    where you have chosen the port yourself and it belongs to a program that cannot be AutoGPT. The doctor looks whether
    the port could be had, and who listens there. Windows
    keeps ranges of ports for Hyper-V and others, in which nobody may listen although nobody does.
    """
    from checks.resources_words import Place, judge_port

    yield from judge_port(server_port, Place(checkout.shell, env_file.path or env_places.target))
