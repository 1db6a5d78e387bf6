"""Which address is Windows, seen from WSL, and what keeps a llamafile there from answering."""

from __future__ import annotations

from itertools import product
from pathlib import PurePosixPath
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checks.autogpt.layouts import LAYOUTS
from checks.checkout import Checkout
from checks.endpoints import Endpoint
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.hosts import is_loopback, number_of, text_of
from checks.llamafile_files import LlamafileFile, LlamafileFiles
from checks.llamafile_wsl import LlamafileOnWindows, Tried, diagnose
from checks.llamafile_wsl_remedies import Case
from checks.llamafile_wsl_words import finding_of, in_wsl
from checks.meanings_of_llamafile_start import LLAMAFILE_WSL
from checks.wsl import Wsl
from checks.wsl_address import Network, WindowsAddress, routes_of
from doctor.findings import Finding, Status
from doctor.shells import draw_all
from doctor.words import Secret, render
from tests import patients

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
DEFAULT = "eth0\t00000000\t01401DAC\t0003\t0\t0\t{metric}\t00000000\t0\t0\t0\n"
NEAR = "eth0\t00401DAC\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0\n"
WINDOWS = "172.29.64.1"
OWN = Network(number_of("172.29.64.0") or 0, 0xFFFFF000)

# --- the kernel's table ---------------------------------------------------------------------------------------------


def test_the_gateway_is_written_backwards_in_hexadecimal() -> None:
    default, near = routes_of(HEAD + DEFAULT.format(metric=0) + NEAR)
    assert (default.is_default, text_of(default.gateway)) == (True, WINDOWS)
    assert near.network == OWN
    assert near.network.has(number_of("172.29.79.255"))
    assert not near.network.has(number_of("172.29.80.1"))


def test_a_vpn_without_a_gateway_is_no_way_to_windows() -> None:
    vpn = "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
    assert [each.is_default for each in routes_of(HEAD + vpn + DEFAULT.format(metric=50))] == [False, True]


PIECES = some.lists(some.sampled_from([HEAD, NEAR, "eth0\t00", "\t", "FFFFFFFF", "\n", "9" * 30])).map("".join)


@given(some.text() | PIECES)
def test_any_text_is_a_table(text: str) -> None:
    for each in routes_of(text):
        assert text_of(each.gateway)


@pytest.mark.parametrize(
    ("host", "number"),
    [
        ("172.29.64.1", 0xAC1D4001), ("0.0.0.0", 0), ("256.0.0.1", None), ("1.2.3", None), ("", None),
        ("a.b.c.d", None), ("1.2.3.4.5", None), ("\u0661.2.3.4", None), ("127.1", None),
    ],
)  # fmt: skip
def test_an_address_is_four_numbers(host: str, number: Optional[int]) -> None:
    assert number_of(host) == number


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.3.2.1", "::1", "0.0.0.0", "::"])
def test_what_means_this_very_system(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example.com", "128.0.0.1", WINDOWS, "host.docker.internal", "10.0.0.1"])
def test_what_means_another(host: str) -> None:
    assert not is_loopback(host)


NAT = WindowsAddress("nat", (WINDOWS,), WINDOWS, ("10.255.255.254",), (OWN, Network(0xAC110000, 0xFFFF0000)))
MIRRORED = WindowsAddress("mirrored", ("127.0.0.1",), "192.168.1.1", ())


@pytest.mark.parametrize(
    ("host", "is_stale"),
    [
        ("172.22.176.1", True), ("172.31.255.1", True), (WINDOWS, False), ("172.29.75.10", False),
        ("172.17.0.1", False), ("172.32.0.1", False), ("192.168.1.20", False), ("10.0.0.2", False), ("mypc", False),
    ],
)  # fmt: skip
def test_an_address_of_another_day_lies_in_the_range_that_windows_draws_from(host: str, is_stale: bool) -> None:
    """Docker's bridge lies in it too, and this Linux itself."""
    assert NAT.was_windows(host) is is_stale
    assert not MIRRORED.was_windows(host)


# --- judgements -----------------------------------------------------------------------------------------------------

STATES = ("refused", "timed-out", "unreachable", "no-name", "other", "stranger")


def endpoint(host: str, port: int = 8080) -> Endpoint:
    base = Secret(f"http://{host}:{port}/v1")
    return Endpoint(
        "llamafile", "llamafile", base, "http", host, port, False, True, True, None, None, "", "", None, ()
    )  # fmt: skip


def seen(host: str, state: str, tried: str = "", **told: Optional[bool]) -> LlamafileOnWindows:
    others = (Tried(WINDOWS, tried),) if tried else ()
    return LlamafileOnWindows(endpoint(host), state, others, told.get("on_loopback"), told.get("on_address"))


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (seen("localhost", "refused", "refused"), "refused"),
        (seen("localhost", "refused", "timed-out"), "firewall"),
        (seen("localhost", "refused", "timed-out", on_loopback=False), "refused"),
        (seen("localhost", "refused", "timed-out", on_loopback=False, on_address=False), "refused"),
        (seen("localhost", "refused", "timed-out", on_loopback=True, on_address=False), "refused"),
        (seen("localhost", "refused", "timed-out", on_loopback=True, on_address=True), "firewall"),
        (seen("localhost", "refused", "unreachable"), ""),
        (seen(WINDOWS, "refused"), "refused"),
        (seen(WINDOWS, "refused", on_loopback=False, on_address=True), "firewall"),
        (seen(WINDOWS, "timed-out"), "firewall"),
        (seen(WINDOWS, "timed-out", on_loopback=False), "refused"),
        (seen("10.255.255.254", "refused", "refused"), "address"),
        (seen("172.22.176.1", "timed-out", "refused"), "stale-address"),
        (seen("192.168.1.20", "timed-out", "refused"), ""),
        (seen("mypc.local", "no-name", "refused"), "address"),
        (seen("localhost", "stranger", "refused"), ""),
        (seen(WINDOWS, "well"), ""),
    ],
)
def test_in_the_usual_network(what: LlamafileOnWindows, code: str) -> None:
    assert diagnose(what, NAT) == (f"llamafile.wsl-{code}" if code else "")


def test_one_that_answers_at_the_right_address_decides() -> None:
    reached = Tried(WINDOWS, "stranger", is_llamafile=True)
    for host in ("localhost", "192.168.1.20", "mypc"):
        for state in STATES:
            assert diagnose(LlamafileOnWindows(endpoint(host), state, (reached,)), NAT) == "llamafile.wsl-address"


def test_where_it_can_be_started_in_linux_nobody_is_sent_to_windows() -> None:
    assert diagnose(seen("localhost", "refused", "refused"), NAT, starts_here=True) == ""
    told = seen("localhost", "refused", "refused", on_loopback=True)
    assert diagnose(told, NAT, starts_here=True) == "llamafile.wsl-refused"


AGENT = PurePosixPath("/home/user/AutoGPT/classic/original_autogpt")
CHECKOUT = Checkout(PurePosixPath("/home/user/AutoGPT"), LAYOUTS["L4"], AGENT, AGENT, AGENT)
PLACES = EnvPlaces((AGENT / ".env",), None, False, AGENT / ".env", AGENT / ".env.template", True, ())
WSL = Wsl(2, distribution="Ubuntu", networking_mode="nat", interop="enabled", windows_mounts=(PurePosixPath("/mnt/c"),))


def case(what: LlamafileOnWindows, windows: WindowsAddress, wsl: Wsl = WSL) -> Case:
    return Case(what, windows, wsl, CHECKOUT, EnvFile(None, "none"), PLACES)


def text_of_finding(finding: Finding) -> str:
    parts = [finding.text, finding.detail, finding.remedy.text]
    parts += [each for one in finding.evidence for each in (one.found, one.wanted, one.where)]
    said = [render(each) for each in parts if each is not None]
    return "\n".join([*said, *draw_all(finding.remedy.commands)])


ANYWHERE = ("localhost", "::1", WINDOWS, "172.22.176.1", "10.255.255.254", "192.168.1.20", "mypc")
EVERY_WINDOWS = (
    NAT,
    MIRRORED,
    WindowsAddress("wsl1", ("127.0.0.1",)),
    WindowsAddress("virtioproxy", ("127.0.0.1", WINDOWS), WINDOWS),
    WindowsAddress("bridged"),
    WindowsAddress("nat"),
)
TOLD = (None, False, True)


def test_whatever_was_heard_there_is_a_whole_sentence_or_none() -> None:
    codes = set()
    for host, state, windows, tried, loopback, address in product(
        ANYWHERE, (*STATES, "well"), EVERY_WINDOWS, ("", "refused", "timed-out"), TOLD, TOLD
    ):
        others = tuple(Tried(each, tried) for each in windows.addresses if tried and each != host)
        what = LlamafileOnWindows(endpoint(host), state, others, loopback, address)
        code = diagnose(what, windows)
        if code:
            codes.add(code)
            text = text_of_finding(finding_of(code, case(what, windows)))
            assert "{" not in text.replace("{40E0AC32", ""), text
            assert "None" not in text.replace("None runs there", ""), text
    assert codes == set(LLAMAFILE_WSL)


# --- what to do -----------------------------------------------------------------------------------------------------


def test_a_llamafile_is_started_on_windows_in_a_folder_of_windows() -> None:
    what = seen("localhost", "refused", "refused")
    finding = finding_of("llamafile.wsl-refused", case(what, NAT))
    assert draw_all(finding.remedy.commands) == [
        "mkdir -p /mnt/c/llamafile && cp /home/user/AutoGPT/classic/original_autogpt/scripts/llamafile/serve.py "
        "/mnt/c/llamafile",
        "cd C:\\llamafile",
        "py -m pip install click",
        f"py serve.py --host {WINDOWS}",
    ]
    assert [each.shell for each in finding.remedy.commands] == ["sh", *["powershell"] * 3]
    assert render(finding.remedy.text or finding.text).endswith(f"LLAMAFILE_API_BASE=http://{WINDOWS}:8080/v1")


@pytest.mark.parametrize(("port", "better"), [(8080, 8080), (9931, 8080), (8012, 8012), (8001, 8080)])
def test_a_new_llamafile_gets_a_port_at_which_autogpt_counts_words(port: int, better: int) -> None:
    what = LlamafileOnWindows(endpoint(WINDOWS, port), "refused")
    finding = finding_of("llamafile.wsl-refused", case(what, NAT))
    last = draw_all(finding.remedy.commands)[-1]
    assert last == f"py serve.py --host {WINDOWS}" + ("" if better == 8080 else f" --port {better}")
    is_line_there = f":{better}/v1" in render(finding.remedy.text or finding.text)
    assert is_line_there is (port != better)


def test_the_rule_for_the_firewall() -> None:
    what = seen(WINDOWS, "timed-out", on_loopback=False, on_address=True)
    rule, *more = draw_all(finding_of("llamafile.wsl-firewall", case(what, NAT)).remedy.commands)
    assert rule == (
        "New-NetFirewallRule -DisplayName 'llamafile 8080' -Direction Inbound -Protocol TCP -LocalPort 8080 "
        "-Action Allow -RemoteAddress 172.16.0.0/12"
    )
    assert more == []


def test_a_rule_for_a_network_of_ones_own() -> None:
    """Whoever sets the network of WSL in Windows may choose any."""
    own = WindowsAddress("nat", ("192.168.50.1",), "192.168.50.1", (), (Network(0xC0A83200, 0xFFFFFF00),))
    what = LlamafileOnWindows(endpoint("192.168.50.1"), "timed-out", (), False, True)
    (rule,) = draw_all(finding_of("llamafile.wsl-firewall", case(what, own)).remedy.commands)
    assert rule.endswith("-RemoteAddress 192.168.50.0/24")


@pytest.mark.parametrize(
    ("windows", "is_silent", "status"),
    [
        (NAT, True, Status.PROBLEM), (MIRRORED, True, Status.PROBLEM),
        (NAT, False, Status.WARNING), (MIRRORED, False, Status.NOTE),
    ],
)  # fmt: skip
def test_inside_of_wsl(windows: WindowsAddress, is_silent: bool, status: Status) -> None:
    """Where nobody asked, one in Windows may answer at a shared localhost."""
    folder = AGENT / "scripts" / "llamafile"
    files = LlamafileFiles(folder, is_silent, (LlamafileFile(folder / "a.llamafile", 5 * 10**9, True),))
    finding = in_wsl(case(seen("localhost", "refused"), windows), ["WSLInterop-late"], files)
    assert finding.status is status
    assert "WSLInterop-late" in text_of_finding(finding)


@pytest.mark.parametrize("name", ["wsl-healthy-gateway", "wsl-healthy-mirrored", "wsl-healthy-inside"])
def test_while_one_answers_windows_is_not_asked(name: str) -> None:
    """These recordings do not tell what Windows would answer elsewhere."""
    results = {each.id: each for each in patients.report_on(f"llamafile/{name}").results}
    assert results["llamafile.from-wsl"].status is Status.OK
    assert results["llamafile.from-wsl"].findings == ()
