"""Layers that enlarge a feature map, or smooth an enlarged one."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .layer import Fields


class Blur(nn.Module):
    """A 2×2 average with stride 1; the top and left edges are replicated."""

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape `[n, c, h, w]`."""
        return F.avg_pool2d(F.pad(x, (1, 0, 1, 0), mode="replicate"), 2, stride=1)


class ResizeNearest(nn.Module):
    """Resizes by nearest neighbour: row i of h is row ⌊i·H/h⌋ of H, in whole numbers, whatever the size."""

    def __init__(self, f: Fields) -> None:
        super().__init__()
        size = f["outputSize"]
        self.height, self.width = (size, size) if isinstance(size, int) else size

    def forward(self, x: Tensor) -> Tensor:
        """`[n, c, H, W]` → `[n, c, h, w]`."""
        height, width = x.shape[2:]
        rows = torch.arange(self.height, device=x.device) * height // self.height
        columns = torch.arange(self.width, device=x.device) * width // self.width
        return x.index_select(2, rows).index_select(3, columns)
