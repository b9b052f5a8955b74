"""A line of 9.2 km between two counties with three markers, people of both sides, and a way to bring it to any state."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pytest

from boundaries.inspection_record import digest_of, record_of
from boundaries.models import BoundaryLine, BoundaryMarker, Division, JointInspection, Level, MarkerVisit
from boundaries.rules.inspection_content import GROUPS
from boundaries.rules.inspection_states import Action
from boundaries.services import inspection_signing, inspections
from gis.accounts.models import Duty, User
from tests.factories import make_division, make_line, make_marker, make_user, square

YEAR = 2026


@dataclass
class Border:
    province: Division
    east: Division
    west: Division
    line: BoundaryLine
    markers: list[BoundaryMarker]
    officer: dict[str, User]
    reviewer: dict[str, User]
    inspector: dict[str, User]
    chief: User
    stranger: User

    def side(self, name: str) -> int:
        return (self.east if name == "east" else self.west).pk


@pytest.fixture
def border() -> Border:
    return make_border()


def make_border() -> Border:
    province = make_division("某省", Level.PROVINCE, code="410000")
    east = make_division("东县", Level.COUNTY, code="419901", parent=province, geometry=square(114.1, 34))
    west = make_division("西县", Level.COUNTY, code="419902", parent=province, geometry=square(114.0, 34))
    north = make_division("北县", Level.COUNTY, code="419903", parent=province)
    line = make_line("4199-01", west, east, [(114.0, 34.0), (114.1, 34.0)], name="西东线", approver="某省人民政府")
    markers = [
        make_marker(f"4199010{number}Q", {line: chainage}, (114.0 + number * 0.025, 34.0), [west, east])
        for number, chainage in enumerate((2310.0, 4619.0, 6929.0), start=1)
    ]
    sides = {"east": east, "west": west}

    def people(duty: Duty) -> dict[str, User]:
        return {name: make_user(f"{duty}-{name}", (duty, side), display_name=f"{side}{name}") for name, side in sides.items()}

    return Border(
        province, east, west, line, markers,
        people(Duty.DIVISION_OFFICER), people(Duty.REVIEWER), people(Duty.FIELD_INSPECTOR),
        make_user("chief", (Duty.DIVISION_OFFICER, None), (Duty.REVIEWER, None)),
        make_user("stranger", *((duty, north) for duty in Duty)),
    )  # fmt: skip


def visit(inspection: JointInspection, marker: BoundaryMarker, condition: str = "intact", **fields: object) -> MarkerVisit:
    checks = {name: True for name in ("position", "firm", "visible", "legible", "archive")}
    given = {"checks": checks, "digest": "0" * 64} | fields
    return MarkerVisit.objects.create(inspection=inspection, marker=marker, key=uuid.uuid4(), condition=condition, **given)


def sign(border: Border, inspection: JointInspection, side: str) -> None:
    inspection.refresh_from_db()
    inspection_signing.sign(
        border.reviewer[side], inspection, inspection.version, side=border.side(side), name=f"{side}某", duty="局长",
        digest=digest_of(record_of(inspection)),
    )  # fmt: skip


@pytest.fixture
def brought(border: Border) -> Callable[..., JointInspection]:
    return partial(bring, border)


def bring(border: Border, state: str, year: int = YEAR) -> JointInspection:
    """An inspection of the border's line brought to a state: planned, in_field, reviewing, signed or filed."""
    officer = border.officer["west"]
    held = inspections.plan(officer, border.line, year=year, lead=border.west.pk, starts_on=date(year, 3, 1))
    if state == "planned":
        return held
    held = inspections.take_step(officer, held, held.version, Action.START)
    for marker in border.markers:
        visit(held, marker)
    for group in GROUPS:
        held = inspections.answer_content(officer, held, held.version, group.key, "clear")
    if state == "in_field":
        return held
    held = inspections.take_step(officer, held, held.version, Action.REVIEW)
    if state == "reviewing":
        return held
    for side in ("west", "east"):
        sign(border, held, side)
    held.refresh_from_db()
    if state == "filed":
        held = inspections.file(
            officer, held, held.version, filed_with="某省人民政府", filed_on=date(year, 6, 1), by_all=True, note="档案在补"
        )
    return held
