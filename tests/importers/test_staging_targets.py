"""Targets plug in through one class; an import and its undo leave the register as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from boundaries.models import DivisionCode, DivisionRecord, IndicatorValue, Level
from boundaries.services import indicators
from boundaries.services.indicator_entries import Entry
from gis.accounts.models import Duty, User
from gis.errors import ConflictError
from importers import targets
from importers.models import BatchState, StagedRow
from importers.services import staging
from importers.services.division_lists import Options, import_divisions
from importers.targets import Committed, Option, Role, RowVerdict, Staged, Target, Verdict
from importers.targets.divisions import Divisions
from tests.factories import make_division, make_user
from tests.importers.files import csv
from tests.importers.staged import checked, committed, work

pytestmark = pytest.mark.django_db

WALL: dict[str, str] = {}  # what the target of this file writes to: number of a sign to its name


def has_a_name(cells: Mapping[str, str]):
    if not cells.get("name"):
        yield "name", "name_missing", targets.ERROR, "没有牌名。", "There is no name."


class Signs(Target):
    """A small target of its own, as later rooms bring theirs."""

    key, title, about = "test.signs", "标志牌", "试验"
    roles = (Role("number", "编号", required=True), Role("name", "牌名", required=True))
    natural_key = ("number",)
    checks = (has_a_name,)

    def may_use(self, user: Any) -> bool:
        return bool(user.is_authenticated)

    def options(self, layer: Mapping[str, Any]) -> tuple[Option, ...]:
        return (Option("street", "街道", "choice", (("a", "甲街"), ("b", "乙街"))),)

    def propose(self, columns: Mapping[str, Any], options: Mapping[str, str]) -> dict[str, str]:
        return dict(zip(("number", "name"), columns, strict=False))

    def dry_run(self, staged: Staged) -> Verdict:
        problems = self.check_rows(staged)
        wrong = {problem["row"] - 1 for problem in problems}
        rows = []
        for row in staged.rows():
            number, name = staged.cells(row)["number"], staged.cells(row)["name"]
            if row not in wrong:
                held = WALL.get(number, "")
                outcome = "unchanged" if held == name else "updated" if held else "created"
                rows.append(RowVerdict(row, number, outcome, held))
        return Verdict(rows, problems)

    def commit(self, staged: Staged, agreed: Any) -> Committed:
        verdict = self.dry_run(staged)
        agreed(verdict.rows)
        for one in verdict.rows:
            WALL[one.key] = staged.cells(one.row)["name"]
        return Committed(",".join(one.key for one in verdict.rows), {"created": len(verdict.rows)})

    def obstacles(self, reference: str) -> list[str]:
        return [f"{number} 已照相" for number in reference.split(",") if WALL.get(number, "").endswith("*")]

    def undo(self, reference: str, actor: User) -> dict[str, int]:
        return {"closed": len([WALL.pop(number) for number in reference.split(",")])}


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None))


@pytest.fixture
def signs():
    WALL.clear()
    targets.register(Signs())
    yield
    targets.target._targets.pop("test.signs")


def test_a_target_of_ones_own_plugs_in(officer, signs, tmp_path):
    path = csv(tmp_path / "signs.csv", "编号,牌名\n1,人民路\n2,\n3,中山路\n")
    batch = checked(officer, path, target="test.signs", street="a")
    assert batch.state == BatchState.CHECKED and batch.options == {"street": "a"}
    assert batch.verdict["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 1, "skipped": 0}
    assert StagedRow.objects.get(batch=batch, number=2).problems[0]["message"] == "没有牌名。"
    batch = work(staging.commit(officer, batch))
    assert WALL == {"1": "人民路", "3": "中山路"}
    WALL["1"] = "人民路*"
    with pytest.raises(ConflictError) as refusal:
        staging.undo(officer, batch)
    assert refusal.value.details["obstacles"] == ["1 已照相"]
    WALL["1"] = "人民路"
    assert work(staging.undo(officer, batch)).state == BatchState.UNDONE and WALL == {}


def test_what_changed_behind_a_targets_back_is_told(officer, signs, tmp_path):
    batch = checked(officer, csv(tmp_path / "signs.csv", "编号,牌名\n1,人民路\n"), target="test.signs", street="a")
    WALL["1"] = "别的路"
    batch = work(staging.commit(officer, batch))
    assert batch.state == BatchState.CHECKED and batch.verdict["refusal"]["rows"] == [
        {"row": 1, "was": "created", "now": "updated"}
    ]
    assert WALL == {"1": "别的路"}


class TestIndicators:
    TABLE = (
        "指标,数值,单位,年份,来源,区划代码,口径\n"
        "population,31000,人,2023,统计年鉴,419901201,常住\n"
        "population,x,人,2022,统计年鉴,419901201,常住\n"
    )

    @pytest.fixture
    def township(self, db):
        county = make_division("东县", Level.COUNTY, code="419901")
        make_division("西县", Level.COUNTY, code="419902")
        return make_division("东岗乡", code="419901201", parent=county)

    def table(self, folder: Path) -> Path:
        return csv(folder / "figures.csv", self.TABLE)

    def test_the_whole_way_and_back(self, officer, township, tmp_path):
        indicators.enter(Entry(township.pk, "population", "30000", "人", "2023", "统计年鉴", "常住"), officer)
        before = list(IndicatorValue.objects.filter(recorded__upper_inf=True).values_list("indicator", "year", "number", "source"))
        batch = checked(officer, self.table(tmp_path), target="indicators", reason="年鉴更正")
        assert batch.verdict["counts"]["updated"] == 1 and batch.verdict["counts"]["refused"] == 1, batch.message
        batch = work(staging.commit(officer, batch))
        assert IndicatorValue.objects.get(recorded__upper_inf=True).number == 31000
        assert work(staging.undo(officer, batch)).state == BatchState.UNDONE
        assert before == list(
            IndicatorValue.objects.filter(recorded__upper_inf=True).values_list("indicator", "year", "number", "source")
        )

    def test_a_later_correction_stands_in_the_way(self, officer, township, tmp_path):
        batch = committed(officer, self.table(tmp_path), target="indicators")
        indicators.enter(Entry(township.pk, "population", "32000", "人", "2023", "统计年鉴", "常住"), officer)
        with pytest.raises(ConflictError) as refusal:
            staging.undo(officer, batch)
        assert len(refusal.value.details["obstacles"]) == 1

    def test_rows_outside_ones_area_are_refused(self, township, tmp_path):
        west = make_division("南县", Level.COUNTY, code="419903")
        local = make_user("local", (Duty.DIVISION_OFFICER, west))
        batch = checked(local, self.table(tmp_path), target="indicators")
        assert batch.verdict["counts"]["refused"] == 2


NAMES = st.sampled_from(["甲县", "乙县", "丙县", "丁县"])
CODES = st.sampled_from(["411021", "411022", "411023", "411024"])
LIST = st.dictionaries(CODES, NAMES, min_size=1, max_size=4)
DAYS = st.sampled_from([date(2015, 12, 31), date(2018, 6, 30), date(2020, 12, 31), date(2023, 12, 31)])


def told(at: datetime | None = None) -> dict[date, set[tuple]]:
    """What the register says of every day that matters, as known now or at a moment."""
    records, codes = DivisionRecord.objects, DivisionCode.objects
    known = (records.known_at(at), codes.known_at(at)) if at else (records.current(), codes.current())
    days = [date(2014, 1, 1), *(date(year, month, 1) for year in range(2015, 2025) for month in (1, 7))]
    found = {}
    for day in days:
        units = known[0].in_force(day).values_list("division", "name", "level", "type", "parent", "source", "begins")
        held = known[1].in_force(day).values_list("division", "authority", "code", "source")
        found[day] = {*units, *held}
    return found


class AnyLists(TestCase):
    @hypothesis_settings(max_examples=40)
    @given(st.lists(st.tuples(DAYS, LIST), max_size=3), st.tuples(DAYS, LIST))
    def test_import_then_undo_leaves_every_day_and_moment_as_it_was(self, earlier, last):
        """Whatever lists came before, on whatever days: the last one taken back was never there, and what was known stays known."""
        officer = make_user("someone", (Duty.DIVISION_OFFICER, None))
        moments, before = [], told()
        with tempfile.TemporaryDirectory() as folder:
            for at, (day, rows) in enumerate([*earlier, last]):
                before = told()
                moments.append((timezone.now(), before))
                lines = "".join(f"{code},{name}\n" for code, name in sorted(rows.items()))
                path = csv(Path(folder) / f"{at}.csv", f"代码,名称\n{lines}")
                result = import_divisions(path, Options("county", day, title=str(at)), officer)
        if result["batch"] is None or result.get("already_loaded"):
            assert told() == before
            return
        with_it, middle = told(), timezone.now()
        target = Divisions()
        assert target.obstacles(str(result["batch"])) == []
        target.undo(str(result["batch"]), officer)
        assert told() == before
        for moment, then in [*moments, (middle, with_it)]:
            assert told(moment) == then


def test_a_batch_in_the_middle_is_undone_only_where_nothing_rests_on_it(officer, tmp_path):
    """Undo of the first of two lists either is refused or leaves what the second alone would have made true of its day."""
    first = committed(officer, csv(tmp_path / "1.csv", "代码,名称\n411021,甲县\n"), crs=None, grade=None, as_of="2018-12-31")
    second = committed(officer, csv(tmp_path / "2.csv", "代码,名称\n411022,乙县\n"), crs=None, grade=None)
    assert work(staging.undo(officer, first)).state == BatchState.UNDONE
    assert list(DivisionRecord.objects.current().values_list("name", flat=True)) == ["乙县"]
    with transaction.atomic():
        assert work(staging.undo(officer, second)).state == BatchState.UNDONE
    assert not DivisionRecord.objects.current().exists()
    assert DivisionRecord.objects.known_at(datetime.now(UTC)).count() == 0
