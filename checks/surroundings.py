"""The first line of a report: what this machine is, in the words a maintainer asks for."""

from __future__ import annotations

from checks.container import Container
from checks.wsl import Wsl
from doctor import Machine, Surroundings, fact, say
from doctor.words import Words


@fact
def surroundings(machine: Machine, wsl: Wsl, container: Container) -> Surroundings:
    values = {
        "wsl": wsl.version,
        "wsl_distribution": wsl.distribution or None,
        "wsl_networking_mode": wsl.networking_mode or None,
        "is_wsl_networking_inferred": wsl.is_networking_inferred,
        "container": container.kind or None if not wsl.is_wsl else None,
        "is_container_on_wsl_kernel": wsl.is_container,
    }
    return Surroundings(_text(machine, wsl, container), values)


def _text(machine: Machine, wsl: Wsl, container: Container) -> Words:
    system = machine.system
    if system.is_windows:
        return say("{name} ({release}), {type}", name=system.name, release=system.release, type=system.architecture)
    if wsl.is_wsl:
        return say("{name} in WSL {version}", name=system.name, version=wsl.version)
    if wsl.is_container:
        return say("{name} in a container on a WSL 2 kernel", name=system.name)
    if container.is_container:
        return say("{name} in a container ({kind})", name=system.name, kind=container.kind)
    return say("{name}, {type}", name=system.name, type=system.architecture)
