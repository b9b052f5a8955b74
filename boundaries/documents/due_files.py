"""What is due, to take along: a table, and a calendar file after RFC 5545."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from boundaries.due import Placed, State
from boundaries.wording import DUE_STATES
from gis.services import spreadsheets

ICS = "text/calendar; charset=utf-8"


def due_sheet(placed: Sequence[Placed], day: date) -> bytes:
    """The list as it is filtered; the sheet says of which day, so that it can be filed."""
    headings = (
        _("期限"), _("宜在此前办结"), _("状态"), _("应办的事"), _("对象"), _("标题"), _("区域"), _("规则"), _("依据"), _("说明"),
    )  # fmt: skip
    rows = (
        (
            item.on,
            item.act_by,
            str(DUE_STATES[item.state]),
            item.duty,
            item.subject,
            item.about,
            one.place,
            item.rule,
            item.basis,
            item.note,
        )
        for one in placed
        for item in [one.item]
    )
    return spreadsheets.as_xlsx(f"{_('期限')} {day.isoformat()}", headings, rows)


def due_calendar(placed: Sequence[Placed], made_at: datetime, address: Callable[[str], str], host: str) -> bytes:
    """Duties with a last day as all-day events, with a reminder a week and a day before; the same duty keeps its UID.

    Events, not VTODO: calendars of phones and of office suites pass over VTODO. `address` makes a full URL of a path.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Yudi//due//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("舆地：期限"))
    for one in placed:
        if one.item.on is not None:
            calendar.add_component(_event(one, one.item.on, made_at, address, host))
    return bytes(calendar.to_ical())


def _event(one: Placed, on: date, made_at: datetime, address: Callable[[str], str], host: str) -> Event:
    item = one.item
    event = Event()
    event.add("uid", f"{item.key}@{host}")
    event.add("dtstamp", made_at)
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    overdue = f"{DUE_STATES[State.OVERDUE]}：" if item.state is State.OVERDUE else ""
    event.add("summary", f"{overdue}{item.duty}（{item.subject}）")
    lines = (item.about, f"{item.rule} {item.basis}".strip(), item.note)
    event.add("description", "\n".join(line for line in lines if line))
    if one.place:
        event.add("location", one.place)
    if item.url:
        event.add("url", address(item.url))
    for days in (7, 1):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", item.duty)
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event
