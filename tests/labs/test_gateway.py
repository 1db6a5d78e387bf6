"""A LiteLLM proxy behind OPENAI_API_BASE_URL: a gateway that thousands run, with its own words for a key and a budget.

Runs when DOCTOR_TEST_LITELLM names an environment with `litellm[proxy]==1.106.2 prisma==0.15.0` (742 MB).
"""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Iterator, Mapping

import pytest

from tests.labs.provider_parts import BUILDER, Examined, built, environment, examine, made_key, set_in

FOLDER = os.environ.get("DOCTOR_TEST_LITELLM", "")
READY_S = 240
GOOD, BAD, BROKE = made_key("openai"), made_key("openai", "b"), made_key("openai", "c")

pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="DOCTOR_TEST_LITELLM names no environment with a LiteLLM proxy"),
    pytest.mark.skipif(not BUILDER.is_file(), reason="the builder of checkouts is not in ../shared/autogpt"),
]

CONFIGURATION = """
model_list:
  - model_name: gpt-4o
    litellm_params: {model: openai/fake, api_key: sk-none, mock_response: "pong"}
  - model_name: gpt-4o-mini
    litellm_params: {model: openai/fake, api_key: sk-none, mock_response: "litellm.RateLimitError"}
  - model_name: text-embedding-3-small
    litellm_params: {model: openai/fake, api_key: sk-none, mock_response: "pong"}
general_settings:
  master_key: sk-master
  custom_auth: custom_auth.user_api_key_auth
litellm_settings:
  telemetry: false
"""
HOOK = """
import os
import litellm
from litellm.proxy._types import ProxyException, UserAPIKeyAuth


async def user_api_key_auth(request, api_key):
    key = (api_key or "").removeprefix("Bearer ")
    if key == os.environ["KEY_GOOD"]:
        return UserAPIKeyAuth(api_key=key)
    if key == os.environ["KEY_BROKE"]:
        raise litellm.BudgetExceededError(current_cost=1.0, max_budget=0.5)
    raise ProxyException(message="Authentication Error, no such key", type="auth_error", param="key", code=401)
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, once it answers."""
    folder = tmp_path_factory.mktemp("litellm")
    (folder / "litellm.yaml").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "custom_auth.py").write_text(HOOK, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [Path(FOLDER, "bin", "litellm"), "--config", "litellm.yaml", "--host", "127.0.0.1", "--port", port],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        env=environment(folder, LITELLM_LOCAL_MODEL_COST_MAP="True", KEY_GOOD=GOOD, KEY_BROKE=BROKE),
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(READY_S):
            try:
                process.wait(1)
                pytest.fail((folder / "log").read_text(encoding="utf-8")[-2000:])
            except subprocess.TimeoutExpired:
                if answers(f"{address}/health/liveliness"):
                    break
        yield f"{address}/v1"
    finally:
        process.kill()
        process.wait()
        log.close()


def answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("checkout") / "AutoGPT")


def seen(gateway: str, checkout: Path, home: Path, key: str, fast: str, *options: str) -> Examined:
    models = {"SMART_LLM": "gpt-4o", "FAST_LLM": fast, "EMBEDDING_MODEL": "text-embedding-3-small"}
    set_in(checkout, {"OPENAI_API_KEY": key, "OPENAI_API_BASE_URL": gateway, **models})
    examined = examine(checkout, home, *options)
    assert key not in examined.output
    return examined


@pytest.mark.parametrize(
    ("key", "fast", "told"),
    [
        (GOOD, "gpt-4o-mini", {}),
        (BAD, "gpt-4o-mini", {"openai.key-rejected": "problem"}),
        (BROKE, "gpt-4o-mini", {"openai.spend-limit": "problem"}),
        (GOOD, "gpt-4-turbo", {"openai.model-not-offered": "warning"}),
    ],
)
def test_the_gateway_s_own_words(
    gateway: str, checkout: Path, tmp_path: Path, key: str, fast: str, told: Mapping[str, str]
) -> None:
    assert seen(gateway, checkout, tmp_path, key, fast).online == told


def test_a_limit_behind_the_gateway_is_told_when_it_is_paid_for(gateway: str, checkout: Path, tmp_path: Path) -> None:
    examined = seen(gateway, checkout, tmp_path, GOOD, "gpt-4o-mini", "--billing")
    assert examined.online == {"billing.rate-limit": "warning"}


@pytest.mark.parametrize("path", ["", "/v2"])
def test_another_path_of_the_gateway(gateway: str, checkout: Path, tmp_path: Path, path: str) -> None:
    examined = seen(gateway.removesuffix("/v1") + path, checkout, tmp_path, GOOD, "gpt-4o-mini")
    # LiteLLM lists its models without /v1, too.
    assert examined.online == ({} if not path else {"openai.wrong-path": "problem"})
