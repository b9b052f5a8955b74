"""豫民行批〔2021〕9号 on 宝丰县, entered by hand as one decision on the real five-level list of 2016.

What is real: the list; the number and the codes 410421001 文峰街道 and 410421002 父城街道 (the ministry's list of 2021); the
text of the approval as the provincial department published it on 2021-10-28. Its own day and the day of taking effect are not
in it, so the day of publication stands for both.

Three of the places it names are not in the list of 2016: 铁梨寨园 and 河何庄 in 周庄镇, and 郭庄 in 肖旗乡 (there is a
何庄 in 周庄镇 and a 北郭庄 in 前营乡, which nobody says are the same). They are not made up: that more ground went over is
entered as a part of unstated extent.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from boundaries.models import Decision, DecisionState, Division, DivisionCode, DivisionRecord, Lineage
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from gis.errors import InvalidInputError
from tests.commands import run
from tests.importers.files import load
from tests.shared import SHARED, requires_shared

DAY = date(2021, 10, 28)
EVE = DAY - timedelta(days=1)
TEXT = (
    "同意宝丰县将周庄镇的陈营、丁楼、铁梨寨园3个居民委员会和辛庄、皮庄、河何庄3个村民委员会划归城关镇管辖，撤销城关镇，设立父城街道；"
    "将城关镇的大寺、群英、友好、民兴4个居民委员会和肖旗乡的七里营、三里营、郭庄、五里头4个村民委员会划归杨庄镇管辖，撤销杨庄镇，设立文峰街道。"
)
FROM_ZHOUZHUANG = ["陈营社区居委会", "丁楼村委会", "辛庄村委会", "皮庄村委会"]
FROM_CHENGGUAN = ["大寺社区居委会", "群英社区居委会", "友好社区居委会", "民兴社区居委会"]
FROM_XIAOQI = ["七里营村委会", "三里营村委会", "五里头村委会"]
UNSTATED = {"kind": "unstated"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(db: None, tmp_path: Path) -> None:
    """宝丰县 with all below it as in the list of 2016, rows unchanged, and the legal code of the county."""
    rows = tmp_path / "baofeng.csv"
    with (SHARED / "divisions_vonng_2016" / "henan_divisions_2016_5level.csv").open(encoding="utf-8") as every:
        header, *lines = every.read().splitlines()
    wanted = [line for line in lines if line.startswith(("410000", "410400", "410421"))]
    rows.write_text("\n".join([header, *wanted]) + "\n", "utf-8")
    result = load(rows, "all", "2016-07-31", "--authority", "nbs", "--crs", "gcj02")
    assert (result["created"], result["rejected"]) == (len(wanted), 0)
    legal = tmp_path / "legal.csv"
    legal.write_text("code,name\n410421,宝丰县\n", "utf-8")
    assert load(legal, "county", "2016-07-31")["joined_by_legal_code"] == 1


def unit(name: str, day: date = EVE, **more: object) -> int:
    return DivisionRecord.objects.on(day).get(name=name, **more).division_id


def villages(of: str, names: list[str]) -> list[int]:
    return [unit(name, parent=unit(of)) for name in names]


def names_below(name: str, day: date) -> set[str]:
    return set(DivisionRecord.objects.on(day).filter(parent=unit(name, day)).values_list("name", flat=True))


def acts(**codes: str) -> list[ActEntry]:
    chengguan, yangzhuang, zhouzhuang, xiaoqi = map(unit, ("城关镇", "杨庄镇", "周庄镇", "肖旗乡"))
    fucheng = {"ref": "fucheng", "name": "父城街道", "type": "subdistrict", "code": codes.get("fucheng", "")}
    wenfeng = {"ref": "wenfeng", "name": "文峰街道", "type": "subdistrict", "code": codes.get("wenfeng", "")}
    return [
        ActEntry("transfer_villages", {"villages": villages("周庄镇", FROM_ZHOUZHUANG), "from": zhouzhuang, "to": chengguan}),
        ActEntry("change_boundary", {"from": zhouzhuang, "to": chengguan, "extent": UNSTATED}),
        ActEntry("transfer_villages", {"villages": villages("城关镇", FROM_CHENGGUAN), "from": chengguan, "to": yangzhuang}),
        ActEntry("transfer_villages", {"villages": villages("肖旗乡", FROM_XIAOQI), "from": xiaoqi, "to": yangzhuang}),
        ActEntry("change_boundary", {"from": xiaoqi, "to": yangzhuang, "extent": UNSTATED}),
        ActEntry("abolish", {"unit": chengguan}),
        ActEntry("establish", {"new": fucheng, "parts": [{"unit": chengguan}]}),
        ActEntry("abolish", {"unit": yangzhuang}),
        ActEntry("establish", {"new": wenfeng, "parts": [{"unit": yangzhuang}]}),
    ]


def draft(entries: list[ActEntry]) -> Decision:
    return decisions.create_draft(
        None,
        Division.objects.get(pk=unit("宝丰县")),
        entries,
        title="关于宝丰县部分行政区划变更的批复",
        document_number="豫民行批〔2021〕9号",
        approver="河南省人民政府",
        approved_on=DAY,
        effective_on=DAY,
        text=TEXT,
        # By which document the codes were determined is not known; the ministry's list of 2021 shows them (CODE-07).
        case={"code_determiner": "province", "code_document": "2021年县以下行政区划变更情况"},
    )


def enact(decision: Decision) -> Decision:
    seen = decisions.preview(None, decision)
    assert seen.document["obstacles"] == []
    return decisions.enact(None, decision, seen.fingerprint, reason="补录", redraw=False)


@requires_shared
def test_the_list_names_eleven_of_the_fourteen_places(register: None) -> None:
    assert set(FROM_ZHOUZHUANG) <= names_below("周庄镇", EVE)
    assert set(FROM_CHENGGUAN) <= names_below("城关镇", EVE)
    assert set(FROM_XIAOQI) <= names_below("肖旗乡", EVE)
    below = DivisionRecord.objects.on(EVE).filter(parent__in=[unit("周庄镇"), unit("肖旗乡")]).values_list("name", flat=True)
    assert not [name for name in below if name.startswith(("铁梨寨园", "河何庄", "郭庄"))]
    with (SHARED / "changes" / "mca_subcounty_changes_raw_henan.csv").open(encoding="utf-8") as raw:
        official = [
            row for row in csv.DictReader(raw) if row["approval_doc"] == "豫民行批〔2021〕9号" and "410421" in row["to_code"]
        ]
    assert {(row["from_name"], row["to_name"], row["to_code"]) for row in official} == {
        ("杨庄镇", "文峰街道", "410421001"),
        ("城关镇", "父城街道", "410421002"),
    }


@requires_shared
def test_one_decision_with_all_its_transfers(register: None) -> None:
    below = {name: names_below(name, EVE) for name in ("城关镇", "杨庄镇", "周庄镇", "肖旗乡")}
    before = set(DivisionRecord.objects.on(EVE).values_list("division", "name", "parent"))
    decision = enact(draft(acts()))
    assert (decision.state, decision.acts.count()) == (DecisionState.ENACTED, 9)

    there = set(DivisionRecord.objects.on(DAY).filter(level=4).values_list("name", flat=True))
    assert {"父城街道", "文峰街道", "周庄镇", "肖旗乡"} <= there and not {"城关镇", "杨庄镇"} & there
    assert names_below("父城街道", DAY) == below["城关镇"] - set(FROM_CHENGGUAN) | set(FROM_ZHOUZHUANG)
    assert names_below("文峰街道", DAY) == below["杨庄镇"] | set(FROM_CHENGGUAN) | set(FROM_XIAOQI)
    assert names_below("周庄镇", DAY) == below["周庄镇"] - set(FROM_ZHOUZHUANG)
    assert names_below("肖旗乡", DAY) == below["肖旗乡"] - set(FROM_XIAOQI)
    assert set(DivisionRecord.objects.on(EVE).values_list("division", "name", "parent")) == before
    made = DivisionRecord.objects.on(DAY).filter(source=decision.source)
    assert {one.begins for one in made} == {"decided"} and made.filter(level=5).count() == sum(map(len, below_moved(below)))
    # All lineage names its act; how much of a town went where is not known, but all of 杨庄镇 is in 文峰街道.
    names = dict(DivisionRecord.objects.current().filter(level=4).values_list("division", "name"))
    edges = {
        (names[one.predecessor_id], names[one.successor_id]): (one.kind, one.area_share, one.population_share, one.act.order)
        for one in Lineage.objects.select_related("act")
        if one.act is not None
    }
    assert edges == {
        ("周庄镇", "父城街道"): ("territory_moved", None, None, 1),
        ("城关镇", "文峰街道"): ("territory_moved", None, None, 3),
        ("肖旗乡", "文峰街道"): ("territory_moved", None, None, 4),
        ("城关镇", "父城街道"): ("established_from", None, None, 7),
        ("杨庄镇", "文峰街道"): ("established_from", 1.0, 1.0, 9),
    }
    assert Lineage.objects.count() == 5


def below_moved(below: dict[str, set[str]]) -> tuple[set[str], ...]:
    """Every village whose township is another one now."""
    return below["城关镇"], below["杨庄镇"], set(FROM_ZHOUZHUANG), set(FROM_XIAOQI)


@requires_shared
def test_codes_are_retired_proposed_in_sequence_and_none_is_used_again(register: None) -> None:
    """CODE-03, CODE-04: 410421001 is 铁路街道's statistical code, so the sequence goes on after it."""
    ever = set(DivisionCode.objects.values_list("code", flat=True))
    seen = decisions.preview(None, draft(acts()))
    retired = {(one["unit_name"], one["code"]) for one in seen.document["codes"]["retired"]}
    assert retired == {("城关镇", "410421100"), ("杨庄镇", "410421107")}
    assigned = {(one["unit_name"], one["code"], one["proposed"]) for one in seen.document["codes"]["assigned"]}
    assert assigned == {("父城街道", "410421002", True), ("文峰街道", "410421003", True)}
    assert not {code for _name, code, _proposed in assigned} & ever
    assert seen.document["codes"]["needed"] == []
    enact(draft(acts()))
    assert not DivisionCode.objects.on(DAY).filter(code__in=["410421100", "410421107"]).exists()
    assert DivisionCode.objects.on(EVE).get(code="410421107").division_id == unit("杨庄镇")
    after = DivisionCode.objects.on(DAY).values_list("authority", "code")
    assert len(after) == len(set(after))


@requires_shared
def test_the_codes_of_the_ministrys_list_can_be_given(register: None) -> None:
    """A statistical code is no legal one: that 铁路街道 has 410421001 in statistics does not stop the law (CODE-08)."""
    enact(draft(acts(wenfeng="410421001", fucheng="410421002")))
    legal = DivisionCode.objects.on(DAY).filter(authority="mca", code__startswith="410421", code__regex=r"^\d{9}$")
    assert dict(legal.values_list("code", "division")) == {"410421001": unit("文峰街道", DAY), "410421002": unit("父城街道", DAY)}
    assert DivisionCode.objects.on(DAY).get(authority="nbs", code="410421001").division_id == unit("铁路街道", DAY)
    with pytest.raises(InvalidInputError) as caught:
        again = ActEntry("recode", {"unit": unit("周庄镇"), "code": "410421001"})
        decisions.preview_acts(DAY + timedelta(days=1), [again])
    assert caught.value.code == "code_used"


@requires_shared
def test_trace_tells_it_both_ways(register: None) -> None:
    enact(draft(acts()))
    _status, forward = run("trace", "--name", "城关镇", "--on", str(EVE), "--to", str(DAY))
    assert {(one["name"], one["share"], one["decision"], one["begins"]) for one in forward["successors"]} == {
        ("父城街道", None, "豫民行批〔2021〕9号", "decided"),
        ("文峰街道", None, "豫民行批〔2021〕9号", "decided"),
    }
    _status, back = run("trace", "--name", "文峰街道", "--on", str(DAY), "--to", str(EVE))
    assert {(one["name"], one["share"]) for one in back["predecessors"]} == {("杨庄镇", 1.0), ("城关镇", None), ("肖旗乡", None)}
    _status, village = run("trace", "--name", "陈营社区居委会", "--on", str(EVE), "--to", str(DAY), "--under", "410421101")
    assert [(one["name"], one["parent_name"], one["share"]) for one in village["successors"]] == [
        ("陈营社区居委会", "父城街道", 1.0)
    ]
    [step] = village["path"]
    assert (step["kind"], step["from"]["parent_name"], step["to"]["parent_name"]) == ("parent_changed", "周庄镇", "父城街道")
    assert (step["decision"], step["begins"]) == ("豫民行批〔2021〕9号", "decided")
