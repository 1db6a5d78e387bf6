"""The Poetry project's own files: pyproject.toml, read once for everyone, and the Python versions that it admits."""

from __future__ import annotations

import re
import sys
from pathlib import PurePath
from typing import Any, Mapping, NamedTuple, Optional, Sequence

from checks.checkout import Checkout
from doctor import Machine, Unavailable, fact, say


class Manifest(NamedTuple):
    """A pyproject.toml that could be read."""

    path: PurePath
    table: Mapping[str, Any]
    python: str
    """The constraint as it stands there ("^3.10", ">=3.10"), "" when there is none."""

    @property
    def poetry(self) -> Mapping[str, Any]:
        """The table tool.poetry, empty when there is none."""
        tool = self.table.get("tool")
        poetry = tool.get("poetry") if isinstance(tool, dict) else None
        return poetry if isinstance(poetry, dict) else {}


class ManifestText(NamedTuple):
    """The raw file, for judging why it could not be read."""

    path: PurePath
    text: Optional[str]
    """None when it is absent or cannot be read."""
    error: str = ""
    """What the TOML parser said; "" when it parses."""
    table: Mapping[str, Any] = {}


@fact
def manifest_text(machine: Machine, checkout: Checkout) -> ManifestText:
    path = (checkout.project or checkout.root) / "pyproject.toml"
    text = machine.read_text(path)
    if text is None:
        return ManifestText(path, None)
    try:
        return ManifestText(path, text, "", loads(text))
    except (ValueError, RecursionError) as problem:
        return ManifestText(path, text, str(problem))


@fact
def manifest(manifest_text: ManifestText) -> Manifest:
    if manifest_text.text is None:
        raise Unavailable(say("there is no {file}", file=manifest_text.path), "poetry.no-manifest")
    if manifest_text.error:
        raise Unavailable(say("{file} is not valid TOML", file=manifest_text.path), "poetry.broken-manifest")
    return Manifest(manifest_text.path, manifest_text.table, _python(manifest_text.table))


def loads(text: str) -> dict[str, Any]:
    """TOML as a mapping. Raises ValueError."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def _python(table: Mapping[str, Any]) -> str:
    """Poetry's own entry wins over requires-python, as it does in Poetry."""
    project, tool = table.get("project"), table.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    needed = poetry.get("dependencies") if isinstance(poetry, dict) else None
    constraint = needed.get("python") if isinstance(needed, dict) else None
    if not isinstance(constraint, str) and isinstance(project, dict):
        constraint = project.get("requires-python")
    return constraint if isinstance(constraint, str) else ""


def specifiers(constraint: str) -> str:
    """A Poetry constraint as PEP 440 specifiers: "^3.10" is ">=3.10,<4", "~3.11" is ">=3.11,<3.12", "*" is "".

    Alternatives ("a || b") are not turned; ValueError is raised for them and for what is no constraint.
    """
    return ",".join(operator + version for operator, version in _comparisons(constraint))


def admits(constraint: str, version: Sequence[int]) -> bool:
    """Whether a constraint (alternatives included) admits a Python version like (3, 11, 7). Raises ValueError."""
    alternatives = [_comparisons(each) for each in re.split(r"\|\|?", constraint)]
    return any(all(_holds(tuple(version), *each) for each in alternative) for alternative in alternatives)


def fits(constraint: str, version: Sequence[int]) -> bool:
    """Like `admits`, for an interpreter: a constraint that cannot be read, or is none, admits every Python 3."""
    try:
        return version[0] >= 3 and admits(constraint, version)
    except ValueError:
        return True


# One condition of a constraint: Poetry's own operators beside those of PEP 440, blanks allowed after the operator.
_CONDITION = re.compile(
    r"\s*(?:(?P<any>\*)|(?P<operator>\^|~=|~|===?|!=|>=|<=|>|<|=)?\s*v?"
    r"(?P<release>[0-9]+(?:\.[0-9]+)*)(?P<wildcard>(?:\.\*)*)(?P<suffix>[-._]?(?:a|b|c|rc|alpha|beta|dev|post)[-._]?[0-9]*)?)"
    r"\s*(?:,\s*|\s+|\Z)",
    re.IGNORECASE,
)


def _comparisons(constraint: str) -> list[tuple[str, str]]:
    """The constraint as comparisons that must all hold: [(">=", "3.10"), ("<", "4")].

    Source of the meaning of `^` and `~`: https://python-poetry.org/docs/dependency-specification/
    """
    constraint = constraint.strip()
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(constraint):
        condition = _CONDITION.match(constraint, place)
        if condition is None:
            raise ValueError("not a version constraint")
        found += _comparison(condition)
        place = condition.end()
    return found


def _comparison(condition: re.Match[str]) -> list[tuple[str, str]]:
    if condition["any"]:
        return []
    operator, release = condition["operator"] or "==", condition["release"]
    low = release + (condition["suffix"] or "")
    if operator in ("^", "~", "~="):
        return [(">=", low), ("<", ".".join(str(n) for n in _next(operator, [int(n) for n in release.split(".")])))]
    if operator in ("=", "==="):
        operator = "=="
    if condition["wildcard"] and operator in ("==", "!="):
        return [(operator, release + ".*")]
    return [(operator, low)]


def _next(operator: str, release: list[int]) -> list[int]:
    """The first release that `^`, `~` or `~=` does not admit any more."""
    if operator == "^":
        kept = next((place for place, number in enumerate(release[:3]) if number), min(len(release), 3) - 1)
    elif operator == "~":
        kept = min(1, len(release) - 1)
    else:
        kept = max(0, len(release) - 2)
    return [*release[:kept], release[kept] + 1]


def _holds(version: tuple[int, ...], operator: str, bound: str) -> bool:
    """Whether a final release is what one comparison asks for."""
    if bound.endswith(".*"):
        prefix = [int(number) for number in bound[:-2].split(".")]
        return (_padded(version, len(prefix))[: len(prefix)] == prefix) is (operator == "==")
    release = re.match(r"[0-9.]*[0-9]", bound)
    numbers = [int(number) for number in (release[0] if release else "0").split(".")]
    suffix = bound[release.end() :].strip("-._").lower() if release else ""
    length = max(len(version), len(numbers))
    mine = (_padded(version, length), 0)
    other = (_padded(numbers, length), 0 if not suffix else 1 if suffix.startswith("post") else -1)
    return {
        "==": mine == other, "!=": mine != other, ">=": mine >= other, "<=": mine <= other,
        ">": mine > other, "<": mine < other,
    }[operator]  # fmt: skip


def _padded(numbers: Sequence[int], length: int) -> list[int]:
    return [*numbers, *[0] * (length - len(numbers))]
