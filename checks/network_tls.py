"""Certificates: whether what the providers' hosts show is believed, and if not, who signed it.

It protects the user of a network that looks into encrypted connections, and never tells anybody to look away.
"""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, Optional

from checks.container import Container
from checks.meanings_of_network import NETWORK_TLS
from checks.network_beside import Beside, judged
from checks.network_remedies import OPENAI_NETWORK, REQUESTS_TRUST, TRUST_SETTINGS, setup_of
from checks.network_trust import settings_finding, untrusted_finding
from checks.network_words import Group, Here, finding, groups
from checks.reach import Reached
from checks.trust import TrustStore
from checks.wsl import Wsl
from doctor import Evidence, Finding, NotHere, Stage, System, check, found, remedy, run, say
from doctor.machine import Certificate


@check("network.tls", title="Certificates of the providers' hosts", stage=Stage.NETWORK, codes=NETWORK_TLS)
def network_tls(
    reached: Reached,
    beside: Optional[Beside],
    trust_store: TrustStore,
    system: System,
    wsl: Wsl,
    container: Container,
) -> Iterator[Finding]:
    """A host proves by a certificate that it is the one that was asked for, and AutoGPT sends it nothing without that.

    Networks of companies, and some virus scanners, look into encrypted connections: they show certificates that they
    signed themselves. The system may trust those, but Python brings its own list. SSL_CERT_FILE names another list for
    the clients of the providers, REQUESTS_CA_BUNDLE for the rest of AutoGPT; such a file has to hold all authorities
    that are needed, as it replaces the list. Do not switch the verification off: then anybody in between can read
    your key. The signer is named here by a second look at the certificate, with no key in it.
    """
    if not reached.reaches:
        raise NotHere
    here = Here(system, wsl, container)
    for group in groups(reached.reaches, reached.around, NETWORK_TLS, judged(reached, beside)):
        if group.code == "network.tls-settings":
            yield settings_finding(group, trust_store, here)
        elif group.code == "network.tls-untrusted":
            yield untrusted_finding(group, trust_store, here)
        else:
            yield _MAKERS[group.code](group, here)


def _host(group: Group, here: Here) -> Finding:
    return finding(
        group,
        say("Somebody else answers in the place of {hosts}", hosts=group.hosts),
        detail=say("The certificate belongs to another host, so nothing was sent there."),
        more=_certificates(group),
        remedy=remedy(
            "Open a page in a browser: the network may want you to log in. Else look for the name in the hosts file, "
            "and leave a VPN or proxy that stands in between."
        ),
        links=[OPENAI_NETWORK],
    )


def _expired(group: Group, here: Here) -> Finding:
    return finding(
        group,
        say("The certificate of {hosts} is not valid at this time", hosts=group.hosts),
        detail=say("If this computer's date is right, the one who runs the server has to renew it."),
        more=_certificates(group),
        remedy=remedy(
            "Look at the date of this computer first. A server of your own needs a new certificate; else a program in "
            "between shows an old one, and whoever runs the network can tell.",
            run("Get-Date", shell="powershell") if here.shell == "powershell" else run("date"),
        ),
        links=[TRUST_SETTINGS],
        is_certain=False,
    )


def _certificates(group: Group) -> list[Evidence]:
    shown = [each.certificate for each in group.reaches]
    return [
        found(
            say(
                "certificate of {subject}, signed by {issuer}, valid from {first} to {last}",
                subject=each.subject,
                issuer=each.issuer,
                first=f"{each.not_before:%Y-%m-%d}",
                last=f"{each.not_after:%Y-%m-%d}",
            )
        )
        for each in dict.fromkeys(shown)
        if isinstance(each, Certificate)
    ]


def _plain(group: Group, here: Here) -> Finding:
    setting = group.reaches[0].endpoint.setting
    text = say("Somebody in between answers for it. Try another network, and without a VPN or proxy.")
    if setting is not None and group.is_local:
        words = "Let the address begin with http:// in {name} ({where})."
        text = say(words, name=setting.name, where=setting.source.words)
    elif setting is not None:
        where = say("{name} ({where})", name=setting.name, where=setting.source.words)
        text = say("Look at the port in {where}: without TLS anybody in between could read your key.", where=where)
    return finding(
        group,
        say("What answers at {hosts} does not speak TLS", hosts=group.hosts),
        detail=say("The address says https, and the answer came without encryption."),
        remedy=remedy(text),
        links=[setup_of(group.reaches[0])],
    )


def _protocol(group: Group, here: Here) -> Finding:
    return finding(
        group,
        say("No encrypted connection comes about with {hosts}", hosts=group.hosts),
        detail=say("A server of another age, or a program in between, does not agree with Python on how to encrypt."),
        remedy=remedy("Try another network, and without a VPN, a proxy or a virus scanner that looks in."),
        links=[REQUESTS_TRUST],
        is_certain=False,
    )


_MAKERS: Mapping[str, Callable[[Group, Here], Finding]] = {
    "network.tls-host": _host,
    "network.tls-expired": _expired,
    "network.plain": _plain,
    "network.tls-protocol": _protocol,
}
