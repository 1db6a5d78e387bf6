"""Whatever stands in a file, whatever a program prints, whatever a variable holds: no check crashes on it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doctor.findings import Status
from doctor.machine.recorded import parse, read
from doctor.registry import Registry
from tests import patients

HERE = Path(__file__).parent / "patients"
MACHINES = ("ubuntu", "macos", "windows", "wsl")

# Text that is nearly what a program would say gets further than random text does.
PIECES = st.sampled_from(
    [
        "", "{", "}", "[]", "null", "{}", '{"Server":', '"Client":null', "[tool.poetry]\n", "python = ",
        "[[package]]\n", "name = 1\n", "[metadata]\n", 'lock-version = "', "3.11", "9" * 30, "-1", "\x00", "\n",
        "\r\n", "#!", "#!/usr/bin/env bash\r\n", "version = 2.1", "WSL", "ref: ", "gitdir: ", "../" * 9, "C:\\",
        "\ufeff", "é", "…", "unix://", "tcp://[::1", "home = ", "files = [{file = ", "Poetry (version ",
        "[wsl2]\nmemory=", "%", "{file}", "^", "||", "1e999", "true", "\x1b[31m",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES | st.text(max_size=20), max_size=8).map("".join)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


def blood(machine: str) -> dict[str, Any]:
    state = read(HERE / "machines" / f"{machine}.yaml")
    state["tree"] = read(HERE / "checkouts" / "classic-2024.yaml")["tree"]
    state["folder"] = state["root"] + ("\\" if machine == "windows" else "/") + "classic/original_autogpt"
    return state


def places(state: dict[str, Any]) -> list[tuple[str, ...]]:
    """Every place of a recording that holds what somebody else wrote."""
    found: list[tuple[str, ...]] = []
    for kind in ("files", "tree", "environment"):
        listed = state.get(kind, {}).items()
        found += [(kind, name) for name, entry in listed if name != "PATH" and not is_folder(entry)]
    for program, answers in state.get("programs", {}).items():
        found += [("programs", program, words) for words in answers]
    for key, values in state.get("registry", {}).items():
        found += [("registry", key, name) for name in values or {}]
    return found


def is_folder(entry: Any) -> bool:
    return isinstance(entry, dict) and bool(entry.get("folder"))


def spoil(state: dict[str, Any], place: tuple[str, ...], text: str) -> None:
    kind, name = place[0], place[1]
    if kind == "programs":
        state[kind][name][place[2]] = {"stdout": text, "stderr": text[::-1], "status": len(text) % 3}
    elif kind == "registry":
        state[kind][name][place[2]] = text
    elif kind == "environment":
        state[kind][name] = text.replace("\0", "")
    else:
        state[kind][name] = {"text": text, "mode": "755"}


@pytest.mark.parametrize("machine", MACHINES)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_nothing_that_others_write_crashes_a_check(machine: str, registry: Registry, data: st.DataObject) -> None:
    state = copy.deepcopy(blood(machine))
    listed = places(state)
    for place in data.draw(st.lists(st.sampled_from(listed), min_size=1, max_size=6, unique=True)):
        spoil(state, place, data.draw(TEXT))
    report = patients.examined(parse(state), registry)
    assert [(r.id, r.trace) for r in report.results if r.status is Status.ERROR] == []
