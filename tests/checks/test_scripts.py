"""The scripts that start AutoGPT: what is said of them, and that the commands mend them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checks.autogpt.layouts import LAYOUTS
from doctor.findings import Finding, Status
from doctor.machine.recorded import parse, read
from doctor.registry import Registry
from doctor.shells import draw
from doctor.words import Place, render
from tests import patients
from tests.checks.healing import complaints, type_in

HERE = Path(__file__).parents[1] / "patients"
posix_shell = pytest.mark.skipif(sys.platform == "win32", reason="the scripts and commands are for a POSIX shell")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


def told(name: str, code: str, registry: Registry) -> tuple[Finding, Place]:
    patient = patients.admit(name)
    report = patients.examined(patient.machine, registry)
    return next(f for result in report.results for f in result.findings if f.code == code), report.place


def commands(name: str, code: str, registry: Registry) -> list[str]:
    finding, place = told(name, code, registry)
    return [draw(command, place) for command in finding.remedy.commands]


def examined(state: dict[str, object], registry: Registry) -> dict[str, Finding]:
    state.pop("expect", None)
    report = patients.examined(parse(state), registry)
    return {f.code: f for result in report.results for f in result.findings}


# --- line ends ----------------------------------------------------------------------------------------------------


def test_all_scripts_are_mended_by_one_command(registry: Registry) -> None:
    go, mend, keep = commands("scripts/windows-line-ends", "scripts.crlf", registry)
    assert go == "cd ~/AutoGPT"
    assert mend.startswith("sed -i 's/\\r$//' classic/original_autogpt/autogpt.sh ")
    assert len(mend.split()) == 3 + 9
    assert keep == "git config core.autocrlf input"


def test_sed_of_macos_is_spoken_to_in_its_own_way(registry: Registry) -> None:
    assert commands("scripts/windows-line-ends-on-a-mac", "scripts.crlf", registry)[:2] == [
        "cd ~/AutoGPT/autogpt",
        "sed -i '' $'s/\\r$//' autogpt.sh",
    ]


def test_a_download_is_not_told_about_settings_of_git(registry: Registry) -> None:
    assert len(commands("scripts/windows-line-ends-2023", "scripts.crlf", registry)) == 2


def test_the_error_that_a_person_sees_is_explained(registry: Registry) -> None:
    finding, place = told("scripts/windows-line-ends", "scripts.crlf", registry)
    assert finding.detail is not None
    assert '"bash\\r"' in render(finding.detail, place)


def test_on_windows_it_is_as_it_should_be(registry: Registry) -> None:
    finding, _ = told("healthy/windows-classic-2024", "scripts.crlf", registry)
    assert finding.status is Status.OK


@pytest.mark.parametrize("name", ["cli.py", "original_autogpt/scripts/llamafile/serve.py"])
def test_a_python_file_alone_is_only_mentioned(name: str, registry: Registry) -> None:
    """Python itself reads such line ends."""
    state = read(HERE / "healthy" / "ubuntu-classic-2024.yaml")
    state["tree"][f"classic/{name}"] = {"text": "#!/usr/bin/env python3\r\n", "mode": "755"}
    assert examined(state, registry)["scripts.crlf"].status is Status.NOTE


def test_line_ends_far_down_are_not_looked_for(registry: Registry) -> None:
    """Only the beginning of each file is read: what counts is how its first lines end."""
    state = read(HERE / "healthy" / "ubuntu-classic-2024.yaml")
    text = "#!/bin/sh\n" + "# nothing\n" * 500 + "\r\n"
    state["tree"]["classic/setup.sh"] = {"text": text, "mode": "755"}
    assert "scripts.crlf" not in examined(state, registry)


# --- permission ---------------------------------------------------------------------------------------------------


def test_every_script_gets_its_mark_back_at_once(registry: Registry) -> None:
    go, mend = commands("scripts/not-executable", "scripts.not-executable", registry)
    assert go == "cd ~/AutoGPT"
    assert mend == (
        "chmod +x classic/original_autogpt/autogpt.sh classic/original_autogpt/run classic/original_autogpt/setup"
        " classic/original_autogpt/run_benchmark classic/run classic/setup.sh"
    )


def test_windows_knows_no_such_mark(registry: Registry) -> None:
    state = read(HERE / "healthy" / "windows-classic-2024.yaml")
    state["tree"]["classic/original_autogpt/autogpt.sh"] = {"text": "#!/bin/sh\n", "mode": "666"}
    assert "scripts.not-executable" not in examined(state, registry)


def test_a_script_that_is_not_marked_in_the_repository_either_is_left_alone(registry: Registry) -> None:
    state = read(HERE / "healthy" / "ubuntu-classic-2024.yaml")
    state["tree"]["classic/cli.py"] = {"text": "#!/usr/bin/env python3\n", "mode": "644"}
    assert "scripts.not-executable" not in examined(state, registry)


# --- how to start -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patient", "typed"),
    [
        ("ubuntu-v0.1", ["cd ~/AutoGPT", "python scripts/main.py"]),
        ("macos-v0.4", ["cd ~/AutoGPT", "./run.sh"]),
        ("ubuntu-2023-09", ["cd ~/AutoGPT/autogpts/autogpt", "./run.sh"]),
        ("windows-v0.5", ["cd $HOME\\AutoGPT\\autogpts\\autogpt", ".\\autogpt.bat"]),
        ("wsl-2024-09", ["cd ~/AutoGPT/autogpt", "./autogpt.sh"]),
        ("ubuntu-classic-2024", ["cd ~/AutoGPT/classic/original_autogpt", "./autogpt.sh"]),
        ("windows-classic-2024", ["cd $HOME\\AutoGPT\\classic\\original_autogpt", ".\\autogpt.bat"]),
    ],
)
def test_how_autogpt_is_started_here(patient: str, typed: list[str], registry: Registry) -> None:
    assert commands(f"healthy/{patient}", "scripts.start", registry) == typed


def test_whoever_looks_for_a_launcher_that_is_gone_is_told(registry: Registry) -> None:
    finding, place = told("checkout/sparse", "scripts.start", registry)
    assert finding.status is Status.NOTE
    assert finding.detail is not None
    assert "autogpt.sh" in render(finding.detail, place)
    assert [draw(c, place) for c in finding.remedy.commands] == ["cd ~/AutoGPT/classic", "poetry run autogpt"]


def test_the_one_version_without_any_script_is_started_without_one(registry: Registry) -> None:
    state = read(HERE / "healthy" / "macos-v0.4.yaml")
    for name in ("run.sh", "run.bat", "run_continuous.sh", "run_continuous.bat"):
        del state["tree"][name]
    found = examined(state, registry)
    assert "scripts.missing" not in found
    assert draw(found["scripts.start"].remedy.commands[1]) == "python -m autogpt"


def test_every_launcher_of_a_layout_is_one_of_its_scripts() -> None:
    for layout in LAYOUTS.values():
        for name in (layout.starter, layout.starter_on_windows):
            assert not name or name in layout.launchers, (layout.id, name)


# --- on this machine ----------------------------------------------------------------------------------------------

PATHS = ("classic/original_autogpt/autogpt.sh", "classic/original_autogpt/run", "classic/setup.sh", "classic/forge/run")


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A checkout in a folder whose name needs quotes, its scripts as a Windows ZIP program leaves them."""
    root = tmp_path / "my $HOME's AutoGPT"
    for name, entry in read(HERE / "checkouts" / "classic-2024.yaml")["tree"].items():
        if not name.startswith(".git/"):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(entry if isinstance(entry, str) else entry["text"], encoding="utf-8")
            path.chmod(0o755 if isinstance(entry, dict) else 0o644)
    for name in PATHS:
        (root / name).write_bytes(b"#!/usr/bin/env bash\r\necho started\r\n")
        (root / name).chmod(0o644)
    return root


@posix_shell
def test_the_commands_make_the_scripts_start_again(planted: Path, registry: Registry) -> None:
    found = complaints(planted, registry, ["scripts"])
    assert set(found) == {"scripts.crlf", "scripts.not-executable"}
    with pytest.raises(OSError, match=r"Permission denied"):
        subprocess.run([planted / PATHS[0]], check=True)
    type_in(found["scripts.crlf"], only=2)
    type_in(found["scripts.not-executable"])
    assert complaints(planted, registry, ["scripts"]) == {}
    for name in PATHS:
        ran = subprocess.run([planted / name], check=True, capture_output=True, timeout=30)
        assert ran.stdout == b"started\n"
