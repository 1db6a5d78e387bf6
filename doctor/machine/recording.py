"""Files of recordings, read with care: whoever files an issue may attach anything.

A file is read when it is a regular one of bearable size, its text is parsed without any of the parsers' powers
(no aliases, no objects, no numbers that look like text), and everything wrong with it is one sentence.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterable, Mapping, NoReturn

from doctor.machine.looks import BadRecording
from doctor.words import show

MOST_BYTES = 64 * 1024 * 1024
MOST_BYTES_OF_YAML = 16 * 1024 * 1024
"""YAML takes ten times as long."""
PIECE_BYTES = 64 * 1024
MOST_FILES = 64
DEEPEST_EXTENSION = 8
DEEPEST_NESTING = 40
MOST_YAML_NODES = 400_000


def read(path: Path) -> dict[str, Any]:
    """The file with everything that it extends beneath it. Raises `BadRecording`."""
    return _Reading().read(path, ())


class _Reading:
    """One recording's files; a file that is extended twice is parsed once."""

    def __init__(self) -> None:
        self._parsed: dict[Path, dict[str, Any]] = {}

    def read(self, path: Path, above: tuple[Path, ...]) -> dict[str, Any]:
        where = path if "\0" in str(path) else Path(os.path.realpath(path))
        if where in above:
            _refuse(path, "extends itself")
        if len(above) >= DEEPEST_EXTENSION or len(self._parsed) >= MOST_FILES:
            _refuse(path, "extends too many others")
        if where not in self._parsed:
            self._parsed[where] = _parse(path)
        state = dict(self._parsed[where])
        below: dict[str, Any] = {}
        for name in _extended(path, state.pop("extends", ())):
            below = merge(below, self.read(path.parent / name, (*above, where)))
        return merge(below, state)


def _refuse(path: Path, what: str) -> NoReturn:
    raise BadRecording(f"the recording {show(path.name)} {what}")


def _extended(path: Path, value: Any) -> tuple[str, ...]:
    """The names of the files beneath. Only beside and around the file itself: no drive, no share, no other machine."""
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise BadRecording("this has to be the name of a file, or a list of names", (path.name, "extends"))
    for name in names:
        if not re.fullmatch(r"(?:\.\./)*(?:[\w\-][\w.\- ]*/)*[\w\-][\w.\- ]*\.(?:yaml|yml|json)", name):
            raise BadRecording(
                f"{show(name)[:90]} is no name of a recording relative to this one, with forward slashes",
                (path.name, "extends"),
            )
    return tuple(names)


def _parse(path: Path) -> dict[str, Any]:
    text = _text_of(path)
    is_json = path.suffix.lower() == ".json" or text.lstrip()[:1] == "{"
    try:
        state = _json(text) if is_json else from_yaml(text)
    except BadRecording as problem:
        raise BadRecording(problem.what, (path.name, *problem.place)) from None
    except RecursionError:
        _refuse(path, "is nested too deeply")
    except ValueError as problem:
        line = getattr(problem, "lineno", None)
        _refuse(path, "is no valid JSON" + (f" (line {line})" if line else ""))
    if not isinstance(state, dict):
        _refuse(path, "is malformed: its top level is no mapping")
    return state


def _text_of(path: Path) -> str:
    try:
        if "\0" in str(path):  # older Pythons take such a name for a file that is not there
            _refuse(path, "cannot be read")
        if path.is_dir():
            _refuse(path, "is a folder")
        if not path.is_file():  # a pipe or a device could be read for ever
            _refuse(path, "is no ordinary file" if path.exists() else "does not exist")
        data = _bytes_of(path)
    except OSError as problem:
        _refuse(path, f"cannot be read ({problem.strerror or type(problem).__name__})")
    if len(data) > MOST_BYTES:
        _refuse(path, f"is larger than {MOST_BYTES // 1024 // 1024} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(path, "is no UTF-8 text")


def _bytes_of(path: Path) -> bytes:
    """All of it, but not much more than is allowed. In pieces: Windows touches all of a buffer before it reads."""
    data = bytearray()
    with path.open("rb") as file:
        while len(data) <= MOST_BYTES and (piece := file.read(PIECE_BYTES)):
            data += piece
    return bytes(data)


# --- JSON ---------------------------------------------------------------------------------------------------------


def _json(text: str) -> Any:
    import json

    return json.loads(text, object_pairs_hook=_mapping, parse_constant=_no_number)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        raise BadRecording("this key stands there twice", (next(n for n in names if names.count(n) > 1),))
    return mapping


def _no_number(text: str) -> NoReturn:
    raise BadRecording(f"{text} is no number")


# --- YAML ---------------------------------------------------------------------------------------------------------


def from_yaml(text: str) -> Any:
    """The value of a YAML text. Raises `BadRecording`."""
    import yaml

    if len(text) > MOST_BYTES_OF_YAML:
        raise BadRecording("this is too much for YAML; write it as JSON")
    loader = _yaml_loader()
    try:
        _is_simple(yaml.parse(text, Loader=loader))
        return yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as problem:
        mark: Any = problem.problem_mark
        line = "" if mark is None else f" (line {mark.line + 1})"
        raise BadRecording(f"this is no valid YAML{line}") from None
    except yaml.YAMLError:
        raise BadRecording("this is no valid YAML") from None


def _is_simple(events: Iterable[Any]) -> None:
    """Looks at what is there before anything is made of it: aliases multiply, and nesting has no end."""
    from yaml import AliasEvent, CollectionEndEvent, CollectionStartEvent

    depth = 0
    for count, event in enumerate(events):
        if isinstance(event, AliasEvent):
            line = getattr(event.start_mark, "line", 0) + 1
            raise BadRecording(f"anchors and aliases are not used in recordings (line {line})")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST_NESTING:
            raise BadRecording("this is nested too deeply")
        if count > MOST_YAML_NODES:
            raise BadRecording("this is too much for YAML; write it as JSON")


@lru_cache(maxsize=1)
def _yaml_loader() -> Any:
    """Of all that YAML 1.1 takes for something else, only numbers, true, false and null; keys are always text."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - so it is called by PyYAML

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
            mapping: dict[str, Any] = {}
            for key, value in node.value:
                line = f" (line {key.start_mark.line + 1})"
                if not isinstance(key, yaml.ScalarNode):
                    raise BadRecording("a key has to be text" + line)
                if key.value in mapping:
                    raise BadRecording("this key stands there twice" + line, (key.value,))
                mapping[key.value] = self.construct_object(value, deep=True)
            return mapping

    for name, pattern, first in (
        ("bool", r"(?:true|True|false|False)\Z", list("tTfF")),
        ("null", r"(?:~|null|Null|)\Z", ["~", "n", "N", ""]),
        ("int", r"(?:[-+]?(?:0|[1-9][0-9]{0,30})|0x[0-9a-fA-F]{1,16})\Z", list("-+0123456789")),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), first)
    return Loader


# --- one over the other -------------------------------------------------------------------------------------------


def merge(below: Mapping[str, Any], above: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Two recordings, the second laid over the first. `null` takes an entry away; of a variable it says "not set".

    Mappings are joined down to the single file, program answer or registry value; lists are replaced.
    """
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name, {})
        if depth == 0 and name in ("environment", "expect") and isinstance(value, dict):
            merged[name] = {**under, **value} if isinstance(under, dict) else value
        elif value is None and depth:
            merged.pop(name, None)
        elif isinstance(value, dict) and depth < 2:
            merged[name] = merge(under if isinstance(under, dict) else {}, value, depth + 1)
        else:
            merged[name] = value
    return merged
