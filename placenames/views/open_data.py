"""Names for everybody to take away: the page, the files, what their columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from boundaries.services.places import find_by_code
from gis.errors import InvalidInputError, NotFoundError
from gis.services.throttle import limited
from placenames import open_data
from placenames.collections_read import members_of
from placenames.found_names import areas_under
from placenames.models import NameCollection
from placenames.open_columns import data_package
from placenames.open_data import TABLES
from placenames.public_names import PublicName, public_names_in
from placenames.views.archive_more import shown_collection

_TITLES: Final = {
    "names": gettext_lazy("地名"), "forms": gettext_lazy("历代名称与写法"), "areas": gettext_lazy("历来所属行政区划"),
}  # fmt: skip


@require_safe
def open_data_page(request: HttpRequest) -> HttpResponse:
    context = {
        "licence": settings.OPEN_DATA_LICENCE,
        "publisher": settings.PUBLISHER,
        "datasets": settings.OPEN_DATASETS,
        "tables": [(name, _TITLES[name], columns) for name, columns in TABLES.items()],
        "collections": NameCollection.objects.filter(published=True),
        "today": timezone.localdate(),
    }
    return render(request, "placenames/open_data.html", context)


@require_safe
@limited("open-data", lambda: 12)
def open_data_file(request: HttpRequest, table: str, form: str) -> HttpResponseBase:
    """/open-data/names.csv|geojson, forms.csv, areas.csv ?within=CODE or ?collection=SLUG"""
    _ensure_licence()
    today = timezone.localdate()
    found, part = _chosen(request)
    if form == "csv":
        lines, kind = open_data.as_csv(_rows(request, table, found), TABLES[table]), "text/csv; charset=utf-8"
    else:
        lines = open_data.as_geojson(_rows(request, table, found), today, settings.PUBLISHER)
        kind = "application/geo+json"
    answer = StreamingHttpResponse(lines, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{table}-{part}-{today.isoformat()}.{form}"'
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def open_data_package(request: HttpRequest) -> HttpResponse:
    """/open-data/datapackage.json: the tables and what their columns mean, for programs."""
    _ensure_licence()
    tables = [
        (name, request.build_absolute_uri(reverse("open-data-file", args=[name, "csv"])), columns)
        for name, columns in TABLES.items()
    ]
    told = data_package(request.build_absolute_uri(reverse("open-data")), tables, timezone.localdate())
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Cache-Control"] = "no-cache"
    return answer


def _ensure_licence() -> None:
    if not settings.OPEN_DATA_LICENCE:
        raise NotFoundError("no_open_data", _("本单位尚未指定开放许可，暂不提供下载。"))


def _chosen(request: HttpRequest) -> tuple[Iterable[PublicName], str]:
    """The names asked for, and what the file is called after."""
    today = timezone.localdate()
    within, slug = request.GET.get("within", "").strip()[:12], request.GET.get("collection", "").strip()[:60]
    if within and slug:
        raise InvalidInputError("bad_query", _("区划与专题只能选一个。"))
    if slug:
        return [one.name for one in members_of(shown_collection(request, slug))], slug
    areas = areas_under(find_by_code(within, today).place.id, today) if within else None
    return public_names_in(areas), within or "all"


def _rows(request: HttpRequest, table: str, found: Iterable[PublicName]) -> Iterator[open_data.Row]:
    today = timezone.localdate()
    if table == "names":
        return open_data.names(found, request.build_absolute_uri("/").rstrip("/"), today)
    of: dict[str, Callable[..., Iterator[open_data.Row]]] = {"forms": open_data.forms, "areas": open_data.areas}
    return of[table](found, today)
