"""What a change is made of, for papers and maps: the units before and after, and what came out of what.

Of an enacted decision everything is read as it was frozen: names and areas from its plan, shapes from the very rows the plan
closed and opened. Of a draft it is the preview of the register as it stands. A decision told by published lists has no plan; its
units are found by the source that their records and lineages cite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from boundaries.changes.register import Key, State
from boundaries.models import Application, Authority, Decision, DecisionState, DivisionCode, DivisionRecord, Lineage, Source
from boundaries.rules import names
from boundaries.services.decisions import Preview, made_of
from gis.errors import NotFoundError

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """A unit on one side of the change. `key` is a division's id, or the ref of a unit a draft makes. Geometry is CGCS2000 degrees.

    `changed` names the fields in which the other side differs; `alone`: there is no other side, the unit ends or begins.
    """

    key: Key
    name: str
    level: int
    type: str
    parent: Key | None
    parent_name: str
    code: str = ""
    area_m2: float | None = None
    geometry: shapely.Geometry | None = None
    grade: str = ""
    seat: shapely.Point | None = None
    changed: frozenset[str] = frozenset()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Descent:
    """Ground of `predecessor` (before) went to `successor` (after); None where the share is not known."""

    predecessor: Key
    successor: Key
    area_share: float | None


@dataclass(frozen=True)
class Evidence:
    """`known_at`: the moment whose knowledge of the register counts, None for what is known now. `plan`: the plan's document.

    `sources` are the titles of what the units rest on.
    """

    day: date
    before: tuple[Standing, ...]
    after: tuple[Standing, ...]
    descents: tuple[Descent, ...]
    plan: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]
    enacted: bool
    known_at: datetime | None
    sources: tuple[str, ...]
    demo: bool

    @property
    def eve(self) -> date:
        return self.day - ONE_DAY

    def successors(self, key: Key) -> list[Standing]:
        wanted = [one.successor for one in self.descents if one.predecessor == key]
        return [one for one in self.after if one.key in wanted]

    def predecessors(self, key: Key) -> list[Standing]:
        wanted = [one.predecessor for one in self.descents if one.successor == key]
        return [one for one in self.before if one.key in wanted]


def evidence_of(decision: Decision, day: date | None = None) -> Evidence:
    """Raises `DomainError` where a draft's acts cannot be carried out on the register as it stands.

    `day` matters to a decision told by lists, which may tell its parts on several days (`days_told`).
    """
    if decision.state != DecisionState.ENACTED:
        return _previewed(decision, made_of(decision))
    if (decision.plan or {}).get("imported"):
        return _told_by_lists(decision, day or decision.effective_on)
    return _enacted(decision)


# --- of a draft ---------------------------------------------------------------------------------------------------------


def _previewed(decision: Decision, made: Preview) -> Evidence:
    plan, register = made.plan, made.register
    states: dict[Key, State] = {unit.key: state for unit, state in register.on(plan.day)}
    names_of = {key: state.name for key, state in states.items()} | {one.unit: one.state.name for one in plan.opened}
    retired = {one.unit: one.code.code for one in plan.codes_retired if one.code.authority == Authority.MCA}
    codes: dict[Key, str] = {
        unit.key: code.code
        for unit, _state in register.on(plan.day)
        for code in unit.codes_on(plan.day)
        if code.authority == Authority.MCA
    }
    later = {key: code for key, code in codes.items() if key not in retired}
    later |= {one.unit: one.code for one in plan.codes_assigned if one.authority == Authority.MCA}
    changed = {one.unit: _fields(one.changed, node_only=one.node_only) for one in plan.opened}
    before = [
        _of_state(one.unit, one.state, names_of, codes, changed.get(one.unit, frozenset()), alone=one.ends) for one in plan.closed
    ]
    after = [_of_state(one.unit, one.state, names_of, later, changed[one.unit], alone=not one.changed) for one in plan.opened]
    descents = [Descent(one.predecessor, one.successor, one.area_share) for one in plan.lineage]
    sources = _sources(one.state.record for one in plan.closed)
    findings = made.document["findings"]
    return _evidence(decision, plan.day, before, after, descents, made.document, findings, sources, enacted=False)


def _fields(changed: Iterable[str], *, node_only: bool) -> frozenset[str]:
    """A corner put into a common edge is no change anybody would call one."""
    return frozenset() if node_only else frozenset(changed)


def _of_state(
    key: Key, state: State, called: Mapping[Key, str], codes: Mapping[Key, str], changed: frozenset[str], *, alone: bool
) -> Standing:
    geometry = state.geometry
    return Standing(
        key=key,
        name=state.name,
        level=state.level,
        type=state.type,
        parent=state.parent,
        parent_name="" if state.parent is None else called.get(state.parent, ""),
        code=codes.get(key, ""),
        area_m2=_area(geometry),
        geometry=geometry,
        grade=state.grade,
        seat=state.seat,
        changed=changed,
        alone=alone,
    )


def _area(geometry: shapely.Geometry | None) -> float | None:
    from gis.crs import area_m2

    return None if geometry is None else float(area_m2(geometry)[0])


# --- of an enacted decision ---------------------------------------------------------------------------------------------


def _enacted(decision: Decision) -> Evidence:
    document: dict[str, Any] = dict(decision.plan or {})
    made = {ref: division for act in decision.acts.all() for ref, division in act.made.items()}
    day, eve = decision.effective_on, decision.effective_on - ONE_DAY

    def id_of(key: Key) -> Key:
        return made.get(key, key) if isinstance(key, str) else key

    ended = {row.pk: row for row in DivisionRecord.objects.filter(pk__in=[one["record"] for one in document["closed"]])}
    first = DivisionRecord.objects.filter(source=decision.source_id, valid__startswith=day)
    moment = first.aggregate(at=Min("recorded__startswith"))["at"]
    begun = {row.division_id: row for row in first.filter(recorded__startswith=moment)} if moment else {}
    codes = _legal_codes([one["unit"] for one in document["closed"]], eve, decision.enacted_at)
    kept = {id_of(one["unit"]): codes.get(one["unit"], "") for one in document["opened"]}
    for one in document["codes"]["retired"]:
        kept.pop(one["unit"], None)
    kept |= {id_of(one["unit"]): one["code"] for one in document["codes"]["assigned"] if one["authority"] == Authority.MCA}
    changed = {id_of(one["unit"]): _fields(one["changed"], node_only=one["node_only"]) for one in document["opened"]}
    before = [
        _of_entry(one["unit"], one, ended.get(one["record"]), codes, changed.get(one["unit"], frozenset()), alone=one["ends"])
        for one in document["closed"]
    ]
    after = []
    for one in document["opened"]:
        key = id_of(one["unit"])
        row = begun.get(key) if isinstance(key, int) else None
        after.append(_of_entry(key, one, row, kept, changed[key], alone=not one["changed"], parent=id_of(one["parent"])))
    descents = [
        Descent(one["predecessor"]["unit"], id_of(one["successor"]["unit"]), one["area_share"]) for one in document["lineage"]
    ]
    findings = decision.findings or []
    return _evidence(decision, day, before, after, descents, document, findings, _sources(ended), enacted=True)


def _of_entry(
    key: Key,
    entry: Mapping[str, Any],
    row: DivisionRecord | None,
    codes: Mapping[Any, str],
    changed: frozenset[str],
    *,
    alone: bool,
    parent: Key | None = None,
) -> Standing:
    """The figures are those of the plan's document; the row only lends its shape."""
    return Standing(
        key=key,
        name=entry["name"],
        level=entry["level"],
        type=entry["type"],
        parent=entry["parent"] if parent is None else parent,
        parent_name=entry["parent_name"] or "",
        code=codes.get(key, ""),
        area_m2=entry["area_m2"],
        geometry=_shape(row),
        grade=entry["grade"],
        seat=None if row is None or row.seat is None else shapely.from_wkb(bytes(row.seat.wkb)),
        changed=changed,
        alone=alone,
    )


def _shape(row: DivisionRecord | None) -> shapely.Geometry | None:
    return None if row is None or row.geometry is None else shapely.from_wkb(bytes(row.geometry.wkb))


def _legal_codes(divisions: Iterable[Any], day: date, known_at: datetime | None) -> dict[int, str]:
    codes = DivisionCode.objects.in_force(day).filter(division__in=list(divisions), authority=Authority.MCA)
    codes = codes.current() if known_at is None else codes.known_at(known_at)
    return dict(codes.values_list("division", "code"))


# --- of a decision that lists tell --------------------------------------------------------------------------------------


def days_told(decision: Decision) -> list[date]:
    """The days on which something that rests on the decision begins. One for a decision that was enacted here."""
    if not (decision.plan or {}).get("imported"):
        return [decision.effective_on]
    source = decision.source_id
    days = set(Lineage.objects.filter(recorded__upper_inf=True, source=source).values_list("on", flat=True))
    days |= set(DivisionRecord.objects.current().filter(source=source).values_list("valid__startswith", flat=True))
    days |= set(DivisionCode.objects.current().filter(source=source).values_list("valid__startswith", flat=True))
    return sorted(one for one in days | {decision.effective_on} if one is not None)


def _told_by_lists(decision: Decision, day: date) -> Evidence:
    eve = day - ONE_DAY
    rows = Lineage.objects.filter(recorded__upper_inf=True, on=day).filter(Q(act__decision=decision) | Q(source=decision.source_id))
    descents = [Descent(*row) for row in rows.values_list("predecessor", "successor", "area_share")]
    begun = DivisionRecord.objects.on(day).filter(source=decision.source_id, valid__startswith=day)
    named = [act.data.get("unit") for act in decision.acts.all()]
    ids = {one.predecessor for one in descents if isinstance(one.predecessor, int)} | set(begun.values_list("division", flat=True))
    ids |= {one for one in named if isinstance(one, int)}
    both = {one.successor for one in descents if isinstance(one.successor, int)} | ids
    old = {row.division_id: row for row in DivisionRecord.objects.on(eve).filter(division__in=both).with_code(eve, Authority.MCA)}
    new = {row.division_id: row for row in DivisionRecord.objects.on(day).filter(division__in=both).with_code(day, Authority.MCA)}
    before = [_of_row(row, new.get(key)) for key, row in old.items() if key in ids or key in new]
    after = [_of_row(row, old.get(key)) for key, row in new.items()]
    sources = _sources(row.pk for row in (*old.values(), *new.values()))
    return _evidence(decision, day, before, after, descents, dict(decision.plan or {}), [], sources, enacted=True)


def _of_row(row: Any, other: DivisionRecord | None) -> Standing:
    compared = ("name", "type", "parent_id", "geometry", "code")
    changed = frozenset() if other is None else frozenset(one for one in compared if getattr(row, one) != getattr(other, one))
    parent = DivisionRecord.objects.current().filter(division=row.parent_id).order_by("valid").last() if row.parent_id else None
    return Standing(
        key=row.division_id,
        name=row.name,
        level=row.level,
        type=row.type,
        parent=row.parent_id,
        parent_name=parent.name if parent is not None else "",
        code=row.code or "",
        area_m2=row.area_m2,
        geometry=_shape(row),
        grade=row.grade,
        changed=changed,
        alone=other is None,
    )


# --- of an application --------------------------------------------------------------------------------------------------


def evidence_of_application(application: Application, day: date) -> Evidence:
    """The unit as it stands on `day` and as it is asked for: the same ground under another name and type."""
    rows = DivisionRecord.objects.on(day).filter(division=application.division_id).with_code(day, Authority.MCA)
    row: Any = rows.select_related("source").first()
    if row is None:
        raise NotFoundError("division_not_in_force", _("该区划在这一天不在册。"))
    old = _of_row(row, None)
    parts = names.split(application.proposed_name, old.level)
    proposed = Standing(
        key="proposed",
        name=application.proposed_name,
        level=old.level,
        type=application.proposed_type or parts.type,
        parent=old.parent,
        parent_name=old.parent_name,
        area_m2=old.area_m2,
        geometry=old.geometry,
        grade=old.grade,
        alone=True,
    )
    return Evidence(
        day=day + ONE_DAY,
        before=(old,),
        after=(proposed,),
        descents=(Descent(old.key, "proposed", 1.0),),
        plan={},
        findings=(),
        enacted=False,
        known_at=None,
        sources=(row.source.title,),
        demo=row.source.is_demo,
    )


# --- small parts --------------------------------------------------------------------------------------------------------


def _sources(records: Iterable[Any]) -> list[Source]:
    ids = [one for one in records if one is not None]
    return list(Source.objects.filter(division_records__in=ids).distinct().order_by("id"))


def _evidence(
    decision: Decision,
    day: date,
    before: Iterable[Standing],
    after: Iterable[Standing],
    descents: Iterable[Descent],
    plan: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    sources: Sequence[Source],
    *,
    enacted: bool,
) -> Evidence:
    return Evidence(
        day=day,
        before=tuple(before),
        after=tuple(after),
        descents=tuple(descents),
        plan=plan,
        findings=findings,
        enacted=enacted,
        known_at=decision.enacted_at if enacted and not plan.get("imported") else None,
        sources=tuple(dict.fromkeys(one.title for one in sources)),
        demo=any(one.is_demo for one in sources),
    )
