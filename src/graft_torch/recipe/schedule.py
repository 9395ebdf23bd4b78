"""`Schedule`: a curve on [0, 1], as `job.json` has it: a tag, and the fields of the curve."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

Schedule = dict[str, Any]


def cosine(start: float, end: float) -> Schedule:
    """Half a cosine."""
    return {"_tag": "Cosine", "from": start, "to": end}


def concat(*parts: tuple[float, Schedule]) -> Schedule:
    """Curves one after the other, each with a length."""
    return {"_tag": "Concat", "parts": [{"length": length, "schedule": schedule} for length, schedule in parts]}


def _is_last(parts: Sequence[Any], i: int) -> bool:
    return all(part["length"] == 0 for part in parts[i + 1 :])


def _at_part(p: float, s: Schedule) -> float:
    parts = s["parts"]
    total = 0.0
    for part in parts:
        total += part["length"]
    position, start = p * total, 0.0
    for i, part in enumerate(parts):
        length, end = part["length"], start + part["length"]
        # a joint belongs to the later part; rounding must not move it to the earlier one
        if position < end * (1 - 4 * sys.float_info.epsilon) or _is_last(parts, i):
            within = 1 if length == 0 else max(0.0, min(1.0, (position - start) / length))
            return schedule_at(within, part["schedule"])
        start = end
    return math.nan


def _cosine_at(p: float, s: Schedule) -> float:
    # the formula is exact at 1 but not at 0
    return s["from"] if p == 0 else s["to"] + ((s["from"] - s["to"]) / 2) * (1 + math.cos(math.pi * p))


SCHEDULES: dict[str, Callable[[float, Schedule], float]] = {
    "Constant": lambda _, s: s["value"],
    "Linear": lambda p, s: s["from"] + p * (s["to"] - s["from"]),
    "Cosine": _cosine_at,
    "Exponential": lambda p, s: s["from"] * (s["to"] / s["from"]) ** p,
    "Polynomial": lambda p, s: s["to"] + (s["from"] - s["to"]) * (1 - p) ** s["degree"],
    "Concat": _at_part,
    "Scale": lambda p, s: s["factor"] * schedule_at(p, s["schedule"]),
}


def schedule_at(p: float, schedule: Schedule) -> float:
    """The value of a curve at `p` in [0, 1]."""
    return SCHEDULES[schedule["_tag"]](p, schedule)


def one_cycle(
    n: int, div_factor: float, pct_start: float, final_div: float, moms: tuple[float, float]
) -> tuple[Schedule, Schedule, int]:
    """The curves of rate and momentum of one cycle of `n` batches, and its length; batch k is at k/length."""
    rise = math.floor(n * pct_start)
    up, down = max(1, rise), max(1, n - rise)
    lr = concat((up, cosine(1 / div_factor, 1)), (down, cosine(1, 1 / final_div)))
    mom = concat((up, cosine(moms[0], moms[1])), (down, cosine(moms[1], moms[0])))
    return lr, mom, up + down
