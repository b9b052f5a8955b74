"""Forty years of a province to measure with: 55,283 units on a lattice, five levels, each an exact coverage, changed year by year.

Henan's counts, roughly: 1 province, 18 prefectures, 160 counties, 2,624 townships, 52,480 villages. A year brings townships that
become towns (another division: new record, new code, its villages under it), counties that become districts (all codes below
change), villages renamed, and lines between villages moved. Made from a seed: the same on every run.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection

from boundaries.models import Begins, Grade, Level, LineageKind, Source, SourceKind
from gis.crs import CGCS2000, area_m2

Geometries = npt.NDArray[np.object_]
UNTIL = date(2026, 1, 1)
RECORDED = "[2026-01-01 00:00:00+00,)"
GENERIC = {Level.PROVINCE: "省", Level.PREFECTURE: "市", Level.COUNTY: "县", Level.TOWNSHIP: "乡", Level.VILLAGE: "村"}
TYPES = {
    Level.PROVINCE: "province",
    Level.PREFECTURE: "prefecture_city",
    Level.COUNTY: "county",
    Level.TOWNSHIP: "township",
    Level.VILLAGE: "village_committee",
}


@dataclass(frozen=True)
class Size:
    """Villages on a lattice of `columns` × `rows`; a township is 4 × 5 of them, counties and prefectures are blocks of
    townships.
    """

    columns: int
    rows: int
    counties: tuple[int, int]
    prefectures: tuple[int, int]
    # Each year: townships that become towns, counties that become districts, villages renamed, lines between villages moved.
    towns: int = 36
    districts: int = 2
    renamed: int = 60
    moved: int = 20

    def smaller(self) -> Size:
        """About a tenth of everything, for a quick run."""
        return Size(80, 65, (5, 3), (2, 1), 4, 0, 6, 2)


FULL = Size(256, 205, (16, 10), (6, 3))


@dataclass
class State:
    """The record of a unit that holds at the moment of the making."""

    division: int
    since: date
    name: str
    generic: str
    level: Level
    type: str
    parent: int | None
    shape: int  # of `_Making.shapes`
    code: str
    code_since: date


@dataclass(frozen=True)
class Made:
    units: int
    records: int
    codes: int
    lineage: int
    since: date


def load(size: Size, years: int, seed: int = 7) -> Made:
    """Empties the register of this (measurement's) database and fills it with the province and its last `years` years."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE boundaries_division, boundaries_mapshape, boundaries_mapborder, boundaries_maprevision CASCADE")
    making = _Making(size, years, seed)
    made = making.run()
    making.write()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what the server does by itself a minute after a load; indexes answer alone only then
    return made


class _Making:
    def __init__(self, size: Size, years: int, seed: int) -> None:
        self.size, self.since = size, date(UNTIL.year - years, 1, 1)
        self.years = years
        self.random = random.Random(seed)
        self.lattice = _Lattice(size, seed)
        self.shapes: list[shapely.Geometry] = []
        self.states: dict[int, State] = {}
        self.children: dict[int, list[int]] = {}
        self.closed: list[tuple[State, date]] = []
        self.closed_codes: list[tuple[int, str, date, date]] = []
        self.edges: list[tuple[int, int, date, str]] = []
        self.places: dict[int, tuple[int, int]] = {}  # of villages on the lattice
        self.villages: dict[tuple[int, int], int] = {}
        self.numbers = itertools.count(1)
        self.town_numbers: dict[str, int] = {}
        self.county_codes: set[str] = set()
        self.pools: dict[Level, list[int]] = {}

    # --- the first day ------------------------------------------------------------------------------------------

    def run(self) -> Made:
        self._found()
        units = len(self.states)
        for year in range(self.years):
            for _ in range(self.size.towns):
                self._to_town(self._day(year))
            for _ in range(self.size.districts):
                self._to_district(self._day(year))
            for _ in range(self.size.renamed):
                self._rename(self._day(year))
            for _ in range(self.size.moved):
                self._move_line(self._day(year))
        records, codes = units + len(self.closed), units + len(self.closed_codes)
        return Made(units, records, codes, len(self.edges), self.since)

    def _found(self) -> None:
        size = self.size
        columns, rows = size.columns // 4, size.rows // 5
        shapes: dict[Level, dict[tuple[int, int], shapely.Geometry]] = {Level.VILLAGE: self.lattice.all()}

        def above(below: Level, place: Any) -> dict[tuple[int, int], shapely.Geometry]:
            groups: dict[tuple[int, int], list[shapely.Geometry]] = {}
            for key, shape in shapes[below].items():
                groups.setdefault(place(*key), []).append(shape)
            return {key: shapely.coverage_union_all(several) for key, several in groups.items()}

        to_township = lambda column, row: (column // 4, row // 5)  # noqa: E731
        to_county = lambda column, row: (column * size.counties[0] // columns, row * size.counties[1] // rows)  # noqa: E731
        to_prefecture = lambda column, row: (  # noqa: E731
            column * size.prefectures[0] // size.counties[0],
            row * size.prefectures[1] // size.counties[1],
        )
        to_parent = {
            Level.VILLAGE: to_township,
            Level.TOWNSHIP: to_county,
            Level.COUNTY: to_prefecture,
            Level.PREFECTURE: lambda _column, _row: (0, 0),
        }
        for level in (Level.TOWNSHIP, Level.COUNTY, Level.PREFECTURE, Level.PROVINCE):
            shapes[level] = above(Level(level + 1), to_parent[Level(level + 1)])
        at: dict[tuple[Level, tuple[int, int]], int] = {}
        for level in Level:
            for key in sorted(shapes[level]):
                parent = None if level == Level.PROVINCE else at[Level(level - 1), to_parent[level](*key)]
                at[level, key] = self._open(level, key, shapes[level][key], parent)

    def _open(self, level: Level, key: tuple[int, int], shape: shapely.Geometry, parent: int | None) -> int:
        division = next(self.numbers)
        self.shapes.append(shape)
        number = len(self.children.get(parent, ())) + 1 if parent is not None else 1
        above = self.states[parent].code if parent is not None else ""
        if level == Level.PROVINCE:
            code = "410000"
        elif level == Level.PREFECTURE:
            code = f"41{number:02d}00"
        elif level == Level.COUNTY:
            code = f"{above[:4]}{20 + number:02d}"
        elif level == Level.TOWNSHIP:
            code = f"{above}{200 + number}"
        else:
            code = f"{above}{200 + number}"
        name = f"第{division}{GENERIC[level]}"
        self.states[division] = State(
            division, self.since, name, GENERIC[level], level, TYPES[level], parent, len(self.shapes) - 1, code, self.since
        )
        if parent is not None:
            self.children.setdefault(parent, []).append(division)
        if level == Level.VILLAGE:
            self.places[division], self.villages[key] = key, division
        return division

    # --- what a year brings -------------------------------------------------------------------------------------

    def _day(self, year: int) -> date:
        """A decision comes into force on one of a year's 24 days; never before an earlier one of the same units."""
        return date(self.since.year + year, 1, 1) + timedelta(days=15 + 15 * self.random.randrange(23))

    def _of(self, level: Level, day: date) -> State | None:
        """A unit that nothing happened to on or after the day."""
        if level not in self.pools:
            self.pools[level] = [one for one, state in self.states.items() if state.level == level]
        pool = self.pools[level]
        for _try in range(20):
            at = self.random.randrange(len(pool))
            state = self.states.get(pool[at])
            if state is None:
                pool[at] = pool[-1]
                pool.pop()
            elif self._untouched((state,), day):
                return state
        return None

    def _untouched(self, states: Iterable[State], day: date) -> bool:
        return all(one.since < day and one.code_since < day for one in states)

    def _change(self, state: State, day: date, **values: Any) -> None:
        """The same unit with another record from the day on."""
        if state.since < day:
            self.closed.append((replace(state), day))
        for name, value in values.items():
            setattr(state, name, value)
        state.since = day

    def _recode(self, state: State, day: date, code: str) -> None:
        if state.code_since < day:
            self.closed_codes.append((state.division, state.code, state.code_since, day))
        state.code, state.code_since = code, day

    def _replace(self, state: State, day: date, generic: str, kind: str, code: str) -> State:
        """Another division on the same ground, with what lay under the former one."""
        self.closed.append((state, day))
        self.closed_codes.append((state.division, state.code, state.code_since, day))
        del self.states[state.division]
        new = replace(
            state,
            division=next(self.numbers),
            since=day,
            generic=generic,
            type=kind,
            name=state.name.removesuffix(state.generic) + generic,
            code=code,
            code_since=day,
        )
        self.states[new.division] = new
        self.children[new.division] = self.children.pop(state.division, [])
        if new.parent is not None:
            siblings = self.children[new.parent]
            siblings[siblings.index(state.division)] = new.division
        self.pools[new.level].append(new.division)
        self.edges.append((state.division, new.division, day, LineageKind.TYPE_CHANGED))
        return new

    def _to_town(self, day: date) -> None:
        state = self._of(Level.TOWNSHIP, day)
        if state is None or not self._untouched((self.states[child] for child in self.children[state.division]), day):
            return
        back = state.type == "town"
        # Once used, a code is not given again.
        used = self.town_numbers[state.code[:6]] = self.town_numbers.get(state.code[:6], 0) + 1
        code = f"{state.code[:6]}{300 + used}"
        new = self._replace(state, day, "乡" if back else "镇", "township" if back else "town", code)
        for child in self.children[new.division]:
            village = self.states[child]
            self._change(village, day, parent=new.division)
            self._recode(village, day, new.code + village.code[9:])

    def _to_district(self, day: date) -> None:
        state = self._of(Level.COUNTY, day)
        if state is None or state.parent is None:
            return
        townships = [self.states[child] for child in self.children[state.division]]
        villages = [self.states[child] for one in townships for child in self.children[one.division]]
        used = self.county_codes | {self.states[child].code for child in self.children[state.parent]}
        free = next((code for code in (f"{state.code[:4]}{number:02d}" for number in range(1, 100)) if code not in used), None)
        if free is None or not self._untouched((*townships, *villages), day):
            return
        self.county_codes |= {free, state.code}
        district = state.type == "district"
        new = self._replace(state, day, "县" if district else "区", "county" if district else "district", free)
        for one in townships:
            self._change(one, day, parent=new.division)
            self._recode(one, day, new.code + one.code[6:])
        for one in villages:
            self._recode(one, day, new.code + one.code[6:])
        self.town_numbers[free] = max(0, *(int(one.code[6:9]) - 300 for one in townships))

    def _rename(self, day: date) -> None:
        state = self._of(Level.VILLAGE, day)
        if state is not None:
            self._change(state, day, name=f"新{len(self.closed)}村")

    def _move_line(self, day: date) -> None:
        """The line between a village and its neighbour in the same township moves; nothing else does."""
        state = self._of(Level.VILLAGE, day)
        if state is None:
            return
        column, row = self.places[state.division]
        other = self.states[self.villages[column - 1, row]] if column % 4 else None
        if other is None or other.since >= day:
            return
        before = self.lattice.shift(column, row, self.random.uniform(-0.3, 0.3))
        shapes = [self.lattice.village(*self.places[one.division]) for one in (state, other)]
        if not all(shapely.is_valid(shapes)):
            self.lattice.north[column, row, 1, 0] = before
            return
        for one, shape in zip((state, other), shapes, strict=True):
            self.shapes.append(shape)
            self._change(one, day, shape=len(self.shapes) - 1)

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        source = Source.objects.create(kind=SourceKind.DATASET, title="性能测量")
        shapes = np.array(
            [one if one.geom_type == "MultiPolygon" else shapely.multipolygons([one]) for one in self.shapes], dtype=object
        )
        areas = area_m2(shapes)
        texts = shapely.to_wkb(shapely.set_srid(shapes, CGCS2000), hex=True, include_srid=True)
        held = [(state, None) for state in self.states.values()]
        divisions = sorted({state.division for state, _until in (*held, *self.closed)})
        with connection.cursor() as cursor:
            _copy(cursor, "boundaries_division (id)", ((one,) for one in divisions))
            _copy(
                cursor,
                "boundaries_divisionrecord (division_id, valid, recorded, begins, name, proper_name, generic_name, level, type, "
                "parent_id, geometry, grade, seat_grade, area_m2, source_id)",
                (
                    (
                        one.division, _span(one.since, until), RECORDED, Begins.DECIDED, one.name,
                        one.name.removesuffix(one.generic), one.generic, int(one.level), one.type, one.parent, texts[one.shape],
                        Grade.INVENTED, "", areas[one.shape], source.pk,
                    )
                    for one, until in (*self.closed, *held)
                ),
            )  # fmt: skip
            _copy(
                cursor,
                "boundaries_divisioncode (division_id, authority, code, valid, recorded, source_id)",
                (
                    (division, "mca", code, _span(since, until), RECORDED, source.pk)
                    for division, code, since, until in (
                        *self.closed_codes,
                        *((one.division, one.code, one.code_since, None) for one, _ in held),
                    )
                ),
            )
            _copy(
                cursor,
                'boundaries_lineage (predecessor_id, successor_id, "on", kind, area_share, recorded, source_id)',
                ((one, other, day, kind, 1.0, RECORDED, source.pk) for one, other, day, kind in self.edges),
            )
            cursor.execute("SELECT setval(pg_get_serial_sequence('boundaries_division', 'id'), %s)", [divisions[-1]])


def _span(since: date, until: date | None) -> str:
    return f"[{since},{until or ''})"


def _copy(cursor: Any, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


class _Lattice:
    """Villages as quadrangles with bent sides. A corner and a side are one to all that share them."""

    def __init__(self, size: Size, seed: int) -> None:
        random = np.random.default_rng(seed)
        columns, rows = size.columns, size.rows
        self.step = (6.2 / columns, 4.9 / rows)
        grid = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1).astype(float)
        self.corners = self._placed(grid + random.uniform(-0.2, 0.2, grid.shape))
        # Sides that run east and sides that run north, three bends each.
        self.east = self._sides(self.corners[:-1, :], self.corners[1:, :], random)
        self.north = self._sides(self.corners[:, :-1], self.corners[:, 1:], random)

    def _placed(self, grid: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(np.array((110.4, 31.4)) + grid * np.array(self.step), 7)

    def _sides(self, start: Any, end: Any, random: np.random.Generator) -> npt.NDArray[np.float64]:
        at = np.array((0.25, 0.5, 0.75))[:, None]
        along = start[..., None, :] + (end - start)[..., None, :] * at
        return np.round(along + random.uniform(-0.05, 0.05, along.shape) * np.array(self.step), 7)

    def village(self, column: int, row: int) -> shapely.Geometry:
        c, e, n = self.corners, self.east, self.north
        ring = [c[column, row], *e[column, row], c[column + 1, row], *n[column + 1, row], c[column + 1, row + 1]]
        ring += [*e[column, row + 1][::-1], c[column, row + 1], *n[column, row][::-1], c[column, row]]
        return shapely.polygons(np.array(ring))

    def shift(self, column: int, row: int, share: float) -> float:
        """Moves the middle of the western side of a village by a share of its width; gives where it was."""
        before = float(self.north[column, row, 1, 0])
        self.north[column, row, 1, 0] = round(float(self.corners[column, row, 0] + share * self.step[0]), 7)
        return before

    def all(self) -> dict[tuple[int, int], shapely.Geometry]:
        columns, rows = self.east.shape[0], self.north.shape[1]
        return {(column, row): self.village(column, row) for column in range(columns) for row in range(rows)}
