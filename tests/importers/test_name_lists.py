"""The historic names of CHGIS and the list of traditional villages, through their commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.models import Level
from gis.errors import ForbiddenError
from importers.services.historic_names import import_historic_names
from importers.services.traditional_villages import place_of
from placenames.models import HeritageListing, Name, NameForm, PlaceName, PlaceNameRecord
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


from datetime import date  # noqa: E402

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
