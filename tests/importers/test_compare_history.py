"""Two days of the real history compared: what the documents say happened, and nothing that they do not say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from boundaries.biography import life_of
from boundaries.changes.comparison import Kind
from boundaries.family import family_of
from boundaries.models import DivisionRecord
from boundaries.two_days import Row, find_root, two_days
from gis.accounts.models import Duty
from tests.commands import run
from tests.factories import make_user
from tests.shared import SHARED, requires_shared

COUNTIES = SHARED / "divisions_mca_county_1981_2024"
TOWNSHIPS = SHARED / "divisions_mumuy_2025" / "henan_townships_2025.csv"
CHANGES = SHARED / "changes" / "mca_subcounty_changes_raw_henan.csv"
EARLY, LATE = date(2014, 1, 1), date(2025, 12, 1)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    lists = ("--county-diffs", str(COUNTIES), "--township-list", str(TOWNSHIPS), "--township-changes", str(CHANGES))
    with django_db_blocker.unblock(), transaction.atomic():
        status, result = run("import_history", *lists)
        assert status == 0, result
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db]


def rows(under: str, start: date = EARLY, end: date = LATE) -> dict[str, Row]:
    return {row.name: row for row in two_days(start, end, root=find_root(under, start, end)).rows}


@requires_shared
@pytest.mark.usefixtures("loaded")
def test_mengjin_2021_made_of_two_with_its_townships_following() -> None:
    found = rows("孟津区", date(2021, 1, 1), date(2022, 1, 1))
    assert [(one.name, one.share) for one in found["孟津区"].formers] == [("吉利区", 1.0), ("孟津县", 1.0)]
    assert found["孟津县"].change.kinds == found["吉利区"].change.kinds == (Kind.VANISHED,)
    townships = [row for row in found.values() if row.change.kind is Kind.FOLLOWED]
    assert len(townships) == len(found) - 3 > 10
    assert all(Kind.RECODED in row.change.kinds for row in townships)
    assert {paper.on for row in found.values() for paper in row.documents} == {date(2021, 3, 18)}


@requires_shared
@pytest.mark.usefixtures("loaded")
def test_towns_made_of_townships_are_one_row_with_the_document() -> None:
    found = rows("嵩县")
    row = found["陆浑镇"]
    assert row.change.kinds[:2] == (Kind.RETYPED, Kind.RENAMED)
    assert row.change.before is not None and row.change.before.name == "库区乡"
    assert [paper.number for paper in row.documents] == ["豫民行批〔2020〕1号"]


@requires_shared
@pytest.mark.usefixtures("loaded")
def test_a_town_given_to_another_county_has_moved() -> None:
    assert Kind.MOVED in rows("安阳县")["水冶镇"].change.kinds
    assert Kind.MOVED in rows("殷都区")["水冶镇"].change.kinds


@requires_shared
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("start", "end"), [(date(1983, 1, 1), date(2000, 1, 1)), (EARLY, LATE), (date(1981, 12, 31), LATE)])
def test_the_counts_add_up(start: date, end: date) -> None:
    found = two_days(start, end)
    gained = sum(row.change.before is None for row in found.rows) - sum(row.change.after is None for row in found.rows)
    assert found.units[1] - found.units[0] == gained
    known = {Kind.APPEARED, Kind.VANISHED, Kind.RETYPED}
    assert sum(row.change.kind in known for row in found.rows) > 30


@requires_shared
@pytest.mark.usefixtures("loaded")
def test_every_life_and_every_family_can_be_told() -> None:
    reader = make_user("historian", (Duty.READER, None))
    for division in DivisionRecord.objects.on(LATE).filter(level=3).values_list("division", flat=True)[::6]:
        assert life_of(division, reader)
        family = family_of(division)
        assert family is None or len(family.nodes) == len({node.division for node in family.nodes}) > 1
