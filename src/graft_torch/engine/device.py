"""`Device`: the device and the precision of computation, from the settings of a job."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..job_error import JobError

PRECISIONS = {"bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class Device:
    """A torch device, and the settings for speed."""

    at: torch.device
    fast: Mapping[str, Any]

    @property
    def is_gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.at.type == "cuda"

    @property
    def memory_format(self) -> torch.memory_format:
        """The memory format of images and activations."""
        return torch.channels_last if self.fast["channelsLast"] else torch.contiguous_format

    def autocast(self) -> AbstractContextManager:
        """Computes activations in the precision of the settings."""
        dtype = PRECISIONS.get(self.fast["precision"])
        return nullcontext() if dtype is None else torch.autocast(self.at.type, dtype)

    def images(self, x: Tensor) -> Tensor:
        """Moves the images of a batch to the device."""
        layout = self.memory_format if x.dim() == 4 else torch.contiguous_format
        return x.to(self.at, non_blocking=True, memory_format=layout)

    def put(self, x: Tensor) -> Tensor:
        """Moves a tensor to the device."""
        return x.to(self.at, non_blocking=True)


def open_device(settings: Mapping[str, Any]) -> Device:
    """The device of this process: its own GPU, or the CPU."""
    fast = settings["fast"]
    if settings["threads"] is not None:
        torch.set_num_threads(settings["threads"])
    if settings["gpus"] == 0:
        return Device(torch.device("cpu"), fast)
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if torch.cuda.device_count() <= local:
        found = f"{torch.cuda.device_count()} on this machine"
        raise JobError("the GPUs", f"one for process {local}", found, "make the job with a smaller --gpus or --procs")
    torch.cuda.set_device(local)
    torch.backends.cuda.matmul.allow_tf32 = fast["tf32"]
    torch.backends.cudnn.allow_tf32 = fast["tf32"]
    if not fast["compile"]:
        # the same bits in every run
        torch.backends.cudnn.deterministic = True
    else:
        torch.backends.cudnn.benchmark = True
    return Device(torch.device("cuda", local), fast)
