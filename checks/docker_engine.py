"""Whether a Docker engine answers, and what is in its way if none does.

Docker's own words are the surest sign, and they differ by version, system and product; the table below sorts them. The
client is started only where it can get an answer (it costs up to a tenth of a second, and may hang for ever).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Mapping, NamedTuple, Optional, Union

from checks.docker_endpoints import EngineEndpoint, EngineEndpoints, mapping_of, object_of, text_of
from checks.docker_places import Client
from doctor import Failure, FailureKind, Machine, Options, Unavailable, fact, in_parallel, say
from doctor.machine import Argument, Ran

ANSWER_LIMIT_S = 5.0
STAND_INS = ("podman", "windows")
"""Kinds of client that do not ask at the address themselves."""
VERSION = ("version", "--format", "{{json .}}")
"""`--format json` is known to newer clients only."""


class State(Enum):
    UP = "up"
    DOWN = "down"  # nothing is at the address, or nothing listens there any more
    SILENT = "silent"  # no answer within the time
    DENIED = "denied"
    NOT_IN_WSL = "not-in-wsl"  # Docker Desktop's placeholder answers in the client's place
    WSL_1 = "wsl-1"
    STARTING = "starting"  # or stuck while it starts
    BAD_ADDRESS = "bad-address"
    BAD_CONTEXT = "bad-context"
    UNREACHABLE = "unreachable"  # on another machine
    MISMATCH = "mismatch"  # client and engine share no version of the interface
    BROKEN_CLIENT = "broken-client"
    UNASKED = "unasked"  # no client to ask with, or the network is left alone
    UNKNOWN = "unknown"


class Engine(NamedTuple):
    """What is known of the engine at one address."""

    endpoint: EngineEndpoint
    state: State
    product: str = ""
    """"Docker Desktop", "Docker Engine", "Podman", "Colima", "OrbStack", "Rancher Desktop" or "Lima"."""
    version: str = ""
    """Of the engine ("28.2.2"; Podman's own for Podman)."""
    runs: str = ""
    """What its containers are: "linux" or "windows"."""
    said: str = ""
    """The first line of the client's complaint."""

    @property
    def is_up(self) -> bool:
        return self.state is State.UP


class Docker(NamedTuple):
    """The engine that Docker's command reaches, and the one that AutoGPT's library reaches; mostly the same."""

    command: Engine
    library: Engine
    membership: str = ""
    """Where access is denied: "member", "listed" (in the group `docker`, but not since this login), "stranger" or
    "no-group"; else ""."""


@fact
def docker(machine: Machine, options: Options, client: Client, endpoints: EngineEndpoints) -> Docker:
    at_command, at_library = endpoints.command, endpoints.library
    if at_command.is_remote and client.kind == "docker" and options.is_offline:
        raise Unavailable(say("its engine is elsewhere, and the network is left alone in this run"), kind="offline")
    if endpoints.are_one and client.kind not in STAND_INS:
        command = ask(machine, options, client, at_command)
        library = command
    else:
        command, library = in_parallel(
            lambda: ask(machine, options, client, at_command),
            lambda: ask(machine, options, client, at_library, is_other=True),
        )
    # On Windows a membership decides too (docker-users), but it stands in no file.
    is_denied = State.DENIED in (command.state, library.state) and not machine.system.is_windows
    return Docker(command, library, _membership(machine) if is_denied else "")


def ask(machine: Machine, options: Options, client: Client, endpoint: EngineEndpoint, is_other: bool = False) -> Engine:
    """The engine at an address, which is not the client's own choice when `is_other`."""
    known = _without_asking(options, client, endpoint, is_other)
    if known is not None or client.path is None:
        return Engine(endpoint, known or State.UNASKED)
    argv: list[Argument] = [client.path, *(("-H", endpoint.address) if is_other else ()), *VERSION]
    return judge(machine.run(argv, ANSWER_LIMIT_S), endpoint, client.kind)


def _without_asking(options: Options, client: Client, endpoint: EngineEndpoint, is_other: bool) -> Optional[State]:
    """What can be said before any program is started; None when it has to be asked."""
    if not is_other and (client.kind == "podman" or (client.kind == "windows" and endpoint.state != "there")):
        return None  # neither asks at the address
    if endpoint.kind == "bad":
        return State.BAD_CONTEXT if endpoint.context else State.BAD_ADDRESS
    if endpoint.state == "absent":
        return State.DOWN
    if endpoint.state == "denied":
        return State.DENIED
    if client.kind != "docker" or (endpoint.is_remote and options.is_offline):
        return State.UNASKED
    return None


# What the client says, in lower case, and what it means; the first that fits counts. "Permission denied" alone would
# not do: the client also says it of its own settings file, and goes on.
_WORDS = (
    (State.WSL_1, ("could not be found in this wsl 1",)),
    (State.NOT_IN_WSL, ("could not be found in this wsl",)),
    (State.DENIED, ("permission denied while", "connect: permission denied", "access is denied")),
    (State.MISMATCH, ("is too old. minimum supported api", "is too new. maximum supported api")),
    (
        State.STARTING,
        ("internal server error for api route", "check if the server supports the requested api version",
         "docker desktop is unable to start", "docker desktop is manually paused"),
    ),
    (State.BAD_CONTEXT, ("unable to resolve docker endpoint: context", "context not found")),
    (
        State.BAD_ADDRESS,
        ("invalid bind address", "unable to parse docker host", "unable to resolve docker endpoint",
         "invalid memory address or nil pointer"),
    ),
    (
        State.DOWN,
        ("cannot connect to the docker daemon", "failed to connect to the docker api", "is the docker daemon running",
         "cannot connect to podman", "unable to connect to podman", "system cannot find the file specified",
         "pipe/", "connection refused", "actively refused"),
    ),
)  # fmt: skip


def judge(answer: Union[Ran, Failure], endpoint: EngineEndpoint, client_kind: str = "docker") -> Engine:
    """What `docker version` tells. The exit status says little; a placeholder and Podman answer to the name, too."""
    if isinstance(answer, Failure):
        is_late = answer.kind is FailureKind.TIMED_OUT
        return Engine(endpoint, State.SILENT if is_late else State.BROKEN_CLIENT, said=answer.detail)
    table = _first_object(answer.out)
    server, own = mapping_of(table.get("Server")), mapping_of(table.get("Client"))
    if text_of(server.get("Version")):
        return _up(server, endpoint, client_kind)
    if answer.status == 0 and client_kind == "podman" and text_of(own.get("Version")):
        return Engine(endpoint, State.UP, "Podman", text_of(own.get("Version")), "linux")
    said = complaint(answer)
    return Engine(endpoint, _sort(answer.out + answer.err, endpoint, client_kind), said=said)


def _sort(text: str, endpoint: EngineEndpoint, client_kind: str) -> State:
    text = text.lower()
    state = next((state for state, signs in _WORDS if any(sign in text for sign in signs)), State.UNKNOWN)
    if client_kind == "docker" and endpoint.is_remote and state in (State.DOWN, State.DENIED, State.UNKNOWN):
        return State.UNREACHABLE
    return state


def _up(server: Mapping[str, Any], endpoint: EngineEndpoint, client_kind: str) -> Engine:
    platform = text_of(mapping_of(server.get("Platform")).get("Name"))
    components = server.get("Components")
    names = [text_of(mapping_of(each).get("Name")) for each in components] if isinstance(components, list) else []
    if "Podman Engine" in names or client_kind == "podman":
        product = "Podman"
    elif platform.startswith("Docker Desktop"):
        product = "Docker Desktop"
    else:
        product = product_at(endpoint) or "Docker Engine"
    return Engine(endpoint, State.UP, product, text_of(server.get("Version")), text_of(server.get("Os")).lower())


def product_at(endpoint: EngineEndpoint) -> str:
    """The product that listens at an address which no other uses, "" for an address that anyone may use."""
    place = "" if endpoint.socket is None else endpoint.socket.as_posix()
    return next((name for mark, name in _ADDRESSES if mark in place), "")


_ADDRESSES = (
    ("/.colima/", "Colima"), ("/.config/colima/", "Colima"), ("/.orbstack/", "OrbStack"), ("/.rd/", "Rancher Desktop"),
    ("/.lima/", "Lima"), ("podman", "Podman"), ("/.docker/run/", "Docker Desktop"),
    ("/.docker/desktop/", "Docker Desktop"), ("/pipe/dockerDesktop", "Docker Desktop"),
    ("com.docker.docker", "Docker Desktop"),
)  # fmt: skip


def complaint(answer: Ran) -> str:
    """The line that says most: the first of standard error that is no mere warning, else of standard output."""
    for text in (answer.err, answer.out):
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("{", "WARNING"))]
        if lines:
            return lines[0][:300]
    return ""


def _first_object(text: str) -> Mapping[str, Any]:
    for line in text.splitlines():
        if line.startswith("{"):
            return object_of(line) or {}
    return {}


def _membership(machine: Machine) -> str:
    """How the person stands to the group `docker`, by /etc/group and by what this login got of it."""
    if "docker" in machine.groups():
        return "member"
    for line in (machine.read_text(machine.path("/etc/group"), 1024 * 1024) or "").splitlines():
        fields = line.split(":")
        if fields[0] == "docker" and len(fields) == 4:
            return "listed" if machine.user and machine.user in fields[3].split(",") else "stranger"
    return "no-group"


def version_of(text: str) -> tuple[int, ...]:
    """The numbers that a version begins with: "20.10.24+dfsg1" is (20, 10, 24); () for none."""
    found = re.match(r"v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?", text.strip())
    return tuple(int(number) for number in found.groups() if number) if found else ()
