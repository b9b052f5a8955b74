"""What a patrol takes along — the signs of a township or of a road, what is wanted there — and what has come of it so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import DivisionRecord, Level
from boundaries.querysets import lines_of, subtree_ids
from boundaries.wording import pick
from gis.errors import InvalidInputError, NotFoundError
from placenames import policies
from placenames.models import FindingOutcome, FixOutcome, PlaceNameRecord, Sign, SignFinding, SignState, SignWork
from placenames.rules.kinds import Kind
from placenames.rules.signs import visiting
from placenames.rules.signs.work_states import ENDS
from placenames.signs.gaps import TYPE, WORDS, analyse
from placenames.signs.lists import in_division, seen_by
from placenames.signs.names import PLACE, Key, NamedPlace, key_of, names_for
from placenames.signs.types_in_force import types_in_force

if TYPE_CHECKING:
    from gis.accounts.models import User

# A telephone draws these well; a county of more is gone round township by township.
MOST_SIGNS: Final = 1500
MOST_GAPS: Final = 300
# How long a finding says that a sign has been looked at in this round. Office practice.
ROUND: Final = timedelta(days=30)
PATROLLED: Final = (SignState.STANDING, SignState.DAMAGED, SignState.MISSING)
_AREA: Final = re.compile(r"([dp])(\d{1,15})")


@dataclass(frozen=True)
class Beat:
    """What is gone round at once: everything under a division (key d12), or the signs of a road (key p45)."""

    key: str
    name: str
    division: int | None = None
    road: int | None = None


def beat_of(user: User, key: str) -> Beat:
    """What the key says. Raises `NotFoundError`; whether the person may is the caller's to ask (`may_send_findings`)."""
    found = _AREA.fullmatch(key)
    day = timezone.localdate()
    if found and found[1] == "d":
        row = DivisionRecord.objects.on(day).filter(division=int(found[2])).defer("geometry", "seat").first()
        if row is not None:
            return Beat(key, row.name, division=row.division_id)
    elif found:
        place = names_for([(PLACE, int(found[2]))], day).get((PLACE, int(found[2])))
        if place is not None and signs_of(user, Beat(key, place.named.name, road=place.key[1])).exists():
            return Beat(key, place.named.name, road=place.key[1])
    raise NotFoundError("no_such_beat", _("没有这个巡查范围，请回列表重新选。"))


def area_of(beat: Beat) -> int | None:
    """The division that answers for it."""
    if beat.division is not None:
        return beat.division
    return PlaceNameRecord.objects.on(timezone.localdate()).filter(place=beat.road).values_list("area", flat=True).first()


def signs_of(user: User, beat: Beat) -> QuerySet[Sign]:
    """Those a patrol looks at; planned and removed ones are the office's."""
    day = timezone.localdate()
    rows = seen_by(user, day).filter(state__in=PATROLLED)
    return in_division(rows, beat.division, day) if beat.division is not None else rows.filter(place=beat.road)


def beats_under(user: User, root: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(townships, roads) under a division with their signs: key, name, count, oldest day of a look or None."""
    day = timezone.localdate()
    rows = in_division(seen_by(user, day).filter(state__in=PATROLLED), root, day).order_by()
    told = list(rows.values("area").annotate(count=Count("pk"), looked=Count("checked_on"), oldest=Min("checked_on")))
    lines = lines_of({one["area"] for one in told if one["area"] is not None}, day)
    townships: dict[int, dict[str, Any]] = {}
    for one in told:
        unit = next(((unit, name) for unit, name, level in lines.get(one["area"], ()) if level == Level.TOWNSHIP), None)
        if unit is not None:
            _count(
                townships.setdefault(unit[0], {"key": f"d{unit[0]}", "name": unit[1], "count": 0, "looked": 0, "oldest": None}), one
            )
    roads = list(
        rows.exclude(place=None).values("place").annotate(count=Count("pk"), looked=Count("checked_on"), oldest=Min("checked_on"))
    )
    names = names_for([(PLACE, one["place"]) for one in roads], day, outlines=False)
    found = [
        {
            "key": f"p{one['place']}",
            "name": name.named.name,
            "count": one["count"],
            "looked": one["looked"],
            "oldest": one["oldest"],
        }
        for one in roads
        if (name := names.get((PLACE, one["place"]))) is not None and name.kind is Kind.ROAD
    ]
    for row in (*townships.values(), *found):
        row["never"] = row["count"] - row["looked"]
    return sorted(townships.values(), key=lambda row: row["name"]), sorted(found, key=lambda row: (-row["count"], row["name"]))


def _count(row: dict[str, Any], one: Mapping[str, Any]) -> None:
    row["count"] += one["count"]
    row["looked"] += one["looked"]
    row["oldest"] = min([day for day in (row["oldest"], one["oldest"]) if day is not None], default=None)


def about(user: User, beat: Beat) -> dict[str, Any]:
    """Everything the device keeps of a beat. Raises `InvalidInputError` for more signs than a telephone draws."""
    day = timezone.localdate()
    signs = list(signs_of(user, beat).prefetch_related("faces__texts").order_by("code")[: MOST_SIGNS + 1])
    if len(signs) > MOST_SIGNS:
        raise InvalidInputError(
            "too_many_signs", _("“%(name)s”的标志超过 %(most)d 个，请改选乡镇或道路。") % {"name": beat.name, "most": MOST_SIGNS}
        )
    allowed = {area: policies.may_send_findings(user, area) for area in {one.area_id for one in signs}}
    signs = [one for one in signs if allowed[one.area_id]]
    names = names_for([key_of(one) for one in signs], day, outlines=False)
    types = types_in_force().types
    works = _open_works([one.pk for one in signs])
    order = _order(signs)
    return {
        "area": beat.key,
        "name": beat.name,
        "signs": [_sign(one, names, types, works, order) for one in signs],
        "roads": _roads(names.values()),
        "gaps": [] if beat.division is None else _gaps(beat.division, day),
        "types": [[key, pick(one.name, one.name_en or one.name)] for key, one in types.items()],
    }


def _sign(
    one: Sign, names: Mapping[Key, NamedPlace], types: Mapping[str, Any], works: Mapping[int, list[str]], order: Mapping[int, int]
) -> dict[str, Any]:
    key = key_of(one)
    named = names.get(key) if key is not None else None
    kind = types.get(one.type)
    return {
        "id": one.pk,
        "code": one.code,
        "name": named.named.name if named else "",
        "spelling": named.named.spelling if named else "",
        "type": pick(kind.name, kind.name_en or kind.name) if kind else one.type,
        "number": one.number,
        "texts": [[text.text for text in face.texts.all()] for face in one.faces.all()],
        "place": None if one.position is None else [one.position.x, one.position.y],
        "side": one.get_side_display() if one.side else "",
        "azimuth": one.azimuth_deg,
        "state": one.state,
        "state_words": one.get_state_display(),
        "checked": None if one.checked_on is None else one.checked_on.isoformat(),
        "changed": one.changed_at.isoformat(),
        "custodian": one.custodian,
        "works": works.get(one.pk, []),
        "order": order.get(one.pk),
    }


def _roads(names: Iterable[NamedPlace]) -> list[dict[str, Any]]:
    """The lines of the roads that signs name: what one finds one's way by where there is no base map."""
    found = []
    for one in names:
        if one.is_road and one.location is not None:
            parts = [np.round(shapely.get_coordinates(part), 6).tolist() for part in shapely.get_parts(one.location)]
            found.append({"name": one.named.name, "parts": parts})
    return found


def _open_works(signs: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for one in SignWork.objects.filter(sign__in=signs).exclude(state__in=ENDS).order_by("pk"):
        found.setdefault(one.sign_id, []).append(f"{one.get_kind_display()}（{one.get_state_display()}）")
    return found


def _order(signs: Sequence[Sign]) -> dict[int, int]:
    """1, 2, 3 … along a short way through all; signs without a position have none."""
    placed = [one for one in signs if one.position is not None]
    places = np.array([[one.position.x, one.position.y] for one in placed if one.position is not None]).reshape(-1, 2)
    return {placed[at].pk: number for number, at in enumerate(visiting.order(places), start=1)}


def _gaps(division: int, day: date) -> list[dict[str, Any]]:
    """Where a sign is wanted and none stands: a name for a sign found there that is on no record."""
    found = [one for one in analyse(division, day).gaps if one.place is not None][:MOST_GAPS]
    return [
        {"name": one.name, "why": str(WORDS[one.why]), "type": TYPE[one.why], "place": one.place, "met": one.met} for one in found
    ]


def findings_of(user: User, beat: Beat) -> QuerySet[SignFinding]:
    """What was found lately at the signs of a beat, and signs found there that are on no record."""
    own = Q(sign__in=signs_of(user, beat).values("pk"))
    if beat.division is not None:
        own |= Q(sign=None, area__in=subtree_ids(beat.division, timezone.localdate()))
    return with_all(SignFinding.objects.filter(own, Q(sent_at__gte=timezone.now() - ROUND) | waiting()))


def with_all(rows: QuerySet[SignFinding]) -> QuerySet[SignFinding]:
    """With everything their words need."""
    return rows.select_related("sign", "work", "sent_by", "settled_by", "area").prefetch_related("photos__file")


def waiting() -> Q:
    """What the office has still to settle."""
    return Q(outcome__in=[FindingOutcome.DIFFERS, FindingOutcome.UNLISTED]) | Q(fix=FixOutcome.PROPOSED)


def listed(user: User, given: Mapping[str, str], root: int | None) -> QuerySet[SignFinding]:
    """?show=all shows what is settled too."""
    day = timezone.localdate()
    rows = SignFinding.objects.filter(Q(sign=None) | Q(sign__in=seen_by(user, day)))
    if root is not None:
        rows = rows.filter(area__in=subtree_ids(root, day))
    return with_all(rows if given.get("show") == "all" else rows.filter(waiting()))


def last_writings(signs: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Of each sign (state, changed at as text), for telephones that learn of what others found."""
    return {
        pk: (state, changed.isoformat())
        for pk, state, changed in Sign.objects.filter(pk__in=list(signs)).values_list("pk", "state", "changed_at")
    }
