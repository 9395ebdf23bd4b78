"""`Plan`: which parameters are trained, in which group, and whether weight decay applies to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import nn

from ..job_error import JobError
from ..model.batch_norm import BatchNorm
from ..model.network import Network

Freeze = int | Literal["body"]
"""The first group that is trained, negative from the end; or everything below `body` is frozen."""


@dataclass(frozen=True)
class PlanParameter:
    """A trained or frozen parameter; `decays` says whether weight decay applies even if `bnWd` is false."""

    path: str
    group: int
    trainable: bool
    decays: bool


@dataclass(frozen=True)
class Plan:
    """The parameters of a network under a freeze, in the order of its layers."""

    freeze: Freeze
    parameters: Sequence[PlanParameter]
    buffers: Sequence[str]
    stored: frozenset[str]
    """Paths of the batch norms that use running statistics in training, and leave them unchanged."""

    @property
    def trained(self) -> list[PlanParameter]:
        """The parameters that are trained."""
        return [p for p in self.parameters if p.trainable]


def plan_under(job: Mapping[str, Any], freeze: Freeze) -> Plan:
    """The plan of `job.json` under one of its freezes."""
    found = next((f for f in job["freezes"] if f["freeze"] == freeze), None)
    if found is None:
        raise JobError("job.json: freezes", f"the freeze {freeze}", "others", "make the job again")
    trainable = set(found["trainable"])
    parameters = [
        PlanParameter(p["path"], p["group"], p["path"] in trainable, p["decays"] == "always") for p in job["parameters"]
    ]
    return Plan(freeze, parameters, [b["path"] for b in job["buffers"]], frozenset(found["stored"]))


def module_at(network: nn.Module, path: str) -> nn.Module:
    """The module of a path of a network."""
    for name in path.split("."):
        network = network._modules[name]
    return network


def to_training(network: Network, plan: Plan) -> None:
    """Puts a network in training mode: batch norms use the batch's statistics, or the stored ones as planned."""
    network.train()
    for leaf in network.leaves:
        module = module_at(network, leaf.path)
        if isinstance(module, BatchNorm):
            module.train(leaf.path not in plan.stored)


def freeze_parameters(network: Network, plan: Plan) -> None:
    """Lets only the trained parameters have gradients."""
    trained = {p.path for p in plan.trained}
    for path, parameter in network.named_parameters():
        parameter.requires_grad_(path in trained)
        parameter.grad = None
