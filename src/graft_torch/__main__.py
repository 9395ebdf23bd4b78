"""The program: `python -m graft_torch JOB --data-root PATH [--out DIR]`, in each process that a launcher starts."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path

STOPPED = 143
"""The exit status after SIGTERM, following the convention of shells: 128 + 15."""


def arguments() -> argparse.Namespace:
    """The command-line arguments."""
    parser = argparse.ArgumentParser("graft_torch", description="Trains a graft job with PyTorch.")
    parser.add_argument("job", type=Path, help="the folder of the job")
    parser.add_argument("--data-root", type=Path, required=True, help="the folder of the images")
    parser.add_argument("--out", type=Path, help="where to write the run (default: JOB/run)")
    return parser.parse_args()


def main() -> int:
    """Trains; returns the exit status: 0, 143 if stopped by SIGTERM, or 1 after an error, printed as one line."""
    given = arguments()
    # torch's notes on its own future are for those who write programs
    warnings.simplefilter("ignore", FutureWarning)
    # makes matrix products on a GPU reproducible
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    from .data.source import open_source
    from .job import open_job
    from .job_error import JobError
    from .learn.train import train

    try:
        job = open_job(given.job, given.data_root, given.out)
        return 0 if train(job, open_source) else STOPPED
    except JobError as error:
        if os.environ.get("RANK", "0") == "0":
            sys.stderr.write(f"graft_torch: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
