"""Watchers of training steps: what they remember of each epoch, and what they ask of the loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Request = tuple[str, Any]
"""`EndStep`, `ScaleRates` with a factor; `Keep`, `Restore` and `SaveModel` with a name."""


@dataclass(frozen=True)
class EpochSeen:
    """The results of an epoch by name; the last group's rate in its last batch, none if no batch was trained."""

    epoch: int
    values: Mapping[str, float | None]
    lr: float | None


Asked = tuple[Any, Sequence[Request]]


@dataclass(frozen=True)
class Watching:
    """A watcher: its initial state, which is JSON, and what it asks after each epoch and at the step's end."""

    start: Any
    on_epoch: Callable[[Any, EpochSeen], Asked]
    on_end: Callable[[Any], Sequence[Request]] = lambda _: []
    ends_on_nan: bool = False


Options = Mapping[str, Any]


def _improves(options: Options, best: float | None, value: float, min_delta: float = 0) -> bool:
    monitor, mode = options["monitor"], options["mode"]
    falls = mode == "min" or (mode == "auto" and ("loss" in monitor or "error" in monitor))
    if not math.isfinite(value):
        return False
    return best is None or (value + min_delta < best if falls else value - min_delta > best)


def _waited(options: Options, now: Any, seen: EpochSeen) -> Any:
    value = seen.values.get(options["monitor"])
    if value is None:
        return now
    if _improves(options, now["best"], value, options["minDelta"]):
        return {"best": value, "wait": 0}
    return {**now, "wait": now["wait"] + 1}


PATIENT = {"best": None, "wait": 0}


def _early_stopping(options: Options) -> Watching:
    def on_epoch(state: Any, seen: EpochSeen) -> Asked:
        following = _waited(options, state, seen)
        return following, [("EndStep", None)] if following["wait"] > options["patience"] else []

    return Watching(PATIENT, on_epoch)


def _reduce_lr_on_plateau(options: Options) -> Watching:
    def on_epoch(state: Any, seen: EpochSeen) -> Asked:
        following = _waited(options, state, seen)
        if following["wait"] > options["patience"] and seen.lr is not None and seen.lr > options["minLr"]:
            return {**following, "wait": 0}, [("ScaleRates", options["factor"])]
        return following, []

    return Watching(PATIENT, on_epoch)


def _save_best(options: Options) -> Watching:
    name = options["name"]

    def each(_: Any, seen: EpochSeen) -> Asked:
        return None, [("SaveModel", f"{name}_{seen.epoch}")]

    def best(state: float | None, seen: EpochSeen) -> Asked:
        value = seen.values.get(options["monitor"])
        if value is None or not _improves(options, state, value):
            return state, []
        return value, [("Keep", name), ("SaveModel", name)]

    if options["every"] == "epoch":
        return Watching(None, each)
    return Watching(None, best, lambda state: [] if state is None else [("Restore", name)])


def _terminate_on_nan(_: Options) -> Watching:
    return Watching(None, lambda _state, _seen: (None, []), ends_on_nan=True)


WATCHERS: dict[str, Callable[[Options], Watching]] = {
    "EarlyStopping": _early_stopping,
    "SaveBest": _save_best,
    "ReduceLrOnPlateau": _reduce_lr_on_plateau,
    "TerminateOnNaN": _terminate_on_nan,
}


def watching_of(watcher: Options) -> Watching:
    """How a watcher of `job.json` watches."""
    return WATCHERS[watcher["_tag"]](watcher)
