"""`Learner`: a network and everything that training changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..engine.device import Device
from ..engine.processes import Processes
from ..engine.program import OptimiserState, State
from ..job import Job
from ..model.network import Network
from ..plan.plan import Freeze
from .events import Events
from .history import History
from .open_network import open_network
from .source import Source


@dataclass
class Learner:
    """A learner in this process; the others have the same."""

    job: Job
    device: Device
    processes: Processes
    events: Events
    source: Source
    network: Network
    model: Mapping[str, Any]
    """The resolved model of the network, as saved files have it."""
    size: tuple[int, int]
    """Height and width of the images."""
    freeze: Freeze
    optimiser: OptimiserState
    mom: float
    """The momentum left in the optimiser."""
    steps: int
    """Training steps of the whole run."""
    epochs: int
    """Epochs begun."""
    history: History

    def refreeze(self, freeze: Freeze) -> None:
        """Changes what is trained, and resets the optimiser."""
        self.freeze = freeze
        self.optimiser = OptimiserState({})
        self.mom = self.job.optimiser.momentum

    def resize(self, size: tuple[int, int]) -> None:
        """Reads the images in another height and width from here on, for which a U-Net has other layers."""
        self.size = size
        self.source = self.source.resized(size)
        model = self.job.model_for(size)
        if any(model.get(part) != self.model.get(part) for part in ("body", "head")):
            state = self.network.state_dict()
            self.network = open_network(model, self.job.settings, self.device, self.processes)
            self.network.load_state_dict(state)
        self.model = model


def tensors_of(arrays: dict[str, np.ndarray]) -> State:
    """Arrays as tensors."""
    return {path: torch.from_numpy(array) for path, array in arrays.items()}
