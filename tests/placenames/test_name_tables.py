"""Tables of place names through the importers: from the file to the record and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.models import Level
from gis.accounts.models import Duty
from gis.errors import ConflictError
from importers.models import StagedRow
from importers.services import staging
from placenames.models import NameForm, PlaceNameRecord
from placenames.services import names
from placenames.services.name_lists import load_list
from tests.factories import make_division, make_user, square
from tests.importers.staged import checked, work

pytestmark = pytest.mark.django_db

HEAD = "标准名称,地名类别,地名代码,经度,纬度,罗马字母拼写,曾用名\n"
ROWS = (
    "王家沟,22200,41012210022200000001,113.5,34.5,Wángjiāgōu,王沟、王老沟\n"
    "建设路,街巷（依登记实例）,41012210023514000001,113.6,34.6,,\n"
    "龙王集,22200,,113.7,34.7,,\n"
)


@pytest.fixture
def officer():
    county = make_division("东县", Level.COUNTY, code="410122")
    make_division("东镇", Level.TOWNSHIP, type="town", code="410122100", parent=county, geometry=square(113.65, 34.65))
    return make_user("names", (Duty.PLACE_NAME_OFFICER, None))


def file(folder: Path, text: str, name: str = "地名.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def brought_in(officer, path: Path):
    batch = checked(officer, path, "placenames", as_of="2020-01-01", level=None, authority=None, note=None, status="in_use")
    return work(staging.commit(officer, batch))


def problems(batch) -> set[tuple[int | None, str, str]]:
    return {(row.number, one["code"], one["severity"]) for row in StagedRow.objects.filter(batch=batch) for one in row.problems}


def test_a_table_comes_in_as_it_was_seen(officer, tmp_path):
    batch = checked(
        officer,
        file(tmp_path, HEAD + ROWS),
        "placenames",
        as_of="2020-01-01",
        level=None,
        authority=None,
        note=None,
        status="in_use",
    )
    assert {one[1] for one in problems(batch)} == set()
    done = work(staging.commit(officer, batch))
    assert done.state == "committed"
    found = {one.name: one for one in PlaceNameRecord.objects.current()}
    assert found.keys() == {"王家沟", "建设路", "龙王集"}
    village = found["王家沟"]
    assert (village.spelled_by, village.area.codes.get().code, round(village.location.x, 4)) == ("source", "410122100", 113.5)
    assert found["龙王集"].area == village.area, "told from the position where no code tells it"
    assert (found["建设路"].spelling, found["建设路"].spelled_by, found["建设路"].place_class) == ("Jiànshè Lù", "rule", "23514")
    assert sorted(NameForm.objects.current().values_list("text", flat=True)) == ["王沟", "王老沟"]


def test_the_same_table_again_changes_nothing_and_a_new_cell_corrects(officer, tmp_path):
    brought_in(officer, file(tmp_path, HEAD + ROWS))
    again = brought_in(officer, file(tmp_path, HEAD + ROWS + "\n", "又一次.csv"))
    assert again.result["counts"] == {"created": 0, "updated": 0, "unchanged": 3, "rejected": 0}
    moved = brought_in(officer, file(tmp_path, HEAD + "王家沟,22200,41012210022200000001,113.55,34.5,,\n", "移.csv"))
    assert moved.result["counts"]["updated"] == 1
    (now,) = PlaceNameRecord.objects.current().filter(name="王家沟")
    assert (round(now.location.x, 4), now.spelling) == (113.55, "Wángjiāgōu"), "what the row leaves out is kept"
    undone = work(staging.undo(officer, moved))
    assert undone.state == "undone"
    (back,) = PlaceNameRecord.objects.current().filter(name="王家沟")
    assert round(back.location.x, 4) == 113.5


def test_undo_closes_all_and_stops_where_something_rests_on_it(officer, tmp_path):
    batch = brought_in(officer, file(tmp_path, HEAD + ROWS))
    record = PlaceNameRecord.objects.current().get(name="龙王集")
    names.add_form(officer, record.place, "龙集", "former", "县志")
    with pytest.raises(ConflictError) as refusal:
        staging.undo(officer, batch)
    assert "龙集" in refusal.value.details["obstacles"][0]
    names.withdraw_form(officer, NameForm.objects.current().get(text="龙集"), "误")
    work(staging.undo(officer, batch))
    assert not PlaceNameRecord.objects.current().exists()
    assert not NameForm.objects.current().exists()


def test_what_is_wrong_is_told_by_row(officer, tmp_path):
    text = HEAD + (
        ",22200,,113.5,34.5,,\n"
        "张村,飞船,,113.5,34.5,,\n"
        "李村,22200,123,113.5,34.5,,\n"
        "赵村,22200,,999,34.5,,\n"
        "陈村,22200,41999910022200000009,,,,\n"
        "杨村,22200,,,,Yáng Village,\n"
        "马村,22200,,,,,\n"
        "马村,22200,,,,,\n"
        "福?村,22200,,,,,\n"
    )
    batch = checked(
        officer, file(tmp_path, text), "placenames", as_of="2020-01-01", level=None, authority=None, note=None, status="in_use"
    )
    assert problems(batch) == {
        (1, "name_empty", "error"),
        (2, "class_bad", "error"),
        (3, "place_code_malformed", "error"),
        (4, "place_outside", "error"),
        (5, "area_unknown", "warning"),
        (6, "py_06_english_word", "warning"),
        (8, "name_twice", "error"),
        (9, "name_unreadable", "error"),
    }


def test_code_11_a_village_and_its_committee_in_one_table_are_told(officer, tmp_path):
    text = HEAD + ("王庄村村民委员会,21610,41012210021610000001,,,,\n王庄村村民委员会,27610,41012210027610000001,,,,\n")
    batch = checked(
        officer, file(tmp_path, text), "placenames", as_of="2020-01-01", level=None, authority=None, note=None, status="in_use"
    )
    assert problems(batch) == {(2, "pair_not_linked", "warning")}


def test_code_10_classes_are_held_against_the_table_an_office_has_loaded(officer, tmp_path):
    load_list(None, "place_classes", "# 代码 名称\n22200 村\n21500 乡级行政区".encode(), "classes.txt", "分类代码表")
    text = HEAD + "张家洼,22200,,,,,\n李家沟,12300,,,,,\n王家山,12200,41012210012200000001,,,,\n"
    batch = checked(
        officer, file(tmp_path, text), "placenames", as_of="2020-01-01", level=None, authority=None, note=None, status="in_use"
    )
    assert problems(batch) == {(2, "class_not_in_table", "warning"), (3, "class_unknown", "warning")}


def test_only_who_keeps_the_names_of_the_whole_register_may(tmp_path):
    county = make_division("东县", Level.COUNTY, code="410122")
    make_division("西县", Level.COUNTY, code="410123")
    small = make_user("small", (Duty.PLACE_NAME_OFFICER, county))
    from importers.targets import target_of

    assert not target_of("placenames").may_use(small)
    assert not target_of("placenames").may_use(make_user("divisions", (Duty.DIVISION_OFFICER, None)))
