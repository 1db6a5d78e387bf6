"""Whether a value of the component configuration is taken: as pydantic judges it, which is not strict about types.

The rules are written down here because the checkout's own pydantic cannot be asked without its environment. Where its
versions disagree ("-01" as a whole number, "_" between digits), the value passes.
"""

from __future__ import annotations

import math
import re
from typing import Any, Optional, Sequence

from checks.autogpt.components import Field
from doctor import Words, say

_TRUE_OR_FALSE = frozenset(("0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"))
_WHOLE = r"[+-]?[0-9_]*[0-9](?:\.0+)?\Z"


def is_taken(field: Field, value: Any, models: Optional[Sequence[str]] = None) -> bool:
    """Whether a value, as JSON gives it, is accepted. `models` are the names that the checkout knows, if known."""
    if value is None:
        return field.is_optional or field.kind == "any"
    if field.kind == "int":
        return _is_whole(value) and _is_within(field, value)
    if field.kind == "float":
        return _is_number(value)
    if field.kind == "bool":
        return _is_true_or_false(value)
    if field.kind == "str":
        return isinstance(value, str)
    if field.kind == "list":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if field.kind == "choice":
        return isinstance(value, str) and value in field.choices
    if field.kind == "model":
        return isinstance(value, str) and (models is None or value in models)
    return True


def _is_whole(value: Any) -> bool:
    if isinstance(value, str):
        return bool(re.match(_WHOLE, value.strip()))
    if isinstance(value, float):
        return math.isfinite(value) and value.is_integer()
    return isinstance(value, int)


def _is_within(field: Field, value: Any) -> bool:
    if field.lowest is None or field.highest is None:
        return True
    try:
        return field.lowest <= float(value) <= field.highest
    except (ValueError, OverflowError):
        return True


def _is_number(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, (int, float))
    try:
        float(value.replace("_", ""))
    except ValueError:
        return False
    return value.strip().isascii()


def _is_true_or_false(value: Any) -> bool:
    if isinstance(value, str):
        return value.lower() in _TRUE_OR_FALSE
    return isinstance(value, (bool, int, float)) and value in (0, 1)


def wanted(field: Field, models: Sequence[str] = ()) -> Words:
    """What the field takes, in words."""
    if field.kind == "choice":
        return say("one of {choices}", choices=field.choices)
    if field.kind == "model":
        return say("a model that this AutoGPT knows, like {examples}", examples=models[:3] or "gpt-3.5-turbo")
    if field.lowest is not None and field.highest is not None:
        return say("a whole number from {lowest} to {highest}", lowest=field.lowest, highest=field.highest)
    return say(_WORDS[field.kind])


_WORDS = {
    "int": "a whole number, without quotes",
    "float": "a number, without quotes",
    "bool": "true or false, without quotes",
    "str": "a text in quotes",
    "list": 'a list of texts, like ["first", "second"]',
    "any": "another value",
}


def kind_in_words(value: Any) -> Words:
    """What kind of value it is, without the value itself."""
    if value is None:
        return say("null")
    if isinstance(value, bool):
        return say("true" if value else "false")
    if isinstance(value, (int, float)):
        return say("a number" if _is_whole(value) else "a number with a fraction")
    if isinstance(value, list):
        return say("a list")
    return say("an object in braces" if isinstance(value, dict) else "a text")
