"""Batches that workers load: in order, whatever their number, and whole when one of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from graft_torch.data.loading import Loading
from graft_torch.job_error import JobError
from graft_torch.learn.source import Batch


def _batch(i: int) -> Batch:
    return Batch(torch.full((2, 3, 4, 4), float(i)), torch.tensor([i, i]), None, 0, 2, [f"{i}.png", "x.png"])


def _numbers(load: Callable[[int], Batch], workers: int, n: int = 12) -> list[float]:
    return [float(batch.x[0, 0, 0, 0]) for batch in Loading(workers, False).batches(load, list(range(n)))]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_batches_are_in_order(workers: int) -> None:
    before = torch.get_rng_state()
    assert _numbers(_batch, workers) == list(range(12))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_fault_is_one_line_that_names_the_image(workers: int) -> None:
    def load(i: int) -> Batch:
        if i == 5:
            raise JobError("5.png", "an image", "none", "restore it")
        return _batch(i)

    with pytest.raises(JobError, match=r"^5\.png: expected an image, found none: restore it$"):
        _numbers(load, workers)


def test_a_worker_that_dies_loses_no_batch(tmp_path: Path) -> None:
    """A worker is killed once; the process that trains is never interrupted."""
    main = os.getpid()

    def load(i: int) -> Batch:
        mark = tmp_path / "died"
        if i == 5 and os.getpid() != main and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return _batch(i)

    assert _numbers(load, 2) == list(range(12))
    assert (tmp_path / "died").exists()


def test_workers_that_keep_dying_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graft_torch.data.loading._RESTARTS", 0)
    main = os.getpid()

    def load(i: int) -> Batch:
        if i == 3 and os.getpid() != main:
            os.kill(os.getpid(), signal.SIGKILL)
        return _batch(i)

    with pytest.raises(JobError, match="the workers: expected data-loading processes that keep running"):
        _numbers(load, 2)
