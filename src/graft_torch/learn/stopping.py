"""Stopping on SIGTERM or SIGINT: after each batch, all processes agree on what to do next."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any, TypeVar

from ..engine.processes import Processes
from ..job_error import JobError

A = TypeVar("A")


class Next(IntEnum):
    """What to do after a batch; the maximum over all processes decides."""

    GO_ON = 0
    CHECKPOINT = 1
    STOP = 2
    FAIL = 3


class Stopping:
    """Whether a signal to stop has arrived, and when the last checkpoint was written."""

    def __init__(self, processes: Processes, every_seconds: float) -> None:
        self.processes, self.every_seconds = processes, every_seconds
        self.asked = False
        self.last = time.monotonic()
        # Ray trains in another thread, and stops processes itself
        if threading.current_thread() is threading.main_thread():
            for asking in (signal.SIGTERM, signal.SIGINT):
                signal.signal(asking, self._ask)

    def _ask(self, *_: Any) -> None:
        self.asked = True

    def next(self) -> Next:
        """What this process would do next."""
        if self.asked:
            return Next.STOP
        due = self.processes.is_first and time.monotonic() - self.last >= self.every_seconds
        return Next.CHECKPOINT if due else Next.GO_ON

    def agreed(self, error: Exception | None = None) -> Next:
        """What all processes do next. An error in one of them raises a `JobError` with its text in all of them."""
        # Ctrl-C also ends the data-loading processes, which is then no error
        fails = error is not None and not self.asked
        decision = Next(self.processes.worst(Next.FAIL if fails else self.next()))
        if decision is not Next.FAIL:
            return decision
        texts = self.processes.said(None if error is None else str(error) or type(error).__name__)
        raise JobError.of(texts[0]) from error

    def checked(self, batches: Iterable[A]) -> Iterator[A]:
        """Yields batches; no process continues before all of them have loaded theirs."""
        left = iter(batches)
        while True:
            batch, error = None, None
            try:
                batch = next(left, None)
            except Exception as fault:
                error = fault
            if self.processes.worst(Next.GO_ON if error is None else Next.FAIL) == Next.FAIL:
                self.agreed(error)
            if batch is None:
                return
            yield batch

    def written(self) -> None:
        """Records that a checkpoint was just written."""
        self.last = time.monotonic()
