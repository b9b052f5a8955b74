"""What the rules say of a case as it stands, and how people have answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.overrides import Override
from boundaries.services.places import Place, place_of
from boundaries.wording import pick
from placenames.models import CaseAct, HeritageListing, NamingAnswer, NamingCase, PaperClass, PlaceName
from placenames.rules import case_answers, naming_cases
from placenames.rules.case_kinds import APPROVER_WORDS, ASKED_BEFORE, Approver
from placenames.rules.case_states import Stage
from placenames.rules.naming import Existing, Found
from placenames.rules.naming_kinds import SPELLED_AS, NamedKind
from placenames.rules.orthography import check_spelling
from placenames.services.name_checks import by_weight, check_in

# What is asked for when the body decides; everything is shown from the first draft on.
_AT_APPROVAL = frozenset({"NAME-AUT-01"})


@dataclass(frozen=True)
class Judged:
    """A finding with the answer that settles it, None where none does."""

    found: Found
    answer: NamingAnswer | None

    @property
    def finding(self) -> Finding:
        return self.found.finding

    @property
    def settled(self) -> bool:
        return self.finding.severity is Severity.INFO or self.answer is not None

    @property
    def answerable(self) -> bool:
        return case_answers.answerable(self.finding)

    @property
    def document(self) -> str:
        """What document an answer needs, in the reader's language; empty for none."""
        wanted = case_answers.document_asked(self.finding)
        return pick(*wanted) if wanted else ""

    def as_dict(self) -> dict[str, Any]:
        answer = self.answer
        told = {"document": answer.document, "reason": answer.reason, "by": str(answer.by)} if answer else None
        others = [
            {"name": one.name, "area": one.area, "distance_m": one.distance_m, "lon": one.lon, "lat": one.lat}
            for one in self.found.others
        ]
        return {**self.finding.as_dict(), "with": others, "answer": told, "settled": self.settled}


@dataclass(frozen=True)
class Findings:
    judged: list[Judged]
    lists: dict[str, bool]

    def due_at(self, stage: Stage) -> list[Judged]:
        return [one for one in self.judged if stage is Stage.APPROVE or one.finding.rule not in _AT_APPROVAL]

    def open_at(self, stage: Stage) -> list[Judged]:
        return [one for one in self.due_at(stage) if not one.settled]

    def frozen(self) -> dict[str, Any]:
        return {
            "on": timezone.localdate().isoformat(),
            "findings": [one.as_dict() for one in self.judged],
            "lists": [{"list": key, "loaded": there} for key, there in self.lists.items()],
        }


def area_of(case: NamingCase) -> Place:
    """Where the name lies, today; raises `NotFoundError` where the division is no more."""
    return place_of(case.area_id, timezone.localdate())


def findings_of(case: NamingCase) -> Findings:
    """Everything the rules say of the case today. A cancelling's name is not checked: it goes."""
    found, lists = list(_of_case(case)), {}
    if case.act != CaseAct.CANCELLING:
        checked = check_in(
            case.name, NamedKind(case.kind), area_of(case), timezone.localdate(), place=case.place_id, at=case.location
        )
        found += _spelled_by_hand(case, checked.findings)
        lists = checked.lists
    return judged(by_weight(found), case.answers.filter(withdrawn_at=None).select_related("by"), lists)


def _spelled_by_hand(case: NamingCase, found: Iterable[Found]) -> list[Found]:
    """With a spelling of the applicant's, PY-… are about that one."""
    if not case.spelling:
        return list(found)
    own = check_spelling(case.name, case.spelling, SPELLED_AS[NamedKind(case.kind)], area_of(case).code)
    return [one for one in found if not one.finding.rule.startswith("PY-")] + [Found(one) for one in own]


def judged(found: Iterable[Found], answers: Iterable[NamingAnswer], lists: dict[str, bool]) -> Findings:
    rows = list(answers)
    given = [Override(one.rule, one.document, one.reason, one.code, one.subject) for one in rows]
    told = []
    for one in found:
        index = case_answers.answer_to(one.finding, given)
        told.append(Judged(one, rows[index] if index is not None else None))
    return Findings(told, lists)


def listed_as(place: PlaceName | int | None) -> list[str]:
    """The lists a place stands on, in words."""
    if place is None:
        return []
    rows = HeritageListing.objects.filter(place=place, recorded__upper_inf=True)
    return [str(one.get_kind_display()) for one in rows]


def _of_case(case: NamingCase) -> list[Found]:
    """NAME-REN, NAME-APP and NAME-AUT on the application and its papers."""
    papers = list(case.papers.filter(removed_at=None))
    classes = {one.paper_class for one in papers}
    kind = NamedKind(case.kind)
    measures = bool(case.measures.strip()) or PaperClass.MEASURES in classes
    findings: list[Finding] = []
    if case.act == CaseAct.RENAMING:
        findings += naming_cases.check_reason(case.reason_kind)
        findings += naming_cases.check_protected(listed_as(case.place_id), measures)
    if case.act == CaseAct.CANCELLING:
        findings += naming_cases.check_cancel_reason(case.reason_kind)
        findings += naming_cases.check_protected_cancelled(listed_as(case.place_id), measures)
    findings += naming_cases.check_application(kind, _stated(case))
    findings += _reports(papers)
    approver = Approver(case.approver_kind)
    findings += naming_cases.check_approver(kind, APPROVER_WORDS[approver])
    findings += naming_cases.check_consulted(ASKED_BEFORE.get(approver, ""), PaperClass.OPINION in classes)
    return [Found(one) for one in findings]


def _stated(case: NamingCase) -> set[str]:
    """What of 条例第十一条 the application says. A cancelling describes no entity anew."""
    plan, facts = naming_cases.APPLICATION
    told = {plan} if case.reasons.strip() else set()
    described = all(text.strip() for text in (case.position, case.scale, case.nature))
    return told | ({facts} if described or case.act == CaseAct.CANCELLING else set())


def _reports(papers: Sequence[Any]) -> list[Finding]:
    """NAME-APP-02 on reports that are there; only divisions must have them."""
    parts: dict[str, set[str]] = {}
    for one in papers:
        parts.setdefault(one.paper_class, set()).update(one.parts)
    found = naming_cases.check_reports(parts.get(PaperClass.ASSESSMENT, ()), parts.get(PaperClass.OPINION, ()))
    titles = {"综合评估报告": PaperClass.ASSESSMENT, "征求意见报告": PaperClass.OPINION}
    return [one for one in found if titles[one.subject] in parts]


def collisions(found: Iterable[Found]) -> list[tuple[Found, Existing]]:
    """Every name a finding is about that has a position, once, with the weightiest finding on it."""
    seen: dict[Existing, Found] = {}
    for one in by_weight(found):
        for other in one.others:
            if other.lon is not None:
                seen.setdefault(other, one)
    return [(finding, other) for other, finding in seen.items()]
