"""What `docker version` says and where it is asked, sorted; whatever a program may say instead is no crash."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.docker_endpoints import EngineEndpoint, parse
from checks.docker_engine import Engine, State, complaint, judge, product_at, version_of
from doctor import Failure, FailureKind
from doctor.machine import Ran

SOCKET = "/var/run/docker.sock"
USUAL = EngineEndpoint(f"unix://{SOCKET}", "unix", socket=PurePosixPath(SOCKET), state="there")
REMOTE = EngineEndpoint("tcp://build:2375", "tcp", "DOCKER_HOST")
NOBODY = b'{"Client":{"Version":"28.2.2"},"Server":null}\n'
PIPE = "http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.51/version"


def said(text: str, endpoint: EngineEndpoint = USUAL, status: int = 1) -> State:
    return judge(Ran(status, NOBODY, text.encode()), endpoint).state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///run/user/1000/docker.sock. Is the docker daemon running?",
            State.DOWN,
        ),
        (
            "failed to connect to the docker API at npipe:////./pipe/docker_engine; check if the path is correct",
            State.DOWN,
        ),
        (f'error during connect: Get "{PIPE}": open //./pipe/x: Le fichier est introuvable.', State.DOWN),
        ("Cannot connect to Podman. Please verify your connection to the Linux system", State.DOWN),
        ("Got permission denied while trying to connect to the Docker daemon socket at unix:///x", State.DENIED),
        ("permission denied while trying to connect to the docker API at unix:///var/run/docker.sock", State.DENIED),
        (f"request returned Internal Server Error for API route and version {PIPE}, check if", State.STARTING),
        ("Error response from daemon: Docker Desktop is unable to start", State.STARTING),
        (
            "Error response from daemon: client version 1.99 is too new. Maximum supported API version is 1.41",
            State.MISMATCH,
        ),
        ("The command 'docker' could not be found in this WSL 2 distro.", State.NOT_IN_WSL),
        ("The command 'docker' could not be found in this WSL 1 distro.", State.WSL_1),
        ('unable to resolve docker endpoint: context "nope" does not exist', State.BAD_CONTEXT),
        (
            'Failed to initialize: unable to resolve docker endpoint: context "n": context not found: open x',
            State.BAD_CONTEXT,
        ),
        (
            "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: xyz://foo",
            State.BAD_ADDRESS,
        ),
        ("panic: runtime error: invalid memory address or nil pointer dereference", State.BAD_ADDRESS),
        ("something else", State.UNKNOWN),
        ("", State.UNKNOWN),
    ],
)
def test_words_of_every_version(text: str, state: State) -> None:
    assert said(text) is state


def test_a_warning_about_the_settings_file_is_not_the_cause() -> None:
    text = "WARNING: Error loading config file: open /root/.docker/config.json: permission denied\n"
    both = text + "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
    engine = judge(Ran(1, NOBODY, both.encode()), USUAL)
    assert engine.state is State.DOWN
    assert engine.said.startswith("Cannot connect")


@pytest.mark.parametrize(
    "text",
    [
        "Cannot connect to the Docker daemon at tcp://build:2375. Is the docker daemon running?",
        'error during connect: Get "http://build:2375/v1.50/version": dial tcp: lookup build: no such host',
        "user@build: Permission denied (publickey).",
    ],
)
def test_elsewhere_it_is_not_this_machines_engine_that_is_down(text: str) -> None:
    assert said(text, REMOTE) is State.UNREACHABLE


def test_time_and_broken_programs() -> None:
    assert judge(Failure(FailureKind.TIMED_OUT), USUAL).state is State.SILENT
    for kind in (FailureKind.NOT_RUNNABLE, FailureKind.ABSENT, FailureKind.DENIED, FailureKind.OTHER):
        assert judge(Failure(kind), USUAL).state is State.BROKEN_CLIENT


USUALLY = "/var/run/docker.sock"


@pytest.mark.parametrize(
    ("server", "socket", "product"),
    [
        ('{"Platform":{"Name":"Docker Desktop 4.63.0 (220185)"},"Version":"29.1.3"}', USUALLY, "Docker Desktop"),
        ('{"Platform":{"Name":"Docker Engine - Community"},"Version":"28.2.2"}', USUALLY, "Docker Engine"),
        ('{"Platform":{"Name":""},"Version":"20.10.24+dfsg1"}', USUALLY, "Docker Engine"),
        ('{"Version":"28.4.0"}', "/Users/u/.colima/work/docker.sock", "Colima"),
        ('{"Version":"28.4.0"}', "/Users/u/.rd/docker.sock", "Rancher Desktop"),
        ('{"Version":"4.3.1","Components":[{"Name":"Podman Engine"}]}', USUALLY, "Podman"),
        ('{"Version":"28.2.2","Components":{},"Platform":[]}', "/run/user/1000/docker.sock", "Docker Engine"),
    ],
)  # fmt: skip
def test_products_are_told_apart(server: str, socket: str, product: str) -> None:
    endpoint = USUAL._replace(socket=PurePosixPath(socket))
    engine = judge(Ran(0, ('{"Client":{},"Server":' + server + "}\n").encode()), endpoint)
    assert (engine.state, engine.product) == (State.UP, product)


def test_an_answer_without_a_server_is_no_engine_whatever_the_exit_status() -> None:
    for out in (b"", b"json\n", b"[]\n", b"null\n", b'{"Server": "yes"}\n', b'{"Server": {"Version": 28}}\n', NOBODY):
        assert judge(Ran(0, out), USUAL).state is State.UNKNOWN


def test_only_podmans_stand_in_needs_no_server() -> None:
    answer = Ran(0, b'{"Client":{"APIVersion":"4.9.4","Version":"4.9.4"}}\n')
    assert judge(answer, USUAL, "podman").product == "Podman"
    assert judge(answer, USUAL, "docker").state is State.UNKNOWN


@given(
    st.binary(max_size=200),
    st.binary(max_size=200),
    st.integers(0, 255),
    st.sampled_from(["docker", "podman", "windows"]),
)
def test_garbage_is_an_answer_too(out: bytes, err: bytes, status: int, kind: str) -> None:
    answer = Ran(status, b'{"Server":' + out, err)
    assert isinstance(judge(answer, USUAL, kind), Engine)
    assert len(complaint(answer)) <= 300


@pytest.mark.parametrize(
    ("address", "is_windows", "kind", "place"),
    [
        ("unix:///var/run/docker.sock", False, "unix", "/var/run/docker.sock"),
        ("/tmp/x.sock", False, "bad", ""),
        ("~/.colima/default/docker.sock", False, "bad", ""),
        ('"unix:///var/run/docker.sock"', False, "bad", ""),
        ("unix://", False, "bad", ""),
        ("unix://var/run/docker.sock", False, "bad", ""),
        ("npipe:////./pipe/docker_engine", False, "bad", ""),
        ("npipe:////./pipe/docker_engine", True, "npipe", "\\\\.\\pipe\\docker_engine"),
        ("npipe://C:/x", True, "bad", ""),
        ("tcp://localhost:2375", False, "tcp", ""),
        ("tcp://", False, "bad", ""),
        ("ssh://me@build", False, "ssh", ""),
        ("build:2375", False, "tcp", ""),
        ("fd://3", False, "bad", ""),
    ],
)
def test_addresses(address: str, is_windows: bool, kind: str, place: str) -> None:
    assert parse(address, is_windows) == (kind, place)


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_an_address_or_none(address: str, is_windows: bool) -> None:
    kind, place = parse(address, is_windows)
    assert kind in ("unix", "npipe", "tcp", "ssh", "bad")
    assert bool(place) == (kind in ("unix", "npipe"))


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("20.10.24+dfsg1", (20, 10, 24)),
        ("v2.39.1", (2, 39, 1)),
        ("5.1", (5, 1)),
        ("dev", ()),
        ("", ()),
        ("9" * 30, (999999,)),
    ],
)
def test_versions(text: str, version: tuple[int, ...]) -> None:
    assert version_of(text) == version


def test_an_address_that_anyone_may_use_names_no_product() -> None:
    assert product_at(USUAL) == product_at(REMOTE) == ""
