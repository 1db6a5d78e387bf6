"""Where Poetry keeps a project's environments, and which one it would use: names, settings, choices."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Optional

import pytest

from checks.checkout import checkout, search
from checks.environment_sources import (
    PoetrySettings,
    environment_name,
    poetry_settings,
    project_environments,
)
from checks.environment_versions import locked
from checks.interpreters import Interpreter, Launching
from checks.lock_file import read_lock
from checks.manifest import manifest, manifest_text
from checks.virtual_environment import Environment
from doctor.about import Options
from doctor.machine.recorded import Recorded, parse

# Names that Poetry 1.8.5 and 2.5.1 made themselves.
MADE_BY_POETRY = (
    ("agpt", PurePosixPath("/home/user/AutoGPT/classic/original_autogpt"), "agpt-93urbljX"),
    ("autogpt-classic", PurePosixPath("/srv/my projects/AutoGPT/classic"), "autogpt-classic-_x7TRF-g"),
    ("Weird.Name_x" + "y" * 50, PurePosixPath("/home/user/é"), "weird-name-x" + "y" * 30 + "-nNv5b9Ok"),
)


@pytest.mark.parametrize(("name", "folder", "expected"), MADE_BY_POETRY)
def test_names_are_poetrys(name: str, folder: PurePath, expected: str) -> None:
    assert environment_name(name, folder) == expected


def test_windows_does_not_tell_capitals_apart() -> None:
    upper, lower = PureWindowsPath("C:\\Users\\User\\AutoGPT"), PureWindowsPath("c:\\users\\user\\autogpt")
    assert environment_name("agpt", upper) == environment_name("agpt", lower)
    assert environment_name("agpt", PurePosixPath("/A")) != environment_name("agpt", PurePosixPath("/a"))


def test_names_are_made_plain() -> None:
    assert environment_name("Ag_P.T", PurePosixPath("/a")).startswith("ag-p-t-")
    assert len(environment_name("a" * 90, PurePosixPath("/a"))) == 42 + 9


ROOT = "/home/user/AutoGPT"
AGENT = f"{ROOT}/classic/original_autogpt"
KEPT = "/home/user/.cache/pypoetry/virtualenvs"
NAME = environment_name("agpt", PurePosixPath(AGENT))


def made(path: str, version: str = "3.11.7") -> dict[str, Any]:
    return {
        f"{path}/pyvenv.cfg": f"home = /usr/bin\nversion_info = {version}.final.0\n",
        f"{path}/bin/python": {"mode": "755"},
    }


def machine(files: Optional[dict[str, Any]] = None, **environment: str) -> Recorded:
    return parse(
        {
            "complete": True,
            "system": {"kind": "linux", "name": "Debian 12", "release": "6.1.0", "architecture": "x86_64"},
            "home": "/home/user",
            "root": ROOT,
            "folder": AGENT,
            "environment": environment,
            "python": "/usr/bin/python3",
            "tree": {
                "classic/original_autogpt/autogpt/__main__.py": "",
                "classic/original_autogpt/pyproject.toml": '[tool.poetry]\nname = "agpt"\n',
            },
            "files": files or {},
        }
    )


def chosen(recorded: Recorded, series: str = "") -> Optional[Environment]:
    place = checkout(search(recorded, Options(recorded.folder, is_given=True)))
    settings = poetry_settings(recorded, place)
    python = Interpreter(PurePosixPath("/usr/bin/python3"), (3, int(series[2:]), 1), "PATH") if series else None
    text = manifest(manifest_text(recorded, place))
    return project_environments(recorded, place, text, settings, Launching(None, python)).chosen


def path_of(environment: Optional[Environment]) -> str:
    return str(environment.path) if environment else ""


def test_the_python_that_poetry_prefers_decides() -> None:
    files = {**made(f"{KEPT}/{NAME}-py3.11"), **made(f"{KEPT}/{NAME}-py3.12", "3.12.1")}
    assert path_of(chosen(machine(files), "3.12")) == f"{KEPT}/{NAME}-py3.12"
    assert path_of(chosen(machine(files), "3.11")) == f"{KEPT}/{NAME}-py3.11"
    assert path_of(chosen(machine(files), "3.13")) == ""


def test_env_use_decides_before_that() -> None:
    files = {
        **made(f"{KEPT}/{NAME}-py3.11"), **made(f"{KEPT}/{NAME}-py3.12"),
        f"{KEPT}/envs.toml": f'[{NAME}]\nminor = "3.11"\npatch = "3.11.7"\n',
    }  # fmt: skip
    assert path_of(chosen(machine(files), "3.12")) == f"{KEPT}/{NAME}-py3.11"


def test_dot_venv_comes_before_poetrys_own_folder() -> None:
    files = {**made(f"{KEPT}/{NAME}-py3.11"), **made(f"{AGENT}/.venv")}
    found = chosen(machine(files), "3.11")
    assert (path_of(found), found.kind if found else "") == (f"{AGENT}/.venv", "project")
    assert path_of(chosen(machine(files, POETRY_VIRTUALENVS_IN_PROJECT="false"), "3.11")) == f"{KEPT}/{NAME}-py3.11"


def test_an_active_environment_comes_first() -> None:
    files = {**made(f"{AGENT}/.venv"), **made("/home/user/other")}
    assert path_of(chosen(machine(files, VIRTUAL_ENV="/home/user/other"))) == "/home/user/other"
    assert path_of(chosen(machine(files, VIRTUAL_ENV=""))) == f"{AGENT}/.venv"
    conda = {"CONDA_PREFIX": "/home/user/other", "CONDA_DEFAULT_ENV": "base"}
    assert path_of(chosen(machine(files, **conda))) == f"{AGENT}/.venv"


def test_without_environments_nothing_is_chosen() -> None:
    files = made(f"{KEPT}/{NAME}-py3.11")
    assert chosen(machine(files, POETRY_VIRTUALENVS_CREATE="false"), "3.11") is None


CONFIG = '[virtualenvs]\npath = "/v"\n'


@pytest.mark.parametrize(
    ("files", "folder", "others"),
    [
        ({}, "~/Library/Caches/pypoetry/virtualenvs", ["/c/pypoetry/virtualenvs"]),
        ({"/c/pypoetry/x": ""}, "/c/pypoetry/virtualenvs", ["~/Library/Caches/pypoetry/virtualenvs"]),
        ({"~/Library/Application Support/pypoetry/config.toml": CONFIG}, "/v", []),
        (
            {
                "/s/pypoetry/config.toml": CONFIG,
                "~/Library/Application Support/pypoetry/config.toml": CONFIG.replace("/v", "/w"),
            },
            "/v",
            [],
        ),
    ],
)
def test_on_macos_poetrys_age_decides_whether_it_heeds_xdg(
    files: dict[str, Any], folder: str, others: list[str]
) -> None:
    home = "/Users/user"
    found = poetry_settings_of(
        {
            "complete": True,
            "system": {"kind": "darwin", "name": "macOS 15.1", "release": "24.1.0", "architecture": "arm64"},
            "environment": {"XDG_CONFIG_HOME": "/s", "XDG_CACHE_HOME": "/c"},
            "root": f"{home}/AutoGPT",
            "tree": {
                "classic/original_autogpt/autogpt/__main__.py": "",
                "classic/original_autogpt/pyproject.toml": '[tool.poetry]\nname = "agpt"\n',
            },
            "files": {name.replace("~", home): entry for name, entry in files.items()},
        }
    )
    assert [str(each) for each in (found.folder, *found.others)] == [
        each.replace("~", home) for each in (folder, *others)
    ]


def poetry_settings_of(state: dict[str, Any]) -> PoetrySettings:
    recorded = parse(state)
    place = checkout(search(recorded, Options(recorded.root / "classic" / "original_autogpt", is_given=True)))
    return poetry_settings(recorded, place)


@pytest.mark.parametrize(
    ("files", "environment", "folder"),
    [
        ({}, {}, KEPT),
        ({}, {"XDG_CACHE_HOME": "/c"}, "/c/pypoetry/virtualenvs"),
        ({}, {"POETRY_CACHE_DIR": "/c"}, "/c/virtualenvs"),
        ({}, {"POETRY_VIRTUALENVS_PATH": "/v"}, "/v"),
        ({}, {"POETRY_VIRTUALENVS_PATH": "~/v"}, "/home/user/v"),
        ({"/home/user/.config/pypoetry/config.toml": '[virtualenvs]\npath = "/v"\n'}, {}, "/v"),
        ({"/home/user/.config/pypoetry/config.toml": 'cache-dir = "/c"\n'}, {}, "/c/virtualenvs"),
        ({"/x/config.toml": '[virtualenvs]\npath = "{cache-dir}/e"\n', "/y": ""},
         {"POETRY_CONFIG_DIR": "/x", "POETRY_CACHE_DIR": "/c"}, "/c/e"),
        ({f"{AGENT}/poetry.toml": '[virtualenvs]\npath = "/p"\n', "/x/config.toml": '[virtualenvs]\npath = "/v"\n'},
         {"POETRY_CONFIG_DIR": "/x"}, "/p"),
        ({"/home/user/.config/pypoetry/config.toml": "[virtualenvs\n"}, {}, KEPT),
        ({"/home/user/.config/pypoetry/config.toml": "virtualenvs = 3\n"}, {}, KEPT),
        ({"/home/user/.config/pypoetry/config.toml": "[virtualenvs]\npath = 3\n"}, {}, KEPT),
    ],
)  # fmt: skip
def test_settings(files: dict[str, Any], environment: dict[str, str], folder: str) -> None:
    recorded = machine(files, **environment)
    place = checkout(search(recorded, Options(recorded.folder, is_given=True)))
    assert str(poetry_settings(recorded, place).folder) == folder


def test_installed_packages_are_read_from_names() -> None:
    names = [
        "Typing_Extensions-4.9.0.dist-info",
        "a.b-c-1.0+cpu.dist-info",
        "x.egg-info",
        "pip",
        "-1.dist-info",
        "é-1.dist-info",
    ]
    files = {**made(f"{AGENT}/.venv"), f"{AGENT}/.venv/lib/python3.11/site-packages": {"folder": True, "names": names}}
    found = chosen(machine(files))
    assert found is not None
    assert found.packages == {"typing-extensions": "4.9.0", "a-b-c": "1.0+cpu"}


def test_a_locked_version_is_found() -> None:
    text = '[[package]]\nname = "httpx"\nversion = "0.28.1"\n\n[metadata]\nlock-version = "2.1"\n'
    lock = read_lock(PurePosixPath("/poetry.lock"), text, None)
    assert (locked(lock, "httpx"), locked(lock, "http")) == ("0.28.1", None)
