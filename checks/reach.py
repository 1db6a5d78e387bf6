"""How far each provider of this configuration is reached: one free request to each, and what is learnt when it fails.

It protects the user from a bad key that is none: whatever the line, a proxy or a certificate keeps back is said of the
network, and of the provider nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from doctor.machine import Addresses, Connected, Failure, Response

if TYPE_CHECKING:  # nothing of it is needed at run time
    from checks.endpoints import Endpoint
    from checks.proxies import Proxy
    from doctor.machine import Certificate


class Reach(NamedTuple):
    """What came back from one endpoint."""

    endpoint: Endpoint
    proxy: Optional[Proxy]
    """The proxy that its requests go through, None for the direct way."""
    resolved: Union[Addresses, Failure, None]
    """What the name of the next host stands for: that of the proxy, else the endpoint's; None when nobody asked."""
    connected: Union[Connected, Failure, None]
    """Whether the next host can be connected to; None when nobody asked."""
    answer: Union[Response, Failure]
    """To the one request, made with the key where one may be sent."""
    answered_at: datetime
    """This machine's clock at that moment, UTC."""
    certificate: Union[Certificate, Failure, None] = None
    """Which certificate is shown; asked only after one that was not accepted."""
    trouble: str = ""
    """The code of the finding that explains why the provider itself gave no answer; "" when it answered, whatever it
    said. Then `answer` is a `Response`."""

    @property
    def response(self) -> Optional[Response]:
        """What the provider itself answered, None when something stood in the way."""
        return self.answer if isinstance(self.answer, Response) and not self.trouble else None


class Reached(NamedTuple):
    """Each endpoint that was asked: those of the clouds whose address is usable, and not a llamafile."""

    reaches: tuple[Reach, ...]

    def of(self, provider: str) -> Optional[Reach]:
        """None for a provider that was not asked: it is not in use, its address is wrong, or no answer is recorded."""
        return next((each for each in self.reaches if each.endpoint.provider == provider), None)
