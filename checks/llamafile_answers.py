"""What a server's answers say: is it a llamafile, is it still loading, which models does it have?

Pure reading of bytes from outside, which may be anything. It protects the user from a stranger on the port that is
taken for a llamafile, and from a llamafile that is taken for a stranger.

Source: the servers of llamafile 0.8.6, 0.9.3 and 0.10 (which is llama.cpp's own), and of the programs named below.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Mapping, NamedTuple, Optional, Union
from urllib.parse import urlsplit

from doctor.machine import Failure, Response

MOST_MODELS = 50
_ID = r"[\w .,:+@()\[\]~=/\\-]{1,300}"
_HOST = r"[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45}"


class Model(NamedTuple):
    """One model of a server's list."""

    id: str
    """As the server calls it, mostly the path of a file; "" when it is nothing that may be shown."""
    owner: str = ""
    """Whose it is, as far as it is a word that is known here."""


class Answer(NamedTuple):
    """One answer, or why there is none. Of the text itself nothing is kept."""

    failure: Optional[Failure] = None
    status: int = 0
    kind: str = ""
    """"json", "html" or "other"."""
    word: str = ""
    """"ok", "loading", "load-failed" or "key" (a key is asked for), where the answer says one of these."""
    program: str = ""
    """Who answers, where it names itself and is known: "llama.cpp", "Jenkins"."""
    leads_to: str = ""
    """The host that a redirect leads to."""
    models: Optional[tuple[Model, ...]] = None
    """A list of models, when it is one."""
    has_tokens: bool = False
    """Whether a text came back as a list of numbers."""

    @property
    def is_there(self) -> bool:
        return self.failure is None


# What programs say of themselves in their header, and as the owner of their models.
_HEADERS: Mapping[str, str] = {
    "llama.cpp": "llama.cpp", "jetty": "Jetty", "nginx": "nginx", "apache": "Apache", "tomcat": "Tomcat",
    "caddy": "Caddy", "uvicorn": "", "werkzeug": "a Python program", "simplehttp": "a Python program",
    "microsoft-iis": "IIS", "microsoft-httpapi": "Windows", "express": "a Node.js program", "squid": "Squid",
    "envoy": "Envoy", "llamafile": "llamafiler", "kestrel": "a .NET program",
}  # fmt: skip
_OWNERS: Mapping[str, str] = {
    "llamacpp": "llama.cpp", "llamafile": "llamafile", "library": "Ollama", "organization_owner": "LM Studio",
    "organization-owner": "LM Studio", "vllm": "vLLM", "openai": "", "me": "llama-cpp-python",
}  # fmt: skip
OWN = ("llama.cpp", "llamafile")
"""Those of them that are what AutoGPT wants."""


def read(answer: Union[Response, Failure]) -> Answer:
    """What an answer says."""
    if isinstance(answer, Failure):
        return Answer(answer)
    value = _json(answer)
    return Answer(
        None,
        answer.status,
        "html" if _is_html(answer) else "other" if value is _NONE else "json",
        _word(answer, value),
        _program(answer),
        _leads_to(answer),
        _models(value) if answer.status == 200 else None,
        answer.status == 200 and _has_tokens(value),
    )


_NONE = object()


def _json(answer: Response) -> Any:
    import json

    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _NONE


def _is_html(answer: Response) -> bool:
    kind = answer.headers.get("content-type", "").lower()
    return "html" in kind or answer.body[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))


def _word(answer: Response, value: Any) -> str:
    """Of llamafile up to 0.9 the word stands in `status`, since 0.10 in the type of the error."""
    told = value if isinstance(value, dict) else {}
    status = told.get("status")
    error = told.get("error")
    kind = error.get("type") if isinstance(error, dict) else None
    if answer.status == 503 and (status == "loading model" or kind == "unavailable_error"):
        return "loading"
    if answer.status == 500 and status == "error":
        return "load-failed"
    if answer.status == 401 and (kind == "authentication_error" or b"Invalid API Key" in answer.body[:200]):
        return "key"
    is_well = answer.status in (200, 503) and status in ("ok", "no slot available")
    return "ok" if is_well else ""


def _program(answer: Response) -> str:
    if "x-jenkins" in answer.headers:
        return "Jenkins"
    told = answer.headers.get("server", "").lower()
    return next((name for beginning, name in _HEADERS.items() if told.startswith(beginning)), "")


def _leads_to(answer: Response) -> str:
    if not 300 <= answer.status < 400:
        return ""
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname or ""
    except ValueError:
        return ""
    return host if re.fullmatch(_HOST, host) else ""


def _models(value: Any) -> Optional[tuple[Model, ...]]:
    listed = value.get("data") if isinstance(value, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed[:MOST_MODELS]):
        return None
    return tuple(_model(each) for each in listed[:MOST_MODELS])


def _model(told: Mapping[str, Any]) -> Model:
    id_, owner = told.get("id"), told.get("owned_by")
    is_shown = isinstance(id_, str) and re.fullmatch(_ID, id_) is not None
    return Model(str(id_) if is_shown else "", _OWNERS.get(owner, "") if isinstance(owner, str) else "")


def _has_tokens(value: Any) -> bool:
    tokens = value.get("tokens") if isinstance(value, dict) else None
    return isinstance(tokens, list) and bool(tokens) and all(isinstance(each, int) for each in tokens)


# --- names of models ------------------------------------------------------------------------------------------------

# What counts as the name: words joined by one dot or dash each, up to the word that tells the quantization.
_NAME = r"[A-Za-z0-9]+(?:[.-](?!(?:[qQ]|B?F)\d)[A-Za-z0-9]+)*"


def name_of(id_: str, on_windows: bool) -> str:
    """The model that AutoGPT takes an id for: without folders, without what follows the last dot, without the
    quantization. A path counts as one only in the form of the system that AutoGPT runs on.
    """
    file = (PureWindowsPath if on_windows else PurePosixPath)(id_).name
    stem = file.rpartition(".")[0] if "." in file else file
    found = re.match(_NAME, stem)
    return found[0] if found else stem


def file_of(id_: str) -> str:
    """The last part of an id, whichever way its path is written."""
    return re.split(r"[/\\]", id_.rstrip("/\\"))[-1]
