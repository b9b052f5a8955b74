"""Imports through the services: recognised, set up, edited, tried, brought in, taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from boundaries.models import DivisionCode, DivisionRecord, IndicatorValue, Level
from boundaries.services import indicators
from boundaries.services.indicator_entries import Entry
from gis.accounts.models import Duty, DutyAssignment
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from gis.files.services import read_bytes, store
from gis.jobs import services as jobs
from gis.jobs.models import JobState
from importers.models import Batch, BatchState, StagedBatch, StagedRow
from importers.services import staging, staging_steps
from importers.services.division_lists import Options, import_divisions
from tests.factories import make_division, make_user, square
from tests.importers.files import box, csv, geojson
from tests.importers.staged import OPTIONS, brought, checked, committed, work

pytestmark = pytest.mark.django_db

WEST, EAST = box(113.0, 34.0, 113.5, 34.5), box(113.5, 34.0, 114.0, 34.5)


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None))


@pytest.fixture
def other(db):
    return make_user("other", (Duty.DIVISION_OFFICER, None))


def two_counties(folder: Path, name: str = "counties.geojson", second: str = "乙县") -> Path:
    rows = [({"adcode": "411021", "name": "甲县"}, WEST), ({"adcode": "411022", "name": second}, EAST)]
    return geojson(folder / name, rows)


def a_list(folder: Path, *lines: str, name: str = "list.csv") -> Path:
    return csv(folder / name, "\n".join(["代码,名称", *lines, ""]))


def register() -> list[tuple]:
    """Everything the register holds today and held before, without row numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT division_id, valid::text, begins, name, parent_id, level, type, source_id, ST_AsBinary(geometry)"
            " FROM boundaries_divisionrecord WHERE upper_inf(recorded) ORDER BY 1, 2"
        )
        records = [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT division_id, valid::text, authority, code, source_id FROM boundaries_divisioncode"
            " WHERE upper_inf(recorded) ORDER BY 1, 2, 3"
        )
        return [*records, *cursor.fetchall()]


def test_the_whole_way(officer, tmp_path):
    before = register()
    path = two_counties(tmp_path)
    batch = brought(officer, path)
    assert batch.state == BatchState.INSPECTED
    assert batch.inspection["crs"]["code"] == "EPSG:4490" and batch.inspection["layers"][0]["features"] == 2
    batch = checked(officer, path)
    assert batch.state == BatchState.CHECKED, batch.message
    assert batch.mapping == {"code": "adcode", "name": "name"}
    assert batch.verdict["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0, "skipped": 0}
    assert register() == before, "a dry run writes nothing"
    batch = work(staging.commit(officer, batch))
    assert batch.state == BatchState.COMMITTED and batch.result["counts"]["created"] == 2
    assert DivisionRecord.objects.current().count() == 2
    loaded = Batch.objects.get(pk=batch.reference)
    assert loaded.file_id == batch.file_id and read_bytes(batch.file) == path.read_bytes()
    batch = work(staging.undo(officer, batch))
    assert batch.state == BatchState.UNDONE
    assert register() == before
    loaded.refresh_from_db()
    assert loaded.undone_by == officer
    actions = list(AuditEntry.objects.filter(action__startswith="staged.").values_list("action", flat=True).order_by("pk"))
    assert actions == ["staged.bring", "staged.set_up", "staged.commit", "staged.undo"]


def test_what_was_undone_may_be_brought_in_again(officer, tmp_path):
    path = two_counties(tmp_path)
    first = work(staging.undo(officer, committed(officer, path)))
    again = committed(officer, path)
    assert again.pk != first.pk and again.state == BatchState.COMMITTED
    assert DivisionRecord.objects.current().count() == 2


def test_the_same_file_is_the_same_batch(officer, tmp_path):
    path = two_counties(tmp_path)
    first = checked(officer, path)
    assert brought(officer, path).pk == first.pk
    again = staging.once_more(officer, first)
    again = staging.choose(officer, again, "divisions", first.layer)
    again = work(again) if again.is_busy else again
    assert staging.set_up(officer, again, OPTIONS, first.mapping).pk == first.pk
    again.refresh_from_db()
    assert again.state == BatchState.DISCARDED
    assert StagedBatch.objects.exclude(state=BatchState.DISCARDED).count() == 1


def test_what_the_command_has_loaded_is_known(officer, tmp_path):
    path = two_counties(tmp_path)
    loaded = import_divisions(path, Options("county", date(2023, 12, 31)))
    batch = checked(officer, path)
    assert batch.state == BatchState.PREPARED and str(loaded["batch"]) in batch.message


def test_cells_are_edited_and_rows_skipped_and_the_file_stays(officer, tmp_path):
    path = a_list(tmp_path, "411021,甲县", "41102X,乙县", "411023,丙县", "411023,丁县")
    content = path.read_bytes()
    batch = checked(officer, path, crs=None, grade=None)
    assert batch.verdict["counts"]["created"] == 2 and batch.verdict["counts"]["refused"] == 2
    wrong = StagedRow.objects.get(batch=batch, number=2)
    assert wrong.weight == 2 and wrong.problems[0]["code"] == "code_not_digits"
    staging.edit(officer, batch, 2, "代码", "411022")
    staging.skip(officer, batch, 3, skipped=True)
    batch.refresh_from_db()
    assert batch.state == BatchState.PREPARED
    with pytest.raises(ConflictError, match="不能这样做"):
        staging.commit(officer, batch)
    batch = work(staging.check(officer, batch))
    assert batch.verdict["counts"] == {"created": 3, "updated": 0, "unchanged": 0, "refused": 0, "skipped": 1}
    batch = work(staging.commit(officer, batch))
    assert set(DivisionRecord.objects.current().values_list("name", flat=True)) == {"甲县", "乙县", "丁县"}
    assert read_bytes(batch.file) == content
    assert Batch.objects.get(pk=batch.reference).variant != ""
    row = StagedRow.objects.get(batch=batch, number=2)
    assert (row.cells["代码"], row.edits) == ("41102X", {"代码": "411022"})


def test_an_edit_back_to_the_files_own_value_is_none(officer, tmp_path):
    batch = checked(officer, a_list(tmp_path, "411021,甲县"), crs=None, grade=None)
    staging.edit(officer, batch, 1, "名称", "申县")
    assert staging.edit(officer, batch, 1, "名称", "甲县").edits == {}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("代码", "4" * 1001, "bad_cell"), ("代码", "a\nb", "bad_cell"), ("没有这一列", "x", "unknown_field")],
)
def test_bad_edits_are_refused(officer, tmp_path, column, value, code):
    batch = checked(officer, a_list(tmp_path, "411021,甲县"), crs=None, grade=None)
    with pytest.raises(InvalidInputError) as refusal:
        staging.edit(officer, batch, 1, column, value)
    assert refusal.value.code == code


def test_the_mapping_is_remembered_for_the_same_columns(officer, tmp_path):
    first = csv(tmp_path / "one.csv", "甲,乙,丙\n411021,甲县,x\n")
    checked(officer, first, mapping={"code": "甲", "name": "乙"}, crs=None, grade=None)
    second = brought(officer, csv(tmp_path / "two.csv", "甲,乙,丙\n411022,乙县,y\n"))
    second = staging.choose(officer, second, "divisions", second.layer)
    assert staging.proposal(second, {}) == ({"code": "甲", "name": "乙"}, True)


def test_two_people_with_overlapping_files_the_second_is_told(officer, other, tmp_path):
    mine = checked(officer, two_counties(tmp_path))
    theirs = checked(other, two_counties(tmp_path, "theirs.geojson", second="申县"))
    assert work(staging.commit(other, theirs)).state == BatchState.COMMITTED
    held = register()
    mine = work(staging.commit(officer, mine))
    assert mine.state == BatchState.CHECKED and register() == held
    refusal = mine.verdict["refusal"]
    assert refusal["code"] == "changed_since_check" and refusal["count"] == 2
    assert refusal["rows"][1] == {"row": 2, "was": "created", "now": "updated"}
    assert [(one["batch"], one["rows"], one["who"]) for one in refusal["others"]] == [(theirs.pk, 2, str(other))]
    mine = work(staging.check(officer, mine))
    assert mine.verdict["counts"]["updated"] == 1
    assert work(staging.commit(officer, mine)).state == BatchState.COMMITTED


def test_batches_that_do_not_meet_do_not_hinder_each_other(officer, other, tmp_path):
    mine = checked(officer, a_list(tmp_path, "411021,甲县"), crs=None, grade=None)
    committed(other, a_list(tmp_path, "411022,乙县", name="b.csv"), crs=None, grade=None)
    assert work(staging.commit(officer, mine)).state == BatchState.COMMITTED


class TestUndoIsRefused:
    def test_where_a_later_list_changed_its_rows(self, officer, tmp_path):
        batch = committed(officer, two_counties(tmp_path))
        committed(officer, two_counties(tmp_path, "later.geojson", second="申县"))
        held = register()
        with pytest.raises(ConflictError) as refusal:
            staging.undo(officer, batch)
        assert refusal.value.details["obstacles"] == ["“申县”的区划记录后来又有改动"]
        assert register() == held

    def test_where_children_came(self, officer, tmp_path):
        batch = committed(officer, two_counties(tmp_path))
        committed(officer, a_list(tmp_path, "411021100,子镇", name="towns.csv"), level="township", crs=None, grade=None)
        assert batch.state == BatchState.COMMITTED
        target = staging.target_for(officer, "divisions")
        assert target.obstacles(batch.reference) == ["“甲县”之下后来登记了 1 个下级"]

    def test_where_figures_and_duties_were_given(self, officer, tmp_path):
        batch = committed(officer, two_counties(tmp_path))
        division = DivisionRecord.objects.current().get(name="甲县").division
        indicators.enter(Entry(division.pk, "population", "30000", "人", "2023", "统计年鉴", ""), officer)
        make_user("county", (Duty.READER, division))
        told = staging.target_for(officer, "divisions").obstacles(batch.reference)
        assert sorted(told) == ["“甲县”已被引用：指标值 1 条", "“甲县”已被引用：职责分工 1 条"]
        IndicatorValue.objects.all().delete()
        DutyAssignment.objects.filter(area=division).update(ended=timezone.now())
        assert staging.target_for(officer, "divisions").obstacles(batch.reference) == []

    def test_what_comes_between_asking_and_the_worker_is_seen(self, officer, tmp_path):
        batch = staging.undo(officer, committed(officer, two_counties(tmp_path)))
        division = DivisionRecord.objects.current().get(name="甲县").division
        indicators.enter(Entry(division.pk, "population", "30000", "人", "2023", "统计年鉴", ""), officer)
        batch = work(batch)
        assert batch.state == BatchState.COMMITTED and batch.verdict["refusal"]["obstacles"]


def test_what_the_load_had_closed_is_said_again(officer, tmp_path):
    """A correction, a change of legal time, a code: all three ways of closing a row."""
    county = make_division("甲县", Level.COUNTY, code="411021", geometry=square(113, 34, 0.4))
    make_division("乙县", Level.COUNTY, code="411022")
    before = register()
    batch = committed(officer, two_counties(tmp_path, second="申县"))
    assert register() != before and batch.verdict["counts"]["updated"] == 2
    assert work(staging.undo(officer, batch)).state == BatchState.UNDONE
    assert register() == before
    assert DivisionCode.objects.current().filter(division=county).count() == 1


def test_a_worker_that_dies_half_way_leaves_no_trace(officer, tmp_path, monkeypatch):
    """The last thing a commit does is to write its entry in the trail; all else is written by then."""
    batch = staging.commit(officer, checked(officer, two_counties(tmp_path)))
    held, real, died = register(), staging_steps.audit.record, []

    def record(**told):
        if told["action"] == "staged.commit":
            died.append(register())
            raise KeyboardInterrupt
        return real(**told)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(staging_steps.audit, "record", record)
        work(batch)
    assert died != [held], "it had written"
    assert register() == held and not Batch.objects.exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED
    jobs.put_back(batch.job, "")
    assert work(batch).state == BatchState.COMMITTED


def test_a_step_that_was_done_already_is_not_done_twice(officer, tmp_path):
    batch = committed(officer, two_counties(tmp_path))
    held = register()
    assert staging_steps.run(batch.job, batch.pk, "commit") == {"message": "这一步已经做过。"}
    assert register() == held


def test_while_the_worker_is_at_it_nobody_else_is(officer, tmp_path):
    batch = staging.commit(officer, checked(officer, two_counties(tmp_path)))
    for act in (staging.commit, staging.check, staging.discard, lambda who, one: staging.skip(who, one, 1, skipped=True)):
        with pytest.raises(ConflictError) as refusal:
            act(officer, batch)
        assert refusal.value.code == "batch_busy"


def test_where_two_systems_remain_a_person_chooses(officer, tmp_path):
    rows = [({"adcode": "411021", "name": "甲县"}, WEST)]
    batch = brought(officer, geojson(tmp_path / "rfc.geojson", rows, crs=None))
    batch = staging.choose(officer, batch, "divisions", batch.layer)
    layer = staging.layer_of(batch)
    crs = next(one for one in staging.target_for(officer, "divisions").options(layer) if one.key == "crs")
    assert (crs.default == "") == layer["crs"]["needs_person"]
    if layer["crs"]["needs_person"]:
        with pytest.raises(InvalidInputError):
            staging.set_up(officer, batch, {**OPTIONS, "crs": ""}, {"code": "adcode", "name": "name"})


def test_villages_are_a_target_of_their_own(officer, tmp_path):
    make_division("甲镇", Level.TOWNSHIP, code="411021100")
    path = a_list(tmp_path, "411021100200,东村村民委员会")
    batch = committed(officer, path, target="villages", level="village", crs=None, grade=None)
    assert batch.state == BatchState.COMMITTED
    assert DivisionRecord.objects.current().get(level=Level.VILLAGE).parent is not None


def test_who_may(officer, other, tmp_path):
    county = make_division("东县", Level.COUNTY, code="419901")
    make_division("西县", Level.COUNTY, code="419902")
    local = make_user("local", (Duty.DIVISION_OFFICER, county))
    batch = brought(local, a_list(tmp_path, "411021,甲县"))
    with pytest.raises(ForbiddenError):
        staging.choose(local, batch, "divisions", batch.layer)
    assert staging.choose(officer, batch, "divisions", batch.layer).target == "divisions", "who answers for the whole goes on"
    stranger = make_user("stranger", (Duty.DIVISION_OFFICER, county))
    for act in (staging.discard, staging.check, staging.commit):
        with pytest.raises(ForbiddenError):
            act(stranger, batch)
    with pytest.raises(ForbiddenError):
        staging.bring(make_user("reader", (Duty.READER, None)), batch.file)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"as_of": ""}, "as_of"), ({"as_of": "去年"}, "as_of"), ({"level": "continent"}, "level"), ({"authority": "x"}, "authority")],
)
def test_bad_options_name_their_field(officer, tmp_path, changes, field):
    batch = brought(officer, two_counties(tmp_path))
    batch = staging.choose(officer, batch, "divisions", batch.layer)
    with pytest.raises(InvalidInputError) as refusal:
        staging.set_up(officer, batch, {**OPTIONS, **changes}, {"code": "adcode", "name": "name"})
    assert list(refusal.value.fields) == [field]


def at_once(*acts):
    """Each in a thread and a connection of its own; a refusal is its code."""

    def then_close(act):
        try:
            return act()
        except ConflictError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(then_close, acts))


@pytest.mark.django_db(transaction=True)
def test_the_same_file_in_four_tabs_is_one_batch(tmp_path):
    officer = make_user("officer", (Duty.DIVISION_OFFICER, None))
    path = two_counties(tmp_path)
    stored = [store(path, name=path.name, purpose="import", actor=officer) for _tab in range(4)]
    found = at_once(*(lambda one=one: staging.bring(officer, one)[0].pk for one in stored))
    assert len(set(found)) == 1 and StagedBatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_in_four_tabs_is_one_step(tmp_path):
    officer = make_user("officer", (Duty.DIVISION_OFFICER, None))
    batch = checked(officer, two_counties(tmp_path))
    told = at_once(*(lambda: staging.commit(officer, batch).pk for _tab in range(4)))
    assert sorted(map(str, told)) == [str(batch.pk), "batch_busy", "batch_busy", "batch_busy"]
    assert work(batch).state == BatchState.COMMITTED


@pytest.mark.django_db(transaction=True)
def test_the_same_set_up_in_two_tabs_is_one_batch(tmp_path):
    officer = make_user("officer", (Duty.DIVISION_OFFICER, None))
    first = brought(officer, two_counties(tmp_path))
    twins = [staging.choose(officer, one, "divisions", first.layer) for one in (first, staging.once_more(officer, first))]
    twins = [work(one) if one.is_busy else one for one in twins]
    mapping = {"code": "adcode", "name": "name"}
    found = at_once(*(lambda one=one: staging.set_up(officer, one, OPTIONS, mapping).pk for one in twins))
    assert len(set(found)) == 1
    assert sorted(StagedBatch.objects.values_list("state", flat=True)) == [BatchState.DISCARDED, BatchState.PREPARED]


@pytest.mark.django_db(transaction=True)
def test_two_commits_at_once_and_the_second_is_told(tmp_path):
    """Not one after the other but in the same moment: the register's lock decides."""
    people = [make_user(name, (Duty.DIVISION_OFFICER, None)) for name in ("one", "two")]
    names = ("甲县", "申县")
    batches = [
        checked(person, a_list(tmp_path, f"411021,{name}", name=f"{name}.csv"), crs=None, grade=None)
        for person, name in zip(people, names, strict=True)
    ]
    for person, batch in zip(people, batches, strict=True):
        staging.commit(person, batch)
    ended = at_once(*(lambda one=one: work(one).state for one in batches))
    assert sorted(ended) == [BatchState.CHECKED, BatchState.COMMITTED]
    assert DivisionRecord.objects.current().count() == 1


def test_a_job_that_was_given_up_is_begun_again(officer, tmp_path):
    path = two_counties(tmp_path)
    batch, _new = staging.bring(officer, store(path, name=path.name, purpose="import", actor=officer))
    jobs.finish(batch.job, JobState.FAILED, "后台服务在执行中中断")
    assert work(staging.inspect(officer, batch)).state == BatchState.INSPECTED
