"""The shapes of a batch: what is wrong between them on a map, in a table and on paper; the repair that is offered."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis.coverage import Kind
from gis.coverage.checking import TOLERANCE_M
from gis.coverage.repair import FARTHEST_M, MENDABLE
from gis.errors import ConflictError
from importers.models import BatchState, FindingKind, StagedBatch, StagedFinding, StagedRepair
from importers.services import staging_repair, topology_report
from importers.topology_sheet import SORTS
from importers.views.preview import seen

PER_PAGE: Final = 25
SORTINGS: Final = {"area": "number", "width": "-width_m"}


def topology_shown(request: HttpRequest, batch: StagedBatch) -> dict[str, Any]:
    """For the page: ``?kind=`` one kind, ``?sort=width``, ``?places=`` the page of the table. {} where no shapes were compared."""
    told = (batch.verdict or {}).get("topology") or {}
    if not told.get("looked"):
        return {}
    kind, sort = request.GET.get("kind", ""), request.GET.get("sort", "")
    rows = StagedFinding.objects.filter(batch=batch).defer("wkb")
    rows = rows.filter(kind=kind) if kind in FindingKind.values else rows
    page = Paginator(rows.order_by(SORTINGS.get(sort, "number"), "number"), PER_PAGE).get_page(request.GET.get("places"))
    repair = staging_repair.current(batch)
    counts = [
        (value, SORTS[Kind(value)].sign, FindingKind(value).label, told["kinds"].get(value, 0)) for value in FindingKind.values
    ]
    return {
        "topology": told,
        "places_page": page,
        "places": [_place(one) for one in page],
        "place_counts": counts,
        "place_kind": kind if kind in FindingKind.values else "",
        "place_sort": sort if sort in SORTINGS else "area",
        "repair": None if repair is None else topology_report.outcome_of(repair),
        "offer": _offer(batch, told, repair),
    }


def _place(one: StagedFinding) -> dict[str, Any]:
    return {
        "place": one,
        "sign": SORTS[Kind(one.kind)].sign,
        "units": one.units[:2],
        "others": max(0, len(one.units) - 2),
        "area": _area(one.area_m2),
    }


def _area(square_metres: float) -> str:
    if square_metres >= 100_000:
        return _("%(area)s 平方千米") % {"area": f"{square_metres / 1e6:,.2f}"}
    return _("%(area)s 平方米") % {"area": f"{square_metres:,.0f}"}


def _offer(batch: StagedBatch, told: dict[str, Any], last: StagedRepair | None) -> dict[str, Any] | None:
    """What can be asked for, as it was asked the last time; None where nothing can."""
    kinds = [kind for kind in MENDABLE if told["kinds"].get(kind.value)]
    if batch.state != BatchState.CHECKED or not kinds:
        return None
    chosen = [Kind.SLIVER.value] if last is None else last.kinds
    return {
        "kinds": [(kind.value, FindingKind(kind.value).label, told["kinds"][kind.value], kind.value in chosen) for kind in kinds],
        "distance": staging_repair.DEFAULT_DISTANCE_M if last is None else last.distance_m,
        "least": TOLERANCE_M,
        "most": FARTHEST_M,
    }


@login_required
@require_safe
def import_topology(request: HttpRequest, pk: int) -> JsonResponse:
    """``?kind=`` one kind only."""
    return JsonResponse(topology_report.places(seen(request, pk), request.GET.get("kind", "")))


@login_required
@require_safe
def import_topology_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """``?form=pdf`` or ``png``."""
    batch = seen(request, pk)
    if not (batch.verdict or {}).get("topology", {}).get("looked"):
        raise ConflictError("batch_state", _("还没有检查，没有拓扑检查图。"))
    form = request.GET.get("form", "pdf")
    content, content_type = topology_report.picture(batch, form)
    name = f"{batch.file.name.rsplit('.', 1)[0]}-{_('拓扑检查图')}.{form}"
    disposition = content_disposition_header(True, name) or ""
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
