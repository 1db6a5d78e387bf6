"""What stands in a file means here what it means to python-dotenv."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from checks.dotenv_text import MOST_CHARACTERS, Dialect, EnvText, TooLong, dialect_of
from tests.dotenv_peer import TEXTS, Peer, ours

OLD, NEW = dialect_of((1, 2, 1)), dialect_of((1, 2, 4))
LINES = [
    ("K=v", "v"),
    ("K = v", "v"),
    ("export K=v", "v"),
    ("K='v'", "v"),
    ('K="v"', "v"),
    ('K="v" # remark', "v"),
    ("K=v # remark", "v"),
    ("K=v#no remark", "v#no remark"),
    ("K=", ""),
    ("K", None),
    ("K=v\r\n", "v"),
    ("K=first\nK=last", "last"),
    ('K="two\nlines"', "two\nlines"),
    (r'K="a\nb"', "a\nb"),
    (r"K='a\nb'", r"a\nb"),
    ("K=\u00a0v", "v"),
    ("K=\u201cv\u201d", "\u201cv\u201d"),
]


@pytest.mark.parametrize(("text", "value"), LINES)
@pytest.mark.parametrize("dialect", [OLD, NEW])
def test_a_line_and_its_value(text: str, value: object, dialect: Dialect) -> None:
    statement = EnvText(text.replace("\r\n", "\n"), dialect).get("K")
    assert statement is not None
    assert statement.value == value


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("K: v\nL=x", (1,)),
        ("L=x\nset K=v", (2,)),
        ('K="v\nL=x', (1,)),
        ("K v", (1,)),
        ('K="v" w\nL=x', (1,)),
        ("=v", (1,)),
    ],
)
def test_a_line_that_is_dropped_costs_no_other(text: str, dropped: tuple[int, ...]) -> None:
    parsed = EnvText(text, OLD)
    assert parsed.dropped == dropped
    assert parsed.get("K") is None
    assert ("L" in parsed.names) == ("L=x" in text)


def test_where_the_versions_disagree() -> None:
    mark = "\ufeffK=v"
    assert EnvText(mark, OLD).names == ("\ufeffK",)
    assert EnvText(mark, NEW).names == ("K",)
    remark = "K= # put it here"
    assert [each.value for each in (EnvText(remark, OLD).get("K"), EnvText(remark, NEW).get("K")) if each] == [
        "# put it here",
        "",
    ]
    backslash = "K='C:\\tools\\'\nL=x"
    assert EnvText(backslash, NEW).get("K") is None


@pytest.mark.parametrize(
    "text",
    [
        "A0=0123456789\n" + "".join(f"A{n + 1}=${{A{n}}}${{A{n}}}\n" for n in range(60)),
        f"A={'a' * 300_000}\nB={'${A}' * 100_000}\n",
        f"A={'a' * (MOST_CHARACTERS // 2 + 1)}\nB=${{A}}\nC=${{A}}\n",
        f"B={'${OUTSIDE}' * 90_000}\n",
    ],
    ids=["doubled-again", "many-times", "a-little-too-long", "from-the-shell"],
)
def test_settings_that_name_each_other_do_not_fill_the_memory(text: str) -> None:
    with pytest.raises(TooLong):
        EnvText(text, dialect_of((1, 0, 0))).values({"OUTSIDE": "x" * 100_000}.get, file_wins=True)


@pytest.mark.parametrize(
    "value", ["${" * 490_000, "${" * 490_000 + ":x}", "b" + " " * 900_000 + "c#"], ids=["open", "no-default", "blanks"]
)
def test_a_line_of_a_million_characters_is_read_in_one_pass(value: str) -> None:
    assert EnvText(f"A={value}\n", dialect_of((1, 0, 0))).values(lambda name: None, file_wins=True) == {"A": value}


def test_a_file_of_secrets_has_no_printable_form() -> None:
    parsed = EnvText("K=hunter2hunter2\n", OLD)
    assert repr(parsed) == "EnvText(1 settings)"
    assert "hunter2" not in f"{parsed} {parsed!r} {vars(type(parsed))}"


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    found = Peer(sys.executable, Path(tmp_path_factory.mktemp("peer")))
    yield found
    found.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS)
def test_the_installed_parser_agrees(peer: Peer, text: str) -> None:
    dialect = dialect_of([int(part) for part in version("python-dotenv").split(".")])
    data = text.encode("utf-8")
    for override in (True, False):
        assert ours(data, dialect, override) == peer.values(data, override)
