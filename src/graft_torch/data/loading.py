"""Batches, decoded ahead of training by worker processes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset

from ..job_error import JobError
from ..learn.source import Batch

Request = Any
"""A description of a batch, kept small because it is sent to a worker."""

_RESTARTS = 3
"""How often workers are restarted per epoch."""

_HINT = "memory or shared memory (/dev/shm) may be full: use fewer workers; the run continues from its checkpoint"


class _Batches(Dataset):
    """Batches by request, as tuples, which torch can pin, or the text of a ``JobError``."""

    def __init__(self, load: Callable[[Request], Batch]) -> None:
        self._load = load

    def __getitem__(self, request: Request) -> tuple | str:
        try:
            batch = self._load(request)
        except JobError as error:
            # as an exception it would come back as text with a traceback
            return str(error)
        return batch.x, batch.y, batch.w, batch.start, batch.total, list(batch.files), batch.frames


def _as_is(batch: tuple | str) -> tuple | str:
    return batch


def _begin_worker(_: int) -> None:
    torch.set_num_threads(1)
    # the process that trains decides what follows SIGTERM and Ctrl-C
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@dataclass(frozen=True)
class Loading:
    """How batches are loaded."""

    workers: int
    """The number of data-loading processes; 0: the training process loads batches itself."""
    pin_memory: bool
    """Whether batches are in pinned memory, which a GPU reads without the CPU."""

    def batches(self, load: Callable[[Request], Batch], requests: Sequence[Request]) -> Iterator[Batch]:
        """The batch of each request, in order, whatever the number of workers.

        A worker that dies loses nothing: the batches that have not arrived are loaded again by new workers.
        """
        done, restarts = 0, 0
        while done < len(requests):
            try:
                for found in self._started(load, requests[done:]):
                    if isinstance(found, str):
                        raise JobError.of(found)
                    done += 1
                    yield Batch(*found)
            except (RuntimeError, ConnectionError, EOFError) as error:
                # the last two: a worker was killed while it handed over a batch
                if isinstance(error, RuntimeError) and "DataLoader worker" not in str(error):
                    raise
                restarts += 1
                if restarts > _RESTARTS:
                    expected = "data-loading processes that keep running"
                    raise JobError("the workers", expected, f"one that died: {error}", _HINT) from error

    def _started(self, load: Callable[[Request], Batch], requests: Sequence[Request]) -> Iterator[tuple | str]:
        loader = DataLoader(
            _Batches(load),
            batch_size=None,
            sampler=requests,
            num_workers=min(self.workers, len(requests)),
            collate_fn=_as_is,
            pin_memory=self.pin_memory,
            worker_init_fn=_begin_worker,
            # otherwise it would draw from torch's own
            generator=torch.Generator(),
        )
        before = signal.getsignal(signal.SIGCHLD)
        batches = iter(loader)
        # torch's handler would raise in the middle of whatever the process does when a worker dies
        # (in another thread, as on Ray, torch sets none)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGCHLD, before)
        return batches
