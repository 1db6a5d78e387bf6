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
    hosts = folder / "hosts"
    lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in addresses.items())]
    hosts.write_text("\n".join(lines) + "\n", encoding="ascii")
    subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
    return addresses


def main(scenario: dict[str, Any]) -> None:
    folder = Path(scenario["folder"])
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
        for name in scenario["trusted_by"]:
            variables[name] = str(folder / "authority.pem")
        seen = examine_all(Path(scenario["checkout"]), folder, *scenario["options"], **variables)
    visits = {name: [[*visit[:3], visit.body.decode()] for visit in site.visits] for name, site in sites.items()}
    json.dump({"report": seen.report, "output": seen.output, "visits": visits}, sys.stdout)


if __name__ == "__main__":
    main(json.load(sys.stdin))
