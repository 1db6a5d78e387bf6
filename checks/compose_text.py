"""A Docker Compose file taken apart: what of it decides whether AutoGPT can start in a container, with its lines.

The nodes of the YAML are walked, so that lines are known, `!reset` and the like are no trouble, and nothing of an
alias bomb is ever unfolded. Source: https://docs.docker.com/reference/compose-file/.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple, Optional, Union

from checks.autogpt.variables import is_harmless as is_harmless_setting
from checks.autogpt.variables import is_wordy
from doctor.secret import prefix_of

MOST_ENTRIES = 200
"""Of one mapping or list that are looked at."""
FILE_ENDINGS = (".json", ".yaml", ".yml", ".env", ".txt", ".toml", ".ini", ".cfg", ".conf", ".pem", ".crt", ".py")
DEEPEST = 30
"""Brackets inside of brackets; far more would take the parser minutes."""
MOST_MERGES = 3
"""How deep, and how many side by side, mappings are merged into another with `<<`."""


class Bind(NamedTuple):
    """A file or folder of this machine that a container sees."""

    source: str
    target: str
    line: int
    creates: bool = True
    """Docker makes the source when it is not there."""

    @property
    def is_of_file(self) -> bool:
        """Whether it is a file by both of its names."""
        names = (re.split(r"[/\\]", self.source)[-1].lower(), self.target.rpartition("/")[2].lower())
        return all(name.endswith(FILE_ENDINGS) for name in names)


class EnvFileEntry(NamedTuple):
    path: str
    line: int
    is_required: bool = True


class Variable(NamedTuple):
    """A variable that the file itself sets. Its value may be a secret, so what is wrong with it is found out here."""

    name: str
    line: int
    is_quoted: bool = False
    """Its value has quotes of its own, which stay."""
    is_loopback: bool = False
    """Its value is an address on this very machine."""


class Service(NamedTuple):
    name: str
    line: int
    image: str = ""
    has_build: bool = False
    is_in_profile: bool = False
    """`docker compose up` leaves it out."""
    is_on_host_network: bool = False
    env_files: tuple[EnvFileEntry, ...] = ()
    binds: tuple[Bind, ...] = ()
    variables: tuple[Variable, ...] = ()

    @property
    def is_named_autogpt(self) -> bool:
        return bool(re.search(r"(?i)auto-?_?gpt", self.image + " " + self.name))

    @property
    def is_autogpt(self) -> bool:
        """Whether it may run AutoGPT; a database beside it does not."""
        return self.is_named_autogpt or (self.has_build and not self.image)


class Project(NamedTuple):
    """One Compose file."""

    services: tuple[Service, ...]
    version_line: int = 0
    """The line of the key `version`, which Compose does not use any more; 0 when there is none."""


class Fault(NamedTuple):
    """Why it is no Compose file."""

    kind: str
    """"yaml" (it does not parse), "tab" (indented by one), "no-services" or "odd" (nothing can be said)."""
    line: int = 0


Entry = tuple[str, Any, int]
"""Name, node and line."""

# Patterns stand here as text: most runs never meet what they are for, and compiling them all takes a while.
_LOOPBACK = r"(?i)https?://(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)(?=[:/]|\Z)"


def is_loopback(value: str) -> bool:
    """Whether a value is an address on the very machine that it is used on."""
    return value[:4].lower() == "http" and bool(re.match(_LOOPBACK, value))



def parse(text: str) -> Union[Project, Fault]:
    import yaml

    if _depth(text) > DEEPEST:
        return Fault("odd")
    try:
        root = yaml.compose(text.lstrip("\ufeff"), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 0
        return Fault("tab" if "'\\t'" in str(problem.problem) else "yaml", line)
    except yaml.YAMLError:  # a character that YAML does not allow
        return Fault("yaml")
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):  # the library's own slips
        return Fault("odd")
    entries = {name: (node, line) for name, node, line in _entries(root)}
    services = entries.get("services")
    if services is None and "include" in entries:
        return Fault("odd")  # its services are in other files
    if services is None or not list(_entries(services[0])):
        return Fault("no-services", services[1] if services else 0)
    version = entries.get("version")
    made = tuple(_service(*entry) for entry in _entries(services[0]))
    return Project(made, version[1] if version else 0)


def _depth(text: str) -> int:
    """How deep brackets stand inside of brackets, at most; the deepest indentation by dashes counts as well."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return max(deepest, max((len(run) // 2 for run in re.findall(r"(?:[-?] )+", text)), default=0) - 40)


def _entries(node: Any, seen: frozenset[int] = frozenset()) -> Iterator[Entry]:
    """What a mapping holds, merged ones first, so that its own come later and win."""
    pairs = node.value[:MOST_ENTRIES] if getattr(node, "id", "") == "mapping" else ()
    for key, value in pairs:
        if key.value == "<<" and len(seen) < MOST_MERGES and id(value) not in seen:
            for each in _items(value)[:MOST_MERGES] or (value,):
                yield from _entries(each, seen | {id(value)})
    for key, value in pairs:
        if isinstance(key.value, str) and key.value != "<<":
            yield key.value, value, key.start_mark.line + 1


def _items(node: Any) -> list[Any]:
    return list(node.value[:MOST_ENTRIES]) if getattr(node, "id", "") == "sequence" else []


def _text(node: Any) -> str:
    return node.value if getattr(node, "id", "") == "scalar" and isinstance(node.value, str) else ""


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _service(name: str, node: Any, line: int) -> Service:
    keys = {key: value for key, value, _ in _entries(node)}
    return Service(
        name=name,
        line=line,
        image=_text(keys.get("image")),
        has_build="build" in keys,
        is_in_profile=bool(_items(keys.get("profiles"))),
        is_on_host_network=_text(keys.get("network_mode")) == "host",
        env_files=tuple(_env_files(keys.get("env_file"))),
        binds=tuple(each for each in map(_bind, _items(keys.get("volumes"))) if each is not None),
        variables=tuple(_variables(keys.get("environment"))),
    )


def _env_files(node: Any) -> Iterator[EnvFileEntry]:
    for each in _items(node) or ([] if node is None else [node]):
        if _text(each):
            yield EnvFileEntry(_text(each), _line(each))
        keys = {key: value for key, value, _ in _entries(each)}
        if _text(keys.get("path")):
            is_required = _text(keys.get("required")).lower() not in ("false", "no", "off")
            yield EnvFileEntry(_text(keys["path"]), _line(each), is_required)


def _bind(node: Any) -> Optional[Bind]:
    text = _text(node)
    if text:
        found = re.match(_SHORT, text)
        return Bind(found[1], _place(found[2]), _line(node)) if found else None
    keys = {key: value for key, value, _ in _entries(node)}
    if _text(keys.get("type")) != "bind" or not _text(keys.get("source")):
        return None
    options = {key: value for key, value, _ in _entries(keys.get("bind"))}
    creates = _text(options.get("create_host_path")).lower() != "false"
    return Bind(_text(keys["source"]), _place(_text(keys.get("target"))), _line(node), creates)


def _place(target: str) -> str:
    return target.rstrip("/") or target[:1]


# What does not begin like a path is the name of a volume of Docker's own.
_SHORT = (r"((?:[A-Za-z]:[\\/]|(?=[./~$]))(?:\$\{[^{}]*\}|[^:])*):(/[^:]*)(?::[^:/]*)?\Z")


def _variables(node: Any) -> Iterator[Variable]:
    for name, value, line in _entries(node):
        yield _variable(name, _text(value), line)
    for each in _items(node):
        name, equals, value = _text(each).partition("=")
        if equals:
            yield _variable(name, value, _line(each))


def _variable(name: str, value: str, line: int) -> Variable:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return Variable(name, line, is_quoted, is_loopback(value.strip("\"'")))


_PLACES = frozenset(
    (
        "build", "container_name", "context", "dockerfile", "env_file", "extends", "file", "image", "name",
        "network_mode", "path", "profiles", "required", "restart", "service", "services", "source", "target", "type",
        "version", "volumes", "working_dir", "bind", "create_host_path", "read_only",
    )
)  # fmt: skip
_MOUNT = r"(?a)(?:[./~$]|[A-Za-z]:[\\/]|[\w.-]+:/|\d+:\d+)[\w./\\:${}~ -]*\Z"


def is_harmless(name: str, value: str) -> bool:
    """Whether a value may be recorded: what names files, images and ports, and settings that are no secrets."""
    if prefix_of(value) or "@" in value or not is_wordy(value):
        return False
    if name in _PLACES:
        return bool(re.fullmatch(r"[\w./\\:${}~\[\]\"', -]*", value, re.ASCII))
    if name == "":
        return bool(re.match(_MOUNT, value))
    return name == name.upper() and is_harmless_setting(name, value)
