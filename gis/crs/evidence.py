"""Which reference system are these coordinates in? Decided from what the file says, its numbers, and known boundaries.

Pure: numbers in, a decision with its evidence out. Where two systems remain possible the decision says so and a person chooses;
nothing is turned round or transformed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs.errors import CrsError
from gis.crs.extent import MARGIN_DEG, lies_in_henan, suggest_crs
from gis.crs.fitting import SAME_PLACE_M, Comparison, Fit, Outlines, compare, sampled
from gis.crs.geodesic import metres_per_degree
from gis.crs.identifiers import CGCS2000, WGS_84
from gis.crs.reading import Reading, bring_to_cgcs2000
from gis.crs.resolve import resolve_crs
from gis.crs.systems import BD09, GCJ02, REFERENCE_SYSTEMS, ReferenceSystem

Floats = npt.NDArray[np.float64]

# certain: stated and borne out; likely: stated, or borne out alone; possible: a proposal that a person must confirm
Confidence = Literal["certain", "likely", "possible", "undetermined"]
# file: an own statement; person: somebody says so of the file; standard: the format's rule speaks (RFC 7946, KML); "": nobody
Speaker = Literal["file", "person", "standard", ""]
_STATES: Final = {"file", "person"}

# Share of vertices left out at each end when the range of the numbers is looked at, so that one stray vertex decides nothing.
_STRAY: Final = 0.005
# Metres north of the equator in which Henan lies in every projection met; no easting there is of that size.
_NORTHINGS: Final = (3.3e6, 4.2e6)
# Where the web maps shift: west, south, east, north in degrees.
_CHINA: Final = (73.0, 17.0, 136.0, 54.0)


@dataclass(frozen=True)
class CrsFinding:
    """One piece of evidence: what was looked at (statement, range, register) and a sentence in both languages."""

    what: str
    message: str
    message_en: str


@dataclass(frozen=True)
class CrsDecision:
    """`reading` None: undetermined. `alternatives` are what else it could be, most usual first.

    `how`: file, standard, range, register (borne out or found by known boundaries), or undetermined.
    `contradicted`: what the file states and is not so.
    """

    reading: Reading | None
    confidence: Confidence
    how: str
    alternatives: tuple[Reading, ...] = ()
    findings: tuple[CrsFinding, ...] = ()
    stated: ReferenceSystem | None = None
    contradicted: bool = False

    @property
    def needs_person(self) -> bool:
        return self.confidence in {"possible", "undetermined"}


def decide_crs(statement: str, speaker: Speaker, coordinates: Floats, outlines: Outlines | None = None) -> CrsDecision:
    """The reference system of `coordinates` (n, 2) as they stand in the file, x first.

    `statement` is what the file, or the standard of its format, says; `outlines` are boundaries in CGCS2000 to compare with.
    """
    findings: list[CrsFinding] = []
    stated = _stated(statement, speaker, findings)
    places = sampled(np.asarray(coordinates, dtype=np.float64).reshape(-1, 2))
    if not len(places):
        findings.append(CrsFinding("range", "没有可用的坐标可供核对。", "There are no usable coordinates to check."))
        impossible = bool(np.isfinite(np.asarray(coordinates, dtype=np.float64)).any())  # numbers beyond the Earth in any unit
        if stated is not None and speaker in _STATES and not impossible:
            return CrsDecision(Reading(stated), "likely", "file", (), tuple(findings), stated)
        contradicted = impossible and stated is not None and speaker in _STATES
        return CrsDecision(None, "undetermined", "undetermined", (), tuple(findings), stated, contradicted)
    box = _box(places)
    findings.append(_range_finding(box))
    readings = _readings(stated, speaker, box)
    comparison = _compared(readings, places, outlines, findings)
    fitted = [Reading(one.system, one.swapped, comparison.fits.get(one.key)) for one in readings]
    if stated is not None and speaker in _STATES:
        return _of_statement(stated, fitted, comparison, places, box, findings)
    return _of_numbers(stated, fitted, comparison, places, box, findings)


# --- hypotheses -------------------------------------------------------------------------------------------------------


def _stated(statement: str, speaker: Speaker, findings: list[CrsFinding]) -> ReferenceSystem | None:
    if not statement:
        findings.append(CrsFinding("statement", "文件没有说明坐标系。", "The file does not state its reference system."))
        return None
    try:
        system = resolve_crs(statement)
    except CrsError as error:
        findings.append(CrsFinding("statement", error.message_zh, error.message_en))
        return None
    if speaker == "standard":
        zh = f"文件没有说明坐标系；按该格式的标准应为 {system.name_zh}。"
        en = f"The file does not state its reference system; the standard of its format makes it {system.name_en}."
    elif speaker == "person":
        zh, en = f"指定的坐标系为 {system.name_zh}。", f"{system.name_en} was given."
    else:
        zh, en = f"文件写明坐标系为 {system.name_zh}。", f"The file states {system.name_en}."
    findings.append(CrsFinding("statement", zh, en))
    return system


def _readings(stated: ReferenceSystem | None, speaker: Speaker, box: Floats) -> list[Reading]:
    """What the numbers could be, the statement first. Without a statement, every system that puts them into Henan."""
    found: list[Reading] = []
    if stated is not None:
        found.append(Reading(stated))
        if _in_henan(Reading(stated, swapped=True), box):
            found.append(Reading(stated, swapped=True))
    swapped = box[[1, 0, 3, 2]]
    if stated is None or speaker not in _STATES or not any(_in_henan(one, box) for one in found):
        found += [Reading(system) for system in suggest_crs(box)]
        found += [Reading(system, swapped=True) for system in suggest_crs(swapped)]
    elif stated.kind == "geographic":
        found += [
            Reading(system, turned)
            for turned in (False, True)
            for system in (GCJ02, BD09)
            if _in_henan(Reading(system, turned), box)
        ]
    return list({one.key: one for one in found}.values())


def _positions(reading: Reading, places: Floats) -> Floats:
    """The places (n, 2) in CGCS2000 degrees under a reading; not a number where it cannot be."""
    try:
        with np.errstate(all="ignore"):  # numbers that cannot be meant so give infinities
            moved, _info = bring_to_cgcs2000(shapely.points(places), reading)
    except CrsError:
        return np.full(places.shape, np.nan)
    return np.asarray(shapely.get_coordinates(moved), dtype=np.float64)


def _in_henan(reading: Reading, box: Floats) -> bool:
    return lies_in_henan(_positions(reading, box.reshape(2, 2)), MARGIN_DEG)


def _box(places: Floats) -> Floats:
    low, high = (
        np.quantile(places, [_STRAY, 1.0 - _STRAY], axis=0) if len(places) > 200 else (places.min(axis=0), places.max(axis=0))
    )
    return np.concatenate((low, high))


def _compared(readings: Sequence[Reading], places: Floats, outlines: Outlines | None, findings: list[CrsFinding]) -> Comparison:
    if not outlines:
        findings.append(
            CrsFinding(
                "register",
                "登记中没有可供比对的界线，GCJ-02、BD-09 无法排除。",
                "The register has no boundaries to compare with; GCJ-02 and BD-09 cannot be ruled out.",
            )
        )
        return Comparison({}, None)
    comparison = compare({one.key: _positions(one, places) for one in readings}, outlines)
    if not comparison.fits:
        findings.append(
            CrsFinding(
                "register",
                "图形离登记的界线太远或顶点太少，无法比对。",
                "Too few vertices lie near boundaries of the register to compare.",
            )
        )
    for one in readings:
        fit = comparison.fits.get(one.key)
        if fit is not None and np.isfinite(fit.residual_m) and fit.residual_m < 50_000:
            findings.append(_fit_finding(one, fit))
    return comparison


# --- decisions --------------------------------------------------------------------------------------------------------


def _of_statement(
    stated: ReferenceSystem,
    readings: list[Reading],
    comparison: Comparison,
    places: Floats,
    box: Floats,
    findings: list[CrsFinding],
) -> CrsDecision:
    own = readings[0]
    others = tuple(one for one in readings if one is not own)
    best, rivals = _winner(readings, comparison, places)

    def decided(reading: Reading | None, confidence: Confidence, how: str, *, contradicted: bool = False) -> CrsDecision:
        left = [one for one in (*others, own) if reading is None or one.key != reading.key]
        if reading is None or contradicted:
            left = [one for one in left if _in_henan(one, box)]  # what the numbers rule out is no alternative
        return CrsDecision(reading, confidence, how, tuple(left), tuple(findings), stated, contradicted)

    if _in_henan(own, box):
        if best is None:
            return decided(own, "likely", "file")
        if _same_place(own, best, places):
            return decided(own, "certain", "register")
        return decided(best, "likely" if not rivals else "possible", "register", contradicted=True)
    plausible = [one for one in others if _in_henan(one, box)]
    if best is not None:
        return decided(best, "likely" if not rivals else "possible", "register", contradicted=best.system != stated)
    turned = next((one for one in plausible if one.system == stated), None)
    if turned is not None:
        return decided(turned, "likely", "range")
    if plausible:
        return decided(None, "undetermined", "undetermined", contradicted=True)
    if stated.kind == "geographic" and not _is_lonlat(box):
        return decided(None, "undetermined", "undetermined", contradicted=True)
    return decided(own, "likely", "file")  # elsewhere than in Henan


def _of_numbers(
    stated: ReferenceSystem | None,
    readings: list[Reading],
    comparison: Comparison,
    places: Floats,
    box: Floats,
    findings: list[CrsFinding],
) -> CrsDecision:
    """Nobody says what it is, or only the standard of the format does."""
    plausible = [one for one in readings if _in_henan(one, box)]
    best, rivals = _winner(plausible, comparison, places)

    def decided(reading: Reading | None, confidence: Confidence, how: str) -> CrsDecision:
        left = tuple(one for one in plausible or readings if reading is None or one.key != reading.key)
        return CrsDecision(reading, confidence, how, left, tuple(findings), stated)

    if best is not None:
        return decided(best, "possible" if rivals else "likely", "register")
    if not plausible:
        if stated is not None and _is_lonlat(box) and not _touches(box, _CHINA):
            return decided(Reading(stated), "likely", "standard")  # abroad nobody shifts
        usual = [Reading(REFERENCE_SYSTEMS[f"EPSG:{srid}"]) for srid in (CGCS2000, WGS_84)]
        usual += [Reading(GCJ02), Reading(BD09)] if _touches(box, _CHINA) else []
        return CrsDecision(None, "undetermined", "undetermined", tuple(usual) if _is_lonlat(box) else (), tuple(findings), stated)
    if plausible[0].system.kind == "projected" and all(_same_place(plausible[0], one, places) for one in plausible):
        # The numbers settle the zone; only the datum is left to say.
        return decided(plausible[0], "possible", "range")
    return decided(None, "undetermined", "undetermined")


def _winner(readings: Sequence[Reading], comparison: Comparison, places: Floats) -> tuple[Reading | None, list[Reading]]:
    """The reading the boundaries bear out, and those that are as good but not the same place's datum: then there is none.

    Of datums at one place the first is proposed, and the others are rivals.
    """
    by_key = {one.key: one for one in readings}
    if comparison.best is None or comparison.best not in by_key:
        return None, []
    best = by_key[comparison.best]
    tied = [by_key[key] for key in comparison.tied if key in by_key]
    if not all(_same_place(best, one, places) for one in tied):
        return None, []
    first = next(one for one in readings if one is best or one in tied)
    rivals = [one for one in (best, *tied) if one is not first and one.system.datum not in _interchangeable(first)]
    return first, rivals if first.system.kind == "projected" else []


def _interchangeable(reading: Reading) -> set[str]:
    """Datums a reading may be taken for: WGS 84 and CGCS2000 agree to decimetres."""
    return {"cgcs2000", "wgs84"} if reading.system.datum in {"cgcs2000", "wgs84"} else {reading.system.datum}


def _same_place(one: Reading, other: Reading, places: Floats) -> bool:
    if one.key == other.key:
        return True
    with np.errstate(invalid="ignore"):
        apart = (_positions(one, places[:50]) - _positions(other, places[:50])) * metres_per_degree([34.0])[0]
    return bool(np.nanmax(np.hypot(*apart.T), initial=0.0) < SAME_PLACE_M) if np.isfinite(apart).any() else False


def _is_lonlat(box: Floats) -> bool:
    return bool(box[0] >= -180 and box[2] <= 180 and box[1] >= -90 and box[3] <= 90)


def _touches(box: Floats, other: tuple[float, float, float, float]) -> bool:
    return bool(box[0] <= other[2] and box[2] >= other[0] and box[1] <= other[3] and box[3] >= other[1])


# --- sentences --------------------------------------------------------------------------------------------------------


def _range_finding(box: Floats) -> CrsFinding:
    numbers = f"x {box[0]:.8g} … {box[2]:.8g}, y {box[1]:.8g} … {box[3]:.8g}"
    if _is_lonlat(box):
        if lies_in_henan(box.reshape(2, 2), MARGIN_DEG):
            zh, en = "像河南境内的经纬度", "longitude and latitude in Henan"
        elif lies_in_henan(box[[1, 0, 3, 2]].reshape(2, 2), MARGIN_DEG):
            zh, en = "像河南境内的经纬度，但纬度在前", "longitude and latitude in Henan, with latitude first"
        else:
            zh, en = "像经纬度，但不在河南", "longitude and latitude, but not in Henan"
    else:
        zh, en = "像以米为单位的平面坐标", "plane coordinates in metres"
        if box[0] >= 13e6 and box[2] < 46e6:
            zone = int(box[0] // 1_000_000)
            zh, en = f"{zh}，横坐标带 {zone} 带号", f"{en}, the easting with zone number {zone}"
        elif _NORTHINGS[0] <= box[0] and box[2] <= _NORTHINGS[1]:
            zh, en = f"{zh}，但像是北坐标在前", f"{en}, seemingly with the northing first"
    return CrsFinding("range", f"坐标 {numbers}，{zh}。", f"Coordinates {numbers}: {en}.")


def _fit_finding(reading: Reading, fit: Fit) -> CrsFinding:
    east, north = fit.offset_m
    return CrsFinding(
        "register",
        f"按 {reading.name_zh} 解读，{fit.places} 个顶点离登记界线的中位距离 {fit.residual_m:.1f} 米，"
        f"整体偏移东 {east:.0f} 米、北 {north:.0f} 米。",
        f"Read as {reading.name_en}, the median distance of {fit.places} vertices to boundaries of the "
        f"register is {fit.residual_m:.1f} m, the shift left {east:.0f} m east and {north:.0f} m north.",
    )
