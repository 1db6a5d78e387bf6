"""What answers at the address of the llamafile: asked as AutoGPT asks, and past the proxy where that fails.

It protects the user from "Connection error.", which is all that AutoGPT says of a llamafile that is not started, is
still loading, moved to another port, or is hidden by a proxy. Nothing is asked unless a model in use is a llamafile's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Optional, Union

from checks.endpoints import Endpoint, Endpoints
from checks.hosts import is_loopback, site_of
from checks.llamafile_verdict import NOT_RUNNING, counts_words_there, root_of, trouble_of, usual_models_url
from checks.probes import NO_KEY_REQUIRED
from checks.process_variables import ProcessVariables
from checks.proxies import Proxies, Proxy
from checks.trust import TrustStore
from doctor import Failure, Machine, NotHere, Options, Unavailable, fact, in_parallel, say
from doctor.machine import Connected, Listener, Trust

if TYPE_CHECKING:  # nothing of it is needed unless a llamafile is
    from checks.llamafile_answers import Answer

SHARE = 0.6
"""Of the time for the whole network, what a question gets that others may follow."""
MOST_ASKED = 3
# Names of programs that may be a llamafile; whether one is shows in its answer.
_NAMES = r"(?i)llama|mistral-7b|\A\.?ape\b"


class Answers(NamedTuple):
    """What was heard on one way to the server."""

    proxy: Optional[Proxy]
    """None for the straight way."""
    connected: Union[Connected, Failure, None]
    """Whether a connection can be made; None behind a proxy, which makes it."""
    health: Answer
    """To the question how it is, below the root of the server."""
    models: Answer
    """To the question for its models, at the address that AutoGPT asks."""
    tokens: Optional[Answer] = None
    """To the question to count a word; None when it was not asked."""
    tokens_proxy: Optional[Proxy] = None
    """The proxy that this question went through: another library of AutoGPT asks it, with rules of its own."""
    tokens_direct: Optional[Answer] = None
    """To the same question past that proxy; only where it came to nothing."""
    models_at_root: Optional[Answer] = None
    """To the question for its models at `/v1`, where AutoGPT's own address led to none."""


class LlamafileServer(NamedTuple):
    """The server at the address of the llamafile."""

    endpoint: Endpoint
    answers: Answers
    """As AutoGPT asks it."""
    direct: Optional[Answers] = None
    """The same past the proxy; only where one stood in between and no list of models came back."""
    trouble: str = ""
    """The code of the finding that explains why AutoGPT gets no list of models from it, or is not served with it;
    "llamafile.loading" is a note. "" when all is well so far."""
    is_here: bool = False
    """Whether the address means this very system (in WSL: the Linux in it)."""
    occupant: Optional[Listener] = None
    """Who listens at that port here; None when nobody does, or nobody tells."""
    elsewhere: Optional[Listener] = None
    """A llamafile that listens here, but at another port or address."""

    @property
    def best(self) -> Answers:
        """The answers that tell about the server itself, and not about a proxy."""
        return self.direct if self.direct is not None else self.answers


@fact
def llamafile_server(
    machine: Machine,
    options: Options,
    endpoints: Endpoints,
    proxies: Proxies,
    process_variables: ProcessVariables,
    trust_store: TrustStore,
) -> LlamafileServer:
    endpoint = endpoints.of("llamafile")  # only where a model in use is a llamafile's
    if endpoint is None:
        raise NotHere
    if endpoint.url_obstacle:
        raise Unavailable(say("the address of the llamafile is wrong"), endpoint.url_obstacle)
    visit = _Visit(machine, endpoint, trust_store.trust, SHARE * options.network_limit_s)
    proxy = proxies.for_url(endpoint.url("/models"))
    tokens_proxy = proxy
    if proxies.all and endpoint.scheme == "http":
        from checks.llamafile_requests import proxy_for

        tokens_proxy = proxy_for(endpoint.host, endpoint.port, proxies, process_variables)
    answers = visit.ask(proxy, tokens_proxy)
    direct = visit.ask(None, None) if proxy is not None and trouble_of(answers, endpoint) else None
    found = LlamafileServer(endpoint, answers, direct, is_here=is_loopback(endpoint.host))
    found = found._replace(trouble=trouble_of(answers, endpoint, direct))
    return _with_listeners(visit, found) if found.trouble and found.is_here else found


class _Visit:
    """Asks one server, by this way and that."""

    def __init__(self, machine: Machine, endpoint: Endpoint, trust: Trust, limit_s: float) -> None:
        self.machine, self.endpoint, self.trust, self.limit_s = machine, endpoint, trust, limit_s

    def ask(self, proxy: Optional[Proxy], tokens_proxy: Optional[Proxy]) -> Answers:
        base = self.endpoint.url("")
        heard: list[Any] = in_parallel(
            lambda: self._get(f"{root_of(base)}/health", proxy),
            lambda: self._get(f"{base}/models", proxy),
            lambda: self._connect() if proxy is None else None,
        )
        health, models, connected = heard
        answers = Answers(proxy, connected, health, models)
        usual = usual_models_url(base)
        if models.is_there and models.models is None and usual:
            return answers._replace(models_at_root=self._get(usual, proxy))
        if models.models is None or not counts_words_there(base):
            return answers
        return self._with_tokens(answers, f"{root_of(base)}/tokenize", tokens_proxy)

    def _with_tokens(self, answers: Answers, url: str, proxy: Optional[Proxy]) -> Answers:
        heard = self._count_words(url, proxy)
        is_asked_again = proxy is not None and not heard.has_tokens
        direct = self._count_words(url, None) if is_asked_again else None
        return answers._replace(tokens=heard, tokens_proxy=proxy, tokens_direct=direct)

    def list_of(self, base: str) -> Answer:
        """What a server on this system says its models are."""
        return self._get(f"{base}/models", None)

    def _get(self, url: str, proxy: Optional[Proxy]) -> Answer:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {NO_KEY_REQUIRED}"}
        return self._request("GET", url, headers, None, proxy)

    def _count_words(self, url: str, proxy: Optional[Proxy]) -> Answer:
        """AutoGPT does this with another library, and without a key."""
        return self._request("POST", url, {"Content-Type": "application/json"}, b'{"content": "a"}', proxy)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: Optional[bytes], proxy: Optional[Proxy]
    ) -> Answer:
        from checks.llamafile_answers import read

        through = None if proxy is None else proxy.url
        return read(self.machine.request(method, url, headers, body, self.limit_s, through, self.trust))

    def _connect(self) -> Union[Connected, Failure]:
        return self.machine.connect(self.endpoint.host, self.endpoint.port, self.limit_s)


# --- who listens here -----------------------------------------------------------------------------------------------


def _is_of_listener(address: str) -> bool:
    """Whether who listens at an address is reached from this very system."""
    return is_loopback(address) or address == "*"


def _with_listeners(visit: _Visit, found: LlamafileServer) -> LlamafileServer:
    """Who has the port, and whether a llamafile has another one."""
    try:
        listening = visit.machine.listeners()
    except Unavailable:  # a recording without them: what was heard is judged all the same
        return found
    if isinstance(listening, Failure):
        return found
    at_port = [each for each in listening.listeners if each.port == found.endpoint.port]
    occupant = next((each for each in at_port if _is_of_listener(each.address)), None)
    if found.trouble != NOT_RUNNING:
        return found._replace(occupant=occupant)
    named = [each for each in listening.listeners if re.search(_NAMES, each.program) and each is not occupant]
    return found._replace(elsewhere=next((each for each in named[:MOST_ASKED] if _is_llamafile(visit, each)), None))


def _is_llamafile(visit: _Visit, listener: Listener) -> bool:
    from checks.llamafile_answers import OWN

    heard = visit.list_of(address_of(listener))
    return any(each.owner in OWN for each in heard.models or ())


def address_of(listener: Listener) -> str:
    """The base URL of a llamafile that listens on this system."""
    host = "localhost" if _is_of_listener(listener.address) else listener.address
    return f"http://{site_of(host, listener.port)}/v1"
