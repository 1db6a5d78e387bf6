"""AutoGPT's bug form, answered for the person: the system, the version, the provider, the area."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from doctor.machine.recorded import parse, read
from doctor.readers import markdown
from doctor.registry import Registry
from tests import patients

KEY = "{{secret prefix=sk-proj- length=164}}"


def answers(files: Optional[dict[str, Any]] = None, *, on: str = "ubuntu", **more: Any) -> dict[str, str]:
    """The questions with their answers, as they stand in the first lines of the Markdown report."""
    state = read(patients.HERE / "healthy" / "ubuntu-classic-2024.yaml")
    state.pop("expect")
    if on != "ubuntu":
        state = {**read(patients.HERE / "machines" / f"{on}.yaml"), "complete": True}
    state = {**state, **more}
    state["tree"] = {**state.get("tree", {}), "classic/original_autogpt/.env": "", **(files or {})}
    state["environment"] = {**state.get("environment", {}), **more.get("environment", {})}
    drawn = markdown.draw(patients.examined(parse(state), Registry.of_everything_installed()))
    parts = drawn.split("### Describe your issue.")[0].split("### ")[1:]
    return {part.split("\n\n")[0]: part.split("\n\n")[1].strip() for part in parts}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("ubuntu", "Linux"),
        ("wsl", "Windows Subsystem for Linux (WSL)"),
        ("windows", "Windows"),
        ("macos", "MacOS"),
    ],
)
def test_the_system(on: str, expected: str) -> None:
    assert answers(on=on)["Which Operating System are you using?"].replace("\\", "") == expected


def test_the_questions_stand_in_the_forms_order() -> None:
    assert list(answers()) == [
        "Which Operating System are you using?",
        "Which version of AutoGPT are you using?",
        "What LLM Provider do you use?",
        "Which area covers your issue best?",
        "What commit or version are you using?",
    ]


def test_the_commit_and_the_branch() -> None:
    form = answers()
    assert form["Which version of AutoGPT are you using?"] == "Master (branch)"
    assert len(form["What commit or version are you using?"].strip("`")) == 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "none yet: no key is set"),
        ("OPENAI_API_KEY=your-openai-api-key\n", "none yet: no key is set"),
        (f"# OPENAI_API_KEY={KEY}\nGROQ_API_KEY=\n", "none yet: no key is set"),
        (f"OPENAI_API_KEY={KEY}\n", "Other (detail in issue): `OpenAI`"),
        (f"export ANTHROPIC_API_KEY = '{KEY}'\r\n", "Anthropic"),
        (f"OPENAI_API_KEY={KEY}\nUSE_AZURE=True\n", "Azure"),
        (f"OPENAI_API_KEY={KEY}\nUSE_AZURE=true\n", "Other (detail in issue): `OpenAI`"),  # only "True" counts
        (f"OPENAI_API_KEY={KEY}\nGROQ_API_KEY={KEY}\n", "Other (detail in issue): `OpenAI, Groq`"),
        ("LLAMAFILE_API_BASE=http://localhost:8080/v1\n", "Llamafile"),
    ],
)
def test_the_provider(text: str, expected: str) -> None:
    form = answers({"classic/original_autogpt/.env": text}, environment={"OPENAI_API_KEY": None})
    assert form["What LLM Provider do you use?"] == expected


def test_a_key_in_the_environment_counts_too() -> None:
    assert answers(environment={"OPENAI_API_KEY": None, "GROQ_API_KEY": KEY})["What LLM Provider do you use?"] == "Groq"
