from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from graft_torch.job import open_job
from graft_torch.job_error import JobError
from graft_torch.learn.saved import Saved, read_saved
from graft_torch.learn.source import Batch
from graft_torch.learn.train import train
from jobs import Numbers, cycle, fit, numbers_of, write_job

SAVE_BEST = {"_tag": "SaveBest", "monitor": "valid_loss", "mode": "auto", "every": "improvement", "name": "best"}
STOP_EARLY = {"_tag": "EarlyStopping", "monitor": "accuracy", "mode": "min", "minDelta": 0, "patience": 0}
ON_NAN = {"_tag": "TerminateOnNaN"}

RECIPE = [
    {"step": "setFreeze", "freeze": -1},
    cycle(1),
    {"step": "setFreeze", "freeze": 0},
    {"step": "save", "name": "between"},
    cycle(2, until=[SAVE_BEST]),
    fit(2, accumulate=2, average={"_tag": "Ema", "decay": 0.9}),
    {"step": "setSize", "size": [6, 6]},
    fit(2, average={"_tag": "Swa", "from": 0}),
]


def trained(folder: Path, source: Any = None) -> bool:
    return train(open_job(folder, folder, None), source or numbers_of())


def events(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def same(a: Saved, b: Saved) -> None:
    assert a.progress == b.progress
    assert a.tensors.keys() == b.tensors.keys()
    for name, tensor in a.tensors.items():
        assert (tensor == b.tensors[name]).all(), name


class Stops(Numbers):
    """Asks the process to stop before a training batch is trained."""

    def train(self, epoch: int, first: int, step: int) -> Iterator[Batch]:
        for k, batch in enumerate(super().train(epoch, first, step)):
            if step + k == self.__dict__["at"]:
                os.kill(os.getpid(), signal.SIGTERM)
            yield batch


def stops_at(at: int) -> Any:
    def open_source(job: Any, processes: Any, device: Any, size: tuple[int, int]) -> Stops:
        source = Stops(processes, side=size[0])
        source.__dict__["at"] = at
        source.__dict__["resized"] = lambda new: open_source(job, processes, device, new)
        return source

    return open_source


def test_a_run_has_graft_s_files_and_events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trained(write_job(tmp_path, RECIPE))
    run = tmp_path / "run"
    assert sorted(p.name for p in run.iterdir()) == ["graft.json", "history.csv", "model.safetensors", "models"]
    assert sorted(p.name for p in (run / "models").iterdir()) == ["best.safetensors", "between.safetensors"]
    lines = (run / "history.csv").read_text().splitlines()
    assert lines[0] == "phase,epoch,train_loss,valid_loss,accuracy,time"
    assert [line.split(",")[:2] for line in lines[1:]] == [
        [str(p), str(e)] for e, p in enumerate([0, 1, 1, 2, 2, 3, 3])
    ]
    told = events(capsys.readouterr().out)
    assert [e["index"] for e in told if e["_tag"] == "StepBegin"] == list(range(8))
    first = next(e for e in told if e["_tag"] == "TrainBegin")
    assert {k: first[k] for k in ("batches", "validBatches", "phase", "phases", "epochsAfter")} == {
        "batches": 5,
        "validBatches": 2,
        "phase": 0,
        "phases": 4,
        "epochsAfter": 6,
    }
    assert sum(e["_tag"] == "BatchEnd" and e["train"] for e in told) == 35
    # it has ended: nothing is trained again
    before = (run / "model.safetensors").read_bytes()
    assert trained(tmp_path)
    assert (run / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize("at", [1, 5, 8, 12, 16, 17, 21, 25, 26, 33])
def test_a_stopped_run_ends_with_the_bits_of_an_unbroken_one(tmp_path: Path, at: int) -> None:
    whole, broken = write_job(tmp_path / "whole", RECIPE), write_job(tmp_path / "broken", RECIPE)
    assert trained(whole)
    assert not trained(broken, stops_at(at))
    assert trained(broken)
    same(*(read_saved(folder / "run" / "model.safetensors") for folder in (whole, broken)))
    rows = [
        [line.rsplit(",", 1)[0] for line in (folder / "run" / "history.csv").read_text().splitlines()]
        for folder in (whole, broken)
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("at", [2, 6])
def test_a_stopped_run_in_half_precision_keeps_the_scale_of_its_loss(
    tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # so that it grows within a few steps
    monkeypatch.setattr("graft_torch.engine.loss_scale.GROWTH_INTERVAL", 4)
    folders = [write_job(tmp_path / name, [cycle(2), fit(1, accumulate=2)]) for name in ("whole", "broken")]
    for folder in folders:
        job = json.loads((folder / "job.json").read_text())
        job["settings"]["fast"]["precision"] = "fp16"
        (folder / "job.json").write_text(json.dumps(job))
    whole, broken = folders
    assert trained(whole)
    assert not trained(broken, stops_at(at))
    scale = read_saved(broken / "run" / "checkpoint.safetensors").progress["lossScale"]
    assert scale["good"] > 0
    assert trained(broken)
    same(*(read_saved(folder / "run" / "model.safetensors") for folder in (whole, broken)))


def test_a_checkpoint_without_a_fault_is_read_and_a_damaged_one_is_an_error(tmp_path: Path) -> None:
    folder = write_job(tmp_path, [fit(1)])
    assert not trained(folder, stops_at(2))
    file = folder / "run" / "checkpoint.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(JobError, match="checksum"):
        trained(folder)


def test_an_image_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"^images/7\.png: expected an image, found no such file: restore it$"):
        trained(write_job(tmp_path, [fit(1)]), numbers_of(fault=(0, 3)))


def test_pixels_that_are_not_finite_are_named(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"^0\.png: expected finite pixels"):
        trained(write_job(tmp_path, [fit(1)]), numbers_of(nan=3))


def test_a_loss_that_is_not_finite_ends_the_run_or_the_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hopeless = {"lr": [1e30, 1e30], "wd": None}
    with pytest.raises(JobError, match="a finite training loss"):
        trained(write_job(tmp_path / "a", [{**fit(2), **hopeless}]))
    assert trained(write_job(tmp_path / "b", [{**fit(2, until=[ON_NAN]), **hopeless}]))
    assert any(e["_tag"] == "Warning" for e in events(capsys.readouterr().out))
    # the epoch that ended has no row
    assert len((tmp_path / "b" / "run" / "history.csv").read_text().splitlines()) == 1


def test_a_watcher_ends_a_step(tmp_path: Path) -> None:
    folder = write_job(tmp_path, [fit(9, until=[STOP_EARLY]), fit(1)])
    assert trained(folder)
    phases = [line.split(",")[0] for line in (folder / "run" / "history.csv").read_text().splitlines()[1:]]
    assert phases.count("1") == 1 and 1 < phases.count("0") < 9


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    folder = write_job(tmp_path, [fit(1)])
    (folder / "run").write_text("a file where a folder should be")
    with pytest.raises(JobError, match=f"^{folder}/run: expected a folder to write to"):
        trained(folder)


def test_too_few_processes_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="expected 2, as the job says, found 1: start it with torchrun"):
        trained(write_job(tmp_path, [fit(1)], processes=2))


def test_a_batch_that_processes_cannot_share_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda *_: 3)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda *_: 0)
    monkeypatch.setattr(torch.distributed, "new_group", lambda **_: None)
    monkeypatch.setattr("graft_torch.engine.processes.Processes.worst", lambda _, value: value)
    monkeypatch.setattr("graft_torch.engine.processes.Processes.said", lambda _, text: [text])
    with pytest.raises(JobError, match="expected a multiple of 3 processes, found 8"):
        trained(write_job(tmp_path, [fit(1)], processes=3))


def test_fast_settings_train_as_well_on_a_cpu(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def shown(folder: Path, **fast: Any) -> list[float]:
        job = json.loads((folder / "job.json").read_text())
        job["settings"]["fast"] |= fast
        (folder / "job.json").write_text(json.dumps(job))
        assert trained(folder)
        return [e["loss"] for e in events(capsys.readouterr().out) if e["_tag"] == "BatchEnd"]

    exact = shown(write_job(tmp_path / "exact", RECIPE))
    rounded = shown(write_job(tmp_path / "rounded", RECIPE), channelsLast=True, precision="bf16")
    fused = shown(write_job(tmp_path / "fused", RECIPE), fusedOptimiser=True)
    assert rounded != exact
    assert rounded == pytest.approx(exact, rel=0.05)
    assert fused == pytest.approx(exact, rel=1e-4)
