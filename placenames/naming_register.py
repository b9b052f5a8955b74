"""What pages read of naming cases: whose they are, the filters of the list, places to choose from."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from boundaries.models import DivisionCode, DivisionRecord
from boundaries.querysets import subtree_ids
from gis.accounts.areas import areas_reached
from gis.accounts.duties import Person, areas_held
from gis.accounts.models import Duty
from placenames.models import CaseState, Name, NamingCase, PlaceNameRecord

_CHOSEN = 20


def visible_cases(user: Person) -> QuerySet[NamingCase]:
    """Cases of the areas in which the person holds any duty."""
    reached = areas_reached(user, list(Duty))
    cases = NamingCase.objects.all()
    return cases if reached is None else cases.filter(area__in=reached)


def filtered(
    cases: QuerySet[NamingCase], *, text: str = "", act: str = "", kind: str = "", state: str = ""
) -> QuerySet[NamingCase]:
    """`state`: one of them, or ``open`` for all that are not ended. Unknown values filter nothing."""
    if text:
        cases = cases.filter(
            Q(name__icontains=text)
            | Q(former_name__icontains=text)
            | Q(number__icontains=text)
            | Q(document_number__icontains=text)
        )
    if state == "open":
        cases = cases.exclude(state__in=(CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.REVOKED, CaseState.REFUSED))
    elif state in CaseState.values:
        cases = cases.filter(state=state)
    return cases.filter(**{name: value for name, value in (("act", act), ("kind", kind)) if value})


def names_of_areas(ids: list[int]) -> dict[int, str]:
    """Each division with the county above it: “舆和县 麦垄镇”; one that is no more is named as it was last."""
    rows = (
        DivisionRecord.objects.current().filter(division__in=ids).order_by("valid").values_list("division_id", "name", "parent_id")
    )
    own = {division: (name, parent) for division, name, parent in rows}
    above = dict(
        DivisionRecord.objects.on(timezone.localdate())
        .filter(division__in={parent for _name, parent in own.values() if parent})
        .values_list("division_id", "name")
    )
    return {one: f"{above.get(parent, '')} {name}".strip() for one, (name, parent) in own.items()}


def record_of(case: NamingCase) -> PlaceNameRecord | None:
    """The record the case wrote, as it is held today; as it was written where it is no longer held, None before the approval."""
    made = case.made
    if made is None or made.valid is None:
        return made
    rows = PlaceNameRecord.objects.current().filter(place=made.place_id, valid__startswith=made.valid.lower)
    return rows.first() or made


def places_to_choose(user: Person, text: str, day: date) -> list[Name]:
    """Names in force that contain `text`, within what the person looks after; divisions among them, to be told where they go."""
    held = areas_held(user, [Duty.PLACE_NAME_OFFICER])
    rows = Name.objects.on(day).filter(name__icontains=text[:40]).exclude(status="cancelled")
    if None not in held:
        reach = {below for area in held if area is not None for below in subtree_ids(area, day)}
        rows = rows.filter(Q(area__in=reach) | Q(division__in=reach))
    return list(rows.filter(secrecy="open").order_by("division_id", "name")[:_CHOSEN])


def own_area_code(user: Person) -> str:
    """The code of the one area the person keeps names in; empty where that is not one."""
    held = areas_held(user, [Duty.PLACE_NAME_OFFICER])
    if len(held) != 1 or held[0] is None:
        return ""
    codes = DivisionCode.objects.on(timezone.localdate()).filter(division=held[0]).order_by("authority")
    return codes.values_list("code", flat=True).first() or ""
