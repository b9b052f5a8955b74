"""The half-year lists of township codes (CODE-12): what is in force on 30 June or 31 December, and what changed since the last.

Legal (MCA) codes only; statistical ones never come near (CODE-08).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from boundaries import policies
from boundaries.documents.acts_in_words import TYPE_ZH
from boundaries.models import Authority, DivisionCode, DivisionRecord, Level, TownshipCodeList
from boundaries.querysets import subtree_ids
from boundaries.rules.code_lists import TownshipCode, check_half_year_list, half_year_list, is_half_year_end
from boundaries.rules.finding import Finding
from boundaries.services.places import Place, county_of, find_by_code, places_on
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import DomainError, InvalidInputError
from gis.files import services as files
from gis.services import spreadsheets
from gis.services.spreadsheets import Cell

PURPOSE = "township_codes"
LISTED, ADDED, RETIRED, CHANGED = "乡级行政区划代码", "新增代码", "废止代码", "变更"
_HEADINGS = ("序号", "区划代码", "名称", "建制类型", "所属县（市、区）", "所属市", "启用日期", "依据")
_CODE, _NAME, _TYPE = 1, 2, 3


@dataclass(frozen=True)
class Entry:
    """A code in force. `document` is what the code rests on."""

    code: str
    name: str
    type: str
    county: str
    prefecture: str
    begins: date | None
    document: str


@dataclass(frozen=True)
class CodeList:
    """`since` is the day of the list it is compared with; `published` says that this was the list as made, not the register."""

    on: date
    since: date
    published: bool
    entries: tuple[Entry, ...]
    added: tuple[Entry, ...]
    retired: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]

    @property
    def file_name(self) -> str:
        return f"乡级行政区划代码表_截至{self.on.isoformat()}.xlsx"

    def as_dict(self) -> dict[str, Any]:
        return {
            "on": self.on,
            "since": self.since,
            "compared_with": "list" if self.published else "register",
            "count": len(self.entries),
            "codes": [_told(one) for one in self.entries],
            "added": [_told(one) for one in self.added],
            "retired": [_told(one) for one in self.retired],
            "changed": [{"code": new.code, "before": _told(old), "after": _told(new)} for old, new in self.changed],
        }

    def as_xlsx(self) -> bytes:
        basis = f"与截至{self.since.isoformat()}的{'代码表' if self.published else '登记册'}比较"
        changed = (
            (
                number,
                new.code,
                old.name,
                TYPE_ZH.get(old.type, old.type),
                new.name,
                TYPE_ZH.get(new.type, new.type),
                new.county,
                basis,
            )
            for number, (old, new) in enumerate(self.changed, 1)
        )
        return spreadsheets.as_book(
            [
                (LISTED, _HEADINGS, _rows(self.entries)),
                (ADDED, (*_HEADINGS, "比较"), ((*row, basis) for row in _rows(self.added))),
                (RETIRED, (*_HEADINGS, "比较"), ((*row, basis) for row in _rows(self.retired))),
                (
                    CHANGED,
                    ("序号", "区划代码", "原名称", "原建制类型", "现名称", "现建制类型", "所属县（市、区）", "比较"),
                    changed,
                ),
            ]
        )


def _rows(entries: Iterable[Entry]) -> Iterable[tuple[Cell, ...]]:
    for number, one in enumerate(entries, 1):
        kind = TYPE_ZH.get(one.type, one.type)
        yield (
            number,
            one.code,
            one.name,
            kind,
            one.county,
            one.prefecture,
            one.begins.isoformat() if one.begins else "",
            one.document,
        )


def _told(one: Entry) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "type": one.type,
        "county": one.county,
        "prefecture": one.prefecture,
        "begins": one.begins,
        "document": one.document,
    }


# --- making one ---------------------------------------------------------------------------------------------------------


def code_list(day: date, under: str = "") -> CodeList:
    """The list as of `day`. Raises `InvalidInputError` ``not_half_year_end``, ``date_in_future`` and what an unknown code raises.

    A list under one unit is held against the register of half a year before; the whole against the list made last.
    """
    if not is_half_year_end(day):
        raise InvalidInputError(
            "not_half_year_end", _("乡级代码表截至6月30日或12月31日，收到的是 %(day)s。") % {"day": day.isoformat()}
        )
    if day > timezone.localdate():
        raise InvalidInputError("date_in_future", _("%(day)s 还没有到，不能生成代码表。") % {"day": day.isoformat()})
    root = find_by_code(under, day).place.id if under else None
    entries = _in_force(day, root)
    since = _half_year_before(day)
    before: dict[str, Entry] | None = None
    if root is None:
        last = TownshipCodeList.objects.filter(on__lt=day).select_related("file").order_by("-on", "-id").first()
        if last is not None:
            before = _published(last)
            since = last.on if before is not None else since
    published = before is not None
    if before is None:
        before = {one.code: one for one in _in_force(since, root)}
    now = {one.code: one for one in entries}
    return CodeList(
        on=day,
        since=since,
        published=published,
        entries=tuple(entries),
        added=tuple(one for code, one in now.items() if code not in before),
        retired=tuple(one for code, one in sorted(before.items()) if code not in now),
        changed=tuple(
            (before[code], one)
            for code, one in now.items()
            if code in before and (before[code].name, before[code].type) != (one.name, one.type)
        ),
    )


@transaction.atomic
def make(actor: User | None, day: date) -> TownshipCodeList:
    """Makes the list of the whole register and keeps it; made again it is another list, and the latest counts."""
    ensure(actor is None or policies.may_make_code_list(actor))
    found = code_list(day)
    if not found.entries:
        raise InvalidInputError("no_codes", _("登记册在 %(day)s 没有乡级法定代码。") % {"day": day.isoformat()})
    stored = files.store(found.as_xlsx(), name=found.file_name, purpose=PURPOSE, actor=actor)
    row = TownshipCodeList.objects.create(on=day, file=stored, codes=len(found.entries), made_by=actor)
    after = {"on": day.isoformat(), "codes": row.codes, "sha256": stored.sha256}
    audit.record(actor=actor, action="code_list.make", target=row, label=stored.name, after=after)
    return row


def made() -> list[TownshipCodeList]:
    return list(TownshipCodeList.objects.select_related("file", "made_by"))


def findings(today: date) -> list[Finding]:
    """CODE-12: whether the list of the half-year that ended last is there."""
    return check_half_year_list(set(TownshipCodeList.objects.values_list("on", flat=True)), today)


def half_year_ends(today: date, count: int = 8) -> list[date]:
    """The latest ends of half-years that are over, newest first."""
    ends = [end for year in range(today.year, today.year - count // 2 - 2, -1) for end in (date(year, 12, 31), date(year, 6, 30))]
    return [end for end in ends if end <= today][:count]


# --- reading ------------------------------------------------------------------------------------------------------------


def _half_year_before(day: date) -> date:
    return date(day.year, 6, 30) if day.month == 12 else date(day.year - 1, 12, 31)


def _in_force(day: date, root: int | None) -> list[Entry]:
    codes = DivisionCode.objects.on(day).filter(authority=Authority.MCA).annotate(digits=Length("code")).filter(digits=9)
    if root is not None:
        codes = codes.filter(division__in=subtree_ids(root, day))
    rows = {
        code: (division, valid, number or title)
        for code, division, valid, number, title in codes.values_list(
            "code", "division_id", "valid", "source__document_number", "source__title"
        )
    }
    names = {
        division: (name, kind)
        for division, name, kind in DivisionRecord.objects.on(day)
        .filter(level=Level.TOWNSHIP)
        .values_list("division_id", "name", "type")
    }
    listed = half_year_list(
        (
            TownshipCode(code, *names[division], valid.lower, valid.upper)
            for code, (division, valid, _document) in rows.items()
            if division in names
        ),
        day,
    )
    places = places_on(day)
    found = []
    for one in listed:
        division, _valid, document = rows[one.code]
        county = places.get(county_of(division, places) or 0)
        found.append(Entry(one.code, one.name, one.unit_type, _name(county), _prefecture(county, places), one.begins, document))
    return found


def _name(place: Place | None) -> str:
    return place.name if place is not None else ""


def _prefecture(county: Place | None, places: Mapping[int, Place]) -> str:
    above = places.get(county.parent) if county is not None and county.parent is not None else None
    return above.name if above is not None and above.level == Level.PREFECTURE else ""


def _published(last: TownshipCodeList) -> dict[str, Entry] | None:
    """What the list said when it was made; None where its file can no longer be read."""
    types = {words: kind for kind, words in TYPE_ZH.items()}
    try:
        book = openpyxl.load_workbook(io.BytesIO(files.read_bytes(last.file)), read_only=True)
        rows = [[str(cell or "") for cell in row] for row in book[LISTED].iter_rows(min_row=2, values_only=True)]
    except (DomainError, InvalidFileException, KeyError, OSError, zipfile.BadZipFile):
        return None
    return {
        row[_CODE]: Entry(
            row[_CODE], row[_NAME], types.get(row[_TYPE], row[_TYPE]), row[4], row[5], _date(row[6]), row[7] if len(row) > 7 else ""
        )
        for row in rows
        if len(row) > 6
    }


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
