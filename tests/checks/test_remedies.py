"""What a person is told to type: with the right program, for what is there, and so that it can be copied."""

from __future__ import annotations

import pytest

from doctor.about import Options
from doctor.machine.recorded import parse, read
from doctor.machine.recorder import Recorder
from doctor.machine.recording_writer import in_json
from doctor.readers import json, markdown, text
from doctor.readers.layout import Look, plain
from doctor.report import Report
from doctor.shells import LEFT_OUT, draw
from doctor.visit import visit
from doctor.words import Scrubber
from tests import patients


def typed(report: Report, code: str) -> list[str]:
    [finding] = [each for result in report.results for each in result.findings if each.code == code]
    return [draw(command, report.place) for command in finding.remedy.commands]


def test_poetry_is_installed_with_a_python_that_it_takes() -> None:
    [line] = typed(patients.report_on("python/old-one-first-and-no-poetry"), "poetry.missing")
    assert line.startswith("curl ")
    assert line.endswith("| ~/.local/share/uv/python/cpython-3.11.9-linux-x86_64-gnu/bin/python3 -")


@pytest.mark.parametrize(
    ("environment", "shell", "line"),
    [
        ({"VIRTUAL_ENV": "/home/user/gone"}, "/bin/bash", "unset VIRTUAL_ENV"),
        ({"VIRTUAL_ENV": "/home/user/gone"}, "/usr/bin/fish", "set -e VIRTUAL_ENV"),
        (
            {"VIRTUAL_ENV": None, "CONDA_PREFIX": "/home/user/gone", "CONDA_DEFAULT_ENV": "gone"},
            "/bin/bash",
            "conda deactivate",
        ),
    ],
)
def test_an_environment_that_was_deleted_is_forgotten(environment: dict[str, str], shell: str, line: str) -> None:
    state = read(patients.HERE / "environment" / "active-is-gone.yaml")
    state["environment"] = {**state["environment"], **environment, "SHELL": shell}
    report = patients.examined(parse(state), patients.everything())
    assert typed(report, "environment.broken")[0] == line


def test_windows_is_not_asked_for_the_groups_of_linux() -> None:
    machine = patients.admit("docker/windows-denied").machine
    first = Recorder(machine, machine.folder)
    visit(first, patients.everything(), Options(machine.folder, is_given=True), version="0")
    state = first.state()
    assert "groups" not in state
    asked = in_json(state)
    assert "docker" in asked
    assert "etc\\\\group" not in asked


def test_who_has_only_a_compose_file_is_told_of_docker_alone() -> None:
    report = patients.report_on("docker/ubuntu-compose-folder")
    assert [cause.finding.code for cause in report.problems] == ["docker.not-running"]
    assert {each.group for each in report.unexplained} <= {"doctor"}


# --- somebody else's folder -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_known", [True, False])
def test_commands_below_somebodys_home_name_nobody(is_known: bool) -> None:
    machine = patients.admit("wsl/in-a-windows-profile").machine
    options = Options(machine.folder, here=machine.folder if is_known else None)
    report, _ = visit(machine, patients.everything(), options, version="0")
    shown = plain(text.draw(report, Look(120)))
    written = markdown.draw(report) + json.draw(report, Scrubber(report.place))
    for each in (shown, written):
        assert "Erika" not in each and "Muster" not in each
    commands = [line.strip() for line in shown.splitlines() if line.strip().startswith("▸")]
    assert any(line.startswith("▸ git clone ../.. ~/AutoGPT") for line in commands) is is_known
    assert any("(user)" in line for line in commands) is not is_known
    assert (LEFT_OUT in shown) is not is_known
    assert ("stands for a name" in written) is not is_known
