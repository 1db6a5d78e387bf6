"""The classes of the component configuration as the checkout's own source has them, read without running any of it.

A table of ours knows the versions of the repository, and not what somebody changed in between.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any, Iterator, Mapping, NamedTuple, Optional

from checks.autogpt.components import Field, Fields
from checks.checkout import Checkout
from doctor import Machine

LARGEST_BYTES = 262_144
MOST_FILES = 120

_CLASS = r"(?m)^class (\w+)\(([^()]*)\):"
_NEXT = r"(?m)^[^\s#)\]}]"
_PLAIN = {"int": "int", "float": "float", "bool": "bool", "str": "str", "SecretStr": "str", "ModelName": "model"}


class Source(NamedTuple):
    """What the source says."""

    fields: Mapping[str, Optional[Fields]]
    """The fields of each class that was asked for and is there; None when they are more than can be read here."""
    names: frozenset[str]
    """Every class of the components' source."""


def read(machine: Machine, checkout: Checkout, asked: tuple[str, ...]) -> Optional[Source]:
    """What the source says of these classes; None when there is no source of components."""
    forge = checkout.layout.forge
    fields: dict[str, Optional[Fields]] = {}
    names: set[str] = set()
    if forge is not None:
        for path in _files(machine, checkout.at(f"{forge}/forge/components")):
            for name, segment in classes_in(machine.read_text(path, LARGEST_BYTES) or ""):
                names.add(name)
                if name in asked:
                    fields[name] = fields_in(segment)
    return Source(fields, frozenset(names)) if names else None


def _files(machine: Machine, folder: PurePath) -> Iterator[PurePath]:
    """The Python files in the folders of the components."""
    left = MOST_FILES
    for name in machine.names_in(folder):
        if "." in name or name.startswith("_"):
            continue
        for file in machine.names_in(folder / name):
            if file.endswith(".py") and not file.startswith(("test_", "__init__")) and left:
                left -= 1
                yield folder / name / file


def classes_in(text: str) -> Iterator[tuple[str, str]]:
    """Each pydantic class of a module, with its own lines."""
    for found in re.finditer(_CLASS, text):
        if "BaseModel" in found[2]:
            after = re.compile(_NEXT).search(text, found.end())
            yield found[1], text[found.start() : after.start() if after else len(text)]


def fields_in(segment: str) -> Optional[Fields]:
    """The fields of one class; None when it cannot be read, or has more from elsewhere."""
    import ast

    try:
        module = ast.parse(segment)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = module.body[0] if module.body else None
    if not isinstance(found, ast.ClassDef) or [ast.unparse(base) for base in found.bases] != ["BaseModel"]:
        return None
    return {
        each.target.id: _field(each)
        for each in found.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }


def _field(assigned: Any) -> Field:
    limits = {each.arg: _number(each.value) for each in getattr(assigned.value, "keywords", ())}
    field = _type(assigned.annotation)
    if field.kind == "int" and limits.get("ge") is not None and limits.get("le") is not None:
        return field._replace(lowest=limits["ge"], highest=limits["le"])
    return field


def _number(node: Any) -> Optional[int]:
    value = getattr(node, "value", None)
    return value if type(value) is int else None


def _type(node: Any) -> Field:
    """What an annotation takes; "any" for everything that is not plainly known."""
    import ast

    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Field("any")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [each for each in (node.left, node.right) if not _is_none(each)]
        return _type(sides[0])._replace(is_optional=True) if len(sides) == 1 else Field("any")
    if isinstance(node, ast.Subscript):
        return _subscribed(ast.unparse(node.value), node.slice)
    return Field(_PLAIN.get(ast.unparse(node), "any"))


def _is_none(node: Any) -> bool:
    return hasattr(node, "value") and node.value is None


def _subscribed(outer: str, inner: Any) -> Field:
    import ast

    if outer == "Optional":
        return _type(inner)._replace(is_optional=True)
    if outer in ("list", "List"):
        return Field("list" if ast.unparse(inner) in ("str", "Path") else "any")
    if outer == "Literal":
        choices = [getattr(each, "value", None) for each in getattr(inner, "elts", [inner])]
        texts = tuple(each for each in choices if isinstance(each, str))
        return Field("choice", texts) if len(texts) == len(choices) else Field("any")
    return Field("any")
