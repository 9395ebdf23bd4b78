"""Saved learners: safetensors files that graft reads and writes.

They hold parameters, buffers and the optimiser's state; the header has the resolved model and the position in training.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from ..job_error import JobError
from .json_text import stringify

Arrays = Mapping[str, NDArray[np.float32]]

OPTIMISER = "optimiser:"
KEPT = "kept:"
ACCUMULATED = "accumulated:"
AVERAGE = "average:"


@dataclass(frozen=True)
class Saved:
    """The content of a saved file: the resolved model and the progress as JSON, and the tensors by name."""

    model: Mapping[str, Any]
    progress: Mapping[str, Any]
    tensors: Arrays

    def under(self, prefix: str) -> dict[str, NDArray[np.float32]]:
        """The tensors whose names have a prefix, by the rest of their names."""
        return {name[len(prefix) :]: t for name, t in self.tensors.items() if name.startswith(prefix)}


def _checksum(said: Mapping[str, Any], tensors: Arrays) -> str:
    """SHA-256 of header and tensors, in the order of JavaScript's strings: by UTF-16 code units."""
    names = sorted(tensors, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    digest = hashlib.sha256(stringify([said, [[name, tensors[name].shape] for name in names]]).encode())
    for name in names:
        digest.update(np.ascontiguousarray(tensors[name]).data)
    return digest.hexdigest()


def saved_bytes(saved: Saved) -> bytes:
    """The bytes of a file."""
    said = {"model": saved.model, "progress": saved.progress}
    text = stringify({**said, "sha256": _checksum(said, saved.tensors)})
    return save({name: np.ascontiguousarray(t) for name, t in saved.tensors.items()}, {"graft": text})


def _tensors_in(raw: bytes, header: Mapping[str, Any], start: int) -> dict[str, NDArray[np.float32]]:
    tensors = {}
    for name, at in header.items():
        if name != "__metadata__":
            begin, end = at["data_offsets"]
            values = np.frombuffer(raw, "<f4", (end - begin) // 4, start + begin)
            tensors[name] = values.reshape(at["shape"]).copy()
    return tensors


def read_saved(file: Path) -> Saved:
    """Reads a saved file. Raises `JobError` if it is damaged or was changed."""

    def damaged(found: str) -> JobError:
        return JobError(str(file), "a file saved by graft", found, "restore it, or make the job again")

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise JobError(str(file), "a file", error.strerror or str(error), "make the job again") from error
    try:
        size = int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8 : 8 + size])
        said = json.loads(header["__metadata__"]["graft"])
        tensors = _tensors_in(raw, header, 8 + size)
        digest = said.pop("sha256")
        is_whole = _checksum({"model": said["model"], "progress": said["progress"]}, tensors) == digest
    except (ValueError, KeyError, TypeError) as error:
        raise damaged("another kind of file, or a damaged one") from error
    if not is_whole:
        raise damaged("content that does not match its checksum")
    return Saved(said["model"], said["progress"], tensors)


def write_atomically(file: Path, content: bytes) -> None:
    """Replaces a file atomically: content is on disk before the file has its name. Raises `JobError` on failure."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        hint = "make it writable, or pass another folder with --out"
        raise JobError(str(file.parent), "a folder to write to", error.strerror or str(error), hint) from error
