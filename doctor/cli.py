"""The command line: what was asked for, and the exit status.

0 nothing wrong, 1 at least one problem, 2 wrong usage, 3 no problem found but not everything could be examined (or
the doctor itself failed), 130 stopped by Ctrl-C. Whatever goes wrong is one sentence on standard error, never a
traceback. Nothing is imported here that `--help` and `--version` do not need.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, Optional, Sequence

from doctor import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from doctor.about import Options
    from doctor.machine import Machine
    from doctor.readers.layout import Line, Look
    from doctor.registry import Registry
    from doctor.report import Report
    from doctor.words import Place, Scrubber, Words

COMMANDS = {"list": 0, "explain": 1, "record": 1, "replay": 1}
"""Each command with the number of words that follow it."""
LONGEST_TIMEOUT_S = 3600.0
USAGE_ERROR, FAILED, STOPPED = 2, 3, 130

HELP = """\
Says why AutoGPT will not start on this machine: the root cause first, and how to put it right.

usage: {program} [options]                examine this machine and the checkout in or above this folder
       {program} [options] list           every check: its name, what it needs, what it is about
       {program} explain NAME             why a check or finding matters, and how to put it right
       {program} [options] record FILE    write down what this machine answers, without its secrets
       {program} [options] replay FILE    examine a recorded machine

what is examined
  -C, --checkout DIR    the checkout in or above this folder, not the current one
  --only NAME ...       only these checks, by name, group, finding or pattern ('python.*')
  --skip NAME ...       all but these
  --offline             no network at all: not a packet
  --billing             allow checks that cost a provider's smallest billable request (there are none yet)
  --timeout SECONDS     end after this time with what there is (default 60)
  --strict              warnings count as problems

what is printed
  --json                the report for a program, the same as --format json
  --format FORMAT       text, json or markdown (for pasting into an issue)
  -o, --output FILE     write it to a file
  -v, --verbose         also what was found in order, evidence, timings
  --ascii               no characters beyond ASCII of our own
  --no-color            no colours (so does the variable NO_COLOR)
  -h, --help            this page
  --version             the version

exit status: 0 nothing wrong (warnings allowed), 1 at least one problem, 2 wrong usage, 3 no problem found but some
check could not be completed, 130 stopped
"""


class WrongUsage(Exception):
    """The command line asks for something that cannot be; `words` is one sentence."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.template)
        self.words = words


def main() -> NoReturn:
    """The console script."""
    status = guarded(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass
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
        try:
            sys.stderr.write(look_of(sys.stderr).fit(f"{program()}: {sentence}\n"))
        except (OSError, ValueError):
            pass


def _own_place() -> Place:
    """The person's own names, for leaving them out of a complaint; the machine has not been asked yet."""
    from pathlib import Path

    from doctor.words import NOWHERE, Place

    try:
        return Place(Path.home())
    except RuntimeError:
        return NOWHERE


def program() -> str:
    """How the person started the doctor."""
    return "python3 -m doctor" if os.path.basename(sys.argv[0]) == "__main__.py" else "autogpt-doctor"


# --- what was asked for ---------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from doctor.words import say

        raise WrongUsage(say("{message}; --help tells more", message=message))


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, options before or after the command alike. Raises `WrongUsage`."""
    parser = _Parser(prog="autogpt-doctor", add_help=False, allow_abbrev=False)
    parser.add_argument("-C", "--checkout", metavar="DIR")
    parser.add_argument("--only", nargs="+", action="extend", default=[])
    parser.add_argument("--skip", nargs="+", action="extend", default=[])
    parser.add_argument("--timeout", metavar="SECONDS")
    parser.add_argument("--format", choices=("text", "json", "markdown"))
    parser.add_argument("-o", "--output", metavar="FILE")
    for short, long in (("-v", "--verbose"), ("-h", "--help")):
        parser.add_argument(short, long, action="store_true")
    for flag in ("--offline", "--billing", "--strict", "--json", "--ascii", "--no-color", "--version"):
        parser.add_argument(flag, action="store_true")
    known, rest = parser.parse_known_args(list(argv))
    _refuse_options(rest, parser)
    words = [word for word in rest if word != "--"]
    # "--only python replay FILE": the names end where a command begins.
    for names in (known.only, known.skip):
        for place, name in enumerate(names):
            if name in COMMANDS and not words:
                words = names[place:]
                del names[place:]
                break
    known.command, known.word = _command(words)
    known.only = [name for given in known.only for name in given.split(",") if name]
    known.skip = [name for given in known.skip for name in given.split(",") if name]
    known.timeout = _seconds(known.timeout)
    if known.json and known.format not in (None, "json"):
        _wrong("--json and --format {format} ask for two different things", format=known.format)
    known.format = "json" if known.json else known.format or "text"
    return known


def _wrong(template: str, **values: Any) -> NoReturn:
    from doctor.words import say

    raise WrongUsage(say(template, **values))


def nearest(word: str, known: Sequence[str]) -> str:
    """What was probably meant, as the end of a sentence; "" when nothing is near."""
    import difflib

    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _refuse_options(rest: Sequence[str], parser: argparse.ArgumentParser) -> None:
    for word in rest:
        if word.startswith("-") and word not in ("-", "--"):
            name = word.split("=", 1)[0]
            hint = nearest(name, [option for action in parser._actions for option in action.option_strings])
            _wrong("there is no option {name}{hint}", name=name, hint=hint or "; --help tells more")


def _command(words: Sequence[str]) -> tuple[str, str]:
    if not words:
        return "", ""
    command, *following = words
    if command not in COMMANDS:
        hint = nearest(command, list(COMMANDS)) or "; a checkout is named with -C"
        _wrong("there is no command {command}{hint}", command=command, hint=hint)
    if len(following) < COMMANDS[command]:
        what = "the name of a check or finding" if command == "explain" else "the name of a file"
        _wrong("{command} needs {what}", command=command, what=what)
    if len(following) > COMMANDS[command]:
        _wrong("{word} is one word too many after {command}", word=following[-1], command=command)
    return command, following[0] if following else ""


def _seconds(text: Optional[str]) -> float:
    from doctor.checkup import RUN_LIMIT_S

    if text is None:
        return RUN_LIMIT_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT_S:
        _wrong("--timeout needs a number of seconds from 1 to {most}, not {text}", most=3600, text=text)
    return seconds


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
    from pathlib import Path

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
        run_limit_s=asked.timeout,
        watcher=_watcher(asked),
    )
    try:
        _deliver(report, scrubber, asked, destination)
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
            _wrong("there is no check {name}{hint}", name=name, hint=hint)
    chosen = registry.matching(asked.only) if asked.only else set(registry.checks)
    chosen -= registry.matching(asked.skip)
    if not chosen:
        _wrong("--only and --skip together leave no check to make")
    return chosen


def names_of(registry: Registry) -> list[str]:
    """Everything that names a check: ids, groups and finding codes."""
    checks = registry.checks.values()
    return sorted({name for check in checks for name in (check.id, check.group, *check.codes)})


def _machine(asked: argparse.Namespace) -> tuple[Machine, Options]:
    if asked.command == "replay":
        return _recorded(asked)
    from pathlib import Path

    from doctor.about import Options
    from doctor.machine.live import Live

    folder = Path(os.path.abspath(asked.checkout or _current_folder()))
    if not folder.is_dir():
        what = "{folder} is no folder" if folder.exists() else "there is no folder {folder}"
        _wrong(what + "{hint}", folder=folder, hint=_near_path(folder))
    machine: Machine = Live()
    if asked.offline:
        from doctor.machine.offline import Offline

        machine = Offline(machine)
    return machine, Options(machine.path(str(folder)), bool(asked.checkout), asked.offline, asked.billing)


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        _wrong("the current folder does not exist any more; change to another one, or name one with -C")


def _near_path(path: Path) -> str:
    """The name beside it that was probably meant."""
    try:
        names = os.listdir(path.parent)
    except OSError:
        return ""
    by_lower = {name.lower(): name for name in names}
    hint = nearest(path.name, list(by_lower))
    return hint.replace(path.name.lower(), path.name) if not hint else f"; did you mean {by_lower[hint[15:-1]]}?"


def _recorded(asked: argparse.Namespace) -> tuple[Machine, Options]:
    from pathlib import Path

    from doctor.about import Options
    from doctor.machine.recorded import BadRecording, load
    from doctor.words import say

    path = Path(asked.word)
    if not path.exists():
        _wrong("there is no file {path}{hint}", path=path, hint=_near_path(Path(os.path.abspath(path))))
    try:
        machine = load(path)
    except BadRecording as problem:
        raise WrongUsage(say("{problem}", problem=str(problem))) from None
    folder = machine.folder / machine.path(asked.checkout) if asked.checkout else machine.folder
    return machine, Options(folder, bool(asked.checkout), asked.offline, asked.billing)


# --- what is printed --------------------------------------------------------------------------------------------------


def _deliver(report: Report, scrubber: Scrubber, asked: argparse.Namespace, destination: Any) -> None:
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
        _wrong("there is no check or finding {name}{hint}", name=asked.word, hint=hint)
    return _print(draw_explanation([registry.checks[id] for id in ids], _look(asked)), asked)


def _print(lines: Sequence[Line], asked: argparse.Namespace) -> int:
    from doctor.output import to_stdout
    from doctor.readers.terminal import coloured, write

    to_stdout(lambda stream: write(lines, stream, with_colours=coloured(stream) and not asked.no_color))
    return 0
