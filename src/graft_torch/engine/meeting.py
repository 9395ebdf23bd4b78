"""Where the processes of one start of a job find each other, apart from those of earlier starts."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import torch.distributed as dist

_POLL_SECONDS = 0.02


def _asked(store: dist.Store, rank: int, own: str) -> str:
    """The name that the first process answers with."""
    store.set(f"graft/asks/{rank}", own)
    answer = f"graft/answer/{rank}/{own}"
    store.wait([answer])
    name = store.get(answer).decode()
    store.set(f"graft/came/{name}/{rank}", "")
    return name


def _answered(store: dist.Store, world: int, name: str, patience: timedelta) -> None:
    """Answers the other processes until all have come."""
    others = range(1, world)
    answered: dict[int, str] = {}
    end = time.monotonic() + patience.total_seconds()
    while not store.check([f"graft/came/{name}/{rank}" for rank in others]):
        for rank in others:
            asks = f"graft/asks/{rank}"
            asking = store.get(asks).decode() if store.check([asks]) else answered.get(rank)
            if asking is not None and answered.get(rank) != asking:
                store.set(f"graft/answer/{rank}/{asking}", name)
                answered[rank] = asking
        if time.monotonic() > end:
            raise RuntimeError(f"not all of {world} processes came within {patience}")
        time.sleep(_POLL_SECONDS)


def meeting_place(store: dist.Store, rank: int, world: int, patience: timedelta) -> dist.Store:
    """A part of a store that no processes have used before.

    When torchrun starts processes again after a fault, their store still has the addresses of those that died, and a
    process that reads one of them cannot connect. So the first process names a part of its own for each start. The
    others ask it under names of their own, which are new too: an answer to an earlier process is never read.
    """
    store.set_timeout(patience)
    name = uuid4().hex
    if rank > 0:
        name = _asked(store, rank, name)
    else:
        _answered(store, world, name, patience)
    return dist.PrefixStore(f"graft/{name}", store)
