"""A machine that is not asked anything that would send a packet."""

from __future__ import annotations

from typing import Mapping, Optional, Union

from doctor.machine import (
    MOZILLAS_LIST,
    QUESTION_LIMIT_S,
    Addresses,
    Certificate,
    Connected,
    Failure,
    Response,
    Trust,
    Unavailable,
)
from doctor.machine.through import Through
from doctor.words import Secret, say


class Offline(Through):
    """Whatever needs the network is unavailable, loopback included; ports of this machine can still be looked at."""

    def request(
        self,
        method: str,
        url: str,
        headers: Optional[Mapping[str, str]] = None,
        body: Optional[bytes] = None,
        timeout_s: float = QUESTION_LIMIT_S,
        proxy: Optional[Secret] = None,
        trust: Trust = MOZILLAS_LIST,
    ) -> Union[Response, Failure]:
        raise _offline()

    def certificate(
        self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S, proxy: Optional[Secret] = None
    ) -> Union[Certificate, Failure]:
        raise _offline()

    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        raise _offline()

    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        raise _offline()


def _offline() -> Unavailable:
    return Unavailable(say("the network is left alone in this run"), kind="offline")
