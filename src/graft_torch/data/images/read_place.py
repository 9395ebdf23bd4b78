"""The bytes of an image that is a file, lies in one, or is drawn (``src/data/images/ImagePlace.ts``)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...job_error import JobError
from ..masks.drawn_mask import drawn_mask

Place = Mapping[str, Any]
"""A place as a line of ``manifest.jsonl`` has it."""

PACKED = "images.bin"
"""The job's file of images that are not files of the data."""

_RESTORE = "restore the file below --data-root, or make the job again"

_PAM_TYPES = ("GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA")


@dataclass(frozen=True)
class Places:
    """Reads the bytes at places below the root of the data, or in a job's folder."""

    root: Path
    job: Path

    def file_of(self, place: Place) -> Path | None:
        """The file that has the bytes of a place; None: it is drawn."""
        if "packed" in place:
            return self.job / PACKED
        return None if "drawn" in place else self.root / place["path"]

    def bytes_of(self, name: str, place: Place) -> bytes:
        """The bytes of an image's file; samples and drawn masks become Netpbm files."""
        if "drawn" in place:
            mask = drawn_mask(place["drawn"])
            return f"P5\n{mask.shape[1]} {mask.shape[0]}\n65535\n".encode() + mask.astype(">u2").tobytes()
        file = self.file_of(place)
        if "samples" in place:
            return self._samples(name, file, place["samples"])
        part = place.get("packed") or place.get("range")
        return self._read(name, file, *((0, None) if part is None else (part["from"], part["length"])))

    def _samples(self, name: str, file: Path | None, of: Mapping[str, Any]) -> bytes:
        height, width, channels = of["height"], of["width"], of["channels"]
        samples = self._read(name, file, of["from"], height * width * channels)
        if of["planar"]:
            planes = np.frombuffer(samples, np.uint8).reshape(channels, height, width)
            samples = np.moveaxis(planes, 0, -1).tobytes()
        kind = _PAM_TYPES[channels - 1]
        header = f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {channels}\nMAXVAL 255\nTUPLTYPE {kind}\nENDHDR\n"
        return header.encode() + samples

    def _read(self, name: str, file: Path | None, start: int, length: int | None) -> bytes:
        try:
            with open(str(file), "rb") as opened:
                opened.seek(start)
                found = opened.read(-1 if length is None else length)
        except OSError as error:
            raise JobError(name, f"an image in {file}", error.strerror or str(error), _RESTORE) from error
        if length is not None and len(found) != length:
            raise JobError(name, f"{length} bytes of {file} from {start} on", f"{len(found)}, its end", _RESTORE)
        return found


def check_bytes(name: str, place: Place, found: bytes, size: int, crc32: int | None) -> None:
    """Checks that an image's bytes have not changed since the job was made."""
    if "drawn" in place:
        return
    # samples are read with a header before them
    own = found[-size:] if "samples" in place or "packed" in place else found
    if len(own) != size:
        raise JobError(name, f"an image of {size} bytes, as when the job was made", f"{len(own)} bytes", _RESTORE)
    if crc32 is not None and zlib.crc32(own) != crc32:
        raise JobError(name, "the image as when the job was made", "other bytes (their CRC-32 differs)", _RESTORE)
