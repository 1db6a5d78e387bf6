"""The way to the providers: the clock, the names and the line.

It protects the user from "Connection error.", which is all that AutoGPT says of any of these, and from a new key that
would have mended nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Iterator, Optional

from checks.container import Container
from checks.meanings_of_network import NETWORK_CLOCK, NETWORK_LINE, NETWORK_NAMES
from checks.network_beside import Beside, judged
from checks.network_ladder import CLOCK_LIMIT_S, clock_ahead_s
from checks.network_line import line_finding
from checks.network_names import name_finding
from checks.network_remedies import CLOCK, set_clock
from checks.network_seen import Reach
from checks.network_words import Here, evidence, groups
from checks.reach import Reached
from checks.wsl import Wsl
from doctor import Evidence, Finding, NotHere, Stage, System, Words, check, found, problem, say, warning
from doctor.machine import Certificate


@check("network.clock", title="This computer's clock", stage=Stage.NETWORK, codes=NETWORK_CLOCK)
def network_clock(reached: Reached, system: System, wsl: Wsl, container: Container) -> Iterator[Finding]:
    """A certificate counts from one day to another, so a wrong clock makes good ones look bad.

    Then every request ends in an error about certificates, and AutoGPT says "Connection error.". The clock is compared
    with the time that the answers of other hosts bear; a difference of up to five minutes is passed over. In WSL the
    clock may stand still while the computer sleeps: `sudo hwclock -s` sets it, or `wsl --shutdown` in PowerShell.
    """
    if not reached.reaches:
        raise NotHere
    here = Here(system, wsl, container)
    ahead = clock_ahead_s(reached.reaches, reached.around)
    for group in groups(reached.reaches, reached.around, NETWORK_CLOCK):
        told = _told(group.reaches[0], ahead)
        make = problem if group.is_needed else warning
        yield make(
            "network.clock",
            _heading(ahead, group.failure.detail),
            detail="Until it is right every certificate looks invalid, and no request gets through.",
            evidence=[told, *evidence(group.reaches)] if told else evidence(group.reaches),
            remedy=set_clock(here),
            links=[CLOCK[here.kind]],
        )
        return
    if ahead is not None and abs(ahead) > CLOCK_LIMIT_S:
        yield warning(
            "network.clock",
            _heading(ahead, ""),
            detail="Requests still get through. With a larger difference certificates look invalid.",
            evidence=_compared(reached.reaches[0].answered_at, ahead),
            remedy=set_clock(here),
            links=[CLOCK[here.kind]],
        )


def _heading(ahead: Optional[float], number: str) -> Words:
    if ahead is None:
        return say("This computer's clock is behind" if number == "9" else "This computer's clock is ahead")
    way = "ahead" if ahead > 0 else "behind"
    return say("This computer's clock is {much} {way}", much=_much(abs(ahead)), way=way)


def _much(seconds: float) -> Words:
    for unit, size in (("days", 86400), ("hours", 3600)):
        if seconds >= 2 * size:
            return say("{number} {unit}", number=round(seconds / size), unit=unit)
    return say("{number} minutes", number=round(seconds / 60))


def _told(reach: Reach, ahead: Optional[float]) -> Optional[Evidence]:
    if ahead is not None:
        return _compared(reach.answered_at, ahead)
    shown = reach.certificate
    if not isinstance(shown, Certificate):
        return None
    return found(
        say("this computer says {now}", now=_moment(reach.answered_at)),
        wanted=say("from {first} to {last}", first=_moment(shown.not_before), last=_moment(shown.not_after)),
        where=say("the certificate of {host}", host=reach.endpoint.shown),
    )


def _compared(now: datetime, ahead: float) -> Evidence:
    return found(
        say("this computer says {now}", now=_moment(now)),
        wanted=say("{now}, as other hosts say", now=_moment(now - timedelta(seconds=ahead))),
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


@check("network.names", title="Names of the providers' hosts", stage=Stage.NETWORK, codes=NETWORK_NAMES)
def network_names(
    reached: Reached, beside: Optional[Beside], system: System, wsl: Wsl, container: Container
) -> Iterator[Finding]:
    """A host's name has to be looked up before anything can be sent to it: by the DNS that this machine was given.

    That breaks with a VPN, with a network that is half there, and in WSL where /etc/resolv.conf names a server that
    does not answer. Each host that AutoGPT needs is looked up as AutoGPT does it. Where no name is found, one address
    that needs none is tried: if it answers, the line is up and only the names are missing. In WSL, `wsl --shutdown` in
    PowerShell mends it most of the time. A hosts file or a filter may also lead a name to nowhere on purpose.
    """
    if not reached.reaches:
        raise NotHere
    for group in groups(reached.reaches, reached.around, NETWORK_NAMES, judged(reached, beside)):
        yield name_finding(group, Here(system, wsl, container))


@check("network.line", title="The line to the providers", stage=Stage.NETWORK, codes=NETWORK_LINE)
def network_line(
    reached: Reached, beside: Optional[Beside], system: System, wsl: Wsl, container: Container
) -> Iterator[Finding]:
    """AutoGPT needs a way to each provider that its models belong to: a connection, and an answer to a request.

    One free request is made to each, as AutoGPT's own library would make it. A firewall lets it go unanswered or turns
    it down; the Wi-Fi of a hotel answers itself until somebody has logged in; a server of your own may not be running.
    If only IPv6 leads nowhere, nothing is wrong. Hosts of providers that are not in use are passed over.
    """
    if not reached.reaches:
        raise NotHere
    for group in groups(reached.reaches, reached.around, NETWORK_LINE, judged(reached, beside)):
        yield line_finding(group, Here(system, wsl, container))
