"""Rule-set files: what is read, and that every mistake is told with its line."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from boundaries.rules.ruleset import Comparison, Effect, Group, GroupKind, Status, Target
from boundaries.rules.shipped import shipped_files
from boundaries.rules.toml_loader import MAX_CHARACTERS, RuleSetError, decode_rule_set, parse_rule_set

FORMAT_PAGE = Path(__file__).resolve().parents[3] / "docs" / "rule-set-format.md"

GOOD = """\
format = 1
id = "TEST-TOWN-2021"
title = "某省设立镇标准"
target = "town"
issuer = "某省人民政府"
document_number = "某政〔2021〕1号"
issued_on = 2021-01-15
valid_from = 2021-02-01
status = "official"
region = "41"

[[source]]
id = "text"
issuer = "某省人民政府"
title = "某省设立镇标准"
seen_at = "政府公报"

[[indicator]]
id = "sewage_rate"
name = "污水处理率"
kind = "rate"
definition = "处理的污水占产生污水的比例"

[[group]]
id = "ROOT"
title = "总条件"

[[criterion]]
id = "population"
in = "ROOT"
text = "常住人口3万人以上"
indicator = "population"
comparison = ">="
unit = "万人"
threshold = 3
basis = "resident"
source = "text"

[[criterion]]
id = "sewage"
in = "ROOT"
text = "污水处理率70%以上"
indicator = "sewage_rate"
comparison = ">="
unit = "percent"
threshold = 70
source = "text"
"""


def problems(text):
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(text, "standard.toml")
    return caught.value.problems


def line_of(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_file_is_read_whole():
    rules = parse_rule_set(GOOD, "standard.toml")
    assert (rules.id, rules.status, rules.targets) == ("TEST-TOWN-2021", Status.OFFICIAL, {Target.TOWN})
    assert rules.title_en == rules.title, "an office need not translate"
    assert [criterion.id for criterion in rules.criteria()] == ["population", "sewage"]
    assert rules.criteria()[0].thresholds[0].value == 30000
    assert rules.criteria()[0].unit == "persons"
    assert rules.indicator("sewage_rate").maximum == 100
    assert rules.issued_on == "2021-01-15"


# (what is written, what is put in its place, code, text of the line that must be named)
MISTAKES = [
    ('threshold = 3\n', 'threshold = 三万\n', "syntax", "threshold = 三万"),
    ('threshold = 3\n', 'threshold = "3"\n', "wrong_type", 'threshold = "3"'),
    ('threshold = 3\n', 'threshold = true\n', "wrong_type", "threshold = true"),
    ('threshold = 3\n', 'threshold = nan\n', "not_a_number", "threshold = nan"),
    ('threshold = 3\n', 'threshold = inf\n', "not_a_number", "threshold = inf"),
    ('threshold = 3\n', 'threshold = 1e300\n', "not_a_number", "threshold = 1e300"),
    ('threshold = 3\n', 'threshold = 1e17\n', "number_too_large", "threshold = 1e17"),
    ('threshold = 3\n', 'threshold = 99999999\n', "out_of_range", "threshold = 99999999"),
    ('threshold = 3\n', 'threshold = -3\n', "out_of_range", "threshold = -3"),
    ('threshold = 70\n', 'threshold = 170\n', "out_of_range", "threshold = 170"),
    ('threshold = 3\n', '', "one_threshold", '[[criterion]]'),
    ('threshold = 3\n', 'threshhold = 3\n', "key_unknown", "threshhold = 3"),
    ('threshold = 3\n', 'threshold = 3\nthresholds = [{ value = 1 }]\n', "one_threshold", "[[criterion]]"),
    ('threshold = 3\n', 'thresholds = [\n  { value = 1 },\n  { value = 2 },\n]\n', "threshold_unreachable", "{ value = 1 }"),
    ('threshold = 3\n', 'thresholds = [\n'
     '  { value = 1, when = { indicator = "terrain", comparison = "is", value = "沙漠" } },\n]\n',
     "choice_unknown", "沙漠"),
    ('unit = "万人"', 'unit = "户"', "unit_mismatch", 'unit = "户"'),
    ('unit = "万人"', 'unit = "万元"', "unit_mismatch", 'unit = "万元"'),
    ('unit = "万人"\n', '', "unit_missing", "[[criterion]]"),
    ('indicator = "population"', 'indicator = "populaton"', "indicator_unknown", "populaton"),
    ('indicator = "population"\n', '', "key_missing", "[[criterion]]"),
    ('comparison = ">="\nunit = "万人"', 'comparison = "=>"\nunit = "万人"', "not_allowed", 'comparison = "=>"'),
    ('comparison = ">="\nunit = "万人"', 'comparison = "exists"\nunit = "万人"', "comparison_unfit", 'comparison = "exists"'),
    ('comparison = ">="\nunit = "万人"', 'comparison = "between"\nupper = 2\nunit = "万人"', "bounds_inverted", "upper = 2"),
    ('comparison = ">="\nunit = "万人"', 'comparison = "rank"\nunit = "万人"', "key_missing", "[[criterion]]"),
    ('id = "sewage"\n', 'id = "population"\n', "id_duplicate", None),
    ('id = "sewage"\n', 'id = "污水"\n', "wrong_form", 'id = "污水"'),
    ('in = "ROOT"\ntext = "污水', 'in = "ROOTS"\ntext = "污水', "group_unknown", 'in = "ROOTS"'),
    ('in = "ROOT"\ntext = "污水', 'text = "污水', "key_missing", None),
    ('basis = "resident"', 'basis = "农业"', "not_allowed", 'basis = "农业"'),
    ('threshold = 70\n', 'threshold = 70\nbasis = "resident"\n', "not_allowed", None),
    ('source = "text"\n\n[[criterion]]', 'source = "公报"\n\n[[criterion]]', "source_unknown", 'source = "公报"'),
    ('title = "某省设立镇标准"\ntarget', 'title = "<script>alert(1)</script>"\ntarget', "markup", "<script>"),
    ('title = "某省设立镇标准"\ntarget', 'title = "标准\\u0007"\ntarget', "control_character", "u0007"),
    ('title = "某省设立镇标准"\ntarget', 'title = "标准\\u202E"\ntarget', "control_character", "u202E"),
    ('title = "某省设立镇标准"\ntarget', f'title = "{"长" * 2001}"\ntarget', "text_too_long", "长长"),
    ('title = "某省设立镇标准"\ntarget', 'title = 5\ntarget', "wrong_type", "title = 5"),
    ('title = "某省设立镇标准"\ntarget', 'title = " "\ntarget', "empty", 'title = " "'),
    ('target = "town"', 'target = "city"', "not_allowed", 'target = "city"'),
    ('target = "town"', 'target = ["town", "city"]', "not_allowed", '"city"'),
    ('id = "TEST-TOWN-2021"', 'id = "../etc"', "wrong_form", "../etc"),
    ('status = "official"', 'status = "有效"', "not_allowed", "有效"),
    ('document_number = "某政〔2021〕1号"\n', '', "official_needs_pedigree", 'status = "official"'),
    ('valid_from = 2021-02-01\n', '', "official_needs_pedigree", 'status = "official"'),
    ('valid_from = 2021-02-01', 'valid_from = "2021-02-01"', "wrong_type", 'valid_from = "2021'),
    ('valid_from = 2021-02-01', 'valid_from = 2021-02-01\nvalid_to = 2020-02-01', "dates_inverted", "valid_to"),
    ('valid_from = 2021-02-01', 'valid_from = 2021-02-30', "syntax", "2021-02-30"),
    ('valid_from = 2021-02-01', 'valid_from = 0021-02-01', "date_out_of_range", "0021-02-01"),
    ('issued_on = 2021-01-15', 'issued_on = "2021-13"', "wrong_form", "2021-13"),
    ('region = "41"', 'region = "河南"', "wrong_form", "河南"),
    ('format = 1', 'format = 2', "format_unknown", "format = 2"),
    ('status = "official"', 'status = "trial"\npartial = true', "missing_parts_unnamed", "partial = true"),
    ('status = "official"', 'status = "trial"\npartial = "yes"', "wrong_type", 'partial = "yes"'),
    ('kind = "rate"', 'kind = "ratio"', "not_allowed", 'kind = "ratio"'),
    ('kind = "rate"', 'kind = "number"', "key_missing", "[[indicator]]"),
    ('kind = "rate"', 'kind = "rate"\nunit = "人"', "unit_mismatch", 'unit = "人"'),
    ('kind = "rate"', 'kind = "number"\nunit = "头"', "unit_unknown", 'unit = "头"'),
    ('kind = "rate"', 'kind = "rate"\nminimum = 5\nmaximum = 1', "bounds_inverted", "maximum = 1"),
    ('id = "sewage_rate"', 'id = "population"', "indicator_exists", None),
    ('id = "ROOT"\n', 'id = "ROOT"\nin = "ROOT"\n', "one_root", None),
    ('title = "总条件"\n', 'title = "总条件"\n\n[[group]]\nid = "A"\ntitle = "甲"\n', "one_root", None),
    ('title = "总条件"\n', 'title = "总条件"\n\n[[group]]\nid = "A"\nin = "ROOT"\ntitle = "甲"\n', "group_empty", None),
    ('title = "总条件"\n', 'title = "总条件"\nkind = "tiers"\n', "tier_without_condition", None),
    ('title = "总条件"\n', 'title = "总条件"\n\n[[group]]\nid = "A"\nin = "B"\ntitle = "甲"\n\n'
     '[[group]]\nid = "B"\nin = "A"\ntitle = "乙"\n',
     "cycle", 'in = "B"'),
    ('[[source]]', '[source]', "wrong_type", "[source]"),
    ('[[group]]', '[[groups]]', "key_unknown", "[[groups]]"),
    ('seen_at = "政府公报"', 'seen_at = "政府公报', "syntax", 'seen_at = "政府公报'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "wrong", "code", "line_text"), MISTAKES, ids=[f"{one[2]}-{index}" for index, one in enumerate(MISTAKES)]
)
def test_each_mistake_is_told_with_its_line(written, wrong, code, line_text):
    assert written in GOOD
    text = GOOD.replace(written, wrong, 1) if code != "id_duplicate" else GOOD.replace(written, wrong)
    found = problems(text)
    told = [problem for problem in found if problem.code == code]
    assert told, [problem.as_dict() for problem in found]
    assert all(problem.message_zh and problem.message_en for problem in found)
    if line_text == "[[criterion]]" or line_text == "[[indicator]]":
        assert text.splitlines()[told[0].line - 1] == line_text
    elif line_text is not None:
        assert told[0].line == line_of(text, line_text)
    assert all(1 <= problem.line <= len(text.splitlines()) for problem in found)


def test_one_mistake_is_told_once():
    assert [one.code for one in problems(GOOD.replace('indicator = "population"', 'indicator = "populaton"'))] == [
        "indicator_unknown"
    ]
    assert [one.code for one in problems(GOOD.replace('comparison = ">="', 'comparison = "=>"', 1))] == ["not_allowed"]


def test_a_misspelt_key_gets_a_hint():
    found = problems(GOOD.replace("threshold = 3\n", "threshhold = 3\n"))
    hint = next(one for one in found if one.code == "key_unknown")
    assert "threshold" in hint.message_zh and "threshold" in hint.message_en
    assert hint.path == "criterion[1].threshhold"


def test_all_mistakes_come_at_once_in_order():
    found = problems(GOOD.replace('target = "town"', 'target = "x"').replace("threshold = 70", "threshold = 700"))
    assert [one.code for one in found] == ["not_allowed", "out_of_range"]
    assert [one.line for one in found] == sorted(one.line for one in found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_missing"),
        ("a = " + "[" * 20000, "too_deep"),
        ("a = " + "9" * 5000, "syntax"),
        ("a = 1e" + "9" * 30, "syntax"),
        ("#" * (MAX_CHARACTERS + 1), "file_too_large"),
        ("<html><body>登录</body></html>", "syntax"),
        ("\x00\x01", "syntax"),
        ("format = 1\nformat = 1\n", "syntax"),
        ("criterion = 3\ngroup = [1]\nsource = {}\nformat = []", "wrong_type"),
    ],
)
def test_what_is_no_rule_set_is_refused(text, code):
    found = problems(text)
    assert code in {one.code for one in found}


def test_a_file_that_is_not_utf8_names_the_line():
    with pytest.raises(RuleSetError) as caught:
        decode_rule_set('format = 1\n# 标准\ntitle = "设镇"\n'.encode("gbk"), "gbk.toml")
    assert [(one.code, one.line) for one in caught.value.problems] == [("not_utf8", 2)]
    assert decode_rule_set("﻿format = 1".encode(), "bom.toml") == "format = 1"


@pytest.mark.parametrize("name", list(shipped_files()))
def test_shipped_sets_are_bilingual_and_cite_their_sources(name):
    rules = parse_rule_set(shipped_files()[name], name)
    assert rules.status is not Status.OFFICIAL
    assert rules.sources and rules.title_en != rules.title
    for criterion in rules.criteria():
        assert criterion.text != criterion.text_en
        assert criterion.rule.startswith("STD-")
        assert criterion.source in {source.id for source in rules.sources}


def test_the_worked_example_of_the_format_page_is_true():
    page = FORMAT_PAGE.read_text()
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 1
    rules = parse_rule_set(examples[0], "rule-set-format.md")
    kinds = {node.kind for node in rules.root.children if isinstance(node, Group)}
    assert GroupKind.TIERS in kinds
    assert {criterion.comparison for criterion in rules.criteria()} >= {
        Comparison.AT_LEAST,
        Comparison.BETWEEN,
        Comparison.EXISTS,
        Comparison.NEEDS_PERSON,
        Comparison.RANK,
    }
    assert {one.effect for one in rules.relaxations} == {Effect.FACTOR, Effect.EXEMPT}
    assert rules.relaxations[0].factor == Fraction(4, 5)


def test_the_format_page_names_every_key_and_value():
    page = FORMAT_PAGE.read_text()
    for words in (Comparison, GroupKind, Status, Target, Effect):
        for word in words:
            assert f"`{word.value}`" in page, word
    for key in ("format", "id", "title", "target", "issuer", "document_number", "issued_on", "valid_from", "valid_to", "status",
                "partial", "missing_parts", "region", "notes", "seen_at", "grade", "in", "when", "not_evaluable", "rule",
                "indicator", "comparison", "threshold", "thresholds", "upper", "unit", "basis", "strength", "rank", "peers",
                "years", "top_percent", "clause", "note", "kind", "definition", "minimum", "maximum", "choices", "computed",
                "population", "effect", "factor", "applies_to"):  # fmt: skip
        assert f"`{key}`" in page, key
