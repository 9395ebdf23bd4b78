"""A process of a job of numbers; it may kill itself once, before a training step: `worker.py JOB [RANK STEP ...]`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from graft_torch.job import open_job
from graft_torch.job_error import JobError
from graft_torch.learn.source import Batch
from graft_torch.learn.train import train
from jobs import Numbers


@dataclass(frozen=True)
class Dies(Numbers):
    """Batches, some of which a process does not survive the first time."""

    job: Path = Path()
    deaths: tuple[tuple[int, int], ...] = ()

    def train(self, epoch: int, first: int, step: int) -> Iterator[Batch]:
        """The batches of an epoch."""
        for k, batch in enumerate(super().train(epoch, first, step)):
            mark = self.job / f"died-{step + k}"
            if (self.processes.rank, step + k) in self.deaths and not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch


def main() -> int:
    """Trains; returns the exit status."""
    folder, numbers = Path(sys.argv[1]), [int(n) for n in sys.argv[2:]]
    deaths = tuple(zip(numbers[::2], numbers[1::2], strict=True))

    def open_source(job: Any, processes: Any, _: Any, size: tuple[int, int]) -> Numbers:
        fault = (1, 2) if (folder / "fault").exists() else None
        return Dies(processes, side=size[0], job=folder, deaths=deaths, fault=fault)

    try:
        return 0 if train(open_job(folder, folder, None), open_source) else 143
    except JobError as error:
        if os.environ.get("RANK", "0") == "0":
            sys.stderr.write(f"graft_torch: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
