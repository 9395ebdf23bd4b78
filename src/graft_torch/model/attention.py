"""Multi-head attention between tokens, and within the windows of a feature map."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

APART = -100.0
"""What is added to the scores of pixels that may not attend to each other, as in torchvision."""


def _attended(packed: Tensor, heads: int, norms: Sequence[nn.Module], bias: Tensor | None = None) -> Tensor:
    """Queries, keys and values side by side, `[n, t, 3c]` → `[n, t, c]`; `norms` are those of queries and keys."""
    n, t, width = packed.shape
    query, key, value = packed.view(n, t, 3, heads, width // 3 // heads).permute(2, 0, 3, 1, 4)
    if norms:
        query, key = norms[0](query), norms[1](key)
    y = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    return y.transpose(1, 2).reshape(n, t, width // 3)


class Attention(nn.Module):
    """Attention between the tokens of `[n, t, c]`, with timm's names or those of torch's `MultiheadAttention`."""

    def __init__(self, channels: int, heads: int, qkv_bias: bool, qk_norm: bool, torch_names: bool) -> None:
        super().__init__()
        self.heads, self.torch_names = heads, torch_names
        if torch_names:
            self.in_proj_weight = nn.Parameter(torch.zeros(3 * channels, channels))
            self.in_proj_bias = nn.Parameter(torch.zeros(3 * channels)) if qkv_bias else None
            self.out_proj = nn.Linear(channels, channels)
        else:
            self.qkv = nn.Linear(channels, 3 * channels, bias=qkv_bias)
            self.proj = nn.Linear(channels, channels)
        self.q_norm = nn.LayerNorm(channels // heads) if qk_norm else None
        self.k_norm = nn.LayerNorm(channels // heads) if qk_norm else None

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        norms = [norm for norm in (self.q_norm, self.k_norm) if norm is not None]
        if self.torch_names:
            return self.out_proj(_attended(F.linear(x, self.in_proj_weight, self.in_proj_bias), self.heads, norms))
        return self.proj(_attended(self.qkv(x), self.heads, norms))


def _positions(height: int, width: int) -> Tensor:
    """For every pair of pixels of a window, the row of the table of relative positions."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    down = y.flatten()[:, None] - y.flatten()[None] + height - 1
    across = x.flatten()[:, None] - x.flatten()[None] + width - 1
    return (down * (2 * width - 1) + across).flatten()


class WindowAttention(nn.Module):
    """Attention between the pixels of each window of `[n, c, h, w]`, which may be shifted (Swin)."""

    def __init__(self, channels: int, heads: int, window: Sequence[int], shift: Sequence[int]) -> None:
        super().__init__()
        self.heads, self.window, self.shift = heads, tuple(window), tuple(shift)
        rows = (2 * window[0] - 1) * (2 * window[1] - 1)
        self.relative_position_bias_table = nn.Parameter(torch.zeros(rows, heads))
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)
        self.register_buffer("positions", _positions(*self.window), persistent=False)

    def _mask(self, count: Sequence[int], shift: Sequence[int], device: torch.device) -> Tensor:
        """`[windows, tokens, tokens]`: 0, or −100 between pixels from different sides of the map's edge."""
        sides = [c * w for c, w in zip(count, self.window, strict=True)]

        def parts(side: int, window: int, by: int) -> Tensor:
            at = torch.arange(side, device=device)
            return torch.zeros_like(at) if by == 0 else (at >= side - window).long() + (at >= side - by).long()

        down, across = (parts(s, w, b) for s, w, b in zip(sides, self.window, shift, strict=True))
        grid = (3 * down[:, None] + across[None]).float()[None, None]
        labels = self._windows(grid, count)[:, :, 0]
        return (labels[:, :, None] != labels[:, None, :]).float() * APART

    def _windows(self, x: Tensor, count: Sequence[int]) -> Tensor:
        n, c, _, _ = x.shape
        cells = x.view(n, c, count[0], self.window[0], count[1], self.window[1])
        return cells.permute(0, 2, 4, 3, 5, 1).reshape(-1, self.window[0] * self.window[1], c)

    def forward(self, x: Tensor) -> Tensor:
        """Keeps the shape."""
        n, c, h, w = x.shape
        count = [-(-side // window) for side, window in zip((h, w), self.window, strict=True)]
        shift = [0 if parts == 1 else by for parts, by in zip(count, self.shift, strict=True)]
        whole = F.pad(x, (0, count[1] * self.window[1] - w, 0, count[0] * self.window[0] - h))
        moved = torch.roll(whole, (-shift[0], -shift[1]), (2, 3))
        parts = self._windows(moved, count)
        tokens = parts.shape[1]
        bias = self.relative_position_bias_table[self.positions].view(tokens, tokens, -1).permute(2, 0, 1)[None]
        if any(shift):
            mask = self._mask(count, shift, x.device)
            bias = (bias + mask[:, None]).repeat(n, 1, 1, 1)
        y = _attended(self.qkv(parts), self.heads, [], bias.to(parts.dtype))
        cells = y.view(n, *count, *self.window, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, *whole.shape[2:])
        back = torch.roll(cells, tuple(shift), (2, 3))[:, :, :h, :w]
        return self.proj(back.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
