"""Environment markers (PEP 508) and Python constraints, evaluated for a Python that need not be the running one.

The few forms that lock files use are evaluated here: importing `packaging.markers` takes longer than reading a whole
lock file. Whatever is none of them is left to `packaging`.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Optional

from checks.manifest import admits
from checks.wheels import Target

_TOKEN = re.compile(
    r"""\s*(?:(?P<word>[()]|(?:and|or|not\s+in|in)\b|===|~=|==|!=|<=|>=|<|>)|(?P<quote>["'])(?P<text>[^"']*)(?P=quote)"""
    r"""|(?P<name>[A-Za-z_][A-Za-z_.]*))"""
)
_VERSIONS = ("python_version", "python_full_version", "implementation_version")
LONGEST_MARKER = 4000


class Judge:
    """Answers for one target. The same texts come again and again, so each is evaluated once."""

    def __init__(self, target: Target) -> None:
        series = ".".join(str(n) for n in target.version[:2])
        full = ".".join(str(n) for n in target.version)
        self._version = target.version
        self._names = {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": "nt" if target.kind == "windows" else "posix",
            "platform_machine": target.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": {"linux": "Linux", "darwin": "Darwin", "windows": "Windows"}.get(target.kind, ""),
            "platform_version": "",
            "python_full_version": full,
            "python_version": series,
            "sys_platform": {"windows": "win32"}.get(target.kind, target.kind),
        }
        self._known: dict[tuple[str, str], bool] = {}

    def is_true(self, marker: Any, extra: str = "") -> bool:
        """Whether a marker holds. No marker holds always; so does one that cannot be understood."""
        if not isinstance(marker, str) or not marker.strip() or len(marker) > LONGEST_MARKER:
            return True
        key = (marker, extra)
        if key not in self._known:
            names = {**self._names, "extra": extra}
            try:
                self._known[key] = _Marker(marker, names).value()
            except (ValueError, IndexError, RecursionError):
                self._known[key] = _by_packaging(marker, names)
        return self._known[key]

    def admits(self, constraint: Any) -> bool:
        """Whether a Python constraint admits the target's Python; one that cannot be understood does."""
        if not isinstance(constraint, str) or constraint.strip() in ("", "*"):
            return True
        key = ("python", constraint)
        if key not in self._known:
            try:
                self._known[key] = admits(constraint, self._version)
            except ValueError:
                self._known[key] = True
        return self._known[key]


def _by_packaging(marker: str, names: dict[str, str]) -> bool:
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        return bool(Marker(marker).evaluate(names))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, RecursionError):
        return True


class _Marker:
    """A marker's value by recursive descent. Raises ValueError or IndexError for what is not understood."""

    def __init__(self, text: str, names: dict[str, str]) -> None:
        self._names = names
        self._tokens: list[re.Match[str]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            token = _TOKEN.match(text, place)
            if token is None:
                raise ValueError("not a marker")
            self._tokens.append(token)
            place = token.end()
        self._place = 0

    def value(self) -> bool:
        value = self._any()
        if self._place != len(self._tokens):
            raise ValueError("something follows the marker")
        return value

    def _word(self) -> str:
        """The operator, bracket or keyword that comes next, "" when it is something else or nothing."""
        if self._place == len(self._tokens):
            return ""
        return re.sub(r"\s+", " ", self._tokens[self._place]["word"] or "")

    def _any(self) -> bool:
        values = [self._all()]
        while self._word() == "or":
            self._place += 1
            values.append(self._all())
        return any(values)

    def _all(self) -> bool:
        values = [self._single()]
        while self._word() == "and":
            self._place += 1
            values.append(self._single())
        return all(values)

    def _single(self) -> bool:
        if self._word() == "(":
            self._place += 1
            value = self._any()
            if self._word() != ")":
                raise ValueError("a bracket is missing")
            self._place += 1
            return value
        left, operator, right = self._operand(), self._word(), None
        self._place += 1
        right = self._operand()
        return self._compare(left, operator, right)

    def _operand(self) -> tuple[Optional[str], str]:
        """A name with its value, or None with a quoted text."""
        token = self._tokens[self._place]
        self._place += 1
        if token["quote"]:
            return None, token["text"]
        if token["name"] not in self._names:
            raise ValueError("not a name that markers know")
        return token["name"], self._names[token["name"]]

    def _compare(self, left: tuple[Optional[str], str], operator: str, right: tuple[Optional[str], str]) -> bool:
        if left[0] in _VERSIONS and right[0] is None and operator not in ("in", "not in"):
            return admits(operator + right[1], [int(number) for number in left[1].split(".")])
        if left[0] in _VERSIONS or right[0] in _VERSIONS or operator not in _OF_TEXTS:
            raise ValueError("a comparison that is not for this place")
        return _OF_TEXTS[operator](left[1], right[1])


_OF_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}
