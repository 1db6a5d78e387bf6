"""What a setting comes to, where it stands, and what it shadows, on machines of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from checks.settings import SYSTEM_ENVIRONMENT, Settings, settings
from doctor.about import Options
from doctor.checkup import examine
from doctor.machine.recorded import parse, read
from doctor.words import render
from tests import patients

AGENTS = {"v0.1": "", "classic-2024": "classic/original_autogpt/"}


def settings_on(machine: str, checkout: str, env: str, **state: Any) -> Settings:
    whole = read(patients.HERE / "machines" / f"{machine}.yaml")
    whole["tree"] = {**read(patients.HERE / "checkouts" / f"{checkout}.yaml")["tree"], f"{AGENTS[checkout]}.env": env}
    for key, value in state.items():
        whole[key] = {**whole.get(key, {}), **value}
    recorded = parse(whole)
    options = Options(recorded.folder, is_given=True)
    found = examine(recorded, patients.everything(), options, chosen=(), extra_facts=(Settings,)).values[Settings]
    assert isinstance(found, Settings)
    return found


def said(found: Settings, name: str) -> tuple[str, str, list[str]]:
    """The value, where it stands, and what is shadowed."""
    setting = found.get(name)
    assert setting is not None
    return setting.text, render(setting.source.words), [source.kind for source, _ in setting.shadows]


SHELL = {"SMART_LLM": "gpt-4o", "SMART_LLM_MODEL": "gpt-4"}


@pytest.mark.parametrize(
    ("checkout", "name", "file", "value", "kind"),
    [
        ("classic-2024", "SMART_LLM", "SMART_LLM=gpt-4-turbo\n", "gpt-4-turbo", "file"),
        ("classic-2024", "SMART_LLM", "SMART_LLM=\n", "", "file"),
        ("classic-2024", "SMART_LLM", "SMART_LLM\n", "gpt-4o", "shell"),
        ("classic-2024", "SMART_LLM", "# SMART_LLM=gpt-4-turbo\n", "gpt-4o", "shell"),
        ("v0.1", "SMART_LLM_MODEL", "SMART_LLM_MODEL=gpt-4-0314\n", "gpt-4", "shell"),
        ("classic-2024", "FAST_LLM", "", "gpt-3.5-turbo", "default"),
        ("classic-2024", "SMART_LLM", "SMART_LLM=${FAST_LLM:-gpt-4o-mini}\n", "gpt-4o-mini", "file"),
        ("classic-2024", "SMART_LLM", "SMART_LLM=${SMART_LLM_MODEL}\n", "gpt-4", "file"),
        ("classic-2024", "SMART_LLM", "FAST_LLM=x\nSMART_LLM=${FAST_LLM}\nFAST_LLM=y\n", "x", "file"),
        ("classic-2024", "MINE", "MINE=one\n", "one", "file"),
    ],
)
def test_who_wins(checkout: str, name: str, file: str, value: str, kind: str) -> None:
    setting = settings_on("ubuntu", checkout, file, environment=SHELL).get(name)
    assert setting is not None
    assert (setting.text, setting.source.kind) == (value, kind)


def test_what_is_shadowed_is_told() -> None:
    found = settings_on("ubuntu", "classic-2024", "# mine\nSMART_LLM=gpt-4-turbo\n", environment=SHELL)
    value, where, shadows = said(found, "SMART_LLM")
    assert (value, shadows) == ("gpt-4-turbo", ["shell"])
    assert where.endswith("original_autogpt/.env, line 2")


@pytest.mark.parametrize(
    ("registry", "kind"),
    [
        ({"HKCU\\Environment": {"SMART_LLM": "gpt-4o"}}, "windows-user"),
        ({f"HKLM\\{SYSTEM_ENVIRONMENT}": {"smart_llm": "gpt-4o"}}, "windows-system"),
        ({"HKCU\\Environment": {"SMART_LLM": "changed since"}}, "shell"),
        ({}, "shell"),
    ],
)  # fmt: skip
def test_where_a_variable_of_windows_comes_from(registry: dict[str, Any], kind: str) -> None:
    setting = settings_on("windows", "classic-2024", "", environment=SHELL, registry=registry).get("SMART_LLM")
    assert setting is not None
    assert setting.source.kind == kind


def test_no_value_can_be_printed() -> None:
    secret = "".join(f"{number:x}{chr(103 + number % 20)}" for number in range(40))
    found = settings_on("ubuntu", "classic-2024", f"OPENAI_API_KEY=sk-{secret}\nSMART_LLM=sk-proj-{secret}\n")
    for name in ("OPENAI_API_KEY", "SMART_LLM"):
        setting = found.get(name)
        assert setting is not None
        assert not isinstance(setting.shown, str)
        for text in (repr(found), repr(setting), str(setting.shown), f"{setting.value}"):
            assert not any(secret[at : at + 5] in text for at in range(len(secret) - 5))


def test_the_fact_is_found() -> None:
    assert settings in [fact.function for fact in patients.everything().facts.values()]
