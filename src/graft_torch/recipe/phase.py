"""`Phase`: a training step of a recipe laid out over batches, and the hyperparameters of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .schedule import one_cycle, schedule_at

Step = Mapping[str, Any]
"""A step of the recipe of `job.json`; rates and decays are lists with a number for each group."""


@dataclass(frozen=True)
class Hyper:
    """The rate of each group, and the momentum; None leaves it unchanged."""

    lrs: list[float]
    mom: float | None


@dataclass(frozen=True)
class Phase:
    """The epochs of a training step, and the hyperparameters at each of the optimiser's steps, from epoch 0."""

    start_epoch: int
    end_epoch: int
    steps_per_epoch: int
    wd: list[float] | None
    """None: the learner's."""
    at: Callable[[int], Hyper]


def trains(step: Step) -> bool:
    """Whether a step of a recipe trains."""
    return step["step"] in PHASES


def _end_epoch(step: Step) -> int:
    if step["step"] != "fitOneCycle":
        return step["epochs"]
    return min(step["cycLen"], step["totEpochs"] or step["cycLen"])


def epochs_of(step: Step) -> int:
    """The number of epochs that a step trains; 0 for other steps."""
    return max(0, _end_epoch(step) - (step.get("startEpoch") or 0)) if trains(step) else 0


def _constant(step: Step, _: int) -> Callable[[int], Hyper]:
    return lambda _: Hyper(step["lr"], None)


def _cycle(step: Step, steps_per_epoch: int) -> Callable[[int], Hyper]:
    lr, mom, length = one_cycle(
        n=steps_per_epoch * (step["totEpochs"] or step["cycLen"]),
        div_factor=step["divFactor"],
        pct_start=step["pctStart"],
        final_div=step["finalDiv"] or step["divFactor"] * 1e4,
        moms=tuple(step["moms"]),
    )

    def at(k: int) -> Hyper:
        p = min(1.0, k / length)
        factor = schedule_at(p, lr)
        return Hyper([rate * factor for rate in step["maxLr"]], schedule_at(p, mom))

    return at


def _curve(step: Step, steps_per_epoch: int) -> Callable[[int], Hyper]:
    end, moms = step["epochs"] * steps_per_epoch, step["moms"]

    def at(k: int) -> Hyper:
        p = min(1.0, k / end)
        factor = schedule_at(p, step["schedule"])
        return Hyper([rate * factor for rate in step["lr"]], None if moms is None else schedule_at(p, moms))

    return at


PHASES: dict[str, Callable[[Step, int], Callable[[int], Hyper]]] = {
    "fit": _constant,
    "fitOneCycle": _cycle,
    "fitSchedule": _curve,
}
"""The steps that train: the hyperparameters at each of the optimiser's steps."""


def phase_of(step: Step, batches_per_epoch: int) -> Phase:
    """Lays out a training step over batches."""
    steps_per_epoch = math.ceil(batches_per_epoch / step["accumulate"])
    return Phase(
        start_epoch=step.get("startEpoch") or 0,
        end_epoch=_end_epoch(step),
        steps_per_epoch=steps_per_epoch,
        wd=step["wd"],
        at=PHASES[step["step"]](step, steps_per_epoch),
    )
