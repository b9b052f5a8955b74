"""The register of signs: list and map, one sign's page, entering and changing it, photos, what a patrol found."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries.querysets import lines_of
from boundaries.rules.finding import Severity
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person, root_of
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from gis.errors import DomainError, InvalidInputError
from gis.field.reading import number
from gis.views.forms import show_refusal
from placenames import policies
from placenames.forms.sign import SignForm
from placenames.models import FindingOutcome, Sign, SignFace, SignFinding, SignPhoto, SignState, WorkKind
from placenames.plates.plate import NotDrawableError
from placenames.rules.signs.work_states import NEXT
from placenames.services.signs import keeping, registering, settling
from placenames.services.signs.lettering import drawing_of, ground_of, texts_of
from placenames.signs.checks import Checked, check_among, check_one, check_signs
from placenames.signs.choosing import extents, parsed, suggestions
from placenames.signs.lists import in_division, narrowed, seen_by
from placenames.signs.names import DIVISION, key_of, names_for
from placenames.signs.patrols import with_all
from placenames.signs.production import LACKS
from placenames.signs.types_in_force import types_in_force
from placenames.views.signs.findings import rows_of
from placenames.views.signs.shared import (
    CHIPS,
    MOST_ON_MAP,
    PINS,
    archive_link,
    colour_word,
    editable_sign,
    map_of,
    seen_sign,
    sign_pins,
)

_PAGE = 50
# Half the width of the map round a place that is filled in already.
_ROUND_DEG = 0.005
# More than this are not checked while somebody waits for a list; check_signs does them all.
_MOST_CHECKED = 20_000


@login_required
@require_safe
def sign_list(request: HttpRequest) -> HttpResponse:
    """?q= &type= &state= &under=CODE &wrong=1 (those with problems) &view=map &sort="""
    ensure(policies.may_view_signs(request.user))
    day, refused = timezone.localdate(), None
    try:
        signs = chosen(request)
    except DomainError as error:
        signs, refused = Sign.objects.none(), error
    view = "map" if request.GET.get("view") == "map" else "table"
    page = Paginator(signs.prefetch_related("faces__texts").select_related("source"), _PAGE).get_page(request.GET.get("page"))
    shown = list(signs[:MOST_ON_MAP]) if view == "map" else list(page.object_list)
    names = _names(shown)
    checked = check_among(page, day) if view == "table" else {}
    types = types_in_force().types
    places = lines_of({one.area_id for one in page if one.area_id is not None}, day)
    context: dict[str, Any] = {
        "page_obj": page,
        "page": page,
        "rows": [
            {
                "sign": one,
                "name": names.get(one.pk, ""),
                "kind": pick(types[one.type].name, types[one.type].name_en) if one.type in types else one.type,
                "chip": CHIPS[one.state],
                **_judged(checked.get(one.pk)),
                "area": " ".join(name for _unit, name, level in reversed(places.get(one.area_id or 0, [])) if level >= 4),
            }
            for one in page
        ],
        "view": view,
        "given": request.GET,
        "types": [(key, pick(one.name, one.name_en or one.name)) for key, one in types.items()],
        "states": SignState.choices,
        "any": Sign.objects.exists(),
        "may_bring": policies.may_bring_signs(request.user),
        "refused": refused,
        "total": page.paginator.count,
    }
    if view == "map":
        context |= map_of("signs", sign_pins(shown, names), _("地名标志图"))
        context["legend"] = [(style, mark, SignState(state).label) for state, (style, mark) in PINS.items()]
        context["not_shown"] = max(0, page.paginator.count - MOST_ON_MAP)
    return render(request, "placenames/signs/list.html", context, status=refused.status if refused else 200)


def _judged(checked: Checked | None) -> dict[str, str]:
    """What the check says in a word, and of a problem the sentence; planned and removed signs are not checked."""
    if checked is None:
        return {"worst": "none", "told": ""}
    found = checked.worst_finding
    wrong = found is not None and found.severity in (Severity.BLOCK, Severity.WARN)
    return {"worst": checked.worst, "told": pick(found.message_zh, found.message_en) if found is not None and wrong else ""}


def chosen(request: HttpRequest) -> QuerySet[Sign]:
    """The signs of the list's address. Raises `DomainError`."""
    day = timezone.localdate()
    rows = seen_by(request.user, day)
    if (root := root_of(request, day)) is not None:
        rows = in_division(rows, root, day)
    rows = narrowed(rows, request.GET.dict(), day)
    if request.GET.get("wrong"):
        if rows.count() > _MOST_CHECKED:
            raise InvalidInputError("too_many_signs", _("超过 %(most)d 个，请先按地域筛选。") % {"most": _MOST_CHECKED})
        checked = check_signs(rows, day)
        rows = rows.filter(pk__in=[one.sign.pk for one in checked if one.worst in (Severity.BLOCK, Severity.WARN)])
    return rows


def _names(signs: list[Sign]) -> dict[int, str]:
    found = names_for([key_of(one) for one in signs], timezone.localdate(), outlines=False)
    return {one.pk: found[key].named.name for one in signs if (key := key_of(one)) in found and key is not None}


@login_required
@require_safe
def sign_page(request: HttpRequest, pk: int) -> HttpResponse:
    return show_sign(request, seen_sign(request, pk))


def show_sign(request: HttpRequest, sign: Sign, *, refused: DomainError | None = None) -> HttpResponse:
    """The page of a sign, with what was refused where something was."""
    day = timezone.localdate()
    table = types_in_force()
    sign = Sign.objects.prefetch_related(Prefetch("faces", SignFace.objects.prefetch_related("texts"))).get(pk=sign.pk)
    checked = check_one(sign, day)
    named, kind = checked.named, checked.kind
    made = texts_of(kind, named, sign.number)
    ground = ground_of(kind, named, table, checked.plate.ground)
    lacks: list[str] = []
    try:
        drawing_of(kind, named, sign.number, ground)
    except NotDrawableError as error:
        lacks = [str(LACKS.get(one, one)) for one in error.missing]
    spot = sign.position
    works = list(sign.works.select_related("decision", "case").prefetch_related("events__actor").order_by("-opened_at", "-pk"))
    context: dict[str, Any] = {
        "sign": sign,
        "named": named,
        "kind": kind,
        "kind_name": pick(kind.name, kind.name_en or kind.name),
        "chip": CHIPS[sign.state],
        "faces": [(face, colour_word(face.ground), list(face.texts.all())) for face in sign.faces.all()],
        "made": made.texts,
        "made_ground": colour_word(ground),
        "cannot": [pick(zh, en) for _code, zh, en in made.missing],
        "lacks": lacks,
        "findings": [(one, pick(one.message_zh, one.message_en)) for one in checked.findings],
        "direction": checked.direction,
        "photos": sign.photos.filter(removed_at=None).select_related("file"),
        "removed_photos": sign.photos.exclude(removed_at=None).select_related("file"),
        "works": [(one, [(to, _word_of(to)) for to in NEXT[one.state]], list(one.events.all())) for one in works],
        "kinds": WorkKind.choices,
        "patrols": rows_of(request, list(with_all(sign.findings.all())[:20])),
        "history": sign.events.select_related("actor", "source")[:50],
        "archive": archive_link(sign),
        "may_edit": policies.may_edit_signs(request.user, sign.area_id),
        "may_patrol": policies.may_patrol_signs(request.user, sign.area_id),
        "path": " ".join(name for _unit, name, level in reversed(lines_of([sign.area_id], day).get(sign.area_id, ())) if level >= 3)
        if sign.area_id is not None
        else "",
        "today": day,
        "refused": refused,
    }
    pins = sign_pins([sign], {sign.pk: named.named.name if named else ""})
    if named is not None and named.location is not None and named.is_road:
        road = {"style": "plain", "words": named.named.name}
        pins.insert(0, {"type": "Feature", "geometry": named.location.__geo_interface__, "properties": road})
    if spot is not None:
        context |= map_of("sign", pins, _("标志位置"))
    return render(request, "placenames/signs/sign.html", context, status=refused.status if refused else 200)


def _word_of(state: str) -> str:
    return {"making": _("转制作"), "installing": _("转安装"), "done": _("完成"), "cancelled": _("取消"), "open": _("重新打开")}[
        state
    ]


@login_required
@require_http_methods(["GET", "POST"])
def sign_new(request: HttpRequest) -> HttpResponse:
    """?name=&named=&lon=&lat=&type=: filled in ahead, as from a gap."""
    ensure(policies.may_bring_signs(request.user))
    ahead = {name: request.GET[name] for name in ("name", "named", "lon", "lat", "type") if name in request.GET}
    finding = _found(request)
    form = SignForm(request.POST or None, initial={"state": SignState.STANDING, **(_ahead_of(finding) if finding else ahead)})
    if request.method == "POST" and form.is_valid():
        try:
            actor, entry = person(request), form.entry()
            sign = settling.register_found(actor, finding, entry) if finding else registering.enter(actor, entry)
        except DomainError as error:
            if error.status == 403:
                raise
            show_refusal(form, error)
        else:
            messages.success(request, _("标志 %(code)s 已登记。") % {"code": sign.code})
            return redirect("sign", sign.pk)
    return _form(request, form, None)


def _found(request: HttpRequest) -> SignFinding | None:
    """?finding=ID: a sign that a patrol found on no record, to be registered."""
    pk = number(request.GET.get("finding"))
    if pk is None:
        return None
    found = get_object_or_404(SignFinding, pk=pk, outcome=FindingOutcome.UNLISTED)
    ensure(policies.may_settle_findings(request.user, found.area_id))
    return found


def _ahead_of(finding: SignFinding) -> dict[str, Any]:
    """What the patrol said, filled in ahead; the person looks at it and at the photos."""
    spot, sent = finding.position, timezone.localtime(finding.sent_at).date()
    day = timezone.localtime(finding.found_at).date() if finding.found_at else sent
    return {
        "name": finding.name if suggestions(finding.name, timezone.localdate(), exact=True) else "",
        "chinese": finding.name,
        "type": finding.type,
        "state": finding.state,
        "lon": round(spot.x, 8) if spot else None,
        "lat": round(spot.y, 8) if spot else None,
        "checked_on": min(day, sent),
        "note": finding.note,
    }


@login_required
@require_http_methods(["GET", "POST"])
def sign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    sign = editable_sign(request, pk)
    form = SignForm(request.POST or None, sign=sign)
    if request.method == "POST" and form.is_valid():
        try:
            seen = parse_datetime(request.POST.get("seen", "")) if request.POST.get("seen") else None
            registering.change(person(request), sign, form.entry(), form.cleaned_data["reason"], seen=seen)
        except (DomainError, ValueError) as error:
            refusal = error if isinstance(error, DomainError) else InvalidInputError("bad_field", _("有的栏目没有填好。"))
            if refusal.status == 403:
                raise
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已记入。原来的内容仍可在沿革中查到。"))
            return redirect("sign", sign.pk)
    return _form(request, form, sign)


def _form(request: HttpRequest, form: SignForm, sign: Sign | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "sign": sign}
    spots = sign_pins([sign], {}) if sign is not None else []
    picking = {"lon": form["lon"].auto_id, "lat": form["lat"].auto_id, "words": _("标志位置")}
    context |= map_of(
        "sign_form", [{**one, "properties": {**one["properties"], "url": ""}} for one in spots], _("点选标志位置"), picking,
        _where_to_look(request, form),
    )  # fmt: skip
    return render(request, "placenames/signs/form.html", context, status=422 if form.errors else 200)


def _where_to_look(request: HttpRequest, form: SignForm) -> tuple[float, float, float, float] | None:
    """Round the place filled in, else the name chosen, else the person's own area."""
    day = timezone.localdate()
    try:
        lon, lat = float(form["lon"].value() or ""), float(form["lat"].value() or "")
    except (TypeError, ValueError):
        pass
    else:
        if abs(lon) <= 180 and abs(lat) <= 90:
            return lon - _ROUND_DEG, lat - _ROUND_DEG, lon + _ROUND_DEG, lat + _ROUND_DEG
    held = [area for area in areas_held(request.user, [Duty.PLACE_NAME_OFFICER]) if area is not None]
    key = parsed(str(form["named"].value() or ""))
    keys = [key] if key is not None else [(DIVISION, area) for area in held]
    found = extents(keys, day) or extents([(DIVISION, area) for area in held], day)
    boxes = list(found.values())
    if not boxes:
        return None
    return min(one[0] for one in boxes), min(one[1] for one in boxes), max(one[2] for one in boxes), max(one[3] for one in boxes)


@login_required
@require_safe
def sign_names(request: HttpRequest) -> JsonResponse:
    """?q=: names a sign may stand for."""
    ensure(policies.may_view_signs(request.user))
    found = suggestions(request.GET.get("q", "")[:60], timezone.localdate())
    return JsonResponse({"names": [one.as_dict() for one in found]}, json_dumps_params={"ensure_ascii": False})


@login_required
@require_POST
def sign_found(request: HttpRequest, pk: int) -> HttpResponse:
    """What a patrol found: state, day, note, and a photo if there is one."""
    sign = seen_sign(request, pk)
    given = Posted(request.POST)
    try:
        if photo := request.FILES.get("photo"):
            keeping.add_photo(person(request), sign, photo, given.text("note"))
        keeping.found(person(request), sign, given.text("state"), given.day("on") or timezone.localdate(), given.text("note"))
    except InvalidInputError as error:
        return show_sign(request, sign, refused=error)
    messages.success(request, _("巡查情况已记入。"))
    return redirect("sign", pk)


@login_required
@require_POST
def sign_photo(request: HttpRequest, pk: int) -> HttpResponse:
    sign = seen_sign(request, pk)
    ensure(policies.may_patrol_signs(request.user, sign.area_id))
    upload = request.FILES.get("photo")
    try:
        if upload is None:
            raise InvalidInputError("photo_missing", _("请选择照片。"))
        keeping.add_photo(person(request), sign, upload, request.POST.get("note", ""))
    except InvalidInputError as error:
        return show_sign(request, sign, refused=error)
    messages.success(request, _("照片已存入。"))
    return redirect(reverse("sign", args=[pk]) + "#photos")


@login_required
@require_POST
def sign_photo_remove(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    sign = editable_sign(request, pk)
    held = get_object_or_404(SignPhoto.objects.select_related("sign", "file"), pk=photo, sign=sign)
    keeping.remove_photo(person(request), held, restore=bool(request.POST.get("restore")))
    return redirect(reverse("sign", args=[pk]) + "#photos")
