"""What the watchers of a training step ask for, carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..engine.program import Program
from ..recipe.watcher import EpochSeen, Request, Watching, watching_of
from .history import Row
from .within import Watched


@dataclass(frozen=True)
class Hooks:
    """What watchers can do in the training loop."""

    program: Program
    save: Callable[[str], None]
    """Saves the current learner under a name."""


def _watchings(step: Mapping[str, Any]) -> list[Watching]:
    return [watching_of(watcher) for watcher in step["until"]]


def unwatched(step: Mapping[str, Any]) -> Watched:
    """The initial state of a step's watchers."""
    return Watched([watching.start for watching in _watchings(step)])


def ends_on_nan(step: Mapping[str, Any]) -> bool:
    """Whether a loss that is not finite ends the step, instead of the run."""
    return any(watching.ends_on_nan for watching in _watchings(step))


def epoch_seen(names: Sequence[str], row: Row, lr: float | None) -> EpochSeen:
    """An epoch's results by name."""
    metrics = {name: row.metrics[i] if i < len(row.metrics) else None for i, name in enumerate(names)}
    return EpochSeen(row.epoch, {"train_loss": row.train_loss, "valid_loss": row.valid_loss, **metrics}, lr)


def _granted(hooks: Hooks, watched: Watched, watcher: int, request: Request) -> Watched:
    kind, value = request
    # watchers do not share copies
    name = f"{watcher}:{value}"
    if kind == "EndStep":
        return replace(watched, ended=True)
    if kind == "ScaleRates":
        return replace(watched, rate_scale=watched.rate_scale * value)
    if kind == "Keep":
        return replace(watched, kept={**watched.kept, name: hooks.program.state()})
    if kind == "SaveModel":
        hooks.save(value)
    elif name in watched.kept:
        hooks.program.load(watched.kept[name])
    return watched


def _grant_all(hooks: Hooks, watched: Watched, asked: Sequence[Sequence[Request]]) -> Watched:
    for watcher, requests in enumerate(asked):
        for request in requests:
            watched = _granted(hooks, watched, watcher, request)
    return watched


def after_epoch(hooks: Hooks, step: Mapping[str, Any], watched: Watched, seen: EpochSeen) -> Watched:
    """Passes an epoch's results to every watcher, and carries out what they ask for."""
    answers = [w.on_epoch(state, seen) for w, state in zip(_watchings(step), watched.states, strict=True)]
    states = [state for state, _ in answers]
    return _grant_all(hooks, replace(watched, states=states), [requests for _, requests in answers])


def after_step(hooks: Hooks, step: Mapping[str, Any], watched: Watched) -> Watched:
    """Carries out what watchers ask for at the end of a step that was not halted."""
    asked = [w.on_end(state) for w, state in zip(_watchings(step), watched.states, strict=True)]
    return _grant_all(hooks, watched, asked)
