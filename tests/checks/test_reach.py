"""What is asked of the network, and what is not: each provider once, more only after a failure, a key nowhere else."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Union

import pytest

from checks.endpoints import Endpoint, Endpoints
from checks.probes import Membership
from checks.proxies import Proxies, Proxy, Rule
from checks.reach import Reach, Reached, reached
from checks.trust import TrustStore
from checks.wsl import Wsl
from doctor import Options, Secret, Unavailable, Url, say
from doctor.checkup import examine
from doctor.machine import MOZILLAS_LIST, Certificate, Failure, FailureKind, Machine, Response, Trust
from doctor.machine.live import Live
from doctor.machine.offline import Offline
from doctor.machine.through import Through
from tests import patients
from tests.servers import Tunnels, Visitors, proxy, raw, serve

KEY = "sk-" + "0" * 45


class Heard(Through):
    """Passes every question on, and writes down those to the network."""

    def __init__(self, inner: Machine) -> None:
        super().__init__(inner)
        self.requests: list[tuple[str, str, str]] = []
        self.others: list[str] = []

    def request(
        self,
        method: str,
        url: str,
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        timeout_s: float = 5.0,
        proxy: Optional[Secret] = None,
        trust: Trust = MOZILLAS_LIST,
    ) -> Union[Response, Failure]:
        self.requests.append((method, url, " ".join((headers or {}).values())))
        return super().request(method, url, headers, body, timeout_s, proxy, trust)

    def resolve(self, host: str, timeout_s: float = 5.0) -> Any:
        self.others.append(f"resolve {host}")
        return super().resolve(host, timeout_s)

    def connect(self, host: str, port: int, timeout_s: float = 5.0) -> Any:
        self.others.append(f"connect {host}:{port}")
        return super().connect(host, port, timeout_s)

    def certificate(self, host: str, port: int, timeout_s: float = 5.0, proxy: Optional[Secret] = None) -> Any:
        self.others.append(f"certificate {host}:{port}")
        return super().certificate(host, port, timeout_s, proxy)


def asked(name: str) -> tuple[Heard, Optional[Reached]]:
    """What the fact asks a patient's machine."""
    patient = patients.admit(f"network/{name}")
    heard, registry = Heard(patient.machine), patients.everything()
    options = Options(patient.machine.folder, is_given=True)
    outcome = examine(heard, registry, options, chosen=["network.line"], extra_facts=(Reached,))
    return heard, outcome.values.get(Reached)


OPENAI = "https://api.openai.com/v1/models"


def test_where_everything_answers_nothing_more_is_asked() -> None:
    heard, found = asked("healthy")
    assert found is not None and [each.trouble for each in found.reaches] == [""]
    keyed = [(method, url) for method, url, headers in heard.requests if "sk-" in headers]
    assert keyed == [("GET", OPENAI)]
    assert {url for _, url, _ in heard.requests} - {OPENAI} == {
        "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
    }
    assert "connect 1.1.1.1:443" not in heard.others
    assert not [each for each in heard.others if each.startswith("certificate")]


@pytest.mark.parametrize("name", [each[8:] for each in patients.names() if each.startswith("network/")])
def test_a_key_goes_to_its_own_host_and_once(name: str) -> None:
    heard, _ = asked(name)
    keyed = [(url, headers) for _, url, headers in heard.requests if "sk-" in headers or "gsk_" in headers]
    assert len({url for url, _ in keyed}) == len(keyed)
    for url, headers in keyed:
        if "api.groq.com" in url:
            assert "gsk_" in headers
        elif "api.anthropic.com" in url:
            assert "sk-ant-" in headers
        else:
            assert "gsk_" not in headers and "sk-ant-" not in headers
        assert "cloudflare" not in url and "github" not in url and "windows.net" not in url


@pytest.mark.parametrize("name", ["proxy-of-socks4", "proxy-of-socks5", "trust-list-missing", "trust-list-in-der"])
def test_where_autogpt_sends_nothing_nothing_is_sent(name: str) -> None:
    heard, found = asked(name)
    assert found is not None and found.reaches[0].trouble
    assert heard.requests == [] and heard.others == []


def test_a_failure_is_looked_into() -> None:
    heard, _ = asked("interception-on-ubuntu")
    assert "certificate api.openai.com:443" in heard.others
    heard, _ = asked("dns-in-wsl")
    assert "connect 1.1.1.1:443" in heard.others
    heard, _ = asked("proxy-dead-in-shell")
    assert {"connect 127.0.0.1:7890", "connect api.openai.com:443"} <= set(heard.others)


def test_a_server_of_ones_own_is_nobody_elses_business() -> None:
    """Of a failure in one's own network nobody outside is told."""
    heard, found = asked("gateway-not-running")
    assert found is not None and found.reaches[0].trouble == "network.refused"
    outside = [url for _, url, _ in heard.requests if "192.168.1.20" not in url and "windows.net" not in url]
    assert outside == [] and "connect 1.1.1.1:443" not in heard.others


def test_without_the_network_nothing_is_asked() -> None:
    machine = Offline(patients.admit("network/healthy").machine)
    options = Options(patients.admit("network/healthy").machine.folder, is_given=True, is_offline=True)
    outcome = examine(machine, patients.everything(), options, chosen=["network.line", "network.beside"])
    assert {result.because.reason.value for result in outcome.results if result.because} == {"offline"}


# --- on real sockets ------------------------------------------------------------------------------------------------


class Homely(Heard):
    """This machine as far as it goes by itself: what it would ask anybody else is not recorded."""

    def request(self, method: str, url: str, *others: Any, **more: Any) -> Union[Response, Failure]:
        if "//127.0.0.1" not in url:
            raise Unavailable(say("that is elsewhere"), kind="not-recorded")
        return super().request(method, url, *others, **more)

    def resolve(self, host: str, timeout_s: float = 5.0) -> Any:
        if host != "127.0.0.1":
            raise Unavailable(say("that is elsewhere"), kind="not-recorded")
        return super().resolve(host, timeout_s)

    def connect(self, host: str, port: int, timeout_s: float = 5.0) -> Any:
        if host != "127.0.0.1":
            raise Unavailable(say("that is elsewhere"), kind="not-recorded")
        return super().connect(host, port, timeout_s)


def endpoint(address: str, is_local: bool = True) -> Endpoint:
    url = address if "://" in address else f"https://{address}"
    scheme, _, site = url.partition("://")
    host, _, port = site.rpartition(":")
    return Endpoint(
        "openai", "OpenAI", Secret(url), scheme, host, int(port), False, is_local, True, Secret(KEY), None, "", "",
        None, (),
    )  # fmt: skip


def through(address: str, login: str = "") -> Proxies:
    host, _, port = address.partition("://")[2].rpartition(":")
    scheme = address.partition("://")[0]
    url = f"{scheme}://{login}@{host}:{port}" if login else address
    one = Proxy(Secret(url), "HTTPS_PROXY", say("here"), scheme, host, int(port), bool(login), Url(address))
    return Proxies((Rule(Secret("all://"), one),))


def reach_of(
    address: str,
    proxies: Proxies = Proxies(),  # noqa: B008  a tuple never changes
    trust: TrustStore = TrustStore(),  # noqa: B008
    is_local: bool = True,
) -> Reach:
    """How far a request of the live machine comes; where the server is not one's own, as if it were on the internet."""
    options, nothing = Options(Path("/"), network_limit_s=20), Membership()
    endpoints: Any = Endpoints((endpoint(address, is_local),))
    settings: Any = None
    (found,) = reached(Homely(Live()), options, endpoints, settings, nothing, proxies, trust, Wsl()).reaches
    return found


@pytest.fixture
def authority() -> Any:
    return pytest.importorskip(
        "trustme", reason="cryptography, which makes the certificates, cannot be loaded here", exc_type=ImportError
    ).CA()


def tls(authority: Any, host: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def trust(authority: Any, tmp_path: Path) -> TrustStore:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return TrustStore(Trust(file))


@pytest.fixture
def secure_site(authority: Any) -> Iterator[str]:
    with serve(tls(authority)) as address:
        yield address


def test_an_authority_that_nobody_knows_is_named(secure_site: str) -> None:
    found = reach_of(secure_site)
    assert found.trouble == "network.tls-untrusted"
    assert isinstance(found.certificate, Certificate) and "trustme" in found.certificate.issuer
    assert Visitors.seen == []


def test_with_the_right_list_it_answers(secure_site: str, trust: TrustStore) -> None:
    found = reach_of(secure_site, trust=trust)
    assert found.trouble == "" and found.response is not None
    assert Visitors.seen == ["/models"]


def test_a_certificate_of_another_host(authority: Any, trust: TrustStore) -> None:
    with serve(tls(authority, "other.example.com")) as address:
        assert reach_of(address, trust=trust).trouble == "network.tls-host"


def test_a_list_that_is_none(secure_site: str, tmp_path: Path) -> None:
    (tmp_path / "list.pem").write_text("nothing")
    found = reach_of(secure_site, trust=TrustStore(Trust(tmp_path / "list.pem")))
    assert found.trouble == "network.tls-settings"


def test_http_where_https_is_expected() -> None:
    with serve() as address:
        assert reach_of(address.replace("http://", "https://")).trouble == "network.plain"


def test_a_line_that_is_cut_off() -> None:
    with raw(lambda connection: None) as site:
        assert reach_of(site).trouble == "network.reset"


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert reach_of(f"http://127.0.0.1:{port}").trouble == "network.refused"


def test_a_proxy_with_a_login(secure_site: str, trust: TrustStore) -> None:
    with proxy("somebody:word") as address:
        assert reach_of(secure_site, through(address), trust, False).trouble == "network.proxy-auth"
        assert reach_of(secure_site, through(address, "somebody:wrong"), trust, False).trouble == "network.proxy-auth"
        assert reach_of(secure_site, through(address, "somebody:word"), trust, False).trouble == ""
        assert not [head for head in Tunnels.heads if KEY in head], "the proxy sees the host, and no key"


def test_a_proxy_that_forbids(secure_site: str, trust: TrustStore) -> None:
    with proxy(is_strict=True) as address:
        assert reach_of(secure_site, through(address), trust, False).trouble == "network.proxy-refused"
        own = reach_of(secure_site, through(address), trust)
        assert own.trouble == "network.proxy-in-the-way", "a server of one's own needs no proxy"


def test_a_proxy_that_is_spoken_to_by_tls_and_speaks_none(secure_site: str, trust: TrustStore) -> None:
    with proxy() as address:
        wrong = through(address.replace("http://", "https://"))
        assert reach_of(secure_site, wrong, trust, False).trouble == "network.proxy-scheme"


def test_a_proxy_that_has_gone(secure_site: str, trust: TrustStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = reach_of(secure_site, through(f"http://127.0.0.1:{port}"), trust, False)
    assert found.trouble == "network.proxy-dead"
    assert not isinstance(found.direct, Failure), "the host itself can be connected to"


def test_the_key_does_not_follow_a_redirect() -> None:
    class Away(Visitors):
        def page_echo(self) -> None:
            self.answer(302, b"", Location=elsewhere)

    seen: list[bytes] = []
    with raw(lambda connection: seen.append(b"")) as other:
        elsewhere = f"http://{other}/models"
        with serve(handler=Away) as address:
            found = reach_of(address)
    assert found.trouble == "" and found.response is not None and found.response.status == 302
    assert seen == []


def test_what_no_recording_tells_is_no_failure() -> None:
    machine = patients.admit("healthy/ubuntu-classic-2024").machine
    endpoints: Any = Endpoints((endpoint("https://203.0.113.7:443"),))
    settings: Any = None
    with pytest.raises(Unavailable) as why:
        reached(machine, Options(machine.folder), endpoints, settings, Membership(), Proxies(), TrustStore(), Wsl())
    assert why.value.kind == "not-recorded"


def test_a_failure_of_the_machine_itself_says_so() -> None:
    assert Failure(FailureKind.UNSUPPORTED) == reach_of_faulty().answer


def reach_of_faulty() -> Reach:
    from checks.proxies import ProxyFault

    broken = Proxies(faults=(ProxyFault("scheme", "ALL_PROXY", say("here")),))
    return reach_of("https://127.0.0.1:1", broken)
