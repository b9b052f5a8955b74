"""rebuild_map: the map made anew from the command line."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from boundaries.models import MapShape
from tests.boundaries.map_world import build
from tests.factories import make_division

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> dict[str, dict[str, dict[str, int]]]:
    out = io.StringIO()
    call_command("rebuild_map", *arguments, "--json", stdout=out)
    answer: dict[str, dict[str, dict[str, int]]] = json.loads(out.getvalue())
    return answer


def test_everything_is_made_anew() -> None:
    build()
    before = MapShape.objects.count()
    MapShape.objects.all().delete()
    levels = run()["levels"]
    assert set(levels) == {"province", "prefecture", "county", "township", "village"}
    assert sum(entry["shapes"] for entry in levels.values()) == MapShape.objects.count() == before


def test_one_level_and_those_below() -> None:
    build()
    assert set(run("--level", "township")["levels"]) == {"township", "village"}


def test_a_level_that_is_none_is_wrong_usage() -> None:
    with pytest.raises(CommandError):
        run("--level", "street")


def test_an_empty_register_makes_an_empty_map() -> None:
    assert all(entry == {"shapes": 0, "borders": 0} for entry in run()["levels"].values())


def test_a_level_known_by_its_seats_alone_has_points_and_no_lines() -> None:
    make_division("甲乡", seat=(113.0, 34.0))
    make_division("乙乡", seat=(113.1, 34.0), valid=(date(2010, 1, 1), date(2020, 1, 1)))
    made = run()["levels"]["township"]
    assert made["shapes"] and not made["borders"]
