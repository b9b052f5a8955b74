"""What pages show of decisions: who sees which, acts in words, the plan as rows. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from boundaries.changes import ChangeError
from boundaries.changes import acts as changes
from boundaries.changes.reading import keys_named, read_decision
from boundaries.changes.words import sentences
from boundaries.models import Authority, Decision, DivisionRecord, DivisionType, Level
from gis.accounts.areas import areas_reached
from gis.accounts.models import Duty


def visible_decisions(user: Any) -> QuerySet[Decision]:
    """Decisions of the areas in which the person holds any duty, as policies.may_view_decision has it."""
    reached = areas_reached(user, list(Duty))
    return Decision.objects.all() if reached is None else Decision.objects.filter(area__in=reached)


Spans = dict[int, list[tuple[date | None, str]]]


def names_before(divisions: Iterable[int], day: date) -> dict[int, str]:
    """What divisions were called on the eve of `day`, else by the record nearest to it."""
    spans = _name_spans(divisions)
    return {division: _called(spans, division, day) for division in spans}


def _name_spans(divisions: Iterable[int]) -> Spans:
    """(first day, name) of each record of each division, in the order of legal time."""
    spans: defaultdict[int, list[tuple[date | None, str]]] = defaultdict(list)
    rows = DivisionRecord.objects.current().filter(division__in=set(divisions)).order_by("division", "valid")
    for division, valid, name in rows.values_list("division", "valid", "name"):
        spans[division].append((valid.lower, name))
    return dict(spans)


def _called(spans: Spans, division: int, day: date) -> str:
    held = spans.get(division)
    if not held:
        return f"#{division}"
    return next((name for since, name in reversed(held) if since is None or since < day), held[0][1])


def acts_in_words(decisions: Iterable[Decision]) -> dict[int, list[str]]:
    """For each decision its acts as sentences in the reader's language; acts that can no longer be read are left out.

    One query however many decisions there are, when their acts are prefetched.
    """
    english = (get_language() or "").startswith("en")
    read: dict[int, changes.Decision] = {}
    days: dict[int, date] = {}
    for decision in decisions:
        acts = [(act.kind, act.data, None if act.geometry is None else shapely.from_wkb(bytes(act.geometry.wkb)))
                for act in decision.acts.all()]  # fmt: skip
        try:
            read[decision.pk] = read_decision(decision.effective_on, acts)
        except ChangeError:
            continue
        days[decision.pk] = decision.effective_on
    spans = _name_spans(key for one in read.values() for key in keys_named(one))
    told = {}
    for pk, one in read.items():
        known = {key: _called(spans, key, days[pk]) for key in keys_named(one)}
        told[pk] = [en if english else zh for zh, en in sentences(one, known.__getitem__)]
    return told


# --- a plan as rows -----------------------------------------------------------------------------------------------------


@dataclass
class UnitRow:
    """One unit before and after; None where it was not, or is no more. `sources` and `becomes` are words on its lineage.

    `retired`: (code, whether it is a legal one); `assigned`: (code, whether it follows in sequence); `needed`: the proposal.
    """

    key: int | str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    retired: list[tuple[str, bool]] = field(default_factory=list)
    assigned: list[tuple[str, bool]] = field(default_factory=list)
    needed: str | None = None
    sources: list[str] = field(default_factory=list)
    becomes: list[str] = field(default_factory=list)

    @property
    def division(self) -> int | None:
        return self.key if isinstance(self.key, int) else None

    @property
    def what(self) -> str:
        if self.before is None:
            return _("设立")
        if self.after is None:
            return _("撤销")
        words = [_CHANGED[one] for one in self.after.get("changed", ()) if one in _CHANGED]
        return "、".join(dict.fromkeys(str(one) for one in words)) or _("代码变更")


_CHANGED: Mapping[str, Any] = {
    "name": gettext_lazy("更名"),
    "type": gettext_lazy("改变类型"),
    "parent": gettext_lazy("改属"),
    "geometry": gettext_lazy("区域变动"),
    "grade": gettext_lazy("范围等级变动"),
    "seat": gettext_lazy("驻地迁移"),
}


@dataclass(frozen=True)
class PlanShown:
    """`units` are down to the township, `villages` below; `corners` counts neighbours that only gain a corner in a common edge."""

    units: list[UnitRow]
    villages: list[UnitRow]
    corners: int
    needed: int


def plan_rows(document: Mapping[str, Any]) -> PlanShown:
    """The rows of a plan's document (boundaries.changes.document)."""
    rows: dict[int | str, UnitRow] = {}

    def row(key: int | str) -> UnitRow:
        return rows.setdefault(key, UnitRow(key))

    corners = {one["unit"] for one in document["opened"] if one["node_only"]}
    for one in document["closed"]:
        if one["unit"] not in corners:
            row(one["unit"]).before = _state(one)
    for one in document["opened"]:
        if one["unit"] not in corners:
            row(one["unit"]).after = _state(one)
    for edge in document["lineage"]:
        share = _share(edge)
        if edge["predecessor"]["unit"] in rows:
            row(edge["predecessor"]["unit"]).becomes.append(f"{edge['successor']['unit_name']}{share}")
        if edge["successor"]["unit"] in rows:
            row(edge["successor"]["unit"]).sources.append(f"{edge['predecessor']['unit_name']}{share}")
    codes = document["codes"]
    for one in codes["retired"]:
        row(one["unit"]).retired.append((one["code"], one["authority"] == Authority.MCA))
    for one in codes["assigned"]:
        row(one["unit"]).assigned.append((one["code"], one["proposed"]))
    for one in codes["needed"]:
        row(one["unit"]).needed = one.get("proposed", "")
    shown = [one for one in rows.values() if one.before or one.after]
    level = {one.key: (one.after or one.before or {}).get("level", Level.VILLAGE) for one in shown}
    return PlanShown(
        sorted((one for one in shown if level[one.key] < Level.VILLAGE), key=lambda one: (-level[one.key], one.before is None)),
        [one for one in shown if level[one.key] == Level.VILLAGE],
        len(corners),
        len(codes["needed"]),
    )


def _state(one: Mapping[str, Any]) -> dict[str, Any]:
    area = one.get("area_m2")
    kind = one["type"]
    return {
        **one,
        "type_name": str(DivisionType(kind).label) if kind in DivisionType.values else kind,
        "area_km2": None if area is None else area / 1e6,
    }


def _share(edge: Mapping[str, Any]) -> str:
    """（全部）, （面积 32.1%，人口 30.0%）, （部分）."""
    if edge["whole"]:
        return _("（全部）")
    parts = []
    if edge["area_share"] is not None:
        parts.append(_("面积 %(share).1f%%") % {"share": edge["area_share"] * 100})
    if edge["population_share"] is not None:
        parts.append(_("人口 %(share).1f%%") % {"share": edge["population_share"] * 100})
    return f"（{'，'.join(parts)}）" if parts else _("（部分）")
