"""Names, connections and ports, on the loopback of the computer that runs the tests."""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import Callable, Iterator

import psutil
import pytest

from doctor.machine import Addresses, Bound, Connected, Failure, FailureKind, Listener, Listeners, in_parallel
from doctor.machine.live import Live
from doctor.machine.network import most_telling, unresolved, within
from tests.unprivileged import as_nobody

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems decide this otherwise")
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def machine() -> Live:
    return Live()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def port_of(each: socket.socket) -> int:
    return int(each.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return port_of(listening)


def kind(answer: object) -> object:
    return answer.kind if isinstance(answer, Failure) else answer


# --- names -------------------------------------------------------------------------------------------------------


def test_the_name_of_this_computer(machine: Live) -> None:
    found = machine.resolve("localhost", PATIENCE_S)
    assert isinstance(found, Addresses)
    assert {"127.0.0.1", "::1"} & set(found.addresses)
    assert len(set(found.addresses)) == len(found.addresses)


def test_an_address_needs_no_resolver(machine: Live) -> None:
    assert machine.resolve("192.0.2.7", PATIENCE_S) == Addresses(("192.0.2.7",))


@pytest.mark.parametrize("name", ["a..b", "." * 3, "x" * 64 + ".example", "a\0b", "\ud800"])
def test_what_can_be_no_name(machine: Live, name: str) -> None:
    assert kind(machine.resolve(name, PATIENCE_S)) is FailureKind.ABSENT
    assert kind(machine.connect(name, 80, PATIENCE_S)) is FailureKind.ABSENT


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("EAI_NONAME", FailureKind.ABSENT),
        ("EAI_NODATA", FailureKind.ABSENT),
        ("EAI_AGAIN", FailureKind.UNREACHABLE),
        ("EAI_FAIL", FailureKind.OTHER),
    ],
)
def test_no_such_name_is_not_the_same_as_no_resolver(code: str, kind: FailureKind) -> None:
    if not hasattr(socket, code):
        pytest.skip(f"this system has no {code}")
    failure = unresolved(socket.gaierror(getattr(socket, code), "some text in some language"))
    assert failure.kind is kind
    assert failure.detail.startswith("EAI_")


def test_a_resolver_that_never_answers_is_left_behind() -> None:
    release = threading.Event()
    assert within(0.1, release.wait) == Failure(FailureKind.TIMED_OUT)
    release.set()


def test_an_error_in_the_other_thread_is_raised_in_this_one() -> None:
    with pytest.raises(ZeroDivisionError):
        within(PATIENCE_S, lambda: 1 // 0)


# --- connections -------------------------------------------------------------------------------------------------


def test_a_server_that_listens(machine: Live, server: socket.socket) -> None:
    assert machine.connect("127.0.0.1", port_of(server), PATIENCE_S) == Connected("127.0.0.1")


def test_a_name_with_two_addresses_of_which_one_answers(machine: Live, server: socket.socket) -> None:
    assert machine.connect("localhost", port_of(server), PATIENCE_S) == Connected("127.0.0.1")


def test_nobody_listens(machine: Live, free_port: int) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert kind(machine.connect(host, free_port, PATIENCE_S)) is FailureKind.REFUSED


def test_of_two_addresses_the_one_with_a_route_tells_more() -> None:
    unreachable, refused = Failure(FailureKind.UNREACHABLE, "ENETUNREACH"), Failure(FailureKind.REFUSED, "ECONNREFUSED")
    assert most_telling([unreachable, None, refused]) == refused
    assert most_telling([refused, unreachable]) == refused
    assert most_telling([None, unreachable]) == unreachable
    assert most_telling([]).kind is FailureKind.ABSENT


@linux_only
def test_a_host_that_does_not_answer(machine: Live) -> None:
    """A queue that is full drops whoever knocks, as a firewall does."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with socket.create_connection(deaf.getsockname()):
            assert machine.connect("127.0.0.1", port_of(deaf), 0.2) == Failure(FailureKind.TIMED_OUT)


@pytest.mark.parametrize("port", [-1, 65536, 2**70])
def test_a_port_that_does_not_exist(machine: Live, port: int) -> None:
    assert isinstance(machine.connect("127.0.0.1", port, PATIENCE_S), Failure)
    assert isinstance(machine.bind("127.0.0.1", port), Failure)


# --- ports -------------------------------------------------------------------------------------------------------


def test_a_free_port_is_free_again_afterwards(machine: Live, free_port: int) -> None:
    assert machine.bind("127.0.0.1", free_port) == Bound(free_port)
    assert machine.bind("127.0.0.1", free_port) == Bound(free_port)


def test_a_port_that_a_server_has(machine: Live, server: socket.socket) -> None:
    assert kind(machine.bind("127.0.0.1", port_of(server))) is FailureKind.IN_USE


@linux_only
def test_a_port_that_a_server_has_on_every_address(machine: Live) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert kind(machine.bind("127.0.0.1", port_of(server))) is FailureKind.IN_USE


def test_a_port_whose_server_has_just_ended_is_free(machine: Live) -> None:
    """The server hung up first, so the connection lingers; a new server may have the port all the same."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = port_of(server)
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            accepted.close()
            assert client.recv(1) == b""
    assert machine.bind("127.0.0.1", port) == Bound(port)


def test_an_address_of_another_computer_cannot_be_listened_on(machine: Live) -> None:
    assert kind(machine.bind("192.0.2.7", 0)) is FailureKind.UNREACHABLE


@linux_only
def test_a_port_that_only_root_may_have(machine: Live) -> None:
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as file:  # noqa: PTH123
        if int(file.read()) <= 80:
            pytest.skip("this kernel lets everybody have port 80")
    assert as_nobody(lambda: str(kind(machine.bind("127.0.0.1", 80)))) == str(FailureKind.DENIED)


def test_who_listens(machine: Live, server: socket.socket) -> None:
    found = machine.listeners()
    if found == Failure(FailureKind.DENIED):
        pytest.skip("this system tells only an administrator who listens")
    assert isinstance(found, Listeners)
    known = psutil.net_connections("tcp4")
    if not any(each.pid for each in known if each.laddr and each.laddr.port == port_of(server)):
        pytest.skip("this system does not tell whose a port is")
    mine = [each for each in found.listeners if each.port == port_of(server)]
    assert [each._replace(program="") for each in mine] == [Listener("127.0.0.1", port_of(server), os.getpid())]
    assert mine[0].program


def test_a_closed_machine_asks_nobody(server: socket.socket) -> None:
    machine = Live()
    machine.close()
    closed = Failure(FailureKind.OTHER, "closed")
    assert machine.resolve("localhost") == closed
    assert machine.connect("127.0.0.1", port_of(server)) == closed
    assert machine.bind("127.0.0.1", 0) == closed
    assert machine.listeners() == closed
    assert machine.request("GET", f"http://127.0.0.1:{port_of(server)}/") == closed


# --- the time for all of them --------------------------------------------------------------------------------------


class Clock:
    """Time passes when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


NOT_ASKED = Failure(FailureKind.TIMED_OUT, "limit")


def every_question(machine: Live, port: int) -> list[Callable[[], object]]:
    return [
        lambda: machine.request("GET", f"http://127.0.0.1:{port}/", timeout_s=PATIENCE_S),
        lambda: machine.certificate("127.0.0.1", port, PATIENCE_S),
        lambda: machine.connect("127.0.0.1", port, PATIENCE_S),
        lambda: machine.resolve("127.0.0.1", PATIENCE_S),
    ]


def test_when_the_time_for_the_network_is_over_nobody_is_asked(server: socket.socket) -> None:
    clock = Clock()
    machine = Live(network_limit_s=8.0, clock=clock)
    clock.seconds += 60  # somebody thinks about whether anything may be sent
    assert machine.connect("127.0.0.1", port_of(server), PATIENCE_S) == Connected("127.0.0.1")
    clock.seconds += 7.9
    assert machine.resolve("192.0.2.7", PATIENCE_S) == Addresses(("192.0.2.7",))
    server.accept()[0].close()
    clock.seconds += 0.1
    assert [ask() for ask in every_question(machine, port_of(server))] == [NOT_ASKED] * 4
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.accept()
    assert machine.bind("127.0.0.1", 0) != NOT_ASKED


def test_whoever_begins_late_has_less_time_for_the_network(server: socket.socket) -> None:
    clock = Clock()
    machine = Live(network_limit_s=8.0, clock=clock, network_ends=clock() + 4.0)
    clock.seconds += 3.9
    assert machine.connect("127.0.0.1", port_of(server), PATIENCE_S) == Connected("127.0.0.1")
    clock.seconds += 0.1
    assert [ask() for ask in every_question(machine, port_of(server))] == [NOT_ASKED] * 4


def test_who_is_silent_for_a_moment_only_is_not_called_silent(server: socket.socket) -> None:
    """A busy computer begins so late that next to nothing is left: what the others would have said is not known."""
    clock = Clock()
    machine = Live(network_limit_s=8.0, clock=clock, network_ends=clock() + 0.3)
    assert [ask() for ask in every_question(machine, port_of(server))[:2]] == [NOT_ASKED] * 2
    assert machine.connect("127.0.0.1", port_of(server), PATIENCE_S) == Connected("127.0.0.1")


def test_a_black_hole_costs_one_limit_for_everything_that_is_asked(server: socket.socket) -> None:
    """It takes connections and says nothing. Each question would wait for a minute."""
    machine = Live(network_limit_s=0.5)
    first = every_question(machine, port_of(server))[:2]
    # On a slow machine some of them begin when there is no time left.
    assert set(in_parallel(*first, *first, *first)) <= {Failure(FailureKind.TIMED_OUT), NOT_ASKED}
    assert [ask() for ask in every_question(machine, port_of(server))] == [NOT_ASKED] * 4


def test_without_a_limit_only_that_of_each_question_counts(server: socket.socket) -> None:
    machine = Live(clock=iter(()).__next__)  # nobody looks at the clock
    assert machine.connect("127.0.0.1", port_of(server), PATIENCE_S) == Connected("127.0.0.1")
