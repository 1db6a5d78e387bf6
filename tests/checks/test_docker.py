"""Docker on machines: at which address each side asks, who needs it, and what is advised there."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Optional

import pytest

from checks.checkout import Checkout, search
from checks.docker import DockerNeed, need
from checks.docker_answers import docker_engine
from checks.docker_endpoints import EngineEndpoint, docker_config, engine_endpoints
from checks.docker_engine import Docker, Engine, State, docker
from checks.docker_places import Client, Product, Products, Site, client
from checks.docker_remedies import join_group, point_library, restart, start
from checks.docker_tools import compose, logins
from checks.wsl import Wsl
from doctor import Options, Unavailable
from doctor.machine.recorded import Recorded, parse
from doctor.shells import draw
from doctor.words import Place, render

SOCKET = "/var/run/docker.sock"
USUAL = EngineEndpoint(f"unix://{SOCKET}", "unix", socket=PurePosixPath(SOCKET), state="there")


def linux(**state: Any) -> Recorded:
    system = {"kind": "linux", "name": "Ubuntu", "release": "6.8.0", "architecture": "x86_64"}
    return parse({"recording": 1, "complete": True, "system": system, "home": "/home/user", "user": "user", **state})


def asked_at(machine: Recorded, checkout: Optional[Checkout] = None) -> tuple[str, str]:
    found = engine_endpoints(machine, docker_config(machine), checkout)
    return found.command.address, found.library.address


CONTEXT = "/home/user/.docker/contexts/meta/f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16/meta.json"
COLIMA = {
    "/home/user/.docker/config.json": '{"currentContext": "colima"}',
    CONTEXT: '{"Name":"colima","Endpoints":{"docker":{"Host":"unix:///home/user/.colima/default/docker.sock"}}}',
}


def test_the_command_follows_contexts_and_the_library_does_not() -> None:
    usual, colima = "unix:///var/run/docker.sock", "unix:///home/user/.colima/default/docker.sock"
    assert asked_at(linux()) == (usual, usual)
    assert asked_at(linux(files=COLIMA)) == (colima, usual)
    assert asked_at(linux(files=COLIMA, environment={"DOCKER_CONTEXT": "default"})) == (usual, usual)
    assert asked_at(linux(files=COLIMA, environment={"DOCKER_HOST": "tcp://build:2375"})) == ("tcp://build:2375",) * 2


def test_docker_config_in_another_folder() -> None:
    moved = {name.replace("/home/user/.docker", "/srv/docker"): text for name, text in COLIMA.items()}
    machine = linux(files=moved, environment={"DOCKER_CONFIG": "/srv/docker"})
    assert asked_at(machine)[0].endswith("/.colima/default/docker.sock")


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"currentContext": 1, "credHelpers": [], "cliPluginsExtraDirs": "x"}', "{"]
)
def test_settings_may_hold_anything(text: str) -> None:
    machine = linux(files={"/home/user/.docker/config.json": text})
    config = docker_config(machine)
    assert config.state == ("read" if text.endswith("}") or not text else "broken")
    assert (config.context, config.helpers, config.plugin_folders) == ("", (), ())


def test_a_helper_for_another_registry_is_no_ones_trouble() -> None:
    text = '{"credHelpers": {"gcr.io": "gcloud", "docker.io": "pass"}}'
    machine = linux(files={"/home/user/.docker/config.json": text}, environment={"PATH": "/usr/bin"})
    assert logins(machine, Wsl(), docker_config(machine)).missing == ("docker-credential-pass",)


DOCKER = {"/usr/bin/docker": {"mode": "755", "size": 42_000_000}}


@pytest.mark.parametrize(
    ("groups", "group_file", "membership"),
    [
        (["user", "docker"], "docker:x:999:user\n", "member"),
        (["user"], "root:x:0:\ndocker:x:999:other,user\n", "listed"),
        (["user"], "docker:x:999:other\n", "stranger"),
        (["user"], "docker\ndockeroot:x:1:user\n", "no-group"),
        (["user"], "", "no-group"),
    ],
)
def test_how_one_stands_to_the_group(groups: list[str], group_file: str, membership: str) -> None:
    closed = {"kind": "other", "mode": "660", "writable": False}
    machine = linux(
        groups=groups,
        environment={"PATH": "/usr/bin"},
        files={**DOCKER, "/etc/group": group_file, "/var/run/docker.sock": closed},
    )
    at = engine_endpoints(machine, docker_config(machine), None)
    found = docker(machine, CHECKOUT_LESS, client(machine, Wsl()), at)
    assert (found.command.state, found.membership) == (State.DENIED, membership)


def test_an_engine_elsewhere_is_not_asked_when_the_network_is_left_alone() -> None:
    machine = linux(environment={"PATH": "/usr/bin", "DOCKER_HOST": "tcp://build:2375"}, files=DOCKER)
    at = engine_endpoints(machine, docker_config(machine), None)
    with pytest.raises(Unavailable) as why:
        docker(machine, CHECKOUT_LESS._replace(is_offline=True), client(machine, Wsl()), at)
    assert why.value.kind == "offline"


def test_inside_a_container_a_missing_engine_is_not_even_noted() -> None:
    down = Engine(EngineEndpoint("unix:///var/run/docker.sock", "unix", state="absent"), State.DOWN)
    inside = SITE._replace(is_inside_docker=True)
    for products in (having(), having("Docker Engine")):
        assert not list(docker_engine(Docker(down, down), CLIENT, products, inside, DockerNeed("none")))


def test_compose_where_nobody_looks_is_asked_for() -> None:
    machine = linux(programs={"/usr/bin/docker": {"compose version --short": "2.39.1\n"}}, files=DOCKER)
    up = Engine(USUAL, State.UP)
    assert compose(machine, Docker(up, up), CLIENT, docker_config(machine)).has_plugin


SITE = Site("linux", PurePosixPath("/home/user"), has_systemd=True)
CHECKOUT_LESS = Options(PurePosixPath("/home/user/agent"), is_given=True)
COMPOSE = "services:\n  auto-gpt:\n    image: significantgravitas/auto-gpt\n"


def test_what_is_evidence_of_need_and_what_is_not() -> None:
    image = linux(files={"/home/user/agent/docker-compose.yml": COMPOSE})
    other = linux(files={"/home/user/agent/docker-compose.yml": "services: {web: {image: nginx}}\n"})
    assert need(SITE, search(image, CHECKOUT_LESS)) == DockerNeed("needed")
    assert need(SITE, search(other, CHECKOUT_LESS)) == DockerNeed("useful")
    assert need(SITE._replace(is_inside_docker=True), search(image, CHECKOUT_LESS)) == DockerNeed("none")


# --- remedies -----------------------------------------------------------------------------------------------------

PLACE = Place(PurePosixPath("/home/user"), "user", "")
CLIENT = Client(PurePosixPath("/usr/bin/docker"), "docker")
MAC = Site("darwin", PurePosixPath("/Users/user"))
WINDOWS = Site("windows", PureWindowsPath("C:\\Users\\user"))
WSL_SITE = Site("linux", PurePosixPath("/home/user"), is_wsl=True)


def at(socket: str) -> EngineEndpoint:
    return EngineEndpoint("unix://" + socket, "unix", "context", "x", PurePosixPath(socket), "absent")


def having(*names: str) -> Products:
    return Products(tuple(Product(name, PurePosixPath("/x")) for name in names))


@pytest.mark.parametrize(
    ("site", "products", "endpoint", "line"),
    [
        (SITE, having("Docker Engine"), USUAL, "sudo systemctl enable --now docker"),
        (SITE._replace(is_root=True), having("Docker Engine"), USUAL, "systemctl enable --now docker"),
        (SITE._replace(has_systemd=False), having("Docker Engine"), USUAL, "sudo service docker start"),
        (
            SITE,
            Products((Product("Docker Engine", PurePosixPath("/snap/bin/dockerd")),)),
            USUAL,
            "sudo snap start docker",
        ),
        (
            SITE,
            having("Docker Desktop"),
            at("/home/user/.docker/desktop/docker.sock"),
            "systemctl --user start docker-desktop",
        ),
        (SITE, having(), at("/run/user/1000/docker.sock"), "systemctl --user start docker"),
        (
            SITE,
            having("Podman"),
            at("/run/user/1000/podman/podman.sock"),
            "systemctl --user enable --now podman.socket",
        ),
        (SITE, having("Podman"), at("/run/podman/podman.sock"), "sudo systemctl enable --now podman.socket"),
        (MAC, having("OrbStack", "Docker Desktop"), USUAL, "open -a Docker"),
        (MAC, having("OrbStack"), USUAL, "open -a OrbStack"),
        (MAC, having("Docker Desktop"), at("/Users/user/.colima/work/docker.sock"), "colima start --profile work"),
        (MAC, having(), at("/Users/user/.colima/docker.sock"), "colima start"),
        (MAC, having(), at("/Users/user/.lima/docker-rootful/sock/docker.sock"), "limactl start docker-rootful"),
        (MAC, having("Rancher Desktop"), USUAL, 'open -a "Rancher Desktop"'),
        (MAC, having("Podman"), USUAL, "podman machine start"),
        (
            WINDOWS,
            having("Docker Desktop"),
            USUAL,
            "Start-Process 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe'",
        ),
        (
            WSL_SITE,
            having("Docker Desktop"),
            USUAL,
            "Start-Process 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe'",
        ),
    ],
)
def test_each_product_is_started_its_own_way(
    site: Site, products: Products, endpoint: EngineEndpoint, line: str
) -> None:
    fix = start(site, products, CLIENT, endpoint)
    assert draw(fix.commands[0], PLACE) == line
    assert fix.links


@pytest.mark.parametrize("system", ["linux", "darwin", "windows"])
@pytest.mark.parametrize(
    "product", ["Docker Desktop", "Docker Engine", "Podman", "Colima", "OrbStack", "Rancher Desktop", "Lima", ""]
)
def test_there_is_always_something_to_do(system: str, product: str) -> None:
    site = Site(system, PurePosixPath("/home/user"))
    for fix in (start(site, having(product), CLIENT, USUAL), restart(site, having(), CLIENT, USUAL, product)):
        assert fix.text
        assert fix.links


@pytest.mark.parametrize("membership", ["member", "listed", "stranger", "no-group"])
@pytest.mark.parametrize("site", [SITE, WSL_SITE])
def test_nobody_is_told_to_open_the_socket_to_everyone(site: Site, membership: str) -> None:
    fix = join_group(site, membership)
    lines = [draw(command, PLACE) for command in fix.commands]
    assert not [line for line in lines if "chmod" in line]
    assert any("usermod" in line for line in lines) == (membership in ("stranger", "no-group"))
    assert any("groupadd" in line for line in lines) == (membership == "no-group")
    assert fix.text is not None
    assert ("older" in render(fix.text, PLACE)) == (membership == "listed")


def test_the_line_for_the_library_survives_the_drawing_of_home() -> None:
    engine = Engine(at("/home/user/.colima/default/docker.sock"), State.UP, "Colima")
    assert (
        draw(point_library(SITE, engine)[0], PLACE) == 'export DOCKER_HOST="unix://$HOME/.colima/default/docker.sock"'
    )


def test_podmans_line_for_a_mac_keeps_its_braces() -> None:
    engine = Engine(USUAL, State.UP, "Podman")
    assert "{{.ConnectionInfo.PodmanSocket.Path}}" in draw(point_library(MAC, engine)[0], PLACE)
