"""Signs entered and written anew, one at a time; each state is kept whole as a `SignEvent`, so that it can be gone back to."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.models import ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Grade, Level, Source, SourceKind
from boundaries.querysets import lines_of
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import RoadSide, Sign, SignEvent, SignFace, SignState, SignText, TextRole
from placenames.rules.signs.types import COLOURS, TypeTable
from placenames.services.signs.areas import areas_of
from placenames.signs.names import codes_of
from placenames.signs.types_in_force import types_in_force

# What is written of a sign besides its faces.
COLUMNS: Final = (
    "code", "type", "position_grade", "side", "azimuth_deg", "number", "width_mm", "height_mm", "border_mm", "digit_height_mm",
    "set_by", "maker", "material", "custodian", "cost_yuan", "installed_on", "state", "checked_on", "note",
)  # fmt: skip
_NUMBERS: Final = {
    "azimuth_deg": (0.0, 360.0), "width_mm": (0.1, 20_000.0), "height_mm": (0.1, 20_000.0), "border_mm": (0.0, 1000.0),
    "digit_height_mm": (0.1, 5000.0),
}  # fmt: skip
_MOST_FACES: Final = 4
NO_COUNTY: Final = "BZ000000"
_LOCK: Final = "yudi signs"


@dataclass(frozen=True)
class Face:
    """`texts`: role to text as it stands on the face; `ground`: a colour of the types or ""."""

    ground: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A sign as somebody enters it; `values` by the names of `COLUMNS`. `position` in EPSG:4490. `code` "" makes one."""

    type: str
    code: str = ""
    place: int | None = None
    division: int | None = None
    position: Point | None = None
    faces: Sequence[Face] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


def lock() -> datetime:
    """Holds other writers of signs off until the end of the transaction; the moment is after all theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
    return timezone.now()


@transaction.atomic
def enter(actor: User | None, entry: Entry, *, source: Source | None = None, reason: str = "") -> Sign:
    """A sign that is not on record yet. Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (its number is taken).

    `actor` None is the demo and the plan of a decision, which answer for themselves.
    """
    area = area_of(entry)
    if actor is not None:
        ensure(policies.may_edit_signs(actor, area))
    values = checked(entry)
    moment = lock()
    code = entry.code.strip() or next_code(area)
    if Sign.objects.filter(code=code).exists():
        raise ConflictError("sign_code_taken", _("标志编号“%(code)s”已经登记过。") % {"code": code})
    source = source or _entered(actor, reason or _("人工录入"))
    sign = Sign.objects.create(
        code=code, token=new_token(), place_id=entry.place, division_id=entry.division, area_id=area, position=entry.position,
        source=source, changed_at=moment, **values,
    )  # fmt: skip
    _write_faces(sign, entry.faces)
    after = keep(sign, "sign.enter", moment, source, actor, reason)
    audit.record(actor=actor, action="sign.enter", target=sign, label=code, area=area, after=after)
    return sign


@transaction.atomic
def change(
    actor: User | None,
    sign: Sign,
    entry: Entry,
    reason: str,
    *,
    seen: datetime | None = None,
    source: Source | None = None,
    action: str = "sign.change",
    permitted: bool = False,
) -> Sign:
    """A sign written anew as `entry` says, whole. `seen`: `changed_at` of the state the person looked at.

    `permitted`: the caller has asked another policy (a patrol, a work order, an import); the trail still names the person.

    Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (somebody else wrote it in the meantime, its number is taken).
    """
    area = area_of(entry)
    if actor is not None and not permitted:
        ensure(policies.may_edit_signs(actor, sign.area_id))
        ensure(policies.may_edit_signs(actor, area))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明更改的理由。"), {"reason": [_("请写明更改的理由。")]})
    values = checked(entry)
    moment = lock()
    held = Sign.objects.select_for_update().get(pk=sign.pk)
    if seen is not None and held.changed_at != seen:
        raise ConflictError("sign_was_changed", _("这个标志刚刚由他人更改，请重新打开。"))
    code = entry.code.strip() or held.code
    if Sign.objects.filter(code=code).exclude(pk=held.pk).exists():
        raise ConflictError("sign_code_taken", _("标志编号“%(code)s”已经登记过。") % {"code": code})
    before = snapshot(held)
    source = source or _entered(actor, reason)
    for name in COLUMNS:
        # What the entry does not say is not on record any more.
        setattr(held, name, values.get(name, _empty(name)))
    held.code, held.place_id, held.division_id = code, entry.place, entry.division
    held.area_id, held.position, held.changed_at = area, entry.position, moment
    held.save()
    held.faces.all().delete()
    _write_faces(held, entry.faces)
    after = keep(held, action, moment, source, actor, reason)
    audit.record(actor=actor, action=action, target=held, label=code, area=area, before=before, after=after, reason=reason)
    return held


def _empty(name: str) -> Any:
    column = Sign._meta.get_field(name)
    return None if column.null or isinstance(column, ForeignObjectRel) else column.get_default()


def checked(entry: Entry, table: TypeTable | None = None) -> dict[str, Any]:
    """The columns, by the types of `table` (those in force), or an `InvalidInputError` that names every field that is wrong."""
    values: dict[str, Any] = {
        name: value for name, value in entry.values.items() if name in COLUMNS and name not in ("code", "type")
    }
    values["type"] = entry.type
    values.setdefault("state", SignState.STANDING)
    values["position_grade"] = (values.get("position_grade") or Grade.SURVEYED) if entry.position is not None else ""
    wrong = {**_wrong_entry(entry, table or types_in_force()), **_wrong_values(values)}
    if wrong:
        raise InvalidInputError("bad_sign", next(iter(wrong.values()))[0], wrong)
    return values


def _wrong_entry(entry: Entry, table: TypeTable) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if entry.type not in table.types:
        wrong["type"] = [_("没有“%(type)s”这种标志类型。") % {"type": entry.type[:40]}]
    if entry.place is not None and entry.division is not None:
        wrong["place"] = [_("所指地名和所指区划只能有一个。")]
    if unknown := sorted(set(entry.values) - set(COLUMNS)):
        wrong["values"] = [_("没有“%(name)s”这个登记项。") % {"name": unknown[0]}]
    if entry.position is not None and not (-180 <= entry.position.x <= 180 and -90 <= entry.position.y <= 90):
        wrong["position"] = [_("经纬度不对。")]
    if told := _wrong_faces(entry.faces):
        wrong["faces"] = told
    if len(entry.code) > 40:
        wrong["code"] = [_("不超过 %(limit)s 字。") % {"limit": 40}]
    return wrong


def _wrong_values(values: Mapping[str, Any]) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if values.get("side") and values["side"] not in RoadSide.values:
        wrong["side"] = [_("道路哪侧应为东、南、西、北或中。")]
    if values["state"] not in SignState.values:
        wrong["state"] = [_("没有这种状态。")]
    for name, (low, high) in _NUMBERS.items():
        if (value := values.get(name)) is not None and not low <= value < high:
            wrong[name] = [_("应在 %(low)g 与 %(high)g 之间。") % {"low": low, "high": high}]
    cost = values.get("cost_yuan")
    if cost is not None and not 0 <= cost < Decimal(10) ** 8:
        wrong["cost_yuan"] = [_("费用不对。")]
    for name in ("installed_on", "checked_on"):
        if (day := values.get(name)) is not None and not date(1900, 1, 1) <= day <= timezone.localdate():
            wrong[name] = [_("日期应在 1900 年与今天之间。")]
    for name in COLUMNS:
        limit, text = getattr(Sign._meta.get_field(name), "max_length", None), values.get(name)
        if isinstance(text, str) and limit and len(text) > limit:
            wrong[name] = [_("不超过 %(limit)s 字。") % {"limit": limit}]
    return wrong


def _wrong_faces(faces: Sequence[Face]) -> list[str]:
    if len(faces) > _MOST_FACES:
        return [_("牌面不超过 %(most)s 面。") % {"most": _MOST_FACES}]
    for face in faces:
        if face.ground and face.ground not in COLOURS:
            return [_("没有“%(colour)s”这种底色。") % {"colour": face.ground[:20]}]
        if set(face.texts) - set(TextRole.values) or any(len(text) > 240 for text in face.texts.values()):
            return [_("牌面文字不对。")]
    return []


def _write_faces(sign: Sign, faces: Sequence[Face]) -> None:
    rows = [SignFace(sign=sign, order=order, ground=face.ground) for order, face in enumerate(faces, start=1)]
    SignFace.objects.bulk_create(rows)
    SignText.objects.bulk_create(
        SignText(face=row, role=role, text=text)
        for row, face in zip(rows, faces, strict=True)
        for role, text in face.texts.items()
        if text
    )


def area_of(entry: Entry) -> int | None:
    """The lowest division whose outline holds the position today; without one the area of what the sign names."""
    return areas_of([entry])[0]


def next_code(area: int | None) -> str:
    """The next number of the county: our own, for the numbering rule of the national database was not seen."""
    prefix = NO_COUNTY if area is None else code_prefixes({area}).get(area, NO_COUNTY)
    return f"{prefix}{last_number(prefix) + 1:06d}"


def last_number(prefix: str) -> int:
    held = Sign.objects.filter(code__regex=rf"^{prefix}\d{{6}}$").order_by("-code").values_list("code", flat=True).first()
    return int(held[len(prefix) :]) if held else 0


def code_prefixes(areas: Collection[int]) -> dict[int, str]:
    """BZ and the county's code, for each area that has a county. Two queries."""
    today = timezone.localdate()
    county = {area: unit for area, line in lines_of(areas, today).items() for unit, _name, level in line if level == Level.COUNTY}
    codes = codes_of(set(county.values()), today)
    return {area: f"BZ{codes[unit][:6]}" for area, unit in county.items() if unit in codes}


def new_token() -> str:
    """Twelve letters that nobody guesses."""
    return secrets.token_urlsafe(9)


def snapshot(sign: Sign) -> dict[str, Any]:
    """A sign as plain data: what `as_entry` makes an entry of again."""
    told: dict[str, Any] = {name: _plain(getattr(sign, name)) for name in COLUMNS}
    told |= {
        "place": sign.place_id,
        "division": sign.division_id,
        "position": None if sign.position is None else [sign.position.x, sign.position.y],
        "faces": [
            {"ground": face.ground, "texts": {text.role: text.text for text in face.texts.all()}} for face in sign.faces.all()
        ],
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def as_entry(document: Mapping[str, Any], **more: Any) -> Entry:
    """The entry a snapshot tells of, with `more` of the columns in place of its own."""
    values = {name: document[name] for name in COLUMNS if name in document and name not in ("code", "type")}
    for name in ("installed_on", "checked_on"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    if "cost_yuan" in values:
        values["cost_yuan"] = Decimal(values["cost_yuan"])
    place = document.get("position")
    faces = tuple(Face(one.get("ground", ""), dict(one.get("texts", {}))) for one in document.get("faces", ()))
    return Entry(
        type=document["type"],
        code=document["code"],
        place=document.get("place"),
        division=document.get("division"),
        position=None if place is None else Point(place[0], place[1], srid=CGCS2000),
        faces=faces,
        values=values | more,
    )


def keep(sign: Sign, action: str, moment: datetime, source: Source, actor: User | None, reason: str) -> dict[str, Any]:
    document = snapshot(sign)
    SignEvent.objects.create(
        sign=sign, at=moment, action=action, document=document, source=source, actor=actor, reason=reason[:300]
    )
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _entered(actor: User | None, title: str) -> Source:
    return Source.objects.create(kind=SourceKind.ENTRY, title=title.strip()[:300], recorded_by=actor)
