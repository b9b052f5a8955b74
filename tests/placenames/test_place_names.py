"""The record of place names: two clocks, one name of a division, codes, forms, who may."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.gis.geos import LineString, Point
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from boundaries.models import DivisionRecord, Level
from boundaries.services.corrections import correct_record
from gis.accounts.models import Duty, DutyAssignment, User
from gis.audit.models import AuditEntry
from gis.crs import CGCS2000
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from placenames.models import FormKind, Name, NameForm, PlaceName, PlaceNameRecord, SpelledBy
from placenames.rules.classes import chain, is_known, name_of, of_division, tree
from placenames.rules.codes import check_code_fits, check_codes
from placenames.rules.spelling import spell
from placenames.services import names
from placenames.services.names import Entry
from tests.factories import FIRST_RECORDED, LONG_AGO, make_division, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_division("东县", Level.COUNTY, code="410122")


@pytest.fixture
def officer(county):
    return make_user("names", (Duty.PLACE_NAME_OFFICER, county))


def entry(county, **fields) -> Entry:
    given = {"name": "王家沟", "place_class": "22200", "source": "普查登记表", "area": county, "valid_from": date(2014, 7, 1)}
    return Entry(**{**given, **fields})


def raw(place: PlaceName, **fields) -> PlaceNameRecord:
    """A row past all services, to see what the database itself refuses."""
    given = {
        "place": place,
        "valid": DateRange(LONG_AGO, None),
        "recorded": DateTimeTZRange(FIRST_RECORDED, None),
        "begins": "observed",
        "name": "王家沟",
        "proper_name": "王家沟",
        "generic_name": "",
        "status": "in_use",
        "source": make_source(),
    }
    return PlaceNameRecord.objects.create(**{**given, **fields})


def refused(**fields) -> bool:
    try:
        with transaction.atomic():
            raw(**{"place": PlaceName.objects.create(), **fields})
    except IntegrityError:
        return True
    return False


def test_the_database_refuses_what_cannot_be():
    place = PlaceName.objects.create()
    raw(place)
    assert refused(place=place), "two truths of one day"
    assert not refused(place=place, recorded=DateTimeTZRange(LONG_AGO_MOMENT, FIRST_RECORDED)), "another time of recording"
    assert refused(name="")
    assert refused(valid=None), "neither days nor years"
    assert refused(years=NumericRange(-224, -206)), "days and years"
    assert not refused(valid=None, years=NumericRange(-224, -206))
    assert refused(location=Point(113, 34, srid=CGCS2000)), "a location without a grade"
    assert refused(secrecy="secret", published=True), "secret and published"
    assert refused(spelling="Wángjiāgōu"), "a spelling nobody answers for"
    assert refused(code="123")
    assert not refused(location=LineString((113, 34), (114, 35), srid=CGCS2000), location_grade="surveyed")


LONG_AGO_MOMENT = FIRST_RECORDED.replace(year=2019)


def test_one_current_place_holds_a_code():
    raw(PlaceName.objects.create(), code="41012210022200000001", place_class="22200")
    assert refused(code="41012210022200000001")
    assert not refused(code="41012210022200000001", recorded=DateTimeTZRange(LONG_AGO_MOMENT, FIRST_RECORDED))


def test_a_division_has_no_name_beside_the_registers(county):
    place = PlaceName.objects.create(division=county)
    assert refused(place=place), "a name of its own"
    assert refused(place=place, names_division=True), "a division's record that says a name"
    none = {"name": None, "proper_name": None, "generic_name": None}
    assert refused(names_division=True, **none), "no name at all"
    assert not refused(place=place, names_division=True, **none)


def test_a_correction_of_the_register_is_seen_in_the_list_of_names(county):
    reviewer = make_user("reviewer", (Duty.REVIEWER, None))
    officer = make_user("whole", (Duty.PLACE_NAME_OFFICER, None))
    names.describe_division(officer, county, LONG_AGO, "县志", {"origin": "在东", "spelling": "Dōng Xiàn"})
    (before,) = Name.objects.current().filter(division=county)
    assert (before.name, before.place_class, before.spelling, before.detail.census.origin) == ("东县", "21400", "Dōng Xiàn", "在东")
    record = DivisionRecord.objects.current().get(division=county)
    correct_record(reviewer, record, {"name": "东山县"}, reason="原登记有误", source=make_source())
    (after,) = Name.objects.current().filter(division=county)
    assert (after.name, after.proper_name, after.place) == ("东山县", "东山", before.place)
    assert (after.spelling, after.detail.census.origin) == ("", "在东"), "what was decided spells the name it was decided for"


@example(deeds=["spell", "东山县", "tell", "tell"])
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from(["东山县", "东海县", "东县", "spell", "tell"]), min_size=2, max_size=5))
def test_whatever_is_done_a_division_and_its_place_name_say_one_name(county, deeds):
    """Corrections of the register and of the names' own record in any order: one name, and no spelling of another one."""
    with transaction.atomic():
        reviewer, keeper = User.objects.get_or_create(username="r")[0], User.objects.get_or_create(username="k")[0]
        DutyAssignment.objects.get_or_create(user=reviewer, duty=Duty.REVIEWER)
        DutyAssignment.objects.get_or_create(user=keeper, duty=Duty.PLACE_NAME_OFFICER)
        for at, deed in enumerate(deeds):
            held = DivisionRecord.objects.current().get(division=county)
            own = PlaceNameRecord.objects.current().filter(place__division=county).first()
            spelled = spell(held.name, None, "410122").spelling
            told = {"spelling": spelled} if deed == "spell" else {"origin": f"第{at}说"}
            if deed not in ("spell", "tell"):
                if deed != held.name:
                    correct_record(reviewer, held, {"name": deed}, reason="有误", source=make_source())
            elif own is None:
                names.describe_division(keeper, county, LONG_AGO, "县志", told)
            else:
                names.correct_name(keeper, own, told, "补充")
            now = Name.objects.current().get(division=county)
            assert now.name == DivisionRecord.objects.current().get(division=county).name
            assert now.spelling in ("", spell(now.name, None, "410122").spelling)
            assert not PlaceNameRecord.objects.filter(place__division=county, name__isnull=False).exists()
        transaction.set_rollback(True)


def test_what_a_year_was_called(county, officer):
    old = raw(
        PlaceName.objects.create(), name="陈州", proper_name="陈州", valid=None, years=NumericRange(578, 607), status="historic"
    )
    bc = raw(
        PlaceName.objects.create(),
        name="淮阳国",
        proper_name="淮阳国",
        valid=None,
        years=NumericRange(-196, -194),
        status="historic",
    )
    assert [one.name for one in Name.objects.in_year(600)] == [old.name]
    assert [one.name for one in Name.objects.in_year(-195)] == [bc.name]
    assert [one.name for one in Name.objects.in_year(2010)] == ["东县"]
    assert not Name.objects.on(date(2010, 1, 1)).filter(status="historic").exists()


def test_entering_a_name_spells_it_and_is_on_the_trail(county, officer):
    record = names.enter_name(officer, entry(county, census={"meaning": "王姓居于沟边", "sign_count": 2}))
    assert (record.spelling, record.spelled_by, record.reading) == ("Wángjiāgōu", SpelledBy.RULE, "wáng jiā gōu")
    assert record.census.meaning == "王姓居于沟边"
    trail = AuditEntry.objects.get(action="placename.enter")
    assert (trail.area, trail.after["name"]) == (county.pk, "王家沟")


def test_a_road_is_split_and_a_polyphone_proposed(county, officer):
    road = names.enter_name(officer, entry(county, name="长岗路", place_class="23514"))
    assert (road.proper_name, road.generic_name, road.spelled_by) == ("长岗", "路", SpelledBy.PROPOSED)
    with pytest.raises(InvalidInputError) as refusal:
        names.enter_name(officer, entry(county, name="长岗路", place_class="23514", spelling="Chánggǎng Lù"))
    assert set(refusal.value.fields) == {"spelling"}
    decided = names.enter_name(
        officer, entry(county, name="长岗路", place_class="23514", spelling="Chánggǎng Lù", confirmed=frozenset({0, 1}))
    )
    assert decided.spelled_by == SpelledBy.PERSON


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "<b>"}, "name"),
        ({"place_class": "村"}, "place_class"),
        ({"source": " "}, "source"),
        ({"valid_from": None}, "valid_from"),
        ({"years": (600, 700)}, "valid_from"),
        ({"census": {"colour": "red"}}, "census"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_by_field(county, officer, fields, wrong):
    with pytest.raises(InvalidInputError) as refusal:
        names.enter_name(officer, entry(county, **fields))
    assert wrong in refusal.value.fields
    assert not PlaceNameRecord.objects.exists()


def test_a_correction_moves_recording_time_only(county, officer):
    first = names.enter_name(officer, entry(county, census={"meaning": "旧说"}))
    second = names.correct_name(officer, first, {"name": "王家构", "meaning": "新说"}, "错字")
    first.refresh_from_db()
    assert first.recorded.upper == second.recorded.lower
    assert (second.place, second.valid, second.census.meaning) == (first.place, first.valid, "新说")
    assert (first.name, first.census.meaning) == ("王家沟", "旧说")
    assert AuditEntry.objects.get(action="placename.correct").before["name"] == "王家沟"
    with pytest.raises(ConflictError):
        names.correct_name(officer, first, {"name": "王"}, "又错")


def test_the_name_of_a_division_is_corrected_in_the_register(county):
    officer = make_user("whole", (Duty.PLACE_NAME_OFFICER, None))
    record = names.describe_division(officer, county, LONG_AGO, "县志", {})
    with pytest.raises(InvalidInputError) as refusal:
        names.correct_name(officer, record, {"name": "西县"}, "改名")
    assert refusal.value.code == "name_is_the_divisions"
    described = names.correct_name(officer, record, {"origin": "县志载"}, "补充")
    assert described.census.origin == "县志载"
    with pytest.raises(ConflictError):
        names.describe_division(officer, county, LONG_AGO, "县志", {})


def test_forms_are_added_once_and_withdrawn(county, officer):
    place = names.enter_name(officer, entry(county)).place
    form = names.add_form(officer, place, "王沟", FormKind.FORMER, "县志", years=(1736, 1796))
    with pytest.raises(ConflictError):
        names.add_form(officer, place, "王沟", FormKind.FORMER, "县志", years=(1736, 1796))
    names.withdraw_form(officer, form, "查无实据")
    assert not NameForm.objects.current().exists()
    assert NameForm.objects.get().text == "王沟"


def test_only_who_keeps_names_in_the_area_may(county, officer):
    other = make_division("西县", Level.COUNTY, code="410123")
    with pytest.raises(ForbiddenError):
        names.enter_name(officer, entry(other))
    with pytest.raises(ForbiddenError):
        names.enter_name(officer, entry(None))
    with pytest.raises(ForbiddenError):
        names.enter_name(make_user("divisions", (Duty.DIVISION_OFFICER, county)), entry(county))
    record = names.enter_name(officer, entry(county))
    with pytest.raises(ForbiddenError):
        names.correct_name(officer, record, {"area": other}, "移走")


def test_the_tree_of_classes_says_what_it_knows():
    assert name_of("22200") == "农村居民点"
    assert [one.digits for one in chain("23514")] == ["23514", "235", "23", "2"]
    assert not is_known("12345")
    assert all(one.seen for one in tree().values())
    assert of_division(Level.TOWNSHIP, "town") == "21500"
    assert of_division(Level.VILLAGE, "village_committee") == "21610"
    assert of_division(Level.VILLAGE, "statistical") == ""


def test_code_10_class_and_township_of_a_code():
    good = "33038100122100000001"
    assert [one.code for one in check_codes([good])] == ["classes_not_loaded"]
    assert [one.code for one in check_codes(["41012200112399000001"])] == ["classes_not_loaded", "class_not_seen"]
    assert [one.code for one in check_codes(["41012200112399000001"], {"22100"})] == ["class_unknown"]
    assert [one.code for one in check_code_fits(good, "22200", "330381002")] == ["class_differs", "township_differs"]
    assert [one.code for one in check_code_fits("123", "", "")] == ["malformed"]
    assert check_code_fits(good, "22100", "330381001") == []
