"""Tables of place names against what is on record: what a row would do, doing it, and taking it back.

A row is known by its 20-digit code; without one by name, class and area together. The register's own names (divisions) are never
written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import ForeignObjectRel, Q
from django.utils.translation import gettext as _

from boundaries.models import Source
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError
from placenames import policies
from placenames.models import FormKind, HeritageListing, Name, NameForm, PlaceName, PlaceNameRecord, Script
from placenames.services.again import say_again
from placenames.services.recording import Common, Forms, Names, lock, record_forms, record_names

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be used. lon, lat: degrees of CGCS2000, None where there is none; `forms`: (kind, text)."""

    row: int
    name: str
    place_class: str
    code: str = ""
    area: int | None = None
    area_code: str = ""
    lon: float | None = None
    lat: float | None = None
    spelling: str = ""
    forms: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return self.code or f"{self.place_class}:{self.area or ''}:{self.name}"


@dataclass(slots=True)
class Plan:
    """`outcomes` and `held` run parallel to `rows`; held: the record a row repeats or corrects. `twice`: row → the row before it
    with the same key.
    """

    rows: Sequence[Row]
    outcomes: list[str] = field(default_factory=list)
    held: list[PlaceNameRecord | None] = field(default_factory=list)
    twice: dict[int, int] = field(default_factory=dict)

    def count(self, outcome: str) -> int:
        return self.outcomes.count(outcome)


def make_plan(rows: Sequence[Row]) -> Plan:
    """Two queries whatever the number of rows."""
    plan = Plan(rows)
    by_code, by_key = _held(rows)
    seen: dict[str, int] = {}
    for one in rows:
        if one.key in seen:
            plan.twice[one.row] = seen[one.key]
            plan.outcomes.append(REFUSED)
            plan.held.append(None)
            continue
        seen[one.key] = one.row
        held = by_code.get(one.code) if one.code else None
        held = held or by_key.get((one.place_class, one.area, one.name))
        if held is None and one.area is not None and not one.area_code:
            # The area is told from the position; an earlier load may not have had an outline to tell it from.
            held = by_key.get((one.place_class, None, one.name))
        if held is not None and one.code and held.code not in ("", one.code):
            held = None  # of the same name and another code: another place
        plan.held.append(held)
        plan.outcomes.append(CREATED if held is None else UNCHANGED if _says_nothing_new(one, held) else UPDATED)
    return plan


def _held(rows: Sequence[Row]) -> tuple[dict[str, PlaceNameRecord], dict[tuple[str, int | None, str], PlaceNameRecord]]:
    current = PlaceNameRecord.objects.current().filter(names_division=False, valid__isnull=False)
    codes = sorted({one.code for one in rows if one.code})
    names = sorted({one.name for one in rows})
    # A place that was renamed has a record of each name; the table is of today, so what holds on comes before what has ended.
    lasting = current.annotate(ended=Q(valid__upper_inf=False)).order_by("ended", "id")
    by_code: dict[str, PlaceNameRecord] = {}
    for record in lasting.filter(code__in=codes) if codes else ():
        by_code.setdefault(record.code, record)
    by_key: dict[tuple[str, int | None, str], PlaceNameRecord] = {}
    for record in lasting.filter(name__in=names):
        by_key.setdefault((record.place_class, record.area_id, record.name or ""), record)
    return by_code, by_key


def _says_nothing_new(one: Row, held: PlaceNameRecord) -> bool:
    """A cell that is empty says nothing."""
    point = held.location if held.location is not None and held.location.geom_type == "Point" else None
    moved = one.lon is not None and (point is None or (point.x, point.y) != (one.lon, one.lat))
    told = {"name": one.name, "place_class": one.place_class, "code": one.code, "area_id": one.area, "spelling": one.spelling}
    return not moved and all(not value or value == getattr(held, name) for name, value in told.items())


@transaction.atomic
def commit(plan: Plan, common: Mapping[str, Any], source: Source, actor: User | None) -> dict[str, int]:
    """Writes a plan made under `lock`. `common` are further fields of `Common`. Raises `ForbiddenError`."""
    if actor is not None:
        ensure(policies.may_import_names(actor))
    moment = lock()
    shared = Common(source.pk, moment, **common)
    added = [one for one, outcome in zip(plan.rows, plan.outcomes, strict=True) if outcome == CREATED]
    changed = [
        (one, held) for one, outcome, held in zip(plan.rows, plan.outcomes, plan.held, strict=True) if outcome == UPDATED and held
    ]
    places = record_names(_columns(added), shared)
    if changed:
        ids = [held.pk for _row, held in changed]
        PlaceNameRecord.objects.filter(pk__in=ids).update(recorded=_closed(moment))
        merged = [_merged(one, held) for one, held in changed]
        corrected = _columns(merged)
        corrected.place = [held.place_id for _row, held in changed]
        record_names(corrected, shared)
    _add_forms([*zip(added, places, strict=True), *((one, held.place_id) for one, held in changed)], source.pk, moment)
    counts = {CREATED: len(added), UPDATED: len(changed), UNCHANGED: plan.count(UNCHANGED)}
    audit.record(actor=actor, action="placename.import", target=source, label=source.title, after=counts)
    return counts


def _closed(moment: Any) -> Any:
    from django.db.models import F, Func, Value

    return Func(Func(F("recorded"), function="lower"), Value(moment), function="tstzrange")


def _merged(one: Row, held: PlaceNameRecord) -> Row:
    """What the row says, and of the rest what was held."""
    point = held.location if held.location is not None and held.location.geom_type == "Point" else None
    return Row(
        one.row,
        one.name,
        one.place_class or held.place_class,
        one.code or held.code,
        one.area or held.area_id,
        one.area_code,
        one.lon if one.lon is not None else point.x if point else None,
        one.lat if one.lat is not None else point.y if point else None,
        one.spelling or (held.spelling if held.spelled_by in ("person", "source") else ""),
        one.forms,
    )


def _columns(rows: Sequence[Row]) -> Names:
    return Names(
        name=[one.name for one in rows],
        place_class=[one.place_class for one in rows],
        code=[one.code for one in rows],
        spelling=[one.spelling for one in rows],
        area=[one.area for one in rows],
        area_code=[one.area_code for one in rows],
        lon=np.array([np.nan if one.lon is None else one.lon for one in rows], dtype=float),
        lat=np.array([np.nan if one.lat is None else one.lat for one in rows], dtype=float),
    )


def _add_forms(rows: Sequence[tuple[Row, int]], source: int, moment: Any) -> None:
    with_forms = [place for one, place in rows if one.forms]
    known = set(NameForm.objects.current().filter(place__in=with_forms).values_list("place_id", "kind", "text"))
    wanted = [(place, kind, text) for one, place in rows for kind, text in dict.fromkeys(one.forms)]
    new = [one for one in wanted if one not in known]
    record_forms(
        Forms(
            place=[place for place, _kind, _text in new],
            text=[text for _place, _kind, text in new],
            kind=[kind for _place, kind, _text in new],
            script=[Script.HANT if kind == FormKind.TRADITIONAL else Script.HANS for _place, kind, _text in new],
            years=[None] * len(new),
        ),
        source,
        moment,
    )


def obstacles(source: int) -> list[str]:
    """What rests on a load and stands in the way of undoing it, in sentences."""
    found = [
        _("“%(name)s”后来又有更正") % {"name": name}
        for name in PlaceNameRecord.objects.filter(source=source, recorded__upper_inf=False).values_list("name", flat=True)[:20]
    ]
    created = _places_created_by(source)
    later = NameForm.objects.current().filter(place__in=created).exclude(source=source).values_list("text", flat=True)[:20]
    found += [_("后来登记的其他名称“%(name)s”依托这一批的地名") % {"name": text} for text in later]
    listed = HeritageListing.objects.filter(place__in=created, recorded__upper_inf=True).exclude(source=source)[:20]
    found += [_("这一批的地名后来列入了%(list)s") % {"list": one.get_kind_display()} for one in listed]
    return found + _resting_on(created)


def _resting_on(places: Sequence[int]) -> list[str]:
    """Anything else that points at places which would be left without a record; rooms built later are asked without being named."""
    places = list(PlaceName.objects.filter(pk__in=places, division=None).values_list("pk", flat=True))
    found = []
    for one in PlaceName._meta.get_fields(include_hidden=True):
        if not isinstance(one, ForeignObjectRel) or one.related_model in (PlaceNameRecord, NameForm, HeritageListing, Name):
            continue
        model = one.related_model
        if count := model._default_manager.filter(**{f"{one.field.name}__in": places}).count():
            name = str(model._meta.verbose_name)
            found.append(_("这一批的地名已有%(what)s %(count)s 项") % {"what": name, "count": count})
    return found


def _places_created_by(source: int) -> list[int]:
    """Places whose first record came with the load."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.place_id FROM placenames_placenamerecord r WHERE r.source_id = %s AND NOT EXISTS"
            " (SELECT 1 FROM placenames_placenamerecord e WHERE e.place_id = r.place_id AND e.source_id <> r.source_id)",
            [source],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def undo(source: Source, actor: User | None) -> dict[str, int]:
    """Takes a load back: its rows are closed, those they had corrected hold again. Raises `ForbiddenError`, `ConflictError`."""
    if actor is not None:
        ensure(policies.may_import_names(actor))
    moment = lock()
    if obstacles(source.pk):
        raise ConflictError("batch_is_relied_on", _("这一批里的地名后来又有登记，不能整批撤销。"))
    # A list whose places were all on record already wrote no record of its own.
    first = PlaceNameRecord.objects.current().filter(source=source).first()
    began = first.recorded.lower if first else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id FROM placenames_placenamerecord o WHERE upper(o.recorded) = %s AND o.place_id IN"
            " (SELECT place_id FROM placenames_placenamerecord WHERE source_id = %s AND upper_inf(recorded))",
            [began, source.pk],
        )
        before = [row[0] for row in cursor.fetchall()]
        closed = 0
        for table in ("placenames_placenamerecord", "placenames_nameform", "placenames_heritagelisting"):
            cursor.execute(
                f"UPDATE {table} SET recorded = tstzrange(lower(recorded), %s) WHERE source_id = %s AND upper_inf(recorded)",
                [moment, source.pk],
            )
            closed += cursor.rowcount if table.endswith("record") else 0
    again = list(PlaceNameRecord.objects.filter(pk__in=before))
    for one in again:
        say_again(one, moment)
    counts = {"closed": closed, "restored": len(again)}
    audit.record(actor=actor, action="placename.import.undo", target=source, label=source.title, after=counts)
    return counts


def valid_from(day: date) -> tuple[date, date | None]:
    """The legal time of what a list of `day` shows: from then until further notice, as observed."""
    return (day, None)
