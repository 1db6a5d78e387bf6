"""Hosts beside the providers that AutoGPT loads from: its word lists at the first start, packages from GitHub.

It protects the user of a network that allows the provider alone: then the failure comes later, and elsewhere. Nobody is
asked where what comes from there is on this computer already, and no key goes to either.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import Callable, Iterator, Mapping, NamedTuple, Optional

from checks.endpoints import Endpoint
from checks.environment_sources import ProjectEnvironments
from checks.lock_file import LockFile
from checks.meanings_of_network import NETWORK_BESIDE
from checks.network_ladder import troubles
from checks.network_remedies import PROXY_SETTINGS, TOKENIZER
from checks.network_seen import Around, Reach
from checks.network_words import evidence
from checks.plan import Plan
from checks.process_variables import ProcessVariables
from checks.proxies import Proxies
from checks.reach import Reached, asked_first
from checks.trust import TrustStore
from doctor import (
    Finding,
    Machine,
    NotHere,
    Options,
    Stage,
    Unavailable,
    check,
    fact,
    in_parallel,
    remedy,
    say,
    warning,
)
from doctor.machine import Trust

COUNTING = ("openai", "groq")
"""The providers whose words AutoGPT counts with tiktoken."""
WORD_LISTS = {
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
}
"""The names of tiktoken's files, and what they are called in its cache (tiktoken/load.py: the SHA-1 of the address)."""
_NEW_WORDS = ("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-4o", "o1", "o3", "o4")
_FROM_GITHUB = 'url = "https://github.com/'


class Beside(NamedTuple):
    """What came back from those that had to be asked."""

    reaches: tuple[Reach, ...] = ()


@fact
def beside(
    machine: Machine,
    options: Options,
    plan: Plan,
    process_variables: ProcessVariables,
    proxies: Proxies,
    trust_store: TrustStore,
    environments: Optional[ProjectEnvironments],
    lock_file: Optional[LockFile],
) -> Beside:
    if proxies.faults or trust_store.fault is not None:
        return Beside()
    missing = _missing_lists(machine, plan, process_variables)
    pages = [(_TOKENIZER, f"/encodings/{missing[0]}.tiktoken")] if missing else []
    if _is_incomplete(environments) and lock_file is not None and _FROM_GITHUB in lock_file.text:
        pages.append((_GITHUB, "/robots.txt"))
    trust = _trust_of_requests(trust_store)
    questions = [partial(asked_first, machine, options, proxies, trust, host, "HEAD", page) for host, page in pages]
    told = [each for each in in_parallel(*questions) if each is not None] if questions else []
    if questions and not told:
        raise Unavailable(say("how these hosts answer was not recorded"), kind="not-recorded")
    return Beside(tuple(told))


def _host(provider: str, name: str, host: str) -> Endpoint:
    base = f"https://{host}"
    return Endpoint(provider, name, base, "https", host, 443, True, False, False, None, None, "", "", None, ())


_TOKENIZER = _host("tokenizer", "AutoGPT's word lists", "openaipublic.blob.core.windows.net")
_GITHUB = _host("github", "GitHub", "github.com")


def _missing_lists(machine: Machine, plan: Plan, variables: ProcessVariables) -> list[str]:
    """The word lists that tiktoken will load: those that are not in its cache."""
    models = [each for each in plan.models if each.provider in COUNTING and each.role != "embedding"]
    names = [each.name.strip().lower() for each in models]
    wanted = dict.fromkeys("o200k_base" if name.startswith(_NEW_WORDS) else "cl100k_base" for name in names)
    folder = machine.temporary / "data-gym-cache"
    for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        named = variables.get(name)
        if named is not None and "\0" not in named.text:
            folder = machine.path(named.text) if named.text else folder
            break
    return [each for each in wanted if not _is_there(machine, folder, WORD_LISTS[each])]


def _is_there(machine: Machine, folder: PurePath, name: str) -> bool:
    """In a relative folder nobody looks: what it is relative to is not known for sure."""
    return not folder.is_absolute() or machine.exists(folder / name)


def _is_incomplete(environments: Optional[ProjectEnvironments]) -> bool:
    """Whether AutoGPT's packages are not there yet, or not all."""
    if environments is None or not environments.name or not environments.creates:
        return False
    chosen = environments.chosen
    return chosen is None or (chosen.is_listed and not chosen.has(environments.name))


def _trust_of_requests(store: TrustStore) -> Trust:
    """tiktoken and Poetry make their requests with the library requests."""
    return store.of_requests


@check("network.beside", title="Hosts that AutoGPT loads from", stage=Stage.NETWORK, codes=NETWORK_BESIDE)
def network_beside(reached: Optional[Reached], beside: Beside) -> Iterator[Finding]:
    """Beside the provider AutoGPT loads word lists from OpenAI's storage at its first start, and packages from GitHub.

    The word lists (of the library tiktoken) are kept in a temporary folder, so the host is asked only while they are
    not there. GitHub is asked only while AutoGPT is not installed, and when its lock file names packages there. A
    network that allows api.openai.com alone makes AutoGPT fail at these places.
    """
    if not beside.reaches:
        raise NotHere
    for each in judged(reached, beside):
        if each.trouble and not _is_said(each, reached):
            yield _TEXTS[each.endpoint.provider](each)


def judged(reached: Optional[Reached], beside: Optional[Beside]) -> tuple[Reach, ...]:
    """The same hosts, each with the code of what kept it from answering."""
    others, around = (reached.reaches, reached.around) if reached is not None else ((), Around())
    if beside is None:
        return ()
    codes = troubles((*others, *beside.reaches), around)[len(others) :]
    return tuple(each._replace(trouble=code) for each, code in zip(beside.reaches, codes))


def _is_said(reach: Reach, reached: Optional[Reached]) -> bool:
    """A provider's host stopped at the same place: then it is named there."""
    return reached is not None and any(each.trouble == reach.trouble for each in reached.reaches)


def _tokenizer(reach: Reach) -> Finding:
    return warning(
        "network.tokenizer",
        say("AutoGPT cannot load its word lists: {host} is not reached", host=reach.endpoint.shown),
        detail="It counts words with them, and fails at its first thought without.",
        evidence=evidence([reach]),
        remedy=remedy(
            "Ask whoever runs the network or the proxy to allow this host. Or start AutoGPT once on another network: "
            "the lists are then kept."
        ),
        links=[TOKENIZER],
        is_certain=False,
    )


def _github(reach: Reach) -> Finding:
    return warning(
        "network.github",
        say("Installing AutoGPT takes packages from {host}, and that is not reached", host=reach.endpoint.shown),
        detail="poetry install fails at them, whatever else is reached.",
        evidence=evidence([reach]),
        remedy=remedy("Ask whoever runs the network or the proxy to allow this host, or install on another network."),
        links=[PROXY_SETTINGS],
        is_certain=False,
    )


_TEXTS: Mapping[str, Callable[[Reach], Finding]] = {"tokenizer": _tokenizer, "github": _github}
