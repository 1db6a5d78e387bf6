"""A llamafile as it is met on a real machine: a stand-in of the server on loopback, asked by the whole doctor."""

from __future__ import annotations

import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Iterator
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checks.llamafile_answers import file_of, name_of, read
from checks.llamafile_requests import goes_past
from checks.llamafile_verdict import counts_words_there, usual_models_url
from doctor.findings import Status
from doctor.machine import Response
from doctor.registry import Registry
from doctor.words import render
from tests import patients
from tests.llamafile_peer import FILE, MODEL, Temper, peer
from tests.llamafile_visit import Visitor, complaints, findings


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> Visitor:
    """Examine a checkout whose models are a llamafile's, at this base URL."""
    return Visitor(tmp_path, monkeypatch, registry)


# --- one server after the other -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["llama.cpp", "old"])
def test_a_llamafile_that_serves_is_asked_three_times_and_nothing_is_said(look: Visitor, kind: str) -> None:
    with peer(Temper(kind)) as server:
        outcome = look(server.base)
    assert {code: each.status for code, each in findings(outcome).items()} == {
        "llamafile.ready": Status.OK, "llamafile.model": Status.OK, "llamafile.tokenizer": Status.OK,
    }  # fmt: skip
    asked = sorted((each.method, each.path) for each in server.seen)
    assert asked == [("GET", "/health"), ("GET", "/v1/models"), ("POST", "/tokenize")]


def test_it_is_asked_as_autogpt_asks(look: Visitor) -> None:
    """A list of models with the key that is none, words without any."""
    with peer() as server:
        look(server.base)
    sent = {each.path: each for each in server.seen}
    assert sent["/v1/models"].authorization == "Bearer sk-no-key-required"
    assert sent["/tokenize"].authorization is None
    assert sent["/tokenize"].body == b'{"content": "a"}'


@pytest.mark.parametrize(
    ("temper", "code"),
    [
        (Temper(is_loading=True), "llamafile.loading"),
        (Temper("old", is_loading=True), "llamafile.loading"),
        (Temper("old", has_failed=True), "llamafile.load-failed"),
        (Temper(key="a key"), "llamafile.key-required"),
        (Temper("old", key="a key"), "llamafile.key-required"),
        (Temper(key="sk-no-key-required"), "llamafile.key-required"),
        (Temper("html"), "llamafile.another-program"),
        (Temper("redirect"), "llamafile.another-program"),
        (Temper("ollama", id="mistral:latest"), "llamafile.another-server"),
        (Temper("lm-studio", id=MODEL), "llamafile.another-server"),
        (Temper("llamafiler"), "llamafile.tokenizer-missing"),
        (Temper(id=MODEL), "llamafile.model-name"),
        (Temper(id=FILE.upper()), "llamafile.model-name"),
        (Temper(id="TinyLlama-1.1B-Chat-v1.0.Q5_K_M.gguf"), "llamafile.model-other"),
        (Temper(id=""), "llamafile.no-model"),
    ],
)
def test_each_is_told_from_the_others(look: Visitor, temper: Temper, code: str) -> None:
    with peer(temper) as server:
        outcome = look(server.base)
    wrong = [] if code == "llamafile.loading" else [code]
    assert [each for each in complaints(outcome) if each != "llamafile.tokenizer-missing" or code == each] == wrong
    assert code in findings(outcome)


def test_what_is_still_loading_leaves_the_rest_for_later(look: Visitor) -> None:
    with peer(Temper(is_loading=True)) as server:
        outcome = look(server.base)
        assert not [result for result in outcome.results if result.is_incomplete]
        server.temper = Temper()
        assert "llamafile.model" in findings(look(server.base))


def test_a_path_of_its_own(look: Visitor) -> None:
    with peer() as server:
        outcome = look(server.base.replace("/v1", "/api/v1"))
    assert complaints(outcome) == ["llamafile.path"]


def test_nothing_listens_there(look: Visitor) -> None:
    with peer() as server:
        base = server.base
    outcome = look(base)
    assert complaints(outcome) == ["llamafile.not-running"]
    assert [result.id for result in outcome.results if result.because is not None] == [
        "llamafile.model", "llamafile.tokenizer",
    ]  # fmt: skip


def test_what_takes_the_connection_and_says_nothing_costs_no_more_than_its_time(look: Visitor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = look(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", limit_s=1.0)
    assert complaints(outcome) == ["llamafile.silent"]


def test_what_hangs_up_is_no_llamafile(look: Visitor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def serve() -> None:
            while True:
                try:
                    rude.accept()[0].close()
                except OSError:
                    return

        Thread(target=serve, daemon=True).start()
        outcome = look(f"http://127.0.0.1:{rude.getsockname()[1]}/v1")
        with suppress(OSError):  # Windows: a listener is not connected; there closing it is enough
            rude.shutdown(socket.SHUT_RDWR)
    assert complaints(outcome) == ["llamafile.another-program"]


def test_offline_nobody_is_asked(look: Visitor) -> None:
    with peer() as server:
        outcome = look(server.base, is_offline=True)
    assert not server.seen
    assert {result.status for result in outcome.results} == {Status.NOT_CHECKED}


# --- proxies --------------------------------------------------------------------------------------------------------


class Proxy(ThreadingHTTPServer):
    """A proxy that refuses everything, or hands it on as a proxy on this very computer would."""

    daemon_threads = True
    hands_on = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Proxying)
        self.seen: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Proxying(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, data = 503, b"<html>ERR_CONNECT_FAIL</html>"
        if self.server.hands_on:
            asked = Request(self.path, body or None, dict(self.headers), method=self.command)
            with build_opener(ProxyHandler({})).open(asked) as answer:
                status, data = answer.status, answer.read()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    server = Proxy()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_proxy_in_the_way_is_told_from_a_server_that_is_not_there(look: Visitor, proxy: Proxy) -> None:
    with peer() as server:
        outcome = look(server.base, HTTP_PROXY=proxy.url)
    assert complaints(outcome) == ["llamafile.proxy-in-the-way"]
    assert server.base + "/models" in proxy.seen


def test_a_proxy_that_gets_there_is_in_nobodys_way(look: Visitor, proxy: Proxy) -> None:
    proxy.hands_on = True
    with peer() as server:
        outcome = look(server.base, HTTP_PROXY=proxy.url)
    assert not complaints(outcome)
    assert len(proxy.seen) == 3


def test_with_the_line_that_the_remedy_names_the_proxy_is_not_asked(look: Visitor, proxy: Proxy) -> None:
    with peer() as server:
        outcome = look(server.base, HTTP_PROXY=proxy.url, NO_PROXY="localhost,127.0.0.1")
    assert not complaints(outcome)
    assert not proxy.seen


def test_an_exception_with_a_port_keeps_only_one_library_from_the_proxy(look: Visitor, proxy: Proxy) -> None:
    with peer() as server:
        outcome = look(server.base, HTTP_PROXY=proxy.url, NO_PROXY=f"127.0.0.1:{server.port}")
    assert complaints(outcome) == ["llamafile.tokenizer-proxy"]
    assert [url.rpartition("/")[2] for url in proxy.seen] == ["tokenize"]


def test_an_exception_for_a_network_keeps_the_other_library(look: Visitor, proxy: Proxy) -> None:
    with peer() as server:
        outcome = look(server.base, HTTP_PROXY=proxy.url, NO_PROXY="127.0.0.0/8")
    assert complaints(outcome) == ["llamafile.proxy-in-the-way"]
    assert "/tokenize" not in " ".join(proxy.seen)


# Measured with requests 2.32 and 2.34.
@pytest.mark.parametrize(
    ("host", "exceptions", "is_past"),
    [
        ("127.0.0.1", "", False),
        ("127.0.0.1", "localhost,127.0.0.1", True),
        ("127.0.0.1", " localhost , 127.0.0.1", True),
        ("127.0.0.1", "127.0.0.0/8", True),
        ("127.0.0.1", "127.0.0.0/0", False),
        ("127.0.0.1", "127.0.0.*", False),
        ("127.0.0.1", "127.0.0.1:8080", False),
        ("localhost", "localhost:8080", True),
        ("localhost", "LOCALHOST", True),
        ("localhost", "*", True),
        ("gpu.lan", ".lan", True),
        ("gpu.lan", "*.lan", False),
        ("192.168.1.5", "192.168.0.0/16, localhost", True),
        ("192.168.1.5", "192.168.1.5/33", False),
    ],
)
def test_which_hosts_requests_keeps_from_the_proxy(host: str, exceptions: str, is_past: bool) -> None:
    assert goes_past(host, 8080, exceptions) is is_past


# --- what to do -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patient", "wanted", "unwanted"),
    [
        ("not-running", "serve.py", "--port"),
        ("not-running-nobody-tells", "serve.py --port 8090", ""),
        ("not-running-with-its-file", "llamafile.exe -m", "5 GB"),
        ("not-running-beside-ollama", "serve.py", "11434"),
        ("moved", ".env: LLAMAFILE_API_BASE=http://localhost:8082/v1", "serve.py"),
        ("moved-to-8081", "at the port that is asked", "LLAMAFILE_API_BASE"),
        ("jenkins", "serve.py --port 8090", ""),
        ("lan-refused", "--host 192.168.1.20 --port 8080", "serve.py"),
        ("path", ".env, line 3: LLAMAFILE_API_BASE=http://localhost:8080/v1", ""),
        ("proxy-in-the-way", ".env: NO_PROXY=localhost,127.0.0.1", ""),
        ("proxy-with-network", "Add ,localhost,127.0.0.1 to NO_PROXY", "Write in"),
        ("proxy-empty-exception", "no_proxy is empty: set it to localhost,127.0.0.1", ""),
        ("proxy-of-windows", "HTTPS_PROXY=http://proxy.example.com:3128", ""),
        ("proxy-for-words", "Add ,localhost,127.0.0.1 to NO_PROXY", ""),
        ("alias-without-ending", "--alias mistral-7b-instruct-v0.2.gguf", ""),
    ],
)
def test_what_to_do_about_it(patient: str, wanted: str, unwanted: str) -> None:
    (cause,) = patients.report_on(f"llamafile/server-{patient}").problems
    told = cause.finding.remedy
    texts = [told.text, *(each.words for each in told.commands), *(each.note for each in told.commands)]
    said = "\n".join(render(each) for each in texts if each is not None)
    assert wanted in said
    assert not unwanted or unwanted not in said


# --- names and answers ----------------------------------------------------------------------------------------------


# What AutoGPT's own function makes of them (clean_model_name).
@pytest.mark.parametrize(
    ("id_", "on_linux", "on_windows"),
    [
        (FILE, MODEL, MODEL),
        (f"/home/user/models/{FILE}", MODEL, MODEL),
        (f"C:\\models\\{FILE}", "C", MODEL),
        (f"{MODEL}.gguf", MODEL, MODEL),
        (f"{MODEL}.F16.gguf", MODEL, MODEL),
        (f"{MODEL}.BF16.gguf", MODEL, MODEL),
        (MODEL, "mistral-7b-instruct-v0", "mistral-7b-instruct-v0"),
        ("llava-v1.5-7b-q4.gguf", "llava-v1.5-7b", "llava-v1.5-7b"),
        ("mistral:7b-instruct", "mistral", "mistral"),
        ("", "", ""),
        ("_x", "_x", "_x"),
    ],
)
def test_what_autogpt_makes_of_a_models_id(id_: str, on_linux: str, on_windows: str) -> None:
    assert (name_of(id_, on_windows=False), name_of(id_, on_windows=True)) == (on_linux, on_windows)


def test_of_a_path_only_the_file_is_shown() -> None:
    assert file_of("/home/somebody/models/a.gguf") == file_of("C:\\Users\\somebody\\a.gguf") == "a.gguf"


@pytest.mark.parametrize(
    ("base", "is_right"),
    [
        ("http://localhost:8080/v1", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8081/v1", False),
        ("http://localhost:8001", False),
        ("http://10.0.0.1/v1", False),
        ("http://tv/v1", False),
    ],
)
def test_where_autogpt_counts_words(base: str, is_right: bool) -> None:
    assert counts_words_there(base) is is_right


def test_where_a_server_lists_its_models_when_not_where_it_is_asked() -> None:
    assert usual_models_url("http://[::1]:8080/api/v1") == "http://[::1]:8080/v1/models"
    assert usual_models_url("http://localhost:8080/v1") == ""


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b'{"data": 1}', b'{"data": [1]}', b'{"data": {"id": 1}}', b"\xff\xfe{}",
        b"[" * 60_000,
        b'{"error": "x", "status": ["ok"], "tokens": {}}', b'{"status": {}, "error": {"type": ["x"]}}',
    ],
)  # fmt: skip
def test_an_answer_that_is_nonsense_is_nothing(body: bytes) -> None:
    for status in (200, 302, 401, 500, 503):
        heard = read(Response(status, {}, body))
        assert (heard.models, heard.has_tokens, heard.word) == (None, False, "")


def test_a_models_id_that_may_not_be_shown_is_left_out() -> None:
    body = b'{"data": [{"id": "a\\u001b[2J\\u202e<b>"}, {"id": 7}, {"id": "ok.gguf", "owned_by": []}]}'
    heard = read(Response(200, {}, body))
    assert heard.models is not None
    assert [each.id for each in heard.models] == ["", "", "ok.gguf"]


_NAMES = some.sampled_from(["data", "id", "owned_by", "error", "type", "status", "tokens"])
_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)
_HEADERS = some.dictionaries(some.sampled_from(["server", "location", "content-type"]), some.text())


@given(_JSON, some.integers(100, 599), _HEADERS)
def test_no_answer_breaks_the_reading(told: object, status: int, headers: dict[str, str]) -> None:
    import json

    heard = read(Response(status, headers, json.dumps(told).encode()))
    for each in heard.models or ():
        assert isinstance(name_of(each.id, on_windows=True), str)

