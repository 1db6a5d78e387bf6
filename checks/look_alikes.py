"""Files that were most likely meant to be the `.env`: known by their names, and by what stands in them.

What stands in them is only looked at for a key's being there; no byte of it is kept.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.checkout import Checkout
from checks.env_places import EnvPlaces
from doctor import Machine, fact
from doctor.machine import Content, decode

ENDINGS = "(txt|text|rtf|rtfd|doc|docx|odt|md|htm|html)"
OTHER_KINDS = (
    "rc", ".py", ".sh", ".bat", ".cmd", ".ps1", ".js", ".json", ".yml", ".yaml", ".toml", ".swp", ".swo", ".lock",
)  # fmt: skip
"""Ends of names of files that are something else, whatever they begin with."""


class LookAlike(NamedTuple):
    """A file that was most likely meant to be the `.env`."""

    path: PurePath
    holds_key: bool = False
    is_formatted: bool = False
    """It is a formatted text (RTF), which AutoGPT could not read under any name."""


class LookAlikes(NamedTuple):
    """Only looked for when AutoGPT has no settings."""

    files: tuple[LookAlike, ...] = ()
    """The likeliest first."""
    template_holds_key: bool = False


@fact
def look_alikes(machine: Machine, checkout: Checkout, env_places: EnvPlaces) -> LookAlikes:
    if env_places.is_configured:
        return LookAlikes()
    files = []
    for folder in dict.fromkeys((checkout.agent, checkout.start_in)):
        for name in machine.names_in(folder):
            likeness = likeness_of(name)
            if likeness and machine.is_file(folder / name):
                looked = _looked_into(machine, folder / name, likeness)
                files += [looked] if looked else []
    files.sort(key=lambda each: not each.holds_key)
    return LookAlikes(tuple(files[:5]), holds_key(_text(machine, env_places.template)))


def likeness_of(name: str) -> str:
    """How much a file name looks like ".env": "sure", "likely" (when it holds settings), "maybe" (a key), or "".

    Blanks and letters without a width do not count, nor does the case. ".env" itself, and the template, do not look
    like ".env".
    """
    plain = re.sub(r"[\s\u200b-\u200d\u2060\ufeff]+", "", name).lower()
    if name in (".env", ".env.template", ".env.example") or plain.endswith(OTHER_KINDS):
        return ""
    if re.fullmatch(rf"\.env(\.template)?(\.{ENDINGS})+|\.env(\.env|\.)?", plain):
        return "sure"
    if re.fullmatch(rf"(env|_env|dotenv)(\.template)?(\.{ENDINGS})*", plain):
        return "likely"
    return "maybe" if re.match(r"(\.env|env|\.evn|_env|dotenv)([^a-z]|\Z)", name.strip().lower()) else ""


def _looked_into(machine: Machine, path: PurePath, likeness: str) -> Optional[LookAlike]:
    text = _text(machine, path)
    has_key = holds_key(text)
    if likeness == "maybe" and not has_key:
        return None
    if likeness == "likely" and not has_key and not re.search(r"(?m)^\s*#?\s*[A-Z][A-Z0-9_]{3,}\s*=", text):
        return None
    return LookAlike(path, has_key, text.startswith("{\\rtf"))


def _text(machine: Machine, path: PurePath) -> str:
    content = machine.read(path, 65536)
    return decode(content.data) if isinstance(content, Content) else ""


def holds_key(text: str) -> bool:
    """Whether a provider's key was typed into a text: a line that is no comment, with more than a placeholder."""
    for value in re.findall(r"(?m)^[^#\n]*?\b(?:OPENAI|ANTHROPIC|GROQ)_API_KEY\s*[=:]\s*[\"']?([^\s\"'\\]+)", text):
        is_placeholder = re.search(r"(?i)your|my-|xxxx|\.\.\.|<|changeme|example|placeholder", value)
        if len(value) >= 20 and not is_placeholder:
            return True
    return False
