"""What was asked for: the options and commands, and a clear sentence for whatever cannot be meant.

Options may stand before or after the command. Nothing is imported here that `--help` and `--version` do not need.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Iterable, NoReturn, Optional, Sequence

if TYPE_CHECKING:
    from doctor.words import Words

COMMANDS = {"list": 0, "explain": 1, "record": 1, "replay": 1}
"""Each command with the number of words that follow it."""
FORMATS = ("text", "json", "markdown")
LONGEST_TIMEOUT_S = 3600.0

HELP = """\
Says why AutoGPT will not start on this machine: the root cause first, and how to put it right.

usage: {program} [options]                examine this machine and the checkout in or above this folder
       {program} [options] list           every check: its name, what it is about; with -v what it needs
       {program} explain NAME             why a check or finding matters, and how to put it right
       {program} [options] record FILE    write down what this machine answers, without its secrets
       {program} [options] replay FILE    examine a recorded machine

what is examined
  -C, --checkout DIR    the checkout in or above this folder, not the current one
  --only NAME ...       only these checks, by name, group, finding or pattern ('python.*')
  --skip NAME ...       all but these
  --offline             no network at all: not a packet
  --billing             also ask with one smallest paid request a provider; says first what it costs
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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """argparse's sentence in plainer words."""
        option, _, complaint = message[len("argument ") :].partition(": ")
        option = option.split("/")[-1]
        if complaint.startswith("expected"):
            wrong("{option} needs a value after it", option=option)
        if complaint.startswith("ignored explicit argument"):
            wrong("{option} takes no value", option=option)
        wrong("{message}; --help tells more", message=message)


class _Formatter(argparse.HelpFormatter):
    """Never draws anything: it is told a width so that it does not load shutil, for half the time of `--help`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=80)


def make_parser() -> argparse.ArgumentParser:
    """Every option. The words beside them, the command among them, are what it leaves over."""
    parser = _Parser(prog="autogpt-doctor", add_help=False, allow_abbrev=False, formatter_class=_Formatter)
    parser.add_argument("-C", "--checkout", metavar="DIR")
    for names in ("--only", "--skip"):
        parser.add_argument(names, nargs="+", action="append", default=[])
    parser.add_argument("--timeout", metavar="SECONDS")
    parser.add_argument("--format")
    parser.add_argument("-o", "--output", metavar="FILE")
    for short, long in (("-v", "--verbose"), ("-h", "--help")):
        parser.add_argument(short, long, action="store_true")
    for flag in ("--offline", "--billing", "--strict", "--json", "--ascii", "--no-color", "--version"):
        parser.add_argument(flag, action="store_true")
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, options before or after the command alike. Raises `WrongUsage`."""
    parser = make_parser()
    known, rest = parser.parse_known_args(list(argv))
    _refuse_options(rest, parser)
    words = [word for word in rest if word != "--"]
    # "--only python replay FILE": the names end where a command begins.
    for names in (*known.only, *known.skip):
        place = next((place for place, name in enumerate(names) if name in COMMANDS), None)
        if place is not None and not words:
            words = names[place:]
            del names[place:]
    for option, given in (("--checkout", known.checkout), ("--output", known.output)):
        if given == "":
            wrong("{option} needs a value after it", option=option)
    for option, given in (("--only", known.only), ("--skip", known.skip)):
        if not all(any(name.strip(",") for name in names) for names in given):  # a variable may be empty
            wrong("{option} needs a value after it", option=option)
    known.command, known.word = _command(words)
    known.only, known.skip = _names(known.only), _names(known.skip)
    known.timeout = _seconds(known.timeout)
    if known.format not in (None, *FORMATS):
        hint = nearest(known.format, FORMATS) or "; there are text, json and markdown"
        wrong("there is no format {format}{hint}", format=known.format, hint=hint)
    if known.json and known.format not in (None, "json"):
        wrong("--json and --format {format} ask for two different things", format=known.format)
    if known.offline and known.billing:
        wrong("--offline sends nothing, and --billing sends paid requests; ask for one of the two")
    if known.command == "record" and (known.output or known.json or known.format):
        wrong("record writes one file and no report; replay that file for one")
    known.format = "json" if known.json else known.format or "text"
    return known


def wrong(template: str, **values: Any) -> NoReturn:
    from doctor.words import say

    raise WrongUsage(say(template, **values))


def nearest(word: str, known: Iterable[str]) -> str:
    """What was probably meant, as the end of a sentence; "" when nothing is near. Case does not matter."""
    import difflib

    by_lower = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[near[0]]}?" if near else ""


def _refuse_options(rest: Sequence[str], parser: argparse.ArgumentParser) -> None:
    for word in rest:
        if word.startswith("-") and word not in ("-", "--"):
            name = word.split("=", 1)[0]
            hint = nearest(name, [option for action in parser._actions for option in action.option_strings])
            wrong("there is no option {name}{hint}", name=name, hint=hint or "; --help tells more")


def _command(words: Sequence[str]) -> tuple[str, str]:
    if not words:
        return "", ""
    command, *following = words
    if command not in COMMANDS:
        hint = nearest(command, COMMANDS) or "; a checkout is named with -C"
        wrong("there is no command {command}{hint}", command=command, hint=hint)
    if len(following) < COMMANDS[command]:
        what = "the name of a check or finding" if command == "explain" else "the name of a file"
        wrong("{command} needs {what}", command=command, what=what)
    if len(following) > COMMANDS[command]:
        wrong("{word} is one word too many after {command}", word=following[-1], command=command)
    return command, following[0] if following else ""


def _names(given: Iterable[Iterable[str]]) -> list[str]:
    return [name for names in given for each in names for name in each.split(",") if name]


def _seconds(text: Optional[str]) -> Optional[float]:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT_S:
        wrong("--timeout needs a number of seconds from 1 to {most}, not {text}", most=3600, text=text)
    return seconds
