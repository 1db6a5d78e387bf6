"""Does the llamafile that AutoGPT is set to serve it: does it answer, with the right model, and does it count words?

It protects the user from "You don't have access to mistral-7b-instruct-v0.2", after which AutoGPT asks for a key of
OpenAI that nobody here needs.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from checks.checkout import Checkout
from checks.env_file import EnvFile
from checks.env_places import EnvPlaces
from checks.llamafile_files import LlamafileFiles
from checks.llamafile_server import Answers, LlamafileServer
from checks.llamafile_verdict import LOADING, counts_words_there
from checks.meanings_of_llamafile import LLAMAFILE_MODEL, LLAMAFILE_SERVER, LLAMAFILE_TOKENIZER
from checks.process_variables import ProcessVariables
from checks.proxies import Proxies
from doctor import Finding, Stage, System, Unavailable, check, fact, ok, say

# --- facts ----------------------------------------------------------------------------------------------------------


class Served(NamedTuple):
    """A server that gives AutoGPT a list of its models."""

    server: LlamafileServer
    answers: Answers


@fact
def served(llamafile_server: LlamafileServer) -> Served:
    trouble = llamafile_server.trouble
    if trouble == LOADING:
        raise Unavailable(say("the llamafile is still loading its model"), trouble)
    if trouble:
        raise Unavailable(say("no llamafile serves AutoGPT"), trouble)
    return Served(llamafile_server, llamafile_server.best)


# --- judgements -----------------------------------------------------------------------------------------------------


@check("llamafile.server", title="The llamafile's server", stage=Stage.LOCAL_MODEL, codes=LLAMAFILE_SERVER)
def llamafile_server_answers(
    llamafile_server: LlamafileServer,
    checkout: Checkout,
    env_file: EnvFile,
    env_places: EnvPlaces,
    proxies: Proxies,
    process_variables: ProcessVariables,
    llamafile_files: Optional[LlamafileFiles],
) -> Iterator[Finding]:
    """When a model in use is a llamafile's, its server must run, and answer at the address in LLAMAFILE_API_BASE.

    A llamafile is started by hand, and runs in a terminal of its own as long as AutoGPT does. AutoGPT brings a script
    for it, scripts/llamafile/serve.py, which downloads one of version 0.8.6 and about 5 GB the first time; when the
    download breaks off, it takes the broken file for whole. The script hands --host and --port on; without them the
    server listens to this computer alone, at port 8080. A llamafile of version 0.10 or newer refuses the --nobrowser
    that the script passes: start such a one by itself, with --server --port 8080. The server is asked as AutoGPT asks
    it, through a proxy where one is set, and past that proxy when no answer comes. While it loads its model it says
    so; that takes a minute or two, and is no fault. AutoGPT has no key to give to it.
    """
    from checks.llamafile_case import Case
    from checks.llamafile_findings import finding_of
    from checks.llamafile_proxy import Past, in_the_way

    case = Case(llamafile_server, checkout, env_file.path or env_places.target, llamafile_files)
    proxy = in_the_way(case, Past(proxies, process_variables))
    if proxy is not None:
        yield proxy
    if not llamafile_server.trouble:
        yield ok("llamafile.ready", say("a server with models answers at {address}", address=case.at))
    elif proxy is None or proxy.code != llamafile_server.trouble:
        yield finding_of(case)


@check("llamafile.model", title="The model that the llamafile has", stage=Stage.LOCAL_MODEL, codes=LLAMAFILE_MODEL)
def llamafile_model(
    served: Served, checkout: Checkout, env_file: EnvFile, env_places: EnvPlaces, system: System
) -> Iterator[Finding]:
    """AutoGPT knows the model of a llamafile by the name of its file, and takes no other.

    It leaves out the folders, what follows the last dot, and the quantization. What remains has to be the name that
    SMART_LLM and FAST_LLM hold: from mistral-7b-instruct-v0.2.Q5_K_M.gguf it gets mistral-7b-instruct-v0.2. A name
    without an ending loses its last part that way, capital letters count, and a path of Windows means nothing to an
    AutoGPT in Linux. When the name is not found, AutoGPT says that it has no access to the model, takes one of OpenAI
    in its place, and asks for a key. Ollama and LM Studio are no llamafiles: they do not count words as AutoGPT asks.
    """
    from checks.llamafile_case import Case
    from checks.llamafile_models import judge

    case = Case(served.server, checkout, env_file.path or env_places.target)
    yield from judge(case, served.answers, system.is_windows)


@check("llamafile.tokenizer", title="The llamafile counts words", stage=Stage.LOCAL_MODEL, codes=LLAMAFILE_TOKENIZER)
def llamafile_tokenizer(
    served: Served,
    checkout: Checkout,
    env_file: EnvFile,
    env_places: EnvPlaces,
    proxies: Proxies,
    process_variables: ProcessVariables,
) -> Iterator[Finding]:
    """Before each request AutoGPT lets the llamafile count words, at /tokenize beside /v1.

    A llamafile does so; other servers that are otherwise compatible do not, and then AutoGPT ends with an error. Of
    some addresses AutoGPT makes a wrong one for this, since it cuts off each 1, v and / at the end and not only /v1.
    It asks with another library than for anything else, which has rules of its own for a proxy: NO_PROXY with a port
    (localhost:8080) keeps the one from the proxy and not the other, and localhost,127.0.0.1 keeps both.
    """
    from checks.llamafile_case import Case
    from checks.llamafile_models import judge_tokens
    from checks.llamafile_proxy import Past

    if not counts_words_there(served.server.endpoint.url("")):
        raise Unavailable(say("AutoGPT counts words at another address"), "settings.base-url-tokenizer")
    case = Case(served.server, checkout, env_file.path or env_places.target)
    yield from judge_tokens(case, served.answers, Past(proxies, process_variables))
