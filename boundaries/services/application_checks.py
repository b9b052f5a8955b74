"""Checking an application: the unit against the standard, the dossier and the plan against the regulations, as one frozen document.

The document is what a submitted application keeps as evidence. It carries everything a reader needs years later: the values with
year and source, the standard's text and status, the dossier's files by digest. Nothing in it is looked up again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.models import Application, DivisionRecord, RuleSet, SourceKind, Target
from boundaries.querysets import ancestor_ids
from boundaries.rules.dossier import Attachment, check_dossier
from boundaries.rules.evaluation import evaluate
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.plan import Plan, check_plan
from boundaries.rules.report import evaluation_document
from boundaries.services import rule_sets
from boundaries.services.indicator_values import values_for
from gis.errors import NotFoundError

# Marked on a map by whoever files it: it shows every unit the change touches (CHG-DOC-03).
COVERS_ALL = "covers_all"


@dataclass(frozen=True)
class ApplicationCheck:
    frozen: dict[str, Any]
    rule_set: RuleSet


def run(application: Application, day: date) -> ApplicationCheck:
    """Evaluates `application` as things stand on `day`; changes nothing."""
    lineage = _line_of_records(application.division_id, day)
    record = lineage[0]
    chosen = rule_sets.choose(application.target, day)
    evaluation = evaluate(chosen.rules, values_for(application.division_id, day), on=day)
    attachments = list(application.attachments.filter(removed_at=None).select_related("file"))
    establishment = evaluation_document(evaluation, division=record.code, target=application.target)
    # STD-00 may be raised by the choice and by the evaluation alike; it is said once.
    said = {(finding["rule"], finding["code"]) for finding in establishment["findings"]}
    establishment["findings"] += [one for one in _documents(chosen.findings) if (one["rule"], one["code"]) not in said]
    frozen: dict[str, Any] = {
        "on": day.isoformat(),
        "unit": {
            "name": record.name,
            "type": record.type,
            "code": record.code,
            "code_authority": record.code_authority,
            "parents": [above.name for above in reversed(lineage[1:])],
            "area_km2": record.area_m2 / 1e6 if record.area_m2 is not None else None,
            "grade": record.grade,
            "demo": any(one.source.kind == SourceKind.DEMO for one in lineage),
        },
        "rule_set": {"identifier": chosen.row.identifier, "sha256": chosen.row.sha256, "toml": chosen.row.toml},
        "establishment": establishment,
        "dossier": {
            "attachments": [
                {
                    "class": one.document_class,
                    "title": one.title,
                    "parts": one.parts,
                    "name": one.file.name,
                    "size": one.file.size,
                    "sha256": one.file.sha256,
                }
                for one in attachments
            ],
            "findings": _documents(check_dossier([_attachment(one, record) for one in attachments], [record.name])),
        },
        "plan": {"findings": _documents(check_plan(_plan(application, lineage)))},
    }
    return ApplicationCheck(frozen, chosen.row)


def findings(frozen: dict[str, Any]) -> list[dict[str, Any]]:
    """All findings of a frozen check, the gravest first."""
    gravity = {Severity.BLOCK.value: 0, Severity.WARN.value: 1, Severity.INFO.value: 2}
    rows = [*frozen["establishment"]["findings"], *frozen["dossier"]["findings"], *frozen["plan"]["findings"]]
    return sorted(rows, key=lambda row: gravity[row["severity"]])


def obstacles(frozen: dict[str, Any], note: str) -> list[str]:
    """Why the application cannot be submitted, in sentences; empty when it can.

    Blocking findings on dossier and plan always stop it. Under an official standard the unit must qualify. Without one (STD-00)
    no office can say pass or fail: the application may go up for the approving body to judge, with the officer's written reason.
    """
    blocking = [
        row for row in [*frozen["dossier"]["findings"], *frozen["plan"]["findings"]] if row["severity"] == Severity.BLOCK.value
    ]
    sentences = [in_language(row) for row in blocking]
    establishment = frozen["establishment"]
    if establishment["advisory"]:
        if not note.strip():
            sentences.append(_("没有正式标准，校核结果仅供参考，上报须写明理由。"))
    elif establishment["overall"] == "does_not":
        sentences.append(_("按现行标准不符合设立条件。"))
    elif establishment["overall"] == "undetermined":
        sentences.append(_("按现行标准尚不能判定，请补齐缺少的指标和需人工认定的条件。"))
    return sentences


def in_language(finding: dict[str, Any]) -> str:
    return finding["message_en"] if (get_language() or "").startswith("en") else finding["message"]


def _line_of_records(division: int, day: date) -> list[Any]:
    """The division's record on `day` and those above it, nearest first, each with its code."""
    ids = ancestor_ids(division, day)
    records = {
        record.division_id: record
        for record in DivisionRecord.objects.on(day)
        .filter(division__in=ids)
        .with_code(day)
        .select_related("source")
        .defer("geometry", "seat")
    }
    if division not in records:
        raise NotFoundError("division_not_in_force", _("该区划在这一天不在册。"))
    return [records[one] for one in ids if one in records]


def _attachment(attachment: Any, record: DivisionRecord) -> Attachment:
    """What a map shows cannot be read from the file: the person who files it says whether all units of the change are on it."""
    covers = frozenset({record.name}) if COVERS_ALL in attachment.parts else frozenset()
    return Attachment(attachment.document_class, attachment.title, frozenset(attachment.parts), covers)


def _plan(application: Application, lineage: list[Any]) -> Plan:
    record, above = lineage[0], lineage[1] if len(lineage) > 1 else None
    return Plan(
        establishes=True,
        name=application.proposed_name,
        unit_type=application.proposed_type,
        affiliation=application.affiliation,
        boundary=application.boundary_plan,
        seat=application.seat_plan,
        author=application.plan_author,
        unit_government=f"{record.name}人民政府",
        superior_government=f"{above.name}人民政府" if above else "",
        territory_unchanged=application.target == Target.TOWN,
        former_type=record.type,
        parent_type=above.type if above else "",
        ethnic_consulted=bool(application.ethnic_opinion.strip()),
        ethnic_document=application.ethnic_document,
    )


def _documents(rows: Iterable[Finding]) -> list[dict[str, Any]]:
    return [row.as_dict() for row in rows]
