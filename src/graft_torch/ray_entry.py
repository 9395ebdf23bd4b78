"""The program on Ray: `python -m graft_torch.ray_entry`, with the same arguments. Ray Train starts the processes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from .__main__ import arguments

MAX_FAILURES = 3
"""How often all processes are restarted after one of them failed."""


def _train(given: dict[str, str]) -> None:
    """Trains in each process, once Ray Train has created the process group."""
    from .data.source import open_source
    from .job import open_job
    from .job_error import JobError
    from .learn.train import train

    # Ray Train starts processes in its own folder, and each machine unpacks the job at a path of its own
    folder = Path(__file__).resolve().parents[1]
    try:
        train(open_job(folder, Path(given["data_root"]), Path(given["out"])), open_source)
    except JobError as error:
        # not raised: a restart would fail in the same way
        Path(given["fault"]).write_text(str(error), "utf-8")


def _fitted(job: Any, given: dict[str, str]) -> None:
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchTrainer

    out, settings = Path(given["out"]), job.settings
    TorchTrainer(
        _train,
        train_loop_config=given,
        scaling_config=ScalingConfig(
            num_workers=settings["nodes"] * settings["processes"], use_gpu=settings["gpus"] > 0
        ),
        run_config=RunConfig(
            # Ray Train's own files, beside the run
            name=f"{out.name}.ray",
            storage_path=str(out.parent),
            failure_config=FailureConfig(max_failures=MAX_FAILURES),
        ),
    ).fit()


def main() -> int:
    """Trains with as many workers as the job has processes; returns the exit status."""
    from .job import open_job
    from .job_error import JobError

    given = arguments()
    out = (given.out or given.job / "run").resolve()
    fault = out.with_name(f"{out.name}.fault")
    try:
        job = open_job(given.job, given.data_root, out)
        out.parent.mkdir(parents=True, exist_ok=True)
        fault.unlink(missing_ok=True)
        paths = {"data_root": given.data_root.resolve(), "out": out, "fault": fault}
        _fitted(job, {name: str(path) for name, path in paths.items()})
    except (JobError, OSError) as error:
        sys.stderr.write(f"graft_torch: {error}\n")
        return 1
    if not fault.exists():
        return 0
    sys.stderr.write(f"graft_torch: {fault.read_text('utf-8')}\n")
    fault.unlink()
    return 1


if __name__ == "__main__":
    sys.exit(main())
