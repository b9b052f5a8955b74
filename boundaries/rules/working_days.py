"""Which days are worked: the State Council's yearly notices as data (boundaries/holidays.toml).

Days off are fixed by a notice each November for the year after and cannot be computed. A year without a notice is not known,
and every question about it is answered with None.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

HOLIDAY_FILE = Path(__file__).resolve().parent.parent / "holidays.toml"

_DAY = timedelta(days=1)
# The notice for a year also moves days of the week before it: 29 December 2018 was worked by the notice for 2019.
_REACH = timedelta(days=7)


class HolidayFileError(ValueError):
    """A holiday file that cannot be used. `place` names the notice; the message is Chinese, `en` its English."""

    def __init__(self, place: str, zh: str, en: str) -> None:
        super().__init__(f"{place}：{zh}")
        self.place = place
        self.en = f"{place}: {en}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: the year it arranges, its source, the days off it names and the weekend days worked in exchange."""

    year: int
    title: str
    number: str
    issued_on: date
    off: frozenset[date]
    work: frozenset[date]


class WorkCalendar:
    """Working days as far as notices are known."""

    def __init__(self, notices: Iterable[Notice]) -> None:
        self.notices = tuple(sorted(notices, key=lambda notice: notice.issued_on))
        self.years = frozenset(notice.year for notice in self.notices)
        self._said: dict[date, bool] = {}
        for notice in self.notices:
            self._said |= dict.fromkeys(notice.off, False) | dict.fromkeys(notice.work, True)

    def knows(self, day: date) -> bool:
        """Whether the notices that can speak of `day` are here; for its last week that includes the next year's."""
        return self.missing_year(day) is None

    def missing_year(self, day: date) -> int | None:
        """The year whose notice would be needed to know `day`; None where it is known."""
        return next((year for year in (day.year, (day + _REACH).year) if year not in self.years), None)

    def is_working_day(self, day: date) -> bool | None:
        """None where the day is not known."""
        if not self.knows(day):
            return None
        return self._said.get(day, day.weekday() < 5)

    def next_working_day(self, day: date) -> date | None:
        """The first working day on or after `day`; None when a day on the way is not known."""
        return self._walk(day, _DAY)

    def previous_working_day(self, day: date) -> date | None:
        """The last working day on or before `day`; None when a day on the way is not known."""
        return self._walk(day, -_DAY)

    def _walk(self, day: date, step: timedelta) -> date | None:
        while (working := self.is_working_day(day)) is False:
            day += step
        return day if working else None


@cache
def shipped_calendar() -> WorkCalendar:
    """The notices that come with the program."""
    return WorkCalendar(parse_notices(HOLIDAY_FILE.read_text("utf-8")))


def parse_notices(text: str) -> tuple[Notice, ...]:
    """The notices of a holiday file. Raises `HolidayFileError` for a table that does not say what a notice says."""
    try:
        tables = tomllib.loads(text).get("notice", [])
    except tomllib.TOMLDecodeError as error:
        raise HolidayFileError("holidays.toml", f"不是有效的TOML：{error}", f"not valid TOML: {error}") from error
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise HolidayFileError("holidays.toml", "通知应写作[[notice]]", "notices are written as [[notice]]")
    return tuple(_notice(table, f"notice {number}") for number, table in enumerate(tables, start=1))


def _notice(table: Mapping[str, Any], place: str) -> Notice:
    year, title, issued_on = table.get("year"), table.get("title"), table.get("issued_on")
    if type(year) is not int or not isinstance(title, str) or not title.strip() or type(issued_on) is not date:
        raise HolidayFileError(place, "须写明year、title、issued_on", "year, title and issued_on are required")
    off, work = _days(table.get("off"), place), _days(table.get("work"), place)
    if astray := [day for day in off | work if not date(year, 1, 1) - _REACH <= day <= date(year, 12, 31)]:
        raise HolidayFileError(place, f"{min(astray)}不在{year}年", f"{min(astray)} is not in {year}")
    if weekdays := [day for day in work if day.weekday() < 5]:
        raise HolidayFileError(place, f"{min(weekdays)}不是周末，不需调休上班", f"{min(weekdays)} is no weekend day")
    if both := off & work:
        raise HolidayFileError(place, f"{min(both)}既放假又上班", f"{min(both)} is both off and worked")
    return Notice(year, title.strip(), str(table.get("number", "")).strip(), issued_on, off, work)


def _days(spans: object, place: str) -> frozenset[date]:
    """Days of a list of "2026-01-04" and "2026-01-01/2026-01-03" (ISO 8601 intervals, both ends included)."""
    if not isinstance(spans, list) or not all(isinstance(span, str) for span in spans):
        raise HolidayFileError(place, "off和work须为日期列表", "off and work are lists of days")
    days: set[date] = set()
    for span in spans:
        first_text, _, last_text = span.partition("/")
        try:
            first = date.fromisoformat(first_text)
            last = date.fromisoformat(last_text) if last_text else first
        except ValueError as error:
            raise HolidayFileError(place, f"日期写法不对：{span}", f"not a day or interval: {span}") from error
        if not 0 <= (last - first).days <= 31:
            raise HolidayFileError(place, f"起止日期不对：{span}", f"not an interval of days: {span}")
        days |= {first + number * _DAY for number in range((last - first).days + 1)}
    return frozenset(days)
