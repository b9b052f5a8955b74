"""补录: the form for a name that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from boundaries.models import Division, Grade
from boundaries.services.places import find_by_code
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError
from gis.views.forms import attempt
from placenames import policies
from placenames.forms.position import SHAPES, read_position
from placenames.models import NameStatus, Secrecy
from placenames.naming_register import names_of_areas, own_area_code
from placenames.naming_words import told_finding
from placenames.rules.addresses import key_of
from placenames.rules.classes import PlaceClass, tree
from placenames.services import name_entry
from placenames.services.names import Entry
from placenames.views.naming_cases import check_words, read_readings, shapes
from placenames.views.naming_map import map_of

_TEXTS: Final = (
    "name", "place_class", "spelling", "readings", "area", "coordinates", "shape", "location_grade", "location_accuracy_m",
    "location_source", "status", "approval", "source", "valid_from", "secrecy", "origin", "meaning", "description", "explained",
)  # fmt: skip
# Divisions and their committees are the register's.
_NOT_HERE: Final = ("212", "213", "214", "215", "216")


def classes() -> list[tuple[PlaceClass, list[PlaceClass]]]:
    """The known classes a name can be entered under, by the big class they lie in."""
    groups: dict[str, list[PlaceClass]] = {}
    for digits, one in sorted(tree().items()):
        if len(digits) > 2 and not digits.startswith(_NOT_HERE):
            groups.setdefault(digits[:2], []).append(one)
    return [(tree()[start], rows) for start, rows in groups.items() if start in tree()]


@login_required
@require_http_methods(["GET", "POST"])
def name_new(request: HttpRequest) -> HttpResponse:
    """/names/new/?name= &area=: the form; POST enters the name and leads to its record."""
    ensure(policies.may_begin_naming_cases(request.user))
    if request.method != "POST":
        return _form(request)
    with attempt() as tried:
        entry, posted = _entry(request), Posted(request.POST)
        made = name_entry.enter(
            person(request),
            entry,
            approval=posted.text("approval")[:200],
            readings=read_readings(posted.text("readings")),
            explained=posted.text("explained")[:300],
            code=posted.flag("code"),
        )
        messages.success(request, _("“%(name)s”已登记。") % {"name": made.record.name})
        if made.code:
            messages.success(request, _("已赋码 %(code)s。") % {"code": made.code})
        elif made.why_no_code:
            messages.info(request, _("未赋码：") + made.why_no_code)
        return redirect("name-record", key=key_of("P", made.record.place_id))
    return _form(request, tried.refused)


def _entry(request: HttpRequest) -> Entry:
    posted = Posted(request.POST)
    wrong: dict[str, list[str]] = {}
    area, text = None, posted.text("area")[:20]
    if text:
        try:
            area = Division.objects.get(pk=find_by_code(text, timezone.localdate()).place.id)
        except DomainError as error:
            wrong["area"] = [str(error.message)]
    location = read_position(posted.text("coordinates"), posted.text("shape"))
    grade = posted.text("location_grade")
    if location is not None and grade not in Grade.values:
        wrong["location_grade"] = [_("有位置的要选位置等级，没有位置的不选。")]
    if posted.text("place_class").startswith(_NOT_HERE):
        wrong["place_class"] = [_("行政区划和村（居）委会的名称由区划登记，不在这里补录。")]
    for name, known in (("status", (NameStatus.STANDARD, NameStatus.IN_USE)), ("secrecy", Secrecy.values)):
        if posted.text(name) not in known:
            wrong[name] = [_("请从所列各项中选择。")]
    since = posted.day("valid_from")
    if since is not None and since > timezone.localdate():
        wrong["valid_from"] = [_("日期不能晚于今天。")]
    if wrong:
        raise InvalidInputError("bad_name", next(iter(wrong.values()))[0], wrong)
    return Entry(
        name=posted.text("name")[:60],
        place_class=posted.text("place_class")[:5],
        source=posted.text("source")[:300],
        area=area,
        spelling=posted.text("spelling")[:240],
        valid_from=since,
        location=location,
        location_grade=grade if location is not None else "",
        location_accuracy_m=posted.metres("location_accuracy_m") if location is not None else None,
        location_source=posted.text("location_source")[:200] if location is not None else "",
        status=posted.text("status"),
        secrecy=posted.text("secrecy"),
        published=posted.flag("published"),
        census={name: posted.text(name)[:20_000] for name in ("origin", "meaning", "description") if posted.text(name)},
    )


def _form(request: HttpRequest, refused: DomainError | None = None) -> HttpResponse:
    values: dict[str, Any] = {
        "area": own_area_code(request.user),
        "status": NameStatus.IN_USE,
        "secrecy": Secrecy.OPEN,
        "code": True,
    }
    values["place_class"], values["shape"] = "22200", SHAPES[0]
    values |= {name: request.GET[name][:60] for name in ("name", "area", "place_class") if request.GET.get(name)}
    if refused is not None:
        values = {name: request.POST.get(name, "")[:20_000] for name in _TEXTS}
        values |= {"published": bool(request.POST.get("published")), "code": bool(request.POST.get("code"))}
    details: Mapping[str, Any] = refused.details if refused else {}
    twins = details.get("twins", [])
    areas = names_of_areas([one.area_id for one in twins if one.area_id])
    own = None
    if values["area"]:
        with attempt():
            own = find_by_code(str(values["area"])[:20], timezone.localdate()).place.id
    context: dict[str, Any] = {
        "values": values,
        "errors": details.get("fields", {}),
        "refused": refused,
        "found": [told_finding(one) for one in details.get("findings", [])],
        "twins": [(one, key_of("P", one.place_id), areas.get(one.area_id or 0, "")) for one in twins],
        "classes": classes(),
        "grades": Grade.choices,
        "statuses": [(one.value, one.label) for one in (NameStatus.IN_USE, NameStatus.STANDARD)],
        "secrecies": Secrecy.choices,
        "shapes": shapes(),
        "entering": True,
        **map_of(None, live=True, area=own),
        "check": {"url": reverse("naming-check"), "area": "", "place": "", "kind": "", "words": check_words()},
    }
    return render(request, "placenames/name_new.html", context, status=refused.status if refused else 200)
