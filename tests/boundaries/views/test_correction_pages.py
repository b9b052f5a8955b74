"""订正 through the pages: what was first recorded stays, what it leaves is shown before it is made."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from boundaries.models import Division, DivisionCode, DivisionRecord
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from tests.factories import make_division, make_user, square

DAY = date(2026, 3, 1)
WHY = {"reason": "录入时抄错", "title": "某某县区划档案", "document_number": "某档〔2001〕3号", "dated": "2001-05-01"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def township() -> Division:
    county = make_division("某某县", 3, code="411799", geometry=square(114, 33, 0.2))
    return make_division("东崗乡", 4, parent=county, code="411799200", geometry=square(114, 33, 0.1))


@pytest.fixture
def reviewer(township, logged_in) -> Client:
    return logged_in(make_user("reviewer", (Duty.REVIEWER, None)))


def record(township: Division) -> DivisionRecord:
    return DivisionRecord.objects.on(DAY).get(division=township)


def filled(township: Division, **others: str) -> dict[str, str]:
    held = record(township)
    return {"name": held.name, "type": held.type, "valid_from": "2000-01-01", "valid_to": "", "begins": held.begins} | WHY | others


def seen(answer: object) -> str:
    return re.search(r'name="seen" value="([0-9a-f]{64})"', answer.content.decode())[1]  # type: ignore[attr-defined,index]


def test_first_the_outcome_then_the_correction(township, reviewer) -> None:
    address = reverse("record-correct", args=[record(township).pk])
    form = filled(township, name="东岗乡")
    looked = reviewer.post(address, form)
    assert looked.status_code == 200 and "订正以后没有新的矛盾" in looked.content.decode()
    assert record(township).name == "东崗乡" and not AuditEntry.objects.filter(action="division.correct").exists()
    assert reviewer.post(address, form | {"seen": seen(looked)}).status_code == 302
    assert record(township).name == "东岗乡" and record(township).source.document_number == "某档〔2001〕3号"
    page = html.unescape(reviewer.get(reverse("division-records", args=[township.pk])).content.decode())
    assert "东岗乡" in page and "东崗乡" in page and "不再采用" in page
    assert AuditEntry.objects.get(action="division.correct").reason == "录入时抄错"


def test_what_was_not_seen_is_not_saved(township, reviewer) -> None:
    address = reverse("record-correct", args=[record(township).pk])
    looked = reviewer.post(address, filled(township, name="东岗乡"))
    again = reviewer.post(address, filled(township, name="西岗乡") | {"seen": seen(looked)})
    assert again.status_code == 200 and "先看" not in again.content.decode()
    assert record(township).name == "东崗乡"


def test_contradictions_are_shown_before(township, reviewer) -> None:
    address = reverse("record-correct", args=[record(township).pk])
    text = reviewer.post(address, filled(township, valid_to="2010-01-01")).content.decode()
    assert "登记里会有下列矛盾" in text and "411799200" in text


def test_reason_and_evidence_are_asked_for(township, reviewer) -> None:
    address = reverse("record-correct", args=[record(township).pk])
    for name in ("reason", "title", "name"):
        assert reviewer.post(address, filled(township) | {name: ""}).status_code == 422
    assert reviewer.post(address, filled(township, dated="2999-01-01")).status_code == 422
    assert reviewer.post(address, filled(township, valid_from="2020-01-01", valid_to="2010-01-01")).status_code == 422


def test_a_record_is_taken_back(township, reviewer) -> None:
    address = reverse("record-correct", args=[record(township).pk])
    asked = reviewer.post(address, WHY | {"withdraw": "1"})
    assert "撤去这条记录" in asked.content.decode()
    assert reviewer.post(address, WHY | {"withdraw": "1", "seen": seen(asked)}).status_code == 302
    assert not DivisionRecord.objects.on(DAY).filter(division=township).exists()
    assert DivisionRecord.objects.filter(division=township).exists()


def test_a_code_is_corrected(township, reviewer) -> None:
    address = reverse("code-correct", args=[DivisionCode.objects.on(DAY).get(division=township).pk])
    form = WHY | {"code": "411799201", "valid_from": "2000-01-01"}
    looked = reviewer.post(address, form)
    assert reviewer.post(address, form | {"seen": seen(looked)}).status_code == 302
    assert DivisionCode.objects.on(DAY).get(division=township).code == "411799201"
    assert reviewer.post(address, form | {"code": "12"}).status_code in (409, 422)
