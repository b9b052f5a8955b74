"""Types of signs as data: GB 17733-2008 as far as it was seen, and what an office loads over it (docs/sign-type-format.md).

Lengths are millimetres, shares 0 to 1 of the plate from its upper left corner. None means "not known", never "any".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from placenames.rules.kinds import Kind

FOLDER: Final = Path(__file__).resolve().parents[2] / "sign_types"
SHIPPED: Final = FOLDER / "gb17733.toml"

# "qr" is the code that opens the name's page: no part of the standard as seen, so only an office's table puts it on a plate.
ROLES: Final = ("chinese", "roman", "number", "minority", "qr")
WHEN: Final = ("always", "east_west", "north_south")
STATUSES: Final = ("incomplete", "official", "office", "demo")
# Known colours with what a screen and a printer make of them; the standard's own colour values were not seen.
COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "blue": ("蓝", "#00489d"),
    "green": ("绿", "#00704a"),
    "white": ("白", "#ffffff"),
    "red": ("红", "#c8102e"),
    "black": ("黑", "#101010"),
    "yellow": ("黄", "#f6c400"),
    "brown": ("棕", "#6b3f1d"),
}
CASES: Final = ("upper", "capitals")
_LARGEST_MM: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Ground:
    when: str
    ground: str
    ink: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the face. `ground` and `ink` where they differ from the plate's; `least_height_mm` of the characters in it."""

    role: str
    x: float
    y: float
    width: float
    height: float
    ground: str = ""
    ink: str = ""
    least_height_mm: float | None = None


@dataclass(frozen=True, slots=True)
class SignType:
    """`names`: kinds of places such a sign names. `known`: what is known by `source`; `parts_source` where the layout has another.

    may_follow  words that may follow the name on such a sign (象河乡 + 人民政府)
    case        how the spelling is written: upper (all capitals) or capitals (each word's first)
    """

    key: str
    name: str
    name_en: str = ""
    names: tuple[Kind, ...] = ()
    clause: str = ""
    source: str = ""
    known: tuple[str, ...] = ()
    note: str = ""
    width_mm: float | None = None
    height_mm: float | None = None
    border_max_mm: float | None = None
    corner_mm: float = 0.0
    ground: tuple[Ground, ...] = ()
    parts: tuple[Part, ...] = ()
    parts_source: str = ""
    may_follow: tuple[str, ...] = ()
    case: str = "upper"
    font: str = ""

    @property
    def size_known(self) -> bool:
        return self.width_mm is not None and self.height_mm is not None

    @property
    def missing(self) -> tuple[str, ...]:
        """What a drawing needs and nobody has said."""
        return tuple(
            name
            for name, there in (("size", self.size_known), ("ground", bool(self.ground)), ("parts", bool(self.parts)))
            if not there
        )

    @property
    def by_direction(self) -> bool:
        """Whether its colour depends on which way the road runs."""
        return any(one.when != "always" for one in self.ground)

    def part(self, role: str) -> Part | None:
        return next((one for one in self.parts if one.role == role), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where signs are wanted and how near counts as there; metres. `source` says whose choice the numbers are."""

    source: str = ""
    ends: bool = True
    junctions: bool = True
    least_spacing_m: float = 150.0
    near_m: float = 60.0
    far_m: float = 2000.0
    road_m: float = 80.0
    duplicate_m: float = 15.0
    cut_deg: float = 45.0
    boundary_level: int = 4


@dataclass(frozen=True)
class TypeTable:
    """`said_wanted`: whether the file had [wanted] at all."""

    id: str
    title: str
    document_number: str
    status: str
    types: Mapping[str, SignType]
    wanted: Wanted
    gaps: tuple[str, ...] = ()
    said_wanted: bool = True

    def over(self, other: TypeTable) -> TypeTable:
        """`other` with what this one says instead: whole types by key, and [wanted] where it has one."""
        wanted = self.wanted if self.said_wanted else other.wanted
        types = {**other.types, **self.types}
        return TypeTable(self.id, self.title, self.document_number, self.status, types, wanted, self.gaps)


@dataclass
class BadTable(ValueError):
    """`problems` in Chinese, each naming the place."""

    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "；".join(self.problems)


@cache
def shipped() -> TypeTable:
    return read(SHIPPED.read_text("utf-8"))


def read(text: str) -> TypeTable:
    """A table from its TOML. Raises `BadTable` with everything that is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTable([f"不是合格的 TOML：{error}"]) from error
    reading = _Reading()
    reading.unknown(data, {"table", "wanted", "type"}, "文件")
    about = reading.table(data.get("table"), "[table]")
    reading.unknown(about, {"id", "title", "document_number", "status", "gaps"}, "[table]")
    status = reading.choice(about.get("status", "office"), STATUSES, "[table].status")
    identity, title = reading.text(about.get("id"), "[table].id"), reading.text(about.get("title"), "[table].title")
    types: dict[str, SignType] = {}
    rows = data.get("type", [])
    if not isinstance(rows, list) or not rows:
        reading.problems.append("没有一个 [[type]]。")
        rows = []
    for order, row in enumerate(rows, start=1):
        one = reading.type_of(reading.table(row, f"第 {order} 个 [[type]]"), f"第 {order} 个 [[type]]")
        if one.key in types:
            reading.problems.append(f"类型“{one.key}”写了两次。")
        types[one.key] = one
    wanted = reading.wanted(reading.table(data.get("wanted", {}), "[wanted]"))
    gaps = reading.texts(about.get("gaps", []), "[table].gaps")
    if reading.problems:
        raise BadTable(reading.problems)
    number = str(about.get("document_number", ""))
    return TypeTable(identity, title, number, status, types, wanted, gaps, "wanted" in data)


class _Reading:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def table(self, value: Any, where: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.problems.append(f"{where} 应为一张表。")
        return {}

    def unknown(self, row: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        for name in sorted(set(row) - set(known)):
            self.problems.append(f"{where} 里没有“{name}”这一项。")

    def text(self, value: Any, where: str) -> str:
        if isinstance(value, str) and value.strip() and len(value) <= 200:
            return value.strip()
        self.problems.append(f"{where} 应为不超过 200 字的文字。")
        return ""

    def texts(self, value: Any, where: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.problems.append(f"{where} 应为一列文字。")
        return ()

    def choice(self, value: Any, allowed: Iterable[str], where: str) -> str:
        if value in tuple(allowed):
            return str(value)
        self.problems.append(f"{where} 应为 {'、'.join(allowed)} 之一。")
        return ""

    def millimetres(self, row: Mapping[str, Any], name: str, where: str) -> float | None:
        value = row.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LARGEST_MM:
            self.problems.append(f"{where}.{name} 应为毫米数（大于 0，不超过 {_LARGEST_MM:g}）。")
            return None
        return float(value)

    def type_of(self, row: Mapping[str, Any], where: str) -> SignType:
        self.unknown(row, {one.name for one in fields(SignType)}, where)
        key, name = self.text(row.get("key"), f"{where}.key"), self.text(row.get("name"), f"{where}.name")
        where = f"类型“{key}”" if key else where
        kinds = []
        for one in self.texts(row.get("names", []), f"{where}.names"):
            if one not in set(Kind):
                self.problems.append(f"{where}.names 没有“{one}”这种地名。")
            else:
                kinds.append(Kind(one))
        corner = self.millimetres(row, "corner_mm", where) or 0.0
        return SignType(
            key=key,
            name=name,
            name_en=str(row.get("name_en", "")),
            names=tuple(kinds),
            clause=str(row.get("clause", "")),
            source=str(row.get("source", "")),
            known=self.texts(row.get("known", []), f"{where}.known"),
            note=str(row.get("note", "")),
            width_mm=self.millimetres(row, "width_mm", where),
            height_mm=self.millimetres(row, "height_mm", where),
            border_max_mm=self.millimetres(row, "border_max_mm", where),
            corner_mm=corner,
            ground=tuple(self.ground(one, where) for one in row.get("ground", [])),
            parts=tuple(self.part(one, where) for one in row.get("parts", [])),
            parts_source=str(row.get("parts_source", "")),
            may_follow=self.texts(row.get("may_follow", []), f"{where}.may_follow"),
            case=self.choice(row.get("case", "upper"), CASES, f"{where}.case"),
            font=str(row.get("font", "")),
        )

    def ground(self, row: Any, where: str) -> Ground:
        row = self.table(row, f"{where}.ground")
        when = self.choice(row.get("when", "always"), WHEN, f"{where}.ground.when")
        ground = self.choice(row.get("ground"), COLOURS, f"{where}.ground.ground")
        return Ground(when, ground, self.choice(row.get("ink"), COLOURS, f"{where}.ground.ink"))

    def part(self, row: Any, where: str) -> Part:
        row = self.table(row, f"{where}.parts")
        self.unknown(row, {one.name for one in fields(Part)}, f"{where}.parts")
        role = self.choice(row.get("role"), ROLES, f"{where}.parts.role")
        shares = []
        for name in ("x", "y", "width", "height"):
            value = row.get(name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                self.problems.append(f"{where}.parts.{name} 应为 0 至 1 的份额。")
                value = 0.0
            shares.append(float(value))
        x, y, width, height = shares
        if x + width > 1 + 1e-9 or y + height > 1 + 1e-9 or not (width and height):
            self.problems.append(f"{where}.parts 的“{role}”超出了牌面，或没有大小。")
        ground, ink = (
            self.choice(row[name], COLOURS, f"{where}.parts.{name}") if name in row else "" for name in ("ground", "ink")
        )
        return Part(role, x, y, width, height, ground, ink, self.millimetres(row, "least_height_mm", f"{where}.parts"))

    def wanted(self, row: Mapping[str, Any]) -> Wanted:
        self.unknown(row, {one.name for one in fields(Wanted)}, "[wanted]")
        default, given = Wanted(), {}
        for name, value in row.items():
            like = getattr(default, name, None)
            if isinstance(like, bool | str):
                right = isinstance(value, type(like))
            else:
                right = not isinstance(value, bool) and isinstance(value, int | float) and 0 < value <= 100_000
            if not right:
                self.problems.append(f"[wanted].{name} 的值不对。")
            else:
                given[name] = type(like)(value) if like is not None else value
        if row and not str(row.get("source", "")).strip():
            self.problems.append("[wanted].source 应写明这些数值的来源。")
        return Wanted(**{name: value for name, value in given.items() if hasattr(default, name)})
