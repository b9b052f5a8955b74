"""The grammar of area-diff files, with the examples of its specification (diff-spec.md)."""

from __future__ import annotations

import pytest

from importers.history.dates import read_date
from importers.readers import area_diff
from importers.readers.area_diff import Line, Selector, SelectorError, parse, select
from tests.shared import SHARED, requires_shared

WUWEI = """\
## 国务院关于同意甘肃省撤销武威县设立武威市给甘肃省人民政府的批复
# 文号：（85）国函字53号
# 日期：一九八五年四月十五日
# 来源：《国务院公报》1985年第12号第32页
#
# 你省一九八五年三月九日《关于将武威县改设为武威市的报告》收悉。同意撤销武威县，设立武威市（县级）。
-622321 武威县>武威市
+622301 武威市<武威县
"""


def test_a_description_has_number_date_source_and_text() -> None:
    (block,) = parse(WUWEI).blocks
    (section,) = block.sections
    assert (section.document_number, section.date) == ("（85）国函字53号", "一九八五年四月十五日")
    assert section.source.startswith("《国务院公报》1985年")
    assert section.text.startswith("你省一九八五年三月九日"), "the text has a colon-free line and is no metadata"
    assert [(line.sign, line.code, line.name, line.towards) for line in block.lines] == [
        ("-", "622321", "武威县", ">"),
        ("+", "622301", "武威市", "<"),
    ]


def test_two_documents_in_one_description_and_a_number_as_heading() -> None:
    text = "## 豫民行批〔2016〕33号\n#\n# 柏庄镇\n#\n## 豫民行批〔2017〕16号\n# 善应镇\n=410522 安阳县>龙安区,北关区\n"
    (block,) = parse(text).blocks
    assert [section.document_number for section in block.sections] == ["豫民行批〔2016〕33号", "豫民行批〔2017〕16号"]
    assert [selector.value for selector in block.lines[0].selectors] == ["龙安区", "北关区"]


@pytest.mark.parametrize(
    "row",
    [
        "410522 安阳县>龙安区",
        "-410522 安阳县<龙安区",
        "+410522 安阳县>龙安区",
        "=410522 安阳县",
        "-410522 安阳县>龙安区,,北关区",
        "-4105 安阳市",
        "-410522安阳县",
    ],
)
def test_what_is_not_of_the_grammar_is_told_with_its_line(row: str) -> None:
    found = parse(f"# 说明\n{row}\n-410521 林县>林州市\n")
    assert [(fault.number, fault.reason) for fault in found.faults] == [(2, "syntax")]
    assert [line.code for block in found.blocks for line in block.lines] == ["410521"]


def test_lines_without_a_description_and_descriptions_without_lines_are_told() -> None:
    assert [fault.reason for fault in parse("-410521 林县>林州市\n").faults] == ["undescribed"]
    assert [fault.reason for fault in parse("# 说明\n\n-410521 林县>林州市\n").faults] == ["dangling", "undescribed"]


BEFORE = {"410000": "河南省", "410400": "平顶山市", "410411": "郊区", "410421": "宝丰县", "410900": "濮阳市", "410911": "郊区"}
AFTER = {**BEFORE, "410422": "叶县"}


@pytest.mark.parametrize(
    ("value", "line", "expected"),
    [
        ("叶县", Line(1, "-", "410421", "宝丰县"), "410422"),
        ("_", Line(1, "-", "410421", "宝丰县"), "410421"),
        (".", Line(1, "-", "410421", "宝丰县"), "410421"),
        ("..", Line(1, "-", "410421", "宝丰县"), "410400"),
        ("..", Line(1, "-", "410400", "平顶山市"), "410000"),
        ("郊区", Line(1, "-", "410421", "宝丰县"), "410411"),
        ("濮阳市郊区", Line(1, "-", "410421", "宝丰县"), "410911"),
    ],
)
def test_selectors_by_name_code_and_parent(value: str, line: Line, expected: str) -> None:
    assert select(Selector(value), line, BEFORE, AFTER) == expected


@pytest.mark.parametrize(("value", "reason"), [("无名县", "nothing"), ("平顶山市新华区", "nothing")])
def test_a_selector_must_name_one_record(value: str, reason: str) -> None:
    with pytest.raises(SelectorError) as error:
        select(Selector(value), Line(1, "-", "410421", "宝丰县"), BEFORE, AFTER)
    assert error.value.reason == reason


def test_doubtful_selectors_are_marked() -> None:
    (block,) = parse("# 说明\n=410400 平顶山市<许昌地区!,南阳地区?\n").blocks
    assert [(each.value, each.doubt, each.valid) for each in block.lines[0].selectors] == [
        ("许昌地区", "!", True),
        ("南阳地区", "?", False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一九八二年八月十三日", "1982-08-13"),
        ("二〇〇〇年五月二十日", "2000-05-20"),
        ("一九九七年十二月三十一日", "1997-12-31"),
        ("一九九六年十月十一日", "1996-10-11"),
        ("1988年6月25日", "1988-06-25"),
        ("2021年3月18日印发", "2021-03-18"),
        ("2021年3月", "None"),
        ("1988年2月31日", "None"),
    ],
)
def test_dates_as_documents_write_them(text: str, expected: str) -> None:
    assert str(read_date(text)) == expected


@requires_shared
def test_every_diff_of_henan_is_of_the_grammar() -> None:
    files = sorted((SHARED / "divisions_mca_county_1981_2024" / "diff").glob("*.diff"))
    read = [area_diff.parse(path.read_text("utf-8")) for path in files]
    assert len(files) == 29
    assert [fault for each in read for fault in each.faults] == []
    assert sum(len(block.lines) for each in read for block in each.blocks) == 437
