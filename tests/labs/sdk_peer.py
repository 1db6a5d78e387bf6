"""The providers' own libraries, asked what an answer is to them: run by the Python of an environment that has them.

Standard input is a JSON list of answers ({"provider", "status", "body"}), standard output one of what was made of each:
the class of the exception with those it is derived from, `code`, `type` and `error_code` as the library read them.
Nothing of our own is imported, and nothing is sent: a transport stands in for the network.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from typing import Any

# The names of the environments' packages stand in texts: nothing here has them.


def answering(library: Any, status: int, body: Any) -> Any:
    """A client of this httpx (or httpx2) that gets the same answer to everything."""

    def answer(request: Any) -> Any:
        sent = {"text": body} if isinstance(body, str) else {"json": body}
        return library.Response(status, **sent)

    return library.Client(transport=library.MockTransport(answer))


def asked(provider: str, status: int, body: Any) -> None:
    """Raises what a program gets that lists the models with this provider's library."""
    package, name = {
        "anthropic": ("anthropic", "Anthropic"), "groq": ("groq", "Groq"), "azure": ("openai", "AzureOpenAI")
    }.get(provider, ("openai", "OpenAI"))  # fmt: skip
    where = {"azure_endpoint": "https://x.openai.azure.com", "api_version": "2024-10-21"} if provider == "azure" else {}
    transport = answering(importlib.import_module(http_of(package)), status, body)
    make = getattr(importlib.import_module(package), name)
    listed = make(api_key="x", max_retries=0, http_client=transport, **where).models.list()
    [each.id for each in listed.data]


def http_of(package: str) -> str:
    """Anthropic's library stands on httpx2 from its version 2 on."""
    is_new = package == "anthropic" and int(importlib.metadata.version(package).split(".")[0]) >= 2
    return "httpx2" if is_new else "httpx"


def told(provider: str, status: int, body: Any) -> dict[str, Any]:
    try:
        asked(provider, status, body)
    except Exception as error:  # noqa: BLE001 - whatever a library makes of an answer is what is asked here
        inner = getattr(error, "body", None)
        inner = inner.get("error", inner) if isinstance(inner, dict) else inner
        named = inner if isinstance(inner, dict) else {}
        return {
            "classes": [each.__name__ for each in type(error).__mro__],
            "code": getattr(error, "code", None) or named.get("code"),
            "type": getattr(error, "type", None) or named.get("type"),
            "error_code": getattr(error, "error_code", None),
        }
    return {"classes": [], "code": None, "type": None, "error_code": None}


def known_codes() -> list[list[Any]]:
    """Status, code and classes of each error that Anthropic's library has a class of its own for."""
    try:
        known = importlib.import_module("anthropic._error_classes").ERROR_CLASSES
    except ImportError:
        return []
    return [[status, code, [base.__name__ for base in each.__mro__]] for (status, code), each in known.items() if code]


if __name__ == "__main__":
    answers = json.load(sys.stdin)
    libraries = {name: importlib.metadata.version(name) for name in ("openai", "anthropic", "groq", "httpx")}
    json.dump({"libraries": libraries, "told": [told(**each) for each in answers], "codes": known_codes()}, sys.stdout)
