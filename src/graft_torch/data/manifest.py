"""``manifest.jsonl``: a line for each training image, then one for each validation image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..job_error import JobError
from .images.read_place import Places

Line = dict[str, Any]
"""An image: its name, place, size, target and weight."""

_AGAIN = "copy the job's folder again"


class Manifest:
    """The lines of a manifest, parsed on demand: a large data set has millions."""

    def __init__(self, file: Path, train: int, valid: int) -> None:
        try:
            self._text = file.read_bytes()
        except OSError as error:
            raise JobError(str(file), "the images of the job", error.strerror or str(error), _AGAIN) from error
        ends = np.flatnonzero(np.frombuffer(self._text, dtype=np.uint8) == ord("\n"))
        if len(ends) != train + valid:
            raise JobError(str(file), f"{train + valid} lines", str(len(ends)), _AGAIN)
        self._ends = np.concatenate([[-1], ends])
        self.train, self.valid = range(train), range(train, train + valid)

    def __getitem__(self, i: int) -> Line:
        """Line ``i``."""
        return json.loads(self._text[self._ends[i] + 1 : self._ends[i + 1]])

    def __iter__(self) -> Iterator[Line]:
        """All lines in order."""
        return (self[i] for i in range(len(self._ends) - 1))

    @property
    def is_weighted(self) -> bool:
        """Whether any image has a weight in the loss."""
        return b'"weight":' in self._text


def check_files(manifest: Manifest, places: Places, share: slice) -> None:
    """Checks the files of some lines. Raises ``JobError`` if one is missing or has another size."""
    for line in list(range(len(manifest.train) + len(manifest.valid)))[share]:
        its = manifest[line]
        _check(its["file"], places, its, its["bytes"])
        if isinstance(its["target"], dict):
            _check(its["label"], places, its["target"], None)


def _check(name: str, places: Places, place: Line, size: int | None) -> None:
    file = places.file_of(place)
    if file is None:
        return
    hint = f"restore it below --data-root ({places.root}), or make the job again"
    try:
        found = file.stat().st_size
    except OSError as error:
        raise JobError(name, f"an image in {file}", error.strerror or str(error), hint) from error
    is_whole = not {"range", "samples", "packed"} & place.keys()
    if is_whole and size is not None and found != size:
        raise JobError(name, f"a file of {size} bytes, as when the job was made", f"{found} bytes", hint)
