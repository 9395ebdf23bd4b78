"""Decodes the images and masks that `decoding.test.ts` asks for: `decoded.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "src"))

from graft_torch.data.images.decoding import decode
from graft_torch.data.masks.read_mask import read_mask
from graft_torch.job_error import JobError


def _answer(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    name = asked["file"]
    bytes_ = (folder / name).read_bytes()
    try:
        if "as" in asked:
            mask = read_mask(name, bytes_, asked["as"], asked["orientation"])
            return {
                "sides": list(mask.data.shape),
                "data": mask.data.reshape(-1).tolist(),
                "coloured": mask.is_coloured,
                "lossy": mask.is_lossy,
            }
        size = None if asked["size"] is None else tuple(asked["size"])
        pixels = decode(name, bytes_, asked["decoding"], size, asked["resize"]).pixels
        return {"sides": list(pixels.shape[:2]), "data": pixels.reshape(-1).tolist()}
    except JobError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    answers = [_answer(folder, asked) for asked in json.loads((folder / "asked.json").read_text())]
    (folder / "answers.json").write_text(json.dumps(answers))
