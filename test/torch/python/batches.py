"""Loads the batches that `batches.test.ts` asks for, and writes their arrays: `batches.py FOLDER`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "src"))

from graft_torch.data.source import open_source
from graft_torch.learn.source import Batch


def _written(out: BinaryIO, batches: Iterator[Batch]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        y = batch.y.permute(0, 2, 3, 1) if batch.y.dim() == 4 else batch.y
        for array in (batch.x.permute(0, 2, 3, 1), y.float()):
            out.write(array.contiguous().numpy().tobytes())
        yield {
            "x": list(batch.x.shape),
            "y": list(y.shape),
            "w": None if batch.w is None else batch.w.tolist(),
            "start": batch.start,
            "total": batch.total,
            "files": batch.files,
            "whole": not batch.y.is_floating_point(),
            "frames": None if batch.frames is None else batch.frames.tolist(),
        }


def _answer(folder: Path, case: dict[str, Any], rank: int, out: BinaryIO) -> dict[str, Any]:
    content = json.loads((folder / case["name"] / "job.json").read_text())
    fast = {"workers": case["workers"], "pinMemory": False}
    job = SimpleNamespace(
        json={"data": content["data"]},
        training=content["training"],
        settings={"fast": fast},
        folder=folder / case["name"],
        data_root=Path(case["root"]),
    )
    processes = SimpleNamespace(rank=rank, world=case["world"])
    source = open_source(job, processes, SimpleNamespace(is_gpu=False), tuple(content["data"]["size"]))
    if case["resized"] is not None:
        source = source.resized(tuple(case["resized"]))
    train = [
        batch
        for epoch, first in case["epochs"]
        for batch in _written(out, source.train(epoch, first, epoch * source.batches + first))
    ]
    return {"batches": source.batches, "train": train, "valid": list(_written(out, source.valid()))}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    os.environ["LOCAL_WORLD_SIZE"] = "1"
    answers = []
    with open(folder / "arrays", "wb") as out:
        for case in json.loads((folder / "cases.json").read_text()):
            answers.append([_answer(folder, case, rank, out) for rank in range(case["world"])])
    (folder / "answers.json").write_text(json.dumps(answers))
