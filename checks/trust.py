"""Whose word AutoGPT takes for a certificate: the variables that replace its list of authorities, and what they name.

It protects the user from "Connection error." behind a company's proxy that signs certificates itself, and from a
variable that names a file which is gone: then no client of a provider can be made at all.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.autogpt.versions import Version
from checks.checkout import Checkout
from checks.environment_sources import ProjectEnvironments
from checks.lock_file import LockFile
from checks.process_variables import ProcessVariable, ProcessVariables
from doctor import Failure, FailureKind, Machine, Options, Words, fact
from doctor.machine import Content, Stat, Trust

SDKS, REQUESTS, NOBODY = "sdks", "requests", "nobody"
VARIABLES = {
    "SSL_CERT_FILE": SDKS,
    "SSL_CERT_DIR": SDKS,
    "REQUESTS_CA_BUNDLE": REQUESTS,
    "CURL_CA_BUNDLE": REQUESTS,
}
"""Which of AutoGPT's libraries reads it: httpx, beneath the clients of the providers, or requests, beneath the rest."""
_BEFORE_HTTPX = {SDKS: NOBODY, REQUESTS: SDKS}
"""In the versions whose client of OpenAI asked requests, too."""
FIRST_BYTES = 16 * 1024
FIRST_STRICT = (3, 13)
_BEGINNING = b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----", b"-----BEGIN X509 CERTIFICATE-----"
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+\Z")


class TrustVariable(NamedTuple):
    """One of the four variables, where it is set to something."""

    name: str
    path: PurePath
    """Absolute: a relative one begins where AutoGPT is started."""
    source: Words
    serves: str
    """"sdks" (the clients of the providers), "requests" (the rest of AutoGPT) or "nobody"."""
    state: str
    """"ok", "absent", "folder" or "file" (the other one is wanted), "unreadable", "empty", "der" (the binary form),
    "utf-16", "none" (no certificate in it) or "unhashed" (a folder that OpenSSL finds nothing in)."""
    is_used: bool = True
    """False where another one comes before it."""
    is_folder: bool = False

    @property
    def trust(self) -> Trust:
        """To believe what it names, and nothing else. Only requests takes either."""
        takes_folders = self.name == "SSL_CERT_DIR" or (self.is_folder and self.name != "SSL_CERT_FILE")
        return Trust(None, self.path) if takes_folders else Trust(self.path)

    @property
    def is_ok(self) -> bool:
        return self.state == "ok"


class TrustStore(NamedTuple):
    """What the clients of the providers believe, and what is set."""

    trust: Trust = Trust()
    """As they have it; of no file it is certifi's list."""
    variables: tuple[TrustVariable, ...] = ()

    def of(self, name: str) -> Optional[TrustVariable]:
        return next((each for each in self.variables if each.name == name), None)

    @property
    def of_requests(self) -> Trust:
        """What tiktoken and the rest of AutoGPT believe, which ask requests; a broken list of theirs is left aside."""
        used = (each for each in self.variables if each.name.endswith("_BUNDLE") and each.is_used and each.is_ok)
        return next((each.trust for each in used), Trust())

    @property
    def fault(self) -> Optional[TrustVariable]:
        """The one that keeps every client of a provider from being made, None when there is none."""
        used = next((each for each in self.variables if each.serves == SDKS and each.is_used), None)
        return None if used is None or used.is_ok or used.name == "SSL_CERT_DIR" else used


@fact
def trust_store(
    machine: Machine,
    options: Options,
    process_variables: ProcessVariables,
    checkout: Optional[Checkout],
    project_environments: Optional[ProjectEnvironments],
    lock_file: Optional[LockFile],
    version: Optional[Version],
) -> TrustStore:
    start = options.folder if checkout is None else checkout.agent
    is_strict = _is_strict(project_environments)
    found = [each for name in VARIABLES if (each := _look(machine, start, process_variables.get(name)))]
    if version is not None and not version.uses_httpx:
        found = [each._replace(serves=_BEFORE_HTTPX[each.serves]) for each in found]
    elif found and not _refuses_what_is_not_there(project_environments, lock_file):
        found = [each._replace(is_used=each.serves != SDKS or _is_there(each)) for each in found]
    found = _first_of_each(found)
    used = next((each for each in found if each.serves == SDKS and each.is_used), None)
    if used is None:
        return TrustStore(Trust(is_strict=is_strict), tuple(found))
    return TrustStore(used.trust._replace(is_strict=is_strict), tuple(found))


def _is_strict(environments: Optional[ProjectEnvironments]) -> bool:
    """https://docs.python.org/3/whatsnew/3.13.html#ssl"""
    chosen = environments.chosen if environments is not None else None
    return chosen is not None and chosen.version >= FIRST_STRICT


def _look(machine: Machine, start: PurePath, variable: Optional[ProcessVariable]) -> Optional[TrustVariable]:
    if variable is None or not variable.text:
        return None
    path, name = start / machine.path(variable.text), variable.name.upper()
    state, is_folder = _state(machine, path, name), machine.is_folder(path)
    return TrustVariable(name, path, variable.source, VARIABLES[name], state, is_folder=is_folder)


def _first_of_each(found: list[TrustVariable]) -> list[TrustVariable]:
    """Of the two for one library, the first that is looked at counts."""
    seen: set[str] = set()
    listed = []
    for each in found:
        listed.append(each._replace(is_used=each.is_used and each.serves not in seen))
        if each.is_used:
            seen.add(each.serves)
    return listed


def _refuses_what_is_not_there(environments: Optional[ProjectEnvironments], lock_file: Optional[LockFile]) -> bool:
    """httpx before 0.28 passes over a path that is not there."""
    chosen = environments.chosen if environments is not None else None
    version = chosen.packages.get("httpx", "") if chosen is not None else ""
    if not version and lock_file is not None:
        pinned = re.search(r'\nname = "httpx"\nversion = "([\d.]+)', lock_file.text)
        version = pinned[1] if pinned else ""
    numbers = re.match(r"(\d{1,9})\.(\d{1,9})", version)
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= (0, 28)


def _is_there(variable: TrustVariable) -> bool:
    return variable.state not in ("absent", "file" if variable.name == "SSL_CERT_DIR" else "folder")


# --- what it names --------------------------------------------------------------------------------------------------


def _state(machine: Machine, path: PurePath, name: str) -> str:
    stat = machine.stat(path)
    if not isinstance(stat, Stat):
        return "absent" if stat.kind is FailureKind.ABSENT else "unreadable"
    takes_folders = name not in ("SSL_CERT_FILE",)
    if stat.is_folder:
        return _state_of_folder(machine, path) if takes_folders else "folder"
    if name == "SSL_CERT_DIR":
        return "file"
    content = machine.read(path, FIRST_BYTES) if stat.is_file else Failure(FailureKind.NOT_A_FILE)
    return _state_of_file(content) if isinstance(content, Content) else "unreadable"


def _state_of_folder(machine: Machine, path: PurePath) -> str:
    """OpenSSL finds a certificate in a folder by a number that is its file's name."""
    return "ok" if any(_HASHED.match(name) for name in machine.names_in(path)) else "unhashed"


def _state_of_file(content: Content) -> str:
    """Judged by its beginning; whoever loads it knows better."""
    data = content.data
    if not data.strip():
        return "empty"
    if any(beginning in data for beginning in _BEGINNING) or content.is_cut:
        return "ok"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return "der" if data[:2] in (b"\x30\x82", b"\x30\x81", b"\x30\x80") else "none"
