"""What stands between AutoGPT and its llamafile, judged by what was heard of the server.

It protects the user from being sent to start a server that runs, behind a proxy, at another port, or still loading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional
from urllib.parse import urlsplit

from doctor.machine import Connected, Failure, FailureKind

if TYPE_CHECKING:
    from checks.endpoints import Endpoint
    from checks.llamafile_answers import Answer
    from checks.llamafile_server import Answers

LOADING = "llamafile.loading"
PROXY_IN_THE_WAY = "llamafile.proxy-in-the-way"
ANOTHER_PROGRAM = "llamafile.another-program"
NOT_RUNNING = "llamafile.not-running"
NOT_ASKED = "network.proxy-not-asked"
"""The proxy is of a kind that only AutoGPT can go through, if anybody."""


def trouble_of(answers: Answers, endpoint: Endpoint, direct: Optional[Answers] = None) -> str:
    """The code of the finding that tells it, "" when AutoGPT gets its list of models and is served.

    Where a proxy stands in between, what is heard past it (`direct`) decides whose fault it is. A server that is
    not in this network may well be reached through the proxy only.
    """
    trouble = _heard(answers)
    if not trouble or answers.proxy is None or direct is None:
        return trouble
    past = _heard(direct)
    if trouble == NOT_ASKED:
        return past
    if past in ("", LOADING):
        return PROXY_IN_THE_WAY
    return past if endpoint.is_local or direct.models.is_there else "llamafile.behind-proxy"


def _heard(answers: Answers) -> str:
    health, models = answers.health, answers.models
    if "loading" in (health.word, models.word):
        return LOADING
    if health.word == "load-failed":
        return "llamafile.load-failed"
    if models.models is not None:
        # AutoGPT counts words without any key.
        return "llamafile.key-required" if answers.tokens is not None and answers.tokens.word == "key" else ""
    if models.failure is not None:
        return _silence(answers, models)
    if models.word == "key":
        return "llamafile.key-required"
    if answers.models_at_root is not None and answers.models_at_root.models is not None:
        return "llamafile.path"
    # Many a program says that it is well at /health.
    is_own = "llama.cpp" in (health.program, models.program) or (health.word == "ok" and models.status >= 500)
    return "llamafile.error" if is_own else ANOTHER_PROGRAM


_OF_KIND = {
    FailureKind.REFUSED: NOT_RUNNING,
    FailureKind.ABSENT: "llamafile.host-unknown",
    FailureKind.UNREACHABLE: "llamafile.unreachable",
    FailureKind.CERTIFICATE: "llamafile.certificate",
}


def _silence(answers: Answers, models: Answer) -> str:
    failure = models.failure
    assert failure is not None
    # Windows takes seconds to say that a port refuses, for each of localhost's addresses; they were asked at once.
    if failure.kind is FailureKind.TIMED_OUT and isinstance(answers.connected, Failure):
        failure = answers.connected
    if failure.kind is FailureKind.UNSUPPORTED:
        return NOT_ASKED
    if failure.kind is FailureKind.UNREACHABLE and failure.detail.startswith("EAI_"):
        return "llamafile.host-unknown"
    if failure.kind is FailureKind.TIMED_OUT:
        is_there = isinstance(answers.connected, Connected) or answers.health.is_there
        return "llamafile.silent" if is_there else "llamafile.timeout"
    return _OF_KIND.get(failure.kind, ANOTHER_PROGRAM)


# --- addresses ------------------------------------------------------------------------------------------------------


def root_of(base: str) -> str:
    """The address of the server itself, below which it tells how it is and counts words."""
    return base[: -len("/v1")] if base.endswith("/v1") else base


def counts_words_there(base: str) -> bool:
    """Whether AutoGPT counts words where the server does: it cuts the address with str.strip, which takes a set of
    characters (class LlamafileTokenizer in its source).
    """
    return base.strip("/v1") == root_of(base)


def usual_models_url(base: str) -> str:
    """Where llama.cpp lists its models on this host; "" when that is where AutoGPT asks."""
    parts = urlsplit(base)
    return "" if parts.path == "/v1" else f"{parts.scheme}://{parts.netloc}/v1/models"
