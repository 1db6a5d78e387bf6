"""Whether all this happens inside a container: what is true of a machine need not be true in there."""

from __future__ import annotations

from typing import NamedTuple

from doctor import Machine, fact


class Container(NamedTuple):
    """The container that the doctor runs in, if any."""

    kind: str = ""
    """"docker", "podman", "kubernetes", "codespace", "devcontainer", or the name that it gives itself ("lxc"); "" when
    there is no sign of one."""

    @property
    def is_container(self) -> bool:
        return bool(self.kind)


@fact
def container(machine: Machine) -> Container:
    """Signs: docker's and podman's sources, VS Code's dev containers, https://systemd.io/CONTAINER_INTERFACE."""
    if not machine.system.is_linux:
        return Container()
    kind = _by_variables(machine)
    if kind:
        return Container(kind)
    if machine.exists(machine.path("/run/.containerenv")):
        return Container("podman")
    if machine.exists(machine.path("/.dockerenv")) and not _has_own_disk(machine):
        return Container("docker")
    return Container(_by_name(machine.read_text(machine.path("/run/systemd/container"), 256) or ""))


def _has_own_disk(machine: Machine) -> bool:
    """A WSL distribution or a virtual machine that was made from an exported container keeps its /.dockerenv. But its
    root is a disk, and Docker's own three files are not mounted over those of /etc."""
    filesystems = {str(mount.point): mount.filesystem for mount in machine.mounts()}
    return filesystems.get("/") in DISKS and "/etc/hostname" not in filesystems


def _by_variables(machine: Machine) -> str:
    if (machine.variable("CODESPACES") or "").lower() == "true":
        return "codespace"
    if (machine.variable("REMOTE_CONTAINERS") or "").lower() == "true":
        return "devcontainer"
    if machine.variable("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    return _by_name(machine.variable("container") or "")


def _by_name(name: str) -> str:
    """What systemd's container interface says. It counts WSL among the containers, which is none; and `container` is
    a name that people use for variables of their own, so only known kinds count."""
    name = name.strip().lower()
    return name if name in KINDS else ""


DISKS = ("ext4", "xfs", "btrfs", "wslfs", "lxfs")
KINDS = ("docker", "podman", "oci", "lxc", "lxc-libvirt", "systemd-nspawn", "flatpak", "crio", "containerd")
