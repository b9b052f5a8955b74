"""Randomness that is the same everywhere: hashes of integers and value noise made of them.

Nothing but integer arithmetic and single IEEE operations is used, so neither the platform's mathematical library nor the
version of numpy can change a result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_GAMMA = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF


def mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The output function of SplitMix64 (Steele, Lea, Flood 2014): every bit of the result depends on every bit given."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def hashes(salt: int, *keys: Integers) -> NDArray[np.uint64]:
    """One 64-bit hash for each tuple of keys; `salt` keeps the uses of one seed apart."""
    state = np.full(np.broadcast_shapes(*(key.shape for key in keys)), salt & _MASK, dtype=np.uint64)
    for key in keys:
        state = mix(state * np.uint64(_GAMMA) + key.astype(np.uint64) + np.uint64(1))
    return state


def uniform(salt: int, *keys: Integers) -> Floats:
    """A number in [0, 1) for each tuple of keys, on a grid of 2⁻⁵³."""
    return (hashes(salt, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def uniform_at(salt: int, key: int) -> float:
    """A number in [0, 1) for a single key."""
    return float(uniform(salt, np.array([key], dtype=np.int64))[0])


def draw(salt: int, key: int, low: float, high: float) -> float:
    """A number in [low, high) for a single key."""
    return low + (high - low) * uniform_at(salt, key)


def value_noise(salt: int, x: Floats, y: Floats, wavelength: float) -> Floats:
    """Smooth noise in [-1, 1): hashed values at the corners of a grid of `wavelength`, blended by smoothstep."""
    u, v = x / wavelength, y / wavelength
    column, row = np.floor(u), np.floor(v)
    s, t = u - column, v - row
    s, t = s * s * (3.0 - 2.0 * s), t * t * (3.0 - 2.0 * t)
    i, j = column.astype(np.int64), row.astype(np.int64)
    south = uniform(salt, i, j) * (1.0 - s) + uniform(salt, i + 1, j) * s
    north = uniform(salt, i, j + 1) * (1.0 - s) + uniform(salt, i + 1, j + 1) * s
    return (south * (1.0 - t) + north * t) * 2.0 - 1.0


def octaves(salt: int, x: Floats, y: Floats, *layers: tuple[float, float]) -> Floats:
    """The sum of several layers of value noise, each `(wavelength, amplitude)`."""
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape))
    for number, (wavelength, amplitude) in enumerate(layers):
        total = total + value_noise(salt * 31 + number, x, y, wavelength) * amplitude
    return total
