"""Convolutions whose weight is computed in each forward pass: weight norm and spectral norm."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layer import Fields


def unit(x: Tensor) -> Tensor:
    """A vector scaled to length 1."""
    return x / x.norm().clamp_min(1e-12)


def power_step(weight: Tensor, u: Tensor, v: Tensor) -> None:
    """One power iteration, in place: v ← Wᵀu, u ← Wv, each of length 1; W has a row for each output."""
    with torch.no_grad():
        matrix = weight.flatten(1)
        v.copy_(unit(matrix.t() @ u))
        u.copy_(unit(matrix @ v))


def spectral_normed(weight: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """W/σ, where σ = uᵀWv estimates the largest singular value."""
    return weight / torch.dot(u, weight.flatten(1) @ v)


class _Normed(nn.Module):
    """A convolution without a weight of its own."""

    def __init__(self, f: Fields) -> None:
        super().__init__()
        self.conv = dict(stride=f["stride"], padding=f["padding"], dilation=f["dilation"], groups=f["groups"])
        kernel = f["kernelSize"]
        sides = [kernel, kernel] if isinstance(kernel, int) else kernel
        self.shape = [f["outChannels"], f["inChannels"] // f["groups"], *sides]
        self.bias = nn.Parameter(torch.zeros(f["outChannels"])) if f["bias"] else None

    def _convolved(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.conv2d(x, weight, self.bias, **self.conv)


class WeightNorm(_Normed):
    """A convolution with the weight g·v/‖v‖: a length and a direction for each output channel."""

    def __init__(self, f: Fields) -> None:
        super().__init__(f)
        self.weight_g = nn.Parameter(torch.ones(self.shape[0], 1, 1, 1))
        self.weight_v = nn.Parameter(torch.zeros(self.shape))

    def forward(self, x: Tensor) -> Tensor:
        """Convolves `[n, c, h, w]`."""
        lengths = self.weight_v.square().sum((1, 2, 3), keepdim=True).sqrt()
        return self._convolved(x, self.weight_v * (self.weight_g / lengths))


class SpectralNorm(_Normed):
    """A convolution with the weight W/σ; call `power_step` before each forward pass of a training step."""

    def __init__(self, f: Fields) -> None:
        super().__init__(f)
        self.weight_orig = nn.Parameter(torch.zeros(self.shape))
        self.register_buffer("weight_u", torch.zeros(self.shape[0]))
        self.register_buffer("weight_v", torch.zeros(self.weight_orig[0].numel()))

    def power_step(self) -> None:
        """Improves the estimate of the largest singular value."""
        power_step(self.weight_orig, self.weight_u, self.weight_v)

    def forward(self, x: Tensor) -> Tensor:
        """Convolves `[n, c, h, w]`."""
        return self._convolved(x, spectral_normed(self.weight_orig, self.weight_u, self.weight_v))
