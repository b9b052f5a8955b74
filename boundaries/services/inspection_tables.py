"""The plan as a table: line, year, lead. What is taken away can be brought in again, all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.boundary_lines import line_on
from boundaries.inspection_plan import PlanRow
from boundaries.inspection_words import STANDINGS
from boundaries.models import BoundaryLine
from boundaries.services import inspection_plans
from boundaries.services.tables import MAX_BYTES, Row, read_table
from boundaries.wording import pick
from gis.accounts.models import User
from gis.errors import DomainError, InvalidInputError
from gis.services import spreadsheets

# What a column may be called; the first of each is what is written.
COLUMNS = {
    "line": ("界线编号", "编号", "line", "code"),
    "year": ("计划年份", "年份", "联检年份", "year"),
    "lead": ("牵头方", "牵头", "lead"),
    "last": ("上次联检年份", "上次联检", "last"),
    "basis": ("依据", "文号", "basis"),
}


@dataclass(frozen=True)
class Loaded:
    """`warnings` are sentences about rows that were taken all the same."""

    count: int
    warnings: tuple[str, ...]


def plan_table(rows: Iterable[PlanRow], form: str) -> bytes:
    """Columns as `load_plan` reads them, and what a reader wants beside them."""
    headings = (
        "界线编号",
        "界线名称",
        "一方",
        "另一方",
        "长度（公里）",
        "上次联检年份",
        "应检年份",
        "状态",
        "轮次",
        "计划年份",
        "牵头方",
        "配合方",
    )
    cells = [
        (
            row.code,
            row.name,
            row.sides[0][1],
            row.sides[1][1],
            None if row.kilometres is None else round(row.kilometres, 3),
            row.last,
            row.due,
            str(STANDINGS[row.standing]),
            row.planned.number if row.planned else None,
            row.planned.year if row.planned else None,
            row.planned.lead_name if row.planned else "",
            row.planned.partner_name if row.planned else "",
        )
        for row in rows
    ]
    if form == "csv":
        return spreadsheets.as_csv(headings, cells)
    return spreadsheets.as_xlsx(_("联检计划"), headings, cells)


@transaction.atomic
def load_plan(actor: User, upload: UploadedFile) -> Loaded:
    """Arranges the round of every line of the table; a column of last years records inspections made before this system.

    One transaction: a row that cannot be taken refuses the table (``plan_rows_wrong``), with every such row named in `problems`.
    A row without a year is passed over. Who may not plan a line is refused for that row.
    """
    header, rows = _opened(upload)
    wrong: list[str] = []
    warnings: list[str] = []
    count = 0
    for row in rows:
        values = {name: row.cells[place].strip() if place < len(row.cells) else "" for name, place in header.items()}
        if not values.get("line") or not (values.get("year") or values.get("last")):
            continue
        try:
            with transaction.atomic():
                warnings += [f"{values['line']}：{sentence}" for sentence in _take(actor, values)]
            count += bool(values.get("year"))
        except DomainError as error:
            wrong.append(
                _("第 %(number)d 行（%(line)s）：%(why)s") % {"number": row.number, "line": values["line"][:40], "why": error}
            )
    if wrong:
        message = _("计划表没有载入，请改正后重试：") + " ".join(wrong[:20])
        raise InvalidInputError("plan_rows_wrong", message, problems=wrong)
    return Loaded(count, tuple(warnings))


def _take(actor: User, values: dict[str, str]) -> list[str]:
    line = BoundaryLine.objects.filter(code=values["line"]).first()
    if line is None:
        raise InvalidInputError("line_unknown", _("没有编号为“%(code)s”的界线。") % {"code": values["line"][:40]})
    there = line_on(line, timezone.localdate())
    lead = _lead(values.get("lead", ""), [(side.id, side.name) for side in there.sides])
    if values.get("last"):
        _past(actor, line, _year(values["last"]), [side.id for side in there.sides])
    if not values.get("year"):
        return []
    done = inspection_plans.arrange_round(actor, line, year=_year(values["year"]), lead=lead, basis=values.get("basis", ""))
    return [pick(one.message_zh, one.message_en) for one in done.findings]


def _past(actor: User, line: BoundaryLine, year: int, sides: Sequence[int]) -> None:
    """The table does not say who led then; what is on record stays."""
    if any(one.year == year for one in inspection_plans.inspections_of(line.pk)):
        return
    inspection_plans.record_past(actor, line, year=year, lead=sides[0], basis=_("计划表所载；牵头方未载"))


def _lead(text: str, sides: Sequence[tuple[int, str]]) -> int | None:
    if not text:
        return None
    found = [key for key, name in sides if name == text] or [key for key, name in sides if name.startswith(text)]
    if len(found) != 1:
        names = "、".join(name for _key, name in sides)
        raise InvalidInputError("lead_not_a_side", _("牵头方“%(text)s”应是%(names)s之一。") % {"text": text[:40], "names": names})
    return found[0]


def _year(text: str) -> int:
    found = re.fullmatch(r"(\d{4})(?:\.0+)?年?", text)
    if found is None:
        raise InvalidInputError("bad_year", _("“%(text)s”不是年份。") % {"text": text[:20]})
    return int(found[1])


def _opened(upload: UploadedFile) -> tuple[dict[str, int], list[Row]]:
    if upload.size is not None and upload.size > MAX_BYTES:
        raise InvalidInputError("file_too_large", _("表格不超过 %(mb)d MB。") % {"mb": MAX_BYTES // 1024 // 1024})
    heading, *rows = read_table(upload.read(), upload.name or "")
    headings = [cell.strip() for cell in heading.cells]
    header: dict[str, int] = {}
    for name, words in COLUMNS.items():
        place = next((headings.index(word) for word in words if word in headings), None)
        if place is not None:
            header[name] = place
    if "line" not in header or not {"year", "last"} & header.keys():
        raise InvalidInputError(
            "columns_missing", _("计划表须有“界线编号”和“计划年份”两列，可有“牵头方”“上次联检年份”“依据”。可先导出一份作样表。")
        )
    return header, rows
