"""`Network`: the network of a resolved model, with torch's modules and graft's paths as keys of its state dict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn

from .layer import Leaf, fold_layer, whole_network
from .layer_kinds import module_of
from .tokens import PositionEmbedding, Tokens

Flow = Callable[[Tensor], Tensor]


def _combined(kind: str, parts: Sequence[Flow]) -> Flow:
    def sequential(x: Tensor) -> Tensor:
        for part in parts:
            x = part(x)
        return x

    def concat(x: Tensor) -> Tensor:
        outputs = [part(x) for part in parts]
        # tokens have their channels last
        return torch.cat(outputs, 2 if outputs[0].dim() == 3 else 1)

    def total(x: Tensor) -> Tensor:
        return reduce(torch.add, [part(x) for part in parts])

    def product(x: Tensor) -> Tensor:
        return reduce(torch.mul, [part(x) for part in parts])

    return {"sequential": sequential, "sum": total, "product": product, "concat": concat}[kind]


class Network(nn.Module):
    """A network whose parameters and buffers have graft's paths, from `body` and `head` of a resolved model."""

    def __init__(self, model: Mapping[str, Any]) -> None:
        super().__init__()
        self.leaves: list[Leaf] = []
        self._grid: Callable[[], tuple[int, int] | None] = lambda: None
        self.flow: Flow = fold_layer(self._added, _combined, whole_network(model))

    def _added(self, leaf: Leaf) -> Flow:
        self.leaves.append(leaf)
        module = module_of(leaf)
        if isinstance(module, Tokens):
            self._grid = lambda: module.grid
        if isinstance(module, PositionEmbedding):
            module.source = self._grid
        *above, last = leaf.path.split(".")
        place: nn.Module = self
        for name in above:
            # a layer may have any name, also that of one of torch's methods, which add_module refuses
            place = place._modules.setdefault(name, nn.Module())
        own = getattr(module, "own", None)
        if own is None:
            place._modules[last] = module
        else:
            # the parameter has the layer's own path
            place.register_parameter(last, own)
        return module

    def forward(self, x: Tensor) -> Tensor:
        """`[n, c, h, w]` → `[n, outputs]`, or `[n, outputs, h, w]`; raw outputs, before any activation."""
        return self.flow(x)

    def power_steps(self) -> None:
        """One power iteration for every spectral norm; before each forward pass of a training step."""
        for module in self.modules():
            if hasattr(module, "power_step"):
                module.power_step()
