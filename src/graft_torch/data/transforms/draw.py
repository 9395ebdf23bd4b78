"""Drawing the parameters of transforms: a function of seed, epoch and item (``src/data/transforms/draw.ts``)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...seed import Generator, Seed, generator, split_seed
from .policies import draw_rand, draw_trivial
from .transform_kinds import TRANSFORM_KINDS, How, TransformField

Between = float | Sequence[float]
"""One number, or the bounds between which one is drawn."""

Transform = Mapping[str, Any]
"""A change of an image as JSON: its kind (``_tag``), bounds for its parameters, and the probability ``p``."""

Drawn = Mapping[str, Any]
"""A change of an image with numbers in place of bounds."""


def _uniform(random: Generator, of: Sequence[float]) -> float:
    return of[0] + random.uniform() * (of[1] - of[0])


def _log_uniform(random: Generator, of: Sequence[float]) -> float:
    return math.exp(_uniform(random, [math.log(of[0]), math.log(of[1])]))


def _whole(random: Generator, of: Sequence[float]) -> float:
    return of[0] + math.floor(random.uniform() * (of[1] - of[0] + 1))


def _odd(random: Generator, of: Sequence[float]) -> float:
    return of[0] + 2 * math.floor(random.uniform() * ((of[1] - of[0]) / 2 + 1))


_DRAWS: dict[How, Callable[[Generator, Sequence[float]], float]] = {
    "uniform": _uniform,
    "logUniform": _log_uniform,
    "whole": _whole,
    "odd": _odd,
}


def _one(random: Generator, how: How, of: Between) -> float:
    return _DRAWS[how](random, of) if isinstance(of, Sequence) else of


def _field(random: Generator, of: Any, field: TransformField) -> float | list[float]:
    if field.values == "one":
        return _one(random, field.draws, of)
    if field.values == "named":
        return [_one(random, field.draws, one) for one in of]
    return [_one(random, field.draws, of) for _ in range(field.values)]


def draw(random: Generator, t: Transform) -> list[Drawn]:
    """A transform's parameters; empty if it is not applied this time. A policy draws any number of other transforms."""
    tag = t["_tag"]
    if not random.uniform() < t["p"]:
        return []
    if tag == "TrivialAugment":
        return draw_trivial(random)
    if tag == "RandAugment":
        n = int(_one(random, "whole", t["n"]))
        return draw_rand(random, n, int(_one(random, "whole", t["m"])))
    kind = TRANSFORM_KINDS[tag]
    drawn = {name: value for name, value in t.items() if name != "p"}
    drawn.update({name: _field(random, t[name], field) for name, field in kind.fields.items()})
    if tag == "RandomResizedCrop":
        ratio = t["ratio"]
        drawn["within"] = list(ratio) if isinstance(ratio, Sequence) else [ratio, ratio]
    if kind.noisy:
        drawn["seed"] = random.integer(2**32)
    return [drawn]


def draw_all(transforms: Sequence[Transform], seed: Seed, *names: str | int) -> list[Drawn]:
    """The drawn transforms of one item. Each uses a seed of its own, derived from the names and its position."""
    return [
        drawn
        for place, t in enumerate(transforms)
        for drawn in draw(generator(split_seed(seed, "transform", *names, place)), t)
    ]
