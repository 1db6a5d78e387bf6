"""A checkout of AutoGPT whose models are a llamafile's, examined on this very machine."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

import pytest

from checks.llamafile_server import LlamafileServer
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine.live import Live
from doctor.machine.offline import Offline
from doctor.outcome import Outcome
from doctor.registry import Registry
from tests.llamafile_peer import MODEL

CHECKS = ("llamafile.server", "llamafile.model", "llamafile.tokenizer")
_OF_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_OTHERS = ("REQUEST_METHOD", "SSL_CERT_FILE", "SSL_CERT_DIR", "LLAMAFILE_API_BASE", "SMART_LLM", "FAST_LLM")


class Visitor:
    """Examines it as often as one likes, each time with another base URL and other variables."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch, registry: Registry) -> None:
        self.agent = folder / "AutoGPT" / "classic" / "original_autogpt"
        self.environment, self.registry = environment, registry
        (self.agent / "autogpt" / "app").mkdir(parents=True)
        for name in (".env.template", "autogpt.sh", "pyproject.toml"):
            (self.agent / name).write_text("")
        for name in (*_OF_PROXIES, *(each.lower() for each in _OF_PROXIES), *_OTHERS):
            environment.delenv(name, raising=False)

    def __call__(self, base: str, limit_s: float = 8.0, is_offline: bool = False, **variables: str) -> Outcome:
        for name, value in variables.items():
            self.environment.setenv(name, value)
        lines = (f"SMART_LLM={MODEL}", f"FAST_LLM={MODEL}", f"LLAMAFILE_API_BASE={base}")
        (self.agent / ".env").write_text("\n".join(lines))
        machine = Live(network_limit_s=limit_s)
        options = Options(machine.path(str(self.agent)), True, is_offline, network_limit_s=limit_s)
        asked = Offline(machine) if is_offline else machine
        try:
            return examine(asked, self.registry, options, chosen=CHECKS, extra_facts=(LlamafileServer,))
        finally:
            machine.close()


def findings(outcome: Outcome) -> Mapping[str, Finding]:
    assert not [result for result in outcome.results if result.status is Status.ERROR], outcome.results
    return {each.code: each for result in outcome.results for each in result.findings}


def complaints(outcome: Outcome) -> list[str]:
    return [code for code, each in findings(outcome).items() if each.status in (Status.PROBLEM, Status.WARNING)]
