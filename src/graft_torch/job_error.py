"""`JobError`: a fault that ends the program with one line: what, expected, found, and what to do."""

from __future__ import annotations


class JobError(Exception):
    """Its text is one line, whatever its parts contain."""

    def __init__(self, path: str, expected: str, found: str, hint: str) -> None:
        super().__init__(" ".join(f"{path}: expected {expected}, found {found}: {hint}".split()))

    @classmethod
    def of(cls, text: str) -> JobError:
        """An error of this kind that another process has described."""
        error = cls.__new__(cls)
        Exception.__init__(error, " ".join(text.split()))
        return error


class Diverged(JobError):
    """A loss, outputs or parameters that are not finite."""
