"""Points whose names are exchanged in a mirrored image (``src/data/points/NamePair.ts``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mirrored_order(task: Mapping[str, Any]) -> list[int]:
    """For each point of the task ``Points``, the index of its partner, or its own if it has none."""
    names = task["names"]
    partner = {name: name for name in names}
    for one, other in task["swap"]:
        partner[one], partner[other] = other, one
    return [names.index(partner[name]) for name in names]
