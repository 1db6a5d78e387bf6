"""Every setting as AutoGPT will have it: what it comes to, where it stands, and what it shadows. Shown with -v."""

from __future__ import annotations

from typing import Collection, Iterator

from checks.autogpt.other_names import is_plain_name
from checks.autogpt.variables import TEMPLATE_NAMES, kind_of
from checks.env_file import EnvFile
from checks.setting_likeness import names_read
from checks.settings import Setting, Settings
from doctor import Evidence, Finding, Secret, Stage, check, found, ok, say


@check("settings.table", title="The effective settings", stage=Stage.CONFIGURATION, codes=("settings.table",))
def settings_table(env_file: EnvFile, settings: Settings) -> Iterator[Finding]:
    """A setting can stand in .env, in the shell, or in Windows' lasting environment, and one of them wins.

    Up to version 0.2 the shell wins, since then .env does, even with an empty value. With -v, and in the JSON report,
    each setting is listed with what it comes to and where that was read; of a secret only its kind and its length.
    """
    read = names_read(settings.version) | set(TEMPLATE_NAMES[settings.version.id])
    rows = [row for name in settings.listed for row in _row(settings.get(name), read)]
    if not rows:
        return
    where = say("{file}", file=env_file.path) if env_file.path else say("no .env")
    yield ok(
        "settings.table",
        say("{number} settings are set; AutoGPT reads {where}", number=settings.number, where=where),
        evidence=rows,
    )


def _row(setting: object, read: Collection[str]) -> Iterator[Evidence]:
    if not isinstance(setting, Setting):
        return
    # In the place of a name may stand anything, once a line is broken.
    is_sayable = kind_of(setting.name) is not None or is_plain_name(setting.name)
    name = setting.name if is_sayable else Secret(setting.name)
    value = say("{name} = {value}", name=name, value=setting.shown)
    if not setting.text:
        value = say("{name} is set, and empty", name=name)
    if kind_of(setting.name) is None:
        value = say("{value} (not a setting of AutoGPT)", value=value)
    elif setting.name not in read:
        value = say("{value} (this version does not read it)", value=value)
    if setting.shadows:
        differs = any(other.reveal() != setting.text for _, other in setting.shadows)
        word = "; it shadows another value in {places}" if differs else "; the same stands in {places}"
        value = say("{value}" + word, value=value, places=[source.words for source, _ in setting.shadows])
    yield found(value, where=setting.source.words)
