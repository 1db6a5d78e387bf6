"""Which keys and addresses have proved good: what a doubt about a form gives way to.

It stands apart from the judgement of the answers, so that what is known without a network need not know of one.
"""

from __future__ import annotations

from typing import NamedTuple


class KnownGood(NamedTuple):
    """What providers, or the servers in their place, have answered to."""

    keys: tuple[str, ...] = ()
    """The providers that took the key of this configuration; "azure" for OPENAI_API_KEY where that goes to Azure."""
    addresses: tuple[str, ...] = ()
    """Those that gave a list of models at the address of this configuration."""
