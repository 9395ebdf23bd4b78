"""A small job without images: batches of numbers, drawn from epoch and batch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from graft_torch.engine.device import open_device
from graft_torch.engine.processes import Processes
from graft_torch.engine.program import OptimiserState
from graft_torch.job import Job, open_job
from graft_torch.job_error import JobError
from graft_torch.learn.checkpoint import Cursor, saved_of, write_saved
from graft_torch.learn.events import Events
from graft_torch.learn.history import History
from graft_torch.learn.learner import Learner
from graft_torch.learn.source import Batch
from graft_torch.model.network import Network

FAST = {
    "channelsLast": False,
    "precision": "fp32",
    "tf32": False,
    "compile": False,
    "fusedOptimiser": False,
    "workers": 0,
    "pinMemory": False,
}

CONV = {"outChannels": 4, "kernelSize": 3, "stride": 1, "padding": 1, "dilation": 1, "groups": 1, "bias": False}

BODY = {
    "sequential": [
        {"name": "conv", "layer": {"conv2d": {"inChannels": 3, **CONV}}},
        {"name": "bn", "layer": {"batchNorm": {"features": 4, "eps": 1e-5, "momentum": 0.1}}},
        "relu",
    ]
}

HEAD = {
    "sequential": [
        {"name": "0", "layer": {"adaptiveAvgPool2d": {"outputSize": 1}}},
        {"name": "1", "layer": "flatten"},
        {"name": "2", "layer": {"dropout": {"p": 0.2}}},
        {"name": "3", "layer": {"linear": {"inFeatures": 4, "outFeatures": 3, "bias": True}}},
    ]
}

NETWORK = {
    "format": 2,
    "graft": "0.1.0",
    "arch": "tiny",
    "input": {"channels": 3, "size": 8, "mean": [0, 0, 0], "std": [1, 1, 1], "crop": 0.875},
    "body": BODY,
    "head": HEAD,
    "starts": ["head"],
    "freeze": 0,
    "batchNorm": "trains",
    "task": {"classification": ["a", "b", "c"]},
    "preprocessing": {"size": [8, 8], "resize": "crop", "normalise": "none"},
    "loss": {"name": "crossEntropy", "activation": "softmax", "loss": "crossEntropy"},
    "training": {"wd": 0.01, "bnWd": True, "trueWd": True, "seed": 42, "opt": "adamW"},
}

SETTINGS = {"until": [], "accumulate": 1, "average": None}


def fit(epochs: int, **settings: Any) -> dict[str, Any]:
    """A training step of one rate."""
    return {"step": "fit", "epochs": epochs, "lr": [1e-2, 1e-2], "wd": None, **SETTINGS, **settings}


def cycle(epochs: int, **settings: Any) -> dict[str, Any]:
    """A training step of one cycle."""
    shape = {"moms": [0.95, 0.85], "divFactor": 25, "pctStart": 0.3}
    rest = {"finalDiv": None, "totEpochs": None, "startEpoch": None}
    return {
        "step": "fitOneCycle",
        "cycLen": epochs,
        "maxLr": [1e-3, 1e-2],
        "wd": None,
        **shape,
        **rest,
        **SETTINGS,
        **settings,
    }


def _parameter(path: str, group: int, decays: str) -> dict[str, Any]:
    return {"path": path, "group": group, "decays": decays}


PARAMETERS = [
    _parameter("body.conv.weight", 0, "always"),
    _parameter("body.bn.weight", 0, "ifBnWd"),
    _parameter("body.bn.bias", 0, "ifBnWd"),
    _parameter("head.3.weight", 1, "always"),
    _parameter("head.3.bias", 1, "ifBnWd"),
]

ACCURACY = {"name": "accuracy", "word": "accuracy", "options": {}}


def write_job(folder: Path, recipe: list[dict[str, Any]], processes: int = 1, nodes: int = 1, **training: Any) -> Path:
    """Writes a job's folder, for up to ``nodes`` machines."""
    folder.mkdir(parents=True, exist_ok=True)
    every = [p["path"] for p in PARAMETERS]
    content = {
        "format": 1,
        "graft": "0.1.0",
        "network": NETWORK,
        "resized": [],
        "groups": 2,
        "parameters": PARAMETERS,
        "buffers": [{"path": "body.bn.running_mean"}, {"path": "body.bn.running_var"}],
        "freeze": 0,
        "freezes": [
            {"freeze": 0, "trainable": every, "stored": []},
            {"freeze": -1, "trainable": every[1:], "stored": []},
        ],
        "recipe": recipe,
        "training": {
            "loss": {"_tag": "CrossEntropy", "weight": None, "ignoreIndex": None},
            "optimiser": {"_tag": "AdamW", "betas": [0.9, 0.99], "eps": 1e-8},
            "metrics": [ACCURACY],
            "batchViews": [],
            "wd": 0.01,
            "bnWd": True,
            "trueWd": True,
            "clip": None,
            "seed": 42,
            **training,
        },
        "data": {"task": {"_tag": "Classification"}, "size": [8, 8], "bs": 8},
        "settings": {
            "nodes": nodes,
            "minNodes": None if nodes == 1 else 1,
            "processes": processes,
            "gpus": 0,
            "syncBn": None,
            "fast": FAST,
            "checkpointSeconds": 1e9,
            "threads": 1,
        },
        "fingerprints": {name: name * 4 for name in ("run", "data", "contents", "settings", "recipe")},
    }
    (folder / "job.json").write_text(json.dumps(content), "utf-8")
    (folder / "graft.json").write_text("{}\n", "utf-8")
    job = open_job(folder, folder, None)
    torch.manual_seed(5)
    network = Network(NETWORK)
    processes_ = Processes()
    device = open_device(content["settings"])
    rest = (Events(processes_), None, network, NETWORK, (8, 8), 0, OptimiserState({}), 0.9, 0, 0, History())
    learner = Learner(job, device, processes_, *rest)
    saved = saved_of(learner, dict(network.state_dict()), OptimiserState({}), Cursor(0))
    write_saved(folder / "model.safetensors", saved)
    return folder


@dataclass(frozen=True)
class Numbers:
    """Batches of 8 images of random pixels: training, and 11 images to validate on."""

    processes: Processes
    side: int = 8
    batches: int = 5
    valid_batches: int = 2
    fault: tuple[int, int] | None = None
    """A rank, and the batch that it cannot read."""
    nan: int | None = None
    """The training step whose pixels are not finite."""

    def _batch(self, seed: int, total: int) -> Batch:
        g = torch.Generator().manual_seed(seed)
        x, y = torch.randn(total, 3, self.side, self.side, generator=g), torch.randint(0, 3, (total,), generator=g)
        x += y[:, None, None, None]
        start, end = self.processes.share(total)
        return Batch(x[start:end], y[start:end], None, start, total, [f"{i}.png" for i in range(start, end)])

    def train(self, epoch: int, first: int, step: int) -> Iterator[Batch]:
        """The batches of an epoch."""
        for k in range(first, self.batches):
            if self.fault == (self.processes.rank, k):
                raise JobError("images/7.png", "an image", "no such file", "restore it")
            batch = self._batch(1000 * epoch + k, 8)
            if self.nan == step + k - first:
                batch.x[0, 0, 0, 0] = float("nan")
            yield batch

    def valid(self) -> Iterator[Batch]:
        """All validation images."""
        yield self._batch(7, 8)
        yield self._batch(8, 3)

    def resized(self, size: tuple[int, int]) -> Numbers:
        """Smaller or larger images."""
        return replace(self, side=size[0])


def numbers_of(**options: Any) -> Any:
    """Opens the batches of numbers."""

    def open_source(job: Job, processes: Processes, _: Any, size: tuple[int, int]) -> Numbers:
        return Numbers(processes, side=size[0], **options)

    return open_source
