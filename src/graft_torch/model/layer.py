"""Networks as JSON: primitives, and four ways to combine them (`Layer` in graft).

A primitive is `"relu"` or `{"conv2d": {...}}`, with every field; a combination is `{"sequential": [child, ...]}`, and a
child is a layer or `{"name": ..., "layer": ...}`. A child without a name adds no segment to the paths below it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

A = TypeVar("A")

Fields = Mapping[str, Any]
"""The fields of a primitive, with graft's names."""

COMBINATIONS = ("sequential", "sum", "product", "concat")


@dataclass(frozen=True)
class Leaf:
    """A primitive with its path: names joined by dots, then `/kind` if it has no name of its own."""

    path: str
    kind: str
    fields: Fields


def join(path: str, name: str | None) -> str:
    """Joins a path and a name with a dot; no name adds nothing."""
    if name is None:
        return path
    return name if path == "" else f"{path}.{name}"


def is_under(start: str, path: str) -> bool:
    """Whether `path` is `start` or below it. Everything is below the empty path."""
    return start == "" or path == start or path.startswith((f"{start}.", f"{start}/"))


def _read(layer: Any) -> tuple[str, Any]:
    return (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))


def _child(json: Any) -> tuple[str | None, Any]:
    is_named = isinstance(json, Mapping) and "layer" in json
    return (json["name"], json["layer"]) if is_named else (None, json)


def fold_layer(leaf: Callable[[Leaf], A], combine: Callable[[str, Sequence[A]], A], network: Any) -> A:
    """Folds a network, visiting primitives in data-flow order. `combine` receives the kind of combination."""
    seen: dict[str, int] = {}

    def named(path: str, nameless: bool, kind: str) -> str:
        base = f"{path}/{kind}" if nameless else path
        seen[base] = seen.get(base, 0) + 1
        return f"{base}{seen[base]}" if nameless and seen[base] > 1 else base

    def visit(layer: Any, path: str, nameless: bool) -> A:
        kind, value = _read(layer)
        if kind not in COMBINATIONS:
            return leaf(Leaf(named(path, nameless, kind), kind, value))
        parts = [visit(below, join(path, name), name is None) for name, below in map(_child, value)]
        return combine(kind, parts)

    return visit(network, "", True)


def whole_network(model: Mapping[str, Any]) -> Any:
    """The network of a resolved model: body and head, or the body alone if it contains its head, as a U-Net does."""
    if "head" not in model:
        return model["body"]
    return {"sequential": [{"name": name, "layer": model[name]} for name in ("body", "head")]}
