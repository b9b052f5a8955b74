"""A proposed name against what is on record and the lists that are loaded: what ``check_name`` tells."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Level
from boundaries.querysets import ancestor_ids, subtree_ids
from boundaries.rules.change_names import check_rename
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.names import clean
from boundaries.services.places import Place, find_by_code, place_of
from gis.crs import distance_m
from gis.errors import InvalidInputError
from placenames.models import HeritageKind, HeritageListing
from placenames.rules import naming, naming_cases
from placenames.rules.case_kinds import kind_of_record
from placenames.rules.kinds import kind_of_class
from placenames.rules.naming import Existing, Found
from placenames.rules.naming_kinds import DIVISIONS, SCOPE, SPELLED_AS, NamedKind, Scope
from placenames.rules.orthography import check_readings
from placenames.rules.readings import UnreadableError
from placenames.rules.spelling import spell
from placenames.services.name_lists import loaded_lists

# Types of the register and classes of places that a kind is compared with.
_TYPES: Final = {
    NamedKind.COUNTY: (), NamedKind.TOWN: ("town", "township", "ethnic_township"),
    NamedKind.TOWNSHIP: ("town", "township", "ethnic_township"), NamedKind.SUBDISTRICT: ("subdistrict",),
    NamedKind.VILLAGE: ("village_committee", "residents_committee"),
    NamedKind.COMMUNITY: ("village_committee", "residents_committee"),
}  # fmt: skip
_CLASSES: Final = {
    NamedKind.NATURAL_VILLAGE: ("22",), NamedKind.ROAD: ("232", "2351"), NamedKind.COMPOUND: ("221", "26"),
    NamedKind.BUILDING: ("221", "26"), NamedKind.NATURAL: ("11", "12", "13"), NamedKind.FACILITY: ("23", "24", "252"),
}  # fmt: skip
_KIND_OF_TYPE: Final = {
    "town": NamedKind.TOWN, "township": NamedKind.TOWNSHIP, "ethnic_township": NamedKind.TOWNSHIP,
    "subdistrict": NamedKind.SUBDISTRICT, "village_committee": NamedKind.VILLAGE, "residents_committee": NamedKind.COMMUNITY,
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    findings: list[Found]
    lists: dict[str, bool]

    def as_dict(self) -> dict[str, Any]:
        return {
            "findings": [
                {
                    "rule": one.finding.rule,
                    "severity": one.finding.severity.value,
                    "basis": one.finding.basis,
                    "message": one.finding.message_zh,
                    "with": [
                        {"name": other.name, "code": other.code, "area": other.area, "distance_m": other.distance_m}
                        for other in one.others
                    ],
                }
                for one in self.findings
            ],
            "lists": [{"list": key, "loaded": there} for key, there in self.lists.items()],
        }


def check_name(name: str, kind: NamedKind, within: str, rename_of: str = "", day: date | None = None) -> Checked:
    """Everything the rules say of `name` for a place of `kind` in the division with the code `within`.

    `rename_of`: the code of the division that would be renamed; it is not compared with itself. Raises `InvalidInputError` and
    `NotFoundError`.
    """
    day = day or timezone.localdate()
    area = find_by_code(within, day)
    renamed = find_by_code(rename_of, day).place if rename_of else None
    checked = check_in(name, kind, area.place, day, division=renamed.id if renamed else None)
    if renamed is not None:
        checked.findings.extend(_renaming(clean(name), kind, renamed))
    return Checked(by_weight(checked.findings), checked.lists)


def check_in(
    name: str,
    kind: NamedKind,
    area: Place,
    day: date,
    *,
    division: int | None = None,
    place: int | None = None,
    at: GEOSGeometry | None = None,
) -> Checked:
    """What the rules say of a name in `area`, without what only a case knows.

    division, place   what has this name already or is renamed; not compared with itself
    at                where it would lie, EPSG:4490: distances are counted from there instead of the area's seat
    """
    text = clean(name)
    if not text:
        raise InvalidInputError("name_empty", _("请给出要核对的名称。"))
    lists = loaded_lists()
    existing = existing_names(kind, area, day, division, place, at)
    found = naming.check_characters(text, lists)
    found += naming.check_structure(text, kind, {naming.parts_of(one.name, one.kind).proper for one in existing})
    found += naming.check_duplicates(text, kind, existing)
    found += _of_scope(kind, lists)
    found += naming.check_homophones(text, kind, existing, area.code)
    found += naming.check_look_alikes(text, kind, existing)
    found += naming.check_lists(text, kind, lists)
    found += _readings(text, kind, area.code)
    return Checked(by_weight(found), {key: entries is not None for key, entries in lists.items()})


def check_class(name: str, place_class: str, area: Place, day: date, *, at: GEOSGeometry | None = None) -> Checked:
    """What the rules say of a name that is there already, by its class. Of classes no rule on duplicates is about (organisations,
    memorials) characters, lists and readings alone are looked at, and that is said.
    """
    kind = kind_of_record(place_class)
    if kind is not None:
        return check_in(name, kind, area, day, at=at)
    text, lists = clean(name), loaded_lists()
    if not text:
        raise InvalidInputError("name_empty", _("请给出要核对的名称。"))
    found = naming.check_characters(text, lists)
    told = "这一类地名没有重名规则，只核对了用字和读音。"
    words = "No rule on duplicates is about this class; characters and readings were checked."
    found.append(Found(Finding("NAME-CHR-01", Severity.INFO, naming.BASIS_CHR, "not_checked", told, words)))
    with suppress(UnreadableError):  # NAME-CHR-03 tells
        found += [Found(one) for one in check_readings(spell(text, kind_of_class(place_class), area.code))]
    return Checked(by_weight(found), {key: entries is not None for key, entries in lists.items()})


def by_weight(found: Iterable[Found]) -> list[Found]:
    """What blocks first."""
    order = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}
    return sorted(found, key=lambda one: order[one.finding.severity])


def _of_scope(kind: NamedKind, lists: naming.Lists) -> list[Found]:
    """What of the scope could not be looked at."""
    if SCOPE[kind] is Scope.NATION and lists.get("national_divisions") is None:
        return [naming.not_checked("NAME-DUP-03", naming.BASIS_NATION, "national_divisions")]
    if SCOPE[kind] is Scope.BUILT_UP:
        told = "没有建成区范围，只在本县（市、区）内查了同名；是否在同一建成区由人认定。"
        words = "No outline of the built-up area is at hand; compared within the county."
        return [Found(Finding("NAME-DUP-05", Severity.INFO, naming.BASIS_DUP, "not_checked", told, words))]
    return []


def _readings(name: str, kind: NamedKind, area: str) -> list[Found]:
    try:
        own = spell(name, SPELLED_AS[kind], area)
    except UnreadableError:
        return []  # NAME-CHR-03 tells
    return [Found(one) for one in check_readings(own)]


def _renaming(name: str, kind: NamedKind, renamed: Place) -> list[Found]:
    listed = HeritageListing.objects.filter(place__division=renamed.id, recorded__upper_inf=True)
    kinds = {one.kind: str(one.get_kind_display()) for one in listed}
    found = [Found(one) for one in check_rename(renamed.name, name, renamed.level)] if kind in DIVISIONS else []
    found += [Found(one) for one in naming_cases.check_protected(list(kinds.values()), measures=False)]
    found += [Found(one) for one in naming_cases.check_ancient_town(HeritageKind.ANCIENT_TOWN in kinds, kind)]
    told = f"更名须写明事由（{'、'.join(naming_cases.REASONS)}），在更名案中核对。"
    words = "A renaming states its reason; checked with the case."
    return [*found, Found(Finding("NAME-REN-01", Severity.INFO, "地名管理条例第十条", "reason_in_case", told, words))]


# --- what is there already --------------------------------------------------------------------------------------------

_SQL: Final = """
SELECT n.name, n.place_class, n.division_id, coalesce(c.code, n.code, ''), coalesce(a.name, ''),
       ST_X(ST_PointOnSurface(n.location)), ST_Y(ST_PointOnSurface(n.location)), coalesce(r.type, ''),
       round(ST_Distance(n.location::geography, %(at)s::geometry::geography)::numeric, 1)::float
FROM placenames_name n
LEFT JOIN boundaries_divisionrecord r ON r.id = n.division_record_id
LEFT JOIN LATERAL (
    SELECT code FROM boundaries_divisioncode c WHERE c.division_id = n.division_id AND upper_inf(c.recorded) AND c.valid @> %(day)s
    ORDER BY c.authority LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT name FROM boundaries_divisionrecord a WHERE a.division_id = n.area_id AND upper_inf(a.recorded)
    ORDER BY a.valid @> %(day)s DESC, upper(a.valid) DESC NULLS FIRST LIMIT 1
) a ON true
WHERE upper_inf(n.recorded) AND n.valid @> %(day)s AND n.status <> 'cancelled'
"""


def existing_names(
    kind: NamedKind, area: Place, day: date, division: int | None = None, place: int | None = None, at: GEOSGeometry | None = None
) -> list[Existing]:
    """Names in the scope of `kind` around `area` on `day` but those of `division` and `place`; distances as in `check_in`."""
    conditions, values = _conditions(kind, area, day)
    values |= {"day": day, "division": division or -1, "place": place or -1, "at": bytes(at.ewkb) if at is not None else None}
    without = "coalesce(n.division_id, 0) <> %(division)s AND coalesce(n.place_id, 0) <> %(place)s"
    with connection.cursor() as cursor:
        cursor.execute(f"{_SQL} AND {without} AND {conditions}", values)
        rows = cursor.fetchall()
    distances = [row[8] for row in rows]
    if at is None:
        distances = _distances(_seat(area.id, day), [(row[5], row[6]) for row in rows])
    return [
        Existing(row[0], _KIND_OF_TYPE.get(row[7], kind), row[3], row[4], distance, row[5], row[6])
        for row, distance in zip(rows, distances, strict=True)
    ]


def _conditions(kind: NamedKind, area: Place, day: date) -> tuple[str, dict[str, Any]]:
    if kind is NamedKind.COUNTY:
        return "r.level <= %(level)s AND r.type NOT IN ('statistical', 'unknown')", {"level": Level.COUNTY}
    wanted = {Scope.PROVINCE: Level.PROVINCE, Scope.TOWNSHIP: Level.TOWNSHIP}.get(SCOPE[kind], Level.COUNTY)
    root = _above(area, wanted, day)
    if kind in _TYPES:
        return "r.type = ANY(%(types)s) AND n.division_id = ANY(%(ids)s)", {
            "types": list(_TYPES[kind]),
            "ids": subtree_ids(root, day),
        }
    return "n.division_id IS NULL AND n.place_class LIKE ANY(%(classes)s) AND n.area_id = ANY(%(ids)s)", {
        "classes": [f"{one}%" for one in _CLASSES[kind]],
        "ids": subtree_ids(root, day),
    }


def _above(area: Place, level: int, day: date) -> int:
    """The unit of `level` that `area` is or lies in; without one the highest there is."""
    line = ancestor_ids(area.id, day)
    for division in line:
        if place_of(division, day).level <= level:
            return division
    return line[-1]


def _seat(division: int, day: date) -> tuple[float, float] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM (SELECT coalesce(seat, ST_PointOnSurface(geometry)) AS p FROM boundaries_divisionrecord"
            " WHERE division_id = %s AND upper_inf(recorded) AND valid @> %s) s WHERE p IS NOT NULL LIMIT 1",
            [division, day],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _distances(here: tuple[float, float] | None, points: Iterable[tuple[float | None, float | None]]) -> list[float | None]:
    """Metres on the ellipsoid from the seat of the area named, None where either has no position."""
    given = list(points)
    if here is None:
        return [None] * len(given)
    return [None if lon is None or lat is None else round(distance_m(here, (lon, lat))[0], 1) for lon, lat in given]
