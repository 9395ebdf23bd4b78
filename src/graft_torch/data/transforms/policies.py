"""Policies that draw other transforms: torchvision's ``TrivialAugmentWide`` and ``RandAugment``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...seed import Generator

_BINS = 31
"""The number of magnitudes."""


def _linspace(end: float, i: int) -> float:
    """Element ``i`` of torch's ``linspace(0, end, 31)``, in float32."""
    end32 = np.float32(end)
    step = np.float32(float(end32) / (_BINS - 1))
    if i < _BINS // 2:
        return float(np.float32(float(step) * i))
    return float(np.float32(float(end32) - float(np.float32(float(step) * (_BINS - 1 - i)))))


@dataclass(frozen=True)
class _Space:
    """The largest magnitudes of a policy."""

    shear: float
    posterize: int
    """Bit depth that the largest magnitude removes."""
    degrees: float
    factor: float
    translate: Callable[[str, int, int], dict[str, Any]]
    """By axis, sign and bin."""


_WIDE = _Space(
    shear=0.99,
    posterize=6,
    degrees=135,
    factor=0.99,
    translate=lambda axis, sign, k: {"_tag": "Translate", "x": 0, "y": 0, axis: sign * _linspace(32, k)},
)

_USUAL = _Space(
    shear=0.3,
    posterize=4,
    degrees=30,
    factor=0.9,
    # 150 of 331 pixels
    translate=lambda axis, sign, k: {
        "_tag": "TranslateRel",
        "x": 0,
        "y": 0,
        axis: (sign * k * 150) / 331 / (_BINS - 1),
    },
)

_Sign = Callable[[], int]
_Bin = Callable[[], int]
_Op = Callable[[_Space, _Sign, _Bin], list[dict[str, Any]]]


def _shear(axis: str) -> _Op:
    return lambda space, sign, k: [{"_tag": "Shear", "x": 0, "y": 0, axis: sign() * _linspace(space.shear, k())}]


def _translate(axis: str) -> _Op:
    return lambda space, sign, k: [space.translate(axis, sign(), k())]


def _factor(tag: str) -> _Op:
    return lambda space, sign, k: [{"_tag": tag, "factor": 1 + sign() * _linspace(space.factor, k())}]


def _rounded(x: float) -> int:
    return math.floor(x + 0.5)


_OPS: list[_Op] = [
    lambda space, sign, k: [],
    _shear("x"),
    _shear("y"),
    _translate("x"),
    _translate("y"),
    lambda space, sign, k: [{"_tag": "RotateNearest", "degrees": sign() * _linspace(space.degrees, k())}],
    _factor("AdjustBrightness"),
    _factor("Colour"),
    _factor("AdjustContrast"),
    _factor("Sharpness"),
    lambda space, sign, k: [{"_tag": "Posterize", "bits": 8 - _rounded(k() * space.posterize / (_BINS - 1))}],
    lambda space, sign, k: [{"_tag": "Solarize", "threshold": 255 - 8.5 * k()}],
    lambda space, sign, k: [{"_tag": "AutoContrast"}],
    lambda space, sign, k: [{"_tag": "Equalize"}],
]
"""In torchvision's order."""


def _one_of(random: Generator, space: _Space, k: _Bin) -> list[dict[str, Any]]:
    return _OPS[random.integer(len(_OPS))](space, lambda: 1 if random.integer(2) == 0 else -1, k)


def draw_trivial(random: Generator) -> list[dict[str, Any]]:
    """The changes that ``trivialAugment`` draws."""
    return _one_of(random, _WIDE, lambda: random.integer(_BINS))


def draw_rand(random: Generator, n: int, m: int) -> list[dict[str, Any]]:
    """The changes that ``randAugment`` draws."""
    return [drawn for _ in range(n) for drawn in _one_of(random, _USUAL, lambda: m)]
