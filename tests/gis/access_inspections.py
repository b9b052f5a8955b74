"""The addresses of joint inspections and hazards, for the table of test_access_walk, and what they are about."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from boundaries.models import Level
from boundaries.services import hazards, inspection_plans, inspections
from gis.accounts.models import Duty
from tests.factories import make_division, make_line
from tests.gis.access_table import OFFICER, Access, fixed, of, post

INSPECTORS = frozenset({Duty.FIELD_INSPECTOR, Duty.DIVISION_OFFICER})
LINE = of(pk="inspected_line")
INSPECTION = of(pk="line_inspection")
HAZARD = of(pk="line_hazard")


def of_inspections(there: Any) -> dict[str, Any]:
    """A line between the east and a county beyond it, with all that is along it; the west has no part in it."""
    beyond = make_division("邻县", Level.COUNTY, code="419909", parent=there.province)
    line = make_line("9909-01", there.east, beyond, [(114.5, 33.0), (114.5, 33.2)], name="东邻线")
    officer = there.people[Duty.DIVISION_OFFICER, "east"]
    hazard = {"kind": "water", "title": "渠道争议", "likelihood": "likely", "consequence": "serious", "found_on": date(2026, 5, 1)}
    return {
        "inspected_line": line,
        "line_inspection": inspections.plan(officer, line, year=2026, lead=there.east.pk),
        "occurrence": inspection_plans.register_occurrence(
            officer, line, kind="river", occurred_on=date(2026, 7, 1), details="洪水改道"
        ),
        "line_hazard": hazards.register(officer, line, **hazard),
    }


def _plan_table(world: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("计划.csv", "界线编号,计划年份\n没有,2026\n".encode())}


TABLE: dict[str, list[Access]] = {
    "inspection-plan": [Access()],
    "inspection-plan-export": [Access(args=fixed(form="xlsx"))],
    "inspection-plan-import": [post(OFFICER, data=_plan_table)],
    "inspection": [Access(area_bound=True, args=INSPECTION)],
    "inspection-package": [Access(area_bound=True, args=INSPECTION)],
    "inspection-do": [
        post(
            OFFICER,
            area_bound=True,
            args=lambda world: {"pk": world.line_inspection.pk, "what": "arrange"},
            data=lambda world: {"version": world.line_inspection.version},
        )
    ],
    "line-inspections": [Access(area_bound=True, args=LINE)],
    "line-inspections-do": [
        post(OFFICER, area_bound=True, args=lambda world: {"pk": world.inspected_line.pk, "what": "round"}, data=fixed(year="2026"))
    ],
    "occurrence-do": [
        post(
            OFFICER,
            area_bound=True,
            args=lambda world: {"pk": world.occurrence.pk, "what": "decline"},
            data=fixed(because="不影响走向"),
        )
    ],
    "hazards": [Access()],
    "hazards-export": [Access()],
    "hazard-new": [
        Access(INSPECTORS, area_bound=True, query=lambda world: {"line": world.inspected_line.pk}),
        post(INSPECTORS, area_bound=True, data=lambda world: {"line": world.inspected_line.pk}),
    ],
    "hazard-criteria": [Access(), post(OFFICER, whole=True, data=fixed(text="x"))],
    "hazard": [Access(area_bound=True, args=HAZARD)],
    "hazard-edit": [
        Access(INSPECTORS, area_bound=True, args=HAZARD),
        post(INSPECTORS, area_bound=True, args=HAZARD, data=lambda world: {"version": world.line_hazard.version}),
    ],
    "hazard-do": [
        post(
            OFFICER,
            area_bound=True,
            args=lambda world: {"pk": world.line_hazard.pk, "what": "entry"},
            data=fixed(kind="measure", text="巡查"),
        )
    ],
}
