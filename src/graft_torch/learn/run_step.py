"""What each step of a recipe does to a learner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..engine.program import OptimiserState, Program, State
from ..recipe.phase import Step, epochs_of, trains
from .checkpoint import Cursor, restore, saved_of, write_saved
from .history_file import HistoryFile
from .learner import Learner
from .run_phase import RunPhase
from .stopping import Stopping
from .within import Within


def current_state(learner: Learner) -> State:
    """The network's parameters and buffers."""
    return dict(learner.network.state_dict())


def saved_file(learner: Learner, name: str) -> Path:
    """The path of a model that the recipe saves."""
    return learner.job.out / "models" / f"{name}.safetensors"


def save_model(learner: Learner, state: State, optimiser: OptimiserState, name: str) -> None:
    """Saves a model, which the recipe can load by name."""
    file = saved_file(learner, name)
    if learner.processes.is_first:
        write_saved(file, saved_of(learner, state, optimiser, None, run=False))
    learner.events.tell("Saved", file=str(file), kind="model")


def write_checkpoint(
    learner: Learner, state: State, optimiser: OptimiserState, cursor: Cursor, stopping: Stopping
) -> None:
    """Writes the run's checkpoint."""
    file = learner.job.out / "checkpoint.safetensors"
    if learner.processes.is_first:
        write_saved(file, saved_of(learner, state, optimiser, cursor))
    stopping.written()
    learner.events.tell("Saved", file=str(file), kind="checkpoint")


def place_of(recipe: list[Any], index: int) -> dict[str, int]:
    """The position of a training step among those of its recipe."""
    lengths = [epochs_of(step) for step in recipe]
    return {
        "phase": sum(n > 0 for n in lengths[:index]),
        "phases": sum(n > 0 for n in lengths),
        "epochsAfter": sum(lengths[index + 1 :]),
    }


def _run_phase(learner: Learner, index: int, begun: Within | None, stopping: Stopping, history: HistoryFile) -> None:
    recipe = list(learner.job.recipe)

    def write(now: Learner, program: Program, within: Within) -> None:
        optimiser = program.optimiser_state()
        write_checkpoint(now, current_state(now), optimiser, Cursor(index, within), stopping)

    def save(now: Learner, program: Program, name: str) -> None:
        save_model(now, current_state(now), program.optimiser_state(), name)

    place = place_of(recipe, index)
    RunPhase(learner, recipe[index], place, begun, stopping, history, write, save).run()


STEPS: dict[str, Callable[[Learner, Step], None]] = {
    "setFreeze": lambda learner, step: learner.refreeze(step["freeze"]),
    "setSize": lambda learner, step: learner.resize((step["size"][0], step["size"][1])),
    "save": lambda learner, step: save_model(learner, current_state(learner), learner.optimiser, step["name"]),
    "load": lambda learner, step: restore(learner, saved_file(learner, step["name"])),
}
"""The steps that do not train."""


def run_step(learner: Learner, index: int, begun: Within | None, stopping: Stopping, history: HistoryFile) -> None:
    """Runs the step at a position of the recipe, from its start or from where it stopped."""
    step = learner.job.recipe[index]
    if trains(step):
        _run_phase(learner, index, begun, stopping, history)
    else:
        STEPS[step["step"]](learner, step)
