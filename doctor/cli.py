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
from time import monotonic
from typing import TYPE_CHECKING, NoReturn, Optional, Sequence

from doctor import __version__
from doctor.arguments import HELP, WrongUsage, parse
from doctor.choosing import chosen_checks, machine_and_options

if TYPE_CHECKING:
    from doctor.about import Options
    from doctor.checkup import Watcher
    from doctor.machine import Machine
    from doctor.report import Report
    from doctor.words import Place, Scrubber

USAGE_ERROR, FAILED, STOPPED = 2, 3, 130
SHORTEST_RUN_S = 0.1


class Told(BaseException):
    """The system tells the doctor to end. No SystemExit, which a plugin may raise and the doctor survives."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def main() -> NoReturn:
    """The console script."""
    try:
        _end_when_told()
        status = guarded(sys.argv[1:])
    except KeyboardInterrupt:  # a second one, while the first was answered
        status = STOPPED
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, KeyboardInterrupt):
            if stream is not None:
                stream.flush()
    # Threads that still wait for something that never answers are left behind, and so is the interpreter's own tidying
    # up, which cannot touch them safely and costs 7 % of a whole run (45 of 630 ms when it was measured).
    os._exit(status)


def _end_when_told() -> None:
    """A terminal that closes, or `timeout`, ends the doctor in order: no program that it started stays behind."""
    import signal

    def end(number: int, frame: object) -> NoReturn:
        raise Told(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, end)


def guarded(argv: Sequence[str]) -> int:
    """`run`, with whatever goes wrong in it as one sentence and an exit status."""
    try:
        return run(argv)
    except KeyboardInterrupt:
        return STOPPED
    except Told as told:
        return told.status
    except SystemExit as told:
        return told.code if isinstance(told.code, int) else FAILED
    except BaseException as problem:  # noqa: BLE001 - our own crash is a sentence, never a traceback
        return _failed(problem)


def _failed(problem: BaseException) -> int:
    from doctor.machine.looks import BadRecording
    from doctor.output import Undelivered, Unwritable
    from doctor.words import Unsafe, clean, render

    if isinstance(problem, (WrongUsage, Unwritable)):
        _complain(render(problem.words, _own_place()))
        return USAGE_ERROR
    if isinstance(problem, BadRecording):
        _complain(clean(str(problem), _own_place()))
        return USAGE_ERROR
    if isinstance(problem, Undelivered):
        _complain(render(problem.words, _own_place()))
    elif isinstance(problem, Unsafe):
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
    asked.began = monotonic()
    if asked.help:
        return _say(HELP.format(program=program()))
    if asked.version:
        return _say(f"autogpt-doctor {__version__}\n")
    if asked.output:
        from doctor.output import Destination

        Destination(Path(asked.output)).check()  # before any work is done
    if asked.command in ("list", "explain"):
        from doctor import itself

        return (itself.list_checks if asked.command == "list" else itself.explain)(asked, program())
    if asked.command == "record":
        return _record(asked)
    return _examine(asked)


def _say(text: str) -> int:
    """A few words to standard output, in ASCII."""
    from doctor.output import to_stdout

    to_stdout(lambda stream: (stream.write(text), None)[1])
    return 0


def _examine(asked: argparse.Namespace) -> int:
    """The report on a machine."""
    from doctor.delivery import deliver

    _agree(asked)
    machine, options = machine_and_options(asked)
    try:
        report, scrubber = _visit(machine, options, asked)
        deliver(report, scrubber, asked, program())
    finally:
        close(machine)
    return report.exit_status


def close(machine: Machine) -> None:
    """End what was started, all of it: a second Ctrl-C (or `timeout`'s second word) meanwhile changes nothing."""
    while True:
        try:
            return machine.close()
        except (KeyboardInterrupt, Told):
            continue


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
        chosen=chosen_checks(asked, registry, program()),
        is_strict=asked.strict,
        # What it took to get here (on a busy machine a second) belongs to the run, too.
        run_limit_s=max(SHORTEST_RUN_S, (asked.timeout or RUN_LIMIT_S) - (monotonic() - asked.began)),
        watcher=_watcher(),
    )


def _agree(asked: argparse.Namespace) -> None:
    """With --billing: say what it costs. A no takes the option back; the rest is examined all the same."""
    if not asked.billing or asked.command == "replay":  # a recording is paid nothing
        return
    from doctor.consent import is_agreed
    from doctor.registry import Registry

    registry = Registry.of_everything_installed()
    chosen = chosen_checks(asked, registry, program())
    machine, options = machine_and_options(asked)  # of its own: the time for the network begins after the answer
    try:
        asked.billing = is_agreed(machine, registry, options, chosen, asked.timeout)
    finally:
        close(machine)
    asked.began = monotonic()  # nobody's answer is too slow


def _record(asked: argparse.Namespace) -> int:
    """What this machine answers to the checks' questions, in a file. Nothing is written when it was stopped."""
    from doctor.machine.recorder import Recorder
    from doctor.machine.recording_writer import check_target
    from doctor.output import Destination, to_stdout
    from doctor.readers.terminal import look_of
    from doctor.words import render, say

    path = Path(asked.word)
    check_target(path)
    Destination(path).check()
    _agree(asked)
    machine, options = machine_and_options(asked)
    recorder = Recorder(machine, options.folder, options.is_given)
    try:
        report, scrubber = _visit(recorder, options, asked)
        if report.was_stopped:
            return STOPPED
        recorder.write(path, report.place.ordinary)
    finally:
        close(machine)
    words = say("{path} holds what this machine answers, without its secrets and names.", path=path)
    again = f"{program()} replay {path.name} examines it, on any computer."
    text = scrubber.hide(f"{render(words, report.place)}\n{again}\n")
    to_stdout(lambda stream: (stream.write(look_of(stream).fit(text)), None)[1])
    return 0


def _watcher() -> Optional[Watcher]:
    """The progress line, where somebody is looking: standard output and standard error are both a terminal."""
    streams = (sys.stdout, sys.stderr)
    if any(stream is None or not stream.isatty() for stream in streams) or os.environ.get("TERM") == "dumb":
        return None
    from doctor.readers.progress import Progress
    from doctor.readers.terminal import look_of

    return Progress(sys.stderr, look_of(sys.stderr))
