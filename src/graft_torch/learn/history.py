"""`History`: what training has recorded, and the smoothed loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SMOOTHING = 0.98
"""β of the average, as in fastai's `SmoothenValue`."""


@dataclass(frozen=True)
class Row:
    """One epoch of the results table; without validation images, `valid_loss` is None."""

    epoch: int
    train_loss: float
    valid_loss: float | None
    metrics: Sequence[float]

    def event(self) -> dict[str, Any]:
        """The row as in graft's events."""
        return {
            "epoch": self.epoch,
            "trainLoss": self.train_loss,
            "validLoss": self.valid_loss,
            "metrics": list(self.metrics),
        }


@dataclass
class History:
    """Smoothed loss, rate of the last group and momentum of each training batch; the rows of epochs."""

    losses: list[float] = field(default_factory=list)
    lrs: list[float] = field(default_factory=list)
    moms: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Smoothed:
    """A debiased exponential average of losses."""

    average: float = 0
    count: int = 0

    def add(self, loss: float) -> Smoothed:
        """Returns the average with one more loss."""
        return Smoothed(SMOOTHING * self.average + (1 - SMOOTHING) * loss, self.count + 1)

    def value(self) -> float:
        """The debiased average; NaN before the first loss."""
        return math.nan if self.count == 0 else self.average / (1 - SMOOTHING**self.count)


def measured(value: Any) -> float:
    """Reads a number of a saved file, where NaN and infinite numbers are strings."""
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


def history_from(json: Mapping[str, Any]) -> History:
    """Reads the history of a saved file."""
    rows = [
        Row(
            row["epoch"],
            measured(row["trainLoss"]),
            None if row["validLoss"] is None else measured(row["validLoss"]),
            [measured(m) for m in row["metrics"]],
        )
        for row in json["rows"]
    ]
    return History(list(json["losses"]), list(json["lrs"]), list(json["moms"]), rows)


def history_to(history: History) -> dict[str, Any]:
    """The history as in saved files; NaN and infinite numbers become strings when they are written."""
    return {
        "losses": history.losses,
        "lrs": history.lrs,
        "moms": history.moms,
        "rows": [row.event() for row in history.rows],
    }
