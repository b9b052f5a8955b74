"""rebuild_map: the map made anew from the command line."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from boundaries.models import MapShape
from tests.boundaries.map_world import build

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
