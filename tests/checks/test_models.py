"""Which models a checkout accepts is read from its source, whatever stands there, and a name's fault is named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.accepted_models import AcceptedModels, names_in
from checks.autogpt.model_names import DOUBTFUL, RETIRED, names_of
from checks.autogpt.providers import PROVIDERS, is_embedding, owner_of_key, provider_of_model
from checks.autogpt.versions import PLACES, VERSIONS, Version
from checks.models import read
from checks.plan import Plan
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Status
from doctor.machine.live import Live
from doctor.machine.shapes import expand
from doctor.outcome import Outcome
from doctor.registry import Registry
from tests.checks.test_eras import ERAS, _no_keys_in_the_shell, below, builder, registry

__all__ = ["_no_keys_in_the_shell", "builder", "registry"]  # fixtures

BY_ID = {version.id: version for version in VERSIONS}
KEYS = {
    "openai": "OPENAI_API_KEY={{secret prefix=sk- length=51 marker@23}}\n",
    "anthropic": "ANTHROPIC_API_KEY={{secret prefix=sk-ant-api03- length=108}}\n",
    "groq": "GROQ_API_KEY={{secret prefix=gsk_ length=56}}\n",
}


def accepted(version: str) -> AcceptedModels:
    return AcceptedModels(names_of(BY_ID[version]), True)


# --- reading the source ---------------------------------------------------------------------------------------------

SOURCE = '''
import enum

OpenAIModelName = 1


class OpenAIModelName(str, enum.Enum):
    """Names = "of models"."""

    # OLD = "gpt-commented"
    FIRST = "gpt-first"  # = "not this"
    SECOND: str = "gpt-ignored-annotation"

    THIRD = 'gpt-third'
    FOURTH = (
        "gpt-fourth"
    )
    ALIAS = FIRST
# a remark at the margin
    LAST = "gpt-last"

class Other:
    NO = "gpt-of-another"
'''


def test_members_are_read_and_nothing_else() -> None:
    names = names_in(SOURCE, "OpenAIModelName")
    assert names == ("gpt-first", "gpt-third", "gpt-fourth", "gpt-last")
    assert names_in(SOURCE, "GroqModelName") == ()
    assert names_in(SOURCE.replace("\n", "\r\n"), "OpenAIModelName") == names


@given(st.text(alphabet=st.sampled_from("class OpenAIModelName(str)=:\n\t \"'\\#(){}xX\0é"), max_size=400) | st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    for source in (text, "class OpenAIModelName:\n" + text, "class OpenAIModelName:\n    A = " + text):
        assert all(isinstance(name, str) for name in names_in(source, "OpenAIModelName"))


@pytest.mark.parametrize("line", ["    A = (", '    A = "', "    " * 9, "    A\t \t", "    A = '\n", "    A =\n\n\n"])
def test_a_long_and_odd_text_is_not_read_again_and_again(line: str) -> None:
    """It takes a moment; were each place tried from each other, it would take hours."""
    assert len(names_in("class OpenAIModelName:\n" + line * 40_000, "OpenAIModelName")) <= 1


@pytest.mark.parametrize(("version", "layout", "agent", "start_in"), ERAS, ids=[era[0] for era in ERAS])
def test_the_source_of_that_year_says_what_the_table_says(
    version: str, layout: str, agent: str, start_in: str, builder: ModuleType, registry: Registry, tmp_path: Path
) -> None:
    builder.build(version, tmp_path / "AutoGPT")
    outcome = examined(below(tmp_path / "AutoGPT", start_in), registry)
    models = outcome.values[AcceptedModels]
    assert outcome.values[Version].id == version
    assert models.is_from_source is (BY_ID[version].place >= PLACES["2023-09"])
    table = names_of(BY_ID[version])
    assert {id_: set(names) for id_, names in models.by_provider.items()} == {
        id_: set(names) for id_, names in table.items()
    }


def examined(folder: Path, registry: Registry) -> Outcome:
    machine = Live()
    options = Options(machine.path(str(folder)), True, is_offline=True)
    facts = (AcceptedModels, Version, Plan)
    outcome = examine(machine, registry, options, chosen=registry.matching(("plan", "models")), extra_facts=facts)
    machine.close()
    return outcome


def complaints(outcome: Outcome) -> list[str]:
    bad = (Status.WARNING, Status.PROBLEM, Status.NOT_CHECKED, Status.ERROR)
    return [f.code for r in outcome.results for f in r.findings if f.status in bad] + [
        r.id for r in outcome.results if r.status in bad[2:]
    ]


# --- real checkouts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "layout", "agent", "start_in"), ERAS, ids=[era[0] for era in ERAS])
def test_the_template_of_that_year_wants_one_key_and_no_more(
    version: str, layout: str, agent: str, start_in: str, builder: ModuleType, registry: Registry, tmp_path: Path
) -> None:
    builder.build(version, tmp_path / "AutoGPT")
    folder = below(tmp_path / "AutoGPT", agent)
    shutil.copy(folder / ".env.template", folder / ".env")
    text = (folder / ".env").read_text(encoding="utf-8")
    without = re.sub(r"(?m)^OPENAI_API_KEY=.*\n", "", text)
    (folder / ".env").write_text(without, encoding="utf-8")
    assert complaints(examined(below(tmp_path / "AutoGPT", start_in), registry)) == ["plan.key-missing"]
    (folder / ".env").write_text(without + "\n" + expand(KEYS["openai"]), encoding="utf-8")
    outcome = examined(below(tmp_path / "AutoGPT", start_in), registry)
    assert complaints(outcome) == []
    assert outcome.values[Plan].needed == ("openai",)


@pytest.mark.parametrize("version", ["2024-05", "2024-09", "classic-2024", "classic-2026"])
@pytest.mark.parametrize("provider", ["openai", "anthropic", "groq", "llamafile"])
def test_every_model_of_a_provider_needs_its_key_and_no_other(
    version: str, provider: str, builder: ModuleType, registry: Registry, tmp_path: Path
) -> None:
    if provider not in BY_ID[version].providers:
        assert provider not in names_of(BY_ID[version])
        return
    agent = next(era[2] for era in ERAS if era[0] == version)
    builder.build(version, tmp_path / "AutoGPT")
    names = accepted(version).chat(provider)
    model = accepted(version).advised(provider, "smart", BY_ID[version])
    text = f"SMART_LLM={model}\nFAST_LLM={names[-1]}\n" + expand(KEYS.get(provider, ""))
    wants_openai = version == "2024-05" and provider != "openai"
    (below(tmp_path / "AutoGPT", agent) / ".env").write_text(text, encoding="utf-8")
    outcome = examined(below(tmp_path / "AutoGPT", agent), registry)
    found = [code for code in complaints(outcome) if code != "models.retired"]
    assert found == (["plan.key-missing"] if wants_openai else [])
    assert outcome.values[Plan].needed == (("openai", provider) if wants_openai else (provider,))


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS, ids=[version.id for version in VERSIONS])
def test_every_listed_name_tells_its_provider(version: Version) -> None:
    for provider, names in names_of(version).items():
        assert {provider_of_model(name) for name in names} == {provider}
        assert {provider_of_model(f" {name.upper()}") for name in names} == {provider}


@pytest.mark.parametrize("version", VERSIONS, ids=[version.id for version in VERSIONS])
def test_the_defaults_are_in_the_list(version: Version) -> None:
    names = names_of(version)["openai"]
    assert {version.smart_llm, version.fast_llm, version.embedding_model} <= set(names)
    assert is_embedding(version.embedding_model)


@pytest.mark.parametrize("version", ["2024-05", "2024-09", "classic-2024", "classic-2026"])
def test_nobody_is_advised_a_model_that_is_gone_or_cannot_talk(version: str) -> None:
    models = accepted(version)
    for provider in models.by_provider:
        for role in ("smart", "fast"):
            name = models.advised(provider, role, BY_ID[version])
            assert name in models.chat(provider)
            assert name not in RETIRED
            left = [each for each in models.chat(provider) if each not in RETIRED and each not in DOUBTFUL]
            assert name in left or not left


@pytest.mark.parametrize(
    ("name", "version", "kind", "meant"),
    [
        ("", "classic-2024", "empty", ""),
        (" \t", "classic-2024", "empty", ""),
        ("gpt-4o ", "classic-2024", "form", "gpt-4o"),
        ("GPT-4o", "classic-2024", "form", "gpt-4o"),
        ("'gpt-4o'", "classic-2024", "form", "gpt-4o"),
        ("“gpt-4o”", "classic-2024", "form", "gpt-4o"),
        ('"GPT-4O "', "classic-2024", "form", "gpt-4o"),
        ("gpt-4o#the large one", "classic-2024", "form", "gpt-4o"),
        ("gpt\u20114o", "classic-2024", "form", "gpt-4o"),
        ("gpt-4o\u200b", "classic-2024", "form", "gpt-4o"),
        ("openai/gpt-4o", "classic-2024", "form", "gpt-4o"),
        ("gpt 4o", "classic-2024", "form", "gpt-4o"),
        ("gpt_4", "v0.5.1", "form", "gpt-4"),
        ("Mistral-7B-Instruct-v0.2", "classic-2026", "form", "mistral-7b-instruct-v0.2"),
        ("mistral-7b-instruct-v0.2.Q5_K_M.gguf", "classic-2026", "form", "mistral-7b-instruct-v0.2"),
        ("gpt-4o", "2024-05", "newer", ""),
        ("claude-3-opus-20240229", "v0.5.1", "newer", ""),
        ("llama3-70b-8192", "classic-2024", "documented", ""),
        ("gpt4", "classic-2024", "unknown", ""),
        ("#", "classic-2024", "unknown", ""),
        ("/", "classic-2024", "unknown", ""),
        ("gpt-4o, gpt-4", "classic-2024", "unknown", ""),
    ],
)
def test_a_name_that_is_not_listed_is_understood(name: str, version: str, kind: str, meant: str) -> None:
    reading = read(name, BY_ID[version], accepted(version))
    assert (reading.kind, reading.meant) == (kind, meant)
    assert bool(reading.fault) is (kind == "form")


@given(st.text(max_size=60), st.sampled_from(VERSIONS))
def test_no_name_makes_it_stumble(name: str, version: Version) -> None:
    models = AcceptedModels(names_of(version), True)
    reading = read(name, version, models)
    assert not reading.meant or reading.meant in models.all
    assert provider_of_model(name) in (None, *PROVIDERS)


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("{{secret prefix=sk-proj- length=164 marker@82}}", "openai"),
        ("{{secret prefix=sk- length=51 marker@23}}", "openai"),
        ("{{secret prefix=sk-svcacct- length=167}}", "openai"),
        ("{{secret prefix=sk-ant-api03- length=108}}", "anthropic"),
        ("{{secret prefix=gsk_ length=56}}", "groq"),
        ("{{secret prefix=sk-or-v1- length=73}}", None),
        ("{{secret length=32 hex}}", None),
        ("sk-no-key-required", None),
    ],
)
def test_whose_key_it_is(key: str, owner: str) -> None:
    assert owner_of_key(expand(key)) == owner
