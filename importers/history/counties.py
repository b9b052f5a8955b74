"""Counties, prefectures and the province through the years: from the code table of each year-end and the diffs between them.

A unit that keeps code and name from one year-end to the next is the same; so is one whose code stays while it is renamed, and one
that moves under another prefecture whole and under its old name (its code changes). 撤县设区 and 撤县设市 end one unit and begin
another, joined by lineage. A day is the decision's, where the diff gives one between the two year-ends; else the change was seen at
the later year-end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from boundaries.rules import names
from boundaries.services.register.lives import Edge, History, Life, LifeCode, LifeState, Paper
from importers.history.dates import read_date
from importers.history.papers import document, issuer_of
from importers.problems import Problem
from importers.readers import area_diff
from importers.readers.area_diff import Block, Diff, Line, Section

Tables = Mapping[int, Mapping[str, str]]
OBSERVED, DECIDED = "observed", "decided"
LIST = "county-codes"


@dataclass(frozen=True)
class YearDiff:
    """A diff file with its name and the two years it lies between."""

    file: str
    before: int
    after: int
    diff: Diff


@dataclass
class Counties:
    history: History = field(default_factory=History)
    problems: list[Problem] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)


def reconstruct(tables: Tables, diffs: Iterable[YearDiff], listed: Paper) -> Counties:
    """`tables`: year → code → name at 31 December. `listed` is the paper of the tables."""
    return _Walk(tables, {(each.before, each.after): each for each in diffs}, listed).run()


@dataclass(eq=False)
class _Unit:
    """A life in the making. `names` and `codes` are (since, begins, value, paper), oldest first."""

    key: str
    level: int
    names: list[tuple[date, str, str, str]]
    codes: list[tuple[date, str, str, str]]
    until: date | None = None
    ended_by: str = ""

    def code_on(self, day: date) -> str:
        return [code for since, _begins, code, _paper in self.codes if since <= day][-1]


@dataclass(frozen=True, slots=True)
class _When:
    day: date
    begins: str
    paper: str


def level_of(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


class _Walk:
    def __init__(self, tables: Tables, diffs: Mapping[tuple[int, int], YearDiff], listed: Paper) -> None:
        self.tables = tables
        self.diffs = diffs
        self.found = Counties()
        self.found.history.papers[LIST] = listed
        self.units: list[_Unit] = []
        self.held: dict[str, _Unit] = {}
        self.edges: dict[tuple[str, str, date], Edge] = {}

    def run(self) -> Counties:
        years = sorted(self.tables)
        for code, name in self.tables[years[0]].items():
            self._begin(code, name, _When(year_end(years[0]), OBSERVED, LIST))
        for before, after in pairwise(years):
            _Step(self, before, after).run()
        for pair, each in sorted(self.diffs.items()):
            if pair not in set(pairwise(years)):
                self._tell("diff_without_tables", None, each.file)
        history = self.found.history
        history.lives = _lives(self.units, year_end(years[-1]))
        history.edges = sorted(self.edges.values(), key=lambda edge: (edge.on, edge.predecessor, edge.successor))
        return self.found

    def _begin(self, code: str, name: str, when: _When) -> _Unit:
        moment = (when.day, when.begins)
        unit = _Unit(f"{code}@{when.day}", level_of(code), [(*moment, name, when.paper)], [(*moment, code, when.paper)])
        self.units.append(unit)
        self.held[code] = unit
        return unit

    def _tell(self, code: str, line: int | None, file: str, **values: object) -> None:
        self.found.problems.append(Problem(code, line, file, {key: str(value) for key, value in values.items()}, line))


class _Step:
    """What changed from one year-end to the next."""

    def __init__(self, walk: _Walk, before: int, after: int) -> None:
        self.walk = walk
        self.after = after
        self.span = (year_end(before), year_end(after))
        self.own, self.other = walk.tables[before], walk.tables[after]
        self.each = walk.diffs.get((before, after))
        self.file = self.each.file if self.each else ""
        self.minus: dict[str, tuple[Line, Block]] = {}
        self.plus: dict[str, tuple[Line, Block]] = {}
        # (code before, code after) → the line and block that say so
        self.pairs: dict[tuple[str, str], tuple[Line, Block]] = {}

    def run(self) -> None:
        if self.each is not None:
            self._read(self.each)
        gone = {code for code, name in self.own.items() if self.other.get(code) != name}
        come = {code for code, name in self.other.items() if self.own.get(code) != name}
        for code in sorted(gone - set(self.minus)):
            self.walk._tell("change_undescribed", None, self.file, value=f"{code} {self.own[code]}", year=self.after)
        for code in sorted(come - set(self.plus)):
            self.walk._tell("change_undescribed", None, self.file, value=f"{code} {self.other[code]}", year=self.after)
        self._check_pairs()
        self._apply(gone | set(self.minus), come | set(self.plus))

    # --- reading ----------------------------------------------------------------------------------------------------

    def _read(self, each: YearDiff) -> None:
        for fault in each.diff.faults:
            self.walk._tell(f"diff_{fault.reason}", fault.number, each.file, value=fault.text[:60])
        for block in each.diff.blocks:
            for line in block.lines:
                table = self.other if line.sign == "+" else self.own
                if table.get(line.code) != line.name or (line.sign == "=" and line.code not in self.other):
                    self.walk._tell("line_not_in_table", line.number, each.file, value=f"{line.sign}{line.code} {line.name}")
                    continue
                if line.sign != "=":
                    (self.minus if line.sign == "-" else self.plus)[line.code] = (line, block)
                self._pair(line, block)

    def _pair(self, line: Line, block: Block) -> None:
        outwards = line.towards == ">"
        here, there = (self.own, self.other) if outwards else (self.other, self.own)
        if not line.towards and line.sign == "+" and level_of(line.code) == 3:
            self.walk._tell("origin_unstated", line.number, self.file, value=f"{line.code} {line.name}")
        for selector in line.selectors:
            text = f"{selector.value}{selector.doubt}"
            if not selector.valid:
                self.walk._tell("selector_disabled", line.number, self.file, value=text)
                continue
            if selector.doubt:
                self.walk._tell("selector_doubtful", line.number, self.file, value=text)
            try:
                code = area_diff.select(selector, line, here, there)
            except area_diff.SelectorError as error:
                self.walk._tell(f"selector_{error.reason}", line.number, self.file, value=text)
                continue
            self.pairs[(line.code, code) if outwards else (code, line.code)] = (line, block)

    def _check_pairs(self) -> None:
        """A record that ends and one that begins must name each other; where only one does, neither is believed."""
        for (old, new), (line, _block) in list(self.pairs.items()):
            if old not in self.minus or new not in self.plus:
                continue
            ends, begins = self.minus[old][0], self.plus[new][0]
            if not (self._names(ends, self.own, self.other, new) and self._names(begins, self.other, self.own, old)):
                self.walk._tell(
                    "lines_disagree", line.number, self.file, value=f"{old} {self.own[old]}", other=f"{new} {self.other[new]}"
                )
                del self.pairs[old, new]

    def _names(self, line: Line, own: Mapping[str, str], other: Mapping[str, str], code: str) -> bool:
        for selector in line.selectors:
            try:
                if selector.valid and area_diff.select(selector, line, own, other) == code:
                    return True
            except area_diff.SelectorError:
                continue
        return False

    # --- applying ---------------------------------------------------------------------------------------------------

    def _apply(self, gone: set[str], come: set[str]) -> None:
        targets: defaultdict[str, list[str]] = defaultdict(list)
        sources: defaultdict[str, list[str]] = defaultdict(list)
        for old, new in self.pairs:
            targets[old].append(new)
            sources[new].append(old)
        held_before = dict(self.walk.held)
        same = {new: was for new in come if (was := self._same(new, gone, targets, sources)) is not None}
        continued = set(same.values())
        ended: dict[str, _When] = {}
        for code in sorted(gone - continued):
            ended[code] = self._when(self.minus.get(code), [self.own[code]])
            unit = self.walk.held.pop(code)
            unit.until = max(ended[code].day, unit.names[-1][0] + timedelta(days=1))
            unit.ended_by = ended[code].paper
        moving = {new: self.walk.held.pop(old) for new, old in same.items()}
        for code in sorted(come):
            if code in moving:
                self._continue(moving[code], code, self._when(self.plus.get(code), [self.other[code]]))
            else:
                self.walk._begin(code, self.other[code], self._when(self.plus.get(code), [self.other[code]]))
        for (old, new), stated in self.pairs.items():
            self._edge(held_before[old], self.walk.held[new], old, new, stated, targets, sources, ended, come - set(same))
        self._prefectures(held_before, ended, come - set(same))

    def _same(self, new: str, gone: set[str], targets: Mapping[str, list[str]], sources: Mapping[str, list[str]]) -> str | None:
        """The code under which the unit that has code `new` now was listed before; None for a new unit."""
        if new in gone and level_of(new) != 3 and new in self.own:
            return new
        if new in gone and new in sources.get(new, ()):
            return new
        if len(sources.get(new, ())) == 1:
            (old,) = sources[new]
            if old in gone and targets[old] == [new] and self.own[old] == self.other[new] and level_of(old) == level_of(new):
                return old
        return None

    def _continue(self, unit: _Unit, code: str, when: _When) -> None:
        name = self.other[code]
        if unit.names[-1][2] != name:
            unit.names.append((when.day, when.begins, name, when.paper))
        if unit.codes[-1][2] != code:
            unit.codes.append((when.day, when.begins, code, when.paper))
        self.walk.held[code] = unit

    def _edge(
        self,
        one: _Unit,
        other: _Unit,
        old: str,
        new: str,
        stated: tuple[Line, Block],
        targets: Mapping[str, list[str]],
        sources: Mapping[str, list[str]],
        ended: Mapping[str, _When],
        fresh: set[str],
    ) -> None:
        if one is other:
            return
        when = self._when(stated, [self.own[old], self.other[new]])
        whole = old in ended and len(targets[old]) == 1
        kind = "territory_moved"
        if new in fresh:
            alone = len(sources[new]) == 1
            kind = "split_from" if old not in ended else "established_from"
            if whole:
                by_name = (names.split(self.own[old], one.level).type, names.split(self.other[new], other.level).type)
                kind = "merged_into" if not alone else "type_changed" if by_name[0] != by_name[1] else "established_from"
        elif whole:
            kind = "merged_into"
        # Ground can only come into a unit that is there, and a new one begins with it.
        day = max(when.day, other.names[0][0])
        self._join(Edge(one.key, other.key, day, kind, 1.0 if whole else None, when.paper))

    def _prefectures(self, before: Mapping[str, _Unit], ended: Mapping[str, _When], fresh: set[str]) -> None:
        """A prefecture that ends has its counties elsewhere: their new prefectures are what became of it."""
        for old, when in ended.items():
            if level_of(old) != 2 or any(pair[0] == old for pair in self.pairs):
                continue
            children = [code for code in self.own if code[:4] == old[:4] and level_of(code) == 3]
            reached = {new[:4] + "00" for one, new in self.pairs if one in children and level_of(new) == 3}
            reached = {code for code in reached if code in self.other}
            for new in sorted(reached):
                whole = len(reached) == 1
                kind = "territory_moved" if new not in fresh else "type_changed" if whole else "established_from"
                unit = self.walk.held[new]
                day = max(when.day, unit.names[0][0])
                self._join(Edge(before[old].key, unit.key, day, kind, 1.0 if whole else None, when.paper))

    def _join(self, edge: Edge) -> None:
        self.walk.edges.setdefault((edge.predecessor, edge.successor, edge.on), edge)

    # --- documents --------------------------------------------------------------------------------------------------

    def _when(self, stated: tuple[Line, Block] | None, mentioned: list[str]) -> _When:
        """The day and the paper of a change, out of the documents of its block that speak of it."""
        seen = _When(self.span[1], OBSERVED, LIST)
        if stated is None:
            return seen
        line, block = stated
        sections = [section for section in block.sections if section.title and (section.document_number or section.date)]
        sections = sections or [section for section in block.sections if section.title]
        if not sections:
            return seen
        chosen = min(_speaking_of(sections, mentioned), key=lambda section: read_date(section.date) or date.max)
        paper = self._paper(chosen)
        day = read_date(chosen.date)
        if chosen.date and day is None:
            self.walk._tell("date_unreadable", line.number, self.file, value=chosen.date)
        if day is not None and not self.span[0] < day <= self.span[1]:
            self.walk._tell("date_outside_years", line.number, self.file, value=day, first=self.span[0], last=self.span[1])
            day = None
        return _When(self.span[1], OBSERVED, paper) if day is None else _When(day, DECIDED, paper)

    def _paper(self, section: Section) -> str:
        dated = read_date(section.date)
        title = section.title
        details = {"date": section.date, "from": section.source, "text": section.text, "file": self.file}
        stated = {key: text for key, text in details.items() if text}
        paper = document(section.document_number, title, dated, issuer_of(section.document_number, title), stated)
        key = section.document_number or f"{title} {section.date}".strip()
        self.walk.found.history.papers.setdefault(key, paper)
        self.walk.found.documents.add(key)
        return key


def _speaking_of(sections: list[Section], mentioned: list[str]) -> list[Section]:
    """The documents that name all of the units, else the last of them, else any."""
    for wanted in (mentioned, mentioned[-1:]):
        if found := [section for section in sections if all(_stem(name) in section.title + section.text for name in wanted)]:
            return found
    return sections


def _stem(name: str) -> str:
    """濮阳、内黄两县: texts leave the generic term out where the rest still has two characters."""
    return name[:-1] if len(name) > 2 else name


def year_end(year: int) -> date:
    return date(year, 12, 31)


def _lives(units: list[_Unit], horizon: date) -> list[Life]:
    by_code: defaultdict[str, list[tuple[date, date | None, _Unit]]] = defaultdict(list)
    for unit in units:
        ends = [*(since for since, *_rest in unit.codes[1:]), unit.until]
        for (since, _begins, code, _paper), until in zip(unit.codes, ends, strict=True):
            by_code[code].append((since, until, unit))
    return [_life(unit, by_code, horizon) for unit in units]


def _life(unit: _Unit, by_code: Mapping[str, list[tuple[date, date | None, _Unit]]], horizon: date) -> Life:
    """Cuts the life wherever its name, its code or the holder of its parent's code changes."""
    events = {since: (begins, paper) for since, begins, _value, paper in (*unit.codes, *unit.names)}
    for _since, _begins, code, _paper in unit.codes:
        for above in _above(code):
            for since, until, holder in by_code.get(above, ()):
                for day in (since, until):
                    if (
                        day is not None
                        and day not in events
                        and unit.names[0][0] < day
                        and (unit.until is None or day < unit.until)
                    ):
                        stated = next((each for each in (*holder.codes, *holder.names) if each[0] == day), None)
                        events[day] = (stated[1], stated[3]) if stated else (OBSERVED, LIST)
    states: list[LifeState] = []
    for day in sorted(events):
        begins, paper = events[day]
        name = [each[2] for each in unit.names if each[0] <= day][-1]
        parts = names.split(name, unit.level)
        parent = next(
            (
                holder.key
                for above in _above(unit.code_on(day))
                for since, until, holder in by_code.get(above, ())
                if since <= day and (until is None or day < until)
            ),
            None,
        )
        state = LifeState(day, begins, name, parts.proper, parts.generic, parts.type, parent, paper)
        if not states or (state.name, state.type, state.parent) != (states[-1].name, states[-1].type, states[-1].parent):
            states.append(state)
    ends = [*(since for since, *_rest in unit.codes[1:]), unit.until]
    codes = tuple(LifeCode(code, since, until, paper) for (since, _b, code, paper), until in zip(unit.codes, ends, strict=True))
    return Life(unit.key, unit.level, tuple(states), codes, unit.until, horizon, unit.ended_by)


def _above(code: str) -> list[str]:
    return [above for above in (code[:4] + "00", code[:2] + "0000") if above != code]
