"""The command line: what was asked for, and the exit status.

0 nothing wrong, 1 at least one problem, 2 wrong usage, 3 no problem found but not everything could be examined (or
the doctor itself failed), 130 stopped by Ctrl-C. Whatever goes wrong is one sentence on standard error, never a
traceback. Nothing is imported here that `--help` and `--version` do not need.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Optional, Sequence

from doctor import __version__
from doctor.arguments import HELP, WrongUsage, nearest, parse, wrong

if TYPE_CHECKING:
    from doctor.about import Options
    from doctor.machine import Machine
    from doctor.readers.layout import Line, Look
    from doctor.registry import Registry
    from doctor.report import Report
    from doctor.words import Place, Scrubber

USAGE_ERROR, FAILED, STOPPED = 2, 3, 130


def main() -> NoReturn:
    """The console script."""
    status = guarded(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    # Threads that wait for a program or a server that never answers are left behind; waiting for the interpreter to
    # clear them away can take as long as they do, and can crash it.
    os._exit(status)


def guarded(argv: Sequence[str]) -> int:
    """`run`, with whatever goes wrong in it as one sentence and an exit status."""
    try:
        return run(argv)
    except KeyboardInterrupt:
        return STOPPED
    except BaseException as problem:  # noqa: BLE001 - our own crash is a sentence, never a traceback
        return _failed(problem)


def _failed(problem: BaseException) -> int:
    from doctor.output import Unwritable
    from doctor.words import Unsafe, render

    if isinstance(problem, (WrongUsage, Unwritable)):
        _complain(render(problem.words, _own_place()))
        return USAGE_ERROR
    if isinstance(problem, Unsafe):
        _complain("the report could not be made safe to show, so it is not shown")
    elif isinstance(problem, ModuleNotFoundError):
        _complain(f"a part that it needs is missing ({problem.name}); install it again")
    else:
        _complain(f"it failed itself ({type(problem).__name__} at {_where(problem)})")
    return FAILED


def _where(problem: BaseException) -> str:
    """The last place in our own code: no message, which may hold anything."""
    frame, place = problem.__traceback__, "an unknown place"
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename.replace("\\", "/")
        if "/doctor/" in name or "/checks/" in name:
            place = f"{'/'.join(name.rsplit('/', 2)[-2:])}:{frame.tb_lineno}"
        frame = frame.tb_next
    return place


def _complain(sentence: str) -> None:
    from doctor.readers.terminal import look_of

    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(look_of(sys.stderr).fit(f"{program()}: {sentence}\n"))


def _own_place() -> Place:
    """The person's own names, for leaving them out of a complaint; the machine has not been asked yet."""
    from doctor.words import NOWHERE, Place

    try:
        return Place(Path.home())
    except RuntimeError:
        return NOWHERE


def program() -> str:
    """How the person started the doctor."""
    if Path(sys.argv[0]).parts[-2:] != ("doctor", "__main__.py"):
        return "autogpt-doctor"
    return "python -m doctor" if sys.platform == "win32" else "python3 -m doctor"


# --- doing it ---------------------------------------------------------------------------------------------------------


def run(argv: Sequence[str]) -> int:
    """Carry out one command line and return the exit status."""
    asked = parse(argv)
    if asked.help:
        return _say(HELP.format(program=program()))
    if asked.version:
        return _say(f"autogpt-doctor {__version__}\n")
    if asked.command == "list":
        return _list(asked)
    if asked.command == "explain":
        return _explain(asked)
    return _examine(asked)


def _say(text: str) -> int:
    from doctor.output import to_stdout

    to_stdout(lambda stream: (stream.write(text), None)[1])
    return 0


def _look(asked: argparse.Namespace) -> Look:
    from doctor.readers.terminal import look_of

    stream = None if asked.output else sys.stdout
    look = look_of(stream, is_verbose=asked.verbose, program=program())
    return look._replace(is_ascii=look.is_ascii or asked.ascii)


def _examine(asked: argparse.Namespace) -> int:
    from doctor.checkup import RUN_LIMIT_S
    from doctor.output import Destination
    from doctor.registry import Registry
    from doctor.visit import visit

    destination = Destination(Path(asked.output)) if asked.output else None
    if destination:
        destination.check()
    recording = Destination(Path(asked.word)) if asked.command == "record" else None
    if recording:
        recording.check()
    machine, options = _machine(asked)
    registry = Registry.of_everything_installed()
    chosen = _chosen(asked, registry)
    report, scrubber = visit(
        machine,
        registry,
        options,
        version=__version__,
        chosen=chosen,
        is_strict=asked.strict,
        run_limit_s=asked.timeout or RUN_LIMIT_S,
        watcher=_watcher(asked),
    )
    try:
        deliver(report, scrubber, asked, destination)
    finally:
        machine.close()
    return report.exit_status


def _watcher(asked: argparse.Namespace) -> Any:
    """The progress line, where somebody is looking: standard output and standard error are both a terminal."""
    streams = (sys.stdout, sys.stderr)
    if any(stream is None or not stream.isatty() for stream in streams) or os.environ.get("TERM") == "dumb":
        return None
    from doctor.readers.progress import Progress
    from doctor.readers.terminal import look_of

    return Progress(sys.stderr, look_of(sys.stderr))


def _chosen(asked: argparse.Namespace, registry: Registry) -> Optional[set[str]]:
    """The ids of the checks to run; None for all."""
    if not asked.only and not asked.skip:
        return None
    for name in (*asked.only, *asked.skip):
        if not registry.matching([name]):
            hint = nearest(name, names_of(registry)) or "; autogpt-doctor list names them all"
            wrong("there is no check {name}{hint}", name=name, hint=hint)
    chosen = registry.matching(asked.only) if asked.only else set(registry.checks)
    chosen -= registry.matching(asked.skip)
    if not chosen:
        wrong("--only and --skip together leave no check to make")
    return chosen


def names_of(registry: Registry) -> list[str]:
    """Everything that names a check: ids, groups and finding codes."""
    checks = registry.checks.values()
    return sorted({name for check in checks for name in (check.id, check.group, *check.codes)})


def _machine(asked: argparse.Namespace) -> tuple[Machine, Options]:
    if asked.command == "replay":
        return _recorded(asked)
    from doctor.about import Options
    from doctor.machine.live import Live

    folder = _absolute(asked.checkout or ".")
    if not folder.is_dir():
        if folder.exists():
            wrong("{folder} is no folder", folder=folder)
        wrong("there is no folder {folder}{hint}", folder=folder, hint=_near_path(folder))
    machine: Machine = Live()
    if asked.offline:
        from doctor.machine.offline import Offline

        machine = Offline(machine)
    return machine, Options(machine.path(str(folder)), bool(asked.checkout), asked.offline, asked.billing)


def _absolute(given: str) -> Path:
    """Without `..`, and with links as the person sees them: following them turns mapped drives into network paths."""
    try:
        return Path(os.path.abspath(Path(given).expanduser()))  # noqa: PTH100
    except RuntimeError:
        wrong("{given} names a home folder, and there is none", given=given)
    except OSError:
        wrong("the current folder does not exist any more; change to another one, or name one with -C")


def _near_path(path: Path) -> str:
    """The name beside it that was probably meant."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    return nearest(path.name, names)


def _recorded(asked: argparse.Namespace) -> tuple[Machine, Options]:
    from doctor.about import Options
    from doctor.machine.recorded import BadRecording, load
    from doctor.words import say

    path = Path(asked.word)
    if not path.exists():
        wrong("there is no file {path}{hint}", path=path, hint=_near_path(_absolute(asked.word)))
    try:
        machine = load(path)
    except BadRecording as problem:
        raise WrongUsage(say("{problem}", problem=str(problem))) from None
    folder = machine.folder / machine.path(asked.checkout) if asked.checkout else machine.folder
    return machine, Options(folder, bool(asked.checkout), asked.offline, asked.billing)


# --- what is printed --------------------------------------------------------------------------------------------------


def deliver(report: Report, scrubber: Scrubber, asked: argparse.Namespace, destination: Any) -> None:
    """Draw the report and send it where it was asked for. Raises `Unsafe` before anything has left."""
    from doctor.output import to_stdout

    look = _look(asked)
    if asked.format == "text":
        _deliver_text(report, scrubber, asked, destination, look)
        return
    if asked.format == "json":
        from doctor.readers.json import ascii_only, draw

        text = draw(report, scrubber)
        shown = text if look.encoding == "utf-8" else ascii_only(text)
    else:
        from doctor.readers.markdown import draw as draw_markdown

        text = scrubber.hide(draw_markdown(report))
        shown = text.encode(look.encoding, "xmlcharrefreplace").decode(look.encoding)
    if destination:
        destination.write(text)
    else:
        to_stdout(lambda stream: (stream.write(shown), None)[1])


def _deliver_text(report: Report, scrubber: Scrubber, asked: argparse.Namespace, destination: Any, look: Look) -> None:
    from doctor.output import to_stdout
    from doctor.readers.layout import Segment, plain
    from doctor.readers.terminal import coloured, write
    from doctor.readers.text import draw

    lines = draw(report, look)
    text = plain(lines)
    safe = scrubber.hide(text)
    if safe != text:  # something had to go: the colours go with it
        lines = [(Segment(line),) if line else () for line in safe.splitlines()]
    if destination:
        destination.write(safe)
        return
    to_stdout(
        lambda stream: write(lines, stream, with_colours=coloured(stream) and not asked.no_color)
    )


def _list(asked: argparse.Namespace) -> int:
    from doctor.readers.explain import draw_list, list_document
    from doctor.registry import Registry

    registry = Registry.of_everything_installed()
    if asked.format == "json":
        import json

        return _say(json.dumps(list_document(registry), indent=2) + "\n")
    return _print(draw_list(registry, _look(asked)), asked)


def _explain(asked: argparse.Namespace) -> int:
    from doctor.readers.explain import draw_explanation
    from doctor.registry import Registry

    registry = Registry.of_everything_installed()
    ids = registry.matching([asked.word])
    if not ids:
        hint = nearest(asked.word, names_of(registry)) or "; autogpt-doctor list names all checks"
        wrong("there is no check or finding {name}{hint}", name=asked.word, hint=hint)
    return _print(draw_explanation([registry.checks[id] for id in ids], _look(asked)), asked)


def _print(lines: Sequence[Line], asked: argparse.Namespace) -> int:
    from doctor.output import to_stdout
    from doctor.readers.terminal import coloured, write

    to_stdout(lambda stream: write(lines, stream, with_colours=coloured(stream) and not asked.no_color))
    return 0
