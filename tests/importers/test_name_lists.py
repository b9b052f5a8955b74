"""The historic names of CHGIS and the list of traditional villages, through their commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from boundaries.models import Level
from gis.accounts.models import Duty
from gis.errors import ForbiddenError
from importers.services.historic_names import import_historic_names
from importers.services.traditional_villages import place_of
from placenames.models import FormKind, HeritageListing, Name, NameForm, PlaceName, PlaceNameRecord
from placenames.services import names
from tests.commands import run
from tests.factories import make_division, make_user
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db

CHGIS = "tgaz_id,name_pinyin,names_zh(traditional|simplified),lon,lat,begin_year,end_year,feature_type,present_location,part_of\n"
VILLAGES = "Province,City,County,Town,Village,Title,Batch,lng_wgs84,lat_wgs84\n"


def historic(folder: Path, *rows: str) -> Path:
    path = folder / "names.csv"
    path.write_text(CHGIS + "\n".join(rows) + "\n", "utf-8")
    return path


def test_periods_of_one_place_are_records_of_it_and_the_old_writing_a_form(tmp_path):
    huaiyang = make_division("淮阳县", Level.COUNTY, code="411626")
    path = historic(
        tmp_path,
        "hvd_1,Chen Zhou,陳州|陈州,114.88245,33.73398,578,606,region 州,河南淮阳县,",
        "hvd_2,Chen Zhou,陳州|陈州,114.88245,33.73398,618,741,region 州,今河南省淮阳县东,",
        "hvd_3,Huaiyang Guo,淮陽國,114.88245,33.73398,-196,-195,country 国,河南淮阳县,",
        "hvd_4,X,坏地|坏地,114.8,33.7,700,600,county 县,,",
        "hvd_5,X,[阝焉]縣|[阝焉]县,114.8,33.7,600,700,county 县,,",
    )
    status, found = run("import_historic_names", str(path))
    assert status == 0
    assert {key: found[key] for key in ("read", "created", "places", "rejected", "forms", "located")} == {
        "read": 5, "created": 3, "places": 2, "rejected": 2, "forms": 2, "located": 3,
    }  # fmt: skip
    assert [(one["row"], one["code"]) for one in found["problems"]] == [(4, "years_bad"), (5, "name_bad")]
    first, second = PlaceNameRecord.objects.current().filter(name="陈州").order_by("years")
    assert first.place == second.place and first.area == huaiyang
    assert [(one.years.lower, one.years.upper) for one in (first, second)] == [(578, 607), (618, 742)]
    assert (first.spelling, first.status, first.location_accuracy_m) == ("Chénzhōu", "historic", 1000.0)
    assert first.census.description == "河南淮阳县"
    form = NameForm.objects.get(text="陳州")
    assert (form.kind, form.script, form.years.lower, form.years.upper) == ("traditional", "hant", 578, 742)
    assert PlaceNameRecord.objects.current().get(name="淮阳国").years.lower == -196, "folded by dictionary"
    assert run("import_historic_names", str(path))[1]["already_loaded"] is True


def test_rows_that_tell_of_one_time_twice_stay_two_places(tmp_path):
    path = historic(
        tmp_path,
        "hvd_1,A,淮陽國|淮阳国,114.8,33.7,-196,-195,country 国,,",
        "hvd_2,A,淮陽國|淮阳国,114.8,33.7,-194,205,country 国,,",
        "hvd_3,A,淮陽國|淮阳国,114.8,33.7,-176,-167,country 国,,",
    )
    assert run("import_historic_names", str(path))[1]["places"] == 2


def test_an_old_name_means_todays_county_where_two_bore_it(tmp_path):
    make_division("淮阳县", Level.COUNTY, valid=(LONG, END))
    district = make_division("淮阳区", Level.COUNTY, type="district", valid=(END, None))
    run("import_historic_names", str(historic(tmp_path, "h,C,陳州|陈州,114.8,33.7,578,606,region 州,河南淮阳县县治,")))
    assert PlaceNameRecord.objects.get().area == district


LONG, END = date(1990, 1, 1), date(2019, 8, 28)


@pytest.mark.parametrize(
    ("title", "village", "place", "within"),
    [
        ("河南省信阳市商城县长竹园乡张花店村何家冲村", "张花店村", "何家冲村", "张花店村"),
        ("信阳市商城县长竹园乡土门村徐冲组", "土门村徐冲组", "徐冲组", "土门村"),
        ("河南省信阳市商城县长竹园乡一斗水村", "一斗水村", "一斗水村", ""),
        ("信阳市商城县长竹园乡马鸿庄", "马鸿庄", "马鸿庄", ""),
    ],
)
def test_the_place_a_title_names(title, village, place, within):
    cells = {"Province": "河南省", "City": "信阳市", "County": "商城县", "Town": "长竹园乡", "Village": village, "Title": title}
    assert place_of(cells) == (place, within)


def test_a_village_of_the_register_is_listed_there_any_other_is_a_place_of_its_own(tmp_path):
    county = make_division("商城县", Level.COUNTY, code="411524")
    town = make_division("长竹园乡", Level.TOWNSHIP, code="411524201", parent=county)
    village = make_division("汪冲村村民委员会", Level.VILLAGE, code="411524201202", parent=town)
    path = tmp_path / "villages.csv"
    path.write_text(
        VILLAGES
        + "河南省,信阳市,商城县,长竹园乡,汪冲村,河南省信阳市商城县长竹园乡汪冲村,二,115.27,31.52\n"
        + "河南省,信阳市,商城县,长竹园乡,汪冲村,河南省信阳市商城县长竹园乡汪冲村四方洼村,二,115.28,31.53\n",
        "utf-8",
    )
    status, found = run("import_traditional_villages", str(path), "--as-of", "2023-03-19")
    assert status == 0
    assert (found["created"], found["divisions"], found["listed"], found["located"]) == (1, 1, 2, 2)
    own = PlaceNameRecord.objects.get(name__isnull=False)
    assert (own.name, own.area, own.spelling) == ("四方洼村", village, "Sìfāngwācūn")
    of_register = PlaceName.objects.get(division=village)
    assert HeritageListing.objects.get(place=of_register).batch == "二"
    (seen,) = Name.objects.current().filter(division=village)
    assert seen.name == "汪冲村村民委员会" and seen.detail.location.x == pytest.approx(115.27, abs=1e-4)


def test_a_list_is_loaded_by_who_keeps_the_names_of_the_whole_register(tmp_path):
    with pytest.raises(ForbiddenError):
        import_historic_names(str(historic(tmp_path)), make_user("nobody"))


@requires_shared
def test_the_real_lists_come_in_whole():
    """4,505 rows, of which 32 contradict themselves; 275 villages."""
    make_division("淮阳县", Level.COUNTY, code="411626")
    found = run("import_historic_names", str(SHARED / "placenames_chgis_tgaz" / "henan_historic_placenames.csv"))[1]
    assert (found["read"], found["created"], found["rejected"]) == (4505, 4473, 32)
    assert {one["code"] for one in found["problems"]} == {"years_bad", "name_bad"}
    assert Name.objects.in_year(700).filter(name="陈州").exists()
    path = SHARED / "traditional_villages" / "henan_traditional_villages.csv"
    villages = run("import_traditional_villages", str(path), "--as-of", "2023-03-19")[1]
    assert (villages["read"], villages["listed"], villages["rejected"]) == (275, 275, 0)


def test_a_list_is_taken_back_while_nothing_rests_on_it(tmp_path):
    path = historic(tmp_path, "hvd_1,Chen Zhou,陳州|陈州,114.88245,33.73398,578,606,region 州,河南淮阳县,")
    source = run("import_historic_names", str(path))[1]["source"]
    place = PlaceNameRecord.objects.current().get(name="陈州").place
    form = names.add_form(make_user("keeper", (Duty.PLACE_NAME_OFFICER, None)), place, "陈", FormKind.SHORT, "县志")
    told = run("undo_name_list", str(source), "--dry-run")[1]
    assert told["in_the_way"] == ["后来登记的其他名称“陈”依托这一批的地名"] and told["closed"] == 0
    assert run("undo_name_list", str(source))[1]["error"]["code"] == "batch_is_relied_on"
    names.withdraw_form(form.source.recorded_by, form, "登错了")
    before = timezone.now()
    assert run("undo_name_list", str(source))[1]["closed"] == 1
    assert not PlaceNameRecord.objects.current().exists() and not NameForm.objects.current().exists()
    assert PlaceNameRecord.objects.known_at(before).filter(name="陈州").exists(), "nothing is deleted"
    assert run("undo_name_list", str(source))[1]["error"]["code"] == "already_undone"
    assert run("undo_name_list", "0")[1]["error"]["code"] == "no_such_list"
    again = run("import_historic_names", str(path))[1]
    assert (again["already_loaded"], again["created"]) == (False, 1)


def test_a_list_that_only_names_villages_on_record_is_taken_back_too(tmp_path):
    county = make_division("郏县", Level.COUNTY, code="410425")
    town = make_division("堂街镇", Level.TOWNSHIP, type="town", parent=county, code="410425102")
    village = make_division("临沣寨村", Level.VILLAGE, type="village_committee", parent=town, code="410425102201")
    keeper = make_user("keeper", (Duty.PLACE_NAME_OFFICER, None))
    names.describe_division(keeper, village, date(2016, 1, 1), "普查", {"origin": "沣溪"})
    path = tmp_path / "villages.csv"
    path.write_text(VILLAGES + "河南省,平顶山市,郏县,堂街镇,临沣寨村,河南省平顶山市郏县堂街镇临沣寨村,一,113.3,33.9\n", "utf-8")
    status, told = run("import_traditional_villages", str(path), "--as-of", "2023-03-21")
    assert (status, told["divisions"], HeritageListing.objects.filter(recorded__upper_inf=True).count()) == (0, 1, 1)
    assert run("undo_name_list", str(told["source"]))[0] == 0
    assert not HeritageListing.objects.filter(recorded__upper_inf=True).exists()
    assert PlaceNameRecord.objects.current().get().census.origin == "沣溪"
