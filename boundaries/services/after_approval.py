"""Where enacted decisions stand: what each owes after its approval, what is done, what its closing still asks for.

Reads only, for any number of decisions in a fixed number of queries. Writes are in `follow_ups` and `decision_codes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, JSONField, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from boundaries.changes.later_codes import LaterCode, check_later
from boundaries.models import Authority, Decision, DecisionFollowUp, DecisionLineWork, DecisionState, DivisionCode
from boundaries.rules.codes import MCA
from boundaries.rules.deadlines import AfterApproval, Clock, Duty, DutyState, Extension, check_closing, check_undated, duties
from boundaries.rules.finding import Finding
from boundaries.rules.in_force import DIVISIONS
from boundaries.rules.line_duties import LineWork, check_line_work
from boundaries.rules.stages import Stage, stages_of
from boundaries.services import decision_findings
from boundaries.services.decision_findings import Answered
from boundaries.services.later_codes import Left, later_codes


class Owes(StrEnum):
    """Whether the periods of the Regulations run for a decision, and why not."""

    YES = "yes"
    IMPORTED = "imported"  # out of official lists; nobody opened its follow-up
    EARLIER = "earlier"  # approved before the Regulations were in force
    UNGOVERNED = "ungoverned"  # villages only, or a mere code: no change of division
    UNDATED = "undated"  # no day of approval to count from


@dataclass(frozen=True)
class Standing:
    """`decision` comes without its plan, text and findings. `case` is there where it owes something (`Owes.YES`).

    lines: boundary lines the decision moved, with what is done about each.
    codes: units whose code the plan left to be determined, whether it came since or not.
    """

    decision: Decision
    follow_up: DecisionFollowUp | None
    owes: Owes
    case: AfterApproval | None
    codes: tuple[LaterCode, ...]
    lines: tuple[DecisionLineWork, ...] = ()

    @property
    def awaited(self) -> tuple[LaterCode, ...]:
        return tuple(one for one in self.codes if one.awaited)

    @property
    def closed(self) -> bool:
        return self.follow_up is not None and self.follow_up.closed_at is not None

    def duties(self, clock: Clock) -> list[Duty]:
        return duties(self.case, clock) if self.case is not None else []

    def open_duties(self, clock: Clock) -> list[Duty]:
        return [one for one in self.duties(clock) if one.state not in (DutyState.DONE, DutyState.LATE)]


def open_decisions() -> QuerySet[Decision]:
    """Enacted and not closed; of those that came from lists only what somebody follows up."""
    return Decision.objects.filter(
        Q(follow_up__isnull=False) | ~Q(plan__has_key="imported"), state=DecisionState.ENACTED, follow_up__closed_at__isnull=True
    )


class _Path(Func):
    """``jsonb_path_query_array``: what a JSON path finds in the plan. `path` is ours, never a user's."""

    function = "jsonb_path_query_array"
    output_field = JSONField()

    def __init__(self, path: str) -> None:
        super().__init__(F("plan"), path=path)
        self.extra["path"] = path

    template = "%(function)s(%(expressions)s, '%(path)s')"


def _sketched(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Of a plan, which may be long, only what is asked here."""
    cited = DivisionCode.objects.filter(source=OuterRef("source"), authority=Authority.MCA)
    return (
        decisions.select_related("follow_up", "follow_up__closed_by", "source")
        .defer("plan", "text", "findings", "case")
        .annotate(
            plan_codes=KeyTransform("codes", "plan"),
            plan_imported=Func(F("plan"), template="coalesce(%(expressions)s ? 'imported', false)", output_field=BooleanField()),
            plan_opened=_Path("$.opened[*] ? (@.level <= 4 && @.node_only == false).unit"),
            plan_only_noded=_Path("$.opened[*] ? (@.node_only == true).unit"),
            plan_closed=_Path("$.closed[*] ? (@.level <= 4).unit"),
            gives_codes=Exists(cited),
        )
    )


def standings(decisions: QuerySet[Decision]) -> list[Standing]:
    """Eight queries at most, however many decisions."""
    rows = list(_sketched(decisions))
    left = [Left(one.pk, one.effective_on, (_extra(one, "plan_codes") or {}).get("needed", [])) for one in rows]
    codes = later_codes(left)
    moved: dict[int, list[DecisionLineWork]] = {}
    for work in DecisionLineWork.objects.filter(decision__in=[one.pk for one in rows]).select_related("line"):
        moved.setdefault(work.decision_id, []).append(work)
    return [_standing(one, tuple(codes.get(one.pk, ())), tuple(moved.get(one.pk, ()))) for one in rows]


def standing(decision: Decision) -> Standing:
    """Of one enacted decision, as it is now in the database."""
    return standings(Decision.objects.filter(pk=decision.pk))[0]


def _extra(decision: Decision, name: str) -> Any:
    """What `_sketched` adds to a decision."""
    return getattr(decision, name)


def _standing(decision: Decision, codes: tuple[LaterCode, ...], lines: tuple[DecisionLineWork, ...]) -> Standing:
    follow_up: DecisionFollowUp | None = getattr(decision, "follow_up", None)
    owes = _owes(decision, follow_up)
    case = _case(decision, decision.approved_on, follow_up) if owes is Owes.YES and decision.approved_on is not None else None
    return Standing(decision, follow_up, owes, case, codes, lines)


def _owes(decision: Decision, follow_up: DecisionFollowUp | None) -> Owes:
    imported = _extra(decision, "plan_imported")
    if imported and follow_up is None:
        return Owes.IMPORTED
    if not imported and not _governed(decision):
        return Owes.UNGOVERNED
    if decision.approved_on is None:
        return Owes.UNDATED
    return Owes.YES if DIVISIONS.applies_on(decision.approved_on) else Owes.EARLIER


def _governed(decision: Decision) -> bool:
    """A unit down to the township changes itself: a neighbour's new corner is no change, nor are villages."""
    changed = set(_extra(decision, "plan_closed") or ()) - set(_extra(decision, "plan_only_noded") or ())
    return bool(changed or _extra(decision, "plan_opened"))


def _case(decision: Decision, approved_on: date, follow_up: DecisionFollowUp | None) -> AfterApproval:
    done = follow_up or DecisionFollowUp()
    extension = None
    if done.extension_approved_on is not None:
        extension = Extension(done.extension_approved_on, done.extension_document)
    return AfterApproval(
        approved_on=approved_on,
        completed_on=done.completed_on,
        reported_on=done.reported_on,
        extension=extension,
        code_changes=_changes_codes(decision),
        code_published_on=done.code_published_on,
        announced_on=done.announced_on,
        standard_map=done.standard_map_on is not None,
        survey_records=done.survey_records_on is not None,
        evaluation=done.evaluation_on is not None,
    )


def _changes_codes(decision: Decision) -> bool:
    """Whether a legal code begins, ends or is asked for. What came from lists cites its codes."""
    codes: Mapping[str, Sequence[Mapping[str, Any]]] = _extra(decision, "plan_codes") or {}
    legal = [one for part in ("retired", "assigned") for one in codes.get(part, ()) if one["authority"] == MCA]
    return bool(legal or codes.get("needed") or (_extra(decision, "plan_imported") and _extra(decision, "gives_codes")))


# --- what closing asks for ----------------------------------------------------------------------------------------------


def done_about(work: DecisionLineWork) -> LineWork:
    """What BND-LIN-01 asks of a moved line, as it stands on record."""
    return LineWork(
        surveyed=work.surveyed_on is not None,
        markers_set=work.markers_on is not None,
        agreement=work.agreement_on is not None,
        filed=work.filed_on is not None,
    )


def closing_findings(of: Standing, clock: Clock) -> list[Answered]:
    """Every finding on the closing of the case (CHG-DL-…, CODE-…, BND-LIN-01), with the answer that settles it."""
    found: list[Finding] = check_closing(of.case, clock) if of.case is not None else []
    if of.owes is Owes.UNDATED:
        found += check_undated()
    decided = of.decision.approved_on or of.decision.effective_on
    for work in of.lines:
        found += check_line_work(work.line.code, done_about(work))
    later = check_later(of.codes, decided, of.decision.effective_on)
    found += [one for one in later if Stage.CLOSE in stages_of(one)]
    return decision_findings.answered(of.decision, found)
