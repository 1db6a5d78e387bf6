"""What is said of a llamafile on Windows that WSL does not reach."""

from __future__ import annotations

from typing import Iterator, Optional, Sequence

from checks.autogpt.providers import PROVIDERS
from checks.hosts import is_loopback
from checks.llamafile_commands import LOADER
from checks.llamafile_files import LlamafileFiles
from checks.llamafile_wsl_remedies import (
    IN_WSL,
    LINKS,
    RESTART,
    RULES,
    Case,
    firewall_rule,
    joined,
    line_commands,
    new_line,
    start_and_line,
    start_commands,
)
from checks.network_remedies import WSL_NETWORK
from checks.wsl_address import DNS_TUNNEL
from doctor import Evidence, Finding, Words, found, note, problem, remedy, say, warning


def finding_of(code: str, case: Case) -> Finding:
    said = {
        "llamafile.wsl-address": _address,
        "llamafile.wsl-stale-address": _stale,
        "llamafile.wsl-refused": _refused,
        "llamafile.wsl-firewall": _firewall,
    }[code]
    finding = said(case)
    # In WSL 2 the address of Windows is another one.
    explained = (*finding.explained_by, "wsl.version-1")
    return finding._replace(evidence=tuple(_evidence(case)), explained_by=explained)


# --- one by one -----------------------------------------------------------------------------------------------------


def _address(case: Case) -> Finding:
    host, values = case.seen.endpoint.host, {"address": case.address, "asked": case.seen.endpoint.shown}
    if host == DNS_TUNNEL or host in case.windows.name_servers:
        text = say("{host} is the name server of WSL, and not Windows", host=host)
    elif is_loopback(host) and not case.windows.is_shared:
        text = say("In WSL localhost is not Windows: the llamafile there is at {address}", **values)
    elif case.windows.is_shared:
        text = say("From this WSL Windows is localhost, and not {asked}", **values)
    else:
        text = say("From this WSL Windows is {address}, and not {asked}", **values)
    return problem(
        "llamafile.wsl-address",
        text,
        detail="AutoGPT asks for its llamafile where nobody answers.",
        remedy=start_and_line(case),
        is_certain=case.seen.reached is not None,
    )


def _stale(case: Case) -> Finding:
    return problem(
        "llamafile.wsl-stale-address",
        say("{host} is no longer Windows: its address changes with each restart", host=case.seen.endpoint.host),
        detail=say("Now it is {address}, and a llamafile must be told to listen there.", address=case.address),
        remedy=start_and_line(case),
        is_certain=case.seen.reached is not None,
    )


def _refused(case: Case) -> Finding:
    seen, windows = case.seen, case.windows
    detail: Optional[Words] = None
    if seen.on_loopback and windows.is_shared:
        text = say("Something answers on Windows at port {port}, and WSL does not reach it", port=seen.endpoint.port)
        detail = say("In this networking mode both have one localhost. Restarting WSL mostly puts that right.")
        way = remedy(None, RESTART, links=LINKS)
        return problem("llamafile.wsl-refused", text, detail=detail, remedy=way, is_certain=False)
    if seen.on_loopback:
        text = say("The llamafile on Windows listens to Windows alone, and not to WSL")
        detail = say("From WSL, Windows is {address}; without --host it listens at localhost.", address=case.address)
    elif is_loopback(seen.endpoint.host):
        text = say("No llamafile answers, neither in this Linux nor on Windows")
        if not windows.is_shared:
            detail = say("Seen from WSL, Windows is {address}, and not localhost.", address=case.address)
    else:
        text = say("No llamafile on Windows listens to WSL")
        detail = say("None runs there, or it listens to Windows alone, as it does without --host.")
    # What keeps it from being started in this Linux explains a silence, and not a llamafile on Windows.
    explained = () if seen.on_loopback else ("llamafile.start-in-wsl",)
    return problem("llamafile.wsl-refused", text, detail=detail, remedy=start_and_line(case), explained_by=explained)


def _firewall(case: Case) -> Finding:
    seen, port = case.seen, case.seen.endpoint.port
    if case.windows.is_shared:
        return problem(
            "llamafile.wsl-firewall",
            say("Windows does not answer WSL at port {port}", port=port),
            detail="In this networking mode both have one localhost. Restarting WSL mostly puts that right.",
            remedy=remedy(None, RESTART, links=LINKS),
            is_certain=False,
        )
    if seen.on_address:
        text = say("The firewall of Windows keeps WSL away from the llamafile")
        detail = say("It runs on Windows and listens at {address}, port {port}.", address=case.address, port=port)
    else:
        text = say("Windows does not answer WSL at port {port}: mostly that is its firewall", port=port)
        detail = say("Windows is as silent where no llamafile runs: then start it, and let WSL in.")
    block = say(
        "Let WSL in at that port. If Windows once asked about llamafile.exe and was told no, delete the rule that it "
        "made of that (Windows Defender Firewall, Inbound Rules): what forbids is stronger."
    )
    text_of_all = block if case.is_set_right else say("{block} {line}", block=block, line=new_line(case).text or "")
    commands = (firewall_rule(case), *(() if seen.on_address else start_commands(case)))
    return problem(
        "llamafile.wsl-firewall",
        text,
        detail=detail,
        remedy=remedy(text_of_all, *commands, *line_commands(case), links=(*LINKS, RULES)),
        is_certain=bool(seen.on_address),
    )


def in_wsl(case: Case, entries: Sequence[str], files: LlamafileFiles) -> Finding:
    """A llamafile lies in WSL, and WSL hands it to Windows."""
    make = problem if files.is_silent else note if case.windows.is_shared else warning
    texts = [say("Best run it on Windows, and let AutoGPT ask it there."), say(_INSIDE, entries=entries)]
    if not case.is_set_right:
        texts.append(new_line(case).text or say(""))
    return make(
        "llamafile.start-in-wsl",
        "A llamafile cannot be started in this WSL: it is handed to Windows",
        detail='The error is "APE is running on WIN32 inside WSL" or "Invalid argument".',
        evidence=(
            found(
                say("{entries}, and no entry for llamafiles", entries=entries),
                where="/proc/sys/fs/binfmt_misc",
            ),
            found(say("{name} lies in this Linux", name=files.whole[0].path.name), where=say("{f}", f=files.folder)),
        ),
        remedy=remedy(
            joined(texts),
            *start_commands(case),
            *line_commands(case),
            *LOADER,
            links=(PROVIDERS["llamafile"].setup_page, IN_WSL, WSL_NETWORK),
        ),
    )


_INSIDE = (
    "To start it in this Linux all the same, give it its loader (the commands from sudo on). Deleting {entries} would "
    "do as well, and so would enabled=false under [interop] in /etc/wsl.conf, but then `code`, explorer.exe and the "
    "program for Docker's logins no longer start from WSL."
)

# --- evidence -------------------------------------------------------------------------------------------------------

_HEARD = {
    "refused": "nothing listens at {place}",
    "timed-out": "{place} does not answer",
    "unreachable": "no way leads to {place}",
    "no-name": "nobody knows {place}",
    "stranger": "somebody else answers at {place}",
    "other": "no connection to {place}",
}


def _evidence(case: Case) -> Iterator[Evidence]:
    seen, windows = case.seen, case.windows
    setting = seen.endpoint.setting
    where = say("the default of this version") if setting is None else setting.source.words
    yield found(say(_HEARD[seen.state], place=seen.endpoint.shown), where=where)
    for each in seen.tried:
        words = "a llamafile answers at {place}" if each.is_llamafile else _HEARD[each.state]
        place = say("{address}:{port}", address=each.address, port=seen.endpoint.port)
        yield found(say(words, place=place), where=_source(case, each.address))
    if seen.on_address:
        yield found("Windows itself gets an answer at that address")
    elif seen.on_loopback is not None:
        words = "Windows itself gets an answer at 127.0.0.1:{port}"
        words = words if seen.on_loopback else "on Windows itself nothing listens at 127.0.0.1:{port}"
        yield found(say(words, port=seen.endpoint.port))
    if seen.endpoint.host == windows.gateway and windows.mode == "nat":
        yield found("that address is Windows", where="/proc/net/route")


def _source(case: Case, address: str) -> Words:
    mode = say("networking mode {mode}", mode=case.windows.mode)
    if address == case.windows.gateway:
        return say("/proc/net/route, {mode}", mode=mode)
    return mode
