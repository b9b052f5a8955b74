"""Building the history of divisions from published lists: files in, one transaction, problems by row."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from boundaries.models import Source
from boundaries.rules import codes, names
from boundaries.services import map_shapes
from boundaries.services.history_decisions import record_decisions
from boundaries.services.register import Recorded, record_history
from boundaries.services.register.lives import History, Paper
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ForbiddenError
from importers import problems as words
from importers.history import counties as county_history
from importers.history import townships as township_history
from importers.history.counties import YearDiff
from importers.history.county_spans import CountySpans, of_history
from importers.history.townships import Listed
from importers.policies import may_import_divisions
from importers.problems import Problem, short
from importers.readers import Opened, Table, area_diff, opened, read
from importers.readers import text as encodings
from importers.readers.errors import refuse
from importers.readers.official_changes import OfficialRow, rows_of
from importers.services.county_register import spans_in_register

Progress = Callable[[str], None]
_DIFF_NAME = re.compile(r"(\d{4})-(\d{4})\.diff")
_MAX_DIFF_BYTES = 4 * 1024 * 1024
# The township list says only 2025-11; its day is taken to be the month's last.
LIST_DAY = date(2025, 11, 30)


@dataclass(frozen=True)
class HistoryFiles:
    """What is given; any part may be missing. `list_day` is the day the township list is of."""

    county_diffs: str = ""
    township_list: str = ""
    township_changes: Sequence[str] = ()
    list_day: date = LIST_DAY


@dataclass
class _Part:
    """One half of the work: what was reconstructed, what was wrong, what was written."""

    history: History
    problems: list[Problem]
    documents: set[str]
    rows: dict[str, int]
    recorded: Recorded | None = None
    decisions: int = 0


def import_history(files: HistoryFiles, actor: User | None = None, progress: Progress = lambda _text: None) -> dict[str, Any]:
    """Loads everything in one transaction and returns the result that the command prints; a second time nothing is written.

    `actor` None is the command line. Raises `DomainError` when a file as a whole cannot be used (then nothing is changed).
    """
    if actor is not None and not may_import_divisions(actor):
        raise ForbiddenError("may_not_import", _("导入区划需要覆盖全部区域的区划管理职责。"))
    if not (files.county_diffs or files.township_list):
        raise refuse("nothing_to_import", _("请用 --county-diffs 或 --township-list 指定要导入的资料。"))
    if files.township_changes and not files.township_list:
        raise refuse("list_missing", _("--township-changes 需要 --township-list：变更是从名单往回推的。"))
    reshaped: set[int] = set()
    parts: dict[str, _Part] = {}
    with transaction.atomic():
        if files.county_diffs:
            progress(_("县级沿革"))
            parts["county"] = _store(_counties(Path(files.county_diffs)), reshaped)
        if files.township_list:
            progress(_("乡级沿革"))
            spans = of_history(parts["county"].history) if "county" in parts else spans_in_register()
            if not spans:
                raise refuse("counties_missing", _("登记中还没有县级区划，请一并给出 --county-diffs，或先导入县级名单。"))
            known = parts["county"].recorded if "county" in parts else None
            parts["township"] = _store(_townships(files, spans), reshaped, known)
        result = _result(parts)
        if result["changed"]:
            _audit(actor, parts, result)
    if reshaped:
        progress(_("更新地图"))
        map_shapes.rebuild_levels(reshaped)
    return result


# --- reading ----------------------------------------------------------------------------------------------------------


def _counties(folder: Path) -> _Part:
    if not folder.is_dir():
        raise refuse("folder_not_found", _("找不到文件夹“%(name)s”。"), name=str(folder)[:200])
    tables_at = sorted(folder.glob("*codes_by_year*.csv"))
    if len(tables_at) != 1:
        raise refuse("codes_by_year_missing", _("“%(name)s”里应有一个逐年代码表（*codes_by_year*.csv）。"), name=folder.name)
    with opened(tables_at[0]) as data:
        tables, problems = _code_tables(read(data), data.name)
        listed = _dataset(data, "历年县级以上行政区划代码", None)
    diffs = []
    for path in sorted({*folder.glob("*.diff"), *folder.glob("diff/*.diff")}):
        found = _DIFF_NAME.search(path.name)
        if found is None:
            continue
        diffs.append(YearDiff(path.name, int(found[1]), int(found[2]), area_diff.parse(_diff_text(path))))
    made = county_history.reconstruct(tables, diffs, listed)
    lines = sum(len(block.lines) for each in diffs for block in each.diff.blocks)
    rows = {"years": len(tables), "read": sum(map(len, tables.values())), "diffs": len(diffs), "lines": lines}
    return _Part(made.history, problems + made.problems, made.documents, rows)


def _code_tables(table: Table, file: str) -> tuple[dict[int, dict[str, str]], list[Problem]]:
    if missing := [name for name in ("year", "code", "name") if name not in table.columns]:
        raise refuse("missing_field", _("“%(name)s”缺少列：%(columns)s。"), name=file, columns="、".join(missing))
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    problems = []
    for index in range(table.count):
        year, code, raw = (table.columns[column][index] for column in ("year", "code", "name"))
        name = names.clean(raw)
        row, line = index + 1, table.lines[index] if table.lines else index + 2
        if not re.fullmatch(r"(19|20|21)\d\d", year):
            problems.append(Problem("row_year", row, file, {"value": short(f"{year} {code} {name}")}, line))
        elif not re.fullmatch(r"[1-9]\d{5}", code) or names.faults(name):
            problems.append(Problem("row_code", row, file, {"value": short(f"{year} {code} {name}")}, line))
        elif code in found[int(year)]:
            problems.append(Problem("duplicate_code", row, file, {"value": f"{year} {code}", "first": "—"}, line))
        else:
            found[int(year)][code] = name
    if not found:
        raise refuse("empty_file", _("“%(name)s”里没有数据行。"), name=file)
    return dict(found), problems


def _diff_text(path: Path) -> str:
    if path.stat().st_size > _MAX_DIFF_BYTES:
        raise refuse("file_too_large", _("“%(name)s”超过 %(mb)s MB 的上限。"), name=path.name, mb=_MAX_DIFF_BYTES // 1024**2)
    raw = path.read_bytes()
    return raw.decode(encodings.decide([raw]).name, "replace")


def _townships(files: HistoryFiles, spans: CountySpans) -> _Part:
    with opened(files.township_list) as data:
        listed, problems = _listed(read(data), data.name)
        paper = _dataset(data, "乡级行政区划名单", files.list_day)
        name = data.name
    rows: list[OfficialRow] = []
    for path in files.township_changes:
        with opened(path) as data:
            found, bad = rows_of(read(data), data.name)
        rows += found
        problems += [
            Problem(f"row_{each.reason}", each.place[0], each.file, {"value": short(each.text)}, each.place[1]) for each in bad
        ]
    made = township_history.reconstruct(listed, paper, files.list_day, rows, name, spans)
    in_force = sum(life.until is None for life in made.history.lives)
    counted = {
        "listed": len(listed),
        "in_force": in_force,
        "rows": len(rows),
        "rows_used": made.used_rows,
        "rows_left_out": made.left_out,
    }
    return _Part(made.history, problems + made.problems, made.documents, counted)


def _listed(table: Table, file: str) -> tuple[list[Listed], list[Problem]]:
    if missing := [name for name in ("code", "name") if name not in table.columns]:
        raise refuse("missing_field", _("“%(name)s”缺少列：%(columns)s。"), name=file, columns="、".join(missing))
    counties = table.columns.get("county_code") or [""] * table.count
    found: list[Listed] = []
    problems: list[Problem] = []
    for index in range(table.count):
        row, line = index + 1, table.lines[index] if table.lines else index + 2
        text, name = table.columns["code"][index], names.clean(table.columns["name"][index])
        try:
            code = codes.canonical(text, township_history.TOWNSHIP)
        except codes.CodeError:
            problems.append(Problem("row_code", row, file, {"value": short(f"{text} {name}")}, line))
            continue
        if names.faults(name):
            problems.append(Problem("row_code", row, file, {"value": short(f"{text} {name}")}, line))
            continue
        found.append(Listed((row, line), code, name, counties[index]))
    return found, problems


def _dataset(data: Opened, title: str, day: date | None) -> Paper:
    return Paper("dataset", title, dated=day, sha256=data.sha256, details={"file": data.name})


# --- storing ----------------------------------------------------------------------------------------------------------


def _store(part: _Part, reshaped: set[int], known: Recorded | None = None) -> _Part:
    recorded = record_history(part.history, known)
    part.recorded = recorded
    for conflict in recorded.conflicts:
        part.problems.append(Problem(conflict.code, None, "", {key: str(value) for key, value in conflict.values.items()}))
    part.decisions = record_decisions(part.history, recorded)
    reshaped |= recorded.reshaped
    return part


def _result(parts: dict[str, _Part]) -> dict[str, Any]:
    result: dict[str, Any] = {"county": None, "township": None, "problems": [], "problem_counts": {}, "changed": False}
    told: list[Problem] = []
    for name, part in parts.items():
        recorded = part.recorded
        assert recorded is not None  # noqa: S101  stored just before
        history = part.history
        written = {
            "divisions": recorded.divisions,
            "records": recorded.records,
            "codes": recorded.codes,
            "lineages": recorded.lineages,
            "decisions": part.decisions,
        }
        result[name] = {
            "divisions": len(history.lives),
            "records": sum(len(life.states) for life in history.lives),
            "codes": sum(len(life.codes) for life in history.lives),
            "lineages": len(history.edges),
            "decisions": len(part.documents),
            "problems": len(part.problems),
            **part.rows,
            "written": written,
        }
        result["changed"] = result["changed"] or any(written.values())
        told += part.problems
    # Every row is told, warnings too: somebody has to go through them against the documents.
    told.sort(key=lambda problem: (problem.severity == words.WARNING, problem.field, problem.row or 0))
    result["problems"] = [problem.as_dict() for problem in told]
    result["problem_counts"] = dict(Counter(problem.code for problem in told))
    return result


def _audit(actor: User | None, parts: dict[str, _Part], result: dict[str, Any]) -> None:
    part = next(iter(parts.values()))
    assert part.recorded is not None  # noqa: S101
    key = county_history.LIST if "county" in parts else township_history.LIST
    source = Source.objects.get(pk=part.recorded.source_of[key])
    after = {name: result[name]["written"] for name in parts}
    audit.record(actor=actor, action="import_history", target=source, label=source.title, after=after)
