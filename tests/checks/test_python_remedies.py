"""The lines to type for getting a Python, on each kind of machine."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from checks.autogpt.layouts import LAYOUTS
from checks.autogpt.pythons import BEST_SERIES, LAUNCHER_NAMES
from checks.interpreters import Interpreter, Interpreters, Launching
from checks.manifest import Manifest
from checks.python import launching_names
from checks.python_case import Case
from checks.python_remedies import Installers, get, get_first, use_new
from doctor.shells import draw

UBUNTU = Installers("linux", "ubuntu", "24.04", ("apt-get",))
PROJECT = PurePosixPath("/home/user/AutoGPT/classic")
ON_WINDOWS = PureWindowsPath("C:\\AutoGPT\\classic")


def lines(installers: Installers, series: str, project: PurePath = PROJECT) -> list[str]:
    return [draw(each) for each in (*get(installers, series), *use_new(installers, series, project))]


@pytest.mark.parametrize(
    ("installers", "series", "expected"),
    [
        (UBUNTU, "3.12", ["sudo apt install python3.12 python3.12-venv", "poetry -C {} env use 3.12"]),
        (UBUNTU._replace(tools=("pyenv", "uv", "apt-get")), "3.12",
         ["pyenv install 3.12", "cd {}", "pyenv local 3.12", "poetry -C {} env use 3.12"]),
        (UBUNTU._replace(tools=("uv", "apt-get")), "3.11",
         ["uv python install 3.11", 'poetry -C {} env use "$(uv python find 3.11)"']),
        (Installers("linux", "fedora", "42", ("dnf",)), "3.11",
         ["sudo dnf install python3.11", "poetry -C {} env use 3.11"]),
        (UBUNTU, "3.11",
         ["curl -LsSf https://astral.sh/uv/install.sh | sh", "~/.local/bin/uv python install 3.11",
          'poetry -C {} env use "$(~/.local/bin/uv python find 3.11)"']),
        (Installers("linux", "arch", "", ()), "3.11",
         ["curl -LsSf https://astral.sh/uv/install.sh | sh", "~/.local/bin/uv python install 3.11",
          'poetry -C {} env use "$(~/.local/bin/uv python find 3.11)"']),
        (Installers("darwin", tools=("brew",)), "3.11",
         ["brew install python@3.11", 'export PATH="$(brew --prefix python@3.11)/libexec/bin:$PATH"',
          "poetry -C {} env use 3.11"]),
        (Installers("darwin"), "3.11", ["poetry -C {} env use 3.11"]),
    ],
)  # fmt: skip
def test_getting_a_python_and_having_poetry_use_it(
    installers: Installers, series: str, expected: list[str]
) -> None:
    assert lines(installers, series) == [line.replace("{}", str(PROJECT)) for line in expected]


@pytest.mark.parametrize(
    ("tools", "install", "program"),
    [
        (("winget",), "winget install --exact --id Python.Python.3.11", "Programs\\Python\\Python311\\python.exe"),
        (("pymanager", "winget"), "pymanager install 3.11", "Python\\pythoncore-3.11-64\\python.exe"),
    ],
)
def test_on_windows_the_new_one_is_named_by_its_place(tools: tuple[str, ...], install: str, program: str) -> None:
    typed = lines(Installers("windows", tools=tools), "3.11", ON_WINDOWS)
    assert typed == [install, f'poetry -C C:\\AutoGPT\\classic env use "$env:LOCALAPPDATA\\{program}"']


def test_a_windows_without_any_tool_has_to_download() -> None:
    assert get(Installers("windows"), "3.11") == []


def test_where_there_is_none_the_distributions_own_will_do() -> None:
    assert [draw(each) for each in get_first(UBUNTU, "3.12")] == ["sudo apt install python3 python3-venv"]


@pytest.mark.parametrize(
    ("constraint", "series"),
    [("^3.10", "3.12"), ("", "3.12"), (">=3.10,<3.12", "3.11"), ("~3.10", "3.10"), (">=3.11.5,<3.12", "3.11"),
     ("^3.13", "3.13"), ("nonsense", "3.12")],
)  # fmt: skip
def test_the_series_to_install_is_one_that_the_project_admits(constraint: str, series: str) -> None:
    manifest = Manifest(PROJECT / "pyproject.toml", {}, constraint)
    case = Case(Interpreters(()), Launching(None, None), UBUNTU, None, manifest)
    assert case.series == series


def test_the_best_of_several_comes_first() -> None:
    def python(path: str, *version: int, **more: bool) -> Interpreter:
        return Interpreter(PurePosixPath(path), (version[0], version[1], version[2]), "PATH", **more)  # type: ignore[arg-type]

    found = (
        python("/too-new", 3, 14, 0),
        python("/free-threaded", 3, 11, 9, is_free_threaded=True),
        python("/not-asked", 3, 12, 4, is_asked=False),
        python("/good", 3, 12, 1),
        python("/older", 3, 10, 2),
        python("/too-old", 3, 9, 9),
    )
    manifest = Manifest(PROJECT / "pyproject.toml", {}, "^3.10")
    case = Case(Interpreters(found), Launching(None, None), UBUNTU, None, manifest)
    assert [str(each.path) for each in case.fitting] == [
        "/good", "/older", "/not-asked", "/too-new", "/free-threaded",
    ]  # fmt: skip


def test_every_layout_has_its_names_and_its_series() -> None:
    assert set(LAUNCHER_NAMES) == set(BEST_SERIES) == set(LAYOUTS)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("if command -v python3 &> /dev/null\nthen\nelif command -v python &> /dev/null\n", ("python3", "python")),
        ("if command -v python &> /dev/null\nelif command -v python3 &> /dev/null\n", ("python", "python3")),
        ("for cmd in python python3; do", ("python", "python3")),
        ("for %%A in (python3 python) do (\n  where /Q %%A\n", ("python3", "python")),
        ("for %%A in (python python3) do (\r\n", ("python", "python3")),
        ("#!/usr/bin/env bash\n# a comment about python3 in here\n", ()),
        ("", ()),
    ],
)
def test_the_names_that_a_launcher_tries_stand_in_it(text: str, names: tuple[str, ...]) -> None:
    assert launching_names(text) == names
