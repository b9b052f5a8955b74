"""Random valid sequences of acts on the demo county, enacted one after the other.

After each: coverage valid, no code on two units, lineage shares sum to one, every earlier day unchanged.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from boundaries.models import Division, DivisionCode, DivisionRecord, Lineage, LineageKind
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from boundaries.services.history import trace
from gis.coverage import check
from gis.crs import CGCS2000
from gis.errors import DomainError
from tests.boundaries.decided import stated

FIRST = date(2026, 3, 1)
TOWNSHIP, VILLAGE = 4, 5
TERMS = {"subdistrict": "街道", "town": "镇", "township": "乡"}

pytestmark = pytest.mark.django_db


class Drawer:
    """Draws acts that make sense on the register as it stands; some are refused all the same, and must then change nothing."""

    def __init__(self, data: st.DataObject, day: date, number: int) -> None:
        self.data, self.day, self.number = data, day, number
        rows = DivisionRecord.objects.on(day).filter(level__in=[TOWNSHIP, VILLAGE]).order_by("division")
        self.rows = {row.division_id: row for row in rows}
        self.townships = [key for key, row in self.rows.items() if row.level == TOWNSHIP]
        self.county = DivisionRecord.objects.on(day).get(name="舆和县").division_id

    def one(self, values: list[int]) -> int:
        return self.data.draw(st.sampled_from(values))

    def villages(self, township: int) -> list[int]:
        return [key for key, row in self.rows.items() if row.parent_id == township]

    def some(self, township: int) -> list[int]:
        own = self.villages(township)
        return self.data.draw(st.lists(st.sampled_from(own), min_size=1, max_size=max(1, len(own) // 2), unique=True))

    def new(self, kind: str | None = None) -> dict[str, str]:
        kind = kind or self.data.draw(st.sampled_from(sorted(TERMS)))
        return {"ref": "new", "name": f"试{'甲乙丙丁戊己庚辛壬癸'[self.number]}{TERMS[kind]}", "type": kind}

    def act(self) -> list[ActEntry]:
        kind = self.data.draw(
            st.sampled_from(
                ["change_type", "rename", "transfer", "merge", "split", "replace", "draw", "boundary", "affiliation", "recode"]
            )
        )
        made: list[ActEntry] = getattr(self, f"_{kind}")(self.one(self.townships))
        return made

    def _change_type(self, unit: int) -> list[ActEntry]:
        kind = next(kind for kind in ("town", "subdistrict") if kind != self.rows[unit].type)
        return [ActEntry("change_type", {"unit": unit, "new": self.new(kind)})]

    def _rename(self, unit: int) -> list[ActEntry]:
        row = self.rows[unit]
        return [ActEntry("rename", {"unit": unit, "name": f"改{'甲乙丙丁戊己庚辛壬癸'[self.number]}{row.generic_name}"})]

    def _transfer(self, unit: int) -> list[ActEntry]:
        target = self.one([key for key in self.townships if key != unit])
        return [ActEntry("transfer_villages", {"villages": self.some(unit), "to": target})]

    def _merge(self, unit: int) -> list[ActEntry]:
        other = self.one([key for key in self.townships if key != unit])
        into = {"new": self.new()} if self.data.draw(st.booleans()) else {"into": other}
        return [ActEntry("merge", {"units": [unit, other], **into})]

    def _split(self, unit: int) -> list[ActEntry]:
        extent = {"kind": "villages", "villages": self.some(unit)}
        return [ActEntry("split", {"unit": unit, "new": self.new(), "extent": extent})]

    def _replace(self, unit: int) -> list[ActEntry]:
        """Villages to a township, the township abolished, another set up on its ground: 宝丰县 in 2021."""
        other = self.one([key for key in self.townships if key != unit])
        return [
            ActEntry("transfer_villages", {"villages": self.some(other), "to": unit}),
            ActEntry("abolish", {"unit": unit}),
            ActEntry("establish", {"new": self.new(), "parts": [{"unit": unit}]}),
        ]

    def _draw(self, unit: int) -> list[ActEntry]:
        """A village parted by a line."""
        village = self.one(self.villages(unit))
        west, south, east, north = self.rows[village].geometry.extent
        at = self.data.draw(st.floats(0.2, 0.8))
        slope = self.data.draw(st.floats(-0.004, 0.004))
        y = south + at * (north - south)
        line = GEOSGeometry(f"LINESTRING ({west - 0.01} {y}, {east + 0.01} {y + slope})", srid=CGCS2000)
        inside = self.rows[village].geometry.point_on_surface
        new = {"ref": "new", "name": f"试{'甲乙丙丁戊己庚辛壬癸'[self.number]}村", "type": "village_committee"}
        data = {"unit": village, "new": new, "extent": {"kind": "line", "point": [inside.x, inside.y]}}
        return [ActEntry("split", data, line)]

    def _boundary(self, unit: int) -> list[ActEntry]:
        """A disc of ground from one village to another."""
        village, other = self.one(self.villages(unit)), self.one(self.villages(unit))
        inside = self.rows[village].geometry.point_on_surface
        disc = inside.buffer(self.data.draw(st.floats(0.001, 0.01)), quadsegs=4)
        disc.srid = CGCS2000
        return [ActEntry("change_boundary", {"from": village, "to": other, "extent": {"kind": "area"}}, disc)]

    def _affiliation(self, unit: int) -> list[ActEntry]:
        parents = DivisionRecord.objects.on(self.day).filter(level=3).order_by("division").values_list("division", flat=True)
        return [ActEntry("change_affiliation", {"unit": unit, "parent": self.one(list(parents))})]

    def _recode(self, unit: int) -> list[ActEntry]:
        return [ActEntry("recode", {"unit": unit, "code": f"417021{390 - self.number}"})]


def said_of(day: date) -> set[tuple[object, ...]]:
    """All that the register says of a day, shapes included."""
    records = DivisionRecord.objects.on(day).values_list("division", "name", "type", "parent", "area_m2", "grade", "seat", "valid")
    shapes = DivisionRecord.objects.on(day).values_list("division", "geometry")
    codes = DivisionCode.objects.on(day).values_list("division", "authority", "code")
    return {
        *((*row[:6], bytes(row[6].wkb) if row[6] else None) for row in records),
        *((division, hash(bytes(shape.wkb))) for division, shape in shapes if shape),
        *codes,
    }


def assert_sound(day: date) -> None:
    rows = list(DivisionRecord.objects.on(day))
    grounds = {row.division_id: shapely.from_wkb(bytes(row.geometry.wkb)) for row in rows}
    for level in (3, TOWNSHIP, VILLAGE):
        units = [row for row in rows if row.level == level]
        peopled = {row.parent_id for row in units}
        report = check(
            [row.division_id for row in units],
            np.array([grounds[row.division_id] for row in units], dtype=object),
            {row.division_id: row.parent_id for row in units},
            # The neighbouring county has no townships of its own; what comes to it does not cover it.
            {key: grounds[key] for key in peopled if (key is not None and level != TOWNSHIP) or key == _county(rows)},
        )
        assert report.valid, (day, level, report.as_dict(3))


def _county(rows: list[DivisionRecord]) -> int:
    return next(row.division_id for row in rows if row.name == "舆和县")


def assert_codes_and_parents(day: date) -> None:
    codes = list(DivisionCode.objects.on(day).values_list("authority", "code"))
    assert len(codes) == len(set(codes))
    rows = list(DivisionRecord.objects.on(day))
    there = {row.division_id: row for row in rows}
    held = dict(DivisionCode.objects.on(day).filter(authority="mca").values_list("division_id", "code"))
    assert all(row.parent_id is None or there[row.parent_id].level < row.level for row in rows)
    assert set(held) <= set(there)
    for row in rows:
        if row.level == TOWNSHIP:
            assert held[row.division_id][:6] == held[row.parent_id]


def assert_shares(day: date) -> None:
    """What left and what stayed of every unit that gave ground away."""
    leaving: defaultdict[int, list[Lineage]] = defaultdict(list)
    for edge in Lineage.objects.filter(on=day):
        leaving[edge.predecessor_id].append(edge)
    there = set(DivisionRecord.objects.on(day).values_list("division", flat=True))
    for division, edges in leaving.items():
        total = sum(edge.area_share or 0 for edge in edges)
        assert all(edge.area_share is not None for edge in edges)
        assert total <= 1 + 1e-9 if division in there else total == pytest.approx(1)
        run = trace(division, day - timedelta(days=1), day)
        assert sum(one.share or 0 for one in run.reached) == pytest.approx(1)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_enacted_the_register_stays_sound(demo, data: st.DataObject) -> None:
    with transaction.atomic():
        area = Division.objects.get(pk=DivisionRecord.objects.on(FIRST).get(name="演示市").division_id)
        past: dict[date, set[tuple[object, ...]]] = {}
        day = FIRST
        for number in range(data.draw(st.integers(1, 4))):
            past[day - timedelta(days=1)] = said_of(day - timedelta(days=1))
            acts = Drawer(data, day, number).act()
            before = said_of(day)
            try:
                with transaction.atomic():
                    decision = decisions.create_draft(None, area, acts, **stated(day))
                    seen = decisions.preview(None, decision)
                    decisions.enact(None, decision, seen.fingerprint, reason="试验", redraw=False)
            except DomainError as refused:
                event(f"refused: {refused.code}")
                assert refused.code in REFUSALS, refused.code
                assert said_of(day) == before
                continue
            event(f"enacted: {acts[0].kind}")
            assert_sound(day)
            assert_codes_and_parents(day)
            assert_shares(day)
            day += timedelta(days=10)
        for eve, content in past.items():
            assert said_of(eve) == content
        assert Lineage.objects.exclude(kind__in=LineageKind.values).count() == 0
        transaction.set_rollback(True)


# What a random act may run into; anything else is a defect.
REFUSALS = {
    "parent_unchanged",
    "name_taken",
    "unit_left_empty",
    "same_unit",
    "not_inside",
    "nothing_left",
    "line_not_through",
    "line_point_outside",
    "code_used",
    "reference_used",
    "name_contradicts_type",
    "type_unchanged",
}
