"""A division's life: what was recorded of it, day by day and document by document. Reads only; eight queries at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import CharField, Func, Prefetch, Q
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import (
    Authority,
    Begins,
    Decision,
    DecisionAct,
    DecisionFile,
    DecisionState,
    DivisionCode,
    DivisionRecord,
    Lineage,
    LineageKind,
    Source,
)
from boundaries.rules.acts import ActKind
from gis.files.models import StoredFile

if TYPE_CHECKING:
    from gis.accounts.duties import Person


# Stands for an extent without fetching its vertices.
_GROUND = Func("geometry", template="md5(%(expressions)s::bytea)", output_field=CharField())


@dataclass(frozen=True)
class Paper:
    """What an entry rests on. `decision` and `files` where the reader may see the decision, None and none else."""

    title: str
    number: str
    issuer: str
    dated: date | None
    decision: int | None
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True)
class Other:
    """A division named in a line, as it was called on `day`; `share` of the older one's ground, None where not known."""

    division: int
    name: str
    day: date
    share: float | None = None


@dataclass(frozen=True)
class Line:
    """`others` stand side by side; where the unit moved, the first is where it was and the second where it is."""

    text: str
    others: tuple[Other, ...] = ()
    is_move: bool = False


@dataclass
class Entry:
    """What happened on a day by one document. `on` None: before everything known. `until` where the state ended."""

    on: date | None
    paper: Paper
    lines: list[Line] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    begins: str = ""
    until: date | None = None


class _Names:
    """What divisions were called on a day, fetched at once."""

    def __init__(self, divisions: Collection[int]) -> None:
        rows = DivisionRecord.objects.current().filter(division__in=divisions).order_by("valid")
        self._states: defaultdict[int, list[tuple[date | None, str]]] = defaultdict(list)
        for division, valid, name in rows.values_list("division_id", "valid", "name"):
            self._states[division].append((valid.lower, name))

    def on(self, division: int, day: date) -> str:
        states = self._states.get(division, [])
        held = [name for since, name in states if since is None or since <= day]
        return held[-1] if held else states[0][1] if states else ""


def life_of(division: int, reader: Person) -> list[Entry]:
    """The newest first."""
    recorded = DivisionRecord.objects.current().filter(division=division).defer("geometry")
    records = list(recorded.annotate(ground=_GROUND).order_by("valid"))
    codes = list(DivisionCode.objects.current().filter(division=division).order_by("authority", "valid"))
    edges = list(
        Lineage.objects.filter(Q(predecessor=division) | Q(successor=division), recorded__upper_inf=True).order_by("on", "id")
    )
    ended = records[-1].valid.upper if records else None
    abolished = _abolition(division, ended) if ended else None
    sources = {record.source_id for record in records} | {code.source_id for code in codes} | {edge.source_id for edge in edges}
    sources |= {abolished} if abolished else set()
    papers = _papers(sources, reader)
    parents = {record.parent_id for record in records if record.parent_id}
    names = _Names(parents | {edge.predecessor_id for edge in edges} | {edge.successor_id for edge in edges})

    entries: dict[tuple[date | None, int], Entry] = {}

    def entry(on: date | None, source: int) -> Entry:
        return entries.setdefault((on, source), Entry(on, papers[source]))

    for edge_lines in (_comings(edges, division, names), _goings(edges, division, names)):
        for on, source, line in edge_lines:
            entry(on, source).lines.append(line)
    former: DivisionRecord | None = None
    for record in records:
        one = entry(record.valid.lower, record.source_id)
        one.lines += _of_record(record, former, names)
        one.details += _details(record)
        one.begins, one.until = str(Begins(record.begins).label), record.valid.upper
        former = record
    held: dict[str, str] = {}
    for code in codes:
        entry(code.valid.lower, code.source_id).lines.append(_of_code(code, held.get(code.authority)))
        held[code.authority] = code.code
    if ended and not any(edge.on == ended and edge.predecessor_id == division for edge in edges):
        source = abolished or records[-1].source_id
        last = entries.setdefault((ended, source), Entry(ended, papers[source]))
        last.lines.insert(0, Line(_("撤销") if abolished else _("此日起不再列入")))
    return sorted(entries.values(), key=lambda one: one.on or date.min, reverse=True)


# --- lines ----------------------------------------------------------------------------------------------------------------


def _of_record(record: DivisionRecord, former: DivisionRecord | None, names: _Names) -> Iterator[Line]:
    day = record.valid.lower or date.min
    if former is None:
        yield Line(_("%(name)s（最早记录）") % {"name": record.name})
        if record.parent_id:
            yield Line(_("隶属："), (Other(record.parent_id, names.on(record.parent_id, day), day),))
        return
    if former.name != record.name:
        yield Line(_("由%(old)s更名为%(new)s") % {"old": former.name, "new": record.name})
    if former.type != record.type:
        yield Line(_("由%(old)s改为%(new)s") % {"old": former.get_type_display(), "new": record.get_type_display()})
    if former.parent_id != record.parent_id and record.parent_id:
        new = Other(record.parent_id, names.on(record.parent_id, day), day)
        eve = day - timedelta(days=1)
        old = Other(former.parent_id, names.on(former.parent_id, eve), eve) if former.parent_id else None
        yield Line(_("改变隶属："), (old, new) if old else (new,), is_move=True)
    was, is_ = former.ground, record.ground  # type: ignore[attr-defined]  # annotated
    if is_ and was != is_:
        yield Line(_("范围变更") if was else _("收录范围"))
    if former.seat != record.seat:
        yield Line(_("收录驻地") if former.seat is None else _("驻地变更"))


def _details(record: DivisionRecord) -> Iterator[str]:
    yield f"{record.get_level_display()} · {record.get_type_display()}"
    if record.area_m2 is not None:
        words = {"area": f"{record.area_m2 / 1e6:,.2f}", "grade": record.get_grade_display()}
        yield _("面积 %(area)s 平方公里（%(grade)s）") % words


def _of_code(code: DivisionCode, former: str | None) -> Line:
    words = {"authority": str(Authority(code.authority).label), "old": former, "code": code.code}
    return Line((_("%(authority)s由 %(old)s 改为 %(code)s") if former else _("%(authority)s %(code)s")) % words)


def _comings(edges: Iterable[Lineage], division: int, names: _Names) -> Iterator[tuple[date, int, Line]]:
    """What it came from, one line for each kind and document."""
    several: defaultdict[tuple[date, int, str], list[Other]] = defaultdict(list)
    for edge in edges:
        if edge.successor_id == division:
            eve = edge.on - timedelta(days=1)
            other = Other(edge.predecessor_id, names.on(edge.predecessor_id, eve), eve, edge.area_share)
            several[edge.on, edge.source_id, edge.kind].append(other)
    for (on, source, kind), others in several.items():
        yield on, source, Line(_("%(kind)s：来自") % {"kind": LineageKind(kind).label}, tuple(others))


def _goings(edges: Iterable[Lineage], division: int, names: _Names) -> Iterator[tuple[date, int, Line]]:
    several: defaultdict[tuple[date, int, str], list[Other]] = defaultdict(list)
    for edge in edges:
        if edge.predecessor_id == division:
            other = Other(edge.successor_id, names.on(edge.successor_id, edge.on), edge.on, edge.area_share)
            several[edge.on, edge.source_id, edge.kind].append(other)
    for (on, source, kind), others in several.items():
        yield on, source, Line(_("%(kind)s：划入") % {"kind": LineageKind(kind).label}, tuple(others))


# --- documents ------------------------------------------------------------------------------------------------------------


def _abolition(division: int, day: date) -> int | None:
    """The source of the decision that abolished the division with effect from `day`."""
    acts = DecisionAct.objects.filter(
        kind=ActKind.ABOLISH, data__unit=division, decision__state=DecisionState.ENACTED, decision__effective_on=day
    )
    return acts.values_list("decision__source", flat=True).first()


def _papers(sources: Collection[int], reader: Person) -> dict[int, Paper]:
    filed = DecisionFile.objects.filter(removed_at=None).select_related("file")
    decisions = {
        decision.source_id: decision
        for decision in Decision.objects.filter(source__in=sources).defer("plan").prefetch_related(Prefetch("files", filed))
    }
    found = {}
    asked: dict[int, bool] = {}  # by area: a life has many decisions and few areas
    for source in Source.objects.filter(pk__in=sources):
        decision = decisions.get(source.pk)
        if decision is None:
            found[source.pk] = Paper(source.title, source.document_number, source.issuer, source.dated, None)
            continue
        if decision.area_id not in asked:
            asked[decision.area_id] = policies.may_view_decision(reader, decision)
        seen = asked[decision.area_id]
        files = tuple(one.file for one in decision.files.all()) if seen else ()
        of = decision.title, decision.document_number, decision.approver, decision.approved_on
        found[source.pk] = Paper(*of, decision.pk if seen else None, files)
    return found
