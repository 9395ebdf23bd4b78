"""Attention between all pixels of a feature map."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .reparametrised import power_step, spectral_normed


class _Projection(nn.Module):
    """A 1×1 convolution with spectral norm and without bias, over pixels in one axis."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.weight_orig = nn.Parameter(torch.zeros(out, channels, 1))
        self.register_buffer("weight_u", torch.zeros(out))
        self.register_buffer("weight_v", torch.zeros(channels))

    def forward(self, pixels: Tensor) -> Tensor:
        """`[n, channels, pixels]` → `[n, out, pixels]`."""
        return spectral_normed(self.weight_orig, self.weight_u, self.weight_v)[:, :, 0] @ pixels


class SelfAttention(nn.Module):
    """x + γ·v·A over the pixels of `[n, channels, h, w]`; A is the softmax of qᵀk over its first axis."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        few = max(1, channels // 8)
        self.query = _Projection(channels, few)
        self.key = _Projection(channels, few)
        self.value = _Projection(channels, channels)
        self.gamma = nn.Parameter(torch.zeros(1))

    def power_step(self) -> None:
        """Improves the estimates of the largest singular values."""
        for projection in (self.query, self.key, self.value):
            power_step(projection.weight_orig, projection.weight_u, projection.weight_v)

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        pixels = x.flatten(2)
        shares = torch.softmax(self.query(pixels).transpose(1, 2) @ self.key(pixels), dim=1)
        return self.gamma * (self.value(pixels) @ shares).view_as(x) + x
