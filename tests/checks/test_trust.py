"""What AutoGPT's process has as variables, and whose certificates its libraries believe because of them."""

from __future__ import annotations

import base64
import os
import ssl
from pathlib import Path, PurePosixPath
from typing import Any, Optional
from unittest import mock

import certifi
import httpx
import pytest

from checks.environment_sources import ProjectEnvironments
from checks.process_variables import ProcessVariables, process_variables
from checks.proxies import Proxies
from checks.settings import Settings
from checks.system_proxies import INTERNET_SETTINGS
from checks.trust import TrustStore, trust_store
from checks.virtual_environment import Environment
from doctor import Options, Secret, Unavailable
from doctor.checkup import examine
from doctor.machine import Response, Trust
from doctor.machine.live import Live
from doctor.machine.recorded import Recorded, parse, read
from doctor.machine.recorder import Recorder
from doctor.words import render
from tests import patients
from tests.machine.specimens import LINUX, WINDOWS, machine

ROOT = PurePosixPath("/")
PEM = Path(certifi.where()).read_text(encoding="utf-8").split("\n\n")[1]
BUNDLE = PEM[PEM.index("-----BEGIN") :] + "\n"
PATH = "/etc/company.pem"


def facts_on(system: str, checkout: str, env: str, **state: Any) -> tuple[Recorded, dict[type, Any]]:
    whole = read(patients.HERE / "machines" / f"{system}.yaml")
    agent = "" if checkout == "v0.1" else "classic/original_autogpt/"
    whole["tree"] = {**read(patients.HERE / "checkouts" / f"{checkout}.yaml")["tree"], f"{agent}.env": env}
    for key, value in state.items():
        whole[key] = {**whole.get(key, {}), **value}
    recorded = parse(whole)
    return recorded, facts_of(recorded, Options(recorded.folder, True))


def facts_of(recorded: Any, options: Options) -> dict[type, Any]:
    wanted = (ProcessVariables, Proxies, TrustStore)
    return dict(examine(recorded, patients.everything(), options, chosen=(), extra_facts=wanted).values)


# --- the process -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "checkout", "env", "shell", "host", "place"),
    [
        ("ubuntu", "classic-2024", "HTTPS_PROXY=http://file:1\n", {}, "file", "line 1"),
        ("ubuntu", "classic-2024", "HTTPS_PROXY=http://file:1\n", {"HTTPS_PROXY": "http://shell:1"}, "file", "line 1"),
        ("ubuntu", "v0.1", "HTTPS_PROXY=http://file:1\n", {"HTTPS_PROXY": "http://shell:1"}, "shell", "this shell"),
        ("ubuntu", "v0.1", "HTTPS_PROXY=http://file:1\n", {}, "file", "line 1"),
        ("ubuntu", "classic-2024", "A=b\nhttps_proxy=file:1\n", {"HTTPS_PROXY": "shell:1"}, "file", "line 2"),
        ("ubuntu", "classic-2024", "HTTPS_PROXY=file:1\n", {"https_proxy": "shell:1"}, "shell", "this shell"),
        ("ubuntu", "classic-2024", "https_proxy=\n", {"HTTPS_PROXY": "http://shell:1"}, "", ""),
        ("ubuntu", "classic-2024", "NO_PROXY=.openai.com\n", {"HTTPS_PROXY": "http://shell:1"}, "", ""),
        ("ubuntu", "classic-2024", "# HTTPS_PROXY=http://file:1\n", {}, "", ""),
        ("ubuntu", "classic-2024", "P=file\nHTTPS_PROXY=http://${P}:1\n", {}, "file", "line 2"),
        ("windows", "classic-2024", "https_proxy=http://file:1\n", {"HTTPS_PROXY": "http://shell:1"}, "file", "line 1"),
        ("windows", "classic-2024", "https_proxy=\n", {"HTTPS_PROXY": "http://shell:1"}, "", ""),
    ],
)
def test_a_proxy_of_the_file_counts_as_in_autogpts_process(
    system: str, checkout: str, env: str, shell: dict[str, str], host: str, place: str
) -> None:
    _, facts = facts_on(system, checkout, env, environment=shell)
    proxy = facts[Proxies].for_url("https://api.openai.com/v1/models")
    assert (proxy.host if proxy else "") == host
    if proxy:
        assert render(proxy.source).endswith(place)


def test_without_a_checkout_the_shell_counts() -> None:
    m = machine(LINUX, environment={"HTTPS_PROXY": "http://shell:1"})
    facts = facts_of(m, Options(m.home))
    assert facts[Proxies].for_url("https://api.openai.com/").host == "shell"


def test_what_cannot_be_read_leaves_the_shell() -> None:
    _, facts = facts_on("ubuntu", "classic-2024", "\x00", environment={"HTTPS_PROXY": "http://shell:1"})
    assert facts[Proxies].for_url("https://api.openai.com/").host == "shell"


# --- trust -----------------------------------------------------------------------------------------------------------


def store(
    environment: dict[str, str], files: Optional[dict[str, Any]] = None, httpx_version: str = "0.28.1",
    system: dict[str, str] = LINUX,
) -> TrustStore:  # fmt: skip
    m = machine(system, environment=dict(environment), files=files or {})
    chosen = Environment(m.home, "cache", packages={"httpx": httpx_version}, is_listed=True)
    options = Options(m.path("C:\\work" if m.system.is_windows else "/work"))
    variables = process_variables(m, None)
    return trust_store(m, options, variables, None, ProjectEnvironments(chosen), None, None)


FILES: dict[str, Any] = {
    "ok": {"text": BUNDLE}, "absent": None, "empty": {"text": " \n"}, "none": {"text": "<html>"},
    "folder": {"folder": True}, "der": {"base64": base64.b64encode(ssl.PEM_cert_to_DER_cert(BUNDLE)).decode()},
    "utf-16": {"base64": base64.b64encode(BUNDLE.encode("utf-16")).decode()},
}  # fmt: skip


@pytest.mark.parametrize("state", sorted(FILES))
def test_a_file_is_judged_as_openssl_judges_it(state: str, tmp_path: Path) -> None:
    entry = FILES[state]
    it = store({"SSL_CERT_FILE": PATH}, {} if entry is None else {PATH: entry})
    (variable,) = it.variables
    assert (variable.state, it.trust) == (state, Trust(PurePosixPath(PATH)))
    assert it.fault == (None if state == "ok" else variable)
    real = tmp_path / "ca.pem"
    if entry is not None and "folder" in entry:
        real.mkdir()
    elif entry is not None:
        real.write_bytes(entry["text"].encode() if "text" in entry else base64.b64decode(entry["base64"]))
    with mock.patch.dict("os.environ", {"SSL_CERT_FILE": str(real)}):
        if state == "ok":
            assert httpx.create_ssl_context().cert_store_stats()["x509_ca"] == 1
        else:
            with pytest.raises(OSError):  # noqa: PT011  of files, or of ssl
                httpx.create_ssl_context()


def test_nothing_is_set() -> None:
    for environment in ({}, {"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}):
        assert store(environment) == TrustStore()


def test_of_a_file_and_a_folder_the_file_counts() -> None:
    files = {PATH: BUNDLE, "/certs": {"folder": True, "names": ["5ed36f99.0"]}}
    it = store({"SSL_CERT_FILE": PATH, "SSL_CERT_DIR": "/certs"}, files)
    assert it.trust == Trust(PurePosixPath(PATH))
    assert [(each.name, each.state, each.is_used) for each in it.variables] == [
        ("SSL_CERT_FILE", "ok", True), ("SSL_CERT_DIR", "ok", False),
    ]  # fmt: skip
    it = store({"SSL_CERT_DIR": "/certs"}, files)
    assert it.trust == Trust(None, PurePosixPath("/certs"))


@pytest.mark.parametrize(("names", "state"), [(["company.pem"], "unhashed"), (["5ed36f99.0"], "ok"), ([], "unhashed")])
def test_a_folder_has_names_that_openssl_finds(names: list[str], state: str) -> None:
    it = store({"SSL_CERT_DIR": "/certs"}, {"/certs": {"folder": True, "names": names}})
    assert it.variables[0].state == state
    assert it.fault is None  # the client is made, and then believes nobody


@pytest.mark.parametrize(("version", "is_passed_over"), [("0.27.2", True), ("0.25.0", True), ("0.28.0", False),
                                                         ("1.0", False), ("junk", False)])  # fmt: skip
def test_an_older_httpx_passes_over_what_is_not_there(version: str, is_passed_over: bool) -> None:
    it = store({"SSL_CERT_FILE": PATH}, {}, version)
    assert (it.trust == Trust(), it.fault is None) == (is_passed_over, is_passed_over)
    assert it.variables[0].is_used is not is_passed_over


def test_requests_takes_a_folder_for_a_file() -> None:
    it = store({"REQUESTS_CA_BUNDLE": "/certs"}, {"/certs": {"folder": True, "names": ["5ed36f99.0"]}})
    assert (it.trust, it.of_requests) == (Trust(), Trust(None, PurePosixPath("/certs")))


def test_requests_has_variables_of_its_own() -> None:
    it = store({"REQUESTS_CA_BUNDLE": PATH, "CURL_CA_BUNDLE": "/gone"}, {PATH: BUNDLE})
    assert it.trust == Trust()
    assert it.fault is None
    assert [(each.name, each.serves, each.state, each.is_used) for each in it.variables] == [
        ("REQUESTS_CA_BUNDLE", "requests", "ok", True), ("CURL_CA_BUNDLE", "requests", "absent", False),
    ]  # fmt: skip


@pytest.mark.parametrize(("python", "is_strict"), [((3, 12, 9), False), ((3, 13, 0), True), ((), False)])
def test_it_is_as_strict_as_autogpts_python(python: tuple[int, ...], is_strict: bool) -> None:
    m = machine(LINUX)
    chosen = ProjectEnvironments(Environment(m.home, "cache", python))
    it = trust_store(m, Options(ROOT), process_variables(m, None), None, chosen, None, None)
    assert it.trust == Trust(is_strict=is_strict)


@pytest.mark.parametrize(("system", "value", "path"), [
    (LINUX, "ca.pem", "/work/ca.pem"), (WINDOWS, "D:\\ca.pem", "D:\\ca.pem"), (WINDOWS, "ca.pem", "C:\\work\\ca.pem"),
])  # fmt: skip
def test_a_relative_path_begins_where_autogpt_is_started(system: dict[str, str], value: str, path: str) -> None:
    name = "ssl_cert_file" if system is WINDOWS else "SSL_CERT_FILE"
    assert str(store({name: value}, system=system).trust.file) == path


def test_a_file_of_the_file() -> None:
    _, facts = facts_on("ubuntu", "classic-2024", f"SSL_CERT_FILE={PATH}\n", files={PATH: BUNDLE})
    assert facts[TrustStore].trust == Trust(PurePosixPath(PATH))
    assert render(facts[TrustStore].variables[0].source).endswith("line 1")


def test_a_pipe_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading would take for ever; the machine knows better than to open it."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pipe"))
    live = Live()
    it = trust_store(live, Options(live.path(str(tmp_path))), process_variables(live, None), None, None, None, None)
    assert it.variables[0].state == "unreadable"


# --- and all of it recorded ------------------------------------------------------------------------------------------

SECRET = "n0-Body.Knows42"


@pytest.mark.parametrize("where", ["shell", "file"])
@pytest.mark.parametrize(
    "text",
    [
        "http://someone:{}@proxy.corp:3128", "someone:{}@proxy.corp:3128", "https://{}@proxy.corp", "socks5://x:{}@h:1",
        "http://someone:{}/x@proxy.corp:3128", "http://someone:{}#1@proxy.corp:3128", "http://someone:{}@", "{}@",
        "@{}", "http://someone:{}@@proxy.corp:1", "http://some one:{}@proxy.corp:1",
    ],
)  # fmt: skip
def test_a_recording_keeps_the_proxy_and_not_its_login(text: str, where: str) -> None:
    value = text.format(SECRET)
    inner, _ = facts_on(
        "ubuntu", "classic-2024", f"HTTPS_PROXY={value}\n" if where == "file" else "",
        environment={"HTTPS_PROXY": value} if where == "shell" else {},
    )  # fmt: skip
    recorder = Recorder(inner, inner.folder)
    before = facts_of(recorder, Options(inner.folder, True))[Proxies]
    state = recorder.state()
    for piece in (SECRET, "n0-Body", "Knows42"):
        assert piece not in repr(state)
        assert piece not in repr(before)
    after = facts_of(parse(state), Options(inner.folder, True))[Proxies]
    is_simple = text.startswith(("http://someone:{}@proxy", "someone:{}@proxy", "https://{}@", "socks5"))
    if is_simple:
        assert [(each.shown, each.has_login) for each in after.all] == [(e.shown, e.has_login) for e in before.all]
        assert [fault.kind for fault in after.faults] == [fault.kind for fault in before.faults]


def test_a_login_in_windows_settings_is_not_recorded() -> None:
    for server in (f"someone:{SECRET}@proxy:80", f"http=someone:{SECRET}@proxy:80;https=http://a:{SECRET}@proxy:81"):
        inner = machine(WINDOWS, registry={f"HKCU\\{INTERNET_SETTINGS}": {"ProxyEnable": 1, "ProxyServer": server}})
        recorder = Recorder(inner, inner.home)
        before = facts_of(recorder, Options(inner.home))[Proxies]
        assert "Body" not in repr(recorder.state())
        after = facts_of(parse(recorder.state()), Options(inner.home))[Proxies]
        assert [each.shown for each in after.all] == [each.shown for each in before.all]
        assert before.all


def test_what_was_not_recorded_is_not_made_up() -> None:
    with pytest.raises(Unavailable):
        process_variables(machine(LINUX, complete=False), None).get("HTTPS_PROXY")


@pytest.mark.parametrize("login", [f"someone:{SECRET}@", f"{SECRET}@", ""])
def test_a_gateway_with_a_login_answers_again_in_a_replay(login: str) -> None:
    """The address is in the settings, in the name of the request, and in what comes back."""
    url = f"https://{login}gateway.corp:8443/v1/models"
    answer = {"status": 401, "headers": {"location": url}, "body": f"not at {url}"}
    inner, _ = facts_on(
        "ubuntu", "classic-2024", f"OPENAI_API_BASE_URL=https://{login}gateway.corp:8443/v1\n",
        network={"http": {f"GET {url}": answer}},
    )  # fmt: skip
    recorder = Recorder(inner, inner.folder)

    def ask(m: Any) -> tuple[Optional[str], Any]:
        found = examine(m, patients.everything(), Options(inner.folder, True), chosen=(), extra_facts=(Settings,))
        base = found.values[Settings].text("OPENAI_API_BASE_URL")
        return base, m.request("GET", f"{base}/models", proxy=Secret(f"http://x:{SECRET}@proxy.corp:3128"))

    base, first = ask(recorder)
    state = recorder.state()
    assert "Body" not in repr(state)
    again, second = ask(parse(state))
    assert isinstance(first, Response) and isinstance(second, Response)
    assert (second.status, str(again).rpartition("@")[2]) == (401, str(base).rpartition("@")[2])


@pytest.mark.parametrize(("checkout", "trusted"), [("v0.1", "/requests.pem"), ("classic-2024", "/httpx.pem")])
def test_openais_old_client_reads_the_variables_of_requests(checkout: str, trusted: str) -> None:
    variables = {"SSL_CERT_FILE": "/httpx.pem", "REQUESTS_CA_BUNDLE": "/requests.pem", "NO_PROXY": "::1/128"}
    files = {"/httpx.pem": BUNDLE, "/requests.pem": BUNDLE}
    _, facts = facts_on("ubuntu", checkout, "", environment={**variables, "ALL_PROXY": "socks5://x:1"}, files=files)
    assert facts[TrustStore].trust.file == PurePosixPath(trusted)
    assert facts[TrustStore].of_requests.file == PurePosixPath("/requests.pem")
    assert bool(facts[Proxies].faults) == (checkout != "v0.1")
    assert bool(facts[Proxies].ignored_exceptions) == (checkout != "v0.1")
