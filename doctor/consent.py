"""Nothing that costs money is sent before it was said what, and what it costs; on a terminal, before somebody agreed.

Without a terminal the option is the consent. Nobody is waited for longer than a minute, and no answer is a no.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import Optional, TextIO

from doctor.about import Costs, Options
from doctor.checkup import RUN_LIMIT_S, examine
from doctor.machine import Machine
from doctor.machine.offline import Offline
from doctor.registry import Registry
from doctor.visit import secrets_in
from doctor.words import Place, Scrubber, render

ANSWER_LIMIT_S = 60.0
YES = ("y", "yes")


def is_agreed(
    machine: Machine, registry: Registry, options: Options, chosen: Optional[set[str]], limit_s: Optional[float]
) -> bool:
    """Whether paid requests may be sent; says on standard error what they are. `chosen` are the checks to run.

    The price is found out without the network. Raises KeyboardInterrupt.
    """
    if Costs not in registry.facts:
        return True
    outcome = examine(Offline(machine), registry, options, chosen=(), extra_facts=(Costs,))
    if outcome.was_stopped:
        raise KeyboardInterrupt
    costs = outcome.values.get(Costs)
    if costs is not None and (not costs.requests or (chosen is not None and costs.checks.isdisjoint(chosen))):
        return True  # there is nothing to pay
    if not isinstance(costs, Costs):
        _tell("It is not known what paid requests would cost, so none is sent.\n")
        return False
    place = Place(machine.home, machine.user, machine.host)
    lines = [f"  {render(each, place)}" for each in costs.requests]
    scrubber = Scrubber(place, secrets_in(list(outcome.values.values())))
    _tell(scrubber.hide("\n".join(["--billing sends these paid requests, each of them once:", *lines, ""])))
    return _is_wanted(min(ANSWER_LIMIT_S, limit_s or RUN_LIMIT_S))


def _tell(text: str) -> None:
    from doctor.readers.terminal import look_of

    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(look_of(sys.stderr).fit(text))
            sys.stderr.flush()


def _is_wanted(limit_s: float) -> bool:
    """Asks whoever sits before the terminal."""
    if not _is_terminal(sys.stdin) or not _is_terminal(sys.stderr):
        return True
    if not _is_in_front():
        _tell("Nobody can be asked in the background, so they are not sent.\n")
        return False
    _tell("Send them? [y/N] ")
    answer = _line_within(limit_s)
    if answer is not None and answer.strip().lower() in YES:
        return True
    _tell(("" if answer else "\n") + "They are not sent. The examination goes on without them.\n")
    return False


def _is_terminal(stream: Optional[TextIO]) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it was closed
        return False


def _is_in_front() -> bool:
    """Whether the terminal is ours to read: the system suspends a program that reads it from the background."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):  # a terminal that is nobody's own (`docker run -t`)
        return True


def _line_within(limit_s: float) -> Optional[str]:
    """What is typed, "" at the end of the input, None when the time is up. The reader is left behind then."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        try:
            lines.put(sys.stdin.readline())
        except (OSError, ValueError, KeyboardInterrupt):
            lines.put("")

    threading.Thread(target=read, daemon=True).start()
    deadline = monotonic() + limit_s
    while True:
        with suppress(queue.Empty):
            # In short pieces: Windows hears no Ctrl-C while a thread waits.
            return lines.get(timeout=0.1)
        if monotonic() >= deadline:
            return None
