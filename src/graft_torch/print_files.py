"""Prints the files of a run as lines of base64, for services that give access only to logs: `print_files.py RUN`.

Each file is a line `graft-file BYTES PATH`, followed by its content in lines of `graft-data`; the last line is
`graft-end COUNT`. It needs nothing but Python.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

CHUNK = 3 * 2**14
"""Bytes per line."""


def print_files(folder: Path) -> int:
    """Prints all files below a folder; returns the exit status."""
    if not folder.is_dir():
        sys.stderr.write(f"graft_torch: {folder}: expected the folder of a run, found none: wait until it has begun\n")
        return 1
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        content = path.read_bytes()
        sys.stdout.write(f"graft-file {len(content)} {path.relative_to(folder).as_posix()}\n")
        for start in range(0, len(content), CHUNK):
            sys.stdout.write(f"graft-data {base64.b64encode(content[start : start + CHUNK]).decode()}\n")
    sys.stdout.write(f"graft-end {len(files)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(print_files(Path(sys.argv[1])))
