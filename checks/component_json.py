"""A JSON text taken apart: what it holds, on which line each name stands, and what is wrong with one that is no JSON.

AutoGPT's reader is pydantic's `from_json`. It takes what Python's own takes, but for half of a surrogate pair and for
more than 200 levels. No value is kept where it could be shown.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator, Mapping, NamedTuple, Union

from doctor.secret import Secret, looks_secret

MOST_SECRETS = 100
DEEPEST = 200
"""Levels of brackets that pydantic goes down. Source: jiter's recursion limit."""

# A string, closed or not, or what gives the structure. Everything is looked at once.
_TOKEN = r'(?s)"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[\]{}:]'
_KEYS = r"(?i)key|token|auth|secret|password|proxy|engine_id"
_SURROGATE = r"\\u[dD][89a-fA-F]"


class Mistake(NamedTuple):
    """Why a text is no JSON, and where."""

    kind: str
    """"empty", "mark" (a byte order mark), "trailing-comma", "comment", "single-quotes", "curly-quotes",
    "python-word", "missing-comma", "backslash", "line-break", "unfinished", "extra", "too-deep" or "other"."""
    line: int
    column: int
    """Both counted from 1."""


class Document:
    """What a JSON text holds, keys among it. It has no printable form but how many classes there are."""

    __slots__ = ("_lines", "_reveal", "names", "repeated")

    def __init__(self, value: Any, lines: Mapping[tuple[str, ...], int], repeated: tuple[str, ...]) -> None:
        self._reveal: Callable[[], Any] = lambda: value
        self._lines = lines
        self.names: tuple[str, ...] = tuple(value) if isinstance(value, dict) else ()
        self.repeated = repeated
        """Names on the first level that stand there more than once; the last one counts."""

    def __repr__(self) -> str:
        return f"Document({len(self.names)} classes)"

    @property
    def is_object(self) -> bool:
        return isinstance(self._reveal(), dict)

    def value(self, name: str) -> Any:
        """What stands under a name of the first level. It may hold secrets."""
        return self._reveal().get(name)

    def secrets(self) -> Iterator[Secret]:
        """What must not stand in any output: for the last scrubber."""
        for fields in self._reveal().values() if self.is_object else ():
            for name, value in list(fields.items())[:MOST_SECRETS] if isinstance(fields, dict) else ():
                for each in value if isinstance(value, list) else (value,):
                    if isinstance(each, str) and re.search(_KEYS, name) and looks_secret(each):
                        yield Secret(each)

    def line(self, *names: str) -> int:
        """The line of a name of the first level, or of one below it; 0 when that is not known."""
        return self._lines.get(names, 0)


def parse(text: str) -> Union[Document, Mistake]:
    from json import loads

    deepest, lines, repeated = _structure(text)
    if text.startswith("\ufeff"):
        return Mistake("mark", 1, 1)
    if deepest > DEEPEST:
        return Mistake("too-deep", 1, 1)
    try:
        value = loads(text)
    except (ValueError, RecursionError) as problem:
        return _mistake(text, min(max(int(getattr(problem, "pos", 0)), 0), len(text)), str(problem))
    half = re.search(_SURROGATE, text)
    if half is not None and _holds_half_a_pair(value):
        return _at(text, "other", half.start())
    return Document(value, lines, repeated)


def _structure(text: str) -> tuple[int, Mapping[tuple[str, ...], int], tuple[str, ...]]:
    """How deep the brackets go, the lines of the names on the first two levels, and names that come twice."""
    brackets: list[str] = []
    names: list[str] = []
    lines: dict[tuple[str, ...], int] = {}
    repeated: dict[str, None] = {}
    deepest, line, done, last = 0, 1, 0, ""
    for token in re.finditer(_TOKEN, text):
        word = token[0]
        line += text.count("\n", done, token.start())
        done = token.start()
        if word in ("{", "["):
            brackets.append(word)
            deepest = max(deepest, len(brackets))
        elif word in ("}", "]"):
            del brackets[-1:]
        elif word == ":" and last and len(brackets) in (1, 2) and brackets[-1] == "{":
            names = [*names[: len(brackets) - 1], _unescaped(last)]
            if len(brackets) == 1 and tuple(names) in lines:
                repeated[names[0]] = None
            lines[tuple(names)] = line
        last = word if word.startswith('"') else ""
    return deepest, lines, tuple(repeated)


def _unescaped(string: str) -> str:
    from json import loads

    try:
        return str(loads(string))
    except ValueError:
        return string[1:-1]


def _holds_half_a_pair(value: Any) -> bool:
    from json import dumps

    try:
        dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _mistake(text: str, position: int, said: str) -> Mistake:
    """What is most likely meant by a place where no JSON can go on."""
    rest = text[position : position + 400].lstrip()
    here = position + len(text[position : position + 400]) - len(text[position : position + 400].lstrip())
    before = text[max(0, position - 400) : here].rstrip()
    if not text.strip():
        return Mistake("empty", 1, 1)
    if said.startswith("Invalid control"):
        return _at(text, "line-break", position)
    if said.startswith("Invalid \\"):
        return _at(text, "backslash", position)
    if rest.startswith(",") and rest[1:].lstrip()[:1] in ("}", "]"):
        return _at(text, "trailing-comma", here)
    if rest[:1] in ("}", "]") and before.endswith(","):
        return _at(text, "trailing-comma", max(0, position - 400) + len(before) - 1)
    if rest.startswith(("//", "/*", "#")):
        return _at(text, "comment", here)
    if said.startswith("Extra data"):
        return _at(text, "extra", here)
    if not rest or said.startswith("Unterminated"):
        return _at(text, "unfinished", position)
    for kind, beginnings in _BEGINNINGS:
        if rest.startswith(beginnings):
            return _at(text, kind, here)
    if rest.startswith('"') and "delimiter" in said and "','" in said:
        return _at(text, "missing-comma", here)
    return _at(text, "other", here)


_BEGINNINGS = (
    ("single-quotes", ("'",)),
    ("curly-quotes", ("\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab")),
    ("python-word", ("True", "False", "None", "TRUE", "FALSE", "NULL", "Null", "yes", "no")),
)


def _at(text: str, kind: str, position: int) -> Mistake:
    start = text.rfind("\n", 0, position) + 1
    return Mistake(kind, text.count("\n", 0, position) + 1, position - start + 1)
