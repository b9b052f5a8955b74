"""What was frozen is told later in the very words in which it was told on the day."""

from __future__ import annotations

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation

from boundaries.frozen_check import criteria_in_words
from boundaries.models import Application, DivisionRecord, DivisionType, IndicatorValue
from boundaries.services import application_checks
from boundaries.services.establishment import check
from boundaries.views.check_rows import sections
from gis.accounts.models import User
from tests.demo_county import demo_county

SAME = ("text", "value", "year", "source", "threshold", "margin", "verdict", "verdict_words", "reason")


@pytest.fixture
def townships(db) -> list[DivisionRecord]:
    """The demo county has every kind of answer: met, short by a little, by much, without a value, without any."""
    demo_county(joint_work=False)
    types = [DivisionType.TOWNSHIP, DivisionType.ETHNIC_TOWNSHIP]
    return list(DivisionRecord.objects.on(timezone.localdate()).filter(type__in=types).select_related("division"))


def draft(record: DivisionRecord, target: str) -> Application:
    officer = User.objects.get(username="quhua")
    return Application.objects.create(division=record.division, target=target, number=f"T-{record.pk}-{target}", created_by=officer)


def test_frozen_and_live_checks_read_alike(townships):
    today = timezone.localdate()
    seen = set()
    for record in townships:
        for target in ("town", "subdistrict"):
            frozen = application_checks.run(draft(record, target), today).frozen
            stored = json.loads(json.dumps(frozen, cls=DjangoJSONEncoder))
            live = check(target, today, division=record.division_id)
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    wanted = [row for part in sections(live) for row in part.rows if row.verdict != "not_applicable"]
                    told = criteria_in_words(stored)
                assert sorted(map(words, told)) == sorted(map(words, wanted)), (record.name, target, language)
            seen |= {row.verdict for row in told}
    assert seen == {"met", "not_met", "missing", "needs_person"}


def words(row: object) -> tuple[str, ...]:
    return tuple(str(getattr(row, name) or "") for name in SAME)


def test_later_figures_do_not_change_what_was_frozen(townships):
    record = next(one for one in townships if one.name == "苇泊乡")
    frozen = application_checks.run(draft(record, "town"), timezone.localdate()).frozen
    IndicatorValue.objects.filter(division=record.division, indicator="seat_population").update(number=9_999)
    seat = next(one for one in criteria_in_words(frozen) if "驻地聚居人口" in one.text)
    assert (seat.value, seat.margin, seat.verdict) == ("5,940 人", "差 60 人", "not_met")
