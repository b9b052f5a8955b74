"""What the workbench shows of a line being drawn and of a plan: the pure parts, on the demo county."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.changes import make_plan, shapes
from boundaries.changes.outcome import Outcome
from boundaries.changes.reading import read_decision
from boundaries.changes.sides import sides_of
from gis.crs import area_m2
from tests.boundaries.changes.county import TODAY, children_of, key_of, register, state_of


def ground_and_below(name: str) -> tuple[shapely.Geometry, dict[Any, Any]]:
    key = key_of(name)
    return state_of(key).geometry, {child: state_of(child).geometry for child in children_of(key)}


def outcome(*acts: tuple[str, Any, Any]) -> Outcome:
    return Outcome(make_plan(register(), read_decision(TODAY, list(acts))), register())


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.booleans())
def test_both_sides_of_any_line_are_the_whole(one: float, other: float, upright: bool) -> None:
    ground, below = ground_and_below("望岫乡")
    west, south, east, north = shapely.bounds(ground)
    if upright:
        line = shapely.LineString([(west + one * (east - west), south - 0.01), (west + other * (east - west), north + 0.01)])
    else:
        line = shapely.LineString([(west - 0.01, south + one * (north - south)), (east + 0.01, south + other * (north - south))])
    try:
        found = sides_of(ground, line, below)
    except shapes.NoCutError as refused:
        assert refused.reason == "not_through"
        return
    whole = float(area_m2(ground)[0])
    assert found.first.area_m2 + found.second.area_m2 == pytest.approx(whole, rel=1e-6)
    assert shapely.covers(found.first.ground, found.first.point) and shapely.covers(found.second.ground, found.second.point)
    keys = [*found.first.whole, *found.second.whole, *found.cut]
    assert sorted(keys, key=str) == sorted(below, key=str)
    again = sides_of(ground, line, below, found.second.point)
    assert again.first.area_m2 == pytest.approx(found.second.area_m2)
    assert again.first.whole == found.second.whole


def test_an_area_is_the_first_side_and_units_without_extent_are_told() -> None:
    ground, below = ground_and_below("望岫乡")
    inner = shapely.buffer(shapely.point_on_surface(ground), 0.005)
    village = next(iter(below))
    found = sides_of(ground, inner, below | {village: None})
    assert shapely.covers(shapely.buffer(inner, 1e-6), found.first.ground)
    assert found.unknown == (village,)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (shapely.LineString([(0, 0), (1, 1)]), "not_through"),
        (shapely.box(0, 0, 1, 1), "not_inside"),
        (shapely.box(100, 20, 120, 50), "nothing_left"),
    ],
)
def test_what_does_not_cut_says_why(shape: shapely.Geometry, reason: str) -> None:
    ground, below = ground_and_below("望岫乡")
    with pytest.raises(shapes.NoCutError) as caught:
        sides_of(ground, shape, below)
    assert caught.value.reason == reason


def test_a_unit_that_takes_the_place_of_another_is_one_row() -> None:
    old = key_of("望岫乡")
    made = outcome(("change_type", {"unit": old, "new": {"ref": "a", "name": "望岫镇", "type": "town"}}, None))
    rows = [row for row in made.rows() if (row["after"] or row["before"])["level"] == 4]
    [row] = rows
    assert (row["unit"], row["was"], row["fate"]) == ("a", old, "becomes")
    assert row["before"]["name"] == "望岫乡" and row["after"]["name"] == "望岫镇"
    assert row["before"]["below"] == row["after"]["below"] == len(children_of(old))
    assert row["before"]["area_m2"] == row["after"]["area_m2"]
    assert row["after"]["code_state"] == "proposed" and row["after"]["code"].startswith("417021")


def test_shares_of_people_come_from_the_villages() -> None:
    source, target = key_of("望岫乡"), key_of("榆坞回族乡")
    villages = children_of(source)[:3]
    made = outcome(("transfer_villages", {"villages": villages, "to": target}, None))
    sides = {row["unit"]: row for row in made.rows()}
    assert sides[source]["after"]["below"] == len(children_of(source)) - 3
    assert sides[target]["after"]["below"] == len(children_of(target)) + 3
    # The townships of this register have no figure of their own: nothing is made up for them.
    assert sides[source]["after"]["people"] is None
    assert [sides[village]["after"]["people"] for village in villages] == [100, 100, 100]


def test_pictures_are_coverages_and_mark_what_changes() -> None:
    source = key_of("望岫乡")
    villages = children_of(source)[:3]
    new = {"ref": "a", "name": "新岗乡", "type": "township"}
    pictures = outcome(
        ("split", {"unit": source, "new": new, "extent": {"kind": "villages", "villages": villages}}, None)
    ).pictures()
    marks = {one["properties"]["unit"]: one["properties"]["mark"] for one in pictures["after"]["features"]}
    assert marks["a"] == "made" and marks[source] == "changes" and {marks[one] for one in villages} == {"moves"}
    assert marks[key_of("南畴镇")] == ""
    for side in ("before", "after"):
        level = [one for one in pictures[side]["features"] if one["properties"]["level"] == 4]
        grounds = np.array([shapely.geometry.shape(one["geometry"]) for one in level], dtype=object)
        assert shapely.coverage_is_valid(grounds)
    west, south, east, north = pictures["bounds"]
    assert west < east and south < north
    assert len(list(pairwise(pictures["after"]["features"]))) > 10


def test_ground_that_leaves_a_village_outside_its_township_is_an_obstacle() -> None:
    """CHG-PLAN-02: the village stays, a piece of its ground goes to the next township."""
    source, target = key_of("望岫乡"), key_of("南畴镇")
    inner = shapely.buffer(shapely.point_on_surface(state_of(key_of("仲沟村")).geometry), 0.002)
    data = {"from": source, "to": target, "extent": {"kind": "area", "villages": []}}
    plan = make_plan(register(), read_decision(TODAY, [("change_boundary", data, inner)]))
    assert [one.code for one in plan.obstacles] == ["coverage_broken"]
    assert [one.level for one in plan.topology if one.worse] == [5]
