"""Which findings give way, and to what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from boundaries.rules.deadlines import AfterApproval, Clock, check_completion
from boundaries.rules.dossier import check_attachments
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.overrides import Override, Refusal, refused, unresolved, waiver_of
from boundaries.rules.plan import Plan, check_ethnic_township
from boundaries.rules.registry import rules
from boundaries.rules.working_days import shipped_calendar

ETHNIC = check_ethnic_township(Plan(former_type="ethnic_township", unit_type="town", name="艾庄回族镇", ethnic_consulted=True))[0]
LATE = check_completion(
    AfterApproval(date(2025, 7, 16), completed_on=date(2026, 8, 1)), Clock(date(2026, 8, 2), shipped_calendar())
)[0]
MISSING = check_attachments([])[0]
WARNING = Finding("CHG-AUTH-03", Severity.WARN, "依据", "subdistrict_in_county", "提示", "note")


def test_a_block_without_a_waiver_never_gives_way():
    override = Override("CHG-DOC-01", "某文件", "某理由")
    assert unresolved([MISSING], [override]) == [MISSING]
    assert refused([MISSING], [override]) == [(override, MISSING, Refusal.NOT_ALLOWED)]


@pytest.mark.parametrize("finding", [LATE, ETHNIC], ids=["block", "warning"])
@pytest.mark.parametrize(
    ("document", "reason", "cause"),
    [("", "理由", Refusal.NO_DOCUMENT), ("文件", " ", Refusal.NO_REASON), ("文件", "理由", None)],
)
def test_a_waiver_takes_a_document_and_a_reason(finding, document, reason, cause):
    """CHG-ETH-01 with a document; CHG-DL-01 with the superior's order."""
    override = Override(finding.rule, document, reason)
    assert unresolved([finding], [override]) == ([finding] if cause else [])
    assert [why for _, _, why in refused([finding], [override])] == ([cause] if cause else [])


def test_a_warning_takes_a_reason():
    assert unresolved([WARNING], []) == [WARNING]
    assert unresolved([WARNING], [Override("CHG-AUTH-03", "", "")]) == [WARNING]
    assert unresolved([WARNING], [Override("CHG-AUTH-03", "", "省内有先例")]) == []


def test_information_needs_no_answer_and_is_never_refused():
    information = replace(WARNING, severity=Severity.INFO)
    assert unresolved([information], []) == []
    assert refused([information], [Override("CHG-AUTH-03", "", "")]) == []


def test_an_override_speaks_for_its_rule_code_and_subject_only():
    for override in (
        Override("CHG-ETH-02", "文件", "理由"),
        Override("CHG-AUTH-03", "文件", "理由", code="other"),
        Override("CHG-AUTH-03", "文件", "理由", subject="other"),
    ):
        assert unresolved([WARNING], [override]) == [WARNING]
        assert refused([WARNING], [override]) == []


def test_a_waiver_of_one_finding_does_not_cover_another_of_the_rule():
    other = replace(LATE, code="something_else")
    assert unresolved([LATE, other], [Override("CHG-DL-01", "文件", "理由")]) == [other]


def test_a_finding_of_no_registered_rule_has_no_waiver():
    assert waiver_of(replace(LATE, rule="XXX-01")) is None


def test_the_blocks_that_may_be_overridden_are_these():
    waived = {(rule.id, waiver.code) for rule in rules().values() for waiver in rule.waivers}
    assert waived == {("CHG-ETH-01", "ethnic_town_name"), ("CHG-DL-01", "completion_late")}
