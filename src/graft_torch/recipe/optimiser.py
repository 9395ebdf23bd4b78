"""Optimisers with graft's definitions: the update of one parameter, in place, from its gradient and its state."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor


@dataclass(frozen=True)
class ParameterHyper:
    """Hyperparameters of a parameter at a step; `t` counts steps from 1."""

    lr: float
    mom: float
    wd: float
    decoupled: bool
    """Whether weight decay scales the parameter before the step; otherwise the step itself decays."""
    t: int

    @property
    def l2(self) -> float:
        """The weight decay that the step applies itself."""
        return 0.0 if self.decoupled else self.wd


State = Mapping[str, Tensor]
Options = Mapping[str, Any]
Step = Callable[[Tensor, Tensor, State, Options, ParameterHyper], None]


@dataclass(frozen=True)
class OptimiserRecord:
    """State arrays of a parameter, initially zero; how weight decay is applied; the step."""

    state: Sequence[str]
    weight_decay: Literal["decoupled", "trueWd", "update"]
    step: Step


def _average(average: Tensor, now: Tensor, beta: float) -> Tensor:
    return average.mul_(beta).add_(now, alpha=1 - beta)


def _moments(g: Tensor, state: State, options: Options, h: ParameterHyper) -> tuple[Tensor, Tensor]:
    return _average(state["exp_avg"], g, h.mom), _average(state["exp_avg_sq"], g.square(), options["betas"][1])


def _adam_direction(g: Tensor, state: State, options: Options, h: ParameterHyper) -> Tensor:
    m, v = _moments(g, state, options, h)
    deviation = (v / (1 - options["betas"][1] ** h.t)).sqrt_().add_(options["eps"])
    return m / (1 - h.mom**h.t) / deviation


def _adam(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    p.sub_(_adam_direction(g, state, options, h), alpha=h.lr)


def _sgd(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    buffer = state["momentum_buffer"].mul_(h.mom).add_(g)
    p.sub_(g + buffer * h.mom if options["nesterov"] else buffer, alpha=h.lr)


def _rmsprop(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    v = _average(state["square_avg"], g.square(), options["alpha"])
    p.sub_(state["momentum_buffer"].mul_(h.mom).add_(g / (v.sqrt() + options["eps"])), alpha=h.lr)


def _lamb(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    update = _adam_direction(g, state, options, h)
    if h.l2 != 0:
        update = update + p * h.l2
    if h.l2 != 0 or options["alwaysAdapt"]:
        weight, change = p.norm(), update.norm()
        update = update * torch.where((weight > 0) & (change > 0), weight / change, 1.0)
    p.sub_(update, alpha=h.lr)


def _lion(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    m = state["exp_avg"]
    p.sub_((m * h.mom).add_(g, alpha=1 - h.mom).sign_(), alpha=h.lr)
    _average(m, g, options["betas"][1])


def _rectified(beta2: float, t: int) -> float:
    """√(1−β2ᵗ) times the rectification of the second moment's variance; 0 while its ρ is at most 5."""
    correction = 1 - beta2**t
    most = 2 / (1 - beta2) - 1
    rho = most - (2 * t * beta2**t) / correction
    if rho <= 5:
        return 0.0
    return math.sqrt((correction * ((rho - 4) * (rho - 2) * most)) / ((most - 4) * (most - 2) * rho))


def _r_adam(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    m, v = _moments(g, state, options, h)
    rectified = _rectified(options["betas"][1], h.t)
    scaled = m if rectified == 0 else m * (rectified / (v.sqrt() + options["eps"]))
    p.sub_(scaled, alpha=h.lr / (1 - h.mom**h.t))


def _ranger(p: Tensor, g: Tensor, state: State, options: Options, h: ParameterHyper) -> None:
    slow = state["slow"]
    if h.t == 1:
        slow.add_(p)
    if h.l2 != 0:
        p.sub_(p * (h.lr * h.l2))
    _r_adam(p, g, state, options, h)
    if h.t % options["k"] == 0:
        slow.add_(p - slow, alpha=options["alpha"])
        p.copy_(slow)


_ADAM = ("exp_avg", "exp_avg_sq")

OPTIMISERS: dict[str, OptimiserRecord] = {
    "AdamW": OptimiserRecord(_ADAM, "decoupled", _adam),
    "Adam": OptimiserRecord(_ADAM, "trueWd", _adam),
    "Sgd": OptimiserRecord(("momentum_buffer",), "trueWd", _sgd),
    "Rmsprop": OptimiserRecord(("square_avg", "momentum_buffer"), "trueWd", _rmsprop),
    "Lamb": OptimiserRecord(_ADAM, "update", _lamb),
    "Lion": OptimiserRecord(("exp_avg",), "decoupled", _lion),
    "RAdam": OptimiserRecord(_ADAM, "trueWd", _r_adam),
    "Ranger": OptimiserRecord((*_ADAM, "slow"), "update", _ranger),
}


@dataclass(frozen=True)
class Optimiser:
    """An optimiser by its tag, with all of its hyperparameters."""

    tag: str
    options: Options

    @property
    def record(self) -> OptimiserRecord:
        """What is the same for all optimisers of this tag."""
        return OPTIMISERS[self.tag]

    @property
    def momentum(self) -> float:
        """The momentum before a schedule changes it: β1 if there are betas."""
        return self.options["betas"][0] if "betas" in self.options else self.options["momentum"]


def optimiser_from(json: Any) -> Optimiser:
    """Reads an optimiser of `job.json`."""
    return Optimiser(json["_tag"], {name: value for name, value in json.items() if name != "_tag"})


@torch.no_grad()
def optimiser_step(o: Optimiser, p: Tensor, g: Tensor, state: State, h: ParameterHyper) -> None:
    """One step on one parameter, which changes in place, as its state does."""
    if o.record.weight_decay != "update" and h.wd != 0:
        if h.decoupled:
            p.mul_(1 - h.lr * h.wd)
        else:
            g = g + p * h.wd
    o.record.step(p, g, state, o.options, h)
