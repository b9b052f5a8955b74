"""The list of key counties (重点帮扶县), which an office enters from the document that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import Level, PriorityCounty, Source, SourceKind
from boundaries.services.places import find_by_code, place_of
from boundaries.services.tables import read_table
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, DomainError, InvalidInputError

_COLUMNS = {
    "division": ("division", "code", "区划代码", "代码"),
    "list_title": ("list", "list_title", "名单"),
    "document": ("document", "source", "依据文件", "文号", "来源"),
    "valid_from": ("valid_from", "from", "生效日期", "起"),
    "valid_to": ("valid_to", "to", "失效日期", "止"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One county on one list. `valid_to` is the first day on which it no longer counts; None while there is no end."""

    division: int
    list_title: str
    document: str
    valid_from: date
    valid_to: date | None = None


def listed() -> QuerySet[PriorityCounty]:
    """Every listing held today, whatever its legal time."""
    return PriorityCounty.objects.filter(recorded__upper_inf=True).select_related("division", "source").order_by("list_title", "id")


def add(listing: Listing, actor: User | None) -> PriorityCounty:
    """Puts a county-level unit on a list. Raises `InvalidInputError` with `fields`; `ConflictError` when it is there already."""
    if actor is not None:
        ensure(policies.may_edit_priority_counties(actor))
    _check(listing)
    with transaction.atomic():
        source = Source.objects.create(kind=SourceKind.ENTRY, title=f"人工录入：{listing.document}"[:300], recorded_by=actor)
        return _add(listing, source, actor)


def _check(listing: Listing) -> None:
    fields: dict[str, list[str]] = {}
    if not listing.document.strip():
        fields["document"] = [_("请写明依据文件的名称和文号。")]
    elif len(listing.document) > 300:
        fields["document"] = [_("不超过 300 字。")]
    if not listing.list_title.strip():
        fields["list_title"] = [_("请写明名单的名称，例如“国家乡村振兴重点帮扶县”。")]
    elif len(listing.list_title) > 200:
        fields["list_title"] = [_("不超过 200 字。")]
    if listing.valid_to is not None and listing.valid_to <= listing.valid_from:
        fields["valid_to"] = [_("失效日期应晚于生效日期。")]
    place = place_of(listing.division, max(listing.valid_from, timezone.localdate()))
    if place.level != Level.COUNTY:
        fields["division"] = [_("%(name)s不是县级单位。") % {"name": place.name}]
    if fields:
        first = next(iter(fields.values()))[0]
        raise InvalidInputError("bad_listing", first, fields)


def _add(listing: Listing, source: Source, actor: User | None) -> PriorityCounty:
    try:
        with transaction.atomic():
            row = PriorityCounty.objects.create(
                division_id=listing.division,
                list_title=listing.list_title.strip(),
                document=listing.document.strip(),
                valid=(listing.valid_from, listing.valid_to),
                recorded=(timezone.now(), None),
                source=source,
            )
    except IntegrityError as error:
        raise ConflictError("already_listed", _("这个县已经在这份名单上。")) from error
    audit.record(
        actor=actor, action="priority_county.add", target=row, label=row.list_title, area=row.division_id, after=_snapshot(row)
    )
    return row


def remove(row: PriorityCounty, actor: User | None, reason: str, ends: date | None = None) -> None:
    """Takes a county off a list: from the day `ends` on (the law changed), or altogether when it was entered by mistake."""
    if actor is not None:
        ensure(policies.may_edit_priority_counties(actor))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明移出名单的理由或文件。"), {"reason": [_("必填")]})
    with transaction.atomic():
        held = PriorityCounty.objects.select_for_update().filter(pk=row.pk, recorded__upper_inf=True).first()
        if held is None:
            raise ConflictError("listing_changed", _("这一条已被他人修改，请刷新页面。"))
        if ends is not None and ends <= held.valid.lower:
            raise InvalidInputError("ends_before_start", _("移出日期应晚于列入日期。"), {"ends": [_("应晚于列入日期")]})
        now, before = timezone.now(), _snapshot(held)
        held.recorded = (held.recorded.lower, now)
        held.save(update_fields=["recorded"])
        after = None
        if ends is not None:
            ended = PriorityCounty.objects.create(
                division_id=held.division_id,
                list_title=held.list_title,
                document=held.document,
                valid=(held.valid.lower, ends),
                recorded=(now, None),
                source=held.source,
            )
            after = _snapshot(ended)
        audit.record(
            actor=actor,
            action="priority_county.end" if after else "priority_county.remove",
            target=held,
            label=held.list_title,
            area=held.division_id,
            before=before,
            after=after,
            reason=reason.strip()[:1000],
        )


def set_from_table(data: bytes, name: str, actor: User | None, day: date) -> dict[str, Any]:
    """Adds every county of a table (code, list, document, valid_from[, valid_to]); all of them or, with a bad row, none."""
    if actor is not None:
        ensure(policies.may_edit_priority_counties(actor))
    rows = read_table(data, name)
    columns = _columns(rows[0].cells)
    added = unchanged = 0
    problems: list[dict[str, Any]] = []
    with transaction.atomic():
        source = Source.objects.create(kind=SourceKind.ENTRY, title=f"重点帮扶县名单：{name}"[:300], recorded_by=actor)
        for row in rows[1:]:
            cells = {key: row.cells[at].strip() if at < len(row.cells) else "" for key, at in columns.items()}
            try:
                listing = _listing(cells, day)
                _check(listing)
                if _held(listing):
                    unchanged += 1
                else:
                    _add(listing, source, actor)
                    added += 1
            except DomainError as error:
                problems.append({"row": row.number, "code": error.code, "message": error.message})
        if problems or not added:
            transaction.set_rollback(True)
    if problems:
        raise InvalidInputError(
            problems[0]["code"],
            _("第 %(row)d 行：%(message)s") % problems[0],
            problems=problems,
        )
    return {"read": len(rows) - 1, "created": added, "unchanged": unchanged}


def _columns(heading: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(heading):
        for key, spellings in _COLUMNS.items():
            if "".join(cell.lower().split()) in spellings:
                found.setdefault(key, index)
    missing = [key for key in ("division", "list_title", "document", "valid_from") if key not in found]
    if missing:
        raise InvalidInputError(
            "columns_missing",
            _("表头缺少列：%(missing)s。第一行应为 code,list,document,valid_from,valid_to。") % {"missing": "、".join(missing)},
        )
    return found


def _listing(cells: dict[str, str], day: date) -> Listing:
    found = find_by_code(cells["division"], day)
    return Listing(
        found.place.id,
        cells["list_title"],
        cells["document"],
        _day(cells["valid_from"]),
        _day(cells["valid_to"]) if cells.get("valid_to") else None,
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1949 <= day.year <= 2200:
        raise InvalidInputError("bad_date", _("日期应为 2026-11-23 这样的写法，收到的是“%(text)s”。") % {"text": text[:40]})
    return day


def _held(listing: Listing) -> bool:
    return PriorityCounty.objects.filter(
        division=listing.division,
        list_title=listing.list_title.strip(),
        document=listing.document.strip(),
        valid=(listing.valid_from, listing.valid_to),
        recorded__upper_inf=True,
    ).exists()


def _snapshot(row: PriorityCounty) -> dict[str, Any]:
    lower, upper = (row.valid.lower, row.valid.upper) if not isinstance(row.valid, tuple) else row.valid
    return {
        "division": row.division_id,
        "list": row.list_title,
        "document": row.document,
        "valid_from": lower,
        "valid_to": upper,
    }
