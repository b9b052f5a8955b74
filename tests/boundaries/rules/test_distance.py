"""How near a township is: the order of the screening list and the classes of the map."""

from __future__ import annotations

from fractions import Fraction

import pytest

from boundaries.rules.distance import distance, screening_class
from tests.boundaries.rules.worked import TIER_A, TIER_B, TOWN_1984, judge

FIGURES = {key: value for key, value in TIER_A.items() if key not in ("public_facilities", "location_advantage")}


def test_the_order_of_the_list_is_by_what_is_still_open():
    ordered = [
        FIGURES,
        FIGURES | {"population": "34900"},
        FIGURES | {"population": "30000"},
        {key: value for key, value in FIGURES.items() if key != "population"} | {"seat_population": "7900"},
        FIGURES | {"population": "30000", "seat_population": "5000"},
        FIGURES | {"population": "30000", "seat_population": "5000", "waste_site": "no"},
        {"county_density": "500"},
        {},
    ]
    keys = [distance(judge(given)).sort_key for given in ordered]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_what_is_counted():
    near = distance(judge(FIGURES | {"population": "28000", "waste_site": "no"}))
    assert (near.unmet, near.shortfall, near.missing, near.needs_person, near.met) == (2, Fraction(1, 5), 0, 2, 7)


def test_the_nearest_of_two_tiers_counts_at_350():
    near = distance(judge(FIGURES | {"county_density": "350", "population": "31000"}))
    assert (near.unmet, near.missing) == (0, 0)


def test_the_other_tier_never_makes_it_nearer():
    assert distance(judge(FIGURES | {"population": "31000"})).unmet == 1


def test_any_takes_the_nearer_alternative():
    near = distance(judge({"population": "19000", "seat_nonagricultural_population": "1900"}, TOWN_1984))
    assert (near.unmet, near.shortfall) == (1, Fraction(1, 20))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (TIER_A, "qualifies"),
        (FIGURES, "qualifies"),
        (TIER_B, "qualifies"),
        (FIGURES | {"population": "34000"}, "near"),
        (FIGURES | {"waste_site": "no"}, "near"),
        (FIGURES | {"population": "20000"}, "does_not"),
        (FIGURES | {"population": "34000", "seat_population": "7900"}, "does_not"),
        ({key: value for key, value in FIGURES.items() if key != "population"}, "undetermined"),
        (FIGURES | {"county_density": "80"}, "undetermined"),
        ({}, "no_data"),
        ({"county_density": "500", "terrain": "plain"}, "no_data"),
        ({"county_density": "500", "public_facilities": "yes"}, "no_data"),
    ],
)
def test_classes_of_the_screening_map(given, expected):
    assert screening_class(judge(given)) == expected
