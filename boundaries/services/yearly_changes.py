"""What changed below the county in a year, decision by decision, as the ministry's yearly list tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from boundaries.changes.register import TOWNSHIP
from boundaries.documents.yearly_table import Row, yearly_table
from boundaries.models import Decision, DecisionState, DivisionCode, DivisionRecord, Level, Lineage
from boundaries.querysets import subtree_ids
from boundaries.services.change_evidence import Evidence, Standing, days_told, evidence_of
from boundaries.services.places import find_by_code, place_of, places_on
from gis.errors import InvalidInputError

FIRST_YEAR, LAST_YEAR = 1949, 2200
_SHORT = {"township": "乡", "ethnic_township": "乡", "town": "镇", "subdistrict": "街道", "district_office": "区公所"}


@dataclass(frozen=True)
class Change:
    """A row with the decision it comes from."""

    row: Row
    decision: int
    divisions: tuple[int, ...]


@dataclass(frozen=True)
class YearlyChanges:
    year: int
    title: str
    changes: tuple[Change, ...]

    @property
    def file_name(self) -> str:
        return f"{self.title}.xlsx"

    def as_xlsx(self) -> bytes:
        return yearly_table(self.title, [one.row for one in self.changes])

    def as_dict(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "title": self.title,
            "count": len(self.changes),
            "rows": [
                {
                    "seq": number,
                    "from_code": one.row.from_code,
                    "from_name": one.row.from_name,
                    "reason": one.row.reason,
                    "to_code": one.row.to_code,
                    "to_name": one.row.to_name,
                    "approval_doc": one.row.document,
                    "decision": one.decision,
                }
                for number, one in enumerate(self.changes, 1)
            ],
        }


def years() -> list[tuple[int, int]]:
    """(year, number of enacted decisions), the latest first."""
    enacted = Decision.objects.filter(state=DecisionState.ENACTED).annotate(year=ExtractYear("effective_on"))
    return list(enacted.values_list("year").annotate(count=Count("id")).order_by("-year"))


def changes_of(year: int, under: str = "") -> YearlyChanges:
    """By the day of taking effect. `under` is the code of a unit that held it at the end of the year.

    Raises `InvalidInputError` (``bad_year``) and what an unknown code raises.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInputError("bad_year", _("年份应在 %(first)d 至 %(last)d 之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    last = date(year, 12, 31)
    reach: set[int] | None = None
    name = _province(last)
    if under:
        place = find_by_code(under, last).place
        reach = {*subtree_ids(place.id, last), *subtree_ids(place.id, date(year, 1, 1))}
        name = place_of(place.id, last).name
    changes = [change for one in _decisions(year) for change in _changes(one, year)]
    if reach is not None:
        changes = [one for one in changes if reach.intersection(one.divisions)]
    return YearlyChanges(year, f"{year}年{name}县以下行政区划变更情况", tuple(sorted(changes, key=_order)))


def _province(day: date) -> str:
    """The province's name where there is one only."""
    names = [one.name for one in places_on(day, lowest=Level.PROVINCE).values()]
    return names[0] if len(names) == 1 else ""


def _decisions(year: int) -> Iterable[Decision]:
    """Those of which something takes effect in the year; a paper that several lists tell may do so in more than one."""
    within = (date(year, 1, 1), date(year, 12, 31))
    # Asked each for itself: a list of a whole province has as many records as codes, and joined they are the product of both.
    of_source = {"source": OuterRef("source"), "valid__startswith__range": within}
    told = Exists(DivisionRecord.objects.filter(**of_source)) | Exists(DivisionCode.objects.filter(**of_source))
    enacted = Decision.objects.filter(state=DecisionState.ENACTED)
    ids = enacted.filter(Q(effective_on__year=year) | Q(plan__imported=True) & Q(told)).values("pk")
    return enacted.filter(pk__in=ids).select_related("source").prefetch_related("acts").order_by("effective_on", "id")


def _changes(decision: Decision, year: int) -> Iterator[Change]:
    document = _numbers(decision)
    pairs = (pair for day in days_told(decision) if day.year == year for pair in _pairs(evidence_of(decision, day)))
    for old, new in pairs:
        row = Row(
            old.code if old else "",
            old.name if old else "",
            _reason(old, new),
            new.code if new else "",
            new.name if new else "",
            document,
        )
        yield Change(row, decision.pk, tuple(one.key for one in (old, new) if one is not None and isinstance(one.key, int)))


def _numbers(decision: Decision) -> str:
    """The approval, and what the published list names beside it."""
    also = decision.source.details.get("also", []) if decision.source is not None else []
    return "".join([decision.document_number or decision.title, *(str(one) for one in also)])


def _pairs(evidence: Evidence) -> Iterator[tuple[Standing | None, Standing | None]]:
    """Townships before and after: what came out of what, what is new, what is gone, what has another name or code."""
    before = {one.key: one for one in evidence.before if one.level == TOWNSHIP}
    after = {one.key: one for one in evidence.after if one.level == TOWNSHIP}
    told: set[Any] = set()
    for one in evidence.descents:
        old, new = before.get(one.predecessor), after.get(one.successor)
        if old is not None and new is not None and (old.alone or new.alone):
            yield (None if not old.alone else old), (new if new.alone or old.alone else None)
            told |= {old.key, new.key}
    for key, old in before.items():
        if key in after:
            new = after[key]
            renamed, recoded = old.name != new.name, old.code != new.code and bool(new.code)
            if (renamed or recoded) and not _follows_its_county(evidence, old, new):
                yield old, new
        elif key not in told:
            yield old, None
    for key, new in after.items():
        if key not in before and key not in told:
            yield None, new


def _follows_its_county(evidence: Evidence, old: Standing, new: Standing) -> bool:
    """A new code because the county became another is no change of the township's own."""
    if old.name != new.name or old.parent == new.parent or isinstance(old.parent, str) or isinstance(new.parent, str):
        return False
    whole = Lineage.objects.filter(recorded__upper_inf=True, on=evidence.day, area_share=1)
    return whole.filter(predecessor=old.parent, successor=new.parent).exists()


def _reason(old: Standing | None, new: Standing | None) -> str:
    """In the words of the lists since 2016."""
    if old is None:
        return f"新设{_SHORT.get(new.type, '')}" if new is not None else ""
    if new is None:
        return "撤销"
    if old.key == new.key:
        return "名称变更" if old.name != new.name else "区划代码变更"
    if old.type == new.type:
        return "合并" if not new.alone else f"撤{_SHORT.get(old.type, '')}设{_SHORT.get(new.type, '')}"
    return f"撤{_SHORT.get(old.type, '')}设{_SHORT.get(new.type, '')}"


def _order(one: Change) -> tuple[Any, ...]:
    """Units that go on under another name or code first, then those that become others, then those set up, each by code."""
    row = one.row
    rank = 0 if row.reason in ("名称变更", "区划代码变更") else 2 if not row.from_code and not row.from_name else 1
    return rank, row.from_code or row.to_code, _natural(row.document), row.to_code


def _natural(text: str) -> tuple[Any, ...]:
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text))
