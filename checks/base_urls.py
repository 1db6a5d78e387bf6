"""Base URLs: the addresses of OpenAI's, Anthropic's and Groq's API, of a llamafile, and of what stands in their place.

It protects the user from "Connection error.", which is all that AutoGPT says of a wrong one. Only what is wrong
whatever answers there is a problem: gateways and local servers may have paths of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Mapping, NamedTuple, Optional

from checks.autogpt.providers import PROVIDERS, Provider
from checks.autogpt.variables import VARIABLES, is_harmless
from checks.autogpt.versions import PLACES
from checks.checkout import Checkout
from checks.known_good import KnownGood
from checks.meanings_of_settings import SETTINGS_BASE_URLS
from checks.plan import Plan
from checks.setting_remedies import leave_out, write
from checks.settings import Setting, Settings
from doctor import Finding, Remedy, Stage, Words, check, found, note, problem, remedy, say, warning

if TYPE_CHECKING:
    from checks.url_faults import UrlFault

_MAKERS = {"problem": problem, "warning": warning, "note": note}


class _Said(NamedTuple):
    """How a fault is said."""

    heading: str
    wanted: str
    detail: str = ""


_SAID: Mapping[str, _Said] = {
    "blank": _Said(
        "{name} is set, and empty",
        "no such line, or {official}",
        "AutoGPT takes nothing for the address, and every request fails.",
    ),
    "characters": _Said("{name} has a character in it that no address has", "the address alone"),
    "key": _Said("{name} holds a key where an address belongs", "for instance {official}"),
    "scheme": _Said("{name} does not begin with http:// or https://", "for instance {official}"),
    "host": _Said("{name} names no host that answers AutoGPT", "for instance {official}"),
    "port": _Said("{name} has a port that does not exist", "a whole number from 1 to 65535"),
    "template": _Said(
        "{name} is still the example of the template",
        "no such line, or {official}",
        "Then AutoGPT asks this very computer, and not OpenAI.",
    ),
    "too-long": _Said(
        "{name} goes too far: AutoGPT adds the rest of the path itself",
        "the address up to the version",
    ),
    "path": _Said("{name} has the wrong path", "{official}", "Requests go astray, and are answered with an error 404."),
    "no-version": _Said(
        "{name} has no /v1 at its end",
        "an address that ends in /v1",
        "Most servers that stand in for OpenAI answer below /v1 only.",
    ),
    "version": _Said(
        "{name} has a part of the path that AutoGPT adds itself",
        "an address without it",
        "Most servers answer an error 404 to a path that has it twice.",
    ),
    "tokenizer": _Said(
        "AutoGPT cannot count words with a llamafile at this address",
        "an address that does not end in 1 or v before /v1",
        "From the address without /v1 this version also cuts each 1, v and / before it.",
    ),
    "https-local": _Said("{name} says https, but a llamafile speaks http", "an address with http://"),
    "unencrypted": _Said("{name} sends your key without encryption", "an address with https://"),
}


@check(
    "settings.base-urls",
    title="The addresses of the language models",
    stage=Stage.CONFIGURATION,
    codes=SETTINGS_BASE_URLS,
)
def settings_base_urls(
    settings: Settings, plan: Plan, checkout: Checkout, known_good: Optional[KnownGood]
) -> Iterator[Finding]:
    """A base URL tells AutoGPT where its language model answers; of a wrong one it only says "Connection error.".

    You need one only for a server other than the provider's own. It begins with http:// or https://, and it ends before
    the part that AutoGPT adds itself: for OpenAI and llamafile in /v1, for Anthropic and Groq right after the host. An
    empty one counts as set, and breaks every request. Addresses of providers that are not in use are passed over.
    """
    for provider in PROVIDERS.values():
        setting = settings.get(provider.base_url_variable)
        if setting is None or not setting.is_set or not VARIABLES[setting.name].is_in(settings.version):
            continue
        if provider.id == "openai" and (plan.uses_azure or _is_passed_over(settings, setting)):
            continue
        is_needed = plan.needs(provider.id)
        fault = _fault_in(setting, provider) if is_needed or provider.id != "llamafile" else None
        if fault is not None and not _has_proved_good(fault, provider, known_good):
            yield _finding(fault, setting, provider, checkout, is_needed)


def _has_proved_good(fault: UrlFault, provider: Provider, known_good: Optional[KnownGood]) -> bool:
    """A path that most servers don't have is right where a list of models came from it."""
    return fault.kind in _OF_PATHS and known_good is not None and provider.id in known_good.addresses


_OF_PATHS = ("no-version", "version")


def _fault_in(setting: Setting, provider: Provider) -> Optional[UrlFault]:
    from checks.url_faults import fault_in  # most people set no address

    return fault_in(provider.id, setting.text)


def _is_passed_over(settings: Settings, setting: Setting) -> bool:
    """Before v0.5.1 an empty one is as good as none, as far as is known."""
    return not setting.text.strip() and settings.version.place < PLACES["v0.5.1"]


def _finding(fault: UrlFault, setting: Setting, provider: Provider, checkout: Checkout, is_needed: bool) -> Finding:
    said = _SAID[fault.kind]
    places = {"name": setting.name, "official": provider.official_base_url}
    return _MAKERS[fault.status if is_needed else "note"](
        f"settings.base-url-{fault.kind}",
        say(said.heading, **places),
        detail=say(said.detail) if said.detail else None,
        evidence=found(_what(fault, setting), wanted=say(said.wanted, **places), where=setting.source.words),
        remedy=_remedy(fault, setting, checkout),
        links=(provider.setup_page,),
        explained_by=() if fault.status == "problem" else (f"{provider.id}.wrong-path", f"{provider.id}.not-the-api"),
        is_certain=fault.is_certain,
    )


def _what(fault: UrlFault, setting: Setting) -> Words:
    if fault.kind == "blank":
        return say("{name} is set, and empty", name=setting.name)
    value = say("{name} = {value}", name=setting.name, value=setting.shown)
    if fault.what is None:
        return value
    return say("{value}: {what}", value=value, what=fault.what)


def _remedy(fault: UrlFault, setting: Setting, checkout: Checkout) -> Remedy:
    if fault.kind in ("blank", "template"):
        return leave_out(setting, checkout.shell)
    is_whole = "@" not in setting.text and "?" not in setting.text  # else a login or a query would be lost
    meant = fault.meant if is_whole and is_harmless(setting.name, fault.meant) else ""
    help_ = write([(setting, meant)], checkout.shell)
    if fault.moves_server and help_.text is not None:
        text = say("Start the llamafile at port 8080 (its option is --port 8080). {then}", then=help_.text)
        return remedy(text, *help_.commands)
    return help_
