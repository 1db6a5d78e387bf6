"""What of Docker is on this machine: its program, the products that are installed, and how this system starts things.

The products are started in different ways, so they are told apart, by their files and without starting any of them.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.wsl import Wsl
from doctor import Failure, Folder, Machine, fact

SCRIPT_LIMIT_BYTES = 64 * 1024
"""A Docker client has tens of megabytes; what is smaller than this is a script that stands in for it."""


class Client(NamedTuple):
    """The program that the word `docker` starts."""

    path: Optional[PurePath]
    kind: str = ""
    """"docker", "podman" (a script that hands everything on to Podman), "windows" (in WSL: what lies on a Windows
    drive, mostly Docker Desktop's placeholder), or "" when there is none."""
    is_on_path: bool = True


class Product(NamedTuple):
    name: str
    """"Docker Desktop", "Docker Engine", "Podman", "Colima", "OrbStack", "Rancher Desktop" or "Lima"."""
    path: PurePath


class Products(NamedTuple):
    """What of that kind is installed, in the order in which it is looked for."""

    found: tuple[Product, ...] = ()

    def named(self, name: str) -> Optional[Product]:
        return next((each for each in self.found if each.name == name), None)


class Site(NamedTuple):
    """What the remedies depend on."""

    system: str
    """"linux", "darwin" or "windows"."""
    home: PurePath
    is_wsl: bool = False
    has_systemd: bool = False
    is_root: bool = False
    is_inside_docker: bool = False
    """/.dockerenv is there, AutoGPT's own sign: inside a container it runs code without asking for Docker."""
    has_desktop_tools: bool = False
    """WSL: Docker Desktop has mounted its tools here, so it runs."""


@fact
def client(machine: Machine, wsl: Wsl) -> Client:
    path = machine.which("docker")
    if path is not None:
        return Client(path, _kind(machine, wsl, path))
    for place in _client_places(machine):
        if machine.is_file(place):
            return Client(place, _kind(machine, wsl, place), is_on_path=False)
    return Client(None)


def _kind(machine: Machine, wsl: Wsl, path: PurePath) -> str:
    if wsl.is_wsl and wsl.on_windows_drive(path):
        return "windows"
    stat = machine.stat(path)
    if not machine.system.is_windows and not isinstance(stat, Failure) and stat.size_bytes < SCRIPT_LIMIT_BYTES:
        return "podman" if "podman" in (machine.read_text(path, SCRIPT_LIMIT_BYTES) or "") else "docker"
    return "docker"


def _client_places(machine: Machine) -> tuple[PurePath, ...]:
    """Where the program is when PATH does not tell: a window system does not always give a program the whole PATH."""
    if machine.system.is_windows:
        files = machine.folder_of("ProgramFiles")
        desktops = [files / "Docker" / "Docker"] if files else []
        desktops += [machine.user_folder(Folder.LOCAL) / "Programs" / "DockerDesktop"]
        return tuple(desktop / "resources" / "bin" / "docker.exe" for desktop in desktops)
    if machine.system.is_mac:
        folders = (
            machine.home / ".docker/bin", machine.path("/usr/local/bin"), machine.path("/opt/homebrew/bin"),
            machine.home / ".orbstack/bin", machine.home / ".rd/bin",
            machine.path("/Applications/Docker.app/Contents/Resources/bin"),
            machine.home / "Applications/Docker.app/Contents/Resources/bin",
        )  # fmt: skip
        return tuple(folder / "docker" for folder in folders)
    return tuple(machine.path(folder, "docker") for folder in ("/usr/bin", "/usr/local/bin", "/snap/bin"))


@fact
def products(machine: Machine, wsl: Wsl) -> Products:
    if machine.system.is_linux:
        places = _on_linux(machine, wsl)
    else:
        places = _on_windows(machine) if machine.system.is_windows else _on_mac(machine)
    found: dict[str, Product] = {}
    for name, place in places:
        if name not in found and machine.exists(place):
            found[name] = Product(name, place)
    return Products(tuple(found.values()))


def _on_windows(machine: Machine) -> list[tuple[str, PurePath]]:
    """The registry is no public interface of Docker's (docker/for-win#939), so it is only one source of several."""
    files, own = machine.folder_of("ProgramFiles"), machine.user_folder(Folder.LOCAL) / "Programs"
    places: list[tuple[str, PurePath]] = []
    for hive in ("HKLM", "HKCU"):
        key = machine.registry(hive, "SOFTWARE\\Docker Inc.\\Docker Desktop")
        told = machine.path("" if isinstance(key, Failure) else key.text("AppPath"))
        if told.is_absolute():
            places.append(("Docker Desktop", told / "Docker Desktop.exe"))
    if files is not None:
        places.append(("Docker Desktop", files / "Docker" / "Docker" / "Docker Desktop.exe"))
        places.append(("Rancher Desktop", files / "Rancher Desktop" / "Rancher Desktop.exe"))
        places.append(("Podman", files / "RedHat" / "Podman" / "podman.exe"))
    places.append(("Docker Desktop", own / "DockerDesktop" / "Docker Desktop.exe"))
    places.append(("Rancher Desktop", own / "Rancher Desktop" / "Rancher Desktop.exe"))
    return places


def _on_mac(machine: Machine) -> list[tuple[str, PurePath]]:
    places: list[tuple[str, PurePath]] = []
    for folder in (machine.path("/Applications"), machine.home / "Applications"):
        places += [(name, folder / f"{app}.app") for name, app in _APPLICATIONS]
    for place in ("/opt/homebrew/bin", "/usr/local/bin", "/opt/podman/bin"):
        places += [(name, machine.path(place, program)) for name, program in _PROGRAMS]
    return places


_APPLICATIONS = (("Docker Desktop", "Docker"), ("OrbStack", "OrbStack"), ("Rancher Desktop", "Rancher Desktop"))
_PROGRAMS = (("Colima", "colima"), ("Podman", "podman"), ("Lima", "limactl"))


def _on_linux(machine: Machine, wsl: Wsl) -> list[tuple[str, PurePath]]:
    programs = ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/snap/bin")
    places: list[tuple[str, PurePath]] = [("Docker Engine", machine.path(folder, "dockerd")) for folder in programs]
    places += [("Docker Engine", machine.home / folder / "dockerd") for folder in ("bin", ".local/bin")]
    places += [("Docker Desktop", machine.path("/opt/docker-desktop/bin/docker-desktop"))]
    places += [("Podman", machine.path(folder, "podman")) for folder in ("/usr/bin", "/usr/local/bin")]
    for drive in wsl.windows_mounts[:1]:
        places.append(("Docker Desktop", drive / "Program Files/Docker/Docker/Docker Desktop.exe"))
    return places


@fact
def site(machine: Machine, wsl: Wsl) -> Site:
    is_linux = machine.system.is_linux
    return Site(
        machine.system.kind,
        machine.home,
        wsl.is_wsl,
        has_systemd=is_linux and machine.exists(machine.path("/run/systemd/system")),
        is_root=machine.system.is_elevated,
        is_inside_docker=is_linux and machine.exists(machine.path("/.dockerenv")),
        has_desktop_tools=wsl.is_wsl and bool(machine.names_in(machine.path("/mnt/wsl/docker-desktop/cli-tools"))),
    )
