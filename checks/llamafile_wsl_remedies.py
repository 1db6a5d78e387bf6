"""How a llamafile is started on Windows so that WSL reaches it, and the line of `.env` that AutoGPT needs for it."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import NamedTuple

from checks.autogpt.providers import PROVIDERS
from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.hosts import is_loopback, number_of, text_of
from checks.llamafile_commands import USUAL_PORT
from checks.llamafile_wsl import LlamafileOnWindows
from checks.network_remedies import WSL_NETWORK
from checks.setting_remedies import write
from checks.url_faults import fault_in
from checks.wsl import Wsl
from checks.wsl_address import USUAL, WindowsAddress
from doctor import Command, Link, Remedy, Words, remedy, run, say

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
        return port if is_good else USUAL_PORT

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


def start_and_line(case: Case) -> Remedy:
    """Start it on Windows where none was reached, and the line for `.env` where it says something else."""
    is_reached = case.seen.reached is not None
    start = "On Windows, start the llamafile for WSL: AutoGPT's own serve.py does it."
    start = "End it there, and start it for WSL: AutoGPT's own serve.py does it." if case.seen.on_loopback else start
    texts = [] if is_reached else [say(start)]
    if case.windows.mode == "nat":
        texts.append(say(_LASTING))
    if not case.is_set_right and (line := new_line(case).text):
        texts.append(line)
    commands = () if is_reached else start_commands(case)
    return remedy(joined(texts), *commands, *line_commands(case), links=LINKS)


def joined(texts: list[Words]) -> Words:
    """The sentences one after the other; of none an empty text."""
    joined = texts[0] if texts else say("")
    for each in texts[1:]:
        joined = say("{before} {after}", before=joined, after=each)
    return joined


def new_line(case: Case) -> Remedy:
    """What makes AutoGPT ask Windows: the line that is there put right, or a new one."""
    setting = case.seen.endpoint.setting
    if setting is not None:
        return write([(setting, case.base)], "sh")
    file = case.env_file.path if case.env_file.text is not None else case.env_places.target
    return remedy(say("Write in {file}: {name}={value}", file=file or ".env", name=_VARIABLE, value=case.base))


def line_commands(case: Case) -> tuple[Command, ...]:
    return () if case.is_set_right else new_line(case).commands


def start_commands(case: Case) -> tuple[Command, ...]:
    """serve.py stands in WSL and is to run on Windows, in a folder of Windows: it fetches 5 GB into its own."""
    options = say("") if case.windows.is_shared else say(" --host {address}", address=case.address)
    if case.port != USUAL_PORT:
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


def firewall_rule(case: Case) -> Command:
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
RESTART = run("wsl --shutdown", shell="powershell", note="ends all that runs in WSL; then open it again")

# --- links ----------------------------------------------------------------------------------------------------------

IN_WSL = Link("llamafile: in WSL", "https://github.com/mozilla-ai/llamafile/issues/356")
RULES = Link(
    "New-NetFirewallRule", "https://learn.microsoft.com/en-us/powershell/module/netsecurity/new-netfirewallrule"
)
LINKS = (PROVIDERS["llamafile"].setup_page, WSL_NETWORK)
