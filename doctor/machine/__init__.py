"""The seam between the doctor and the world: everything that is asked of a machine is asked here.

A `Machine` is either live (this computer) or recorded (a description in a file). Both answer the same narrow
questions with small frozen values. What may well go wrong on a healthy day (a file is absent, a port refuses, a
program runs out of time) is a value too, a `Failure`; an answer that a recording does not hold raises `Unavailable`.

Paths belong to the machine that is asked (`PureWindowsPath` or `PurePosixPath`), never to the computer that runs
this code. Every question has a time limit, in seconds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Mapping, Optional, Sequence, Union

from doctor.machine.answers import (
    Addresses,
    Argument,
    Bound,
    Certificate,
    Connected,
    Content,
    Disk,
    Failure,
    FailureKind,
    Harmless,
    Key,
    Listener,
    Listeners,
    Listing,
    Memory,
    Mount,
    NotHere,
    Ran,
    Response,
    Script,
    Stat,
    System,
    Trust,
    Unavailable,
    decode,
)
from doctor.machine.folders import Folder, by_rule
from doctor.machine.parallel import in_parallel
from doctor.machine.search import programs_named, search_path_of
from doctor.words import Secret

QUESTION_LIMIT_S = 5.0
"""How long one question may take unless the asker says otherwise."""
READ_LIMIT_BYTES = 4 * 1024 * 1024
OUTPUT_LIMIT_BYTES = 1024 * 1024
MOZILLAS_LIST = Trust()
"""The certificate authorities that most programs believe that bring a list along."""

__all__ = [
    "MOZILLAS_LIST",
    "OUTPUT_LIMIT_BYTES",
    "QUESTION_LIMIT_S",
    "READ_LIMIT_BYTES",
    "Addresses",
    "Argument",
    "Bound",
    "Certificate",
    "Connected",
    "Content",
    "Disk",
    "Failure",
    "FailureKind",
    "Folder",
    "Harmless",
    "Key",
    "Listener",
    "Listeners",
    "Listing",
    "Machine",
    "Memory",
    "Mount",
    "NotHere",
    "Ran",
    "Response",
    "Script",
    "Stat",
    "System",
    "Trust",
    "Unavailable",
    "decode",
    "in_parallel",
    "nothing_is_harmless",
]


def nothing_is_harmless(name: str, value: str) -> bool:
    """For who knows nothing better: every value counts as a secret."""
    return False


class Machine(ABC):
    """The questions. A fact gets one of these; nothing else in the house may touch the world."""

    system: System
    home: PurePath
    """The user's home folder."""
    temporary: PurePath
    """The folder for temporary files."""
    user: str
    """The user's login name: for leaving it out of every output, not for showing."""
    host: str
    """The machine's name: for leaving it out of every output, not for showing."""

    # --- paths and environment ---------------------------------------------------------------------------------

    def path(self, *parts: Union[str, PurePath]) -> PurePath:
        """A path of this machine."""
        return (PureWindowsPath if self.system.is_windows else PurePosixPath)(*parts)

    @abstractmethod
    def variable(self, name: str) -> Optional[str]:
        """An environment variable of this process; None when it is not set. Windows ignores case."""

    def secret(self, name: str, is_harmless: Harmless = nothing_is_harmless) -> Optional[Secret]:
        """An environment variable that may hold a secret; None when it is not set.

        A recording keeps only the shape of its value, unless `is_harmless(name, value)` says that it may be read.
        """
        value = self.variable(name)
        return None if value is None else Secret(value)

    def folder_of(self, name: str) -> Optional[PurePath]:
        """The absolute path that an environment variable holds, None when it is unset, empty or relative."""
        value = (self.variable(name) or "").strip().strip('"')
        path = self.path(value) if value else None
        return path if path is not None and path.is_absolute() else None

    def user_folder(self, folder: Folder) -> PurePath:
        """Where the system keeps the user's settings, data or caches of programs; whether it is there is not said."""
        return by_rule(self, folder)

    def search_path(self) -> tuple[PurePath, ...]:
        """The absolute folders of PATH in order, each once. Relative entries and the current folder never count."""
        return search_path_of(self)

    def which_all(self, name: str) -> tuple[PurePath, ...]:
        """Every program of that name on PATH, first found first; on Windows with PATHEXT's endings."""
        return programs_named(self, name)

    def which(self, name: str) -> Optional[PurePath]:
        """The program that this name starts, None when PATH has none."""
        found = self.which_all(name)
        return found[0] if found else None

    # --- files ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def read(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Union[Content, Failure]:
        """The first `limit_bytes` of a file."""

    @abstractmethod
    def stat(self, path: PurePath, follow: bool = True) -> Union[Stat, Failure]:
        """What the system says of a file; with `follow=False` of a link itself."""

    @abstractmethod
    def list(self, path: PurePath) -> Union[Listing, Failure]:
        """The names in a folder (at most 10,000), without "." and ".."."""

    @abstractmethod
    def real_path(self, path: PurePath) -> Union[PurePath, Failure]:
        """The path with every link followed."""

    def exists(self, path: PurePath) -> bool:
        return isinstance(self.stat(path), Stat)

    def is_file(self, path: PurePath) -> bool:
        stat = self.stat(path)
        return isinstance(stat, Stat) and stat.is_file

    def is_folder(self, path: PurePath) -> bool:
        stat = self.stat(path)
        return isinstance(stat, Stat) and stat.is_folder

    def read_text(self, path: PurePath, limit_bytes: int = READ_LIMIT_BYTES) -> Optional[str]:
        """The file as UTF-8 text, None when it cannot be read."""
        content = self.read(path, limit_bytes)
        return content.text if isinstance(content, Content) else None

    def names_in(self, path: PurePath) -> tuple[str, ...]:
        """The names in a folder, none when it cannot be listed."""
        listing = self.list(path)
        return listing.names if isinstance(listing, Listing) else ()

    def read_settings(
        self, path: PurePath, is_harmless: Harmless = nothing_is_harmless, limit_bytes: int = READ_LIMIT_BYTES
    ) -> Union[Content, Failure]:
        """A file of settings that may hold secrets: lines `NAME=value`, INI, YAML or JSON.

        It answers as `read` does. A recording keeps every name, comment, quote and blank of it, but of each value
        only the shape, unless it is short, a number, a word like "true", or `is_harmless(name, value)`.
        """
        return self.read(path, limit_bytes)

    # --- programs ------------------------------------------------------------------------------------------------

    @abstractmethod
    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        """Start a program (never through a shell, standard input closed) and wait for its end.

        `argv[0]` is an absolute path. `environment` is added to the process's own. When its time is up, or its
        output grows too large, the program is killed with its whole process tree.
        """

    @abstractmethod
    def file_version(self, path: PurePath) -> Union[str, Failure]:
        """Windows: the file version of a program or DLL, like "14.40.33810.0"."""

    @abstractmethod
    def registry(self, hive: str, path: str, view: int = 64) -> Union[Key, Failure]:
        """Windows: a registry key. `hive` is "HKLM" or "HKCU", `view` 64 or 32."""

    # --- network -------------------------------------------------------------------------------------------------

    @abstractmethod
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
        """One HTTP request, no redirects followed, at most 64 KB of the answer read.

        It goes through `proxy` (its whole URL, login included), and straight without one, whatever the environment
        says: which proxy is right is for the asker to know. Trust that cannot be used is `CERTIFICATE` with "bundle";
        a proxy that nothing can be sent through is `UNSUPPORTED` with "proxy-socks" or "proxy-url".
        """

    @abstractmethod
    def certificate(
        self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S, proxy: Optional[Secret] = None
    ) -> Union[Certificate, Failure]:
        """The certificate that a TLS server shows, whoever signed it. Nothing but the handshake is sent."""

    @abstractmethod
    def resolve(self, host: str, timeout_s: float = QUESTION_LIMIT_S) -> Union[Addresses, Failure]:
        """What the system's resolver says."""

    @abstractmethod
    def connect(self, host: str, port: int, timeout_s: float = QUESTION_LIMIT_S) -> Union[Connected, Failure]:
        """Whether a TCP connection can be made."""

    @abstractmethod
    def bind(self, host: str, port: int) -> Union[Bound, Failure]:
        """Whether a server could listen there now."""

    @abstractmethod
    def listeners(self) -> Union[Listeners, Failure]:
        """The listening TCP sockets."""

    # --- the rest ------------------------------------------------------------------------------------------------

    @abstractmethod
    def mounts(self) -> tuple[Mount, ...]:
        """The mounted file systems (Linux), none elsewhere."""

    @abstractmethod
    def groups(self) -> tuple[str, ...]:
        """The names of the POSIX groups that this process belongs to, none on Windows."""

    @abstractmethod
    def disk(self, path: PurePath) -> Union[Disk, Failure]:
        """The volume that holds `path`."""

    @abstractmethod
    def memory(self) -> Union[Memory, Failure]:
        """The memory that this system sees."""

    @abstractmethod
    def now(self) -> datetime:
        """The machine's clock, in UTC."""

    @abstractmethod
    def process_python(self) -> PurePath:
        """The interpreter that runs the doctor itself."""

    def close(self) -> None:  # noqa: B027  most machines have nothing to end
        """End whatever is still running. Questions asked afterwards have no answer."""
