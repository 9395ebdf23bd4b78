"""Batch normalisation over `[n, c, h, w]` or `[n, f]`, over one process or all of them."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm


class BatchNorm(_BatchNorm):
    """torch's BatchNorm1d and BatchNorm2d, without their batch counter.

    In training mode the batch's statistics normalise, and move the running ones; otherwise the running ones normalise.
    With `sync`, the batch is that of all processes.
    """

    def __init__(self, features: int, eps: float, momentum: float) -> None:
        super().__init__(features, eps=eps, momentum=momentum)
        self.num_batches_tracked = None
        self.process_group = None
        self.sync = False

    def _check_input_dim(self, input: Tensor) -> None:
        pass

    def forward(self, input: Tensor) -> Tensor:
        """Normalises each channel."""
        if self.training and self.sync and dist.is_initialized() and dist.get_world_size() > 1:
            # torch's own runs on GPUs alone
            return nn.SyncBatchNorm.forward(self, input) if input.is_cuda else self._synced(input)
        return F.batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training,
            self.momentum,
            self.eps,
        )

    def _synced(self, x: Tensor) -> Tensor:
        axes = [0, *range(2, x.dim())]
        shape = [1, -1] + [1] * (x.dim() - 2)
        own = torch.tensor([x.numel() / x.shape[1]], dtype=x.dtype)
        sums = all_reduce(torch.cat([x.sum(axes), own]))
        count = sums[-1].detach()
        mean = sums[:-1] / count
        centred = x - mean.view(shape)
        variance = all_reduce(centred.square().sum(axes)) / count
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        scaled = centred * torch.rsqrt(variance + self.eps).view(shape)
        return scaled * self.weight.view(shape) + self.bias.view(shape)
