"""From learners to saved files, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ..engine.loss_scale import ScaleState
from ..engine.program import OptimiserState, State
from ..job_error import JobError
from ..plan.plan import plan_under
from .history import history_from, history_to
from .learner import Learner, tensors_of
from .saved import ACCUMULATED, OPTIMISER, Saved, read_saved, saved_bytes, write_atomically
from .within import Within, tensors_within, within_from, within_to


@dataclass(frozen=True)
class Cursor:
    """A position in the recipe: a step, and the position within the step, None if it has not started."""

    step: int
    within: Within | None = None


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().contiguous().numpy()


def _progress(learner: Learner, optimiser: OptimiserState | None, cursor: Cursor | None, run: bool) -> dict[str, Any]:
    prints = learner.job.fingerprints
    progress: dict[str, Any] = {"t": 0 if optimiser is None else optimiser.t, "mom": learner.mom}
    if cursor is not None and optimiser is not None and optimiser.accumulated is not None:
        progress["accumulated"] = optimiser.weight
    if cursor is not None and optimiser is not None and optimiser.scale is not None:
        progress["lossScale"] = {"factor": optimiser.scale.factor, "good": optimiser.scale.good}
    progress |= {"steps": learner.steps, "epochs": learner.epochs, "freeze": learner.freeze}
    progress |= {name: prints[name] for name in ("data", "contents", "settings")}
    progress["history"] = history_to(learner.history)
    if cursor is not None:
        at: dict[str, Any] = {"step": cursor.step, "recipe": prints["recipe"]}
        if "costs" in prints:
            at["costs"] = prints["costs"]
        if cursor.within is not None:
            at["within"] = within_to(cursor.within)
        progress["cursor"] = at
    if run:
        progress["run"] = prints["run"]
    return progress


def saved_of(
    learner: Learner, state: State, optimiser: OptimiserState | None, cursor: Cursor | None, run: bool = True
) -> Saved:
    """The learner as a saved file: a checkpoint if there is a cursor, otherwise a model."""
    at = {**learner.model["preprocessing"], "size": list(learner.size)}
    model = {**learner.model, "freeze": learner.freeze, "preprocessing": at}
    tensors: dict[str, Tensor] = dict(state)
    if optimiser is not None:
        tensors |= {f"{OPTIMISER}{key}": array for key, array in optimiser.arrays.items()}
        if cursor is not None and optimiser.accumulated is not None:
            tensors |= {f"{ACCUMULATED}{path}": g for path, g in optimiser.accumulated.items()}
    if cursor is not None and cursor.within is not None:
        tensors |= tensors_within(cursor.within)
    progress = _progress(learner, optimiser, cursor, run)
    return Saved(model, progress, {name: _array(tensor) for name, tensor in tensors.items()})


def write_saved(file: Path, saved: Saved) -> None:
    """Writes a file atomically: it is never incomplete, even if the process is killed."""
    write_atomically(file, saved_bytes(saved))


def load_state(learner: Learner, file: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Puts saved parameters and buffers into the network."""
    wanted = learner.network.state_dict(keep_vars=True)
    for path, own in wanted.items():
        found = tensors.get(path)
        if found is None or found.shape != tuple(own.shape):
            shape = "no such tensor" if found is None else str(list(found.shape))
            raise JobError(f"{file}: {path}", str(list(own.shape)), shape, "use the file of this job")
        own.data.copy_(tensors_of({path: found})[path])


def _optimiser_in(saved: Saved, accumulated: bool) -> OptimiserState:
    weight = saved.progress.get("accumulated") if accumulated else None
    scale = saved.progress.get("lossScale")
    return OptimiserState(
        tensors_of(saved.under(OPTIMISER)),
        saved.progress["t"],
        None if weight is None else tensors_of(saved.under(ACCUMULATED)),
        weight or 0,
        None if scale is None else ScaleState(scale["factor"], scale["good"]),
    )


def _fits(learner: Learner, saved: Saved) -> bool:
    """Whether the saved optimiser state fits the parameters that the learner trains."""
    names = learner.job.optimiser.record.state
    trained = plan_under(learner.job.json, learner.freeze).trained
    return {f"{p.path}.{name}" for p in trained for name in names} == set(saved.under(OPTIMISER))


def restore(learner: Learner, file: Path) -> None:
    """Loads a saved model: parameters, and the optimiser's state if it fits; otherwise it is reset."""
    saved = read_saved(file)
    load_state(learner, file, saved.tensors)
    fits = saved.progress["t"] > 0 and _fits(learner, saved)
    learner.optimiser = _optimiser_in(saved, accumulated=False) if fits else OptimiserState({})
    learner.mom = saved.progress["mom"] if fits else learner.job.optimiser.momentum
    learner.events.tell("Loaded", file=str(file))
    if saved.progress["t"] > 0 and not fits:
        why = "because the file was saved with another optimiser or with other trained parameters"
        learner.events.tell("Warning", message=f"{file}: the optimiser is reset, {why}")


def resume(learner: Learner, file: Path, saved: Saved) -> Cursor:
    """Restores the learner from a checkpoint of this job; returns the position in the recipe."""
    progress = saved.progress
    if progress.get("run") != learner.job.fingerprints["run"] or "cursor" not in progress:
        raise JobError(
            str(file), "a checkpoint of this job", "another file", "remove it, or pass another folder with --out"
        )
    load_state(learner, file, saved.tensors)
    learner.freeze, learner.mom = progress["freeze"], progress["mom"]
    learner.steps, learner.epochs = progress["steps"], progress["epochs"]
    learner.history = history_from(progress["history"])
    learner.optimiser = _optimiser_in(saved, accumulated=True)
    size = saved.model["preprocessing"]["size"]
    learner.size = (size, size) if isinstance(size, int) else (size[0], size[1])
    return Cursor(progress["cursor"]["step"], within_from(saved, tensors_of))
