"""The tree of divisions as gis.accounts needs it: names, codes, what lies above and below. Registered when the app is ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Min
from django.utils import timezone

from boundaries.models import DivisionCode, DivisionRecord
from boundaries.querysets import lines_of, reach_ids
from gis.accounts.areas import Area


class DivisionAreas:
    """Implements `gis.accounts.areas.AreaSource`."""

    def search(self, text: str, limit: int) -> Sequence[Area]:
        if not text.strip():
            return []
        today = timezone.localdate()
        found = DivisionRecord.objects.on(today).matching(text, today).order_by("level", "name")
        return self._in_order(list(found.values_list("division_id", flat=True)[:limit]))

    def find_code(self, code: str) -> Area | None:
        held = DivisionCode.objects.on(timezone.localdate()).filter(code=code).order_by("authority").first()
        return self.named([held.division_id]).get(held.division_id) if held else None

    def named(self, ids: Iterable[int]) -> Mapping[int, Area]:
        wanted = set(ids)
        records: dict[int, DivisionRecord] = {}
        frontier = wanted
        while frontier:  # one query for each level upwards
            found = _last_known(frontier)
            records |= found
            frontier = {record.parent_id for record in found.values() if record.parent_id} - records.keys()
        return {
            area: Area(
                id=area,
                name=records[area].name,
                code=records[area].code or "",  # type: ignore[attr-defined]  # annotated by with_code
                path=tuple(_names_above(area, records)),
            )
            for area in wanted & records.keys()
        }

    def upwards(self, area: int) -> Sequence[int]:
        line = lines_of([area], timezone.localdate()).get(area, ())
        return [area, *(unit for unit, _name, _level in line if unit != area)]

    def downwards(self, area: int) -> Sequence[int]:
        return reach_ids(area, timezone.localdate())

    def are_everything(self, areas: Iterable[int]) -> bool:
        """Having nothing above it is not enough: a township whose county is not loaded yet has nothing above it either."""
        today = DivisionRecord.objects.on(timezone.localdate())
        highest = today.aggregate(level=Min("level"))["level"]
        tops = set(today.filter(level=highest).values_list("division", flat=True))
        return bool(tops) and tops <= set(areas)

    def _in_order(self, ids: Sequence[int]) -> list[Area]:
        named = self.named(ids)
        return [named[area] for area in ids if area in named]


def _last_known(divisions: Iterable[int]) -> dict[int, DivisionRecord]:
    """The record in force today of each division, else the latest there is."""
    today = timezone.localdate()
    records = DivisionRecord.objects.current().filter(division__in=divisions).with_code(today).defer("geometry", "seat")
    chosen: dict[int, DivisionRecord] = {}
    for record in records.order_by("valid"):
        if record.division_id not in chosen or today not in chosen[record.division_id].valid:
            chosen[record.division_id] = record
    return chosen


def _names_above(area: int, records: Mapping[int, DivisionRecord]) -> list[str]:
    names: list[str] = []
    parent = records[area].parent_id
    while parent and parent in records and len(names) < 8:
        names.insert(0, records[parent].name)
        parent = records[parent].parent_id
    return names
