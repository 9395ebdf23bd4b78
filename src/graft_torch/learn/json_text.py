"""JSON as JavaScript's `JSON.stringify` writes it: files that graft reads are hashed in this form."""

from __future__ import annotations

import json
import math
from typing import Any


def number_text(value: float) -> str:
    """A finite number as JavaScript shows it: the shortest digits, and exponents from 1e21 on and below 1e-6."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, power = f"{abs(value)!r}".lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" and not power else fraction
    digits = (whole + fraction).lstrip("0")
    # the number is 0.digits * 10^point
    point = len(whole) + int(power or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        padded = digits.ljust(point, "0")
        rest = padded[point:]
        return f"{sign}{padded[:point]}{'.' if rest else ''}{rest}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{exponent}"


def stringify(value: Any) -> str:
    """The text of a value. Numbers that are not finite become `"NaN"`, `"Infinity"` and `"-Infinity"`."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        if math.isfinite(value):
            return number_text(value)
        return '"NaN"' if math.isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f"{stringify(key)}:{stringify(below)}" for key, below in value.items()) + "}"
    return "[" + ",".join(map(stringify, value)) + "]"
