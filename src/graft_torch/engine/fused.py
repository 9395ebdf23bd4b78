"""AdamW and Adam with torch's fused kernels: the same update as graft's, except for rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from ..plan.plan import PlanParameter
from ..recipe.optimiser import Optimiser, ParameterHyper

FUSED = ("AdamW", "Adam")


class Fused:
    """An optimiser of torch over the parameters and the state arrays of a program."""

    def __init__(
        self,
        optimiser: Optimiser,
        trained: Sequence[PlanParameter],
        parameters: Mapping[str, Tensor],
        arrays: Mapping[str, Tensor],
        decoupled: bool,
    ) -> None:
        self.optimiser, self.parameters, self.arrays = optimiser, parameters, arrays
        self.members: dict[tuple[int, bool], list[PlanParameter]] = {}
        for p in trained:
            self.members.setdefault((p.group, p.decays), []).append(p)
        groups = [{"params": [parameters[p.path] for p in group]} for group in self.members.values()]
        kind = torch.optim.AdamW if decoupled else torch.optim.Adam
        self.torch = kind(groups, lr=0.0, eps=optimiser.options["eps"], fused=True)

    def step(self, hyper_of: Callable[[PlanParameter], ParameterHyper], t: int, finite: Tensor) -> None:
        """Makes step `t` with the gradients of the parameters, or no step if `finite` is false."""
        for group, members in zip(self.torch.param_groups, self.members.values(), strict=True):
            h = hyper_of(members[0])
            group["lr"], group["weight_decay"] = h.lr, h.wd
            group["betas"] = (h.mom, self.optimiser.options["betas"][1])
            for p in members:
                parameter = self.parameters[p.path]
                if parameter in self.torch.state:
                    continue
                self.torch.state[parameter] = {
                    "step": torch.full((), float(t - 1), device=parameter.device),
                    "exp_avg": self.arrays[f"{p.path}.exp_avg"],
                    "exp_avg_sq": self.arrays[f"{p.path}.exp_avg_sq"],
                }
        self.torch.found_inf = (~finite).float()
        self.torch.step()
