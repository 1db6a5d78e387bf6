"""Words as data: a sentence and its typed values stay apart until a reader draws them.

So a report is safe to paste by construction: a path is drawn relative to home, a secret only as its class and
length, a URL without its credentials, and what a program printed without the user's and the machine's name.
"""

from __future__ import annotations

import re
import string
from pathlib import PurePath, PureWindowsPath
from typing import Any, Iterable, Mapping, NamedTuple, Optional, Union

Value = Union[str, int, float, PurePath, "Secret", "Url", "Words", "Iterable[Any]"]

# Prefixes that say what kind of token a secret is, and nothing of the secret itself. Longest first.
TOKEN_PREFIXES = (
    "sk-ant-admin01-", "sk-ant-api03-", "sk-ant-oat01-", "sk-ant-ort01-", "sk-ant-sid01-", "sk-ant-",
    "sk-svcacct-", "sk-service-", "sk-admin-", "sk-or-v1-", "sk-proj-", "sk-None-", "sk-lf-", "sk-",
    "github_pat_", "ghp_", "gho_", "ghs_", "glpat-", "gsk_", "xai-", "hf_", "tvly-", "AIza", "AKIA",
    "xoxb-", "xoxp-", "eyJ", "pypi-", "sess-", "ek_",
)  # fmt: skip
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(" + "|".join(re.escape(prefix) for prefix in TOKEN_PREFIXES) + r")[A-Za-z0-9_\-.]{12,}"
)
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@'\"<>]+@")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9_\-.+/=]{8,}")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)

# Login and host names that identify nobody: replacing them would only garble the words around them.
_NOBODY = frozenset(
    "root user users admin administrator ubuntu debian fedora runner runneradmin vscode codespace docker podman git"
    " dev developer test home host localhost desktop laptop server linux windows macos mac pc wsl python poetry default"
    " public guest node app container nobody".split()
)


class Secret:
    """A value without a printable form: only its class and its length can be shown.

    `str()`, `repr()` and formatting all give the same harmless text. `reveal()` is for the one place that has to
    send it, and for judging its form.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    @property
    def prefix(self) -> str:
        """The known token prefix it begins with, or ""."""
        return next((known for known in TOKEN_PREFIXES if self._value.startswith(known)), "")

    def __str__(self) -> str:
        count = len(self._value)
        return f"{self.prefix}… ({count} character{'' if count == 1 else 's'})"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __reduce__(self) -> str:
        raise TypeError("a secret is not stored")


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


class Place(NamedTuple):
    """Whose machine a report is about: what to draw as `~`, and the names that never appear."""

    home: Optional[PurePath] = None
    user: str = ""
    host: str = ""


NOWHERE = Place()


def show_path(path: PurePath, place: Place = NOWHERE) -> str:
    """A path for a person: home is `~`, in the style of the path's own system."""
    home = place.home
    if home is not None and type(path) is type(home) and home != type(home)(home.anchor):
        try:
            rest = path.relative_to(home)
        except ValueError:
            pass
        else:
            if not rest.parts:
                return "~"
            return ("~\\" if isinstance(path, PureWindowsPath) else "~/") + clean(str(rest), place)
    return clean(str(path), place)


def show(value: object, place: Place = NOWHERE) -> str:
    """Any value of a sentence as text for a person: never a secret, never a private name."""
    if isinstance(value, Words):
        return render(value, place)
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, Url):
        return clean(_CREDENTIALS.sub("", value.text.split("?", 1)[0]), place)
    if isinstance(value, PurePath):
        return show_path(value, place)
    if isinstance(value, str):
        return clean(value, place)
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "replace"), place)
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, Iterable):
        return ", ".join(show(each, place) for each in value)
    return clean(str(value), place)


def render(words: Words, place: Place = NOWHERE) -> str:
    """The sentence as text. A place without a value stays visible as `{name}`: never an error in a report."""
    out = []
    for literal, name, _spec, _conversion in string.Formatter().parse(words.template):
        out.append(literal)
        if name is not None:
            out.append(show(words.values[name], place) if name in words.values else "{" + name + "}")
    return "".join(out)


def clean(text: str, place: Place = NOWHERE) -> str:
    """Text from outside (a file, a program) made fit to show.

    Tokens become their class and length, home becomes `~`, login and host name go, and so does every control
    character, so that nothing that a program printed can move the cursor or colour the screen.
    """
    text = hide_tokens(text)
    text = hide_names(text, place)
    return "".join(" " if c in "\n\t\r" else c if c.isprintable() else "?" for c in text)


def hide_tokens(text: str) -> str:
    """Everything of the shape of a credential replaced by its class and length."""
    if "-----BEGIN" in text:
        text = _PRIVATE_KEY.sub("(a private key)", text)
    if "://" in text:
        text = _CREDENTIALS.sub("", text)
    text = _BEARER.sub(lambda found: f"{found[1]} …", text)
    return _TOKEN.sub(lambda found: str(Secret(found[0])), text)


def hide_names(text: str, place: Place) -> str:
    """Home as `~`, the user's and the machine's name gone."""
    if place.home is not None and len(place.home.parts) > 1:
        for form in dict.fromkeys((str(place.home), place.home.as_posix(), str(place.home).replace("\\", "\\\\"))):
            flags = re.IGNORECASE if isinstance(place.home, PureWindowsPath) else 0
            text = re.sub(re.escape(form) + r"(?![A-Za-z0-9_.\-])", "~", text, flags=flags)
    for name, stand_in in ((place.user, "(user)"), (place.host, "(host)")):
        if len(name) < 2:
            continue
        # In a path a name is always a person's; elsewhere it may be an ordinary word.
        text = re.sub(r"(?i)([\\/](?:home|Users)[\\/]+)" + re.escape(name) + r"(?![A-Za-z0-9_.\-])", r"\1" + stand_in, text)
        if len(name) > 2 and name.lower() not in _NOBODY:
            text = re.sub(r"(?<![A-Za-z0-9_])" + re.escape(name) + r"(?![A-Za-z0-9_])", stand_in, text)
    return text


class Scrubber:
    """The last look at an output before it leaves: what must not be there goes, whoever put it there.

    `hide()` either returns harmless text or raises `Unsafe`; nobody prints a text that it has not returned.
    """

    WINDOW = 5

    def __init__(self, place: Place = NOWHERE, secrets: Iterable[Secret] = ()) -> None:
        self._place = place
        self._wholes: list[str] = []
        self._pieces: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: Secret) -> None:
        """From now on no `WINDOW` consecutive characters of the secret's own part may appear."""
        value = secret.reveal()
        own = value[len(secret.prefix) :]
        if len(own) >= 16 and len(set(own)) > 8 and any(c.isdigit() for c in own) and not own.startswith("your-"):
            self._pieces.update(own[i : i + self.WINDOW] for i in range(len(own) - self.WINDOW + 1))
        elif len(own) >= self.WINDOW:
            self._wholes.append(own)

    def hide(self, text: str) -> str:
        try:
            text = hide_tokens(text)
            for whole in self._wholes:
                text = text.replace(whole, "…")
            text = self._hide_pieces(text)
            if self._place.home is not None and len(self._place.home.parts) > 1:
                text = hide_names(text, Place(self._place.home))
            return text
        except Exception as problem:
            raise Unsafe(type(problem).__name__) from None

    def _hide_pieces(self, text: str) -> str:
        if not self._pieces:
            return text
        marked = bytearray(len(text))
        for i in range(len(text) - self.WINDOW + 1):
            if text[i : i + self.WINDOW] in self._pieces:
                marked[i : i + self.WINDOW] = b"\1" * self.WINDOW
        if not any(marked):
            return text
        out, inside = [], False
        for character, mark in zip(text, marked):
            if mark and not inside:
                out.append("…")
            elif not mark:
                out.append(character)
            inside = bool(mark)
        return "".join(out)


class Unsafe(Exception):
    """The scrubber could not do its work, so the text must not leave."""
