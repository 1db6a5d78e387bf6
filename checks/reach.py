"""How far each provider of this configuration is reached: one free request to each, and what is learnt when it fails.

It protects the user from a bad key that is none: whatever the line, a proxy or a certificate keeps back is said of the
network, and of the provider nothing.
"""

from __future__ import annotations

from typing import NamedTuple, Optional

from checks.network_ladder import Around, Reach

__all__ = ["Reach", "Reached"]


class Reached(NamedTuple):
    """Each endpoint that was asked: those of the clouds whose address is usable, and not a llamafile."""

    reaches: tuple[Reach, ...]
    around: Around = Around()

    def of(self, provider: str) -> Optional[Reach]:
        """None for a provider that was not asked: it is not in use, its address is wrong, or no answer is recorded."""
        return next((each for each in self.reaches if each.endpoint.provider == provider), None)
