"""The rows of a batch: table, map, edits, and the report."""

from __future__ import annotations

import math
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis.accounts.access import ensure, signed_in
from gis.errors import ConflictError, InvalidInputError
from gis.services.spreadsheets import XLSX
from importers.inspection.register import Box
from importers.models import Outcome, StagedBatch, StagedRow
from importers.policies import may_see_batch
from importers.services import staging, staging_report, staging_shapes
from importers.targets import Target, target_of

PER_PAGE: Final = 50
OUTCOME_CHIPS: Final = {
    "created": "met",
    "updated": "near",
    "unchanged": "neutral",
    "refused": "not_met",
    "skipped": "missing",
    "": "waiting",
}


def rows_shown(request: HttpRequest, batch: StagedBatch) -> dict[str, Any]:
    """The page of rows that is asked for: ``?problems=1`` only those with problems, ``?outcome=``, ``?page=``."""
    rows = StagedRow.objects.filter(batch=batch).defer("wkb")
    only, outcome = request.GET.get("problems") == "1", request.GET.get("outcome", "")
    if only:
        rows = rows.filter(Q(weight__gt=0) | Q(outcome=""))  # what was edited stays in sight until it is checked
    if outcome in Outcome.values and outcome:
        rows = rows.filter(outcome=outcome)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    target = target_of(batch.target)
    columns = target.columns_shown(batch.mapping) if target else [(role, column) for role, column in batch.mapping.items()]
    verdict = batch.verdict or {}
    counts = verdict.get("counts", {})
    return {
        "page": page,
        "columns": columns,
        "rows": [_row(row, columns, target) for row in page],
        "only_problems": only,
        "outcome": outcome,
        "counts": [(OUTCOME_CHIPS[key], Outcome(key).label, key, counts.get(key, 0)) for key in Outcome.values if key],
        "with_problems": verdict.get("with_problems", 0),
        "unchecked": StagedRow.objects.filter(batch=batch, outcome="").count(),
        "file_problems": [(one["severity"], staging_report.problem_words(one)) for one in verdict.get("problems", ())],
        "editable": target is None or target.has_mapping,
        "coverage": (verdict.get("details") or {}).get("coverage") or {},
        "has_shapes": bool((batch.inspection or {}).get("read", {}).get("geometry")),
        "total": StagedRow.objects.filter(batch=batch).count(),
    }


def _row(row: StagedRow, columns: list[tuple[str, str]], target: Target | None) -> dict[str, Any]:
    def shown(column: str) -> str:
        text = str(row.edits.get(column, row.cells.get(column, "")))
        return text if target is None else target.cell_words(column, text)

    return {
        "row": row,
        "chip": OUTCOME_CHIPS[row.outcome],
        "words": row.get_outcome_display(),
        "cells": [
            {
                "title": title,
                "column": column,
                "value": shown(column),
                "was": row.cells.get(column, "") if column in row.edits else None,
            }
            for title, column in columns
        ],
        "problems": [(one["severity"], staging_report.problem_words(one)) for one in row.problems],
    }


@login_required
@require_POST
def import_row(request: HttpRequest, pk: int) -> HttpResponse:
    """`row`, and either `skip` (1 or 0) or pairs of `column` and `value`."""
    batch, actor, given = seen(request, pk), signed_in(request), request.POST
    text = given.get("row", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if given.get("skip") in {"0", "1"}:
        staging.skip(actor, batch, number, given["skip"] == "1")
    else:
        columns, values = given.getlist("column"), given.getlist("value")
        if not columns or len(columns) != len(values):
            raise InvalidInputError("bad_form", _("没有收到要改的内容。"))
        for column, value in zip(columns, values, strict=True):
            staging.edit(actor, batch, number, column, value.strip())
    back = given.get("back", "")
    query = f"?{back}" if back and all(character.isalnum() or character in "=&_" for character in back) else ""
    return redirect(f"{reverse('import-batch', args=[pk])}{query}#row-{number}")


@login_required
@require_safe
def import_shapes(request: HttpRequest, pk: int) -> JsonResponse:
    """``?crs=`` as if in that reference system, ``?problems=1`` only rows with problems, ``?within=w,s,e,n`` closer, ``?spots=1``
    with places to compare at.
    """
    batch, given = seen(request, pk), request.GET
    crs = given.get("crs", batch.options.get("crs", ""))[:200]
    found = staging_shapes.shapes(
        batch,
        crs,
        only_problems=given.get("problems") == "1",
        within=_box(given.get("within", "")),
        spots=given.get("spots") == "1",
    )
    return JsonResponse(found)


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(one) for one in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInputError("bad_box", _("地图范围不对。"))
    return west, south, east, north


@login_required
@require_safe
def import_report(request: HttpRequest, pk: int) -> HttpResponse:
    batch = seen(request, pk)
    if batch.verdict is None:
        raise ConflictError("batch_state", _("还没有检查，没有报告。"))
    stem = batch.file.name.rsplit(".", 1)[0]
    return HttpResponse(
        staging_report.report(batch),
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, f"{stem}-{_('导入报告')}.xlsx") or ""},
    )


def seen(request: HttpRequest, pk: int) -> StagedBatch:
    batch = get_object_or_404(StagedBatch.objects.select_related("file", "owner", "job"), pk=pk)
    ensure(may_see_batch(request.user, batch))
    return batch
