"""The small frozen answers of a machine, and the two ways in which there is none."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from pathlib import PurePath
from typing import Callable, Mapping, NamedTuple, Optional, Sequence, Union


class Unavailable(Exception):
    """A fact cannot be had. Whatever needs it is then not checked, because of `reason`.

    `reason` is a sentence (a `say()`, or plain text without any value in it). `cause` is the code of the finding
    that explains it, where there is one ("checkout.none"): the report folds what was not checked under it.
    `kind` is "unavailable", "offline", "not-recorded", or "not-asked" for what a person has to ask for first. `links`
    (each a `Link`) tell where it can be looked up.
    """

    def __init__(
        self, reason: object, cause: str = "", kind: str = "unavailable", links: Sequence[object] = ()
    ) -> None:
        super().__init__(cause or kind)
        self.reason = reason
        self.cause = cause
        self.kind = kind
        self.links = tuple(links)


class NotHere(Exception):
    """Raised by a check that has nothing to judge on this kind of machine: the report leaves it out, as if it were
    not there. Raised by a fact it does the same to every check that cannot do without that fact."""


class FailureKind(Enum):
    """Why a question has no answer; the names are stable, recordings use them."""

    ABSENT = "absent"  # no such file, program, key, host name
    DENIED = "denied"  # not permitted
    TIMED_OUT = "timed-out"
    REFUSED = "refused"  # nothing listens there
    UNREACHABLE = "unreachable"  # no route
    RESET = "reset"  # the other side hung up
    IN_USE = "in-use"  # the port is taken
    NOT_A_FILE = "not-a-file"
    NOT_A_FOLDER = "not-a-folder"
    NOT_RUNNABLE = "not-runnable"  # the system cannot start it (wrong format, missing interpreter)
    CERTIFICATE = "certificate"  # TLS: the certificate was not accepted; detail is the verify code
    PROTOCOL = "protocol"  # the other side does not speak what was expected
    UNSUPPORTED = "unsupported"  # this system has no such thing (a registry on Linux)
    OTHER = "other"


class Failure(NamedTuple):
    """The answer that is none. `detail` is an errno name or a code, never text that a person typed."""

    kind: FailureKind
    detail: str = ""


class System(NamedTuple):
    """What kind of machine this is."""

    kind: str
    """"linux", "darwin" or "windows"."""
    name: str
    """For a person: "Ubuntu 22.04.5 LTS", "macOS 15.1", "Windows 11"."""
    release: str
    """Kernel release ("6.8.0-40-generic", "24.1.0"); on Windows the version with build ("10.0.22631")."""
    architecture: str
    """Of the processor: "x86_64", "arm64", "x86", or whatever the system calls it."""
    process_architecture: str = ""
    """Of the doctor's own process, where it differs (Rosetta, 32-bit Python); else the same."""
    libc: str = ""
    """"glibc 2.36" or "musl 1.2" on Linux; else empty."""
    distribution: str = ""
    """The ID of os-release ("ubuntu"); empty elsewhere."""
    is_elevated: bool = False
    """root, or an elevated Windows process."""

    @property
    def is_windows(self) -> bool:
        return self.kind == "windows"

    @property
    def is_mac(self) -> bool:
        return self.kind == "darwin"

    @property
    def is_linux(self) -> bool:
        return self.kind == "linux"


class Stat(NamedTuple):
    """What the system says of a file without opening it."""

    kind: str
    """"file", "folder", "link" (only when links are not followed) or "other" (a socket, a device)."""
    size_bytes: int = 0
    mode: int = 0o644
    """Permission bits; what Windows reports there says nothing."""
    owner: Optional[int] = None
    """Numeric user id; None on Windows."""
    is_hidden: bool = False
    """Windows' hidden attribute, or macOS' hidden flag."""
    reparse_tag: int = 0
    """Windows: 0x8000001B is an app execution alias (the Microsoft Store stub)."""
    can_write: bool = True
    """Whether this process may write to it (os.access)."""

    @property
    def is_file(self) -> bool:
        return self.kind == "file"

    @property
    def is_folder(self) -> bool:
        return self.kind == "folder"

    @property
    def is_executable(self) -> bool:
        return self.kind == "file" and bool(self.mode & 0o111)


class Content(NamedTuple):
    """The bytes of a file, up to the limit that was asked for."""

    data: bytes
    is_cut: bool = False

    @property
    def text(self) -> str:
        """As UTF-8 without a byte order mark; what does not decode becomes U+FFFD."""
        return self.data.decode("utf-8-sig", "replace")


class Listing(NamedTuple):
    """The names in a folder, sorted."""

    names: tuple[str, ...]
    is_cut: bool = False


class Ran(NamedTuple):
    """A program that came to its end by itself within its time."""

    status: int
    stdout: bytes = b""
    stderr: bytes = b""
    is_cut: bool = False

    @property
    def out(self) -> str:
        return decode(self.stdout)

    @property
    def err(self) -> str:
        return decode(self.stderr)


class Key(NamedTuple):
    """A registry key: its values (the default value under "") and the names of its sub-keys."""

    values: Mapping[str, Union[str, int, bytes, tuple[str, ...]]]
    subkeys: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """The value as text, "" when it is absent or of another type. Names ignore case."""
        for known, value in self.values.items():
            if known.lower() == name.lower():
                return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
        return ""

    def number(self, name: str) -> Optional[int]:
        """The value as a number, None when it is absent or none."""
        for known, value in self.values.items():
            if known.lower() == name.lower():
                return value if isinstance(value, int) else None
        return None


class Response(NamedTuple):
    """An HTTP answer; redirects are never followed. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool = False


class Trust(NamedTuple):
    """Whose word a request takes for a certificate: a file of certificates, or a folder that OpenSSL has hashed. With
    neither it is Mozilla's list, as the package certifi brings it along.
    """

    file: Optional[PurePath] = None
    folder: Optional[PurePath] = None
    is_strict: bool = False
    """As Python does it from 3.13 on: authorities have to keep to the letter of RFC 5280, and those of many companies
    do not; but one that stands in the list itself needs nobody above it."""


class Certificate(NamedTuple):
    """What a TLS server shows of itself, whether or not anybody vouches for it."""

    subject: str
    """Common name and organization, as far as it tells them: "api.example.com, Example Inc."."""
    issuer: str
    """Who signed it, in the same form."""
    not_before: datetime
    not_after: datetime
    is_trusted_by_system: bool = False
    """Whether the system's own list knows who signed it, and it is valid now; its names are not compared."""


class Addresses(NamedTuple):
    """What a name resolves to, in the resolver's order."""

    addresses: tuple[str, ...]


class Connected(NamedTuple):
    """A TCP connection that could be made (and was closed at once)."""

    address: str


class Bound(NamedTuple):
    """A port that could be bound (and was released at once)."""

    port: int


class Disk(NamedTuple):
    total_bytes: int
    free_bytes: int


class Memory(NamedTuple):
    total_bytes: int
    available_bytes: int


class Listener(NamedTuple):
    """A listening TCP socket; `program` is empty where the system does not tell."""

    address: str
    port: int
    pid: Optional[int] = None
    program: str = ""


class Listeners(NamedTuple):
    listeners: tuple[Listener, ...]


class Mount(NamedTuple):
    """A mounted file system of a POSIX machine."""

    point: PurePath
    filesystem: str
    options: tuple[str, ...] = ()


class Script(str):
    """A long argument of a program (a script after `-c`), known to recordings by its name only."""

    name: str

    def __new__(cls, name: str, text: str) -> Script:
        made = super().__new__(cls, text)
        made.name = name
        return made


Argument = Union[str, PurePath]

Harmless = Callable[[str, str], bool]
"""Says of a setting's name and value that the value is no secret (a known placeholder, the name of a model)."""


def decode(data: bytes) -> str:
    """What a program printed, as text: a byte order mark counts, UTF-16 without one is recognised by its NULs.

    wsl.exe writes UTF-16LE without a mark, in old builds with lines that end in CR CR LF; carriage returns go.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif b"\0" in data[:200]:
        text = data[: len(data) // 2 * 2].decode("utf-16-le", "replace")
    else:
        text = data.decode("utf-8-sig", "replace")
    return text.replace("\r", "")
