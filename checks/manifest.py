"""The Poetry project's own files: pyproject.toml, read once for everyone, and the Python versions that it admits."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import Any, Mapping, NamedTuple, Optional

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
    except ValueError as problem:
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
    project, tool = table.get("project"), table.get("tool")
    if isinstance(project, dict) and isinstance(project.get("requires-python"), str):
        return str(project["requires-python"])
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    needed = poetry.get("dependencies") if isinstance(poetry, dict) else None
    constraint = needed.get("python") if isinstance(needed, dict) else None
    return constraint if isinstance(constraint, str) else ""


def specifiers(constraint: str) -> str:
    """A Poetry constraint as PEP 440 specifiers: "^3.10" is ">=3.10,<4", "~3.11" is ">=3.11,<3.12", "*" is "".

    Alternatives ("a || b") are not turned; ValueError is raised for what is no constraint.
    """
    parts = []
    for part in constraint.replace(" ", ",").split(","):
        if not part or part == "*":
            continue
        if part[0] in "^~" and not part.startswith("~="):
            numbers = [int(n) for n in part[1:].split(".")]
            keep = 0 if part[0] == "^" and numbers[0] else min(1, len(numbers) - 1)
            parts.append(f">={part[1:]},<{'.'.join(str(n) for n in [*numbers[:keep], numbers[keep] + 1])}")
        else:
            parts.append(part if part[0] in "<>=!~" else "==" + part)
    return ",".join(parts)


def admits(constraint: str, version: tuple[int, ...]) -> bool:
    """Whether a constraint (alternatives included) admits a Python version like (3, 11, 7). Raises ValueError."""
    from packaging.specifiers import SpecifierSet

    text = ".".join(str(n) for n in version)
    return any(SpecifierSet(specifiers(each)).contains(text, prereleases=True) for each in constraint.split("||"))
