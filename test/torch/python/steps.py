"""Runs the training steps of `stepCase.ts` with graft_torch, in one process or several, and prints what they give."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "src"))

import torch
import torch.distributed as dist
from graft_torch.engine.device import open_device
from graft_torch.engine.processes import Processes
from graft_torch.engine.program import OptimiserState, Program, StepInput, StepOptions
from graft_torch.learn.source import Batch
from graft_torch.model.batch_norm import BatchNorm
from graft_torch.model.network import Network
from graft_torch.plan.plan import plan_under
from graft_torch.recipe.loss import loss_from
from graft_torch.recipe.optimiser import optimiser_from
from safetensors.torch import load_file

EXACT = {"channelsLast": False, "precision": "fp32", "tf32": False, "compile": False, "fusedOptimiser": False}
SETTINGS = {"threads": 1, "gpus": 0, "fast": EXACT}


def batch_at(numbers: dict, k: int, given: dict, processes: Processes) -> Batch:
    x, y, w = numbers[f"x:{k}"], numbers[f"y:{k}"], numbers.get(f"w:{k}")
    total = len(x)
    start, end = processes.share(total)
    y = y.long() if given["whole"] else y
    if given["picture"]:
        y = y.view(total, *given["picture"]).permute(0, 3, 1, 2)
    rows = slice(start, end)
    x = x.permute(0, 3, 1, 2).contiguous()
    return Batch(x[rows], y[rows], None if w is None else w[rows], start, total, [""] * (end - start))


def run(folder: Path, processes: Processes) -> dict:
    given = json.loads((folder / "case.json").read_text())
    numbers = load_file(folder / "numbers.safetensors")
    job, training = given["job"], given["training"]
    torch.use_deterministic_algorithms(True)
    device = open_device(SETTINGS)
    network = Network(job["network"])
    state = {name[6:]: t for name, t in numbers.items() if name.startswith("state:")}
    assert list(network.state_dict()) and set(network.state_dict()) == set(state), set(network.state_dict()) ^ set(
        state
    )
    for module in network.modules():
        if isinstance(module, BatchNorm):
            module.sync = True
    for path, tensor in network.state_dict(keep_vars=True).items():
        tensor.data.copy_(state[path])
    losses, step = [], 0
    for i, phase in enumerate(given["phases"]):
        options = StepOptions(
            loss_from(training["loss"]),
            optimiser_from(training["optimiser"]),
            training["trueWd"],
            training["bnWd"],
            training["clip"],
            training["seed"],
        )
        start = OptimiserState({})
        program = Program(network, plan_under(job, i), options, start, device, processes)
        hyper = StepInput(phase["lrs"], training["mom"], training["wd"])
        for k in range(phase["steps"]):
            batch = batch_at(numbers, step, given, processes)
            last = (k + 1) % given["accumulate"] == 0
            if given["accumulate"] == 1:
                losses.append(program.step(batch, hyper, step))
            else:
                losses.append(program.accumulate(batch, step, last))
                if last:
                    program.update(hyper)
            step += 1
        result = program.evaluate(batch_at(numbers, 99, given, processes))
    outputs = result.outputs
    if outputs.dim() == 4:
        outputs = outputs.permute(0, 2, 3, 1)
    return {"losses": losses, "outputs": outputs.flatten().tolist(), "validLoss": result.loss}


def run_all(folder: Path, count: int, processes: Processes) -> None:
    for i in range(count):
        made = run(folder / str(i), processes)
        if processes.is_first:
            print(json.dumps(made))


def _process(rank: int, world: int, folder: Path, count: int, meeting: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=world)
    run_all(folder, count, Processes(rank, world, dist.new_group(backend="gloo")))
    dist.destroy_process_group()


if __name__ == "__main__":
    place, cases, world = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if world == 1:
        run_all(place, cases, Processes())
    else:
        os.environ["OMP_NUM_THREADS"] = "1"
        with tempfile.TemporaryDirectory() as temporary:
            torch.multiprocessing.spawn(_process, (world, place, cases, f"{temporary}/meeting"), world)
