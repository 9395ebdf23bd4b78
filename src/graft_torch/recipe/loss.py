"""Losses: a value for each sample, and their mean, with graft's definitions.

Targets are class indices `[n]`, or in segmentation `[n, pixels]` with values below 0 for pixels to ignore; labels and
numbers have the shape of the outputs; points are `[n, points, 2]`, NaN for missing ones; for mixed images they are
`[n, 3]`: a class, another class, and the share of the first. Outputs are `[n, width]`, or `[n, classes, h, w]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

NOTHING = 1e-12
"""Smaller than any sensible weight; where all samples are ignored, the mean is 0."""

LEAST = 1e-8
"""The power's gradient at 0 is not finite for γ < 1."""

CLASS_LOSSES = ("CrossEntropy", "LabelSmoothing", "Focal")


@dataclass(frozen=True)
class Loss:
    """A loss by its tag, with its options; `MixUp` holds the loss of classes that it mixes."""

    tag: str
    options: Mapping[str, Any]
    of: Loss | None = None

    @property
    def is_of_classes(self) -> bool:
        """Whether targets are class indices."""
        return self.tag in CLASS_LOSSES


def loss_from(json: Any) -> Loss:
    """Reads a loss of `job.json`."""
    options = {name: value for name, value in json.items() if name not in ("_tag", "of")}
    return Loss(json["_tag"], options, loss_from(json["of"]) if "of" in json else None)


def mixing(loss: Loss) -> Loss:
    """The loss for targets of mixed images; it treats plain targets as the given loss does."""
    return Loss("MixUp", {}, loss)


def _vector(values: Any, like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=like.device)


def _nll(logs: Tensor, targets: Tensor) -> Tensor:
    """−log p of the target; 0 for a target that is no class, as a one-hot vector of zeros gives."""
    classes = targets.long()
    known = (classes >= 0) & (classes < logs.shape[-1])
    taken = logs.gather(-1, torch.where(known, classes, 0).unsqueeze(-1)).squeeze(-1)
    return torch.where(known, -taken, 0.0)


def _factors(weight: Any, targets: Tensor) -> Tensor:
    return _vector(weight, targets)[targets.long().clamp_min(0)]


def _focused(nll: Tensor, gamma: float) -> Tensor:
    return nll if gamma == 0 else (1 - torch.exp(-nll)).clamp_min(LEAST).pow(gamma) * nll


def _binary(outputs: Tensor, targets: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")


def _cross_entropy(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    nll = _nll(F.log_softmax(outputs, -1), targets)
    weights = _weights(loss, targets)
    return nll if weights is None else nll * weights


def _label_smoothing(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    eps, weight = loss.options["eps"], loss.options["weight"]
    logs = F.log_softmax(outputs, -1)
    nll = _nll(logs, targets)
    if weight is not None:
        nll, logs = nll * _factors(weight, targets), logs * _vector(weight, logs)
    return nll * (1 - eps) - logs.sum(-1) * (eps / outputs.shape[-1])


def _focal(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    each = _focused(_nll(F.log_softmax(outputs, -1), targets), loss.options["gamma"])
    alpha = loss.options["alpha"]
    return each if alpha is None else each * _factors(alpha, targets)


def _bce(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    labels, weight = targets.float().view_as(outputs), loss.options["posWeight"]
    pos_weight = None if weight is None else _vector(weight, outputs)
    each = F.binary_cross_entropy_with_logits(outputs, labels, reduction="none", pos_weight=pos_weight)
    return each.mean(-1)


def _sigmoid_focal(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    labels, alpha = targets.float().view_as(outputs), loss.options["alpha"]
    factor = labels * (2 * alpha - 1) + (1 - alpha)
    return (factor * _focused(_binary(outputs, labels), loss.options["gamma"])).mean(-1)


def are_points(targets: Tensor) -> bool:
    """Whether targets are points, `[n, points, 2]`."""
    return targets.dim() == 3


def _coordinates(targets: Tensor) -> Tensor:
    """The number of coordinates of each sample that are not missing."""
    return (~targets.isnan()).float().flatten(1).sum(-1)


def _of_numbers(of_each: Callable[[Loss, Tensor, Tensor], Tensor]) -> Callable[[Loss, Tensor, Tensor], Tensor]:
    """The mean over the numbers of each sample, or over coordinates of points that are not missing; 0 if all are."""

    def mean(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
        numbers = targets.view_as(outputs)
        if not are_points(targets):
            return of_each(loss, outputs, numbers).flatten(1).mean(-1)
        missing = numbers.isnan()
        each = of_each(loss, outputs, torch.where(missing, 0.0, numbers)) * ~missing
        return each.flatten(1).sum(-1) / _coordinates(targets).clamp_min(1)

    return mean


def _huber(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    return F.huber_loss(outputs, targets, reduction="none", delta=loss.options["delta"])


def _mixed(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    if targets.dim() < 2:
        return _of_rows(loss.of, outputs, targets)
    one, other, share = targets.unbind(1)
    return share * _of_rows(loss.of, outputs, one) + (1 - share) * _of_rows(loss.of, outputs, other)


LOSSES: dict[str, Callable[[Loss, Tensor, Tensor], Tensor]] = {
    "CrossEntropy": _cross_entropy,
    "LabelSmoothing": _label_smoothing,
    "Focal": _focal,
    "BceWithLogits": _bce,
    "SigmoidFocal": _sigmoid_focal,
    "Mse": _of_numbers(lambda _, outputs, targets: (outputs - targets).square()),
    "L1": _of_numbers(lambda _, outputs, targets: (outputs - targets).abs()),
    "Huber": _of_numbers(_huber),
    "MixUp": _mixed,
}


def _of_rows(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    return LOSSES[loss.tag](loss, outputs, targets)


def _counted(loss: Loss, targets: Tensor) -> Tensor:
    """Replaces targets to be ignored by −1."""
    ignored = loss.options.get("ignoreIndex")
    return targets if ignored is None else torch.where(targets == ignored, -1, targets.long())


def _class_weights(loss: Loss) -> Any:
    """The weights of classes by which the mean divides, too."""
    return loss.options.get("weight")


def _weights(loss: Loss, targets: Tensor) -> Tensor | None:
    """A weight for each row; none: all weigh 1."""
    weight = _class_weights(loss)
    if loss.tag == "CrossEntropy" and loss.options["ignoreIndex"] is not None:
        classes = _counted(loss, targets)
        counts = (classes >= 0).float()
        return counts if weight is None else counts * _factors(weight, classes)
    return None if weight is None else _factors(weight, targets)


def _pixel_weights(weight: Any, targets: Tensor) -> Tensor:
    """A weight for each pixel, `[n, pixels]`: its class's, 0 if it is ignored."""
    classes = targets.flatten(1).long()
    counts = (classes >= 0).float()
    return counts if weight is None else counts * _factors(weight, classes)


def _of_pixels(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    weight = _class_weights(loss)
    classes = _counted(loss, targets).flatten(1)
    weights = _pixel_weights(weight, classes)
    rows = outputs.flatten(2).transpose(1, 2)
    # smoothing weighs each class in its own way
    smooths = loss.tag == "LabelSmoothing"
    plain = Loss(loss.tag, {**loss.options, "weight": None, "ignoreIndex": None})
    each = _of_rows(loss if smooths else plain, rows, classes)
    counts = _pixel_weights(None, classes) if smooths else weights
    return (each * counts).sum(1) / weights.sum(1).clamp_min(NOTHING)


def loss_per_sample(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    """The loss of each sample, `[n]`; weighted cross entropy is multiplied by the weight of the target's class."""
    if loss.is_of_classes and outputs.dim() == 4:
        return _of_pixels(loss, outputs, targets)
    return _of_rows(loss, outputs, targets)


def _within_samples(loss: Loss, targets: Tensor) -> Tensor | None:
    """What the loss of each sample is a mean over: the weights of its pixels, or its coordinates; none: one value."""
    if loss.is_of_classes and targets.dim() > 1:
        return _pixel_weights(_class_weights(loss), _counted(loss, targets)).sum(1)
    return _coordinates(targets) if are_points(targets) else None


def _sample_weights(loss: Loss, targets: Tensor) -> Tensor | None:
    """What each sample adds to the divisor of the mean, unless its loss is a mean; none: 1."""
    if loss.of is not None:
        return None if targets.dim() > 1 else _sample_weights(loss.of, targets)
    return _weights(loss, targets)


def summed_loss(loss: Loss, outputs: Tensor, targets: Tensor, samples: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Numerator and divisor of the mean, so that the shares of several processes can be added up."""
    each = loss_per_sample(loss, outputs, targets)
    within = _within_samples(loss, targets)
    own = _sample_weights(loss, targets) if within is None else within
    if samples is None:
        samples = torch.ones_like(each)
    counts = samples if own is None else samples * own
    # losses that are no means are multiplied by their weights already
    return (each * (samples if within is None else counts)).sum(), counts.sum()


def mean_loss(loss: Loss, outputs: Tensor, targets: Tensor, samples: Tensor | None = None) -> Tensor:
    """The mean over samples, weighted as the loss says; 0 where all samples have weight 0."""
    total, weight = summed_loss(loss, outputs, targets, samples)
    return total / weight.clamp_min(NOTHING)
