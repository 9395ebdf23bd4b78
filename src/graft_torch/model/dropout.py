"""Dropout whose masks are drawn from the run's seed, the step and the layer's path."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

Draw = Callable[[str, float, tuple[int, ...]], Tensor]
"""The multipliers 0 and 1/(1−p) of a layer with a path and a probability, for values of a shape."""


class Dropout(nn.Module):
    """Sets values to 0 with probability p and scales the others by 1/(1−p), in training mode only."""

    def __init__(self, path: str, p: float) -> None:
        super().__init__()
        self.path = path
        self.p = p
        self.draw: Draw | None = None
        """Without it, torch's generator draws."""

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        if not self.training or self.p == 0:
            return x
        if self.draw is None:
            return F.dropout(x, self.p)
        return x * self.draw(self.path, self.p, tuple(x.shape)).to(x)


class StochasticDepth(Dropout):
    """Dropout of whole images: one draw for every image of `[n, ...]`."""

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        if not self.training or self.p == 0:
            return x
        rows = (x.shape[0],) + (1,) * (x.dim() - 1)
        if self.draw is None:
            return x * F.dropout(x.new_ones(rows), self.p)
        return x * self.draw(self.path, self.p, rows).to(x)
