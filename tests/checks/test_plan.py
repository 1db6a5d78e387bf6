"""Which models AutoGPT will use, and whose keys it needs for them: by version, by the names that each version reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.autogpt.versions import Version
from checks.plan import Plan, PlannedModel
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding
from doctor.machine.recorded import parse, read
from doctor.registry import Registry
from doctor.words import render
from tests import patients

HERE = Path(__file__).parents[1] / "patients"
ENV = {
    "v0.1": ".env", "v0.4": ".env", "2023-09": "autogpts/autogpt/.env", "v0.5": "autogpts/autogpt/.env",
    "2024-09": "autogpt/.env", "classic-2024": "classic/original_autogpt/.env", "classic-2026": "classic/.env",
}  # fmt: skip


def examined(checkout: str, text: Optional[str], **more: Any) -> tuple[Plan, Version, dict[str, Finding]]:
    """What is planned in a checkout whose `.env` holds this text, and what is said of it."""
    state: dict[str, Any] = read(HERE / "machines" / "ubuntu.yaml")
    for key, entries in read(HERE / "checkouts" / f"{checkout}.yaml").items():
        state[key] = {**state.get(key, {}), **entries} if isinstance(entries, dict) else entries
    state["tree"] = {**state["tree"], ENV[checkout]: text, **more.pop("tree", {})}
    state["environment"] = {**state.get("environment", {}), **more.pop("environment", {})}
    recorded = parse({key: value for key, value in state.items() if key not in ("expect", "about")})
    registry, options = patients.everything(), Options(recorded.folder, is_given=True)
    outcome = examine(recorded, registry, options, chosen=chosen(registry), extra_facts=(Plan, Version))
    findings = {finding.code: finding for result in outcome.results for finding in result.findings}
    return outcome.values[Plan], outcome.values[Version], findings


def chosen(registry: Registry) -> Any:
    return registry.matching(("plan", "models"))


def named(plan: Plan) -> dict[str, tuple[str, str, bool]]:
    return {model.role: (model.variable, model.name, model.is_default) for model in plan.models}


@pytest.mark.parametrize(
    ("checkout", "text", "smart", "fast"),
    [
        ("v0.1", "", ("SMART_LLM_MODEL", "gpt-4", True), ("FAST_LLM_MODEL", "gpt-3.5-turbo", True)),
        ("v0.4", "SMART_LLM=x\nFAST_LLM_MODEL=y\n", ("SMART_LLM_MODEL", "gpt-4", True), ("FAST_LLM_MODEL", "y", False)),
        ("2023-09", "SMART_LLM_MODEL=x\n", ("SMART_LLM_MODEL", "x", False), ("FAST_LLM", "gpt-3.5-turbo-16k", True)),
        (
            "2023-09",
            "SMART_LLM_MODEL=x\nSMART_LLM=z\nFAST_LLM=\nFAST_LLM_MODEL=y\n",
            ("SMART_LLM", "z", False),
            ("FAST_LLM", "", False),
        ),
        ("v0.5", "SMART_LLM_MODEL=x\n", ("SMART_LLM", "gpt-4", True), ("FAST_LLM", "gpt-3.5-turbo-16k", True)),
        ("classic-2026", "SMART_LLM=' x'\n", ("SMART_LLM", " x", False), ("FAST_LLM", "gpt-3.5-turbo", True)),
    ],
)
def test_the_names_that_the_version_reads(
    checkout: str, text: str, smart: tuple[str, str, bool], fast: tuple[str, str, bool]
) -> None:
    plan, _, _ = examined(checkout, text)
    assert named(plan)["smart"] == smart
    assert named(plan)["fast"] == fast


@pytest.mark.parametrize(
    ("checkout", "text", "uses_azure"),
    [
        ("classic-2024", "USE_AZURE=True\n", True),
        ("classic-2024", "USE_AZURE=true\n", False),
        ("classic-2024", "OPENAI_API_TYPE=azure\n", True),
        ("classic-2024", "OPENAI_API_TYPE=azure\nUSE_AZURE=False\n", True),
        ("classic-2024", "OPENAI_API_TYPE=open_ai\n", False),
        ("v0.1", "USE_AZURE=True\n", True),
        ("v0.4", "OPENAI_API_TYPE=azure\n", False),
    ],
)
def test_azure_is_used_when_it_says_exactly_so(checkout: str, text: str, uses_azure: bool) -> None:
    plan, _, findings = examined(checkout, text)
    assert plan.uses_azure is uses_azure
    detail = findings["plan.key-missing"].detail
    assert detail is not None
    assert ("Azure" in render(detail)) is uses_azure


@pytest.mark.parametrize(
    ("checkout", "text", "needed"),
    [
        ("v0.4", "SMART_LLM_MODEL=claude-2\nFAST_LLM_MODEL=llama3-8b-8192\n", ("openai",)),
        ("v0.5", "SMART_LLM=claude-3-opus-20240229\n", ("openai",)),
        ("2024-09", "SMART_LLM=claude-3-opus-20240229\nFAST_LLM=gemma-7b-it\n", ("anthropic", "groq")),
        ("2024-09", "SMART_LLM=claude-3-opus-20240229\n", ("anthropic", "openai")),
        ("2024-09", "SMART_LLM=nonsense\nFAST_LLM=\n", ()),
        ("classic-2026", "SMART_LLM=mistral-7b-instruct-v0.2\nFAST_LLM=mistral-7b-instruct-v0.2\n", ("llamafile",)),
        ("classic-2026", "SMART_LLM=o3\nFAST_LLM=o3\nEMBEDDING_MODEL=claude\n", ("openai",)),
    ],
)
def test_whose_keys_are_needed(checkout: str, text: str, needed: tuple[str, ...]) -> None:
    plan, _, _ = examined(checkout, text)
    assert plan.needed == needed
    assert [plan.needs(id_) for id_ in ("openai", "anthropic")] == ["openai" in needed, "anthropic" in needed]


def test_a_key_in_place_of_a_model_is_not_in_the_plan() -> None:
    key = "{{secret prefix=sk-proj- length=164 marker@82}}"
    plan, _, findings = examined("classic-2024", f"SMART_LLM={key}\n")
    assert plan.models[0] == PlannedModel("smart", "SMART_LLM", "", None, False)
    assert render(findings["models.unknown"].text).startswith("A key stands in SMART_LLM")
    assert "sk-proj-… (164 characters)" in render(findings["models.unknown"].evidence[0].found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("TEMPERATURE=0\n", ""),
        ("A=1\n\n#  OPENAI_API_KEY=\n", ", line 3, without the # before it"),
    ],
)
def test_the_line_to_write(text: str, line: str) -> None:
    _, _, findings = examined("classic-2026", text)
    shown = findings["plan.key-missing"].remedy.text
    assert shown is not None
    assert render(shown) == f"Write in /home/user/AutoGPT/classic/.env{line}: OPENAI_API_KEY=<your key>"


def test_the_lines_for_another_provider() -> None:
    text = "ANTHROPIC_API_KEY={{secret prefix=sk-ant-api03- length=108}}\n# FAST_LLM=\n"
    _, _, findings = examined("classic-2026", text)
    shown = findings["plan.only-other-key"].remedy.text
    assert shown is not None
    assert render(shown) == (
        "Set a key of OpenAI too, or models of Anthropic. Write in /home/user/AutoGPT/classic/.env: "
        "SMART_LLM=claude-sonnet-4-6, and line 2, without the # before it: FAST_LLM=claude-haiku-4-5-20251001"
    )


def test_what_was_written_under_an_old_name_is_kept() -> None:
    text = "ANTHROPIC_API_KEY={{secret prefix=sk-ant-api03- length=108}}\nSMART_LLM_MODEL=claude-opus-4-6\n"
    _, _, findings = examined("classic-2026", text + "FAST_LLM_MODEL=gpt-4\n")
    shown = findings["plan.only-other-key"].remedy.text
    assert shown is not None
    assert render(shown).endswith(": SMART_LLM=claude-opus-4-6 and FAST_LLM=claude-haiku-4-5-20251001")


@pytest.mark.parametrize(
    ("checkout", "words"), [("v0.1", "stops at its start"), ("v0.5", "asks for"), ("2024-09", "stops at its start")]
)
def test_what_follows_from_a_missing_key(checkout: str, words: str) -> None:
    _, _, findings = examined(checkout, "")
    detail = findings["plan.key-missing"].detail
    assert detail is not None
    assert words in render(detail)


_NAMES = st.sampled_from(("SMART_LLM", "FAST_LLM", "EMBEDDING_MODEL", "OPENAI_API_KEY", "GROQ_API_KEY", "USE_AZURE"))
_KNOWN = st.sampled_from(("gpt-4o", "claude-3-opus-20240229", "True", "mistral-7b-instruct-v0.2"))
_VALUES = st.text(max_size=30) | _KNOWN


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_NAMES, _VALUES)), st.sampled_from(tuple(ENV)), st.text(max_size=200))
def test_whatever_is_set_something_is_said_and_nothing_crashes(
    lines: list[tuple[str, str]], checkout: str, source: str
) -> None:
    text = "".join(f"{name}={value}\n" for name, value in lines).replace("{{", "").replace("\0", "")
    tree = {"classic/forge/forge/llm/providers/openai.py": "class OpenAIModelName:\n" + source.replace("{{", "")}
    plan, version, findings = examined(checkout, text, tree=tree)
    assert {model.role for model in plan.models} >= {"smart", "fast"}
    assert set(plan.needed) <= {"openai", "anthropic", "groq", "llamafile"}
    assert version.id
    assert findings
