"""A file's way through an import: brought, looked into, set up, edited, handed to the worker (`staging_steps`).

Every step locks the batch, asks the table of states, and is refused while the worker is at it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.policies import holds_over_whole_register
from gis.accounts.models import Duty, User
from gis.audit import services as audit
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from gis.files.models import StoredFile
from gis.jobs import services as jobs
from importers import track_rows
from importers.models import BatchState, Outcome, RememberedMapping, RepairState, StagedBatch, StagedRepair, StagedRow
from importers.policies import may_bring_files, may_see_batch
from importers.rules.batch_states import LIVE, Action, edge
from importers.targets import Target, target_of

STEP_JOB: Final = "importers.step"
PURPOSE: Final = "import"
LONGEST_CELL: Final = 1_000
# What does not look at what was recognised.
_OF_ANY_FORM: Final = frozenset({Action.INSPECT, Action.UNDO, Action.DISCARD})
_TITLES: Final = {
    Action.INSPECT: "识别 %(name)s",
    Action.READ: "读取 %(name)s",
    Action.CHECK: "检查 %(name)s",
    Action.REPAIR: "计算修复 %(name)s",
    Action.COMMIT: "导入 %(name)s",
    Action.UNDO: "撤销导入 %(name)s",
}


def visible(user: User) -> QuerySet[StagedBatch]:
    """The batches the person may see, the latest first."""
    rows = StagedBatch.objects.select_related("file", "owner", "job")
    return rows if holds_over_whole_register(user, [Duty.DIVISION_OFFICER]) else rows.filter(owner=user)


def bring(actor: User, file: StoredFile) -> tuple[StagedBatch, bool]:
    """The batch of a kept file, and whether it is new: a file that is here already leads to its batch."""
    if not may_bring_files(actor):
        raise ForbiddenError("forbidden", _("导入需要区划管理职责。"))
    if file.purpose != PURPOSE or file.uploader_id != actor.pk:
        raise InvalidInputError("file_gone", _("找不到刚才上传的文件，请重新选择。"))
    with transaction.atomic():
        StoredFile.objects.select_for_update().filter(sha256=file.sha256).order_by("pk").first()  # the same file in two tabs
        found = visible(actor).filter(sha256=file.sha256, state__in=LIVE).first()
        if found is not None:
            return found, False
        batch = StagedBatch.objects.create(file=file, sha256=file.sha256, owner=actor)
        audit.record(actor=actor, action="staged.bring", target=batch, after={"file": file.name, "sha256": file.sha256})
        queue(batch, Action.INSPECT, actor)
    return batch, True


def once_more(actor: User, batch: StagedBatch) -> StagedBatch:
    """The same file for another purpose or with other options; what was recognised need not be looked for again."""
    ensure_seen(actor, batch)
    if batch.inspection is None or batch.is_outdated or batch.state in {BatchState.RECEIVED, BatchState.UNREADABLE}:
        raise ConflictError("batch_state", _("文件还没有识别完。"))
    with transaction.atomic():
        again = StagedBatch.objects.create(
            file=batch.file,
            sha256=batch.sha256,
            owner=actor,
            inspection={name: told for name, told in batch.inspection.items() if name != "read"},
            state=BatchState.INSPECTED,
        )
        audit.record(actor=actor, action="staged.bring", target=again, after={"file": batch.file.name, "sha256": batch.sha256})
    return again


def layers_of(batch: StagedBatch) -> list[dict[str, Any]]:
    """What there is to choose of a file: its layers, and all that was walked in it as one more."""
    told = batch.inspection or {}
    walked = track_rows.layer_of(told, batch.file.name)
    return [*told.get("layers", ()), *([walked] if walked else [])]


def layer_of(batch: StagedBatch) -> dict[str, Any]:
    layers = layers_of(batch)
    return next((layer for layer in layers if layer["name"] == batch.layer), layers[0] if layers else {})


def columns_of(batch: StagedBatch) -> list[str]:
    return [str(field["name"]) for field in layer_of(batch).get("fields", ())]


def target_for(actor: User, key: str) -> Target:
    target = target_of(key)
    if target is None:
        raise InvalidInputError("unknown_target", _("没有这种用途。"))
    if not target.may_use(actor):
        raise ForbiddenError("forbidden", _("您的职责或管辖地域不包括“%(what)s”的导入。") % {"what": target.title})
    return target


def choose(actor: User, batch: StagedBatch, target: str, layer: str, encoding: str = "") -> StagedBatch:
    """What the file is, and which of its layers. What was set up for another choice is set up anew."""
    ensure_seen(actor, batch)
    purpose = target_for(actor, target)
    with locked_for(actor, batch, Action.CHOOSE) as locked:
        layer = _layer_for(locked, purpose, layer)
        if (locked.target, locked.layer, locked.encoding) != (target, layer, encoding):
            locked.options, locked.mapping = {}, {}
        # Under other options the shapes may lie elsewhere; a repair belongs to the set-up it was made from.
        StagedRepair.objects.filter(batch=locked, state=RepairState.READY).update(state=RepairState.PASSED)
        given_up = StagedRepair.objects.filter(batch=locked, state=RepairState.ADOPTED)
        if given_up.update(state=RepairState.WITHDRAWN, withdrawn_by=actor, withdrawn_at=timezone.now()):
            audit.record(actor=actor, action="staged.repair.withdraw", target=locked)
        locked.target, locked.layer, locked.encoding = target, layer, encoding[:40]
        locked.identity, locked.verdict, locked.checked_at = "", None, None
        if locked.read_as != locked.wanted:
            queue(locked, Action.READ, actor)
    return locked


def _layer_for(batch: StagedBatch, target: Target, name: str) -> str:
    """The layer of that name, or where it cannot become this the only one that can."""
    layers = layers_of(batch)
    chosen = next((one for one in layers if one["name"] == name), None)
    if chosen is None:
        raise InvalidInputError("layer_gone", _("文件里没有可读取的图层“%(name)s”。") % {"name": name[:60]})
    fitting = [one["name"] for one in layers if target.takes(one)]
    if chosen["name"] in fitting:
        return name
    if len(fitting) != 1:
        raise InvalidInputError(
            "layer_not_for_target",
            _("图层“%(name)s”不能作为“%(what)s”导入。") % {"name": name[:60], "what": target.title},
        )
    return str(fitting[0])


def proposal(batch: StagedBatch, options: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Role to column, and whether it is what was chosen the last time a file with these columns came."""
    target = target_of(batch.target)
    columns = columns_of(batch)
    if target is None:
        return {}, False
    if not target.has_mapping:
        return target.clean_mapping(columns, {}), False
    kept = RememberedMapping.objects.filter(columns=_signature(columns), target=batch.target).first()
    if kept is not None and set(kept.mapping.values()) <= set(columns):
        return dict(kept.mapping), True
    return automatic(batch, target, options), False


def automatic(batch: StagedBatch, target: Target, options: Mapping[str, str]) -> dict[str, str]:
    if not target.has_mapping:
        return target.clean_mapping([], {})
    sample = layer_of(batch).get("sample", ())
    cells = {name: [str(row.get(name, "")) for row in sample] for name in columns_of(batch)}
    return target.propose(cells, options)


def set_up(actor: User, batch: StagedBatch, options: Mapping[str, str], mapping: Mapping[str, str]) -> StagedBatch:
    """Options and mapping as the person says; the worker reads and checks. The same file with the same again is the batch that is
    there already, and this one is discarded.
    """
    ensure_seen(actor, batch)
    target = target_for(actor, batch.target)
    with locked_for(actor, batch, Action.SET_UP) as locked:
        locked.options = target.clean_options(actor, layer_of(locked), options)
        locked.mapping = target.clean_mapping(columns_of(locked), mapping)
        identity = _digest([locked.sha256, locked.target, locked.layer, locked.encoding, locked.options, locked.mapping])
        same = StagedBatch.objects.filter(identity=identity, state__in=LIVE).exclude(pk=locked.pk).first()
        if same is not None:
            return _leave_for(actor, locked, same)
        locked.identity = identity
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError:  # the same was set up in another tab in this moment
            locked.identity = ""
            return _leave_for(actor, locked, StagedBatch.objects.get(identity=identity, state__in=LIVE))
        if target.has_mapping:
            _remember(locked)
        audit.record(
            actor=actor,
            action="staged.set_up",
            target=locked,
            after={"target": locked.target, "options": locked.options, "mapping": locked.mapping},
        )
        queue(locked, Action.CHECK, actor)
    return locked


def _leave_for(actor: User, batch: StagedBatch, same: StagedBatch) -> StagedBatch:
    if not may_see_batch(actor, same):
        raise ConflictError("already_staged", _("%(who)s 已按同样的选项导入这个文件。") % {"who": same.owner})
    batch.state = BatchState.DISCARDED
    return same


def edit(actor: User, batch: StagedBatch, number: int, column: str, value: str) -> StagedRow:
    """Another text for a cell; the file itself stays as it came. The value of the file again takes the edit back."""
    with locked_for(actor, batch, Action.EDIT) as locked:
        row = _row(locked, number)
        target = target_of(locked.target)
        if column not in locked.mapping.values() or (target is not None and not target.has_mapping):
            raise InvalidInputError("unknown_field", _("只能改用到的列。"))
        if len(value) > LONGEST_CELL or any(character in value for character in "\0\r\n"):
            raise InvalidInputError("bad_cell", _("单元格里的文字太长，或含有换行。"))
        before = row.edits.get(column, row.cells.get(column, ""))
        if value == row.cells.get(column, ""):
            row.edits.pop(column, None)
        else:
            row.edits[column] = value
        if before != value:
            touch(locked, row)
            audit.record(
                actor=actor, action="staged.edit", target=locked,
                before={"row": number, column: before}, after={"row": number, column: value},
            )  # fmt: skip
    return row


def skip(actor: User, batch: StagedBatch, number: int, skipped: bool) -> StagedRow:
    with locked_for(actor, batch, Action.EDIT) as locked:
        row = _row(locked, number)
        if row.skipped != skipped:
            row.skipped = skipped
            touch(locked, row)
            action = "staged.skip" if skipped else "staged.unskip"
            audit.record(actor=actor, action=action, target=locked, after={"row": number})
    return row


def touch(batch: StagedBatch, row: StagedRow) -> None:
    row.outcome = Outcome.SKIPPED if row.skipped else Outcome.NONE
    row.problems, row.weight, row.rests_on = [], 0, ""
    row.save()
    batch.checked_at = None


def _row(batch: StagedBatch, number: int) -> StagedRow:
    row = StagedRow.objects.select_for_update().filter(batch=batch, number=number).first()
    if row is None:
        raise InvalidInputError("row_gone", _("没有第 %(number)s 行。") % {"number": number})
    return row


def inspect(actor: User, batch: StagedBatch) -> StagedBatch:
    """Has the worker look into the file once more, where it broke down over it."""
    with locked_for(actor, batch, Action.INSPECT) as locked:
        queue(locked, Action.INSPECT, actor)
    return locked


def check(actor: User, batch: StagedBatch) -> StagedBatch:
    ensure_seen(actor, batch)
    target_for(actor, batch.target)
    with locked_for(actor, batch, Action.CHECK) as locked:
        queue(locked, Action.CHECK, actor)
    return locked


def commit(actor: User, batch: StagedBatch) -> StagedBatch:
    """Has the worker bring the rows in, as they were checked."""
    ensure_seen(actor, batch)
    target_for(actor, batch.target)
    with locked_for(actor, batch, Action.COMMIT) as locked:
        queue(locked, Action.COMMIT, actor)
    return locked


def undo(actor: User, batch: StagedBatch) -> StagedBatch:
    ensure_seen(actor, batch)
    target = target_for(actor, batch.target)
    with locked_for(actor, batch, Action.UNDO) as locked:
        if found := target.obstacles(locked.reference):
            raise ConflictError("batch_is_relied_on", _("后来的登记以这一批为依据，不能撤销。"), obstacles=found)
        queue(locked, Action.UNDO, actor)
    return locked


def discard(actor: User, batch: StagedBatch) -> StagedBatch:
    """The file and what was done with it stay to be read."""
    with locked_for(actor, batch, Action.DISCARD) as locked:
        locked.state = BatchState.DISCARDED
        audit.record(actor=actor, action="staged.discard", target=locked)
    return locked


def variant_of(batch: StagedBatch, target: Target) -> str:
    """How the rows differ from what the file and the names of its columns say; "" where they do not."""
    changed = StagedRow.objects.filter(batch=batch).filter(Q(skipped=True) | ~Q(edits={}))
    told: list[Any] = [[row.number, row.skipped, row.edits] for row in changed]
    mended = StagedRepair.objects.filter(batch=batch, state=RepairState.ADOPTED).first()
    if mended is not None:
        told.append(["repair", mended.distance_m, mended.kinds, str(mended.rests_on)])
    if not told and batch.mapping == automatic(batch, target, batch.options):
        return ""
    return _digest([batch.layer, batch.mapping, told])


# --- what every step does ---------------------------------------------------------------------------------------------


@contextmanager
def locked_for(actor: User, batch: StagedBatch, action: Action) -> Iterator[StagedBatch]:
    """The batch, locked, in the state to which the action leads; saved at the end. Raises `ConflictError`: batch_busy,
    batch_state.
    """
    ensure_seen(actor, batch)
    with transaction.atomic():
        # The job is asked for after the lock: joined, it would be the one there was before another tab's step was waited for.
        locked = StagedBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.is_busy:
            raise ConflictError("batch_busy", _("后台正在处理这个文件，请等它完成。"))
        if locked.is_outdated and action not in _OF_ANY_FORM:
            raise ConflictError("inspection_outdated", _("这个文件是旧版程序识别的，请先点“重新识别”。"))
        way = edge(locked.state, action)
        if way is None:
            raise ConflictError(
                "batch_state", _("这个文件%(state)s，不能这样做。页面可能已过时，请刷新。") % {"state": locked.get_state_display()}
            )
        if not way.by_worker:
            locked.state = BatchState(way.end)
        locked.message = ""
        yield locked
        locked.save()


def ensure_seen(actor: User, batch: StagedBatch) -> None:
    if not may_see_batch(actor, batch):
        raise ForbiddenError("forbidden", _("这次导入由他人进行。"))


def queue(batch: StagedBatch, step: Action, actor: User) -> None:
    title = _TITLES[step] % {"name": batch.file.name[:120]}
    batch.job = jobs.start(STEP_JOB, title, actor, batch=batch.pk, step=step.value)
    batch.save()


def _remember(batch: StagedBatch) -> None:
    RememberedMapping.objects.update_or_create(
        columns=_signature(columns_of(batch)), target=batch.target, defaults={"mapping": batch.mapping}
    )


def _signature(columns: list[str]) -> str:
    return _digest(sorted(columns))


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
