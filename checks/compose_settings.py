"""What a container gets of the settings: the file that Compose hands over, and addresses with another meaning there.

A `.env` that is right for AutoGPT may not be right for Docker: Docker reads it with rules of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional, Sequence

from checks.autogpt.variables import kind_of
from checks.compose import PAGE, shell_of
from checks.compose_file import ComposeFile, ComposeUse, Entered
from checks.docker_places import Site
from checks.env_places import EnvPlaces
from checks.meanings_of_settings import COMPOSE_SETTINGS
from doctor import (
    Evidence,
    Finding,
    Link,
    Remedy,
    Stage,
    Words,
    check,
    found,
    note,
    problem,
    remedy,
    run,
    say,
    warning,
)

if TYPE_CHECKING:
    from checks.compose_text import Service

BASE_URLS = ("OPENAI_API_BASE_URL", "LLAMAFILE_API_BASE", "ANTHROPIC_API_BASE_URL", "GROQ_API_BASE_URL")
MOST_SHOWN = 8


@check(
    "compose.settings",
    title="The container's settings",
    stage=Stage.DOCKER,
    codes=COMPOSE_SETTINGS,
)
def compose_settings(compose_use: ComposeUse, site: Site, env_places: Optional[EnvPlaces]) -> Iterator[Finding]:
    """Compose hands the settings of a file to the container, mostly of the .env beside docker-compose.yml.

    It looks for that file in its own folder only, and refuses to start without it. Quotes around a value are taken
    away by AutoGPT, but not by `docker run --env-file`, nor in a list below `environment`: then they become a part of
    the key. And inside a container, localhost is the container itself: a server on this machine is called
    host.docker.internal there.
    """
    missing = [each for each in compose_use.entered if each.state == "missing" and each.entry.is_required]
    if missing:
        yield from _no_env(compose_use, missing, site, env_places)
    for entered in compose_use.entered:
        if entered.state == "folder" and compose_use.of.kind == "needed":
            yield _env_folder(entered, site)
    quoted = list(_quoted_in_lists(compose_use))
    if quoted:
        yield _quotes_in_lists(quoted)
    elif compose_use.of.speaks:
        yield from _quotes_in_files(compose_use)
    yield from _loopback(compose_use, site)


def _no_env(
    use: ComposeUse, missing: Sequence[Entered], site: Site, env_places: Optional[EnvPlaces]
) -> Iterator[Finding]:
    """Where there is no .env at all, another check says so."""
    entered = missing[0]
    original = env_places.found if env_places is not None and not env_places.is_folder else None
    if use.of.kind != "needed" and original is None:
        return
    make = {"needed": problem, "meant": warning}.get(use.of.kind, note)
    words = "There is no {name} in the folder of the Compose file"
    if use.of.kind == "needed":
        words = "Compose cannot start AutoGPT: there is no {name} beside the Compose file"
    if original is not None:
        command = "cp {original} {copy}" if shell_of(site) == "sh" else "Copy-Item {original} {copy}"
        help_ = remedy("Copy yours there:", run(command, original=original, copy=entered.path, shell=shell_of(site)))
    else:
        help_ = remedy("Download AutoGPT's template, save it under this name, and put your key into it.")
    yield make(
        "compose.no-env",
        say(words, name=entered.path.name),
        detail="Compose looks nowhere else for it. Without Docker this does not matter." if original else None,
        evidence=[found(say("no {path}", path=each.path), where=_where(each)) for each in missing[:MOST_SHOWN]],
        remedy=help_._replace(links=(PAGE,) if original else (TEMPLATE, PAGE)),
    )


def _env_folder(entered: Entered, site: Site) -> Finding:
    command = "rmdir {path}" if shell_of(site) == "sh" else "Remove-Item {path}"
    return problem(
        "compose.env-folder",
        say("{name} should be a file, but is a folder", name=entered.path.name),
        detail="This is what Docker leaves behind when it is asked to mount a file that is not there.",
        evidence=found(say("{path} is a folder", path=entered.path), where=_where(entered)),
        remedy=remedy(
            "Remove it. Then download AutoGPT's template, save it under this name, and put your key into it:",
            run(command, path=entered.path, shell=shell_of(site)),
            links=(TEMPLATE, PAGE),
        ),
    )


def _quoted_in_lists(use: ComposeUse) -> Iterator[Evidence]:
    for file, service in _services(use):
        for each in service.variables:
            if each.is_quoted and kind_of(each.name) is not None:
                where = say("{file}, line {line}", file=file.path, line=each.line)
                yield found(say("{name} has quotes of its own", name=each.name), wanted="no quotes", where=where)


def _services(use: ComposeUse) -> Iterator[tuple[ComposeFile, Service]]:
    for file in use.of.files:
        for service in file.project.services if file.project is not None else ():
            if service.is_autogpt:
                yield file, service


def _quotes_in_lists(quoted: list[Evidence]) -> Finding:
    return warning(
        "compose.quotes",
        "In the Compose file, quotes become a part of a value",
        detail="In a list below environment, everything behind = is the value. A provider rejects a key with quotes.",
        evidence=quoted[:MOST_SHOWN],
        remedy=remedy("Take the quotes around the value away.", links=(ENVIRONMENT,)),
    )


def _quotes_in_files(use: ComposeUse) -> Iterator[Finding]:
    """Where the file itself is in the container too, AutoGPT reads it there, and takes the quotes away."""
    rows = [
        found(say("{name} is in quotes", name=name), where=say("{file}, line {line}", file=each.path, line=line))
        for each in use.entered
        if not any(_brings(bind.source) for bind in each.service.binds)
        for name, line in each.quoted
    ]
    if rows:
        yield note(
            "compose.quotes",
            "Quotes in .env are a part of the value for docker run --env-file",
            detail="So they are for old versions of Compose. AutoGPT itself, and a newer Compose, take them away.",
            evidence=rows[:MOST_SHOWN],
            remedy=remedy("Write the values without quotes, if you start AutoGPT like that.", links=(PAGE,)),
        )


def _brings(source: str) -> bool:
    """Whether a mounted path has the .env in it, or is it."""
    return source.rstrip("/\\") in (".", "$PWD", "${PWD}") or source.endswith(".env")


def _loopback(use: ComposeUse, site: Site) -> Iterator[Finding]:
    sure: dict[str, Evidence] = {}
    likely: dict[str, Evidence] = {}
    for file, service in _services(use):
        for each in service.variables:
            if each.is_loopback and each.name in BASE_URLS and not service.is_on_host_network:
                where = say("{file}, line {line}", file=file.path, line=each.line)
                sure[each.name] = found(say("{name} is an address at localhost", name=each.name), where=where)
    for entered in use.entered:
        own = [each.name for each in entered.service.variables]
        for name, line in entered.loopback:
            if name in BASE_URLS and name not in own and not entered.service.is_on_host_network:
                where = say("{file}, line {line}", file=entered.path, line=line)
                likely[name] = found(say("{name} is an address at localhost", name=name), where=where)
    if sure:
        yield _at_localhost(list(sure.values()), site, is_sure=True)
    elif likely and use.of.speaks:
        yield _at_localhost(list(likely.values()), site, is_sure=use.of.kind == "needed")


def _at_localhost(rows: list[Evidence], site: Site, is_sure: bool) -> Finding:
    return (warning if is_sure else note)(
        "compose.loopback",
        "Inside the container, localhost is the container itself",
        detail="AutoGPT in the container will not find the server that runs on this machine."
        if is_sure
        else "This matters only when you start AutoGPT in a container; outside of it the address is right.",
        evidence=rows[:MOST_SHOWN],
        remedy=_host(site),
    )


def _host(site: Site) -> Remedy:
    if site.system != "linux":
        return remedy("Write host.docker.internal in place of localhost.", links=(HOST, PAGE))
    return remedy(
        "Write host.docker.internal in place of localhost, give the service the line "
        'extra_hosts: ["host.docker.internal:host-gateway"], and let the server listen at 0.0.0.0.',
        links=(EXTRA_HOSTS, PAGE),
    )


def _where(entered: Entered) -> Words:
    if not entered.entry.line:
        return say("{file}", file=entered.file)
    return say("{file}, line {line}", file=entered.file, line=entered.entry.line)


TEMPLATE = Link(
    "AutoGPT's template .env.template",
    "https://github.com/Significant-Gravitas/AutoGPT/blob/master/classic/original_autogpt/.env.template",
)
ENVIRONMENT = Link("Docker: environment", "https://docs.docker.com/reference/compose-file/services/#environment")
EXTRA_HOSTS = Link("Docker: extra_hosts", "https://docs.docker.com/reference/compose-file/services/#extra_hosts")
HOST = Link("Docker: from a container to the host", "https://docs.docker.com/desktop/features/networking/")
