"""`record_history`: whole lives into the register, beside what lists and decisions already said of the same units.

A life brings names, parents, codes and days; geometry and seats stay as held. Where the register holds something by decision that
the life contradicts, the unit is left as it is and told: which of two documents is right is not for a program to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from boundaries.models import Authority, Begins, Lineage, Source
from boundaries.rules import codes as code_rules
from boundaries.rules import names
from boundaries.services.register import writing
from boundaries.services.register.lives import History, Life, LifeState
from boundaries.services.register.observations import Observation
from boundaries.services.register.writing import NewCode, NewRecord

_ORIGIN = "history"  # marks the sources that a history made


@dataclass(frozen=True, slots=True)
class Conflict:
    """A life, or one of its codes, that was not taken; `code` is stable."""

    code: str
    life: str
    values: Mapping[str, Any]


@dataclass
class Recorded:
    """What was written (0 everywhere when the register already said it all), and who is who."""

    divisions: int = 0
    records: int = 0
    codes: int = 0
    lineages: int = 0
    sources: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    division_of: dict[str, int] = field(default_factory=dict)
    source_of: dict[str, int] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    reshaped: set[int] = field(default_factory=set)

    @property
    def changed(self) -> bool:
        return bool(self.divisions or self.records or self.codes or self.lineages)


@dataclass(frozen=True, slots=True)
class _Row:
    """A held record. `shaped`: it has a geometry or a seat."""

    id: int
    division: int
    lower: date
    upper: date | None
    begins: str
    legal: tuple[str, str, str, str, int | None]
    shaped: bool
    source: int


@dataclass(frozen=True, slots=True)
class _Code:
    id: int
    division: int
    authority: str
    code: str
    lower: date
    upper: date | None
    source: int


class _Contradicted(Exception):
    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.conflict = code
        self.values = values


@transaction.atomic
def record_history(history: History, known: Recorded | None = None) -> Recorded:
    """Stores lives, codes and lineage; a second time the same history writes nothing. The caller writes the audit entry.

    `known` is what another history recorded before; its divisions and papers may be named here.
    """
    return _Recorder(history, known).run()


class _Recorder:
    def __init__(self, history: History, known: Recorded | None) -> None:
        self.history = history
        self.known = known or Recorded()
        self.done = Recorded()
        self.records: list[NewRecord] = []
        self.following: list[NewRecord] = []
        self.closed: list[int] = []
        self.codes: list[NewCode] = []
        self.closed_codes: list[int] = []

    def run(self) -> Recorded:
        moment = writing.lock()
        self.done.source_of = {**self.known.source_of, **self._sources()}
        self.told_before = dict(Source.objects.filter(details__origin=_ORIGIN).values_list("pk", "kind"))
        self._read()
        matched = self._match()
        self.matched = set(matched.values())
        new = [life for life in self.history.lives if life.key not in matched]
        ids = writing.new_divisions(len(new)) if new else []
        self.done.divisions = len(ids)
        self.done.division_of = {**self.known.division_of, **matched, **{life.key: id_ for life, id_ in zip(new, ids, strict=True)}}
        for life in self.history.lives:
            self._life(life, fresh=life.key not in matched)
        self._write(moment)
        self._lineages(moment)
        return self.done

    # --- what is held -----------------------------------------------------------------------------------------------

    def _read(self) -> None:
        wanted = sorted({code.code for life in self.history.lives for code in life.codes})
        self.by_code: defaultdict[str, list[_Code]] = defaultdict(list)
        for row in _codes("code", wanted):
            self.by_code[row.code].append(row)
        divisions = sorted({row.division for rows in self.by_code.values() for row in rows})
        self.own_codes: defaultdict[int, list[_Code]] = defaultdict(list)
        for row in _codes("division_id", divisions):
            if row.authority == Authority.MCA:
                self.own_codes[row.division].append(row)
        self.rows: defaultdict[int, list[_Row]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, division_id, lower(valid), upper(valid), begins, name, proper_name, generic_name, type, parent_id,"
                " geometry IS NOT NULL OR seat IS NOT NULL, source_id FROM boundaries_divisionrecord"
                " WHERE upper_inf(recorded) AND division_id = ANY(%s) ORDER BY lower(valid)",
                [divisions],
            )
            for id_, division, lower, upper, begins, *legal, shaped, source in cursor.fetchall():
                self.rows[division].append(_Row(id_, division, lower, upper, begins, tuple(legal), shaped, source))

    def _match(self) -> dict[str, int]:
        """Divisions that hold a code of a life in its time; below the county the name must agree too."""
        found: dict[str, int] = {}
        claimed: defaultdict[int, list[str]] = defaultdict(list)
        for life in self.history.lives:
            holders = {row.division for code in life.codes for row in self._holders(life, code.code, code.since, code.until)}
            if len(holders) > 1:
                self._refuse(life, "held_by_several", value=_called(life))
                continue
            for division in holders:
                found[life.key] = division
                claimed[division].append(life.key)
        lives = {life.key: life for life in self.history.lives}
        for keys in claimed.values():
            for key in keys[1:]:
                self._refuse(lives[key], "held_by_another", value=_called(lives[key]), other=_called(lives[keys[0]]))
                del found[key]
        return found

    def _holders(self, life: Life, code: str, since: date, until: date | None) -> Iterable[_Code]:
        legal = life.level <= 3 and code_rules.may_be_legal(code, life.level)
        called = [state.name for state in life.states]
        held = [row for row in self.by_code.get(code, ()) if _meets(row, since, until)]
        own = [row for row in held if row.authority == Authority.MCA]
        for row in own or (held if legal else []):
            if legal or any(names.same_name(one.legal[0], name, life.level) for one in self.rows[row.division] for name in called):
                yield row

    def _refuse(self, life: Life, code: str, **values: Any) -> None:
        self.done.conflicts.append(Conflict(code, life.key, values))
        self.done.left_out.add(life.key)

    # --- one life ---------------------------------------------------------------------------------------------------

    def _life(self, life: Life, *, fresh: bool) -> None:
        if life.key in self.done.left_out:
            return
        division = self.done.division_of[life.key]
        if not fresh:
            life = self._clipped(life, division)
        states = [(state, self._legal(state)) for state in life.states]
        if fresh:
            ends = [*(state.since for state in life.states[1:]), life.until]
            for (state, legal), end in zip(states, ends, strict=True):
                self.records.append(
                    self._record(division, life.level, legal, state.since, end, state.begins, self._source(state.paper))
                )
            self._codes(life, division)
            return
        try:
            self._merge(life, division, states)
        except _Contradicted as contradiction:
            self._refuse(life, contradiction.conflict, **contradiction.values)
            return
        self._codes(life, division)

    def _clipped(self, life: Life, division: int) -> Life:
        """A beginning that is only carried back does not go before one that an earlier history had from a document."""
        held = self.rows[division]
        began = held[0].lower if held and self.told_before.get(held[0].source) == "document" else life.since
        if self._begun_by_document(life) or began <= life.since or (life.until is not None and began >= life.until):
            return life
        ends = [*(state.since for state in life.states[1:]), life.until or date.max]
        states = [
            replace(state, since=max(state.since, began)) for state, end in zip(life.states, ends, strict=True) if end > began
        ]
        codes = [replace(code, since=max(code.since, began)) for code in life.codes if code.until is None or code.until > began]
        return replace(life, states=tuple(states), codes=tuple(codes))

    def _begun_by_document(self, life: Life) -> bool:
        paper = self.history.papers.get(life.states[0].paper)
        return paper is not None and paper.kind == "document"

    def _merge(self, life: Life, division: int, states: Sequence[tuple[LifeState, tuple[Any, ...]]]) -> None:
        held = self.rows[division]
        wanted = self._pieces(life, states, held)
        kept = {row.id for row in held if (row.lower, row.upper, row.begins, row.legal, row.id) in {piece[:5] for piece in wanted}}
        for row in held:
            if row.id not in kept and row.begins == Begins.DECIDED and row.lower > life.since:
                same = any(piece[0] == row.lower and piece[3] == row.legal for piece in wanted)
                if not same:
                    raise _Contradicted("decided_otherwise", value=_called(life), other=row.legal[0], day=row.lower)
        self.closed += [row.id for row in held if row.id not in kept]
        shaped = {row.id for row in held if row.shaped}
        for lower, upper, begins, legal, after, source in wanted:
            if after is not None and after in kept:
                continue
            record = self._record(division, life.level, legal, lower, upper, begins, source, after if after in shaped else None)
            (self.following if record.after is not None else self.records).append(record)
            if record.after is not None:
                self.done.reshaped.add(life.level)

    def _pieces(
        self, life: Life, states: Sequence[tuple[LifeState, tuple[Any, ...]]], held: Sequence[_Row]
    ) -> list[tuple[date, date | None, str, tuple[Any, ...], int | None, int]]:
        """The records the division shall have: (from, until, begins, what it is, the held record whose shape it keeps, source)."""
        ended = held[-1].upper if held and held[-1].upper is not None and held[-1].upper > life.horizon else None
        days = {state.since for state, _legal in states} | {row.lower for row in held} | {row.upper for row in held if row.upper}
        if life.until is not None:
            days.add(life.until)
        pieces: list[tuple[date, date | None, str, tuple[Any, ...], int | None, int]] = []
        ordered = sorted(days)
        for lower, upper in zip(ordered, [*ordered[1:], None], strict=True):
            row = next((each for each in held if each.lower <= lower and (each.upper is None or lower < each.upper)), None)
            over = life.until is not None and lower >= life.until
            if over and row is not None and row.lower >= (life.until or date.max):
                raise _Contradicted("seen_after_its_end", value=_called(life), other=row.legal[0], day=row.lower)
            if over or (ended is not None and lower >= ended):
                continue
            piece = self._piece(life, states, row, lower)
            if piece is None:
                continue
            begins, legal, source = piece
            shape = None if row is None else row.id
            last = pieces[-1] if pieces else None
            if last is not None and last[1] == lower and (last[3], last[4]) == (legal, shape):
                pieces[-1] = (last[0], upper, *last[2:])
            else:
                pieces.append((lower, upper, begins, legal, shape, source))
        return pieces

    def _piece(
        self, life: Life, states: Sequence[tuple[LifeState, tuple[Any, ...]]], row: _Row | None, lower: date
    ) -> tuple[str, tuple[Any, ...], int] | None:
        now = [(state, legal) for state, legal in states if state.since <= lower]
        if not now:
            if row is None:
                return None
            if row.source in self.told_before and self._begun_by_document(life):
                return None  # an earlier run carried it back too far
            if states[0][0].begins == Begins.DECIDED:
                raise _Contradicted("seen_before_its_beginning", value=_called(life), other=row.legal[0], day=row.lower)
            return row.begins, row.legal, row.source
        state, legal = now[-1]
        if row is not None and row.lower > life.horizon:
            return row.begins, row.legal, row.source
        if row is not None and row.lower == lower and row.legal == legal:
            begins = state.begins if lower == state.since and state.begins == Begins.DECIDED else row.begins
            return begins, legal, row.source if begins == row.begins else self._source(state.paper)
        return (state.begins if lower == state.since else Begins.OBSERVED), legal, self._source(state.paper)

    def _codes(self, life: Life, division: int) -> None:
        held = self.own_codes.get(division, [])
        stated = {(code.code, code.since, code.until) for code in life.codes}
        stale = [
            row
            for row in held
            if row.source in self.told_before
            and row.lower <= life.horizon
            and (row.code, row.lower, row.upper) not in stated
            and not (row.upper is not None and row.upper > life.horizon)
        ]
        self.closed_codes += [row.id for row in stale]
        gone = {row.id for row in stale}
        held = [row for row in held if row.id not in gone]
        for code in life.codes:
            others = [
                row
                for row in self.by_code.get(code.code, ())
                if row.authority == Authority.MCA
                and row.division != division
                and not (row.source in self.told_before and row.division in self.matched)  # that one is told anew too
                and _meets(row, code.since, code.until)
            ]
            if others:
                self.done.conflicts.append(Conflict("code_held", life.key, {"value": code.code, "other": _called(life)}))
                continue
            own = [row for row in held if _meets(row, code.since, code.until)]
            if any(row.code != code.code and not _follows(row, code.since, life.horizon) for row in own):
                self.done.conflicts.append(Conflict("other_code_held", life.key, {"value": code.code, "other": _called(life)}))
                continue
            lower, upper = code.since, code.until
            later = [row for row in own if row.code != code.code]
            if later:
                upper = min(row.lower for row in later)
            same = [row for row in own if row.code == code.code]
            if upper is None and same and same[-1].upper is not None and same[-1].upper > life.horizon:
                upper = same[-1].upper
            if life.states[0].since == lower and life.states[0].begins == Begins.OBSERVED:
                lower = min([lower, *(row.lower for row in same)])
            if len(same) == 1 and (same[0].lower, same[0].upper) == (lower, upper):
                continue
            self.closed_codes += [row.id for row in same]
            self.codes.append(NewCode(division, Authority.MCA, code.code, lower, upper, self._source(code.paper)))

    def _legal(self, state: LifeState) -> tuple[Any, ...]:
        return state.name, state.proper_name, state.generic_name, state.type, self._division(state.parent)

    def _division(self, key: str | None) -> int | None:
        if key is None:
            return None
        return int(key[1:]) if key.startswith("#") else self.done.division_of.get(key)

    def _source(self, paper: str) -> int:
        return int(paper[1:]) if paper.startswith("#") else self.done.source_of[paper]

    def _record(
        self,
        division: int,
        level: int,
        legal: tuple[Any, ...],
        lower: date,
        upper: date | None,
        begins: str,
        source: int,
        after: int | None = None,
    ) -> NewRecord:
        name, proper, generic, kind, parent = legal
        seen = Observation("", name, proper, generic, level, kind, None)
        return NewRecord(division, lower, upper, begins, seen, parent, None, None, None, "", after, source=source)

    # --- writing ----------------------------------------------------------------------------------------------------

    def _write(self, moment: Any) -> None:
        writing.close("boundaries_divisionrecord", self.closed, moment)
        writing.close("boundaries_divisioncode", self.closed_codes, moment)
        writing.add_codes(self.codes, moment, 0)
        writing.add_records(self.records, moment, 0)
        if self.following:
            writing.follow_records(self.following, moment, 0)
        self.done.records = len(self.records) + len(self.following)
        self.done.codes = len(self.codes)

    def _lineages(self, moment: Any) -> None:
        edges = [
            (edge, one, other)
            for edge in self.history.edges
            if (one := self.done.division_of.get(edge.predecessor)) and (other := self.done.division_of.get(edge.successor))
        ]
        rows = Lineage.objects.filter(recorded__upper_inf=True, predecessor__in={one for _edge, one, _other in edges})
        held = {(row.predecessor_id, row.successor_id, row.on): row for row in rows}
        said = {(one, other, edge.on): (edge.kind, edge.share) for edge, one, other in edges}
        changed = {
            key: row
            for key, row in held.items()
            if key in said and row.source_id in self.told_before and (row.kind, row.area_share) != said[key]
        }
        writing.close("boundaries_lineage", [row.pk for row in changed.values()], moment)
        fresh = [
            Lineage(
                predecessor_id=one,
                successor_id=other,
                on=edge.on,
                kind=edge.kind,
                area_share=edge.share,
                population_share=edge.share,
                recorded=DateTimeTZRange(moment, None),
                act_id=changed[one, other, edge.on].act_id if (one, other, edge.on) in changed else None,
                source_id=self._source(edge.paper),
            )
            for edge, one, other in edges
            if (one, other, edge.on) not in held or (one, other, edge.on) in changed
        ]
        Lineage.objects.bulk_create(fresh)
        self.done.lineages = len(fresh)

    def _sources(self) -> dict[str, int]:
        """One source for each paper, the same as last time."""
        held = {_identity(source): source.pk for source in Source.objects.filter(details__origin=_ORIGIN).order_by("-pk")}
        found: dict[str, int] = {}
        for key, paper in self.history.papers.items():
            source = Source(
                kind=paper.kind,
                title=paper.title[:300],
                issuer=paper.issuer,
                document_number=paper.number,
                dated=paper.dated,
                sha256=paper.sha256,
                details={**paper.details, "origin": _ORIGIN},
            )
            if (pk := held.get(_identity(source))) is None:
                source.save()
                self.done.sources += 1
                pk = held[_identity(source)] = source.pk
            found[key] = pk
        return found


def _identity(source: Source) -> tuple[Any, ...]:
    number = source.document_number
    return (source.kind, number or source.title, None if number else source.dated, source.sha256)


def _codes(column: str, keys: Sequence[str] | Sequence[int]) -> list[_Code]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, division_id, authority, code, lower(valid), upper(valid), source_id FROM boundaries_divisioncode"
            f" WHERE upper_inf(recorded) AND {column} = ANY(%s) ORDER BY lower(valid)",
            [list(keys)],
        )
        return [_Code(*row) for row in cursor.fetchall()]


def _meets(row: _Code, since: date, until: date | None) -> bool:
    return (until is None or row.lower < until) and (row.upper is None or since < row.upper)


def _follows(row: _Code, since: date, horizon: date) -> bool:
    """A code given later than the history knows of."""
    return row.lower > max(since, horizon)


def _called(life: Life) -> str:
    return f"{life.codes[-1].code if life.codes else '—'} {life.states[-1].name}"
