"""Runs the checks: each as soon as what it needs is there, side by side, everything within its time.

Every check counts as incomplete until it has answered. A check that crashes or runs out of time costs itself and
nothing else; its thread is left behind and whatever it still finds out is not heard any more.
"""

from __future__ import annotations

import queue
import threading
from time import monotonic
from typing import Any, Callable, Iterable, NamedTuple, Optional, Union

from doctor.about import Options
from doctor.findings import Finding, Link, Status
from doctor.machine import Machine, NotHere, System, Unavailable
from doctor.outcome import Because, Outcome, Reason, Result
from doctor.registry import Check, Fact, Registry
from doctor.words import Words, say

CHECK_LIMIT_S = 10.0
RUN_LIMIT_S = 60.0
MOST_THREADS = 48


class Watcher:
    """Is told how the run goes; the terminal's progress line is one."""

    def waiting(self, titles: tuple[str, ...], elapsed_s: float) -> None:
        """Called about ten times a second while something is still running."""

    def finished(self) -> None:
        """Called once, before anything is printed."""


class Lost(NamedTuple):
    """A fact or a check that gave nothing, and why."""

    because: Because
    trace: tuple[str, ...] = ()


Node = Union[Fact, Check]
Task = tuple[Node, Callable[[], Any]]
Answer = tuple[Node, Any, float]


def examine(
    machine: Machine,
    registry: Registry,
    options: Options,
    *,
    chosen: Optional[Iterable[str]] = None,
    extra_facts: Iterable[type] = (),
    check_limit_s: float = CHECK_LIMIT_S,
    run_limit_s: float = RUN_LIMIT_S,
    watcher: Optional[Watcher] = None,
) -> Outcome:
    """Run the chosen checks (all, when None) on a machine. Never raises for what a plugin does."""
    given = {Machine: machine, System: machine.system, Options: options}
    run = _Run(registry, given, check_limit_s, run_limit_s, watcher or Watcher())
    ids = set(registry.checks) if chosen is None else set(chosen)
    return run.carry_out([registry.checks[id] for id in registry.checks if id in ids], tuple(extra_facts))


class _Run:
    def __init__(
        self, registry: Registry, given: dict[type, Any], check_limit_s: float, run_limit_s: float, watcher: Watcher
    ) -> None:
        self.registry = registry
        self.values: dict[type, Any] = given
        self.lost: dict[type, Lost] = {}
        self.check_limit_s = check_limit_s
        self.started = monotonic()
        self.deadline = self.started + run_limit_s
        self.watcher = watcher
        self.tasks: queue.SimpleQueue[Optional[Task]] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.running: dict[str, tuple[Node, float]] = {}
        self.waiting: dict[type, list[Node]] = {}
        self.missing: dict[str, int] = {}
        self.ready: list[Node] = []
        self.results: dict[str, Result] = {}
        self.threads = 0
        self.idle = 0

    def carry_out(self, checks: list[Check], extra: tuple[type, ...]) -> Outcome:
        wanted = [self.registry.facts[each] for each in extra if each in self.registry.facts]
        for node in self._with_needs([*checks, *wanted]):
            self._wait_for_needs(node)
        was_stopped = False
        try:
            self._start_what_is_ready()
            while self.running:
                self._hear()
        except KeyboardInterrupt:
            was_stopped = True
        for _ in range(self.threads):
            self.tasks.put(None)  # whoever is still at work finds it later
        reason = Reason.STOPPED if was_stopped else Reason.TIME
        text = say("the examination was stopped") if was_stopped else say("the time for the whole run was up")
        for check in checks:
            if check.id not in self.results:
                self._lose(check, Lost(Because(reason, text)))
        self.watcher.finished()
        ordered = tuple(result for result in (self.results[check.id] for check in checks) if not result.is_elsewhere)
        return Outcome(ordered, self.values, was_stopped, monotonic() - self.started)

    def _with_needs(self, nodes: list[Node]) -> list[Node]:
        seen: dict[str, Node] = {}
        while nodes:
            node = nodes.pop()
            if _name(node) not in seen:
                seen[_name(node)] = node
                nodes += [self.registry.facts[n.type] for n in node.needs if n.type in self.registry.facts]
        return list(seen.values())

    # --- starting ------------------------------------------------------------------------------------------------

    def _start_what_is_ready(self) -> None:
        """Start every node whose last need has been settled; losing one settles others, so go on until none is left."""
        while self.ready:
            self._start(self.ready.pop())

    def _wait_for_needs(self, node: Node) -> None:
        missing = {need.type for need in node.needs if need.type in self.registry.facts}
        self.missing[_name(node)] = len(missing)
        for each in missing:
            self.waiting.setdefault(each, []).append(node)
        if not missing:
            self.ready.append(node)

    def _settled(self, made: type) -> None:
        """A fact is there, or is known to be lost: whoever waited for it last can start."""
        for node in self.waiting.pop(made, ()):
            self.missing[_name(node)] -= 1
            if not self.missing[_name(node)]:
                self.ready.append(node)

    def _start(self, node: Node) -> None:
        arguments = {}
        for need in node.needs:
            if need.type in self.values:
                arguments[need.parameter] = self.values[need.type]
            elif need.is_optional:
                arguments[need.parameter] = None
            else:
                self._lose(node, self.lost[need.type])
                return
        self.running[_name(node)] = (node, monotonic())
        self.tasks.put((node, _task(node, arguments)))
        if self.idle <= 0 and self.threads < MOST_THREADS:
            self._start_worker()
        else:
            self.idle = max(0, self.idle - 1)

    def _start_worker(self) -> None:
        """One more, if the system allows it (`ulimit -u`): else those there are have to do, or we ourselves."""
        try:
            threading.Thread(target=self._work, daemon=True).start()
        except RuntimeError:
            given = None if self.threads else self.tasks.get()
            if given is not None:
                self._work_on(*given)
                self.idle -= 1  # hearing it counts one idle worker, and there is none
            return
        self.threads += 1

    def _work(self) -> None:
        while True:
            given = self.tasks.get()
            if given is None:
                return
            self._work_on(*given)

    def _work_on(self, node: Node, task: Callable[[], Any]) -> None:
        began = monotonic()
        try:
            answer = task()
        except NotHere:
            answer = Lost(Because(Reason.NOT_HERE, say("there is nothing to judge on this kind of machine")))
        except Unavailable as why:
            answer = Lost(_because(why))
        except BaseException as error:  # noqa: BLE001  our own bug, or a plugin's: it costs this one node
            answer = Lost(Because(Reason.CRASH, say("it failed ({error})", error=type(error).__name__)), _trace(error))
        self.answers.put((node, answer, monotonic() - began))

    # --- hearing -------------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        now = monotonic()
        if now >= self.deadline:
            self.running.clear()
            return
        first = min(began for _, began in self.running.values())
        patience = max(0.0, min(self.deadline, first + self.check_limit_s) - now)
        try:
            node, answer, duration = self.answers.get(timeout=min(patience, 0.1))
        except queue.Empty:
            self._give_up_on_the_late()
            titles = dict.fromkeys(self._title(node) for node, _ in self.running.values())
            self.watcher.waiting(tuple(titles), monotonic() - self.started)
        else:
            self.idle += 1
            if self.running.pop(_name(node), None) is not None:
                self._settle(node, answer, duration)
        self._start_what_is_ready()

    def _title(self, node: Node) -> str:
        """What a person calls it: a check by its title, a fact by that of the check of its subject that needs it."""
        if isinstance(node, Check):
            return node.title
        subject = node.function.__module__.rpartition(".")[2]
        needing = [
            (not subject.startswith(each.group), need.is_optional, each.stage, each.id, each.title)
            for each in self.waiting.get(node.makes, ())
            if isinstance(each, Check)
            for need in each.needs
            if need.type is node.makes
        ]
        return min(needing)[-1] if needing else node.name.replace("_", " ")

    def _give_up_on_the_late(self) -> None:
        for name, (node, began) in list(self.running.items()):
            if monotonic() - began >= self.check_limit_s:
                del self.running[name]
                text = say("no answer within {limit} seconds", limit=f"{self.check_limit_s:g}")
                self._lose(node, Lost(Because(Reason.TIME, text)), self.check_limit_s)

    def _settle(self, node: Node, answer: Any, duration: float) -> None:
        if isinstance(answer, Lost):
            self._lose(node, answer, duration)
        elif isinstance(node, Fact):
            self.values[node.makes] = answer
            self._settled(node.makes)
        else:
            status = max((f.status for f in answer), key=lambda s: s.weight, default=Status.OK)
            self.results[node.id] = Result(node.id, node.title, node.stage, status, answer, None, duration)

    def _lose(self, node: Node, lost: Lost, duration: float = 0.0) -> None:
        if isinstance(node, Fact):
            self.lost[node.makes] = lost
            self._settled(node.makes)
            return
        status = Status.ERROR if lost.because.reason is Reason.CRASH else Status.NOT_CHECKED
        self.results[node.id] = Result(node.id, node.title, node.stage, status, (), lost.because, duration, lost.trace)


def _name(node: Node) -> str:
    return node.id if isinstance(node, Check) else f"fact:{node.makes.__module__}.{node.makes.__qualname__}"


def _task(node: Node, arguments: dict[str, Any]) -> Callable[[], Any]:
    if isinstance(node, Fact):
        return lambda: node.function(**arguments)
    return lambda: _findings(node, arguments)


def _findings(check: Check, arguments: dict[str, Any]) -> tuple[Finding, ...]:
    findings = tuple(check.function(**arguments) or ())
    for each in findings:
        if not isinstance(each, Finding) or each.code not in check.codes:
            raise TypeError("a check yields findings, under the codes that it declares")
    return findings


def _because(why: Unavailable) -> Because:
    text = why.reason if isinstance(why.reason, Words) else say("{reason}", reason=str(why.reason))
    links = tuple(each for each in why.links if isinstance(each, Link))
    if why.cause:
        return Because(Reason.CAUSE, text, why.cause, links)
    kinds = {"offline": Reason.OFFLINE, "not-recorded": Reason.NOT_RECORDED, "not-asked": Reason.NOT_ASKED}
    return Because(kinds.get(why.kind, Reason.UNAVAILABLE), text, links=links)


def _trace(error: BaseException) -> tuple[str, ...]:
    """The type of an error and where it happened, innermost last. Its message may hold anything, so it is left out."""
    lines = []
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        place = "/".join(code.co_filename.replace("\\", "/").rsplit("/", 2)[-2:])
        lines.append(f"{place}:{frame.tb_lineno} in {code.co_name}")
        frame = frame.tb_next
    return (type(error).__name__, *lines[-12:])
