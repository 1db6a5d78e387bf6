"""A llamafile on Windows, used from WSL: is it asked at the address that is Windows, and does Windows let WSL in?

It protects the user from looking for the fault in the llamafile when it runs, on the other side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Union

from checks.checkout import Checkout
from checks.endpoints import Endpoint
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.hosts import LOOPBACK, is_loopback
from checks.llamafile_files import Formats, LlamafileFiles
from checks.llamafile_server import LlamafileServer
from checks.meanings_of_llamafile_start import LLAMAFILE_WSL
from checks.network_sides import curl_of_windows
from checks.wsl import Wsl
from checks.wsl_address import DNS_TUNNEL, WindowsAddress
from doctor import Failure, FailureKind, Finding, Machine, Options, Stage, check, fact, in_parallel
from doctor.machine import Connected, Ran

if TYPE_CHECKING:  # nothing of it is needed unless something fails
    from checks.llamafile_answers import Answer

# --- facts --------------------------------------------------------------------------------------------------------

SHARE = 0.25
"""Of the time for the whole network: Windows is no further away than this very computer."""
CURL_SHARE = 0.3


class Tried(NamedTuple):
    """An address that may be Windows, asked for a llamafile at the same port."""

    address: str
    state: str
    """As `LlamafileOnWindows.state`, without "well"."""
    is_llamafile: bool = False


class LlamafileOnWindows(NamedTuple):
    """What is heard of a llamafile from both sides."""

    endpoint: Endpoint
    state: str
    """Of the address that is set: "well", "stranger" (somebody else answers), "refused", "timed-out", "unreachable",
    "no-name" (no such host) or "other"."""
    tried: tuple[Tried, ...] = ()
    on_loopback: Optional[bool] = None
    """Whether Windows itself is answered at its own 127.0.0.1; None when nobody could ask."""
    on_address: Optional[bool] = None
    """Whether Windows itself is answered at the address that WSL sees of it; no firewall stands in between."""

    @property
    def reached(self) -> Optional[Tried]:
        return next((each for each in self.tried if each.is_llamafile), None)


_STATES = {
    FailureKind.REFUSED: "refused",
    FailureKind.TIMED_OUT: "timed-out",
    FailureKind.UNREACHABLE: "unreachable",
    FailureKind.ABSENT: "no-name",
}


@fact
def llamafile_on_windows(
    machine: Machine, options: Options, wsl: Wsl, windows_address: WindowsAddress, llamafile_server: LlamafileServer
) -> LlamafileOnWindows:
    endpoint = llamafile_server.endpoint
    state = _state_of(llamafile_server)
    if state == "well" or llamafile_server.elsewhere is not None:
        return LlamafileOnWindows(endpoint, "well")
    others = [each for each in windows_address.addresses if not _is_same(each, endpoint.host)]
    limit_s = SHARE * options.network_limit_s
    tried = tuple(in_parallel(*(lambda each=each: _try(machine, each, endpoint.port, limit_s) for each in others)))
    found = LlamafileOnWindows(endpoint, state, tried)
    if found.reached is not None or state == "stranger":
        return found
    address = windows_address.addresses[0] if windows_address.addresses else ""
    return _seen_by_windows(machine, wsl, found, address, CURL_SHARE * options.network_limit_s)


def _state_of(server: LlamafileServer) -> str:
    heard = server.best
    is_own = heard.models.models is not None or heard.health.word or heard.models.word
    if not server.trouble or is_own:
        return "well"
    if isinstance(heard.connected, Connected):
        return "stranger"
    return _state(heard.connected)


def _state(answer: Union[Connected, Failure, None]) -> str:
    if not isinstance(answer, Failure):
        return "other" if answer is None else "stranger"
    if answer.detail.startswith("EAI_"):
        return "no-name"
    return _STATES.get(answer.kind, "other")


def _is_same(address: str, host: str) -> bool:
    """IPv6 has a loopback address of its own, which is never Windows."""
    return address == host or (address == LOOPBACK and is_loopback(host) and ":" not in host)


def _try(machine: Machine, address: str, port: int, limit_s: float) -> Tried:
    connected = machine.connect(address, port, limit_s)
    if isinstance(connected, Failure):
        return Tried(address, _state(connected))
    from checks.llamafile_answers import read

    headers = {"Accept": "application/json"}
    answer = read(machine.request("GET", f"http://{address}:{port}/v1/models", headers, None, limit_s))
    return Tried(address, "stranger", _is_own(answer))


def _is_own(answer: Answer) -> bool:
    return answer.models is not None or answer.word in ("loading", "key")


def _seen_by_windows(
    machine: Machine, wsl: Wsl, found: LlamafileOnWindows, address: str, limit_s: float
) -> LlamafileOnWindows:
    curl = curl_of_windows(machine, wsl)
    if curl is None or not address:
        return found

    def answers(host: str) -> Optional[bool]:
        url = f"http://{host}:{found.endpoint.port}/health"
        ran = machine.run([curl, "-s", "-m", "3", "--noproxy", "*", "-o", "NUL", url], limit_s)
        return {0: True, 7: False}.get(ran.status) if isinstance(ran, Ran) else None

    if address == LOOPBACK:
        return found._replace(on_loopback=answers(LOOPBACK))
    on_loopback, on_address = in_parallel(lambda: answers(LOOPBACK), lambda: answers(address))
    return found._replace(on_loopback=on_loopback, on_address=on_address)


# --- checks -------------------------------------------------------------------------------------------------------


@check(
    "llamafile.from-wsl",
    title="A llamafile on Windows, seen from WSL",
    stage=Stage.LOCAL_MODEL,
    codes=LLAMAFILE_WSL,
)
def llamafile_from_wsl(
    wsl: Wsl,
    windows_address: WindowsAddress,
    llamafile_on_windows: LlamafileOnWindows,
    llamafile_files: Optional[LlamafileFiles],
    formats: Optional[Formats],
    checkout: Checkout,
    env_file: EnvFile,
    env_places: EnvPlaces,
) -> Iterator[Finding]:
    """In WSL a llamafile is best run on Windows, and AutoGPT must ask it at the address that Windows has from here.

    In WSL's usual network (NAT) that is not localhost but the default gateway, another one after each restart of
    Windows. In mirrored mode and in WSL 1 it is localhost. When the address that is set gives no answer, the right one
    is asked as well, and Windows itself is asked whether the llamafile runs there. A llamafile listens to Windows alone
    unless it is started with --host and that address, and the firewall of Windows must let WSL in. AutoGPT's serve.py
    hands --host on. The router of your home is not Windows, and neither is WSL's name server.
    """
    from checks.llamafile_wsl_remedies import Case
    from checks.llamafile_wsl_words import finding_of

    code = diagnose(llamafile_on_windows, windows_address, _starts_here(llamafile_files, formats))
    if code:
        case = Case(llamafile_on_windows, windows_address, wsl, checkout, env_file, env_places)
        yield finding_of(code, case)


def _starts_here(files: Optional[LlamafileFiles], formats: Optional[Formats]) -> bool:
    """Whether somebody runs a llamafile inside of WSL, and can."""
    if files is None or formats is None or not files.whole:
        return False
    return bool(formats.loader) or (formats.is_known and not formats.takers)


def diagnose(seen: LlamafileOnWindows, windows: WindowsAddress, starts_here: bool = False) -> str:
    """The code of what keeps AutoGPT from a llamafile on Windows; "" when that is not the matter."""
    host, state = seen.endpoint.host, seen.state
    if state == "well":
        return ""
    if seen.reached is not None:
        return "llamafile.wsl-stale-address" if windows.was_windows(host) else "llamafile.wsl-address"
    if state == "stranger" or not windows.addresses:
        return ""
    if _is_not_windows(host, state, windows):
        return "llamafile.wsl-address"
    if windows.was_windows(host):
        return "llamafile.wsl-stale-address"
    is_on_windows = seen.on_loopback or seen.on_address
    if not (is_loopback(host) or host in windows.addresses) or (starts_here and not is_on_windows):
        return ""
    return _of_windows(seen, windows)


def _is_not_windows(host: str, state: str, windows: WindowsAddress) -> bool:
    if host in windows.addresses:
        return False
    is_name_server = host == DNS_TUNNEL or host in windows.name_servers
    return is_name_server or state == "no-name" or (windows.is_shared and windows.is_strange(host))


def _of_windows(seen: LlamafileOnWindows, windows: WindowsAddress) -> str:
    """Why Windows gives no answer. Its firewall drops what it forbids, and mostly what nobody listens to as well."""
    is_set = seen.endpoint.host in windows.addresses or (windows.is_shared and ":" not in seen.endpoint.host)
    state = seen.state if is_set else seen.tried[0].state if seen.tried else seen.state
    if seen.on_address:
        return "llamafile.wsl-firewall"
    if state == "timed-out" and not (seen.on_loopback is False and seen.on_address in (False, None)):
        return "llamafile.wsl-refused" if seen.on_address is False and seen.on_loopback else "llamafile.wsl-firewall"
    return "llamafile.wsl-refused" if state in ("refused", "timed-out") else ""
