"""What findings about the network have in common: which hosts they are about, and what was seen of each."""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping, NamedTuple, Optional, Sequence

from checks.autogpt.variables import is_address
from checks.container import Container
from checks.network_seen import Around, Reach
from checks.wsl import Wsl
from doctor import (
    Evidence,
    Failure,
    FailureKind,
    Finding,
    Link,
    Remedy,
    System,
    Words,
    found,
    note,
    problem,
    say,
    warning,
)
from doctor.findings import NO_REMEDY
from doctor.machine import Addresses, Connected, Response


class Here(NamedTuple):
    """On what kind of machine something is to be put right."""

    system: System
    wsl: Wsl
    container: Container

    @property
    def shell(self) -> str:
        return "powershell" if self.system.is_windows else "sh"

    @property
    def kind(self) -> str:
        """ "wsl", "container", "windows", "darwin" or "linux"."""
        if self.wsl.is_wsl:
            return "wsl"
        return "container" if self.container.is_container or self.wsl.is_container else self.system.kind


class Group(NamedTuple):
    """The hosts whose requests stopped at the same place, for the same reason."""

    code: str
    reaches: tuple[Reach, ...]
    around: Around

    @property
    def is_needed(self) -> bool:
        return any(each.endpoint.is_needed for each in self.reaches)

    @property
    def hosts(self) -> tuple[Words, ...]:
        return tuple({each.endpoint.site: each.endpoint.shown for each in self.reaches}.values())

    @property
    def is_local(self) -> bool:
        return all(each.endpoint.is_local for each in self.reaches)

    @property
    def failure(self) -> Failure:
        return self.reaches[0].failure


def groups(
    reaches: Sequence[Reach], around: Around, codes: Iterable[str], others: Sequence[Reach] = ()
) -> Iterator[Group]:
    """Of these codes those that were found, each with all its hosts: the needed ones first, then those beside."""
    order = sorted(reaches, key=lambda each: not each.endpoint.is_needed)
    for code in codes:
        alike = tuple(each for each in order if each.trouble == code)
        if alike:
            yield Group(code, alike + tuple(each for each in others if each.trouble == code), around)


def finding(
    group: Group,
    heading: Words,
    *,
    detail: Optional[Words] = None,
    more: Sequence[Evidence] = (),
    where: Optional[Words] = None,
    remedy: Remedy = NO_REMEDY,
    links: Sequence[Link] = (),
    explained_by: Sequence[str] = (),
    is_certain: bool = True,
    may_be_slow: bool = False,
) -> Finding:
    """A problem where AutoGPT cannot work without one of these hosts, else a note; a warning for what may be slow only.

    `where` is the place that counts, if it is not that of the host's own address.
    """
    make = (warning if may_be_slow else problem) if group.is_needed else note
    return make(
        group.code,
        heading,
        detail=detail,
        evidence=[*evidence(group.reaches, where), *more],
        remedy=remedy,
        links=links,
        explained_by=explained_by,
        is_certain=is_certain,
    )


def evidence(reaches: Sequence[Reach], where: Optional[Words] = None) -> list[Evidence]:
    return [found(_seen(each), where=where or _where(each)) for each in reaches]


def host_of(reach: Reach) -> str:
    """The host for a command; a word in its place where a setting holds something that may not be said."""
    endpoint = reach.endpoint
    is_sayable = endpoint.setting is None or is_address(endpoint.setting.name, f"{endpoint.scheme}://{endpoint.host}")
    return endpoint.host if is_sayable else "HOST"


def script_seen(around: Around) -> list[Evidence]:
    """A browser that gets through proves nothing where it finds its proxy by itself."""
    if not around.has_proxy_script:
        return []
    return [found(say("the system finds its proxy by a script: browsers read that, and AutoGPT does not"))]


def _where(reach: Reach) -> Optional[Words]:
    setting = reach.endpoint.setting
    return None if setting is None else setting.source.words


def _seen(reach: Reach) -> Words:
    answer = reach.answer
    if isinstance(answer, Response):
        what = say("answer {status}", status=answer.status)
    else:
        what = what_failed(answer)
    host = say("{name}: {host}", name=reach.endpoint.name, host=reach.endpoint.shown)
    if reach.proxy is not None:
        return say("{host}, through the proxy {proxy}: {what}", host=host, proxy=reach.proxy.shown, what=what)
    if isinstance(reach.connected, Connected) and isinstance(answer, Failure) and answer.kind in _AFTER_CONNECTING:
        return say("{host} can be connected to; then {what}", host=host, what=what)
    if isinstance(reach.resolved, Addresses) and answer in (_SILENT, _REFUSED):
        addresses = reach.resolved.addresses[:3]
        return say("{host} ({addresses}): {what}", host=host, addresses=addresses, what=what)
    return say("{host}: {what}", host=host, what=what)


def what_failed(failure: Failure) -> Words:
    """A failure in a few words."""
    if failure.kind is FailureKind.CERTIFICATE:
        known = _CERTIFICATES.get(failure.detail)
        return say(known) if known else say("its certificate is not accepted (number {code})", code=failure.detail)
    if failure.kind is FailureKind.UNREACHABLE and failure.detail.startswith("EAI_"):
        return say("nobody answers who could look up its name")
    if failure.kind is FailureKind.PROTOCOL:
        return say(_PROTOCOLS.get(failure.detail, "something else than TLS, or of another age, answers"))
    return say(_KINDS.get(failure.kind, "the request failed"))


_SILENT, _REFUSED = Failure(FailureKind.TIMED_OUT), Failure(FailureKind.REFUSED, "ECONNREFUSED")
_AFTER_CONNECTING = (FailureKind.CERTIFICATE, FailureKind.PROTOCOL, FailureKind.RESET, FailureKind.TIMED_OUT)
_KINDS: Mapping[FailureKind, str] = {
    FailureKind.ABSENT: "its name is not found",
    FailureKind.UNREACHABLE: "there is no way to it",
    FailureKind.TIMED_OUT: "no answer in time",
    FailureKind.REFUSED: "the connection is refused",
    FailureKind.RESET: "the connection is cut off",
    FailureKind.DENIED: "this system does not allow the connection",
    FailureKind.UNSUPPORTED: "nothing was sent",
}
_CERTIFICATES: Mapping[str, str] = {
    "9": "its certificate is not valid yet, by this clock",
    "10": "its certificate has expired, by this clock",
    "18": "its certificate is signed by itself",
    "19": "its certificate is signed by somebody whom Python does not know",
    "20": "its certificate is signed by somebody whom Python does not know",
    "21": "its certificate is signed by somebody whom Python does not know",
    "62": "its certificate is for another name",
    "64": "its certificate is for another name",
    "bundle": "nothing was sent",
}
_PROTOCOLS: Mapping[str, str] = {
    "WRONG_VERSION_NUMBER": "it answers without TLS",
    "http": "what answers does not speak HTTP",
    "proxy-407": "the proxy asks for a login (407)",
    "proxy-403": "the proxy forbids it (403)",
    "proxy-502": "the proxy does not get there (502)",
    "proxy-503": "the proxy does not get there (503)",
    "proxy-504": "the proxy does not get there (504)",
    "proxy": "the proxy turns it down",
}

__all__ = ["Group", "Here", "evidence", "finding", "groups", "what_failed"]
