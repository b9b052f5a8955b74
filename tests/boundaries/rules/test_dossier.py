"""CHG-DOC-01 … 03: the attachments of 行政区划管理条例 §13."""

from __future__ import annotations

import pytest

from boundaries.rules.dossier import (
    DOCUMENT_CLASSES,
    Attachment,
    check_attachments,
    check_dossier,
    check_expert_report,
    check_maps,
    expert_parts_in,
)
from boundaries.rules.finding import Severity, blocks

UNITS = ("411726207", "411726208")
ALL_PARTS = frozenset({"necessity", "benefits", "feasibility", "opinions"})


def complete():
    return [
        Attachment("application"),
        Attachment("basic_facts"),
        Attachment("risk_assessment"),
        Attachment("expert_report", parts=ALL_PARTS),
        Attachment("public_opinions"),
        Attachment("maps", "图一", frozenset({"pre_change_map"}), frozenset(UNITS)),
        Attachment("maps", "图二", frozenset({"plan_map"}), frozenset(UNITS)),
    ]


def test_chg_doc_a_complete_dossier_has_no_finding():
    assert check_dossier(complete(), UNITS) == []


@pytest.mark.parametrize("absent", [one.id for one in DOCUMENT_CLASSES.values() if one.required])
def test_chg_doc_01_each_of_the_six_classes_blocks(absent):
    findings = check_attachments([one for one in complete() if one.document_class != absent])
    assert [(one.rule, one.severity, one.subject) for one in findings] == [("CHG-DOC-01", Severity.BLOCK, absent)]
    assert DOCUMENT_CLASSES[absent].zh in findings[0].message_zh
    assert "第十三条" in findings[0].basis


def test_chg_doc_01_the_seventh_class_is_optional():
    assert [one.number for one in DOCUMENT_CLASSES.values()] == [1, 2, 3, 4, 5, 6, 7]
    assert not DOCUMENT_CLASSES["other"].required
    assert [one.subject for one in check_attachments([Attachment("other")])] == [
        one.id for one in DOCUMENT_CLASSES.values() if one.required
    ]


@pytest.mark.parametrize("absent", sorted(ALL_PARTS))
def test_chg_doc_02_a_missing_part_of_the_expert_report_warns(absent):
    findings = check_expert_report([Attachment("expert_report", parts=ALL_PARTS - {absent})])
    assert [(one.rule, one.severity, one.subject) for one in findings] == [("CHG-DOC-02", Severity.WARN, absent)]
    assert not blocks(findings)


def test_chg_doc_02_two_reports_count_together_and_none_is_doc_01s_business():
    halves = [Attachment("expert_report", parts=frozenset({part})) for part in ALL_PARTS]
    assert check_expert_report(halves) == []
    assert check_expert_report([]) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("一、必要性和合理性\n二、经济社会效益\n三、可行性与可能存在的风险\n四、意见建议", ALL_PARTS),
        ("一、必要性\n三、可行性", {"necessity"}),
        ("本报告用很长的一段话提到必要性、效益、可行性、风险和意见，但这些词并不是任何一个标题，因此不能算作有这些部分。", set()),
        ("", set()),
    ],
)
def test_chg_doc_02_parts_are_recognised_by_their_headings(text, parts):
    assert expert_parts_in(text) == parts


def test_chg_doc_03_one_map_is_not_enough():
    findings = check_maps([one for one in complete() if one.title != "图二"], UNITS)
    assert [(one.rule, one.severity, one.code, one.subject) for one in findings] == [
        ("CHG-DOC-03", Severity.BLOCK, "map_missing", "plan_map")
    ]


def test_chg_doc_03_each_map_shows_all_units_over_its_sheets():
    sheets = [
        Attachment("maps", parts=frozenset({"pre_change_map"}), covers=frozenset(UNITS[:1])),
        Attachment("maps", parts=frozenset({"pre_change_map", "plan_map"}), covers=frozenset(UNITS[1:])),
    ]
    findings = check_maps(sheets, UNITS)
    assert [(one.code, one.subject) for one in findings] == [("map_incomplete", "plan_map")]
    assert UNITS[0] in findings[0].message_zh and UNITS[1] not in findings[0].message_zh


def test_chg_doc_03_a_map_filed_under_another_class_does_not_count():
    assert len(check_maps([Attachment("other", parts=frozenset({"pre_change_map", "plan_map"}))])) == 2
