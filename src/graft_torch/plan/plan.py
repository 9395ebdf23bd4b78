"""`Plan`: which parameters are trained, in which group, and whether weight decay applies to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from ..job_error import JobError
from ..model.batch_norm import BatchNorm
from ..model.layer import Leaf, is_under
from ..model.network import Network


@dataclass(frozen=True)
class PlanParameter:
    """A parameter's path, its group from the input on, and what training does to it."""

    path: str
    group: int
    trainable: bool
    decays: bool
    """Whether weight decay applies even if the learner's `bnWd` is false."""


@dataclass(frozen=True)
class Plan:
    """The parameters of a network under a freeze, in the order of its layers."""

    parameters: Sequence[PlanParameter]
    groups: int
    stored: frozenset[str]
    """Paths of the batch norms that use running statistics in training, and leave them unchanged."""


def _openings(leaves: Sequence[Leaf], starts: Sequence[str]) -> list[int]:
    first = [next(i for i, leaf in enumerate(leaves) if is_under(start, leaf.path)) for start in starts]
    # a start at the first layer opens no new group
    return [position for position in first if position > 0]


def _first_trained(freeze: int, groups: int) -> int:
    first = freeze + groups if freeze < 0 else freeze
    if not 0 <= first < groups or (freeze < 0 and groups == 1):
        raise JobError(
            f"freezeTo({freeze})", f"a group from {-groups} to {groups - 1}", str(freeze), "change the recipe"
        )
    return first


def plan_of(network: Network, model: Mapping[str, Any], freeze: str | int) -> Plan:
    """The plan of a resolved model's network under a freeze: `'body'`, or the first group that is trained."""
    openings = _openings(network.leaves, model["starts"])
    groups = len(openings) + 1
    policy = model["batchNorm"]
    first = 0 if freeze == "body" else _first_trained(int(freeze), groups)
    parameters: list[PlanParameter] = []
    stored: set[str] = set()
    for position, leaf in enumerate(network.leaves):
        group = sum(opening <= position for opening in openings)
        frozen = is_under("body", leaf.path) if freeze == "body" else group < first
        norm = leaf.kind == "batchNorm"
        if norm and frozen and policy == "inference":
            stored.add(leaf.path)
        trainable = not frozen or (norm and policy == "trains")
        for name, _ in module_at(network, leaf.path).named_parameters():
            parameters.append(PlanParameter(f"{leaf.path}.{name}", group, trainable, not (norm or name == "bias")))
    return Plan(parameters, groups, frozenset(stored))


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
    trained = {p.path: p.trainable for p in plan.parameters}
    for path, parameter in network.named_parameters():
        parameter.requires_grad_(trained[path])
        parameter.grad = None
