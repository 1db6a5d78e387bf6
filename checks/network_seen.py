"""What was seen of the network: of each host that was asked, and of what is around them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

from doctor.machine import Addresses, Certificate, Connected, Failure, FailureKind, Response

if TYPE_CHECKING:  # nothing of it is needed at run time
    from checks.endpoints import Endpoint
    from checks.network_sides import NameServers
    from checks.proxies import Proxy, ProxyFault
    from checks.trust import TrustVariable


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
    proxy_certificate: Union[Certificate, Failure, None] = None
    """What a proxy shows that is to be spoken to by TLS; asked only after a failure."""
    direct: Union[Connected, Failure, None] = None
    """Whether the host can be connected to past the proxy; asked only when that is dead, or has no business there."""

    @property
    def is_odd(self) -> bool:
        """Whether a proxy may stand between here and a server of one's own network, and answer in its place."""
        if not isinstance(self.answer, Response):
            return True
        is_page = self.answer.headers.get("content-type", "").lower().startswith("text/html")
        return is_page or self.answer.status in _OF_PROXIES

    @property
    def response(self) -> Optional[Response]:
        """What the provider itself answered, None when something stood in the way."""
        return self.answer if isinstance(self.answer, Response) and not self.trouble else None

    @property
    def failure(self) -> Failure:
        """Why there is no answer; an empty failure when there is one."""
        return self.answer if isinstance(self.answer, Failure) else _NONE


_OF_PROXIES = (403, 407, 502, 503, 504)
_NONE = Failure(FailureKind.OTHER)


class Around(NamedTuple):
    """What is learnt of the network itself. Most of it is asked only after a failure, and None until then."""

    line: Union[Connected, Failure, None] = None
    """Whether an address that is always there can be connected to, without any name."""
    names: Union[Addresses, Failure, None] = None
    """What a name stands for that everybody knows."""
    neutral: Union[Response, Failure, None] = None
    """A page that answers 204 and nothing else, where nobody stands in between."""
    plain: Union[Response, Failure, None] = None
    """What one of the hosts answers without TLS."""
    plain_at: Optional[datetime] = None
    """This machine's clock when those two were asked."""
    nameservers: Optional[NameServers] = None
    """Who looks names up (Linux)."""
    windows_answers: Optional[bool] = None
    """In WSL: whether Windows itself gets out."""
    has_proxy_script: bool = False
    """The system finds its proxy by a script, which AutoGPT does not read."""
    proxy_fault: Optional[ProxyFault] = None
    """What is wrong with the settings for proxies as such: then nothing is sent at all."""
    trust_fault: Optional[TrustVariable] = None
    """The same of those for trusted certificates."""

    @property
    def has_fault(self) -> bool:
        return self.proxy_fault is not None or self.trust_fault is not None

    @property
    def is_line_up(self) -> bool:
        return isinstance(self.line, Connected) or isinstance(self.neutral, Response)
