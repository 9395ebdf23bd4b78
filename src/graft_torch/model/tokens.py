"""Tokens `[n, t, c]`: from a feature map, learned ones, their positions and their pooling."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _tokens(x: Tensor) -> Tensor:
    """`[n, c, h, w]` → `[n, h·w, c]`."""
    return x.flatten(2).transpose(1, 2)


class Tokens(nn.Module):
    """The pixels of a feature map as tokens. Remembers the height and width of the last map."""

    grid: tuple[int, int] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """`[n, c, h, w]` → `[n, h·w, c]`."""
        self.grid = (x.shape[2], x.shape[3])
        return _tokens(x)


class LearnedTokens(nn.Module):
    """Puts learned tokens before the others; the parameter has the layer's own path."""

    def __init__(self, channels: int, count: int) -> None:
        super().__init__()
        self.own = nn.Parameter(torch.zeros(1, count, channels))

    def forward(self, x: Tensor) -> Tensor:
        """`[n, t, c]` → `[n, count + t, c]`."""
        return torch.cat([self.own.expand(x.shape[0], -1, -1), x], 1)


class PositionEmbedding(nn.Module):
    """Adds a learned vector to every token; those of patches are interpolated to the grid of the tokens."""

    def __init__(self, channels: int, grid: Sequence[int], prefix: int) -> None:
        super().__init__()
        self.grid, self.prefix = tuple(grid), prefix
        self.source: Callable[[], tuple[int, int] | None] = lambda: None
        """The grid of the tokens; none: the embedding's own."""
        self.own = nn.Parameter(torch.zeros(1, prefix + grid[0] * grid[1], channels))

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        to = self.source()
        if to is None or to == self.grid:
            return x + self.own
        kept, patches = self.own[:, : self.prefix], self.own[:, self.prefix :]
        square = patches.reshape(1, *self.grid, -1).permute(0, 3, 1, 2)
        resized = F.interpolate(square, size=to, mode="bicubic", antialias=True, align_corners=False)
        return x + torch.cat([kept, _tokens(resized)], 1)


def patch_merging(x: Tensor) -> Tensor:
    """The pixels of every 2×2 block as channels, column by column: `[n, c, h, w]` → `[n, 4c, ⌈h/2⌉, ⌈w/2⌉]`."""
    even = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2))
    parts = [even[:, :, down::2, across::2] for across in (0, 1) for down in (0, 1)]
    return torch.cat(parts, 1)
