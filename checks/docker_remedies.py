"""What to do about Docker on the very system: how each product is started, how one gets access, where to read more."""

from __future__ import annotations

from pathlib import PurePath, PureWindowsPath
from typing import Callable

from checks.docker_endpoints import EngineEndpoint
from checks.docker_engine import Engine, product_at
from checks.docker_places import Client, Products, Site
from doctor import Command, Evidence, Link, Remedy, Url, found, remedy, run, say

DESKTOP_ON_WINDOWS = PureWindowsPath("C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe")


def install(site: Site) -> Remedy:
    """How to get Docker, by the page that belongs to this system."""
    if site.is_wsl:
        return remedy(
            "Install Docker Desktop in Windows; switch this distribution on in Settings > Resources > WSL integration.",
            links=[INSTALL_WINDOWS, WSL],
        )
    if site.system == "windows":
        return remedy("AutoGPT's own setup page asks for Docker Desktop on Windows.", links=[INSTALL_WINDOWS])
    if site.system == "darwin":
        return remedy("Docker Desktop, OrbStack and Colima all do.", links=[INSTALL_MAC])
    return remedy("Docker Engine is enough; it needs no Docker Desktop.", links=[INSTALL_LINUX])


def start(site: Site, products: Products, client: Client, endpoint: EngineEndpoint) -> Remedy:
    """How to start the engine that listens at this address, or else the likeliest of those that are installed."""
    if endpoint.socket is not None and str(endpoint.socket).startswith("/run/user/") and not product_at(endpoint):
        return remedy("Start your own (rootless) engine.", run("systemctl --user start docker"), links=[ROOTLESS])
    made = _STARTS.get(_name(site, products, endpoint))
    if made is not None:
        return made(site, products, endpoint)
    if site.system == "linux":
        return _engine(site, products, endpoint, is_snap=str(client.path).startswith("/snap/"))
    return remedy("Start the program that brought Docker, and wait until it says that it runs.", links=[DAEMON])


def start_product(site: Site, products: Products, name: str) -> Remedy:
    """How to start one of the products, wherever it listens, where there is no command docker."""
    if name == "Podman":
        return remedy("Let Podman listen, and tell AutoGPT where it does.", *_point_at_podman(site), links=[PODMAN])
    if site.is_wsl and name == "Docker Desktop":
        return integrate(site, products)
    return _STARTS[name](site, products, EngineEndpoint("", "unix"))


def integrate(site: Site, products: Products) -> Remedy:
    """How a WSL distribution gets Docker Desktop's engine."""
    setting = "In its Settings > Resources > WSL integration switch this distribution on, and apply."
    if site.has_desktop_tools:
        again = run("wsl --shutdown", shell="powershell", note="in PowerShell, if it was on already")
        return remedy("Open Docker Desktop in Windows. " + setting, again, links=[WSL])
    command = start_desktop_in_windows(site, products)
    return remedy("Start Docker Desktop in Windows first. " + setting, command, links=[WSL])


def _name(site: Site, products: Products, endpoint: EngineEndpoint) -> str:
    return product_at(endpoint) or next((name for name in _PREFERRED[site.system] if products.named(name)), "")


_PREFERRED = {
    "windows": ("Docker Desktop", "Rancher Desktop", "Podman"),
    "darwin": ("Docker Desktop", "OrbStack", "Colima", "Rancher Desktop", "Podman", "Lima"),
    "linux": ("Docker Engine", "Docker Desktop", "Podman"),
}


def _engine(site: Site, products: Products, endpoint: EngineEndpoint, is_snap: bool = False) -> Remedy:
    engine = products.named("Docker Engine")
    if is_snap or (engine is not None and str(engine.path).startswith("/snap/")):
        return remedy("Start the engine.", _as_root(site, "snap start docker"), links=[DAEMON])
    if site.has_systemd:
        return remedy(
            "Start the engine, and let it start with the system.",
            _as_root(site, "systemctl enable --now docker"),
            run("systemctl status docker", note="if it does not stay up: why"),
            links=[DAEMON],
        )
    return remedy("Start the engine; nothing here does.", _as_root(site, "service docker start"), links=[DAEMON])


def _desktop(site: Site, products: Products, endpoint: EngineEndpoint) -> Remedy:
    text = "Start Docker Desktop, and wait until it says that the engine is running."
    desktop = products.named("Docker Desktop")
    if site.system == "darwin":
        return remedy(text, run("open -a Docker"), links=[DESKTOP])
    if site.system == "windows" or site.is_wsl:
        return remedy(text, start_desktop_in_windows(site, products), links=[DESKTOP])
    return remedy(text, *([run("systemctl --user start docker-desktop")] if desktop else []), links=[DESKTOP])


def start_desktop_in_windows(site: Site, products: Products) -> Command:
    desktop = products.named("Docker Desktop")
    path = DESKTOP_ON_WINDOWS if desktop is None or not isinstance(desktop.path, PureWindowsPath) else desktop.path
    note = "in PowerShell, on the Windows side" if site.is_wsl else None
    return run("Start-Process {path}", path=path, shell="powershell", note=note)


def _podman(site: Site, products: Products, endpoint: EngineEndpoint) -> Remedy:
    if site.system != "linux":
        shell = "powershell" if site.system == "windows" else "sh"
        return remedy("Start Podman's machine.", run("podman machine start", shell=shell), links=[PODMAN])
    if endpoint.socket is not None and str(endpoint.socket).startswith("/run/podman"):
        return remedy("Let Podman listen.", _as_root(site, "systemctl enable --now podman.socket"), links=[PODMAN])
    return remedy("Let Podman listen.", run("systemctl --user enable --now podman.socket"), links=[PODMAN])


def _colima(site: Site, products: Products, endpoint: EngineEndpoint) -> Remedy:
    profile = "" if endpoint.socket is None or product_at(endpoint) != "Colima" else endpoint.socket.parent.name
    if profile in ("", "default", ".colima"):
        return remedy("Start Colima.", run("colima start"), links=[COLIMA])
    return remedy("Start Colima.", run("colima start --profile {profile}", profile=profile), links=[COLIMA])


def _orbstack(site: Site, products: Products, endpoint: EngineEndpoint) -> Remedy:
    return remedy("Start OrbStack.", run("open -a OrbStack"), links=[ORBSTACK])


def _rancher(site: Site, products: Products, endpoint: EngineEndpoint) -> Remedy:
    text = "Start Rancher Desktop, with dockerd (moby) as its container engine."
    if site.system == "darwin":
        return remedy(text, run('open -a "Rancher Desktop"'), links=[RANCHER])
    return remedy(text, links=[RANCHER])


def _lima(site: Site, products: Products, endpoint: EngineEndpoint) -> Remedy:
    named = endpoint.socket is not None and product_at(endpoint) == "Lima" and endpoint.socket.parent.name == "sock"
    name = endpoint.socket.parent.parent.name if named and endpoint.socket is not None else "docker"
    return remedy("Start the virtual machine.", run("limactl start {name}", name=name), links=[LIMA])


_STARTS: dict[str, Callable[[Site, Products, EngineEndpoint], Remedy]] = {
    "Docker Engine": _engine, "Docker Desktop": _desktop, "Podman": _podman, "Colima": _colima, "OrbStack": _orbstack,
    "Rancher Desktop": _rancher, "Lima": _lima,
}  # fmt: skip


def restart(site: Site, products: Products, client: Client, endpoint: EngineEndpoint, product: str) -> Remedy:
    """How to start over what is there and does not answer."""
    name = product or _name(site, products, endpoint)
    if name == "Docker Desktop" or (site.is_wsl and name != "Docker Engine"):
        text = "Restart Docker Desktop from its whale icon: Troubleshoot > Restart."
        commands = [run("wsl --shutdown", shell="powershell", note="if that does not help; it ends every Linux window")]
        return remedy(text, *(commands if site.system == "windows" or site.is_wsl else []), links=[DESKTOP])
    if name == "Colima":
        return remedy("Restart Colima.", run("colima restart"), links=[COLIMA])
    if name in ("Podman", "OrbStack", "Rancher Desktop", "Lima"):
        return remedy(say("Restart {name}.", name=name), links=start(site, products, client, endpoint).links)
    if site.system == "linux" and site.has_systemd:
        return remedy("Restart the engine.", _as_root(site, "systemctl restart docker"), links=[DAEMON])
    if site.system == "linux":
        return remedy("Restart the engine.", _as_root(site, "service docker restart"), links=[DAEMON])
    return remedy("Restart the program that brought Docker to this machine.", links=[DAEMON])


def join_group(site: Site, membership: str) -> Remedy:
    """How to get access to the engine's socket. Opening the socket to everyone would give everyone the machine."""
    again = (
        run("wsl --shutdown", shell="powershell", note="in PowerShell, then open this distribution again")
        if site.is_wsl
        else run("newgrp docker", note="for this terminal only; for all others log out and in again")
    )
    if membership == "listed":
        text = "You are in the group docker, but this login is older than that. Log out and in again."
        return remedy(text, again, links=[POSTINSTALL])
    if membership == "member":
        return remedy(
            "You are in the group docker, but the socket belongs to another one. Restarting the engine helps.",
            _as_root(site, "systemctl restart docker" if site.has_systemd else "service docker restart"),
            links=[POSTINSTALL],
        )
    create = [_as_root(site, "groupadd docker")] if membership == "no-group" else []
    return remedy(
        "Join the group docker, then log in again. Its members can do what root can, so join only on your own machine.",
        *create,
        run('sudo usermod -aG docker "$USER"'),
        again,
        links=[POSTINSTALL],
    )


def join_group_of_windows() -> Remedy:
    """Docker Desktop with Hyper-V serves the members of a group of its own."""
    return remedy(
        "Join the group docker-users, then sign out of Windows and in again.",
        run(
            "net localgroup docker-users $env:USERNAME /add",
            shell="powershell",
            note="in a PowerShell that was opened as administrator",
        ),
        links=[DESKTOP],
    )


def point_library(site: Site, engine: Engine) -> tuple[Command, ...]:
    """The lines that tell AutoGPT's library where the engine is that Docker's command has found."""
    keep = "also into your shell's profile, to keep it"
    socket = engine.endpoint.socket
    if engine.product == "Podman" and engine.endpoint.source == "":
        return _point_at_podman(site)
    if site.system == "windows":
        address = engine.endpoint.address
        again = "then open a new terminal"
        return (run("setx DOCKER_HOST {address}", address=address, shell="powershell", note=again),)
    if socket is not None and site.home in socket.parents:
        rest = str(socket.relative_to(site.home))
        return (run('export DOCKER_HOST="unix://$HOME/{rest}"', rest=rest, note=keep),)
    return (run("export DOCKER_HOST={address}", address=engine.endpoint.address, note=keep),)


def _point_at_podman(site: Site) -> tuple[Command, ...]:
    if site.system == "windows":
        return (run("podman machine start", shell="powershell", note="it tells at the end where it listens"),)
    if site.system == "darwin":
        inspect = "podman machine inspect --format '{{{{.ConnectionInfo.PodmanSocket.Path}}}}'"
        return (run(f'export DOCKER_HOST="unix://$({inspect})"'),)
    if site.is_root:
        return (run("systemctl enable --now podman.socket"), run("export DOCKER_HOST=unix:///run/podman/podman.sock"))
    return (
        run("systemctl --user enable --now podman.socket"),
        run('export DOCKER_HOST="unix://$XDG_RUNTIME_DIR/podman/podman.sock"', note="also into your shell's profile"),
    )


def add_to_path(site: Site, folder: PurePath) -> Remedy:
    """How the command docker is found from now on."""
    if site.system == "windows":
        text = say("Add {folder} to PATH in the system's settings, then open a new terminal.", folder=folder)
        return remedy(text, links=[INSTALL_WINDOWS])
    keep = "also into your shell's profile, to keep it"
    link = INSTALL_MAC if site.system == "darwin" else INSTALL_LINUX
    if site.home in folder.parents:
        rest = str(folder.relative_to(site.home))
        return remedy(None, run('export PATH="$PATH:$HOME/{rest}"', rest=rest, note=keep), links=[link])
    return remedy(None, run('export PATH="$PATH":{folder}', folder=folder, note=keep), links=[link])


def unset(site: Site, name: str) -> Command:
    if site.system == "windows":
        keep = "and delete it from your user variables"
        return run("Remove-Item Env:{name}", name=name, shell="powershell", note=keep)
    return run("unset {name}", name=name, note="and delete its line from your shell's profile")


def _as_root(site: Site, command: str) -> Command:
    return run(command if site.is_root else "sudo " + command)


def where(engine: Engine) -> Evidence:
    """The address that was asked, and who chose it."""
    endpoint = engine.endpoint
    by = {
        "DOCKER_HOST": say("the variable DOCKER_HOST"),
        "DOCKER_CONTEXT": say("the variable DOCKER_CONTEXT, context {name}", name=endpoint.context),
        "context": say("Docker's current context, {name}", name=endpoint.context),
        ".env": say("DOCKER_HOST in AutoGPT's .env"),
    }.get(endpoint.source)
    if endpoint.socket is None:
        return found(say("asked at {address}", address=Url(endpoint.address)), where=by)
    template = {"absent": "there is no {socket}", "denied": "{socket} is closed to you"}.get(endpoint.state, "{socket}")
    if by is None:
        template += ", where Docker usually listens"
    return found(say(template, socket=endpoint.socket), where=by)


INSTALL_WINDOWS = Link("Docker Desktop for Windows", "https://docs.docker.com/desktop/install/windows-install/")
INSTALL_MAC = Link("Docker Desktop for Mac", "https://docs.docker.com/desktop/setup/install/mac-install/")
INSTALL_LINUX = Link("Install Docker Engine", "https://docs.docker.com/engine/install/")
WSL = Link("Docker Desktop and WSL 2", "https://docs.docker.com/desktop/features/wsl/")
POSTINSTALL = Link("Docker without sudo", "https://docs.docker.com/engine/install/linux-postinstall/")
ROOTLESS = Link("Rootless mode", "https://docs.docker.com/engine/security/rootless/")
DAEMON = Link("Troubleshooting the Docker engine", "https://docs.docker.com/engine/daemon/troubleshoot/")
DESKTOP = Link(
    "Troubleshooting Docker Desktop", "https://docs.docker.com/desktop/troubleshoot-and-support/troubleshoot/topics/"
)
MAC_SOCKET = Link(
    "Docker Desktop's socket on a Mac", "https://docs.docker.com/desktop/setup/install/mac-permission-requirements/"
)
CONTEXT = Link("docker context use", "https://docs.docker.com/reference/cli/docker/context/use/")
LOGIN = Link("Where Docker keeps logins", "https://docs.docker.com/reference/cli/docker/login/")
COMPOSE = Link("Install Docker Compose", "https://docs.docker.com/compose/install/")
LIBRARY = Link("How AutoGPT's library finds Docker", "https://docker-py.readthedocs.io/en/stable/client.html")
PODMAN = Link("Podman's Docker socket", "https://docs.podman.io/en/latest/markdown/podman-system-service.1.html")
COLIMA = Link("Colima: questions and answers", "https://github.com/abiosoft/colima/blob/main/docs/FAQ.md")
ORBSTACK = Link("OrbStack's documentation", "https://docs.orbstack.dev/")
RANCHER = Link("Rancher Desktop's documentation", "https://docs.rancherdesktop.io/")
LIMA = Link("Lima's documentation", "https://lima-vm.io/docs/")
