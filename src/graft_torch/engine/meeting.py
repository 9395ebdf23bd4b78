"""A part of the rendezvous store for each start of a job, so that no process reads addresses of an earlier start."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import torch.distributed as dist

_POLL_SECONDS = 0.02


def _asked(store: dist.Store, rank: int, own: str) -> str:
    """Asks the first process for the name of this start."""
    store.set(f"graft/asks/{rank}", own)
    answer = f"graft/answer/{rank}/{own}"
    store.wait([answer])
    name = store.get(answer).decode()
    store.set(f"graft/came/{name}/{rank}", "")
    return name


def _answered(store: dist.Store, world: int, name: str, patience: timedelta) -> None:
    """Sends the name of this start to the other processes, until all have received it."""
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
    """Returns a part of the store that no earlier process has used.

    When torchrun restarts processes after a failure, the store still contains the addresses of the dead ones, and a
    process that reads such an address cannot connect. The first process therefore chooses a new part of the store for
    each start. The others ask for its name under new names of their own, so none reads an answer to an earlier process.
    """
    store.set_timeout(patience)
    name = uuid4().hex
    if rank > 0:
        name = _asked(store, rank, name)
    else:
        _answered(store, world, name, patience)
    return dist.PrefixStore(f"graft/{name}", store)
