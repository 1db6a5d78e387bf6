"""Packages in the environment that do not work with each other, though each of them is installed well.

They come together where somebody ran `pip install` in the environment, or made a new lock file. Only the names of
folders are looked at, nothing is imported.
"""

from __future__ import annotations

import re
from typing import Iterator, Mapping, Optional

from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.lock_file import LockFile
from checks.meanings import ENVIRONMENT_VERSIONS
from checks.poetry_remedies import install, poetry
from checks.poetry_sources import Poetries
from checks.virtual_environment import Environment
from doctor import Finding, Link, Stage, check, found, note, problem, remedy, say, warning

Numbers = tuple[int, ...]

HTTPX_WITHOUT_PROXIES: Numbers = (0, 28)
"""The first httpx whose client takes no `proxies` any more."""
CLIENTS: dict[str, tuple[Numbers, Numbers]] = {
    "openai": ((1,), (1, 55, 3)),
    "anthropic": ((0, 3), (0, 40)),
    "groq": ((0,), (0, 13)),
}
"""Clients that hand `proxies` to httpx: the first version that uses httpx, and the first that does not do it."""
REQUESTS_WITHOUT_SCHEME: Numbers = (2, 32)
DOCKER_WITH_OWN: Numbers = (7, 1)
"""The first docker whose own scheme requests 2.32 accepts."""


@check(
    "environment.versions",
    title="Versions that work together",
    stage=Stage.ENVIRONMENT,
    codes=ENVIRONMENT_VERSIONS,
)
def environment_versions(
    checkout: Checkout, project_environments: ProjectEnvironments, lock_file: LockFile, poetries: Poetries
) -> Iterator[Finding]:
    """Some versions of AutoGPT's packages do not work together, and nothing says so until AutoGPT runs.

    httpx 0.28 no longer takes an argument that older clients of OpenAI, Anthropic and Groq still hand to it:
    "unexpected keyword argument 'proxies'". requests 2.32 refuses what docker before 7.1 asks of it: "Not supported URL
    scheme http+docker", and AutoGPT then says that Docker is unavailable. The versions of the lock file work together
    (but for groq in the newest layout, which concerns only those who use Groq): `poetry install` brings them back.
    """
    chosen = project_environments.chosen
    if chosen is None or chosen.is_broken or checkout.project is None:
        return
    packages = chosen.packages
    again = remedy("Bring back the versions of the lock file.", install(checkout.project, poetries.kind))
    hit = _clients_without(packages)
    others = [name for name in hit if name != "groq"]
    if others:
        yield _clients(hit, packages, chosen)._replace(remedy=again._replace(links=(PROXIES,)))
    elif hit:
        yield _groq(packages, lock_file, checkout, poetries)
    if _below(packages, "docker", DOCKER_WITH_OWN) and _from(packages, "requests", REQUESTS_WITHOUT_SCHEME):
        versions = {"docker": packages["docker"], "requests": packages["requests"]}
        yield warning(
            "environment.docker-requests",
            say("docker {docker} and requests {requests} do not work together", **versions),
            detail="AutoGPT will say that Docker is unavailable, although Docker runs.",
            evidence=found("docker before 7.1 with requests from 2.32", where=say("{path}", path=chosen.path)),
            remedy=again._replace(links=(DOCKER_PY,)),
        )


def _clients(hit: list[str], packages: Mapping[str, str], chosen: Environment) -> Finding:
    names = [name for name in hit if name != "groq"]
    evidence = [
        found(
            say("{name} {version}, httpx {httpx}", name=name, version=packages[name], httpx=packages["httpx"]),
            where=say("{path}", path=chosen.path),
        )
        for name in hit
    ]
    return (problem if "openai" in hit else warning)(
        "environment.httpx-proxies",
        say("{clients} and httpx {version} do not work together", clients=names, version=packages["httpx"]),
        detail="Calls to the provider end with: unexpected keyword argument 'proxies'.",
        evidence=evidence,
    )


def _groq(packages: Mapping[str, str], lock: LockFile, checkout: Checkout, poetries: Poetries) -> Finding:
    """The lock file of the newest layout pairs the two itself, so this says nothing of the environment."""
    httpx = locked(lock, "httpx")
    is_astray = httpx is not None and _numbers(httpx) < HTTPX_WITHOUT_PROXIES
    make = warning if is_astray else note
    step = (
        remedy("Bring back the versions of the lock file.", install(checkout.project, poetries.kind))
        if is_astray
        else remedy(
            "If you use Groq, take a newer client.", poetry(checkout.project, poetries.kind, 'add "groq>=0.13"')
        )
    )
    return make(
        "environment.groq-httpx",
        say("groq {version} and httpx {httpx} do not work together", version=packages["groq"], httpx=packages["httpx"]),
        detail="It matters only if you use Groq's models.",
        evidence=found("groq before 0.13 with httpx from 0.28", wanted="groq 0.13 or newer"),
        remedy=step,
        links=[PROXIES],
    )


def _clients_without(packages: Mapping[str, str]) -> list[str]:
    """The clients that this httpx does not serve any more."""
    if not _from(packages, "httpx", HTTPX_WITHOUT_PROXIES):
        return []
    return [
        name for name, (first, last) in CLIENTS.items() if _from(packages, name, first) and _below(packages, name, last)
    ]


def _numbers(version: str) -> Numbers:
    return tuple(int(n) for n in re.findall(r"\d{1,6}", version.split("+")[0])[:3])


def _from(packages: Mapping[str, str], name: str, first: Numbers) -> bool:
    return name in packages and _numbers(packages[name]) >= first


def _below(packages: Mapping[str, str], name: str, last: Numbers) -> bool:
    return name in packages and _numbers(packages[name]) < last


def locked(lock: LockFile, name: str) -> Optional[str]:
    """The version that the lock file names for a package, the first where there are several."""
    entry = re.search(r'\[\[package\]\]\nname = "' + re.escape(name) + r'"\nversion = "([^"\n]+)"', lock.text)
    return entry[1] if entry else None


PROXIES = Link("httpx 0.28 and older clients", "https://github.com/anthropics/anthropic-sdk-python/issues/767")
DOCKER_PY = Link("docker-py and requests 2.32", "https://github.com/docker/docker-py/issues/3256")
