"""What is known of divisions on a day, put together for the panel, the page, the map and the lists. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.db.models.functions import Envelope
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from boundaries.models import (
    Division,
    DivisionCode,
    DivisionRecord,
    DivisionType,
    Grade,
    Level,
    SourceKind,
)
from gis.crs import CGCS2000
from gis.errors import NotFoundError


@dataclass(frozen=True)
class Step:
    """One division of a chain of parents, as it was called on the day."""

    id: int
    name: str
    level: int


@dataclass(frozen=True)
class Facts:
    """One division on one day. `record` is the one in force, or the nearest in time where there is none (`in_force` False)."""

    division: int
    day: date
    record: DivisionRecord
    in_force: bool
    codes: list[DivisionCode]
    chain: list[Step]
    children: list[tuple[str, int, int]]
    # The day all this is told of: `day`, or where there was none the first of the nearest record.
    seen_on: date

    @property
    def demo(self) -> bool:
        return self.record.source.kind == SourceKind.DEMO

    @property
    def area_km2(self) -> float | None:
        return None if self.record.area_m2 is None else self.record.area_m2 / 1e6

    @property
    def full_name(self) -> str:
        """Names from the top down, as Chinese addresses run: 演示市舆和县南畴镇."""
        return "".join([*(step.name for step in self.chain), self.record.name])

    @property
    def targets(self) -> list[tuple[str, str]]:
        """Which establishment a unit of this type could be checked for: (target, words)."""
        words = {"town": _("设镇"), "subdistrict": _("设街道")}
        fitting = {
            DivisionType.TOWNSHIP: ["town", "subdistrict"],
            DivisionType.ETHNIC_TOWNSHIP: ["town", "subdistrict"],
            DivisionType.TOWN: ["subdistrict"],
            DivisionType.UNKNOWN: ["town", "subdistrict"] if self.record.level == Level.TOWNSHIP else [],
        }
        return [(target, words[target]) for target in fitting.get(DivisionType(self.record.type), [])]


def facts_of(division: int, day: date) -> Facts:
    """Raises `NotFoundError` where the register knows nothing of `division` at all."""
    records = list(DivisionRecord.objects.current().filter(division=division).select_related("source").order_by("valid"))
    if not records:
        raise NotFoundError("division_not_found", _("没有这个区划。它可能已被移走，或者地址有误。"))
    held = next((record for record in records if day in record.valid), None)
    record = held or min(records, key=lambda item: _distance(item, day))
    seen_on = day if held else (record.valid.lower or day)
    levels = (
        DivisionRecord.objects.on(seen_on)
        .filter(parent=division)
        .values_list("level")
        .annotate(count=Count("id"))
        .order_by("level")
    )
    return Facts(
        division,
        day,
        record,
        held is not None,
        list(DivisionCode.objects.on(seen_on).filter(division=division).order_by("authority")),
        chains([division], seen_on)[division],
        [(str(Level(level).label), level, count) for level, count in levels],
        seen_on,
    )


def children_of(division: int, day: date) -> QuerySet[DivisionRecord]:
    """What lay directly under a division on `day`, with `code`; without geometry."""
    records = DivisionRecord.objects.on(day).filter(parent=division).with_code(day)
    return records.annotate(area_km2=F("area_m2") / 1e6).order_by(*SORTS["level"], "division_id").defer("geometry", "seat")


def _distance(record: DivisionRecord, day: date) -> int:
    before = (record.valid.lower - day).days if record.valid.lower and record.valid.lower > day else 0
    after = (day - record.valid.upper).days + 1 if record.valid.upper and record.valid.upper <= day else 0
    return max(before, after)


def chains(divisions: Iterable[int], day: date) -> dict[int, list[Step]]:
    """For each division what is above it on `day`, the highest first; empty where nothing is."""
    wanted = list(divisions)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line (root, id, depth) AS (
                SELECT root, r.parent_id, 1
                FROM unnest(%(ids)s::bigint[]) root
                JOIN boundaries_divisionrecord r ON r.division_id = root
                WHERE r.parent_id IS NOT NULL AND upper_inf(r.recorded) AND r.valid @> %(day)s::date
                UNION ALL
                SELECT line.root, r.parent_id, line.depth + 1
                FROM line JOIN boundaries_divisionrecord r ON r.division_id = line.id
                WHERE r.parent_id IS NOT NULL AND upper_inf(r.recorded) AND r.valid @> %(day)s::date AND line.depth < 8
            )
            SELECT line.root, line.id, r.name, r.level
            FROM line JOIN boundaries_divisionrecord r ON r.division_id = line.id
            WHERE upper_inf(r.recorded) AND r.valid @> %(day)s::date
            ORDER BY line.root, line.depth DESC
            """,
            {"ids": wanted, "day": day},
        )
        found: dict[int, list[Step]] = {division: [] for division in wanted}
        for root, identifier, name, level in cursor.fetchall():
            found[root].append(Step(identifier, name, level))
    return found


# --- units for the map ------------------------------------------------------------------------------------------------------


def units(records: QuerySet[DivisionRecord], day: date) -> list[dict[str, Any]]:
    """What the map's program needs to show and reach each unit; `bounds` west, south, east, north, None without a polygon."""
    rows = list(
        records.with_code(day)  # type: ignore[attr-defined]
        .annotate(envelope=Envelope("geometry"))
        .values("division_id", "name", "level", "type", "grade", "code", "code_authority", "envelope", "seat", "source__kind")
    )
    paths = chains([row["division_id"] for row in rows], day)
    return [
        {
            "id": row["division_id"],
            "name": row["name"],
            "level": row["level"],
            "level_name": str(Level(row["level"]).label),
            "type": row["type"],
            "type_name": str(DivisionType(row["type"]).label),
            "code": row["code"] or "",
            "authority": row["code_authority"] or "",
            "grade": row["grade"],
            "bounds": list(row["envelope"].extent) if row["envelope"] is not None else None,
            "seat": [row["seat"].x, row["seat"].y] if row["seat"] is not None else None,
            "demo": row["source__kind"] == SourceKind.DEMO,
            "path": [{"id": step.id, "name": step.name, "level": step.level} for step in paths[row["division_id"]]],
        }
        for row in rows
    ]


def unit_at(lon: float, lat: float, level: int, day: date, reach_m: float = 0.0) -> dict[str, Any] | None:
    """The unit that covers a point (CGCS2000 degrees) on `day`: of `level`, or of the nearest level above that has one there.

    A unit known by its seat alone is found within `reach_m` metres of it, before any polygon: it was aimed at.
    """
    point = Point(lon, lat, srid=CGCS2000)
    on_day = DivisionRecord.objects.on(day)
    if reach_m:
        # Metres to degrees generously; the exact distance is asked of the few that remain.
        near = on_day.filter(geometry=None, level__lte=level, seat__dwithin=(point, reach_m / 60_000))
        near = near.filter(seat__distance_lte=(point, D(m=reach_m)))
        found = units(near.order_by("-level", "division_id")[:1], day)
        if found:
            return found[0]
    covering = on_day.filter(geometry__covers=point, level__lte=level).order_by("-level", "division_id")[:1]
    found = units(covering, day)
    return found[0] if found else None


def search(text: str, day: date, limit: int) -> list[dict[str, Any]]:
    """Units whose name contains `text` or whose code begins with it on `day`: whole names first, then beginnings, then the rest."""
    wanted = text.strip()[:60]
    if not wanted:
        return []
    found = (
        DivisionRecord.objects.on(day)
        .matching(wanted, day)
        .annotate(
            nearness=Case(
                When(Q(name=wanted) | Q(proper_name=wanted), then=Value(0)),
                When(name__startswith=wanted, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("nearness", "level", Length("name"), "name", "division_id")
    )
    return units(found[:limit], day)


def days_of_change() -> list[dict[str, Any]]:
    """Days on which something in the register changed, ascending, with how many units did and by which documents.

    `decisions`: enacted ones, and documents cited by number that no decision stands for (`id` None). A day without any is that of a
    list, which shows what was there and not since when.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH change AS (
                SELECT lower(valid) AS day, division_id, source_id FROM boundaries_divisionrecord WHERE upper_inf(recorded)
                UNION ALL
                SELECT upper(valid), division_id, NULL FROM boundaries_divisionrecord WHERE upper_inf(recorded)
                UNION ALL
                SELECT lower(valid), division_id, source_id FROM boundaries_divisioncode WHERE upper_inf(recorded)
                UNION ALL
                SELECT upper(valid), division_id, NULL FROM boundaries_divisioncode WHERE upper_inf(recorded)
            ), paper AS (
                SELECT day, source_id FROM change WHERE source_id IS NOT NULL GROUP BY day, source_id
                UNION SELECT "on", source_id FROM boundaries_lineage WHERE upper_inf(recorded)
                UNION SELECT effective_on, source_id FROM boundaries_decision WHERE state = 'enacted'
            ), told AS (
                SELECT paper.day, jsonb_agg(jsonb_build_object(
                    'id', d.id, 'number', coalesce(d.document_number, s.document_number), 'title', coalesce(d.title, s.title)
                ) ORDER BY coalesce(d.document_number, s.document_number), s.id) AS papers
                FROM paper JOIN boundaries_source s ON s.id = paper.source_id
                LEFT JOIN boundaries_decision d ON d.source_id = s.id
                WHERE d.id IS NOT NULL OR s.document_number <> '' GROUP BY paper.day
            )
            SELECT day, moved.units, coalesce(told.papers, '[]')::text
            FROM (
                SELECT day, count(*) AS units
                FROM (SELECT DISTINCT day, division_id FROM change WHERE day IS NOT NULL) each GROUP BY day
            ) moved LEFT JOIN told USING (day) ORDER BY day
            """
        )
        return [{"on": day, "changes": count, "decisions": json.loads(papers)} for day, count, papers in cursor.fetchall()]


# --- the list ---------------------------------------------------------------------------------------------------------------

SORTS = {
    "code": ("code", "name"),
    "name": ("name",),
    "level": ("level", "code", "name"),
    "type": ("type", "name"),
    "area": (F("area_m2").asc(nulls_last=True), "name"),
    "-code": ("-code", "name"),
    "-name": ("-name",),
    "-level": ("-level", "code", "name"),
    "-type": ("-type", "name"),
    "-area": (F("area_m2").desc(nulls_last=True), "name"),
}


def listed(
    day: date, *, level: int | None, parent: int | None, text: str, kind: str, authority: str, sort: str
) -> QuerySet[DivisionRecord]:
    """Records on `day` for the list and its exports, without their geometry; annotated with `code` and `code_authority`."""
    records = DivisionRecord.objects.on(day)
    if parent is not None:
        records = records.under(Division(pk=parent), day, itself=False)
    if level:
        records = records.filter(level=level)
    if kind:
        records = records.filter(type=kind)
    if text:
        records = records.matching(text, day)
    if authority:
        records = records.filter(division__in=DivisionCode.objects.on(day).filter(authority=authority).values("division"))
    listing = records.with_code(day, authority or None).annotate(area_km2=F("area_m2") / 1e6).select_related("source")
    return listing.order_by(*SORTS.get(sort, SORTS["level"]), "division_id").defer("geometry")


def grade_words(grade: str) -> str:
    return str(Grade(grade).label) if grade else _("无范围资料")
