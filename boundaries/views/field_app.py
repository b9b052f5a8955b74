"""What makes /field/ an app on a telephone."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gis.field.app import FieldApp

APP: Final = FieldApp(
    name="field",
    start="field",
    pages=r"^/field/(\d+/)?$",
    title=_("舆地外业"),
    description=_("界线联合检查的外业记录：轨迹、界桩、照片；没有网络也能用。"),
    named=("boundaries/css/field.css", "boundaries/js/field/main.js"),
    imported=tuple(
        f"boundaries/js/field/{name}.js"
        for name in ("config", "geo", "gpx", "map", "outbox", "panels", "recorder", "store", "visit")
    ),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    return APP.manifest(request)


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    return APP.worker()
