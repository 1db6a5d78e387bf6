"""What the Docker engine answered, judged: each way in which it may fail has a finding and a remedy of its own."""

from __future__ import annotations

from typing import Callable, Iterator, NamedTuple

from checks.docker import DockerNeed, has_no_engine
from checks.docker_engine import Docker, Engine, State, version_of
from checks.docker_places import Client, Products, Site
from checks.docker_remedies import (
    CONTEXT,
    DAEMON,
    DESKTOP,
    INSTALL_LINUX,
    WSL,
    install,
    integrate,
    join_group,
    join_group_of_windows,
    restart,
    start,
    unset,
    where,
)
from checks.meanings import DOCKER_ENGINE
from doctor import Evidence, Finding, Stage, Url, Words, check, found, note, ok, problem, remedy, run, say, warning

OLDEST_ENGINE = (20, 10, 13)
"""What the head of AutoGPT's docker-compose.yml asks for, since v0.4.7."""


class Case(NamedTuple):
    """All that a finding about the engine draws on."""

    docker: Docker
    client: Client
    products: Products
    site: Site
    need: DockerNeed

    @property
    def engine(self) -> Engine:
        return self.docker.command

    @property
    def complain(self) -> Callable[..., Finding]:
        """What Docker's command alone cannot reach does not touch AutoGPT."""
        return note if self.docker.library.is_up and self.need.kind != "needed" else self.need.complain

    @property
    def consequence(self) -> Words:
        if self.docker.library.is_up and self.need.kind == "useful":
            return say("AutoGPT itself asks elsewhere, and is answered there.")
        return self.need.consequence


def _evidence(case: Case) -> list[Evidence]:
    said = case.engine.said
    return [where(case.engine), *([found(say("docker says: {said}", said=said))] if said else [])]


@check(
    "docker.engine",
    title="Docker engine",
    stage=Stage.DOCKER,
    codes=DOCKER_ENGINE,
)  # fmt: skip
def docker_engine(
    docker: Docker, client: Client, products: Products, site: Site, need: DockerNeed
) -> Iterator[Finding]:
    """The engine is the part of Docker that runs containers. It has to run, to let you in, and to run Linux ones.

    The doctor looks first whether the engine's socket (on Windows: its pipe) is there and open to you, and then asks
    once, with `docker version`. The answer tells the product (Docker Desktop, Docker Engine, Podman, Colima, OrbStack,
    Rancher Desktop) and, if it fails, why. An engine that is installed and does not answer is a warning: AutoGPT then
    starts with running code switched off. It is a problem only where AutoGPT itself is run by Docker.
    """
    case = Case(docker, client, products, site, need)
    if client.path is None or _is_no_business(case):
        return
    if docker.command.is_up:
        yield from _judge_running(case)
    elif docker.command.state in _FINDINGS:
        yield _FINDINGS[docker.command.state](case)


def _is_no_business(case: Case) -> bool:
    """An engine that nobody installed is the other check's subject; one that a container lacks is nobody's."""
    if case.engine.state is not State.DOWN or case.client.kind != "docker":
        return False
    is_inside = case.need.kind == "none" and not case.engine.endpoint.source
    return is_inside or has_no_engine(case.docker, case.products, case.site)


def _judge_running(case: Case) -> Iterator[Finding]:
    engine = case.docker.library if case.docker.library.is_up else case.docker.command
    if engine.runs == "windows":
        yield case.need.complain(
            "docker.windows-containers",
            "Docker runs Windows containers; AutoGPT needs Linux containers",
            detail=case.need.consequence,
            evidence=where(engine),
            remedy=remedy("In the taskbar open the menu of the whale icon: Switch to Linux containers.", links=[WSL]),
        )
    elif engine.product != "Podman" and () < version_of(engine.version) < OLDEST_ENGINE:
        yield (warning if case.need.kind == "needed" else note)(
            "docker.engine-too-old",
            say("Docker {version} is older than AutoGPT's compose file asks for", version=engine.version),
            evidence=found(_name(engine), wanted="20.10.13 or newer"),
            remedy=remedy("Update Docker. For running code this version will do.", links=[INSTALL_LINUX]),
        )
    else:
        yield ok("docker.running", say("{name} answers", name=_name(engine)))


def _name(engine: Engine) -> Words:
    """The engine by its name and version; Docker Desktop and the like have a version of their own beside it."""
    if engine.product in ("Docker Engine", "Podman"):
        return say("{product} {version}", product=engine.product, version=engine.version)
    return say("{product} (engine {version})", product=engine.product, version=engine.version)


def _down(case: Case) -> Finding:
    if case.site.is_wsl and case.products.named("Docker Engine") is None and not case.engine.endpoint.source:
        return _not_in_wsl(case)
    return case.complain(
        "docker.not-running",
        "Docker is installed, but its engine is not running",
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=start(case.site, case.products, case.client, case.engine.endpoint),
        explained_by=_WSL_CAUSES if case.site.system == "windows" else (),
    )


def _silent(case: Case) -> Finding:
    return case.complain(
        "docker.not-answering",
        "Docker's engine does not answer any more",
        detail=case.consequence,
        evidence=[where(case.engine), found("no answer within 5 seconds", wanted="an answer at once")],
        remedy=restart(case.site, case.products, case.client, case.engine.endpoint, case.engine.product),
        explained_by=_WSL_CAUSES if case.site.system == "windows" else (),
    )


def _denied(case: Case) -> Finding:
    if case.site.system == "windows":
        fix = join_group_of_windows()
    elif case.site.system == "darwin":
        fix = restart(case.site, case.products, case.client, case.engine.endpoint, "")
    else:
        fix = join_group(case.site, case.docker.membership)
    return case.complain(
        "docker.permission",
        "Docker runs, but you may not use it",
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=fix,
    )


def _not_in_wsl(case: Case) -> Finding:
    return case.complain(
        "docker.wsl-integration",
        "Docker Desktop does not serve this WSL distribution",
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=integrate(case.site, case.products),
    )


def _wsl_1(case: Case) -> Finding:
    return case.complain(
        "docker.wsl-1",
        "Docker Desktop cannot work in WSL 1",
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=remedy("Convert this distribution to WSL 2 first.", links=[WSL]),
        explained_by=("wsl.version-1",),
    )


def _starting(case: Case) -> Finding:
    if "paused" in case.engine.said.lower():
        text = "Docker Desktop is paused"
        fix = remedy("Choose Resume in the menu of Docker's whale icon.", links=[DESKTOP])
    else:
        text = "Docker Desktop is still starting, or stuck while it starts"
        again = restart(case.site, case.products, case.client, case.engine.endpoint, "Docker Desktop")
        fix = again._replace(text=say("Wait a minute. If nothing changes: whale icon > Troubleshoot > Restart."))
    return case.complain(
        "docker.starting",
        text,
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=fix,
        explained_by=_WSL_CAUSES if case.site.system == "windows" else (),
    )


def _bad_address(case: Case) -> Finding:
    endpoint = case.engine.endpoint
    by_variable = endpoint.source == "DOCKER_HOST"
    return case.complain(
        "docker.bad-host",
        say("{source} holds no address that Docker understands", source=endpoint.source or "Docker's setting"),
        detail=case.consequence,
        evidence=[
            found(say("{value}", value=Url(endpoint.address)), wanted="for example unix:///var/run/docker.sock"),
            *([found(say("docker says: {said}", said=case.engine.said))] if case.engine.said else []),
        ],
        remedy=remedy(
            "Without it Docker is looked for where it usually is.",
            unset(case.site, "DOCKER_HOST") if by_variable else run("docker context use default"),
            links=[CONTEXT],
        ),
    )


def _bad_context(case: Case) -> Finding:
    endpoint = case.engine.endpoint
    by_variable = endpoint.source == "DOCKER_CONTEXT"
    return case.complain(
        "docker.bad-context",
        say("Docker is set to a context that does not exist: {name}", name=endpoint.context),
        detail=case.consequence,
        evidence=found(say("context {name}", name=endpoint.context), where=where(case.engine).where),
        remedy=remedy(
            "See which contexts there are, and choose one of them.",
            run("docker context ls"),
            unset(case.site, "DOCKER_CONTEXT") if by_variable else run("docker context use default"),
            links=[CONTEXT],
        ),
    )


def _unreachable(case: Case) -> Finding:
    endpoint = case.engine.endpoint
    is_variable = endpoint.source.startswith("DOCKER_")
    again = unset(case.site, endpoint.source) if is_variable else run("docker context use default")
    return case.complain(
        "docker.unreachable",
        "Docker is told to use an engine elsewhere, and that one does not answer",
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=remedy("If you want this machine's own engine, take the setting away.", again, links=[CONTEXT]),
    )


def _mismatch(case: Case) -> Finding:
    return (problem if case.need.kind == "needed" else note)(
        "docker.version-mismatch",
        "Docker's command and its engine are of too different ages",
        detail="They have no common language left. AutoGPT brings a client of its own, which speaks with all of them.",
        evidence=_evidence(case),
        remedy=remedy("Update the older one; mostly two installations stand side by side.", links=[INSTALL_LINUX]),
    )


def _broken_client(case: Case) -> Finding:
    is_there = case.docker.library.endpoint.state == "there" and case.need.kind != "needed"
    return (note if is_there else case.complain)(
        "docker.client-broken",
        "The command docker cannot be started",
        detail="AutoGPT asks the engine without it." if is_there else case.consequence,
        evidence=found(say("{path}", path=case.client.path or "docker")),
        remedy=install(case.site)._replace(text=say("Install it anew; it may be made for another system.")),
        is_certain=False,
    )


def _unclear(case: Case) -> Finding:
    return (case.complain if case.engine.said else note)(
        "docker.unclear",
        "Docker does not work, for a reason that the doctor does not know",
        detail=case.consequence,
        evidence=_evidence(case),
        remedy=remedy("See what Docker says itself.", run("docker version"), links=[DAEMON]),
        is_certain=False,
    )


_FINDINGS: dict[State, Callable[[Case], Finding]] = {
    State.DOWN: _down, State.SILENT: _silent, State.DENIED: _denied, State.NOT_IN_WSL: _not_in_wsl, State.WSL_1: _wsl_1,
    State.STARTING: _starting, State.BAD_ADDRESS: _bad_address, State.BAD_CONTEXT: _bad_context,
    State.UNREACHABLE: _unreachable, State.MISMATCH: _mismatch, State.BROKEN_CLIENT: _broken_client,
    State.UNKNOWN: _unclear,
}  # fmt: skip
_WSL_CAUSES = (
    "wsl.not-installed", "wsl.virtualization-off", "wsl.service-disabled", "wsl.service-stuck", "wsl.blocked-by-policy",
)  # fmt: skip
"""Docker Desktop runs its engine in WSL; without that it cannot start it."""
