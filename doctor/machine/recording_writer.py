"""Puts a recording into a file that a person can read, whole or not at all, and never over what is something else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterable, Mapping, NoReturn

from doctor.machine.looks import BadRecording
from doctor.machine.recording import from_yaml, read
from doctor.machine.recording_form import check_form
from doctor.words import show


def write(path: Path, state: Mapping[str, Any]) -> None:
    """JSON when the name ends in .json, YAML when it ends in .yaml or .yml. Raises `BadRecording`.

    A recording that is already there is replaced; any other file is left as it is.
    """
    check_target(path)
    check_form(state)
    text = in_json(state) if path.suffix.lower() == ".json" else in_yaml(state)
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        try:
            with beside.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as problem:
        _refuse(path, f"cannot be written ({problem.strerror or type(problem).__name__})")


def check_target(path: Path) -> None:
    """Whether a recording may be put there, before any work is done. Raises `BadRecording`."""
    if path.suffix.lower() not in (".json", ".yaml", ".yml"):
        _refuse(path, "needs a name that ends in .json, .yaml or .yml")
    try:
        if not path.parent.is_dir():
            _refuse(path, "cannot be written: its folder does not exist")
        if not os.path.lexists(path):
            return
    except (OSError, ValueError):
        _refuse(path, "cannot be written")
    if path.is_dir():
        _refuse(path, "is a folder; name a file to write")
    try:
        check_form(read(path))
    except BadRecording:
        _refuse(path, "exists and is no recording, so it is left as it is; name another file")


def _refuse(path: Path, what: str) -> NoReturn:
    raise BadRecording(f"{show(path.name)} {what}")


def in_json(state: Mapping[str, Any]) -> str:
    import json

    return json.dumps(state, ensure_ascii=False, indent=1) + "\n"


def in_yaml(state: Mapping[str, Any]) -> str:
    """Texts of several lines as blocks; where YAML has a trap for one of them, everything in quotes."""
    text = _dumped(state, with_blocks=True)
    try:
        if from_yaml(text) == state:
            return text
    except BadRecording:
        pass
    return _dumped(state, with_blocks=False)


def _dumped(state: Mapping[str, Any], with_blocks: bool) -> str:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]
        def ignore_aliases(self, data: object) -> bool:
            return True

    def text(dumper: Any, data: str) -> Any:
        is_block = with_blocks and "\n" in data and not any(c in data for c in _NOT_IN_BLOCKS)
        style = "|" if is_block else None if with_blocks else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def mapping(dumper: Any, data: dict[str, Any]) -> Any:
        return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=_is_short(data, data.values()))

    def sequence(dumper: Any, data: list[Any]) -> Any:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_is_short(data, data))

    for kind, represent in ((str, text), (dict, mapping), (list, sequence)):
        Dumper.add_representer(kind, represent)
    dumped: str = yaml.dump(state, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    return dumped


_NOT_IN_BLOCKS = "\r\x85\u2028\u2029\ufeff\t"


def _is_short(whole: Any, parts: Iterable[Any]) -> bool:
    """Whether it reads well on one line."""
    is_flat = not any(isinstance(part, (dict, list)) or (isinstance(part, str) and "\n" in part) for part in parts)
    return is_flat and len(whole) <= 8 and len(repr(whole)) <= 100
