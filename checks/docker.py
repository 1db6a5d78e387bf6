"""Docker: AutoGPT runs the code that it writes in a container, and may itself be run in one.

Without Docker AutoGPT starts and works; only running code is switched off. So a missing Docker is never called a fault,
and one that is there but does not answer is a warning, unless AutoGPT is evidently run by it.
"""

from __future__ import annotations

from typing import Callable, Iterator, NamedTuple

from checks.checkout import Search
from checks.docker_engine import Docker, State
from checks.docker_places import Client, Products, Site
from checks.docker_remedies import LIBRARY, MAC_SOCKET, add_to_path, install, point_library, start_product, where
from checks.meanings import DOCKER_CLIENT
from doctor import (
    Finding,
    Stage,
    Words,
    check,
    fact,
    found,
    note,
    problem,
    remedy,
    say,
    warning,
)


class DockerNeed(NamedTuple):
    """How much Docker matters here.

    "needed": there is no checkout, and a compose file in the examined folder runs AutoGPT's image, as AutoGPT's Docker
    page describes it. "useful": in any other case; a compose file is part of every checkout and says nothing about how
    this person starts AutoGPT. "none": inside a container with /.dockerenv AutoGPT runs code without asking for Docker.
    """

    kind: str = "useful"

    @property
    def consequence(self) -> Words:
        if self.kind == "needed":
            return say("AutoGPT is run by Docker here, so it cannot start like this.")
        if self.kind == "none":
            return say("AutoGPT does not ask for it inside this container.")
        return say("AutoGPT starts all the same, but with running code switched off.")

    @property
    def complain(self) -> Callable[..., Finding]:
        return {"needed": problem, "none": note}.get(self.kind, warning)


@fact
def need(site: Site, search: Search) -> DockerNeed:
    if site.is_inside_docker:
        return DockerNeed("none")
    return DockerNeed("needed" if search.kind == "image" else "useful")


# --- checks -------------------------------------------------------------------------------------------------------


@check(
    "docker.client",
    title="Docker's command",
    stage=Stage.DOCKER,
    codes=DOCKER_CLIENT,
)
def docker_client(
    docker: Docker, client: Client, products: Products, site: Site, need: DockerNeed
) -> Iterator[Finding]:
    """AutoGPT runs the code that it writes inside a container, which takes Docker or something that stands in for it.

    Without Docker AutoGPT starts and works, it only does not run code; so a machine without Docker is not ill.
    AutoGPT's setup page lists Docker Desktop among the requirements for Windows and for WSL. What counts is an engine
    that answers: the command `docker` alone only gives it orders. AutoGPT itself needs no command, it talks to the
    engine directly; you need the command for `docker compose`.
    """
    engine = docker.command
    if client.path is None and "there" not in (engine.endpoint.state, docker.library.endpoint.state):
        if need.kind != "none":
            yield _absent(products, site, need)
    elif client.path is not None and not client.is_on_path:
        yield (problem if need.kind == "needed" else note)(
            "docker.not-on-path",
            "The command docker is installed, but not on PATH",
            detail="AutoGPT finds the engine without it. You need it for docker compose.",
            evidence=found(say("{path}", path=client.path)),
            remedy=add_to_path(site, client.path.parent),
        )
    if client.kind == "docker" and engine.state is State.DOWN and has_no_engine(docker, products, site):
        yield (problem if need.kind == "needed" else note)(
            "docker.no-engine",
            "The command docker is here, but no engine that it could talk to is installed",
            detail=need.consequence,
            evidence=[found(say("{path}", path=client.path or "docker")), where(engine)],
            remedy=install(site),
            is_certain=False,
        )


def _absent(products: Products, site: Site, need: DockerNeed) -> Finding:
    """Nothing is at the usual addresses, and no client to ask elsewhere; a product may be there, and asleep."""
    other = next(iter(products.found), None)
    is_elsewhere = site.is_wsl and other is not None and other.name == "Docker Desktop"
    return (problem if need.kind == "needed" else need.complain if is_elsewhere else note)(
        "docker.absent",
        say("The command docker is not here, {name} is", name=other.name) if other else "Docker is not installed",
        detail=need.consequence,
        evidence=[found(say("{name}: {path}", name=each.name, path=each.path)) for each in products.found],
        remedy=start_product(site, products, other.name) if other else install(site),
        explained_by=("wsl.version-1",) if is_elsewhere else (),
    )


def has_no_engine(docker: Docker, products: Products, site: Site) -> bool:
    return not products.found and not docker.command.endpoint.source and not site.is_wsl and not site.is_inside_docker


@check("docker.sdk", title="AutoGPT's way to Docker", stage=Stage.DOCKER, codes=("docker.sdk-cannot-see",))
def docker_sdk(docker: Docker, products: Products, site: Site, need: DockerNeed) -> Iterator[Finding]:
    """AutoGPT does not use the command `docker`. Its library asks the engine directly, and knows fewer ways to it.

    It looks at the variable DOCKER_HOST (also in AutoGPT's .env) and else only at the usual place, which is
    /var/run/docker.sock, on Windows the pipe docker_engine. It knows nothing of Docker's contexts. So with Docker
    Desktop, Colima, OrbStack or a rootless engine `docker ps` may work while AutoGPT says that Docker is unavailable.
    Set DOCKER_HOST, and both find the same engine.
    """
    if need.kind == "none" or not docker.command.is_up:
        return
    if docker.library.endpoint.kind == "ssh":
        yield _no_ssh(docker, need)
    elif docker.library.state not in (State.UP, State.UNASKED):
        yield _cannot_see(docker, products, site, need)


def _cannot_see(docker: Docker, products: Products, site: Site, need: DockerNeed) -> Finding:
    if docker.library.endpoint.source == ".env":
        fix = remedy("Correct or delete the line DOCKER_HOST in AutoGPT's .env.", links=[LIBRARY])
    elif site.system == "darwin" and docker.command.product == "Docker Desktop":
        fix = remedy(
            "In Docker Desktop open Settings > Advanced and allow the default Docker socket. Or say where it is:",
            *point_library(site, docker.command),
            links=[MAC_SOCKET, LIBRARY],
        )
    else:
        fix = remedy("Say where the engine is.", *point_library(site, docker.command), links=[LIBRARY])
    return warning(
        "docker.sdk-cannot-see",
        "Docker works in the terminal, but AutoGPT will not find it",
        detail="AutoGPT asks at DOCKER_HOST or at the usual place, and knows no contexts. So it will not run code.",
        evidence=[
            where(docker.library),
            found(_answers(docker)),
        ],
        remedy=fix,
    )


def _answers(docker: Docker) -> Words:
    """Who answers Docker's command, and where; Podman's stand-in for docker needs no address."""
    product, endpoint = docker.command.product, docker.command.endpoint
    if endpoint.socket is None or endpoint.state != "there":
        return say("{product} answers docker", product=product)
    return say("{product} answers at {socket}", product=product, socket=endpoint.socket)


def _no_ssh(docker: Docker, need: DockerNeed) -> Finding:
    return warning(
        "docker.sdk-cannot-see",
        "AutoGPT cannot reach a Docker engine over SSH",
        detail="Docker's command can. AutoGPT's library would need the package paramiko, which AutoGPT does not bring.",
        evidence=where(docker.library),
        remedy=remedy("Use an engine on this machine, or forward its socket to a local one.", links=[LIBRARY]),
        is_certain=False,
    )
