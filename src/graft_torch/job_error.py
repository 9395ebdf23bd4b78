"""`JobError`: a fault that ends the program with one line: what, expected, found, and what to do."""

from __future__ import annotations


class JobError(Exception):
    """Its text is one line, whatever its parts contain."""

    def __init__(self, path: str, expected: str, found: str, hint: str) -> None:
        super().__init__(" ".join(f"{path}: expected {expected}, found {found}: {hint}".split()))


class Diverged(JobError):
    """A loss, outputs or parameters that are not finite."""
