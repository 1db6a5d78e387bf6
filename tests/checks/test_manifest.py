"""Which Pythons a project admits: read as Poetry reads it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.manifest import Manifest, ManifestText, admits, fits, loads, manifest, specifiers

VERSIONS = [
    (2, 7, 18), (3, 9, 18), (3, 10, 0), (3, 10, 13), (3, 11, 0), (3, 11, 4), (3, 11, 7), (3, 12, 0), (3, 12, 1),
    (3, 13, 0), (3, 14, 2), (4, 0, 0),
]  # fmt: skip

# What Poetry 2.5.1 admits of VERSIONS, as places in that list.
ADMITTED: dict[str, set[tuple[int, int, int]]] = {
    "^3.10": {v for v in VERSIONS if (3, 10) <= v < (4,)},
    "^ 3.12": {v for v in VERSIONS if (3, 12) <= v < (4,)},
    "^3": {v for v in VERSIONS if (3,) <= v < (4,)},
    "^3.11.4": {v for v in VERSIONS if (3, 11, 4) <= v < (4,)},
    "~3": {v for v in VERSIONS if (3,) <= v < (4,)},
    "~3.11": {(3, 11, 0), (3, 11, 4), (3, 11, 7)},
    "~3.11.4": {(3, 11, 4), (3, 11, 7)},
    "~=3.11": {v for v in VERSIONS if (3, 11) <= v < (4,)},
    "~=3.11.4": {(3, 11, 4), (3, 11, 7)},
    "3.11": {(3, 11, 0)},
    "==3.11": {(3, 11, 0)},
    "=3.11.4": {(3, 11, 4)},
    "3.11.*": {(3, 11, 0), (3, 11, 4), (3, 11, 7)},
    "!=3.11.*,>=3.10": {v for v in VERSIONS if v >= (3, 10) and v[:2] != (3, 11)},
    ">=3.10,<3.13": {v for v in VERSIONS if (3, 10) <= v < (3, 13)},
    ">= 3.10 , < 3.13": {v for v in VERSIONS if (3, 10) <= v < (3, 13)},
    ">=3.10 <3.13": {v for v in VERSIONS if (3, 10) <= v < (3, 13)},
    ">3.10": {v for v in VERSIONS if v > (3, 10, 0)},
    "<=3.12": {v for v in VERSIONS if v <= (3, 12, 0)},
    "<3.13.0rc1": {v for v in VERSIONS if v < (3, 13)},
    ">=3.12.0a1": {v for v in VERSIONS if v >= (3, 12)},
    "*": set(VERSIONS),
    "3.*": {v for v in VERSIONS if v[0] == 3},
    "~2.7 || ^3.12": {v for v in VERSIONS if v[:2] == (2, 7) or (3, 12) <= v < (4,)},
    "~3.9|~3.11": {v for v in VERSIONS if v[:2] in ((3, 9), (3, 11))},
    ">=3.10,<4.0,!=3.11.4": {v for v in VERSIONS if (3, 10) <= v < (4,) and v != (3, 11, 4)},
    "^3.10,": {v for v in VERSIONS if (3, 10) <= v < (4,)},
}
NO_CONSTRAINTS = ["three", "^", ">=", "3..1", "^3.10.", "3.10 - 3.12", "<>3.11", "{python}", "^3.10 or so"]


@pytest.mark.parametrize("constraint", ADMITTED)
def test_a_constraint_admits_what_poetry_admits(constraint: str) -> None:
    assert {version for version in VERSIONS if admits(constraint, version)} == ADMITTED[constraint]


@pytest.mark.parametrize("constraint", [each for each in ADMITTED if "|" not in each])
def test_as_specifiers_it_admits_the_same(constraint: str) -> None:
    from packaging.specifiers import SpecifierSet

    turned = SpecifierSet(specifiers(constraint))
    admitted = {v for v in VERSIONS if turned.contains(".".join(str(n) for n in v), prereleases=True)}
    assert admitted == ADMITTED[constraint]


@pytest.mark.parametrize("text", NO_CONSTRAINTS)
def test_what_is_no_constraint_is_refused_and_keeps_no_python_away(text: str) -> None:
    with pytest.raises(ValueError, match="not a version constraint"):
        admits(text, (3, 11, 7))
    assert fits(text, (3, 9, 0))
    assert not fits(text, (2, 7, 18))


def test_poetrys_own_core_agrees() -> None:
    named = os.environ.get("DOCTOR_TEST_POETRY_2", "")
    if not named:
        pytest.skip("DOCTOR_TEST_POETRY_2 names no Poetry")
    python = Path(named).resolve().parent / "python"
    ask = (
        "import json, sys; from poetry.core.constraints.version import parse_constraint, Version\n"
        "constraints, versions = json.load(sys.stdin)\n"
        "admitted = [[bool(parse_constraint(c).allows(Version.parse(v))) for v in versions] for c in constraints]\n"
        "print(json.dumps(admitted))"
    )
    question = json.dumps([list(ADMITTED), [".".join(str(n) for n in version) for version in VERSIONS]])
    said = subprocess.run([python, "-c", ask], input=question, capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [[version in admitted for version in VERSIONS] for admitted in ADMITTED.values()]


@given(st.text(alphabet="^~<>=!*.,| 0123456789abrcdevpost-_x\t\n", max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    for version in ((3, 11, 7), (3, 12)):
        try:
            assert admits(text, version) in (True, False)
        except ValueError:
            assert fits(text, version)


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ('[tool.poetry.dependencies]\npython = "^3.10"', "^3.10"),
        ('[project]\nrequires-python = ">=3.10"', ">=3.10"),
        ('[project]\nrequires-python = ">=3.9"\n[tool.poetry.dependencies]\npython = "^3.10"', "^3.10"),
        ('[project]\nrequires-python = 3.10\n[tool.poetry.dependencies]\npython = ["^3.10"]', ""),
        ("[tool]\npoetry = 3", ""),
        ("project = 1\ntool = 2", ""),
        ("", ""),
    ],
)
def test_where_the_constraint_stands(text: str, constraint: str) -> None:
    table: dict[str, Any] = loads(text)
    read = manifest(ManifestText(PurePosixPath("/x/pyproject.toml"), text, "", table))
    assert isinstance(read, Manifest)
    assert read.python == constraint
