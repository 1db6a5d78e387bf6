"""Which setting was meant by a name that AutoGPT does not know.

Comparing names costs time, so that it is done for a limited number of them, and a file of ten thousand foreign names
is looked through quickly.
"""

from __future__ import annotations

import re
from typing import Collection, Iterator, Mapping, NamedTuple, Optional, Sequence

from checks.autogpt.other_names import MEANT, OF_OTHERS, is_plain_name, latin, skeleton
from checks.autogpt.placeholders import is_placeholder
from checks.autogpt.providers import PROVIDERS
from checks.autogpt.variables import ALSO_READ, READ_LONGER, RENAMED, VARIABLES, kind_of
from checks.autogpt.versions import Version
from checks.settings import Setting, Settings

MOST_NAMES = 200
"""Unknown names that are looked at; of more, only those that begin like a setting."""
MOST_COMPARED = 40
NEAR_ENOUGH = 0.85
_NAME = r"[A-Za-z][A-Za-z0-9_.\-]{2,60}\Z"
# Of OpenAI's many keys only the forms that nobody else uses.
_KEY_FORMS = (("sk-proj-", "openai"), ("sk-svcacct-", "openai"), ("sk-ant-api03-", "anthropic"), ("gsk_", "groq"))


class Unknown(NamedTuple):
    """The names in use that this version does not read."""

    former: tuple[str, ...]
    """Those that another version reads, or that stand in old guides."""
    foreign: tuple[str, ...]
    """Those that no version reads."""


NONE = Unknown((), ())


class Meant(NamedTuple):
    """A setting under a wrong name."""

    setting: Setting
    """As it stands there."""
    name: str
    """The name that it should have."""
    by_value: bool = False
    """Told by the form of its value, and not by its name."""


def unknown_names(settings: Settings, template: Collection[str], ignores_case: bool) -> Unknown:
    """The names that this version does not read. `ignores_case` is Windows' view of variables."""
    read = names_read(settings.version) | set(template) | ALSO_READ
    names = [name for name in settings.names if name not in read]
    if len(names) > MOST_NAMES:
        starts = {each for name in (*VARIABLES, *MEANT) for each in (name[:3], name[:3].lower())}
        names = [name for name in names if name[:3] in starts][:MOST_NAMES]
    if ignores_case:
        names = [name for name in names if name.upper() not in read]
    former = tuple(name for name in names if name in VARIABLES or name in RENAMED)
    return Unknown(former, tuple(name for name in names if name not in former and re.match(_NAME, latin(name))))


def names_read(version: Version) -> set[str]:
    """What this version reads, as far as is known."""
    names = {name for name, each in VARIABLES.items() if each.is_in(version)}
    return names | {name for name, last in READ_LONGER.items() if VARIABLES[name].since <= version.place <= last}


def meant(foreign: Sequence[str], settings: Settings, template: Collection[str]) -> Iterator[Meant]:
    """Those of the foreign names that were meant for a setting of this version which is not set."""
    if not foreign:
        return
    targets = [name for name in names_read(settings.version) | set(template) if is_missing(settings, name)]
    skeletons = {skeleton(name): name for name in targets}
    pairs = _Pairs(targets)
    compared = 0
    for name in foreign:
        target = _by_form(name, skeletons)
        if target is None and compared < MOST_COMPARED and name.upper() not in OF_OTHERS:
            plain = latin(name).upper()
            likely = pairs.likely(plain)
            compared += bool(likely)
            target = _nearest(plain, likely)
        setting = settings.get(name) if target else None
        if target is not None and setting is not None and setting.text.strip() and not _is_own(name, target):
            yield Meant(setting, target)


def is_missing(settings: Settings, name: str) -> bool:
    """Whether nobody set it, or somebody left the placeholder there."""
    setting = settings.get(name)
    return setting is None or not setting.is_set or not setting.text.strip() or is_placeholder(setting.text)


def _by_form(name: str, skeletons: Mapping[str, str]) -> Optional[str]:
    plain = skeleton(name)
    known = MEANT.get(plain)
    return skeletons.get(plain) or (known if known in skeletons.values() else None)


class _Pairs:
    """The settings that were perhaps meant, by the pairs of letters in their names: quick, and leaves most out."""

    def __init__(self, targets: Sequence[str]) -> None:
        self._of: dict[str, list[str]] = {}
        for target in targets:
            for pair in _pairs(target):
                self._of.setdefault(pair, []).append(target)

    def likely(self, name: str) -> list[str]:
        """The few with most pairs in common, and at least half of their own."""
        common: dict[str, int] = {}
        for pair in _pairs(name):
            for target in self._of.get(pair, ()):
                common[target] = common.get(target, 0) + 1
        found = [
            (count / len(target), target)
            for target, count in common.items()
            if count * 2 >= len(target) - 1 and abs(len(target) - len(name)) <= 5
        ]
        return [target for _, target in sorted(found, reverse=True)[:3]]


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def _nearest(name: str, likely: Sequence[str]) -> Optional[str]:
    if not likely:
        return None
    import difflib

    return next(iter(difflib.get_close_matches(name, likely, 1, NEAR_ENOUGH)), None)


def _is_own(name: str, target: str) -> bool:
    """A name with a word more was chosen like that (SMART_LLM_OLD, MY_TEMPERATURE). A key may be meant all the same."""
    if kind_of(target) == "key" or skeleton(name) in MEANT:
        return False
    return name.upper().startswith(f"{target}_") or name.upper().endswith(f"_{target}")


# --- keys ---------------------------------------------------------------------------------------------------------


def stand_in(provider: str, found: Collection[Meant], foreign: Sequence[str], settings: Settings) -> Optional[Meant]:
    """What was meant for the key of a provider (by its id), when that key is missing: by its name, or by its form."""
    variable = PROVIDERS[provider].key_variable
    if not variable or not is_missing(settings, variable):
        return None
    by_name = next((each for each in found if each.name == variable and _may_be(provider, each.setting)), None)
    if by_name is not None:
        return by_name
    for name in foreign:
        setting = settings.get(name) if is_plain_name(name) else None
        if setting is not None and setting.text.startswith(tuple(p for p, owner in _KEY_FORMS if owner == provider)):
            return Meant(setting, variable, True)
    return None


def _may_be(provider: str, setting: Setting) -> bool:
    """A key of plainly another provider is not meant, and neither is a placeholder."""
    owner = next((owner for prefix, owner in _KEY_FORMS if setting.text.startswith(prefix)), provider)
    return owner == provider and not setting.text.startswith("xai-") and not is_placeholder(setting.text)
