"""Logging in, being locked out, changing the language, coming back after the session has ended."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from gis.accounts import services
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 演示"


@pytest.fixture
def reader():
    return make_user("reader", (Duty.READER, None))


def test_logging_in_leads_back_to_the_page_asked_for(reader):
    client = Client()
    asked = client.get(reverse("job-list"))
    assert asked["Location"] == f"{reverse('login')}?next={reverse('job-list')}"
    answer = client.post(asked["Location"], {"username": "reader", "password": PASSWORD, "next": reverse("job-list")})
    assert answer["Location"] == reverse("job-list")
    assert AuditEntry.objects.filter(action="user.log_in", actor=reader).count() == 1


def test_logging_in_never_leads_to_another_host(reader):
    answer = Client().post(reverse("login"), {"username": "reader", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == reverse("home")


def test_eight_wrong_passwords_lock_the_account_for_a_while(reader, settings):
    settings.AXES_ENABLED = True
    client = Client()
    answers = [client.post(reverse("login"), {"username": "reader", "password": "falsch"}) for _try in range(8)]
    assert [answer.status_code for answer in answers[:7]] == [200] * 7
    assert "用户名或密码不对" in answers[0].content.decode()
    assert answers[7].status_code == 429 and "15 分钟" in answers[7].content.decode()
    # The right password does not help now, and another person on the same machine is not locked.
    assert client.post(reverse("login"), {"username": "reader", "password": PASSWORD}).status_code == 429
    make_user("other", (Duty.READER, None))
    assert client.post(reverse("login"), {"username": "other", "password": PASSWORD}).status_code == 302
    entry = AuditEntry.objects.filter(action="user.locked_out").first()
    assert entry is not None and entry.actor is None and entry.target_id == str(reader.pk)
    # As the page says, an administrator helps out of it.
    password = services.reset_password(None, reader)
    assert client.post(reverse("login"), {"username": "reader", "password": password}).status_code == 302


def test_the_language_is_switched_and_kept(reader, logged_in):
    client = logged_in(reader)
    assert '<html lang="zh-Hans">' in client.get(reverse("home")).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en">' in client.get(reverse("home")).content.decode()
    assert '<html lang="en">' in client.get(reverse("job-list")).content.decode()


def test_chinese_is_the_language_of_browsers_that_ask_for_none_we_have(reader, logged_in):
    page = logged_in(reader).get(reverse("home"), headers={"accept-language": "fr"}).content.decode()
    assert '<html lang="zh-Hans">' in page


def test_a_panel_that_asks_after_the_session_has_ended_brings_the_log_in_page(reader):
    answer = Client().get(
        reverse("job-list"), headers={"hx-request": "true", "hx-current-url": "http://testserver/map/?day=2026-01-01"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"{reverse('login')}?next=%2Fmap%2F%3Fday%3D2026-01-01"


def test_a_form_without_its_token_is_refused_in_words(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    answer = client.post(reverse("logout"))
    assert answer.status_code == 403 and "页面打开太久" in answer.content.decode()


def test_pages_that_are_not_there_say_so(reader, logged_in):
    page = logged_in(reader).get("/no-such-page/")
    assert page.status_code == 404 and "找不到" in page.content.decode()
    panel = logged_in(reader).get("/no-such-page/", headers={"hx-request": "true"})
    assert panel.status_code == 404 and "<html" not in panel.content.decode()


def test_somebody_without_a_duty_is_told_what_to_do(logged_in):
    page = logged_in(make_user("nobody")).get(reverse("home")).content.decode()
    assert "还没有分配职责" in page
