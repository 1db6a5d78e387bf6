"""A machine that passes every question on to another one: the base of whatever listens in between."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Mapping, Optional, Sequence, Union

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
    Folder,
    Harmless,
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
    nothing_is_harmless,
)
from doctor.words import Secret


class Through(Machine):
    """Every answer is the inner machine's. What is composed of several questions (`which`) is asked one by one."""

    def __init__(self, inner: Machine) -> None:
        self.inner = inner
        self.system = inner.system
        self.home = inner.home
        self.temporary = inner.temporary
        self.user = inner.user
        self.host = inner.host

    def variable(self, name: str) -> Optional[str]:
        return self.inner.variable(name)

    def secret(self, name: str, is_harmless: Harmless = nothing_is_harmless) -> Optional[Secret]:
        return self.inner.secret(name, is_harmless)

    def user_folder(self, folder: Folder) -> PurePath:
        return self.inner.user_folder(folder)

    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        return self.inner.read(path, limit_bytes)

    def read_settings(
        self, path: PurePath, is_harmless: Harmless = nothing_is_harmless, limit_bytes: int = READ_LIMIT_BYTES
    ) -> Union[Content, Failure]:
        return self.inner.read_settings(path, is_harmless, limit_bytes)

    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        return self.inner.stat(path, follow)

    def list(self, path: PurePath) -> Union[Listing, Failure]:
        return self.inner.list(path)

    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        return self.inner.real_path(path)

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        return self.inner.run(argv, timeout_s, cwd, environment)

    def file_version(self, path: PurePath) -> Union[str, Failure]:
        return self.inner.file_version(path)

    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        return self.inner.registry(hive, path, view)

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
        return self.inner.request(method, url, headers, body, timeout_s, proxy, trust)

    def certificate(
        self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S, proxy: Optional[Secret] = None
    ) -> Union[Certificate, Failure]:
        return self.inner.certificate(host, port, timeout_s, proxy)

    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        return self.inner.resolve(host, timeout_s)

    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        return self.inner.connect(host, port, timeout_s)

    def bind(self, host: str, port: int) -> Union[Bound, Failure]:
        return self.inner.bind(host, port)

    def listeners(self) -> Union[Listeners, Failure]:
        return self.inner.listeners()

    def mounts(self) -> tuple[Mount, ...]:
        return self.inner.mounts()

    def groups(self) -> tuple[str, ...]:
        return self.inner.groups()

    def disk(self, path: PurePath) -> Union[Disk, Failure]:
        return self.inner.disk(path)

    def memory(self) -> Union[Memory, Failure]:
        return self.inner.memory()

    def now(self) -> datetime:
        return self.inner.now()

    def process_python(self) -> PurePath:
        return self.inner.process_python()

    def close(self) -> None:
        self.inner.close()
