"""期限: what is due in the person's areas, as a page, a table and a calendar."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from boundaries import due, policies
from boundaries.documents.due_files import ICS, due_calendar, due_sheet
from boundaries.due import Placed, State, Unit
from boundaries.rules.deadlines import Clock
from boundaries.services.holidays import office_clock
from boundaries.wording import DUE_CHIPS, DUE_STATES
from gis.accounts.access import ensure
from gis.errors import InvalidInputError, NotFoundError
from gis.services import spreadsheets

PER_PAGE = 50


@login_required
@require_safe
def due_page(request: HttpRequest) -> HttpResponse:
    """?area=NUMBER &kind= &state= &mine=1 : what is open, by last day, beside what is open in each county."""
    ensure(policies.may_view_register(request.user))
    clock = office_clock()
    everything = _listed(request, clock)
    chosen = _filtered(request, everything)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    of_area = _filtered(request, everything, but=("area",))
    context = {
        "page": page,
        "rows": [_row(one, clock) for one in page],
        "counts": due.counted(of_area),
        "total": len(chosen),
        "any": bool(everything) or _mine(request),
        "mine": _mine(request),
        "states": [(state.value, DUE_STATES[state], DUE_CHIPS[state], _count(request, everything, state)) for state in State],
        "all_states": len(_filtered(request, everything, but=("state",))),
        "kinds": [(kind.key, kind.title) for kind in due.kinds()],
        "areas": _areas(everything),
        "area": request.GET.get("area", ""),
        "kind": request.GET.get("kind", ""),
        "state": request.GET.get("state", ""),
        "today": clock.today,
        "warn_days": clock.warn_days,
        "shift": clock.shift,
        "unknown_year": _unknown_year(chosen, clock),
    }
    return render(request, "boundaries/due.html", context)


@login_required
@require_safe
def due_export(request: HttpRequest, form: str) -> HttpResponse:
    """The same list as .xlsx, or as .ics with what has a last day."""
    ensure(policies.may_view_register(request.user))
    clock = office_clock()
    chosen = _filtered(request, _listed(request, clock))
    if form == "xlsx":
        response = HttpResponse(due_sheet(chosen, clock.today), content_type=spreadsheets.XLSX)
    elif form == "ics":
        content = due_calendar(chosen, timezone.now(), request.build_absolute_uri, request.get_host())
        response = HttpResponse(content, content_type=ICS)
    else:
        raise NotFoundError("unknown_form", _("只能导出 XLSX 或 ICS。"))
    response["Content-Disposition"] = f'attachment; filename="due-{clock.today.isoformat()}.{form}"'
    return response


def _listed(request: HttpRequest, clock: Clock) -> list[Placed]:
    """All in the person's areas, or of it what waits for the person: what home and menu count."""
    everything = due.within_reach(request.user, clock=clock)
    return due.waiting_for(request.user, everything) if _mine(request) else everything


def _mine(request: HttpRequest) -> bool:
    return bool(request.GET.get("mine", "").strip())


def _filtered(request: HttpRequest, placed: list[Placed], but: tuple[str, ...] = ()) -> list[Placed]:
    area, kind, state = ("" if name in but else request.GET.get(name, "").strip() for name in ("area", "kind", "state"))
    if kind and kind not in {one.key for one in due.kinds()}:
        raise InvalidInputError("bad_kind", _("没有“%(text)s”这一类。") % {"text": kind[:40]})
    if state and state not in set(State):
        raise InvalidInputError("bad_state", _("没有“%(text)s”这一类。") % {"text": state[:40]})
    if area and (not area.isascii() or not area.isdigit() or len(area) > 18):
        raise InvalidInputError("bad_division", _("“%(text)s”不是区划编号。") % {"text": area[:40]})
    return [
        one
        for one in placed
        if (not kind or one.item.kind == kind)
        and (not state or one.item.state == state)
        and (not area or any(unit.id == int(area) for unit in one.line))
    ]


def _count(request: HttpRequest, placed: list[Placed], state: State) -> int:
    return sum(1 for one in _filtered(request, placed, but=("state",)) if one.item.state is state)


def _areas(placed: list[Placed]) -> list[Unit]:
    """Every unit that something is open in or under, the higher levels first."""
    found = {unit.id: unit for one in placed for unit in one.line}
    return sorted(found.values(), key=lambda unit: (unit.level, unit.id))


def _unknown_year(placed: list[Placed], clock: Clock) -> int | None:
    """The first year whose days off are not known and decide about the end of a period."""
    years = [clock.work.missing_year(one.item.on) for one in placed if one.item.on is not None]
    return min((year for year in years if year is not None), default=None)


def _row(one: Placed, clock: Clock) -> dict[str, Any]:
    item = one.item
    words = str(DUE_STATES[item.state])
    if item.on is not None:
        days = (item.on - clock.today).days
        if days < 0:
            words = ngettext("已逾期 %(days)d 日", "已逾期 %(days)d 日", -days) % {"days": -days}
        else:
            words = ngettext("还有 %(days)d 日", "还有 %(days)d 日", days) % {"days": days} if days else _("今天到期")
    return {"item": item, "place": one.place, "chip": DUE_CHIPS[item.state], "words": words}
