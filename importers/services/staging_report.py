"""What is taken away of an import: the report as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis.services.spreadsheets import Cell, as_book
from importers.models import FindingKind, Outcome, StagedBatch, StagedRow
from importers.services import staging_repair, topology_report
from importers.services.staging import layer_of
from importers.targets import Target, target_of


def report(batch: StagedBatch) -> bytes:
    """Sheets: what was done, each row with what became of it, what was changed before, what was recognised of the file; of shapes
    what was found between them and what was mended.
    """
    rows = list(StagedRow.objects.filter(batch=batch).defer("wkb"))
    target = target_of(batch.target)
    columns = [column for _title, column in target.columns_shown(batch.mapping)] if target else list(batch.mapping.values())
    sheets: list[tuple[str, list[str], Any]] = [
        (_("概要"), [_("项目"), _("内容")], summary(batch)),
        (
            _("逐行结果"),
            [_("行"), *_titles(batch, columns), _("结果"), _("问题")],
            _row_lines(rows, columns, target),
        ),
        (_("导入前的改动"), [_("行"), _("列"), _("文件中"), _("改为")], _edit_lines(rows)),
        (_("识别与提示"), [_("方面"), _("内容")], _seen_lines(batch)),
    ]
    if (batch.verdict or {}).get("topology", {}).get("looked"):
        sheets.append((_("拓扑检查"), topology_report.finding_columns(), topology_report.finding_lines(batch)))
    repaired = staging_repair.adopted(batch)
    if repaired is not None:
        sheets.append((_("拓扑修复"), topology_report.repair_columns(), topology_report.repair_lines(repaired)))
    return as_book(sheets)


def _titles(batch: StagedBatch, columns: Sequence[str]) -> list[str]:
    """Names of the file's columns; where the columns are the target's own, what it calls them."""
    target = target_of(batch.target)
    if target is None or target.has_mapping:
        return list(columns)
    return [title for title, _column in target.columns_shown(batch.mapping)]


def summary(batch: StagedBatch) -> list[tuple[str, Cell]]:
    target = target_of(batch.target)
    lines: list[tuple[str, Cell]] = [
        (_("文件"), batch.file.name),
        ("SHA-256", batch.sha256),
        (_("用途"), str(target.title) if target else batch.target),
        (_("状态"), str(batch.get_state_display())),
        (_("上传人"), str(batch.owner)),
    ]
    titles = {option.key: str(option.title) for option in target.options({"geometry": True})} if target else {}
    lines += [
        (titles.get(key, key), target.value_words(key, value) if target else value) for key, value in batch.options.items() if value
    ]
    for who, when, words in (
        (batch.committed_by, batch.committed_at, _("导入")),
        (batch.undone_by, batch.undone_at, _("撤销")),
    ):
        if when is not None:
            lines.append((words, f"{who} {timezone.localtime(when):%Y-%m-%d %H:%M}"))
    repaired = staging_repair.adopted(batch)
    if repaired is not None:
        when = timezone.localtime(repaired.adopted_at)
        kinds = "、".join(str(FindingKind(kind).label) for kind in repaired.kinds)
        lines.append((_("拓扑修复"), f"{repaired.adopted_by} {when:%Y-%m-%d %H:%M}，{repaired.distance_m:g} m，{kinds}"))
    counts = (batch.verdict or {}).get("counts", {})
    lines += [(str(Outcome(value).label), counts.get(value, 0)) for value in Outcome.values if value]
    return lines


def _seen_lines(batch: StagedBatch) -> Iterator[tuple[Cell, Cell]]:
    """What was recognised with its evidence, and what concerns the file as a whole."""
    inspection = {} if batch.is_outdated else batch.inspection or {}
    for words, told in ((_("编码"), inspection.get("encoding")), (_("坐标系"), inspection and (layer_of(batch) or {}).get("crs"))):
        if told and (told.get("code") or told["evidence"]):
            yield words, _named(told)
            yield from ((words, problem_words(one)) for one in told["evidence"])
    yield from ((_("提示"), problem_words(one)) for one in (batch.verdict or {}).get("problems", ()))


def _named(told: dict[str, Any]) -> str:
    english = (get_language() or "").startswith("en")
    if "code" not in told:
        return str(told["name"] or "—")
    return str((told["name_en"] if english else told["name"]) or _("无法判定"))


def problem_words(problem: dict[str, Any]) -> str:
    return str(problem["message_en"] if (get_language() or "").startswith("en") else problem["message"])


def _row_lines(rows: Sequence[StagedRow], columns: Sequence[str], target: Target | None) -> Iterator[list[Cell]]:
    for row in rows:
        cells = [row.edits.get(name, row.cells.get(name, "")) for name in columns]
        cells = cells if target is None else [target.cell_words(*one) for one in zip(columns, cells, strict=True)]
        words = "\n".join(problem_words(problem) for problem in row.problems)
        yield [row.number, *cells, str(row.get_outcome_display()), words]


def _edit_lines(rows: Sequence[StagedRow]) -> Iterator[list[Cell]]:
    for row in rows:
        if row.skipped:
            yield [row.number, "", "", _("跳过这一行")]
        for name, value in row.edits.items():
            yield [row.number, name, row.cells.get(name, ""), value]
