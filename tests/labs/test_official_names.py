"""The official hosts of the providers, served on this machine over real TLS, and the doctor's own command among them.

The only way to see that nothing of an address is taken for granted: api.openai.com is asked at port 443, with a
certificate that is checked, and what arrives there is written down. Needs root, for namespaces of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Optional, Sequence

import pytest

from tests.labs.provider_parts import (
    BUILDER,
    ROOT,
    Answer,
    Examined,
    Visit,
    built,
    denied,
    environment,
    listed,
    made_key,
    set_in,
)

OPENAI, ANTHROPIC, GROQ = "api.openai.com", "api.anthropic.com", "api.groq.com"
BESIDE = "openaipublic.blob.core.windows.net"
FREE = {OPENAI: "/v1/models", ANTHROPIC: "/v1/models", GROQ: "/openai/v1/models"}
MODELS = {
    OPENAI: ("gpt-4o", "gpt-4o-mini", "gpt-4-turbo", "gpt-3.5-turbo", "text-embedding-3-small"),
    ANTHROPIC: ("claude-3-5-sonnet-20241022", "claude-3-haiku-20240307", "claude-sonnet-4-20250514"),
    GROQ: ("llama-3.3-70b-versatile", "llama-3.1-8b-instant"),
}
KEYS = {
    "OPENAI_API_KEY": made_key("openai"),
    "ANTHROPIC_API_KEY": made_key("anthropic"),
    "GROQ_API_KEY": made_key("groq"),
}
HTML = Answer(403, b"<html><title>Attention Required!</title></html>", {"Content-Type": "text/html"})

pytestmark = [
    pytest.mark.skipif(not BUILDER.is_file(), reason="the builder of checkouts is not in ../shared/autogpt"),
    pytest.mark.skipif(not (shutil.which("unshare") and shutil.which("ip")), reason="there is no unshare or ip here"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a hosts file of one's own needs root"),
]


class Run(NamedTuple):
    examined: Examined
    visits: Mapping[str, list[Visit]]
    heads: Sequence[str]
    """What a proxy was asked."""


def answered(**others: Answer) -> dict[str, dict[str, Answer]]:
    """Each provider lists its models, and AutoGPT's word lists are there; `openai=...` answers with something else."""
    answers = {name: {FREE[name]: listed(*MODELS[name])} for name in FREE}
    for name, answer in others.items():
        answers[f"api.{name}.com"] = {"": answer}
    return {**answers, BESIDE: {"": Answer(200, b"")}}


def run(
    folder: Path,
    checkout: Path,
    answers: Mapping[str, Mapping[str, Answer]],
    *options: str,
    certificates: Mapping[str, str] = {},
    trusted_by: Sequence[str] = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
    network: str = "104.18.32.",
    hole: str = "",
    proxy: Optional[Mapping[str, Any]] = None,
    **variables: str,
) -> Run:
    told: dict[str, dict[str, Any]] = {name: {} for name in answers}
    for name, by_path in answers.items():
        for path, answer in by_path.items():
            told[name][path] = [answer.status, answer.body.decode(), answer.headers]
    scenario = {"folder": str(folder), "checkout": str(checkout), "answers": told, "certificates": dict(certificates),
                "trusted_by": list(trusted_by), "network": network, "hole": hole,
                "proxy": proxy, "variables": variables, "options": options}  # fmt: skip
    ran = subprocess.run(
        ["unshare", "--mount", "--net", "--propagation", "private", sys.executable,
         Path(__file__).with_name("official_names.py")],
        input=json.dumps(scenario), env=environment(folder, PYTHONPATH=str(ROOT)),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    made: dict[str, Any] = json.loads(ran.stdout)
    visits = {
        name: [Visit(method, path, headers, body.encode()) for method, path, headers, body in each]
        for name, each in made["visits"].items()
    }
    for key in KEYS.values():
        assert key not in made["output"]
        assert not any(key in visit.path for each in visits.values() for visit in each)
    return Run(Examined(made["report"], made["output"]), visits, made["heads"])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that needs OpenAI and Anthropic; the key of Groq is merely there."""
    made = built(tmp_path_factory.mktemp("checkout") / "AutoGPT")
    set_in(made, {**KEYS, "SMART_LLM": "claude-3-5-sonnet-20241022", "FAST_LLM": "gpt-4o-mini"})
    return made


def paths(visits: list[Visit]) -> list[str]:
    return [f"{each.method} {each.path}" for each in visits]


def holds_key(visit: Visit) -> bool:
    return any(key in repr(sorted(visit.headers.items())) for key in KEYS.values())


def test_three_healthy_providers_are_asked_once_each(checkout: Path, tmp_path: Path) -> None:
    examined, visits, _ = run(tmp_path, checkout, answered())
    assert examined.online == {}
    for provider in ("openai", "anthropic", "groq"):
        assert examined.codes[f"{provider}.key-accepted"] == "ok"
    assert paths(visits[OPENAI]) == ["GET /v1/models"]
    assert paths(visits[ANTHROPIC]) == ["GET /v1/models?limit=1000"]
    assert paths(visits[GROQ]) == ["GET /openai/v1/models"]
    assert visits[OPENAI][0].headers["authorization"] == f"Bearer {KEYS['OPENAI_API_KEY']}"
    assert visits[ANTHROPIC][0].headers["x-api-key"] == KEYS["ANTHROPIC_API_KEY"]
    assert visits[GROQ][0].headers["authorization"] == f"Bearer {KEYS['GROQ_API_KEY']}"
    for name in FREE:
        assert visits[name][0].headers["host"] == name
        assert visits[name][0].headers["user-agent"].startswith("autogpt-doctor/")
    assert not any(holds_key(visit) for visit in visits[BESIDE])


@pytest.mark.parametrize(
    ("provider", "answer", "told"),
    [
        ("openai", denied(), {"openai.key-rejected": "problem"}),
        ("openai", denied("unsupported_country_region_territory", 403), {"openai.region": "problem"}),
        ("openai", denied("insufficient_quota", 429), {"openai.no-credit": "problem"}),
        ("anthropic", denied(None, 400, "Your credit balance is too low."), {"anthropic.no-credit": "problem"}),
        ("anthropic", Answer(403, HTML.body, HTML.headers), {"anthropic.blocked": "warning"}),
        ("groq", denied(), {}),
        ("groq", denied("organization_restricted", 400), {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_provider_refuses(
    checkout: Path, tmp_path: Path, provider: str, answer: Answer, told: Mapping[str, str]
) -> None:
    examined, visits, _ = run(tmp_path, checkout, answered(**{provider: answer}))
    assert examined.online == told
    assert [len([visit for visit in visits[name] if holds_key(visit)]) for name in FREE] == [1, 1, 1]


@pytest.mark.parametrize(
    ("movers", "told"),
    [
        (("openai",), {"openai.redirect": "problem"}),
        (("openai", "anthropic", "groq"), {"network.captive": "problem"}),  # no three of them do so by themselves
    ],
    ids=len,
)
def test_who_is_redirected_to_gets_no_key(
    checkout: Path, tmp_path: Path, movers: Sequence[str], told: Mapping[str, str]
) -> None:
    moved = Answer(302, b"", {"Location": f"https://{BESIDE}/v1/models"})
    examined, visits, _ = run(tmp_path, checkout, answered(**dict.fromkeys(movers, moved)))
    assert examined.online == told
    assert not any(holds_key(visit) for visit in visits[BESIDE])
    assert "/v1/models" not in {visit.path for visit in visits[BESIDE]}


def test_a_certificate_that_nobody_trusts_gets_no_request_at_all(checkout: Path, tmp_path: Path) -> None:
    examined, visits, _ = run(tmp_path, checkout, answered(), trusted_by=())
    assert examined.online == {"network.tls-untrusted": "problem"}
    assert not any(holds_key(visit) for each in visits.values() for visit in each)
    for provider in ("openai", "anthropic"):
        assert examined.not_checked(f"{provider}.key")


def test_trust_of_the_clients_is_not_trust_of_what_loads_word_lists(checkout: Path, tmp_path: Path) -> None:
    examined, _, _ = run(tmp_path, checkout, answered(), trusted_by=["SSL_CERT_FILE"])
    assert examined.online == {"network.tokenizer": "warning"}
    examined, _, _ = run(tmp_path, checkout, answered(), trusted_by=["REQUESTS_CA_BUNDLE"])
    assert examined.online == {"network.tls-untrusted": "problem"}


def test_names_that_lead_to_this_computer(checkout: Path, tmp_path: Path) -> None:
    examined, _, _ = run(tmp_path, checkout, answered(), trusted_by=(), network="127.0.1.")
    assert examined.online == {"network.name-redirected": "problem"}


@pytest.mark.parametrize(
    ("manner", "code"), [("expired", "network.tls-expired"), ("other-name", "network.tls-host")]
)
def test_one_provider_shows_a_wrong_certificate(checkout: Path, tmp_path: Path, manner: str, code: str) -> None:
    examined, visits, _ = run(tmp_path, checkout, answered(), certificates={OPENAI: manner})
    assert examined.online == {code: "problem"}
    assert not any(holds_key(visit) for visit in visits[OPENAI])
    assert len(visits[ANTHROPIC]) == 1
    assert examined.not_checked("openai.key")
    assert examined.codes["anthropic.key-accepted"] == "ok"


def test_a_name_that_does_not_resolve(checkout: Path, tmp_path: Path) -> None:
    answers = answered()
    del answers[OPENAI]
    examined, _, _ = run(tmp_path, checkout, answers)
    assert examined.online == {"network.dns": "problem"}
    assert examined.codes["anthropic.key-accepted"] == "ok"
    assert examined.not_checked("openai.key")


@pytest.mark.parametrize(
    ("hole", "code"), [("addresses", "network.timeout"), ("names", "network.dns"), ("everything", "network.route")]
)
def test_a_black_hole_costs_one_limit_and_the_report_is_whole(
    checkout: Path, tmp_path: Path, hole: str, code: str
) -> None:
    examined, _, _ = run(tmp_path, checkout, answered(), hole=hole)
    assert examined.online == {code: "problem"}
    assert examined.codes["keys.form"] == "ok"
    late = [each["id"] for each in examined.report["checks"] if (each["because"] or {}).get("reason") == "time"]
    assert late == []
    for provider in ("openai", "anthropic"):
        assert examined.not_checked(f"{provider}.key")


def test_offline_not_even_a_name_is_asked_for(checkout: Path, tmp_path: Path) -> None:
    examined, visits, _ = run(tmp_path, checkout, answered(), "--offline")
    assert not any(visits.values())
    assert examined.online == {}


def test_a_template_that_was_not_filled_in_is_sent_to_nobody(tmp_path: Path) -> None:
    made = built(tmp_path / "AutoGPT")
    keys = {"OPENAI_API_KEY": "sk-" + "proj-" + "x" * 48, "GROQ_API_KEY": KEYS["OPENAI_API_KEY"]}
    set_in(made, {**keys, "ANTHROPIC_API_KEY": "your-anthropic-api-key"})
    _, visits, _ = run(tmp_path, made, answered())
    for name in FREE:
        assert not [visit for visit in visits[name] if {"authorization", "x-api-key"} & set(visit.headers)]


def test_paying_goes_to_the_same_hosts(checkout: Path, tmp_path: Path) -> None:
    answers = answered()
    answers[OPENAI]["/v1/embeddings"] = denied("insufficient_quota", 429)
    answers[ANTHROPIC]["/v1/messages"] = denied(None, 400, "Your credit balance is too low.")
    examined, visits, _ = run(tmp_path, checkout, answers, "--billing")
    assert set(examined.online) == {"billing.no-credit"}
    assert paths(visits[OPENAI])[1:] == ["POST /v1/embeddings"]
    assert paths(visits[ANTHROPIC])[1:] == ["POST /v1/messages"]
    assert paths(visits[GROQ])[1:] == []  # nobody needs it


PORT = 3128
PROXY = f"http://127.0.0.1:{PORT}"
LOGIN = "jane:" + "w0rd" * 3


@pytest.mark.parametrize(
    ("proxy", "address", "told"),
    [
        ({"port": PORT}, PROXY, ""),
        ({"port": PORT, "login": LOGIN}, PROXY.replace("//", f"//{LOGIN}@"), ""),
        ({"port": PORT, "login": LOGIN}, PROXY, "network.proxy-auth"),
        ({"port": PORT, "refuses": True}, PROXY, "network.proxy-refused"),
        (None, PROXY, "network.proxy-dead"),
    ],
    ids=["open", "login", "no-login", "refuses", "dead"],
)
def test_a_proxy_for_everything(
    checkout: Path, tmp_path: Path, proxy: Optional[Mapping[str, Any]], address: str, told: str
) -> None:
    examined, visits, heads = run(tmp_path, checkout, answered(), proxy=proxy, HTTPS_PROXY=address)
    assert examined.online == ({told: "problem"} if told else {})
    assert not any(key in head for key in KEYS.values() for head in heads)
    assert LOGIN.split(":")[1] not in examined.output
    assert [len([visit for visit in visits[name] if holds_key(visit)]) for name in FREE] == [0 if told else 1] * 3
    if not told:
        assert {head.split()[1] for head in heads} >= {f"{name}:443" for name in FREE}
        assert not any("proxy-authorization" in visit.headers for each in visits.values() for visit in each)


def test_a_proxy_that_is_not_for_these_hosts_hears_of_nothing(checkout: Path, tmp_path: Path) -> None:
    hosts = ",".join((*FREE, BESIDE))
    examined, visits, heads = run(
        tmp_path, checkout, answered(), proxy={"port": PORT}, HTTPS_PROXY=PROXY, NO_PROXY=hosts
    )
    assert examined.online == {}
    assert not heads
    assert [len(visits[name]) for name in FREE] == [1, 1, 1]
