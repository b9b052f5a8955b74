"""The demo county's legal history, its codes and its names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
import shapely

from boundaries.decision_facts import acts_in_words
from boundaries.demo import DemoCounty, build_demo
from boundaries.models import Decision, Lineage
from boundaries.services.demo import load_demo
from gis.crs.geodesic import area_m2
from tests.shared import SHARED, requires_shared


@pytest.fixture(scope="module")
def demo() -> DemoCounty:
    return build_demo()


def names_on(demo: DemoCounty, level: int, day: date) -> set[str]:
    return {record.name for record in demo.level_on(level, day).values()}


def test_2011_two_townships_merge(demo: DemoCounty) -> None:
    before, after = names_on(demo, 4, date(2011, 5, 31)), names_on(demo, 4, date(2011, 6, 1))
    assert before - after == {"岚坡乡", "石碾坪乡"}
    assert after - before == {"望岫乡"}
    merged = demo.level_on(4, date(2011, 6, 1))["wangxiu"].geometry
    parts = [demo.unit(key).records[-1].geometry for key in ("lanpo", "shinianping")]
    assert shapely.equals(merged, shapely.union_all(parts))


def test_2016_a_township_becomes_a_town_with_a_new_code_and_the_same_ground(demo: DemoCounty) -> None:
    """CODE-03, CODE-04: the township's code is closed, the town has the next of the towns' numbers."""
    before, after = names_on(demo, 4, date(2016, 3, 31)), names_on(demo, 4, date(2016, 4, 1))
    assert (before - after, after - before) == ({"南畴乡"}, {"南畴镇"})
    township, town = demo.unit("nanchou"), demo.unit("nanchou_town")
    assert township.records[-1].geometry.equals(town.records[0].geometry)
    [old], [new] = ([code for code in unit.codes if code.authority == "mca"] for unit in (township, town))
    assert (old.code, old.valid_to) == ("417021204", date(2016, 4, 1))
    assert (new.code, new.valid_from, new.valid_to) == ("417021104", date(2016, 4, 1), None)


def test_2019_a_village_moves_and_takes_its_ground_along(demo: DemoCounty) -> None:
    [moved] = [edge for edge in demo.lineage if edge.kind == "territory_moved"]
    day, eve = date(2019, 10, 1), date(2019, 9, 30)
    assert moved.on == day
    [village] = [
        unit
        for unit in demo.units
        if unit.level == 5 and unit.on(eve).parent_key == moved.predecessor and unit.on(day).parent_key == moved.successor  # type: ignore[union-attr]
    ]
    gained = shapely.difference(demo.level_on(4, day)[moved.successor].geometry, demo.level_on(4, eve)[moved.successor].geometry)
    assert shapely.equals(gained, village.records[-1].geometry)
    share = area_m2(village.records[-1].geometry)[0] / area_m2(demo.level_on(4, eve)[moved.predecessor].geometry)[0]
    assert moved.area_share == pytest.approx(share, abs=1e-4)
    people = {
        figure.unit_key: float(figure.value)
        for figure in demo.indicators
        if figure.indicator == "population" and figure.year == 2025
    }
    assert moved.population_share == pytest.approx(
        people[village.key] / (people[moved.predecessor] + people[village.key]), abs=1e-4
    )
    assert village.records[-1].name in demo.decisions[-1].title


def test_records_follow_each_other_without_gap_or_overlap(demo: DemoCounty) -> None:
    for unit in demo.units:
        for earlier, later in pairwise(unit.records):
            assert earlier.valid_to == later.valid_from
            assert (earlier.parent_key, earlier.geometry) != (later.parent_key, later.geometry)
        assert all(record.valid_to is None or record.valid_from < record.valid_to for record in unit.records)


def test_every_change_has_its_decision_and_lineage(demo: DemoCounty) -> None:
    numbers = {decision.number: decision for decision in demo.decisions}
    for unit in demo.units:
        for record in unit.records:
            assert (record.begins == "observed") == (record.valid_from == date(2000, 1, 1))
            if record.decision:
                assert numbers[record.decision].effective_on == record.valid_from
    for decision in demo.decisions:
        assert re.fullmatch(r"演民行批〔\d{4}〕\d+号", decision.number) and "演示" in decision.title
        assert decision.approved_on <= decision.effective_on
    assert {edge.decision for edge in demo.lineage} == set(numbers)
    begun = {unit.key for unit in demo.units if unit.level == 4 and unit.records[0].valid_from > date(2000, 1, 1)}
    assert begun <= {edge.successor for edge in demo.lineage if edge.area_share == 1.0}


def test_codes_have_the_form_of_their_kind_and_no_real_county_can_bear_them(demo: DemoCounty) -> None:
    """CODE-01, CODE-02, CODE-09."""
    segments = {"subdistrict": (1, 99), "town": (100, 199), "township": (200, 399), "ethnic_township": (200, 399)}
    committees = {"residents_committee": (1, 199), "village_committee": (200, 399)}
    for unit in demo.units:
        kind = unit.records[-1].type
        legal = [code.code for code in unit.codes if code.authority == "mca"]
        statistical = [code.code for code in unit.codes if code.authority == "nbs"]
        if unit.level == 5:
            low, high = committees[kind]
            assert not legal and statistical
            assert all(len(code) == 12 and low <= int(code[9:]) <= high for code in statistical)
        elif unit.level == 4:
            low, high = segments[kind]
            assert len(legal) == 1 and legal[0].startswith("417021") and low <= int(legal[0][6:]) <= high
        assert all(code.startswith("4170") for code in (*legal, *statistical))


def test_a_code_is_never_used_twice_and_follows_its_division(demo: DemoCounty) -> None:
    """CODE-03 废码不用: no code of one authority belongs to two divisions, not even after its end."""
    used = Counter((code.authority, code.code) for unit in demo.units for code in unit.codes)
    assert set(used.values()) == {1}
    for unit in demo.units:
        for authority in {code.authority for code in unit.codes}:
            spans = [code for code in unit.codes if code.authority == authority]
            assert spans[0].valid_from == unit.records[0].valid_from
            assert spans[-1].valid_to == unit.records[-1].valid_to
            assert all(one.valid_to == two.valid_from for one, two in pairwise(spans))


def test_a_village_code_begins_with_the_statistical_code_of_its_township(demo: DemoCounty) -> None:
    for day in (date(2005, 1, 1), date(2012, 1, 1), date(2017, 1, 1), date(2026, 1, 1)):
        prefix = {
            unit.key: next(code.code for code in unit.codes if code.authority == "nbs") for unit in demo.units if unit.level == 4
        }
        for key, village in demo.level_on(5, day).items():
            [code] = [
                code.code
                for code in demo.unit(key).codes
                if code.valid_from <= day and (code.valid_to is None or day < code.valid_to)
            ]
            assert code[:9] == prefix[village.parent_key or ""]


def test_legal_and_statistical_codes_are_kept_apart(demo: DemoCounty) -> None:
    """CODE-08: in two townships the two numbers differ."""
    differing = {unit.key for unit in demo.units if unit.level == 4 and len({code.code for code in unit.codes}) == 2}
    assert differing == {"guantu", "nanchou_town"}


def test_names_are_whole_and_unique(demo: DemoCounty) -> None:
    """NAME-GEN-01, NAME-DUP-04."""
    for unit in demo.units:
        for record in unit.records:
            assert record.name == record.proper_name + record.generic_name
    for level in (4, 5):
        counted = Counter(record.name for record in demo.level_on(level, date(2026, 1, 1)).values())
        assert set(counted.values()) == {1}


def _stem(name: str) -> str:
    name = re.sub(r"(村民委员会|居民委员会|村委会|居委会)$", "", name)
    return re.sub(r"(社区|村)$", "", name)


@requires_shared
def test_no_name_is_a_real_one(demo: DemoCounty) -> None:
    """NAME-DUP-01 and NAME-DUP-02 against every township list at hand, and villages against the list of 2016."""
    townships: set[str] = set()
    for path in [
        *SHARED.glob("divisions_nbs_2015_2023/henan_townships_*.csv"),
        SHARED / "divisions_mumuy_2025/henan_townships_2025.csv",
    ]:
        with path.open(encoding="utf-8-sig") as file:
            townships |= {row["name"] for row in csv.DictReader(file)}
    villages: set[str] = set()
    with (SHARED / "divisions_vonng_2016/henan_divisions_2016_5level.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["rank"] == "5":
                villages.add(_stem(row["name"]))
            elif row["rank"] == "4":
                townships.add(row["name"])
    with (SHARED / "divisions_mca_county_1981_2024/henan_code_lifespans.csv").open(encoding="utf-8-sig") as file:
        counties = list(csv.DictReader(file))
    assert len(townships) > 2500 and len(villages) > 25_000 and len(counties) > 200
    proper = {re.sub(r"(回族|满族|蒙古族)?(街道办事处|办事处|街道|镇|乡)$", "", name) for name in townships}
    for unit in demo.units:
        for record in unit.records:
            if unit.level == 4:
                assert record.name not in townships and record.proper_name not in proper
            elif unit.level == 5:
                assert record.proper_name not in villages
            else:
                assert record.name not in {row["名称"] for row in counties}
    assert not [row for row in counties if row["代码"].startswith("4170")]


@pytest.mark.django_db
def test_the_invented_decisions_are_decisions_whose_acts_can_be_read() -> None:
    load_demo(joint_work=False)
    decisions = list(Decision.objects.order_by("effective_on").prefetch_related("acts"))
    assert [one.state for one in decisions] == ["enacted"] * 3
    words = acts_in_words(decisions)
    told = [words[one.pk][0] for one in decisions]
    assert told[0] == "撤销岚坡乡、石碾坪乡，合并设立望岫乡"
    assert told[1] == "撤销南畴乡，设立南畴镇，以原南畴乡的行政区域为南畴镇的行政区域"
    assert re.fullmatch("将.+[乡镇]的.+村划归(观图|舆阳)街道管辖", told[2]), told[2]
    assert not Lineage.objects.filter(act=None).exists()
