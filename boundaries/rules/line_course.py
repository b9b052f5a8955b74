"""The written course of a line (走向说明): put into words from legs, and read back from words to be compared with the ground.

A leg goes in one of the sixteen directions so many metres; a section is the legs between two markers. Knows no geometry: legs are
made by `boundaries.line_courses`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from boundaries.rules.directions import DIRECTIONS, OTHER_WORDS, WIDTH, azimuth, difference, direction

# Distances in such texts are rounded; how far is not prescribed. Our choice: a fiftieth, at least ten metres.
SHARE, LEAST_M = 0.02, 10.0

_WORDS = "|".join(sorted({*DIRECTIONS, *OTHER_WORDS}, key=len, reverse=True))
_UNITS = {"米": 1.0, "m": 1.0, "千米": 1000.0, "公里": 1000.0, "km": 1000.0}
_METRES = r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>千米|公里|km|米|m)(?![a-z²0-9])"
_LEG = re.compile(rf"(?:向|往|朝|以)(?P<word>{_WORDS})(?:[^，,。；;\d]{{0,40}}?{_METRES})?", re.IGNORECASE)
_DISTANCE = re.compile(_METRES, re.IGNORECASE)
_TO = re.compile(r"(?:至|到|抵|达)(?:第)?(?P<number>[0-9A-Za-z]+(?:[-－][0-9A-Za-z]+)*)\s*号?\s*(?:界桩|桩)")
_FROM = re.compile(r"(?:从|自|由)(?:第)?(?P<number>[0-9A-Za-z]+(?:[-－][0-9A-Za-z]+)*)\s*号?\s*(?:界桩|桩)")
_ENDS = re.compile(r"(?:本|该|此)?(?:条)?(?:界线)?(?:起于|止于)")
_TO_END = re.compile(r"(?:至|到|抵|达)(?:界线)?(?:止点|终点|端点|三交点)")
_TOTAL = re.compile(rf"(?:全长|总长|长度|长)(?:为|约)*\s*{_METRES}", re.IGNORECASE)
_CLAUSE = re.compile(r"[，,。；;\n]+")


@dataclass(frozen=True, slots=True)
class Leg:
    """On the ground: azimuth (degrees from true north) of its chord, metres along the line."""

    azimuth_deg: float
    metres: float

    @property
    def word(self) -> str:
        return direction(self.azimuth_deg)


@dataclass(frozen=True, slots=True)
class Section:
    """From one marker (or end of the line) to the next. `start` and `end` are markers' numbers, "" where there is none."""

    start: str
    end: str
    legs: tuple[Leg, ...]

    @property
    def metres(self) -> float:
        return sum(leg.metres for leg in self.legs)


@dataclass(frozen=True, slots=True)
class ReadLeg:
    """What a text says of a leg; None where it is silent."""

    word: str | None
    metres: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ReadSection:
    start: str
    end: str
    legs: tuple[ReadLeg, ...]

    @property
    def metres(self) -> float | None:
        """None as soon as one of its legs has no distance."""
        known = [leg.metres for leg in self.legs if leg.metres is not None]
        return sum(known) if known and len(known) == len(self.legs) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """`unread`: clauses in which neither a leg nor a marker was found, word for word."""

    sections: tuple[ReadSection, ...]
    total_m: float | None
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a text differs from the ground. `section`: "001–002"."""

    code: str
    section: str
    message_zh: str
    message_en: str


def in_words(sections: Sequence[Section], start_text: str = "", end_text: str = "") -> str:
    """The course as the standard has it written: where it begins and ends, then marker by marker."""
    total = sum(section.metres for section in sections)
    begin = start_text or _named(sections[0].start) or "起点"
    end = end_text or _named(sections[-1].end) or "止点"
    lines = [f"本界线起于{begin}，止于{end}，全长{told_metres(total)}。"]
    for at, section in enumerate(sections):
        here = _named(section.start) or ("起点" if at == 0 else "")
        there = _named(section.end) or ("止点" if at == len(sections) - 1 else "")
        steps = [f"向{leg.word}行{told_metres(leg.metres)}" for leg in section.legs]
        lines.append(f"自{here}起，界线{'，折'.join(steps)}，至{there}。")
    return "\n".join(lines)


def told_metres(metres: float) -> str:
    """To a metre below a kilometre, to ten metres above."""
    return f"{metres:.0f}米" if metres < 999.5 else f"{metres / 1000:.2f}千米"


def read(text: str) -> Reading:
    """Legs, markers and the length a text names. What it could not make out it says."""
    reader = _Reader()
    for clause in (one.strip() for one in _CLAUSE.split(text)):
        if clause and not reader.take(clause):
            reader.unread.append(clause)
    reader.close("")
    return Reading(tuple(reader.sections), reader.total, tuple(reader.unread))


def compare(ground: Sequence[Section], said: Reading) -> list[Difference]:
    """Where the text differs from the ground: markers, distances between them, directions, the whole length."""
    found = [*_markers(ground, said), *_whole(ground, said)]
    by_ends = {(one.start, one.end): one for one in ground}
    for section in said.sections:
        match = by_ends.get((section.start, section.end)) or _joined(ground, section.start, section.end)
        if match is not None:
            found += _section(match, section)
    return found


class _Reader:
    """Goes through the clauses and keeps where it is: from which marker, to which (where that is said first), legs so far."""

    def __init__(self) -> None:
        self.sections: list[ReadSection] = []
        self.unread: list[str] = []
        self.total: float | None = None
        self._legs: list[ReadLeg] = []
        self._start = self._end = ""

    def take(self, clause: str) -> bool:
        """False where nothing of the clause was understood."""
        if _ENDS.match(clause):
            return True
        legs = _legs_of(clause)
        if not legs and (total := _TOTAL.search(clause)):
            self.total = _metres(total)
            return True
        start, end = _FROM.search(clause), _TO.search(clause)
        if start:
            self.close("")
            self._start = start["number"]
        self._legs += legs
        if end and (self._legs or not self._start):
            self.close(end["number"])
        elif end:
            self._end = end["number"]
        return bool(legs or start or end or _TO_END.search(clause))

    def close(self, end: str) -> None:
        end = end or self._end
        if self._legs:
            self.sections.append(ReadSection(self._start, end, tuple(self._legs)))
        self._start, self._end, self._legs = end, "", []


def _legs_of(clause: str) -> list[ReadLeg]:
    found = [ReadLeg(OTHER_WORDS.get(one["word"], one["word"]), _metres(one), one[0]) for one in _LEG.finditer(clause)]
    distances = list(_DISTANCE.finditer(clause))
    if len(found) == 1 and found[0].metres is None and len(distances) == 1:
        return [ReadLeg(found[0].word, _metres(distances[0]), clause)]
    if not found and len(distances) == 1 and re.search(r"行|走|延伸|沿", clause):
        return [ReadLeg(None, _metres(distances[0]), clause)]
    return found


def _metres(found: re.Match[str]) -> float | None:
    if found["number"] is None:
        return None
    return float(found["number"]) * _UNITS[found["unit"].lower()]


def _named(number: str) -> str:
    return f"{number}号界桩" if number else ""


def _markers(ground: Sequence[Section], said: Reading) -> Iterable[Difference]:
    there = {number for one in ground for number in (one.start, one.end) if number}
    named = {number for one in said.sections for number in (one.start, one.end) if number}
    for number in sorted(named - there):
        yield Difference("marker_unknown", number, f"文中的{number}号界桩不在这条界线上。", f"Marker {number} is not on this line.")
    for number in sorted(there - named):
        yield Difference("marker_not_named", number, f"文中没有提到{number}号界桩。", f"The text does not name marker {number}.")


def _whole(ground: Sequence[Section], said: Reading) -> Iterable[Difference]:
    length = sum(one.metres for one in ground)
    if said.total_m is not None and abs(said.total_m - length) > _allowed(length):
        yield Difference(
            "total_differs", "", f"文中全长{told_metres(said.total_m)}，按图形为{told_metres(length)}。",
            f"The text gives {said.total_m:.0f} m in all; the geometry has {length:.0f} m.",
        )  # fmt: skip


def _section(ground: Section, said: ReadSection) -> Iterable[Difference]:
    name = f"{said.start or '起点'}–{said.end or '止点'}"
    if said.metres is None:
        yield Difference(
            "distance_unread", name, f"{name}：文中没有写全距离，未核对。", f"{name}: distances incomplete; not checked."
        )
    elif abs(said.metres - ground.metres) > _allowed(ground.metres):
        yield Difference(
            "distance_differs", name, f"{name}：文中{told_metres(said.metres)}，按图形为{told_metres(ground.metres)}。",
            f"{name}: {said.metres:.0f} m in the text, {ground.metres:.0f} m by the geometry.",
        )  # fmt: skip
    yield from _directions(ground, said, name)


def _directions(ground: Section, said: ReadSection, name: str) -> Iterable[Difference]:
    """Leg by leg where there are as many; else the way from marker to marker as a whole. One direction off is let pass."""
    if len(ground.legs) == len(said.legs):
        pairs = [(leg.azimuth_deg, azimuth(read.word), read.word) for leg, read in zip(ground.legs, said.legs, strict=True)
                 if read.word is not None]  # fmt: skip
    else:
        whole = _resultant([(azimuth(leg.word or ""), leg.metres) for leg in said.legs])
        on_ground = _resultant([(leg.azimuth_deg, leg.metres) for leg in ground.legs])
        if whole is None or on_ground is None:
            yield Difference("direction_unread", name, f"{name}：文中的方向没有写全，未核对。",
                             f"{name}: directions incomplete; not checked.")  # fmt: skip
            return
        pairs = [(on_ground, whole, direction(whole))]
    for there, read_azimuth, word in pairs:
        if read_azimuth is not None and difference(there, read_azimuth) > WIDTH * 1.5:
            yield Difference("direction_differs", name, f"{name}：文中向{word}，按图形向{direction(there)}。",
                             f"{name}: the text goes {word}, the geometry {direction(there)}.")  # fmt: skip


def _resultant(steps: Sequence[tuple[float | None, float | None]]) -> float | None:
    known = [(way, metres) for way, metres in steps if way is not None and metres is not None]
    if not known or len(known) != len(steps):
        return None
    east = sum(metres * math.sin(math.radians(way)) for way, metres in known)
    north = sum(metres * math.cos(math.radians(way)) for way, metres in known)
    return math.degrees(math.atan2(east, north)) % 360


def _joined(ground: Sequence[Section], start: str, end: str) -> Section | None:
    """The sections from `start` to `end` as one, where the text leaves markers out; "" is the line's own end."""
    starts = [one.start for one in ground]
    ends = [one.end for one in ground]
    if (start and start not in starts) or (end and end not in ends):
        return None
    first = starts.index(start) if start else 0
    last = ends.index(end) if end else len(ground) - 1
    if first > last or any(a.end != b.start for a, b in pairwise(ground[first : last + 1])):
        return None
    return Section(start, end, tuple(leg for one in ground[first : last + 1] for leg in one.legs))


def _allowed(metres: float) -> float:
    return max(LEAST_M, metres * SHARE)
