"""Events of a run as lines of JSON on standard output, with the names and fields of graft's events."""

from __future__ import annotations

import sys
from typing import Any

from ..engine.processes import Processes
from .json_text import stringify


class Events:
    """The first process tells; the others are silent."""

    def __init__(self, processes: Processes) -> None:
        self.tells = processes.is_first

    def tell(self, tag: str, **fields: Any) -> None:
        """Tells an event. Numbers that are not finite are strings."""
        if self.tells:
            sys.stdout.write(f"{stringify({'_tag': tag, **fields})}\n")
            sys.stdout.flush()

    def log(self, message: str) -> None:
        """A line for people, on standard error."""
        if self.tells:
            sys.stderr.write(f"graft_torch: {message}\n")
            sys.stderr.flush()
