"""What is said of a llamafile on Windows, and how it is started there so that WSL reaches it."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import Iterator, NamedTuple, Optional, Sequence

from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.hosts import is_loopback, number_of, text_of
from checks.llamafile_commands import LOADER
from checks.llamafile_files import LlamafileFiles
from checks.llamafile_wsl import LlamafileOnWindows
from checks.setting_remedies import write
from checks.url_faults import fault_in
from checks.wsl import Wsl
from checks.wsl_address import DNS_TUNNEL, USUAL, WindowsAddress
from doctor import Command, Evidence, Finding, Link, Remedy, Words, found, note, problem, remedy, run, say, warning

_VARIABLE = "LLAMAFILE_API_BASE"


class Case(NamedTuple):
    """What the sentences are about."""

    seen: LlamafileOnWindows
    windows: WindowsAddress
    wsl: Wsl
    checkout: Checkout
    env_file: EnvFile
    env_places: EnvPlaces

    @property
    def address(self) -> str:
        """Where Windows is: the address that answered, else the likely one."""
        reached = self.seen.reached
        return reached.address if reached is not None else self.windows.addresses[0]

    @property
    def port(self) -> int:
        """A llamafile that is still to be started is better started at a port at which AutoGPT can count words."""
        port = self.seen.endpoint.port
        is_good = self.seen.reached is not None or fault_in("llamafile", self._base(port)) is None
        return port if is_good else 8080

    @property
    def base(self) -> str:
        """What LLAMAFILE_API_BASE should be."""
        return self._base(self.port)

    def _base(self, port: int) -> str:
        return f"http://{'localhost' if self.windows.is_shared else self.address}:{port}/v1"

    @property
    def is_set_right(self) -> bool:
        host, port = self.seen.endpoint.host, self.seen.endpoint.port
        is_host = is_loopback(host) and ":" not in host if self.windows.is_shared else host == self.address
        return is_host and port == self.port


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
        remedy=_all(case),
        is_certain=case.seen.reached is not None,
    )


def _stale(case: Case) -> Finding:
    return problem(
        "llamafile.wsl-stale-address",
        say("{host} is no longer Windows: its address changes with each restart", host=case.seen.endpoint.host),
        detail=say("Now it is {address}, and a llamafile must be told to listen there.", address=case.address),
        remedy=_all(case),
        is_certain=case.seen.reached is not None,
    )


def _refused(case: Case) -> Finding:
    seen, windows = case.seen, case.windows
    detail: Optional[Words] = None
    if seen.on_loopback and windows.is_shared:
        text = say("Something answers on Windows at port {port}, and WSL does not reach it", port=seen.endpoint.port)
        detail = say("In this networking mode both have one localhost. Restarting WSL mostly puts that right.")
        way = remedy(None, _RESTART, links=LINKS)
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
    return problem("llamafile.wsl-refused", text, detail=detail, remedy=_all(case), explained_by=explained)


def _firewall(case: Case) -> Finding:
    seen, port = case.seen, case.seen.endpoint.port
    if case.windows.is_shared:
        return problem(
            "llamafile.wsl-firewall",
            say("Windows does not answer WSL at port {port}", port=port),
            detail="In this networking mode both have one localhost. Restarting WSL mostly puts that right.",
            remedy=remedy(None, _RESTART, links=LINKS),
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
    text_of_all = block if case.is_set_right else say("{block} {line}", block=block, line=_line(case).text or "")
    commands = (_rule(case), *(() if seen.on_address else _start(case)))
    return problem(
        "llamafile.wsl-firewall",
        text,
        detail=detail,
        remedy=remedy(text_of_all, *commands, *_line_commands(case), links=(*LINKS, RULES)),
        is_certain=bool(seen.on_address),
    )


def in_wsl(case: Case, entries: Sequence[str], files: LlamafileFiles) -> Finding:
    """A llamafile lies in WSL, and WSL hands it to Windows."""
    make = problem if files.is_silent else note if case.windows.is_shared else warning
    texts = [say("Best run it on Windows, and let AutoGPT ask it there."), say(_INSIDE, entries=entries)]
    if not case.is_set_right:
        texts.append(_line(case).text or say(""))
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
            _joined(texts),
            *_start(case),
            *_line_commands(case),
            *LOADER,
            links=(PROVIDERS["llamafile"].setup_page, IN_WSL, NETWORKING),
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


# --- remedies -------------------------------------------------------------------------------------------------------


def _all(case: Case) -> Remedy:
    """Start it on Windows where none was reached, and the line for `.env` where it says something else."""
    is_reached = case.seen.reached is not None
    start = "On Windows, start the llamafile for WSL: AutoGPT's own serve.py does it."
    start = "End it there, and start it for WSL: AutoGPT's own serve.py does it." if case.seen.on_loopback else start
    texts = [] if is_reached else [say(start)]
    if case.windows.mode == "nat":
        texts.append(say(_LASTING))
    if not case.is_set_right and (line := _line(case).text):
        texts.append(line)
    commands = () if is_reached else _start(case)
    return remedy(_joined(texts), *commands, *_line_commands(case), links=LINKS)

def _joined(texts: list[Words]) -> Words:
    joined = texts[0] if texts else say("")
    for each in texts[1:]:
        joined = say("{before} {after}", before=joined, after=each)
    return joined


def _line(case: Case) -> Remedy:
    setting = case.seen.endpoint.setting
    if setting is not None:
        return write([(setting, case.base)], "sh")
    file = case.env_file.path if case.env_file.text is not None else case.env_places.target
    return remedy(say("Write in {file}: {name}={value}", file=file or ".env", name=_VARIABLE, value=case.base))


def _line_commands(case: Case) -> tuple[Command, ...]:
    return () if case.is_set_right else _line(case).commands


def _start(case: Case) -> tuple[Command, ...]:
    """serve.py stands in WSL and is to run on Windows, in a folder of Windows: it fetches 5 GB into its own."""
    options = say("") if case.windows.is_shared else say(" --host {address}", address=case.address)
    if case.port != 8080:
        options = say("{options} --port {port}", options=options, port=case.port)
    script = case.checkout.agent / "scripts" / "llamafile" / "serve.py"
    drive = next((each for each in case.wsl.windows_mounts if len(each.name) == 1 and each.name.isalpha()), None)
    copied: tuple[Command, ...] = ()
    if drive is not None:
        there, folder = drive / "llamafile", PureWindowsPath(f"{drive.name.upper()}:\\llamafile")
        copied = (
            run("mkdir -p {folder} && cp {script} {folder}", folder=there, script=script, note="here, in WSL"),
            run("cd {folder}", folder=folder, shell="powershell", note="from here on in PowerShell, on Windows"),
        )
    where = "serve.py needs it" if copied else "in PowerShell on Windows, in a folder with a copy of serve.py"
    return (
        *copied,
        run("py -m pip install click", shell="powershell", note=where),
        run("py serve.py{options}", options=options, shell="powershell", note=_FIRST),
    )


_FIRST = "leave that window open; the first time it downloads about 5 GB"

def _rule(case: Case) -> Command:
    port = case.seen.endpoint.port if case.seen.on_address else case.port
    return run(
        "New-NetFirewallRule -DisplayName {name} -Direction Inbound -Protocol TCP -LocalPort {port} -Action Allow "
        "-RemoteAddress {network}",
        name=f"llamafile {port}",
        port=port,
        network=_network(case),
        shell="powershell",
        note="in PowerShell on Windows, as administrator",
    )


def _network(case: Case) -> str:
    """Where WSL comes from: the range that Windows draws its network from, so that the rule outlives a restart."""
    gateway = number_of(case.address)
    near = next((each for each in case.windows.networks if each.has(gateway)), USUAL)
    chosen = USUAL if USUAL.has(gateway) else near
    return f"{text_of(chosen.address)}/{bin(chosen.mask).count('1')}"


_LASTING = (
    "The address changes with each restart of Windows. With networkingMode=mirrored under [wsl2] in .wslconfig "
    "(Windows 11) it is always localhost."
)
_RESTART = run("wsl --shutdown", shell="powershell", note="ends all that runs in WSL; then open it again")

# --- links ----------------------------------------------------------------------------------------------------------

IN_WSL = Link("llamafile: in WSL", "https://github.com/mozilla-ai/llamafile/issues/356")
NETWORKING = Link("WSL and the network", "https://learn.microsoft.com/en-us/windows/wsl/networking")
RULES = Link(
    "New-NetFirewallRule", "https://learn.microsoft.com/en-us/powershell/module/netsecurity/new-netfirewallrule"
)
LINKS = (PROVIDERS["llamafile"].setup_page, NETWORKING)
