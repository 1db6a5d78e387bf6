"""What an interpreter is asked about itself, and how its answer is read.

The script runs under `-I -S` and imports nothing but what every interpreter has built in, so that it costs little more
than the start of the interpreter; and nothing of the user's (PYTHONPATH, sitecustomize, the current folder) can
disturb it. Answers are judged with care: a program of that name may print anything.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any, Mapping, NamedTuple, Optional, Union

from checks.interpreters import Found, Interpreter, Mute
from doctor.machine import Failure, FailureKind, Machine, Ran, Script

QUESTION_LIMIT_S = 4.0
"""Twice this, for those in front and for the others, is less than what a fact may take."""

QUESTION = Script(
    "interpreter",
    r"""
import sys
try:
    import nt as system
    machine = ""
except ImportError:
    import posix as system
    machine = system.uname()[4]
def there(path):
    try:
        system.stat(path)
    except (OSError, ValueError):
        return False
    return True
def origin(name):
    for finder in reversed(sys.meta_path):
        spec = finder.find_spec(name, None)
        if spec is not None:
            return spec.origin or "somewhere"
    return ""
def folder(path):
    return path[: max(path.rfind("/"), path.rfind("\\"), 0)]
def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join("\\" + c if c in '\\"' else c if c >= " " else "\\u%04x" % ord(c) for c in value) + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(each) for each in value) + "]"
    return str(value)
beside = folder(sys.executable or "")
environments = [each for each in (folder(beside), beside) if each and there(each + "/pyvenv.cfg")]
answer = (
    ("version", sys.version_info[:4]),
    ("implementation", sys.implementation.name),
    ("bits", 64 if sys.maxsize > 2 ** 32 else 32),
    ("about", sys.version),
    ("system", sys.platform),
    ("machine", machine),
    ("prefix", (environments or [sys.prefix])[0]),
    ("base_prefix", sys.base_prefix),
    ("modules", [name for name in ("venv", "ensurepip", "_ssl") if origin(name)]),
    ("is_managed", there(folder(origin("os")) + "/EXTERNALLY-MANAGED")),
    ("abi", getattr(sys, "abiflags", "")),
)
line = "{" + ", ".join(text(name) + ": " + text(value) for name, value in answer) + "}\n"
getattr(sys.stdout, "buffer", sys.stdout).write(line.encode("utf-8", "replace"))
""",
)


class Candidate(NamedTuple):
    """A program that may be an interpreter, before it is asked."""

    path: PurePath
    source: str
    names: tuple[str, ...] = ()
    """The names under which PATH finds it, first found only."""
    version: tuple[int, ...] = ()
    """What its place says of its version, as far as it says it."""
    implementation: str = "cpython"
    bits: int = 64
    is_free_threaded: bool = False
    is_store_alias: bool = False
    """An app execution alias of Windows: either Python from the Microsoft Store or the placeholder that opens it."""


def ask(machine: Machine, candidate: Candidate) -> Found:
    """Start the candidate with the question and read its answer."""
    ran = machine.run((candidate.path, "-I", "-S", "-c", QUESTION), timeout_s=QUESTION_LIMIT_S)
    found = _interpreter(candidate, ran)
    if found is not None:
        return found
    if candidate.is_store_alias:
        return Mute(candidate.path, "store-stub", names=candidate.names)
    reason, detail = _reason(ran)
    return Mute(candidate.path, reason, detail, candidate.names)


def unasked(candidate: Candidate) -> Optional[Interpreter]:
    """What its place tells of an interpreter that is not started; None when that is not even the version."""
    if len(candidate.version) < 2:
        return None
    return Interpreter(
        candidate.path,
        (candidate.version[0], candidate.version[1], candidate.version[2] if len(candidate.version) > 2 else 0),
        candidate.source,
        candidate.names,
        candidate.implementation,
        candidate.bits,
        is_free_threaded=candidate.is_free_threaded,
        is_asked=False,
    )


def _reason(ran: Union[Ran, Failure]) -> tuple[str, str]:
    if isinstance(ran, Failure):
        if ran.kind is FailureKind.TIMED_OUT:
            return "timed-out", ""
        return ("not-runnable" if ran.kind is not FailureKind.OTHER else "no-answer"), ran.detail
    if ran.status == 2 and "-I" in ran.err:
        return "python2", ""
    said = (ran.err or ran.out).strip().split("\n", 1)[0][:200]
    return ("not-runnable" if ran.status in (126, 127, 132, 134) or ran.status < 0 else "no-answer"), said


def _interpreter(candidate: Candidate, ran: Union[Ran, Failure]) -> Optional[Interpreter]:
    answer = _answer(ran)
    version = answer.get("version")
    if not isinstance(version, list) or len(version) < 3 or not all(_is_number(number) for number in version[:3]):
        return None
    about, system = _text(answer, "about"), _text(answer, "system")
    prefix, base = _text(answer, "prefix"), _text(answer, "base_prefix")
    modules = answer.get("modules")
    names = modules if isinstance(modules, list) else []
    architecture = _architecture(about, system, _text(answer, "machine"))
    return Interpreter(
        path=candidate.path,
        version=(version[0], version[1], version[2]),
        source=candidate.source,
        names=candidate.names,
        implementation=_text(answer, "implementation") or "cpython",
        bits=32 if answer.get("bits") == 32 else 64,
        architecture=architecture,
        platform=_platform(about, system, architecture),
        prefix=prefix,
        base_prefix=base,
        has_venv="venv" in names,
        has_ensurepip="ensurepip" in names,
        has_ssl="_ssl" in names,
        is_externally_managed=answer.get("is_managed") is True and prefix == base,
        is_free_threaded="free-threading" in about or "t" in _text(answer, "abi"),
        is_prerelease=len(version) > 3 and version[3] != "final",
    )


def _answer(ran: Union[Ran, Failure]) -> Mapping[str, Any]:
    """The last line that is a JSON object; wrappers may print lines of their own before it."""
    import json

    if isinstance(ran, Failure) or ran.status != 0:
        return {}
    for line in reversed(ran.out.splitlines()):
        if line.startswith("{"):
            try:
                answer = json.loads(line)
            except (ValueError, RecursionError):
                return {}
            return answer if isinstance(answer, dict) else {}
    return {}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def _architecture(about: str, system: str, machine: str) -> str:
    """Windows tells what an interpreter was built for only in its description: "[MSC v.1937 64 bit (AMD64)]"."""
    if system != "win32":
        return {"amd64": "x86_64", "aarch64": "arm64"}.get(machine.lower(), machine)
    built_for = re.search(r"\((AMD64|ARM64|Intel|ARM)\)", about, re.IGNORECASE)
    known = {"amd64": "x86_64", "arm64": "arm64", "intel": "x86", "arm": "arm"}
    return known[built_for[1].lower()] if built_for else ""


def _platform(about: str, system: str, architecture: str) -> str:
    """As sysconfig.get_platform() says it, without importing sysconfig."""
    if system != "win32":
        return f"{'macosx' if system == 'darwin' else system}-{architecture}"
    if "GCC" in about or "Clang" in about:
        return f"mingw_{architecture}"
    return {"x86_64": "win-amd64", "arm64": "win-arm64", "arm": "win-arm32"}.get(architecture, "win32")
