"""The one `.env` that AutoGPT reads: its bytes, its statements, and what about it makes AutoGPT stumble.

A file that cannot be decoded makes everything unknown that depends on it: nothing in it is called missing.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.autogpt.variables import TEMPLATE_NAMES, is_harmless
from checks.autogpt.versions import Version, nearest
from checks.checkout import Checkout
from checks.dotenv_text import BYTE_ORDER_MARK, Dialect, EnvText, TooLong, dialect_of
from checks.env_places import EnvPlaces
from checks.lock_file import LockFile
from doctor import Failure, FailureKind, Machine, fact
from doctor.machine import Content, Stat

LARGEST_BYTES = 1_000_000
"""A larger file is said and not read."""
READS_PIPES = (1, 2)
"""The first python-dotenv that reads a `.env` that is a pipe."""


class EnvFile(NamedTuple):
    """The file that AutoGPT reads its settings from."""

    path: Optional[PurePath]
    """None when there is none."""
    state: str
    """"none", "folder", "special" (a pipe that the parser reads), "unreadable", "too-large", "undecodable" (no UTF-8),
    "nul" (it holds a NUL) or "read"."""
    detail: str = ""
    """Of what cannot be read: the errno's name; of what cannot be decoded: what it seems to be ("UTF-16"); of what is
    too large by its references alone: "references"."""
    text: Optional[EnvText] = None
    """Its statements; None unless it was read, or holds a NUL."""
    has_mark: bool = False
    """It begins with a byte order mark."""
    stat: Optional[Stat] = None
    line: int = 0
    """Where the first byte stands that is no UTF-8, or the first NUL; counted from 1."""

    @property
    def is_known(self) -> bool:
        """Whether what stands in it is known. No file at all is known to hold nothing."""
        return self.state in ("none", "folder", "read")


class Parser(NamedTuple):
    """The python-dotenv that this checkout installs."""

    version: tuple[int, ...]
    dialect: Dialect


@fact
def version(machine: Machine, checkout: Checkout) -> Version:
    """The version that the checkout is nearest to, by the names in its template."""
    text = machine.read_text(checkout.agent / ".env.template", 65536) or ""
    names = re.findall(r"^[# ]*([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    return nearest(checkout.layout.id, frozenset(names), TEMPLATE_NAMES)


@fact
def parser(machine: Machine, checkout: Checkout, lock_file: LockFile) -> Parser:
    if lock_file.state == "unused":
        text = machine.read_text(checkout.root / "requirements.txt", 65536) or ""
        found = re.search(r"(?mi)^python-dotenv==([\d.]+)", text)
    else:
        at = max(0, lock_file.text.find('\nname = "python-dotenv"\n'))
        found = re.compile(r'\nname = "python-dotenv"\nversion = "([\d.]+)"').match(lock_file.text, at)
    if found:
        pinned = tuple(int(part) for part in found[1].split(".")[:4] if part)
        return Parser(pinned, dialect_of(pinned))
    usual = (1, 2, 1) if checkout.layout.id == "L5" else (1, 0, 0)
    return Parser(usual, dialect_of(usual))


@fact
def env_file(machine: Machine, env_places: EnvPlaces, parser: Parser) -> EnvFile:
    path = env_places.found
    if path is None:
        is_read = env_places.odd_kind == "other" and parser.version >= READS_PIPES
        return EnvFile(env_places.odd, "special") if is_read else EnvFile(None, "none")
    if env_places.is_folder:
        return EnvFile(path, "folder")
    return read(machine, path, parser.dialect)


def read(machine: Machine, path: PurePath, dialect: Dialect) -> EnvFile:
    """A file of settings as AutoGPT's parser reads it."""
    stat = machine.stat(path)
    if isinstance(stat, Failure):
        return EnvFile(path, "unreadable", stat.detail or stat.kind.value)
    if stat.size_bytes > LARGEST_BYTES:
        return EnvFile(path, "too-large", stat=stat)
    content = machine.read_settings(path, is_harmless, LARGEST_BYTES + 1)
    if isinstance(content, Failure):
        state = "folder" if content.kind is FailureKind.NOT_A_FILE else "unreadable"
        return EnvFile(path, state, content.detail or content.kind.value, stat=stat)
    if len(content.data) > LARGEST_BYTES:
        return EnvFile(path, "too-large", stat=stat)
    return _decoded(path, content, dialect)._replace(stat=stat)


def _decoded(path: PurePath, content: Content, dialect: Dialect) -> EnvFile:
    data = content.data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return EnvFile(path, "undecodable", "UTF-16", line=1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        kind = "UTF-16" if data[1:40:2].count(0) > 5 else "Windows-1252 or the like"
        return EnvFile(path, "undecodable", kind, line=data.count(b"\n", 0, problem.start) + 1)
    if "\r" in text:  # as Python's text files have it
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    parsed = EnvText(text, dialect)
    nul = text.find("\0")
    if nul >= 0:
        kind = "UTF-16" if text.count("\0") > len(text) // 4 else ""
        return EnvFile(path, "nul", kind, parsed, line=text.count("\n", 0, nul) + 1)
    if "${" in text and _is_endless(parsed):
        return EnvFile(path, "too-large", "references")
    return EnvFile(path, "read", "", parsed, has_mark=text.startswith(BYTE_ORDER_MARK))


def _is_endless(text: EnvText) -> bool:
    """Whether settings that name each other twice, line after line, grow beyond what anybody can keep."""
    try:
        text.values(lambda name: None, file_wins=True)
    except TooLong:
        return True
    return False
