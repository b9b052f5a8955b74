"""The rules on names, each named; T4 of the fact sheet on the real lists."""

from __future__ import annotations

import csv
import functools
from datetime import date

import pytest

from boundaries.rules.finding import Severity
from placenames.rules import naming, naming_cases
from placenames.rules.naming import Existing, check_characters, check_duplicates, check_homophones, check_lists, check_structure
from placenames.rules.naming_kinds import NamedKind, named_kind
from tests.shared import SHARED, requires_shared

NOTHING: dict[str, frozenset[str] | None] = dict.fromkeys(naming.LISTS)


@functools.cache
def townships() -> tuple[Existing, ...]:
    """The townships of the list of 2023 (S45) as names that are there already."""
    folder = SHARED / "divisions_nbs_2015_2023"
    with (folder / "henan_counties_2023.csv").open(encoding="utf-8", newline="") as lines:
        counties = {row["code"]: row["name"] for row in csv.DictReader(lines)}
    found = []
    with (folder / "henan_townships_2023.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            kind = named_kind(row["name"][-1]) or (NamedKind.SUBDISTRICT if row["name"].endswith("街道") else None)
            if row["name"].endswith("街道"):
                kind = NamedKind.SUBDISTRICT
            if kind in (NamedKind.TOWN, NamedKind.TOWNSHIP, NamedKind.SUBDISTRICT):
                found.append(Existing(row["name"], kind, row["code"], counties.get(row["county_code"], "")))
    return tuple(found)


def towns() -> list[Existing]:
    return [one for one in townships() if one.kind is not NamedKind.SUBDISTRICT]


def rules(found) -> dict[str, Severity]:
    return {one.finding.rule: one.finding.severity for one in found}


@requires_shared
def test_name_dup_01_one_town_of_a_name_in_the_province():
    (found,) = [one for one in check_duplicates("白沙镇", NamedKind.TOWN, towns()) if one.finding.rule == "NAME-DUP-01"]
    assert found.finding.severity is Severity.BLOCK
    assert {one.code for one in found.others} == {"410122105", "410329104"}
    legacy = [one for one in check_duplicates("城关镇", NamedKind.TOWN, towns()) if one.finding.rule == "NAME-DUP-01"]
    assert len(legacy[0].others) == 23
    assert check_duplicates("无此名镇", NamedKind.TOWN, towns()) == []


@requires_shared
@pytest.mark.parametrize(
    ("proposed", "other"),
    [
        ("孟寨镇", "411121105"),
        ("高村镇", "410622101"),
        ("竹林镇", None),
        ("冯庄镇", None),
        ("邢庄镇", None),
        ("刘店镇", None),
        ("兴隆镇", None),
    ],
)
def test_name_dup_01_a_township_that_becomes_a_town_meets_one(proposed, other):
    found = [one for one in check_duplicates(proposed, NamedKind.TOWN, towns()) if one.finding.rule == "NAME-DUP-01"]
    assert found and (other is None or other in {one.code for one in found[0].others})


@requires_shared
def test_name_dup_02_same_proper_name_other_generic():
    found = check_duplicates("孟寨乡", NamedKind.TOWNSHIP, [one for one in towns() if one.code != "410225206"])
    assert rules(found) == {"NAME-DUP-02": Severity.WARN}
    meeting = 0
    existing = towns()
    names = {one.name for one in existing}
    for one in existing:
        if one.kind is NamedKind.TOWNSHIP and not one.name.endswith("民族乡") and "族" not in one.name:
            meeting += one.name[:-1] + "镇" in names
    assert meeting == 77


@requires_shared
@pytest.mark.parametrize(
    "pair",
    ["傅集镇/付集镇", "顾县镇/故县镇", "故县镇/固县镇", "饭坡镇/范坡镇", "上店镇/尚店镇", "赵保镇/赵堡镇", "纸坊镇/址坊镇",
     "石林镇/十林镇",
     "赵和镇/赵河镇", "尚集镇/上集镇", "苌庄镇/常庄镇", "人和镇/仁和镇", "谈店乡/谭店乡", "泰山庙镇/太山庙乡", "新村镇/辛村镇"],
)  # fmt: skip
def test_name_hom_01_pairs_that_sound_alike(pair):
    one, other = pair.split("/")
    kind = NamedKind.TOWN if one.endswith("镇") else NamedKind.TOWNSHIP
    found = check_homophones(one, kind, towns(), "41")
    assert rules(found) == {"NAME-HOM-01": Severity.WARN}
    assert other in {each.name for each in found[0].others}


@requires_shared
def test_name_hom_01_groups_of_the_province():
    """24 groups by the fact sheet, whose readings are naive; ours tell 岗 from 冈 no better and 上 as one reading."""
    groups: dict[str, set[str]] = {}
    for one in towns():
        proper = naming.parts_of(one.name, one.kind).proper
        groups.setdefault(naming.reading_of(proper, one.code)[0], set()).add(proper)
    assert 24 <= sum(len(names) > 1 for names in groups.values()) <= 30


def test_name_hom_01_what_only_looks_alike_is_a_hint():
    qin = Existing("沁阳市", NamedKind.COUNTY, "410882")
    assert check_homophones("泌阳县", NamedKind.COUNTY, [qin], "41") == []
    (found,) = naming.check_look_alikes("泌阳县", NamedKind.COUNTY, [qin])
    assert found.finding.severity is Severity.INFO and found.others == (qin,)
    shan = Existing("陕州区", NamedKind.COUNTY, "411203")
    assert check_homophones("郏县", NamedKind.COUNTY, [shan], "41") == []


def test_name_dup_03_a_county_is_unique():
    found = check_duplicates("东县", NamedKind.COUNTY, [Existing("东县", NamedKind.COUNTY)])
    assert rules(found) == {"NAME-DUP-03": Severity.BLOCK}


def test_name_dup_04_a_village_is_unique_in_its_county():
    existing = [Existing("王庄村委会", NamedKind.VILLAGE)]
    assert rules(check_duplicates("王庄村村民委员会", NamedKind.VILLAGE, existing)) == {"NAME-DUP-04": Severity.BLOCK}
    assert check_duplicates("李庄村村民委员会", NamedKind.VILLAGE, existing) == []


def test_name_dup_05_a_street_of_the_same_name_is_told():
    found = check_duplicates("建设路", NamedKind.ROAD, [Existing("建设路", NamedKind.ROAD)])
    assert rules(found) == {"NAME-DUP-05": Severity.WARN}


@requires_shared
@pytest.mark.parametrize(("name", "count"), [("新城街道", 6), ("古城街道", 5), ("城关街道", 5)])
def test_name_dup_06_sub_districts_of_one_name(name, count):
    streets = [one for one in townships() if one.kind is NamedKind.SUBDISTRICT]
    (found,) = check_duplicates(name, NamedKind.SUBDISTRICT, streets)
    assert (found.finding.rule, found.finding.severity) == ("NAME-DUP-06", Severity.WARN)
    assert len(found.others) == count


def test_name_dup_07_a_natural_village_in_its_township():
    found = check_duplicates("王家沟", NamedKind.NATURAL_VILLAGE, [Existing("王家沟", NamedKind.NATURAL_VILLAGE)])
    assert rules(found) == {"NAME-DUP-07": Severity.WARN}


@pytest.mark.parametrize("name", ["禇庙乡", "濬县", "澠池", "榮阳", "城鄉", "東縣", "鄏城", "前师砦"])
def test_name_chr_01_fails_what_is_not_standard(name):
    assert rules(check_characters(name, NOTHING))["NAME-CHR-01"] is Severity.BLOCK


@pytest.mark.parametrize("name", ["褚庙乡", "渑池", "神垕", "酂城", "大隗", "郇封", "垯", "赊店"])
def test_name_chr_01_passes_what_is(name):
    assert "NAME-CHR-01" not in rules(check_characters(name, NOTHING))


def test_name_chr_01_offers_the_character_that_was_probably_meant():
    found = next(one for one in check_characters("禇庙乡", NOTHING) if one.finding.rule == "NAME-CHR-01")
    assert "“褚”" in found.finding.message_zh and "U+7987" in found.finding.message_zh


def test_name_chr_02_is_not_checked_without_the_list():
    assert [one.finding.code for one in check_characters("王村", NOTHING)] == ["not_checked"]
    assert rules(check_characters("垕镇", {**NOTHING, "characters_level_3": frozenset("垕")})) == {"NAME-CHR-02": Severity.WARN}


def test_name_chr_03_no_letters_digits_or_symbols():
    for name in ("CBD路", "8号路", "王村（东）"):
        assert rules(check_characters(name, NOTHING))["NAME-CHR-03"] is Severity.BLOCK


def test_lists_that_are_not_loaded_are_never_passed():
    """NAME-PER-01, NAME-PER-02, NAME-FOR-01, NAME-COM-01, NAME-FAM-01."""
    found = check_lists("国际广场路", NamedKind.ROAD, NOTHING)
    assert {(one.finding.rule, one.finding.code) for one in found} == {
        (rule, "not_checked") for rule in ("NAME-PER-01", "NAME-PER-02", "NAME-FOR-01", "NAME-COM-01")
    }
    assert "NAME-FAM-01" in rules(check_lists("东镇", NamedKind.TOWN, NOTHING))


@pytest.mark.parametrize(
    ("rule", "key", "entry", "name", "severity"),
    [
        ("NAME-PER-01", "leaders", "张三丰", "张三丰路", Severity.BLOCK),
        ("NAME-PER-02", "persons", "左权", "左权路", Severity.WARN),
        ("NAME-FOR-01", "foreign_names", "曼哈顿", "曼哈顿路", Severity.BLOCK),
        ("NAME-COM-01", "trademarks", "某某", "某某路", Severity.WARN),
    ],
)
def test_lists_that_are_loaded_are_asked(rule, key, entry, name, severity):
    everything = {**dict.fromkeys(naming.LISTS, frozenset()), key: frozenset({entry})}
    assert rules(check_lists(name, NamedKind.ROAD, everything)) == {rule: severity}
    assert check_lists("平安路", NamedKind.ROAD, everything) == []


def test_name_fam_01_a_division_does_not_take_a_known_feature():
    lists = {**dict.fromkeys(naming.LISTS, frozenset()), "protected_features": frozenset({"嵩山"})}
    assert rules(check_lists("嵩山镇", NamedKind.TOWN, lists)) == {"NAME-FAM-01": Severity.BLOCK}
    assert check_lists("嵩山路", NamedKind.ROAD, lists) == []


def test_name_gen_01_both_parts():
    assert rules(check_structure("镇", NamedKind.TOWN)) == {"NAME-GEN-01": Severity.BLOCK}
    assert rules(check_structure("幸福", NamedKind.ROAD)) == {"NAME-GEN-01": Severity.BLOCK}
    assert check_structure("幸福路", NamedKind.ROAD) == []


def test_name_gen_02_generic_terms_are_not_stacked():
    assert rules(check_structure("人民路街", NamedKind.ROAD)) == {"NAME-GEN-02": Severity.WARN}
    assert rules(check_structure("新集镇乡", NamedKind.TOWNSHIP)) == {"NAME-GEN-02": Severity.WARN}
    assert check_structure("一马路街道", NamedKind.SUBDISTRICT, {"一马路"}) == []


def test_name_fit_01_the_generic_term_fits():
    assert rules(check_structure("新村乡", NamedKind.TOWN))["NAME-FIT-01"] is Severity.WARN
    assert rules(check_structure("水景小镇", NamedKind.NATURAL_VILLAGE)).keys() <= {"NAME-FIT-01", "NAME-GEN-01"}


def test_name_ren_01_a_reason_of_the_law():
    assert naming_cases.check_reason("城乡建设") == []
    assert naming_cases.check_reason("好听")[0].rule == "NAME-REN-01"


def test_name_ren_02_protected_names_stay_or_measures_are_attached():
    assert naming_cases.check_protected(["千年古县"], measures=False)[0].rule == "NAME-REN-02"
    assert naming_cases.check_protected(["千年古县"], measures=True) == []
    assert naming_cases.check_protected([], measures=False) == []


def test_name_ren_03_an_ancient_town_stays_a_town():
    assert naming_cases.check_ancient_town(True, NamedKind.SUBDISTRICT)[0].rule == "NAME-REN-03"
    assert naming_cases.check_ancient_town(True, NamedKind.TOWN) == []


def test_name_app_01_and_name_app_02_what_an_application_holds():
    assert naming_cases.check_application(NamedKind.ROAD, naming_cases.APPLICATION) == []
    (missing,) = naming_cases.check_application(NamedKind.TOWN, naming_cases.APPLICATION)
    assert (missing.rule, missing.severity) == ("NAME-APP-01", Severity.BLOCK)
    found = naming_cases.check_reports(naming_cases.ASSESSMENT[:-1], naming_cases.CONSULTATION)
    assert [one.rule for one in found] == ["NAME-APP-02"]


def test_name_aut_01_who_approves():
    assert naming_cases.check_approver(NamedKind.ROAD, "市、县级人民政府") == []
    assert naming_cases.check_approver(NamedKind.ROAD, "乡政府")[0].severity is Severity.BLOCK
    assert naming_cases.check_approver(NamedKind.VILLAGE, "县政府")[0].code == "undetermined"


def test_name_fil_01_within_fifteen_days():
    """T5 of the fact sheet."""
    day = date(2025, 7, 16)
    assert naming_cases.check_filing(day, date(2025, 7, 31), day) == []
    assert naming_cases.check_filing(day, date(2025, 8, 1), day)[0].rule == "NAME-FIL-01"
    assert naming_cases.check_filing(day, None, date(2025, 7, 31)) == []
    assert naming_cases.check_filing(day, None, date(2025, 8, 1))[0].code == "late"


def test_name_not_01_and_name_not_02_the_public_notice():
    day, filed = date(2025, 7, 16), date(2025, 7, 30)
    assert naming_cases.notice_due(day, filed, by_other_department=False) == date(2025, 7, 31)
    assert naming_cases.notice_due(day, filed, by_other_department=True) == date(2025, 8, 14)
    late = naming_cases.check_notice(day, filed, date(2025, 8, 15), day, by_other_department=True)
    assert [one.rule for one in late] == ["NAME-NOT-01"]
    assert naming_cases.check_notice(day, None, None, date(2025, 12, 1), by_other_department=True) == []
    assert naming_cases.check_notice_text(naming_cases.NOTICE) == []
    assert naming_cases.check_notice_text(["标准名称"])[0].rule == "NAME-NOT-02"


def test_name_std_01_standard_only_after_approval():
    assert naming_cases.check_standard(True, True, False) == []
    assert len(naming_cases.check_standard(True, False, True)) == 2
    assert naming_cases.check_standard(True, False, False)[0].rule == "NAME-STD-01"
