"""Evaluates values of graft with graft_torch: reads JSON from standard input, and prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "src"))

import numpy as np
from graft_torch.interpret.metric import MetricBatch
from graft_torch.interpret.metrics import METRICS
from graft_torch.learn.history import Row
from graft_torch.learn.history_file import fixed, phases_of, show_time
from graft_torch.learn.json_text import stringify
from graft_torch.recipe.phase import phase_of
from graft_torch.recipe.watcher import EpochSeen, watching_of


def metric(given: dict) -> float:
    state = METRICS[given["word"]](given["options"])
    for batch in given["batches"]:
        outputs = np.array(batch["outputs"], np.float32).reshape(-1, batch["width"])
        targets = np.array(batch["targets"], np.float32 if given["numbers"] else np.int64)
        state = state.step(MetricBatch(outputs, targets, batch["perImage"]))
    return state.done()


def phase(given: dict) -> dict:
    made = phase_of(given["step"], given["batches"])
    at = [made.at(k) for k in given["ks"]]
    ends = [made.start_epoch, made.end_epoch, made.steps_per_epoch]
    return {"ends": ends, "wd": made.wd, "at": [[*hyper.lrs, hyper.mom] for hyper in at]}


def watcher(given: dict) -> list:
    watching = watching_of(given["watcher"])
    state, asked = watching.start, []
    for seen in given["seen"]:
        values = {name: float("nan") if value == "NaN" else value for name, value in seen["values"].items()}
        state, requests = watching.on_epoch(state, EpochSeen(seen["epoch"], values, seen["lr"]))
        asked.append([state, requests])
    return [asked, watching.on_end(state), watching.ends_on_nan]


def rows(given: dict) -> list:
    return phases_of(given["recipe"], [Row(epoch, 0.0, None, []) for epoch in given["epochs"]])


kinds = {
    "metrics": metric,
    "phases": phase,
    "watchers": watcher,
    "rows": rows,
    "numbers": lambda text: stringify(float(text)),
    "fixed": lambda text: fixed(float(text)),
    "times": show_time,
}

print(stringify({kind: [kinds[kind](value) for value in values] for kind, values in json.load(sys.stdin).items()}))
