"""Projective maps of the plane, which include rotation, zoom and perspective (``src/data/pixel/Projective.ts``).

Coordinates are x and y from -1 to 1 at the centres of the corner pixels. A map takes output coordinates to input
coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..images.resizing import Sides

Projective = tuple[float, ...]
"""A 3 x 3 matrix, row by row."""

IDENTITY: Projective = (1, 0, 0, 0, 1, 0, 0, 0, 1)


def after(f: Projective, g: Projective) -> Projective:
    """The composition: first ``g``, then ``f``."""

    def at(row: int, col: int) -> float:
        return f[3 * row] * g[col] + f[3 * row + 1] * g[3 + col] + f[3 * row + 2] * g[6 + col]

    return tuple(at(row, col) for row in range(3) for col in range(3))


def affine(a: float, b: float, c: float, d: float, e: float, f: float) -> Projective:
    """The map without perspective."""
    return (a, b, c, d, e, f, 0, 0, 1)


def determinant(m: Projective) -> float:
    """Negative for a map that mirrors."""
    a, b, c, d, e, f, g, h, i = m
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def inverse(m: Projective) -> Projective | None:
    """The inverse of a map; None for a singular matrix."""
    by = determinant(m)
    if abs(by) < 1e-12:
        return None
    a, b, c, d, e, f, g, h, i = m
    return (
        (e * i - f * h) / by,
        (c * h - b * i) / by,
        (b * f - c * e) / by,
        (f * g - d * i) / by,
        (a * i - c * g) / by,
        (c * d - a * f) / by,
        (d * h - e * g) / by,
        (b * g - a * h) / by,
        (a * e - b * d) / by,
    )


def proportioned(m: Projective, sides: Sides) -> Projective:
    """Corrects an affine map's rotation for an image that is not square."""
    height, width = sides
    return affine(m[0], (m[1] * height) / width, m[2], (m[3] * width) / height, m[4], m[5])


def rotation(degrees: float) -> Projective:
    """Rotates about the centre."""
    angle = (degrees * math.pi) / 180
    return affine(math.cos(angle), -math.sin(angle), 0, math.sin(angle), math.cos(angle), 0)


def _part(width: float, height: float, row: float, col: float) -> Projective:
    """The part of the image that covers fractions ``width`` and ``height`` of its sides, at a position."""
    return affine(width, 0, (1 - width) * (2 * col - 1), 0, height, (1 - height) * (2 * row - 1))


def zoomed(scale: float, row: float, col: float) -> Projective:
    """Enlarges about a position."""
    return _part(1 / scale, 1 / scale, row, col)


def squished(scale: float, row: float, col: float) -> Projective:
    """Stretches the width (below 1) or the height (above 1)."""
    return _part(scale, 1, row, col) if scale <= 1 else _part(1, 1 / scale, row, col)


def zoom_squished(
    scale: Sequence[float], squish: Sequence[float], invert: Sequence[float], row: float, col: float, sides: Sides
) -> Projective:
    """The first of several draws that stays within the image; else its central square, stretched over it."""
    for by, stretch, exchanged in zip(scale, squish, invert, strict=True):
        side, ratio = 1 / math.sqrt(by), math.sqrt(stretch)
        w, h = side * ratio, side / ratio
        if exchanged != 0:
            w, h = h, w
        if w <= 1 and h <= 1:
            return _part(w, h, row, col)
    height, width = sides
    return _part(height / width, 1, 0.5, 0.5) if width > height else _part(1, width / height, 0.5, 0.5)


def symmetry(k: int) -> Projective:
    """One of the eight symmetries of the square: bit 0 flips the columns, bit 1 the rows, bit 2 transposes."""
    x, y = (-1 if k & 1 else 1), (-1 if k & 2 else 1)
    return affine(0, x, 0, y, 0, 0) if k & 4 else affine(x, 0, 0, 0, y, 0)


Corner = tuple[float, float]

CORNERS: tuple[Corner, ...] = ((-1, -1), (-1, 1), (1, -1), (1, 1))
"""x and y of the corners: top left, bottom left, top right, bottom right."""


def _solved(rows: list[list[float]]) -> list[float] | None:
    """Solves linear equations by Gauss-Jordan elimination with pivoting; None for a singular matrix."""
    n = len(rows)
    a = [list(row) for row in rows]
    for k in range(n):
        pivot = k
        for i in range(k + 1, n):
            if abs(a[i][k]) > abs(a[pivot][k]):
                pivot = i
        first = a[pivot]
        if abs(first[k]) < 1e-12:
            return None
        a[pivot] = a[k]
        a[k] = [v / first[k] for v in first]
        for i in range(n):
            if i != k:
                by = a[i][k]
                a[i] = [v - by * pivoted for v, pivoted in zip(a[i], a[k], strict=True)]
    return [row[n] for row in a]


def to_corners(of: Sequence[Corner]) -> Projective:
    """The map that takes four points to the corners of the image; the identity if there is none."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(of, CORNERS, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    solution = _solved(rows)
    return IDENTITY if solution is None else (*solution, 1)


def warped(magnitude: Sequence[float]) -> Projective:
    """Perspective by how far the corners move apart on the right, left, bottom and top side."""
    right, left, bottom, top = magnitude
    return to_corners([(-1 - top, -1 - left), (-1 - bottom, 1 + left), (1 + top, -1 - right), (1 + bottom, 1 + right)])


def perspective_warped(magnitude: Sequence[float]) -> Projective:
    """Perspective by how far each corner moves: x and y of each."""
    return to_corners([(x + magnitude[2 * i], y + magnitude[2 * i + 1]) for i, (x, y) in enumerate(CORNERS)])


def tilted(direction: int, m: float) -> Projective:
    """Perspective of an image tilted away: 0 left, 1 top, 2 right, 3 bottom."""
    moves: list[list[Corner]] = [
        [(-1, -1), (-1, 1), (1, -1 - m), (1, 1 + m)],
        [(-1, -1 - m), (-1, 1 + m), (1, -1), (1, 1)],
        [(-1, -1), (-1 - m, 1), (1, -1), (1 + m, 1)],
        [(-1 - m, -1), (-1, 1), (1 + m, -1), (1, 1)],
    ]
    return to_corners(moves[direction])


def skewed(direction: int, m: float) -> Projective:
    """Moves one corner away from the centre: along x for even directions, along y for odd ones."""
    corners = list(CORNERS)
    x, y = corners[direction >> 1]
    corners[direction >> 1] = (x * (1 + m), y) if direction % 2 == 0 else (x, y * (1 + m))
    return to_corners(corners)
