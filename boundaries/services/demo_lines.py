"""Stores the demo county's boundary line: three counties at the tri-point, twelve markers; all marked as demo."""

from __future__ import annotations

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, Point

from boundaries import line_courses
from boundaries.boundary_lines import line_on
from boundaries.demo import DemoCounty
from boundaries.demo import lines as plan
from boundaries.demo.lines import DemoLine, DemoMarker
from boundaries.models import (
    BoundaryLine,
    BoundaryLineRecord,
    Division,
    DivisionCode,
    DivisionRecord,
    Grade,
    Level,
    Source,
    SourceKind,
)
from boundaries.services import boundary_lines, boundary_markers, line_derivation
from boundaries.services.boundary_markers import Reference, Side
from gis.crs import CGCS2000, REFERENCE_SYSTEMS, MeasuredLine
from gis.crs.transform import project

_ISSUER = "演示数据"


def load_lines(demo: DemoCounty, divisions: dict[str, Division], source: Source) -> tuple[BoundaryLine, Division]:
    """The main line and the third county of its tri-point; inside the demo's transaction, after its divisions."""
    county, neighbour = divisions[demo.county_key], divisions[demo.neighbour_key]
    third = _third_county(county, source)
    made = plan.demo_line(demo)
    agreed = Source.objects.create(
        kind=SourceKind.DEMO, title=plan.AGREEMENT, issuer=_ISSUER, document_number=plan.APPROVAL, dated=plan.AGREED_ON
    )
    line = _main_line(county, neighbour, made, agreed)
    others = [
        boundary_lines.register(
            None, code, {"name": name, "level": Level.COUNTY, "side_a": side.pk, "side_b": third.pk},
            source=agreed, valid_from=plan.SET_ON,
        )
        for (code, name), side in zip(plan.OTHER_LINES, (county, neighbour), strict=True)
    ]  # fmt: skip
    where = _Where(line)
    for marker in made.markers:
        sides = [county, neighbour, third] if marker.tri_point else [county, neighbour]
        _marker([line, *others] if marker.tri_point else [line], marker, sides, where.of(marker), agreed)
    course = line_courses.words(line_on(line))
    BoundaryLineRecord.objects.filter(line=line).update(course=course)  # part of the first entry, not a correction of it
    return line, third


class _Where:
    """Between which lower divisions of the line a marker stands."""

    def __init__(self, line: BoundaryLine) -> None:
        self.seen = line_on(line)
        self.measured = MeasuredLine(self.seen.geometry)

    def of(self, marker: DemoMarker) -> tuple[str, str]:
        at = self.measured.locate(marker.place).chainage_m
        for one in self.seen.segments:
            if one.from_m - 1 <= at <= one.to_m + 1:
                return (one.side_a or self.seen.side_a).name, (one.side_b or self.seen.side_b).name
        return self.seen.side_a.name, self.seen.side_b.name


def _third_county(beside: Division, source: Source) -> Division:
    """A county whose outline nobody has loaded: the tri-point is known all the same."""
    model = DivisionRecord.objects.filter(division=beside).latest("valid")
    third = Division.objects.create()
    DivisionRecord.objects.create(
        division=third,
        valid=model.valid,
        recorded=model.recorded,
        begins=model.begins,
        name="".join(plan.THIRD_COUNTY),
        proper_name=plan.THIRD_COUNTY[0],
        generic_name=plan.THIRD_COUNTY[1],
        level=Level.COUNTY,
        type=model.type,
        parent_id=model.parent_id,
        source=source,
    )
    DivisionCode.objects.create(
        division=third, authority="mca", code=plan.THIRD_CODE, valid=model.valid, recorded=model.recorded, source=source
    )
    return third


def _main_line(county: Division, neighbour: Division, made: DemoLine, source: Source) -> BoundaryLine:
    derived = line_derivation.derive(county.pk, neighbour.pk)
    return boundary_lines.register(
        None,
        plan.CODE,
        {
            "name": plan.NAME,
            "level": Level.COUNTY,
            "side_a": county.pk,
            "side_b": neighbour.pk,
            "geometry": GEOSGeometry(memoryview(made.geometry.wkb), srid=CGCS2000),
            "grade": Grade.INVENTED,
            "segments": derived.segments,
            "start_text": plan.START_TEXT,
            "end_text": plan.END_TEXT,
            "registered_length_m": round(made.length_m, -1),
            "agreement": plan.AGREEMENT,
            "agreed_on": plan.AGREED_ON,
            "approver": plan.APPROVER,
            "approval_number": plan.APPROVAL,
            "approved_on": plan.APPROVED_ON,
        },
        source=source,
        valid_from=plan.SET_ON,
    )


def _marker(lines: list[BoundaryLine], marker: DemoMarker, sides: list[Division], places: tuple[str, str], source: Source) -> None:
    plane = project(np.array([shapely.Point(marker.place)], dtype=object), REFERENCE_SYSTEMS["EPSG:4547"])[0]
    located = [*places, "安和县界首村"]
    keeper = 0 if marker.kept_by_county else 1
    boundary_markers.register(
        None,
        lines,
        {
            "number": marker.number,
            "kind": marker.kind,
            "material": "花岗岩" if marker.kind == "triple" else "钢筋混凝土",
            "position": Point(*marker.place, srid=CGCS2000),
            "grade": Grade.INVENTED,
            "registered": {"system": "EPSG:4547", "x": f"{plane.x:.3f}", "y": f"{plane.y:.3f}"},
            "elevation_m": marker.elevation_m,
            "elevation_datum": "1985 国家高程基准",
            "situation": "位于界河岸上。" if marker.kind == "double" else "位于界线上。",
            "sides": [
                Side(side.pk, place, order == keeper) for order, (side, place) in enumerate(zip(sides, located, strict=False))
            ],
            "references": [Reference(*one) for one in marker.references],
        },
        source=source,
        valid_from=plan.SET_ON,
    )
