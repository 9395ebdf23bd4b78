"""`DropoutMasks`: the masks of a network's dropout layers at a step."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..learn.source import Batch
from ..model.dropout import Dropout
from ..model.network import Network
from ..seed import generator, split_seed


class DropoutMasks:
    """With `exact`, the masks equal graft's for any number of processes; otherwise torch draws them on the device."""

    def __init__(self, network: Network, seed: int, exact: bool) -> None:
        self.seed = seed
        self.step = self.start = self.total = 0
        for module in network.modules():
            if isinstance(module, Dropout):
                module.draw = self._drawn if exact else None

    def of_step(self, step: int, batch: Batch, rank: int) -> None:
        """Prepares for a batch of the `step`-th training step of the whole run."""
        self.step, self.start, self.total = step, batch.start, batch.total
        torch.manual_seed(split_seed(self.seed, "dropout", step, rank))

    def _drawn(self, path: str, p: float, shape: tuple[int, ...]) -> Tensor:
        """The multipliers of a layer for this process's rows of the batch; drawn pixel by pixel, channels last."""
        n, *rest = shape
        sizes = [*rest[1:], rest[0]]
        random = generator(split_seed(self.seed, "dropout", self.step, path))
        drawn = random.uniforms(self.total * int(np.prod(sizes))).reshape(self.total, *sizes)
        own = drawn[self.start : self.start + n]
        mask = np.where(own < p, 0.0, 0.0 if p >= 1 else 1 / (1 - p)).astype(np.float32)
        return torch.from_numpy(np.ascontiguousarray(np.moveaxis(mask, -1, 1)))
