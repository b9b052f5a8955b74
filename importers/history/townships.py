"""Townships, walking back from a list of one day through the yearly official lists of changes.

What the list has on its day is carried back as it is until a row says otherwise; so a year without a list is passed as if nothing
had happened, and is told. A row is believed where the list, walked back to its year, has the unit by its name in the row's county;
a row that is not borne out is told and left out. Codes are held against each other afterwards (`township_codes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from boundaries.rules import names
from boundaries.services.register.lives import Edge, History, Life, LifeState, Paper
from importers.history.county_spans import CountySpan, CountySpans, Succession
from importers.history.papers import document, issuer_of
from importers.history.township_codes import Era, Statement, settle
from importers.problems import Problem
from importers.readers.official_changes import OfficialRow

TOWNSHIP = 4
OBSERVED = "observed"
LIST = "township-list"


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list at `place` (data row from 1, line). The name is cleaned, but may carry its county's name in front.

    `county` is the code the file says.
    """

    place: tuple[int, int]
    code: str
    name: str
    county: str


@dataclass
class Townships:
    history: History = field(default_factory=History)
    problems: list[Problem] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    used_rows: int = 0
    left_out: int = 0


@dataclass(eq=False)
class Unit:
    """A life in the making, newest state first; the last of `states` is the one that is still being walked back."""

    key: str
    states: list[_State]
    eras: list[Era]
    until: date | None = None
    ended_by: str = ""

    @property
    def now(self) -> _State:
        return self.states[-1]


@dataclass(eq=False)
class _State:
    name: str
    county: CountySpan | None
    since: date = date.max
    begins: str = OBSERVED
    paper: str = LIST


def reconstruct(
    listed: Sequence[Listed], paper: Paper, day: date, rows: Iterable[OfficialRow], file: str, counties: CountySpans
) -> Townships:
    """`paper` and `file` are the list's, `day` the day it is of."""
    walk = _Walk(day, file, counties)
    walk.found.history.papers[LIST] = paper
    walk.take_list(listed)
    by_year: defaultdict[int, list[OfficialRow]] = defaultdict(list)
    for row in rows:
        by_year[row.year].append(row)
    return walk.back(by_year)


class _Walk:
    def __init__(self, day: date, file: str, counties: CountySpans) -> None:
        self.day = day
        self.file = file
        self.counties = counties
        self.found = Townships()
        self.alive: list[Unit] = []
        self.ended: list[Unit] = []
        self.edges: list[Edge] = []
        # Names and codes the list keeps for counties that are no more.
        self.former: defaultdict[str, list[Listed]] = defaultdict(list)

    def tell(self, code: str, place: tuple[int, int] | None, file: str, **values: object) -> None:
        row, line = place or (None, None)
        self.found.problems.append(Problem(code, row, file, {key: str(value) for key, value in values.items()}, line))

    # --- the list ---------------------------------------------------------------------------------------------------

    def take_list(self, listed: Sequence[Listed]) -> None:
        succeeded = {each.old.code for each in self.counties.successions}
        outside: defaultdict[str, list[Listed]] = defaultdict(list)
        seen: dict[tuple[str, str], Listed] = {}
        codes: dict[str, int] = {}
        for row in listed:
            if row.code in codes:
                self.tell("duplicate_code", row.place, self.file, value=row.code, first=codes[row.code])
                continue
            codes[row.code] = row.place[0]
            county = self.counties.on(row.code[:6], self.day)
            if row.county and row.county != row.code[:6]:
                self.tell("county_differs", row.place, self.file, value=f"{row.code} {row.name}", other=row.county)
            if county is None:
                outside[row.code[:6]].append(row)
                if row.code[:6] in succeeded:
                    self.former[row.code[:6]].append(row)
                continue
            name = _standard(row.name, county.name)
            if (county.key, name) in seen:
                first = seen[county.key, name]
                self.tell(
                    "name_listed_twice", row.place, self.file, value=f"{row.code} {name}", other=first.code, first=first.place[0]
                )
            seen.setdefault((county.key, name), row)
            era = Era(None, [Statement(self.day, row.code, "list", LIST)])
            self.alive.append(Unit(f"{row.code}@{self.day}", [_State(name, county)], [era]))
        for county_code, left in sorted(outside.items()):
            self.tell("county_not_listed", left[0].place, self.file, value=county_code, count=len(left))

    # --- walking ----------------------------------------------------------------------------------------------------

    def back(self, by_year: Mapping[int, list[OfficialRow]]) -> Townships:
        if not by_year:
            return self._finish(self.day)
        first = min(by_year)
        for year in range(first, self.day.year + 1):
            if year not in by_year:
                self.tell("year_without_list", None, self.file, value=year)
        floor = _year_end(first - 1)
        events: list[tuple[date, int, int | tuple[Succession, ...]]] = []
        grouped: defaultdict[tuple[date, str], list[Succession]] = defaultdict(list)
        for each in self.counties.successions:
            if floor < each.day <= self.day:
                grouped[each.day, each.new.key].append(each)
        events += [(day, 0, tuple(group)) for (day, _key), group in grouped.items()]
        for year in by_year:
            if _year_end(year) > self.day:
                for row in by_year[year]:
                    self._leave("row_after_list", row)
            else:
                events.append((_year_end(year), 1, year))
        for day, _order, event in sorted(events, key=lambda each: (each[0], each[1]), reverse=True):
            if isinstance(event, tuple):
                self._succeed(day, event)
            else:
                _Year(self, event, by_year[event]).run()
        return self._finish(floor)

    def _succeed(self, day: date, group: Sequence[Succession]) -> None:
        """Before the day, the units of a county lay in the county or counties that it came out of."""
        new = group[0].new
        inside = [unit for unit in self.alive if unit.now.county is not None and unit.now.county.key == new.key]
        for each in group:
            former = {_standard(row.name, each.old.name): row for row in self.former[each.old.code]}
            matched: list[tuple[Unit, Listed]] = []
            matched += [(unit, former.pop(unit.now.name)) for unit in inside if unit.now.name in former]
            taken = {id(unit) for unit, _row in matched}
            left = [unit for unit in inside if id(unit) not in taken] if each.established else []
            for unit, row in self._by_serial(left, former):
                self.tell("former_name_differs", row.place, self.file, value=f"{row.code} {row.name}", other=unit.now.name)
                former.pop(_standard(row.name, each.old.name))
                matched.append((unit, row))
            for unit, row in matched:
                self._came_from(unit, each, Statement(day - timedelta(days=1), row.code, "former", LIST))
                inside.remove(unit)
            for row in former.values():
                self.tell("former_not_found", row.place, self.file, value=f"{row.code} {row.name}", other=f"{new.code} {new.name}")
        for unit in list(inside):
            if not group[0].established:
                continue
            if len(group) == 1:
                self._came_from(unit, group[0], None)
            else:
                self.tell("former_county_unknown", None, self.file, value=unit.now.name, other=f"{new.code} {new.name}", day=day)
                self.begin(unit, day, OBSERVED, LIST)

    def _by_serial(self, left: Sequence[Unit], former: Mapping[str, Listed]) -> list[tuple[Unit, Listed]]:
        """Units listed under another name, but with the same last three digits and of the same type."""
        found = []
        for unit in left:
            serial = unit.eras[-1].first_code[6:]
            kind = names.split(unit.now.name, TOWNSHIP).type
            alike = [row for row in former.values() if row.code[6:] == serial and names.split(row.name, TOWNSHIP).type == kind]
            found += [(unit, row) for row in alike]
        return found

    def _came_from(self, unit: Unit, each: Succession, code: Statement | None) -> None:
        self._turn(unit, each.day, each.begins, each.paper, unit.now.name, each.old)
        unit.eras[-1].since = each.day
        unit.eras.append(Era(None, [code] if code else []))

    def _turn(self, unit: Unit, day: date, begins: str, paper: str, name: str, county: CountySpan | None) -> None:
        unit.now.since, unit.now.begins, unit.now.paper = day, begins, paper
        unit.states.append(_State(name, county))

    def recode(self, unit: Unit, day: date, paper: str, name: str, county: CountySpan, code: str) -> None:
        self._turn(unit, day, OBSERVED, paper, name, county)
        unit.eras[-1].since = day
        unit.eras.append(Era(None, [Statement(day - timedelta(days=1), code, "from", paper)]))

    def rename(self, unit: Unit, day: date, paper: str, name: str) -> None:
        self._turn(unit, day, OBSERVED, paper, name, unit.now.county)

    def begin(self, unit: Unit, day: date, begins: str, paper: str) -> None:
        unit.now.since, unit.now.begins, unit.now.paper = day, begins, paper
        unit.eras[-1].since = day
        self.alive.remove(unit)
        self.ended.append(unit)

    def end_of(self, name: str, county: CountySpan, code: str, day: date, paper: str) -> Unit:
        """A unit that ended on the day, alive before it."""
        era = Era(None, [Statement(day - timedelta(days=1), code, "from", paper)])
        unit = Unit(f"{code}-{day}", [_State(name, county, paper=paper)], [era], day, paper)
        self.alive.append(unit)
        return unit

    def paper_of(self, row: OfficialRow) -> str:
        number = row.document
        key = number or f"{row.file} {row.year}"
        if key not in self.found.history.papers:
            title = number or f"{row.year} 年县以下行政区划变更情况"
            details = {"list": f"{row.year} 年县以下行政区划变更情况", "also": [each for each in row.documents if each != number]}
            self.found.history.papers[key] = document(number, title, None, issuer_of(number, title), details)
        if number:
            self.found.documents.add(key)
        return key

    def _leave(self, code: str, row: OfficialRow, **values: object) -> None:
        self.found.left_out += 1
        what = " → ".join(filter(None, (f"{row.from_code} {row.from_name}".strip(), f"{row.to_code} {row.to_name}".strip())))
        self.tell(code, row.place, row.file, value=what, **values)

    def _finish(self, floor: date) -> Townships:
        for unit in list(self.alive):
            self.begin(unit, floor, OBSERVED, unit.now.paper)
        codes, told = settle({unit.key: unit.eras for unit in self.ended}, {unit.key: unit.until for unit in self.ended})
        called = {unit.key: unit.states[0].name for unit in self.ended}
        for refusal in told:
            self.tell(
                refusal.reason,
                None,
                self.file,
                value=f"{refusal.code} {called[refusal.unit]}",
                other=called[refusal.by],
                day=refusal.day,
            )
        history = self.found.history
        for unit in sorted(self.ended, key=lambda each: each.key):
            states = []
            for state in reversed(unit.states):
                parts = names.split(state.name, TOWNSHIP)
                kind = "statistical" if parts.type == "unknown" else parts.type
                parent = None if state.county is None else state.county.key
                states.append(
                    LifeState(state.since, state.begins, state.name, parts.proper, parts.generic, kind, parent, state.paper)
                )
            history.lives.append(
                Life(unit.key, TOWNSHIP, tuple(states), tuple(codes[unit.key]), unit.until, self.day, unit.ended_by)
            )
        history.edges = sorted(self.edges, key=lambda edge: (edge.on, edge.predecessor, edge.successor))
        return self.found


class _Year:
    """The rows of one year's list, all of them seen on its last day."""

    def __init__(self, walk: _Walk, year: int, rows: list[OfficialRow]) -> None:
        self.walk = walk
        self.rows = rows
        self.day = _year_end(year)
        self.there: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in walk.alive:
            if unit.now.county is not None:
                self.there[unit.now.county.key, unit.now.name].append(unit)
        self.gone: dict[tuple[str, str], Unit] = {}
        self.begun: dict[int, str] = {}
        self.done: set[tuple[str, str, str, str]] = set()

    def run(self) -> None:
        accepted: list[tuple[OfficialRow, Unit | None, Unit | None]] = []
        disagreeing = self._disagreeing()
        for row in self.rows:
            if row.place in disagreeing:
                self.walk._leave("rows_disagree", row, other=disagreeing[row.place])
                continue
            before = self.walk.found.left_out
            found = self._row(row)
            if found is not None:
                accepted.append((row, *found))
            self.walk.found.used_rows += self.walk.found.left_out == before
        self._join(accepted)

    def _disagreeing(self) -> dict[tuple[int, int], str]:
        """Lines that give one code two names within the year, with the code."""
        called: defaultdict[tuple[str, str], dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows:
            for side, code, name in (("from", row.from_code, row.from_name), ("to", row.to_code, row.to_name)):
                if code:
                    called[side, code][name].append(row.place)
        named_twice = {code: by_name for (_side, code), by_name in called.items() if len(by_name) > 1}
        return {line: code for code, by_name in named_twice.items() for lines in by_name.values() for line in lines}

    def _row(self, row: OfficialRow) -> tuple[Unit | None, Unit | None] | None:
        """Carries a row out; the unit that ended and the one that began, None where the row is left out or nothing did."""
        what = (row.from_code, row.from_name, row.to_code, row.to_name)
        if what in self.done:
            self.walk.tell("row_repeated", row.place, row.file, value=f"{row.to_code} {row.to_name}", other=row.document)
            return None
        to_county = self.walk.counties.on(row.to_code[:6], self.day)
        from_county = self.walk.counties.on(row.from_code[:6], self.day - timedelta(days=1))
        for code, county in ((row.to_code, to_county), (row.from_code, from_county)):
            if code and county is None:
                self.walk._leave("county_not_in_force", row, other=code[:6], day=self.day)
                return None
        renamed = bool(row.from_code and row.to_code) and row.from_code == row.to_code
        moved = bool(row.from_code and row.to_code) and row.from_name == row.to_name
        if from_county and to_county and from_county.key != to_county.key and not moved:
            self.walk._leave("counties_differ", row)
            return None
        unit = None
        if to_county is not None:
            unit = self._listed(row, to_county)
            if unit is None:
                return None
        if (
            from_county is not None
            and self.there.get((from_county.key, row.from_name))
            and not (moved and from_county is to_county)
        ):
            self.walk._leave("still_listed", row)
            return None
        self.done.add(what)
        self._remarks(row, unit)
        paper = self.walk.paper_of(row)
        if unit is not None:
            self._state_code(row, unit, paper)
        if unit is not None and from_county is not None and (renamed or moved):
            if renamed:
                self.walk.rename(unit, self.day, paper, row.from_name)
            else:
                self.walk.recode(unit, self.day, paper, row.from_name, from_county, row.from_code)
            self.begun[id(unit)] = "changed"
            return None
        ended = self._end(row, from_county, paper)
        if unit is not None and id(unit) not in self.begun:
            self.walk.begin(unit, self.day, OBSERVED, paper)
            self.begun[id(unit)] = "begun"
        return ended, unit

    def _listed(self, row: OfficialRow, county: CountySpan) -> Unit | None:
        units = self.there.get((county.key, row.to_name), [])
        if len(units) > 1:
            units = [unit for unit in units if unit.eras[-1].first_code == row.to_code]
        if len(units) != 1 or self.begun.get(id(units[0])) == "changed":
            held = [unit.now.name for unit in self.walk.alive if unit.eras[-1].first_code == row.to_code]
            self.walk._leave("not_in_list", row, other=held[0] if held else "—")
            return None
        return units[0]

    def _state_code(self, row: OfficialRow, unit: Unit, paper: str) -> None:
        era = unit.eras[-1]
        if era.statements and era.first_code != row.to_code and era.statements[0].day != self.day:
            listed = era.first_code
            self.walk.tell("code_differs", row.place, row.file, value=f"{row.to_code} {row.to_name}", other=listed)
        if not any(statement.day == self.day for statement in era.statements):
            era.statements.append(Statement(self.day, row.to_code, "to", paper))

    def _remarks(self, row: OfficialRow, unit: Unit | None) -> None:
        text = f"{row.to_code} {row.to_name}"
        abolishes = any(word in row.reason for word in ("撤乡", "撤镇", "撤销"))
        if not row.from_code and abolishes:
            self.walk.tell("origin_missing", row.place, row.file, value=text, other=row.reason)
        if not row.to_code:
            gone = f"{row.from_code} {row.from_name}"
            self.walk.tell("destination_missing", row.place, row.file, value=gone, other=row.reason)
        if row.from_code and row.to_code and not _fits(row.reason, row.from_name, row.to_name):
            self.walk.tell("reason_contradicts", row.place, row.file, value=f"{row.from_name} → {row.to_name}", other=row.reason)

    def _end(self, row: OfficialRow, county: CountySpan | None, paper: str) -> Unit | None:
        if county is None:
            return None
        key = (row.from_code, row.from_name)
        if key not in self.gone:
            self.gone[key] = self.walk.end_of(row.from_name, county, row.from_code, self.day, paper)
        return self.gone[key]

    def _join(self, accepted: list[tuple[OfficialRow, Unit | None, Unit | None]]) -> None:
        """Lineage. All of a unit went to its one successor only where no unit of the same decision and county lacks an origin."""
        targets: defaultdict[int, set[int]] = defaultdict(set)
        sources: defaultdict[int, set[int]] = defaultdict(set)
        orphaned = {(row.document, row.to_code[:6]) for row in self.rows if not row.from_code}
        left_out = {row.from_code for row in self.rows if row.from_code} - {row.from_code for row, one, _two in accepted if one}
        for _row, one, other in accepted:
            if one is not None and other is not None:
                targets[id(one)].add(id(other))
                sources[id(other)].add(id(one))
        rows_from = defaultdict(set)
        for row in self.rows:
            rows_from[row.from_code].add((row.to_code, row.to_name))
        for row, one, other in accepted:
            if one is None or other is None:
                continue
            whole = len(rows_from[row.from_code]) == 1 and (row.document, row.to_code[:6]) not in orphaned
            kinds = [names.split(unit.now.name, TOWNSHIP).type for unit in (one, other)]
            kind = "established_from"
            if len(sources[id(other)]) > 1:
                kind = "merged_into"
            elif len(targets[id(one)]) == 1 and kinds[0] != kinds[1] and row.from_code not in left_out:
                kind = "type_changed"
            share = 1.0 if whole else None
            self.walk.edges.append(Edge(one.key, other.key, self.day, kind, share, self.walk.paper_of(row)))


_FROM = {"撤乡": ("township", "ethnic_township"), "撤镇": ("town",)}
_TO = {"镇": ("town",), "街道": ("subdistrict",)}


def _fits(reason: str, old: str, new: str) -> bool:
    """Whether a reason such as 撤乡设镇 agrees with the names; reasons of other words always do."""
    before, after = (names.split(name, TOWNSHIP).type for name in (old, new))
    return all(before in kinds for word, kinds in _FROM.items() if reason.startswith(word)) and all(
        after in kinds for word, kinds in _TO.items() if reason.startswith("撤") and reason.endswith(word)
    )


def _standard(name: str, county: str) -> str:
    return names.standard_form(names.without_prefix(name, TOWNSHIP, county), TOWNSHIP)


def _year_end(year: int) -> date:
    return date(year, 12, 31)
