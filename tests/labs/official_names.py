"""The providers' official names on this machine alone: run in a mount and a network namespace of its own.

    unshare --mount --net --propagation private python official_names.py < scenario.json

Each name gets an address in a hosts file that only this process sees, a certificate of a private authority
and a server on port 443 that writes down who came; then the doctor's own command is run. Prints the report, and the
visits by name.
"""

from __future__ import annotations

import datetime
import json
import ssl
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import trustme

from tests.labs.provider_parts import Answer, examine_all, served
from tests.labs.tunnel import tunnel

LINE = "1.1.1.1"
"""Who answers everybody whose line is up, unless the hole is everywhere."""
NOW, DAY = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)


def certified(authority: trustme.CA, name: str, manner: str) -> ssl.SSLContext:
    """A server's certificate: "good", "expired" or "other-name"."""
    if manner == "expired":
        made = authority.issue_cert(name, not_before=NOW - 30 * DAY, not_after=NOW - DAY)
    else:
        made = authority.issue_cert("other.example" if manner == "other-name" else name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.configure_cert(context)
    return context


def isolated(folder: Path, names: list[str], network: str) -> dict[str, str]:
    """An address for each name, in this namespace only: as providers have them ("104.18.32."), or of loopback."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    addresses = {name: f"{network}{number}" for number, name in enumerate(names, 1)}
    for address in addresses.values() if not network.startswith("127.") else ():
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in addresses.items())]
    in_place_of(Path("/etc/hosts"), folder / "hosts", "\n".join(lines) + "\n")
    return addresses


def in_place_of(path: Path, own: Path, text: str) -> None:
    """Another content of a file, for this process and those it starts."""
    own.write_text(text, encoding="ascii")
    subprocess.run(["mount", "--bind", own, path.resolve()], check=True)


def black_hole(folder: Path, names: list[str], what: str) -> None:
    """What is sent vanishes: to the providers' "addresses", to the server that knows the "names", or "everything"."""
    for command in (
        "link set lo up",
        "link add name hole type veth peer name bottom",
        "address add 104.18.33.200/24 dev hole",
        "link set bottom up",
        "link set hole up arp off",  # nobody is asked for the address of a neighbour, who would not answer
        "route add default via 104.18.33.254",
        f"address add {LINE}/32 dev lo",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    if what == "everything":
        subprocess.run(["ip", "address", "del", f"{LINE}/32", "dev", "lo"], check=True)
    lines = [] if what == "names" else [f"104.18.33.{number} {name}" for number, name in enumerate(names, 1)]
    in_place_of(Path("/etc/hosts"), folder / "hosts", "\n".join(["127.0.0.1 localhost", *lines]) + "\n")
    in_place_of(Path("/etc/resolv.conf"), folder / "resolv.conf", "nameserver 104.18.33.253\n")


def main(scenario: dict[str, Any]) -> None:
    folder = Path(scenario["folder"])
    if scenario["hole"]:
        black_hole(folder, list(scenario["answers"]), scenario["hole"])
        with served({}, address=LINE if scenario["hole"] != "everything" else "127.0.0.1", port=443):
            seen = examine_all(Path(scenario["checkout"]), folder, *scenario["options"])
        json.dump({"report": seen.report, "output": seen.output, "visits": {}, "heads": []}, sys.stdout)
    else:
        among_servers(scenario, folder)


def among_servers(scenario: dict[str, Any], folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    addresses = isolated(folder, list(scenario["answers"]), scenario["network"])
    with ExitStack() as stack:
        sites = {}
        for name, answers in scenario["answers"].items():
            context = certified(authority, name, scenario["certificates"].get(name, "good"))
            told = {path: Answer(status, body.encode(), headers) for path, (status, body, headers) in answers.items()}
            sites[name] = stack.enter_context(served(told, context, addresses[name], 443))
        variables = dict(scenario["variables"])
        heads = stack.enter_context(tunnel(**scenario["proxy"])) if scenario["proxy"] else []
        for name in scenario["trusted_by"]:
            variables[name] = str(folder / "authority.pem")
        seen = examine_all(Path(scenario["checkout"]), folder, *scenario["options"], **variables)
    visits = {name: [[*visit[:3], visit.body.decode()] for visit in site.visits] for name, site in sites.items()}
    json.dump({"report": seen.report, "output": seen.output, "visits": visits, "heads": heads}, sys.stdout)


if __name__ == "__main__":
    main(json.load(sys.stdin))
