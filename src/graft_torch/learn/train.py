"""Trains a job, from its start or its last checkpoint, and writes the files of its run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..engine.device import Device, open_device
from ..engine.processes import Processes, join_processes
from ..engine.program import OptimiserState
from ..job import Job
from ..job_error import JobError
from ..model.batch_norm import BatchNorm
from ..model.network import Network
from .checkpoint import Cursor, resume, saved_of, write_saved
from .events import Events
from .history import History
from .history_file import HistoryFile
from .learner import Learner
from .open_network import open_network, synchronises
from .run_phase import Halted
from .run_step import current_state, run_step, write_checkpoint
from .saved import read_saved, write_atomically
from .source import Source
from .stopping import Next, Stopping

OpenSource = Callable[[Job, Processes, Device, tuple[int, int]], Source]
"""Opens the images of a job in a height and a width."""


def _log_norms(network: Network, job: Job, processes: Processes, events: Events) -> None:
    """Logs whether batch norms use the images of all processes."""
    if processes.world == 1 or not any(isinstance(m, BatchNorm) for m in network.modules()):
        return
    sync = synchronises(job.settings, processes)
    images = "of all" if sync else "of its own process, not of all"
    events.log(
        f"sync-bn is {'on' if sync else 'off'}: a batch norm sees the images {images} {processes.world} processes"
    )


def _prepared(out: Path, job: Job) -> None:
    """Creates the run directory, with its description."""
    description = out / "graft.json"
    if not description.exists():
        write_atomically(description, (job.folder / "graft.json").read_bytes())


@contextmanager
def _together(stopping: Stopping) -> Iterator[None]:
    """Turns an error in one process into an error in all of them."""
    error = None
    try:
        yield
    except JobError as fault:
        error = fault
    stopping.agreed(error)


def _divisible(job: Job, processes: Processes) -> None:
    bs = job.json["data"]["bs"]
    if bs % processes.world != 0:
        hint = "change the batch size, or the number of processes"
        raise JobError("the batch size", f"a multiple of {processes.world} processes", str(bs), hint)


def _finished(out: Path) -> bool:
    return (out / "model.safetensors").exists() and not (out / "checkpoint.safetensors").exists()


def _opened(job: Job, stopping: Stopping, open_source: OpenSource, events: Events) -> tuple[Learner, Cursor]:
    processes = stopping.processes
    with _together(stopping):
        _divisible(job, processes)
        if processes.is_first:
            _prepared(job.out, job)
    with _together(stopping):
        checkpoint = job.out / "checkpoint.safetensors"
        file = checkpoint if checkpoint.exists() else job.folder / "model.safetensors"
        saved = read_saved(file)
        device = open_device(job.settings)
        network = open_network(saved.model, job.settings, device, processes)
        _log_norms(network, job, processes, events)
        optimiser, mom, freeze = OptimiserState({}), job.optimiser.momentum, job.json["freeze"]
        height, width = job.json["data"]["size"]
        at = (saved.model, (height, width), freeze, optimiser, mom)
        learner = Learner(job, device, processes, events, None, network, *at, 0, 0, History())
        cursor = resume(learner, file, saved)
        learner.source = open_source(job, processes, device, learner.size)
    return learner, cursor


def _finish(learner: Learner) -> None:
    """Writes the model, then removes the checkpoint."""
    if learner.processes.is_first:
        out = learner.job.out
        write_saved(out / "model.safetensors", saved_of(learner, current_state(learner), None, None))
        (out / "checkpoint.safetensors").unlink(missing_ok=True)


def _trained(learner: Learner, cursor: Cursor, stopping: Stopping) -> None:
    job, events = learner.job, learner.events
    history = HistoryFile(job.out / "history.csv", [m.name for m in job.metrics], job.recipe)
    if learner.processes.is_first and learner.history.rows:
        # the run may have been killed after an epoch's checkpoint and before its row was written
        history.write(learner.history.rows)
    for index in range(cursor.step, len(job.recipe)):
        events.tell("StepBegin", index=index)
        run_step(learner, index, cursor.within if index == cursor.step else None, stopping, history)
        events.tell("StepEnd", index=index)
        decision = stopping.agreed()
        if decision is not Next.GO_ON:
            at = Cursor(index + 1)
            write_checkpoint(learner, current_state(learner), learner.optimiser, at, stopping)
        if decision is Next.STOP:
            raise Halted
    if learner.processes.is_first and not learner.history.rows:
        history.write([])
    _finish(learner)


def train(job: Job, open_source: OpenSource) -> bool:
    """Trains a job until it ends or SIGTERM arrives; returns whether it ended."""
    processes = join_processes(job.settings)
    events = Events(processes)
    stopping = Stopping(processes, job.settings["checkpointSeconds"])
    if _finished(job.out):
        events.log(f"{job.out}: the run has ended already")
        return True
    learner, cursor = _opened(job, stopping, open_source, events)
    try:
        _trained(learner, cursor, stopping)
    except Halted:
        events.log(f"{job.out}: stopped; the same command continues from the checkpoint")
        processes.leave()
        return False
    processes.leave()
    return True
