"""What `docker` itself calls on: Compose, and the programs that keep its logins.

It protects the user from a Docker that runs and still cannot do what AutoGPT asks of it: `docker compose run`, or
fetching the image in which code is run.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.docker import DockerNeed
from checks.docker_endpoints import DockerConfig
from checks.docker_engine import Docker, version_of
from checks.docker_places import Client, Site
from checks.docker_remedies import COMPOSE, LOGIN
from checks.meanings import DOCKER_COMPOSE, DOCKER_LOGINS
from checks.wsl import Wsl
from doctor import (
    Finding,
    Machine,
    Stage,
    check,
    fact,
    found,
    in_parallel,
    note,
    ok,
    problem,
    remedy,
    run,
    say,
    warning,
)
from doctor.machine import Argument, Ran

PLUGIN_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)  # fmt: skip
"""Source: docker/cli, cli-plugins/manager/manager_unix.go."""


class Compose(NamedTuple):
    """What there is of Docker Compose. Nothing is started where a plugin lies in its place."""

    plugin: Optional[PurePath] = None
    plugin_version: str = ""
    """Only asked where the plugin is not in any of its known places."""
    standalone: Optional[PurePath] = None
    """The program docker-compose."""
    standalone_version: str = ""

    @property
    def has_plugin(self) -> bool:
        return self.plugin is not None or version_of(self.plugin_version) >= (2,)


class Logins(NamedTuple):
    """The programs that keep Docker's logins, by what is wrong with them."""

    missing: tuple[str, ...] = ()
    """Named in Docker's settings, and not on PATH."""
    blocked: tuple[str, ...] = ()
    """Windows programs, in a WSL that cannot start any."""


@fact
def compose(machine: Machine, docker: Docker, client: Client, docker_config: DockerConfig) -> Compose:
    if not docker.command.is_up or client.kind != "docker" or client.path is None:
        return Compose()
    plugin = next((place for place in _plugin_places(machine, docker_config) if machine.is_file(place)), None)
    if plugin is not None:
        return Compose(plugin)
    asked: list[Argument] = [client.path, "compose", "version", "--short"]
    standalone = machine.which("docker-compose")
    if standalone is None:
        return Compose(plugin_version=_version(machine.run(asked)))
    program = standalone
    by_plugin, by_program = in_parallel(
        lambda: machine.run(asked), lambda: machine.run([program, "version", "--short"])
    )
    return Compose(None, _version(by_plugin), standalone, _version(by_program))


def _plugin_places(machine: Machine, config: DockerConfig) -> Iterator[PurePath]:
    own = (config.path.parent / "cli-plugins", *config.plugin_folders)
    if machine.system.is_windows:
        folders = [machine.folder_of(name) for name in ("ProgramFiles", "ProgramData")]
        shared = [folder / "Docker" / "cli-plugins" for folder in folders if folder is not None]
        yield from (folder / "docker-compose.exe" for folder in (*own, *shared))
    else:
        yield from (folder / "docker-compose" for folder in (*own, *(machine.path(each) for each in PLUGIN_FOLDERS)))


def _version(answer: object) -> str:
    """What a program calls its version, "" for every other answer."""
    text = answer.out.strip() if isinstance(answer, Ran) and answer.status == 0 else ""
    return text[:40] if version_of(text) else ""


@fact
def logins(machine: Machine, wsl: Wsl, docker_config: DockerConfig) -> Logins:
    missing, blocked = [], []
    for helper in docker_config.helpers:
        program = f"docker-credential-{helper}"
        if not all(character.isalnum() or character in "._-" for character in program):
            continue
        path = machine.which(program)
        if path is None:
            missing.append(program)
        elif wsl.is_wsl and program.endswith(".exe") and wsl.interop in ("none", "disabled"):
            blocked.append(program)
    return Logins(tuple(missing), tuple(blocked))


# --- checks -------------------------------------------------------------------------------------------------------


@check(
    "docker.compose",
    title="Docker Compose",
    stage=Stage.DOCKER,
    codes=DOCKER_COMPOSE,
)
def docker_compose(
    docker: Docker, client: Client, site: Site, need: DockerNeed, compose: Compose, checkout: Optional[Checkout]
) -> Iterator[Finding]:
    """AutoGPT's Docker page starts it by `docker compose run --rm auto-gpt`; that takes Compose 2 or newer.

    Compose is needed only by those who run AutoGPT itself in a container. Its first version, the separate program
    docker-compose 1, has not been cared for since 2023. AutoGPT's compose file asks for version 2, although its Docker
    page still says 1.29. Version 2 and all later ones (5, for instance) are a plugin of docker.
    """
    if not docker.command.is_up or client.kind != "docker" or need.kind == "none":
        return
    if compose.has_plugin or version_of(compose.standalone_version) >= (2,):
        yield ok("docker.compose-found", "Docker Compose is there")
        return
    if compose.standalone is not None and version_of(compose.standalone_version)[:1] == (1,):
        yield (warning if need.kind == "needed" else note)(
            "docker.compose-v1",
            say("Docker Compose {version} is too old for AutoGPT's compose file", version=compose.standalone_version),
            detail="Only those who run AutoGPT itself in a container need it.",
            evidence=found(say("{path}", path=compose.standalone), wanted="docker compose, version 2 or newer"),
            remedy=remedy("Install the plugin; it is used as docker compose, with a space.", links=[COMPOSE]),
        )
    elif checkout is not None or need.kind == "needed":
        yield (problem if need.kind == "needed" else note)(
            "docker.compose-missing",
            "Docker runs, but Docker Compose is not installed",
            detail="Only those who run AutoGPT itself in a container need it.",
            evidence=found(
                "no plugin docker-compose in any of its places", wanted="docker compose, version 2 or newer"
            ),
            remedy=remedy(
                "Install the plugin docker-compose-plugin (in Ubuntu's own packages: docker-compose-v2).",
                links=[COMPOSE],
            ),
        )


@check(
    "docker.logins",
    title="Docker's stored logins",
    stage=Stage.DOCKER,
    codes=DOCKER_LOGINS,
)
def docker_logins(
    docker: Docker, docker_config: DockerConfig, logins: Logins, site: Site, need: DockerNeed
) -> Iterator[Finding]:
    """Docker may leave its logins to a helper program. If that cannot be started, no image can be fetched any more.

    That also strikes images that need no login, such as the one in which AutoGPT runs code. It happens after Docker
    Desktop is removed, or in WSL when Windows programs cannot be started. The name of the helper stands in Docker's
    config.json under credsStore or credHelpers; taking it out makes Docker keep logins in that file itself.
    """
    if not docker.command.is_up or need.kind == "none":
        return
    if docker_config.state in ("denied", "broken"):
        yield _unreadable(docker_config, site)
    for program in (*logins.missing, *logins.blocked):
        is_blocked = program in logins.blocked
        why_not = "it is a Windows program, and this WSL cannot start any" if is_blocked else "it is not on PATH"
        yield warning(
            "docker.credential-helper",
            say("Docker cannot fetch images: its helper {program} cannot be started", program=program),
            detail="AutoGPT needs an image to run code in.",
            evidence=found(why_not, where=say("{path}", path=docker_config.path)),
            remedy=remedy(
                say(
                    HELPER_OF_DESKTOP if program[18:].startswith("desktop") else HELPER,
                    name=program[18:],
                    path=docker_config.path,
                ),
                links=[LOGIN],
            ),
            explained_by=("wsl.interop-off",) if is_blocked else (),
        )


HELPER = "Delete the line that names {name} from {path}."
HELPER_OF_DESKTOP = (
    "It belongs to Docker Desktop. If you still use that, install it again, which puts it back on PATH. If not, delete "
    "the line that names {name} from {path}."
)


def _unreadable(config: DockerConfig, site: Site) -> Finding:
    is_denied = config.state == "denied"
    owner = (
        [run('sudo chown -R "$USER" {folder}', folder=config.path.parent)]
        if is_denied and site.system != "windows"
        else []
    )
    return note(
        "docker.config-broken",
        "Docker's own settings file cannot be read",
        detail="Docker goes on without it, and so forgets its context and its logins.",
        evidence=found(
            "it may not be read" if is_denied else "it is not a JSON object", where=say("{path}", path=config.path)
        ),
        remedy=remedy(
            "It belongs to another user, mostly root." if is_denied else "Correct it, or move it away.",
            *owner,
            links=[LOGIN],
        ),
    )
