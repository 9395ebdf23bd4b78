"""Several processes, started by torchrun."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from graft_torch.learn.saved import read_saved
from jobs import cycle, fit, write_job

WORKER = Path(__file__).with_name("worker.py")
RECIPE = [{"step": "setFreeze", "freeze": -1}, cycle(1), {"step": "setFreeze", "freeze": 0}, fit(2, accumulate=2)]


KILLS = 10


def deaths(processes: int) -> list[int]:
    """Random training steps of 15, each with the process that is killed before it."""
    random = Random(processes)
    return [n for step in random.sample(range(15), KILLS) for n in (random.randrange(processes), step)]


def torchrun(folder: Path, processes: int, *deaths: int, restarts: int = 0) -> subprocess.CompletedProcess[str]:
    launcher = [sys.executable, "-B", "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command = [*launcher, f"--max-restarts={restarts}", WORKER, folder, *deaths]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200, check=False)


def agents(folder: Path, count: int, *deaths: int) -> list[subprocess.CompletedProcess[str]]:
    """Runs a job for one or two machines with ``count`` of them, which are launchers on this one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"127.0.0.1:{free.getsockname()[1]}"
    meeting = ["--nnodes=1:2", "--rdzv-backend=c10d", f"--rdzv-endpoint={endpoint}", "--rdzv-conf=last_call_timeout=3"]
    command = [
        sys.executable,
        "-B",
        "-m",
        "torch.distributed.run",
        *meeting,
        "--nproc-per-node=1",
        WORKER,
        folder,
        *deaths,
    ]
    words = [str(part) for part in command]
    started = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(count)]
    ended = [(agent, *agent.communicate(timeout=200)) for agent in started]
    return [subprocess.CompletedProcess(words, agent.returncode, *output) for agent, *output in ended]


def losses(output: str) -> list[float]:
    told = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [event["loss"] for event in told if event["_tag"] == "BatchEnd"]


def results(folder: Path) -> list[list[str]]:
    lines = (folder / "run" / "history.csv").read_text().splitlines()[1:]
    return [line.split(",")[:-1] for line in lines]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    folder = write_job(tmp_path_factory.mktemp("alone"), RECIPE)
    ended = torchrun(folder, 1)
    assert ended.returncode == 0, ended.stderr
    return folder, losses(ended.stdout)


def test_two_processes_train_as_one(alone: tuple[Path, list[float]], tmp_path: Path) -> None:
    folder = write_job(tmp_path, RECIPE, processes=2)
    ended = torchrun(folder, 2)
    assert ended.returncode == 0, ended.stderr
    assert "sync-bn is on" in ended.stderr
    assert np.allclose(losses(ended.stdout), alone[1], rtol=1e-4, atol=0)
    # 11 validation images, of which two processes have 4 and 4, then 1 and 2
    assert [row[4] for row in results(folder)] == [row[4] for row in results(alone[0])]
    theirs, ours = (read_saved(f / "run" / "model.safetensors") for f in (folder, alone[0]))
    assert all(np.allclose(theirs.tensors[name], t, atol=1e-5) for name, t in ours.tensors.items())


def test_killed_processes_are_started_again_and_lose_nothing(alone: tuple[Path, list[float]], tmp_path: Path) -> None:
    folder = write_job(tmp_path, RECIPE)
    job = json.loads((folder / "job.json").read_text())
    job["settings"]["checkpointSeconds"] = 0
    (folder / "job.json").write_text(json.dumps(job))
    ended = torchrun(folder, 1, *deaths(1), restarts=KILLS)
    assert ended.returncode == 0, ended.stderr
    assert len(list(folder.glob("died-*"))) == KILLS
    theirs, ours = (read_saved(f / "run" / "model.safetensors") for f in (folder, alone[0]))
    assert theirs.progress == ours.progress
    assert all((theirs.tensors[name] == t).all() for name, t in ours.tensors.items())
    assert results(folder) == results(alone[0])


def test_both_are_started_again_when_either_is_killed(alone: tuple[Path, list[float]], tmp_path: Path) -> None:
    folder = write_job(tmp_path, RECIPE, processes=2)
    job = json.loads((folder / "job.json").read_text())
    job["settings"]["checkpointSeconds"] = 0
    (folder / "job.json").write_text(json.dumps(job))
    # no more restarts than deaths: every start succeeds
    ended = torchrun(folder, 2, *deaths(2), restarts=KILLS)
    assert ended.returncode == 0, ended.stderr
    assert len(list(folder.glob("died-*"))) == KILLS
    ours, theirs = results(alone[0]), results(folder)
    assert [row[4] for row in theirs] == [row[4] for row in ours]
    assert np.allclose([[float(x) for x in row[2:4]] for row in theirs], [[float(x) for x in row[2:4]] for row in ours])


def test_another_number_of_machines_continues_the_job(alone: tuple[Path, list[float]], tmp_path: Path) -> None:
    folder = write_job(tmp_path, RECIPE, nodes=2)
    job = json.loads((folder / "job.json").read_text())
    job["settings"]["checkpointSeconds"] = 0
    (folder / "job.json").write_text(json.dumps(job))
    assert any(agent.returncode != 0 for agent in agents(folder, 2, 0, 6))
    (ended,) = agents(folder, 1)
    assert ended.returncode == 0, ended.stderr
    told = losses(ended.stdout)
    assert len(told) < len(alone[1])
    assert np.allclose(told, alone[1][-len(told) :], rtol=1e-4, atol=0)
    assert [row[4] for row in results(folder)] == [row[4] for row in results(alone[0])]


def test_a_fault_of_the_second_process_is_told_by_the_first(tmp_path: Path) -> None:
    folder = write_job(tmp_path, RECIPE, processes=2)
    (folder / "fault").touch()
    ended = torchrun(folder, 2)
    assert ended.returncode != 0
    lines = [line for line in ended.stderr.splitlines() if line.startswith("graft_torch: images")]
    assert lines == ["graft_torch: images/7.png: expected an image, found no such file: restore it"]
