"""The Netpbm formats as stored: PBM, PGM and PPM, plain and raw, and PAM (``src/io/formats/netpbm.ts``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .stored_image import StoredImage

_SPACE = b" \t\n\r\v\f"
_WORD = re.compile(rb"(?:\s|#[^\n]*\n)*([^\s#]+)")
_ENDS = "the file ends before its pixels do"


def is_netpbm(bytes_: bytes) -> bool:
    """Whether a file is in one of the formats."""
    return len(bytes_) > 2 and bytes_[:1] == b"P" and b"1" <= bytes_[1:2] <= b"7" and bytes_[2] in _SPACE


@dataclass(frozen=True)
class _Header:
    height: int
    width: int
    channels: int
    white: int
    end: int
    """Where the samples begin, after one white-space character."""


def _words(bytes_: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    words = []
    for _ in range(count):
        found = _WORD.match(bytes_, at)
        if found is None:
            raise ValueError(_ENDS)
        words.append(found[1])
        at = found.end()
    return words, at


def _pam_header(bytes_: bytes) -> _Header:
    fields: dict[bytes, bytes] = {}
    at = 2
    while True:
        (key,), at = _words(bytes_, at, 1)
        if key == b"ENDHDR":
            break
        (fields[key],), at = _words(bytes_, at, 1)
    height, width, channels, white = (int(fields.get(k, b"0")) for k in (b"HEIGHT", b"WIDTH", b"DEPTH", b"MAXVAL"))
    return _Header(height, width, channels, white, at + 1)


def _header(bytes_: bytes, kind: int) -> _Header:
    if kind == 7:
        return _pam_header(bytes_)
    is_bits = kind in (1, 4)
    words, at = _words(bytes_, 2, 2 if is_bits else 3)
    width, height, white = int(words[0]), int(words[1]), 1 if is_bits else int(words[2])
    return _Header(height, width, 3 if kind in (3, 6) else 1, white, at + 1)


def _samples(bytes_: bytes, kind: int, of: _Header) -> NDArray:
    shape = of.height, of.width, of.channels
    count = of.height * of.width * of.channels
    if kind == 1:
        digits = np.frombuffer(re.sub(rb"#[^\n]*|\s", b"", bytes_[of.end - 1 :]), dtype=np.uint8)
        return digits[:count].reshape(shape) - ord("0")
    if kind <= 3:
        return np.array(_words(bytes_, of.end - 1, count)[0], dtype=np.int64).astype(np.uint16).reshape(shape)
    if kind == 4:
        stride = -(-of.width // 8)
        packed = np.frombuffer(bytes_, np.uint8, stride * of.height, of.end).reshape(of.height, stride)
        return np.unpackbits(packed, axis=1)[:, : of.width, None]
    return np.frombuffer(bytes_, ">u2" if of.white > 255 else np.uint8, count, of.end).reshape(shape)


def read_netpbm(bytes_: bytes) -> StoredImage:
    """A Netpbm image's samples, without alpha; a bitmap's are indices for white and black."""
    kind = bytes_[1] - ord("0")
    of = _header(bytes_, kind)
    if not (of.height > 0 and of.width > 0 and 1 <= of.channels <= 4 and 1 <= of.white <= 65_535):
        raise ValueError("an invalid header")
    data = _samples(bytes_, kind, of)[:, :, : 1 if of.channels < 3 else 3]
    if data.max() > of.white:
        raise ValueError(f"a sample above the maximum, {of.white}")
    if kind in (1, 4):
        return StoredImage(data, 1, palette=np.array([[255] * 3, [0] * 3], dtype=np.uint8))
    is_deep = of.white > 255
    return StoredImage(data.astype(np.uint16 if is_deep else np.uint8), of.white, is_deep)
