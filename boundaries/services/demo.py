"""Stores the demo county in an empty register, marked 演示数据 in every record's source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.changes.document import told_document
from boundaries.demo import GRADE, DemoCounty, DemoDecision, DemoRecord, build_demo
from boundaries.models import (
    Decision,
    DecisionAct,
    DecisionState,
    Division,
    DivisionCode,
    DivisionRecord,
    IndicatorValue,
    Level,
    Lineage,
    Source,
    SourceKind,
)
from boundaries.rules.acts import ActKind
from boundaries.services import map_shapes, rule_sets
from boundaries.services.demo_inspections import load_inspections
from boundaries.services.demo_lines import load_lines
from gis.accounts.models import Duty, DutyAssignment, User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError

ISSUER = "演示数据"
PASSWORD = "yudi-demo-2026"  # noqa: S105  printed for everybody; the demo refuses a register that holds anything


class Where(StrEnum):
    """Over what somebody of the demo holds the duty."""

    CITY = "city"
    COUNTY = "county"
    NEIGHBOUR = "neighbour"
    THIRD = "third"


@dataclass(frozen=True)
class DemoPerson:
    username: str
    display_name: str
    duty: Duty
    where: Where


PEOPLE = (
    DemoPerson("quhua", "演示区划员", Duty.DIVISION_OFFICER, Where.CITY),
    DemoPerson("shenhe", "演示审核员", Duty.REVIEWER, Where.CITY),
    DemoPerson("diming", "演示地名员", Duty.PLACE_NAME_OFFICER, Where.COUNTY),
    DemoPerson("waiye", "演示外业员", Duty.FIELD_INSPECTOR, Where.COUNTY),
    DemoPerson("chayue", "演示查阅员", Duty.READER, Where.COUNTY),
    DemoPerson("jiandu", "演示监督员", Duty.AUDITOR, Where.CITY),
    DemoPerson("guanli", "演示管理员", Duty.ADMINISTRATOR, Where.CITY),
    # The sides of the demo line, which sign each for itself: three at its tri-point.
    DemoPerson("yuhe-quhua", "舆和区划员", Duty.DIVISION_OFFICER, Where.COUNTY),
    DemoPerson("yuhe-shenhe", "舆和审核员", Duty.REVIEWER, Where.COUNTY),
    DemoPerson("linhe-quhua", "邻和区划员", Duty.DIVISION_OFFICER, Where.NEIGHBOUR),
    DemoPerson("linhe-shenhe", "邻和审核员", Duty.REVIEWER, Where.NEIGHBOUR),
    DemoPerson("linhe-waiye", "邻和外业员", Duty.FIELD_INSPECTOR, Where.NEIGHBOUR),
    DemoPerson("anhe-quhua", "安和区划员", Duty.DIVISION_OFFICER, Where.THIRD),
    DemoPerson("anhe-shenhe", "安和审核员", Duty.REVIEWER, Where.THIRD),
)


@dataclass(frozen=True)
class DemoLoaded:
    """What stands when a later room adds its part: divisions by the keys of the demo, people by their log-in names."""

    divisions: Mapping[str, Division]
    people: Mapping[str, User]
    county_key: str


_parts: list[Callable[[DemoLoaded], None]] = []


def also(part: Callable[[DemoLoaded], None]) -> None:
    """Registers what a later room adds to the demo."""
    if part not in _parts:
        _parts.append(part)


@dataclass(frozen=True)
class Loaded:
    divisions: int
    records: int
    indicators: int
    logins: list[dict[str, str]]


@transaction.atomic
def load_demo(*, joint_work: bool = True, other_rooms: bool = False) -> Loaded:
    """Fills an empty register. Refused with `ConflictError` as soon as one division or one person is there.

    joint_work: also inspections, walks and hazards of its line, which bring duties and work for the queue with them.
    other_rooms: also what later rooms registered (`also`): names and their culture.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yudi demo'))")
    if Division.objects.exists() or User.objects.exists():
        raise ConflictError("register_not_empty", _("数据库里已有区划或用户，演示县只能载入空库。"))
    demo = build_demo()
    rule_sets.sync_shipped()
    divisions = dict(
        zip((unit.key for unit in demo.units), Division.objects.bulk_create(Division() for _ in demo.units), strict=True)
    )
    sources = _sources(demo)
    records = _records(demo, divisions, sources)
    _codes(demo, divisions, sources[None])
    _lineage(demo, divisions, sources)
    _decisions(demo, divisions, sources)
    indicators = _indicators(demo, divisions, sources[None])
    line, third = load_lines(demo, divisions, sources[None])
    county, neighbour = divisions[demo.county_key], divisions[demo.neighbour_key]
    top = divisions[demo.units[0].key]  # the first unit
    areas = {Where.CITY: top, Where.COUNTY: county, Where.NEIGHBOUR: neighbour, Where.THIRD: third}
    people = _people(areas)
    if joint_work:
        load_inspections(demo, line, (county, neighbour, third), people)
    if other_rooms:
        for part in _parts:
            part(DemoLoaded(divisions, people, demo.county_key))
    logins = _logins(areas)
    map_shapes.rebuild_levels(sorted({unit.level for unit in demo.units}))
    audit.record(
        actor=None,
        action="demo.load",
        target=sources[None],
        after={"divisions": len(divisions), "records": records, "indicators": indicators, "people": len(logins)},
    )
    return Loaded(len(divisions), records, indicators, logins)


def _sources(demo: DemoCounty) -> dict[str | None, Source]:
    """One source for each invented decision, and one (None) for what is known from the first day."""
    sources: dict[str | None, Source] = {
        None: Source.objects.create(kind=SourceKind.DEMO, title="演示县资料", issuer=ISSUER, details={"seed": demo.seed})
    }
    for decision in demo.decisions:
        sources[decision.number] = Source.objects.create(
            kind=SourceKind.DEMO,
            title=decision.title,
            issuer=f"{decision.approver}（{ISSUER}）",
            document_number=decision.number,
            dated=decision.approved_on,
            details={"effective_on": decision.effective_on.isoformat()},
        )
    return sources


def _records(demo: DemoCounty, divisions: dict[str, Division], sources: dict[str | None, Source]) -> int:
    rows = [
        _record(divisions, unit.level, unit.key, record, sources[record.decision]) for unit in demo.units for record in unit.records
    ]
    DivisionRecord.objects.bulk_create(rows, batch_size=200)
    return len(rows)


def _record(divisions: dict[str, Division], level: int, key: str, record: DemoRecord, source: Source) -> DivisionRecord:
    return DivisionRecord(
        division=divisions[key],
        valid=DateRange(record.valid_from, record.valid_to),
        recorded=DateTimeTZRange(timezone.now(), None),
        begins=record.begins,
        name=record.name,
        proper_name=record.proper_name,
        generic_name=record.generic_name,
        level=level,
        type=record.type,
        parent=divisions[record.parent_key] if record.parent_key else None,
        geometry=MultiPolygon(*_geos(record.geometry), srid=CGCS2000),
        grade=GRADE,
        seat=Point(record.seat.x, record.seat.y, srid=CGCS2000),
        seat_grade=GRADE,
        source=source,
    )


def _geos(geometry: shapely.MultiPolygon) -> Iterable[GEOSGeometry]:
    return (GEOSGeometry(memoryview(part.wkb), srid=CGCS2000) for part in geometry.geoms)


def _codes(demo: DemoCounty, divisions: dict[str, Division], source: Source) -> None:
    DivisionCode.objects.bulk_create(
        DivisionCode(
            division=divisions[unit.key],
            authority=code.authority,
            code=code.code,
            valid=DateRange(code.valid_from, code.valid_to),
            recorded=DateTimeTZRange(timezone.now(), None),
            source=source,
        )
        for unit in demo.units
        for code in unit.codes
    )


def _lineage(demo: DemoCounty, divisions: dict[str, Division], sources: dict[str | None, Source]) -> None:
    Lineage.objects.bulk_create(
        Lineage(
            predecessor=divisions[edge.predecessor],
            successor=divisions[edge.successor],
            on=edge.on,
            kind=edge.kind,
            area_share=edge.area_share,
            population_share=edge.population_share,
            recorded=DateTimeTZRange(timezone.now(), None),
            source=sources[edge.decision],
        )
        for edge in demo.lineage
    )


def _decisions(demo: DemoCounty, divisions: dict[str, Division], sources: dict[str | None, Source]) -> None:
    """The invented decisions as such, with the acts that their records and lineages show."""
    for one in demo.decisions:
        source = sources[one.number]
        plan = told_document(one.effective_on, source.pk)
        decision = Decision.objects.create(
            area=divisions[demo.county_key],
            document_number=one.number,
            title=one.title,
            approver=f"{one.approver}（{ISSUER}）",
            approved_on=one.approved_on,
            effective_on=one.effective_on,
            state=DecisionState.ENACTED,
            plan=plan,
            fingerprint=plan["fingerprint"],
            source=source,
            enacted_at=timezone.now(),
        )
        kind, data, made = _act(demo, one, {key: division.pk for key, division in divisions.items()})
        act = DecisionAct.objects.create(decision=decision, order=1, kind=kind, data=data, made=made)
        Lineage.objects.filter(source=source).update(act=act)


def _act(demo: DemoCounty, decision: DemoDecision, ids: dict[str, int]) -> tuple[str, dict[str, Any], dict[str, int]]:
    """(kind, data, what it made): two townships merged, one became a town, or a village went over."""
    edges = [edge for edge in demo.lineage if edge.decision == decision.number]
    successor = edges[0].successor
    first = demo.unit(successor).records[0]
    if first.decision != decision.number:
        moved = [
            ids[unit.key]
            for unit in demo.units
            for record in unit.records
            if unit.level == Level.VILLAGE and record.decision == decision.number
        ]
        return ActKind.TRANSFER_VILLAGES, {"villages": moved, "to": ids[successor], "from": ids[edges[0].predecessor]}, {}
    new = {"ref": successor, "name": first.name, "type": first.type}
    if len(edges) == 1:
        return ActKind.CHANGE_TYPE, {"unit": ids[edges[0].predecessor], "new": new}, {successor: ids[successor]}
    return ActKind.MERGE, {"units": [ids[edge.predecessor] for edge in edges], "new": new}, {successor: ids[successor]}


def _indicators(demo: DemoCounty, divisions: dict[str, Division], source: Source) -> int:
    rows = [
        IndicatorValue(
            division=divisions[figure.unit_key],
            indicator=figure.indicator,
            year=figure.year,
            number=figure.value if isinstance(figure.value, Decimal) else None,
            text="" if isinstance(figure.value, Decimal) else figure.value,
            unit=figure.unit,
            basis=figure.basis,
            document=figure.source,
            recorded=DateTimeTZRange(timezone.now(), None),
            source=source,
        )
        for figure in demo.indicators
    ]
    IndicatorValue.objects.bulk_create(rows)
    return len(rows)


def _people(areas: Mapping[Where, Division]) -> dict[str, User]:
    offices = {
        Where.CITY: "演示市民政局",
        Where.COUNTY: "舆和县民政局",
        Where.NEIGHBOUR: "邻和县民政局",
        Where.THIRD: "安和县民政局",
    }
    people = {}
    for person in PEOPLE:
        user = User.objects.create_user(
            person.username, password=PASSWORD, display_name=person.display_name, organisation=offices[person.where]
        )
        DutyAssignment.objects.create(user=user, duty=person.duty, area=areas[person.where])
        people[person.username] = user
    return people


def _logins(areas: Mapping[Where, Division]) -> list[dict[str, str]]:
    names = dict(
        DivisionRecord.objects.on(timezone.localdate()).filter(division__in=areas.values()).values_list("division_id", "name")
    )
    return [
        {
            "username": person.username,
            "password": PASSWORD,
            "duty": str(person.duty.label),
            "area": names.get(areas[person.where].pk, ""),
        }
        for person in PEOPLE
    ]
