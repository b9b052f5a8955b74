"""Random decisions that make sense on the register as it stands: every kind of act, with every way of saying its ground.

A draw may still be refused (a name that is taken, a line that does not part the village); a refusal must change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from hypothesis import strategies as st

from boundaries.models import DivisionCode, DivisionRecord
from boundaries.services.decisions import ActEntry
from gis.crs import CGCS2000

COUNTY, TOWNSHIP, VILLAGE = 3, 4, 5
TERMS: Final = {"subdistrict": "街道", "town": "镇", "township": "乡"}
_LETTERS: Final = "甲乙丙丁戊己庚辛壬癸"
UNSTATED: Final = {"kind": "unstated"}


class Drawer:
    """Draws on the register of `day`. `number` makes names and codes differ from decision to decision."""

    def __init__(self, data: st.DataObject, day: date, number: int) -> None:
        self.data, self.day, self.number = data, day, number
        rows = DivisionRecord.objects.on(day).filter(level__in=[COUNTY, TOWNSHIP, VILLAGE]).order_by("division")
        self.rows = {row.division_id: row for row in rows}
        self.below: dict[int, list[int]] = {}
        for key, row in self.rows.items():
            if row.parent_id is not None:
                self.below.setdefault(row.parent_id, []).append(key)
        self.county = next(key for key, row in self.rows.items() if row.name.startswith("舆和"))
        self.townships = [key for key, row in self.rows.items() if row.level == TOWNSHIP]
        # Those that a part can be taken of: ground and at least two villages on record, all of them with ground.
        self.peopled = [key for key in self.townships if self._divisible(key)]
        self.refs = 0

    def _divisible(self, key: int) -> bool:
        villages = self.villages(key)
        return (
            self.rows[key].geometry is not None
            and len(villages) > 1
            and all(self.rows[one].geometry is not None for one in villages)
        )

    def one(self, values: list[int], *but: int) -> int:
        return self.data.draw(st.sampled_from([value for value in values if value not in but]))

    def villages(self, township: int) -> list[int]:
        return [key for key in self.below.get(township, []) if self.rows[key].level == VILLAGE]

    def some(self, township: int) -> list[int]:
        """Some of its villages, never all."""
        own = self.villages(township)
        return self.data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=max(1, len(own) // 2), unique=True))

    def name(self, term: str) -> str:
        self.refs += 1
        return f"试{_LETTERS[self.number]}{_LETTERS[self.refs]}{term}"

    def new(self, kind: str | None = None, **more: object) -> dict[str, object]:
        kind = kind or self.data.draw(st.sampled_from(sorted(TERMS)))
        name = self.name(TERMS[kind])
        return {"ref": f"new{self.refs}", "name": name, "type": kind, **more}

    def ground(self, villages: list[int]) -> GEOSGeometry:
        """The villages' ground, as somebody would draw it."""
        union = self.rows[villages[0]].geometry
        for key in villages[1:]:
            union = union.union(self.rows[key].geometry)
        union = union if union.geom_type == "MultiPolygon" else MultiPolygon(union)
        return GEOSGeometry(union.wkb, srid=CGCS2000)

    def disc(self, village: int) -> GEOSGeometry:
        disc = self.rows[village].geometry.point_on_surface.buffer(self.data.draw(st.floats(0.001, 0.006)), quadsegs=4)
        return GEOSGeometry(disc.wkb, srid=CGCS2000)

    def line(self, village: int) -> GEOSGeometry:
        west, south, east, north = self.rows[village].geometry.extent
        y = south + self.data.draw(st.floats(0.2, 0.8)) * (north - south)
        slope = self.data.draw(st.floats(-0.004, 0.004))
        return GEOSGeometry(f"LINESTRING ({west - 0.01} {y}, {east + 0.01} {y + slope})", srid=CGCS2000)

    def side(self, village: int) -> dict[str, object]:
        inside = self.rows[village].geometry.point_on_surface
        return {"kind": "line", "point": [inside.x, inside.y]}

    def village(self) -> int:
        return self.one(self.villages(self.one(self.peopled)))

    def act(self, kind: str) -> list[ActEntry]:
        return KINDS[kind](self)


# --- the kinds ----------------------------------------------------------------------------------------------------------


def _change_type(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.townships)
    kind = next(kind for kind in ("town", "subdistrict") if kind != draw.rows[unit].type)
    return [ActEntry("change_type", {"unit": unit, "new": draw.new(kind)})]


def _rename(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.townships)
    return [ActEntry("rename", {"unit": unit, "name": draw.name(draw.rows[unit].generic_name)})]


def _transfer(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    return [ActEntry("transfer_villages", {"villages": draw.some(unit), "to": draw.one(draw.peopled, unit)})]


def _merge_into_one_of_them(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    other = draw.one(draw.peopled, unit)
    return [ActEntry("merge", {"units": [unit, other], "into": other})]


def _merge_into_a_new_one(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    return [ActEntry("merge", {"units": [unit, draw.one(draw.peopled, unit)], "new": draw.new()})]


def _split_by_villages(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    extent = {"kind": "villages", "villages": draw.some(unit)}
    return [ActEntry("split", {"unit": unit, "new": draw.new(), "extent": extent})]


def _split_by_area(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    return [ActEntry("split", {"unit": unit, "new": draw.new(), "extent": {"kind": "area"}}, draw.ground(draw.some(unit)))]


def _split_by_line(draw: Drawer) -> list[ActEntry]:
    """A village parted by a line."""
    village = draw.village()
    new = {"ref": "part", "name": draw.name("村"), "type": "village_committee"}
    return [ActEntry("split", {"unit": village, "new": new, "extent": draw.side(village)}, draw.line(village))]


def _split_unstated(draw: Drawer) -> list[ActEntry]:
    return [ActEntry("split", {"unit": draw.one(draw.peopled), "new": draw.new(), "extent": UNSTATED})]


def _boundary_by_villages(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    extent = {"kind": "villages", "villages": draw.some(unit)}
    return [ActEntry("change_boundary", {"from": unit, "to": draw.one(draw.peopled, unit), "extent": extent})]


def _boundary_by_area(draw: Drawer) -> list[ActEntry]:
    """A disc of ground from one village to another of any township."""
    village = draw.village()
    other = draw.one([key for key in draw.rows if draw.rows[key].level == VILLAGE and draw.rows[key].geometry], village)
    return [ActEntry("change_boundary", {"from": village, "to": other, "extent": {"kind": "area"}}, draw.disc(village))]


def _boundary_by_line(draw: Drawer) -> list[ActEntry]:
    village = draw.village()
    other = draw.one(draw.villages(draw.rows[village].parent_id or 0), village)
    return [ActEntry("change_boundary", {"from": village, "to": other, "extent": draw.side(village)}, draw.line(village))]


def _boundary_unstated(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    return [ActEntry("change_boundary", {"from": unit, "to": draw.one(draw.peopled, unit), "extent": UNSTATED})]


def _replace(draw: Drawer) -> list[ActEntry]:
    """Villages to a township, the township abolished, another set up on its ground: 宝丰县 in 2021."""
    unit = draw.one(draw.peopled)
    return [
        ActEntry("transfer_villages", {"villages": draw.some(draw.one(draw.peopled, unit)), "to": unit}),
        ActEntry("abolish", {"unit": unit}),
        ActEntry("establish", {"new": draw.new(), "parts": [{"unit": unit}]}),
    ]


def _establish_out_of_two(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    parts = [
        {"unit": key, "extent": {"kind": "villages", "villages": draw.some(key)}} for key in (unit, draw.one(draw.peopled, unit))
    ]
    return [ActEntry("establish", {"new": draw.new(), "parts": parts})]


def _two_of_a_kind(draw: Drawer) -> list[ActEntry]:
    """Two new ones of one type in one decision: two codes out of one sequence."""
    unit = draw.one(draw.peopled)
    made = [(key, draw.new("town")) for key in (unit, draw.one(draw.peopled, unit))]
    extents = [{"kind": "villages", "villages": draw.some(key)} for key, _new in made]
    return [
        ActEntry("split", {"unit": key, "new": new, "extent": extent}) for (key, new), extent in zip(made, extents, strict=True)
    ]


def _establish_by_area(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    area = draw.ground(draw.some(unit))
    return [ActEntry("establish", {"new": draw.new(), "parts": [{"unit": unit, "extent": {"kind": "area"}}]}, area)]


def _establish_unstated(draw: Drawer) -> list[ActEntry]:
    parts = [{"unit": draw.one(draw.peopled), "extent": UNSTATED}]
    return [ActEntry("establish", {"new": draw.new(), "parts": parts})]


def _abolish_into(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    return [ActEntry("abolish", {"unit": unit, "into": draw.one(draw.peopled, unit)})]


def _abolish_shared_out(draw: Drawer) -> list[ActEntry]:
    """Some villages to one neighbour, all that is left to another, and the township ends."""
    unit = draw.one(draw.peopled)
    one = draw.one(draw.peopled, unit)
    return [
        ActEntry("transfer_villages", {"villages": draw.some(unit), "to": one}),
        ActEntry("abolish", {"unit": unit, "into": draw.one(draw.peopled, unit, one)}),
    ]


def _affiliation(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.townships)
    counties = [key for key, row in draw.rows.items() if row.level == COUNTY]
    parent = draw.one(counties, draw.rows[unit].parent_id or 0)
    return [ActEntry("change_affiliation", {"unit": unit, "parent": parent})]


def _move_seat(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.peopled)
    inside = draw.rows[draw.one(draw.villages(unit))].geometry.point_on_surface
    known = draw.data.draw(st.booleans())
    return [ActEntry("move_seat", {"unit": unit, "place": "某村", **({"seat": [inside.x, inside.y]} if known else {})})]


def _recode(draw: Drawer) -> list[ActEntry]:
    unit = draw.one(draw.townships)
    above = DivisionCode.objects.on(draw.day).get(division=draw.rows[unit].parent_id, authority="mca").code
    draw.refs += 1
    return [ActEntry("recode", {"unit": unit, "code": f"{above}{390 - 10 * draw.number - draw.refs}"})]


KINDS: Final[Mapping[str, Callable[[Drawer], list[ActEntry]]]] = {
    function.__name__.strip("_"): function
    for function in (
        _change_type, _rename, _transfer, _merge_into_one_of_them, _merge_into_a_new_one, _split_by_villages, _split_by_area,
        _split_by_line, _split_unstated, _boundary_by_villages, _boundary_by_area, _boundary_by_line, _boundary_unstated, _replace,
        _establish_out_of_two, _establish_by_area,
        _establish_unstated, _abolish_into, _abolish_shared_out, _affiliation, _move_seat,
        _recode, _two_of_a_kind,
    )
}  # fmt: skip
