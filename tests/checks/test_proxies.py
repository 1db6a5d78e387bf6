"""Which proxy a request takes: held against httpx itself and urllib, which decide it for AutoGPT."""

from __future__ import annotations

import ast
import os
import re
import ssl
import sys
import types
import urllib.request
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Optional
from unittest import mock

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.environment_sources import ProjectEnvironments
from checks.process_variables import ProcessVariable, ProcessVariables, process_variables
from checks.proxies import Proxies, proxies
from checks.proxy_exceptions import pattern_of
from checks.system_proxies import INTERNET_SETTINGS, SCUTIL, of_registry, of_scutil
from checks.url_parts import parts_of
from checks.virtual_environment import Environment
from doctor import Options, Secret, say
from doctor.machine import Key
from doctor.visit import secrets_in
from doctor.words import show
from tests.machine.specimens import LINUX, MAC, WINDOWS, machine

OPTIONS = Options(PurePosixPath("/"))
ANY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def found(
    environment: dict[str, str], system: dict[str, str] = LINUX, with_socks: Optional[bool] = None, **state: Any
) -> Proxies:
    m = machine(system, environment=dict(environment), **state)
    environments = None
    if with_socks is not None:
        packages = {"socksio": "1.0.0"} if with_socks else {}
        environments = ProjectEnvironments(Environment(m.home, "cache", packages=packages, is_listed=True))
    return proxies(m, OPTIONS, process_variables(m, None), environments, None)


def way(it: Proxies, url: str) -> str:
    proxy = it.for_url(url)
    return "" if proxy is None else f"{proxy.scheme}://{proxy.host}:{proxy.port}".lower()


# --- as httpx ------------------------------------------------------------------------------------------------------

HOSTS = st.sampled_from(
    ["api.openai.com", "openai.com", "localhost", "127.0.0.1", "10.1.2.3", "::1", "fe80::1", "xopenai.com", "b.local"]
)
ENTRIES = (
    st.sampled_from(
        ["*", "", " ", ".openai.com", "openai.com", "*.openai.com", "OPENAI.COM", "localhost", "LocalHost", "127.0.0.1",
         "127.0.0.0/8", "127.0.0.*", "127.0.0.1:8080", "::1", "[::1]", "::1/128", "fe80::/10", "localhost:80", ":80",
         "http://", "https://", "all://", "http://openai.com", "https://api.openai.com:8443", "all://*", "openai.com.",
         "localhost;127.0.0.1", "localhost 127.0.0.1", "<local>", "10.0.0.300", "1.2.3", "api.openai.com:http", "a@b",
         "a%20b", "/", "?", "#", "http", "://x", "*openai.com", ".", ".."]
    )
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
)  # fmt: skip
ADDRESSES = (
    st.sampled_from(
        ["", "proxy:3128", "http://proxy:3128", "HTTP://Proxy:80", "https://proxy", "http://user:p%40ss@proxy.corp:3128",
         "user:pass@proxy:3128", "socks4://proxy:1080", "socks5://proxy", "socks5h://[::1]:1080",
         "http://[fe80::1]:3128/", "proxy", " http://proxy:1", "http://proxy:1 ", "http://proxy:port",
         "http://10.0.0.300:1", "//proxy:1",
         "http:proxy", "http://", "http://:80", "ftp://proxy", "http://proxy:99999", "http://proxy:0", "http://proxy:-1",
         "http://a:b:c",
         "http://us#er:p@proxy:1", "http://us/er:p@proxy:1", "http://u:p@ss@proxy:1", "http://proxy:1_0", "http://[::1"]
    )
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
)  # fmt: skip
VARIABLES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
ENVIRONMENTS = st.builds(
    lambda proxies, lists, others: {**proxies, **{name: ",".join(each) for name, each in lists.items()}, **others},
    st.dictionaries(st.sampled_from(VARIABLES), ADDRESSES, max_size=4),
    st.dictionaries(st.sampled_from(["no_proxy", "NO_PROXY"]), st.lists(ENTRIES, max_size=4)),
    st.dictionaries(st.sampled_from(["REQUEST_METHOD", "ftp_proxy", "FTP_PROXY"]), st.sampled_from(["", "GET", "x:1"])),
)
URLS = st.builds(
    lambda scheme, host, port: f"{scheme}://{f'[{host}]' if ':' in host else host}{port}/v1/models",
    st.sampled_from(["http", "https"]),
    HOSTS,
    st.sampled_from(["", ":80", ":443", ":8080", ":8443"]),
)


def of_httpx(environment: dict[str, str], urls: list[str]) -> Optional[list[str]]:
    """What httpx does with each URL, None when it refuses to make any client."""
    with mock.patch.dict(os.environ, environment, clear=True):
        try:
            client = httpx.Client(verify=ANY)
        except (ValueError, ImportError, UnicodeError, httpx.InvalidURL):
            return None
    with client:
        transports = [client._transport_for_url(httpx.URL(url)) for url in urls]
    return [_address(transport._pool) for transport in transports]  # type: ignore[attr-defined]


def _address(pool: Any) -> str:
    url = getattr(pool, "_proxy_url", None)
    if url is None:
        return ""
    scheme, host, port = url.scheme.decode(), url.host.decode(), url.port
    return f"{scheme}://{host}:{port or {'http': 80, 'https': 443}.get(scheme, 1080)}".lower()


def is_dead(it: Proxies) -> bool:
    """A proxy without a host, which httpx takes all the same; no request gets through it."""
    return all(fault.proxy is not None and not fault.proxy.host and fault.proxy.scheme for fault in it.faults)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the system's own settings would count, too")
@settings(max_examples=200, deadline=None)
@given(ENVIRONMENTS, st.lists(URLS, min_size=1, max_size=4))
@example({"NO_PROXY": "localhost,::1/128"}, ["http://localhost/"])
@example({"HTTPS_PROXY": "http://a:1", "https_proxy": ""}, ["https://api.openai.com/"])
@example({"HTTP_PROXY": "a:1", "REQUEST_METHOD": ""}, ["http://localhost/"])
@example({"ALL_PROXY": "a:1", "NO_PROXY": "x, *"}, ["http://localhost/"])
@example({"ALL_PROXY": "a:1", "http_proxy": "b:1", "NO_PROXY": "all://*:8080"}, ["http://x/", "https://x:8080/"])
@example({"ALL_PROXY": "a:1", "NO_PROXY": "127.0.0.0/8, .openai.com"}, ["http://127.0.0.1/", "https://openai.com"])
def test_it_is_decided_as_httpx_decides_it(environment: dict[str, str], urls: list[str]) -> None:
    expected, it = of_httpx(environment, urls), found(environment)
    if expected is None:
        assert it.faults
    elif it.faults:
        assert is_dead(it)
    else:
        assert [way(it, url) for url in urls] == expected


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the system's own settings would count, too")
def test_httpx_with_socks(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the package installed, which AutoGPT does not ask for, there is nothing to complain about."""
    environment = {"ALL_PROXY": "socks5h://127.0.0.1:1080"}
    assert [fault.kind for fault in found(environment).faults] == ["socks"]
    assert [fault.kind for fault in found(environment, with_socks=False).faults] == ["socks"]
    assert not found(environment, with_socks=True).faults
    assert way(found(environment, with_socks=True), "https://api.openai.com/") == "socks5h://127.0.0.1:1080"
    with mock.patch.dict(os.environ, environment, clear=True), pytest.raises(ImportError):
        httpx.Client(verify=ANY)


PIECES = st.sampled_from(
    ["http", "https", "all", ":", "//", "://", "/", "@", "[", "]", "::1", "127.0.0.1", "10.0.0.300", "a.b", "*", "?",
     "#", "80", "443", " ", "%", "%41", "<", "user", "A", "-", "é", "\x7f", "\t", "١"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=9).map("".join) | st.text(max_size=20))
def test_a_url_is_taken_apart_as_httpx_does_it(text: str) -> None:
    mine = parts_of(text)
    try:
        url = httpx.URL(text)
        theirs = (url.scheme, bool(url.userinfo), url._uri_reference.host, url.port)
    except (httpx.InvalidURL, UnicodeError):
        assert mine is None or not text.isascii()
        return
    if text.isascii():
        assert mine is not None
        assert (mine.scheme, bool(mine.login), mine.host, mine.port) == theirs


@pytest.mark.parametrize(("entry", "pattern"), [
    ("openai.com", "all://*openai.com"), (".openai.com", "all://*.openai.com"), ("localhost", "all://localhost"),
    ("127.0.0.0/8", "all://127.0.0.0/8"), ("::1", "all://[::1]"), ("https://x", "https://x"),
])  # fmt: skip
def test_an_exception_becomes_a_pattern(entry: str, pattern: str) -> None:
    assert pattern_of(entry) == pattern


# --- Windows and macOS ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def registry_reader() -> types.CodeType:
    tree = ast.parse(Path(urllib.request.__file__).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    wanted: list[ast.stmt] = [node for node in functions if node.name == "getproxies_registry"]
    return compile(ast.Module(wanted, []), "urllib", "exec")


def of_urllib(values: dict[str, Any]) -> dict[str, str]:
    """What urllib makes of the registry: its own function, with a registry of the test."""
    winreg = types.ModuleType("winreg")

    def value(key: object, name: str) -> tuple[Any, int]:
        if name not in values:
            raise FileNotFoundError
        return values[name], 1

    vars(winreg).update(
        HKEY_CURRENT_USER=0, OpenKey=lambda hive, path: mock.Mock() if path == INTERNET_SETTINGS else None,
        QueryValueEx=value,
    )  # fmt: skip
    space: dict[str, Any] = {"re": re}
    with mock.patch.dict(sys.modules, {"winreg": winreg}):
        exec(registry_reader(), space)
        told: dict[str, str] = space["getproxies_registry"]()
        return told


SERVERS = st.sampled_from(
    ["", "proxy:8080", "http://proxy:8080", "http=a:1;https=b:2", "http=a:1;https=b:2;", "https=b:2;http=a:1;socks=c:3",
     "socks=d:4", "socks=socks5://c:3", "ftp=a:1", "http=http://a:1;junk;https=b:2", ";", "=", "a;b", "http="]
) | st.text("htps=;:/ao.1", max_size=20)  # fmt: skip


@pytest.mark.skipif("socks4" not in Path(urllib.request.__file__).read_text(encoding="utf-8"),
                    reason="this Python is older than urllib's present rules")  # fmt: skip
@settings(max_examples=150)
@given(st.sampled_from([None, 0, 1]), st.none() | SERVERS)
def test_the_registry_is_read_as_urllib_reads_it(is_on: Optional[int], server: Optional[str]) -> None:
    values: dict[str, Any] = {"ProxyEnable": is_on, "ProxyServer": server}
    there = {name: value for name, value in values.items() if value is not None}
    mine = {scheme: named.text for scheme, named in of_registry(Key(there)).proxies.items()}
    assert mine == of_urllib(there)


REGISTRY = {
    rf"HKCU\{INTERNET_SETTINGS}": {
        "ProxyEnable": 1, "ProxyServer": "proxy.corp:8080", "ProxyOverride": "localhost;10.*;<local>",
    }
}  # fmt: skip


def test_windows_own_proxy_without_its_exceptions() -> None:
    it = found({}, WINDOWS, registry=REGISTRY)
    assert way(it, "https://api.openai.com/v1") == "http://proxy.corp:8080"
    assert way(it, "http://localhost:8080/v1") == "http://proxy.corp:8080"
    proxy = it.for_url("http://localhost:8080/v1")
    assert proxy is not None and (proxy.variable, show(proxy.source)) == ("", "the proxy settings of Windows")
    for host, text in (("localhost", "localhost"), ("10.1.2.3", "10.*"), ("nas", "<local>")):
        ignored = it.ignored_for(host)
        assert ignored is not None and ignored.text == text
    assert it.ignored_for("api.openai.com") is None


@pytest.mark.parametrize("environment", [{"NO_PROXY": "x"}, {"ftp_proxy": "x"}, {"HTTPS_PROXY": "http://own:1"}])
def test_any_variable_at_all_takes_the_place_of_windows_settings(environment: dict[str, str]) -> None:
    proxy = found(environment, WINDOWS, registry=REGISTRY).for_url("https://api.openai.com/v1")
    assert proxy is None or proxy.host == "own"
    assert found({}, WINDOWS, registry=REGISTRY).for_url("https://api.openai.com/v1") is not None


def test_windows_knows_capitals_only() -> None:
    """So http_proxy is forgotten there, too, where somebody may have sent it to a web server."""
    environment = {"http_proxy": "http://own:1", "REQUEST_METHOD": "GET"}
    assert way(found(environment, LINUX), "http://x/") == "http://own:1"
    it = process_of_windows("http_proxy", "http://own:1")
    assert it.for_url("http://x/") is None


def process_of_windows(name: str, value: str) -> Proxies:
    """A name in small letters can only come from the file."""
    there = {name.upper(): value, "REQUEST_METHOD": "GET"}

    def get(asked: str) -> Optional[ProcessVariable]:
        text = there.get(asked.upper())
        spelt = name if asked.upper() == name.upper() else asked
        return None if text is None else ProcessVariable(spelt, Secret(text), say("the file"))

    return proxies(machine(WINDOWS), OPTIONS, ProcessVariables(get), None, None)


def test_socks_of_windows_stops_everything() -> None:
    registry = {rf"HKCU\{INTERNET_SETTINGS}": {"ProxyEnable": 1, "ProxyServer": "socks=127.0.0.1:1080"}}
    it = found({}, WINDOWS, registry=registry)
    assert [(fault.kind, fault.proxy and fault.proxy.scheme) for fault in it.faults] == [("scheme", "socks4")]


def test_a_script_is_what_only_browsers_follow() -> None:
    registry = {rf"HKCU\{INTERNET_SETTINGS}": {"ProxyEnable": 0, "AutoConfigURL": "http://wpad/wpad.dat"}}
    it = found({}, WINDOWS, registry=registry)
    assert it.has_script
    assert not it.all


SCUTIL_PRINTS = """<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 8080
  HTTPProxy : proxy.corp
  HTTPSEnable : 1
  HTTPSPort : 8443
  HTTPSProxy : proxy.corp
  ProxyAutoConfigEnable : 0
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : proxy.corp
}
"""


def test_macos_own_proxy() -> None:
    it = found({}, MAC, programs={SCUTIL: {"--proxy": SCUTIL_PRINTS}})
    assert way(it, "https://api.openai.com/v1") == "http://proxy.corp:8443"
    assert way(it, "http://printer.local/") == "http://proxy.corp:8080"
    assert not it.faults  # that of SOCKS is no proxy for pages
    assert it.ignored_for("printer.local") is not None
    assert it.ignored_for("169.254.3.4") is not None
    assert it.ignored_for("169.253.3.4") is None
    assert not found({"https_proxy": "http://own:1"}, MAC, programs={SCUTIL: {"--proxy": SCUTIL_PRINTS}}).for_url("http://x")


@pytest.mark.parametrize("answer", ["", "<dictionary> {\n  HTTPEnable : 0\n}\n", {"fails": "timed-out"}, {"status": 1}])
def test_a_mac_without_a_proxy(answer: Any) -> None:
    assert found({}, MAC, programs={SCUTIL: {"--proxy": answer}}) == Proxies()


def test_offline_no_program_is_started_for_it() -> None:
    m = machine(MAC, environment={}, programs={SCUTIL: {"--proxy": SCUTIL_PRINTS}})
    assert proxies(m, OPTIONS._replace(is_offline=True), process_variables(m, None), None, None) == Proxies()


@given(st.text(max_size=200) | st.lists(st.sampled_from(SCUTIL_PRINTS.splitlines(keepends=True))).map("".join))
def test_whatever_scutil_prints(printed: str) -> None:
    of_scutil(printed)


# --- what may be said -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://someone:secret-word@proxy.corp:3128", "http://proxy.corp:3128"),
        ("someone:secret-word@proxy.corp:3128", "http://proxy.corp:3128"),
        ("https://someone@proxy.corp", "https://proxy.corp:443"),
        ("http://someone:secret/word@proxy.corp:3128", ""),
        ("http://someone:12#secret-word@proxy.corp:3128", ""),
        ("http://someone:secret?word@proxy.corp:3128", ""),
        ("http://[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_a_login_is_never_shown(text: str, shown: str) -> None:
    it = found({"HTTPS_PROXY": text})
    (proxy,) = it.all
    assert show(proxy.shown) == shown
    assert proxy.has_login == ("@" in text)
    assert bool(it.faults) == (not shown)
    assert any(secrets_in(it)) == ("@" in text)
    for word in ("secret", "word", "someone"):
        assert word not in repr(it) + show(proxy.shown)


@pytest.mark.parametrize("entry", ["10.0.0.0/8", "*.corp", "a;b", "a b", "<local>", "127.0.0.*"])
def test_what_httpx_does_not_understand_is_told(entry: str) -> None:
    it = found({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": f"localhost,{entry},.plain,https://x/"})
    assert [each.text for each in it.ignored_exceptions] == [entry]
    assert it.ignored_exceptions[0].variable == "NO_PROXY"


@pytest.mark.parametrize(("entry", "host", "is_meant"), [
    ("10.0.0.0/8", "10.1.2.3", True), ("10.0.0.0/8", "11.1.2.3", False), ("10.0.0.0/8", "ten.corp", False),
    ("::1/128", "::1", True), ("fe80::/10", "[fe80::5]", True), ("*.corp", "a.corp", True), ("*.corp", "corp", False),
    ("127.0.0.*", "127.0.0.1", True), ("localhost;127.0.0.1", "127.0.0.1", True), ("a b", "x.b", True),
    ("<local>", "nas", True), ("<local>", "nas.corp", False), ("10.0.0.0/99", "10.0.0.1", False),
])  # fmt: skip
def test_whom_an_entry_means(entry: str, host: str, is_meant: bool) -> None:
    it = found({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": entry})
    assert (it.ignored_for(host) is not None) == is_meant
