"""Which facts and checks exist.

A plugin is a module named by the entry-point group `autogpt_doctor.checks`; the built-in ones come in by that door
too. Its functions are marked by `@fact` and `@check`; their annotations say what they need and what they make.
Whatever is wrong with a plugin becomes a finding, and everything else still runs.
"""

from __future__ import annotations

import re
import sys
import typing
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Optional, TypeVar, Union

from doctor.about import Options
from doctor.findings import Finding, Stage, found, warning
from doctor.machine import Machine, System
from doctor.words import say

GROUP = "autogpt_doctor.checks"
MARK = "__doctor__"
GIVEN: tuple[type, ...] = (Machine, System, Options)
"""Types that the engine itself provides."""

F = TypeVar("F", bound=Callable[..., Any])


class Mark(NamedTuple):
    """What a decorator leaves on a function."""

    kind: str
    id: str = ""
    title: str = ""
    stage: Stage = Stage.MACHINE
    codes: tuple[str, ...] = ()
    meanings: Mapping[str, str] = {}


class Need(NamedTuple):
    parameter: str
    type: type
    is_optional: bool


class Fact(NamedTuple):
    name: str
    function: Callable[..., Any]
    needs: tuple[Need, ...]
    makes: type


class Check(NamedTuple):
    id: str
    title: str
    stage: Stage
    codes: tuple[str, ...]
    function: Callable[..., Optional[Iterable[Finding]]]
    needs: tuple[Need, ...]
    meanings: Mapping[str, str] = {}
    """What each code says, in a sentence for a person; some or all may be missing."""

    @property
    def group(self) -> str:
        return self.id.split(".", 1)[0]

    @property
    def explanation(self) -> str:
        import inspect

        return inspect.getdoc(self.function) or ""


def fact(function: F) -> F:
    """Marks a function that asks the machine and returns one small frozen value; its return type is its name."""
    setattr(function, MARK, Mark("fact"))
    return function


def check(
    id: str, *, title: str, stage: Stage, codes: Union[Iterable[str], Mapping[str, str]]
) -> Callable[[F], F]:
    """Marks a generator of findings. `codes` lists every code it may yield, or maps it to a sentence that says what it
    means; `explain` prints that, and the docstring."""
    meanings = dict(codes) if isinstance(codes, Mapping) else {}

    def mark(function: F) -> F:
        setattr(function, MARK, Mark("check", id, title, stage, tuple(codes), meanings))
        return function

    return mark


class Registry:
    """The facts and checks of one run."""

    def __init__(self) -> None:
        self.facts: dict[type, Fact] = {}
        self.checks: dict[str, Check] = {}
        self.troubles: list[Finding] = []
        self._origin: dict[str, str] = {}

    @classmethod
    def of_everything_installed(cls) -> Registry:
        """All plugins of this Python environment."""
        import gc

        registry = cls()
        # All that is loaded stays: looking through it for garbage, again and again, takes a twentieth of the time.
        was_enabled = gc.isenabled()
        gc.disable()
        for name, module in sorted(_entry_points(), key=lambda each: (not each[1].startswith("checks."), each[0])):
            registry.load(name, module)
        registry.settle()
        if was_enabled:
            gc.enable()
        return registry

    def load(self, name: str, module_name: str) -> None:
        """Import one plugin. A failure costs this plugin only."""
        import importlib

        try:
            module = importlib.import_module(module_name)
        except (Exception, SystemExit) as problem:  # noqa: BLE001  a plugin may do anything at import, ending us too
            self.troubles.append(
                warning(
                    "doctor.plugin-broken",
                    say("The checks of {plugin} cannot be loaded", plugin=name),
                    evidence=found(
                        say("{error} while importing {module}", error=type(problem).__name__, module=module_name)
                    ),
                )
            )
            return
        self.add(module, name)

    def add(self, module: Any, name: str = "") -> None:
        """Take in every marked function that is defined in a module (a fact imported from elsewhere stays there)."""
        for each in list(vars(module).values()):
            mark = getattr(each, MARK, None)
            if isinstance(mark, Mark) and getattr(each, "__module__", None) == module.__name__:
                self._take(each, mark, name or module.__name__)

    def _take(self, function: Callable[..., Any], mark: Mark, plugin: str) -> None:
        if mark.kind == "check" and mark.id in self.checks:
            self.troubles.append(
                warning(
                    "doctor.duplicate-check",
                    say("Two checks are called {id}; the one of {plugin} is left out", id=mark.id, plugin=plugin),
                    evidence=found(say("the name belongs to {other}", other=self._origin[mark.id])),
                )
            )
            return
        try:
            needs, makes = _annotations(function)
        except Exception as problem:  # noqa: BLE001  an annotation is code too
            self._refuse(mark.id or function.__name__, plugin, type(problem).__name__)
            return
        if mark.kind == "check":
            self.checks[mark.id] = Check(
                mark.id, mark.title, mark.stage, mark.codes, function, needs, mark.meanings
            )
            self._origin[mark.id] = plugin
        elif not isinstance(makes, type) or makes in GIVEN or makes in self.facts:
            self._refuse(function.__name__, plugin, "its return type is missing or already provided")
        else:
            self.facts[makes] = Fact(function.__name__, function, needs, makes)

    def _refuse(self, name: str, plugin: str, reason: str) -> None:
        self.troubles.append(
            warning(
                "doctor.plugin-broken",
                say("{name} of {plugin} cannot be used", name=name, plugin=plugin),
                evidence=found(say("{reason}", reason=reason)),
            )
        )

    def settle(self) -> None:
        """Leave out the facts and checks whose needs nobody provides, or which need each other in a circle."""
        while True:
            lost = [f for f in self.facts.values() if self._missing(f.needs)] or self._circle()
            if not lost:
                break
            for each in lost:
                del self.facts[each.makes]
                self._refuse_need(each.name, self._missing(each.needs))
        for check_ in [c for c in self.checks.values() if self._missing(c.needs)]:
            del self.checks[check_.id]
            self._refuse_need(check_.id, self._missing(check_.needs))

    def _missing(self, needs: Iterable[Need]) -> str:
        for need in needs:
            if need.type not in self.facts and need.type not in GIVEN and not need.is_optional:
                # an annotation may be any object; on 3.9 even typing's own have no __name__
                return getattr(need.type, "__name__", need.parameter)
        return ""

    def _circle(self) -> list[Fact]:
        from graphlib import CycleError, TopologicalSorter

        graph = {f.makes: {n.type for n in f.needs if n.type in self.facts} for f in self.facts.values()}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as circle:
            return [self.facts[circle.args[1][0]]]
        return []

    def _refuse_need(self, name: str, missing: str) -> None:
        what = say("needs {type}, which nothing provides", type=missing) if missing else say("needs itself in a circle")
        self.troubles.append(warning("doctor.unknown-fact", say("{name} is left out", name=name), evidence=found(what)))

    def matching(self, patterns: Iterable[str]) -> set[str]:
        """The ids of the checks that any of the patterns names: an id, a group, a code, or a glob of ids."""
        from fnmatch import fnmatchcase

        chosen = set()
        for pattern in patterns:
            for each in self.checks.values():
                if pattern in (each.id, each.group) or pattern in each.codes or fnmatchcase(each.id, pattern):
                    chosen.add(each.id)
        return chosen


_OPTIONAL = re.compile(r"Optional\[(\w+)\]\Z")


def _annotations(function: Callable[..., Any]) -> tuple[tuple[Need, ...], Any]:
    """What a function needs and makes. Raises whatever looking at an annotation may raise."""
    hints = dict(function.__annotations__)
    makes = _hint(function, "return")[0] if "return" in hints else None
    code = function.__code__
    needs = []
    for parameter in code.co_varnames[: code.co_argcount]:
        kind, is_optional = _hint(function, parameter)
        hash(kind)  # what cannot be looked up is refused here, where it costs one check
        needs.append(Need(parameter, kind, is_optional))
    return tuple(needs), makes


def _hint(function: Callable[..., Any], name: str) -> tuple[Any, bool]:
    """The type that an annotation names, and whether it is Optional.

    The two usual forms are looked up; typing compiles every annotation anew, which costs more than the whole registry.
    """
    text = function.__annotations__[name]
    if isinstance(text, str):
        inner = _OPTIONAL.match(text)
        plain = inner[1] if inner else text
        if plain.isidentifier() and plain in function.__globals__:
            return function.__globals__[plain], inner is not None
        if name == "return":
            return None, False  # "Iterator[Finding]": a check's, and no fact
    hint = typing.get_type_hints(function)[name]
    if typing.get_origin(hint) is Union:
        kinds = [each for each in typing.get_args(hint) if each is not type(None)]
        return kinds[0], len(kinds) == 1
    return hint, False


def _entry_points() -> Iterator[tuple[str, str]]:
    """Name and module of each plugin of this environment."""
    from importlib import metadata

    if sys.version_info >= (3, 10):
        points: Any = metadata.entry_points(group=GROUP)
    else:
        points = metadata.entry_points().get(GROUP, ())
    seen = set()
    for point in points:
        if (point.name, point.value) not in seen:
            seen.add((point.name, point.value))
            yield point.name, point.value.split(":", 1)[0].strip()
