"""Which column is the code, which the name: recognised by the names files use, or said by the person.

Where several columns could be meant, the level decides (city_adcode or district_adcode); where it does not, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis.errors import InvalidInputError
from importers.readers.errors import refuse

# Words in front of code and name columns that say whose code or name it is.
_LEVEL_WORDS: Mapping[int, tuple[str, ...]] = {
    1: ("province", "prov", "省", "省级", "sheng"),
    2: ("city", "prefecture", "pref", "市", "地市", "地级", "地级市", "shi"),
    3: ("district", "county", "区县", "县区", "县", "县级", "县市区", "xian"),
    4: ("township", "town", "street", "乡镇", "乡", "乡级", "镇", "街道", "xiang"),
    5: ("village", "cun", "村", "村级", "村社", "村居"),
}
_CODE = (
    "code", "adcode", "ad_code", "区划代码", "区划代", "行政区划代码", "行政区划代", "行政代码", "代码", "区划编码", "编码",
    "统计用区划代码", "统计用区划代", "dm", "xzqdm", "xzqhdm", "xzdm", "pac",
)  # fmt: skip
_NAME = (
    "name", "名称", "名", "名字", "区划名称", "行政区划名称", "行政区名称", "行政名称", "mc", "xzqmc", "xzqhmc", "xzmc",
)  # fmt: skip
_PARENT = (
    "parent", "parent_code", "parentcode", "parent_adcode", "pcode", "pid", "上级", "上级代码", "上级区划代码", "上级区划代",
    "所属区划代码", "父级代码",
)  # fmt: skip
_LEVEL = ("level", "rank", "层级", "级别", "行政级别", "行政层级")
_LON = ("lon", "lng", "longitude", "经度", "x")
_LAT = ("lat", "latitude", "纬度", "y")
# What else tables of places call them; a list of divisions has degrees only.
_EASTING = ("东经", "横坐标", "x坐标", "东坐标", "easting")
_NORTHING = ("北纬", "纵坐标", "y坐标", "北坐标", "northing")

ROLES = ("code", "name", "parent", "level", "lon", "lat")


@dataclass(frozen=True)
class Fields:
    """The column of each role, None where the file has none. `seat_crs` is the system a pair of columns names (lon_gcj02)."""

    code: str
    name: str
    parent: str | None = None
    level: str | None = None
    lon: str | None = None
    lat: str | None = None
    seat_crs: str = ""

    def as_dict(self) -> dict[str, str | None]:
        return {role: getattr(self, role) for role in ROLES}


def recognise(cells: Mapping[str, Sequence[str]], level: int | None, said: Mapping[str, str] | None = None) -> Fields:
    """The columns of a file for a level (None: the file's own level column decides row by row).

    `cells` maps each column to its texts; of several columns that could be the code, only one that tells every row apart can be it.
    `said` maps a role to a column the person named. Raises `InvalidInputError`: unknown_field, missing_field, ambiguous_field.
    """
    names = list(cells)
    given = {role: column for role, column in (said or {}).items() if column}
    for role, column in given.items():
        if column not in names:
            raise refuse(
                "unknown_field",
                _("文件里没有列“%(column)s”，只有：%(columns)s。"),
                column=column[:60],
                columns="、".join(names[:40]),
                role=role,
            )
    code = given.get("code") or _of_level(names, "code", _CODE, level, cells)
    name = given.get("name") or _of_level(names, "name", _NAME, level, cells)
    if code is None or name is None:
        raise _missing(names, [role for role, column in (("code", code), ("name", name)) if column is None])
    lon, lat, seat_crs = _seat(names, given)
    return Fields(
        code=code,
        name=name,
        parent=given.get("parent") or _parent(names, level),
        level=given.get("level") or _first(names, _LEVEL),
        lon=lon,
        lat=lat,
        seat_crs=seat_crs,
    )


def likely(names: list[str], role: str) -> str | None:
    """The first column that could be it, for a person to confirm."""
    words = {"code": _CODE, "name": _NAME, "parent": _PARENT, "level": _LEVEL}[role]
    spelled = {word for level in _LEVEL_WORDS for word in _compounds(level, words)} if role in {"code", "name"} else set()
    return _first(names, words) or next((name for name in names if _plain(name) in spelled), None)


def _plain(name: str) -> str:
    return name.strip().lower()


def _first(names: list[str], wanted: tuple[str, ...]) -> str | None:
    by_plain = {_plain(name): name for name in reversed(names)}
    return next((by_plain[word] for word in wanted if word in by_plain), None)


def _of_level(
    names: list[str], role: str, words: tuple[str, ...], level: int | None, cells: Mapping[str, Sequence[str]]
) -> str | None:
    """First the column that names the level (district_adcode, 县名称), else the column without a level's name."""
    if level is not None:
        own = [name for name in names if _plain(name) in _compounds(level, words)]
        if len(own) > 1:
            raise _ambiguous(role, own)
        if own:
            return own[0]
    plain = [name for name in names if _plain(name) in words]
    if len(plain) > 1 and role == "code":
        plain = [name for name in plain if len(set(cells[name])) == len(cells[name])] or plain
    if len(plain) > 1:
        raise _ambiguous(role, plain)
    return plain[0] if plain else None


def _compounds(level: int, words: tuple[str, ...]) -> set[str]:
    compounds = {f"{own}{joint}{word}" for own in _LEVEL_WORDS[level] for word in words for joint in ("", "_")}
    # A bare "county" holding the name, as in files whose columns are province, city, county.
    return compounds | (set(_LEVEL_WORDS[level]) if words is _NAME else set())


def _parent(names: list[str], level: int | None) -> str | None:
    explicit = _first(names, _PARENT)
    if explicit is not None or level is None:
        return explicit
    for above in range(level - 1, 0, -1):
        found = [name for name in names if _plain(name) in _compounds(above, _CODE)]
        if len(found) > 1:
            raise _ambiguous("parent", found)
        if found:
            return found[0]
    return None


def _seat(names: list[str], given: Mapping[str, str]) -> tuple[str | None, str | None, str]:
    if "lon" in given and "lat" in given:
        return given["lon"], given["lat"], _suffix(given["lon"])
    return coordinate_columns(names)


def coordinate_columns(names: list[str], *, plane: bool = False) -> tuple[str | None, str | None, str]:
    """The columns of longitude and latitude (with `plane` also of easting and northing), None where there is no such pair, and the
    system they name.
    """
    if plane:
        east, north = _first(names, _EASTING), _first(names, _NORTHING)
        if east and north:
            return east, north, ""
    for suffix in ("", "_gcj02", "_bd09", "_wgs84", "_cgcs2000"):
        lon = _first(names, tuple(f"{word}{suffix}" for word in _LON))
        lat = _first(names, tuple(f"{word}{suffix}" for word in _LAT))
        if lon and lat:
            return lon, lat, suffix.removeprefix("_")
    return None, None, ""


def _suffix(name: str) -> str:
    found = re.search(r"_(gcj02|bd09|wgs84|cgcs2000)$", _plain(name))
    return found[1] if found else ""


def _ambiguous(role: str, found: list[str]) -> InvalidInputError:
    return refuse(
        "ambiguous_field",
        _("有几列都可能是%(what)s：%(columns)s。请用 --%(role)s-field 指定一列。"),
        what=_label(role),
        columns="、".join(found),
        role=role,
    )


def _missing(names: list[str], roles: list[str]) -> InvalidInputError:
    return refuse(
        "missing_field",
        _("没有认出%(what)s列，文件里有：%(columns)s。请用 --%(role)s-field 指定。"),
        what="、".join(_label(role) for role in roles),
        columns="、".join(names[:40]),
        role=roles[0],
    )


def _label(role: str) -> str:
    return {"code": _("代码"), "name": _("名称"), "parent": _("上级代码")}[role]
