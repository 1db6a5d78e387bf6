"""Where AutoGPT of this layout looks for its `.env`, and whether one is there.

Only whether it is there: what stands in it is another subject's.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, Optional

from checks.checkout import Checkout
from doctor import Machine, fact
from doctor.machine import Stat

SETTINGS = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "SMART_LLM", "FAST_LLM", "OPENAI_API_BASE_URL",
    "LLAMAFILE_API_BASE",
)  # fmt: skip
"""With any of these set in the shell, a person may well do without the file."""


class EnvPlaces(NamedTuple):
    """The search for `.env` as AutoGPT makes it."""

    searched: tuple[PurePath, ...]
    """In the order of the search; the first that exists is read, and no other."""
    found: Optional[PurePath]
    is_folder: bool
    """What was found under that name is a folder: it ends the search and gives nothing."""
    target: PurePath
    """Where the file belongs: beside its template."""
    template: PurePath
    has_template: bool
    variables: tuple[str, ...]
    """Of SETTINGS those that are set, and not empty, in this process's environment."""
    elsewhere: tuple[PurePath, ...] = ()
    """Files of that name in the checkout that this AutoGPT does not read."""
    odd: Optional[PurePath] = None
    """Where nothing was found: something of that name that is no file."""
    odd_kind: str = ""
    """"link" (to something that is not there) or "other" (a pipe, a socket, a device)."""
    is_made: bool = False
    """There is a file already: one that is read, or one beside the template that a folder of that name keeps from it.
    Whoever copied the template there would lose it."""

    @property
    def is_configured(self) -> bool:
        """Whether settings come from somewhere: a file that is read, or the shell."""
        return bool(self.variables) or (self.found is not None and not self.is_folder)


@fact
def env_places(machine: Machine, checkout: Checkout) -> EnvPlaces:
    searched = _searched(machine, checkout)
    found: Optional[PurePath] = None
    is_folder = False
    for path in searched:
        is_folder = checkout.layout.env_from is None and machine.is_folder(path)
        if is_folder or machine.is_file(path):
            found = path
            break
    odd, odd_kind = (None, "") if found is not None else _odd(machine, searched)
    template = checkout.agent / ".env.template"
    places = dict.fromkeys(folder / ".env" for folder in (checkout.agent, checkout.start_in, checkout.root))
    return EnvPlaces(
        searched=searched,
        found=found,
        is_folder=is_folder and found is not None,
        target=checkout.agent / ".env",
        template=template,
        has_template=machine.is_file(template),
        variables=tuple(name for name in SETTINGS if (machine.variable(name) or "").strip()),
        elsewhere=tuple(path for path in places if path not in searched and machine.is_file(path)),
        odd=odd,
        odd_kind=odd_kind,
        is_made=found is not None and (not is_folder or machine.is_file(checkout.agent / ".env")),
    )


def _odd(machine: Machine, searched: tuple[PurePath, ...]) -> tuple[Optional[PurePath], str]:
    for path in searched:
        stat = machine.stat(path, follow=False)
        if isinstance(stat, Stat) and stat.kind in ("link", "other"):
            return path, stat.kind
    return None, ""


def _searched(machine: Machine, checkout: Checkout) -> tuple[PurePath, ...]:
    """Source: python-dotenv's walk from the calling file to the root; since April 2026 `autogpt/app/__init__.py`."""
    if checkout.layout.env_from is not None:
        first = checkout.at(checkout.layout.env_from)
        return tuple(folder / ".env" for folder in (first, *first.parents))
    at_home = (machine.home / ".autogpt" / ".env", machine.home / ".config" / "autogpt" / ".env")
    return (checkout.start_in / ".env", *at_home, checkout.agent / ".env")
