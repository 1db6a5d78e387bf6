"""With --billing: what is paid is said before it is sent, and whoever sits before a terminal is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

from doctor.about import Options
from doctor.cli import guarded
from doctor.consent import is_agreed
from doctor.machine.recorded import Recorded, parse
from doctor.registry import Registry

ROOT = Path(__file__).parent.parent
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pexpect's terminals are POSIX ones")
SYSTEM = {"kind": "linux", "name": "L", "release": "6", "architecture": "x86_64"}

# What the command does with the option, with a plugin of its own and a machine that is recorded.
ASKING = """
import os, sys
from tests.test_billing_question import asked
print("AGREED" if asked("full", limit_s=float(sys.argv[1])) else "REFUSED")
sys.stdout.flush()
os._exit(0)
"""


def machine(purse: str) -> Recorded:
    return parse({"complete": True, "system": SYSTEM, "home": "/home/somebody", "environment": {"PURSE": purse}})


def asked(purse: str, chosen: Optional[set[str]] = None, limit_s: Optional[float] = None) -> bool:
    registry = Registry()
    registry.load("paid", "tests.plugins.paid")
    registry.settle()
    patient = machine(purse)
    return is_agreed(patient, registry, Options(patient.folder, with_billing=True), chosen, limit_s)


@pytest.fixture
def nobody(monkeypatch: Any) -> None:
    """Standard input as a service or a pipeline has it."""
    monkeypatch.setattr(sys, "stdin", None)


# --- without a terminal ---------------------------------------------------------------------------------------------


def test_without_a_terminal_the_option_is_the_consent_and_the_price_is_said(nobody: None, capsys: Any) -> None:
    assert asked("full")
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "--billing sends these paid requests, each of them once:\n  Teahouse: one cup for ~/guest, less than a cent\n"
    )


@pytest.mark.parametrize(("purse", "chosen"), [("empty", None), ("full", {"paid.water"}), ("full", set())])
def test_where_nothing_is_paid_nothing_is_said(
    purse: str, chosen: Optional[set[str]], nobody: None, capsys: Any
) -> None:
    assert asked(purse, chosen)
    assert capsys.readouterr() == ("", "")


def test_the_price_is_said_when_the_check_that_pays_is_chosen(nobody: None, capsys: Any) -> None:
    assert asked("full", {"paid.tea"})
    assert "less than a cent" in capsys.readouterr().err


def test_at_an_unknown_price_nothing_is_sent(nobody: None, capsys: Any) -> None:
    assert not asked("locked")
    assert "so none is sent" in capsys.readouterr().err


def test_without_such_checks_there_is_nothing_to_ask(capsys: Any) -> None:
    registry = Registry()
    registry.load("well", "tests.plugins.well")
    patient = machine("full")
    assert is_agreed(patient, registry, Options(patient.folder, with_billing=True), None, None)
    assert capsys.readouterr() == ("", "")


def test_offline_and_billing_are_two_different_things(capsys: Any) -> None:
    assert guarded(["--offline", "--billing"]) == 2
    assert "ask for one of the two" in capsys.readouterr().err


# --- before a terminal ----------------------------------------------------------------------------------------------


def at_a_terminal(typed: str, limit_s: float = 60.0) -> str:
    """What stands on the screen after the question was answered so; "" is nothing at all."""
    import pexpect  # type: ignore[import-untyped,unused-ignore]

    child = pexpect.spawn(sys.executable, ["-c", ASKING, str(limit_s)], cwd=str(ROOT), timeout=60, encoding="utf-8")
    child.expect_exact("[y/N] ")
    before = child.before
    if typed:
        child.send(typed)
    child.expect(["AGREED", "REFUSED", pexpect.EOF])
    screen = f"{before}|{child.before}{child.after if isinstance(child.after, str) else ''}"
    child.close(force=True)
    return str(screen)


@POSIX
@pytest.mark.parametrize("typed", ["y\n", "Y\n", " yes \n"])
def test_a_yes_is_a_yes(typed: str) -> None:
    screen = at_a_terminal(typed)
    assert screen.endswith("AGREED")
    assert "less than a cent" in screen.split("|")[0]


@POSIX
@pytest.mark.parametrize("typed", ["\n", "n\n", "yesterday\n", "\x04"], ids=["nothing", "n", "a word", "end of file"])
def test_everything_else_is_a_no(typed: str) -> None:
    screen = at_a_terminal(typed)
    assert screen.endswith("REFUSED")
    assert "The examination goes on without them." in screen


@POSIX
def test_nobody_is_waited_for_longer_than_the_run_may_take() -> None:
    assert at_a_terminal("", limit_s=0.1).endswith("REFUSED")


@POSIX
def test_ctrl_c_at_the_question_ends_the_command() -> None:
    assert "REFUSED" not in at_a_terminal("\x03")


def test_an_input_that_has_come_to_its_end_is_no_terminal() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ASKING, "60"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True
    )
    assert ended.stdout.split() == [b"AGREED"]

