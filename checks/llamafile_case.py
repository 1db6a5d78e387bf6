"""What the sentences about a llamafile are about, and how one is started on this system, where AutoGPT asks for it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, Optional

from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.llamafile_commands import serve
from checks.llamafile_server import LlamafileServer
from doctor import Command, Evidence, Link, Remedy, Words, found, remedy, run, say
from doctor.machine import Listener

if TYPE_CHECKING:
    from checks.llamafile_files import LlamafileFiles

SETUP: Link = PROVIDERS["llamafile"].setup_page
OTHER_PORT = 8090
SETTING = "LLAMAFILE_API_BASE"


class Case(NamedTuple):
    """What the sentences are about."""

    server: LlamafileServer
    checkout: Checkout
    env: PurePath
    """The `.env` that a new line belongs in."""
    files: Optional[LlamafileFiles] = None
    """What lies beside AutoGPT's script; None when nobody looked."""

    @property
    def shell(self) -> str:
        return self.checkout.shell

    @property
    def at(self) -> Words:
        """The server's address, as far as it may be said."""
        return self.server.endpoint.shown

    @property
    def where(self) -> tuple[Evidence, ...]:
        """Who says that AutoGPT asks there; nobody, for the address that it has by itself."""
        setting = self.server.endpoint.setting
        if setting is None:
            return ()
        return (found(say("the address is the one in {name}", name=SETTING), where=setting.source.words),)


def start(case: Case, text: Optional[Words] = None) -> Remedy:
    """The command that starts a llamafile where AutoGPT asks for it."""
    endpoint = case.server.endpoint
    if not case.server.is_here:
        return remedy(text or _start_elsewhere(case))
    has_file = case.files is not None and case.files.usual is not None
    first = serve(case.checkout, endpoint.port, KEEPS_RUNNING if has_file else f"{KEEPS_RUNNING} {DOWNLOADS}")
    return remedy(text or say("Start it in a terminal of its own:"), first, *_by_itself(case, endpoint.port))


def _by_itself(case: Case, port: int) -> tuple[Command, ...]:
    """Without the script, for a llamafile that it cannot start: it passes an option that 0.10 does not know."""
    if case.files is None or not case.files.whole:
        return ()
    file = case.files.usual or case.files.whole[0]
    note = 'instead, when that ends with "invalid argument: --nobrowser" (llamafile 0.10 or newer)'
    if case.shell == "sh":
        return (run("{file} --server --port {port}", file=file.path, port=port, note=note),)
    if not case.files.has_runtime:
        return ()
    program, words = case.files.folder / "llamafile.exe", "& {program} -m {file} --server --port {port}"
    return (run(words, program=program, file=file.path, port=port, shell=case.shell, note=note),)


KEEPS_RUNNING = "It has to keep running: start AutoGPT in another terminal."
DOWNLOADS = "The first time it downloads about 5 GB."


def _start_elsewhere(case: Case) -> Words:
    host, port = case.server.endpoint.host, case.server.endpoint.port
    if all(each.isdigit() for each in host.split(".")):
        words = "Start the llamafile on {host}, with --host {host} --port {port}. Without, it listens to itself alone."
        return say(words, host=host, port=port)
    words = "Start the llamafile on that computer, with --host, an address of its own and --port {port}. "
    return say(words + "Without, it listens to itself alone.", port=port)


# --- who has the port -----------------------------------------------------------------------------------------------


def by(case: Case) -> tuple[Evidence, ...]:
    """The program that has the port, where the system tells."""
    occupant = case.server.occupant
    if occupant is None or not occupant.program:
        return ()
    return (found(belongs(occupant)),)


def belongs(listener: Listener) -> Words:
    words = "port {port} belongs to {program}, process {pid}" if listener.pid else "port {port} belongs to {program}"
    return say(words, port=listener.port, program=listener.program, pid=listener.pid or 0)
