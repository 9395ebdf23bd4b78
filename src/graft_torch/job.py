"""`Job`: the contents of a job's folder: `job.json`, and the paths of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .interpret.metric import MetricState
from .interpret.metrics import METRICS
from .job_error import JobError
from .recipe.loss import Loss, loss_from, mixing
from .recipe.optimiser import Optimiser, optimiser_from

FORMAT = 1

MIXING_VIEWS = ("MixUp", "CutMix")


@dataclass(frozen=True)
class Metric:
    """A metric's name in tables, and its state before the first batch."""

    name: str
    start: MetricState


@dataclass(frozen=True)
class Job:
    """An opened job. `json` is the content of `job.json`."""

    folder: Path
    out: Path
    data_root: Path
    json: Mapping[str, Any]
    loss: Loss
    optimiser: Optimiser
    metrics: Sequence[Metric]

    @property
    def training(self) -> Mapping[str, Any]:
        """The training settings: weight decay, clipping, seed and so on."""
        return self.json["training"]

    @property
    def recipe(self) -> Sequence[Mapping[str, Any]]:
        """The steps of the recipe."""
        return self.json["recipe"]

    @property
    def settings(self) -> Mapping[str, Any]:
        """The job settings: processes, devices, and options for speed."""
        return self.json["settings"]

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """Hashes by which graft recognises what the job saves."""
        return self.json["fingerprints"]

    def model_for(self, size: tuple[int, int]) -> Mapping[str, Any]:
        """The resolved model for images of a height and a width."""
        models = [self.json["network"], *self.json["resized"]]
        return next((m for m in models if _size_of(m) == size), models[0])


def _size_of(model: Mapping[str, Any]) -> tuple[int, int]:
    size = model["preprocessing"]["size"]
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def _loss(training: Mapping[str, Any], task: Mapping[str, Any]) -> Loss:
    loss = loss_from(training["loss"])
    mixes = any(view["_tag"] in MIXING_VIEWS for view in training["batchViews"])
    return mixing(loss) if mixes and loss.is_of_classes and task["_tag"] == "Classification" else loss


def open_job(folder: Path, data_root: Path, out: Path | None) -> Job:
    """Reads a job's folder. `out` is the run directory; default: `run` in the job's folder."""
    file = folder / "job.json"
    hint = "pass the folder of a job, as graft job writes it"
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise JobError(str(file), "the description of a job", str(error), hint) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise JobError(str(file), f"a job of format {FORMAT}", "another format", "make the job again: graft job")
    training = content["training"]
    metrics = [Metric(m["name"], METRICS[m["word"]](m["options"])) for m in training["metrics"]]
    loss = _loss(training, content["data"]["task"])
    return Job(folder, out or folder / "run", data_root, content, loss, optimiser_from(training["optimiser"]), metrics)
