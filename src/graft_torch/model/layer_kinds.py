"""Every kind of primitive as a torch module. The names are graft's, in JSON; a test compares the two lists."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import Attention, WindowAttention
from .batch_norm import BatchNorm
from .dropout import Dropout, StochasticDepth
from .layer import Fields, Leaf
from .norms import LayerNorm, LayerScale
from .reparametrised import SpectralNorm, WeightNorm
from .self_attention import SelfAttention
from .tokens import LearnedTokens, PositionEmbedding, Tokens, patch_merging
from .upsampling import Blur, ResizeNearest


class _Map(nn.Module):
    """A layer without parameters as a function."""

    def __init__(self, f: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.f = f

    def forward(self, x: Tensor) -> Tensor:
        return self.f(x)


def _conv2d(f: Fields) -> nn.Module:
    return nn.Conv2d(
        f["inChannels"],
        f["outChannels"],
        f["kernelSize"],
        stride=f["stride"],
        padding=f["padding"],
        dilation=f["dilation"],
        groups=f["groups"],
        bias=f["bias"],
    )


class Linear2d(nn.Linear):
    """A linear layer over the channels of `[n, c, h, w]`."""

    def forward(self, x: Tensor) -> Tensor:
        """`[n, in, h, w]` → `[n, out, h, w]`."""
        return F.conv2d(x, self.weight[:, :, None, None], self.bias)


def _attention(f: Fields) -> nn.Module:
    return Attention(f["channels"], f["heads"], f["qkvBias"], f["qkNorm"], f["torchNames"])


def _concat_pool(f: Fields) -> nn.Module:
    size = f["outputSize"]
    return _Map(lambda x: torch.cat([F.adaptive_max_pool2d(x, size), F.adaptive_avg_pool2d(x, size)], 1))


def _pad_channels(f: Fields) -> nn.Module:
    ends = (f["before"], f["after"])
    return _Map(lambda x: F.pad(x, (0, 0) * (x.dim() - 2) + ends))


def _sigmoid_range(f: Fields) -> nn.Module:
    low, high = f["low"], f["high"]
    return _Map(lambda x: torch.sigmoid(x) * (high - low) + low)


def _max_pool(f: Fields) -> nn.Module:
    return nn.MaxPool2d(f["kernelSize"], f["stride"], f["padding"], ceil_mode=f["ceilMode"])


LAYER_KINDS: dict[str, Callable[[Fields], nn.Module]] = {
    "conv2d": _conv2d,
    "linear": lambda f: nn.Linear(f["inFeatures"], f["outFeatures"], bias=f["bias"]),
    "linear2d": lambda f: Linear2d(f["inChannels"], f["outChannels"], bias=f["bias"]),
    "layerNorm": lambda f: LayerNorm(f["features"], f["eps"]),
    "groupNorm": lambda f: nn.GroupNorm(f["groups"], f["channels"], f["eps"]),
    "batchNorm": lambda f: BatchNorm(f["features"], f["eps"], f["momentum"]),
    "maxPool2d": _max_pool,
    "avgPool2d": lambda f: nn.AvgPool2d(f["kernelSize"], f["stride"], ceil_mode=f["ceilMode"]),
    "adaptiveAvgPool2d": lambda f: nn.AdaptiveAvgPool2d(f["outputSize"]),
    "adaptiveMaxPool2d": lambda f: nn.AdaptiveMaxPool2d(f["outputSize"]),
    "adaptiveConcatPool2d": _concat_pool,
    "relu": lambda _: nn.ReLU(),
    "relu6": lambda _: nn.ReLU6(),
    "leakyRelu": lambda f: nn.LeakyReLU(f["negativeSlope"]),
    "sigmoid": lambda _: nn.Sigmoid(),
    "tanh": lambda _: nn.Tanh(),
    "sigmoidRange": _sigmoid_range,
    "gelu": lambda f: nn.GELU("tanh" if f["approximate"] else "none"),
    "silu": lambda _: nn.SiLU(),
    "hardSigmoid": lambda _: nn.Hardsigmoid(),
    "hardSwish": lambda _: nn.Hardswish(),
    "pixelShuffle": lambda f: nn.PixelShuffle(f["scale"]),
    "blur": lambda _: Blur(),
    "resizeNearest": ResizeNearest,
    "selfAttention": lambda f: SelfAttention(f["channels"]),
    "attention": _attention,
    "windowAttention": lambda f: WindowAttention(f["channels"], f["heads"], f["window"], f["shift"]),
    "tokens": lambda _: Tokens(),
    "learnedTokens": lambda f: LearnedTokens(f["channels"], f["count"]),
    "positionEmbedding": lambda f: PositionEmbedding(f["channels"], f["grid"], f["prefix"]),
    "takeToken": lambda f: _Map(lambda x, at=f["index"]: x[:, at]),
    "meanTokens": lambda f: _Map(lambda x, skip=f["skip"]: x[:, skip:].mean(1)),
    "patchMerging": lambda _: _Map(patch_merging),
    "layerScale": lambda f: LayerScale(f["channels"], f["expanded"]),
    "weightNorm": WeightNorm,
    "spectralNorm": SpectralNorm,
    "flatten": lambda _: nn.Flatten(),
    "identity": lambda _: nn.Identity(),
    "stochasticDepth": lambda f: StochasticDepth(f["path"], f["p"]),
    "dropout": lambda f: Dropout(f["path"], f["p"]),
    "scale": lambda f: _Map(lambda x, factor=f["factor"]: x * factor),
    "padChannels": _pad_channels,
}


def module_of(leaf: Leaf) -> nn.Module:
    """The torch module of a primitive."""
    return LAYER_KINDS[leaf.kind]({**leaf.fields, "path": leaf.path})
