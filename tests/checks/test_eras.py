"""Real checkouts of every year, examined on this very machine: each is recognised, and nothing is wrong with it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path, PurePath
from types import ModuleType
from typing import Optional

import pytest

from checks.checkout import Checkout
from checks.checkout import search as look
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine.live import Live
from doctor.outcome import Outcome
from doctor.registry import Registry

SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared")
BUILDER = SHARED / "autogpt" / "build_checkout.py"
GROUPS = ("checkout", "scripts", "hidden_files")
CONFIGURATION = (
    "hidden_files", "env_file", "settings", "keys", "plan", "models", "azure", "components", "compose",
)  # fmt: skip

# Version, layout, agent folder, folder to start in.
ERAS = (
    ("v0.1.0", "L0", "", ""),
    ("v0.2.0", "L1", "", ""),
    ("v0.2.2", "L1", "", ""),
    ("v0.3.1", "L1", "", ""),
    ("v0.4.0", "L1", "", ""),
    ("v0.4.7", "L1", "", ""),
    ("2023-09", "L2a", "autogpts/autogpt", "autogpts/autogpt"),
    ("v0.5.0", "L2b", "autogpts/autogpt", "autogpts/autogpt"),
    ("v0.5.1", "L2b", "autogpts/autogpt", "autogpts/autogpt"),
    ("2024-05", "L2b", "autogpts/autogpt", "autogpts/autogpt"),
    ("2024-09", "L3", "autogpt", "autogpt"),
    ("classic-2024", "L4", "classic/original_autogpt", "classic/original_autogpt"),
    ("classic-2026", "L5", "classic/original_autogpt", "classic"),
)


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    if not BUILDER.is_file():
        pytest.skip(f"the checkouts are built by {BUILDER}, which is not here")
    spec = importlib.util.spec_from_file_location("build_checkout", BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@pytest.fixture(autouse=True)
def _no_keys_in_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "SMART_LLM", "FAST_LLM"):
        monkeypatch.delenv(name, raising=False)


def examined(
    folder: Path, registry: Registry, *, is_given: bool = False, groups: tuple[str, ...] = GROUPS
) -> Outcome:
    machine = Live()
    options = Options(machine.path(str(folder)), is_given, is_offline=True)
    outcome = examine(machine, registry, options, chosen=registry.matching(groups), extra_facts=(Checkout,))
    machine.close()
    return outcome


def complaints(outcome: Outcome) -> list[str]:
    """The codes of everything that is wrong, but for a git that this machine really has not got."""
    found = [f for r in outcome.results for f in r.findings if f.status in (Status.WARNING, Status.PROBLEM)]
    return [f.code for f in found if f.code != "checkout.git-missing" or shutil.which("git")]


def finding(outcome: Outcome, code: str) -> Optional[Finding]:
    return next((f for r in outcome.results for f in r.findings if f.code == code), None)


def below(root: Path, folder: str) -> Path:
    return root.joinpath(*folder.split("/")) if folder else root


@pytest.mark.parametrize("with_git", [False, True], ids=["zip", "git"])
@pytest.mark.parametrize(("version", "layout", "agent", "start_in"), ERAS, ids=[era[0] for era in ERAS])
def test_a_checkout_of_that_year_is_recognised_and_well(
    version: str,
    layout: str,
    agent: str,
    start_in: str,
    with_git: bool,
    builder: ModuleType,
    registry: Registry,
    tmp_path: Path,
) -> None:
    if with_git and not shutil.which("git"):
        pytest.skip("there is no git on this machine to make a repository with")
    root = tmp_path / "AutoGPT"
    builder.build(version, root, with_git=with_git)
    shutil.copy(below(root, agent) / ".env.template", below(root, agent) / ".env")
    outcome = examined(below(root, start_in), registry)

    checkout = outcome.values[Checkout]
    assert checkout.layout.id == layout
    assert checkout.root == PurePath(root)
    assert checkout.agent == PurePath(below(root, agent))
    assert checkout.start_in == PurePath(below(root, start_in))
    assert [r.id for r in outcome.results if r.because] == []
    assert complaints(outcome) == []
    assert bool(finding(outcome, "checkout.zip")) is not with_git
    assert finding(outcome, "scripts.start")


@pytest.mark.parametrize(("version", "layout", "agent", "start_in"), ERAS, ids=[era[0] for era in ERAS])
def test_its_own_template_with_one_key_filled_in_is_well(
    version: str, layout: str, agent: str, start_in: str, builder: ModuleType, registry: Registry, tmp_path: Path
) -> None:
    root = tmp_path / "AutoGPT"
    builder.build(version, root)
    template = (below(root, agent) / ".env.template").read_text(encoding="utf-8")
    part = "aB3" * 7
    key = f"sk-{part[:20]}T3BlbkFJ{part[1:]}"
    text, filled = re.subn(r"(?m)^#? ?OPENAI_API_KEY=.*$", f"OPENAI_API_KEY={key}", template)
    assert filled
    env = below(root, agent) / ".env"
    env.write_text(text, encoding="utf-8")
    env.chmod(0o600)
    outcome = examined(below(root, start_in), registry, groups=CONFIGURATION)
    assert [r.id for r in outcome.results if r.because] == []
    assert complaints(outcome) == []
    assert finding(outcome, "settings.table")


@pytest.mark.parametrize(("version", "layout", "agent", "start_in"), ERAS, ids=[era[0] for era in ERAS])
def test_the_same_checkout_is_found_from_every_folder_of_it(
    version: str, layout: str, agent: str, start_in: str, builder: ModuleType, tmp_path: Path
) -> None:
    """The one trap: what lies in it may look like the whole of another year."""
    root = tmp_path / "autogpt"
    builder.build(version, root)
    folders = {root, *(path for path in root.rglob("*") if path.is_dir())}
    in_platform = root / "autogpt_platform"
    machine = Live()
    for folder in folders:
        search = look(machine, Options(machine.path(str(folder))))
        expected = "platform" if folder == in_platform or in_platform in folder.parents else "checkout"
        assert (search.kind, search.root) == (expected, PurePath(root)), folder
        assert search.layout is not None
        assert search.layout.id == layout, folder


@pytest.mark.parametrize("version", ["2024-09", "classic-2024", "classic-2026"])
def test_an_agent_folder_alone_is_no_checkout(
    version: str, builder: ModuleType, registry: Registry, tmp_path: Path
) -> None:
    agent = next(era[2] for era in ERAS if era[0] == version)
    builder.build(version, tmp_path / "whole")
    alone = tmp_path / "elsewhere" / "autogpt"
    alone.parent.mkdir()
    below(tmp_path / "whole", agent).rename(alone)
    outcome = examined(alone, registry)
    assert complaints(outcome) == ["checkout.alone"]
    assert {r.because.code for r in outcome.results if r.because} == {"checkout.alone"}


def test_a_checkout_without_its_template_copied_says_how(
    builder: ModuleType, registry: Registry, tmp_path: Path
) -> None:
    builder.build("classic-2024", tmp_path / "AutoGPT")
    outcome = examined(tmp_path / "AutoGPT" / "classic" / "original_autogpt", registry)
    assert complaints(outcome) == ["hidden_files.no-env"]
