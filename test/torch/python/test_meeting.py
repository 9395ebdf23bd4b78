"""Processes that are started again do not read what those before them have left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import torch.distributed as dist
from graft_torch.engine.meeting import meeting_place

_PATIENCE = timedelta(seconds=20)


def _met(store: dist.Store, world: int) -> list[dist.Store]:
    with ThreadPoolExecutor(world) as pool:
        return list(pool.map(lambda rank: meeting_place(store, rank, world, _PATIENCE), range(world)))


def test_each_start_has_a_part_of_its_own() -> None:
    store = dist.HashStore()
    # a process that died before it was answered
    store.set("graft/asks/1", "dead")
    for start in range(3):
        places = _met(store, 3)
        assert not any(place.check(["address"]) for place in places)
        places[start].set("address", str(start))
        assert [place.get("address") for place in places] == [str(start).encode()] * 3


def test_processes_that_do_not_come_are_a_fault() -> None:
    with pytest.raises(RuntimeError, match="not all of 2 processes came"):
        meeting_place(dist.HashStore(), 0, 2, timedelta(seconds=0.1))
