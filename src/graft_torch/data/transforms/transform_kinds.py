"""The fields of each kind of transform, and how their values are drawn (``src/data/transforms/transformKinds.ts``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

How = Literal["uniform", "logUniform", "whole", "odd"]


@dataclass(frozen=True)
class TransformField:
    """A field of a transform: a number, or a range to draw from."""

    draws: How = "uniform"
    """How a value of a range is drawn; whole and odd numbers include both ends."""
    values: Literal["one", "named"] | int = "one"
    """One value; one for each side or coordinate, in a list; or the number that is drawn from one range."""


@dataclass(frozen=True)
class TransformKind:
    """One kind of transform; its fields are in the order in which they are drawn."""

    changes: Literal["place", "samples"]
    """Whether it moves pixels, and so masks and target images as well, or changes their samples."""
    fields: dict[str, TransformField] = field(default_factory=dict)
    noisy: bool = False
    """Whether a seed is drawn for noise."""


_ONE = TransformField()
_WHOLE = TransformField("whole")
_PLACED = {"row": _ONE, "col": _ONE}
_XY = {"x": _ONE, "y": _ONE}
_FACTOR = {"factor": _ONE}
_DIRECTED = {"direction": _WHOLE, "magnitude": _ONE}


def _several(n: int, draws: How = "uniform") -> TransformField:
    return TransformField(draws, n)


TRANSFORM_KINDS: dict[str, TransformKind] = {
    "Presize": TransformKind("place", {"pixels": _WHOLE}),
    "Pad": TransformKind("place", {"pixels": _WHOLE}),
    "CropPad": TransformKind("place", _PLACED),
    "RandomResizedCrop": TransformKind(
        "place", {"scale": _several(10), "ratio": _several(10, "logUniform"), **_PLACED}
    ),
    "FlipLr": TransformKind("place"),
    "Dihedral": TransformKind("place", {"k": _WHOLE}),
    "DihedralAffine": TransformKind("place", {"k": _WHOLE}),
    "Rotate": TransformKind("place", {"degrees": _ONE}),
    "Zoom": TransformKind("place", {"scale": _ONE, **_PLACED}),
    "Squish": TransformKind("place", {"scale": _ONE, **_PLACED}),
    "ZoomSquish": TransformKind(
        "place", {"scale": _several(8), "squish": _several(8), "invert": _several(8, "whole"), **_PLACED}
    ),
    "SymmetricWarp": TransformKind("place", {"magnitude": TransformField(values="named")}),
    "PerspectiveWarp": TransformKind("place", {"magnitude": TransformField(values="named")}),
    "Tilt": TransformKind("place", _DIRECTED),
    "Skew": TransformKind("place", _DIRECTED),
    "Jitter": TransformKind("place", {"magnitude": _ONE}, noisy=True),
    "Brightness": TransformKind("samples", {"change": _ONE}),
    "Contrast": TransformKind("samples", {"scale": TransformField("logUniform")}),
    "RgbRandomize": TransformKind("samples", {"channel": _WHOLE, "thresh": _ONE}, noisy=True),
    "Cutout": TransformKind("samples", {"holes": _WHOLE, "length": _WHOLE}, noisy=True),
    "Translate": TransformKind("place", _XY),
    "TranslateRel": TransformKind("place", _XY),
    "Shear": TransformKind("place", _XY),
    "RotateNearest": TransformKind("place", {"degrees": _ONE}),
    "AdjustBrightness": TransformKind("samples", _FACTOR),
    "AdjustContrast": TransformKind("samples", _FACTOR),
    "Colour": TransformKind("samples", _FACTOR),
    "Sharpness": TransformKind("samples", _FACTOR),
    "Solarize": TransformKind("samples", {"threshold": _ONE}),
    "Posterize": TransformKind("samples", {"bits": _WHOLE}),
    "Equalize": TransformKind("samples"),
    "AutoContrast": TransformKind("samples"),
    "Invert": TransformKind("samples"),
    "GaussianBlur": TransformKind("samples", {"sigma": _ONE, "kernel": TransformField("odd")}),
    "TrivialAugment": TransformKind("place"),
    "RandAugment": TransformKind("place", {"n": _WHOLE, "m": _WHOLE}),
}
"""Every kind of transform. What a policy draws says whether it moves pixels."""


def moves_pixels(tag: str) -> bool:
    """Whether a kind of transform moves pixels."""
    return TRANSFORM_KINDS[tag].changes == "place"
