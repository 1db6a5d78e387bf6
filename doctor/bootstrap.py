"""A fresh machine: makes the repository's own `.venv` with what the doctor needs, when that is not there.

Used by `python3 -m doctor` and `python3 -m tests`, with nothing but the standard library. An installed doctor never
gets further than the first question. Whatever is interrupted or fails leaves a mark, so that the next run begins
anew; two runs at once wait for each other; and a `.venv` that somebody else made is never deleted.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Iterator, NoReturn, Sequence, Union

ROOT = Path(__file__).absolute().parent.parent
GUARD = "AUTOGPT_DOCTOR_PREPARED"
"""Set for the process in `.venv`, which must not prepare anything again."""
NEEDED = ("platformdirs", "distro", "psutil", "packaging", "rich", "httpx", "yaml", "asn1crypto")
"""Modules, one for each dependency in pyproject.toml."""
NEEDED_BY_TESTS = ("pytest", "hypothesis", "jsonschema", "pyte", "trustme", "dotenv")
READY, UNFINISHED, LOCK = "doctor-ready", "doctor-unfinished", "doctor-lock"
LONGEST_WAIT_S = 600.0
OLDEST_PIP = (21, 3)
"""The first that installs a project without setup.py in place (PEP 660)."""
UNREACHABLE = (
    "NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "NameResolutionError",
    "Temporary failure in name resolution", "Name or service not known", "getaddrinfo failed", "nodename nor servname",
    "Network is unreachable", "Connection refused", "CERTIFICATE_VERIFY_FAILED", "(from versions: none)",
)  # fmt: skip
Argument = Union[str, Path]
OS_RELEASE = Path("/etc/os-release")
PACKAGES = (
    (("debian", "ubuntu"), "sudo apt install python{0}.{1}-venv"),
    (("fedora", "rhel", "centos"), "sudo dnf install python3-pip python3-libs"),
    (("suse", "opensuse", "sles"), "sudo zypper install python3-pip python3-base"),
    (("arch",), "sudo pacman -S python"),
    (("alpine",), "sudo apk add python3 py3-pip"),
)


def prepare(module: str, extra: str = "") -> None:
    """Return when everything needed is there; else go on in `.venv` (made first if need be) and never return.

    `module` is what `python -m` runs, `extra` the extra of pyproject.toml that it needs.
    """
    was_prepared = bool(os.environ.pop(GUARD, ""))
    if not (ROOT / "pyproject.toml").is_file():
        return  # installed, not a source tree
    venv = Venv(own_folder(ROOT), extra)
    if (venv.is_current() and venv.is_ready()) or has_everything(extra):
        return
    if was_prepared:
        _give_up(f"{venv.folder} lacks something although it has just been prepared; delete that folder and try again")
    try:
        if not venv.is_ready():
            venv.make()
        _go_on(venv.python, module)
    except KeyboardInterrupt:
        os._exit(130)
    except OSError as problem:
        _give_up(f"{venv.folder} cannot be prepared ({problem.strerror}); a folder that you may write to is needed")


def own_folder(root: Path) -> Path:
    """`.venv`, unless another kind of system made that one: Windows and WSL, or a container and its host, may share a
    folder, and neither can use, or may touch, what belongs to the other.
    """
    usual = root / ".venv"
    theirs, ours = ("bin", "Scripts") if os.name == "nt" else ("Scripts", "bin")
    is_foreign = (usual / theirs).is_dir() and not (usual / ours).is_dir()
    for name in (READY, UNFINISHED):
        with suppress(OSError):
            made_on = (usual / name).read_bytes().split()[:1]
            is_foreign = is_foreign or made_on not in ([], [sys.platform.encode()])
    return root / f".venv-{sys.platform}" if is_foreign else usual


def has_everything(extra: str) -> bool:
    """Whether this Python has every module and the project's own metadata (it names the checks)."""
    from importlib.util import find_spec

    modules = NEEDED + (NEEDED_BY_TESTS if extra else ()) + (("tomli",) if sys.version_info < (3, 11) else ())
    return all(find_spec(name) is not None for name in modules) and any(_names_metadata(entry) for entry in sys.path)


def _names_metadata(entry: str) -> bool:
    try:
        names = [path.name for path in Path(entry or ".").iterdir()]
    except OSError:
        return False
    return any(name.startswith("autogpt_doctor") and name.endswith((".dist-info", ".egg-info")) for name in names)


class Venv:
    """The virtual environment, and the marks in it that tell how far it is."""

    def __init__(self, folder: Path, extra: str) -> None:
        self.folder = folder
        self.extra = extra
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.ready, self.unfinished, self.lock = (folder / name for name in (READY, UNFINISHED, LOCK))

    def is_current(self) -> bool:
        return Path(sys.prefix).resolve() == self.folder.resolve()

    def is_ready(self) -> bool:
        """Everything was installed to the end, for the pyproject.toml of today, and its Python is still there."""
        try:
            stamp = self.ready.read_bytes()
        except OSError:
            return False
        return stamp in (self._stamp("test"), self._stamp(self.extra)) and self.python.exists()

    def _stamp(self, extra: str) -> bytes:
        return f"{sys.platform} {extra}\n".encode() + (ROOT / "pyproject.toml").read_bytes()

    def make(self) -> None:
        """Make it and install into it; only the last step marks it as ready."""
        _refuse_half_a_python()
        self.folder.mkdir(exist_ok=True)
        with self.lock.open("ab") as lock:
            _hold(lock)
            if self.is_ready():
                return  # another run has made it meanwhile
            _tell(f"preparing {self.folder.name} with what is needed; this is done once and takes about half a minute")
            if self._is_empty() or self._is_ours():
                self._clear()
                self.unfinished.write_text(sys.platform, encoding="ascii")
                self._run([sys.executable, "-I", "-m", "venv", self.folder], "a virtual environment cannot be made")
            elif not self._carries_out("pass"):
                _give_up(f"{self.folder} is there, but its Python does not run; delete that folder and try again")
            if self.ready.exists() or not self._carries_out(self._question):
                self._install()
            self.ready.write_bytes(self._stamp(self.extra))
            self.unfinished.unlink(missing_ok=True)

    def _is_empty(self) -> bool:
        return all(path == self.lock for path in self.folder.iterdir())

    def _is_ours(self) -> bool:
        """Made here before, and either not to its end or for a Python that is gone since (a system upgrade)."""
        return self.unfinished.exists() or (self.ready.exists() and not self._carries_out("pass"))

    @property
    def _question(self) -> str:
        """Asks an environment that somebody made by hand whether it has everything already."""
        return f"import sys; from doctor import bootstrap as b; sys.exit(not b.has_everything({self.extra!r}))"

    def _carries_out(self, line: str) -> bool:
        """Whether its Python runs a line of code without complaint."""
        import subprocess

        try:
            ended = subprocess.run([self.python, "-c", line], cwd=ROOT, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError):
            return False
        return ended.returncode == 0

    def _clear(self) -> None:
        """Everything but the two marks goes; the one that says it is unfinished stays to the end."""
        import shutil

        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path not in (self.lock, self.unfinished):
                path.unlink()

    def _install(self) -> None:
        pip: list[Argument] = [self.python, "-I", "-m", "pip"]
        failed = "what is needed could not be installed"
        version = self._run([*pip, "--version"], failed).split()
        if len(version) > 1 and _numbers(version[1]) < OLDEST_PIP:
            self._run([*pip, "install", "--upgrade", "pip"], failed)
        self._run([*pip, "install", "--editable", f".[{self.extra}]" if self.extra else "."], failed)

    def _run(self, argv: Sequence[Argument], failed: str) -> str:
        """What a program prints; when it fails, that is shown, with a sentence below it."""
        import subprocess

        # As variables, because pip does not hand its options on to the pip that installs what a build needs.
        settings = {"PIP_USER": "0", "PIP_RETRIES": "2", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        environment = {**os.environ, **settings, "PYTHONIOENCODING": "utf-8"}
        ended = subprocess.run(
            argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output = ended.stdout.decode("utf-8", "replace")
        if ended.returncode == 0:
            return output
        if any(sign in output for sign in UNREACHABLE):
            _give_up(f"{failed}: the package index cannot be reached; with a network, or the proxy set, try again")
        sys.stderr.write("".join(f"  {line}\n" for line in _printable(output).splitlines()[-15:]))
        _give_up(f"{failed}; above is why")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _printable(text: str) -> str:
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    return text.encode(encoding, "replace").decode(encoding, "replace")


def _refuse_half_a_python() -> None:
    """Some systems split the standard library; say which package brings the missing part."""
    from importlib.util import find_spec

    missing = [name for name in ("venv", "ensurepip") if find_spec(name) is None]
    if not sys.executable:
        _give_up("this Python does not know its own path, so it can make no virtual environment")
    if missing:
        version = ".".join(str(number) for number in sys.version_info[:2])
        _give_up(f"this Python {version} comes without {missing[0]}, which is needed once; {_how_to_get_it()}")


def _how_to_get_it() -> str:
    likes = set(_os_release())
    for names, command in PACKAGES:
        if likes & set(names):
            return "install it: " + command.format(*sys.version_info[:2])
    return "a complete Python is at https://www.python.org/downloads/"


def _os_release() -> Iterator[str]:
    """The distribution's ID and those that it is like."""
    try:
        lines = OS_RELEASE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        name, _, value = line.strip().partition("=")
        if name in ("ID", "ID_LIKE"):
            yield from value.strip("\"'").lower().split()


def _hold(lock: IO[bytes]) -> None:
    """Wait until no other run holds the lock. It goes with its process, so none is ever left over."""
    from time import monotonic, sleep

    deadline, was_told = monotonic() + LONGEST_WAIT_S, False
    while not _take(lock):
        if monotonic() > deadline:
            _give_up("another run has been preparing .venv for ten minutes; end it and try again")
        if not was_told:
            _tell("another run is preparing .venv; waiting for it")
            was_told = True
        sleep(0.2)


def _take(lock: IO[bytes]) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks: better made without one than not at all
    return True


def _go_on(python: Path, module: str) -> NoReturn:
    """The same command in `.venv`."""
    argv = [str(python), "-m", module, *sys.argv[1:]]
    environment = dict(os.environ, **{GUARD: "1"})
    if os.name != "nt":
        os.execve(python, argv, environment)
    import subprocess

    # Windows has no exec: the caller would get its prompt back at once. Ctrl-C reaches the child too, which answers it.
    child = subprocess.Popen(argv, env=environment)
    while True:
        try:
            os._exit(child.wait())
        except KeyboardInterrupt:
            continue


def _tell(sentence: str) -> None:
    sys.stderr.write(_printable(f"autogpt-doctor: {sentence}\n"))
    sys.stderr.flush()


def _give_up(sentence: str) -> NoReturn:
    _tell(sentence)
    sys.exit(2)
