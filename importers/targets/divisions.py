"""Divisions of all levels, and the villages among them: a list of one day, by `services.division_lists`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import Authority, Grade, Level
from boundaries.services import register
from gis.audit import services as audit
from gis.errors import ConflictError, DomainError, NotFoundError
from importers import fields
from importers.coverage import CheckedLevel
from importers.levels import level_asked
from importers.models import Batch
from importers.policies import may_import_divisions
from importers.readers import Opened
from importers.services import division_lists
from importers.services.division_lists import Options, Row
from importers.targets.systems import system_option
from importers.targets.target import Agreed, Committed, Option, Role, RowVerdict, Staged, Target, Verdict

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User

_OBSTACLES = {
    "record": gettext_lazy("“%(name)s”的区划记录后来又有改动"),
    "code": gettext_lazy("“%(name)s”的代码后来又有改动"),
    "children": gettext_lazy("“%(name)s”之下后来登记了 %(count)s 个下级"),
}


class Divisions(Target):
    key = "divisions"
    title = gettext_lazy("区划名单或界线")
    about = gettext_lazy("省、地、县、乡级区划在某一天的名单，可带范围图形和驻地坐标。")
    roles = (
        Role("code", gettext_lazy("区划代码"), required=True),
        Role("name", gettext_lazy("名称"), required=True),
        Role("parent", gettext_lazy("上级代码"), note=gettext_lazy("没有这一列时按代码推定")),
        Role("level", gettext_lazy("层级"), note=gettext_lazy("各级混在一起时需要")),
        Role("lon", gettext_lazy("驻地经度")),
        Role("lat", gettext_lazy("驻地纬度")),
    )
    natural_key = ("code",)
    levels: ClassVar[tuple[Level, ...]] = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP)
    mixed: ClassVar[bool] = True

    def may_use(self, user: Person) -> bool:
        return may_import_divisions(user)

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        levels = tuple((level.name.lower(), level.label) for level in self.levels)
        if self.mixed:
            levels += (("all", gettext_lazy("各级都有（按文件中的层级列）")),)
        found = [
            Option("level", gettext_lazy("层级"), "choice", levels, levels[0][0] if len(levels) == 1 else ""),
            Option("as_of", gettext_lazy("数据日期"), "date", note=gettext_lazy("名单说明的是哪一天的情况")),
            Option("authority", gettext_lazy("编码机构"), "choice", tuple(Authority.choices), Authority.MCA),
        ]
        if layer.get("geometry"):
            found.append(system_option(layer))
            found.append(Option("grade", gettext_lazy("范围等级"), "choice", tuple(Grade.choices), Grade.INDICATIVE))
        found.append(Option("title", gettext_lazy("资料名称"), required=False, note=gettext_lazy("为空时用文件名")))
        found.append(Option("note", gettext_lazy("备注"), required=False))
        return found

    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        try:
            level = level_asked(options["level"]) if options.get("level") else None
            found = fields.recognise(columns, level).as_dict()
        except DomainError:
            found = {role: fields.likely(list(columns), role) for role in ("code", "name", "parent", "level")}
        return {role: column for role, column in found.items() if column}

    def dry_run(self, staged: Staged) -> Verdict:
        rows: list[RowVerdict] = []
        levels: list[CheckedLevel] = []
        result = self._run(staged, lambda found: rows.extend(_verdicts(found)), levels.extend, dry_run=True)
        if result.get("already_loaded"):
            raise ConflictError(
                "already_loaded", _("这个文件已按同样的选项导入过（批次 %(batch)s）。") % {"batch": result["batch"]}
            )
        details = {name: result[name] for name in ("coverage", "crs", "names", "parents")}
        return Verdict(rows, result["every_problem"], details, levels)

    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        result = self._run(staged, lambda found: agreed(_verdicts(found)))
        if result.get("already_loaded"):
            raise ConflictError(
                "already_loaded", _("这个文件已按同样的选项导入过（批次 %(batch)s）。") % {"batch": result["batch"]}
            )
        if result["batch"] is None:
            raise ConflictError("no_usable_rows", _("没有一行可以导入，登记未作任何改动。"))
        counts = {name: result[name] for name in ("created", "updated", "unchanged", "rejected")}
        return Committed(str(result["batch"]), counts, {"coverage": result["coverage"], "adopted": result["adopted"]})

    def obstacles(self, reference: str) -> list[str]:
        return [in_words(one) for one in register.obstacles(_batch(reference).source_id)]

    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        batch = _batch(reference, lock=True)
        register.wait_for_writers()
        if found := self.obstacles(reference):
            raise ConflictError("batch_is_relied_on", _("后来的登记以这一批为依据，不能撤销。"), obstacles=found)
        undone = register.undo(batch.source)
        batch.undone_at, batch.undone_by = timezone.now(), actor
        batch.save(update_fields=["undone_at", "undone_by"])
        counts = {
            "closed_records": undone.closed_records,
            "restored_records": undone.restored_records,
            "closed_codes": undone.closed_codes,
            "restored_codes": undone.restored_codes,
        }
        audit.record(actor=actor, action="import_divisions.undo", target=batch, label=str(batch), after=counts)
        return counts

    def _run(
        self,
        staged: Staged,
        watch: division_lists.Watch,
        looked: Callable[[list[CheckedLevel]], None] | None = None,
        *,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        given = staged.options
        options = Options(
            level=given["level"],
            as_of=date.fromisoformat(given["as_of"]),
            crs=given.get("crs", ""),
            authority=given["authority"],
            grade=given.get("grade") or Grade.INDICATIVE,
            title=given.get("title", ""),
            note=given.get("note", ""),
            fields=dict(staged.mapping),
            dry_run=dry_run,
        )
        data = Opened(staged.table.driver, Path(staged.file.name), (), staged.file.name, staged.file.sha256)
        extra = division_lists.Staged(staged.skipped, staged.file, staged.variant, staged.shapes, staged.repair, looked)
        # Only what the person named: a column left out must not be recognised after all.
        table = replace(staged.table, columns={name: staged.table.columns[name] for name in dict.fromkeys(staged.mapping.values())})
        return division_lists.import_table(data, table, options, extra, staged.actor, staged.progress, watch)


class Villages(Divisions):
    key = "villages"
    title = gettext_lazy("村（居）名单")
    about = gettext_lazy("村民委员会、居民委员会在某一天的名单，可带范围图形和驻地坐标。")
    levels = (Level.VILLAGE,)
    mixed = False


def _verdicts(rows: list[Row]) -> list[RowVerdict]:
    return [RowVerdict(one.row, one.code, one.deed, one.rests_on) for one in rows]


def _batch(reference: str, *, lock: bool = False) -> Batch:
    rows = Batch.objects.select_for_update() if lock else Batch.objects.all()
    found = rows.filter(pk=int(reference), undone_at=None).first()
    if found is None:
        raise NotFoundError("batch_gone", _("找不到这一批，或者它已经撤销。"))
    return found


def in_words(one: register.Obstacle) -> str:
    values = {"name": one.name or str(one.division), "count": one.count}
    if one.kind in _OBSTACLES:
        return str(_OBSTACLES[one.kind]) % values
    what = apps.get_model(one.kind)._meta.verbose_name
    return _("“%(name)s”已被引用：%(what)s %(count)s 条") % {**values, "what": what}
