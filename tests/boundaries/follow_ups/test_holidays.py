"""A year's notice on days off, loaded without touching code: known from then on, mended by loading again, told when missing."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from boundaries.rules.deadlines import COMPLETION
from boundaries.services import holidays
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ForbiddenError, InvalidInputError
from gis.files.models import StoredFile
from gis.files.services import key_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOTICE = """
[[notice]]
year = 2027
title = "国务院办公厅关于2027年部分节假日安排的通知（试）"
number = "国办发明电〔2026〕99号"
issued_on = 2026-11-04
off = ["{off}"]
work = ["2027-10-09"]
"""
GOLDEN_WEEK = NOTICE.format(off="2027-10-01/2027-10-07").encode()
END = date(2027, 10, 1)


def due_of(day: date = date(2026, 10, 1)):
    return holidays.office_clock(date(2027, 1, 1)).due(day, COMPLETION)


def test_a_year_without_notice_is_unknown_until_it_is_loaded():
    assert (due_of().counted, due_of().day_off) == (END, None) and "未载入" in due_of().note[0]
    loaded = holidays.load(None, GOLDEN_WEEK, "2027.toml")
    assert loaded.new_years == (2027,)
    assert (END, None, False) in loaded.changes and (date(2027, 10, 9), None, True) in loaded.changes
    end = due_of()
    assert (end.day_off, end.on, end.act_by) == (True, END, date(2027, 9, 30)) and "2027-09-30" in end.note[0]
    assert AuditEntry.objects.filter(action="file.store", after__purpose="holidays").count() == 1


def test_a_dry_run_keeps_nothing():
    loaded = holidays.load(None, GOLDEN_WEEK, "2027.toml", dry_run=True)
    assert loaded.new_years == (2027,) and not StoredFile.objects.exists() and due_of().day_off is None


def test_a_slip_is_mended_by_loading_again_and_the_same_again_is_not_kept():
    holidays.load(None, NOTICE.format(off="2027-10-02/2027-10-07").encode(), "2027.toml")
    assert due_of().day_off is False
    mended = holidays.load(None, GOLDEN_WEEK, "2027.toml")
    assert mended.changes == ((END, True, False),) and mended.new_years == ()
    assert due_of().day_off is True
    assert holidays.load(None, GOLDEN_WEEK, "again.toml").changes == ()
    assert StoredFile.objects.count() == 2


def test_a_later_adjustment_stands_beside_the_first_notice():
    holidays.load(None, GOLDEN_WEEK, "2027.toml")
    later = NOTICE.format(off="2027-10-08").replace("2026-11-04", "2027-09-01").replace('"2027-10-09"', "").encode()
    holidays.load(None, later, "adjusted.toml")
    work = holidays.office_calendar()
    assert [work.is_working_day(date(2027, 10, day)) for day in (7, 8, 9)] == [False, False, True]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "holiday_file_invalid"),
        (b"notice = 3", "holiday_file_invalid"),
        (b"x = [", "holiday_file_invalid"),
        (b"", "holiday_file_empty"),
        (NOTICE.format(off="2026-10-01").encode(), "holiday_file_invalid"),
        (NOTICE.format(off="2027-10-07/2027-10-01").encode(), "holiday_file_invalid"),
    ],
)
def test_a_file_that_is_no_notice_is_refused(data, code):
    with pytest.raises(InvalidInputError) as caught:
        holidays.load(None, data, "x.toml")
    assert caught.value.code == code and not StoredFile.objects.exists()


def test_a_file_the_storage_lost_makes_its_year_unknown_again():
    holidays.load(None, GOLDEN_WEEK, "2027.toml")
    default_storage.delete(key_of(StoredFile.objects.get().sha256))
    holidays._notices_of.cache_clear()
    assert due_of().day_off is None


def test_who_may():
    with pytest.raises(ForbiddenError):
        holidays.load(make_user("reader", (Duty.READER, None)), GOLDEN_WEEK, "2027.toml")
    holidays.load(make_user("administrator", (Duty.ADMINISTRATOR, None)), GOLDEN_WEEK, "2027.toml")


def test_the_command(tmp_path: Path):
    file = tmp_path / "2027.toml"
    file.write_bytes(GOLDEN_WEEK)
    out = StringIO()
    call_command("load_holidays", str(file), "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["changed"], said["dry_run"], said["new_years"], said["years_known"][-1]) == (True, False, [2027], 2027)
    assert said["notices"][0]["off"] == 7 and len(said["changes"]) == 8
    out = StringIO()
    call_command("load_holidays", str(file), stdout=out)
    assert "2027" in out.getvalue()
    file.write_text("[[notice]]\nyear = 2027\n")
    with pytest.raises(SystemExit):
        call_command("load_holidays", str(file), "--json", stdout=StringIO())
