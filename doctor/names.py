"""Names that identify a person: the home folder, the login name and the machine's name. They never appear.

In a path a name is always a person's. Elsewhere it may be an ordinary word ("will", "dev"): such a name goes only
where it plainly stands for the person, so that no sentence is garbled.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePath, PureWindowsPath
from typing import Callable, Iterable, NamedTuple, Optional


class Place(NamedTuple):
    """Whose machine a report is about: what to draw as `~`, and the names that never appear."""

    home: Optional[PurePath] = None
    user: str = ""
    host: str = ""
    ordinary: tuple[str, ...] = ()
    """Those of these names that are words of what is examined as well: they go only where they stand for the person."""
    here: Optional[PurePath] = None
    """The folder that the person's terminal is in, where that is known: from there a path can do without names."""


NOWHERE = Place()

# Login and host names that identify nobody, and folders beside people's homes that belong to nobody.
_NOBODY_TEXT = (
    "root user users admin administrator ubuntu debian fedora arch alpine centos runner runneradmin vscode codespace"
    " docker podman git dev developer test tester home host localhost local desktop laptop server linux windows macos"
    " macbook mac pc wsl python poetry default public shared guest node app container containeradministrator nobody"
    " linuxbrew gitpod vagrant ec2-user azureuser pi workspace work build builder jenkins ci student appuser"
    " you username"
)
NOBODY = frozenset(_NOBODY_TEXT.split())
_FOLDERS_OF_NOBODY = frozenset(("all users", "default user", "default.migrated", "lost+found", "wdagutilityaccount"))

# Names of people, and names that people choose, which are ordinary words too.
_WORDS_TEXT = (
    "able agent alpha amber angel april archer arrow august author autumn back base basil bear bell beta bill bishop"
    " black blake blue board book boot brand bright brook brown burn carter case cash cast chance chase check china"
    " christian clay cliff code coder coin cole color command compose config connect cook cooper core corner crystal"
    " daisy dale data dawn dean demo denver desk destiny diamond drew duke eagle early earth east echo engine faith"
    " field file fire fisher flora folder forest forge foster fox frank free frost game gene general gentle glen gold"
    " grace grant gray green guide guy hall happy hardy harmony have heath help hill holly hope house hunter info iris"
    " iron ivory jack jade jasmine jewel jordan journey joy july june just justice king knight lake lance land lane"
    " laurel lead level lily line link list long love lucky lynn main major maker mark marsh mason master meadow melody"
    " memory mercy merit miles miller mind mini minor model monitor moon more morning name nelson network norm north"
    " number ocean office olive open orange order oscar page palm paris park parker part path patience paul pearl penny"
    " person peter phone pilot piper play poet port power price prime prince process program project proxy pure queen"
    " question rain ranger raven read real red reed reserve rich river rob robin rock rocky root rose royal ruby rush"
    " rust sage sail sandy script secret sense service setup shell shepherd sierra silver sky smart smith snow some"
    " song source south space spencer spring stage star start state stella step stone storm story street studio summer"
    " sunny support sure system taylor team tech temp temple terminal text thank that then they this time tool tower"
    " trip true turner type unit update vector version victor video vince violet virtual wade wagon walker ward water"
    " wave west when white wild will winter wolf wood word world write year young your zone"
)
_WORDS = frozenset(_WORDS_TEXT.split())
_PERSONS_FOLDER = r"[\\/](?:home|Users|Documents and Settings)[\\/]+"
_ROLE = r"\b(?i:user|username|login|account|owner|host|hostname|owned by|logged in as|sudo -u)"
# After these it is a name; after the others it is one unless a sentence goes on.
_SAID_BEFORE = rf"{_ROLE}(?:=|[ =:]{{0,2}}['\"])"
_MAYBE_SAID_BEFORE = rf"\(|{_ROLE}[ :]{{1,2}}"
_DOMAIN = r"(?:^|(?<=[\s\"'(=]))[A-Za-z][\w.\-]*\\+"  # of Windows: CORP\jane
_END = r"(?![\w\-]|\.\w)"
_BLANKLESS = r"\w(?:[^\\/:*?\"'<>|\s,;)\]}]*[^\\/:*?\"'<>|\s,;)\]}.])?"
# On Windows and macOS a name may hold blanks, as long as the path goes on after it.
_WITH_BLANKS = r"\w(?:[^\\/:*?\"'<>|\n\r\t.]{0,40}[^\\/:*?\"'<>|\s])?(?=[\\/])"
_SOMEBODYS_FOLDER = rf"([\\/])(home[\\/]+)({_BLANKLESS})"
_SOMEBODYS_PROFILE = rf"([\\/])((?i:users|documents and settings)[\\/]+)({_WITH_BLANKS}|{_BLANKLESS})"
# What stands before a folder of people's homes: nothing, or a volume. After a web address's host it is a page.
_VOLUME = r"(?:\b[A-Za-z]:[\\/]*|/[A-Za-z]|[\\/]wsl(?:\$|\.localhost)[\\/]+[^\\/\n]{1,60}[\\/]*)\Z"
_ROOT = r"(?:\A|[^\w.\-\\/]|//|/Volumes/[^/\n]{1,60}|/Data)\Z"


class Rule(NamedTuple):
    """What to look for, and what to put there. Without any of the lower-case needles there is nothing to look for."""

    needles: tuple[str, ...]
    pattern: str
    stand_in: Callable[[re.Match[str]], str]
    flags: int = 0


class StandIns(NamedTuple):
    """What is put in the place of a name."""

    home: Callable[[str], str]
    """For the home folder in the form in which it was found."""
    user: str
    host: str
    person: Callable[[str], str]
    """For the name of another person's home folder; it may be the name itself."""


FOR_A_REPORT = StandIns(lambda form: "~", "(user)", "(host)", lambda name: name if is_nobody(name) else "(user)")


def hide_names(text: str, place: Place) -> str:
    """Home as `~`, the user's and the machine's name gone, and other people's names in paths too."""
    return apply(_rules(place), text)


def hide_paths(text: str, place: Place) -> str:
    """The same in paths only: for a text that is our own words too, where a name may be one of them."""
    return apply(_rules(place._replace(host=""), True), text)


def apply(rules: tuple[Rule, ...], text: str) -> str:
    """The text with every rule's names replaced."""
    lower = text.lower()
    for needles, pattern, stand_in, flags in rules:
        if any(needle in lower for needle in needles):
            text = re.sub(pattern, stand_in, text, flags=flags)
    return text


@lru_cache(maxsize=64)
def _rules(place: Place, only_paths: bool = False) -> tuple[Rule, ...]:
    return rules_for(place, FOR_A_REPORT, only_paths)


def rules_for(place: Place, stand_ins: StandIns, only_paths: bool = False) -> tuple[Rule, ...]:
    """The rules that replace a place's names, those of paths first."""
    on_windows = isinstance(place.home, PureWindowsPath)
    rules = list(_rules_of_home(place.home, stand_ins))
    for needles, pattern in ((("home",), _SOMEBODYS_FOLDER), (("users", "documents and settings"), _SOMEBODYS_PROFILE)):
        rules.append(Rule(needles, pattern, lambda found: _somebodys(found, stand_ins)))
    if len(place.user) > 1:
        forms = forms_of(place.user, on_windows)
        pattern = rf"({_PERSONS_FOLDER}){_any_of(forms)}{_END}"
        rules.append(Rule(_lower(forms), pattern, lambda found: found[1] + stand_ins.user, re.IGNORECASE))
    if not only_paths:
        flags = re.IGNORECASE if on_windows else 0
        rules += _rules_of_word(place.user, stand_ins.user, place, flags, on_windows)
        for host in dict.fromkeys((place.host, place.host.partition(".")[0])):
            rules += _rules_of_word(host, stand_ins.host, place, re.IGNORECASE, sign="@")
    return tuple(rules)


def _rules_of_home(home: Optional[PurePath], stand_ins: StandIns) -> Iterable[Rule]:
    if home is not None and len(home.parts) > 1:
        forms = list(dict.fromkeys(forms_of_path(home)))
        flags = re.IGNORECASE if isinstance(home, PureWindowsPath) else 0
        pattern = rf"(?<![\w.~\-/\\]){_any_of(forms)}{_END}"
        yield Rule(_lower(forms), pattern, lambda found: stand_ins.home(found[0]), flags)


def _somebodys(found: re.Match[str], stand_ins: StandIns) -> str:
    """What stands below the folder of people's homes, unless that is a page of a web address."""
    before = found.string[max(0, found.start() - 90) : found.start()]
    is_home = (
        found[1] == "\\" or re.search(_VOLUME, before) or (found[2][:2] in ("ho", "Us") and re.search(_ROOT, before))
    )
    return found[1] + found[2] + stand_ins.person(found[3]) if is_home else found[0]


def is_nobody(name: str) -> bool:
    """Whether a folder beside people's homes, or a login name, says nothing about a person."""
    return name.lower() in NOBODY or name.lower() in _FOLDERS_OF_NOBODY


def _rules_of_word(
    name: str, stand_in: str, place: Place, flags: int, on_windows: bool = False, sign: str = "~"
) -> Iterable[Rule]:
    """A name outside of paths. One that is an ordinary word goes only where it stands for the person."""
    if len(name) < 2 or name.lower() in NOBODY:
        return
    forms = forms_of(name, on_windows)
    word = rf"(?<!\w){_any_of(forms)}(?!\w)"
    if not is_ordinary(name) and name not in place.ordinary:
        yield Rule(_lower(forms), word, lambda found: stand_in, flags)
        return
    for pattern in (
        rf"({sign}|{_SAID_BEFORE}){word}",
        rf"({_MAYBE_SAID_BEFORE}){word}(?![ ]\w)",
        rf"({_DOMAIN}){word}(?![\\/.\-])",
        rf"()(?:^|(?<=[\s,;:'\"(<])){word}(?=@[\w(]|:x?:\d)",
    ):
        yield Rule(_lower(forms), pattern, lambda found: found[1] + stand_in, flags)


def is_ordinary(name: str) -> bool:
    """Whether a name may as well be a word of any sentence."""
    return len(name) < 4 or name.lower() in _WORDS


def forms_of(name: str, on_windows: bool = False) -> list[str]:
    """A name as it may be written: itself, in a URL, escaped in JSON, decomposed, as Windows' short name."""
    forms = [name, *_normal_forms(name)]
    forms += [*map(_in_json, forms), *(_in_url(form) for form in forms if form.isprintable())]
    short = re.sub(r"[^A-Za-z0-9_\-]", "", name)[:6]
    if on_windows and short and (len(name) > 8 or short != name):
        forms += [f"{short}~{number}" for number in "1234"]
    return list(dict.fromkeys(forms))


def forms_of_path(path: PurePath) -> list[str]:
    """A path as it may be written, always in the same order: with either slash, composed and decomposed, in a URL,
    escaped as in JSON, and all of that with backslashes doubled and doubled again."""
    plain = [form for text in (str(path), path.as_posix()) for form in (text, *_normal_forms(text))]
    urls = [_in_url(text, "/:") for text in plain]
    doubled = [form.replace("\\", "\\\\") for form in plain]
    return [*plain, *urls, *map(_in_json, plain), *doubled, *(form.replace("\\", "\\\\") for form in doubled)]


def _normal_forms(text: str) -> tuple[str, str]:
    if text.isascii():
        return text, text
    import unicodedata

    return unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)


def _in_url(text: str, safe: str = "") -> str:
    if re.match(r"[A-Za-z0-9_.\-~/:]+\Z", text) and (safe or "/" not in text):
        return text
    from urllib.parse import quote

    return quote(text, safe=safe, errors="replace")


def _in_json(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.replace("\\", "\\\\").replace('"', '\\"')
    import json

    return json.dumps(text)[1:-1]


def _any_of(forms: Iterable[str]) -> str:
    """The longest first, so that no form cuts a longer one short."""
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) + ")"


def _lower(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form.lower() for form in forms))
