"""A line's course: its legs worked out from geometry and markers, its words, and a given text compared with the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from boundaries.boundary_lines import LineOnDay
from boundaries.rules import line_course
from boundaries.rules.line_course import Difference, Leg, Reading, Section
from gis.crs import MeasuredLine, distance_m, length_m
from gis.crs.geodesic import metres_per_degree

# A bend is worth a leg of its own when the line strays farther from the straight way than this (our choice): metres, or
# a share of the section.
BEND_M, BEND_SHARE = 30.0, 0.03
_SHORT_M = 1.0


@dataclass(frozen=True, slots=True)
class Checked:
    """`said`: what was read of the text; `differences` against the ground, none where there is no geometry to compare with."""

    said: Reading
    differences: tuple[Difference, ...]


def sections_of(line: LineOnDay) -> list[Section]:
    """From marker to marker in the order of chainage; [] without geometry. Markers without a position take no part.

    The stakes of a double or triple marker share a chainage (or nearly): the first stands for them.
    """
    if line.geometry is None:
        return []
    measured = MeasuredLine(line.geometry)
    stops: list[tuple[float, str]] = [
        (marker.chainage_m, marker.number) for marker in line.markers if marker.chainage_m is not None
    ]
    places = [(0.0, ""), *stops, (measured.length_m, "")]
    sections: list[Section] = []
    at, name = 0.0, ""
    for chainage, number in places[1:]:
        if chainage - at <= _SHORT_M:
            name = name or number
            continue
        sections.append(Section(name, number, tuple(legs_between(measured, at, chainage))))
        at, name = chainage, number
    if sections and not sections[-1].end and name and measured.length_m - at <= _SHORT_M:
        sections[-1] = Section(sections[-1].start, name, sections[-1].legs)
    return sections


def legs_between(line: MeasuredLine, from_m: float, to_m: float) -> list[Leg]:
    legs: list[Leg] = []
    for part in line.stretch(from_m, to_m).geoms:
        legs += _legs_of(np.asarray(part.coords), to_m - from_m)
    return legs


def words(line: LineOnDay) -> str:
    """ "" without geometry."""
    sections = sections_of(line)
    return line_course.in_words(sections, line.record.start_text, line.record.end_text) if sections else ""


def check(line: LineOnDay, text: str) -> Checked:
    said = line_course.read(text)
    sections = sections_of(line)
    return Checked(said, tuple(line_course.compare(sections, said)) if sections else ())


def _legs_of(coordinates: np.ndarray, section_m: float) -> list[Leg]:
    scale = metres_per_degree(float(coordinates[:, 1].mean()))
    plane = shapely.LineString((coordinates - coordinates[0]) * scale)
    kept = shapely.get_coordinates(plane.simplify(max(BEND_M, BEND_SHARE * section_m), preserve_topology=False))
    corners = _positions(kept, shapely.get_coordinates(plane))
    legs = []
    for first, last in pairwise(corners):
        if not np.array_equal(coordinates[first], coordinates[last]):
            metres = float(length_m(shapely.LineString(coordinates[first : last + 1]))[0])
            _straight, azimuth = distance_m(tuple(coordinates[first]), tuple(coordinates[last]))
            legs.append(Leg(azimuth % 360, metres))
    return legs


def _positions(kept: np.ndarray, every: np.ndarray) -> Sequence[int]:
    """Where the kept vertices stand among all, in their order."""
    found, at = [], 0
    for one in kept:
        while not np.array_equal(every[at], one):
            at += 1
        found.append(at)
        at += 1
    return found
