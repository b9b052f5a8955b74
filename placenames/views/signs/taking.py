"""What is taken away: tables, Shapefile, waypoints, drawings, production orders, codes."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis.accounts.access import ensure
from gis.errors import ConflictError, InvalidInputError
from gis.services import spreadsheets
from placenames import policies
from placenames.plates.plate import NotDrawableError, code_label
from placenames.services.signs.lettering import drawing_of, ground_of
from placenames.signs import production, tables
from placenames.signs.checks import plates_of
from placenames.signs.names import key_of, names_for
from placenames.signs.types_in_force import type_of, types_in_force
from placenames.views.signs.register import chosen
from placenames.views.signs.shared import public_link, public_links, seen_sign, sent

TYPES: Final = {
    "xlsx": spreadsheets.XLSX,
    "shp": "application/zip",
    "gpx": "application/gpx+xml",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
}
_MOST: Final = 50_000


@login_required
@require_safe
def signs_export(request: HttpRequest, form: str) -> HttpResponse:
    """The signs of the list."""
    ensure(policies.may_view_signs(request.user))
    if form not in ("xlsx", "shp", "gpx"):
        raise Http404
    day = timezone.localdate()
    signs = list(chosen(request).prefetch_related("faces__texts")[:_MOST])
    name = _("地名标志") + f"_{day.isoformat()}"
    if form == "xlsx":
        return sent(
            spreadsheets.as_xlsx(_("地名标志"), tables.HEADINGS, tables.rows(signs, day)), TYPES[form], "signs.xlsx", f"{name}.xlsx"
        )
    if form == "shp":
        return sent(tables.as_shapefile(signs, day), TYPES[form], "signs.zip", f"{name}.zip")
    return sent(tables.as_gpx(signs, day), TYPES[form], "signs.gpx", f"{name}.gpx")


@login_required
@require_safe
def sign_drawing(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """True size. ?inline=1 looks at it in the browser. 409 with the reason where it cannot be drawn."""
    if form not in ("svg", "pdf"):
        raise Http404
    sign, day = seen_sign(request, pk), timezone.localdate()
    kind, key = type_of(sign.type), key_of(sign)
    named = names_for([key], day).get(key) if key is not None else None
    ground = ground_of(kind, named, types_in_force(), plates_of(sign)[0].ground)
    try:
        drawing = drawing_of(kind, named, sign.number, ground, public_link(request, sign))
    except NotDrawableError as error:
        why = "；".join(str(production.LACKS.get(one, one)) for one in error.missing)
        raise ConflictError("sign_not_drawable", _("还不能出图：%(why)s。") % {"why": why}, missing=list(error.missing)) from error
    content = drawing.svg() if form == "svg" else drawing.pdf(day)
    return sent(content, TYPES[form], f"sign.{form}", f"{sign.code}.{form}", inline="inline" in request.GET)


@login_required
@require_safe
def sign_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code alone, as a label to stick on."""
    sign = seen_sign(request, pk)
    label = code_label(public_link(request, sign), sign.code)
    return sent(label.svg(), TYPES["svg"], "code.svg", f"{sign.code}_qr.svg", inline="inline" in request.GET)


@login_required
@require_safe
def signs_production(request: HttpRequest, form: str) -> HttpResponse:
    """A production order of the signs of the list: .pdf with the drawings, .xlsx with the parts."""
    ensure(policies.may_view_signs(request.user))
    if form not in ("pdf", "xlsx"):
        raise Http404
    day = timezone.localdate()
    signs = list(chosen(request).prefetch_related("faces__texts")[: production.MOST + 1])
    if len(signs) > production.MOST:
        raise InvalidInputError("too_many_signs", _("一份制作单最多 %(most)d 件，请先筛选。") % {"most": production.MOST})
    parts = production.parts_of(signs, day, public_links(request))
    title = _("地名标志制作单")
    content = production.as_pdf(parts, title, day) if form == "pdf" else production.as_xlsx(parts, title)
    return sent(content, TYPES[form], f"production.{form}", f"{title}_{day.isoformat()}.{form}")
