"""Following divisions through time: the demo county's merger of 2011, conversion of 2016 and transfer of 2019."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from boundaries.models import DivisionRecord, Lineage
from boundaries.services.history import trace
from tests.commands import run
from tests.demo_county import demo_county

MERGED, CONVERTED, MOVED = date(2011, 6, 1), date(2016, 4, 1), date(2019, 10, 1)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        demo_county(joint_work=False)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.usefixtures("demo"), pytest.mark.django_db]


def unit(name: str, day: date) -> int:
    return DivisionRecord.objects.on(day).get(name=name).division_id


def test_a_merged_township_is_followed_forward() -> None:
    status, answer = run("trace", "--name", "岚坡乡", "--on", "2010-01-01")
    assert status == 0
    assert list(answer) == ["found", "successors", "predecessors", "path"]
    [found] = answer["found"]
    assert list(found) == ["division", "code", "name", "type", "valid_from", "valid_to", "begins", "parent_name"]
    assert (found["name"], found["code"], found["valid_to"]) == ("岚坡乡", "417021201", "2011-06-01")
    [after] = answer["successors"]
    assert list(after) == ["code", "name", "type", "share", "decision", "on", "begins", "parent_name", "of"]
    assert list(after.values()) == [
        *("417021209", "望岫乡", "township", 1.0, "演民行批〔2011〕6号", "2011-06-01", "decided", "舆和县", found["division"]),
    ]
    assert answer["predecessors"] == []
    assert [step["kind"] for step in answer["path"]] == ["merged_into"]


def test_the_merged_township_is_followed_back() -> None:
    _status, answer = run("trace", "--code", "417021209", "--on", "2020-01-01", "--to", "2010-01-01")
    assert [(one["name"], one["share"]) for one in answer["predecessors"]] == [("岚坡乡", 1.0), ("石碾坪乡", 1.0)]


def test_before_its_day_a_change_has_not_happened() -> None:
    _status, answer = run("trace", "--name", "南畴乡", "--on", "2010-01-01", "--to", "2016-03-31")
    assert [(one["name"], one["share"], one["decision"]) for one in answer["successors"]] == [("南畴乡", 1.0, None)]
    _status, answer = run("trace", "--name", "南畴乡", "--on", "2010-01-01", "--to", "2016-04-01")
    assert [(one["name"], one["code"]) for one in answer["successors"]] == [("南畴镇", "417021104")]


def test_a_transfer_leaves_the_rest_where_it_was_and_shares_sum_to_one() -> None:
    [edge] = Lineage.objects.filter(kind="territory_moved")
    run_ = trace(edge.predecessor_id, date(2019, 9, 30), MOVED)
    assert {one.division for one in run_.reached} == {edge.predecessor_id, edge.successor_id}
    assert sum(one.share or 0 for one in run_.reached) == pytest.approx(1)
    back = trace(edge.successor_id, MOVED, date(2019, 9, 30))
    assert {one.division: one.share for one in back.reached} == {
        edge.predecessor_id: pytest.approx(edge.area_share),
        edge.successor_id: pytest.approx(1),
    }


def test_divisions_on_a_day() -> None:
    status, answer = run("divisions_on", "2011-05-31", "--level", "township", "--under", "417021")
    names = {one["name"] for one in answer["divisions"]}
    assert status == 0 and {"岚坡乡", "石碾坪乡"} <= names and "望岫乡" not in names
    _status, later = run("divisions_on", "2011-06-01", "--level", "4", "--under", "417021")
    assert names - {one["name"] for one in later["divisions"]} == {"岚坡乡", "石碾坪乡"}
    assert [one["code"] for one in later["divisions"]] == sorted(one["code"] for one in later["divisions"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("trace", "--code", "417021999", "--on", "2020-01-01"), "unknown_code"),
        (("trace", "--code", "417021209", "--on", "2010-01-01"), "code_not_on_day"),
        (("trace", "--code", "abc", "--on", "2020-01-01"), "bad_code"),
        (("trace", "--name", "<script>乡", "--on", "2020-01-01"), "not_on_day"),
        (("trace", "--name", "望岫乡", "--on", "2020-13-01"), "bad_date"),
        (("trace", "--name", "望岫乡", "--on", "2020-01-01", "--under", "417022"), "not_on_day"),
        (("divisions_on", "1800-01-01", "--level", "county"), "date_out_of_range"),
    ],
)
def test_what_cannot_be_answered_is_said(arguments: tuple[str, ...], code: str) -> None:
    status, answer = run(*arguments)
    assert (status, answer["error"]["code"]) == (1, code)
