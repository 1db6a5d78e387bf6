"""At which address Docker's engine is asked: by its own command, and by the library that AutoGPT uses.

It protects the user from an engine that runs and is not found: another context, a stale DOCKER_HOST, a socket that is
elsewhere. All of it is read from files and variables; no program is started.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Mapping, NamedTuple, Optional

from checks.checkout import Checkout
from doctor import Failure, FailureKind, Machine, fact

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
DEFAULT_PIPE = "npipe:////./pipe/docker_engine"
HUBS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io")


class DockerConfig(NamedTuple):
    """~/.docker/config.json as far as it matters here. The logins that it may hold are not kept."""

    path: PurePath
    state: str
    """"absent", "read", "denied" or "broken"."""
    context: str = ""
    """The context that `docker context use` chose."""
    helpers: tuple[str, ...] = ()
    """The programs asked for the login of Docker Hub, without "docker-credential-". AutoGPT's images are there."""
    plugin_folders: tuple[PurePath, ...] = ()


class EngineEndpoint(NamedTuple):
    """An address at which an engine is asked, and what of it can be seen without asking."""

    address: str
    kind: str
    """"unix", "npipe", "tcp", "ssh", or "bad" for what is no address or a context that is not there."""
    source: str = ""
    """Who says so: "DOCKER_HOST", "DOCKER_CONTEXT", "context", ".env", or "" for the default."""
    context: str = ""
    socket: Optional[PurePath] = None
    state: str = ""
    """Of the socket or pipe: "there", "absent" or "denied"; "" where there is none to look at."""

    @property
    def is_remote(self) -> bool:
        return self.kind in ("tcp", "ssh")


class EngineEndpoints(NamedTuple):
    """Docker's own command and the library that AutoGPT uses do not always ask at the same address.

    The library (docker-py, `docker.from_env`) knows DOCKER_HOST and the default address, and no contexts.
    """

    command: EngineEndpoint
    library: EngineEndpoint
    are_one: bool
    """Both addresses lead to the same engine."""


@fact
def docker_config(machine: Machine) -> DockerConfig:
    path = (machine.folder_of("DOCKER_CONFIG") or machine.home / ".docker") / "config.json"
    content = machine.read_settings(path, _is_harmless, 1024 * 1024)
    if isinstance(content, Failure):
        return DockerConfig(path, "denied" if content.kind is FailureKind.DENIED else "absent")
    table = object_of(content.text or "{}")
    if table is None:
        return DockerConfig(path, "broken")
    own = mapping_of(table.get("credHelpers"))
    helpers = [table.get("credsStore"), *(own.get(hub) for hub in HUBS)]
    listed = table.get("cliPluginsExtraDirs")
    folders = [machine.path(each) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    return DockerConfig(
        path,
        "read",
        text_of(table.get("currentContext")),
        tuple(dict.fromkeys(each for each in helpers if isinstance(each, str) and each)),
        tuple(folder for folder in folders if folder.is_absolute()),
    )


@fact
def engine_endpoints(machine: Machine, docker_config: DockerConfig, checkout: Optional[Checkout]) -> EngineEndpoints:
    host = (machine.variable("DOCKER_HOST") or "").strip()
    name = (machine.variable("DOCKER_CONTEXT") or "").strip()
    if host:
        command = endpoint_at(machine, host, "DOCKER_HOST")
    elif name or docker_config.context:
        source = "DOCKER_CONTEXT" if name else "context"
        command = _of_context(machine, docker_config, name or docker_config.context, source)
    else:
        command = endpoint_at(machine, "")
    own = "" if checkout is None else _own_host(machine, checkout)
    if own:
        library = endpoint_at(machine, own, ".env")
    else:
        library = command if host or not command.context else endpoint_at(machine, "")
    return EngineEndpoints(command, library, _are_one(machine, command, library))


def _is_harmless(name: str, value: str) -> bool:
    """What a recording may keep of Docker's settings: no login."""
    return name in ("currentContext", "credsStore") or value.startswith(("/", "~"))


def endpoint_at(machine: Machine, address: str, source: str = "", context: str = "") -> EngineEndpoint:
    """The endpoint of an address as DOCKER_HOST may hold it; "" is the system's default."""
    address = address or (DEFAULT_PIPE if machine.system.is_windows else DEFAULT_SOCKET)
    kind, place = parse(address, machine.system.is_windows)
    if not place:
        return EngineEndpoint(address, kind, source, context)
    socket = machine.path(place)
    stat = machine.stat(socket)
    is_denied = stat.kind is FailureKind.DENIED if isinstance(stat, Failure) else not stat.can_write
    if isinstance(stat, Failure) and stat.kind is FailureKind.ABSENT:
        state = "absent"
    else:
        # What can be seen of a pipe says nothing of access to it: one that is busy cannot be looked at either.
        state = "denied" if is_denied and not machine.system.is_windows else "there"
    return EngineEndpoint(address, kind, source, context, socket, state)


def parse(address: str, is_windows: bool) -> tuple[str, str]:
    """Kind of an address and the path of its socket or pipe ("" for none).

    Docker takes everything without a scheme for a host name: DOCKER_HOST=/tmp/x.sock becomes
    tcp://localhost:2375/tmp/x.sock, which nobody means. So a path without a scheme is "bad".
    """
    scheme, separator, rest = address.partition("://")
    if not separator:
        is_path = address.startswith(("/", "~", ".", "\\", '"', "'", "$", "unix:", "npipe:"))
        return ("bad" if is_path or " " in address or not address.isprintable() else "tcp"), ""
    if scheme == "unix" and rest.startswith("/") and not is_windows:
        return "unix", rest
    if scheme == "npipe" and is_windows and rest.replace("/", "\\").startswith("\\\\.\\pipe\\"):
        return "npipe", rest.replace("/", "\\")
    return ({"tcp": "tcp", "ssh": "ssh", "http": "tcp", "https": "tcp"}.get(scheme, "bad") if rest else "bad"), ""


def _of_context(machine: Machine, config: DockerConfig, name: str, source: str) -> EngineEndpoint:
    """Docker keeps a context in a folder that is called by the SHA-256 of its name."""
    if name == "default":
        return endpoint_at(machine, "")
    import hashlib

    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    path = config.path.parent.joinpath("contexts", "meta", digest, "meta.json")
    table = object_of(machine.read_text(path, 65536) or "")
    host = text_of(mapping_of(mapping_of((table or {}).get("Endpoints")).get("docker")).get("Host"))
    if table is None:
        return EngineEndpoint("", "bad", source, name)
    return endpoint_at(machine, host, source, name)


def _is_address(name: str, value: str) -> bool:
    return name == "DOCKER_HOST" and "://" in value


def _own_host(machine: Machine, checkout: Checkout) -> str:
    """DOCKER_HOST from AutoGPT's own .env, which beats the shell's when AutoGPT starts."""
    content = machine.read_settings(checkout.agent / ".env", _is_address, 1024 * 1024)
    text = "" if isinstance(content, Failure) else content.text
    for line in text.splitlines() if "DOCKER_HOST" in text else ():
        name, separator, value = line.strip().partition("=")
        if separator and name.replace("export ", "").strip() == "DOCKER_HOST":
            return value.partition(" #")[0].strip().strip("\"'")
    return ""


def _are_one(machine: Machine, command: EngineEndpoint, library: EngineEndpoint) -> bool:
    if command is library or command.address == library.address:
        return True
    if command.socket is None or library.socket is None or "absent" in (command.state, library.state):
        return False
    if machine.system.is_windows:
        # Docker Desktop answers at both of its pipes; another product takes the second only where Desktop is not.
        return command.socket.name.startswith("dockerDesktop") and library.socket.name == "docker_engine"
    real = machine.real_path(command.socket)
    return isinstance(real, PurePath) and real == machine.real_path(library.socket)


def object_of(text: str) -> Optional[Mapping[str, Any]]:
    """A JSON object, None for whatever else the text is."""
    import json

    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None


def mapping_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""
