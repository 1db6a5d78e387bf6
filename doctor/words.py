"""Words as data: a sentence and its typed values stay apart until a reader draws them.

So a report is safe to paste by construction: a path is drawn relative to home, a secret only as its class and
length, a URL without its credentials, and what a program printed without the user's and the machine's name.
"""

from __future__ import annotations

import re
import string
from itertools import islice
from pathlib import PurePath, PureWindowsPath
from typing import Any, Iterable, Mapping, NamedTuple, Sized, Union

from doctor.names import NOWHERE, Place, hide_names
from doctor.scrubber import Scrubber, Unsafe
from doctor.secret import TOKEN_PREFIXES, Secret, hide_tokens

Value = Union[str, int, float, PurePath, Secret, "Url", "Words", "Iterable[Any]"]

LONGEST_VALUE = 300
"""Characters of one value that are shown: of a longer one the beginning and the end."""
MOST_VALUES = 20
"""Values of a list that are shown."""

# What colours a screen and moves its cursor (ECMA-48), whole, so that nothing of it is left between the letters.
_TERMINAL = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]{0,4000}(?:\x07|\x1b\\)?|[ -/]*[0-~])|[\0\x08]"
# Letters to Python, but nothing is seen of them.
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")


class Url(NamedTuple):
    """A URL, drawn without user name and password and without its query."""

    text: str


class Words(NamedTuple):
    """A sentence with named places, and the typed values that belong there."""

    template: str
    values: Mapping[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self.template)


def say(template: str, **values: Value) -> Words:
    """A sentence for a person. `{name}` in the template stands for a value, `{{` for a brace.

    >>> say("{file}, line {line}: no value", file=path, line=3)
    """
    return Words(template, values)


def show_path(path: PurePath, place: Place = NOWHERE) -> str:
    """A path for a person: home is `~`, in the style of the path's own system."""
    home = place.home
    if home is not None and type(path) is type(home) and len(home.parts) > 1:
        if path == home:
            return "~"
        if home in path.parents:
            inner = clean(str(path.relative_to(home)), place)
            return _shorten(("~\\" if isinstance(path, PureWindowsPath) else "~/") + inner)
    return _shorten(clean(str(path), place))


def show(value: object, place: Place = NOWHERE) -> str:
    """Any value of a sentence as text for a person: never a secret, never a private name."""
    if isinstance(value, Words):
        return render(value, place)
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, Url):
        return _shorten(clean(re.split(r"[?#]", value.text, maxsplit=1)[0], place))
    if isinstance(value, PurePath):
        return show_path(value, place)
    if isinstance(value, str):
        return _shorten(clean(value, place))
    if isinstance(value, bytes):
        return _shorten(clean(value.decode("utf-8", "replace"), place))
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, Iterable):
        return _show_all(value, place)
    return _shorten(clean(str(value), place))


def _show_all(values: Iterable[Any], place: Place) -> str:
    first = list(islice(values, MOST_VALUES + 1))
    text = ", ".join(show(each, place) for each in first[:MOST_VALUES])
    if len(first) <= MOST_VALUES:
        return text
    return text + (f" and {len(values) - MOST_VALUES} more" if isinstance(values, Sized) else " and more")


def _shorten(text: str) -> str:
    """The beginning and the end of a text that is too long to be read."""
    if len(text) <= LONGEST_VALUE:
        return text
    return f"{text[: LONGEST_VALUE - 90]} … {text[-60:]} ({len(text)} characters)"


def render(words: Words, place: Place = NOWHERE) -> str:
    """The sentence as text. A place without a value stays visible as `{name}`: never an error in a report."""
    out = []
    try:
        parts = list(string.Formatter().parse(words.template))
    except ValueError:  # a brace that a plugin forgot to double
        return clean(words.template, place)
    for literal, name, _spec, _conversion in parts:
        out.append(literal)
        if name is not None:
            out.append(show(words.values[name], place) if name in words.values else "{" + name + "}")
    return "".join(out)


def clean(text: str, place: Place = NOWHERE) -> str:
    """Text from outside (a file, a program) made fit to show.

    Tokens become their class and length, home becomes `~`, login and host name go, and so does every control
    character, so that nothing that a program printed can move the cursor, colour the screen or turn the line round.
    """
    if "\x1b" in text or "\0" in text or "\x08" in text:
        text = re.sub(_TERMINAL, "", text)
    text = hide_names(hide_tokens(text), place)
    if text.isprintable() and _UNSEEN.isdisjoint(text):
        return text
    return "".join(_visible(c) for c in text)


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() and character not in _UNSEEN else "?"


__all__ = [
    "LONGEST_VALUE", "MOST_VALUES", "NOWHERE", "TOKEN_PREFIXES", "Place", "Scrubber", "Secret", "Unsafe", "Url",
    "Value", "Words", "clean", "hide_names", "hide_tokens", "render", "say", "show", "show_path",
]  # fmt: skip
