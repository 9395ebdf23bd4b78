"""`Within`: the position within a training step of a recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engine.program import State
from .averaging import Averaged
from .history import Smoothed
from .json_text import stringify
from .saved import AVERAGE, KEPT, Saved


@dataclass(frozen=True)
class Watched:
    """The states of a step's watchers, and the effects of their requests."""

    states: list[Any] = field(default_factory=list)
    rate_scale: float = 1
    """The factor of every learning rate."""
    ended: bool = False
    """Whether the step ends with this epoch."""
    kept: Mapping[str, State] = field(default_factory=dict)
    """Copies of parameters and buffers, by watcher and name: `0:bestmodel`."""


@dataclass(frozen=True)
class Within:
    """A position in a training step: the next batch, and what was counted since the step began."""

    epoch: int
    batch: int = 0
    trained: int = 0
    updates: int = 0
    smoothed: Smoothed = field(default_factory=Smoothed)
    watched: Watched = field(default_factory=Watched)
    average: Averaged | None = None


def within_to(within: Within) -> dict[str, Any]:
    """The position as in saved files, without its tensors."""
    smoothed, watched = within.smoothed, within.watched
    json = {
        "epoch": within.epoch,
        "batch": within.batch,
        "trained": within.trained,
        "smoothed": {"average": smoothed.average, "count": smoothed.count},
    }
    if within.updates != within.trained:
        json["updates"] = within.updates
    if within.average is not None:
        json["averaged"] = within.average.count
    if watched.states:
        json["watched"] = {
            # JSON within JSON: a watcher's state may be anything
            "states": [stringify(state) for state in watched.states],
            "rateScale": watched.rate_scale,
            "ended": watched.ended,
            "kept": list(watched.kept),
        }
    return json


def tensors_within(within: Within) -> State:
    """The tensors of a position, by their names in a saved file."""
    averaged = {} if within.average is None else within.average.state
    kept = within.watched.kept.items()
    return {
        **{f"{AVERAGE}{path}": t for path, t in averaged.items()},
        **{f"{KEPT}{name}:{path}": t for name, state in kept for path, t in state.items()},
    }


def within_from(saved: Saved, tensors_of: Any) -> Within | None:
    """The position in a saved file; None if the step has not started."""
    read = saved.progress.get("cursor", {}).get("within")
    if read is None:
        return None
    watched, averaged = read.get("watched"), read.get("averaged")
    return Within(
        epoch=read["epoch"],
        batch=read["batch"],
        trained=read["trained"],
        updates=read.get("updates", read["trained"]),
        smoothed=Smoothed(read["smoothed"]["average"], read["smoothed"]["count"]),
        watched=Watched()
        if watched is None
        else Watched(
            [json.loads(state) for state in watched["states"]],
            watched["rateScale"],
            watched["ended"],
            {name: tensors_of(saved.under(f"{KEPT}{name}:")) for name in watched["kept"]},
        ),
        average=None if averaged is None else Averaged(tensors_of(saved.under(AVERAGE)), averaged),
    )
