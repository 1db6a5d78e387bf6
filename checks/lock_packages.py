"""The packages of a lock file, and which of them a Python has no wheel for.

Poetry itself finds out only while it installs, package by package, and ends with a compiler's error. Only what has no
fitting wheel is parsed: a lock file of half a million characters is judged in a few milliseconds.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator, Mapping, NamedTuple

from checks.manifest import admits, loads
from checks.markers import Judge
from checks.wheels import Fit, Target, has_wheel

Table = Mapping[str, Any]

_SOURCE = re.compile(r'file = "[^"\n]+\.(?:tar\.gz|tar\.bz2|tar\.xz|zip|tgz)"')
_FILES = re.compile(r"^files = \[\n.*?^\]\n", re.MULTILINE | re.DOTALL)
_HEAD = re.compile(r'name = "([^"\n]+)"\nversion = "([^"\n]+)"\n')
_ELSEWHERE = ("directory", "file", "git", "url")
"""Kinds of source that are not an index, so there are no wheels to choose from."""


class Package(NamedTuple):
    """One entry of a lock file, unparsed."""

    name: str
    version: str
    text: str


class Missing(NamedTuple):
    """The packages that a target has no wheel for."""

    impossible: tuple[Package, ...] = ()
    """Neither a wheel for it nor a source package."""
    compiled: tuple[Package, ...] = ()
    """A source package, and wheels for others."""
    pure: tuple[Package, ...] = ()
    """A source package, and a wheel for nobody: most likely plain Python."""


def packages(text: str) -> tuple[Package, ...]:
    """Every entry of a lock file's text, whose line ends are LF."""
    found = []
    for chunk in text.split("[[package]]\n")[1:]:
        head = _HEAD.match(chunk)
        if head:
            found.append(Package(head[1], head[2], chunk))
    return tuple(found)


def parsed(package: Package) -> Table:
    """The entry as a mapping, without its files. Empty when it is no TOML."""
    text = _FILES.sub("", package.text, count=1)
    for end in ("\n[extras]\n", "\n[metadata]\n", "\n[metadata."):
        text = text.partition(end)[0]
    try:
        tables = loads("[[package]]\n" + text).get("package")
    except (ValueError, RecursionError):
        return {}
    return tables[0] if isinstance(tables, list) and tables and isinstance(tables[0], dict) else {}


def applies(table: Table, judge: Judge) -> bool:
    """Whether an entry of a lock file of version 2.1 belongs to the group main on the judge's target."""
    groups = table.get("groups")
    if table.get("optional") or _is_from_elsewhere(table) or not isinstance(groups, list) or "main" not in groups:
        return False
    marker = table.get("markers")
    if isinstance(marker, dict):
        marker = marker.get("main")
    return judge.is_true(marker) and judge.admits(table.get("python-versions"))


def missing(everything: Iterable[Package], target: Target, *, has_groups: bool, roots: Table) -> Missing:
    """The packages of group main that the target has no wheel for.

    `has_groups` says that the lock file tells groups and markers with each package (lock-version 2.1). Older ones
    don't: there the packages are found by walking from `roots`, the project's main dependencies.
    """
    fits, judge = Fit(target), Judge(target)
    if has_groups:
        lacking = [each for each in everything if not fits(each.text)]
        return _classes(each for each in lacking if applies(parsed(each), judge))
    return _classes(each for each in _Walk(everything, judge).from_roots(roots) if not fits(each.text))


def _classes(lacking: Iterable[Package]) -> Missing:
    impossible: list[Package] = []
    compiled: list[Package] = []
    pure: list[Package] = []
    for each in lacking:
        has_source, has_wheels = _SOURCE.search(each.text) is not None, has_wheel(each.text)
        if has_source:
            (compiled if has_wheels else pure).append(each)
        elif has_wheels:
            impossible.append(each)
    return Missing(tuple(impossible), tuple(compiled), tuple(pure))


def canonical(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_from_elsewhere(table: Table) -> bool:
    source = table.get("source")
    return isinstance(source, dict) and source.get("type") in _ELSEWHERE


# --- lock files without groups --------------------------------------------------------------------------------------


class _Wanted(NamedTuple):
    """One dependency, still to be followed."""

    name: str
    form: Any
    """As it stands: a constraint, a table, or several tables."""
    extra: str = ""
    """The extra of the package that asks for it."""
    allowed: frozenset[str] = frozenset()
    """Optional dependencies that this extra takes in."""


class _Walk:
    """Follows the dependencies of a lock file of version 2.0 from the project's own."""

    def __init__(self, everything: Iterable[Package], judge: Judge) -> None:
        self._judge = judge
        self._entries: dict[str, list[Package]] = {}
        for each in everything:
            self._entries.setdefault(canonical(each.name), []).append(each)
        self._tables: dict[int, Table] = {}
        self._seen: set[tuple[int, str]] = set()
        self._found: dict[int, Package] = {}
        self._pending: list[_Wanted] = []

    def from_roots(self, roots: Table) -> tuple[Package, ...]:
        self._pending = [_Wanted(name, form) for name, form in roots.items() if canonical(name) != "python"]
        while self._pending:
            self._follow(self._pending.pop())
        return tuple(self._found.values())

    def _follow(self, wanted: _Wanted) -> None:
        for each in wanted.form if isinstance(wanted.form, list) else [wanted.form]:
            form = each if isinstance(each, dict) else {"version": each}
            if form.get("optional") and canonical(wanted.name) not in wanted.allowed:
                continue
            if self._judge.is_true(form.get("markers"), wanted.extra) and self._judge.admits(form.get("python")):
                extras = form.get("extras")
                named = [each for each in extras if isinstance(each, str)] if isinstance(extras, list) else []
                self._visit(wanted.name, form.get("version"), ["", *named])

    def _visit(self, name: str, constraint: Any, extras: list[str]) -> None:
        for package in self._chosen(self._entries.get(canonical(name), []), constraint):
            table = self._table(package)
            if not _is_from_elsewhere(table):
                # A path dependency carries its constraint in Poetry's own form; it is the project's, so it holds.
                if not self._judge.admits(table.get("python-versions")):
                    continue
                self._found[id(package)] = package
            for extra in extras:
                if (id(package), extra) not in self._seen:
                    self._seen.add((id(package), extra))
                    self._pending += _dependencies(table, extra)

    def _table(self, package: Package) -> Table:
        if id(package) not in self._tables:
            self._tables[id(package)] = parsed(package)
        return self._tables[id(package)]

    def _chosen(self, entries: list[Package], constraint: Any) -> Iterator[Package]:
        """The entries that a constraint means; with one entry only there is nothing to choose."""
        for each in entries:
            if len(entries) == 1 or _satisfies(each.version, constraint):
                yield each


def _dependencies(table: Table, extra: str) -> Iterator[_Wanted]:
    dependencies, extras = table.get("dependencies"), table.get("extras")
    listed = extras.get(extra) if isinstance(extras, dict) and extra else None
    names = [str(each) for each in listed] if isinstance(listed, list) else []
    allowed = frozenset(canonical(re.split(r"[\s\[(<>=!~;]", each, maxsplit=1)[0]) for each in names)
    for name, form in dependencies.items() if isinstance(dependencies, dict) else ():
        yield _Wanted(name, form, extra, allowed)


def _satisfies(version: str, constraint: Any) -> bool:
    """Whether a locked version is what a dependency asks for; yes, when that cannot be told."""
    numbers = re.match(r"\d{1,9}(?:\.\d{1,9})*", version)
    if not isinstance(constraint, str) or numbers is None:
        return True
    try:
        return admits(constraint, [int(n) for n in numbers[0].split(".")])
    except ValueError:
        return True
