"""What the worker does with a staged batch. Each step is one transaction: killed half-way it leaves nothing and is begun anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, DomainError
from gis.files import services as files
from gis.jobs import services as jobs
from gis.jobs.models import Job
from importers import sandbox, track_rows
from importers.inspection.coordinates import with_places
from importers.inspection.known import Known
from importers.inspection.layers import look_at
from importers.inspection.register import known_of_register
from importers.models import INSPECTION_FORM, BatchState, Outcome, RepairState, StagedBatch, StagedRepair, StagedRow
from importers.readers import Encoding, Note, Table
from importers.rules.batch_states import Action, edge
from importers.services import staging_repair, staging_topology, track_files
from importers.services.reading_problems import seen_in
from importers.services.staging import layer_of, layers_of, target_for, variant_of
from importers.severities import ERROR, INFO
from importers.targets import TRACKS, RowVerdict, Staged, Target, Verdict

_TOLD_ROWS: Final = 20
_PROBLEMS_OF_A_ROW: Final = 10
_COPY: Final = 1 << 20
_AT_ONCE: Final = 2_000
_WRITES: Final = {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED}


def run(job: Job, batch: int, step: str) -> dict[str, Any]:
    """The handler of `staging.STEP_JOB`. A refusal is kept with the batch, which stays in its state, and told by the job too."""
    found = StagedBatch.objects.select_related("file").get(pk=batch)
    if edge(found.state, step) is None:
        return {"message": _("这一步已经做过。")}  # the worker was killed after the commit and before it could say so
    actor = job.owner
    assert actor is not None  # noqa: S101  staging always starts it for a person
    try:
        with transaction.atomic():
            locked = StagedBatch.objects.select_for_update(of=("self",)).select_related("file").get(pk=batch)
            message = _STEPS[Action(step)](job, locked, actor)
            locked.message = ""
            locked.save()
    except DomainError as refusal:
        StagedBatch.objects.filter(pk=batch).update(message=str(refusal), verdict=_with_refusal(found, refusal))
        raise
    return {"message": message, "batch": batch}


def _with_refusal(batch: StagedBatch, refusal: DomainError) -> dict[str, Any]:
    return {**(batch.verdict or {}), "refusal": refusal.as_dict()}


# --- the steps --------------------------------------------------------------------------------------------------------


def _inspect(job: Job, batch: StagedBatch, actor: User) -> str:
    jobs.progress(job, 0, 2, _("识别文件"))
    with _on_disk(batch) as path:
        found = sandbox.inspect(path, known_of_register())
    batch.inspection = {**found, "form": INSPECTION_FORM}
    # Looked into once more, its rows are read anew; what was set up stays as a proposal.
    batch.read_as, batch.identity, batch.verdict, batch.checked_at = "", "", None, None
    layers = layers_of(batch)
    if "error" in found or not layers:
        batch.state = BatchState.UNREADABLE
        return _("文件无法读取，已原样保存。")
    batch.state = BatchState.INSPECTED
    names = [one["name"] for one in layers]
    if len(layers) == 1 or batch.layer not in names:
        batch.layer = names[0] if len(layers) == 1 else ""
        jobs.progress(job, 1, 2, _("读取文件"))
        with suppress(DomainError), transaction.atomic():  # why not, is told when the layer is chosen
            _read(batch)
    return _("识别完成。")


def _read_chosen(job: Job, batch: StagedBatch, actor: User) -> str:
    jobs.progress(job, 0, 1, _("读取文件"))
    _read(batch)
    return _("读取完成。")


def _check(job: Job, batch: StagedBatch, actor: User) -> str:
    target = target_for(actor, batch.target)
    jobs.progress(job, 0, 4, _("读取文件"))
    _read(batch)
    staged = staged_of(batch, target, actor, job)
    verdict = target.dry_run(staged)
    jobs.progress(job, 3, 4, _("整理结果"))
    _keep(batch, staged, verdict)
    batch.verdict["topology"] = staging_topology.keep_findings(batch, verdict.topology)  # type: ignore[index]  # _keep sets it
    batch.state, batch.checked_at = BatchState.CHECKED, timezone.now()
    return _("检查完成。")


def _repair(job: Job, batch: StagedBatch, actor: User) -> str:
    """Worked out from the file's own shapes and the register as it is now."""
    asked = StagedRepair.objects.select_for_update().filter(batch=batch, state=RepairState.ASKED).first()
    if asked is None:
        return _("这一步已经做过。")
    target = target_for(actor, batch.target)
    verdict = target.dry_run(staged_of(batch, target, actor, job))
    jobs.progress(job, 3, 4, _("计算修复"))
    return staging_topology.work_out(batch, asked, verdict.topology)


def _commit(job: Job, batch: StagedBatch, actor: User) -> str:
    target = target_for(actor, batch.target)
    staged = staged_of(batch, target, actor, job)
    done = target.commit(staged, lambda rows: _as_agreed(batch, rows))
    batch.state, batch.reference = BatchState.COMMITTED, done.reference
    batch.committed_by, batch.committed_at = actor, timezone.now()
    batch.result = {"counts": dict(done.counts), "details": dict(done.details)}
    audit.record(
        actor=actor,
        action="staged.commit",
        target=batch,
        after={**done.counts, "sha256": batch.sha256, "target": batch.target},
    )
    return _("导入完成。")


def _undo(job: Job, batch: StagedBatch, actor: User) -> str:
    target = target_for(actor, batch.target)
    jobs.progress(job, 0, 1, _("撤销"))
    counts = target.undo(batch.reference, actor)
    batch.state, batch.undone_by, batch.undone_at = BatchState.UNDONE, actor, timezone.now()
    batch.result = {**(batch.result or {}), "undone": dict(counts)}
    audit.record(actor=actor, action="staged.undo", target=batch, after=dict(counts))
    return _("已撤销整批。")


_STEPS: Final = {
    Action.INSPECT: _inspect,
    Action.READ: _read_chosen,
    Action.CHECK: _check,
    Action.REPAIR: _repair,
    Action.COMMIT: _commit,
    Action.UNDO: _undo,
}


def _as_agreed(batch: StagedBatch, rows: Sequence[RowVerdict]) -> None:
    """What would be done is what the person saw, or nothing is done. Raises `ConflictError`: changed_since_check."""
    seen = {
        number: (outcome, rests_on)
        for number, outcome, rests_on in StagedRow.objects.filter(batch=batch).values_list("number", "outcome", "rests_on")
    }
    differ = [one for one in rows if seen.get(one.row + 1) != (one.outcome, one.rests_on)]
    usable = {one.row + 1 for one in rows}
    gone = [number for number, (outcome, _on) in seen.items() if outcome in _WRITES and number not in usable]
    if not differ and not gone:
        return
    numbers = sorted([one.row + 1 for one in differ] + gone)
    now = {one.row + 1: one.outcome for one in rows}
    told = [
        {"row": number, "was": seen[number][0], "now": now.get(number, Outcome.REFUSED.value)}
        for number in numbers[:_TOLD_ROWS]
        if number in seen
    ]
    raise ConflictError(
        "changed_since_check",
        _("检查之后登记有了变化，涉及本文件 %(count)d 行。没有导入，请重新检查后再决定。") % {"count": len(numbers)},
        rows=told,
        count=len(numbers),
        others=others_since(batch),
    )


def others_since(batch: StagedBatch) -> list[dict[str, Any]]:
    """Batches of the same target that were committed since this one was checked and have rows of the same key."""
    if batch.checked_at is None:
        return []
    later = (
        StagedBatch.objects.filter(committed_at__gt=batch.checked_at).exclude(pk=batch.pk).select_related("file", "committed_by")
    )
    mine = StagedRow.objects.filter(batch=batch).exclude(key="").values("key")
    found = []
    for other in later[:50]:
        shared = StagedRow.objects.filter(batch=other, key__in=mine, skipped=False).count()
        if shared:
            when = timezone.localtime(other.committed_at).strftime("%Y-%m-%d %H:%M") if other.committed_at else ""
            found.append({"batch": other.pk, "file": other.file.name, "who": str(other.committed_by), "when": when, "rows": shared})
    return found


# --- rows -------------------------------------------------------------------------------------------------------------


@contextmanager
def _on_disk(batch: StagedBatch) -> Iterator[Path]:
    """The file under its own name in a folder of its own, as the confined reader wants it."""
    with TemporaryDirectory(prefix="yudi-staged-") as folder:
        path = Path(folder) / batch.file.name
        with files.open_file(batch.file) as origin, path.open("wb") as sink:
            while piece := origin.read(_COPY):
                sink.write(piece)
        yield path


def _read(batch: StagedBatch) -> None:
    """The rows of the chosen layer, unless they are there: edits are kept with them."""
    if batch.read_as == batch.wanted and StagedRow.objects.filter(batch=batch).exists():
        return
    if layer_of(batch).get("kind") == TRACKS:
        table = track_rows.table_of(track_files.packed(batch.file), batch.layer)
    else:
        known = known_of_register()
        with _on_disk(batch) as path:
            table = sandbox.read(path, known, batch.layer, batch.encoding)
        _place(batch, table, known)
    StagedRow.objects.filter(batch=batch).delete()
    rows = _rows(batch, table)
    while some := list(islice(rows, _AT_ONCE)):
        StagedRow.objects.bulk_create(some)
    batch.read_as = batch.wanted
    batch.inspection = {
        **(batch.inspection or {}),
        "read": {
            "driver": table.driver,
            "crs": table.crs,
            "crs_how": table.crs_how,
            "encoding": table.encoding.name,
            "geometry": table.geometry is not None,
            "dimensions": table.dimensions,
            "notes": [[note.code, note.row, note.field, note.values] for note in table.notes],
        },
    }


def _place(batch: StagedBatch, table: Table, known: Known) -> None:
    """Of a workbook's sheet the inspection tells no reference system; where its cells spell shapes, they are looked at like a
    layer's.
    """
    layer = layer_of(batch)
    if not layer or "crs" in layer:
        return
    placed = table if table.geometry is not None else with_places(table)
    if placed is not None:
        seen = look_at(placed, layer["name"], known.outlines)[0].as_dict()
        layer |= {name: seen[name] for name in ("geometry", "crs", "bounds", "bounds_lonlat")}


def _rows(batch: StagedBatch, table: Table) -> Iterator[StagedRow]:
    names = list(table.columns)
    wkb: list[bytes | None] = []
    for at in range(table.count):
        if at % _AT_ONCE == 0:  # a piece at a time, as the bytes of a large file are not held beside its shapes
            some = slice(at, min(at + _AT_ONCE, table.count))
            wkb = [None] * _AT_ONCE if table.geometry is None else shapely.to_wkb(table.geometry[some]).tolist()
        yield StagedRow(
            batch=batch,
            number=at + 1,
            line=table.lines[at] if table.lines else None,
            # PostgreSQL keeps no null character; what a file has of them is shown as what it is.
            cells={name.replace("\0", "�"): table.columns[name][at].replace("\0", "�") for name in names},
            wkb=wkb[at % _AT_ONCE],
            unreadable=table.unreadable.get(at, ""),
        )


def table_of(batch: StagedBatch, rows: Iterable[StagedRow]) -> Table:
    """Rows as a table again, with their edits. Rows are let go of as they are read."""
    told = (batch.inspection or {}).get("read", {})
    columns: dict[str, list[str]] = {}
    lines: list[int] = []
    edits: dict[int, Mapping[str, str]] = {}
    unreadable: dict[int, str] = {}
    shapes = [np.empty(0, dtype=object)]
    wkb: list[bytes | None] = []
    count = 0
    for at, row in enumerate(rows):
        count += 1
        columns = columns or {name: [] for name in row.cells}
        for name, column in columns.items():
            column.append(row.edits.get(name, row.cells.get(name, "")))
        if row.edits:
            edits[row.number] = row.edits
        if row.unreadable:
            unreadable[at] = row.unreadable
        if row.line is not None:
            lines.append(row.line)
        wkb.append(None if row.wkb is None else bytes(row.wkb))
        if len(wkb) == _AT_ONCE:
            shapes.append(_shapes(wkb))
            wkb = []
    shapes.append(_shapes(wkb))
    return Table(
        driver=told.get("driver", ""),
        columns=columns,
        count=count,
        encoding=Encoding(told.get("encoding", ""), "asked" if batch.encoding else "bytes"),
        geometry=np.concatenate(shapes) if told.get("geometry") else None,
        unreadable=unreadable,
        crs=told.get("crs", ""),
        crs_how=told.get("crs_how", ""),
        lines=lines if len(lines) == count else [],
        layer=batch.layer,
        notes=_notes(told.get("notes", ()), edits),
        dimensions=told.get("dimensions", ""),
    )


def _shapes(wkb: list[bytes | None]) -> npt.NDArray[np.object_]:
    return np.asarray(shapely.from_wkb(np.array(wkb, dtype=object)), dtype=object)


def _notes(kept: Sequence[Any], edits: Mapping[int, Mapping[str, str]]) -> list[Note]:
    """What the reader noted, but of cells that a person has written anew."""
    notes = [Note(code, row, field, dict(values)) for code, row, field, values in kept]
    return [note for note in notes if note.row is None or note.field not in edits.get(note.row, {})]


def staged_of(batch: StagedBatch, target: Target, actor: User, job: Job | None = None) -> Staged:
    skipped: set[int] = set()

    def rows() -> Iterator[StagedRow]:
        told_later = ("key", "outcome", "rests_on", "weight", "problems")
        for at, row in enumerate(StagedRow.objects.filter(batch=batch).defer(*told_later).iterator(_AT_ONCE)):
            if row.skipped:
                skipped.add(at)
            yield row

    table = table_of(batch, rows())
    steps = iter(range(1, 4))

    def progress(text: str) -> None:
        if job is not None:
            jobs.progress(job, next(steps, 3), 4, text)

    repaired = staging_repair.adopted(batch)
    return Staged(
        table=table,
        skipped=frozenset(skipped),
        mapping=batch.mapping,
        options=batch.options,
        file=batch.file,
        actor=actor,
        variant=variant_of(batch, target),
        shapes=staging_repair.shapes_of(repaired),
        repair={} if repaired is None else staging_repair.told_of(repaired),
        progress=progress,
    )


def _keep(batch: StagedBatch, staged: Staged, verdict: Verdict) -> None:
    """What a dry run found, with each row."""
    by_row = {one.row: one for one in verdict.rows}
    problems: dict[int, list[dict[str, Any]]] = {}
    of_file = []
    # Of a walk the target says what is odd; it is no layer of shapes to be compared with divisions.
    seen = [] if layer_of(batch).get("kind") == TRACKS else seen_in(batch, staged.table, verdict.problems)
    for problem in [*verdict.problems, *seen]:
        if problem["row"] is None:
            of_file.append(problem)
        else:
            problems.setdefault(problem["row"] - 1, []).append(problem)
    numbers, outcomes, keys, rests, weights, told = [], [], [], [], [], []
    for at in range(staged.table.count):
        found = problems.get(at, [])
        one = by_row.get(at)
        outcome = Outcome.SKIPPED if at in staged.skipped else Outcome(one.outcome) if one else Outcome.REFUSED
        numbers.append(at + 1)
        outcomes.append(outcome.value)
        keys.append(one.key[:120] if one else "")
        rests.append(one.rests_on if one else "")
        worst = {problem["severity"] for problem in found} - {INFO}
        weights.append(2 if outcome == Outcome.REFUSED or ERROR in worst else 1 if worst else 0)
        told.append(json.dumps(found[:_PROBLEMS_OF_A_ROW], cls=DjangoJSONEncoder))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE importers_stagedrow r SET outcome = n.outcome, key = n.key, rests_on = n.rests_on, weight = n.weight,"
            " problems = n.problems::jsonb FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[])"
            " AS n (number, outcome, key, rests_on, weight, problems) WHERE r.batch_id = %s AND r.number = n.number",
            [numbers, outcomes, keys, rests, weights, told, batch.pk],
        )
    counts = {value: outcomes.count(value) for value in Outcome.values if value}
    batch.verdict = {
        "counts": counts,
        "with_problems": sum(1 for weight in weights if weight),
        "problems": of_file,
        "details": verdict.details,
    }
