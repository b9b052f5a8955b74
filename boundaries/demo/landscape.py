"""The land of the demo county: two rivers, hills in the west, and what it costs a region to grow across them.

Lengths are kilometres in a plane whose origin is the middle of the map, x to the east and y to the north; the mesh itself
counts in centimetres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from shapely import Polygon, contains_xy, prepare

from boundaries.demo.growth import grow
from boundaries.demo.mesh import Mesh
from boundaries.demo.noise import Floats, Integers, draw, octaves, uniform

KILOMETRE = 100_000
WIDTH, HEIGHT = 66, 62
EDGE = 19_000

# Salts keep the uses of one seed apart.
_RIVER, _TRIBUTARY, _ROUGH, _HILLS, _GRAIN, _ANCHOR, SHAKE, VILLAGES = (k * 1_000_003 for k in range(1, 9))


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a township-sized region starts to grow, in kilometres, how many square kilometres it is meant to become, and into
    how many villages it is split."""

    key: str
    x: float
    y: float
    size: int = 92
    villages: int = 0


HOME = (
    Anchor("chunping", -9.6, 16.6, 98, 13),
    Anchor("yunduo", 0.4, 18.6, 94, 13),
    Anchor("weibo", 8.6, 16.4, 88, 12),
    Anchor("lanpo", -14.6, 8.0, 96, 9),
    Anchor("qingruo", -5.2, 9.6, 92, 14),
    Anchor("liaoxu", 4.4, 9.2, 94, 14),
    Anchor("shinianping", -15.2, -0.6, 92, 8),
    Anchor("nanchou", -7.0, 1.4, 80, 13),
    Anchor("yuyang", 0.0, 2.4, 38, 9),
    Anchor("guantu", 3.4, -0.6, 34, 8),
    Anchor("zheting", 9.6, 1.8, 86, 13),
    Anchor("yuwu", -9.8, -8.0, 104, 13),
    Anchor("mailong", -0.8, -8.4, 98, 14),
    Anchor("jiuyuan", 8.4, -8.2, 108, 14),
    Anchor("shayu", -4.6, -17.2, 102, 13),
)

NEIGHBOUR = (
    Anchor("", 16.6, 15.6), Anchor("", 18.2, 6.0), Anchor("", 17.2, -4.6), Anchor("", 25.6, 8.6), Anchor("", 24.8, -0.8),
    Anchor("", 16.2, -13.2),
)  # fmt: skip

BEYOND = (
    Anchor("", -18.6, 24.0), Anchor("", -6.0, 26.8), Anchor("", 4.6, 28.0), Anchor("", 15.6, 26.4), Anchor("", 24.6, 21.8),
    Anchor("", -20.8, 15.6), Anchor("", -24.6, 6.4), Anchor("", -25.0, -3.6), Anchor("", -19.6, -11.0),
    Anchor("", -15.8, -18.4), Anchor("", -9.0, -26.6), Anchor("", 1.2, -27.0), Anchor("", 5.4, -18.0), Anchor("", 14.0, -22.2),
    Anchor("", 23.0, -19.4), Anchor("", 26.4, -9.8), Anchor("", 31.4, 1.0), Anchor("", 31.0, 14.4), Anchor("", 30.0, 24.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Landscape:
    """What lies under each cell: how hard it is to cross (about 0.3 to 4), and on which side of the two rivers it is."""

    relief: Floats
    left_of_river: Integers
    left_of_tributary: Integers


def meanders(salt: int, start: tuple[float, float], towards: tuple[float, float], wavelength: float) -> list[tuple[float, float]]:
    """The course of a river from one place to about another.

    A sine-generated curve (Langbein, Leopold 1966): the heading swings to and fro along the way, here by an uneven amount, and is
    led back to the line between the two places. The heading is given as tan(θ/2), which needs no trigonometry.
    """
    along_x, along_y = towards[0] - start[0], towards[1] - start[1]
    length = math.sqrt(along_x * along_x + along_y * along_y)
    along_x, along_y = along_x / length, along_y / length
    step, forward, aside, phase = 0.15, 0.0, 0.0, 0.0
    course = [start]
    while forward < length and len(course) < 4_000:
        stretch = int(phase)
        part = phase - stretch
        swing = 4.0 * part * (1.0 - part) * draw(salt, stretch, 0.25, 1.05) * (1 if stretch % 2 else -1)
        half_tangent = 0.72 * swing - 0.12 * max(-2.5, min(2.5, aside))
        square = half_tangent * half_tangent
        forward += step * (1.0 - square) / (1.0 + square)
        aside += step * 2.0 * half_tangent / (1.0 + square)
        phase += step / (wavelength * draw(salt + 1, stretch, 0.55, 1.5))
        course.append((start[0] + along_x * forward - along_y * aside, start[1] + along_y * forward + along_x * aside))
    return course


def rivers(seed: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The border river from north to south and its tributary from west to east."""
    return (
        meanders(seed + _RIVER, (13.5, 34.0), (13.0, -34.0), 3.6),
        meanders(seed + _TRIBUTARY, (-36.0, 6.0), (36.0, -7.0), 2.6),
    )


def survey(mesh: Mesh, seed: int) -> Landscape:
    """Lay out rivers and ground."""
    x, y = mesh.centres[:, 0] / KILOMETRE, mesh.centres[:, 1] / KILOMETRE
    river, tributary = rivers(seed)
    east = Polygon([*river, (60.0, river[-1][1]), (60.0, river[0][1])])
    north = Polygon([*tributary, (tributary[-1][0], 60.0), (tributary[0][0], 60.0)])
    for side in (east, north):
        prepare(side)
    hills = np.clip((-x - 6.0 + y * 0.2) / 12.0, 0.0, 1.0)
    noise = octaves(seed + _ROUGH, x, y, (7.0, 0.35), (3.1, 0.7), (1.4, 0.6))
    noise = noise + hills * octaves(seed + _HILLS, x, y, (3.4, 0.4), (1.3, 0.3))
    relief = np.where(noise > 0, 1.0 + 2.5 * noise, 1.0 / (1.0 - 2.5 * np.minimum(noise, 0.0)))
    return Landscape(relief, contains_xy(east, x, y).astype(np.int64), contains_xy(north, x, y).astype(np.int64))


def costs(mesh: Mesh, land: Landscape, ground: Floats, river: int, tributary: int) -> Integers:
    """What a step to each neighbour costs: the ground on both sides and the rivers between. Whole numbers; -1 at the rim.

    A grain of chance from step to step keeps the fronts from following the lattice.
    """
    there = mesh.neighbours
    here = np.arange(len(ground), dtype=np.int64)[:, None]
    grain = 0.25 + 1.5 * uniform(_GRAIN, np.minimum(here, there), np.maximum(here, there))
    step = (100.0 * (ground[:, None] + ground[there]) * grain).astype(np.int64)
    step += (land.left_of_river[:, None] != land.left_of_river[there]) * river
    step += (land.left_of_tributary[:, None] != land.left_of_tributary[there]) * tributary
    return np.where(there < 0, -1, step)


def cell_at(mesh: Mesh, x: float, y: float) -> int:
    """The cell nearest to a place given in kilometres."""
    away = mesh.centres - np.array([round(x * KILOMETRE), round(y * KILOMETRE)], dtype=np.int64)
    return int((away * away).sum(axis=1).argmin())


def start_cells(mesh: Mesh, anchors: tuple[Anchor, ...], seed: int) -> list[int]:
    """The cells of the anchors, each moved a little by the seed."""
    return [
        cell_at(
            mesh,
            anchor.x + draw(seed + _ANCHOR, number * 2, -0.7, 0.7),
            anchor.y + draw(seed + _ANCHOR, number * 2 + 1, -0.7, 0.7),
        )
        for number, anchor in enumerate(anchors)
    ]


def grow_townships(mesh: Mesh, land: Landscape, seed: int) -> tuple[Integers, list[int]]:
    """The number of the anchor each cell falls to, home anchors first, and the cells of the anchors.

    What a region pays for ground is put right twice by how far it missed its size, so that none is starved by rough ground.
    """
    anchors = HOME + NEIGHBOUR + BEYOND
    starts = start_cells(mesh, anchors, seed)
    prices = costs(mesh, land, land.relief, 30_000, 1_500)
    sizes = np.array([anchor.size for anchor in anchors], dtype=np.float64)
    rates = np.sqrt(92.0 / sizes) * 100.0
    corrected = np.arange(len(anchors)) < len(HOME)
    for attempt in range(3):
        owner = grow(mesh.neighbours, prices, starts, rates.astype(np.int64).tolist())
        if attempt < 2:
            grown = np.bincount(owner, minlength=len(anchors)) * (EDGE / KILOMETRE) ** 2 * 2.598
            rates = np.where(corrected, rates * np.sqrt(np.clip(grown / sizes, 0.4, 2.5)), rates)
    return owner, starts
