"""Taking things away: dossiers and maps of changes, the yearly table of changes, the half-year lists of township codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from boundaries import policies, wording
from boundaries.models import Application, Decision
from boundaries.services import code_lists, dossiers
from boundaries.services import yearly_changes as yearly
from boundaries.services.change_maps import TITLES, Publication, Side, publication
from boundaries.views.parameters import parse, person
from gis.accounts.access import ensure
from gis.errors import DomainError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.services import spreadsheets
from gis.views.forms import attempt

MAP_TYPES = {"pdf": "application/pdf", "png": "image/png"}
SHOWN_ROWS = 300


@login_required
@require_GET
def decision_dossier(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """?use=internal|public &approval=审图号 &paper=a4|a3. A large one is made in the queue: the answer leads to its job."""
    decision = get_object_or_404(Decision.objects.select_related("source"), pk=pk)
    ensure(policies.may_view_decision(request.user, decision))
    if dossiers.takes_long(decision):
        return redirect("job-detail", dossiers.start(person(request), decision, _public(request), _paper(request)).pk)
    return _download(dossiers.make_decision_dossier(person(request), decision, _public(request), _paper(request)))


@login_required
@require_GET
def application_dossier(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    application = get_object_or_404(Application, pk=pk)
    ensure(policies.may_view_application(request.user, application))
    if dossiers.takes_long(application):
        return redirect("job-detail", dossiers.start(person(request), application, _public(request), _paper(request)).pk)
    return _download(dossiers.make_application_dossier(person(request), application, _public(request), _paper(request)))


@login_required
@require_GET
def decision_map(request: HttpRequest, pk: int, side: str, form: str) -> HttpResponse:
    """One of the two maps; the same parameters as the dossier, and ?inline=1 to look at it in the browser."""
    if side not in set(Side) or form not in MAP_TYPES:
        raise Http404
    decision = get_object_or_404(Decision.objects.select_related("source"), pk=pk)
    ensure(policies.may_view_decision(request.user, decision))
    content = dossiers.decision_map(person(request), decision, Side(side), form, _public(request), _paper(request))
    response = HttpResponse(content, content_type=MAP_TYPES[form])
    name = f"{TITLES[Side(side)]}_{decision.title[:80]}.{form}"
    kind = "inline" if "inline" in request.GET else "attachment"
    response["Content-Disposition"] = _disposition(kind, f"map-{side}.{form}", name)
    response["Cache-Control"] = "private, no-cache"
    return response


def _public(request: HttpRequest) -> Publication:
    return publication(request.GET.get("use", ""), request.GET.get("approval", ""))


def _paper(request: HttpRequest) -> str:
    return request.GET.get("paper", "").strip().lower() or "a4"


def _download(stored: StoredFile) -> FileResponse:
    response = FileResponse(files.open_file(stored), as_attachment=True, filename=stored.name, content_type="application/zip")
    response["Content-Length"] = str(stored.size)
    response["Cache-Control"] = "private, no-cache"
    return response


def _disposition(kind: str, plain: str, name: str) -> str:
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


# --- the yearly table -----------------------------------------------------------------------------------------------------


@login_required
@require_GET
def yearly_changes_page(request: HttpRequest) -> HttpResponse:
    """?year= &under=CODE: the rows of a year, to be looked at before they are taken away."""
    ensure(policies.may_view_register(request.user))
    known = yearly.years()
    text, under = request.GET.get("year", "").strip(), request.GET.get("under", "").strip()
    year = (
        int(text) if text.isascii() and text.isdigit() and len(text) == 4 else known[0][0] if known else timezone.localdate().year
    )
    found, refused = None, None
    try:
        found = yearly.changes_of(year, under)
    except DomainError as error:
        refused = error
    context = {
        "years": known,
        "year": year,
        "under": under,
        "found": found,
        "rows": found.changes[:SHOWN_ROWS] if found else [],
        "shown": SHOWN_ROWS,
        "refused": refused,
    }
    return render(request, "boundaries/yearly_changes.html", context, status=refused.status if refused else 200)


@login_required
@require_GET
def yearly_changes(request: HttpRequest, year: int) -> HttpResponse:
    ensure(policies.may_view_register(request.user))
    found = yearly.changes_of(year, request.GET.get("under", "").strip())
    response = HttpResponse(found.as_xlsx(), content_type=spreadsheets.XLSX)
    response["Content-Disposition"] = _disposition("attachment", f"changes-{year}.xlsx", found.file_name)
    return response


# --- half-year lists of codes ---------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def township_code_lists(request: HttpRequest) -> HttpResponse:
    """The lists made; POST ``on`` makes one."""
    ensure(policies.may_view_register(request.user))
    today = timezone.localdate()
    refused: DomainError | None = None
    if request.method == "POST":
        with attempt() as tried:
            made = code_lists.make(person(request), parse(request.POST.get("on", "").strip()))
        if tried.refused is not None:
            refused = tried.refused
        else:
            messages.success(
                request, _("已生成截至 %(day)s 的代码表，共 %(count)d 个代码。") % {"day": made.on, "count": made.codes}
            )
            return redirect("township-code-lists")
    context: dict[str, Any] = {
        "lists": code_lists.made(),
        "findings": [(one, wording.pick(one.message_zh, one.message_en)) for one in code_lists.findings(today)],
        "ends": code_lists.half_year_ends(today),
        "may_make": policies.may_make_code_list(request.user),
        "refused": refused,
    }
    return render(request, "boundaries/township_code_lists.html", context, status=refused.status if refused else 200)
