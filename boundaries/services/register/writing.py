"""The statements of the register service. Rows are closed and followed by others; nothing else is ever updated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from django.db import connection

from boundaries.models import Begins
from boundaries.services.register import bulk
from boundaries.services.register.holdings import HeldCode, HeldRecord
from boundaries.services.register.observations import Observation
from gis import copying

Days = tuple[date, date | None]

_LOCK = 0x9D02  # one writer of the register at a time

_COLUMNS = (
    "division_id", "valid", "recorded", "begins", "name", "proper_name", "generic_name", "level", "type", "parent_id",
    "geometry", "grade", "area_m2", "seat", "seat_grade", "source_id",
)  # fmt: skip
_LIST = ", ".join(_COLUMNS)


@dataclass(slots=True)
class NewRecord:
    """A row to be added. With `after`, what the observation leaves out is taken from that record.

    `geometry` (EWKB) and `area_m2` are put in just before writing.
    """

    division: int
    lower: date
    upper: date | None
    begins: str
    seen: Observation
    parent: int | None
    geometry: bytes | None
    area_m2: float | None
    seat: bytes | None
    grade: str
    after: int | None = None
    legal: bool = True
    source: int | None = None


@dataclass(frozen=True, slots=True)
class NewCode:
    division: int
    authority: str
    code: str
    lower: date
    upper: date | None
    source: int | None = None


def lock() -> datetime:
    """Waits for other writers and returns this one's moment of recording, later than every earlier one's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def new_divisions(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO boundaries_division (id)"
            # The sequence is looked up once, not for each row.
            " SELECT nextval(found.own) FROM (SELECT pg_get_serial_sequence('boundaries_division', 'id')::regclass AS own OFFSET 0)"
            " AS found, generate_series(1, %s) RETURNING id",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def close(table: str, ids: Sequence[int], moment: datetime) -> None:
    """We no longer hold these rows, from `moment` on; what they said stays readable by `known_at`."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET recorded = tstzrange(lower(recorded), %s) WHERE id = ANY(%s)", [moment, list(ids)])


def add_codes(rows: Iterable[NewCode], moment: datetime, source: int) -> None:
    """Adds rows in an order of no meaning: a GiST index takes rising keys, all into its last page, half as fast again."""
    recorded, origin = bulk.since(moment), bulk.big(source)
    bulk.copy(
        "boundaries_divisioncode",
        ("division_id", "authority", "code", "valid", "recorded", "source_id"),
        (
            (
                bulk.big(row.division),
                row.authority.encode(),
                row.code.encode(),
                bulk.days(row.lower, row.upper),
                recorded,
                origin if row.source is None else bulk.big(row.source),
            )
            for row in sorted(rows, key=lambda row: crc32(row.code.encode()))
        ),
    )


def add_fresh_codes(
    divisions: Sequence[int | None], codes: Sequence[str], authority: str, days: Days, moment: datetime, source: int
) -> None:
    """As `add_codes`, a code for each division, all from and until the same days."""
    order = sorted(range(len(codes)), key=[crc32(code.encode()) for code in codes].__getitem__)
    copying.copy(
        "boundaries_divisioncode",
        {
            "division_id": copying.bigs([divisions[at] for at in order]),
            "authority": copying.same(authority.encode()),
            "code": copying.texts(codes[at] for at in order),
            "valid": copying.same(bulk.days(*days)),
            "recorded": copying.same(bulk.since(moment)),
            "source_id": copying.same(bulk.big(source)),
        },
        len(order),
    )


@dataclass(frozen=True, slots=True)
class FreshRecords:
    """Records of units that had none, in columns of equal length; `geometry` as EWKB, `seats` (n, 2) degrees, NaN for none."""

    divisions: Sequence[int | None]
    seen: Sequence[Observation]
    parents: Sequence[int | None]
    geometry: Sequence[bytes | None]
    area_m2: Sequence[float | None]
    seats: npt.NDArray[np.float64]


def add_fresh_records(pieces: Iterable[FreshRecords], grade: str, days: Days, moment: datetime, source: int) -> None:
    """Adds records that hold from and until the same days, as observed; a piece is made when the one before it was sent."""
    graded, ungraded = copying.one(grade.encode()), copying.one(b"")
    same = {
        "valid": copying.same(bulk.days(*days)),
        "recorded": copying.same(bulk.since(moment)),
        "begins": copying.same(Begins.OBSERVED.encode()),
        "source_id": copying.same(bulk.big(source)),
    }

    def columns(some: FreshRecords) -> dict[str, copying.Column]:
        return {
            **same,
            "division_id": copying.bigs(some.divisions),
            "name": copying.texts(seen.name for seen in some.seen),
            "proper_name": copying.texts(seen.proper_name for seen in some.seen),
            "generic_name": copying.texts(seen.generic_name for seen in some.seen),
            "level": copying.smalls([seen.level for seen in some.seen]),
            "type": copying.texts(seen.type for seen in some.seen),
            "parent_id": copying.bigs(some.parents),
            "geometry": map(copying.one, some.geometry),
            "grade": [ungraded if one is None else graded for one in some.geometry],
            "area_m2": copying.reals(some.area_m2),
            "seat": copying.points(*some.seats.T),
            "seat_grade": [graded if there else ungraded for there in (~np.isnan(some.seats[:, 0])).tolist()],
        }

    copying.copy_pieces("boundaries_divisionrecord", _COLUMNS, ((columns(some), len(some.seen)) for some in pieces))


def move_codes_back(rows: Sequence[HeldCode], day: date, moment: datetime, source: int) -> None:
    """The same codes, known to have been held from `day` on."""
    close("boundaries_divisioncode", [row.id for row in rows], moment)
    add_codes([NewCode(row.division, row.authority, row.code, day, row.upper) for row in rows], moment, source)


def end_codes(rows: Sequence[HeldCode], day: date, moment: datetime) -> None:
    """The same codes, held before `day` only; by their own sources."""
    ids = [row.id for row in rows]
    if not ids:
        return
    close("boundaries_divisioncode", ids, moment)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO boundaries_divisioncode (division_id, authority, code, valid, recorded, source_id)"
            " SELECT division_id, authority, code, daterange(lower(valid), %s), tstzrange(%s, NULL), source_id"
            " FROM boundaries_divisioncode WHERE id = ANY(%s)",
            [day, moment, ids],
        )


def add_records(rows: Iterable[NewRecord], moment: datetime, source: int) -> None:
    recorded, origin = bulk.since(moment), bulk.big(source)
    bulk.copy("boundaries_divisionrecord", _COLUMNS, (_cells(row, recorded, origin) for row in rows))


def follow_records(rows: Iterable[NewRecord], moment: datetime, source: int) -> None:
    """Adds rows that complete themselves from the record they follow (`after`)."""
    recorded, origin = bulk.since(moment), bulk.big(source)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS register_following"
            " (LIKE boundaries_divisionrecord, after bigint, legal boolean) ON COMMIT DROP"
        )
        cursor.execute("ALTER TABLE register_following ALTER COLUMN id DROP NOT NULL")
        cursor.execute("TRUNCATE register_following")
    bulk.copy(
        "register_following",
        (*_COLUMNS, "after", "legal"),
        ((*_cells(row, recorded, origin), bulk.big(row.after), b"\x01" if row.legal else b"\x00") for row in rows),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO boundaries_divisionrecord ({_LIST})
            SELECT f.division_id, f.valid, f.recorded, f.begins,
                   CASE WHEN f.legal THEN f.name ELSE o.name END,
                   CASE WHEN f.legal THEN f.proper_name ELSE o.proper_name END,
                   CASE WHEN f.legal THEN f.generic_name ELSE o.generic_name END,
                   f.level, CASE WHEN f.legal THEN f.type ELSE o.type END,
                   CASE WHEN f.legal THEN coalesce(f.parent_id, o.parent_id) ELSE o.parent_id END,
                   coalesce(f.geometry, o.geometry), CASE WHEN f.geometry IS NULL THEN o.grade ELSE f.grade END,
                   coalesce(f.area_m2, o.area_m2),
                   coalesce(f.seat, o.seat), CASE WHEN f.seat IS NULL THEN o.seat_grade ELSE f.seat_grade END,
                   f.source_id
            FROM register_following f JOIN boundaries_divisionrecord o ON o.id = f.after
            """
        )


def keep_until(records: Sequence[HeldRecord], day: date, moment: datetime) -> None:
    """What these closed records said still holds before `day`, and is told by their own sources."""
    _copies(records, "daterange(lower(valid), %s)", day, moment, "source_id", None)


def move_records_back(records: Sequence[HeldRecord], day: date, moment: datetime, source: int) -> None:
    """The same records, known to have held from `day` on."""
    close("boundaries_divisionrecord", [record.id for record in records], moment)
    _copies(records, "daterange(%s, upper(valid))", day, moment, "%s", source)


def _copies(records: Sequence[HeldRecord], valid: str, day: date, moment: datetime, source: str, value: int | None) -> None:
    if not records:
        return
    rest = ", ".join(_COLUMNS[3:-1])
    begins = "" if value is None else f"'{Begins.OBSERVED.value}', "
    kept = rest if value is None else ", ".join(_COLUMNS[4:-1])
    values: list[Any] = [day, moment, *([] if value is None else [value]), [record.id for record in records]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO boundaries_divisionrecord (division_id, valid, recorded, {rest}, source_id)"
            f" SELECT division_id, {valid}, tstzrange(%s, NULL), {begins}{kept}, {source}"
            " FROM boundaries_divisionrecord WHERE id = ANY(%s)",
            values,
        )


def adopt(pairs: Sequence[tuple[int, int]], moment: datetime, source: int) -> int:
    """Gives divisions (first of each pair) that have no parent on record the parent they were listed under; how many records."""
    if not pairs:
        return 0
    rest = ", ".join(f"r.{column}" for column in _COLUMNS[3:-1] if column != "parent_id")
    plain = rest.replace("r.", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, w.parent_id FROM unnest(%s::bigint[], %s::bigint[]) AS w (division_id, parent_id)"
            " JOIN boundaries_divisionrecord r ON r.division_id = w.division_id"
            " WHERE r.parent_id IS NULL AND upper_inf(r.recorded) AND lower(r.recorded) < %s",
            [[pair[0] for pair in pairs], [pair[1] for pair in pairs], moment],
        )
        found = cursor.fetchall()
        ids = [row[0] for row in found]
        close("boundaries_divisionrecord", ids, moment)
        cursor.execute(
            f"INSERT INTO boundaries_divisionrecord (division_id, valid, recorded, parent_id, {plain}, source_id)"
            f" SELECT r.division_id, r.valid, tstzrange(%s, NULL), w.parent_id, {rest}, %s"
            " FROM boundaries_divisionrecord r JOIN unnest(%s::bigint[], %s::bigint[]) AS w (id, parent_id) ON w.id = r.id",
            [moment, source, ids, [row[1] for row in found]],
        )
    return len(found)


def _cells(row: NewRecord, recorded: bytes, source: bulk.Cell) -> tuple[bulk.Cell, ...]:
    seen = row.seen
    return (
        bulk.big(row.division),
        bulk.days(row.lower, row.upper),
        recorded,
        row.begins.encode(),
        bulk.words(seen.name),
        bulk.words(seen.proper_name),
        bulk.words(seen.generic_name),
        bulk.small(seen.level),
        seen.type.encode(),
        bulk.big(row.parent),
        row.geometry,
        row.grade.encode() if row.geometry is not None else b"",
        bulk.real(row.area_m2),
        row.seat,
        row.grade.encode() if row.seat is not None else b"",
        source if row.source is None else bulk.big(row.source),
    )
