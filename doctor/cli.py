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
from typing import TYPE_CHECKING, NoReturn, Optional, Sequence

from doctor import __version__
from doctor.arguments import HELP, WrongUsage, nearest, parse, wrong
from doctor.choosing import chosen_checks, machine_and_options, names_of

if TYPE_CHECKING:
    from doctor.about import Options
    from doctor.checkup import Watcher
    from doctor.machine import Machine
    from doctor.output import Destination
    from doctor.readers.layout import Line, Look
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
    from doctor.machine.looks import BadRecording
    from doctor.output import Unwritable
    from doctor.words import Unsafe, clean, render

    if isinstance(problem, (WrongUsage, Unwritable)):
        _complain(render(problem.words, _own_place()))
        return USAGE_ERROR
    if isinstance(problem, BadRecording):
        _complain(clean(str(problem), _own_place()))
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
    if asked.command == "record":
        return _record(asked)
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
    """The report on a machine. Whether it can be written where it is wanted is found out before anything else."""
    from doctor.output import Destination

    destination = Destination(Path(asked.output)) if asked.output else None
    if destination:
        destination.check()
    machine, options = machine_and_options(asked)
    try:
        report, scrubber = _visit(machine, options, asked)
        deliver(report, scrubber, asked, destination)
    finally:
        machine.close()
    return report.exit_status


def _visit(machine: Machine, options: Options, asked: argparse.Namespace) -> tuple[Report, Scrubber]:
    from doctor.checkup import RUN_LIMIT_S
    from doctor.registry import Registry
    from doctor.visit import visit

    registry = Registry.of_everything_installed()
    return visit(
        machine,
        registry,
        options,
        version=__version__,
        chosen=chosen_checks(asked, registry),
        is_strict=asked.strict,
        run_limit_s=asked.timeout or RUN_LIMIT_S,
        watcher=_watcher(),
    )


def _record(asked: argparse.Namespace) -> int:
    """What this machine answers to the checks' questions, in a file. Nothing is written when it was stopped."""
    from doctor.machine.recorder import Recorder
    from doctor.machine.recording_writer import check_target
    from doctor.output import Destination
    from doctor.words import render, say

    path = Path(asked.word)
    check_target(path)
    Destination(path).check()
    machine, options = machine_and_options(asked)
    recorder = Recorder(machine, options.folder, options.is_given)
    try:
        report, scrubber = _visit(recorder, options, asked)
        if report.was_stopped:
            return STOPPED
        recorder.write(path)
    finally:
        machine.close()
    words = say("{path} holds what this machine answers, without its secrets and names.", path=path)
    again = f"{program()} replay {path.name} examines it, on any computer."
    return _say(scrubber.hide(f"{render(words, report.place)}\n{again}\n"))


def _watcher() -> Optional[Watcher]:
    """The progress line, where somebody is looking: standard output and standard error are both a terminal."""
    streams = (sys.stdout, sys.stderr)
    if any(stream is None or not stream.isatty() for stream in streams) or os.environ.get("TERM") == "dumb":
        return None
    from doctor.readers.progress import Progress
    from doctor.readers.terminal import look_of

    return Progress(sys.stderr, look_of(sys.stderr))


# --- what is printed --------------------------------------------------------------------------------------------------


def deliver(report: Report, scrubber: Scrubber, asked: argparse.Namespace, destination: Optional[Destination]) -> None:
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


def _deliver_text(
    report: Report, scrubber: Scrubber, asked: argparse.Namespace, destination: Optional[Destination], look: Look
) -> None:
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
    to_stdout(lambda stream: write(lines, stream, with_colours=coloured(stream) and not asked.no_color))


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
