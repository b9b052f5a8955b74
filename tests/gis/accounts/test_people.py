"""People and duties through the pages of their administrators: nobody gives more than their own reach, nobody is deleted."""

from __future__ import annotations

import re

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from boundaries.models import Level
from gis.accounts import services
from gis.accounts import urls as accounts_urls
from gis.accounts.duties import holds
from gis.accounts.models import Duty, DutyAssignment, User
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    province = make_division("某省", Level.PROVINCE, code="410000")
    east = make_division("东县", Level.COUNTY, code="419901", parent=province)
    west = make_division("西县", Level.COUNTY, code="419902", parent=province)
    township = make_division("东岗乡", parent=east, code="419901201")
    return {"province": province, "east": east, "west": west, "township": township}


@pytest.fixture
def chief():
    return make_user("chief", (Duty.ADMINISTRATOR, None))


@pytest.fixture
def east_chief(places):
    return make_user("east", (Duty.ADMINISTRATOR, places["east"]))


def test_an_account_is_made_with_a_password_told_once(chief, logged_in):
    client = logged_in(chief)
    answer = client.post(reverse("person-new"), {"username": "qiwei", "display_name": "齐威", "organisation": "东县民政局"})
    told = re.search(r'told">([a-z2-9-]{19})<', answer.content.decode())
    person = User.objects.get(username="qiwei")
    assert told and person.check_password(told[1]) and person.must_change_password
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="user.create", target_id=str(person.pk))
    assert entry.actor == chief and told[1] not in str(entry.after)


def test_a_password_set_by_somebody_else_is_changed_first(chief):
    person, password = services.create_user(chief, "qiwei", display_name="齐威")
    client = Client()
    client.post(reverse("login"), {"username": "qiwei", "password": password})
    assert client.get(reverse("home"))["Location"] == reverse("own-password")
    weak = client.post(reverse("own-password"), {"old_password": password, "new_password1": "12345", "new_password2": "12345"})
    assert weak.status_code == 422
    same = client.post(reverse("own-password"), {"old_password": password, "new_password1": password, "new_password2": password})
    assert same.status_code == 422 and "不能与原密码相同" in same.content.decode()
    good = {"old_password": password, "new_password1": "山高水长-2026年", "new_password2": "山高水长-2026年"}
    assert client.post(reverse("own-password"), good)["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    person.refresh_from_db()
    assert person.check_password("山高水长-2026年")


def test_duties_are_given_inside_the_administrators_own_area_only(east_chief, places):
    person, _password = services.create_user(east_chief, "qiwei")
    services.assign_duty(east_chief, person, Duty.DIVISION_OFFICER, places["township"].pk)
    for area in (places["west"].pk, places["province"].pk, None):
        with pytest.raises(ForbiddenError):
            services.assign_duty(east_chief, person, Duty.READER, area)
    assert person.duty_assignments.count() == 1


def test_the_search_for_areas_offers_what_may_be_given(east_chief, chief, places, logged_in):
    inside = logged_in(east_chief).get(reverse("area-search"), {"q": "县"}).content.decode()
    assert "东县" in inside and "西县" not in inside
    everywhere = logged_in(chief).get(reverse("area-search"), {"q": "4199"}).content.decode()
    assert "东县" in everywhere and "西县" in everywhere and "某省" in everywhere
    assert "全部地域" in logged_in(chief).get(reverse("duty-new", args=[chief.pk])).content.decode()
    assert "全部地域" not in logged_in(east_chief).get(reverse("area-search")).content.decode()


def test_a_duty_is_given_and_ended_through_the_pages(chief, places, logged_in):
    person, _password = services.create_user(chief, "qiwei")
    client = logged_in(chief)
    form = {"duty": "reviewer", "area": str(places["east"].pk)}
    assert client.post(reverse("duty-new", args=[person.pk]), form).status_code == 302
    assert "已有这项职责" in client.post(reverse("duty-new", args=[person.pk]), form).content.decode()
    assert holds(User.objects.get(pk=person.pk), [Duty.REVIEWER], [places["east"].pk])
    assignment = person.duty_assignments.get()
    address = reverse("duty-end", args=[person.pk, assignment.pk])
    assert client.post(address, {"reason": "轮岗"}).status_code == 302
    assert client.post(address).status_code == 409
    assert not holds(User.objects.get(pk=person.pk), [Duty.REVIEWER], [places["east"].pk])
    assert DutyAssignment.objects.filter(user=person).exclude(ended=None).count() == 1
    assert AuditEntry.objects.get(action="duty.end").reason == "轮岗"


@pytest.mark.parametrize("area", ["", "x", "-1", "9" * 30, "999999", "1e3", "<script>"])
def test_an_area_that_is_none_is_refused(chief, logged_in, area):
    person, _password = services.create_user(chief, "qiwei")
    answer = logged_in(chief).post(reverse("duty-new", args=[person.pk]), {"duty": "reader", "area": area})
    assert answer.status_code == 422
    assert not person.duty_assignments.exists()


def test_an_administrator_cannot_take_over_somebody_of_a_wider_or_other_area(east_chief, chief, places, logged_in):
    neighbour = make_user("neighbour", (Duty.READER, places["west"]))
    wide = make_user("wide", (Duty.READER, places["east"]), (Duty.AUDITOR, None))
    client = logged_in(east_chief)
    assert client.get(reverse("person-detail", args=[neighbour.pk])).status_code == 404
    assert client.post(reverse("person-password", args=[neighbour.pk])).status_code == 404
    assert client.get(reverse("person-detail", args=[wide.pk])).status_code == 200
    assert client.post(reverse("person-password", args=[wide.pk])).status_code == 403
    assert client.post(reverse("person-deactivate", args=[wide.pk])).status_code == 403
    # Nor after the wider duty has ended: the account may be given it again.
    services.end_duty(None, wide.duty_assignments.get(duty=Duty.AUDITOR))
    assert client.post(reverse("person-password", args=[wide.pk])).status_code == 403
    names = client.get(reverse("people")).content.decode()
    assert "wide" in names and "neighbour" not in names and "chief" not in names


def test_a_deactivated_person_is_out_at_once_and_can_come_back(chief, logged_in):
    person, _password = services.create_user(chief, "qiwei")
    services.assign_duty(chief, person, Duty.READER, None)
    person.must_change_password = False
    person.save()
    theirs = logged_in(person)
    assert theirs.get(reverse("home")).status_code == 200
    client = logged_in(chief)
    client.post(reverse("person-deactivate", args=[person.pk]), {"reason": "调离"})
    assert theirs.get(reverse("home")).status_code == 302
    with pytest.raises(ConflictError):
        services.assign_duty(chief, person, Duty.AUDITOR, None)
    client.post(reverse("person-activate", args=[person.pk]))
    assert logged_in(User.objects.get(pk=person.pk)).get(reverse("home")).status_code == 200


def test_a_new_password_ends_the_sessions_of_the_person(chief, logged_in):
    person = make_user("qiwei", (Duty.READER, None))
    theirs = logged_in(person)
    services.reset_password(chief, person)
    assert theirs.get(reverse("home")).status_code == 302


def test_the_register_keeps_an_administrator(chief):
    with pytest.raises(ConflictError) as refusal:
        services.end_duty(chief, chief.duty_assignments.get())
    assert refusal.value.code == "last_administrator"
    second = make_user("second", (Duty.ADMINISTRATOR, None))
    services.set_active(chief, second, False)
    with pytest.raises(ConflictError):
        services.end_duty(chief, chief.duty_assignments.get())
    with pytest.raises(ConflictError):
        services.set_active(chief, chief, False)
    with pytest.raises(ConflictError):
        services.set_active(None, chief, False)


@pytest.mark.parametrize("username", ["", " ", "a b", "<script>", "x" * 151, "chief"])
def test_a_user_name_that_cannot_be_used_is_refused_at_its_field(chief, logged_in, username):
    before = User.objects.count()
    answer = logged_in(chief).post(reverse("person-new"), {"username": username, "display_name": "名"})
    assert answer.status_code == 422 and "errorlist" in answer.content.decode()
    assert User.objects.count() == before


def test_script_in_a_name_is_shown_as_text(chief, logged_in):
    services.create_user(chief, "qiwei", display_name="<script>alert(1)</script>")
    page = logged_in(chief).get(reverse("people")).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


@pytest.mark.parametrize("query", ["?page=999", "?page=x", "?duty=nobody", "?active=7", "?q=%25_"])
def test_the_list_of_people_bears_any_query(chief, logged_in, query):
    assert logged_in(chief).get(reverse("people") + query).status_code == 200


def test_a_null_character_is_refused_wherever_it_stands(chief, logged_in):
    """PostgreSQL cannot keep it, and nobody types it."""
    client = logged_in(chief)
    assert client.get(reverse("people") + "?q=%00").status_code == 400
    assert client.post(reverse("person-new"), {"username": "a\0b", "display_name": "x"}).status_code == 400
    assert client.get("/people/%00/").status_code in {400, 404}


def test_people_are_never_deleted(chief):
    """No address deletes, and who has ever done anything cannot be deleted by mistake in the code either."""
    services.create_user(chief, "qiwei")
    with pytest.raises(ProtectedError):
        chief.delete()
    named = [pattern.name for pattern in accounts_urls.urlpatterns if pattern.name]
    assert not [name for name in named if "delete" in name or "remove" in name]


def test_services_check_what_the_pages_check(chief):
    with pytest.raises(InvalidInputError):
        services.create_user(chief, "qiwei", password="12345")
    with pytest.raises(InvalidInputError):
        services.assign_duty(chief, chief, "emperor", None)
    reader = make_user("reader", (Duty.READER, None))
    for deed in (
        lambda: services.create_user(reader, "new"),
        lambda: services.update_user(reader, chief, display_name="x", organisation=""),
        lambda: services.set_active(reader, chief, False),
        lambda: services.reset_password(reader, chief),
        lambda: services.assign_duty(reader, reader, Duty.ADMINISTRATOR, None),
        lambda: services.end_duty(reader, chief.duty_assignments.get()),
    ):
        with pytest.raises(ForbiddenError):
            deed()


def test_who_looks_after_all_there_is_cannot_give_rights_without_limit(places, logged_in):
    """The only province today may have a neighbour tomorrow."""
    head = make_user("head", (Duty.ADMINISTRATOR, places["province"]))
    person, _password = services.create_user(head, "qiwei")
    services.assign_duty(head, person, Duty.AUDITOR, places["province"].pk)
    with pytest.raises(ForbiddenError):
        services.assign_duty(head, person, Duty.AUDITOR, None)
    unlimited = make_user("unlimited", (Duty.READER, None))
    with pytest.raises(ForbiddenError):
        services.reset_password(head, unlimited)
    assert "unlimited" in logged_in(head).get(reverse("people")).content.decode()


def test_a_township_without_a_county_above_it_is_not_the_whole_register(places):
    orphan = make_division("孤乡", code="419999201")
    chief = make_user("orphan", (Duty.ADMINISTRATOR, orphan))
    person, _password = services.create_user(chief, "qiwei")
    for area in (places["east"].pk, None):
        with pytest.raises(ForbiddenError):
            services.assign_duty(chief, person, Duty.READER, area)


def test_the_only_administrator_there_is_stays_one(places):
    only = make_user("only", (Duty.ADMINISTRATOR, places["province"]))
    with pytest.raises(ConflictError) as refusal:
        services.end_duty(only, only.duty_assignments.get())
    assert refusal.value.code == "last_administrator"
    second = make_user("second", (Duty.ADMINISTRATOR, places["east"]))
    services.end_duty(only, second.duty_assignments.get())
