"""`record_snapshot`: a list of one day into the register."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import shapely
from django.db import transaction

from boundaries.models import Authority, Begins, Source
from boundaries.rules import codes, names
from boundaries.services.register import bulk, writing
from boundaries.services.register.changes import Change, Wanted, change_of
from boundaries.services.register.holdings import HeldCode, HeldRecord, Holdings, same_shapes
from boundaries.services.register.identity import UNKNOWN, Identifier, Identity
from boundaries.services.register.observations import Observation, Outcome, Refusal, Snapshot
from boundaries.services.register.writing import NewCode, NewRecord
from gis.crs import area_m2
from gis.kept_shapes import KeptShapes

_CHUNK = 2_000


@transaction.atomic
def record_snapshot(snapshot: Snapshot, source: Source, meanwhile: Callable[[Outcome], None] | None = None) -> Outcome:
    """Brings the register into agreement with what a list shows of one day; see docs/decisions/0011 for what that means.

    Everything happens in one transaction, and one writer writes at a time. `meanwhile` is called once it is known what will
    happen, before the rows are written; a caller may start work there that needs no database. The caller writes the audit entry,
    because only it knows what the list is. Geometry must be valid; the database refuses it otherwise.
    """
    moment = writing.lock()
    recorder = _Recorder(snapshot, source.pk)
    try:
        outcome = recorder.decide()
        if meanwhile is not None:
            meanwhile(outcome)
        recorder.write(moment)
    finally:
        recorder.done()
    return outcome


# A new record without its geometry, and the position of the observation that has it.
_Row = tuple[int, NewRecord]


@dataclass
class _Plan:
    """The rows to be written, by the statement that writes them. `fresh`: positions of observations of units that the register
    knows nothing of, which need no more than a code and a record each.
    """

    fresh: list[int] = field(default_factory=list)
    codes: list[NewCode] = field(default_factory=list)
    codes_moved: list[HeldCode] = field(default_factory=list)
    codes_left: list[HeldCode] = field(default_factory=list)
    records: list[_Row] = field(default_factory=list)
    following: list[_Row] = field(default_factory=list)
    closed: list[HeldRecord] = field(default_factory=list)
    kept: list[HeldRecord] = field(default_factory=list)
    records_moved: list[HeldRecord] = field(default_factory=list)
    adopted: list[tuple[int, int]] = field(default_factory=list)


class _Recorder:
    def __init__(self, snapshot: Snapshot, source: int) -> None:
        self.snapshot = snapshot
        self.source = source
        self.day: date = snapshot.day
        self.plan = _Plan()
        self.outcome = Outcome()
        wanted = {seen.code for seen in snapshot.observations} | {seen.parent for seen in snapshot.observations if seen.parent}
        self.holdings = Holdings(wanted, with_shapes=not snapshot.shapes.missing.all())
        self.identities: list[Identity | Refusal] = []
        self._by_code: dict[str, int] = {}
        self._measured = _Measured(snapshot.shapes)

    def decide(self) -> Outcome:
        identifier = Identifier(self.holdings, self.day, self.snapshot.authority, self.snapshot.observations)
        observations = self.snapshot.observations
        self.identities = [identifier.identify(index, seen) for index, seen in enumerate(observations)]
        self._number()
        shapes = self._digests()
        pending: list[tuple[int, Wanted, Change]] = []
        unsure: list[tuple[HeldRecord, int]] = []

        def same_shape(record: HeldRecord, wanted: Wanted) -> bool:
            return record.shape == wanted.shape

        for index, identity in enumerate(self.identities):
            if isinstance(identity, Refusal):
                continue
            if identity is UNKNOWN:
                self._plan_fresh(index)
                continue
            wanted = self._wanted(index, identity, shapes[index])
            change = self._change(index, identity, wanted, same_shape)
            if change.record is not None and wanted.shape is not None and change.record.shape not in (None, wanted.shape):
                unsure.append((change.record, index))
            pending.append((index, wanted, change))
        alike = same_shapes(((record.id, index) for record, index in unsure), self.snapshot.shapes) if unsure else set()
        for index, wanted, change in pending:
            identity = self.identities[index]
            assert isinstance(identity, Identity)  # noqa: S101  refusals are not pending
            if change.record is not None and change.record.id in alike:
                change = self._change(
                    index, identity, wanted, lambda record, other: record.id in alike or record.shape == other.shape
                )
            self._plan_row(index, identity, wanted, change)
        self._adopt()
        return self.outcome

    # --- who is who -------------------------------------------------------------------------------------------------

    def _number(self) -> None:
        """Gives new divisions their ids and tells refusals apart."""
        fresh = [index for index, found in enumerate(self.identities) if isinstance(found, Identity) and found.division is None]
        ids = iter(writing.new_divisions(len(fresh)) if fresh else [])
        outcome = self.outcome
        for index, found in enumerate(self.identities):
            if isinstance(found, Refusal):
                outcome.refusals.append(found)
                outcome.divisions.append(None)
                outcome.deeds.append("refused")
                outcome.parent_of.append(None)
                continue
            division = next(ids) if found.division is None else found.division
            outcome.divisions.append(division)
            outcome.deeds.append("unchanged")
            outcome.parent_of.append(None)
            self._by_code[self.snapshot.observations[index].code] = division

    def _parent(self, seen: Observation) -> int | None:
        """The division a parent's code stands for; counts how it was found."""
        found = self.outcome.parents
        if seen.parent is None:
            found["none"] += 1
            return None
        if (division := self._by_code.get(seen.parent)) is not None:
            found["same_list"] += 1
            return division
        own = self.snapshot.authority
        other = Authority.MCA if own == Authority.NBS else Authority.NBS
        level = codes.level_of(seen.parent)
        shared = level <= 3 and codes.may_be_legal(seen.parent, level)
        for authority, how in ((own, "same_authority"), *([(other, "other_authority")] if shared else [])):
            if (held := self.holdings.code(authority, seen.parent).on(self.day)) is not None:
                found[how] += 1
                return int(held.division)
        for authority in (own, other) if shared else ():
            if (held := self.holdings.code(authority, seen.parent).after(self.day)) is not None:
                found["later_day"] += 1
                return int(held.division)
        found["unknown"] += 1
        return None

    # --- what changes -----------------------------------------------------------------------------------------------

    def _wanted(self, index: int, identity: Identity, shape: str | None) -> Wanted:
        seen = self.snapshot.observations[index]
        lon, lat = self.snapshot.seats[index].tolist()
        legal = True
        if self.snapshot.authority == Authority.NBS and identity.division is not None:
            legal = self.holdings.codes_of(identity.division, Authority.MCA).on(self.day) is None
        return Wanted(
            seen=seen,
            parent=self._parent(seen),
            shape=shape,
            seat=None if lon != lon else (lon, lat),
            grade=self.snapshot.grade,
            legal=legal,
        )

    def _change(self, index: int, identity: Identity, wanted: Wanted, same_shape: Callable[[HeldRecord, Wanted], bool]) -> Change:
        if identity.division is None:
            return Change("new", None, self.day, identity.until)
        code_end = identity.until if identity.held is None else identity.held.upper
        if identity.extend is not None:
            code_end = identity.extend.upper
        return change_of(self.holdings.records_of(identity.division), wanted, self.day, code_end, same_shape)

    def _plan_fresh(self, index: int) -> None:
        """As `_plan_row`, where there is nothing to compare with."""
        seen, division, outcome = self.snapshot.observations[index], self.outcome.divisions[index], self.outcome
        assert division is not None  # noqa: S101  numbered before
        parent = outcome.parent_of[index] = self._parent(seen)
        if seen.parent is not None and parent is None:
            outcome.waiting.setdefault(seen.parent, []).append(division)
        outcome.created += 1
        outcome.deeds[index] = "created"
        self.plan.fresh.append(index)

    def _plan_row(self, index: int, identity: Identity, wanted: Wanted, change: Change) -> None:
        division = self.outcome.divisions[index]
        assert division is not None  # noqa: S101  only refusals have none
        seen, plan = wanted.seen, self.plan
        held = None if change.record is None else change.record.parent
        self.outcome.parent_of[index] = wanted.parent if wanted.parent is not None and wanted.legal else held
        if seen.parent is not None and wanted.parent is None and (change.record is None or change.record.parent is None):
            self.outcome.waiting.setdefault(seen.parent, []).append(division)
        if identity.extend is not None:
            plan.codes_moved.append(identity.extend)
        elif identity.add or identity.division is None:
            plan.codes.append(NewCode(division, self.snapshot.authority, seen.code, self.day, identity.until))
        if identity.leaves is not None:
            plan.codes_left.append(identity.leaves)
            values = {"value": identity.leaves.code, "held": seen.name, "other": seen.code}
            self.outcome.reservations.append(Refusal(index, "code_given_anew", values))
        elif identity.add:
            self.outcome.joined += 1
        if not wanted.legal and change.record is not None and not names.same_name(change.record.name, seen.name, seen.level):
            self.outcome.reservations.append(Refusal(index, "legal_name_kept", {"value": seen.name, "held": change.record.name}))
        self._plan_record(index, division, wanted, change)
        if identity.division is None:
            self.outcome.created += 1
            self.outcome.deeds[index] = "created"
        elif identity.touches_code or change.deed != "none":
            self.outcome.updated += 1
            self.outcome.deeds[index] = "updated"
        else:
            self.outcome.unchanged += 1

    def _plan_record(self, index: int, division: int, wanted: Wanted, change: Change) -> None:
        plan, record = self.plan, change.record
        if change.deed == "none":
            return
        if change.deed == "extend":
            assert record is not None  # noqa: S101
            plan.records_moved.append(record)
            return
        assert change.lower is not None  # noqa: S101
        row = NewRecord(
            division=division,
            lower=change.lower,
            upper=change.upper,
            begins=record.begins if record is not None and change.deed == "correct" else Begins.OBSERVED,
            seen=wanted.seen,
            parent=wanted.parent,
            geometry=None,
            area_m2=None,
            seat=bulk.point(self.snapshot.seats[index]),
            grade=wanted.grade,
            after=None if record is None else record.id,
            legal=wanted.legal or record is None,
        )
        if record is None:
            plan.records.append((index, row))
            return
        plan.closed.append(record)
        plan.following.append((index, row))
        if change.deed == "split":
            plan.kept.append(record)

    def _adopt(self) -> None:
        """Units of earlier lists whose parent has now come; one that waits under two codes goes to the real division.

        Lists name 济源 under the province or under the statistical heading 省直辖县级行政区划, which is no division.
        """
        types = {seen.code: seen.type for seen in self.snapshot.observations}
        orphans = sorted(self.snapshot.orphans.items(), key=lambda item: types.get(item[0]) == "statistical")
        found: dict[int, int] = {}
        for code, waiting in orphans:
            parent = self._by_code.get(code)
            if parent is not None:
                for division in waiting:
                    if division != parent:
                        found.setdefault(division, parent)
        self.plan.adopted = list(found.items())

    def _digests(self) -> list[str | None]:
        """SHA-256 of the WKB of geometries that will be compared with held ones; None where nothing is said."""
        missing = self.snapshot.shapes.missing.tolist()
        found: list[str | None] = [
            None if absent or isinstance(identity, Refusal) else ""
            for identity, absent in zip(self.identities, missing, strict=True)
        ]
        to_compare = np.array(
            [
                index
                for index, identity in enumerate(self.identities)
                if found[index] is not None and isinstance(identity, Identity) and identity.division is not None
            ],
            dtype=np.intp,
        )
        for start in range(0, len(to_compare), _CHUNK):
            some = to_compare[start : start + _CHUNK]
            for index, wkb in zip(some.tolist(), shapely.to_wkb(self.snapshot.shapes[some], byte_order=1), strict=True):
                found[index] = hashlib.sha256(wkb).hexdigest()
        return found

    # --- writing ----------------------------------------------------------------------------------------------------

    def write(self, moment: datetime) -> None:
        plan, day, source = self.plan, self.day, self.source
        writing.close("boundaries_divisionrecord", [record.id for record in plan.closed], moment)
        writing.move_codes_back(plan.codes_moved, day, moment, source)
        writing.end_codes(plan.codes_left, day, moment)
        writing.add_codes(plan.codes, moment, source)
        writing.move_records_back(plan.records_moved, day, moment, source)
        writing.keep_until(plan.kept, day, moment)
        if plan.fresh:
            self._write_fresh(moment)
        writing.add_records(self._with_geometry(plan.records), moment, source)
        if plan.following:
            writing.follow_records(self._with_geometry(plan.following), moment, source)
        self.outcome.adopted = writing.adopt(plan.adopted, moment, source)

    def _write_fresh(self, moment: datetime) -> None:
        observations, outcome = self.snapshot.observations, self.outcome
        divisions = [outcome.divisions[index] for index in self.plan.fresh]
        codes_of = [observations[index].code for index in self.plan.fresh]
        days = (self.day, None)
        writing.add_fresh_codes(divisions, codes_of, self.snapshot.authority, days, moment, self.source)

        def pieces() -> Iterator[writing.FreshRecords]:
            for start in range(0, len(self.plan.fresh), _CHUNK):
                some = self.plan.fresh[start : start + _CHUNK]
                measured = [self._measured.of(index) for index in some]
                yield writing.FreshRecords(
                    divisions=divisions[start : start + _CHUNK],
                    seen=[observations[index] for index in some],
                    parents=[outcome.parent_of[index] for index in some],
                    geometry=[one[0] for one in measured],
                    area_m2=[one[1] for one in measured],
                    seats=self.snapshot.seats[some],
                )

        writing.add_fresh_records(pieces(), self.snapshot.grade, days, moment, self.source)

    def _with_geometry(self, rows: list[_Row]) -> Iterator[NewRecord]:
        """The rows one by one; each lets go of its geometry when the next is asked for."""
        for index, row in rows:
            row.geometry, row.area_m2 = self._measured.of(index)
            yield row
            row.geometry = None

    def done(self) -> None:
        self._measured.done()


class _Measured:
    """EWKB and geodesic areas (m²) of shapes, made piece by piece beside the database, little more than is being written."""

    _AHEAD = 2

    def __init__(self, shapes: KeptShapes) -> None:
        self._shapes = shapes
        self._none = bool(shapes.missing.all())
        self._pool = ThreadPoolExecutor(1)
        self._pieces: dict[int, Future[tuple[list[bytes | None], list[float]]]] = {}

    def of(self, index: int) -> tuple[bytes | None, float | None]:
        if self._none:
            return None, None
        piece, at = divmod(index, _CHUNK)
        if piece not in self._pieces or piece + 1 not in self._pieces:
            self._ask(piece)
        encoded, areas = self._pieces[piece].result()
        return encoded[at], None if encoded[at] is None else areas[at]

    def _ask(self, first: int) -> None:
        wanted = range(first, first + 1 + self._AHEAD)
        self._pieces = {piece: self._pieces.get(piece) or self._pool.submit(self._measure, piece) for piece in wanted}

    def _measure(self, piece: int) -> tuple[list[bytes | None], list[float]]:
        some = slice(piece * _CHUNK, (piece + 1) * _CHUNK)
        encoded = self._shapes.wkb(some)
        return encoded, area_m2(shapely.from_wkb(np.array(encoded, dtype=object))).tolist()

    def done(self) -> None:
        self._pool.shutdown(cancel_futures=True)
