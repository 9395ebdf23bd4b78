"""`Processes`: the processes that train one network, and their communication."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from ..job_error import JobError
from .meeting import meeting_place

_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Processes:
    """This process's rank among all of them. A single process needs no process group."""

    rank: int = 0
    world: int = 1
    control: dist.ProcessGroup | None = None
    """A process group that communicates on the CPU, in addition to the one for GPUs."""

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes files and events."""
        return self.rank == 0

    def share(self, total: int) -> tuple[int, int]:
        """The rows of a batch of `total` rows that belong to this process: start and end."""
        return self.rank * total // self.world, (self.rank + 1) * total // self.world

    def total(self, values: Tensor) -> Tensor:
        """Sums values over all processes, in place."""
        if self.world > 1:
            dist.all_reduce(values)
        return values

    def worst(self, value: int) -> int:
        """The maximum of a value over all processes."""
        if self.world == 1:
            return value
        values = torch.tensor([value])
        dist.all_reduce(values, dist.ReduceOp.MAX, group=self.control)
        return int(values)

    def said(self, text: str | None) -> list[str]:
        """Collects the texts of all processes that pass one, in order of rank."""
        texts: list[str | None] = [text]
        if self.world > 1:
            texts = [None] * self.world
            dist.all_gather_object(texts, text, group=self.control)
        return [t for t in texts if t is not None]

    def rows(self, own: Tensor, total: int) -> Tensor:
        """Gathers the rows of a whole batch from all processes, in order."""
        if self.world == 1:
            return own
        most = -(-total // self.world)
        padded = own.new_zeros(most, *own.shape[1:])
        padded[: len(own)] = own
        shares = [torch.empty_like(padded) for _ in range(self.world)]
        dist.all_gather(shares, padded)
        return torch.cat([s[: self._length(rank, total)] for rank, s in enumerate(shares)])

    def _length(self, rank: int, total: int) -> int:
        return (rank + 1) * total // self.world - rank * total // self.world

    def same(self, tensors: list[Tensor]) -> None:
        """Copies the tensors of the first process to all others."""
        if self.world > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def leave(self) -> None:
        """Waits until all processes have received their last messages; one that exits earlier resets the connection."""
        if self.world == 1:
            return
        store = dist.distributed_c10d._get_default_store()
        store.set(f"left {self.rank}", "")
        # the first process may hold the store, and end with it
        with suppress(RuntimeError):
            store.wait([f"left {rank}" for rank in range(self.world)], timedelta(minutes=1))


def _joined(backend: str) -> None:
    try:
        store, rank, world = next(rendezvous("env://", timeout=_PATIENCE))
        place = meeting_place(store, rank, world, _PATIENCE)
        dist.init_process_group(backend, store=place, rank=rank, world_size=world, timeout=_PATIENCE)
    except (RuntimeError, ValueError) as error:
        address = f"{os.environ.get('MASTER_ADDR', '?')}:{os.environ.get('MASTER_PORT', '?')}"
        hint = "pass a free port (--master-port), and check that the machines can reach each other"
        raise JobError(address, "a port where the processes can connect", str(error), hint) from error


def join_processes(settings: Mapping[str, Any]) -> Processes:
    """Joins the processes that a launcher started. Their number must be one that the job's settings allow."""
    each, most = settings["processes"], settings["nodes"]
    least = most if settings["minNodes"] is None else settings["minNodes"]
    found = dist.get_world_size() if dist.is_initialized() else int(os.environ.get("WORLD_SIZE", "1"))
    if found not in range(least * each, most * each + 1, each):
        wanted = " or ".join(str(nodes * each) for nodes in range(least, most + 1))
        nodes = str(most) if least == most else f"{least}:{most}"
        hint = f"start it with torchrun --nnodes {nodes} --nproc-per-node {each}"
        raise JobError("the processes", f"{wanted}, as the job says", str(found), hint)
    if found == 1:
        return Processes()
    if not dist.is_initialized():
        _joined("cpu:gloo,cuda:nccl" if settings["gpus"] > 0 else "gloo")
    return Processes(dist.get_rank(), found, dist.new_group(backend="gloo"))
