"""两日对比: what appeared, vanished, moved or was renamed between two days, as a table and on two maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.contrib.gis.db.models import Extent
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from boundaries import facts, policies, tiles
from boundaries.changes.comparison import Change, Kind, State
from boundaries.map_levels import LEVELS
from boundaries.models import Begins, DivisionRecord, DivisionType, Level, SourceKind
from boundaries.two_days import Relative, Row, TwoDays, find_root, two_days
from boundaries.views.map_page import TILES, level_table
from boundaries.views.parameters import day_of, person, root_of
from gis.accounts.access import ensure
from gis.accounts.areas import areas_reached
from gis.accounts.models import Duty
from gis.services import spreadsheets

KINDS = {
    Kind.APPEARED: pgettext_lazy("两日对比", "新设"),
    Kind.VANISHED: pgettext_lazy("两日对比", "撤销"),
    Kind.RETYPED: pgettext_lazy("两日对比", "改变类型"),
    Kind.RENAMED: pgettext_lazy("两日对比", "更名"),
    Kind.MOVED: pgettext_lazy("两日对比", "改变隶属"),
    Kind.GROUND: pgettext_lazy("两日对比", "区域变更"),
    Kind.FOLLOWED: pgettext_lazy("两日对比", "随上级改变隶属"),
    Kind.RECODED: pgettext_lazy("两日对比", "代码变更"),
    Kind.UNRECORDED: pgettext_lazy("两日对比", "仅一日有资料"),
}
MEANINGS = {
    Kind.APPEARED: gettext_lazy("后一日有，前一日没有"),
    Kind.VANISHED: gettext_lazy("前一日有，后一日没有"),
    Kind.RETYPED: gettext_lazy("如撤乡设镇、撤县设区，原区域整体成为新区划"),
    Kind.RENAMED: gettext_lazy("名称不同"),
    Kind.MOVED: gettext_lazy("改属另一上级"),
    Kind.GROUND: gettext_lazy("有区域划入或划出，或范围不同"),
    Kind.FOLLOWED: gettext_lazy("上级整体成为另一区划，下级随之"),
    Kind.RECODED: gettext_lazy("区划代码不同"),
    Kind.UNRECORDED: gettext_lazy("资料从中间某日起才有，之前有无不详，不作为新设"),
}
# Rows of each kind while all kinds are shown; with one kind chosen there are pages.
IN_SHORT = 20
PER_PAGE = 200


@login_required
@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """?from=&to=[&under=code, name or number | &division=number][&level=][&kind=]"""
    ensure(policies.may_view_register(request.user))
    found, kind = _compared(request), _kind(request)
    rows = [row for row in found.rows if kind is None or kind in row.change.kinds]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")) if kind else None
    root = facts.facts_of(found.root, found.end) if found.root else None
    unrecorded = sum(row.change.kind is Kind.UNRECORDED for row in found.rows)
    context = {
        "found": found,
        "kind": kind,
        "kinds": [
            {
                "kind": one,
                "words": words,
                "meaning": MEANINGS[one],
                "count": found.counts.get(one, 0),
                "query": _query(request, kind=one),
            }
            for one, words in KINDS.items()
        ],
        "groups": _groups(list(page) if page is not None else rows, kind),
        # None: every decision may be read, else those of these areas.
        "areas": areas_reached(person(request), list(Duty)),
        "page": page,
        "listed": len(found.rows),
        "changed": len(found.rows) - unrecorded,
        "unrecorded": unrecorded,
        "root": root,
        "level": found.level,
        "levels": Level.choices,
        "today": timezone.localdate(),
        "all_query": _query(request, kind=""),
        "everywhere_query": _query(request, under="", division=""),
        "query": _query(request),
        "demo": DivisionRecord.objects.on(found.end).filter(source__kind=SourceKind.DEMO).exists(),
        "config": _config(found),
    }
    return render(request, "boundaries/compare.html", context)


def _compared(request: HttpRequest) -> TwoDays:
    end = day_of(request, "to")
    start = day_of(request, "from") if request.GET.get("from") else _start(end)
    start, end = min(start, end), max(start, end)
    under = (request.GET.get("under") or "").strip()
    root = find_root(under, start, end) if under else root_of(request, end)
    level = request.GET.get("level", "")
    return two_days(start, end, root=root, level=int(level) if level in {str(value) for value in Level.values} else None)


def _start(end: date) -> date:
    """The eve of the last day on which a decision changed something, so that the page has something to show."""
    decided = DivisionRecord.objects.current().filter(begins=Begins.DECIDED, valid__startswith__lte=end)
    last = decided.aggregate(last=Max("valid__startswith"))["last"]
    return last - timedelta(days=1) if last else end - timedelta(days=365)


def _kind(request: HttpRequest) -> Kind | None:
    text = request.GET.get("kind", "")
    return Kind(text) if text in set(Kind) else None


def _query(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query[name] = value
        if not value:
            del query[name]
    return query.urlencode()


def _groups(rows: Sequence[Row], kind: Kind | None) -> list[dict[str, Any]]:
    """By the first of each unit's kinds; under one chosen kind everything that has it."""
    if kind:
        return [{"kind": kind, "words": KINDS[kind], "rows": _told(rows), "count": len(rows), "more": 0}] if rows else []
    groups = []
    for one, words in KINDS.items():
        mine = [row for row in rows if row.change.kind is one]
        short = IN_SHORT if one is not Kind.UNRECORDED else 5
        if mine:
            more = max(0, len(mine) - short)
            groups.append({"kind": one, "words": words, "rows": _told(mine[:short]), "count": len(mine), "more": more})
    return groups


def _told(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Each row in the words of the table: of what differs, both; of what does not, one."""
    return [
        {
            "row": row,
            "kinds": [(kind, KINDS[kind]) for kind in row.change.kinds],
            "names": _both(row.change, lambda state: state.name),
            "types": _both(row.change, lambda state: str(DivisionType(state.type).label)),
            "codes": _codes(row.change),
            "parents": list(dict.fromkeys(side.parent_name for side in (row.before, row.after) if side and side.parent_name)),
            "areas": _areas(row.change),
            "bounds": ",".join(f"{degrees:.6f}" for degrees in row.bounds or ()),
            "grown": None if row.area_grown_m2 is None else round(row.area_grown_m2 / 1e6, 2) or None,
        }
        for row in rows
    ]


def _both(change: Change, told: Any) -> list[str]:
    return list(dict.fromkeys(told(state) for state in (change.before, change.after) if state))


def _codes(change: Change) -> list[tuple[str, list[str]]]:
    """Legal codes, and statistical ones where there is no legal one."""
    for authority in ("mca", "nbs"):
        found = [code for state in (change.before, change.after) if state and (code := (state.codes or {}).get(authority))]
        if found:
            return [(authority, list(dict.fromkeys(found)))]
    return []


def _areas(change: Change) -> list[float]:
    """Square kilometres, both where the ground changed."""
    found = [state.area_m2 / 1e6 for state in (change.before, change.after) if state and state.area_m2 is not None]
    return found if Kind.GROUND in change.kinds else found[-1:]


# --- for the map's program -----------------------------------------------------------------------------------------------


def _config(found: TwoDays) -> dict[str, Any]:
    level = LEVELS[Level(found.level)].layer if found.level else ""
    return {
        "state": {"on": found.end.isoformat()},
        "today": timezone.localdate().isoformat(),
        "levels": level_table(),
        "level": level,
        "days": [_day(found.start), _day(found.end)],
        "marks": [_marks(found, later=False), _marks(found, later=True)],
        "bounds": _bounds(found),
        "urls": {"tiles": TILES, "at": reverse("division-at")},
        "words": {
            **{kind.value: str(words) for kind, words in KINDS.items()},
            "inside": _("其中有区划变更"),
            "notDrawn": _("无范围资料"),
            "handle": _("左右移动，对比两日"),
            "swipe": _("卷帘"),
            "side": _("并排"),
            "modes": _("对比方式"),
            "zoomIn": _("放大"),
            "zoomOut": _("缩小"),
            "unchanged": _("{name}：两日之间没有变化，或不在下面列出的部分。"),
            "nothingHere": _("这里没有收录的区划。"),
            "failed": _("服务器没有回应，请稍后再试。"),
            "loggedOut": _("登录已过期，请重新登录。"),
        },
    }


def _day(day: date) -> dict[str, Any]:
    edition = tiles.edition_of(day)
    drawn = DivisionRecord.objects.on(day).filter(geometry__isnull=False).exists()
    return {"on": day.isoformat(), "edition": str(edition), "period": edition.period, "drawn": drawn}


def _marks(found: TwoDays, *, later: bool) -> dict[int, str]:
    """Division → kind on the map of that day. What a change lies in is marked as well, for zooms and units without an extent."""
    mine = []
    for row in found.rows:
        state = row.change.after if later else row.change.before
        if state is not None and row.change.kind is not Kind.UNRECORDED:
            mine.append((state.division, row.change.kind.value))
    chains = facts.chains([division for division, _kind in mine], found.end if later else found.start)
    above = {step.id for chain in chains.values() for step in chain if step.level > Level.PROVINCE}
    return {**dict.fromkeys(above, "inside"), **dict(mine)}


def _bounds(found: TwoDays) -> list[float] | None:
    """What the maps show first: the unit compared, else what changed, else everything."""
    if found.root:
        own = DivisionRecord.objects.current().filter(division=found.root).aggregate(extent=Extent("geometry"))["extent"]
        if own:
            return list(own)
    boxes = [row.bounds for row in found.rows if row.bounds and row.change.kind is not Kind.UNRECORDED]
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        return [min(west), min(south), max(east), max(north)]
    extent = DivisionRecord.objects.on(found.end).filter(level__lte=Level.COUNTY).aggregate(extent=Extent("geometry"))["extent"]
    return list(extent) if extent else None


# --- taking the table away ------------------------------------------------------------------------------------------------


@login_required
@require_safe
def compare_export(request: HttpRequest, form: str) -> HttpResponse:
    """The table as it is filtered: csv or xlsx."""
    ensure(policies.may_view_register(request.user))
    if form not in ("csv", "xlsx"):
        raise Http404
    found, kind = _compared(request), _kind(request)
    rows = _lines([row for row in found.rows if kind is None or kind in row.change.kinds])
    name = f"{_('两日对比')}-{found.start}-{found.end}.{form}"
    if form == "csv":
        response = HttpResponse(spreadsheets.as_csv(_headings(found), rows), content_type=spreadsheets.CSV)
    else:
        response = HttpResponse(spreadsheets.as_xlsx(_("两日对比"), _headings(found), rows), content_type=spreadsheets.XLSX)
    plain = f"compare-{found.start}-{found.end}.{form}"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return response


def _headings(found: TwoDays) -> list[str]:
    days = (found.start.isoformat(), found.end.isoformat())
    told = [_("名称"), _("层级"), _("建制类型"), _("民政法定代码"), _("统计用区划代码"), _("上级"), _("面积（平方公里）")]
    return [
        pgettext("两日对比", "变化"),
        *(f"{heading} {day}" for heading in told for day in days),
        _("面积增减（平方公里）"), pgettext("两日对比", "来自"), pgettext("两日对比", "去向"),
        _("文号"), _("标题"), _("批准机关"), _("生效日期"), _("说明"),
    ]  # fmt: skip


def _lines(rows: Sequence[Row]) -> Iterator[list[spreadsheets.Cell]]:
    for row in rows:
        states, sides = (row.change.before, row.change.after), (row.before, row.after)
        cells: list[spreadsheets.Cell] = ["、".join(str(KINDS[kind]) for kind in row.change.kinds)]
        for told in _COLUMNS:
            cells += [told(state) if state else "" for state in states]
        cells[11:11] = [side.parent_name if side else "" for side in sides]
        grown = row.area_grown_m2
        yield [
            *cells,
            None if grown is None else round(grown / 1e6, 4),
            "、".join(map(_relative, row.formers)),
            "、".join(map(_relative, row.latters)),
            "；".join(paper.number for paper in row.documents if paper.number),
            "；".join(paper.title for paper in row.documents),
            "；".join(dict.fromkeys(paper.approver for paper in row.documents if paper.approver)),
            "；".join(paper.on.isoformat() for paper in row.documents),
            str(_("演示数据")) if row.demo else str(_("内部使用")),
        ]


def _area(state: State) -> float | None:
    return None if state.area_m2 is None else round(state.area_m2 / 1e6, 4)


def _code_of(authority: str) -> Any:
    def told(state: State) -> str:
        codes: Mapping[str, str] = state.codes or {}
        return codes.get(authority, "")

    return told


_COLUMNS = (
    lambda state: state.name,
    lambda state: str(Level(state.level).label),
    lambda state: str(DivisionType(state.type).label),
    _code_of("mca"),
    _code_of("nbs"),
    _area,
)


def _relative(relative: Relative) -> str:
    return relative.name if relative.share is None else f"{relative.name} {relative.share:.1%}"
