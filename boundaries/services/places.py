"""Divisions as they stood on a day, without their geometry: what judging a whole province needs, in one query.

Also how a code that somebody typed finds its division, and what to say when it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from boundaries.models import Authority, Division, DivisionCode, DivisionRecord, Level, SourceKind
from boundaries.querysets import ancestor_ids
from gis.errors import InvalidInputError, NotFoundError


@dataclass(frozen=True, slots=True)
class Place:
    """`area_m2` is geodesic on the CGCS2000 ellipsoid, None without a geometry; `grade` says how far that may be relied on."""

    id: int
    name: str
    level: int
    type: str
    parent: int | None
    area_m2: float | None
    grade: str
    code: str
    authority: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A division found by its code; `notes` are sentences a person should read (which of two meanings was taken, and so on)."""

    place: Place
    code: str
    authority: str
    notes: tuple[str, ...] = ()


def _places(records: QuerySet[DivisionRecord], day: date) -> dict[int, Place]:
    rows = records.with_code(day).values_list(  # type: ignore[attr-defined]
        "division_id", "name", "level", "type", "parent_id", "area_m2", "grade", "code", "code_authority", "source__kind"
    )
    return {
        identifier: Place(
            identifier, name, level, kind, parent, area, grade, code or "", authority or "", source == SourceKind.DEMO
        )
        for identifier, name, level, kind, parent, area, grade, code, authority, source in rows.iterator(chunk_size=5000)
    }


def places_on(day: date, *, lowest: Level = Level.TOWNSHIP) -> dict[int, Place]:
    """Every division down to `lowest` on `day`, by id. One query."""
    return _places(DivisionRecord.objects.on(day).filter(level__lte=lowest), day)


def place_of(division: Division | int, day: date) -> Place:
    """`division` on `day`. Raises `NotFoundError` when it did not exist then."""
    wanted = division if isinstance(division, int) else division.pk
    place = _places(DivisionRecord.objects.on(day).filter(division=wanted), day).get(wanted)
    if place is None:
        raise NotFoundError(
            "division_not_on_day", _("%(day)s 没有这个区划（尚未设立、已经撤销或未收录）。") % {"day": day.isoformat()}
        )
    return place


def places_around(division: int, day: date) -> dict[int, Place]:
    """`division`, everything above it, and the townships of its county: what its computed indicators are made from."""
    line = _places(DivisionRecord.objects.on(day).filter(division__in=ancestor_ids(division, day)), day)
    county = county_of(division, line)
    if county is None:
        return line
    siblings = DivisionRecord.objects.on(day).filter(parent=county, level=Level.TOWNSHIP)
    return line | _places(siblings, day)


def county_of(division: int, places: Mapping[int, Place]) -> int | None:
    """The county-level unit `division` is or lies under; None when none of `places` is."""
    at: int | None = division
    for _step in range(8):
        place = places.get(at) if at is not None else None
        if place is None or place.level < Level.COUNTY:
            return None
        if place.level == Level.COUNTY:
            return place.id
        at = place.parent
    return None


def under(root: int, places: Mapping[int, Place]) -> set[int]:
    """Ids among `places` of `root` and all that lies under it."""
    children: dict[int | None, list[int]] = {}
    for place in places.values():
        children.setdefault(place.parent, []).append(place.id)
    found, waiting = {root}, [root]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _spellings(code: str) -> list[str]:
    """The code as given and without the zeros that statistical lists pad it with (410423203000 is the township 410423203)."""
    spellings = [code]
    if len(code) == 12 and code.endswith("000"):
        spellings.append(code[:9])
    if len(code) in (9, 12) and not code[6:].strip("0"):
        spellings.append(code[:6])
    return spellings


def find_by_code(text: str, day: date, authority: str | None = None) -> Found:
    """The division that held the code `text` on `day`.

    The same digits may be a legal code of one division and a statistical code of another (CODE-08): the legal one is taken and a
    note says so; `authority` decides otherwise. Raises `InvalidInputError` for what is no code and `NotFoundError` for unknown
    ones.
    """
    code = text.strip()
    if not code.isascii() or not code.isdigit() or len(code) not in (6, 9, 12):
        raise InvalidInputError("bad_code", _("区划代码应为 6、9 或 12 位数字，收到的是“%(code)s”。") % {"code": code[:40]})
    if authority is not None and authority not in Authority.values:
        raise InvalidInputError("bad_authority", _("编码机构只能是 mca（民政）或 nbs（统计）。"))
    held: list[tuple[str, str, int]] = []
    for spelling in _spellings(code):
        codes = DivisionCode.objects.on(day).filter(code=spelling)
        if authority:
            codes = codes.filter(authority=authority)
        held = list(codes.order_by("authority").values_list("code", "authority", "division_id"))  # 'mca' sorts before 'nbs'
        if held:
            break
    if not held:
        raise _unknown_code(code, day, authority)
    found_code, found_authority, division = held[0]
    place = place_of(division, day)
    return Found(place, found_code, found_authority, tuple(_notes(code, held, place, day)))


def _notes(code: str, held: list[tuple[str, str, int]], place: Place, day: date) -> list[str]:
    notes = []
    if held[0][0] != code:
        notes.append(_("代码 %(code)s 按补零写法读作 %(found)s。") % {"code": code, "found": held[0][0]})
    if len({division for _code, _authority, division in held}) > 1:
        other = place_of(held[1][2], day)
        notes.append(
            _("代码 %(code)s 既是%(legal)s的民政法定代码，又是%(other)s的统计用代码；这里取前者，要查后者请指定 nbs。")
            % {"code": held[0][0], "legal": place.name, "other": other.name}
        )
    return notes


def _unknown_code(code: str, day: date, authority: str | None) -> NotFoundError:
    ever = DivisionCode.objects.current().filter(code__in=_spellings(code))
    if authority:
        ever = ever.filter(authority=authority)
    if ever.exists():
        return NotFoundError(
            "code_not_on_day",
            _("代码 %(code)s 在 %(day)s 没有使用（当时尚未启用或已经停用）。") % {"code": code, "day": day.isoformat()},
        )
    return NotFoundError("unknown_code", _("没有代码为 %(code)s 的区划。") % {"code": code})


def codes_by_text(texts: Collection[str], day: date) -> dict[str, tuple[int, str]]:
    """Division id and the code it was found by, for each of `texts` that is a code on `day`; legal codes first. One query."""
    spellings = {text: _spellings(text) for text in texts if text.isascii() and text.isdigit() and len(text) in (6, 9, 12)}
    wanted = {spelling for several in spellings.values() for spelling in several}
    held: dict[str, int] = {}
    rows = DivisionCode.objects.on(day).filter(code__in=wanted).order_by("authority").values_list("code", "division_id")
    for code, division in rows:
        held.setdefault(code, division)
    found: dict[str, tuple[int, str]] = {}
    for text, several in spellings.items():
        spelling = next((one for one in several if one in held), None)
        if spelling is not None:
            found[text] = (held[spelling], spelling)
    return found


def codes_spelled(text: str, day: date) -> list[int]:
    """Ids of every division that held the code `text` on `day`, of whichever authority."""
    code = text.strip()
    if not code.isascii() or not code.isdigit():
        return []
    for spelling in _spellings(code):
        held = DivisionCode.objects.on(day).filter(code=spelling).order_by("authority").values_list("division_id", flat=True)
        if found := list(dict.fromkeys(held)):
            return found
    return []
