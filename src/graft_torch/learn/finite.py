"""Detection of NaN and infinite values at their source."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from ..engine.program import Evaluation
from ..job_error import Diverged
from ..recipe.loss import are_points
from .source import Batch


def _first(values: Tensor) -> int | None:
    """The first row with a value that is not finite."""
    rows = torch.isfinite(values.flatten(1) if values.dim() > 1 else values[:, None]).all(1)
    return None if bool(rows.all()) else int((~rows).nonzero()[0])


def batch_mistake(batch: Batch) -> str | None:
    """The error of a target or pixel in this process's rows that is not finite, if there is one."""
    # a coordinate of a missing point is NaN
    targets = torch.where(batch.y.isnan(), 0, batch.y) if are_points(batch.y) else batch.y
    target, pixel = _first(targets), _first(batch.x)
    if target is not None:
        hint = "correct the label, or leave the image out"
        return str(Diverged(batch.files[target], "a finite target", "a target that is not", hint))
    if pixel is not None:
        hint = "fix the image, or its normalisation"
        return str(Diverged(batch.files[pixel], "finite pixels", "pixels that are not", hint))
    return None


LOWER = "use weights from before it diverged, or train again with a lower rate or with gradient clipping"


def finite_evaluation(where: str, result: Evaluation) -> None:
    """Checks outputs and loss of a whole batch."""
    row = _first(result.outputs)
    if row is not None:
        raise Diverged(f"{where}, image {row} of a batch", "finite outputs of the network", "others", LOWER)
    if result.loss - result.loss != 0:
        raise Diverged(where, "a finite mean of the losses", str(result.loss), LOWER)


def finite_weights(what: str, state: Mapping[str, Tensor]) -> None:
    """Checks parameters and buffers."""
    for path, tensor in state.items():
        if not bool(torch.isfinite(tensor).all()):
            raise Diverged(f"{what}: {path}", "finite weights", "NaN or infinite ones", LOWER)
