"""What stands in azure.yaml, read with the parser that AutoGPT uses, and without building anything from it.

The file is only taken apart into its names and values with their lines. So an alias that stands for a thousand others
costs nothing, and nothing in the file can run. A text that is nested too deeply is broken, and not followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, NamedTuple, Optional, Union

from doctor import Secret
from doctor.secret import looks_secret

if TYPE_CHECKING:
    import yaml

DEEPEST = 30
"""Levels of nesting; a real file has two."""
MOST_ENTRIES = 200
MAP = "azure_model_map"


class Entry(NamedTuple):
    """One name with its value. Only for judging: whether anything of it may be shown is decided where it is."""

    name: str
    value: str
    """The text behind the colon; "" for what is no text."""
    kind: str
    """"text", "date", "number" (truth values too), "empty", "list" or "mapping"."""
    line: int
    """Counted from 1."""


class BrokenText(NamedTuple):
    """No YAML, or none that AutoGPT takes."""

    reason: str
    """"tab", "indentation", "colon", "character" (one that no YAML may hold), "no-names" (it is no list of names with
    values), "too-deep" or "other"."""
    line: int


class AzureText:
    """The names and values of a file that is YAML. No printable form."""

    __slots__ = ("_entries", "is_complete")

    def __init__(self, top: Mapping[str, Entry], deployments: Mapping[str, Entry], is_complete: bool) -> None:
        self.is_complete = is_complete
        """False where a part comes from elsewhere in the file (a merge key): then nothing is missing."""
        self._entries: Callable[[], tuple[Mapping[str, Entry], Mapping[str, Entry]]] = lambda: (top, deployments)

    def __repr__(self) -> str:
        return "AzureText()"

    def get(self, name: str) -> Optional[Entry]:
        """The value of that name at the beginning of a line."""
        return self._entries()[0].get(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries()[0])

    @property
    def deployments(self) -> Mapping[str, Entry]:
        """What stands in the map of models, by the name before the colon."""
        return self._entries()[1]

    def secrets(self) -> Iterator[Secret]:
        """What must not stand in any output: for the last scrubber."""
        for part in self._entries():
            for entry in part.values():
                for text in (entry.name, *_parts(entry.value)):
                    if looks_secret(text) and not _is_ordinary(text):
                        yield Secret(text)


def _parts(value: str) -> list[str]:
    """Of an address its words: as a whole, Azure's own name would be hidden wherever it stands."""
    return re.split(r"[/?&=.:@#]+", value) if "://" in value else [value]


def _is_ordinary(text: str) -> bool:
    """Names of models and dates look mixed, and are no secrets."""
    return len(text) <= 24 or text.startswith(("gpt-", "text-embedding-", "azure_", "smart_", "fast_", "embedding_"))


def read_azure(text: str) -> Union[AzureText, BrokenText]:
    """The text of an azure.yaml, as `yaml.safe_load` would see it."""
    import yaml

    try:
        node = _reader()(text).get_single_node()
    except yaml.YAMLError as problem:
        return _broken(problem, text)
    except (RecursionError, ValueError, IndexError):  # what odd texts bring out of the parser itself
        return BrokenText("other", 0)
    if node is None or node.tag.endswith(":null"):
        return AzureText({}, {}, True)
    if not isinstance(node, yaml.MappingNode):
        return BrokenText("no-names", node.start_mark.line + 1)
    top, is_complete = _entries(node)
    inner = next((value for key, value in node.value if key.value == MAP), None)
    if not isinstance(inner, yaml.MappingNode):
        return AzureText(top, {}, is_complete)
    deployments, is_map_complete = _entries(inner)
    return AzureText(top, deployments, is_complete and is_map_complete)


def _reader() -> Any:
    """PyYAML's own, except that it does not follow what is nested too deeply: that would fill the stack."""
    import yaml

    class Reader(yaml.SafeLoader):
        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            self.depth += 1
            if self.depth > DEEPEST:
                raise yaml.YAMLError("too deep")
            try:
                return super().compose_node(parent, index)
            finally:
                self.depth -= 1

    return Reader


def _entries(node: yaml.MappingNode) -> tuple[dict[str, Entry], bool]:
    """The values by name, the last of the same name as YAML has it, and whether these are all."""
    found: dict[str, Entry] = {}
    is_complete = len(node.value) <= MOST_ENTRIES
    for key, value in node.value[:MOST_ENTRIES]:
        if key.tag.endswith(":merge"):
            is_complete = False
        elif isinstance(key.value, str):
            kind = _kind(value)
            text = value.value if kind in ("text", "date", "number") else ""
            found[key.value] = Entry(key.value, text, kind, key.start_mark.line + 1)
    return found, is_complete


def _kind(node: yaml.Node) -> str:
    if not isinstance(node.value, str):
        return "mapping" if type(node).__name__ == "MappingNode" else "list"
    ending = node.tag.rpartition(":")[2]
    if ending == "timestamp":
        return "date"
    if ending in ("int", "float", "bool"):
        return "number"
    return "empty" if ending == "null" or not node.value.strip() else "text"


def _broken(problem: yaml.YAMLError, text: str) -> BrokenText:
    if str(problem) == "too deep":
        return BrokenText("too-deep", 0)
    position = getattr(problem, "position", None)
    if isinstance(position, int):
        return BrokenText("character", text.count("\n", 0, position) + 1)
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    sentence = str(getattr(problem, "problem", ""))
    reason = next((reason for part, reason in _REASONS if part in sentence), "other")
    return BrokenText(reason, mark.line + 1 if mark is not None else 0)


_REASONS = (
    (r"'\t'", "tab"),
    ("mapping values are not allowed", "indentation"),
    ("expected <block end>", "indentation"),
    ("could not find expected ':'", "colon"),
)
"""What PyYAML says of the mistakes that are made most."""
