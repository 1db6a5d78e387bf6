"""How the network is put right on each kind of machine, and where to read more."""

from __future__ import annotations

from typing import Mapping

from checks.autogpt.providers import PROVIDERS
from checks.network_seen import Reach
from checks.network_words import Here
from doctor import Link, Remedy, remedy, run


def setup_of(reach: Reach) -> Link:
    """Where the address of a server that one names oneself is explained."""
    if reach.endpoint.provider == "azure":
        return AZURE_ENDPOINT
    provider = PROVIDERS.get(reach.endpoint.provider)
    return OPENAI_NETWORK if provider is None or reach.endpoint.setting is None else provider.setup_page


WSL_SHUTDOWN = run("wsl --shutdown", shell="powershell", note="in PowerShell; then open the distribution again")


def set_clock(here: Here) -> Remedy:
    if here.kind == "wsl":
        return remedy("Set it after Windows' clock.", run("sudo hwclock -s", note="in WSL"), WSL_SHUTDOWN)
    if here.kind == "container":
        return remedy("A container has the clock of the computer that it runs on: set that one.")
    if here.kind == "windows":
        return remedy(
            "Let Windows set it by the internet.",
            run("Start-Service w32time", shell="powershell", note="in PowerShell as administrator"),
            run("w32tm /resync /force", shell="powershell"),
        )
    if here.kind == "darwin":
        return remedy("Let the system set it by the internet.", run("sudo sntp -sS time.apple.com"))
    return remedy("Let the system set it by the internet.", run("sudo timedatectl set-ntp true"))


def mend_names(here: Here) -> Remedy:
    """What makes DNS work again, the gentlest first."""
    if here.kind == "windows":
        return remedy(
            "Leave a VPN that is on, or join the one that you need. Then forget what was looked up before.",
            run("Clear-DnsClientCache", shell="powershell"),
        )
    if here.kind == "darwin":
        return remedy(
            "Leave a VPN that is on, or join the one that you need. Then forget what was looked up before.",
            run("sudo dscacheutil -flushcache"),
            run("sudo killall -HUP mDNSResponder"),
        )
    if here.kind == "container":
        return remedy("Start the container again with a DNS server that answers, for instance --dns 1.1.1.1.")
    return remedy(
        "Leave a VPN that is on, or join the one that you need. Then see which server is asked.",
        run("cat /etc/resolv.conf"),
        run("resolvectl status", note="where systemd looks names up"),
    )


def mend_names_in_wsl(has_own_file: bool) -> Remedy:
    """WSL writes /etc/resolv.conf at its start, unless it is told not to or somebody removed its link."""
    if has_own_file:
        return remedy(
            "Let WSL write this file again. In /etc/wsl.conf put # before generateResolvConf = false, if it is there.",
            run("sudo rm /etc/resolv.conf", note="in WSL"),
            WSL_SHUTDOWN,
        )
    return remedy(
        "Start WSL anew. If that is not enough, or a VPN is on: in the file .wslconfig of your Windows home folder "
        "write dnsTunneling=true below [wsl2], and start it anew again.",
        WSL_SHUTDOWN,
    )


def mend_line_in_wsl(mode: str) -> Remedy:
    """With a VPN, NAT is what most often fails; the mirrored mode shares Windows' own connections."""
    if mode == "mirrored":
        return remedy(
            "Start WSL anew. If that is not enough, take networkingMode=mirrored out of the file .wslconfig in your "
            "Windows home folder, and start it anew again.",
            WSL_SHUTDOWN,
        )
    return remedy(
        "Start WSL anew. If a VPN is on: in the file .wslconfig of your Windows home folder write "
        "networkingMode=mirrored below [wsl2] (Windows 11 22H2 or newer), and start it anew again.",
        WSL_SHUTDOWN,
    )


WSL_TROUBLES = Link(
    "WSL: troubleshooting the network",
    "https://learn.microsoft.com/en-us/windows/wsl/troubleshooting#networking-issues",
)
WSL_NETWORK = Link("WSL: networking", "https://learn.microsoft.com/en-us/windows/wsl/networking")
_TIMEDATECTL = Link("timedatectl", "https://www.freedesktop.org/software/systemd/man/latest/timedatectl.html")
CLOCK: Mapping[str, Link] = {
    "wsl": Link("WSL: the clock falls behind after sleep", "https://github.com/microsoft/WSL/issues/8204"),
    "windows": Link(
        "Windows: setting the time",
        "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/windows-time-service-tools-and-settings",
    ),
    "darwin": Link("Apple: date and time on a Mac", "https://support.apple.com/guide/mac-help/mchlp2996/mac"),
    "linux": _TIMEDATECTL,
    "container": _TIMEDATECTL,
}
NAMES: Mapping[str, Link] = {
    "wsl": WSL_TROUBLES,
    "windows": Link(
        "Windows: Clear-DnsClientCache",
        "https://learn.microsoft.com/en-us/powershell/module/dnsclient/clear-dnsclientcache",
    ),
    "darwin": Link("Apple: DNS settings on a Mac", "https://support.apple.com/guide/mac-help/mh14127/mac"),
    "linux": Link("resolvectl", "https://www.freedesktop.org/software/systemd/man/latest/resolvectl.html"),
    "container": Link("Docker: DNS of containers", "https://docs.docker.com/engine/network/#dns-services"),
}
LINE: Mapping[str, Link] = {
    "wsl": WSL_NETWORK,
    "windows": Link(
        "Windows: fixing the connection",
        "https://support.microsoft.com/windows/fix-wi-fi-connection-issues-in-windows-9424a1f7-6a3b-65a6-4d78-7f07eee84d2c",
    ),
    "darwin": Link("Apple: if a Mac does not connect", "https://support.apple.com/en-us/101588"),
    "linux": Link("Ubuntu: network problems", "https://help.ubuntu.com/stable/ubuntu-help/net-problem.html"),
    "container": Link("Docker: networking", "https://docs.docker.com/engine/network/"),
}
CAPTIVE = Link("What a captive portal is", "https://en.wikipedia.org/wiki/Captive_portal")
OPENAI_NETWORK = Link("OpenAI: error codes", "https://developers.openai.com/api/docs/guides/error-codes")
AZURE_ENDPOINT = Link(
    "Azure OpenAI: endpoint and key", "https://learn.microsoft.com/en-us/azure/ai-services/openai/quickstart"
)
PROXY_SETTINGS = Link("httpx: proxy variables", "https://www.python-httpx.org/environment_variables/#proxies")
TRUST_SETTINGS = Link(
    "httpx: SSL_CERT_FILE", "https://www.python-httpx.org/environment_variables/#ssl_cert_file"
)
REQUESTS_TRUST = Link(
    "requests: REQUESTS_CA_BUNDLE", "https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification"
)
SOCKS = Link("httpx: SOCKS proxies", "https://www.python-httpx.org/advanced/proxies/#socks")
TOKENIZER = Link("tiktoken: where its files come from", "https://github.com/openai/tiktoken/blob/main/tiktoken/load.py")
