"""Layer norm over channels, wherever these are, and a learned factor for every channel."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def over_channels(values: Tensor, x: Tensor) -> Tensor:
    """A vector of channels in the shape that broadcasts over `[n, c, h, w]`, `[n, t, c]` or `[n, c]`."""
    return values.reshape(-1, 1, 1) if x.dim() == 4 else values.reshape(-1)


class LayerNorm(nn.Module):
    """Normalises the channels of every pixel of `[n, c, h, w]`, of every token of `[n, t, c]`, or of `[n, c]`."""

    def __init__(self, features: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        if x.dim() == 4:
            last = F.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, self.eps)
            return last.permute(0, 3, 1, 2)
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class LayerScale(nn.Module):
    """Multiplies every channel by a learned factor; the parameter has the layer's own path."""

    def __init__(self, channels: int, expanded: bool) -> None:
        super().__init__()
        self.own = nn.Parameter(torch.zeros(channels, 1, 1) if expanded else torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        return x * over_channels(self.own, x)
