"""What a plan of changes does to boundary lines: which lines run along a unit it touches, and which of them it moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries.boundary_lines import as_shapely
from boundaries.changes import Plan
from boundaries.impacts import Impact
from boundaries.line_edges import distance_to_edge
from boundaries.models import BoundaryLineRecord, DivisionRecord, LineSegment

_SHOWN = 20


def boundary_lines(plan: Plan) -> Iterator[Impact]:
    """Lines of the units touched: no longer their edge, with a side that ends, or named by a segment only."""
    rows = _beside(plan)
    moved = [row for row in rows if _is_moved(row, plan)]
    if moved:
        needs = _("变更批准后须重新测绘、设桩、签订协议书并备案（BND-LIN-01）。")
        yield Impact("boundary_lines", _("随之变动的界线"), len(moved), _items(moved), needs, uncosted=len(moved))
    ended = {one.unit for one in plan.closed if one.ends}
    orphaned = [row for row in rows if row not in moved and {row.side_a_id, row.side_b_id} & ended]
    if orphaned:
        needs = _("界线两侧须改记为新的区划。")
        yield Impact("boundary_line_sides", _("一侧区划将撤销的界线"), len(orphaned), _items(orphaned), needs)
    segments = LineSegment.objects.filter(record__recorded__upper_inf=True, record__valid__contains=plan.day)
    named = segments.filter(Q(side_a__in=ended) | Q(side_b__in=ended)).exclude(record__in=[row.pk for row in rows])
    lines = list(BoundaryLineRecord.objects.filter(pk__in=named.values("record")).select_related("line").order_by("line__code"))
    if lines:
        needs = _("界段须改记为新的区划。")
        yield Impact("boundary_line_segments", _("界段所记乡镇将撤销的界线"), len(lines), _items(lines), needs)


def moved_lines(plan: Plan) -> list[int]:
    """Ids of the lines a plan moves; asked before the plan is saved, while the old outlines are in force."""
    return [row.line_id for row in _beside(plan) if _is_moved(row, plan)]


def _beside(plan: Plan) -> list[BoundaryLineRecord]:
    touched = plan.touched
    return list(
        BoundaryLineRecord.objects.on(plan.day)
        .filter(Q(side_a__in=touched) | Q(side_b__in=touched))
        .select_related("line")
        .order_by("line__code")
    )


def _is_moved(row: BoundaryLineRecord, plan: Plan) -> bool:
    """Whether the plan's new outline of a side leaves the line farther than the tolerance.

    Only where the line followed the old outline; without outlines nothing is known to move.
    """
    line = as_shapely(row.geometry)
    if line is None:
        return False
    for side in (row.side_a_id, row.side_b_id):
        after = next((one.state.geometry for one in plan.opened if one.unit == side and one.state.geometry is not None), None)
        before = DivisionRecord.objects.on(plan.day).filter(division=side).first()
        if after is None or before is None or before.geometry is None:
            continue
        old, new = as_shapely(before.geometry), after
        if shapely.equals_exact(shapely.normalize(old), shapely.normalize(new), 1e-9):
            continue
        if _apart(line, old) <= settings.LINE_TOLERANCE_M < _apart(line, new):
            return True
    return False


def _apart(line: Any, outline: Any) -> float:
    found = distance_to_edge(line, outline)
    return float("inf") if found is None else found.greatest_m


def _items(rows: list[BoundaryLineRecord]) -> tuple[dict[str, str], ...]:
    return tuple(
        {"label": f"{row.name}（{row.line.code}）", "url": reverse("boundary-line", args=[row.line_id])} for row in rows[:_SHOWN]
    )
