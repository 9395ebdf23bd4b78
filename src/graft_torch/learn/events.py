"""Events of a run as lines of JSON on standard output, with the names and fields of graft's events."""

from __future__ import annotations

import sys
from typing import Any

from ..engine.processes import Processes
from .json_text import stringify


class Events:
    """Prints events in the first process; the others print nothing."""

    def __init__(self, processes: Processes) -> None:
        self.tells = processes.is_first

    def tell(self, tag: str, **fields: Any) -> None:
        """Prints an event. NaN and infinite numbers are written as strings."""
        if self.tells:
            sys.stdout.write(f"{stringify({'_tag': tag, **fields})}\n")
            sys.stdout.flush()

    def log(self, message: str) -> None:
        """Prints a message on standard error."""
        if self.tells:
            sys.stderr.write(f"graft_torch: {message}\n")
            sys.stderr.flush()
