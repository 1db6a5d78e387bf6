"""Several questions at once: a healthy run takes as long as its slowest answer, and not as long as all of them."""

from __future__ import annotations

import threading
from typing import Any, Callable, TypeVar

T = TypeVar("T")


def in_parallel(*questions: Callable[[], T]) -> list[T]:
    """Ask several questions at once and wait for all; what the first of them raises is raised, in their order.

    Each question has its own time limit, so the whole takes as long as the slowest.
    """
    answers: list[Any] = [None] * len(questions)
    raised: dict[int, BaseException] = {}

    def ask(place: int) -> None:
        try:
            answers[place] = questions[place]()
        except BaseException as problem:  # noqa: BLE001  handed to the caller's thread, which raises it
            raised[place] = problem

    if len(questions) == 1:
        return [questions[0]()]
    threads = [threading.Thread(target=ask, args=(place,), daemon=True) for place in range(len(questions))]
    started = []
    for place, thread in enumerate(threads):
        try:
            thread.start()
            started.append(thread)
        except RuntimeError:  # the system allows no more (`ulimit -u`)
            ask(place)
    for thread in started:
        thread.join()
    if raised:
        raise raised[min(raised)]
    return answers
