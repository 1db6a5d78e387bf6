"""Whether Azure is wanted and switched on, and the azure.yaml that AutoGPT of this version would read for it.

Who does not use Azure pays for one question: whether there is such a file.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.autogpt.azure_forms import AzureForm, form_of, is_azure_key, is_unfilled
from checks.autogpt.variables import VARIABLES, is_wordy
from checks.autogpt.versions import Version
from checks.azure_text import MAP, AzureText, BrokenText, read_azure
from checks.checkout import Checkout
from checks.keys import KeyRule
from checks.plan import Plan
from checks.settings import Settings
from doctor import Failure, FailureKind, Machine, fact
from doctor.machine import Content, Stat
from doctor.secret import looks_secret, prefix_of

LARGEST_BYTES = 16_384
"""A larger file is said and not read; a real one has less than 2,000."""
NAME = "azure.yaml"


class AzureUse(NamedTuple):
    """Whether a person wants Azure, and whether AutoGPT will use it."""

    switch: str
    """"on", "meant" (a word that is no switch for AutoGPT: "true", "1"), "odd" (any other word) or "off"."""
    variable: str
    """The variable that says so: "USE_AZURE" or "OPENAI_API_TYPE"."""
    form: AzureForm
    has_azure_key: bool
    """OPENAI_API_KEY has the form of Azure's keys."""
    obstacle: str = ""
    """Why this version cannot start with Azure, whatever is set: "check" (its check of the keys never sees the file) or
    "key" (it refuses Azure's keys)."""

    @property
    def can_start(self) -> bool:
        return not self.obstacle

    @property
    def is_on(self) -> bool:
        return self.switch == "on"

    @property
    def is_wanted(self) -> bool:
        return self.switch in ("on", "meant")


class AzureFile(NamedTuple):
    """The azure.yaml of this checkout."""

    path: PurePath
    """Where AutoGPT looks for it."""
    state: str
    """"absent", "folder", "unreadable", "too-large", "undecodable", "broken" or "read"."""
    detail: str = ""
    """Of what cannot be read: the errno's name."""
    text: Optional[AzureText] = None
    broken: Optional[BrokenText] = None
    has_mark: bool = False
    """It begins with a byte order mark."""
    is_named: bool = False
    """AZURE_CONFIG_FILE says where it is, as far as this version reads that."""
    template: Optional[PurePath] = None
    """Where the template is; asked only when the file is absent, like what follows."""
    elsewhere: tuple[PurePath, ...] = ()
    """Files that look like the one that is absent."""
    is_filled_in: bool = False
    """An address of Azure stands in it."""


TRUE_WORDS = frozenset(("true", "t", "1", "yes", "y", "on", "enable", "enabled", "azure"))
FALSE_WORDS = frozenset(("", "false", "f", "0", "no", "n", "off", "none", "null", "disable", "disabled"))


@fact
def azure_use(
    machine: Machine, checkout: Checkout, version: Version, settings: Settings, plan: Plan, key_rule: KeyRule
) -> AzureUse:
    form = form_of(version)
    setting = settings.get("USE_AZURE")
    word = setting.text.strip(" \t\"'`\u201c\u201d\u2018\u2019\u00a0").lower() if setting else ""
    if plan.uses_azure:
        switch = "on"
    else:
        switch = "meant" if word in TRUE_WORDS else "off" if word in FALSE_WORDS else "odd"
    has_key = is_azure_key(settings.text("OPENAI_API_KEY") or "")
    obstacle = ""
    if switch != "off" and not form.can_start and _fails_at_start(machine, checkout, plan):
        obstacle = "check"
    elif switch != "off" and has_key and key_rule.pattern:
        obstacle = "key"
    is_by_type = switch == "on" and (setting is None or setting.text != "True")
    return AzureUse(switch, "OPENAI_API_TYPE" if is_by_type else "USE_AZURE", form, has_key, obstacle)


def _fails_at_start(machine: Machine, checkout: Checkout, plan: Plan) -> bool:
    """Whether the check at start is made that never sees the file: since June 2024, for models of OpenAI only.

    The layout of that summer is three weeks older: then the source still has the check of before.
    """
    if all(each.provider not in ("openai", None) for each in plan.models if each.role != "embedding"):
        return False
    text = machine.read_text(checkout.agent / "autogpt" / "app" / "config.py", 65536)
    return "def assert_config_has_openai_api_key" not in (text or "")


@fact
def azure_file(machine: Machine, checkout: Checkout, settings: Settings, azure_use: AzureUse) -> AzureFile:
    named = settings.text("AZURE_CONFIG_FILE") if VARIABLES["AZURE_CONFIG_FILE"].is_in(settings.version) else None
    if not named and not azure_use.form.blank_path_is_folder:
        named = None
    setting = settings.get("AZURE_CONFIG_FILE")
    if named and setting is not None and not isinstance(setting.shown, str):
        # What was pasted in there may be a key: nobody is asked for such a path, and nothing is said of it.
        return AzureFile(_folder(checkout, azure_use.form) / "\u2026", "absent", is_named=True)
    relative = machine.path(NAME if named is None else named)
    path = _folder(checkout, azure_use.form) / relative
    if azure_use.form.may_be_beside_template and not machine.exists(path):
        path = checkout.agent / relative
    stat = machine.stat(path)
    if isinstance(stat, Failure):
        if stat.kind not in (FailureKind.ABSENT, FailureKind.NOT_A_FOLDER):
            seen = AzureFile(path, "unreadable", stat.detail or stat.kind.value)
        else:
            seen = _absent(machine, checkout, named, path) if azure_use.is_wanted else AzureFile(path, "absent")
    elif stat.is_folder:
        seen = AzureFile(path, "folder")
    else:
        seen = _read(machine, path, stat, with_yaml=azure_use.is_wanted)
    return seen._replace(is_named=named is not None)


def _folder(checkout: Checkout, form: AzureForm) -> PurePath:
    """What a relative path begins at in the source of this version; an absolute one counts everywhere."""
    if form.file_in == "start":
        return checkout.start_in
    return checkout.at(checkout.layout.forge) if form.file_in == "forge" and checkout.layout.forge else checkout.agent


def _absent(machine: Machine, checkout: Checkout, named: Optional[str], path: PurePath) -> AzureFile:
    folders = [path.parent, checkout.agent, checkout.start_in, checkout.at(checkout.layout.forge or ""), checkout.root]
    others = [folder / NAME for folder in dict.fromkeys(folders) if folder / NAME != path]
    others += [path.parent / name for name in ("azure.yaml.txt", "azure.yml") if path.name == NAME]
    if named is not None and named.startswith(("~/", "~\\")):  # nothing replaces it
        others.insert(0, machine.home / machine.path(named[2:]))
    template = checkout.agent / "azure.yaml.template"
    return AzureFile(
        path,
        "absent",
        template=template if machine.is_file(template) else None,
        elsewhere=tuple(other for other in others if machine.is_file(other)),
    )


def _read(machine: Machine, path: PurePath, stat: Stat, with_yaml: bool) -> AzureFile:
    if stat.size_bytes > LARGEST_BYTES:
        return AzureFile(path, "too-large")
    content = machine.read_settings(path, is_harmless, LARGEST_BYTES + 1)
    if isinstance(content, Failure):
        return AzureFile(path, "unreadable", content.detail or content.kind.value)
    text = _decoded(content, machine.system.is_windows)
    if text is None:
        return AzureFile(path, "undecodable")
    seen = AzureFile(
        path,
        "read",
        has_mark=text.startswith("\ufeff"),
        is_filled_in=any(not is_unfilled(found[1]) for found in re.finditer(_ADDRESS, text)),
    )
    if not with_yaml:
        return seen
    parsed = read_azure(text)
    if isinstance(parsed, BrokenText):
        return seen._replace(state="broken", broken=parsed)
    return seen._replace(text=parsed)


def _decoded(content: Content, is_windows: bool) -> Optional[str]:
    """As Python opens a text: as UTF-8, but on Windows with the system's own code page, which takes nearly any byte."""
    data = content.data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1") if is_windows else None


_ADDRESS = r"(?m)^azure_(?:endpoint|api_base)[ \t]*:[ \t]*[\"']?(https?://[^\s\"']+)"
_URL = r"(?a)https?://[\w.\-]{1,200}(?::\d{1,5})?(?:/[\w.\-/?=&]{0,200})?\Z"
_VERSION = r"(?:\d{4}-\d{1,2}-\d{1,2}(?:-?preview)?|v1|preview|latest)\Z"
_MODEL = r"(?a)(?:gpt-|text-embedding-|(?:smart|fast|embedding)_)[\w.\-]{1,50}\Z"


def is_harmless(name: str, value: str) -> bool:
    """Whether a value of azure.yaml may stand in a recording: addresses, API versions, and what nobody filled in."""
    if is_unfilled(value):
        return True
    if name in ("azure_endpoint", "azure_api_base"):
        return bool(re.match(_URL, value)) and is_wordy(value)
    if name == "azure_api_version":
        return bool(re.match(_VERSION, value))
    if name == "azure_api_type":
        return value.lower() in ("azure", "azure_ad", "azuread", "openai", "open_ai")
    if name == MAP and value[:1] == "{":
        parts = [part for part in re.split(r"[{},:\"'\s]+", value) if part]
        return all(map(_is_deployment, parts))
    return False


def _is_deployment(part: str) -> bool:
    """Whether a word is the name of a model or of a deployment: one of some parts, and none of them drawn at random."""
    if is_unfilled(part) or re.match(_MODEL, part):
        return True
    has_words = len(part) <= 40 and "-" in part and is_wordy(part)
    return not prefix_of(part) and (has_words or not looks_secret(part))
