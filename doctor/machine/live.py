"""This computer. Every answer is had within its time, and no odd file, program or server can hold the doctor up.

Making one costs next to nothing: whatever is needed for a question is imported when it is asked.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from math import inf
from pathlib import PurePath
from time import monotonic
from typing import Callable, Mapping, Optional, Sequence, TypeVar, Union

from doctor.machine import (
    MOZILLAS_LIST,
    QUESTION_LIMIT_S,
    READ_LIMIT_BYTES,
    Addresses,
    Argument,
    Bound,
    Certificate,
    Connected,
    Content,
    Disk,
    Failure,
    FailureKind,
    Folder,
    Key,
    Listeners,
    Listing,
    Machine,
    Memory,
    Mount,
    Ran,
    Response,
    Stat,
    Trust,
    files,
    folders,
    identity,
)
from doctor.machine.errors import CLOSED, NO_TIME_LEFT
from doctor.machine.programs import Programs
from doctor.words import Secret

T = TypeVar("T")
SHORTEST_S = 0.02
"""Nobody answers in less; the clocks of some systems go in steps of nearly that."""
TELLING_S, TELLING_SHARE = 1.0, 0.25
"""Whoever is silent for less than this, and for less than this part of the network's time, may just be slow."""


class Live(Machine):
    """The machine that this process runs on.

    `network_limit_s` is the time for everything that waits for other computers, all questions together, counted from
    the first of them: somebody may be asked for consent before. None is without limit. `network_ends` is the moment
    by `clock`, which tells seconds, after which nobody is waited for in any case.
    """

    def __init__(
        self,
        user_agent: str = "doctor",
        network_limit_s: Optional[float] = None,
        clock: Callable[[], float] = monotonic,
        network_ends: float = inf,
    ) -> None:
        self.system = identity.this_system()
        self.home = identity.home()
        self.temporary = identity.temporary()
        self.user = identity.user()
        self.host = identity.host()
        self._user_agent = user_agent
        self._clock = clock
        self._network_limit_s = network_limit_s
        self._network_ends: list[float] = []
        self._network_ends_at_last = network_ends
        self._programs = Programs()
        self._is_closed = False
        self._searched: tuple[Optional[str], tuple[PurePath, ...]] = (None, ())
        if sys.platform == "win32":
            from doctor.machine import windows

            windows.show_no_message_boxes()

    def close(self) -> None:
        self._is_closed = True
        self._programs.close()

    def variable(self, name: str) -> Optional[str]:
        try:
            return os.environ.get(name)
        except ValueError:  # a name that no variable can have
            return None

    def user_folder(self, folder: Folder) -> PurePath:
        told = self.path(folders.of_this_system(folder) or "")
        return told if told.is_absolute() else super().user_folder(folder)

    def search_path(self) -> tuple[PurePath, ...]:
        path = self.variable("PATH")
        if self._searched[0] != path:  # taking PATH apart costs more than looking for a program in all of it
            self._searched = (path, super().search_path())
        return self._searched[1]

    # --- files ---------------------------------------------------------------------------------------------------

    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        return CLOSED if self._is_closed else files.read(path, limit_bytes)

    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        return CLOSED if self._is_closed else files.stat(path, follow)

    def list(self, path: PurePath) -> Union[Listing, Failure]:
        return CLOSED if self._is_closed else files.names(path)

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        return CLOSED if self._is_closed else files.real_path(path)

    def disk(self, path: PurePath) -> Union[Disk, Failure]:
        return CLOSED if self._is_closed else files.disk(path)

    def mounts(self) -> tuple[Mount, ...]:
        return files.mounts_of(files.text("/proc/self/mounts")) if self.system.is_linux else ()

    # --- programs ------------------------------------------------------------------------------------------------

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        return self._programs.run(argv, timeout_s, cwd, environment)

    def file_version(self, path: PurePath) -> Union[str, Failure]:
        from doctor.machine import windows

        return CLOSED if self._is_closed else windows.file_version(path)

    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        from doctor.machine import windows

        return CLOSED if self._is_closed else windows.registry(hive, path, view)

    # --- network -------------------------------------------------------------------------------------------------

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
        def ask(left_s: float) -> Union[Response, Failure]:
            from doctor.machine import web

            told = {"User-Agent": self._user_agent, **(headers or {})}
            return web.request(method, url, told, body, left_s, proxy, trust)

        return self._in_time(timeout_s, ask)

    def certificate(
        self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S, proxy: Optional[Secret] = None
    ) -> Union[Certificate, Failure]:
        def ask(left_s: float) -> Union[Certificate, Failure]:
            from doctor.machine import certificates

            return certificates.certificate(host, port, left_s, proxy)

        return self._in_time(timeout_s, ask)

    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        from doctor.machine import network

        return self._in_time(timeout_s, lambda left_s: network.resolve(host, left_s))

    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        from doctor.machine import network

        return self._in_time(timeout_s, lambda left_s: network.connect(host, port, left_s))

    def _in_time(self, timeout_s: float, ask: Callable[[float], Union[T, Failure]]) -> Union[T, Failure]:
        """Ask with what is left of the time for the network; when nothing is left, nobody is asked, and when next to
        nothing is left, silence tells no more than that.
        """
        if self._is_closed:
            return CLOSED
        is_telling = True
        if self._network_limit_s is not None:
            now = self._clock()
            # Of several that begin together the first counts.
            self._network_ends.append(min(now + self._network_limit_s, self._network_ends_at_last))
            left_s = self._network_ends[0] - now
            is_telling = left_s >= min(timeout_s, TELLING_S, TELLING_SHARE * self._network_limit_s)
            timeout_s = min(timeout_s, left_s)
        answer = ask(timeout_s) if timeout_s > SHORTEST_S else NO_TIME_LEFT
        is_silence = isinstance(answer, Failure) and answer.kind is FailureKind.TIMED_OUT
        return NO_TIME_LEFT if is_silence and not is_telling else answer

    def bind(self, host: str, port: int) -> Union[Bound, Failure]:
        from doctor.machine import network

        return CLOSED if self._is_closed else network.bind(host, port)

    def listeners(self) -> Union[Listeners, Failure]:
        from doctor.machine import network

        return CLOSED if self._is_closed else network.listeners()

    # --- the rest ------------------------------------------------------------------------------------------------

    def groups(self) -> tuple[str, ...]:
        return identity.groups()

    def memory(self) -> Union[Memory, Failure]:
        from doctor.machine import memory

        return CLOSED if self._is_closed else memory.memory()

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def process_python(self) -> PurePath:
        return self.path(sys.executable or sys.prefix)
