"""What the rules say of a decision as it is kept: its acts, its case, its papers and the answers people gave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from boundaries.changes import Plan, Register
from boundaries.changes import acts as changes
from boundaries.changes.findings import findings_on
from boundaries.models import Begins, Decision, DecisionOverride, DivisionRecord
from boundaries.rules.authorities import OUTPOSTS
from boundaries.rules.change_case import Case, CaseError, Paper, read_case
from boundaries.rules.dossier import Attachment
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.overrides import Override, refusal, waiver_of
from boundaries.rules.stages import Stage, stages_of
from gis.errors import InvalidInputError


@dataclass(frozen=True)
class Answered:
    """A finding with the answer that settles it, None where nothing does (information needs none)."""

    finding: Finding
    answer: DecisionOverride | None

    @property
    def settled(self) -> bool:
        return self.finding.severity is Severity.INFO or self.answer is not None

    def as_dict(self) -> dict[str, Any]:
        """`stages`: the steps that ask for an answer; `waivable`: a document may override a block."""
        answer = self.answer
        waiver = waiver_of(self.finding)
        return {
            **self.finding.as_dict(),
            "stages": sorted(stage.value for stage in stages_of(self.finding)),
            "settled": self.settled,
            "waivable": waiver is not None,
            "waiver": None if waiver is None else {"zh": waiver.zh, "en": waiver.en},
            "answer": None
            if answer is None
            else {"id": answer.pk, "reason": answer.reason, "document": answer.document, "by": str(answer.by or "")},
        }


def case_of(decision: Decision) -> Case:
    return as_case(decision.case)


def as_case(data: Any) -> Case:
    """Raises `InvalidInputError` ``bad_case`` naming the field."""
    try:
        return read_case(data)
    except CaseError as error:
        message = _("办理情况的“%(field)s”填写有误。") % {"field": error.field}
        raise InvalidInputError("bad_case", message, fields={error.field: [_("填写有误")]}) from error


def check(decision: Decision, read: changes.Decision, plan: Plan, register: Register) -> list[Answered]:
    """Every finding on the decision, with its answer. `read` is the decision as `plan` was made from it."""
    return answered(decision, findings_on(plan, register, read, case_of(decision), _paper(decision, plan)))


def answered(decision: Decision, found: Iterable[Finding]) -> list[Answered]:
    """Findings with the answers that people gave and that settle them."""
    answers = list(decision.overrides.filter(withdrawn_at=None).select_related("by")) if decision.pk else []
    return [Answered(finding, _answer(finding, answers)) for finding in found]


def open_at(stage: Stage, found: Iterable[Answered]) -> list[Finding]:
    """The blocks and warnings that a step asks an answer for and that have none."""
    return [one.finding for one in found if stage in stages_of(one.finding) and not one.settled]


def _answer(finding: Finding, answers: Sequence[DecisionOverride]) -> DecisionOverride | None:
    for answer in answers:
        override = Override(answer.rule, answer.document, answer.reason, answer.code, answer.subject)
        if override.concerns(finding) and refusal(finding, override) is None:
            return answer
    return None


def _paper(decision: Decision, plan: Plan) -> Paper:
    filed = decision.files.filter(removed_at=None).exclude(document_class="") if decision.pk else ()
    return Paper(
        approver=decision.approver,
        approved_on=decision.approved_on,
        document_number=decision.document_number,
        text=decision.text,
        attachments=tuple(Attachment(one.document_class, one.title, frozenset(one.parts)) for one in filed),
        establishers=_establishers(plan),
    )


def _establishers(plan: Plan) -> dict[int, str]:
    """Who approved the establishment of the outposts the plan touches, where a document tells their beginning."""
    outposts = {one.unit for one in plan.closed if one.state.type in OUTPOSTS}
    if not outposts:
        return {}
    first: dict[int, str] = {}
    records = DivisionRecord.objects.current().filter(division__in=outposts).select_related("source").order_by("division", "valid")
    for record in records.defer("geometry", "seat"):
        if record.division_id not in first:
            first[record.division_id] = record.source.issuer if record.begins == Begins.DECIDED else ""
    return {key: issuer for key, issuer in first.items() if issuer}
