"""What is said when nobody known signed a certificate, or a list of the known ones is broken."""

from __future__ import annotations

from typing import Optional

from checks.network_ladder import is_official
from checks.network_remedies import REQUESTS_TRUST, TRUST_SETTINGS
from checks.network_variables import in_place, is_in_file, leave_out_variable
from checks.network_words import Group, Here, finding
from checks.trust import SDKS, TrustStore, TrustVariable
from doctor import Command, Evidence, Finding, Remedy, Words, found, remedy, run, say
from doctor.machine import Certificate

_STATES = {
    "absent": "there is no such file",
    "folder": "it is a folder, and a file is wanted",
    "file": "it is a file, and a folder is wanted",
    "unreadable": "it cannot be read",
    "empty": "it is empty",
    "der": "it is in the binary form (DER), and the text form (PEM) is wanted",
    "utf-16": "it is written in UTF-16; plain text is wanted",
    "none": "there is no certificate in it",
    "unhashed": "OpenSSL finds no certificate in this folder",
}


def settings_finding(group: Group, store: TrustStore, here: Here) -> Finding:
    """Before any request the list is loaded, and without it no client is made."""
    used = store.fault or next((each for each in store.variables if each.serves == SDKS and each.is_used), None)
    if used is None:
        return finding(
            group,
            say("The list of trusted certificates cannot be loaded"),
            remedy=remedy("Install AutoGPT's packages anew: its list comes with the package certifi."),
            links=[TRUST_SETTINGS],
        )
    state = _STATES.get(used.state, "it cannot be loaded")
    return finding(
        group,
        say("{name} names a list of certificates that cannot be used", name=used.name),
        detail=say("So AutoGPT makes no request at all; the doctor sent nothing either."),
        more=[found(say("{path}: {state}", path=used.path, state=say(state)), where=in_place(used.name, used.source))],
        remedy=_repaired(used, here),
        links=[TRUST_SETTINGS],
    )


def _repaired(used: TrustVariable, here: Here) -> Remedy:
    steps = leave_out_variable(used.name, used.source, here)
    text = say("Name a file that is there, in the form PEM, or take the setting out.")
    if steps.text is not None:
        text = say("{text} {then}", text=text, then=steps.text)
    commands = list(steps.commands)
    if used.state == "der" and here.shell == "sh":
        made = used.path.with_suffix(".pem")
        commands.insert(0, run("openssl x509 -inform der -in {der} -out {pem}", der=used.path, pem=made))
    return remedy(text, *commands)


def untrusted_finding(group: Group, store: TrustStore, here: Here) -> Finding:
    shown = next((each.certificate for each in group.reaches if isinstance(each.certificate, Certificate)), None)
    own = next((each for each in store.variables if each.serves == SDKS and each.is_used), None)
    is_known_here = shown is not None and shown.is_trusted_by_system
    return finding(
        group,
        _heading(group, shown, own),
        detail=_detail(group, is_known_here, own),
        more=_evidence(shown, store),
        remedy=_trusting(_first_step(group, is_known_here), is_known_here, here, store),
        links=[TRUST_SETTINGS, REQUESTS_TRUST],
    )


def _heading(group: Group, shown: Optional[Certificate], own: Optional[TrustVariable]) -> Words:
    if own is not None:
        heading = "The list in {name} does not know who signed the certificate of {hosts}"
        return say(heading, name=own.name, hosts=group.hosts)
    if shown is None:
        return say("Python does not trust the certificate of {hosts}", hosts=group.hosts)
    heading = "Python does not trust {issuer}, who signed the certificate of {hosts}"
    return say(heading, issuer=shown.issuer, hosts=group.hosts)


def _detail(group: Group, is_known_here: bool, own: Optional[TrustVariable]) -> Words:
    if own is not None:
        return say("That list replaces Python's own, so it has to hold every authority that is needed.")
    if _is_own_server(group):
        return say("A server of your own often has a certificate that nobody else knows, and Python does not either.")
    if is_known_here:
        return say(
            "This system trusts the signer, but Python brings a list of its own. So a company's network looks, "
            "or a virus scanner that looks into encrypted connections."
        )
    return say(
        "A company's network or a virus scanner may look into encrypted connections. If neither is the case, somebody "
        "else does: then use another network."
    )


def _evidence(shown: Optional[Certificate], store: TrustStore) -> list[Evidence]:
    listed = []
    if shown is not None:
        what = say("certificate of {subject}, signed by {issuer}", subject=shown.subject, issuer=shown.issuer)
        listed.append(found(what))
    for each in store.variables:
        whom = "the clients of the providers read it" if each.serves == SDKS else "only the rest of AutoGPT reads it"
        what = say("{name} = {path}: {whom}", name=each.name, path=each.path, whom=say(whom))
        if not each.is_ok:
            what = say("{what}, and {state}", what=what, state=say(_STATES.get(each.state, "it cannot be loaded")))
        listed.append(found(what, where=each.source))
    if not any(each.serves == SDKS for each in store.variables):
        listed.append(found(say("SSL_CERT_FILE and SSL_CERT_DIR are not set")))
    return listed


# --- the remedy -----------------------------------------------------------------------------------------------------


def _is_own_server(group: Group) -> bool:
    return not any(is_official(each) for each in group.reaches)


def _first_step(group: Group, is_known_here: bool) -> Words:
    if is_known_here:
        return say("Let Python use the list of this system.")
    whom = "the network, or the maker of the virus scanner,"
    return say(
        "Ask whoever runs {whom} for the certificate of this authority, and let the system trust it. Then let Python "
        "use the system's list.",
        whom=say("the server" if _is_own_server(group) else whom),
    )


def _trusting(text: Words, is_known_here: bool, here: Here, store: TrustStore) -> Remedy:
    """A list with all authorities, and both variables to name it."""
    if here.kind == "windows":
        file = "$HOME\\authorities.pem"
        first = [run(_FROM_WINDOWS, shell="powershell", note="all authorities that Windows trusts, in one file")]
    elif here.kind == "darwin":
        file = "~/authorities.pem"
        first = [run(_FROM_MAC, note="all authorities that this Mac trusts, in one file")]
    else:
        file = _BUNDLES.get(here.system.distribution, "/etc/ssl/certs/ca-certificates.crt")
        first = [] if is_known_here else _taught(here)
    also = "In .env, NAME=path with the whole path does the same."
    if any(is_in_file(each.source) for each in store.variables):
        also = "Change what stands in .env, as that comes first: NAME=path, with the whole path."
    return remedy(say("{text} {also}", text=text, also=say(also)), *first, *_naming(file, here))


def _naming(file: str, here: Here) -> list[Command]:
    line = "$env:{name} = \"{file}\"" if here.shell == "powershell" else "export {name}={file}"
    names = (("SSL_CERT_FILE", "for the clients of the providers"), ("REQUESTS_CA_BUNDLE", "for the rest of AutoGPT"))
    return [run(line, name=say(name), file=say(file), shell=here.shell, note=whom) for name, whom in names]


def _taught(here: Here) -> list[Command]:
    if here.system.distribution in ("fedora", "rhel", "centos", "rocky", "almalinux"):
        copy, update = "sudo cp authority.crt /etc/pki/ca-trust/source/anchors/", "sudo update-ca-trust"
    else:
        copy, update = "sudo cp authority.crt /usr/local/share/ca-certificates/", "sudo update-ca-certificates"
    return [run(copy, note="the file you were given, in the form PEM"), run(update)]


_BUNDLES = {
    **dict.fromkeys(("fedora", "rhel", "centos", "rocky", "almalinux"), "/etc/pki/tls/certs/ca-bundle.crt"),
    **dict.fromkeys(("opensuse-leap", "opensuse-tumbleweed", "sles"), "/etc/ssl/ca-bundle.pem"),
}
_FROM_WINDOWS = (
    "Get-ChildItem Cert:\\CurrentUser\\Root | ForEach-Object {{ '-----BEGIN CERTIFICATE-----'; "
    "[Convert]::ToBase64String($_.RawData, 'InsertLineBreaks'); '-----END CERTIFICATE-----' }} | "
    "Set-Content -Encoding ascii $HOME\\authorities.pem"
)
_FROM_MAC = (
    "security find-certificate -a -p /Library/Keychains/System.keychain "
    "/System/Library/Keychains/SystemRootCertificates.keychain > ~/authorities.pem"
)

