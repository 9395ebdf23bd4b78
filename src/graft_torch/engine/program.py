"""`Program`: a network on a device, for training: steps, accumulated gradients, evaluation, and its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from ..job_error import JobError
from ..learn.source import Batch
from ..model.batch_norm import BatchNorm
from ..model.network import Network
from ..plan.plan import Plan, PlanParameter, freeze_parameters, to_training
from ..recipe.loss import NOTHING, Loss, mean_loss, summed_loss
from ..recipe.optimiser import Optimiser, ParameterHyper, optimiser_step
from .device import Device
from .dropout_masks import DropoutMasks
from .fused import FUSED, Fused
from .loss_scale import LossScale, ScaleState
from .processes import Processes

State = dict[str, Tensor]
"""Parameters and buffers by path."""


@dataclass(frozen=True)
class StepOptions:
    """Settings of training steps."""

    loss: Loss
    optimiser: Optimiser
    true_wd: bool
    bn_wd: bool
    clip: float | None
    seed: int
    undoes: bool = True
    """Whether a step whose loss is not finite leaves everything unchanged, which means waiting for each loss."""

    @property
    def decoupled(self) -> bool:
        """Whether weight decay is decoupled: it scales the parameter instead of adding to its gradient."""
        mode = self.optimiser.record.weight_decay
        return mode == "decoupled" or (mode == "trueWd" and self.true_wd)


@dataclass(frozen=True)
class StepInput:
    """The hyperparameters of a step: learning rate per group, momentum, and weight decay, one or per group."""

    lrs: Sequence[float]
    mom: float
    wd: float | Sequence[float]


@dataclass
class OptimiserState:
    """State arrays by `<parameter path>.<name>`, steps made, and gradients accumulated since the last one."""

    arrays: Mapping[str, Tensor]
    t: int = 0
    accumulated: Mapping[str, Tensor] | None = None
    weight: float = 0
    scale: ScaleState | None = None
    """The scale of the loss; None: the initial one."""


@dataclass(frozen=True)
class Evaluation:
    """Raw outputs and targets of a whole batch, on the CPU, and its mean loss."""

    outputs: Tensor
    targets: Tensor
    loss: float
    frames: Tensor | None = None
    """For points, the map of each image's to its pixels, `[n, 9]`."""


class Program:
    """A network with a plan. All processes must make the same calls."""

    def __init__(
        self,
        network: Network,
        plan: Plan,
        options: StepOptions,
        start: OptimiserState,
        device: Device,
        processes: Processes,
    ) -> None:
        self.network, self.plan, self.options = network, plan, options
        self.device, self.processes = device, processes
        freeze_parameters(network, plan)
        to_training(network, plan)
        self.parameters = dict(network.named_parameters())
        self.arrays = self._arrays_from(start.arrays)
        self.t, self.weight = start.t, start.weight
        self.masks = DropoutMasks(network, options.seed, exact=not device.fast["compile"])
        self.scale = LossScale(device.fast["precision"] == "fp16", start.scale)
        for path, gradient in (start.accumulated or {}).items():
            self.parameters[path].grad = gradient.to(self.parameters[path]) * self.scale.factor
        self.fused = self._fused()
        self.parallel = self._in_parallel()

    def _arrays_from(self, given: Mapping[str, Tensor]) -> State:
        arrays: State = {}
        for p in self.plan.trained:
            for name in self.options.optimiser.record.state:
                fresh = torch.zeros_like(self.parameters[p.path], requires_grad=False)
                key = f"{p.path}.{name}"
                arrays[key] = fresh.copy_(given[key]) if key in given else fresh
        return arrays

    def _fused(self) -> Fused | None:
        o = self.options.optimiser
        if not (self.device.fast["fusedOptimiser"] and o.tag in FUSED):
            return None
        return Fused(o, self.plan.trained, self.parameters, self.arrays, self.options.decoupled)

    def _in_parallel(self) -> nn.Module:
        if self.processes.world == 1:
            return self.network
        syncs = any(isinstance(m, BatchNorm) and m.sync for m in self.network.modules())
        return DistributedDataParallel(
            self.network,
            device_ids=[self.device.at.index] if self.device.is_gpu else None,
            broadcast_buffers=not syncs,
        )

    # ------------------------------------------------------------------------------------------------------------------
    # training
    # ------------------------------------------------------------------------------------------------------------------

    def _outputs(self, batch: Batch, step: int) -> Tensor:
        if not self.network.training:
            to_training(self.network, self.plan)
        self.masks.of_step(step, batch, self.processes.rank)
        self.network.power_steps()
        try:
            with self.device.autocast():
                return self.parallel(self.device.images(batch.x)).float()
        except ValueError as error:
            if "more than 1 value per channel" not in str(error):
                raise
            hint = "use larger batches, or drop the last one"
            expected = "more than one value per channel of each batch norm"
            raise JobError(f"a batch of {len(batch.x)} images in a process", expected, "one", hint) from error

    def _gradients(self, batch: Batch, step: int, mean: bool, last: bool) -> tuple[Tensor, bool]:
        """Adds the gradients of the mean loss, or of its sum; returns the loss, and whether the step was undone."""
        buffers = list(self.network.buffers())
        before = [b.clone() for b in buffers] if self.options.undoes else []
        with self._reducing(last):
            outputs = self._outputs(batch, step)
            weights = None if batch.w is None else self.device.put(batch.w)
            own, weight = summed_loss(self.options.loss, outputs, self.device.put(batch.y), weights)
            sums = self.processes.total(torch.stack([own.detach(), weight]))
            divisor = sums[1].clamp_min(NOTHING)
            value = sums[0] / divisor
            if self.options.undoes and not bool(torch.isfinite(value)):
                for buffer, old in zip(buffers, before, strict=True):
                    buffer.copy_(old)
                return value, True
            # DistributedDataParallel takes the mean over processes
            loss = own * (self.processes.world * self.scale.factor)
            (loss / divisor if mean else loss).backward()
        if not mean:
            self.weight += float(sums[1])
        return value, False

    def _reducing(self, last: bool) -> AbstractContextManager:
        """Defers the all-reduce of gradients to the last of the accumulated batches."""
        return nullcontext() if last or self.processes.world == 1 else self.parallel.no_sync()

    def step(self, batch: Batch, given: StepInput, step: int) -> float:
        """Makes a training step; returns the loss before it. `step` counts the training steps of the whole run."""
        self._forget()
        loss, undone = self._gradients(batch, step, mean=True, last=True)
        if not undone:
            self._apply(given, torch.isfinite(loss))
        return float(loss)

    def accumulate(self, batch: Batch, step: int, last: bool) -> float:
        """Adds a batch's gradients to those accumulated since the last update; returns its loss."""
        return float(self._gradients(batch, step, mean=False, last=last)[0])

    def update(self, given: StepInput) -> None:
        """Makes an optimiser step with the mean of the accumulated gradients, if there are any."""
        if self.weight == 0 and all(self.parameters[p.path].grad is None for p in self.plan.trained):
            return
        for p in self.plan.trained:
            gradient = self.parameters[p.path].grad
            if gradient is not None:
                gradient.div_(max(self.weight, NOTHING))
        self._apply(given, torch.ones((), dtype=torch.bool, device=self.device.at))
        self._forget()

    def _forget(self) -> None:
        for p in self.plan.trained:
            self.parameters[p.path].grad = None
        self.weight = 0.0

    def _hyper(self, p: PlanParameter, given: StepInput, t: int) -> ParameterHyper:
        wd = given.wd if isinstance(given.wd, int | float) else given.wd[p.group]
        own = wd if p.decays or self.options.bn_wd else 0.0
        return ParameterHyper(given.lrs[p.group], given.mom, own, self.options.decoupled, t)

    def _apply(self, given: StepInput, finite: Tensor) -> None:
        """Makes an optimiser step with the gradients, clipped to the norm in the settings."""
        trained = [self.parameters[p.path] for p in self.plan.trained]
        for parameter in trained:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        if not self.scale.undo([p.grad for p in trained]):
            return
        if self.options.clip is not None:
            nn.utils.clip_grad_norm_(trained, self.options.clip)
        self.t += 1
        if self.fused is not None:
            self.fused.step(lambda p: self._hyper(p, given, self.t), self.t, finite)
            return
        names = self.options.optimiser.record.state
        for p, parameter in zip(self.plan.trained, trained, strict=True):
            state = {name: self.arrays[f"{p.path}.{name}"] for name in names}
            optimiser_step(self.options.optimiser, parameter, parameter.grad, state, self._hyper(p, given, self.t))

    # ------------------------------------------------------------------------------------------------------------------
    # evaluation
    # ------------------------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def evaluate(self, batch: Batch) -> Evaluation:
        """Evaluates a batch, of which every process has its own rows, with the training loss."""
        self.network.eval()
        with self.device.autocast():
            outputs = self.network(self.device.images(batch.x)).float()
        outputs = self.processes.rows(outputs, batch.total)
        targets = self.processes.rows(self.device.put(batch.y), batch.total)
        frames = None if batch.frames is None else self.processes.rows(self.device.put(batch.frames), batch.total).cpu()
        loss = mean_loss(self.options.loss, outputs, targets)
        return Evaluation(outputs.cpu(), targets.cpu(), float(loss), frames)

    # ------------------------------------------------------------------------------------------------------------------
    # state
    # ------------------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """A copy of the parameters and buffers."""
        return {path: t.detach().clone() for path, t in self.network.state_dict().items()}

    @torch.no_grad()
    def load(self, state: Mapping[str, Tensor]) -> None:
        """Replaces parameters and buffers, and keeps the optimiser state."""
        for path, tensor in self.network.state_dict(keep_vars=True).items():
            tensor.copy_(state[path])

    def optimiser_state(self) -> OptimiserState:
        """A copy of the optimiser's state."""
        arrays = {key: array.clone() for key, array in self.arrays.items()}
        if self.weight == 0:
            return OptimiserState(arrays, self.t, scale=self.scale.state())
        accumulated = {}
        for p in self.plan.trained:
            parameter = self.parameters[p.path]
            gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()
            accumulated[p.path] = self.processes.total(gradient) / (self.processes.world * self.scale.factor)
        return OptimiserState(arrays, self.t, accumulated, self.weight, self.scale.state())
