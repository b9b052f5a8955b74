"""Loading a list of divisions: file in, one batch out, or nothing at all."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Authority, Grade, Source, SourceKind
from boundaries.services import map_shapes, map_updates
from boundaries.services.register import Outcome, Snapshot, record_snapshot, rows_closed_by, wait_for_writers
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000, Reading
from gis.errors import ForbiddenError
from gis.files.models import StoredFile
from gis.files.services import store
from importers import geometry as geometries
from importers import problems as words
from importers.coverage import NOTHING, CheckedLevel, CoverageCheck
from importers.fields import Fields, recognise
from importers.levels import label, level_asked
from importers.models import Batch
from importers.observations import Observations, observe
from importers.policies import may_import_divisions
from importers.problems import ERROR, Problem
from importers.readers import Opened, Table, opened, read
from importers.readers.errors import refuse
from importers.services.list_shapes import polygons_of, seat_system
from importers.services.list_systems import reading_of

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What a person says of a file. `fields` maps a role (code, name, parent, level) to a column; empty strings mean "not said"."""

    level: str
    as_of: date
    crs: str = ""
    authority: str = Authority.MCA
    grade: str = Grade.INDICATIVE
    layer: str = ""
    encoding: str = ""
    title: str = ""
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True)
class Staged:
    """What a staged batch adds to a file: rows left out (positions from 0), the file already kept, and how its rows differ from the
    file's own (`variant`, "" where they do not).

    shapes   polygons in CGCS2000 that a repair gave, by position; `repair` what is told of it with the source and the batch
    looked   called with what was compared, inside the transaction
    """

    skipped: frozenset[int] = frozenset()
    file: StoredFile | None = None
    variant: str = ""
    shapes: Mapping[int, shapely.Geometry] = field(default_factory=dict)
    repair: Mapping[str, Any] = field(default_factory=dict)
    looked: Callable[[list[CheckedLevel]], None] | None = None


PLAIN: Final = Staged()
_MANY: Final = 1_000


@dataclass(frozen=True)
class Row:
    """What became of a row (position from 0): created, updated, unchanged or refused. `rests_on`: the division and the rows of the
    register that were closed for it, as text that is the same as long as the register is.
    """

    row: int
    code: str
    deed: str
    division: int | None
    rests_on: str


# Called in the transaction with what became of each usable row; what it raises takes everything back.
Watch = Callable[[list[Row]], None]


@dataclass
class _Prepared:
    """A file read, checked and brought to CGCS2000, ready for the register."""

    table: Table
    fields: Fields
    level: int | None
    reading: Reading | None
    crs: dict[str, Any]
    seen: Observations
    snapshot: Snapshot
    problems: list[Problem]
    rejected: int


class _DryRun(Exception):
    pass


def import_divisions(
    path: str | Path, options: Options, actor: User | None = None, progress: Progress = lambda _text: None
) -> dict[str, Any]:
    """Loads the file in one transaction and returns the result that the command prints.

    `actor` None is the command line. Raises `DomainError` when the file as a whole cannot be used (then nothing is changed); rows
    that cannot be used are told in the result and stop no other row. With `dry_run` everything is done and taken back.
    """
    if actor is not None and not may_import_divisions(actor):
        raise ForbiddenError("may_not_import", _("导入区划需要覆盖全部区域的区划管理职责。"))
    started = timezone.now()
    check_choices(options)
    with opened(path, options.layer) as data:
        progress(_("读取文件"))
        prepared = _prepare(read(data, layer=options.layer, encoding=options.encoding, keep=True), options, PLAIN, progress)
        return _load(data, prepared, options, PLAIN, actor, started, progress)


def import_table(
    data: Opened,
    table: Table,
    options: Options,
    staged: Staged,
    actor: User,
    progress: Progress = lambda _text: None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """As `import_divisions`, of rows that were read before and may have been edited since. `data` says what file they are of.

    The map follows by the register's notes, after the commit of whoever calls.
    """
    if not may_import_divisions(actor):
        raise ForbiddenError("may_not_import", _("导入区划需要覆盖全部区域的区划管理职责。"))
    check_choices(options)
    started = timezone.now()
    result = _load(data, _prepare(table, options, staged, progress), options, staged, actor, started, progress, watch)
    map_updates.follow()
    if table.count >= _MANY:
        _tell_the_planner()
    return result


def check_choices(options: Options) -> None:
    level_asked(options.level)
    if options.authority not in Authority.values:
        raise refuse(
            "unknown_authority", _("不认识编码机构“%(text)s”，应为 mca（民政）或 nbs（统计）。"), text=options.authority[:40]
        )
    if options.grade not in Grade.values:
        raise refuse(
            "unknown_grade", _("不认识范围等级“%(text)s”，应为 %(all)s。"), text=options.grade[:40], all="、".join(Grade.values)
        )
    if not 1900 <= options.as_of.year <= 2200:
        raise refuse(
            "date_out_of_range", _("数据日期的年份应在 1900 至 2200 之间，收到的是 %(day)s。"), day=options.as_of.isoformat()
        )
    if options.as_of > timezone.localdate() + timedelta(days=1):
        raise refuse("date_in_future", _("数据日期 %(day)s 还没有到。名单只能说明已经过去的日子。"), day=options.as_of.isoformat())


# --- reading ----------------------------------------------------------------------------------------------------------


def _prepare(table: Table, options: Options, staged: Staged, progress: Progress) -> _Prepared:
    level = level_asked(options.level)
    fields = recognise(table.columns, level, options.fields)
    reading, told, problems = reading_of(table, options.crs, options.as_of, with_seats=fields.lon is not None)
    problems += [Problem(note.code, note.row, note.field, dict(note.values)) for note in table.notes]
    in_henan = np.array([digits.strip().startswith("41") for digits in table.columns[fields.code]], dtype=bool)
    progress(_("检查图形"))
    with ThreadPoolExecutor(1) as beside:
        # GEOS and PROJ work beside the reading of names and codes.
        checked = beside.submit(polygons_of, table, reading, in_henan)
        seen = observe(table, fields, level, options.authority, _names_of, staged.skipped)
        shapes, worth, found = checked.result()
    for row, shape in staged.shapes.items():
        if not shapes.missing[row]:  # what is wrong with the row's own shape is told as before
            shapes.replace(row, shape, srid=CGCS2000)
    told |= worth
    problems += seen.problems + found
    bad = {problem.row for problem in problems if problem.severity == ERROR}
    seats = np.full((table.count, 2), np.nan)
    if fields.lon and fields.lat:
        seats_in = seat_system(fields, reading)
        seats, found = geometries.seats(
            table.columns[fields.lon], table.columns[fields.lat], seats_in, (fields.lon, fields.lat), in_henan
        )
        told["seats"] = str(seats_in.key)
        problems += found

    usable = [(row, item) for row, item in zip(seen.rows, seen.observations, strict=True) if row + 1 not in bad]
    rows = np.array([row for row, _item in usable], dtype=np.intp)
    snapshot = Snapshot(
        day=options.as_of,
        authority=options.authority,
        observations=[item for _row, item in usable],
        shapes=shapes.take(rows),
        seats=seats[rows],
        grade=options.grade,
        orphans=_orphans(options.authority),
    )
    seen.rows = rows.tolist()
    problems = [one for one in problems if one.row is None or one.row - 1 not in staged.skipped]
    rejected = table.count - len(staged.skipped) - len(usable)
    table = replace(table, geometry=None, kept=None, columns={})  # as it came; what becomes of it is in the snapshot
    return _Prepared(table, fields, level, reading, told, seen, snapshot, problems, rejected)


def _names_of(codes: set[str]) -> dict[str, str]:
    """Names of units by their codes, the latest known; for taking a county's name off the front of a township's."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (c.code) c.code, r.name
            FROM boundaries_divisioncode c JOIN boundaries_divisionrecord r USING (division_id)
            WHERE upper_inf(c.recorded) AND upper_inf(r.recorded) AND c.code = ANY(%s)
            ORDER BY c.code, upper(r.valid) DESC NULLS FIRST
            """,
            [sorted(codes)],
        )
        return dict(cursor.fetchall())


def _orphans(authority: str) -> dict[str, list[int]]:
    """Divisions that earlier lists named a parent for in vain. Below the county only a list of the same authority can bring it."""
    waiting: dict[str, list[int]] = {}
    for own, parents in Batch.objects.filter(undone_at=None).exclude(waiting={}).values_list("authority", "waiting"):
        for code, divisions in parents.items():
            if own == authority or len(code) == 6:
                waiting.setdefault(code, []).extend(divisions)
    return waiting


# --- loading ----------------------------------------------------------------------------------------------------------


def _load(
    data: Opened,
    prepared: _Prepared,
    options: Options,
    staged: Staged,
    actor: User | None,
    started: datetime,
    progress: Progress,
    watch: Watch | None = None,
) -> dict[str, Any]:
    key = {
        "sha256": data.sha256,
        "level": prepared.level,
        "as_of": options.as_of,
        "crs": (prepared.reading.key if prepared.reading else "")[:80],
        "authority": options.authority,
        "variant": staged.variant,
    }
    earlier: Batch | None = None
    check = CoverageCheck(prepared.snapshot, prepared.seen.rows)
    result: dict[str, Any] = {}
    try:
        with transaction.atomic():
            wait_for_writers()  # the same file may be on its way in from somebody else
            earlier = Batch.objects.filter(**key, undone_at=None).first()
            source = _source(data, options, actor, staged.repair)
            progress(_("写入登记"))
            outcome = record_snapshot(prepared.snapshot, source, check.start)
            if watch is not None:
                watch(_rows(prepared, outcome, source))
            result = _result(data, prepared, options, outcome, check, by_row=watch is not None)
            if staged.looked is not None:
                staged.looked(check.levels)
            if earlier is not None or options.dry_run or not prepared.snapshot.observations:
                raise _DryRun
            batch = _batch(data, prepared, options, actor, started, source, outcome, result, key, staged)
            result["batch"] = batch.pk
    except _DryRun:
        pass
    except BaseException:
        check.abandon()
        raise
    if earlier is not None:
        return _again(result, earlier, prepared)
    if options.dry_run:
        return {**result, "batch": None, "dry_run": True}
    if result["batch"] is None:
        return _nothing_usable(result)
    if watch is None and (result["created"] or result["updated"] or outcome.adopted):
        _settle(outcome, prepared, progress)
    return result


def _rows(prepared: _Prepared, outcome: Outcome, source: Source) -> list[Row]:
    closed = rows_closed_by(source)
    found = []
    for index, (row, seen) in enumerate(zip(prepared.seen.rows, prepared.snapshot.observations, strict=True)):
        division, deed = outcome.divisions[index], outcome.deeds[index]
        rests_on = "" if division is None or deed == "created" else f"{division}:{closed.get(division, '')}"
        found.append(Row(row, seen.code, deed, division, rests_on))
    return found


def _source(data: Opened, options: Options, actor: User | None, repair: Mapping[str, Any]) -> Source:
    details: dict[str, Any] = {"file": data.name}
    if options.note:
        details["note"] = options.note
    if repair:
        details["topology_repair"] = dict(repair)
    return Source.objects.create(
        kind=SourceKind.DATASET,
        title=(options.title or data.name)[:300],
        dated=options.as_of,
        sha256=data.sha256,
        details=details,
        recorded_by=actor,
    )


def _result(
    data: Opened, prepared: _Prepared, options: Options, outcome: Outcome, check: CoverageCheck, *, by_row: bool
) -> dict[str, Any]:
    problems = prepared.problems + _register_problems(prepared, outcome)
    lines = prepared.table.lines
    shown, counts = words.told(problems, lines=lines)
    seen = prepared.seen
    # A page shows each row with what is wrong with it, a command's answer and the batch some of each kind.
    of_rows = {"every_problem": words.told(problems, every=True, lines=lines)[0]} if by_row else {}
    return of_rows | {
        "read": prepared.table.count,
        "created": outcome.created,
        "updated": outcome.updated,
        "unchanged": outcome.unchanged,
        "rejected": prepared.rejected + len(outcome.refusals),
        "problems": shown,
        "coverage": dict(NOTHING) if prepared.snapshot.shapes.missing.all() else check.result(),
        "batch": None,
        "problem_counts": counts,
        "file": {"name": data.name, "format": data.format, "sha256": data.sha256, "layer": prepared.table.layer},
        "level": prepared.level,
        "as_of": options.as_of.isoformat(),
        "authority": options.authority,
        "crs": prepared.crs,
        "encoding": {
            "name": prepared.table.encoding.name,
            "how": prepared.table.encoding.how,
            "conflict": prepared.table.encoding.conflict,
        },
        "fields": prepared.fields.as_dict(),
        "names": {"prefix_removed": seen.prefixes_removed, "office_to_subdistrict": seen.offices_renamed},
        "types": dict(Counter(item.type for item in prepared.snapshot.observations)),
        "parents": dict(outcome.parents),
        "joined_by_legal_code": outcome.joined,
        "adopted": outcome.adopted,
    }


def _register_problems(prepared: _Prepared, outcome: Outcome) -> list[Problem]:
    fields, rows = prepared.fields, prepared.seen.rows
    found = []
    for refusal in (*outcome.refusals, *outcome.reservations):
        values = dict(refusal.values)
        if "held_level" in values:
            values["held_level"] = label(values["held_level"])
        column = fields.name if refusal.code == "legal_name_kept" else fields.code
        found.append(Problem(refusal.code, rows[refusal.index] + 1, column, values))
    found += [
        Problem("parent_unknown", None, fields.parent or fields.code, {"value": code, "count": len(waiting)})
        for code, waiting in sorted(outcome.waiting.items())
    ]
    return found


def _batch(
    data: Opened,
    prepared: _Prepared,
    options: Options,
    actor: User | None,
    started: datetime,
    source: Source,
    outcome: Outcome,
    result: dict[str, Any],
    key: dict[str, Any],
    staged: Staged,
) -> Batch:
    counts = {name: result[name] for name in ("read", "created", "updated", "unchanged", "rejected")}
    batch = Batch.objects.create(
        **key,
        **counts,
        source=source,
        file=staged.file or _keep_file(data, actor),
        file_name=data.name[:255],
        format=data.format,
        grade=options.grade,
        note=options.note,
        problems=result["problems"],
        coverage=result["coverage"],
        details={
            **{name: result[name] for name in ("crs", "encoding", "fields", "names", "types", "parents", "problem_counts")},
            **({"topology_repair": dict(staged.repair)} if staged.repair else {}),
        },
        waiting=outcome.waiting,
        actor=actor,
        started_at=started,
    )
    audit.record(
        actor=actor,
        action="import_divisions",
        target=batch,
        label=str(batch),
        after={
            **counts,
            "file": data.name,
            "sha256": data.sha256,
            "authority": options.authority,
            "as_of": options.as_of.isoformat(),
        },
        reason=options.note,
    )
    return batch


def _keep_file(data: Opened, actor: User | None) -> Any:
    """The file as it came; the parts of a Shapefile in one uncompressed zip that is the same for the same parts."""
    if len(data.parts) == 1:
        return store(data.main, name=Path(data.name).name, purpose="import", actor=actor)
    with TemporaryDirectory(prefix="yudi-import-") as folder:
        packed = Path(folder) / "parts.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for part in data.parts:
                info = zipfile.ZipInfo(f"{Path(data.name).stem}{part.suffix.lower()}", (1980, 1, 1, 0, 0, 0))
                with archive.open(info, "w") as sink, part.open("rb") as origin:
                    while chunk := origin.read(1 << 20):
                        sink.write(chunk)
        return store(packed, name=f"{Path(data.name).stem}.zip", purpose="import", actor=actor)


def _again(result: dict[str, Any], earlier: Batch, prepared: _Prepared) -> dict[str, Any]:
    """The same file again: nothing is written. What has changed in the register since is said, not undone."""
    differs = result["created"] + result["updated"]
    usable = result["created"] + result["updated"] + result["unchanged"]
    return {
        **result,
        "created": 0,
        "updated": 0,
        "unchanged": usable,
        "batch": earlier.pk,
        "already_loaded": True,
        "differs_now": differs,
    }


def _nothing_usable(result: dict[str, Any]) -> dict[str, Any]:
    message = _("文件中没有一行可以导入，登记未作任何改动。原因见 problems。")
    return {**result, "error": {"code": "no_usable_rows", "message": message}, "exit": 1}


def _settle(outcome: Outcome, prepared: _Prepared, progress: Progress) -> None:
    """After the commit: statistics for the planner, and the map's shapes of the levels that changed."""
    if len(prepared.snapshot.observations) >= _MANY:
        _tell_the_planner()
    levels = {
        seen.level
        for seen, deed in zip(prepared.snapshot.observations, outcome.deeds, strict=True)
        if deed in {"created", "updated"}
    }
    progress(_("更新地图"))
    map_shapes.rebuild_levels(levels)


def _tell_the_planner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE boundaries_division, boundaries_divisioncode, boundaries_divisionrecord")
