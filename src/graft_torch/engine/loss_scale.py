"""`LossScale`: a factor of the loss in half precision, which keeps small gradients from underflowing to 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

GROWTH_INTERVAL = 2000


@dataclass(frozen=True)
class ScaleState:
    """A factor, and the number of steps since a gradient overflowed."""

    factor: float = 2.0**16
    good: int = 0


class LossScale:
    """A factor that halves when a gradient overflows, which skips the step, and doubles after many steps without."""

    def __init__(self, enabled: bool, start: ScaleState | None = None) -> None:
        begun = start or ScaleState()
        self.factor = begun.factor if enabled else 1.0
        self.enabled = enabled
        self.good = begun.good

    def state(self) -> ScaleState | None:
        """The state to continue from; None if the loss is not scaled."""
        return ScaleState(self.factor, self.good) if self.enabled else None

    def undo(self, gradients: Sequence[Tensor]) -> bool:
        """Divides gradients by the factor, in place; returns whether they are all finite."""
        if not self.enabled:
            return True
        torch._foreach_div_(list(gradients), self.factor)
        finite = all(bool(torch.isfinite(norm)) for norm in torch._foreach_norm(list(gradients)))
        self.good = self.good + 1 if finite else 0
        if not finite:
            self.factor /= 2
        elif self.good % GROWTH_INTERVAL == 0:
            self.factor *= 2
        return finite
