"""`history.csv`: the results table of a run, rewritten after every epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from ..recipe.phase import epochs_of
from .history import Row
from .saved import write_atomically


def fixed(value: float) -> str:
    """Six decimals, as JavaScript's `toFixed`."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    # the exact value's half rounds up, as it does in JavaScript
    rounded = Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP) if value != 0 else Decimal("0.000000")
    return f"{rounded:f}"


def show_time(seconds: float) -> str:
    """`mm:ss`, or `h:mm:ss` from one hour on."""
    whole = math.floor(seconds)
    h, m, s = whole // 3600, whole // 60 % 60, whole % 60
    return f"{m:02d}:{s:02d}" if h == 0 else f"{h}:{m:02d}:{s:02d}"


def phases_of(recipe: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> list[int]:
    """The training step of each row, by its index; a step may end early."""
    lengths = [n for n in map(epochs_of, recipe) if n > 0]
    phase = begun = 0
    phases = []
    for i, row in enumerate(rows):
        goes_on = i == 0 or row.epoch == rows[i - 1].epoch + 1
        ended = bool(lengths) and i - begun == lengths[phase]
        if (ended or not goes_on) and phase + 1 < len(lengths):
            phase, begun = phase + 1, i
        phases.append(phase)
    return phases


class HistoryFile:
    """Continues a history in a file; keeps the times of epochs that are in it."""

    def __init__(self, file: Path, names: Sequence[str], recipe: Sequence[Mapping[str, Any]]) -> None:
        self.file, self.names, self.recipe = file, names, recipe
        lines = file.read_text("utf-8").split("\n")[1:] if file.exists() else []
        self.times = [line.split(",")[-1] for line in lines]

    def write(self, rows: Sequence[Row], seconds: float | None = None) -> None:
        """Writes all rows; `seconds` is the time of the last one."""
        if seconds is not None:
            last = len(rows) - 1
            self.times = [*self.times[:last], *[""] * (last - len(self.times)), show_time(seconds)]
        lines = [",".join(["phase", "epoch", "train_loss", "valid_loss", *self.names, "time"])]
        for i, (phase, row) in enumerate(zip(phases_of(self.recipe, rows), rows, strict=True)):
            valid = "#na#" if row.valid_loss is None else fixed(row.valid_loss)
            metrics = [fixed(row.metrics[k]) if k < len(row.metrics) else "#na#" for k in range(len(self.names))]
            time = self.times[i] if i < len(self.times) else ""
            lines.append(",".join([str(phase), str(i), fixed(row.train_loss), valid, *metrics, time]))
        write_atomically(self.file, "".join(f"{line}\n" for line in lines).encode())
