"""STD-S17-A … STD-S17-E (fragments of the sub-district rules) and STD-84 (the national standard of 1984)."""

from __future__ import annotations

import pytest

from boundaries.rules.evaluation import Claim, evaluate
from tests.boundaries.rules.worked import DAY, SUBDISTRICT_2017, TOWN_1984, codes, judge, values, verdicts

STREET = {
    "layout_suitable": "是",
    "in_master_plan": "yes",
    "built_up_area": "6",
    "area": "10",
    "county_seat": "no",
    "industrial_cluster": "no",
    "partial_conversion": "no",
}


def street(**changes):
    return judge(STREET | changes, SUBDISTRICT_2017)


def test_std_s17_a_partial_text_never_qualifies():
    evaluation = street()
    assert set(verdicts(evaluation).values()) == {"met", "not_applicable"}
    assert evaluation.overall == "undetermined"
    assert evaluation.quantitative == "undetermined"
    finding = next(one for one in evaluation.findings if one.code == "partial_rule_set")
    assert "第一至第三段" in finding.message_zh


@pytest.mark.parametrize(("built_up", "verdict"), [("5", "met"), ("4.999", "not_met")])
def test_std_s17_b_half_of_the_area_is_built_up(built_up, verdict):
    evaluation = street(built_up_area=built_up)
    assert verdicts(evaluation)["S17-B.built_up_share"] == verdict
    assert evaluation.overall == ("undetermined" if verdict == "met" else "does_not")


@pytest.mark.parametrize(("new", "abolished", "verdict"), [("2", "2", "met"), ("1", "2", "met"), ("3", "2", "not_met")])
def test_std_s17_a_one_for_one_at_the_county_seat(new, abolished, verdict):
    evaluation = street(county_seat="yes", new_subdistricts=new, abolished_units=abolished)
    assert verdicts(evaluation)["S17-A.one_for_one"] == verdict
    assert evaluation.overall == "undetermined", "“原则上” asks for a reason, it does not fail the case"
    assert (("STD-S17-A", "in_principle_not_met") in codes(evaluation)) == (verdict == "not_met")


@pytest.mark.parametrize(("people", "verdict"), [("30000", "met"), ("29999", "not_met")])
def test_std_s17_c_residents_in_an_industrial_cluster(people, verdict):
    evaluation = street(industrial_cluster="yes", resident_population=people)
    assert verdicts(evaluation)["S17-C.cluster_population"] == verdict
    assert verdicts(street(resident_population=people))["S17-C.cluster_population"] == "not_applicable"


@pytest.mark.parametrize(("people", "verdict"), [("30000", "met"), ("29999", "not_met")])
def test_std_s17_d_what_is_left_of_the_township(people, verdict):
    evaluation = street(partial_conversion="yes", remaining_population=people)
    assert verdicts(evaluation)["S17-D.remaining_population"] == verdict
    assert (("STD-S17-D", "in_principle_not_met") in codes(evaluation)) == (verdict == "not_met")


def test_std_s17_e_layout_needs_a_person():
    evaluation = judge({key: value for key, value in STREET.items() if key != "layout_suitable"}, SUBDISTRICT_2017)
    assert verdicts(evaluation)["S17.layout"] == "needs_person"


def test_std_s17_e_outside_the_master_plan_fails():
    assert street(in_master_plan="no").overall == "does_not"


@pytest.mark.parametrize(
    ("population", "seat", "overall"),
    [
        ("19999", "2001", "qualifies"),
        ("19999", "2000", "does_not"),
        ("20000", "2001", "qualifies"),
        ("20000", "2000", "does_not"),
        ("30000", "2999", "does_not"),
        ("30000", "3001", "qualifies"),
    ],
)
def test_std_84_population_and_seat(population, seat, overall):
    evaluation = judge({"population": population, "seat_nonagricultural_population": seat}, TOWN_1984)
    assert evaluation.overall == overall
    assert evaluation.advisory


def test_std_84_without_the_total_it_depends():
    assert judge({"seat_nonagricultural_population": "2500"}, TOWN_1984).overall == "undetermined"


def test_std_84_every_county_seat_and_special_places():
    given = values({"population": "10000", "seat_nonagricultural_population": "500"})
    seat = evaluate(TOWN_1984, given, on=DAY, claims=[Claim("county_seat", "县政府驻地证明")])
    assert seat.overall == "qualifies"
    special = evaluate(TOWN_1984, given, on=DAY, claims=[Claim("special_place", "旅游景区批复")])
    assert special.overall == "undetermined"
    assert evaluate(TOWN_1984, given, on=DAY).overall == "does_not"
