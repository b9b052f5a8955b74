"""The holiday table: what the notices say, and what nobody can know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.working_days import HolidayFileError, WorkCalendar, parse_notices, shipped_calendar

KNOWN = st.dates(date(2019, 1, 1), date(2026, 12, 24))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 9, 28), True),  # a Sunday worked in exchange
        (date(2025, 10, 11), True),
        (date(2025, 10, 12), False),
        (date(2026, 2, 23), False),
        (date(2026, 1, 4), True),
        (date(2019, 5, 3), False),  # by the notice of March 2019, which changed that of December 2018
        (date(2019, 4, 28), True),
        (date(2020, 2, 1), False),  # first to be worked, then off by the extension of January 2020
        (date(2020, 1, 31), False),
        (date(2022, 12, 31), False),
        (date(2024, 2, 9), True),
    ],
)
def test_days_are_as_the_notices_say(day, working):
    assert shipped_calendar().is_working_day(day) is working


def test_years_without_a_notice_are_not_known():
    calendar = shipped_calendar()
    assert calendar.years == set(range(2019, 2027))
    for day in (date(2018, 12, 29), date(2027, 10, 1), date(2027, 3, 2)):
        assert calendar.is_working_day(day) is None
        assert calendar.next_working_day(day) is None
        assert calendar.previous_working_day(day) is None


def test_the_last_week_of_a_year_waits_for_the_notice_of_the_next():
    """29 December 2018, a Saturday, was worked and the 31st off, by the notice for 2019."""
    assert shipped_calendar().is_working_day(date(2026, 12, 24)) is True
    assert shipped_calendar().is_working_day(date(2026, 12, 25)) is None
    both = WorkCalendar(parse_notices(_text(year=2018, off=["2018-10-01"], work=[]) + _text(**_YEAR_2019)))
    assert both.is_working_day(date(2018, 12, 29)) is True
    assert both.is_working_day(date(2018, 12, 31)) is False


def test_a_walk_into_the_unknown_says_so():
    calendar = WorkCalendar(parse_notices(_text(year=2026, off=["2026-12-24"], work=[])))
    assert calendar.next_working_day(date(2026, 12, 24)) is None
    assert calendar.previous_working_day(date(2026, 12, 24)) == date(2026, 12, 23)


@given(KNOWN)
def test_the_next_working_day_is_the_first_one(day):
    calendar = shipped_calendar()
    found = calendar.next_working_day(day)
    if found is None:
        assert day > date(2026, 12, 20)
        return
    assert calendar.is_working_day(found)
    assert all(calendar.is_working_day(day + timedelta(days=n)) is False for n in range((found - day).days))


def test_every_notice_names_its_source_and_its_table_is_of_the_usual_size():
    for notice in shipped_calendar().notices:
        assert str(notice.year) in notice.title and notice.issued_on.year in (notice.year - 1, notice.year)
    for year in range(2019, 2027):
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(358))
        # 365 days less 104 of weekends less 11 of festivals, 13 from 2025 on; the extension of 2020 took one more.
        assert 240 <= sum(bool(shipped_calendar().is_working_day(day)) for day in days) <= 247


_YEAR_2019 = {"year": 2019, "off": ["2018-12-30/2019-01-01"], "work": ["2018-12-29"]}


def _text(year, off, work):
    return f'[[notice]]\nyear = {year}\ntitle = "通知"\nissued_on = {year - 1}-11-20\noff = {off}\nwork = {work}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[notice]", "TOML"),
        ("notice = 1", "[[notice]]"),
        ('[[notice]]\nyear = 2026\noff = []\nwork = []\nissued_on = 2025-11-04\ntitle = ""', "title"),
        (_text(2026, ["2026-1-1"], []), "日期写法不对"),
        (_text(2026, ["2026-01-03/2026-01-01"], []), "起止日期不对"),
        (_text(2026, ["2026-01-01/2026-12-31"], []), "起止日期不对"),
        (_text(2026, ["2025-10-01"], []), "不在2026年"),
        (_text(2026, [], ["2026-01-05"]), "不是周末"),
        (_text(2026, ["2026-01-04"], ["2026-01-04"]), "既放假又上班"),
        (_text(2026, "x", []).replace("= x", '= "x"'), "日期列表"),
    ],
)
def test_a_file_that_is_no_table_of_notices_is_refused(text, said):
    with pytest.raises(HolidayFileError) as caught:
        parse_notices(text)
    assert said in str(caught.value) and caught.value.en


def test_the_year_whose_notice_is_missing_is_named() -> None:
    """The notice for a year also moves days of the last week before it."""
    notices = [notice for notice in shipped_calendar().notices if notice.year in (2025, 2026)]
    calendar = WorkCalendar(notices)
    assert calendar.missing_year(date(2026, 12, 26)) == 2027
    assert calendar.missing_year(date(2026, 6, 1)) is None
    assert calendar.missing_year(date(2024, 12, 28)) == 2024
