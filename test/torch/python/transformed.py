"""Draws and applies the transforms of the cases in a file, and writes draws and pixels: ``transformed.py IN OUT``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "src"))

import numpy as np
from graft_torch.data.pixel.apply_transforms import IMAGES, MASKS, apply_transforms
from graft_torch.data.pixel.point_frame import framed_points, point_frame, unframed_points
from graft_torch.data.transforms.draw import draw_all


def _answer(seed: int, case: dict[str, Any]) -> dict[str, Any]:
    image = np.array(case["data"], dtype=np.uint8).reshape(*case["image"], 1 if case["mask"] else 3)
    drawn = draw_all(case["transforms"], seed, *case["names"])
    size = None if case["size"] is None else tuple(case["size"])
    made = apply_transforms(image, drawn, size, case["resize"], MASKS if case["mask"] else IMAGES)
    answer = {"drawn": drawn, "height": made.shape[0], "width": made.shape[1], "data": made.reshape(-1).tolist()}
    if case["mask"]:
        return answer
    sides = tuple(case["image"])
    frame = point_frame(sides, (None, "crop"), drawn, size or sides, case["resize"])
    points = framed_points(case["task"], frame, case["points"])
    back = unframed_points(case["task"], frame, points.reshape(1, -1))[0]
    return {**answer, "points": [None if np.isnan(v) else v for v in [*points.reshape(-1).tolist(), *back.tolist()]]}


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answers = [_answer(asked["seed"], case) for case in asked["cases"]]
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")
