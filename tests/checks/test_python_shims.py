"""What the shims of pyenv, asdf and mise would start, told without starting them."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from checks.python_shims import resolve
from tests.checks.motionless import LINUX, RUN, machine, names

ROOT = "/home/user/.pyenv"
PYENV: dict[str, Any] = {
    f"{ROOT}/shims/python3": RUN, f"{ROOT}/shims/python": RUN, f"{ROOT}/shims/python3.9": RUN,
    **{f"{ROOT}/versions/{v}/bin/python3": RUN for v in ("3.9.18", "3.11.4", "3.11.10", "3.12.1", "pypy3.10-7.3.15")},
    f"{ROOT}/versions/2.7.18/bin/python": RUN,
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "environment", "target", "asked"),
    [
        ({f"{ROOT}/version": "3.12.1\n"}, {}, "3.12.1", "3.12.1"),
        ({f"{ROOT}/version": "3.11\n"}, {}, "3.11.10", "3.11"),
        ({f"{ROOT}/version": "3\n"}, {}, "3.12.1", "3"),
        ({f"{ROOT}/version": "python-3.12.1\n"}, {}, "3.12.1", "python-3.12.1"),
        ({f"{ROOT}/version": "# mine\n\r\n  3.9.18 3.12.1\r\n"}, {}, "3.9.18", "3.9.18"),
        ({f"{ROOT}/version": "2.7.18\n3.12.1\n"}, {}, "3.12.1", "3.12.1"),
        ({f"{ROOT}/version": "pypy3.10-7.3.15\n"}, {}, "pypy3.10-7.3.15", "pypy3.10-7.3.15"),
        ({f"{ROOT}/version": "3.12.1", "/home/user/AutoGPT/.python-version": "3.9.18"}, {}, "3.9.18", "3.9.18"),
        ({f"{ROOT}/version": "3.12.1", "/home/user/.python-version": "3.9.18"}, {}, "3.9.18", "3.9.18"),
        ({"/home/user/AutoGPT/.python-version": "3.9.18"}, {"PYENV_VERSION": "3.12.1"}, "3.12.1", "3.12.1"),
        ({f"{ROOT}/version": "3.12.1"}, {"PYENV_VERSION": "9.9.9:3.9.18"}, "3.9.18", "3.9.18"),
        ({f"{ROOT}/version": "3.10.4\n"}, {}, None, "3.10.4"),
        ({f"{ROOT}/version": "../../../usr\n"}, {}, None, "../../../usr"),
        ({f"{ROOT}/version": "system\n"}, {}, None, "system"),
        ({}, {}, None, "system"),
    ],
)
def test_what_a_shim_of_pyenv_would_start(
    files: dict[str, str], environment: dict[str, str], target: Optional[str], asked: str
) -> None:
    found = machine(LINUX, f"{ROOT}/shims", {**PYENV, **files}, environment=environment)
    shim = found.path(f"{ROOT}/shims/python3")
    resolved = resolve(found, shim, "python3", found.path("/home/user/AutoGPT"))
    place = None if target is None else f"{ROOT}/versions/{target}/bin/python3"
    assert (resolved.target and str(resolved.target), resolved.asked) == (place, asked)


def test_a_shim_with_nothing_to_start_hands_over_to_the_next_on_path() -> None:
    files = {**PYENV, f"{ROOT}/version": "2.7.18\n", "/usr/bin/python3": RUN}
    found = machine(LINUX, f"{ROOT}/shims:/usr/bin", files)
    assert names(found) == {"python3": "/usr/bin/python3", "python": f"{ROOT}/versions/2.7.18/bin/python"}
    alone = machine(LINUX, f"{ROOT}/shims", {**PYENV, f"{ROOT}/version": "3.10.4\n"})
    assert names(alone) == {"python3": "shim", "python": "shim"}


@pytest.mark.parametrize(
    ("root", "files", "environment", "meant"),
    [
        (".asdf", {"/home/user/.tool-versions": "nodejs 20\npython 3.11.7 # good\n"}, {}, "3.11.7"),
        (".asdf", {"/home/user/AutoGPT/.tool-versions": "python 9.9 3.11.7"}, {}, "3.11.7"),
        (".asdf", {}, {"ASDF_PYTHON_VERSION": "3.11.7"}, "3.11.7"),
        (".asdf", {}, {}, "shim"),
        (".local/share/mise", {"/home/user/AutoGPT/mise.toml": '[tools]\npython = "3.11"\n'}, {}, "3.11.7"),
        (".local/share/mise", {"/home/user/.config/mise/config.toml": 'python = "3.11.7"'}, {}, "3.11.7"),
        (".local/share/mise", {}, {}, "shim-unknown"),
    ],
)
def test_shims_of_other_managers(root: str, files: dict[str, str], environment: dict[str, str], meant: str) -> None:
    home = f"/home/user/{root}"
    program = f"{home}/installs/python/3.11.7/bin/python3"
    there = {f"{home}/shims/python3": RUN, program: RUN, **files}
    found = machine(LINUX, f"{home}/shims", there, environment=environment)
    assert names(found) == {"python3": program if meant == "3.11.7" else meant}
