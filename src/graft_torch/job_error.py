"""`JobError`: an error that ends the program, printed as one line: where, expected, found, and what to do."""

from __future__ import annotations


class JobError(Exception):
    """An error whose text is one line, even if its parts contain line breaks."""

    def __init__(self, path: str, expected: str, found: str, hint: str) -> None:
        super().__init__(" ".join(f"{path}: expected {expected}, found {found}: {hint}".split()))

    @classmethod
    def of(cls, text: str) -> JobError:
        """An error with the text of an error in another process."""
        error = cls.__new__(cls)
        Exception.__init__(error, " ".join(text.split()))
        return error


class Diverged(JobError):
    """A loss, outputs or parameters that are not finite."""
